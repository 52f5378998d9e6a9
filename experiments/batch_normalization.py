"""Networks without and with batch normalization, each with its own learning rate.

The networks of chapter 12: hidden layers of 50 ReLU units, the first 1,000 training images of
Fashion-MNIST with every second pixel in both directions, and SGD. They differ in depth, in their
first weights, and in the size of the batches. Accuracy on 2,000 validation images chooses the
learning rate, and 5,000 other training images, used for nothing else, give the numbers to compare.
"""

import math
from functools import cache

import matplotlib.pyplot as plt
import numpy as np

from experiments import analysis
from experiments.recipe import Recipe, train
from shared import plots
from shared.datasets import load_fashion_mnist

VALIDATION, HOLDOUT = 2000, 5000
EVERY = 5  # epochs from one measurement to the next
SIDES = {"without": False, "with": True}
DEPTHS = {
    "ten layers, 0.01 · normal": {"hidden": (50,) * 9, "initializer": "0.01 · normal"},
    "ten layers, He": {"hidden": (50,) * 9},
    "six layers, He": {"hidden": (50,) * 5},
    "two layers, He": {"hidden": (50,)},
}
BATCH_SIZES = (16, 8, 4, 2)
RATES = {case: (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0) for case in DEPTHS}
RATES["six layers, He"] = (0.001, *RATES["six layers, He"], 10.0, 30.0)
RATES |= {f"batches of {size}": (0.003, 0.01, 0.03, 0.1, 0.3, 1.0) for size in BATCH_SIZES}


def row_name(case, side, lr):
    """Return the name of a row, such as "ten layers, He, with, lr 0.1"."""
    return f"{case}, {side}, lr {lr:g}"


CASES = {case: {"epochs": 15, "batch_size": 50} | options for case, options in DEPTHS.items()}
CASES |= {
    f"batches of {size}": {"hidden": (50,) * 5, "epochs": 5, "batch_size": size}
    for size in BATCH_SIZES
}
ROWS = {
    row_name(case, side, lr): Recipe(
        lr=lr, samples=1000, batch_norm=batch_norm, dtype="float64", **options
    )
    for case, options in CASES.items()
    for side, batch_norm in SIDES.items()
    for lr in RATES[case]
}
SEEDS = tuple(range(8))
RERUN = row_name("two layers, He", "with", 0.003)


@cache
def images():
    """Return the parts of the training images, read once in each process."""
    data = load_fashion_mnist()
    ends = {"validation": (60_000 - VALIDATION, 60_000)}
    ends["holdout"] = (60_000 - VALIDATION - HOLDOUT, 60_000 - VALIDATION)
    small = data.x_train[:, ::2, ::2]
    parts = {part: (small[a:b], data.y_train[a:b]) for part, (a, b) in ends.items()}
    return parts | {"all": (small, data.y_train)}


def run(recipe, seed):
    """Train one network; return its curves, a number every five epochs."""
    parts = dict(images())
    parts["train"] = tuple(array[: recipe.samples] for array in parts.pop("all"))
    try:
        return train(recipe, seed, 10, parts, every=EVERY)
    except ValueError as error:
        # The last step before a measurement made the weights overflow.
        if "NaN" not in str(error):
            raise
        lost = [math.nan] * (1 + math.ceil(recipe.epochs / EVERY))
        return {f"{part} {name}": lost for part in parts for name in ("loss", "accuracy")}


def best_rate(results, case, side, epochs):
    """Return the learning rate with the best mean validation accuracy after so many epochs."""

    def score(lr):
        row = row_name(case, side, lr)
        found = analysis.values(results, row, "validation accuracy")[:, epochs // EVERY]
        return -1.0 if np.isnan(found).any() else found.mean()

    return max(RATES[case], key=score)


def held_out(results, case, side, epochs):
    """Return the accuracy on the held-out images at the best learning rate, by seed."""
    row = row_name(case, side, best_rate(results, case, side, epochs))
    return analysis.values(results, row, "holdout accuracy")[:, epochs // EVERY]


def draw(results):
    """Draw the accuracy of each network after five epochs, without and with."""
    names = [f"{case}: {side}" for case in CASES for side in SIDES]
    found = [held_out(results, case, side, 5) for case in CASES for side in SIDES]
    figure, ax = plt.subplots(figsize=(8, 5.6), layout="constrained")
    plots.comparison_dots(
        names, found, xlabel="accuracy on held-out images after 5 epochs", form="{:.3f}", ax=ax
    )
    return figure
