"""Work out how long a chapter takes to read, and how long its exercises take.

``python -m tools.reading_time`` prints the breakdown of every chapter. The two numbers in the title
cells and in the README are written by ``python -m tools.write_navigation``.

What counts, and at which rate:

- prose, with captions and tables: 200 words a minute. A formula in a line is one word. The
  summary's table of symbols is looked up rather than read, and doesn't count;
- code, and the lines of displayed formulas: 15 lines a minute, blank ones left out;
- a prediction (``**Predict``): half a minute;
- an exercise: five minutes, beside the time it takes to read it with its hint.

The setup cell, code whose source is hidden, and what is folded away outside the exercises don't
count.
"""

import math
import re
import sys
from dataclasses import dataclass

from tools import markdown, notebooks
from tools.chapters import CHAPTERS

WORDS_PER_MINUTE = 200
LINES_PER_MINUTE = 15
MINUTES_PER_PREDICTION = 0.5
MINUTES_PER_EXERCISE = 5
LIMIT = 60  # minutes, without the exercises
STEP = 5  # minutes; the numbers that readers see are rounded up to a multiple of it

# Chapters that are still over the limit, with their present minutes. A number may only fall.
OVER_LIMIT = {
    "14_regression": 65,
    "18_frameworks": 70,
    "19_speed": 65,
}

UNREAD = {"setup", "hide-input"}  # tags of code that nobody has to read
EXERCISE = re.compile(r"^### Exercise ", re.MULTILINE)
PREDICTION = re.compile(r"\*\*Predict")
DETAILS = re.compile(r"<details>.*?</details>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")
SYMBOL_TABLE = re.compile(r"^\|.*\|[ \t]*$", re.MULTILINE)
WORD = re.compile(r"\S*\w\S*")


@dataclass
class Reading:
    """How much there is to read, and to do."""

    words: int = 0
    lines: int = 0
    predictions: int = 0
    exercises: int = 0

    @property
    def minutes(self):
        """How long it takes, to the fraction."""
        return (
            self.words / WORDS_PER_MINUTE
            + self.lines / LINES_PER_MINUTE
            + self.predictions * MINUTES_PER_PREDICTION
            + self.exercises * MINUTES_PER_EXERCISE
        )

    @property
    def shown(self):
        """The minutes that readers see."""
        return math.ceil(round(self.minutes, 6) / STEP) * STEP

    def add_text(self, source):
        """Count a piece of Markdown."""
        self.predictions += len(PREDICTION.findall(source))
        self.exercises += len(EXERCISE.findall(source))
        for pattern, marks in ((markdown.FENCE, 2), (markdown.DISPLAYED, 0)):
            for block in pattern.finditer(source):
                self.lines += len(filled(block[0].replace("$$", ""))) - marks
            source = pattern.sub(" ", source)
        self.words += len(WORD.findall(markdown.FORMULA.sub("x", TAG.sub(" ", source))))


def filled(source):
    """Return the lines that are not blank."""
    return [line for line in source.split("\n") if line.strip()]


def measure(notebook):
    """Return what there is to read in a chapter's body, and in its exercises."""
    body, exercises = Reading(), Reading()
    section = ""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if not UNREAD & set(cell.metadata.get("tags", ())):
                part = exercises if section == "Exercises" else body
                part.lines += len(filled(cell.source))
            continue
        text = markdown.GENERATED.sub(" ", cell.source)
        for piece in markdown.split_sections(text):
            if piece.startswith("## "):
                section = markdown.headings(piece)[0][1]
            if section == "Exercises":
                exercises.add_text(piece)
            elif section == "Summary":
                body.add_text(SYMBOL_TABLE.sub("", DETAILS.sub("", piece)))
            else:
                body.add_text(DETAILS.sub("", piece))
    return body, exercises


def within_limit(document):
    """A chapter can be read in an hour; those on the list get shorter, not longer."""
    shown = measure(document.notebook)[0].shown
    listed = OVER_LIMIT.get(document.chapter.name)
    breakdown = "(python -m tools.reading_time shows where they go)"
    if listed is None and shown > LIMIT:
        yield f"it takes {shown} minutes to read, more than {LIMIT} {breakdown}"
    elif listed is not None and shown > listed:
        yield f"it takes {shown} minutes to read; it took {listed}, which is too long {breakdown}"
    elif listed is not None and shown <= LIMIT:
        yield f"it takes {shown} minutes to read: take it off OVER_LIMIT in tools/reading_time.py"
    elif listed is not None and shown < listed:
        yield (
            f"it takes {shown} minutes to read, less than before: "
            f"write {shown} for {listed} in OVER_LIMIT in tools/reading_time.py"
        )


def main():
    """Print the breakdown and return the exit code."""
    print(f"{'':25}{'words':>7}{'lines':>7}{'predict':>9}{'minutes':>9}   exercises")
    total = total_exercises = 0
    for chapter in CHAPTERS:
        if not chapter.written:
            continue
        path = notebooks.ROOT / "chapters" / f"{chapter.name}.ipynb"
        body, exercises = measure(notebooks.read(path))
        over = f"   over {LIMIT}" if body.shown > LIMIT else ""
        print(
            f"{chapter.name:25}{body.words:7,}{body.lines:7,}{body.predictions:9}"
            f"{body.minutes:9.1f}{exercises.minutes:12.1f}{over}"
        )
        total += body.minutes
        total_exercises += exercises.minutes
    print(f"{'hours':25}{total / 60:32.1f}{total_exercises / 60:12.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
