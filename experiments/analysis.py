"""Reading the results of an experiment, with NumPy alone: what chapters need.

>>> results = analysis.load("schedules")
>>> analysis.compare(results, ["SGD, constant, lr 1", "SGD, cosine, lr 3"], "test loss")
"""

import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

RESULTS = Path(__file__).resolve().parent / "results"


class Comparison(NamedTuple):
    """One row of an experiment over its seeds, compared with a reference row.

    Attributes
    ----------
    mean, sd : float
        Over the seeds; ``sd`` is the standard deviation of single runs (divided by n − 1).
    difference : float
        The mean of this row minus that of the reference, seed by seed.
    standard_error : float
        Of ``difference``: the standard deviation of the paired differences over √n.
    """

    mean: float
    sd: float
    difference: float
    standard_error: float


def load(name, folder=RESULTS):
    """Return the results of an experiment: a dict with the file's content.

    The keys used most: ``rows``, a dict from the name of a row to its recipe; ``seeds``; and
    ``runs``, a list with the row, the seed, and the metrics of each run.

    Raises
    ------
    FileNotFoundError
        If there are no results of that name.
    """
    path = Path(folder) / f"{name}.json"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in Path(folder).glob("*.json"))) or "none"
        raise FileNotFoundError(
            f"There are no results of an experiment {name!r} in {path.parent}. There are: {known}. "
            f"Run the experiment first: python -m experiments {name}"
        )
    return json.loads(path.read_text(encoding="utf-8"))


def values(results, row, metric):
    """Return a metric of one row, an array with one entry per seed, in the order of the seeds.

    A metric measured during training gives the shape ``(seeds, measurements)``; the first column
    is the untrained network, the last the trained one. Numbers that weren't finite are NaN.

    Raises
    ------
    KeyError
        If the results have no such row or metric, or lack a run of this row.
    """
    runs = {run["seed"]: run["metrics"] for run in results["runs"] if run["row"] == row}
    _check(row, results["rows"], "row")
    lacking = [seed for seed in results["seeds"] if seed not in runs]
    if lacking:
        raise KeyError(f"the runs of row {row!r} with the seeds {lacking} are missing")
    _check(metric, runs[results["seeds"][0]], "metric")
    return np.array([runs[seed][metric] for seed in results["seeds"]], dtype=float)


def final(results, row, metric):
    """Return a metric of the trained network, one entry per seed."""
    numbers = values(results, row, metric)
    return numbers if numbers.ndim == 1 else numbers[:, -1]


def compare(results, rows, metric, reference=None):
    """Summarize the trained networks of several rows, and compare each row with a reference.

    The same seeds are used in every row, so the differences are paired.

    Parameters
    ----------
    results : dict
        From `load`.
    rows : iterable of str
    metric : str
    reference : str, optional
        A row; the first of ``rows`` without it.

    Returns
    -------
    dict of str to Comparison
    """
    rows = list(rows)
    base = final(results, rows[0] if reference is None else reference, metric)
    table = {}
    for row in rows:
        numbers = final(results, row, metric)
        paired = numbers - base
        n = len(numbers)
        sd, spread = (
            float(a.std(ddof=1)) if n > 1 else math.nan for a in (numbers, paired)
        )
        table[row] = Comparison(
            float(numbers.mean()), sd, float(paired.mean()), spread / math.sqrt(n)
        )
    return table


def best(results, rows, metric):
    """Return the row whose trained networks have the lowest mean of a metric, such as a loss.

    A row in which the metric of any seed isn't finite never wins.

    Raises
    ------
    ValueError
        If no row has finite numbers for all seeds.
    """
    means = {row: float(final(results, row, metric).mean()) for row in rows}
    finite = {row: mean for row, mean in means.items() if math.isfinite(mean)}
    if not finite:
        raise ValueError(
            f"no row has a finite {metric} for all seeds. Received: {', '.join(means) or 'no rows'}"
        )
    return min(finite, key=finite.get)


def _check(name, known, kind):
    if name not in known:
        raise KeyError(f"the results have no {kind} {name!r}; they have: {', '.join(known)}")
