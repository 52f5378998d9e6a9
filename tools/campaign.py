"""What the campaigns against the project share: how they write down what came out.

A campaign (`make fuzz`, `make kill`, `make mutants`) tries more cases than a test run has time for.
It leaves two files in tests/results: NAME.json for programs and NAME.md, the same for readers. Both
say when it ran, with which versions and at which commit, how many cases it tried and what came out.
"""

import importlib.metadata
import json
import os
import platform
import secrets
import subprocess
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "tests" / "results"


def circumstances(packages=("numpy",)):
    """Return date, commit, system and versions, in a dict.

    Parameters
    ----------
    packages : iterable of str
        Distributions whose versions matter to the campaign. Those not installed are left out.
    """
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": {"python": platform.python_version()}
        | {name: found for name in packages if (found := _version(name)) is not None},
    }


def commit():
    """Return the short name of the commit, with a note if tracked files differ from it."""
    name = _git("rev-parse", "--short=10", "HEAD")
    if name is None:
        return "unknown"
    # The results themselves are what a campaign or an experiment changes.
    tracked = ("status", "--porcelain", "--untracked-files=no")
    changed = _git(*tracked, "--", ".", ":!tests/results", ":!experiments/results")
    return f"{name}, with changes" if changed else name


def table(rows):
    """Return a Markdown table of rows, which are dicts with the same keys.

    Columns that hold only numbers are aligned to the right.

    Raises
    ------
    ValueError
        If there is no row, or the rows' keys differ.
    """
    if not rows or any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(
            f"a table needs rows, all with the same keys. Received: {[list(row) for row in rows]}"
        )
    names = list(rows[0])
    cells = [names, *([_text(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    right = [all(isinstance(row[name], (int, float)) for row in rows) for name in names]
    lines = [
        "| "
        + " | ".join(
            cell.rjust(width) if to_the_right else cell.ljust(width)
            for cell, width, to_the_right in zip(line, widths, right, strict=True)
        )
        + " |"
        for line in cells
    ]
    rules = [
        "-" * (width + 1) + (":" if to_the_right else "-")
        for width, to_the_right in zip(widths, right, strict=True)
    ]
    return "\n".join([lines[0], "|" + "|".join(rules) + "|", *lines[1:]])


def write(name, title, about, rows, *, settings, seconds, packages=("numpy",), details=None):
    """Write a campaign's results into tests/results/NAME.json and NAME.md.

    Parameters
    ----------
    name, title : str
        Of the files, and of the page.
    about : str
        One paragraph: what a case is, and which outcomes are expected.
    rows : list of dict
        One row a kind of case, all with the same keys: the columns of the table.
    settings : dict
        What has to be passed to run the campaign again (seed, number of cases).
    seconds : float
        How long the campaign took.
    packages : iterable of str
        See :func:`circumstances`.
    details : object, optional
        Anything else that is worth keeping, for the JSON file alone.
    """
    results = {
        "campaign": title,
        **circumstances(packages),
        "settings": settings,
        "seconds": round(seconds),
        "rows": rows,
    }
    if details is not None:
        results["details"] = details
    RESULTS.mkdir(exist_ok=True)
    _replace(RESULTS / f"{name}.json", json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    _replace(RESULTS / f"{name}.md", _page(about, results))


def _page(about, results):
    versions = ", ".join(f"{name} {found}" for name, found in results["versions"].items())
    settings = ", ".join(f"{name} {value}" for name, value in results["settings"].items())
    return (
        f"# {results['campaign']}\n\n{about}\n\n{table(results['rows'])}\n\n"
        f"Measured on {results['date']} at commit {results['commit']}: {results['system']}, "
        f"{versions}; {settings}; {results['seconds']:,} seconds.\n"
    )


def _text(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, (int, float)) else str(value).replace("|", "\\|")


def _replace(path, text):
    """Write a file so that it is never there in part."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _git(*arguments):
    """Return what git prints, or None where there is no git or no repository."""
    try:
        answer = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None
