"""Dense networks on MNIST: optimizers, sizes, and batch sizes, each with its own learning rate.

Ten epochs on 48,000 training images, as in chapter 16. The other 12,000 of the 60,000 are the
validation images, which choose the learning rate of each competitor and compare the competitors.
Seeds differ in the weights and in the order of the images, not in the split.
"""

from dataclasses import replace
from functools import cache

import matplotlib.pyplot as plt
import numpy as np

from experiments import analysis
from experiments.recipe import Recipe, train
from shared import plots
from shared.datasets import load_mnist, split

PLAIN = Recipe(
    hidden=(128,), lr=0.1, epochs=10, batch_size=128, samples=48_000, standardize=False
)
WIDE = replace(PLAIN, hidden=(256, 128), schedule="cosine")
SGD_RATES = (0.1, 0.3, 0.5, 1.0, 2.0)
NORMALIZED_RATES = (0.3, 0.5, 1.0, 2.0, 4.0)
ADAM_RATES = (0.0003, 0.001, 0.003, 0.01)

# Each competitor, with the learning rates that it may choose from.
COMPETITORS = {
    "linear, SGD": (replace(PLAIN, hidden=()), SGD_RATES),
    "128, SGD": (PLAIN, SGD_RATES),
    "128, Adam": (replace(PLAIN, optimizer="Adam"), ADAM_RATES),
    "128, SGD, cosine": (replace(PLAIN, schedule="cosine"), SGD_RATES),
    "128, Adam, cosine": (replace(PLAIN, optimizer="Adam", schedule="cosine"), ADAM_RATES),
    "256, SGD, cosine": (replace(WIDE, hidden=(256,)), SGD_RATES),
    "128-128, SGD, cosine": (replace(WIDE, hidden=(128, 128)), SGD_RATES),
    "300-100, SGD, cosine": (replace(WIDE, hidden=(300, 100)), SGD_RATES),
    "256-128, SGD, cosine": (WIDE, SGD_RATES),
    "256-128, Adam, cosine": (replace(WIDE, optimizer="Adam"), ADAM_RATES),
    "256-128, SGD, cosine, dropout": (replace(WIDE, dropout=0.25), SGD_RATES),
    "256-128, SGD, cosine, batch norm": (replace(WIDE, batch_norm=True), NORMALIZED_RATES),
    "256-128, SGD, cosine, both": (
        replace(WIDE, dropout=0.25, batch_norm=True),
        NORMALIZED_RATES,
    ),
    "256-128, Adam, cosine, both": (
        replace(WIDE, optimizer="Adam", dropout=0.25, batch_norm=True),
        ADAM_RATES,
    ),
    "batches of 32": (replace(PLAIN, batch_size=32), (0.03, 0.1, 0.2, 0.5)),
    "batches of 512": (replace(PLAIN, batch_size=512), (0.3, 0.5, 1.0, 2.0)),
    "batches of 1,024": (replace(PLAIN, batch_size=1024), (0.3, 0.8, 1.5, 3.0)),
    "batches of 4,096": (replace(PLAIN, batch_size=4096), (0.3, 0.8, 1.5, 3.0)),
    "full batch": (replace(PLAIN, batch_size=48_000), (0.1, 0.2, 0.3, 0.8)),
    "full batch, Adam": (
        replace(PLAIN, batch_size=48_000, optimizer="Adam"),
        (0.003, 0.01, 0.03, 0.1),
    ),
}


def row_name(competitor, lr):
    """Return the name of a row, such as "128, SGD, lr 0.5"."""
    return f"{competitor}, lr {lr:g}"


ROWS = {
    row_name(competitor, lr): replace(recipe, lr=lr)
    for competitor, (recipe, rates) in COMPETITORS.items()
    for lr in rates
}
SEEDS = (0, 1, 2)
RERUN = row_name("full batch", 0.1)


@cache
def parts():
    """Return the training and the validation images of chapter 16, read once in each process."""
    data = load_mnist()
    return split(data.x_train, data.y_train, 0.2, np.random.default_rng(16))


def run(recipe, seed):
    """Train one network; return loss and accuracy after each epoch on both parts."""
    (x, y), validation = parts()
    first = slice(recipe.samples)
    return train(recipe, seed, 10, {"train": (x[first], y[first]), "validation": validation})


def chosen(results):
    """Return the row with the best learning rate for each competitor: competitor -> row."""
    return {
        competitor: analysis.best(
            results, [row_name(competitor, lr) for lr in rates], "validation loss"
        )
        for competitor, (_, rates) in COMPETITORS.items()
    }


def draw(results):
    """Draw the validation accuracy of each competitor, at its own learning rate."""
    rows = chosen(results)
    found = [100 * analysis.final(results, row, "validation accuracy") for row in rows.values()]
    _, ax = plt.subplots(figsize=(8, 6.4), layout="constrained")
    labels = [row.replace(", lr", ", η =") for row in rows.values()]
    plots.comparison_dots(labels, found, xlabel="validation accuracy (%)", form="{:.1f}", ax=ax)
    return ax.figure
