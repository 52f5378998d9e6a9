"""Weights and whole models in files, without pickle.

A file is an archive (:mod:`shared.archives`) with one array for each parameter and a text that
describes the rest (:mod:`shared.descriptions`). Nothing in it is ever unpickled, so a file from a
stranger can be refused but can't run code. (Unpickling can: chapter 15 shows it.) What a file
claims is compared with what it holds before anything is built from it: loading takes at most three
times the file's own size in memory, and a few megabytes.
"""

from . import archives
from .descriptions import Plan, describe

# What the descriptions of both kinds of file may say, and how the names of their arrays begin.
CONTENTS = {
    "model": (
        {"kind", "layers", "loss", "optimizer", "steps", "rng", "generators"},
        ("layers.", "optimizer."),
    ),
    "weights": ({"kind"}, ("layers.",)),
}


def save_weights(model, path):
    """Write a model's parameters and running statistics into a file, atomically.

    Raises
    ------
    ValueError, OSError
        As for :func:`shared.archives.write`.
    """
    archives.write(path, {"kind": "weights"}, _prefixed("layers.", model.state_dict()))


def load_weights(model, path):
    """Read into a model what :func:`save_weights` or :func:`save_model` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    OSError
        If the file can't be read.
    ValueError
        If the file is damaged or of another kind or version, or the arrays are those of another
        network. The model is not changed then.
    """
    with archives.opened(path) as archive:
        _check_contents(archive)
        arrays = archive.arrays("layers.")
    try:
        model.load_state_dict(arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}. Build the network that was saved first.") from error


def save_model(model, path, include_optimizer=True):
    """Write a whole model into a file, atomically; see ``Model.save``.

    Raises
    ------
    ValueError
        If the model holds what couldn't be read back: a class that is not of this package, say.
    OSError
        As for :func:`shared.archives.write`.
    """
    description = describe(model, include_optimizer)
    arrays = _prefixed("layers.", model.state_dict())
    if description["optimizer"] is not None:
        arrays |= _prefixed("optimizer.", model.optimizer.state)
    try:
        Plan(description).compare({name: (a.shape, a.dtype) for name, a in arrays.items()})
    except ValueError as error:
        raise ValueError(
            f"the model can't be saved, because it couldn't be loaded again: {error}"
        ) from error
    archives.write(path, {"kind": "model", **description}, arrays)


def load_model(model, path, metrics=()):
    """Fill an empty model from a file; see ``Model.load``."""
    if model.layers:
        raise TypeError(
            f"load adds the layers of the file to an empty model, but {type(model).__name__} makes "
            "layers of its own. Use Model.load(path), or load_weights."
        )
    with archives.opened(path) as archive:
        _check_contents(archive)
        if archive.description["kind"] == "weights":
            raise archives.Refusal(
                "holds weights without an architecture. Build the model, then call "
                "model.load_weights"
            )
        plan = Plan(archive.description)
        plan.compare(archive.layout)
        plan.build(model)
        # Only now, since building takes twice the memory of the weights for a moment.
        model.load_state_dict(archive.arrays("layers."))
        if model.optimizer is not None:
            model.optimizer.load_state(
                archive.description["steps"], archive.arrays("optimizer.")
            )
    model.metrics = tuple(metrics)
    return model


def _check_contents(archive):
    """Refuse kinds, parts and arrays that this version doesn't write."""
    kind = archive.description.get("kind")
    if not isinstance(kind, str) or kind not in CONTENTS:
        raise ValueError(f"its kind is {kind!r:.60}, not 'model' or 'weights'")
    parts, prefixes = CONTENTS[kind]
    unknown = {name for name in archive.layout if not name.startswith(prefixes)}
    unknown |= archive.description.keys() - parts
    if unknown:
        raise ValueError(f"{kind} files hold nothing of the name {min(unknown)!r:.60}")


def _prefixed(prefix, arrays):
    return {prefix + name: array for name, array in arrays.items()}
