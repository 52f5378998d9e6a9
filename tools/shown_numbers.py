"""Rules for what code cells show: measured numbers, after the reader has predicted them.

Three of the rules are newer than most chapters. What a chapter still has of each fault is counted
here, and a count may only fall.
"""

import ast

from tools import markdown, tolerance
from tools.reading_time import PREDICTION

ASSERT_SHARE = 1 / 20  # of a chapter's lines of code

# Answers to predictions that aren't collapsed.
OPEN_ANSWERS = {
    "14_regression": 14,
    "17_fashion_mnist": 3,
    "18_frameworks": 7,
    "19_speed": 1,
}

# Code cells that print a typed sentence instead of what was measured.
TYPED_SENTENCES = {
    "17_fashion_mnist": 9,
    "18_frameworks": 5,
    "19_speed": 23,
}

# Asserts in chapters that have too many.
ASSERTS = {
    "14_regression": 53,
    "17_fashion_mnist": 46,
    "18_frameworks": 48,
    "19_speed": 45,
}


def tags(cell):
    """Return the tags of a cell."""
    return cell.metadata.get("tags", ())


def name(document):
    """Return what a notebook is listed under above."""
    return ("solutions/" if document.solutions else "") + document.path.stem


def compare_count(found, listed, what, table):
    """Yield what is wrong if a count of faults isn't the one listed."""
    if found > listed:
        yield f"it has {found} {what}, not {listed} as listed in {table}"
    elif found < listed:
        yield f"it has {found} {what}, fewer than before: write {found} for {listed} in {table}"


def answers(document):
    """The first output after a "**Predict" is tagged as its answer, and nothing else is."""
    expected = set()
    asked = False
    for number, cell in enumerate(document.notebook.cells, 1):
        if cell.cell_type == "markdown":
            asked = asked or bool(PREDICTION.search(markdown.without_code(cell.source)))
        elif asked and cell.outputs:
            expected.add(number)
            asked = False
    tagged = {number for number, cell in document.cells("code") if "answer" in tags(cell)}
    for number in sorted(tagged - expected):
        yield (
            f"cell {number} is tagged 'answer', but isn't the first code cell with output after a "
            "Markdown cell with '**Predict'"
        )
    open_answers = sorted(expected - tagged)
    yield from compare_count(
        len(open_answers),
        OPEN_ANSWERS.get(name(document), 0),
        f"answers to a '**Predict' without the tag 'answer' (cells {open_answers})",
        "OPEN_ANSWERS in tools/shown_numbers.py",
    )


def typed_sentences(document):
    """No cell prints only what its author typed; a heading above rows of numbers is fine."""
    found = [number for number, cell in document.cells("code") if prints_only_constants(cell)]
    yield from compare_count(
        len(found),
        TYPED_SENTENCES.get(name(document), 0),
        f"code cells that print a typed sentence instead of a measured value (cells {found})",
        "TYPED_SENTENCES in tools/shown_numbers.py",
    )


def prints_only_constants(cell):
    """Tell whether each line that a code cell shows is written out in one of its prints."""
    shown = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    values = any(output.output_type == "execute_result" for output in cell.outputs)
    typed = "\n".join(
        " ".join(argument.value for argument in call.args)
        for call in ast.walk(ast.parse(cell.source))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "print"
        and all(isinstance(argument, ast.Constant) for argument in call.args)
        and all(isinstance(argument.value, str) for argument in call.args)
    )
    return bool(shown.strip()) and not values and set(shown.split("\n")) <= {"", *typed.split("\n")}


def asserts(document):
    """Few lines are asserts: compared outputs and the tests protect a chapter, not its reader."""
    found = lines = 0
    for _, cell in document.cells("code"):
        if "setup" not in tags(cell):
            found += sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source)))
            lines += sum(
                bool(line.strip()) and not line.strip().startswith("#")
                for line in cell.source.split("\n")
            )
    listed = ASSERTS.get(name(document))
    allowed = int(ASSERT_SHARE * lines)
    if listed is None and found > allowed:
        yield f"{found} of its {lines} lines of code are asserts; {allowed} are allowed, 1 in 20"
    elif listed is not None and found <= allowed:
        yield f"it has {found} asserts, few enough: take it off ASSERTS in tools/shown_numbers.py"
    elif listed is not None:
        yield from compare_count(found, listed, "asserts", "ASSERTS in tools/shown_numbers.py")


def tolerances(document):
    """A tolerance is where it does something: on compared output with a number that isn't whole."""
    for number, cell in document.cells("code"):
        if "tolerance" not in cell.metadata:
            continue
        if "nbval-ignore-output" in tags(cell):
            yield f"cell {number} has a tolerance, but its output isn't compared: drop one of them"
        elif not tolerance.applies_to(cell.outputs):
            yield f"cell {number} has a tolerance, but shows no number that isn't whole"
