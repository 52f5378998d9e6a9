"""Comparing printed text whose numbers vary slightly from machine to machine.

A code cell with the metadata ``"tolerance": 0.02`` passes if its words are the stored ones, letter
by letter, and each of its numbers is close to the stored one:

- A number may differ by the tolerance, 0.98 by 0.02. Whole numbers therefore have to be equal.
- Before a percent sign a number counts in hundredths: 98 % may differ by two points.
- In a number with an exponent the tolerance is a share of the stored number, or 3.1e-09 could be
  anything below 0.02.
- Numbers of the same value have to be written alike, 0.5 not as 0.50. Zero may change its sign.
- nan and inf are words. So are numbers inside words (Layer2, 3x) and with several points (1.2.3).
- Thousands are grouped by commas, underscores, or no-break spaces: 1,234.
- Spaces beside a number don't count, since columns move when a sign or a digit comes or goes.
  Between words they do, and so does every line break.
"""

import copy
import re
from collections import Counter
from decimal import Decimal

LIMIT = 0.1

NUMBER = re.compile(
    r"""
    (?: (?<![\w.)\]]) [+\-−] )?                       # a sign, unless something is before it
    (?<![\w.])
    (?: (?: \d{1,3} (?: [,_\u00a0\u202f] \d{3} )+ | \d+ ) (?: \.\d* )? | \.\d+ )
    (?P<exponent> [eE][+\-−]?\d+ )?
    (?! \w | \.\d )
    (?P<percent> [ \u00a0\u202f]? % )?
    """,
    re.VERBOSE,
)
GROUPING = re.compile(r"[,_\u00a0\u202f]")
SPACES = re.compile(r"[^\S\n]+")


def read_tolerance(metadata):
    """Return the tolerance in a cell's metadata, or None.

    Raises
    ------
    ValueError
        If it isn't a number above 0 and up to LIMIT.
    """
    if "tolerance" not in metadata:
        return None
    found = metadata["tolerance"]
    if not isinstance(found, (int, float)) or not 0 < found <= LIMIT:
        raise ValueError(
            f'A cell\'s "tolerance" is a number above 0 and up to {LIMIT}, such as 0.02. '
            f"Received: {found!r}. If a number varies by more, print fewer of its digits or a "
            "steadier one, such as a mean over several seeds."
        )
    return found


def differences(stored, new, tolerance):
    """Say how a new text differs from the stored one by more than the tolerance allows.

    Returns
    -------
    list of str
        One message for each number that is too far off, or a single one for other words or
        another count of numbers. Empty if the texts agree.
    """
    words, new_words = _words(stored), _words(new)
    numbers, new_numbers = list(NUMBER.finditer(stored)), list(NUMBER.finditer(new))
    for place, (word, new_word) in enumerate(zip(words, new_words, strict=False)):
        if word != new_word:
            where = f"after {numbers[place - 1][0]!r}" if place else "at the beginning"
            return [f"the words {where} were {word!r} and are now {new_word!r}"]
    if len(numbers) != len(new_numbers):
        return [f"it had {_count(numbers)} and now has {_count(new_numbers)}"]
    messages = []
    for place, (old, found) in enumerate(zip(numbers, new_numbers, strict=True), 1):
        fault = _fault(old, found, Decimal(str(tolerance)))
        if fault:
            messages.append(f"number {place} was {old[0]} and is now {found[0]}: {fault}")
    return messages


def _words(text):
    """Return what is between the numbers, without the spaces beside them."""
    pieces = []
    end = 0
    for number in NUMBER.finditer(text):
        pieces.append(text[end : number.start()])
        end = number.end()
    pieces.append(text[end:])
    last = len(pieces) - 1
    return [
        _trim(piece, start=place > 0, end=place < last) for place, piece in enumerate(pieces)
    ]


def _trim(piece, start, end):
    """Drop spaces, but not line breaks, where a piece of text touches a number."""
    inner = piece.strip()
    before, after = piece.split(inner, 1) if inner else (piece, "")
    if start or (end and not inner):
        before = SPACES.sub("", before)
    if end:
        after = SPACES.sub("", after)
    return before + inner + after


def _count(numbers):
    return f"{len(numbers)} number{'' if len(numbers) == 1 else 's'}"


def _value(number):
    """Return the value of a matched number, hundredths if a percent sign follows it."""
    digits = number[0].removesuffix(number["percent"] or "").replace("−", "-")
    value = Decimal(GROUPING.sub("", digits))
    return value / 100 if number["percent"] else value


def _fault(old, new, tolerance):
    """Say what is wrong with a number, or return None."""
    if old["percent"] != new["percent"]:
        return "the percent sign differs"
    before, now = _value(old), _value(new)
    off = abs(now - before)
    if off == 0:
        alike = old[0].lstrip("+-−") == new[0].lstrip("+-−") if before == 0 else old[0] == new[0]
        return None if alike else "the same value, written in another way"
    if old["exponent"] or new["exponent"]:
        if off <= tolerance * abs(before):
            return None
        share = f"{off / abs(before):.2g} of the stored number" if before else "and that was zero"
        return f"off by {off.normalize():.2g}, {share}, with a tolerance of {tolerance}"
    if off <= tolerance:
        return None
    return f"off by {off.normalize():f} with a tolerance of {tolerance}"


def within_tolerance(new, stored, tolerance):
    """Compare a cell's outputs, and put stored texts where new ones agree with them.

    What isn't text (pictures) or isn't there in both stays as it is, for others to compare.

    Parameters
    ----------
    new, stored : list of nbformat.NotebookNode
        Outputs of one code cell, each stream in one piece.
    tolerance : float

    Returns
    -------
    outputs : list of nbformat.NotebookNode
        The new outputs with the stored texts where those agree.
    messages : list of str
        What differs, with both texts.
    """
    stored_texts = {place: text for _, _, place, text in _texts(stored)}
    outputs = copy.deepcopy(new)
    messages = []
    for holder, key, place, text in _texts(outputs):
        if place not in stored_texts:
            continue
        found = differences(stored_texts[place], text, tolerance)
        if found:
            messages += [f"{place[0]}: {message}" for message in found]
            messages += ["Stored:", stored_texts[place], "New:", text]
        else:
            holder[key] = stored_texts[place]
    return outputs, messages


def applies_to(outputs):
    """Tell whether outputs show a number that a tolerance leaves room: one that isn't whole."""
    return any(
        _value(number) % 1 != 0 or number["exponent"]
        for *_, text in _texts(outputs)
        for number in NUMBER.finditer(text)
    )


def _texts(outputs):
    """Yield each text of outputs with its holder, its key, and its kind and place in that kind."""
    seen = Counter()
    for output in outputs:
        if output.output_type == "stream":
            found = [(output, "text", output.name)]
        else:
            data = output.get("data", {})
            found = [(data, kind, kind) for kind in data if kind.startswith("text/")]
        for holder, key, kind in found:
            yield holder, key, (kind, seen[kind]), holder[key]
            seen[kind] += 1
