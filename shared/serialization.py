"""Weights and whole models in files, without pickle.

A file is a NumPy ``.npz`` archive: one array for each parameter, and a text (JSON) that describes
the rest. It is read with ``allow_pickle=False``, and names in it are looked up in a fixed list of
classes, so a file from a stranger can be refused but can't run code. (Unpickling can: chapter 15
shows it.)
"""

import json
import os
import secrets
from pathlib import Path

import numpy as np

from . import activations, layers, losses, optimizers, preprocessing, regularizers, schedules
from .initializers import zeros

FORMAT = "neural-network-from-scratch"
VERSION = 1

CLASSES = {
    cls.__name__: cls
    for cls in (
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
        losses.MeanSquaredError,
        losses.MeanAbsoluteError,
        losses.BinaryCrossEntropy,
        losses.CategoricalCrossEntropy,
        losses.SoftmaxCrossEntropy,
        losses.SigmoidCrossEntropy,
        optimizers.SGD,
        optimizers.AdaGrad,
        optimizers.RMSProp,
        optimizers.Adam,
        optimizers.AdamW,
        regularizers.L1,
        regularizers.L2,
        schedules.InverseTime,
        schedules.StepDecay,
        schedules.Exponential,
        schedules.Cosine,
        schedules.WarmUp,
    )
}
BIT_GENERATORS = {"PCG64": np.random.PCG64, "PCG64DXSM": np.random.PCG64DXSM}


def save_weights(model, path):
    """Write a model's parameters and running statistics into a file, atomically."""
    _write(path, {"kind": "weights"}, _prefixed("layers.", model.state_dict()))


def load_weights(model, path):
    """Read into a model what :func:`save_weights` or :func:`save_model` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged or of another kind or version, or the arrays are those of another
        network. The model is not changed then.
    """
    _, arrays = _read(path)
    try:
        model.load_state_dict(_without_prefix("layers.", arrays))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def save_model(model, path, include_optimizer=True):
    """Write a whole model into a file, atomically; see ``Model.save``.

    Raises
    ------
    ValueError
        If the model holds a class that is not of this package, and so can't be read back.
    """
    generators = _Generators()
    description = {
        "kind": "model",
        "layers": [_encode(layer, generators) for layer in model.layers],
        "loss": _encode(model.loss, generators),
        "optimizer": None,
        "rng": _encode(model.rng, generators),
    }
    arrays = _prefixed("layers.", model.state_dict())
    if include_optimizer and model.optimizer is not None:
        description["optimizer"] = _encode(model.optimizer, generators)
        description["steps"] = model.optimizer.steps
        arrays |= _prefixed("optimizer.", model.optimizer.state)
    description["generators"] = generators.states()
    _write(path, description, arrays)


def load_model(model, path, metrics=()):
    """Fill an empty model from a file; see ``Model.load``."""
    description, arrays = _read(path)
    if description["kind"] != "model":
        raise ValueError(
            f"{path} holds weights without an architecture. Build the model, then call "
            "model.load_weights"
        )
    try:
        generators = [_generator(state) for state in description["generators"]]
        for layer in description["layers"]:
            model.add(_decode(layer, generators))
        model.load_state_dict(_without_prefix("layers.", arrays))
        model.loss = _decode(description["loss"], generators)
        model.rng = _decode(description["rng"], generators)
        if description["optimizer"] is not None:
            optimizer = _decode(description["optimizer"], generators, parameters=model.parameters())
            optimizer.load_state(description["steps"], _without_prefix("optimizer.", arrays))
            model.optimizer = optimizer
    except Exception as error:  # whatever a wrong description makes a constructor raise
        raise ValueError(f"{path} doesn't describe a model of this package: {error}") from error
    model.metrics = tuple(metrics)
    return model


class _Generators:
    """Numbers the random generators of a model, so that shared ones are still shared on load."""

    def __init__(self):
        self._known = []

    def index(self, generator):
        for i, known in enumerate(self._known):
            if known is generator:
                return i
        self._known.append(generator)
        return len(self._known) - 1

    def states(self):
        states = [generator.bit_generator.state for generator in self._known]
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
    if CLASSES.get(name) is not type(value):
        raise ValueError(
            f"only classes of this package can be saved with a model. Received: {name}. "
            "model.save_weights works with any layer."
        )
    arguments = value.config() if hasattr(value, "config") else {}
    if hasattr(value, "rng"):
        arguments = arguments | {"rng": value.rng}
    encoded = {key: _encode(argument, generators) for key, argument in arguments.items()}
    return {"class": name, "arguments": encoded}


def _decode(value, generators, **extra):
    """Turn what :func:`_encode` returned into an object again."""
    if not isinstance(value, dict):
        return value
    if "generator" in value:
        return generators[value["generator"]]
    name = value["class"]
    if name not in CLASSES:
        raise ValueError(f"the file names a class that is not of this package: {name!r}")
    arguments = {key: _decode(a, generators) for key, a in value["arguments"].items()}
    if name == "Dense":
        # The weights are in the file; there is nothing to draw.
        extra = {"rng": None, "initializer": zeros}
    return CLASSES[name](**arguments, **extra)


def _generator(state):
    name = state["bit_generator"]
    if name not in BIT_GENERATORS:
        raise ValueError(f"the file names a random generator that is not known: {name!r}")
    bit_generator = BIT_GENERATORS[name]()
    bit_generator.state = state
    return np.random.Generator(bit_generator)


def _write(path, description, arrays):
    """Write the file beside its place and move it there when it is whole."""
    path = Path(path)
    text = json.dumps({"format": FORMAT, "version": VERSION, **description})
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent} to save {path.name} in")
    # Not from tempfile, whose files nobody else may read.
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        with open(temporary, "xb") as file:
            np.savez(file, description=np.array(text), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _read(path):
    """Return the description and the arrays of a file, after checking that it is one of ours."""
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        # Opened here: NumPy 1.26 leaves a damaged file open, and Windows then can't replace it.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        description = json.loads(str(arrays.pop("description")))
        kind = description["format"], description["version"]
    except Exception as error:  # whatever a damaged archive makes zipfile, NumPy or json raise
        raise ValueError(
            f"{path} is not a model file, or is damaged: {error}. Save the model again, or take "
            "another copy of the file."
        ) from error
    if kind != (FORMAT, VERSION):
        raise ValueError(
            f"{path} has format {kind[0]!r}, version {kind[1]!r}; this package reads "
            f"{FORMAT!r}, version {VERSION}"
        )
    return description, arrays


def _prefixed(prefix, arrays):
    return {prefix + name: array for name, array in arrays.items()}


def _without_prefix(prefix, arrays):
    return {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)}
