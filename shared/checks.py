"""What a model and its data must be like: checked in ``compile`` and before the first epoch.

Mistakes are reported before training begins, so that no run is lost to them.
"""

import gc
from collections import deque
from functools import partial
from inspect import signature
from types import MappingProxyType, MemberDescriptorType, SimpleNamespace

import numpy as np

from .activations import Linear, ReLU, Sigmoid, Softmax, Tanh
from .callbacks import Callback
from .layers import BatchNorm, Dense, Dropout, Layer
from .losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
)
from .optimizers import Optimizer
from .parameter import Parameter, _parts
from .preprocessing import Flatten, Rescaling

# Made-up outputs for the loss, which take more memory than the labels beside them.
ROWS_AT_ONCE = 1000
ON_LOGITS = (SoftmaxCrossEntropy, SigmoidCrossEntropy)
ON_PROBABILITIES = (CategoricalCrossEntropy, BinaryCrossEntropy)
# What a parameter could be kept in besides an object of a class.
CONTAINERS = (list, tuple, dict, set, frozenset, deque, partial, MappingProxyType, SimpleNamespace)


def check_layers(layers):
    """Check the layers of a model: objects, each in one place, with widths that fit.

    Raises
    ------
    TypeError
        If something is not a layer (a class instead of an object, say).
    ValueError
        If a layer or a parameter is in the model twice, if two widths don't fit, or if a layer
        has a parameter that wouldn't be trained or saved.
    """
    width = None
    seen, parameters = set(), set()
    for layer in layers:
        if not isinstance(layer, Layer):
            raise TypeError(
                "a model is made of layer objects, such as ReLU() with parentheses. "
                f"Received: {layer!r}"
            )
        _check_forward(layer)
        for part in _all_layers(layer):
            if id(part) in seen:
                raise ValueError(
                    f"{part!r} is in this model already. A layer remembers its last input, so it "
                    "can only be in one place: make a second one."
                )
            seen.add(id(part))
        if width and layer.in_features and width != layer.in_features:
            raise ValueError(
                f"{layer!r} takes rows of {layer.in_features} numbers, but the layers before it "
                f"give rows of {width}. (A layer of your own that changes the width says so in "
                "its attribute out_features.)"
            )
        width = layer.out_features or width
        _check_saved(layer)
        for parameter in layer.parameters():
            if id(parameter) in parameters:
                raise ValueError(
                    f"a parameter of {layer!r}, of shape {parameter.value.shape}, is in this model "
                    "already. Layers can't share one: the backward pass of each would overwrite "
                    "the other's gradient. Make a second one."
                )
            parameters.add(id(parameter))
    _check_found(layers)


def _check_forward(layer):
    """Check that the forward pass of a reader's own layer can be told that the network learns."""
    parameters = signature(layer.forward).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    if "training" not in parameters and not takes_any:
        raise TypeError(
            f"forward of {type(layer).__name__} needs the parameter training: "
            "forward(self, x, training=False)"
        )


def check_passes(model, cls):
    """Check that a model has the passes of its class; TypeError if they have been replaced.

    Training goes through the layers one by one, and ``evaluate`` takes what ``predict`` returns
    for the outputs of the last.
    """
    passes = "fit goes through the layers itself and wouldn't call it. Do the same in a layer."
    outputs = "evaluate needs the network's own outputs from it. Give your method another name."
    for name, reason in [("forward", passes), ("backward", passes), ("predict", outputs)]:
        if name in vars(model) or getattr(type(model), name) is not getattr(cls, name):
            raise TypeError(
                f"{name} of this {type(model).__name__} isn't the one of {cls.__name__}. {reason}"
            )


def _all_layers(layer, outer=()):
    """Yield a layer and the layers in it; ValueError if one holds itself."""
    if any(layer is one for one in outer):
        raise ValueError(
            f"a {type(layer).__name__} holds itself, by way of its attributes. Keep no reference "
            "to an outer layer or model in a layer."
        )
    yield layer
    for part in _parts(vars(layer), Parameter).values():
        if not isinstance(part, Parameter):
            yield from _all_layers(part, (*outer, layer))


def _check_found(layers):
    """Check that no parameter or layer hides where a layer doesn't look for it."""
    parts = [part for layer in layers for part in _all_layers(layer)]
    found = {id(part) for part in parts}
    for part in parts:
        found |= {id(inner) for inner in _parts(vars(part), Parameter).values()}
    classes = {cls for part in parts for cls in type(part).__mro__}
    modules = {"__main__", *(type(part).__module__ for part in parts)}
    owners = [*reversed(parts), *classes]  # Innermost parts first, to name the right one.
    for owner in owners:
        static = {n: thing for c in type(owner).__mro__ for n, thing in vars(c).items()}
        slots = [n for n, thing in static.items() if isinstance(thing, MemberDescriptorType)]
        attributes = {name: getattr(owner, name, None) for name in slots} | vars(owner)
        for name, value in attributes.items():
            for thing in _within(value, modules):
                if isinstance(thing, (Parameter, Layer)) and id(thing) not in found:
                    raise ValueError(
                        f"{name} of {owner!r} has a parameter or layer inside, which would be "
                        "neither trained nor saved. Keep it in an attribute of a layer, or in a "
                        f"list, tuple, or dict there. Received: {name} of type "
                        f"{type(value).__name__}"
                    )


def _within(thing, modules):
    """Yield an object, and what can be reached from it by containers and objects of some modules.

    Not by others: from a progress bar or a file of Jupyter's, references lead to all variables.
    """
    seen, waiting = set(), [thing]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, np.ndarray):
            waiting += one.ravel().tolist() if one.dtype.hasobject else []
        elif isinstance(one, CONTAINERS) or type(one).__module__ in modules:
            # Numbers and texts aren't tracked; there may be very many.
            waiting += [
                part
                for part in gc.get_referents(one)
                if gc.is_tracked(part) or isinstance(part, np.ndarray)
            ]


def are_of_the_package(parts):
    """Return whether layers and losses are all this package's own, and none was changed.

    So that a layer of a reader's own, which may work differently, is trained in the safest way.
    """
    inner = (one for part in parts if isinstance(part, Layer) for one in _all_layers(part))
    passes = {"forward", "backward"}  # of a single object, they can be replaced
    return all(
        type(part).__module__.startswith("shared.") and not passes & vars(part).keys()
        for part in (*parts, *inner)
    )


def check_compiled(method, needed):
    """Check that a model has been compiled: RuntimeError if what a method needs is None."""
    if needed is None:
        raise RuntimeError(
            f"{method} needs a loss and an optimizer. Call "
            "model.compile(Adam(model.parameters()), SoftmaxCrossEntropy()) first"
        )


def check_classifies(loss):
    """Check that a loss is one for classes: TypeError if its predictions have no probability."""
    if not loss.classifies:
        raise TypeError(
            f"a model trained with {type(loss).__name__} predicts numbers, not probabilities: use "
            "predict"
        )


def check_predictions(model, y_pred):
    """Check that the loss has kept predictions, if there are metrics to measure on them."""
    if model.metrics and y_pred is None:
        raise TypeError(f"forward of {type(model.loss).__name__} must set self.predictions")


def check_gradient(loss, grad, shape):
    """Check that the gradient a loss returns is one number for each output of the network."""
    if np.shape(grad) != shape:
        raise ValueError(
            f"backward of {type(loss).__name__} must return one number for each output, of shape "
            f"{shape}. Received: shape {np.shape(grad)}"
        )


def _check_saved(layer):
    state = layer.state_dict()
    for name, array in layer.state_dict().items():
        if array is not state.get(name):
            raise ValueError(
                f"state_dict of {layer!r} makes a new array for {name!r} each time, so numbers "
                "that are loaded would be lost. Keep that array in an attribute of the layer, and "
                "change it in place."
            )
    saved = list(state.values())
    for parameter in layer.parameters():
        if not any(parameter.value is array for array in saved):
            raise ValueError(
                f"{layer!r} trains a parameter of shape {parameter.value.shape} that its "
                "state_dict doesn't have, so it would be lost on saving. Keep parameters in "
                "attributes of the layer, and let state_dict extend super().state_dict()."
            )


def check_parts(layers, optimizer, loss):
    """Check that layers, optimizer, and loss belong together, so that training can begin.

    Raises
    ------
    TypeError, ValueError
        As :func:`check_layers`, :func:`check_optimizer`, and :func:`check_loss` do.
    RuntimeError
        If another optimizer has taken over the parameters.
    """
    check_layers(layers)
    check_optimizer(optimizer, layers)
    optimizer._check_in_place()
    check_loss(loss, layers)


def check_optimizer(optimizer, layers):
    """Check that an optimizer moves the parameters of the layers, all of them and no others."""
    _check_class("optimizer", optimizer, Optimizer)
    if isinstance(optimizer.lr, type):
        raise TypeError(
            "lr must be a number or a schedule with its arguments, such as Cosine(0.1, "
            f"steps=1000). Received: the class {optimizer.lr.__name__}"
        )
    moved = [id(p) for p in optimizer.parameters]
    own = [id(p) for layer in layers for p in layer.parameters()]
    if moved != own:
        raise ValueError(
            "the optimizer must be built on this model's parameters, all of them in their order: "
            f"Adam(model.parameters()). Received: {len(moved)} parameters, "
            f"{len({*moved} & {*own})} of them this model's; the model has {len(own)} (layers "
            "added or replaced later count too). Compile the model again with a new optimizer."
        )


def check_loss(loss, layers):
    """Check that softmax or sigmoid comes before a loss on probabilities, not before logits."""
    _check_class("loss", loss, Loss)
    # What comes after an activation and leaves it one.
    passing = (Linear, Dropout, Flatten, Rescaling)
    last = next((layer for layer in reversed(layers) if not isinstance(layer, passing)), None)
    name = type(loss).__name__
    if isinstance(loss, ON_LOGITS) and isinstance(last, (Softmax, Sigmoid)):
        raise ValueError(
            f"{name} takes logits, and applies softmax or sigmoid itself. Received: a network that "
            f"ends with {last!r}. Remove that layer; predict_proba returns probabilities."
        )
    if isinstance(loss, ON_PROBABILITIES) and isinstance(last, (Dense, BatchNorm, ReLU, Tanh)):
        raise ValueError(
            f"{name} takes probabilities. Received: a network that ends with {last!r}. Use "
            "SoftmaxCrossEntropy or SigmoidCrossEntropy, which take logits, or end the network "
            "with Softmax() or Sigmoid()."
        )
    if isinstance(loss, CategoricalCrossEntropy) and isinstance(last, Sigmoid):
        raise ValueError(
            f"{name} takes probabilities that sum to 1 in each row. Received: a network that ends "
            f"with {last!r}, whose outputs don't. Use Softmax() or BinaryCrossEntropy."
        )
    widths = [layer.out_features for layer in layers if layer.out_features]
    if widths[-1:] == [1] and (isinstance(last, Softmax) or isinstance(loss, SoftmaxCrossEntropy)):
        raise ValueError(
            "softmax of a single number is always 1, so there is nothing to learn. Received: a "
            f"network with one output and {name}. Use SigmoidCrossEntropy for a yes or no."
        )


def _check_class(name, value, kind):
    if not isinstance(value, kind):
        raise TypeError(
            f"{name} must be an object of one of the classes in its module, such as "
            f"Adam(model.parameters()) or SoftmaxCrossEntropy(). Received: {value!r}"
        )


def checked_metrics(metrics):
    """Return the metrics in a tuple, after checking that they are functions with their own names.

    Raises
    ------
    TypeError
        If it isn't a list of functions.
    ValueError
        If two have the same name, or one has a name that the history needs itself.
    """
    if not hasattr(metrics, "__iter__") or isinstance(metrics, str):
        raise TypeError(f"metrics is a list, such as [accuracy]. Received: metrics={metrics!r}")
    metrics = tuple(metrics)
    names = ["loss"]
    for metric in metrics:
        if not callable(metric) or not hasattr(metric, "__name__"):
            raise TypeError(
                "a metric is a function written with def, such as accuracy without quotes: its "
                f"numbers are reported under its name. Received: {metric!r}"
            )
        if metric.__name__ in names or metric.__name__.startswith("val_"):
            raise ValueError(
                "each metric needs a name of its own, which is not 'loss' and doesn't begin with "
                f"'val_'. Received: {metric.__name__!r}. Write it as a function with another name."
            )
        names.append(metric.__name__)
    return metrics


def samples(name, x):
    """Return data as an array with one sample per row, which can't be written into.

    A layer of a reader's own that works in place must not change the reader's data.

    Raises
    ------
    TypeError
        If it is a single object without rows, or a masked array, whose mask would be lost.
    """
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(
            f"{name} can't be a masked array: the mask would be ignored. Leave the masked samples "
            "out, or fill them with x.filled(0)."
        )
    array = np.asarray(x).view()
    array.setflags(write=False)
    if array.ndim == 0:
        raise TypeError(
            f"{name} must be an array with one sample per row. Received: {type(x).__name__}"
        )
    return array


def inputs(x):
    """Return samples to predict as an array; ValueError if there are none."""
    x = samples("x", x)
    if len(x) == 0:
        raise ValueError(f"there is no sample to predict. Received: x of shape {x.shape}")
    return x


def pairs(x, y):
    """Return samples and targets as arrays; ValueError if there isn't one target per sample."""
    x, y = samples("x", x), samples("y", y)
    if len(x) != len(y):
        raise ValueError(
            f"each sample needs one target. Received: {len(x)} samples, {len(y)} targets"
        )
    return x, y


def checked_arrays(own, arrays):
    """Return arrays that can be copied into a network's own one by one.

    Raises
    ------
    ValueError
        If a name, shape, or dtype differs.
    """
    described = {n: f"{a.shape} {a.dtype}" for n, a in own.items()}
    received = {n: f"{np.shape(a)} {np.asarray(a).dtype}" for n, a in arrays.items()}
    for name in sorted(described.keys() | received.keys()):
        if described.get(name) != received.get(name):
            raise ValueError(
                "the weights are those of another network. This one has "
                f"{name}: {described.get(name, 'no such array')}. "
                f"Received: {received.get(name, 'no such array')}"
            )
    if any(np.may_share_memory(a, b) for a in own.values() for b in arrays.values()):
        # Its own, perhaps under other names: none is read after it has been written.
        return {name: np.array(array) for name, array in arrays.items()}
    return arrays


def check_batches(layers, n, batch_size):
    """Check that no batch of an epoch is too small for batch normalization."""
    last = n % batch_size or batch_size
    norms = [part for layer in layers for part in _all_layers(layer) if isinstance(part, BatchNorm)]
    if norms and last == 1:
        raise ValueError(
            f"{norms[0]!r} can't train on a batch of one sample, which has no variance. Received: "
            f"{n} samples in batches of {batch_size}, which leaves one for the last batch. Choose "
            "another batch_size."
        )


def checked_data(model, x, y, validation_data):
    """Return data to train on as arrays, and validation data, after trying the model on the latter.

    One validation sample goes through the network, and all targets through the loss.

    Raises
    ------
    TypeError, ValueError
        If there is no sample, or not one target per sample, or a target that the loss doesn't take,
        or if the validation data isn't a pair ``(x, y)`` of the kind that the model is trained on.
    """
    x, y = pairs(x, y)
    if len(x) == 0:
        raise ValueError(f"there is no sample to learn from. Received: x of shape {x.shape}")
    _try_targets(model, y)
    if validation_data is None:
        return x, y, None
    if not isinstance(validation_data, (tuple, list)) or len(validation_data) != 2:
        parts = f" of {len(validation_data)} parts" if hasattr(validation_data, "__len__") else ""
        raise TypeError(
            "validation_data is a pair (x_val, y_val). "
            f"Received: {type(validation_data).__name__}{parts}"
        )
    try:
        x_val, y_val = pairs(*validation_data)
        if len(x_val) == 0:
            raise ValueError(f"there is no sample. Received: x of shape {x_val.shape}")
        if x_val.dtype != x.dtype or x_val.shape[1:] != x.shape[1:]:
            raise ValueError(
                f"x is {x.dtype} with samples of shape {x.shape[1:]}. Received: {x_val.dtype} with "
                f"samples of shape {x_val.shape[1:]}"
            )
        _show_targets(model.loss, model.forward(x_val[:1]), y_val)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"validation_data: {error}") from error
    return x, y, (x_val, y_val)


def _try_targets(model, y):
    """Show all targets to the loss, beside made-up outputs, if it's known how wide these are.

    No sample goes through the network: a layer of a reader's own might remember it.
    """
    widths = [layer.out_features for layer in model.layers if layer.out_features]
    if widths and are_of_the_package([*model.layers, model.loss]):
        _show_targets(model.loss, np.full((1, widths[-1]), 1 / widths[-1]), y)


def _show_targets(loss, row, y):
    """Compute the loss of all targets, each beside the same row of outputs."""
    for start in range(0, len(y), ROWS_AT_ONCE):
        part = y[start : start + ROWS_AT_ONCE]
        loss.forward(np.repeat(row, len(part), axis=0), part)


def checked_callbacks(callbacks):
    """Return the callbacks in a list; TypeError if it isn't a list of callbacks."""
    if not hasattr(callbacks, "__iter__"):
        raise TypeError(
            "callbacks is a list, such as [EarlyStopping(patience=3)]. "
            f"Received: callbacks={callbacks!r}"
        )
    callbacks = list(callbacks)
    for callback in callbacks:
        if not isinstance(callback, Callback):
            raise TypeError(
                "a callback is an object of a class that inherits from Callback, such as "
                f"EarlyStopping(patience=3). Received: {callback!r}"
            )
    return callbacks
