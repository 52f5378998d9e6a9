"""chapters/NOTATION.md and the chapters use the same names, and each leads to the other."""

import json
import re
from pathlib import Path

import pytest

from tools.chapter_rules import broken_links
from tools.chapters import CHAPTERS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "chapters" / "NOTATION.md"
WRITTEN = {chapter.name: chapter for chapter in CHAPTERS if chapter.written}
HEADER = "| symbol | code name | shape | meaning |\n|---|---|---|---|\n"


def tables():
    """Yield each table of the page: its heading, the chapters named above it, and its rows."""
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        before, found, body = section.partition(HEADER)
        if found:
            rows = [re.split(r" \| ", row.strip("| ")) for row in body.strip().split("\n")]
            yield before.split("\n")[0], re.findall(r"\]\((\w+)\.ipynb\)", before), rows


TABLES = {heading: (chapters, rows) for heading, chapters, rows in tables()}


def code_names(rows):
    return [name for _, code, _, _ in rows for name in re.findall(r"`([\w.]+)`", code)]


def words_in_code(chapters):
    """Return every word in the code of some chapters."""
    found = set()
    for name in chapters:
        notebook = json.loads((ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                found.update(re.findall(r"\w+", "".join(cell["source"])))
    return found


def test_the_tables_are_found():
    assert len(TABLES) >= 9
    assert sum(len(code_names(rows)) for _, rows in TABLES.values()) > 90
    assert sum(bool(chapters) for chapters, _ in TABLES.values()) == len(TABLES) - 1


@pytest.mark.parametrize("heading", TABLES)
def test_every_row_is_complete(heading):
    for row in TABLES[heading][1]:
        assert len(row) == 4, row
        assert all(row), row


@pytest.mark.parametrize("heading", TABLES)
def test_names_occur_in_the_code_of_the_chapters_linked_or_later(heading):
    chapters, rows = TABLES[heading]
    assert set(chapters) <= WRITTEN.keys()
    names = list(WRITTEN)
    first = min((names.index(chapter) for chapter in chapters), default=1)
    words = words_in_code(names[first:])
    unused = [name for name in code_names(rows) if not set(name.split(".")) <= words]
    assert not unused, f"{heading}: no chapter from {names[first]} on uses {unused}"


def test_the_links_of_the_page_lead_somewhere():
    assert list(broken_links(PAGE.read_text(encoding="utf-8"), PAGE, ROOT)) == []
