"""Which changes to a chapter's code are tried, and whether the ones noticed are told apart."""

import ast
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from tools import mutants_chapters, notebooks
from tools.chapter_changes import Change, changes


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def markdown(source):
    return nbformat.v4.new_markdown_cell(source)


def found(*cells, seed=0):
    """Return the changes to a chapter with these cells, as pairs of old and new source."""
    notebook = nbformat.from_dict({"cells": list(cells)})
    return [
        (change.old, change.apply(cells[change.cell - 1].source))
        for change in changes(notebook, random.Random(seed))
    ]


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("a + b", ["a - b"]),
        ("a - b", ["a + b"]),
        ("a * b", ["a / b"]),
        ("a / b", ["a * b"]),
        ("a // b", ["a * b"]),
        ("a ** b", ["a * b"]),
        ("a += b", ["a -= b"]),
        ("a *= b", ["a /= b"]),
        ("-a", ["a"]),
        ("(a) - (-b)", ["(a) + (-b)", "(a) - (b)"]),
        ("f(-a * b)", ["f(-a / b)", "f(a * b)"]),
        ("a < b <= c", ["a > b <= c", "a < b > c"]),
        ("a == b", ["a != b"]),
        ("a and b and c", ["a or b and c", "a and b or c"]),
        ("(\n    a\n    # + one\n    + b\n)", ["(\n    a\n    # + one\n    - b\n)"]),
        ("größe = ä + 'π' * b", ["größe = ä - 'π' * b", "größe = ä + 'π' / b"]),
        ("π = a\nreturned = 'é', π - b", ["π = a\nreturned = 'é', π + b"]),
        ("a @ b", []),
        ("a @ b - c", ["a @ b + c"]),
        ("not a", []),
        ("a is b", []),
        ("a in b", []),
        ("a = True", []),
        ("f'{a + 1}' + '2 - 3'  # 4 - 5", ["f'{a + 1}' - '2 - 3'  # 4 - 5"]),
    ],
)
def test_signs_and_operators(source, changed):
    assert [new for _, new in found(code(source))] == changed


@pytest.mark.parametrize("number", ["0", "9", "10", "15", "0.05", "1_000", "1e-10", "255"])
def test_one_digit_of_a_number_goes_up_or_down_by_one(number):
    for seed in range(30):
        ((old, new),) = found(code(f"a = {number}"), seed=seed)
        new = new.removeprefix("a = ")
        differing = [(x, y) for x, y in zip(number, new, strict=True) if x != y]
        assert len(differing) == 1
        assert old == differing[0][0]
        assert abs(int(differing[0][0]) - int(differing[0][1])) == 1
        assert ast.literal_eval(new) != ast.literal_eval(number)


def test_every_digit_has_its_turn():
    assert len({found(code("a = 555"), seed=seed)[0][1] for seed in range(50)}) == 6


@pytest.mark.parametrize(
    "source",
    [
        "plt.figure(figsize=(4, 3))",
        "figure, (left, right) = plt.subplots(1, 2)\nleft.set_xlim(0, 1)\nright.axhline(0.5)",
        "ax.text(x + 0.1, y - 0.2, 'here', size=9)",
        "ax.plot([0, 1], [0, 1], linewidth=2)",
        "ax.plot(x, y, linewidth=2 + 1)",
        "axes[0].plot(x, y, color=plots.COLORS[1])",
        "color = plots.COLORS[1]",
        "boxes(ax, np.full((2, 2), 3), width=4)",
        "z = np.linspace(-3, 3, 100)\nax.plot(z, f(z))",
        "nodes = {'x': (0, 1)}\nplots.computational_graph(nodes)",
        "FloatSlider(min=-1, max=1, step=0.1)",
        "assert error < 1e-7",
        "assert 0.1 < f(x) < 0.2",
        "np.testing.assert_allclose(x, y, rtol=1e-5, atol=1e-8)",
    ],
)
def test_looks_and_exactness_are_left_alone(source):
    changed = found(code(source))
    # An operator in an assert decides what is checked, not how exactly.
    assert [new for old, new in changed if old not in "<>"] == []


@pytest.mark.parametrize(
    "source",
    [
        "ax.plot(x, 2 * x)",
        "plots.lines({'loss': train(lr=0.1)})",
        "curve(ax, train(0.1))",
        "z = np.linspace(-3, 3, 100)\nax.plot(z, f(z))\nprint(z.mean())",
        "z = [a + 1]\nax.plot(z, z)",
        "assert f(2) < limit",
        "assert x.shape == (2, 3)",
        "data[1:3]",
    ],
)
def test_numbers_behind_figures_and_checks_are_changed(source):
    assert any(old.isdigit() for old, _ in found(code(source)))


def test_only_the_body_of_a_chapter_is_changed():
    cells = [
        code("a = 1", "setup"),
        code("a = 2", "shared"),
        code("a = 3"),
        markdown("## Exercises"),
        code("a = 4"),
        markdown("### Exercise 1.1\n\ntext"),
        code("a = 5"),
        markdown("## Further reading"),
        code("a = 6"),
    ]
    assert [old for old, _ in found(*cells)] == ["3", "6"]


def test_a_change_is_described_by_its_line():
    source = "a = 1\n    # first\nb = a + 2\nc = 3"
    start = source.index("2")
    change = Change(7, start, start + 1, "2", "3")
    assert change.describe(source) == "cell 7, line 3: b = a + 2  →  b = a + 3"
    last = Change(7, len(source) - 1, len(source), "3", "4")
    assert last.describe(source) == "cell 7, line 4: c = 3  →  c = 4"


# The campaign itself, on a notebook whose every change but one is noticed.

CELLS = ("a = 2", "unseen = 5", "print(a)", "assert a > 1", "print(f'{3 * a}')")
OUTPUTS = {2: "2\n", 4: "6\n"}


@pytest.fixture
def notebook():
    """Write the notebook where kernels find the project above it."""
    (notebooks.ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=notebooks.ROOT / "build") as folder:
        path = Path(folder) / "small.ipynb"
        cells = [code(source) for source in CELLS]
        for place, cell in enumerate(cells):
            cell.execution_count = place + 1
            if place in OUTPUTS:
                cell.outputs = [nbformat.v4.new_output("stream", text=OUTPUTS[place])]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        yield path


def campaign(path):
    return subprocess.run(
        [sys.executable, "-m", "tools.mutants_chapters", str(path), "--mutants=9", "--jobs=1"],
        cwd=notebooks.ROOT,
        capture_output=True,
        text=True,
    )


def test_what_is_noticed_and_what_isn_t(notebook):
    run = campaign(notebook)
    assert "1 notebooks as they are …\n3 changed copies …" in run.stdout, run.stderr
    assert "| small    |       3 |       2 | 67%   |" in run.stdout
    assert "not noticed: small, cell 2, line 1: unseen = 5  →  unseen = " in run.stdout
    assert run.stdout.count("not noticed") == 1
    assert run.returncode == 1


def test_a_notebook_that_differs_unchanged_ends_the_campaign(notebook):
    stored = notebook.read_text(encoding="utf-8")
    notebook.write_text(stored.replace("6\\n", "7\\n"), encoding="utf-8")
    run = campaign(notebook)
    assert "small.ipynb differs without any change, in Cell 4" in run.stdout, run.stderr
    assert "changed copies" not in run.stdout
    assert run.returncode == 1


def test_the_campaign_is_about_chapters_1_to_17():
    names = [path.stem for path in mutants_chapters.default_files()]
    assert names[0] == "01_single_neuron"
    assert names[-1] == "17_fashion_mnist"
    assert len(names) == 17


def test_mutants_are_shared_out_and_written_where_they_can_be_compared(tmp_path, notebook):
    rounds = [
        mutants_chapters.make_mutants([notebook] * 2, 3, seed, tmp_path / str(place))
        for place, seed in enumerate((1, 1, 2))
        if (tmp_path / str(place)).mkdir() is None
    ]
    first = rounds[0]
    assert [mutant.file.parent.name for mutant in first] == [f"mutant_000{n}" for n in (1, 2, 3)]
    for mutant in first:
        changed = notebooks.read(mutant.file).cells[mutant.change.cell - 1].source
        assert changed != CELLS[mutant.change.cell - 1]
        assert mutant.line.endswith(changed)
    lines = [[mutant.line for mutant in mutants] for mutants in rounds]
    assert lines[0] == lines[1] != lines[2]


def test_results_are_counted_by_notebook():
    def mutant(name, caught):
        return mutants_chapters.Mutant(Path(f"{name}.ipynb"), Path(), None, "", caught)

    rows = mutants_chapters.table([mutant("a", None), mutant("a", "Cell 1"), mutant("b", "Cell 2")])
    assert rows == [
        {"notebook": "a", "changes": 2, "noticed": 1, "share": "50%"},
        {"notebook": "b", "changes": 1, "noticed": 1, "share": "100%"},
        {"notebook": "in all", "changes": 3, "noticed": 2, "share": "67%"},
    ]
