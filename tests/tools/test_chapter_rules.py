"""Each rule for chapters passes a good chapter and rejects the fault it is there for."""

import base64

import nbformat
import pytest

from tools import (
    chapter_rules,
    notebooks,
    one_source,
    reading_time,
    shown_numbers,
    write_navigation,
)
from tools.chapters import Chapter

CHAPTER = Chapter(
    "03_example",
    "An example",
    "Nothing, in a few lines.",
    written=True,
)
ADDRESS = "https://github.com/somebody/something"
PICTURE = base64.b64encode(b"no picture, but of its form").decode()

MODULE = '''
"""A module."""
import numpy as np

FACTOR = 2


def double(x):
    """Twice as much."""
    return _scaled(x)


def _scaled(x):
    return FACTOR * x  # a comment
'''

TAGGED = """# shared/losses.py
FACTOR = 2


def double(x):
    return _scaled(x)


def _scaled(x):
    # another comment
    return FACTOR * x"""


def markdown(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, *outputs, tags=()):
    metadata = {"tags": list(tags)} if tags else {}
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata=metadata)


def printed(text, name="stdout"):
    return nbformat.v4.new_output("stream", name=name, text=text)


def picture():
    data = {"image/png": PICTURE, "text/plain": "<Figure size 640x480 with 1 Axes>"}
    return nbformat.v4.new_output("display_data", data=data)


def value(text):
    return nbformat.v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)


def exercise_cells(number):
    return [
        markdown(f"### Exercise 3.{number}: Think\n\nWrite it.\n\n<details>A hint.</details>"),
        code("answer = None"),
        code("check(answer)", printed("Not yet.\n")),
    ]


def figure(number):
    caption = f"*Figure 3.{number}. A line.* It rises from left to right, and ever more steeply."
    return code(f"draw({number})\nplt.show()", picture()), markdown(caption)


def good_chapter():
    cells = [
        markdown("# 3. An example\n\nBy the end you will have built nothing."),
        markdown("## What you'll learn\n\n- to read\n- to write\n- to count"),
        markdown("## What you'll need\n\nNothing, see the [list](../README.md#chapters)."),
        code("to be replaced", tags=["setup"]),
        markdown("Text in *italics* with $x_1$ and `code`; [below](#Into-the-toolbox)."),
        code("1 + 1", value("2")),
        *(cell for number in (1, 2, 3) for cell in figure(number)),
        *(markdown(f"Paragraph {number}.") for number in range(15)),
        code("print(seconds)", printed("0.31\n"), tags=["nbval-ignore-output"]),
        code("assert seconds < 60"),
        markdown("## Into the toolbox"),
        code(TAGGED, tags=["shared"]),
        markdown(
            "## Summary\n\n| Symbol | Code | Shape | Meaning |\n|---|---|---|---|\n"
            "| $x$ | `x` | (n,) | input |"
        ),
        markdown("## Exercises\n\nAnswers are in [solutions](solutions/03_example.ipynb)."),
        *(cell for number in (1, 2, 3, 4) for cell in exercise_cells(number)),
        markdown("## Further reading\n\n- [A book](https://example.org/a_(good)_book): why."),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def good_solutions():
    cells = [
        markdown("# 3. An example: solutions\n\nOne way to solve each."),
        code("to be replaced", tags=["setup"]),
        *(cell for number in (1, 2, 3, 4) for cell in exercise_cells(number)),
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "chapters" / "solutions").mkdir(parents=True)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "losses.py").write_text(MODULE)
    (tmp_path / "chapters" / "NOTATION.md").write_text("# Notation\n")
    (tmp_path / "README.md").write_text("# Something\n\n## Chapters\n")
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{ADDRESS}"\n')
    return tmp_path


@pytest.fixture
def documents(project):
    """Write a chapter and its solutions, changed as asked, and return both as documents."""

    def make(change=None, change_solutions=None, chapter=CHAPTER):
        file = project / "chapters" / f"{chapter.name}.ipynb"
        solutions = project / "chapters" / "solutions" / file.name
        notebooks.write(file, notebooks.normalize(good_chapter()))
        notebooks.write(solutions, notebooks.normalize(good_solutions()))
        for path, text in write_navigation.updates(project, (chapter,)).items():
            notebooks.write_text(path, text)
        for path, alter in ((file, change), (solutions, change_solutions)):
            if alter:
                notebook = notebooks.read(path)
                alter(notebook)
                notebooks.write(path, notebook)
        return [
            chapter_rules.Document(path, chapter, notebooks.read(path), project, (chapter,))
            for path in notebooks.notebook_paths(project)
        ]

    return make


def complaints(rule, document):
    return list(rule(document))


def find(notebook, text):
    """Return the place of the first cell that holds the text."""
    return next(place for place, cell in enumerate(notebook.cells) if text in cell.source)


def replaced(old, new):
    """Return a change that replaces text in the first cell that holds it."""

    def change(notebook):
        cell = notebook.cells[find(notebook, old)]
        cell.source = cell.source.replace(old, new)

    return change


def without(text):
    """Return a change that removes the first cell that holds the text."""
    return lambda notebook: notebook.cells.pop(find(notebook, text))


def appended(*cells):
    """Return a change that puts further cells at the end."""
    return lambda notebook: notebook.cells.extend(cells)


def with_output(text, output):
    """Return a change that adds an output to the first cell that holds the text."""
    return lambda notebook: notebook.cells[find(notebook, text)].outputs.append(output)


def with_tag(text, tag):
    """Return a change that tags the first cell that holds the text."""

    def change(notebook):
        notebook.cells[find(notebook, text)].metadata.setdefault("tags", []).append(tag)

    return change


def with_count(notebook):
    notebook.cells[find(notebook, "1 + 1")].execution_count = 7


def swapped(notebook):
    """Put the summary after the exercises."""
    summary = notebook.cells.pop(find(notebook, "## Summary"))
    notebook.cells.insert(find(notebook, "## Further reading"), summary)


ERROR = nbformat.v4.new_output("error", ename="NameError", evalue="x", traceback=["NameError: x"])
LONG = "\n".join(f"x = {n}" for n in range(46))
rules = chapter_rules

FAULTS = [
    (rules.normal_form, lambda nb: nb.metadata.update(author="me")),
    (rules.size, appended(markdown("x" * 1_500_000))),
    (rules.number_of_cells, appended(*(markdown("text") for _ in range(80)))),
    (rules.number_of_cells, lambda nb: nb.cells.__delitem__(slice(5, None))),
    (rules.title, replaced("# 3. An example", "# 3. Example")),
    (rules.title, replaced("# 3. An example", "## 3. An example")),
    (rules.title, appended(markdown("# Another title"))),
    (rules.title_cell, replaced("5 minutes", "10 minutes")),
    (rules.title_cell, replaced("By the end you will have built nothing.", "")),
    (rules.badge, replaced("/blob/main/chapters/03_example", "/blob/main/chapters/04_other")),
    (rules.badge, replaced("colab.research.google.com", "example.org")),
    (rules.sections_of_the_contract, replaced("## Further reading", "## Reading")),
    (rules.sections_of_the_contract, replaced("## Into the toolbox", "## Toolbox")),
    (rules.sections_of_the_contract, appended(markdown("## Summary"))),
    (rules.sections_of_the_contract, swapped),
    (rules.goals, replaced("- to write\n", "")),
    (rules.goals, replaced("- to write\n", "- to write\n" * 5)),
    (rules.summary, replaced("|---|---|---|---|", "|---|---|")),
    (rules.setup_cell, replaced("use_style()", "use_style(1)")),
    (rules.setup_cell, with_output("use_style", printed("ready\n"))),
    (rules.setup_cell, with_tag("1 + 1", "setup")),
    (rules.setup_cell, lambda nb: nb.cells.insert(1, code("import numpy"))),
    (rules.setup_cell, lambda nb: nb.cells.__setitem__(slice(None), nb.cells[:1])),
    (rules.counts, with_count),
    (rules.outputs, with_output("1 + 1", ERROR)),
    (rules.outputs, with_output("1 + 1", printed("careful\n", name="stderr"))),
    (rules.outputs, with_output("1 + 1", value("<f at 0x7f3c5e8d9a60>"))),
    (rules.outputs, with_output("1 + 1", value("np.float64(0.5)"))),
    (rules.outputs, with_output("1 + 1", value("[np.True_]"))),
    (rules.outputs, with_output("1 + 1", printed("100%|####| 9/9 [00:01, 8.3it/s]"))),
    (rules.outputs, with_output("1 + 1", printed("interactive(children=(FloatSlider(…"))),
    (rules.absolute_paths, with_output("1 + 1", printed("/home/me/data"))),
    (rules.absolute_paths, with_output("1 + 1", printed("C:\\Users\\me"))),
    (rules.absolute_paths, replaced("1 + 1", 'open("/tmp/file")')),
    (rules.absolute_paths, replaced("Text in", "Look into /Users/me/data. Text in")),
    (rules.code_length, replaced("1 + 1", LONG)),
    (rules.code_length, replaced("FACTOR = 2", LONG)),
    (rules.known_tags, with_tag("1 + 1", "nbval-skip")),
    (rules.known_tags, with_tag("1 + 1", "raises-exception")),
    (rules.known_tags, with_tag("1 + 1", "nbval_ignore_output")),
    (rules.known_tags, replaced("1 + 1", "# NBVAL_IGNORE_OUTPUT\n1 + 1")),
    (rules.ignored_outputs, with_tag("1 + 1", "nbval-ignore-output")),
    (rules.ignored_outputs, replaced("assert seconds < 60", "seconds")),
    (rules.ignored_outputs, appended(code("print(t)", tags=["nbval-ignore-output"]))),
    (rules.semicolons, replaced("1 + 1", "1 + 1;")),
    (rules.formulas, replaced("Text in", "Text on $g\n+ v$ in")),
    (rules.formulas, replaced("Text in", "Text on\n\n$$a\n  - b$$\n\nin")),
    (rules.formulas, replaced("Text in", "Text on $g\n2. v$ in")),
    (rules.wording, replaced("Text in", "This is simply text in")),
    (rules.wording, replaced("Text in", "Just text in")),
    (rules.wording, replaced("Text in", "\U0001f389 Text in")),
    (rules.wording, with_output("1 + 1", printed("\u2705 right\n"))),
    (rules.links, replaced("[list](../README.md", "[list](../MISSING.md")),
    (rules.links, replaced("[list](../README.md#chapters", "[list](../README.md#none")),
    (rules.links, replaced("#Into-the-toolbox", "#into-the-toolbox")),
    (rules.links, replaced("[below](#Into", "[below](04_unwritten.ipynb#Into")),
    (rules.links, replaced("https://example.org", "https://example")),
    (rules.links, replaced("https://example.org", "http://example.org")),
    (rules.links, replaced("https://example.org/", "file:///home/me/")),
    (rules.links, replaced("https://example.org/", f"{ADDRESS}/blob/main/none/")),
    (rules.links, replaced("[list](../README.md#chapters", "[list](../../../../..")),
    (rules.links, replaced("Text in", "![](../README.md) Text in")),
    (rules.figures, without("*Figure 3.1.")),
    (rules.figures, replaced("Figure 3.1.", "Figure 3.2.")),
    (rules.figures, replaced("It rises from left to right, and ever more steeply.", "")),
    (rules.figures, without("draw(3)")),
    (rules.figures, with_output("draw(1)", picture())),
    (rules.figures, with_output("draw(1)", value("<Axes: >"))),
    (rules.exercises, replaced("### Exercise 3.2: Think", "### Think")),
    (rules.exercises, replaced("### Exercise 3.2: Think", "### Exercise 2.2: Think")),
    (rules.exercises, appended(*(markdown(f"### Exercise 3.{n}: More") for n in (5, 6, 7)))),
    (rules.exercises, replaced("<details>A hint.</details>", "A hint.")),
    (rules.exercises, without("answer = None")),
    (one_source.compare, replaced("# shared/losses.py", "# losses.py")),
    (reading_time.within_limit, replaced("Text in", "Text " * 200 * 61)),
    (shown_numbers.answers, replaced("Text in", "**Predict** the text in")),
    (shown_numbers.typed_sentences, appended(code('print("Yes.")', printed("Yes.\n")))),
    (shown_numbers.tolerances, lambda notebook: notebook.cells[3].metadata.update(tolerance=0.1)),
    (shown_numbers.asserts, appended(code("assert 1\nassert 2\nassert 3"))),
]

SOLUTION_FAULTS = [
    (rules.title, replaced(": solutions", "")),
    (rules.title_cell, replaced("../03_example.ipynb", "../04_other.ipynb")),
    (rules.badge, replaced("/chapters/solutions/", "/chapters/")),
    (rules.same_exercises, replaced("### Exercise 3.2: Think", "### Exercise 3.2: Guess")),
]


def test_a_good_chapter_and_its_solutions_pass(documents):
    chapter, solutions = documents()
    assert not chapter.solutions
    assert solutions.solutions
    for rule in chapter_rules.CHAPTER_RULES:
        assert complaints(rule, chapter) == [], rule.__name__
    for rule in chapter_rules.SOLUTION_RULES:
        assert complaints(rule, solutions) == [], rule.__name__


@pytest.mark.parametrize(
    ("rule", "change"), FAULTS, ids=[f"{n}-{rule.__name__}" for n, (rule, _) in enumerate(FAULTS)]
)
def test_a_fault_is_found(documents, rule, change):
    chapter, _ = documents(change)
    assert complaints(rule, chapter) != []


@pytest.mark.parametrize(("rule", "change"), SOLUTION_FAULTS)
def test_a_fault_in_solutions_is_found(documents, rule, change):
    _, solutions = documents(change_solutions=change)
    assert complaints(rule, solutions) != []


def test_every_rule_has_been_seen_to_fail():
    every = {*chapter_rules.CHAPTER_RULES, *chapter_rules.SOLUTION_RULES}
    assert every == {rule for rule, _ in FAULTS + SOLUTION_FAULTS}


def test_missing_solutions_are_found(documents):
    chapter, solutions = documents()
    solutions.path.unlink()
    assert "are missing" in complaints(chapter_rules.exercises, chapter)[0]


def test_one_output_in_eight_may_be_ignored(documents):
    def pair():
        return code("print(t)", tags=["nbval-ignore-output"]), code("assert t")

    # The good chapter has 16 code cells and ignores one of them.
    within, _ = documents(appended(*pair()))
    assert chapter_rules.ignored(within) == (2, 18)
    assert complaints(chapter_rules.ignored_outputs, within) == []
    beyond, _ = documents(appended(*pair(), *pair(), *(code(f"{n}") for n in range(3))))
    assert chapter_rules.ignored(beyond) == (3, 23)
    assert complaints(chapter_rules.ignored_outputs, beyond) == [
        "the output of 3 of its 23 code cells is ignored, more than one in eight"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "`just code`",
        "```\njust code\n```",
        "$just$ a formula",
        "<!-- just a remark -->",
        "adjust",
        "[a link](https://example.org/just)",
    ],
)
def test_words_in_code_formulas_and_addresses_are_not_prose(documents, text):
    chapter, _ = documents(appended(markdown(text)))
    assert complaints(chapter_rules.wording, chapter) == []
