"""What the test run needs besides the options in pyproject.toml."""

from tools import notebooks

# Before anything loads NumPy, and before workers and kernels are started, which inherit it.
notebooks.prepare_kernels()


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
