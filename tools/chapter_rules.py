"""What a program can check of a chapter as a document.

A rule is a function that takes a :class:`Document` and yields what is wrong with it, in words that
say where. CHAPTER_RULES hold for chapters, SOLUTION_RULES for the notebooks in ``solutions/``.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nbformat import NotebookNode

from tools import notebooks, one_source, reading_time, shown_numbers, voice, write_navigation
from tools.chapters import CHAPTERS, Chapter
from tools.markdown import (
    CODE_SPAN,
    COMMENT,
    FENCE,
    FORMULA,
    TARGET,
    headings,
    prose,
    split_sections,
    without_code,
)

SECTIONS = ("What you'll learn", "What you'll need", "Summary", "Exercises", "Further reading")
TOOLBOX = "Into the toolbox"  # comes before the summary, where a chapter shares anything
SIZE_LIMIT = 1_500_000  # bytes
CELLS = (40, 120)
FIGURES = 3  # at least
CODE_LINES = 45
IGNORED_SHARE = 1 / 8  # of a notebook's code cells
TAGS = {"setup", "shared", "answer", "hide-input", "hide-output", "nbval-ignore-output"}
EXERCISES = (4, 6)
GOALS = (3, 6)
CAPTION_WORDS = 12

LIST_MARK = re.compile(r"\n[ \t]*(?:[-+*]|\d+[.)])[ \t]")
FORBIDDEN_WORDS = re.compile(rf"\b(?:{voice.FORBIDDEN})\b", re.IGNORECASE)
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u231a\u231b\u23e9-\u23f3\u2705\u2728\u274c\u274e"
    "\u2753-\u2757\u2795-\u2797\u27b0\u27bf\u2b50\u2b55\ufe0f]"
)
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.~-])/(?:Users|content|home|mnt|opt|private|root|tmp|usr|var|work)/|[A-Za-z]:\\Users\\"
)
UNSTEADY = {
    "a memory address": re.compile(r"\bat 0x[0-9a-fA-F]{6,}"),
    "a bare NumPy scalar": re.compile(
        r"\bnp\.(?:(?:bool|complex|float|int|str|uint)\w*\(|True_|False_)"
    ),
    "a progress bar": re.compile(r"\d%\||\dit/s\b|\ds/it\b|FloatProgress"),
    "a widget's inside, instead of the words that plots.sliders leaves": re.compile(
        r"interactive\(children="
    ),
}
NBVAL_COMMENT = re.compile(r"^\s*#+\s*(?:NBVAL_|PYTEST_VALIDATE_)", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A notebook of the series and what the list of chapters says of it."""

    path: Path
    chapter: Chapter
    notebook: NotebookNode
    root: Path = notebooks.ROOT
    chapters: tuple[Chapter, ...] = CHAPTERS

    @property
    def solutions(self):
        """Whether this is the notebook of solutions to the chapter."""
        return self.path.parent.name == "solutions"

    @property
    def file(self):
        """The path in the repository, with slashes."""
        return self.path.relative_to(self.root).as_posix()

    def cells(self, kind):
        """Return the cells of one kind with their numbers, counted from 1."""
        numbered = enumerate(self.notebook.cells, 1)
        return [(number, cell) for number, cell in numbered if cell.cell_type == kind]


def tags(cell):
    """Return the tags of a cell."""
    return cell.metadata.get("tags", [])


def sections(document):
    """Return the parts under headings of the second level: title, Markdown, code cells."""
    parts = []
    for cell in document.notebook.cells:
        if cell.cell_type == "code":
            if parts:
                parts[-1][2].append(cell)
            continue
        for piece in split_sections(cell.source):
            if piece.startswith("## "):
                parts.append((headings(piece)[0][1], [piece], []))
            elif parts:
                parts[-1][1].append(piece)
    return [(title, "\n\n".join(text), code) for title, text, code in parts]


def section(document, title):
    """Return Markdown and code cells of the section with that title, empty if there is none."""
    for name, text, code in sections(document):
        if name == title:
            return text, code
    return "", []


def text_of(output):
    """Return all text that an output shows."""
    if output.output_type == "stream":
        return output.text
    if output.output_type == "error":
        return "\n".join([output.ename, output.evalue, *output.traceback])
    return "\n".join(
        value
        for kind, value in output.data.items()
        if isinstance(value, str) and not kind.startswith("image/")
    )


def pictures(cell):
    """Return how many pictures a code cell draws."""
    return sum(
        any(kind.startswith("image/") for kind in output.get("data", {})) for output in cell.outputs
    )


def between(value, limits):
    """Tell whether a number lies within limits, both included."""
    return limits[0] <= value <= limits[1]


# The rules


def normal_form(document):
    """Stored as tools/run_notebooks stores it."""
    yield from notebooks.faults(document.path)


def size(document):
    """Small enough to be shown on the web."""
    found = document.path.stat().st_size
    if found > SIZE_LIMIT:
        yield f"it has {found:,} bytes, more than {SIZE_LIMIT:,}"


def number_of_cells(document):
    """Neither a fragment nor a book."""
    found = len(document.notebook.cells)
    if not between(found, CELLS):
        yield "it has {} cells, not {} to {}".format(found, *CELLS)


def title(document):
    """One title, in the first line, that agrees with the list of chapters."""
    wanted = document.chapter.heading + (": solutions" if document.solutions else "")
    first = document.notebook.cells[0]
    if first.cell_type != "markdown" or first.source.split("\n")[0] != f"# {wanted}":
        yield f"it doesn't begin with '# {wanted}'"
    for number, cell in document.cells("markdown"):
        for level, text in headings(cell.source):
            if level == 1 and number > 1:
                yield f"cell {number} has a second title, {text!r}"


def title_cell(document):
    """Badge and links below the title are up to date, and a sentence says what will be built."""
    source = document.notebook.cells[0].source
    address = write_navigation.repository(document.root)
    if document.solutions:
        block = write_navigation.solutions_block(document.chapter, address)
    else:
        block = write_navigation.chapter_block(
            document.chapter, document.notebook, address, document.chapters
        )
    if block not in source:
        yield "its badge, links, or minutes are out of date (run python -m tools.write_navigation)"
    _, _, rest = source.replace(block, "").partition("\n")
    if not without_code(rest).strip():
        yield "its title cell lacks the sentence that says what the reader will have built"


def badge(document):
    """The Colab button opens this very file."""
    wanted = f"/blob/main/{document.file}"
    found = re.findall(r"\(https://colab\.research\.google\.com/github/[^)]*\)", all_text(document))
    if len(found) != 1 or not found[0].endswith(f"{wanted})"):
        yield f"it needs one Colab badge that ends in {wanted}. Found: {found}"


def all_text(document):
    """Return all Markdown of a notebook."""
    return "\n\n".join(cell.source for _, cell in document.cells("markdown"))


def sections_of_the_contract(document):
    """The fixed sections, in order."""
    wanted = list(SECTIONS)
    if one_source.tagged_cells(document):
        wanted.insert(wanted.index("Summary"), TOOLBOX)
    found = [name for name, _, _ in sections(document)]
    for name in wanted:
        if found.count(name) != 1:
            yield f"it has {found.count(name)} sections '## {name}', not one"
    present = [name for name in found if name in wanted]
    if sorted(present) == sorted(wanted) and present != wanted:
        yield f"its sections are not in the order {wanted}"


def goals(document):
    """A few things that the reader will be able to do."""
    text, _ = section(document, "What you'll learn")
    found = len(re.findall(r"^\s*(?:[-*]|\d+\.) ", text, re.MULTILINE))
    if not between(found, GOALS):
        yield "'What you'll learn' lists {} things, not {} to {}".format(found, *GOALS)


def summary(document):
    """The summary has the table of symbols."""
    text, _ = section(document, "Summary")
    if not re.search(r"^\|(?:\s*:?-+:?\s*\|){4}\s*$", text, re.MULTILINE):
        yield "its summary lacks the table of symbol, code name, shape and meaning"


def setup_cell(document):
    """The first code cell is the setup cell, the same everywhere, and says nothing."""
    code = document.cells("code")
    if not code:
        yield "it has no code"
        return
    number, first = code[0]
    wanted = write_navigation.SETUP_CELL.read_text(encoding="utf-8").rstrip()
    if "setup" not in tags(first) or first.source != wanted:
        yield f"cell {number}, its first code, is not the setup cell of tools/setup_cell.py"
    if first.outputs:
        yield "its setup cell has output"
    for number, cell in code[1:]:
        if "setup" in tags(cell):
            yield f"cell {number} is a second setup cell"


def counts(document):
    """Executed once, from top to bottom."""
    found = [cell.execution_count for _, cell in document.cells("code")]
    if found != list(range(1, len(found) + 1)):
        yield f"its execution counts are not 1 to {len(found)}: {found}"


def outputs(document):
    """No error, nothing on stderr, and nothing that differs from machine to machine."""
    for number, cell in document.cells("code"):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {number} failed: {output.ename}"
            if output.get("name") == "stderr":
                yield f"cell {number} wrote to stderr: {output.text[:60]!r}"
            for what, pattern in UNSTEADY.items():
                found = pattern.search(text_of(output))
                if found:
                    yield f"cell {number} shows {what}: {found[0]!r}"


def absolute_paths(document):
    """No path of somebody's machine, in what is written or shown."""
    places = (ABSOLUTE_PATH, re.compile(re.escape(str(document.root))))
    for number, cell in enumerate(document.notebook.cells, 1):
        if "setup" in tags(cell):
            continue
        for text in (cell.source, *(text_of(output) for output in cell.get("outputs", ()))):
            if any(place.search(text) for place in places):
                yield f"cell {number} holds an absolute path"
                break


def code_length(document):
    """Code cells of one idea each, definitions in their final form included."""
    for number, cell in document.cells("code"):
        lines = cell.source.count("\n") + 1
        if lines > CODE_LINES:
            yield f"cell {number} has {lines} lines of code, more than {CODE_LINES}"


def known_tags(document):
    """Tags are spelt right, and no cell is kept from being checked."""
    for number, cell in enumerate(document.notebook.cells, 1):
        for tag in tags(cell):
            if tag not in TAGS:
                yield f"cell {number} has the unknown tag {tag!r}; known are {sorted(TAGS)}"
        if cell.cell_type == "code" and NBVAL_COMMENT.search(cell.source):
            yield f"cell {number} speaks to nbval in a comment; use a tag"


def ignored(document):
    """Return how many code cells' outputs are not compared, and how many code cells there are."""
    code = document.cells("code")
    return sum("nbval-ignore-output" in tags(cell) for _, cell in code), len(code)


def ignored_outputs(document):
    """Few outputs go uncompared, and what they claim is asserted in the next code cell."""
    found, of = ignored(document)
    if found > IGNORED_SHARE * of:
        yield f"the output of {found} of its {of} code cells is ignored, more than one in eight"
    code = document.cells("code")
    for (number, cell), (_, following) in zip(code, [*code[1:], (0, None)], strict=True):
        if "nbval-ignore-output" in tags(cell) and (
            following is None
            or "nbval-ignore-output" in tags(following)
            or not re.search(r"^\s*assert\b", following.source, re.MULTILINE)
        ):
            yield f"cell {number} has ignored output, and the next code cell asserts nothing"


def figures(document):
    """Enough pictures, one a cell, each followed by its caption, numbered in order."""
    wanted = 0
    for number, cell in document.cells("code"):
        drawn = pictures(cell)
        if not drawn:
            continue
        wanted += 1
        if drawn > 1:
            yield f"cell {number} draws {drawn} pictures; draw one a cell"
        if any(output.output_type == "execute_result" for output in cell.outputs):
            yield f"cell {number} draws and shows a value as well; end it with plt.show()"
        after = document.notebook.cells[number : number + 1]
        name = f"Figure {document.chapter.label}.{wanted}."
        source = after[0].source if after and after[0].cell_type == "markdown" else ""
        if not re.match(rf"\*{re.escape(name)} [^*]+\*", source):
            yield f"cell {number} draws a picture; the cell after it should begin '*{name} …*'"
        elif len(source.split()) < CAPTION_WORDS:
            yield f"the caption of {name} is too short to say what the reader sees"
    if wanted < FIGURES:
        yield f"it has {wanted} figures, fewer than {FIGURES}"


def semicolons(document):
    """No value hidden by a semicolon, which a comparison of outputs doesn't honor."""
    for number, cell in document.cells("code"):
        if cell.source.rstrip().endswith(";"):
            yield f"cell {number} ends with a semicolon"


def wording(document):
    """No word that makes a reader feel slow, and no emoji."""
    for number, cell in document.cells("markdown"):
        for word in FORBIDDEN_WORDS.findall(prose(cell.source)):
            yield f"cell {number} says {word!r}"
    for number, cell in enumerate(document.notebook.cells, 1):
        shown = [cell.source, *(text_of(output) for output in cell.get("outputs", ()))]
        for emoji in EMOJI.findall("\n".join(shown)):
            yield f"cell {number} has an emoji, U+{ord(emoji):04X}"


def formulas(document):
    """No line of a formula begins as a list does: Markdown would make it one."""
    for number, cell in document.cells("markdown"):
        text = CODE_SPAN.sub(" ", FENCE.sub(" ", cell.source))
        for formula in FORMULA.findall(text):
            if LIST_MARK.search(formula):
                yield f"cell {number} has a line in a formula that begins like a list: {formula!r}"


def links(document):
    """Every link leads somewhere."""
    for number, cell in document.cells("markdown"):
        for fault in broken_links(cell.source, document.path, document.root):
            yield f"cell {number}: {fault}"


def broken_links(source, path, root):
    """Yield what is wrong with the links in a piece of Markdown from the file given."""
    text = without_code(COMMENT.sub(" ", source))
    if re.search(r"!\[\s*\]\(", text):
        yield "a picture has no alternative text"
    for match in TARGET.finditer(text):
        target = match[1] or match[2]
        parts = urlsplit(target)
        if parts.scheme in ("http", "https"):
            if parts.scheme == "http" or not re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc):
                yield f"{target} is not an address of the form https://host.name/…"
            place, _, file = target.partition("/blob/main/")
            if place == write_navigation.repository(root) and not (root / file).exists():
                yield f"{target} leads to a file that doesn't exist"
            continue
        if parts.scheme or parts.netloc:
            yield f"{target} is no link to a file or web page"
            continue
        file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if not file.is_relative_to(root) or not file.exists():
            yield f"{target} leads to a file that doesn't exist"
        elif parts.fragment and unquote(parts.fragment) not in anchors(file):
            yield f"{target} leads to a heading that doesn't exist"


def anchors(file):
    """Return the names by which a link can lead into a file."""
    if file.suffix == ".ipynb":
        cells = notebooks.read(file).cells
        source = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    else:
        source = file.read_text(encoding="utf-8")
    found = set(re.findall(r"<a (?:id|name)=[\"']([^\"']+)", source))
    marks = re.findall(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", FENCE.sub("", source), re.MULTILINE)
    for heading in marks:
        text = re.sub(r"[`*]", "", heading)
        if file.suffix == ".ipynb":  # as Jupyter names them
            found.add(text.replace(" ", "-"))
        else:  # as GitHub does
            found.add(re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-"))
    return found


def exercise_headings(document):
    """Return the texts of all headings that name an exercise."""
    found = headings(all_text(document))
    return [text for level, text in found if level == 3 and text.startswith("Exercise ")]


def exercises(document):
    """Four to six exercises, each with a stub, a check, and a hint one click away."""
    found = exercise_headings(document)
    if not between(len(found), EXERCISES):
        yield "it has {} exercises, not {} to {}".format(len(found), *EXERCISES)
    for place, text in enumerate(found, 1):
        wanted = f"Exercise {document.chapter.label}.{place}: "
        if not text.startswith(wanted):
            yield f"'### {text}' should begin with '### {wanted}…'"
    for text, task, code in parts_of_exercises(document):
        if code < 2:
            yield f"'{text}' lacks a cell to edit and a cell that checks it"
        if "<details>" not in task:
            yield f"'{text}' lacks a hint in <details>"
    answers = document.path.parent / "solutions" / document.path.name
    if not answers.exists():
        yield f"its solutions, solutions/{document.path.name}, are missing"


def parts_of_exercises(document):
    """Return each exercise: its heading, its Markdown, and how many code cells it has."""
    parts = []
    inside = False
    for cell in document.notebook.cells:
        if cell.cell_type == "code":
            if inside and parts:
                parts[-1][2] += 1
            continue
        for piece in re.split(r"^(?=#{2,3} )", cell.source, flags=re.MULTILINE):
            found = headings(piece)[:1]
            if found and found[0][0] == 2:
                inside = found[0][1] == "Exercises"
            elif inside and found and found[0][1].startswith("Exercise "):
                parts.append([found[0][1], piece, 0])
            elif inside and parts:
                parts[-1][1] += piece
    return parts


def same_exercises(document):
    """Solutions have the headings of the chapter's exercises."""
    path = document.path.parent.parent / document.path.name
    chapter = Document(path, document.chapter, notebooks.read(path), document.root)
    if exercise_headings(document) != exercise_headings(chapter):
        yield "its headings '### Exercise …' are not those of the chapter"


EVERYWHERE = (
    normal_form,
    size,
    title,
    title_cell,
    badge,
    setup_cell,
    counts,
    outputs,
    absolute_paths,
    code_length,
    known_tags,
    ignored_outputs,
    semicolons,
    wording,
    formulas,
    links,
    shown_numbers.answers,
    shown_numbers.typed_sentences,
    shown_numbers.tolerances,
)
CHAPTER_RULES = (
    *EVERYWHERE,
    number_of_cells,
    sections_of_the_contract,
    goals,
    summary,
    figures,
    exercises,
    one_source.compare,
    reading_time.within_limit,
    shown_numbers.asserts,
)
SOLUTION_RULES = (*EVERYWHERE, same_exercises)
