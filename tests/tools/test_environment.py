"""The files that describe the project to pip, conda, make and CI say the same."""

import re
from pathlib import Path

import pytest
import yaml

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def load(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_conda_environment_has_the_packages_of_the_project_and_its_extras():
    environment = load("environment.yml")
    extras = PROJECT["optional-dependencies"]
    wanted = {
        f"python{PROJECT['requires-python']}",
        "pip",
        *PROJECT["dependencies"],
        *extras["lab"],
        *extras["test"],
    }
    packages = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    assert len(packages) == len(set(packages))
    assert set(packages) == wanted


def test_conda_environment_installs_the_project_itself_by_pip_and_nothing_else():
    environment = load("environment.yml")
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge"]
    by_pip = [entry for entry in environment["dependencies"] if not isinstance(entry, str)]
    assert by_pip == [{"pip": ["-e ."]}]


def test_chapters_need_what_colab_has_and_nothing_else():
    names = {re.split(r"[<>=]", entry)[0] for entry in PROJECT["dependencies"]}
    assert names == {
        *("numpy", "matplotlib", "kagglehub", "filelock", "tqdm", "ipywidgets", "ipykernel")
    }


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_with_its_version(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_is_well_formed(path):
    workflow = load(path)
    triggers = workflow[True]  # YAML reads the key "on" as a truth value
    assert {"push", "pull_request", "schedule"} <= set(triggers)
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        for step in job["steps"]:
            assert ("run" in step) != ("uses" in step), name


def test_workflow_covers_systems_and_the_oldest_supported_versions():
    matrix = load(".github/workflows/test.yml")["jobs"]["notebooks"]["strategy"]["matrix"]
    assert {system.split("-")[0] for system in matrix["os"]} == {"ubuntu", "macos", "windows"}
    oldest, newest = matrix["versions"]
    assert f">={oldest['python']}" == PROJECT["requires-python"]
    bound = next(entry for entry in PROJECT["dependencies"] if entry.startswith("numpy"))
    assert oldest["numpy"] == bound.replace(">=", "==") + ".*"
    assert newest["numpy"] == "numpy"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_keep_no_credentials(path):
    steps = [step for job in load(path)["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    for step in checkouts:
        assert step["with"]["persist-credentials"] is False


def test_hooks_are_the_parts_of_make_check():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[1]
    parts = re.sub(r"\\\n\s*", "", recipe).replace("\t@", "").strip().split(" && ")
    assert len(parts) >= 4
    repositories = load(".pre-commit-config.yaml")["repos"]
    assert [repository["repo"] for repository in repositories] == ["local"]
    hooks = repositories[0]["hooks"]
    assert [hook["entry"] for hook in hooks] == parts
    assert len({hook["id"] for hook in hooks}) == len(hooks)
    for hook in hooks:
        assert hook.keys() == {"id", "name", "entry", "language", "pass_filenames"}
        assert (hook["language"], hook["pass_filenames"]) == ("system", False)


def test_the_extra_for_editing_brings_what_the_hooks_need():
    names = {re.split(r"[<>=]", entry)[0] for entry in PROJECT["optional-dependencies"]["edit"]}
    assert names == {"jupytext", "pre-commit"}


def test_updates_come_grouped_and_weekly():
    found = load(".github/dependabot.yml")
    assert found["version"] == 2
    assert {update["package-ecosystem"] for update in found["updates"]} == {"github-actions", "pip"}
    for update in found["updates"]:
        assert (update["directory"], update["schedule"]["interval"]) == ("/", "weekly")
        assert [group["patterns"] for group in update["groups"].values()] == [["*"]]


FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def test_there_are_forms_for_chapters_and_for_code():
    assert {path.stem for path in FORMS} == {"chapter", "bug", "config"}
    assert load(".github/ISSUE_TEMPLATE/config.yml") == {"blank_issues_enabled": True}


@pytest.mark.parametrize("name", ["chapter", "bug"])
def test_an_issue_form_is_well_formed_and_short(name):
    form = load(f".github/ISSUE_TEMPLATE/{name}.yml")
    assert form.keys() == {"name", "description", "labels", "body"}
    assert 1 <= len(form["body"]) <= 3
    assert len({field["id"] for field in form["body"]}) == len(form["body"])
    for field in form["body"]:
        assert field["type"] in {"input", "textarea"}
        assert field["attributes"]["label"]
        assert field["validations"] == {"required": True}


CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_changelog_keeps_its_form():
    assert CHANGELOG.startswith("# Changelog\n")
    versions = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    for version in versions[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", version), version
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    for section in re.split(r"^## .+$", CHANGELOG, flags=re.MULTILINE)[1:]:
        found = re.findall(r"^### (.+)$", section, re.MULTILINE)
        assert set(found) <= kinds
        assert len(found) == len(set(found))
    assert not re.search(r"^####|^### [^\n]*\n\s*(?=#|\Z)", CHANGELOG, re.MULTILINE)


def test_the_newest_release_in_the_changelog_is_the_projects_version():
    releases = re.findall(r"^## \[(\d.*?)\]", CHANGELOG, re.MULTILINE)
    assert releases[:1] in ([], [PROJECT["version"]])


def test_ci_ends_with_the_test_command_of_the_readme():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").split("\n")
    assert lines[:1] == ["#!/usr/bin/env bash"]
    assert "set -euo pipefail" in lines
    assert lines[-3:] == ["make check", "make test", ""]
    assert "`make test`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_security_page_is_linked_and_gives_the_projects_address():
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"({PROJECT['urls']['Repository']}/security/advisories/new)" in page
    for name in ("README.md", "CONTRIBUTING.md"):
        assert "(SECURITY.md)" in (ROOT / name).read_text(encoding="utf-8"), name


def test_citation_agrees_with_the_project():
    citation = load("CITATION.cff")
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
