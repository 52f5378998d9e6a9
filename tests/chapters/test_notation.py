"""The notation table of chapter 0 and the chapters use the same names."""

import json
import re
from pathlib import Path

import pytest

from tools.chapters import CHAPTERS

FOLDER = Path(__file__).parents[2] / "chapters"
WRITTEN = {chapter.label: chapter for chapter in CHAPTERS if chapter.written}


def cells(chapter, kind):
    notebook = json.loads((FOLDER / f"{chapter.name}.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


def chapters_named(heading):
    """The chapters in a heading: "from chapters 2 to 4" or "from chapters 4, 13 and 14"."""
    numbers = [int(number) for number in re.findall(r"\d+", heading)]
    if re.search(r"\d+ to \d+", heading):
        numbers = range(numbers[0], numbers[-1] + 1)
    return [str(number) for number in numbers]


def tables():
    """Yield the heading of each notation table and its code names."""
    text = "\n".join(cells(WRITTEN["0"], "markdown"))
    header = r"\| symbol \| code name \| shape \| meaning \|\n\|[-|]+\|\n"
    for heading, body in re.findall(
        rf"^\*\*([^*\n]+)\*\*\n(?:(?!\*\*).*\n)*?{header}((?:\|.*\n)+)", text, re.MULTILINE
    ):
        names = []
        for row in body.splitlines():
            symbol, code, shape, meaning = re.split(r" \| ", row.strip("| "))
            assert symbol and shape and meaning, row
            names += re.findall(r"`([\w.]+)`", code)
        yield heading, names


TABLES = dict(tables())


def test_the_tables_are_found():
    assert len(TABLES) >= 7
    assert sum(len(names) for names in TABLES.values()) > 70


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("One neuron, from chapter 1", ["1"]),
        ("A layer, from chapters 2 to 4", ["2", "3", "4"]),
        ("Judging, from chapters 4, 13 and 14", ["4", "13", "14"]),
        ("Sizes and places", []),
    ],
)
def test_chapters_are_read_from_a_heading(heading, expected):
    assert chapters_named(heading) == expected


@pytest.mark.parametrize("heading", TABLES)
def test_names_of_the_table_occur_in_the_chapters(heading):
    assert set(chapters_named(heading)) <= WRITTEN.keys()
    later = [c for label, c in WRITTEN.items() if label != "0"]
    code = "\n".join(source for chapter in later for source in cells(chapter, "code"))
    words = set(re.findall(r"\w+", code))
    unused = [name for name in TABLES[heading] if not set(name.split(".")) <= words]
    assert not unused, f"{heading}: no chapter uses {unused}"
