"""Phrases that read as translated are found, and what reads well is left alone."""

import json

import nbformat
import pytest

from tools import notebooks, voice

FOUND = [
    "the gradient of the loss by the weights",
    "the gradient by the input",
    "The slope of the mean loss by $w$ is 2.",
    "its derivatives by `x`",
    "multiplied with the transpose",
    "Multiply it with 2.",
    "the sum over all ways",
    "the way from $a$ to $b$",
    "It stands in Section 3.",
    "what stands there",
    "the formulas stand on one line",
    "held against the loop",
    "Let it be known: we shall see.",
    "what is to be seen",
    "nothing is to be done here",
    "in inference it passes",
    "from 0.5 on, the answer is yes",
    "from that probability on it says yes",
    "behind the dropout",
    "there is nothing behind it",
    "the more wrong they are",
    "equal but for rounding",
    "it exchanges yes and no",
    "the labels were exchanged",
    "one heap of samples",
    "from the same pile",
    "the loss is no number",
    "without a word",
    "in silence",
    "Whoever demands more waits.",
    "it goes its own way",
    "it has done its duty",
    "the check is content.",
    "number by number",
    "places of an array",
    "also for one neuron",
    "this turn of the loop",
    "outside of training",
    "to take along",
    "worth its while",
    "that is the matter of Chapter 10",
    "two trainings",
    "a training with five epochs",
    "in a long training.",
    "it puts out 1",
    "what is asked for is",
    "hardly a gain",
    "it has learnt",
    "the set-up cell",
    "To mend: run this",
    "It is simply so.",
]
GOOD = [
    "gradient descent moves the weights by the gradient",
    "the gradient of the loss divided by the weights",
    "the gradient of the output multiplied by the input",
    "a slope given by the weights",
    "the gradient of cross-entropy divides by $p$",
    "multiplied by the transpose, together with the bias",
    "all ways of doing it",
    "the way from here to the station",
    "x stands for the input, and a stand-in for y",
    "a chapter that can stand on its own",
    "hold on to it",
    "a marshall",
    "it is to become a network",
    "in inference mode",
    "from 10 on the left to 0 on the right",
    "from now on",
    "the idea behind it, behind the scenes",
    "the more samples, the better",
    "but for the largest model",
    "they exchange ideas",
    "heapsort piles up",
    "there is no number for it",
    "without words",
    "the one who changes it",
    "on its way",
    "the content is short",
    "numbers, one by one",
    "it also works for one neuron",
    "it turns",
    "outside training",
    "it takes a while",
    "what matters is the input",
    "training, training data, a training set, each training sample",
    "the same training loop, and one training run",
    "it puts outliers in order",
    "the exercise asks for",
    "learned, set up, setup, a file named \"set-up\"",
    "adjust it",
    "`multiplied with`, and <!-- in silence --> nothing else",
    "```\nin silence\n```\n",
    "[a link](https://example.org/just/so)",
    "This software is provided as is. THE AUTHORS SHALL NOT BE LIABLE.",
]


def found_in(text):
    return [phrase for _, phrase, _ in voice.phrases(voice.prose(text))]


@pytest.mark.parametrize("text", FOUND)
def test_a_phrase_is_found(text):
    assert len(found_in(text)) == 1


@pytest.mark.parametrize("text", GOOD)
def test_good_english_is_left_alone(text):
    assert found_in(text) == []


def test_each_phrase_has_an_example():
    missing = [
        pattern.pattern
        for pattern, _ in voice.COMPILED
        if not any(pattern.search(voice.prose(text)) for text in FOUND)
    ]
    assert missing == []


def test_phrases_are_found_across_line_ends_but_not_across_paragraphs():
    assert found_in("It is multiplied\n  with two, and **outside**\nof training.") == [
        "multiplied with",
        "outside of",
    ]
    assert found_in("It is multiplied\n\nwith two.") == []


@pytest.fixture
def project(tmp_path):
    """Return a project with a finding of each kind."""
    (tmp_path / "shared" / "exercises").mkdir(parents=True)
    (tmp_path / "chapters").mkdir()
    (tmp_path / "README.md").write_text("# Name\n\n```\nin silence\n```\n\nIt stands\nin line 7.\n")
    (tmp_path / "shared" / "exercises" / "checks.py").write_text(
        '"""Multiply.\n\nIt is multiplied with 2.\n"""\n\nin_silence = 1\n'
        "in_word = 1  # whatever is put\nx = 2\n# out of place\n"
        "# The largest value is put\n# out first, without\n#\n# a word.\nother = (\n"
        '    f"in silence, {in_silence}"\n)\n'
    )
    cells = [
        nbformat.v4.new_markdown_cell("Good.\n\nNumber by number."),
        nbformat.v4.new_code_cell("learnt = 1  # learnt", metadata={"tags": ["setup"]}),
        nbformat.v4.new_code_cell('x = 1\nprint("outside of it")  # whoever'),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebooks.write(tmp_path / "chapters" / "01_a.ipynb", notebooks.normalize(notebook))
    return tmp_path


def test_findings_have_their_place_in_pages_modules_and_notebooks(project):
    found = {
        path.relative_to(project).as_posix(): [line.split(" →")[0] for line in voice.findings(path)]
        for path in voice.paths(project)
    }
    assert found == {
        "README.md": ["line 7: 'stands in'"],
        "chapters/01_a.ipynb": [
            "cell 1, line 3: 'Number by number'",
            "cell 3, line 2: 'outside of'",
            "cell 3, line 2: 'whoever'",
        ],
        "shared/exercises/checks.py": [
            "line 3: 'multiplied with'",
            "line 10: 'put out'",
            "line 15: 'in silence'",
        ],
    }


def test_british_spelling_is_found_everywhere(project):
    (project / "tests").mkdir()
    words = "colo" + "urs of a neighbo" + "ur"  # in pieces, or they would be found here
    (project / "tests" / "test_a.py").write_text(f"# the\n# {words}\n")
    found = voice.british(project)
    assert found.keys() == {"tests/test_a.py"}
    assert [line.split(" → ")[1] for line in found["tests/test_a.py"]] == ["colors", "neighbor"]
    assert found["tests/test_a.py"][0].startswith("line 2: ")
    assert "tests/test_a.py" in voice.check(project)
    assert "README.md" in voice.check(project)


def test_a_file_may_have_as_many_findings_as_are_allowed():
    found = {"a.py": ["line 1: x", "line 2: y"], "b.md": ["line 3: z"]}
    assert list(voice.excess(found, {"a.py": 2, "b.md": 5})) == []
    assert list(voice.excess(found, {"a.py": 1, "b.md": 1})) == [
        "a.py: 2 findings, 1 allowed\n  line 1: x\n  line 2: y"
    ]
    assert list(voice.excess({"c.md": ["line 9: z"]}, {})) == [
        "c.md: 1 findings, 0 allowed\n  line 9: z"
    ]


def test_allowed_numbers_only_fall():
    found = {"a.py": ["x", "y"], "b.md": ["z"], "new.md": ["z"]}
    assert voice.lowered(found, {"a.py": 1, "b.md": 3, "gone.md": 2}) == {"a.py": 1, "b.md": 1}


def test_the_command_lists_what_is_new_and_lowers_what_is_allowed(monkeypatch, tmp_path, capsys):
    exceptions = tmp_path / "exceptions.json"
    exceptions.write_text('{"a.py": 3}')
    monkeypatch.setattr(voice, "EXCEPTIONS", exceptions)
    monkeypatch.setattr(voice, "check", lambda: {"a.py": ["line 1: x"]})
    assert voice.main([]) == 0
    assert json.loads(exceptions.read_text()) == {"a.py": 3}
    assert voice.main(["a.py"]) == 1
    assert "line 1: x" in capsys.readouterr().out
    assert voice.main(["--update"]) == 0
    assert json.loads(exceptions.read_text()) == {"a.py": 1}
    monkeypatch.setattr(voice, "check", lambda: {"a.py": ["line 1: x", "line 2: y"]})
    assert voice.main(["--update"]) == 1
    assert json.loads(exceptions.read_text()) == {"a.py": 1}


def test_the_project_has_no_new_findings():
    allowed = json.loads(voice.EXCEPTIONS.read_text(encoding="utf-8"))
    assert list(voice.excess(voice.check(), allowed)) == []
