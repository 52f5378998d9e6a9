"""What each trick is worth: the training without it, as a multiple of the time with it.

Every variant is this project's network with one thing done the plain way, made here from
subclasses; all of them are trained in turns in one process.
"""

import json
import statistics
import sys
from unittest import mock

import numpy as np

import shared.fitting
from shared import optimizers
from shared.activations import ReLU
from shared.datasets import load_fashion_mnist
from shared.layers import Dense, Dropout
from shared.model import Model
from shared.optimizers import Adam
from shared.preprocessing import Flatten, Rescaling

from . import child, machine
from .implementations.shared_fit import Training, compiled, network
from .interleave import cpu_timed, take_turns
from .workload import Workload

ROUNDS = 15
# For glibc; no other C library looks at it.
RETURN_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "131072"}


class InputGradientDense(Dense):
    """Computes the gradient of its input although nobody asked for it."""

    def backward_parameters(self, grad):
        super().backward_parameters(grad)
        self._unused = np.matmul(grad, self.weight.value.T)


class BinomialDropout(Dropout):
    """Draws its mask from the distribution that the definition names."""

    def forward(self, x, training=False, out=None):
        if not training:
            return super().forward(x)
        keep = 1 - self.rate
        self._mask = (self.rng.binomial(1, keep, x.shape) / keep).astype(x.dtype)
        return np.multiply(x, self._mask, out=out)


class FloatDropout(Dropout):
    """Draws a float for each unit."""

    def forward(self, x, training=False, out=None):
        if not training:
            return super().forward(x)
        keep = self.rng.random(x.shape, dtype=x.dtype) >= self.rate
        self._mask = np.multiply(keep, x.dtype.type(1 / (1 - self.rate)))
        return np.multiply(x, self._mask, out=out)


class MaximumReLU(ReLU):
    """Compares with zero in the usual words."""

    def forward(self, x, training=False, out=None):
        self._mask = x > 0
        return np.maximum(x, 0, out=out)


class FreshWorkspace(shared.fitting.Workspace):
    """Keeps no array for the next step."""

    def call(self, method, x, **options):
        return method(x, **options)


class FreshModel(Model):
    """Makes every array anew in every step."""

    def fit(self, *arguments, **options):
        with mock.patch.object(shared.fitting, "Workspace", FreshWorkspace):
            return super().fit(*arguments, **options)


class ParameterAdam(Adam):
    """Updates one parameter after the other, each in arrays of its own."""

    def __init__(self, parameters, **options):
        super().__init__(parameters, **options)
        sizes = np.cumsum([p.value.size for p in self.parameters])[:-1]
        vectors = (self._value, self._grad, *self.state.values())
        self._blocks = list(zip(*(np.split(v, sizes) for v in vectors), strict=True))
        self._scratch = np.empty_like(self._value)


class PlainAdam(ParameterAdam):
    """The formula as the docstring gives it, a new array for every operation."""

    def update(self, lr, value, grad, mean, square_mean):
        beta1, beta2 = self.betas
        mean[...] = beta1 * mean + (1 - beta1) * grad
        square_mean[...] = beta2 * square_mean + (1 - beta2) * grad**2
        corrected_mean = mean / (1 - beta1**self.steps)
        corrected_square_mean = square_mean / (1 - beta2**self.steps)
        value -= lr * corrected_mean / (np.sqrt(corrected_square_mean) + self.eps)


def whole_vector_adam(parameters, **options):
    """Return Adam with the whole vector as its only block."""
    with mock.patch.object(optimizers, "BLOCK", sys.maxsize):
        return Adam(parameters, **options)


# A name, what is said about it, and how the variant is made: arguments of `build`.
VARIANTS = {
    "float64": ("float64 instead of float32", {"dtype": np.float64}),
    "input_gradient": ("gradient of the images computed too", {"change": "input_gradient"}),
    "binomial": ("dropout masks from binomial", {"change": BinomialDropout}),
    "float_masks": ("dropout masks from random floats", {"change": FloatDropout}),
    "fresh_arrays": ("new arrays in every step", {"model": FreshModel}),
    "plain_adam": ("Adam with temporaries, array by array", {"optimizer": PlainAdam}),
    "parameter_adam": ("Adam in place, array by array", {"optimizer": ParameterAdam}),
    "whole_vector": ("Adam without blocks", {"optimizer": whole_vector_adam}),
    "float_images": ("images turned into float32 beforehand", {"float_images": True}),
    "maximum": ("ReLU by np.maximum", {"change": MaximumReLU}),
}


def build(
    workload,
    images,
    labels,
    dtype=np.float32,
    change=None,
    model=Model,
    optimizer=Adam,
    float_images=False,
):
    rng = np.random.default_rng(0)
    layers = network(workload, rng, dtype)
    if float_images:
        images = images.reshape(len(images), -1) * np.float32(1 / 255)
        layers = [layer for layer in layers if not isinstance(layer, (Flatten, Rescaling))]
    if change == "input_gradient":
        first = next(layer for layer in layers if isinstance(layer, Dense))
        first.__class__ = InputGradientDense
    elif change is not None:
        for layer in layers:
            if isinstance(layer, change.__base__):
                layer.__class__ = change
    return Training(compiled(model(layers), workload, optimizer), workload, images, labels, rng)


def measure(workload, rounds):
    """Return milliseconds per step with all tricks and without each of them."""
    dataset = load_fashion_mnist()
    images, labels = dataset.x_train[: workload.samples], dataset.y_train[: workload.samples]
    trainings = {"all": build(workload, images, labels)}
    for name, (_, options) in VARIANTS.items():
        trainings[name] = build(workload, images, labels, **options)

    times = {name: [] for name in trainings}
    losses = {}

    def keep(name, answer):
        ms, losses[name] = answer
        times[name].append(ms)

    actions = {name: cpu_timed(training, workload.steps) for name, training in trainings.items()}
    take_turns(actions, 1, lambda *_: None)
    take_turns(actions, rounds, keep)
    median = {name: statistics.median(ms) for name, ms in times.items()}
    return {
        "workload": workload.to_json(),
        "blas": machine.blas(),
        "ms_per_step": median,
        "slowdown": {name: median[name] / median["all"] for name in VARIANTS},
        "loss": losses,
    }


def tricks(quick=False):
    """Measure at one thread: the baseline, a small batch, wide layers, and the baseline once more.

    That last time memory for large arrays comes from the system and goes back to it each time, as
    on systems whose C library works like that. On Linux it keeps them, and then new arrays cost
    hardly more than kept ones.
    """
    workloads = [
        Workload(steps=100),
        Workload(batch_size=32, steps=200),
        Workload(hidden=(1024, 512), steps=16),
    ]
    if quick:
        workloads = [Workload(steps=10)]
    rounds = 2 if quick else ROUNDS
    cases = [(workload, "kept", {}) for workload in workloads]
    cases.append((workloads[0], "given back", RETURN_MEMORY))
    return {
        "machine": machine.describe(),
        "runs": [
            child.run("tricks", json.dumps(workload.to_json()), rounds, environment=environment)
            | {"freed_memory": freed}
            for workload, freed, environment in cases
        ],
    }


if __name__ == "__main__":
    machine.limit_cores(1)
    print(json.dumps(measure(Workload.from_json(json.loads(sys.argv[1])), int(sys.argv[2]))))
