"""Recipes: what a network is made of and how it is trained, and the training itself."""

import math
from dataclasses import dataclass

import numpy as np

from shared.activations import ReLU, Tanh
from shared.callbacks import Callback
from shared.initializers import glorot_normal, he_normal, scaled_normal
from shared.layers import BatchNorm, Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import SGD, Adam, AdamW
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L2
from shared.schedules import Cosine, Exponential, InverseTime, StepDecay

ACTIVATIONS = {"ReLU": ReLU, "tanh": Tanh}
INITIALIZERS = {"0.01 · normal": scaled_normal, "Glorot": glorot_normal, "He": he_normal}
OPTIMIZERS = {"SGD": SGD, "Adam": Adam, "AdamW": AdamW}
# Each schedule for a run of `steps` steps. Inverse time ends at a tenth of the learning rate, the
# schedules below it at a hundredth or less. The slow decay is that of chapter 17's baseline.
SCHEDULES = {
    "constant": lambda lr, steps: lr,
    "slow decay": lambda lr, steps: InverseTime(lr, 1e-4),
    "inverse time": lambda lr, steps: InverseTime(lr, 9 / steps),
    "step": lambda lr, steps: StepDecay(lr, 0.1, math.ceil(steps / 3)),
    "exponential": lambda lr, steps: Exponential(lr, 0.01 ** (1 / steps)),
    "cosine": lambda lr, steps: Cosine(lr, steps),
}


@dataclass(frozen=True)
class Recipe:
    """Everything that can differ from one row of an experiment to another.

    The defaults describe a plain network, so a recipe names whatever a row adds.
    """

    hidden: tuple[int, ...]  # units of each hidden layer
    lr: float
    epochs: int
    batch_size: int
    samples: int  # training samples; for the spiral, per class
    activation: str = "ReLU"
    initializer: str = "He"
    optimizer: str = "SGD"
    schedule: str = "constant"
    batch_norm: bool = False  # before each activation
    dropout: float = 0.0  # after each activation
    weight_decay: float = 0.0  # AdamW's
    l2: float = 0.0  # penalty on the weights of hidden layers
    mirror: bool = False  # images only, like the next two
    shift: int = 0  # in pixels
    standardize: bool = True  # otherwise, images are divided by 255
    dtype: str = "float32"

    def __post_init__(self):
        for name, known in [
            ("activation", ACTIVATIONS),
            ("initializer", INITIALIZERS),
            ("optimizer", OPTIMIZERS),
            ("schedule", SCHEDULES),
        ]:
            if getattr(self, name) not in known:
                raise ValueError(
                    f"{name} must be one of {', '.join(known)}. Received: {getattr(self, name)!r}"
                )
        if self.weight_decay and self.optimizer != "AdamW":
            raise ValueError(
                "only AdamW takes a weight decay. "
                f"Received: weight_decay={self.weight_decay}, optimizer={self.optimizer!r}"
            )


def build(recipe, x, classes, rng):
    """Return the untrained network for samples like those in ``x``.

    Images of shape ``(n, height, width)`` are standardized inside the network, with the mean and
    the standard deviation of all pixels of ``x``, or divided by 255. Rows are used as they are.
    """
    layers = []
    if x.ndim == 3:
        layers += [RandomFlip(rng)] if recipe.mirror else []
        layers += [RandomShift(recipe.shift, rng)] if recipe.shift else []
        mean, std = (float(x.mean()), float(x.std())) if recipe.standardize else (0.0, 255.0)
        layers += [Flatten(), Rescaling(1 / std, -mean / std, dtype=recipe.dtype)]
    width = math.prod(x.shape[1:])
    initializer = INITIALIZERS[recipe.initializer]
    penalty = L2(recipe.l2) if recipe.l2 else None
    for units in recipe.hidden:
        layers.append(Dense(width, units, rng, initializer, penalty, dtype=recipe.dtype))
        layers += [BatchNorm(units, dtype=recipe.dtype)] if recipe.batch_norm else []
        layers.append(ACTIVATIONS[recipe.activation]())
        layers += [Dropout(recipe.dropout, rng)] if recipe.dropout else []
        width = units
    return Model([*layers, Dense(width, classes, rng, initializer, dtype=recipe.dtype)])


def compile_model(model, recipe, steps):
    """Compile the model with the optimizer of the recipe, for a run of ``steps`` steps."""
    options = {"weight_decay": recipe.weight_decay} if recipe.optimizer == "AdamW" else {}
    lr = SCHEDULES[recipe.schedule](recipe.lr, steps)
    optimizer = OPTIMIZERS[recipe.optimizer](model.parameters(), lr, **options)
    model.compile(optimizer, SoftmaxCrossEntropy(), metrics=[accuracy])


class Measurements(Callback):
    """Measure the network on each data set before training, after some epochs, and at the end.

    Training samples are measured like all others: after the epoch, with dropout and random
    changes of images off.
    """

    def __init__(self, parts, epochs, every):
        self.parts = parts
        self.epochs = epochs
        self.every = every
        self.curves = {}

    def on_fit_begin(self, model):
        """Measure the untrained network."""
        self.measure(model)

    def on_epoch_end(self, model, epoch, history):
        """Measure the network if this epoch is due."""
        if epoch % self.every == 0 or epoch == self.epochs:
            self.measure(model)

    def measure(self, model):
        """Append the numbers of each part to their curves."""
        for part, (x, y) in self.parts.items():
            for name, number in model.evaluate(x, y).items():
                self.curves.setdefault(f"{part} {name}", []).append(number)


def train(recipe, seed, classes, parts, every=1):
    """Follow the recipe on ``parts["train"]`` and return what was measured, as in `train_model`."""
    return train_model(recipe, seed, classes, parts, every)[1]


def train_model(recipe, seed, classes, parts, every=1):
    """Follow the recipe on ``parts["train"]``; return the network and what was measured.

    Parameters
    ----------
    recipe : Recipe
    seed : int
        For the generator that draws the weights, the order of the samples, and everything else.
    classes : int
    parts : dict of str to (x, y)
        Data sets by name. The network learns from "train" and is measured on all of them.
    every : int
        Epochs from one measurement to the next.

    Returns
    -------
    Model
    dict of str to list of float
        Loss and accuracy on each part, such as "train loss": before training, after every
        ``every`` epochs, and at the end. Once the loss is infinite or NaN, the rest is NaN.
    """
    x, y = parts["train"]
    rng = np.random.default_rng(seed)
    model = build(recipe, x, classes, rng)
    compile_model(model, recipe, recipe.epochs * math.ceil(len(x) / recipe.batch_size))
    measurements = Measurements(parts, recipe.epochs, every)
    # An overflow shows in the numbers.
    with np.errstate(over="ignore", invalid="ignore"):
        try:
            model.fit(
                x,
                y,
                recipe.epochs,
                recipe.batch_size,
                callbacks=[measurements],
                rng=rng,
                verbose=0,
            )
        except FloatingPointError:
            pass
    length = 1 + math.ceil(recipe.epochs / every)
    curves = measurements.curves
    return model, {name: c + [math.nan] * (length - len(c)) for name, c in curves.items()}
