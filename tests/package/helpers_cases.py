"""At least one case for every class of the package, for the tests that walk through all of them.

A class that is added without a case here turns `test_every_class_has_a_case` red.
"""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from hypothesis import settings

from shared import activations, layers, losses, optimizers, preprocessing, regularizers, schedules
from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from shared.layers import BatchNorm, Dense, Dropout, Parameter
from shared.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    MeanAbsoluteError,
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from shared.optimizers import SGD, AdaGrad, Adam, AdamW, RMSProp
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L1, L2
from shared.schedules import Cosine, Exponential, InverseTime, StepDecay, WarmUp

# A busy machine is no failure of a property.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

# Layers for images, that stand before the first parameter and need no backward pass.
WITHOUT_GRADIENT = (RandomFlip, RandomShift)


def rng(seed=0):
    return np.random.default_rng(seed)


def classes(*modules):
    """Return the public classes that the modules define (not those that they import)."""
    return {
        cls
        for module in modules
        for name, cls in inspect.getmembers(module, inspect.isclass)
        if cls.__module__ == module.__name__ and not name.startswith("_")
    }


LAYER_CLASSES = classes(layers, activations, preprocessing) - {layers.Layer, Parameter}
LOSS_CLASSES = classes(losses) - {losses.Loss}
OPTIMIZER_CLASSES = classes(optimizers) - {optimizers.Optimizer}
SCHEDULE_CLASSES = classes(schedules)
REGULARIZER_CLASSES = classes(regularizers)


class LayerCase(NamedTuple):
    make: Callable  # dtype -> layer
    shape: tuple  # of a batch


class LossCase(NamedTuple):
    loss: type
    y_pred: np.ndarray
    y_true: np.ndarray


def dense(dtype, regularizer=None):
    """A Dense with a bias that is not zero any more."""
    layer = Dense(4, 3, rng(1), regularizer=regularizer, dtype=dtype)
    layer.bias.value = np.array([0.5, -1.0, 2.0])
    return layer


def seasoned_batch_norm(dtype):
    """A BatchNorm that has seen a batch, with a scale and shift of its own for each feature."""
    layer = BatchNorm(4, dtype=dtype)
    layer.gamma.value = np.array([0.5, 1.5, -2.0, 1.0])
    layer.beta.value = np.array([0.3, -0.2, 0.0, 1.0])
    layer.forward(rng(7).normal(2.0, 3.0, (9, 4)).astype(dtype), training=True)
    return layer


LAYERS = {
    "Dense": LayerCase(lambda dtype: dense(dtype), (5, 4)),
    "Dense, L1": LayerCase(lambda dtype: dense(dtype, L1(0.1)), (5, 4)),
    "Dense, L2": LayerCase(lambda dtype: dense(dtype, L2(0.1)), (5, 4)),
    "Dropout": LayerCase(lambda dtype: Dropout(0.4, rng(2)), (5, 4)),
    "BatchNorm": LayerCase(seasoned_batch_norm, (5, 4)),
    "Flatten": LayerCase(lambda dtype: Flatten(), (5, 2, 3)),
    "Rescaling": LayerCase(lambda dtype: Rescaling(0.3, -1.5, dtype=dtype), (5, 4)),
    "RandomFlip": LayerCase(lambda dtype: RandomFlip(rng(3)), (5, 3, 4)),
    "RandomShift": LayerCase(lambda dtype: RandomShift(2, rng(3)), (5, 3, 4)),
    "Linear": LayerCase(lambda dtype: Linear(), (5, 4)),
    "ReLU": LayerCase(lambda dtype: ReLU(), (5, 4)),
    "LeakyReLU": LayerCase(lambda dtype: LeakyReLU(0.1), (5, 4)),
    "Sigmoid": LayerCase(lambda dtype: Sigmoid(), (5, 4)),
    "Tanh": LayerCase(lambda dtype: Tanh(), (5, 4)),
    "Softmax": LayerCase(lambda dtype: Softmax(), (5, 4)),
}

_numbers = rng(11).standard_normal((5, 3))
_probabilities = activations.softmax(_numbers)
_labels = np.array([2, 0, 1, 1, 2])
_yes_no = np.array([1, 0, 0, 1, 1])
_many_yes_no = rng(12).integers(0, 2, (5, 3))

LOSSES = {
    "MSE": LossCase(MeanSquaredError, _numbers, rng(13).standard_normal((5, 3))),
    "MSE, vectors": LossCase(MeanSquaredError, _numbers[:, 0], rng(13).standard_normal(5)),
    "MAE": LossCase(MeanAbsoluteError, _numbers, rng(13).standard_normal((5, 3))),
    "BCE": LossCase(BinaryCrossEntropy, _probabilities[:, :1], _yes_no),
    "BCE, several questions": LossCase(BinaryCrossEntropy, _probabilities, _many_yes_no),
    "CCE": LossCase(CategoricalCrossEntropy, _probabilities, _labels),
    "CCE, one-hot": LossCase(CategoricalCrossEntropy, _probabilities, np.eye(3)[_labels]),
    "softmax": LossCase(SoftmaxCrossEntropy, _numbers, _labels),
    "softmax, bytes": LossCase(SoftmaxCrossEntropy, _numbers, _labels.astype(np.uint8)),
    "softmax, one-hot": LossCase(SoftmaxCrossEntropy, _numbers, np.eye(3)[_labels]),
    "sigmoid": LossCase(SigmoidCrossEntropy, _numbers[:, :1], _yes_no),
    "sigmoid, column": LossCase(SigmoidCrossEntropy, _numbers[:, :1], _yes_no[:, None]),
    "sigmoid, several questions": LossCase(SigmoidCrossEntropy, _numbers, _many_yes_no),
}

# Each with hyperparameters other than the defaults.
OPTIMIZERS = {
    "SGD": lambda parameters, lr=0.01: SGD(parameters, lr),
    "momentum": lambda parameters, lr=0.01: SGD(parameters, lr, momentum=0.8),
    "Nesterov": lambda parameters, lr=0.01: SGD(parameters, lr, momentum=0.8, nesterov=True),
    "AdaGrad": lambda parameters, lr=0.05: AdaGrad(parameters, lr, eps=1e-6),
    "RMSProp": lambda parameters, lr=0.01: RMSProp(parameters, lr, rho=0.95, eps=1e-6),
    "Adam": lambda parameters, lr=0.02: Adam(parameters, lr, betas=(0.8, 0.99), eps=1e-6),
    "AdamW": lambda parameters, lr=0.02: AdamW(
        parameters, lr, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1
    ),
}

SCHEDULES = {
    "InverseTime": InverseTime(0.02, 0.05),
    "StepDecay": StepDecay(0.02, 0.5, 10),
    "Exponential": Exponential(0.02, 0.97),
    "Cosine": Cosine(0.02, 40, final=0.002),
    "WarmUp": WarmUp(Cosine(0.02, 40), 5),
}

REGULARIZERS = {"L1": L1(0.25), "L2": L2(0.25)}


def batch(shape, dtype=np.float64, seed=5):
    """Normal numbers, none of them near 0, where ReLU and others have a kink."""
    x = rng(seed).standard_normal(shape)
    return np.where(np.abs(x) < 0.01, 0.5, x).astype(dtype)
