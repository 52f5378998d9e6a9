"""ARCHITECTURE.md names what is there, and draws what is enforced."""

import importlib
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DRAWING = re.search(r"```mermaid\nflowchart TD\n(.*?)```", PAGE, re.DOTALL)[1]
CODE = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL))
PATHS = sorted({text for text in CODE if re.fullmatch(r"[\w.]+/[\w./]*|\w+\.py", text)})
NAMES = sorted({text for text in CODE if re.fullmatch(r"(shared|experiments)(\.\w+)+", text)})
# Parts of a path that stand for any chapter's number or any name.
PLACEHOLDERS = {"NN": "[0-9][0-9]", "NAME": "*"}


def layering():
    path = ROOT / "tests" / "package" / "test_layering.py"
    spec = importlib.util.spec_from_file_location("layering", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def resolve(name):
    """Return what a dotted name stands for: a module, or something in one."""
    first, *rest = name.split(".")
    found, path = importlib.import_module(first), first
    for part in rest:
        path += f".{part}"
        if not hasattr(found, part):
            importlib.import_module(path)
        found = getattr(found, part)
    return found


def test_paths_and_names_are_found():
    assert {"shared/losses.py", "tests/package/", "conftest.py"} <= set(PATHS)
    assert {"shared.model.Model.fit", "shared.plots.ROLES"} <= set(NAMES)
    assert len(PATHS) > 50 and len(NAMES) > 10


@pytest.mark.parametrize("path", PATHS)
def test_every_path_exists(path):
    pattern = path
    for placeholder, meaning in PLACEHOLDERS.items():
        pattern = re.sub(rf"(?<![A-Z]){placeholder}(?![A-Z])", meaning, pattern)
    found = list(ROOT.glob(pattern))
    assert found
    assert all(entry.is_dir() for entry in found) == path.endswith("/")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_resolves(name):
    resolve(name)


@pytest.mark.parametrize("name", ["shared.model.Model.train", "shared.nowhere", "shared.plots.x"])
def test_a_name_that_is_not_there_does_not_resolve(name):
    with pytest.raises(ModuleNotFoundError):
        resolve(name)


def test_the_drawing_shows_who_may_import_whom():
    boxes = {name: label.split(", ") for name, label in re.findall(r'(\w+)\["(.+)"\]', DRAWING)}
    arrows = re.findall(r"^ *(\w+) --> (.+)$", DRAWING, re.MULTILINE)
    drawn = {}
    for start, ends in arrows:
        for module in boxes.get(start, [start]):
            known = (boxes.get(end, [end]) for end in ends.split(" & "))
            drawn[module] = {name for box in known for name in box}
    every = {name for known in drawn.values() for name in known}.union(drawn, *boxes.values())
    may_know = {name: known - {name} for name, known in layering().MAY_KNOW.items()}
    del may_know["__init__"]
    assert {name: drawn.get(name, set()) - {name} for name in every} == may_know


def test_the_page_is_no_longer_than_a_page():
    assert len(PAGE.split()) <= 1400


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_readers_are_led_to_the_page(page):
    assert "](ARCHITECTURE.md)" in (ROOT / page).read_text(encoding="utf-8")


def test_every_folder_of_the_project_is_in_the_table():
    tracked = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"}
    folders = {name for name in tracked if not name.endswith(".egg-info")} - {"build", "dist"}
    table = set(re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE))
    assert folders <= table
