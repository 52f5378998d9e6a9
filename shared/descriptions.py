"""What a model is made of, as text: described for a file, and checked before it is built again.

A description is what JSON can hold: names of classes with the arguments that make their objects,
and the states of the random generators. It may come from a stranger. So names are looked up in
fixed lists, each argument has to be of its kind, and the arrays that a network needs are known
before any of its layers is built.
"""

import inspect
import json
import math
import sys

import numpy as np

from . import (
    activations,
    checks,
    layers,
    losses,
    optimizers,
    preprocessing,
    regularizers,
    schedules,
)
from .layers import Parameter


def _by_name(*classes):
    return {cls.__name__: cls for cls in classes}


# What can be in each place of a description.
CLASSES = {
    "layer": _by_name(
        layers.Dense,
        layers.Dropout,
        layers.BatchNorm,
        preprocessing.Flatten,
        preprocessing.Rescaling,
        preprocessing.RandomFlip,
        preprocessing.RandomShift,
        activations.Linear,
        activations.ReLU,
        activations.LeakyReLU,
        activations.Sigmoid,
        activations.Tanh,
        activations.Softmax,
    ),
    "loss": _by_name(
        losses.MeanSquaredError,
        losses.MeanAbsoluteError,
        losses.BinaryCrossEntropy,
        losses.CategoricalCrossEntropy,
        losses.SoftmaxCrossEntropy,
        losses.SigmoidCrossEntropy,
    ),
    "optimizer": _by_name(
        optimizers.SGD,
        optimizers.AdaGrad,
        optimizers.RMSProp,
        optimizers.Adam,
        optimizers.AdamW,
    ),
    "regularizer": _by_name(regularizers.L1, regularizers.L2),
    "schedule": _by_name(
        schedules.InverseTime,
        schedules.StepDecay,
        schedules.Exponential,
        schedules.Cosine,
        schedules.WarmUp,
    ),
}
# The arguments that may be an object, and of which kind.
OBJECTS = {"regularizer": "regularizer", "schedule": "schedule", "lr": "schedule"}
PARTS = {"layers", "loss", "optimizer", "rng", "generators"}
BIT_GENERATORS = {"PCG64": np.random.PCG64, "PCG64DXSM": np.random.PCG64DXSM}


def _is_whole(value):
    return type(value) is int and 0 <= value < 2**53


def _is_number(value):
    return type(value) in (int, float) and abs(value) <= sys.float_info.max


def _is_pair(value):
    return type(value) is list and len(value) == 2 and all(map(_is_number, value))


# What an argument is, in words, and whether a value that is no object fits. The rest are numbers.
_WHOLE = "a whole number, 0 or more", _is_whole
_NUMBER = "a finite number", _is_number
ARGUMENTS = {
    "in_features": _WHOLE,
    "out_features": _WHOLE,
    "features": _WHOLE,
    "pixels": _WHOLE,
    "betas": ("two finite numbers", _is_pair),
    "nesterov": ("true or false", lambda value: type(value) is bool),
    "dtype": ("'float32' or 'float64'", lambda value: value in ("float32", "float64")),
    "lr": ("a finite number or a schedule", _is_number),
    "schedule": ("a schedule", lambda value: False),
    "regularizer": ("a regularizer or null", lambda value: value is None),
    "rng": ("a random generator", lambda value: False),
}


def describe(model, include_optimizer):
    """Return the description of a model, in a dict.

    Raises
    ------
    ValueError
        If the model holds what couldn't be read back: a class that is not of this package, say.
    """
    generators = _Generators()
    description = {
        "layers": [_encode(layer, generators) for layer in model.layers],
        "loss": _encode(model.loss, generators),
        "optimizer": None,
        "rng": _encode(model.rng, generators),
    }
    if include_optimizer and model.optimizer is not None:
        description["optimizer"] = _encode(model.optimizer, generators)
        description["steps"] = model.optimizer.steps
    return description | {"generators": generators.states()}


class _Generators:
    """Numbers the random generators of a model, so that shared ones are still shared on load.

    What is shared is the source of the bits: two generators may draw from one.
    """

    def __init__(self):
        self._known = []

    def index(self, generator):
        bits = generator.bit_generator
        for i, known in enumerate(self._known):
            if known is bits:
                return i
        self._known.append(bits)
        return len(self._known) - 1

    def states(self):
        states = [bits.state for bits in self._known]
        for state in states:
            if state["bit_generator"] not in BIT_GENERATORS:
                raise ValueError(
                    "only generators made by np.random.default_rng can be saved. "
                    f"Received: {state['bit_generator']}"
                )
        return states


def _encode(value, generators):
    """Turn an object into something that JSON can hold."""
    if isinstance(value, np.random.Generator):
        return {"generator": generators.index(value)}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (int, float, str, bool, list, type(None))):
        return value
    name = type(value).__name__
    if not any(known.get(name) is type(value) for known in CLASSES.values()):
        raise ValueError(
            f"only classes of this package can be saved with a model. Received: {name}. "
            "model.save_weights works with any layer."
        )
    replaced = [key for key in vars(value) if callable(getattr(type(value), key, None))]
    if replaced:
        raise ValueError(
            f"{replaced[0]} of {name} has been replaced by a function, which can't be saved. "
            "Write a class of your own; model.save_weights works with any layer."
        )
    arguments = value.config() if hasattr(value, "config") else {}
    if hasattr(value, "rng"):
        arguments = arguments | {"rng": value.rng}
    encoded = {key: _encode(argument, generators) for key, argument in arguments.items()}
    return {"class": name, "arguments": encoded}


class Plan:
    """What a description asks for: checked, with nothing of any size built yet.

    Raises
    ------
    ValueError
        If it doesn't describe a model of this package.
    """

    def __init__(self, description):
        missing = PARTS - description.keys()
        if missing:
            raise ValueError(f"its description says nothing about {min(missing)}")
        for name in ("generators", "layers"):
            if not isinstance(description[name], list):
                raise ValueError(f"{name} must be a list. Received: {description[name]!r:.60}")
        self._generators = [_generator(state) for state in description["generators"]]
        self._layers = [
            self._call("layer", layer, f"layer {i}")
            for i, layer in enumerate(description["layers"])
        ]
        self._rng = self._loss = self._optimizer = None
        if description["rng"] is not None:
            self._rng = self._argument("rng", description["rng"])
        if description["loss"] is not None:
            cls, arguments = self._call("loss", description["loss"], "the loss")
            self._loss = cls(**arguments)
        if description["optimizer"] is not None:
            self._optimizer = self._call("optimizer", description["optimizer"], "the optimizer")
            steps = description.get("steps")
            if self._loss is None or not _is_whole(steps):
                raise ValueError(
                    "an optimizer needs a loss and a whole number of steps. "
                    f"Received: loss {description['loss']!r:.60}, steps {steps!r:.60}"
                )

    def _call(self, kind, encoded, where):
        """Return the class that an encoded object names, and its arguments, checked."""
        if not isinstance(encoded, dict) or not isinstance(encoded.get("arguments"), dict):
            raise ValueError(f"{where} is not described by a class and its arguments")
        name = encoded.get("class")
        if not isinstance(name, str) or name not in CLASSES[kind]:
            raise ValueError(f"{where}: this package has no {kind} {name!r:.60}")
        cls = CLASSES[kind][name]
        try:
            arguments = {k: self._argument(k, v) for k, v in encoded["arguments"].items()}
            bound = inspect.signature(cls).bind(**arguments, **_additions(cls, arguments))
        except (TypeError, ValueError) as error:
            raise ValueError(f"{where}, {name}: {error}") from error
        bound.apply_defaults()
        return cls, bound.arguments

    def _argument(self, name, value):
        """Return an argument, decoded if it is an object or a generator."""
        if isinstance(value, dict) and name in OBJECTS:
            cls, arguments = self._call(OBJECTS[name], value, name)
            return cls(**arguments)
        if isinstance(value, dict) and name == "rng":
            number = value.get("generator")
            if _is_whole(number) and number < len(self._generators):
                return self._generators[number]
        what, fits = ARGUMENTS.get(name, _NUMBER)
        if not fits(value):
            raise ValueError(f"{name} must be {what}. Received: {value!r:.60}")
        return value

    def compare(self, layout):
        """Check that the arrays of this model are there, in their shapes, and no others.

        Parameters
        ----------
        layout : dict
            Shape and dtype of each array, by name.

        Raises
        ------
        ValueError
            If they are not.
        """
        needed, size = {}, 0
        for i, (cls, arguments) in enumerate(self._layers):
            parameters, buffers = _shapes(cls, arguments)
            size += sum(math.prod(shape) for shape in parameters.values())
            for name, shape in (parameters | buffers).items():
                needed[f"layers.{i}.{name}"] = shape, np.dtype(arguments["dtype"])
        if self._optimizer is not None and needed:
            # Built on a single number, an optimizer tells what it remembers of each.
            trial = self._build_optimizer([Parameter(np.zeros(1))])
            dtype = next(iter(needed.values()))[1]
            needed |= {f"optimizer.{name}": ((size,), dtype) for name in trial.state}
        for name in sorted(needed.keys() | layout.keys()):
            if needed.get(name) != layout.get(name):
                expected, received = (
                    "not there" if entry is None else f"{entry[0]} {entry[1]}"
                    for entry in (needed.get(name), layout.get(name))
                )
                raise ValueError(
                    f"by the description, {name} is {expected}. Received: {received}"
                )

    def build(self, model):
        """Add to an empty model all that the description asks for, with zeros for the arrays."""
        for cls, arguments in self._layers:
            layer = cls(**arguments)
            model.layers.append(layer)
            if self._optimizer is not None:
                for parameter in layer.parameters():
                    _lend_gradient(parameter)
        checks.check_layers(model.layers)
        model.loss, model.rng = self._loss, self._rng
        if self._optimizer is not None:
            model.optimizer = self._build_optimizer(model.parameters())

    def _build_optimizer(self, parameters):
        cls, arguments = self._optimizer
        return cls(**{**arguments, "parameters": parameters})


def _additions(cls, arguments):
    """Return the arguments that are not in the file."""
    if cls is layers.Dense:
        zero = np.zeros((), arguments.get("dtype", "float64"))
        # The weights are in the file; there is nothing to draw. One zero stands for all.
        return {
            "rng": np.random.Generator(np.random.PCG64(0)),
            "initializer": lambda rows, columns, rng: np.broadcast_to(zero, (rows, columns)),
        }
    return {"parameters": None} if issubclass(cls, optimizers.Optimizer) else {}


def _shapes(cls, arguments):
    """Return the shapes of a layer's parameters and of its other arrays, by name, unbuilt."""
    if cls is layers.Dense:
        rows, columns = arguments["in_features"], arguments["out_features"]
        return {"weight": (rows, columns), "bias": (columns,)}, {}
    if cls is layers.BatchNorm:
        shape = (arguments["features"],)
        return (
            {"gamma": shape, "beta": shape},
            {"running_mean": shape, "running_var": shape},
        )
    return {}, {}


def _lend_gradient(parameter):
    """Let one zero stand for all of a gradient, until an optimizer makes room for it."""
    value = parameter.value
    zero = np.zeros((), value.dtype)
    parameter.move(value, np.lib.stride_tricks.as_strided(zero, value.shape, (0,) * value.ndim))


def _generator(state):
    name = state.get("bit_generator") if isinstance(state, dict) else state
    if not isinstance(name, str) or name not in BIT_GENERATORS:
        raise ValueError(f"there is no random generator of the name {name!r:.60}")
    bits = BIT_GENERATORS[name](0)
    try:
        bits.state = state
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise ValueError(f"the state of a random generator is damaged: {error}") from error
    # Compared as text, since True and 1.0 equal 1. PCG64 needs an odd increment: with an even one
    # it can return the same number forever, and some draws then never end.
    texts = {json.dumps(one, sort_keys=True) for one in (bits.state, state)}
    if len(texts) > 1 or bits.state["state"]["inc"] % 2 == 0:
        raise ValueError("the state of a random generator is damaged")
    return np.random.Generator(bits)
