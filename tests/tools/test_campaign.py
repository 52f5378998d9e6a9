"""How the campaigns write down their results."""

import json
import os
import re
import subprocess

import numpy as np
import pytest

from tools import campaign

ROWS = [
    {"kind": "whole", "cases": 12_000, "seconds": 1.5, "ok": True},
    {"kind": "a|b", "cases": 3, "seconds": 20.25, "ok": False},
]


@pytest.fixture
def results(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "RESULTS", tmp_path / "results")
    return tmp_path / "results"


def write(rows=ROWS, **options):
    campaign.write(
        "name", "Title", "What it is.", rows, settings={"seed": 7}, seconds=61.4, **options
    )


def test_a_table_in_markdown():
    assert campaign.table(ROWS).split("\n") == [
        "| kind  |  cases | seconds |  ok |",
        "|-------|-------:|--------:|----:|",
        "| whole | 12,000 |     1.5 | yes |",
        "| a\\|b  |      3 |   20.25 |  no |",
    ]


@pytest.mark.parametrize("rows", [[], [{"a": 1}, {"b": 1}], [{"a": 1, "b": 2}, {"a": 1}]])
def test_rows_that_make_no_table(rows):
    with pytest.raises(ValueError, match="all with the same keys"):
        campaign.table(rows)


def test_both_files_say_what_when_and_with_what(results):
    write(details=["kept"])
    assert sorted(os.listdir(results)) == ["name.json", "name.md"]
    kept = json.loads((results / "name.json").read_text(encoding="utf-8"))
    assert kept["rows"] == ROWS
    assert kept["settings"] == {"seed": 7}
    assert kept["seconds"] == 61
    assert kept["details"] == ["kept"]
    assert kept["versions"]["numpy"] == np.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", kept["date"])
    page = (results / "name.md").read_text(encoding="utf-8")
    assert page.startswith("# Title\n\nWhat it is.\n\n| kind ")
    for said in (kept["date"], kept["commit"], f"numpy {np.__version__}", "seed 7; 61 seconds"):
        assert said in page


def test_packages_that_are_not_installed_are_left_out():
    versions = campaign.circumstances(["pytest", "no-such-package"])["versions"]
    assert list(versions) == ["python", "pytest"]


def test_the_commit_is_named_with_its_changes(tmp_path, monkeypatch):
    monkeypatch.setattr(campaign, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert campaign.commit() == "unknown"
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.com"]
    for folder in (tmp_path, tmp_path / "tests" / "results"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "file").write_text("one")
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "One"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    clean = campaign.commit()
    assert re.fullmatch("[0-9a-f]{10}", clean)
    (tmp_path / "tests" / "results" / "file").write_text("two")
    (tmp_path / "untracked").write_text("three")
    assert campaign.commit() == clean
    (tmp_path / "file").write_text("two")
    assert campaign.commit() == f"{clean}, with changes"


def test_a_failure_leaves_the_old_results_and_nothing_else(results, monkeypatch):
    write()
    before = (results / "name.json").read_bytes()

    def fail(source, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError):
        write([{"kind": "other"}])
    assert sorted(os.listdir(results)) == ["name.json", "name.md"]
    assert (results / "name.json").read_bytes() == before
