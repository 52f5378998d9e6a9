"""Five schedules under SGD and Adam on the spiral, each with its own learning rate.

The network of chapter 7: one hidden layer of 64 ReLU units, 300 points, batches of 32, 100 epochs.
Each pair of optimizer and schedule is trained at every learning rate of a grid. The loss on a
validation spiral chooses the learning rate, and a third spiral, used for nothing else, gives the
numbers to compare. Seeds differ in the weights and in the order of the samples, not in the spirals.
"""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from experiments import analysis
from experiments.recipe import Recipe, train
from shared import plots
from shared.datasets import spiral

SCHEDULES = ("constant", "inverse time", "step", "exponential", "cosine")
RATES = {
    "SGD": (0.1, 0.3, 1.0, 2.0, 3.0, 5.0),
    "Adam": (0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2),
}


def row_name(optimizer, schedule, lr):
    """Return the name of a row, such as "Adam, cosine, lr 0.03"."""
    return f"{optimizer}, {schedule}, lr {lr:g}"


ROWS = {
    row_name(optimizer, schedule, lr): Recipe(
        hidden=(64,),
        lr=lr,
        epochs=100,
        batch_size=32,
        samples=100,
        optimizer=optimizer,
        schedule=schedule,
        dtype="float64",
    )
    for optimizer, rates in RATES.items()
    for schedule, lr in product(SCHEDULES, rates)
}
SEEDS = tuple(range(8))
RERUN = row_name("SGD", "cosine", 0.3)


def run(recipe, seed):
    """Train one network; return its curves on the three spirals, a number every ten epochs."""
    drawn = {
        "train": spiral(recipe.samples, 3, np.random.default_rng(0)),
        "validation": spiral(1000, 3, np.random.default_rng(1)),
        "test": spiral(1000, 3, np.random.default_rng(2)),
    }
    return train(recipe, seed, 3, drawn, every=10)


def chosen(results):
    """Return the row with the best learning rate for each pair: (optimizer, schedule) -> row."""
    return {
        (optimizer, schedule): analysis.best(
            results,
            [row_name(optimizer, schedule, lr) for lr in rates],
            "validation loss",
        )
        for optimizer, rates in RATES.items()
        for schedule in SCHEDULES
    }


def draw(results):
    """Draw loss and accuracy on the test spiral, each schedule at its own learning rate."""
    rows = chosen(results)
    labels = [row.replace(", lr", ", η =") for row in rows.values()]
    figure, panels = plt.subplots(1, 2, figsize=(10.4, 4.4), layout="constrained")
    for ax, metric in zip(panels, ["loss", "accuracy"], strict=True):
        found = [analysis.final(results, row, f"test {metric}") for row in rows.values()]
        plots.comparison_dots(
            labels, found, xlabel=f"{metric} on the test spiral", form="{:.3f}", ax=ax
        )
        ax.locator_params(axis="x", nbins=5)
    panels[1].set_yticklabels([])
    return figure
