"""The stored results are complete, and are what the code of today gives."""

import json
import re
from dataclasses import asdict

import numpy as np
import pytest

from experiments import analysis, runner

NAMES = runner.names()


@pytest.fixture(params=NAMES)
def experiment(request):
    module = runner.load_module(request.param)
    return module, analysis.load(request.param), analysis.RESULTS / f"{request.param}.png"


def test_results_are_complete(experiment):
    module, results, picture = experiment
    assert [(run["row"], run["seed"]) for run in results["runs"]] == [
        (row, seed) for row in module.ROWS for seed in module.SEEDS
    ]
    assert len(module.SEEDS) >= 3
    recipes = {row: asdict(recipe) for row, recipe in module.ROWS.items()}
    assert results["rows"] == json.loads(json.dumps(recipes))
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_results_say_which_commit_they_come_from(experiment):
    _, results, _ = experiment
    for environment in results["environments"]:
        assert re.fullmatch(r"[0-9a-f]{7,40}", environment["commit"]), "run it from a clean commit"
        assert all(library["threads"] == 1 for library in environment["blas"].values())


def test_the_code_is_the_one_that_made_the_results(experiment):
    module, results, _ = experiment
    assert results["code"] == runner.fingerprint(module.run), (
        f"the code of {module.__name__} has changed: run the experiment again "
        "(CONTRIBUTING.md, Experiments)"
    )


def test_a_row_run_again_gives_the_stored_numbers(experiment):
    module, results, _ = experiment
    again = module.run(module.ROWS[module.RERUN], module.SEEDS[0])
    stored = {
        metric: analysis.values(results, module.RERUN, metric)[0]
        for metric in results["runs"][0]["metrics"]
    }
    assert again.keys() == stored.keys()
    for metric, numbers in stored.items():
        np.testing.assert_allclose(again[metric], numbers, rtol=1e-4, err_msg=metric)


def test_each_schedule_has_its_best_learning_rate_inside_the_grid():
    module = runner.load_module("schedules")
    rows = module.chosen(analysis.load("schedules"))
    assert len(rows) == 10
    for (optimizer, schedule), row in rows.items():
        rates = module.RATES[optimizer]
        edges = {module.row_name(optimizer, schedule, lr) for lr in (rates[0], rates[-1])}
        assert row not in edges
