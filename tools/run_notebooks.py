"""Execute notebooks from top to bottom and store them normalized, with their outputs.

``python -m tools.run_notebooks`` runs all of them, ``python -m tools.run_notebooks FILE ...`` some.
"""

import argparse
import sys
import time
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

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


def execute(notebook, folder):
    """Run all cells in place, in the folder the notebook lies in, as Jupyter does.

    Raises
    ------
    RuntimeError
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
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        cell = notebook.cells[started[-1]]
        raise RuntimeError(f"cell {started[-1] + 1} ({cell.id}) failed.\n{error}") from error


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
        notebook = notebooks.read(path)
        try:
            if not options.normalize_only:
                execute(notebook, path.resolve().parent)
        except RuntimeError as error:
            failed += 1
            print(f"\n{path}: {error}", flush=True)
            continue
        notebooks.write(path, notebooks.normalize(notebook))
        print(f"{time.perf_counter() - start:.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
