"""Ten layers from three kinds of first weights, each with its own learning rate.

The network of chapter 8: nine hidden layers of 100 units, batches of 50, and the first 1,000
training images of Fashion-MNIST. Each initializer is trained with ReLU and with tanh, by SGD and
by Adam, at five learning rates each. Validation images are the last 2,000 training images.
"""

from functools import cache
from itertools import product

import matplotlib.pyplot as plt
import numpy as np

from experiments import analysis
from experiments.recipe import ACTIVATIONS, INITIALIZERS, Recipe, train
from shared import plots
from shared.datasets import load_fashion_mnist

RATES = {
    "SGD": (0.003, 0.01, 0.03, 0.1, 0.2),
    "Adam": (0.0001, 0.0003, 0.001, 0.003, 0.01),
}
VALIDATION = 2000


def row_name(initializer, activation, optimizer, lr):
    """Return the name of a row, such as "He, ReLU, SGD, lr 0.01"."""
    return f"{initializer}, {activation}, {optimizer}, lr {lr:g}"


ROWS = {
    row_name(initializer, activation, optimizer, lr): Recipe(
        hidden=(100,) * 9,
        lr=lr,
        epochs=25,
        batch_size=50,
        samples=1000,
        activation=activation,
        initializer=initializer,
        optimizer=optimizer,
        dtype="float64",
    )
    for optimizer, rates in RATES.items()
    for initializer, activation, lr in product(INITIALIZERS, ACTIVATIONS, rates)
}
SEEDS = (0, 1, 2)
RERUN = row_name("Glorot", "tanh", "SGD", 0.003)

# Read once in each process.
images = cache(load_fashion_mnist)


def run(recipe, seed):
    """Train one network; return its curves on training and validation images."""
    data = images()
    parts = {
        "train": (data.x_train[: recipe.samples], data.y_train[: recipe.samples]),
        "validation": (data.x_train[-VALIDATION:], data.y_train[-VALIDATION:]),
    }
    return train(recipe, seed, 10, parts)


def draw(results):
    """Draw the training loss after the last epoch against the learning rate, four panels."""
    figure, panels = plt.subplots(2, 2, figsize=(9.6, 6.4), sharey=True, layout="constrained")
    for line, (optimizer, rates) in zip(panels, RATES.items(), strict=True):
        for ax, activation in zip(line, ACTIVATIONS, strict=True):
            means = {}
            for position, initializer in enumerate(INITIALIZERS):
                names = [row_name(initializer, activation, optimizer, lr) for lr in rates]
                ends = np.array([analysis.final(results, row, "train loss") for row in names])
                means[initializer] = ends.mean(axis=1)
                ax.plot(
                    np.repeat(rates, ends.shape[1]),
                    ends.ravel(),
                    ".",
                    color=plots.COLORS[position],
                    markersize=5,
                )
            plots.lines(
                rates, means, ax=ax, log="xy", title=f"{activation}, {optimizer}", markers=True
            )
            ax.axhline(np.log(10), color=plots.FAINT, linewidth=1, linestyle=":")
    for ax in panels[1]:
        ax.set_xlabel("learning rate")
    for ax in panels[:, 0]:
        ax.set_ylabel("training loss after 25 epochs")
    return figure
