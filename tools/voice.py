"""Find British spelling, and phrases that follow another language's idiom.

``python -m tools.voice`` names each finding, in chapters, pages, docstrings, comments, and
messages, with advice. Spelling is codespell's: its dictionary from British to American English. The
phrases are PHRASES below, so far as a regular expression can tell: it misses many rather than
report what is right.

Findings from before this check are allowed, by number and file, in ``voice_exceptions.json``. A
number may only fall: ``--update`` writes the present ones where they are lower.
"""

import argparse
import io
import json
import re
import subprocess
import sys
import tokenize
from collections import Counter

from tools import notebooks
from tools.markdown import CODE_SPAN, COMMENT, FENCE, FORMULA, GENERATED, TARGET

EXCEPTIONS = notebooks.ROOT / "tools" / "voice_exceptions.json"
FOLDERS = ("benchmarks", "chapters", "experiments", "shared", "tools")
ENDINGS = (".ipynb", ".md", ".py")
OWN = "tools/voice.py"  # holds the phrases themselves

FORBIDDEN = r"simply|just|obviously|easy to see"  # makes a reader feel slow

# A space stands for any blank space within a paragraph, X for code or a formula.
PHRASES = {
    r"(?:gradient|slope|derivative)s?(?: of(?: (?!\w+(?:ed|en|nd|des?) )[\w-]+){1,5}?)? by "
    r"(?:(?:the|its|each|every|all|that|this|one|a) )?"
    r"(?:weights?|bias(?:es)?|inputs?|outputs?|parameters?|logits?|probabilit(?:y|ies)"
    r"|predictions?|neurons?|X|[wz])": "with respect to",
    r"multipl(?:y|ies|ied|ying) (?:(?:it|them|X|both|each) )?with(?! respect)": "by",
    r"(?:sum|sums|add|adds|added) (?:over|up) all ways": "paths",
    r"the way from X to X": "displacement, distance, path",
    r"st(?:ands?|ood|anding) (?:in(?! for)|at|on(?! (?:its|their|his) own)|above|below|behind"
    r"|beside|under|there|before|next to|between)": "is in, is shown, appears",
    r"(?:held|hold|holds) (?:(?:it|them|X) )?against": "compared with",
    r"(?-i:[Ss]hall)": "let the loss be …; we'll …",
    r"(?:is|are|was|were) (?:(?:not|hardly|also) )?to be "
    r"(?:\w+ed|seen|done|found|made|taken|read|said|shown|given|kept)": (
        "you can see, are expected, you don't need to"
    ),
    r"in inference(?! mode)": "at inference",
    r"from (?:that|which|X|\d*\.?\d+) (?:(?:probability|threshold|value|(?:learning )?rate) )?on"
    r"(?= ?[.,;:)]| (?:it|they|we|you)\b)": "at or above",
    r"behind (?:the|a|each|every) (?:dropout|layer|activation|loss|network|batch|last|X)": "after",
    r"nothing (?:(?:comes|stands|is) )?behind it": "nothing after it",
    r"the more wrong": "the worse",
    r"but for (?:the )?(?:rounding|round-off)": "apart from rounding, up to rounding",
    r"exchang(?:e|es|ed|ing) (?:yes|(?:the )?labels?|rows|columns)": "swaps; flips",
    r"labels? (?:is|are|was|were|has been|have been) exchanged": "flipped, swapped",
    r"(?:a|an|the|one|this|that|same|each|two) (?:heap|pile)s?": "data set, source",
    r"(?:it|this|that|loss|value|slope|output|X) (?:is|becomes?|was) no number": (
        "is NaN; becomes inf or NaN"
    ),
    r"without a word|in silence": "silently",
    r"whoever": "name the cause: changing the vector changes …",
    r"go(?:es)? (?:its|their) own way": "differs",
    r"ha(?:s|ve) done (?:its|their) duty": "has served its purpose",
    r"(?:is|are) content(?=[.,;:)])": "passes, accepts",
    r"number by number": "element by element",
    r"places of (?:an|the) (?:array|vector|matrix)": "indices, entries",
    r"also for (?:one|a single)": "even for one",
    r"turns? of (?:the|this|a) loop": "iteration",
    r"outside of": "outside; at inference",
    r"take along|takes along|taken along|run along|met before": "takeaways; seen before",
    r"worth (?:its|their) while": "worth using",
    r"(?:is|are) the matter of": "Chapter … explains",
    r"trainings": "runs, training runs",
    r"(?:a|one|each|every|another|same|whole|long|second) training"
    r"(?=[.,;:)]| (?:with|that|which|is|was|has|can|of|from|in|on|at|by|begins|ends|takes)\b)": (
        "a run, a training run"
    ),
    r"put(?:s|ting)? out": "outputs",
    r"what(?:'s| is) asked for": "the exercise asks for",
    r"hardly (?:a|any) gain": "the gain is too small to measure",
    r"learnt|spoilt|whilst|amongst": "learned, spoiled, while, among",
    r"set-ups?(?!['\"])": "setup",
    r"to mend": "to fix",
    FORBIDDEN: "leave it out",
}
BLANK = r"(?:(?:[^\S\n]+\n?|\n)[^\S\n]*)"
COMPILED = [
    (re.compile(rf"(?<![\w-])(?:{phrase.replace(' ', BLANK)})(?![\w-])", re.IGNORECASE), advice)
    for phrase, advice in PHRASES.items()
]


def _masked(match, letter):
    """Return a letter, and as many line ends as there were."""
    return letter + "\n" * match[0].count("\n")


def prose(source):
    """Return Markdown with X for code and formulas, and the same number of lines."""
    for pattern, letter in (
        (GENERATED, " "),
        (COMMENT, " "),
        (FENCE, " "),
        (CODE_SPAN, "X"),
        (FORMULA, "X"),
        (TARGET, "]"),
    ):
        source = pattern.sub(lambda match, letter=letter: _masked(match, letter), source)
    return source.replace("*", "")


def pieces_of_code(source):
    """Yield the strings and comments of Python code, each with the line it begins in."""
    comment = []
    strings = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", None)}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if comment and token.start[0] == comment[0] + len(comment) - 1:
                comment.append(token.string.lstrip("# "))
            else:
                yield from _joined(comment)
                comment = [token.start[0], token.string.lstrip("# ")]
        elif token.type in strings:
            yield token.start[0], CODE_SPAN.sub(lambda m: _masked(m, "X"), token.string)
    yield from _joined(comment)


def _joined(comment):
    if comment:
        yield comment[0], CODE_SPAN.sub(lambda m: _masked(m, "X"), "\n".join(comment[1:]))


def phrases(text):
    """Yield the line, the phrase, and the advice for each finding in a piece of prose."""
    for pattern, advice in COMPILED:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()), " ".join(match[0].split()), advice


def pieces(path):
    """Yield the pieces of prose in a file: cell (0 outside notebooks), line, text."""
    if path.suffix == ".ipynb":
        for number, cell in enumerate(notebooks.read(path).cells, 1):
            if cell.cell_type == "markdown":
                yield number, 1, prose(cell.source)
            elif "setup" not in cell.metadata.get("tags", ()):
                for line, text in pieces_of_code(cell.source):
                    yield number, line, text
    elif path.suffix == ".py":
        for line, text in pieces_of_code(path.read_text(encoding="utf-8")):
            yield 0, line, text
    else:
        yield 0, 1, prose(path.read_text(encoding="utf-8"))


def findings(path):
    """Return what the phrases find in a file, each as a line of text, in order."""
    found = sorted(
        (cell, first + line, phrase, advice)
        for cell, first, text in pieces(path)
        for line, phrase, advice in phrases(text)
    )
    return [
        f"{f'cell {cell}, ' if cell else ''}line {line}: {phrase!r} → {advice}"
        for cell, line, phrase, advice in found
    ]


def paths(root=notebooks.ROOT):
    """Return the files whose phrases are checked: pages, chapters, and modules."""
    found = set(root.glob("*.md")) | set(root.glob("data/**/*.md"))
    for folder in FOLDERS:
        found |= {path for path in (root / folder).rglob("*") if path.suffix in ENDINGS}
    hidden = {path for path in found if "checkpoint" in path.as_posix()}
    return sorted(found - hidden - {root / OWN})


def british(root=notebooks.ROOT):
    """Return the British spellings that codespell finds, each as a line of text, by path."""
    names = [path.name for path in root.glob("*.*") if path.is_file() and path.name[0] != "."]
    names += [folder for folder in (*FOLDERS, "data", "tests") if (root / folder).exists()]
    done = subprocess.run(
        [sys.executable, "-m", "codespell_lib", "--builtin", "en-GB_to_en-US", *sorted(names)],
        cwd=root,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 65):  # 65: there are findings
        raise RuntimeError(f"codespell failed: {done.stderr.strip()}")
    found = {}
    for line in done.stdout.splitlines():
        name, number, words = line.split(":", 2)
        text = f"line {number}: {words.strip().replace('==>', '→')}"
        found.setdefault(name.replace("\\", "/"), []).append(text)
    return found


def check(root=notebooks.ROOT):
    """Return all findings, by path: spelling first, then phrases."""
    found = {name: list(lines) for name, lines in british(root).items()}
    for path in paths(root):
        lines = findings(path)
        if lines:
            found.setdefault(path.relative_to(root).as_posix(), []).extend(lines)
    return found


def excess(found, allowed):
    """Yield what is wrong: the findings in files that have more of them than are allowed."""
    for name, lines in sorted(found.items()):
        if len(lines) > allowed.get(name, 0):
            yield f"{name}: {len(lines)} findings, {allowed.get(name, 0)} allowed\n  " + (
                "\n  ".join(lines)
            )


def lowered(found, allowed):
    """Return the allowed numbers, none of them above the present one."""
    counts = Counter({name: len(lines) for name, lines in found.items()})
    lower = {name: min(number, counts[name]) for name, number in allowed.items()}
    return {name: number for name, number in sorted(lower.items()) if number}


def main(arguments=None):
    """Print what is wrong, or lower the exceptions, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="list all findings in these")
    parser.add_argument("--update", action="store_true", help="lower the numbers of exceptions")
    options = parser.parse_args(arguments)
    allowed = json.loads(EXCEPTIONS.read_text(encoding="utf-8"))
    found = check()
    if options.update:
        text = json.dumps(lowered(found, allowed), indent=2) + "\n"
        notebooks.write_text(EXCEPTIONS, text)
    if options.files:
        allowed = {}
        found = {name: lines for name, lines in found.items() if name in options.files}
    faults = list(excess(found, allowed))
    print("\n".join(faults) if faults else "No new findings.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
