"""What the rules for shown numbers see, and how their lists of exceptions shrink."""

from pathlib import Path

import nbformat
import pytest

from tools import chapter_rules, shown_numbers
from tools.chapters import Chapter

CHAPTER = Chapter("03_example", "An example", "Nothing.", written=True)


def markdown(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, text="", **metadata):
    outputs = [nbformat.v4.new_output("stream", text=text)] if text else []
    return nbformat.v4.new_code_cell(source, outputs=outputs, metadata=metadata)


def complaints(rule, *cells):
    """Return what a rule says of a chapter with these cells."""
    notebook = nbformat.from_dict({"cells": list(cells)})
    path = Path("chapters/03_example.ipynb")
    return list(rule(chapter_rules.Document(path, CHAPTER, notebook)))


ASK = markdown("**Predict** it.")
TYPED = code('print("x")', "x")


def test_an_answer_is_the_first_output_after_the_question():
    answer = code("print(x)", "1\n", tags=["answer"])
    assert complaints(shown_numbers.answers, ASK, answer) == []
    assert complaints(shown_numbers.answers, ASK, code("x = 1"), markdown("text"), answer) == []
    for cells in (
        (markdown("No question."), answer),
        (ASK, code("print(x)", "1\n"), answer),
        (ASK, code("x = 1", tags=["answer"])),
        (markdown("Write `**Predict**` for a question."), answer),
        (ASK, answer, answer),
    ):
        said = "\n".join(complaints(shown_numbers.answers, *cells))
        assert "is tagged 'answer', but isn't the first code cell with output" in said


def test_an_answer_that_is_open_is_counted():
    cells = (ASK, code("print(x)", "1\n"), ASK, code("print(x)", "1\n"))
    (message,) = complaints(shown_numbers.answers, *cells)
    assert message.startswith("it has 2 answers to a '**Predict' without the tag 'answer'")
    assert "cells [2, 4]" in message


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('print("The same.")', "The same.\n"),
        ('assert x\nprint("The same.")', "The same.\n"),
        ('for n in range(2):\n    print("The", "same.")', "The same.\nThe same.\n"),
        ('if x:\n    print("Yes.\\nReally.")\nelse:\n    print("No.")', "Yes.\nReally.\n"),
    ],
)
def test_a_typed_sentence_is_seen(source, text):
    (message,) = complaints(shown_numbers.typed_sentences, code(source, text))
    assert message.startswith("it has 1 code cells that print a typed sentence")
    assert "cells [1]" in message


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('print("size  error")\nprint(f"{n:4}  {e:.2f}")', "size  error\n   1  0.50\n"),
        ('print("error:", e)', "error: 0.5\n"),
        ('print(f"The same: {x}")', "The same: True\n"),
        ('print("nothing")', ""),
        ("print(3)", "3\n"),
        ("exercises.check(x)", "The same.\n"),
        ('note("The same.")', "The same.\n"),
        ("print()", "\n"),
    ],
)
def test_measured_values_and_headings_above_them_are_no_typed_sentences(source, text):
    assert complaints(shown_numbers.typed_sentences, code(source, text)) == []


def test_a_sentence_beside_a_value_is_no_typed_sentence():
    cell = code('print("heading")\n0.5', "heading\n")
    cell.outputs.append(
        nbformat.v4.new_output("execute_result", data={"text/plain": "0.5"}, execution_count=1)
    )
    assert complaints(shown_numbers.typed_sentences, cell) == []


def lines(asserts, others):
    return code("\n".join(["assert (\n    x\n)"] * asserts + ["x = 1\n\n# why"] * others))


def test_one_line_in_twenty_may_be_an_assert():
    assert complaints(shown_numbers.asserts, lines(1, 17)) == []
    (message,) = complaints(shown_numbers.asserts, lines(1, 16))
    assert message == "1 of its 19 lines of code are asserts; 0 are allowed, 1 in 20"
    assert complaints(shown_numbers.asserts, code("assert x", tags=["setup"])) == []


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (code("x", "0.5", tolerance=0.1), None),
        (code("x", "50 %", tolerance=0.1), None),
        (code("x", "1e9", tolerance=0.1), None),
        (code("x", "5"), None),
        (code("x", "5 of 10", tolerance=0.1), "shows no number that isn't whole"),
        (code("x", tolerance=0.1), "shows no number that isn't whole"),
        (code("x", "0.5", tolerance=0.1, tags=["nbval-ignore-output"]), "output isn't compared"),
    ],
)
def test_a_tolerance_is_where_it_does_something(cell, said):
    found = complaints(shown_numbers.tolerances, cell)
    assert len(found) == (said is not None)
    assert all(said in message for message in found)


@pytest.mark.parametrize(
    ("rule", "table", "cells", "found", "none", "said"),
    [
        ("answers", "OPEN_ANSWERS", [ASK, code("x", "1")] * 3, 3, [], "write 0 for 4"),
        ("typed_sentences", "TYPED_SENTENCES", [TYPED] * 3, 3, [], "write 0 for 4"),
        ("asserts", "ASSERTS", [lines(3, 30)], 3, [lines(1, 30)], "take it off ASSERTS"),
    ],
)
def test_a_listed_count_may_only_fall(monkeypatch, rule, table, cells, found, none, said):
    rule = getattr(shown_numbers, rule)

    def listed(count):
        monkeypatch.setattr(shown_numbers, table, {"03_example": count})

    listed(found)
    assert complaints(rule, *cells) == []
    listed(found - 1)
    (message,) = complaints(rule, *cells)
    assert message.startswith(f"it has {found} ")
    listed(found + 1)
    (message,) = complaints(rule, *cells)
    assert f"write {found} for {found + 1} in {table}" in message
    (message,) = complaints(rule, *none)
    assert said in message
    assert table in message


@pytest.mark.parametrize("table", ["OPEN_ANSWERS", "TYPED_SENTENCES", "ASSERTS"])
def test_the_lists_name_notebooks_and_faults_that_exist(table):
    listed = getattr(shown_numbers, table)
    folder = Path(__file__).parents[2] / "chapters"
    assert [name for name in listed if not (folder / f"{name}.ipynb").exists()] == []
    assert [name for name, count in listed.items() if count < 1] == []
