"""The arrays that `fit` keeps between batches change nothing but the time it takes."""

import itertools

import numpy as np
import pytest
from helpers_models import assert_same_numbers, numbers_of, points, rng

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from shared.datasets import batches
from shared.fitting import Workspace
from shared.layers import BatchNorm, Dense, Dropout, Layer
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import SGD
from shared.preprocessing import Flatten, Rescaling


class Keeps(Layer):
    """Uses what it got for the batch before, in both directions."""

    before = gradient_before = 0.0

    def forward(self, x, training=False, out=None):
        y = x + 0.5 * np.mean(self.before)
        self.before = x if training else 0.0
        return y

    def backward(self, grad, out=None):
        dx = grad + 0.5 * np.mean(self.gradient_before)
        self.gradient_before = grad
        return dx


class Crop(Layer):
    """Hands on a random number of columns."""

    def __init__(self, generator):
        self.rng = generator

    def forward(self, x, training=False, out=None):
        self._shape = x.shape
        self._width = int(self.rng.choice([1, 2, x.shape[1]]))
        return x[:, : self._width].copy()

    def backward(self, grad, out=None):
        dx = np.zeros(self._shape)
        dx[:, : self._width] = grad
        return dx


class MeanAndSum(Layer):
    out_features = 2

    def forward(self, x, training=False, out=None):
        self._shape = x.shape
        return np.hstack([x.mean(axis=1, keepdims=True), x.sum(axis=1, keepdims=True)])

    def backward(self, grad, out=None):
        return np.broadcast_to(grad[:, :1] / self._shape[1] + grad[:, 1:], self._shape)


class Double(Layer):
    @staticmethod
    def forward(x, training=False, out=None):
        return np.multiply(x, 2, out=out)

    @staticmethod
    def backward(grad, out=None):
        return np.multiply(grad, 2, out=out)


class Louder(ReLU):
    """A class of the package, with a change."""

    def forward(self, x, training=False, out=None):
        return 1.5 * super().forward(x, training)

    def backward(self, grad, out=None):
        return 1.5 * super().backward(grad)


NETWORKS = {
    "all layers": lambda r: [
        *(Rescaling(0.5), Linear(), Dense(2, 6, r), BatchNorm(6), Tanh(), Dense(6, 6, r)),
        *(LeakyReLU(), Dropout(0.2, r), Dense(6, 4, r), Sigmoid(), Dense(4, 4, r), Softmax()),
        *(Flatten(), ReLU(), Dense(4, 3, r)),
    ],
    "keeps": lambda r: [Keeps(), Dense(2, 4, r), Keeps(), ReLU(), Keeps(), Dense(4, 3, r)],
    "other widths": lambda r: [
        *(Dense(2, 6, r), Crop(r), Rescaling(2.0), ReLU(), LeakyReLU(), MeanAndSum()),
        Dense(2, 3, r),
    ],
    "static": lambda r: [Dense(2, 4, r), Double(), Dense(4, 4, r), Double(), Dense(4, 3, r)],
    "hook": lambda r: [Dense(2, 4, r), hooked(), Dense(4, 4, r), hooked(), Dense(4, 3, r)],
    "subclass": lambda r: [Dense(2, 4, r), Louder(), Dense(4, 3, r), Louder()],
}


@pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)
def test_fit_is_the_loop_that_one_would_write(make):
    x, y = points()
    models = [Model(make(rng(1))) for _ in range(2)]
    for model in models:
        model.compile(SGD(model.parameters(), 0.05, momentum=0.5), SoftmaxCrossEntropy())
    ours, theirs = models
    ours.fit(x, y, epochs=3, batch_size=7, rng=rng(2), verbose=0)
    order, loss = rng(2), SoftmaxCrossEntropy()
    for _ in range(3):
        for x_batch, y_batch in batches(x, y, 7, order):
            loss.forward(theirs.forward(x_batch, training=True), y_batch)
            theirs.backward(loss.backward())
            theirs.optimizer.step()
    assert_same_numbers(numbers_of(ours), numbers_of(theirs))


@pytest.mark.parametrize("later", [5, 3])
def test_arrays_are_used_again(later):
    x, y = np.ones((5, 4)), np.zeros(5, int)
    layer = Tanh()
    layers = [Rescaling(2.0), layer]
    space = Workspace(layers, x, y, 5)
    assert [(a.shape, a.dtype) for a in space.batch] == [((5, 4), float), ((5,), int)]
    for method in (layers[0].forward, layers[0].backward):
        first = space.call(method, x)
        assert (first == 2).all()
        second = space.call(method, x[:later] + 1)
        assert second.shape == (later, 4)
        assert (second == 4).all()
        assert np.shares_memory(first, second)
    # A larger batch doesn't fit, and what hands its input on has no array of its own.
    assert not np.shares_memory(space.call(layers[0].forward, np.ones((6, 4))), first)
    passes_on = Linear()
    assert space.call(passes_on.forward, x) is x
    assert space.call(passes_on.forward, y) is y


class Remembering(SoftmaxCrossEntropy):
    pass


def hooked():
    layer = Tanh()
    forward = layer.forward
    layer.forward = lambda x, training=False, out=None: forward(x, training)
    return layer


def hooked_on_the_way_back():
    layer = Tanh()
    backward = layer.backward
    layer.backward = lambda grad, out=None: backward(grad)
    return layer


def test_the_gradient_of_the_data_is_not_computed():
    class Counting(Dense):
        calls = 0
        backward_parameters = Dense.backward_parameters

        def backward(self, grad, out=None):
            self.calls += 1
            return super().backward(grad)

    x, y = points()
    generator = rng(1)
    model = Model([Counting(2, 4, generator), Tanh(), Counting(4, 3, generator)])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    model.fit(x, y, batch_size=30, verbose=0)
    model.backward(model.forward(x))
    assert [model.layers[i].calls for i in (0, 2)] == [0, 2]


def with_own_inside():
    layer = Tanh()
    layer.extra = Keeps()
    return layer


OWN = [
    Keeps(),
    Louder(),
    Double(),
    hooked(),
    hooked_on_the_way_back(),
    with_own_inside(),
    Remembering(),
]


@pytest.mark.parametrize("own", OWN)
def test_no_array_is_kept_beside_a_part_of_ones_own(own):
    x, y = np.ones((5, 4)), np.zeros(5, int)
    layer = Rescaling(2.0)
    for parts in itertools.permutations([layer, own]):
        space = Workspace(parts, x, y, 5)
        assert (space.reuse, space.batch) == (False, None)
        first, second = (space.call(layer.forward, x, training=True) for _ in range(2))
        assert not np.shares_memory(first, second)
