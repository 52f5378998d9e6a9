"""float32 in, float32 all the way; and the same for float64, whatever the hyperparameters are.

Under NumPy 2 a NumPy float64 number (``1 / np.sqrt(n)``, ``lrs.mean()``) times a float32 array is
float64: each place where a hyperparameter meets an array is one where the dtype may be lost.
"""

import numpy as np
import pytest
from helpers_cases import LAYERS, LOSSES, OPTIMIZERS, SCHEDULES, WITHOUT_GRADIENT, batch, rng
from helpers_trajectories import start, trajectory

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Tanh, sigmoid, softmax
from shared.layers import BatchNorm, Dense, Dropout
from shared.losses import MeanSquaredError, SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import SGD, AdaGrad, Adam, AdamW, RMSProp
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L1, L2
from shared.schedules import Cosine, Exponential, InverseTime, StepDecay, WarmUp

DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
MODES = pytest.mark.parametrize("training", [True, False], ids=["training", "inference"])
number = np.float64  # a hyperparameter that came out of a computation


@MODES
@DTYPES
@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, dtype, training):
    case = LAYERS[name]
    layer = case.make(dtype)
    x = batch(case.shape, dtype)
    for _ in range(3):
        y = layer.forward(x, training=training)
        assert y.dtype == dtype
        if not isinstance(layer, WITHOUT_GRADIENT):
            assert layer.backward(np.ones_like(y)).dtype == dtype
        for array in (*layer.state_dict().values(), *(p.grad for p in layer.parameters())):
            assert array.dtype == dtype
    assert type(layer.penalty()) is float


@DTYPES
@pytest.mark.parametrize("name", LOSSES)
def test_losses(name, dtype):
    cls, y_pred, y_true = LOSSES[name]
    loss, y_pred = cls(), y_pred.astype(dtype)
    for target in (y_true, y_true.tolist()):  # float64 targets don't widen float32 predictions
        assert type(loss.forward(y_pred, target)) is float
        assert loss.backward().dtype == dtype
        assert loss.output_activation(y_pred).dtype == dtype


@DTYPES
def test_functions(dtype):
    x = batch((3, 4), dtype)
    assert sigmoid(x).dtype == dtype
    assert softmax(x).dtype == dtype


@DTYPES
@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name, schedule, dtype):
    parameters = start(dtype)
    optimizer = OPTIMIZERS[name](parameters, SCHEDULES[schedule])
    path = trajectory(optimizer, parameters, steps=30)
    assert np.isfinite(path).all()
    assert path.dtype == dtype
    arrays = [a for p in parameters for a in (p.value, p.grad)] + list(optimizer.state.values())
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}


WITH_HYPERPARAMETERS = {
    "Dropout": lambda n, dtype: Dropout(n(0.3), rng()),
    "Rescaling": lambda n, dtype: Rescaling(n(1 / 255), n(0.1), dtype=dtype),
    "LeakyReLU": lambda n, dtype: LeakyReLU(n(0.1)),
    "BatchNorm": lambda n, dtype: BatchNorm(4, momentum=n(0.3), eps=n(1e-3), dtype=dtype),
    "L1": lambda n, dtype: Dense(4, 3, rng(), regularizer=L1(n(0.1)), dtype=dtype),
    "L2": lambda n, dtype: Dense(4, 3, rng(), regularizer=L2(n(0.1)), dtype=dtype),
}


@MODES
@DTYPES
@pytest.mark.parametrize("make", WITH_HYPERPARAMETERS.values(), ids=list(WITH_HYPERPARAMETERS))
def test_layers_with_numpy_numbers_give_the_same_bits(make, dtype, training):
    x = batch((5, 4), dtype)
    results = []
    for kind in (float, number):
        layer = make(kind, dtype)
        y = layer.forward(x, training=training)
        dx = layer.backward(np.ones_like(y))
        assert y.dtype == dx.dtype == dtype
        assert type(layer.penalty()) is float
        results.append([y, dx, *layer.state_dict().values(), *(p.grad for p in layer.parameters())])
        assert "float64(" not in repr(layer)  # as NumPy 2 writes its numbers
    for plain, numpy in zip(*results, strict=True):
        np.testing.assert_array_equal(plain, numpy)


@DTYPES
@pytest.mark.parametrize(
    "make",
    [
        lambda p, n: SGD(p, n(0.01)),
        lambda p, n: SGD(p, n(0.01), momentum=n(0.9)),
        lambda p, n: SGD(p, n(0.01), momentum=n(0.9), nesterov=True),
        lambda p, n: AdaGrad(p, n(0.01), eps=n(1e-6)),
        lambda p, n: RMSProp(p, n(0.01), rho=n(0.9), eps=n(1e-6)),
        lambda p, n: Adam(p, n(0.01), betas=(n(0.8), n(0.99)), eps=n(1e-6)),
        lambda p, n: AdamW(p, n(0.01), eps=n(1e-6), weight_decay=n(0.1)),
        lambda p, n: SGD(p, InverseTime(n(0.1), n(0.1))),
        lambda p, n: SGD(p, StepDecay(n(0.1), n(0.5), 5)),
        lambda p, n: SGD(p, Exponential(n(0.1), n(0.9))),
        lambda p, n: SGD(p, WarmUp(Cosine(n(0.1), 20, n(0.01)), 5)),
        lambda p, n: SGD(p, lambda step: n(0.1)),
    ],
)
def test_optimizers_with_numpy_numbers_give_the_same_bits(make, dtype):
    plain, numpy = start(dtype), start(dtype)
    expected = trajectory(make(plain, float), plain, steps=20)
    actual = trajectory(make(numpy, number), numpy, steps=20)
    assert actual.dtype == dtype
    np.testing.assert_array_equal(actual, expected)


@DTYPES
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_whole_training(name, dtype):
    """Raw bytes in, and after three epochs every array is still of the network's dtype."""
    generator = rng()
    model = Model(
        [
            RandomFlip(generator),
            RandomShift(1, generator),
            Flatten(),
            Rescaling(number(1 / 255), dtype=dtype),
            Dense(16, 8, generator, regularizer=L2(number(1e-3)), dtype=dtype),
            BatchNorm(8, momentum=number(0.2), eps=number(1e-4), dtype=dtype),
            ReLU(),
            Dropout(number(0.2), generator),
            Dense(8, 8, generator, regularizer=L1(number(1e-3)), dtype=dtype),
            LeakyReLU(number(0.1)),
            Dense(8, 8, generator, dtype=dtype),
            Tanh(),
            Dense(8, 8, generator, dtype=dtype),
            Sigmoid(),
            Dense(8, 3, generator, dtype=dtype),
            Linear(),
        ]
    )
    seen = []
    for layer in model.layers[3:]:
        for method in ("forward", "backward"):
            watch(layer, method, seen)
    optimizer = OPTIMIZERS[name](model.parameters(), WarmUp(Cosine(number(0.01), 12), 3))
    model.compile(optimizer, SoftmaxCrossEntropy(), metrics=[accuracy])
    x, y = rng(1).integers(0, 256, (22, 4, 4), dtype=np.uint8), rng(2).integers(0, 3, 22)
    history = model.fit(
        x, y, epochs=3, batch_size=5, rng=generator, verbose=0, validation_data=(x, y)
    )
    assert set(seen) == {np.dtype(dtype)}
    arrays = [*model.state_dict().values(), *optimizer.state.values()]
    arrays += [p.grad for p in model.parameters()]
    arrays += [model.predict(x), model.predict_proba(x), model.forward(x)]
    assert {a.dtype for a in arrays} == {np.dtype(dtype)}
    assert {type(v) for values in history.values() for v in values} == {float}
    assert type(model.penalty()) is float


def watch(layer, method, seen):
    """Note the dtype of everything that a layer returns."""
    original = getattr(layer, method)

    def watched(*args, **options):
        result = original(*args, **options)
        seen.append(result.dtype)
        return result

    setattr(layer, method, watched)


def test_targets_in_double_precision_do_not_widen_a_network_in_single():
    model = Model([Dense(3, 1, rng(), dtype=np.float32)])
    model.compile(SGD(model.parameters(), 0.1), MeanSquaredError())
    x, y = batch((8, 3), np.float32), batch((8, 1), np.float64)
    model.fit(x, y, epochs=2, verbose=0)
    assert model.loss.backward().dtype == np.float32
    assert model.predict(x).dtype == np.float32
