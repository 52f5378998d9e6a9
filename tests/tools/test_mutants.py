"""The campaign with mutants: it kills known ones, and sees one that survives."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from tools import mutants
from tools.mutants import Mutant

ROOT = mutants.ROOT
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="makes processes as POSIX does")

TOY = """
def half(x):
    return x / 2


def untested(x):
    return x + 1


def countdown(n):
    while n > 0:
        n -= 1
    return n
"""
TOY_TESTS = """
import toy


def test_half():
    assert toy.half(6) == 3


def test_countdown():
    assert toy.countdown(3) == 0
"""
CHANGES = {
    "another operator": ("x / 2", "x // 2 + 1", "killed"),
    "an error": ("return x / 2", "raise ValueError", "killed"),
    "an exit": ("return x / 2", "raise SystemExit(0)", "killed"),
    "a crash": ("return x / 2", "__import__('os').abort()", "killed"),
    "not to be read": ("return x / 2", "return return", "killed"),
    "not to be imported": ("def half", "raise ImportError\n\n\ndef half", "killed"),
    "without end": ("n -= 1", "n += 1", "stopped"),
    "too much memory": ("x / 2", "x / 2 if bytearray(4 * 2**30) else 0", "killed"),
    "planted": ("x + 1", "x - 1", "survived"),
    "nothing": ("x + 1", "x + 1", "survived"),
}


def try_all(root, cases, tests):
    """Try mutants in a process of its own, which hasn't imported what they change."""
    script = textwrap.dedent("""
        import json, pathlib, sys
        from tools import mutants

        mutants.PATIENCE = 1
        mutants.FIRST = ("hypothesis", "pytest")
        root, cases, tests = json.load(sys.stdin)
        cases = [mutants.Mutant(*case) for case in cases]
        outcomes = mutants.try_all(cases, tests, pathlib.Path(root))
        print(json.dumps({case.name: outcome for case, outcome in outcomes.items()}))
    """)
    given = json.dumps([str(root), [(c.module, c.name, c.source) for c in cases], tests])
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, input=given, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def toy(tmp_path):
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "test_toy.py").write_text(TOY_TESTS)
    return tmp_path


@needs_fork
def test_known_mutants_are_killed_and_a_planted_survivor_is_seen(toy):
    for before, _, _ in CHANGES.values():
        assert before in TOY
    cases = [
        Mutant("toy.py", name, TOY.replace(before, after))
        for name, (before, after, _) in CHANGES.items()
    ]
    outcomes = try_all(toy, cases, {"toy.py": ["test_toy.py"]})
    assert outcomes == {name: outcome for name, (_, _, outcome) in CHANGES.items()}
    assert (toy / "toy.py").read_text() == TOY


@needs_fork
def test_every_file_of_tests_counts(toy):
    (toy / "test_first.py").write_text("def test_nothing():\n    assert 1\n")
    (toy / "other.py").write_text(TOY)
    changed = TOY.replace("x / 2", "x * 2")
    cases = [Mutant("toy.py", "both", changed), Mutant("other.py", "first alone", changed)]
    tests = {"toy.py": ["test_first.py", "test_toy.py"], "other.py": ["test_first.py"]}
    assert try_all(toy, cases, tests) == {"both": "killed", "first alone": "survived"}


@needs_fork
@pytest.mark.parametrize("tests", ["def test_broken():\n    assert 0\n", ""])
def test_tests_that_fail_by_themselves_are_an_error(toy, tests):
    (toy / "test_toy.py").write_text(tests)
    with pytest.raises(RuntimeError, match=r"The tests of toy\.py fail without a mutant"):
        try_all(toy, [Mutant("toy.py", "m", TOY)], {"toy.py": ["test_toy.py"]})


@needs_fork
def test_in_the_package_itself():
    module = "shared/regularizers.py"
    code = (ROOT / module).read_text(encoding="utf-8")
    assert "np.sign(" in code
    cases = [Mutant(module, "sign", code.replace("np.sign(", "np.abs(")), Mutant(module, "-", code)]
    outcomes = try_all(ROOT, cases, {module: ["tests/package/test_regularizers.py"]})
    assert outcomes == {"sign": "killed", "-": "survived"}


class TestMaking:
    """With mutmut, which the extra "mutants" installs."""

    CODE = """
def area(width, height=1, *, label="box"):
    \"\"\"Say something.\"\"\"
    if width < 0:
        raise ValueError(f"negative: {width + 1}")
    print(label)
    return width * height


class Shape:
    def sides(self):
        self.n = 3
        self.n = 3
"""

    @pytest.fixture
    def made(self, tmp_path):
        pytest.importorskip("mutmut")
        (tmp_path / "module.py").write_text(self.CODE)
        return mutants.mutants("module.py", tmp_path)

    def test_names_say_where_and_what(self, made):
        assert [mutant.name for mutant in made] == [
            "area: def area(width, height=1, *, label=\"box\"): → "
            "def area(width, height=2, *, label=\"box\"):",
            "area: def area(width, height=1, *, label=\"box\"): → "
            "def area(width, height=1, *, label=\"XXboxXX\"):",
            "area: if width < 0: → if width <= 0:",
            "area: if width < 0: → if width < 1:",
            "area: print(label) → pass",
            "area: print(label) → print(None)",
            "area: return width * height → return width / height",
            "Shape.sides: self.n = 3 → self.n = None",
            "Shape.sides: self.n = 3 → self.n = 4",
            "Shape.sides: self.n = 3 → self.n = None (2)",
            "Shape.sides: self.n = 3 → self.n = 4 (2)",
        ]

    def test_each_changes_one_thing(self, made):
        assert len({mutant.source for mutant in made}) == len(made)
        for mutant in made:
            compile(mutant.source, "module.py", "exec")
            changed = set(mutant.source.splitlines()) ^ set(self.CODE.splitlines())
            assert len(changed) in (1, 2)


class TestJudging:
    outcomes = {  # noqa: RUF012
        Mutant("a.py", "one", ""): "killed",
        Mutant("a.py", "two", ""): "stopped",
        Mutant("b.py", "three", ""): "survived",
    }

    def test_a_survivor_must_be_listed(self):
        found = mutants.judge(self.outcomes, {}, complete=False)
        assert found == ["b.py: no test notices three"]
        assert not mutants.judge(self.outcomes, {"b.py": {"three": "reason"}}, complete=False)

    @pytest.mark.parametrize(("name", "how"), [("one", "killed"), ("two", "stopped")])
    def test_a_listed_one_must_survive(self, name, how):
        listed = {"a.py": {name: "reason"}, "b.py": {"three": "reason"}}
        found = mutants.judge(self.outcomes, listed, complete=False)
        assert found == [f"a.py: listed, but {how}: {name}"]

    def test_a_listed_one_must_exist(self):
        listed = {"b.py": {"three": "reason", "four": "reason"}, "c.py": {"five": "reason"}}
        assert not mutants.judge(self.outcomes, listed, complete=False)
        assert mutants.judge(self.outcomes, listed, complete=True)[:2] == [
            "b.py: listed, but there is no such mutant: four",
            "c.py: listed, but there is no such mutant: five",
        ]

    @pytest.mark.parametrize(("survivors", "enough"), [(5, True), (6, False)])
    def test_most_must_be_killed_even_if_the_others_are_listed(self, survivors, enough):
        outcomes = {
            Mutant("a.py", str(n), ""): "survived" if n < survivors else "killed"
            for n in range(100)
        }
        listed = {"a.py": {str(n): "reason" for n in range(survivors)}}
        found = mutants.judge(outcomes, listed, complete=True)
        assert found == ([] if enough else ["94 of 100 mutants are killed, less than 95 %."])

    def test_the_table(self):
        first, second = mutants.rows(self.outcomes)
        assert first == {
            "module": "a.py",
            "mutants": 2,
            "killed": 2,
            "of these by time": 1,
            "survived": 0,
            "killed in %": 100.0,
        }
        assert (second["survived"], second["killed in %"]) == (1, 0.0)


class TestLists:
    def test_every_survivor_has_a_reason(self):
        listed = mutants.read_listed()
        assert listed.keys() <= mutants.TESTS.keys()

    @pytest.mark.parametrize("reason", ["", "because", None])
    def test_a_reason_is_a_sentence(self, tmp_path, reason):
        path = tmp_path / "listed.json"
        path.write_text(json.dumps({"a.py": {"one": reason}}))
        with pytest.raises(ValueError, match=r"a reason is missing for a\.py: one"):
            mutants.read_listed(path)

    def test_modules_and_tests_exist(self):
        for module, names in mutants.TESTS.items():
            assert (ROOT / module).exists()
            for name in names:
                assert (ROOT / mutants.PACKAGE.format(name)).exists()

    def test_no_module_of_the_package_is_forgotten(self):
        modules = {f"shared/{path.name}" for path in (ROOT / "shared").glob("*.py")}
        assert modules == mutants.TESTS.keys() | mutants.LEFT_OUT.keys()
