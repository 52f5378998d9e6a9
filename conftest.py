"""What the test run needs besides the options in pyproject.toml."""

from collections import defaultdict

import pytest
from nbval.plugin import IPyNbCell

from tools import chapter_rules, notebooks, tolerance
from tools.chapters import CHAPTERS

# Before anything loads NumPy, and before workers and kernels are started, which inherit it.
notebooks.prepare_kernels()


def pytest_itemcollected(item):
    """Let a cell's numbers differ by its tolerance, and note what isn't compared strictly."""
    if not isinstance(item, IPyNbCell):
        return
    inside = item.path.is_relative_to(notebooks.ROOT)
    file = item.path.relative_to(notebooks.ROOT) if inside else item.path
    item.user_properties.append(("notebook", file.as_posix()))
    if "nbval-ignore-output" in item.cell.metadata.get("tags", ()):
        item.user_properties.append(("ignored output", True))
    elif "tolerance" in item.cell.metadata:
        item.user_properties.append(("tolerance", item.cell.metadata["tolerance"]))
        compare_strictly = item.compare_outputs

        def compare_outputs(new, stored):
            outputs, messages = tolerance.within_tolerance(
                new, stored, item.cell.metadata["tolerance"]
            )
            agree = compare_strictly(outputs, stored)
            item.comparison_traceback = messages + item.comparison_traceback
            return agree

        item.compare_outputs = compare_outputs


def pytest_runtest_setup(item):
    """Refuse to run a cell whose tolerance is no tolerance."""
    if isinstance(item, IPyNbCell):
        try:
            tolerance.read_tolerance(item.cell.metadata)
        except ValueError as error:
            item.raise_cell_error(str(error))


def pytest_collection_modifyitems(items):
    """Skip notebooks of chapters that need packages which are not installed, and say so."""
    reasons = {
        chapter.name: f"chapter {chapter.label} needs {' and '.join(chapter.missing)}, "
        "which the extra 'frameworks' installs"
        for chapter in CHAPTERS
        if chapter.missing
    }
    for item in items:
        if item.path.suffix == ".ipynb" and item.path.stem in reasons:
            item.add_marker(pytest.mark.skip(reason=reasons[item.path.stem]))


def pytest_terminal_summary(terminalreporter):
    """Say how much of the notebooks' output was not compared, or not strictly."""
    cells = defaultdict(list)
    for reports in terminalreporter.stats.values():
        for report in reports:
            properties = dict(getattr(report, "user_properties", ()))
            if "notebook" in properties and report.when == "call":
                cells[properties["notebook"]].append(properties)
    ignored = {file: sum("ignored output" in cell for cell in cells[file]) for file in cells}
    tolerances = {
        file: [cell["tolerance"] for cell in cells[file] if "tolerance" in cell] for file in cells
    }
    if any(ignored.values()):
        terminalreporter.section("outputs not compared")
        for file in sorted(file for file in cells if ignored[file]):
            terminalreporter.line(f"{file}: {_share(ignored[file], len(cells[file]))}")
        total = sum(len(found) for found in cells.values())
        terminalreporter.line(f"in all: {_share(sum(ignored.values()), total)}")
    if any(tolerances.values()):
        terminalreporter.section("outputs compared with a tolerance")
        for file in sorted(file for file in cells if tolerances[file]):
            found = tolerances[file]
            terminalreporter.line(
                f"{file}: {len(found)} of {len(cells[file])} code cells, "
                f"{max(found)} at most (the limit is {tolerance.LIMIT})"
            )


def _share(found, of):
    limit = int(chapter_rules.IGNORED_SHARE * of)
    return f"{found} of {of} code cells (the limit is {limit})"
