"""Means, spreads, and paired differences, worked out by hand; and how a chapter gets at them."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments import analysis

ROOT = Path(__file__).resolve().parents[2]
# Three seeds; the differences "b" − "a" are 1, 3, and 2.
NUMBERS = {"a": [1.0, 2.0, 6.0], "b": [2.0, 5.0, 8.0], "wild": [0.0, None, 0.0]}
RESULTS = {
    "seeds": [5, 3, 9],
    "rows": {row: {} for row in NUMBERS},
    "runs": [
        {"row": row, "seed": seed, "metrics": {"loss": number, "curve": [9.0, number]}}
        for row, numbers in NUMBERS.items()
        for seed, number in zip([5, 3, 9], numbers, strict=True)
    ][::-1],  # the order of the file doesn't matter
}


def test_values_come_in_the_order_of_the_seeds():
    assert analysis.values(RESULTS, "a", "loss").tolist() == [1, 2, 6]
    assert analysis.values(RESULTS, "a", "curve").tolist() == [[9, 1], [9, 2], [9, 6]]
    assert np.isnan(analysis.values(RESULTS, "wild", "curve")[1, 1])


@pytest.mark.parametrize("metric", ["loss", "curve"])
def test_compare(metric):
    table = analysis.compare(RESULTS, ["a", "b"], metric)
    assert table["a"] == (3, pytest.approx(math.sqrt(7)), 0, 0)
    assert table["b"] == (5, 3, 2, pytest.approx(1 / math.sqrt(3)))
    assert analysis.compare(RESULTS, ["a"], metric, reference="b")["a"].difference == -2


def test_a_single_seed_has_no_spread():
    one = RESULTS | {"seeds": [3]}
    found = analysis.compare(one, ["a", "b"], "loss")["b"]
    assert (found.mean, found.difference) == (5, 3)
    assert math.isnan(found.sd) and math.isnan(found.standard_error)


def test_best_is_the_lowest_mean_of_finite_numbers():
    assert analysis.best(RESULTS, ["b", "wild", "a"], "loss") == "a"
    with pytest.raises(ValueError, match=r"no row has a finite loss .* Received: wild"):
        analysis.best(RESULTS, ["wild"], "loss")


@pytest.mark.parametrize(
    ("row", "metric", "message"),
    [
        ("c", "loss", "no row 'c'; they have: a, b, wild"),
        ("a", "los", "no metric 'los'; they have: loss, curve"),
    ],
)
def test_a_wrong_name_is_told_the_right_ones(row, metric, message):
    with pytest.raises(KeyError, match=message):
        analysis.values(RESULTS, row, metric)


def test_a_missing_run_is_named():
    half = RESULTS | {"runs": RESULTS["runs"][:4]}
    with pytest.raises(KeyError, match=r"row 'b' with the seeds \[5, 3\] are missing"):
        analysis.values(half, "b", "loss")


def test_load_names_what_there_is(tmp_path):
    (tmp_path / "widths.json").write_text(json.dumps(RESULTS), encoding="utf-8")
    assert analysis.load("widths", tmp_path) == RESULTS
    with pytest.raises(FileNotFoundError, match=r"'depth' in .* There are: widths. Run .*-m exper"):
        analysis.load("depth", tmp_path)


def test_a_chapter_reads_results_from_its_own_folder():
    setup = (ROOT / "tools" / "setup_cell.py").read_text(encoding="utf-8")
    code = (
        f"{setup}\n"
        "from experiments import analysis\n"
        "print(len(analysis.load('schedules')['seeds']))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "chapters",
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (result.stdout, result.returncode) == ("8\n", 0), result.stderr


def test_reading_loads_nothing_heavy():
    code = (
        "import sys; from experiments import analysis; "
        "print([n for n in ('matplotlib', 'tqdm', 'shared', 'benchmarks') if n in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (result.stdout, result.stderr) == ("[]\n", "")
