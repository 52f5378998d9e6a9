"""What counts as reading, how long it takes, and what chapters over the limit are told."""

import nbformat
import pytest

from tools import notebooks, reading_time
from tools.chapter_rules import Document
from tools.chapters import CHAPTERS, Chapter
from tools.reading_time import Reading, measure, within_limit


def markdown(source):
    return nbformat.v4.new_markdown_cell(source)


def code(source, **metadata):
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def body(*cells):
    return measure(nbformat.v4.new_notebook(cells=list(cells)))[0]


def test_minutes_come_from_words_lines_predictions_and_exercises():
    reading = Reading(words=1000, lines=30, predictions=3, exercises=2)
    assert reading.minutes == pytest.approx(5 + 2 + 1.5 + 10)


@pytest.mark.parametrize(
    ("lines", "shown"), [(0, 0), (1, 5), (75, 5), (76, 10), (150, 10), (15 * 60, 60)]
)
def test_minutes_are_rounded_up_to_five(lines, shown):
    assert Reading(lines=lines).shown == shown


@pytest.mark.parametrize(
    ("source", "words", "lines"),
    [
        ("Five words — two of them long.", 6, 0),
        ("# A heading\n\n*Figure 1.1. A caption.*", 6, 0),
        ("The `code span` and $x_1 + y$ count.", 6, 0),
        ("Then\n\n$$a = b$$\n\nfollows", 2, 1),
        ("Then\n\n$$\na = b \\\\\nc = d\n$$\n\nfollows", 2, 2),
        ("Type\n\n```\none line\n\nanother line\n```\n\nnow", 2, 2),
        ("[Two words](https://example.org/a-very-long/address)", 2, 0),
        ("| a | b |\n|---|---|\n| one word | $x$ |", 5, 0),
        ("See<br>it", 2, 0),
        ("Seen <details><summary>More</summary> is folded away</details>", 1, 0),
        ("# Title\n\n<!-- written by a tool -->\n\nMany words here\n\n<!-- end -->\n\nOne", 2, 0),
    ],
)
def test_what_counts_in_prose(source, words, lines):
    reading = body(markdown(source))
    assert (reading.words, reading.lines) == (words, lines)


def test_code_counts_without_blank_lines_setup_and_hidden_sources():
    reading = body(
        code("x = 1\n\n\ny = 2  # a comment\n# another"),
        code("import numpy", tags=["setup"]),
        code("hidden = 1", tags=["hide-input"]),
        code("shown = 1", tags=["answer", "shared"]),
    )
    assert reading.lines == 4


def test_predictions_are_counted():
    assert body(markdown("**Predict:** a. **Predict** b. We predict c.")).predictions == 2


def test_the_table_of_symbols_is_looked_up_and_the_rest_of_the_summary_is_read():
    table = "| $x$ | `x` | (n,) | input |"
    assert body(markdown(f"## Summary\n\n{table}\n\nRemember this.")).words == 3
    assert body(markdown(f"## Symbols\n\n{table}\n\nRemember this.")).words == 7


def test_exercises_are_measured_by_themselves_with_their_hints():
    reading, exercises = measure(
        nbformat.v4.new_notebook(
            cells=[
                markdown("Two words"),
                code("x = 1"),
                markdown("## Summary\n\nRead.\n\n## Exercises\n\n### Exercise 1.1: Do it"),
                code("answer = None\nother = None"),
                markdown("<details>A long hint</details>\n\n### Exercise 1.2: More"),
                markdown("## Further reading\n\nA book"),
                code("y = 1"),
            ]
        )
    )
    assert (reading.words, reading.lines, reading.exercises) == (8, 2, 0)
    assert (exercises.words, exercises.lines, exercises.exercises) == (11, 2, 2)


def fault(minutes, listed, monkeypatch):
    """Return what is said of a chapter that takes this long, with that entry in the list."""
    monkeypatch.setattr(reading_time, "OVER_LIMIT", {"03_example": listed} if listed else {})
    notebook = nbformat.v4.new_notebook(cells=[code("x = 1\n" * 15 * minutes)])
    path = notebooks.ROOT / "chapters" / "03_example.ipynb"
    document = Document(path, Chapter("03_example", "Example", "Nothing."), notebook)
    return " ".join(within_limit(document))


@pytest.mark.parametrize(
    ("minutes", "listed", "said"),
    [
        (60, None, ""),
        (61, None, "65 minutes to read, more than 60"),
        (80, 80, ""),
        (76, 80, ""),
        (81, 80, "85 minutes to read; it took 80, which is too long"),
        (75, 80, "write 75 for 80 in OVER_LIMIT"),
        (60, 65, "it takes 60 minutes to read: take it off OVER_LIMIT"),
    ],
)
def test_the_limit_holds_and_listed_chapters_only_get_shorter(minutes, listed, said, monkeypatch):
    found = fault(minutes, listed, monkeypatch)
    assert said in found
    assert bool(said) == bool(found)


def test_only_chapters_are_listed():
    assert reading_time.OVER_LIMIT.keys() <= {chapter.name for chapter in CHAPTERS}
    assert min(reading_time.OVER_LIMIT.values(), default=65) > reading_time.LIMIT


def test_the_breakdown_has_a_row_for_each_chapter(capsys):
    assert reading_time.main() == 0
    rows = capsys.readouterr().out.splitlines()
    written = [chapter.name for chapter in CHAPTERS if chapter.written]
    assert [row.split()[0] for row in rows[1:-1]] == written
    assert all(("over 60" in row) == (row.split()[0] in reading_time.OVER_LIMIT) for row in rows)
