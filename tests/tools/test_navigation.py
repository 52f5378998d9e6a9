"""Badges, links, the README's table, the setup cell, and changing the project's address."""

import os
import shutil
import subprocess
import sys
import types

import nbformat
import pytest

from tools import notebooks, write_navigation
from tools.chapters import Chapter

CHAPTERS = (
    Chapter("00_start", "Start", "A start.", written=True),
    Chapter("01_middle", "Middle", "A middle."),
    Chapter("02_end", "End", "An end.", written=True),
    Chapter("A_more", "More", "More.", written=True),
)
ADDRESS = "https://github.com/somebody/something"
COLAB = "https://colab.research.google.com/github/somebody/something/blob/main"


@pytest.fixture
def project(tmp_path):
    """Return a project with three written chapters, solutions to one, and some pages."""
    (tmp_path / "chapters" / "solutions").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{ADDRESS}"\n')
    (tmp_path / "README.md").write_text(f"# Name\n\nSee {ADDRESS}.\n\n## Chapters\n")
    for name in ("00_start", "02_end", "A_more", "solutions/02_end"):
        cells = [
            nbformat.v4.new_markdown_cell("# Title\n\nA sentence."),
            nbformat.v4.new_markdown_cell("Text."),
            nbformat.v4.new_code_cell("1 + 1"),
        ]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebooks.write(tmp_path / "chapters" / f"{name}.ipynb", notebooks.normalize(notebook))
    return tmp_path


def write(project):
    for path, text in write_navigation.updates(project, CHAPTERS).items():
        notebooks.write_text(path, text)


def cell(project, name, place):
    return notebooks.read(project / "chapters" / f"{name}.ipynb").cells[place]


def test_headings_are_numbered_without_leading_zeros():
    assert [chapter.heading for chapter in CHAPTERS] == [
        "0. Start",
        "1. Middle",
        "2. End",
        "A. More",
    ]


def test_title_cell_has_badge_neighbors_and_minutes_below_the_title(project):
    write(project)
    assert cell(project, "02_end", 0).source == "\n\n".join(
        (
            "# Title",
            write_navigation.BEGIN,
            f"[![Open in Colab]({write_navigation.BADGE})]({COLAB}/chapters/02_end.ipynb)"
            " · [Notation](NOTATION.md)",
            "[← 0. Start](00_start.ipynb) · [All chapters](../README.md#chapters) · "
            "[A. More →](A_more.ipynb) · 5 minutes + 0 for the exercises",
            write_navigation.END,
            "A sentence.",
        )
    )


def test_first_and_last_chapter_have_one_neighbor(project):
    write(project)
    assert "←" not in cell(project, "00_start", 0).source
    assert "[2. End →](02_end.ipynb)" in cell(project, "00_start", 0).source
    assert "→" not in cell(project, "A_more", 0).source


def test_solutions_lead_back_to_their_chapter(project):
    write(project)
    source = cell(project, "solutions/02_end", 0).source
    assert f"({COLAB}/chapters/solutions/02_end.ipynb)" in source
    assert "[← Back to 2. End](../02_end.ipynb)" in source


def test_readme_lists_every_chapter_and_links_to_written_ones_only(project):
    write(project)
    readme = (project / "README.md").read_text(encoding="utf-8")
    row = "| [0. Start](chapters/00_start.ipynb) | A start. | 5 min + 0 | [![Open in Colab]("
    assert row in readme
    assert "| 1. Middle | A middle. |  | to come |" in readme
    assert "01_middle.ipynb" not in readme


def test_a_draft_of_a_chapter_not_yet_marked_as_written_is_left_alone(project):
    draft = project / "chapters" / "01_middle.ipynb"
    shutil.copy(project / "chapters" / "02_end.ipynb", draft)
    assert draft not in write_navigation.updates(project, CHAPTERS)


def test_writing_twice_changes_nothing_and_text_around_is_kept(project):
    write(project)
    assert write_navigation.updates(project, CHAPTERS) == {}
    readme = project / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "\nMore text.\n", encoding="utf-8")
    assert write_navigation.updates(project, CHAPTERS) == {}


def test_a_change_of_the_list_makes_neighbors_out_of_date(project):
    write(project)
    fewer = (*CHAPTERS[:2], CHAPTERS[3])
    changed = write_navigation.updates(project, fewer)
    assert {path.name for path in changed} == {"README.md", "00_start.ipynb", "A_more.ipynb"}


def test_set_up_cell_comes_before_all_code_and_is_replaced_where_it_is(project):
    write(project)
    source = write_navigation.SETUP_CELL.read_text(encoding="utf-8").rstrip()
    for name in ("00_start", "solutions/02_end"):
        found = cell(project, name, 2)
        assert (found.cell_type, found.source, found.id) == ("code", source, "setup")
        assert found.metadata.tags == ["setup"]
    path = project / "chapters" / "00_start.ipynb"
    old = path.read_text(encoding="utf-8").replace("use_style", "other")
    path.write_text(old, encoding="utf-8")
    write(project)
    assert [c.source for c in notebooks.read(path).cells].count(source) == 1


def test_checking_names_what_is_out_of_date_and_changes_nothing(project, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "ROOT", project)
    monkeypatch.setattr(
        write_navigation, "updates", lambda: {project / "README.md": "new"}, raising=True
    )
    before = (project / "README.md").read_text(encoding="utf-8")
    assert write_navigation.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert "README.md: links, badge, reading time, or setup cell out of date" in said
    assert (project / "README.md").read_text(encoding="utf-8") == before
    assert write_navigation.main([]) == 0
    assert (project / "README.md").read_text(encoding="utf-8") == "new"


# Changing the address


@pytest.mark.parametrize("end", ["", "/", ".git"])
def test_the_address_is_changed_in_every_file(project, end):
    write(project)
    kept = f"{ADDRESS}-else and github.com/somebody/other"
    (project / "page.md").write_text(f"{ADDRESS}/issues, {ADDRESS}. {kept}", encoding="utf-8")
    (project / "picture.png").write_bytes(b"\x89PNG")
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    write_navigation.change_address("https://github.com/new/name" + end, project)
    assert write_navigation.repository(project) == "https://github.com/new/name"
    new = "https://github.com/new/name"
    assert (project / "page.md").read_text() == f"{new}/issues, {new}. {kept}"
    badge = "https://colab.research.google.com/github/new/name/blob/main/chapters/02_end.ipynb"
    assert badge in cell(project, "02_end", 0).source
    assert write_navigation.updates(project, CHAPTERS).keys() == set()
    for path in project.rglob("*.[imt]*"):
        if path.is_file() and path.name != "page.md":
            assert "somebody/something" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("bad", ["new/name", "http://github.com/a/b", "https://example.org/a/b"])
def test_an_address_of_another_form_is_refused(project, bad):
    with pytest.raises(ValueError, match="Received: "):
        write_navigation.change_address(bad, project)


def test_a_bad_address_is_told_in_one_line(capsys):
    assert write_navigation.main(["--repository", "new/name"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Nothing was changed: the address has the form https://github.com/")
    assert said.err.count("\n") == 1


def test_the_set_up_cell_fetches_from_the_address_of_the_project():
    source = write_navigation.SETUP_CELL.read_text(encoding="utf-8")
    assert f'"{write_navigation.repository()}"' in source
    assert len(source.splitlines()) <= 30


# Running the setup cell

PLOTS = 'print("style of", __file__)\n\n\ndef use_style():\n    print("used")\n'
REPORT = "\nimport sys, shared\nprint(sys.path.count(str(project)), shared.__file__)"


@pytest.fixture
def source():
    return write_navigation.SETUP_CELL.read_text(encoding="utf-8")


def run(source, folder, colab=False, repository=None, path=None, times=1):
    """Run the setup cell as a notebook in that folder would, and return the process."""
    preamble = "import sys, types\n"
    if colab:
        preamble += 'sys.modules["google.colab"] = types.ModuleType("google.colab")\n'
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path is not None:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    if repository is not None:
        # To git, the project's address means a folder of this machine.
        home = folder.parent / "home"
        home.mkdir(exist_ok=True)
        (home / ".gitconfig").write_text(
            f'[url "{repository.as_uri()}"]\n\tinsteadOf = {write_navigation.repository()}\n'
        )
        environment["HOME"] = str(home)
    return subprocess.run(
        # Isolated, so that the installed package is out of reach, as on Colab.
        [sys.executable, "-S", "-c", preamble + source * times + REPORT],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )


def make_package(root):
    (root / "shared" / "plots").mkdir(parents=True)
    (root / "shared" / "__init__.py").touch()
    (root / "shared" / "plots" / "__init__.py").write_text(PLOTS)
    (root / "chapters" / "solutions").mkdir(parents=True)


@pytest.fixture
def no_git(tmp_path):
    """Return a folder with a command git that leaves a trace of being called."""
    folder = tmp_path / "commands"
    folder.mkdir()
    git = folder / "git"
    git.write_text(f"#!/bin/sh\ntouch '{tmp_path}/git-was-called'\nexit 1\n")
    git.chmod(0o755)
    return folder


@pytest.mark.parametrize("folder", [".", "chapters", "chapters/solutions"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("colab", [False, True])
def test_inside_the_project_the_set_up_cell_finds_it(
    source, tmp_path, no_git, folder, times, colab
):
    root = tmp_path / "a folder"
    make_package(root)
    done = run(source, root / folder, colab=colab, path=no_git, times=times)
    assert done.returncode == 0, done.stderr
    assert f"1 {root / 'shared' / '__init__.py'}" in done.stdout
    assert done.stdout.count("used") == times
    assert not (tmp_path / "git-was-called").exists()


def test_outside_the_project_and_not_on_colab_nothing_is_fetched(source, tmp_path, no_git):
    done = run(source, tmp_path, path=no_git)
    assert "No module named 'shared'" in done.stderr
    assert not (tmp_path / "git-was-called").exists()


@pytest.fixture
def on_colab(source, tmp_path):
    """Return the setup cell with another folder in the place of Colab's /content."""
    content = tmp_path / "content"
    content.mkdir()
    assert source.count('"/content/') == 1
    return types.SimpleNamespace(
        source=source.replace('"/content/', f'"{content.as_posix()}/'),
        content=content,
        project=content / "neural-network-from-scratch",
    )


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_on_colab_the_project_is_fetched_once_and_shallow(on_colab, tmp_path):
    origin = tmp_path / "origin"
    make_package(origin)
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=no"]
    subprocess.run(["git", "init", "--quiet"], cwd=origin, check=True)
    for message in ("first", "second"):
        subprocess.run(["git", "add", "."], cwd=origin, check=True)
        subprocess.run(
            ["git", *identity, "commit", "--quiet", "--allow-empty", "-m", message],
            cwd=origin,
            check=True,
        )
    done = run(on_colab.source, on_colab.content, colab=True, repository=origin, times=2)
    assert done.returncode == 0, done.stderr
    assert f"1 {on_colab.project / 'shared' / '__init__.py'}" in done.stdout
    assert [path.name for path in on_colab.content.iterdir()] == [on_colab.project.name]
    count = ["git", "rev-list", "--count", "HEAD"]
    history = subprocess.run(count, cwd=on_colab.project, capture_output=True, text=True)
    assert history.stdout == "1\n"
    # In a fresh kernel, the copy that is there serves.
    shutil.rmtree(origin)
    again = run(on_colab.source, on_colab.content, colab=True, repository=origin)
    assert again.returncode == 0, again.stderr


def test_on_colab_a_failed_fetch_says_what_to_do_and_leaves_nothing(on_colab, tmp_path):
    missing = tmp_path / "nowhere"
    done = run(on_colab.source, on_colab.content, colab=True, repository=missing)
    assert "RuntimeError: Colab could not fetch the project. git says: " in done.stderr
    assert "Check that you are online, then run this cell again." in done.stderr
    assert list(on_colab.content.iterdir()) == []
