"""What each change is worth on Fashion-MNIST: added to a baseline, and left out of a recipe.

Twenty epochs on 50,000 training images. The other 10,000 of the 60,000 are the validation images,
which choose the learning rate of each row and compare the rows. The first group changes one thing
about the baseline of chapter 17, the second one thing about a recipe that combines what helped.
Seeds differ in the weights, the order of the images, and all random layers, not in the split.
"""

from dataclasses import replace
from functools import cache

import matplotlib.pyplot as plt
import numpy as np

from experiments import analysis
from experiments.recipe import Recipe, train
from shared import plots
from shared.datasets import load_fashion_mnist, split

BASELINE = Recipe(
    hidden=(128, 64),
    lr=1e-3,
    epochs=20,
    batch_size=128,
    samples=50_000,
    optimizer="Adam",
    schedule="slow decay",
    dropout=0.1,
    l2=5e-4,
    standardize=False,
)
COMBINED = Recipe(
    hidden=(256, 128),
    lr=1e-3,
    epochs=20,
    batch_size=128,
    samples=50_000,
    optimizer="Adam",
    schedule="cosine",
    batch_norm=True,
    dropout=0.1,
    mirror=True,
    shift=1,
)
ADDED = {
    "baseline": {},
    "cosine schedule": {"schedule": "cosine"},
    "no L2": {"l2": 0.0},
    "no dropout": {"dropout": 0.0},
    "dropout 0.3": {"dropout": 0.3},
    "256-128": {"hidden": (256, 128)},
    "batch norm": {"batch_norm": True},
    "mirror": {"mirror": True},
    "shift 1": {"shift": 1},
    "mirror, shift 1": {"mirror": True, "shift": 1},
    "weight decay 0.05": {"l2": 0.0, "optimizer": "AdamW", "weight_decay": 0.05},
    "standardized inputs": {"standardize": True},
    "batches of 256": {"batch_size": 256},
}
LEFT_OUT = {
    "combined": {},
    "without cosine": {"schedule": "slow decay"},
    "without the width": {"hidden": (128, 64)},
    "without batch norm": {"batch_norm": False},
    "without dropout": {"dropout": 0.0},
    "without mirror": {"mirror": False},
    "without shift": {"shift": 0},
    "without both": {"mirror": False, "shift": 0},
    "without standardizing": {"standardize": False},
    "plus L2": {"l2": 5e-4},
    "plus weight decay 0.05": {"optimizer": "AdamW", "weight_decay": 0.05},
    "batches of 256 instead": {"batch_size": 256},
}
RATES = (0.0005, 0.001, 0.002, 0.004)
LINEAR = replace(BASELINE, hidden=(), dropout=0.0, l2=0.0)


def row_name(change, lr):
    """Return the name of a row, such as "shift 1, lr 0.001"."""
    return f"{change}, lr {lr:g}"


CHANGES = {
    **{"linear": LINEAR},
    **{change: replace(BASELINE, **changes) for change, changes in ADDED.items()},
    **{change: replace(COMBINED, **changes) for change, changes in LEFT_OUT.items()},
}
ROWS = {
    row_name(change, lr): replace(recipe, lr=lr)
    for change, recipe in CHANGES.items()
    for lr in RATES
}
SEEDS = (0, 1, 2)
RERUN = row_name("linear", 0.0005)


@cache
def parts():
    """Return the training and the validation images, read once in each process."""
    data = load_fashion_mnist()
    return split(data.x_train, data.y_train, 10_000, np.random.default_rng(17))


def run(recipe, seed):
    """Train one network; return loss and accuracy on both parts, before and after training."""
    (x, y), validation = parts()
    few = {"train": (x[: recipe.samples], y[: recipe.samples]), "validation": validation}
    return train(recipe, seed, 10, few, every=recipe.epochs)


def chosen(results, changes):
    """Return the row with the best learning rate for each of the changes: change -> row."""
    return {
        change: analysis.best(results, [row_name(change, lr) for lr in RATES], "validation loss")
        for change in changes
    }


def draw(results):
    """Draw the difference in validation loss that each change makes, with its standard error."""
    figure, panels = plt.subplots(1, 2, figsize=(10.4, 4.8), sharex=True, layout="constrained")
    for ax, changes in zip(panels, [ADDED, LEFT_OUT], strict=True):
        rows = chosen(results, changes)
        compared = list(analysis.compare(results, rows.values(), "validation loss").values())
        plots.comparison_dots(
            list(rows),
            [row.difference for row in compared],
            [row.standard_error for row in compared],
            xlabel="change in validation loss",
            form="{:+.3f}",
            reference=(next(iter(rows)), 0.0),
            ax=ax,
        )
    return figure
