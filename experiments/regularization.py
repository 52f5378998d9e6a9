"""L1, L2, and AdamW on noisy half circles, each with its own strength and learning rate.

The network of chapter 10: two hidden layers of 50 ReLU units, all samples in one batch, 400 epochs
of AdamW with a learning rate that falls along a cosine. A seed stands for one data set, with
training samples, validation samples, and test samples of its own, and for first weights.
"""

import math
from dataclasses import dataclass
from itertools import pairwise, product

import matplotlib.pyplot as plt
import numpy as np

from experiments import analysis
from shared import plots
from shared.activations import ReLU
from shared.datasets import moons
from shared.layers import Dense
from shared.losses import SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import AdamW
from shared.regularizers import L1, L2
from shared.schedules import Cosine

STRENGTHS = {
    "L1": (0.0003, 0.001, 0.003, 0.01, 0.03),
    "L2": (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03),
    "AdamW": (0.1, 0.3, 1.0, 3.0, 10.0),
}
RATES = (0.0003, 0.001, 0.003, 0.01, 0.03)
MORE_SAMPLES = (400, 1600)  # for L2
MORE_RATES = (0.003, 0.01, 0.03)
MEASURED = 1000  # samples for validation, and as many for the test
EVERY = 10  # epochs from one look at the validation samples to the next


@dataclass(frozen=True)
class PenaltyRecipe:
    """What differs from row to row."""

    penalty: str  # "none", "L1", "L2", or "AdamW"
    strength: float  # for AdamW, its weight decay
    lr: float
    samples: int = 100
    epochs: int = 400


def row_name(recipe):
    """Return the name of a row, such as "100 samples, L2 0.01, lr 0.003"."""
    penalty = recipe.penalty
    strength = f" {recipe.strength:g}" if recipe.strength else ""
    return f"{recipe.samples} samples, {penalty}{strength}, lr {recipe.lr:g}"


def recipes():
    """Yield the recipe of each row."""
    for lr in RATES:
        yield PenaltyRecipe("none", 0.0, lr)
        for penalty, strengths in STRENGTHS.items():
            for strength in strengths:
                yield PenaltyRecipe(penalty, strength, lr)
    for samples, lr in product(MORE_SAMPLES, MORE_RATES):
        yield PenaltyRecipe("none", 0.0, lr, samples)
        for strength in STRENGTHS["L2"]:
            yield PenaltyRecipe("L2", strength, lr, samples)


ROWS = {row_name(recipe): recipe for recipe in recipes()}
SEEDS = tuple(range(11, 21))
RERUN = "100 samples, L2 0.03, lr 0.001"


def noisy_moons(n, rng):
    """Return points of two half circles; 15 in 100 have the label of the other one."""
    x, y = moons(n, rng, noise=0.15)
    return x, np.where(rng.random(n) < 0.15, 1 - y, y)


def run(recipe, seed):
    """Train one network; return its numbers at the end, and at its best epochs.

    "stopped test accuracy" belongs to the epoch with the highest validation accuracy, and
    "stopped test loss" to that with the lowest validation loss.
    """
    rng = np.random.default_rng(seed)
    sizes = {"train": recipe.samples, "validation": MEASURED, "test": MEASURED}
    parts = {name: noisy_moons(n, rng) for name, n in sizes.items()}
    model = network(recipe, np.random.default_rng(seed))
    optimizer, loss = optimizer_for(recipe, model), SoftmaxCrossEntropy()
    best = {"loss": math.inf, "accuracy": -math.inf}
    stopped = {}
    x, y = parts["train"]
    for epoch in range(1, recipe.epochs + 1):
        loss.forward(model.forward(x, training=True), y)
        model.backward(loss.backward())
        optimizer.step()
        if epoch % EVERY and epoch < recipe.epochs:
            continue
        found = measure(model, parts["validation"])
        better = {"loss": found["loss"] < best["loss"]}
        better["accuracy"] = found["accuracy"] > best["accuracy"]
        for name in [name for name in best if better[name]]:
            best[name] = stopped[f"stopped validation {name}"] = found[name]
            stopped[f"stopped test {name}"] = measure(model, parts["test"])[name]
    ends = {part: measure(model, samples) for part, samples in parts.items()}
    return {f"{part} {name}": ends[part][name] for part in ends for name in best} | stopped


def network(recipe, rng):
    """Return the untrained network."""
    kinds = {"L1": L1, "L2": L2}
    regularizer = kinds[recipe.penalty](recipe.strength) if recipe.penalty in kinds else None
    layers = []
    for in_features, out_features in pairwise([2, 50, 50, 2]):
        layers += [Dense(in_features, out_features, rng, regularizer=regularizer), ReLU()]
    return Model(layers[:-1])


def optimizer_for(recipe, model):
    """Return AdamW, which is Adam as long as its weight decay is 0."""
    weight_decay = recipe.strength if recipe.penalty == "AdamW" else 0.0
    lr = Cosine(recipe.lr, recipe.epochs)
    return AdamW(model.parameters(), lr, weight_decay=weight_decay)


def measure(model, samples):
    """Return loss, without the penalty, and accuracy."""
    x, y = samples
    logits = model.forward(x)
    return {"loss": SoftmaxCrossEntropy().forward(logits, y), "accuracy": accuracy(logits, y)}


def draw(results):
    """Draw the accuracy on validation samples against the strength, at the best learning rate."""
    figure, panels = plt.subplots(1, 3, figsize=(10.4, 3.6), sharey=True, layout="constrained")
    for ax, (penalty, strengths) in zip(panels, STRENGTHS.items(), strict=True):
        curves = {}
        for part in ("train", "validation"):
            name = "training" if part == "train" else part
            curves[name] = [best_mean(results, penalty, strength, part) for strength in strengths]
        plots.lines(strengths, curves, ax=ax, log="x", title=penalty, markers=True)
        ax.set_xlabel("weight decay" if penalty == "AdamW" else "strength λ")
    panels[0].set_ylabel("accuracy")
    return figure


def best_mean(results, penalty, strength, part):
    """Return the mean accuracy on a part, at the rate that is best on validation samples."""
    rows = [row_name(PenaltyRecipe(penalty, strength, lr)) for lr in RATES]
    means = [analysis.final(results, row, "validation accuracy").mean() for row in rows]
    return analysis.final(results, rows[int(np.argmax(means))], f"{part} accuracy").mean()
