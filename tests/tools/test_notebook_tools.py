"""Executing, normalizing and checking notebooks."""

import copy
import json
import os
import re
import signal
import subprocess
import sys
import time

import nbformat
import pytest

from tools import check_notebooks, notebooks, run_notebooks


def code(source, outputs=(), **fields):
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), **fields)


def stream(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def saved(tmp_path, *cells, **metadata):
    """Write a notebook as some editor might leave it, and return its path."""
    path = tmp_path / "notebook.ipynb"
    notebook = nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def normalized(path):
    return notebooks.normalize(notebooks.read(path))


def test_a_notebook_in_normal_form_has_no_faults(tmp_path):
    path = saved(tmp_path, nbformat.v4.new_markdown_cell("# Title"), code("1 + 1"))
    notebooks.write(path, normalized(path))
    assert notebooks.faults(path) == []
    assert check_notebooks.main([str(path)]) == 0


def test_normalizing_twice_changes_nothing(tmp_path):
    path = saved(tmp_path, code("print(1)", [stream("1\n")]), code(""), author="me")
    notebooks.write(path, normalized(path))
    first = path.read_bytes()
    notebooks.write(path, normalized(path))
    assert path.read_bytes() == first


def test_metadata_are_reduced_to_kernel_language_and_tags(tmp_path):
    metadata = {"tags": ["shared"], "execution": {"iopub.status.busy": "2026"}, "scrolled": True}
    language = {"name": "python", "version": "3.9.1"}
    path = saved(tmp_path, code("x", metadata=metadata), widgets={}, language_info=language)
    notebook = normalized(path)
    assert notebook.cells[0].metadata == {"tags": ["shared"]}
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info


ANSWER = {
    "tags": ["answer", "hide-output"],
    "collapsed": True,
    "jupyter": {"outputs_hidden": True},
}
FOLDED = {"tags": ["hide-input"], "cellView": "form", "jupyter": {"source_hidden": True}}


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ({"tags": ["answer"]}, ANSWER),
        (ANSWER, ANSWER),
        (
            {"tags": ["hide-output", "answer", "shared"]},
            ANSWER | {"tags": ["answer", "shared", "hide-output"]},
        ),
        ({"tags": ["hide-input"]}, FOLDED),
        (FOLDED, FOLDED),
        (
            {"tags": ["answer", "hide-input"]},
            ANSWER
            | FOLDED
            | {
                "tags": ["answer", "hide-input", "hide-output"],
                "jupyter": {"outputs_hidden": True, "source_hidden": True},
            },
        ),
        # Without the tag, nothing of it stays.
        ({"tags": ["hide-output"], "collapsed": True, "jupyter": {"outputs_hidden": True}}, {}),
        (FOLDED | {"tags": ["shared"]}, {"tags": ["shared"]}),
        ({"tolerance": 0.02, "scrolled": True}, {"tolerance": 0.02}),
    ],
)
def test_one_tag_shows_or_hides_a_part_of_a_cell_on_every_platform(tmp_path, written, normal):
    path = saved(tmp_path, code("x", metadata=written))
    notebooks.write(path, normalized(path))
    assert notebooks.read(path).cells[0].metadata == normal
    assert notebooks.faults(path) == []
    assert normalized(path) == notebooks.read(path)


def test_prose_is_never_hidden_and_has_no_tolerance(tmp_path):
    metadata = {"tags": ["answer"], "tolerance": 0.02}
    path = saved(tmp_path, nbformat.v4.new_markdown_cell("text", metadata=metadata))
    assert normalized(path).cells[0].metadata == {"tags": ["answer"]}


@pytest.mark.parametrize("value", [0.5, "0.02"])
def test_what_is_no_tolerance_is_kept_but_named(tmp_path, value):
    path = saved(tmp_path, code("x", id="a", metadata={"tolerance": value}))
    notebooks.write(path, normalized(path))
    (message,) = notebooks.faults(path)
    assert message.startswith('cell 1 (a): A cell\'s "tolerance" is a number above 0 and up to 0.1')
    assert f"Received: {value!r}" in message


def test_what_jupyterlab_saves_says_nothing_of_the_version_of_python(tmp_path):
    path = saved(tmp_path, code("x"))
    notebooks.write(path, normalized(path))
    opened = json.loads(path.read_text(encoding="utf-8"))
    opened["metadata"]["language_info"]["version"] = "3.12.1"
    model = {"type": "notebook", "content": opened}
    notebooks.keep_language(model=model, path="notebook.ipynb", contents_manager=None)
    assert opened == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["notebook", "file"])
def test_what_else_jupyterlab_saves_stays_as_it_is(kind):
    other = {"metadata": {"language_info": {"name": "R", "version": "4.4"}}, "cells": []}
    content = copy.deepcopy(other) if kind == "notebook" else "text"
    model = {"type": kind, "content": content}
    notebooks.keep_language(model=model)
    assert model == {"type": kind, "content": other if kind == "notebook" else "text"}


def test_counts_run_from_one_without_gaps(tmp_path):
    result = nbformat.v4.new_output("execute_result", data={"text/plain": "2"}, execution_count=9)
    path = saved(
        tmp_path,
        code("a", execution_count=4),
        nbformat.v4.new_markdown_cell("text"),
        code("1 + 1", [result], execution_count=9),
    )
    cells = normalized(path).cells
    assert [cell.get("execution_count") for cell in cells] == [1, None, 2]
    assert cells[2].outputs[0].execution_count == 2


def test_printed_text_in_pieces_becomes_one(tmp_path):
    pieces = [stream("a\n"), stream("b\n"), stream("!", "stderr"), stream("c\n")]
    outputs = normalized(saved(tmp_path, code("x", pieces))).cells[0].outputs
    assert [(output.name, output.text) for output in outputs] == [
        ("stdout", "a\nb\n"),
        ("stderr", "!"),
        ("stdout", "c\n"),
    ]


def test_widgets_leave_their_text_only(tmp_path):
    live = {"application/vnd.jupyter.widget-view+json": {"model_id": "3f"}}
    shown = [
        nbformat.v4.new_output("display_data", data=data, metadata={"needs": 1})
        for data in (live | {"text/plain": "Slider()"}, live)
    ]
    outputs = normalized(saved(tmp_path, code("x", shown))).cells[0].outputs
    assert outputs == [
        {"output_type": "display_data", "data": {"text/plain": "Slider()"}, "metadata": {}}
    ]


def test_empty_cells_and_blank_ends_go(tmp_path):
    path = saved(tmp_path, code("x = 1\n\n"), code("  \n"), nbformat.v4.new_markdown_cell(""))
    assert [cell.source for cell in normalized(path).cells] == ["x = 1"]


def test_good_ids_are_kept_and_others_derived_from_place_and_content(tmp_path):
    path = saved(tmp_path, code("a"), code("b"), code("c"), code("a"))
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["cells"][0]["id"] = "my-cell"
    stored["cells"][1]["id"] = "my-cell"
    stored["cells"][2]["id"] = "no id, this"
    del stored["cells"][3]["id"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    ids = [cell.id for cell in notebooks.read(path).cells]
    assert ids[0] == "my-cell"
    assert len(set(ids)) == 4
    assert all(re.fullmatch(r"[0-9a-f]{8}", name) for name in ids[1:])
    assert [cell.id for cell in notebooks.read(path).cells] == ids


def test_older_notebooks_without_ids_always_get_the_same(tmp_path):
    path = saved(tmp_path, code("a"), code("b"))
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["nbformat_minor"] = 4
    for cell in stored["cells"]:
        del cell["id"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert notebooks.to_text(normalized(path)) == notebooks.to_text(normalized(path))


def test_another_format_is_refused(tmp_path):
    path = tmp_path / "old.ipynb"
    path.write_text('{"nbformat": 3, "worksheets": []}')
    with pytest.raises(ValueError, match=r"old\.ipynb is not a notebook of format 4\. Received: 3"):
        notebooks.read(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda nb: nb["metadata"].update(author="me"), "metadata"),
        (lambda nb: nb.update(nbformat_minor=4), "format is not 4.5"),
        (lambda nb: nb["cells"][1].update(id="the-first"), "its id"),
        (lambda nb: nb["cells"][1].update(source=["x\n", "\n"]), "its source"),
        (lambda nb: nb["cells"][1].update(metadata={"scrolled": True}), "besides tags"),
        (lambda nb: nb["cells"][1].update(execution_count=3), "its count should be 1"),
        (lambda nb: nb["cells"][1].update(execution_count=None), "its count should be 1"),
        (lambda nb: nb["cells"][0].update(attachments={}), "its attachments"),
        (lambda nb: nb["cells"].append(copy.deepcopy(nb["cells"][0]) | {"source": []}), "is empty"),
        (lambda nb: nb["cells"][1]["outputs"][0].update(metadata={"w": 1}), "its outputs"),
    ],
)
def test_each_departure_from_the_normal_form_is_named(tmp_path, capsys, change, said):
    shown = nbformat.v4.new_output("display_data", data={"text/plain": "Slider()"})
    path = saved(tmp_path, nbformat.v4.new_markdown_cell("# A", id="the-first"), code("x", [shown]))
    notebooks.write(path, normalized(path))
    stored = json.loads(path.read_text(encoding="utf-8"))
    change(stored)
    path.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert check_notebooks.main([str(path)]) == 1
    printed = capsys.readouterr().out
    assert said in printed
    assert f"{path}: " in printed


@pytest.mark.parametrize("end", [b"", b"\n\n", b"\r\n"])
def test_another_layout_of_the_same_content_is_named(tmp_path, end):
    path = saved(tmp_path, code("x"))
    notebooks.write(path, normalized(path))
    path.write_bytes(path.read_bytes().rstrip(b"\n") + end)
    assert notebooks.faults(path) == ["its JSON is laid out in another way"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def fail(*arguments):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        notebooks.write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_are_written_with_the_same_bytes_on_every_system(tmp_path):
    path = tmp_path / "file.txt"
    notebooks.write_text(path, "é\nb\n")
    assert path.read_bytes() == b"\xc3\xa9\nb\n"
    path.chmod(0o755)
    notebooks.write_text(path, "c\n")
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o755


CELLS = (
    "import os\nfrom pathlib import Path",
    "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['TQDM_DISABLE'])",
    "print(Path('beside').read_text())",
    "for n in range(3):\n    print(n, flush=True)",
    "from ipywidgets import interact\nprint('Turn it.')\n"
    "_ = interact(lambda w: print('w is', w), w=(0, 4))",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "1 + 1",
)


def test_execution_stores_what_a_comparison_sees_and_twice_the_same(tmp_path, capsys, monkeypatch):
    for name in notebooks.KERNEL_ENVIRONMENT:
        monkeypatch.delenv(name)
    path = saved(tmp_path, *(code(source) for source in CELLS))
    (tmp_path / "beside").write_text("found")
    assert run_notebooks.main([str(path)]) == 0
    progress = capsys.readouterr().out
    assert progress.startswith(f"[1/1] {tmp_path.name}/notebook ")
    assert progress.endswith(" s\n")
    first = path.read_bytes()
    assert notebooks.faults(path) == []

    cells = notebooks.read(path).cells
    assert [cell.execution_count for cell in cells] == list(range(1, 8))
    assert cells[2].outputs[0].text == "found\n"
    assert [output.text for output in cells[3].outputs] == ["0\n1\n2\n"]
    slider = {output.get("text") or output.data["text/plain"] for output in cells[4].outputs}
    slider.remove("Turn it.\nw is 2\n")
    assert slider.pop().startswith("interactive(children=(IntSlider(value=2")
    assert set(cells[5].outputs[0].data) == {"image/png", "text/plain"}

    assert run_notebooks.main([str(path)]) == 0
    assert path.read_bytes() == first

    # The same notebook passes a strict comparison.
    checked = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", path.name],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_a_failing_cell_is_named_and_nothing_is_written(tmp_path, capsys):
    path = saved(
        tmp_path, nbformat.v4.new_markdown_cell("text"), code("x = 1"), code("x / 0", id="divide")
    )
    before = path.read_bytes()
    assert run_notebooks.main([str(path)]) == 1
    printed = capsys.readouterr().out
    assert "cell 3 (divide) failed" in printed
    assert "ZeroDivisionError" in printed
    assert path.read_bytes() == before


def test_a_notebook_edited_while_it_ran_keeps_the_edit(tmp_path, capsys):
    edit = "from pathlib import Path\npath = Path('notebook.ipynb')\n"
    edit += "path.write_text(path.read_text().replace('kept', 'edited'))"
    path = saved(tmp_path, code("'kept'"), code(edit))
    assert run_notebooks.main([str(path)]) == 1
    assert f"{path}: was changed on disk while it ran" in capsys.readouterr().out
    cells = notebooks.read(path).cells
    assert cells[0].source == "'edited'"
    assert not cells[0].outputs


def test_one_bad_notebook_does_not_stop_the_others(tmp_path, capsys):
    good = saved(tmp_path, code("1 + 1"))
    others = {
        "empty": "",
        "no-json": "{",
        "list": "[]",
        "old": '{"nbformat": 3, "worksheets": []}',
        "no-cells": '{"nbformat": 4, "metadata": {}}',
        "odd-cells": '{"nbformat": 4, "cells": [{"cell_type": "code"}]}',
    }
    for name, text in others.items():
        (tmp_path / f"{name}.ipynb").write_text(text)
    (tmp_path / "bytes.ipynb").write_bytes(b"\xff\xfe")
    (tmp_path / "folder.ipynb").mkdir()
    names = [*others, "bytes", "folder", "missing"]
    paths = [tmp_path / f"{name}.ipynb" for name in names]
    assert run_notebooks.main([*map(str, paths), str(good)]) == 1
    said = capsys.readouterr().out
    for path in paths:
        assert f"{path}: can't be read as a notebook: " in said
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2 * len(paths) + 1
    assert notebooks.read(good).cells[0].outputs
    assert (tmp_path / "no-json.ipynb").read_text() == "{"


def test_a_notebook_that_cannot_be_written_is_named(tmp_path, capsys, monkeypatch):
    def refuse(path, notebook):
        raise PermissionError("read-only")

    monkeypatch.setattr(notebooks, "write", refuse)
    path = saved(tmp_path, code("1 + 1"))
    assert run_notebooks.main(["--normalize-only", str(path)]) == 1
    assert f"{path}: can't be written: read-only" in capsys.readouterr().out


def test_a_kernel_that_does_not_start_is_named(tmp_path, capsys, monkeypatch):
    def refuse(self):
        raise OSError("no such kernel")

    monkeypatch.setattr(run_notebooks.Client, "execute", refuse)
    path = saved(tmp_path, code("1 + 1"))
    assert run_notebooks.main([str(path)]) == 1
    assert "its kernel didn't start.\nno such kernel" in capsys.readouterr().out


@pytest.mark.skipif(os.name != "posix", reason="sends a signal as POSIX does")
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_ends_in_one_line(tmp_path, times):
    waiting = "open('started', 'w').close()\nimport time\ntime.sleep(60)"
    path = saved(tmp_path, code(waiting))
    before = path.read_bytes()
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.run_notebooks", str(path), str(path)],
        cwd=notebooks.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert said.splitlines()[1:] == [
        f"Interrupted. {path} is as it was; those before it are stored."
    ]
    assert path.read_bytes() == before


def test_normalizing_alone_executes_nothing(tmp_path):
    path = saved(tmp_path, code("1 / 0", [stream("kept\n")], execution_count=7))
    assert run_notebooks.main(["--normalize-only", str(path)]) == 0
    cell = notebooks.read(path).cells[0]
    assert (cell.execution_count, cell.outputs[0].text) == (1, "kept\n")


def test_variables_that_are_set_are_kept(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    notebooks.prepare_kernels()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert os.environ["TQDM_DISABLE"] == "1"
