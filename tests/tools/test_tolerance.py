"""Numbers may differ by a cell's tolerance, and nothing else may."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import nbformat
import pytest

from tools import notebooks, tolerance

SAME = [
    ("accuracy 0.98", "accuracy 0.96"),
    ("accuracy 0.98", "accuracy 1.00"),
    ("98 % right", "96 % right"),
    ("98.2% right", "97.9% right"),
    ("loss −0.31", "loss −0.30"),
    ("1,234.56 steps", "1,234.55 steps"),
    ("1_234.56 steps", "1_234.55 steps"),
    ("1\u202f234.56 steps", "1\u202f234.55 steps"),
    ("error 3.10e-09", "error 3.14e-09"),
    ("slope 0.00", "slope -0.00"),
    ("slope  0.01", "slope -0.01"),
    ("slope +0.01", "slope -0.01"),
    ("[ 0.01 1.  ]", "[-0.01 0.99]"),
    ("[[0.5]\n [1. ]]", "[[0.51]\n [1.  ]]"),
    ("loss={ 9.99 }", "loss={10.00}"),
    ("a  1.00   b", "a  0.99   b"),
    ("0.5 ± .01", "0.51 ± .02"),
    ("nan inf -inf 0.5", "nan inf -inf 0.51"),
    ("784-128-10 on 2026-11-21, v1.2.3, Layer2, 3x: 0.5", "784-128-10 on 2026-11-21, "
     "v1.2.3, Layer2, 3x: 0.51"),
    ("0.31 x − 0.52", "0.31 x − 0.53"),
    ("It's 0.98.", "It's 0.97."),
    ("", ""),
    ("no number", "no number"),
]

DIFFERENT = [
    ("accuracy 0.98", "accuracy 0.959", "number 1 was 0.98 and is now 0.959: off by 0.021"),
    ("a 0.1, b 0.2, c 0.3", "a 0.1, b 0.3, c 0.3", "number 2 was 0.2 and is now 0.3: off by 0.1 "),
    ("98 % right", "95 % right", "number 1 was 98 % and is now 95 %: off by 0.03"),
    ("98 % right", "98% right", "the percent sign differs"),
    ("0.98", "0.98 %", "the percent sign differs"),
    ("12 of 13", "12 of 14", "number 2 was 13 and is now 14: off by 1 "),
    ("1,234", "1,235", "off by 1 "),
    ("1,234", "1234", "the same value, written in another way"),
    ("0.5", "0.50", "the same value, written in another way"),
    ("+0.5", "0.5", "the same value, written in another way"),
    ("1 200", "1 201", "number 2 was 200 and is now 201: off by 1 "),
    ("−0.5", "0.5", "off by 1 "),
    ("0.00", "-0.0", "the same value, written in another way"),
    ("3.1e-09", "3.2e-09", "off by 1e-10, 0.032 of the stored number"),
    ("3.1e-09", "0.00000001", "2.2 of the stored number"),
    ("0.00001", "2e-05", "1 of the stored number"),
    ("0.0e+00", "1.0e-12", "and that was zero"),
    ("1e9", "1.1e9", "0.1 of the stored number"),
    ("x 0.98 y", "x nan y", "the words at the beginning were 'x' and are now 'x nan y'"),
    ("inf 0.5", "-inf 0.5", "'inf' and are now '-inf'"),
    ("nan", "inf", "'nan' and are now 'inf'"),
    ("nan", "0.5", "'nan' and are now ''"),
    ("loss 0.98", "Loss 0.98", "'loss' and are now 'Loss'"),
    ("0.98 of 0.5 right", "0.98 of 0.5 wrong", "the words after '0.5' were 'right'"),
    ("It's 0.5 x", "It's 0.5. x", "the words after '0.5' were 'x' and are now '. x'"),
    ("It's 12.", "It's 12", "the same value, written in another way"),
    ("a  b 0.5", "a b 0.5", "'a  b' and are now 'a b'"),
    ("0.5 a  b 0.6", "0.5 a b 0.6", "'a  b' and are now 'a b'"),
    (" a 0.5", "a 0.5", "' a' and are now 'a'"),
    ("0.5 a ", "0.5 a", "'a ' and are now 'a'"),
    ("0.5 a\n 0.6", "0.5 a 0.6", r"'a\n' and are now 'a'"),
    ("a 0.5\n", "a 0.5", r"the words after '0.5' were '\n' and are now ''"),
    ("0.5\n\n0.6", "0.5\n0.6", r"'\n\n' and are now '\n'"),
    ("\n  0.5", "0.5", r"'\n' and are now ''"),
    ("no number", "no  number", "'no number' and are now 'no  number'"),
    ("0.1 0.2", "0.1 0.2 0.3", "it had 2 numbers and now has 3 numbers"),
    ("0.1 0.2", "0.1", "it had 2 numbers and now has 1 number"),
    ("0.1 0.2", "0.1 - 0.2", "'' and are now '-'"),
    ("Layer2", "Layer3", "'Layer2' and are now 'Layer3'"),
    ("2.0x", "2.01x", "'2.0x' and are now '2.01x'"),
    ("1.2.0", "1.2.0.0", "'1.2.0' and are now '1.2.0.0'"),
    ("784-128-10", "784-127-10", "number 2 was 128 and is now 127"),
    ("2026-11-21", "2026-11-22", "number 3 was 21 and is now 22"),
    ("a 0.5", "", "the words at the beginning were 'a' and are now ''"),
]


@pytest.mark.parametrize(("stored", "new"), SAME)
def test_texts_that_agree(stored, new):
    assert tolerance.differences(stored, new, 0.02) == []


@pytest.mark.parametrize(("stored", "new", "said"), DIFFERENT)
def test_texts_that_differ(stored, new, said):
    messages = tolerance.differences(stored, new, 0.02)
    assert len(messages) == 1
    assert said in messages[0]


def test_every_number_that_is_off_is_named():
    messages = tolerance.differences("0.1 0.2 0.3", "0.2 0.2 0.4", 0.05)
    assert [message.split(" was")[0] for message in messages] == ["number 1", "number 3"]
    assert all("tolerance of 0.05" in message for message in messages)


def test_a_difference_of_exactly_the_tolerance_is_allowed_in_both_directions():
    # As floating-point numbers, 0.98 and 0.96 differ by more than 0.02.
    for new in ("0.96", "1.00"):
        assert tolerance.differences("0.98", new, 0.02) == []
    for new in ("0.9599", "1.0001"):
        assert len(tolerance.differences("0.98", new, 0.02)) == 1


@pytest.mark.parametrize("value", [0, -0.02, 0.11, 1, True, "0.02", None, [0.02], float("nan")])
def test_what_is_no_tolerance_is_refused(value):
    with pytest.raises(ValueError, match=r"above 0 and up to 0\.1.*Received: "):
        tolerance.read_tolerance({"tolerance": value})


def test_a_tolerance_is_read():
    assert tolerance.read_tolerance({"tolerance": 0.1}) == 0.1
    assert tolerance.read_tolerance({"tags": []}) is None


# In a test run. Each cell below computes `new` where the notebook has stored `stored`.


def stream(text):
    return nbformat.v4.new_output("stream", name="stdout", text=text)


def result(text):
    return nbformat.v4.new_output("execute_result", data={"text/plain": text}, execution_count=1)


def shown(text):
    return nbformat.v4.new_output("display_data", data={"text/markdown": text})


PRINT = "print({!r}, end='')"
VALUE = "type('', (), {{'__repr__': lambda self: {!r}}})()"
SHOW = "from IPython.display import display\ndisplay({{'text/markdown': {!r}}}, raw=True)"

GOOD = [
    (PRINT, "loss 0.50", stream("loss 0.51"), {"tolerance": 0.02}),
    (VALUE, "[ 0.5 -0.05]", result("[0.49 0.05]"), {"tolerance": 0.1}),
    (SHOW, "| 97 % |", shown("| 98 % |"), {"tolerance": 0.01}),
    (PRINT, "anything", stream("else"), {"tags": ["nbval-ignore-output"]}),
    (PRINT, "0.5", stream("0.5"), {}),
]

BAD = [
    (PRINT, "loss 0.50", stream("loss 0.51"), {}, "mismatch 'stdout'"),
    (PRINT, "loss 0.50", stream("loss 0.53"), {"tolerance": 0.02},
     "stdout: number 1 was 0.53 and is now 0.50: off by 0.03 with a tolerance of 0.02\n"
     "Stored:\nloss 0.53\nNew:\nloss 0.50"),
    (PRINT, "Loss 0.50", stream("loss 0.50"), {"tolerance": 0.02}, "'loss' and are now 'Loss'"),
    (VALUE, "[0.5]", result("[0.6]"), {"tolerance": 0.02}, "text/plain: number 1 was 0.6"),
    (SHOW, "**97 %**", shown("**90 %**"), {"tolerance": 0.02}, "text/markdown: number 1 was 90 %"),
    (PRINT, "0.5", result("0.5"), {"tolerance": 0.02}, "Missing output fields"),
    (PRINT, "0.5", stream("0.5"), {"tolerance": 0.2}, "up to 0.1, such as 0.02. Received: 0.2"),
    (PRINT, "0.5", stream("0.5"), {"tolerance": "0.02"}, "Received: '0.02'"),
    (SHOW + "\n" + SHOW, "0.5", shown("0.5"), {"tolerance": 0.02}, "dissimilar number of outputs"),
]


def checked(tmp_path, cells, *options):
    """Store outputs in a notebook, run it in a test run of its own, and return what that says."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                template.format(new, new), outputs=[stored], metadata=metadata, execution_count=1
            )
            for template, new, stored, metadata, *_ in cells
        ]
    )
    path = tmp_path / "cells.ipynb"
    nbformat.write(notebook, path)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "conftest", "--color=no",
         f"--junitxml={tmp_path / 'report.xml'}", *options, str(path)],
        cwd=notebooks.ROOT,
        capture_output=True,
        text=True,
    )


def test_cells_within_their_tolerance_pass_and_are_reported_by_parallel_workers_too(tmp_path):
    run = checked(tmp_path, GOOD, "--numprocesses=1")
    assert run.returncode == 0, run.stdout
    assert f"{len(GOOD)} passed" in run.stdout
    assert "cells.ipynb: 1 of 5 code cells (the limit is 0)" in run.stdout
    assert "in all: 1 of 5 code cells (the limit is 0)" in run.stdout
    assert "cells.ipynb: 3 of 5 code cells, 0.1 at most (the limit is 0.1)" in run.stdout


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """Run the bad cells without xdist, and return what is said of each."""
    folder = tmp_path_factory.mktemp("bad")
    options = ("--override-ini=addopts=", "-p", "no:xdist", "--nbval", "--nbval-current-env")
    run = checked(folder, BAD, *options)
    assert run.returncode == 1, run.stdout
    cases = ElementTree.parse(folder / "report.xml").iter("testcase")
    return ["".join(case.itertext()) for case in cases]


@pytest.mark.parametrize("number", range(len(BAD)))
def test_cells_that_differ_by_more_fail(complaints, number):
    assert len(complaints) == len(BAD)
    assert BAD[number][-1] in complaints[number]


def test_a_lax_run_compares_nothing_but_refuses_what_is_no_tolerance(tmp_path):
    options = ("--override-ini=addopts=", "--nbval-lax", "--nbval-current-env")
    run = checked(tmp_path, BAD, *options)
    assert "7 passed, 2 errors" in run.stdout
