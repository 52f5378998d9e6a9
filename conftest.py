"""What the test run needs besides the options in pyproject.toml."""

import pytest

from tools import notebooks
from tools.chapters import CHAPTERS

# Before anything loads NumPy, and before workers and kernels are started, which inherit it.
notebooks.prepare_kernels()


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
    """Say how much of the notebooks' output was not compared."""
    lines = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "ignored outputs" and report.when == "call"
    ]
    if lines:
        terminalreporter.section("outputs not compared")
        for line in lines:
            terminalreporter.line(line)
