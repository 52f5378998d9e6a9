"""Change one digit, sign, or operator in a chapter's code, and see whether its outputs notice.

``make mutants CHAPTERS=1`` tries a sample of the changes to Chapters 1 to 17 and writes
tests/results/mutants_chapters.md. ``python -m tools.mutants_chapters FILE ...`` tries the notebooks
named and only prints what it finds. Each changed copy is compared as in a test run, and the run of
a copy ends at the first cell that differs. What can be changed is said in tools/chapter_changes.py.
"""

import argparse
import contextlib
import copy
import io
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import campaign, notebooks
from tools.chapter_changes import Change, changes
from tools.chapters import CHAPTERS

WANTED = 0.95  # of the changes have to be noticed
CELL_LIMIT = 300  # seconds; a change may well make a loop endless
FIRST, LAST = 1, 17  # chapters that the campaign is about


@dataclass
class Mutant:
    """A changed copy of a notebook, and what became of it."""

    original: Path
    file: Path
    change: Change
    line: str  # with the change in it
    caught: str | None = None  # the first cell that differed or failed


# Hooks: this module is also a plugin of the test runs that it starts.


def pytest_runtest_setup(item):
    """Skip what follows the first difference in a notebook."""
    if getattr(item.parent, "differs", False):
        pytest.skip("a cell before differs")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Note the first difference in a notebook."""
    report = (yield).get_result()
    item.parent.differs = getattr(item.parent, "differs", False) or report.failed


class Recorder:
    """Collects, in the process that starts the workers, which cell of each notebook failed."""

    def __init__(self):
        self.failed = {}
        self.seen = set()

    def pytest_runtest_logreport(self, report):
        """Note a report of one cell."""
        file, _, cell = report.nodeid.partition("::")
        self.seen.add(file)
        if report.failed:
            self.failed.setdefault(file, cell)


def compare(files, jobs):
    """Run notebooks and compare their outputs; return those that differ, with the first cell.

    Raises
    ------
    RuntimeError
        If not every notebook was run.
    """
    recorder = Recorder()
    options = ["-c", "pyproject.toml", "--override-ini=addopts=", "-p", "no:cacheprovider"]
    options += ["-p", "conftest", "-p", "tools.mutants_chapters", "--tb=short", "-q"]
    options += ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_LIMIT}"]
    if jobs > 1:
        options += [f"--numprocesses={jobs}", "--dist=loadfile"]
    names = [file.relative_to(notebooks.ROOT).as_posix() for file in files]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        pytest.main([*options, *names], plugins=[recorder])
    missing = sorted(set(names) - recorder.seen)
    if missing:
        raise RuntimeError(f"{', '.join(missing)} could not be run.\n{said.getvalue()[-2000:]}")
    return {
        file: recorder.failed[name]
        for file, name in zip(files, names, strict=True)
        if name in recorder.failed
    }


def make_mutants(files, count, seed, folder):
    """Write changed copies, as many of each notebook as the count allows, into a folder."""
    rng = random.Random(seed)
    mutants = []
    shares = [count // len(files) + (place < count % len(files)) for place in range(len(files))]
    for original, share in zip(files, shares, strict=True):
        notebook = notebooks.read(original)
        possible = changes(notebook, rng)
        for change in rng.sample(possible, min(share, len(possible))):
            changed = copy.deepcopy(notebook)
            cell = changed.cells[change.cell - 1]
            line = change.describe(cell.source)
            cell.source = change.apply(cell.source)
            # As deep below the project as the original, and under its name.
            file = folder / f"mutant_{len(mutants) + 1:04}" / original.name
            file.parent.mkdir()
            notebooks.write(file, changed)
            mutants.append(Mutant(original, file, change, line))
    return mutants


def table(mutants):
    """Return one row a notebook, and one for all of them."""
    groups = defaultdict(list)
    for mutant in mutants:
        groups[mutant.original.stem].append(mutant)
    groups["in all"] = mutants
    return [
        {
            "notebook": name,
            "changes": len(group),
            "noticed": sum(mutant.caught is not None for mutant in group),
            "share": f"{share(group):.0%}",
        }
        for name, group in groups.items()
    ]


def share(mutants):
    """Return the share of changes that were noticed."""
    return sum(mutant.caught is not None for mutant in mutants) / len(mutants)


def default_files():
    """Return the chapters that the campaign is about."""
    numbers = {str(number) for number in range(FIRST, LAST + 1)}
    folder = notebooks.ROOT / "chapters"
    return [
        folder / f"{chapter.name}.ipynb"
        for chapter in CHAPTERS
        if chapter.written and chapter.label in numbers
    ]


def main(arguments=None):
    """Try the changes and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="default: chapters")
    parser.add_argument("--mutants", type=int, default=170, help="how many, in all (170)")
    parser.add_argument("--seed", type=int, default=0, help="which of the changes (0)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many at a time")
    options = parser.parse_args(arguments)
    files = [file.resolve() for file in options.files] or default_files()
    os.chdir(notebooks.ROOT)
    start = time.perf_counter()
    (notebooks.ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=notebooks.ROOT / "build") as folder:
        mutants = make_mutants(files, options.mutants, options.seed, Path(folder))
        print(f"{len(files)} notebooks as they are …", flush=True)
        differing = compare(files, options.jobs)
        if differing:
            for file, cell in differing.items():
                print(f"{file.name} differs without any change, in {cell}")
            return 1
        print(f"{len(mutants)} changed copies …", flush=True)
        caught = compare([mutant.file for mutant in mutants], options.jobs)
    for mutant in mutants:
        mutant.caught = caught.get(mutant.file)
    rows = table(mutants)
    print(campaign.table(rows))
    for mutant in mutants:
        if mutant.caught is None:
            print(f"not noticed: {mutant.original.stem}, {mutant.line}")
    if not options.files:
        campaign.write(
            "mutants_chapters",
            "Changes to chapters that their outputs notice",
            "A case is a chapter with one digit, sign, or operator changed in one code cell. It is "
            "noticed if a cell fails or if its output differs from the stored one. Setup cells, "
            "exercises, definitions that a test compares with the package, and the looks of "
            "figures are left alone.",
            rows,
            settings={"mutants": options.mutants, "seed": options.seed},
            seconds=time.perf_counter() - start,
            packages=("numpy", "matplotlib", "nbval", "ipykernel"),
            details=[
                {
                    "notebook": mutant.original.stem,
                    "change": mutant.line,
                    "noticed in": mutant.caught,
                }
                for mutant in mutants
            ],
        )
    return 0 if share(mutants) >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
