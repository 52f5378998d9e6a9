"""Chapters that need an extra are skipped without it, and that is said."""

import subprocess
import sys

import pytest

import conftest
from tools import notebooks, run_notebooks
from tools.chapters import CHAPTERS, Chapter

ABSENT = Chapter("18_other", "T", "S", 1, needs=("json", "no_such_package"))


class Item:
    def __init__(self, file):
        self.path = notebooks.ROOT / file
        self.marks = []

    def add_marker(self, mark):
        self.marks.append(mark)


def test_what_is_missing():
    assert ABSENT.missing == ["no_such_package"]
    assert Chapter("01_some", "T", "S", 1).missing == []


def test_only_the_frameworks_chapter_needs_more_than_the_requirements():
    assert {c.name: c.needs for c in CHAPTERS if c.needs} == {"18_frameworks": ("torch", "keras")}


@pytest.mark.parametrize("folder", ["chapters", "chapters/solutions"])
def test_notebooks_of_that_chapter_are_skipped_with_the_reason(folder, monkeypatch):
    monkeypatch.setattr(conftest, "CHAPTERS", (*CHAPTERS, ABSENT))
    items = [
        Item(f"{folder}/18_other.ipynb"),
        Item(f"{folder}/01_single_neuron.ipynb"),
        Item("tests/18_other.py"),
    ]
    conftest.pytest_collection_modifyitems(items)
    (mark,) = items[0].marks
    assert mark.name == "skip"
    assert mark.kwargs["reason"] == (
        "chapter 18 needs no_such_package, which the extra 'frameworks' installs"
    )
    assert items[1].marks == items[2].marks == []


def test_a_skipped_notebook_is_never_started_and_the_reason_is_printed(tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "def pytest_collection_modifyitems(items):\n"
        "    for item in items:\n"
        "        item.add_marker(pytest.mark.skip(reason='it needs more'))\n"
    )
    notebooks.write(
        tmp_path / "18_other.ipynb",
        notebooks.nbformat.v4.new_notebook(cells=[notebooks.nbformat.v4.new_code_cell("1 / 0")]),
    )
    checked = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "-rs", "18_other.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "1 skipped" in checked.stdout
    assert "it needs more" in checked.stdout
    assert checked.returncode == 0


def test_execution_leaves_it_out_and_says_so(tmp_path, capsys, monkeypatch):
    path = tmp_path / "18_other.ipynb"
    path.write_text("untouched")
    monkeypatch.setitem(run_notebooks.MISSING, "18_other", ["no_such_package"])
    assert run_notebooks.main([str(path)]) == 0
    assert "left out: needs no_such_package" in capsys.readouterr().out
    assert path.read_text() == "untouched"
