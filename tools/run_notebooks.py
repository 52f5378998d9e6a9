"""Execute notebooks from top to bottom and store them normalized, with their outputs.

``python -m tools.run_notebooks`` runs all of them, ``python -m tools.run_notebooks FILE ...`` some.
"""

import argparse
import signal
import sys
import time
from pathlib import Path

from nbclient import NotebookClient

from tools import notebooks
from tools.chapters import CHAPTERS

MISSING = {chapter.name: chapter.missing for chapter in CHAPTERS}
CELL_LIMIT = 900  # seconds; the longest training takes about three minutes on two cores


class Client(NotebookClient):
    """Executes a notebook and stores what nbval will see when it compares.

    nbval doesn't act widgets out: what is drawn for one belongs to the cell like any other output.
    Stored in the same way, a reader without a kernel sees a slider's first picture as well.
    """

    def handle_comm_msg(self, outs, msg, cell_index):
        """Leave a widget's messages alone."""

    def clear_output(self, outs, msg, cell_index):
        """Keep what a widget would draw over."""

    async def _async_cleanup_kernel(self):
        """Shut the kernel down: after Ctrl-C at once, before it can say that it is interrupted."""
        if self.interrupted:
            self.shutdown_kernel = "immediate"
        await super()._async_cleanup_kernel()

    @property
    def interrupted(self):
        """Whether Ctrl-C was pressed: nbclient only notes that it is shutting the kernel down."""
        return hasattr(self, "_async_cleanup_kernel_future")


class Problem(Exception):
    """Why a notebook was not stored."""


def execute(notebook, folder):
    """Run all cells in place, in the folder the notebook lies in, as Jupyter does.

    Raises
    ------
    Problem
        If a cell fails; it says which one, and how.
    """
    started = []
    client = Client(
        notebook,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        timeout=CELL_LIMIT,
        # The kernel's remarks about itself are not for this terminal; its errors are.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        on_cell_execute=lambda cell, cell_index: started.append(cell_index),
    )
    try:
        client.execute()
    # Also what isn't an Exception: after Ctrl-C asyncio raises CancelledError, for one.
    except BaseException as error:
        if client.interrupted or isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        if not started:
            raise Problem(f"its kernel didn't start.\n{_in_words(error)}") from error
        cell = notebook.cells[started[-1]]
        raise Problem(f"cell {started[-1] + 1} ({cell.id}) failed.\n{_in_words(error)}") from error


def _in_words(error):
    return str(error) or type(error).__name__


def store(path, normalize_only):
    """Execute one notebook and write it, if nobody else wrote it meanwhile.

    Raises
    ------
    Problem
        If that isn't possible.
    """
    try:
        before = path.read_bytes()
        notebook = notebooks.read(path)
    except Exception as error:  # anything may be in a file
        raise Problem(f"can't be read as a notebook: {_in_words(error)}") from error
    if not normalize_only:
        execute(notebook, path.resolve().parent)
    normal = notebooks.normalize(notebook)
    try:
        if path.read_bytes() != before:
            raise Problem("was changed on disk while it ran, so its outputs are not stored. "
                          "Run it again.")  # fmt: skip
        notebooks.write(path, normal)
    except OSError as error:
        raise Problem(f"can't be written: {error}") from error


def main(arguments=None):
    """Run the notebooks named and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="all, if none is named")
    parser.add_argument(
        "--normalize-only",
        action="store_true",
        help="don't execute; only bring what is stored into its normal form",
    )
    options = parser.parse_args(arguments)
    files = options.files or notebooks.notebook_paths()
    notebooks.prepare_kernels()
    failed = 0
    for number, path in enumerate(files, 1):
        print(f"[{number}/{len(files)}] {path.parent.name}/{path.stem} ", end="", flush=True)
        missing = MISSING.get(path.stem)
        if missing and not options.normalize_only:
            print(f"left out: needs {' and '.join(missing)} (extra 'frameworks')", flush=True)
            continue
        start = time.perf_counter()
        try:
            store(path, options.normalize_only)
        except Problem as problem:
            failed += 1
            print(f"\n{path}: {problem}", flush=True)
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressing it twice changes nothing
            print(f"\nInterrupted. {path} is as it was; those before it are stored.", flush=True)
            return 130
        else:
            print(f"{time.perf_counter() - start:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
