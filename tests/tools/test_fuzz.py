"""A short campaign of damaged files, and that a campaign finds what it looks for."""

import json
import random
import sys

import pytest
from helpers_fuzz import FAULTS, TARGET

from tools import campaign, fuzz, mutations

EXPECTED = {
    b"fine": ("read", ""),
    b"refuse": ("refused", ""),
    b"key": ("problem", "KeyError: 'kind'"),
    b"hang": ("problem", "hung: no answer after 2 seconds"),
    b"die": ("problem", "the process died"),
    b"memory": ("problem", "bytes of memory"),
    b"write": ("problem", "did what it must not: open"),
    b"leave": ("problem", "did what it must not: open|left "),
    b"run": ("problem", "did what it must not: exec"),
    b"bad": ("problem", "AssertionError: no good"),
}


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_a_short_campaign(name):
    target = fuzz.TARGETS[name]
    outcomes = fuzz.run(target, 1, range(150))
    assert [outcome.number for outcome in outcomes] == list(range(150))
    assert [outcome for outcome in outcomes if outcome.result == "problem"] == []
    assert {outcome.result for outcome in outcomes} == {"refused", "read"}
    assert {o.mutation for o in outcomes} == {mutate.__name__ for mutate in target.mutations}
    rows = fuzz.summary(name, outcomes)
    assert sum(row["cases"] for row in rows) == 150
    assert all(row["cases"] == row["refused"] + row["read"] for row in rows)


def test_every_fault_of_a_reader_is_found():
    cases = {fuzz.mutated(TARGET, 5, number)[2]: number for number in range(200)}
    cases = {fault: cases[fault] for fault in FAULTS}
    outcomes = {o.number: o for o in fuzz.run(TARGET, 5, cases.values(), time_limit=2)}
    assert len(outcomes) == len(FAULTS)
    for fault, number in cases.items():
        if fault == b"memory" and sys.platform != "linux":
            continue
        result, problem = EXPECTED[fault]
        assert outcomes[number].result == result, fault
        assert any(part in outcomes[number].problem for part in problem.split("|")), fault


def test_a_case_depends_on_its_seed_and_number_alone():
    target = fuzz.TARGETS["idx"]
    assert fuzz.mutated(target, 1, 7) == fuzz.mutated(target, 1, 7)
    others = [fuzz.mutated(target, seed, number) for seed in (1, 2) for number in range(20)]
    assert len(set(others)) > 30


@pytest.mark.parametrize("name", fuzz.TARGETS)
def test_a_mutation_changes_the_file(name):
    target = fuzz.TARGETS[name]
    chance = random.Random(3)
    for mutate in target.mutations:
        for data in target.examples().values():
            assert any(mutate(chance, data) != data for _ in range(5)), mutate.__name__


def test_results_and_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(campaign, "RESULTS", tmp_path)
    outcomes = [fuzz.Outcome(0, "flip", "read"), fuzz.Outcome(1, "truncate", "refused")]
    monkeypatch.setattr(fuzz, "run", lambda target, seed, numbers: list(outcomes))
    assert fuzz.main(["--target", "idx", "--cases", "2", "--seed", "9"]) == 0
    kept = json.loads((tmp_path / "fuzz.json").read_text(encoding="utf-8"))
    assert kept["settings"] == {"seed": 9, "cases": 2}
    assert kept["details"] == {"problems": []}
    outcomes.append(fuzz.Outcome(2, "flip", "problem", "KeyError"))
    assert fuzz.main(["--target", "idx", "--cases", "3", "--no-results"]) == 1
    assert "idx --seed 0 --case 2: KeyError" in capsys.readouterr().out
    kept = json.loads((tmp_path / "fuzz.json").read_text(encoding="utf-8"))
    assert kept["settings"]["cases"] == 2


def test_one_case_is_run_again(tmp_path, capsys):
    file = tmp_path / "damaged"
    fuzz.main(["--target", "idx", "--seed", "1", "--case", "7", "--keep", str(file)])
    mutation, name, data = fuzz.mutated(fuzz.TARGETS["idx"], 1, 7)
    assert file.read_bytes() == data
    assert capsys.readouterr().out.startswith(f"{mutation} {name} Outcome(number=7")


def test_the_numbers_of_a_description_are_reached():
    """The damage that only a reader of the format can do is done."""
    data = fuzz.model_files()["float64 True.npz"]
    chance = random.Random(0)
    texts = {mutations.description(chance, data) for _ in range(40)}
    assert len(texts) > 30
