"""Check that notebooks are in their normal form.

``python -m tools.check_notebooks`` checks all of them, or those named: ``FILE ...``.
"""

import argparse
import sys
from pathlib import Path

from tools import notebooks


def main(arguments=None):
    """Name each notebook that is not normalized, and why; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="all, if none is named")
    files = parser.parse_args(arguments).files or notebooks.notebook_paths()
    bad = 0
    for path in files:
        faults = notebooks.faults(path)
        for fault in faults:
            print(f"{path}: {fault}")
        bad += bool(faults)
    if bad:
        print("To mend: python -m tools.run_notebooks --normalize-only")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
