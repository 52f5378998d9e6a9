"""The chapters as documents: each keeps to the rules, and all of them to the one list."""

import os
import re
from functools import cache
from pathlib import Path

import pytest

from tools import chapter_rules, notebooks, one_source, write_navigation
from tools.chapters import CHAPTERS

WRITTEN = [chapter for chapter in CHAPTERS if chapter.written]
PAGES = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "data/README.md")


def place(chapter, folder="chapters"):
    return notebooks.ROOT / folder / f"{chapter.name}.ipynb"


@cache
def document(path):
    chapter = next(chapter for chapter in CHAPTERS if chapter.name == path.stem)
    return chapter_rules.Document(path, chapter, notebooks.read(path))


def called(value):
    """Name a test by its chapter, file or rule."""
    return getattr(value, "stem", None) or getattr(value, "name", None) or value.__name__


def existing(paths):
    """Leave out files that are missing, which one test of its own says."""
    return [path for path in paths if path.exists()]


# The list


def test_the_list_is_in_order():
    numbers = [chapter.name[:2] for chapter in CHAPTERS if chapter.name[0].isdigit()]
    letters = [chapter.name[:2] for chapter in CHAPTERS if not chapter.name[0].isdigit()]
    assert numbers == [f"{n:02}" for n in range(len(numbers))]
    assert letters == ["A_", "B_"]
    assert [chapter.name[:2] for chapter in CHAPTERS] == numbers + letters


@pytest.mark.parametrize("chapter", CHAPTERS, ids=called)
def test_an_entry_of_the_list_is_complete(chapter):
    assert re.fullmatch(r"(\d\d|[A-Z])(_[a-z0-9]+)+", chapter.name)
    assert chapter.title
    assert re.fullmatch(r"[^.]+\.", chapter.sentence), "one sentence"


def test_titles_differ():
    assert len({chapter.title for chapter in CHAPTERS}) == len(CHAPTERS)


def test_the_list_and_the_files_agree():
    expected = {place(c, folder) for c in WRITTEN for folder in ("chapters", "chapters/solutions")}
    found = set()
    for folder, folders, files in os.walk(notebooks.ROOT):
        folders[:] = [n for n in folders if n[0] != "." and n not in ("_build", "build", "dist")]
        found |= {Path(folder, name) for name in files if name.endswith(".ipynb")}
    assert found == expected


# The notebooks


@pytest.mark.parametrize("rule", chapter_rules.CHAPTER_RULES, ids=called)
@pytest.mark.parametrize("path", existing(map(place, WRITTEN)), ids=called)
def test_chapter(path, rule):
    assert list(rule(document(path))) == []


@pytest.mark.parametrize("rule", chapter_rules.SOLUTION_RULES, ids=called)
@pytest.mark.parametrize(
    "path", existing(place(chapter, "chapters/solutions") for chapter in WRITTEN), ids=called
)
def test_solutions(path, rule):
    assert list(rule(document(path))) == []


def test_the_series_defines_every_public_name_once():
    chapters = [document(path) for path in existing(map(place, WRITTEN))]
    assert list(one_source.compare_series(chapters)) == []


def test_few_outputs_are_ignored():
    found = [chapter_rules.ignored(document(path)) for path in notebooks.notebook_paths()]
    total = sum(of for _, of in found)
    assert sum(ignored for ignored, _ in found) <= chapter_rules.IGNORED_SHARE * total


# The pages around them


def test_badges_links_and_the_readme_are_up_to_date():
    assert list(write_navigation.updates()) == [], "run python -m tools.write_navigation"


@pytest.mark.parametrize("page", PAGES)
def test_links_in_pages_lead_somewhere(page):
    path = notebooks.ROOT / page
    source = path.read_text(encoding="utf-8")
    assert list(chapter_rules.broken_links(source, path, notebooks.ROOT)) == []
