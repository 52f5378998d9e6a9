"""The same numbers as PyTorch, where both have the same thing; runs where torch is installed.

Everything in float64. Adam's, RMSprop's and AdaGrad's ε, BatchNorm's momentum and the meaning of
each argument are PyTorch's; L2 penalties are not (PyTorch's ``weight_decay`` is 2λ).
"""

import numpy as np
import pytest
from helpers_cases import LOSSES, OPTIMIZERS, batch, rng
from helpers_trajectories import gradient, start, trajectory

from shared.activations import LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from shared.layers import BatchNorm, Dense, Layer
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import AdaGrad, Adam, AdamW, RMSProp
from shared.regularizers import L2
from shared.schedules import Cosine, Exponential, InverseTime, StepDecay, WarmUp

torch = pytest.importorskip("torch", reason="PyTorch is not installed (extra 'frameworks')")
F = torch.nn.functional


def tensor(array, grad=False):
    return torch.tensor(array, requires_grad=grad)


def close(ours, theirs, tolerance=1e-10):
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else theirs
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


# --- Optimizers and schedules -------------------------------------------------------------------


def their_trajectory(make, schedule=None, steps=200):
    """The walk of helpers_trajectories.trajectory with an optimizer of PyTorch's."""
    parameters = [torch.nn.Parameter(tensor(p.value)) for p in start()]
    optimizer = make(parameters)
    scheduler = schedule(optimizer) if schedule else None
    path = []
    for step in range(steps):
        grads = gradient([p.detach().numpy() for p in parameters], step)
        for p, grad in zip(parameters, grads, strict=True):
            p.grad = tensor(grad)
        optimizer.step()
        if scheduler:
            scheduler.step()
        path.append(np.concatenate([p.detach().numpy().ravel() for p in parameters]))
    return np.array(path)


THEIRS = {
    "SGD": lambda p: torch.optim.SGD(p, lr=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.8),
    "Nesterov": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.8, nesterov=True),
    "AdaGrad": lambda p: torch.optim.Adagrad(p, lr=0.05, eps=1e-6),
    "RMSProp": lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.95, eps=1e-6),
    "Adam": lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6),
    "AdamW": lambda p: torch.optim.AdamW(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_over_200_steps(name):
    parameters = start()
    ours = trajectory(OPTIMIZERS[name](parameters), parameters)
    assert np.abs(ours[-1] - ours[0]).max() > 0.1
    close(ours, their_trajectory(THEIRS[name]))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (AdaGrad, torch.optim.Adagrad),
        (RMSProp, torch.optim.RMSprop),
        (Adam, torch.optim.Adam),
        (AdamW, torch.optim.AdamW),
    ],
)
def test_defaults_are_theirs(ours, theirs):
    parameters = start()
    close(trajectory(ours(parameters), parameters), their_trajectory(theirs))


schedulers = torch.optim.lr_scheduler


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (StepDecay(0.05, 0.5, 30), lambda o: schedulers.StepLR(o, 30, gamma=0.5)),
        (Exponential(0.05, 0.98), lambda o: schedulers.ExponentialLR(o, gamma=0.98)),
        # Theirs comes up again after T_max; ours stays down.
        (Cosine(0.05, 200, 0.001), lambda o: schedulers.CosineAnnealingLR(o, 200, eta_min=0.001)),
        (InverseTime(0.05, 0.1), lambda o: schedulers.LambdaLR(o, lambda t: 1 / (1 + 0.1 * t))),
        (
            WarmUp(Exponential(0.05, 0.98), 10),
            lambda o: schedulers.LambdaLR(
                o, lambda t: (t + 1) / 10 if t < 10 else 0.98 ** (t - 10)
            ),
        ),
    ],
    ids=lambda value: type(value).__name__ if callable(getattr(value, "config", None)) else "",
)
@pytest.mark.parametrize("name", ["Nesterov", "AdamW"])
def test_schedules_over_200_steps(ours, theirs, name):
    parameters = start()
    path = trajectory(OPTIMIZERS[name](parameters, ours), parameters)

    def make(their_parameters):
        optimizer = THEIRS[name](their_parameters)
        optimizer.param_groups[0]["lr"] = 0.05
        return optimizer

    close(path, their_trajectory(make, theirs))


# --- Layers -------------------------------------------------------------------------------------


def test_dense():
    layer, theirs = Dense(4, 3, rng()), torch.nn.Linear(4, 3).double()
    layer.bias.value = [0.5, -1.0, 2.0]
    with torch.no_grad():
        theirs.weight.copy_(tensor(layer.weight.value.T.copy()))
        theirs.bias.copy_(tensor(layer.bias.value))
    x, grad = batch((6, 4)), batch((6, 3))
    their_x = tensor(x, grad=True)
    their_y = theirs(their_x)
    their_y.backward(tensor(grad))
    close(layer.forward(x), their_y)
    close(layer.backward(grad), their_x.grad)
    close(layer.weight.grad, theirs.weight.grad.T)
    close(layer.bias.grad, theirs.bias.grad)


@pytest.mark.parametrize(
    ("layer", "theirs"),
    [
        (Linear(), lambda x: x * 1),
        (ReLU(), F.relu),
        (LeakyReLU(), F.leaky_relu),
        (LeakyReLU(0.3), lambda x: F.leaky_relu(x, 0.3)),
        (Sigmoid(), torch.sigmoid),
        (Tanh(), torch.tanh),
        (Softmax(), lambda x: torch.softmax(x, dim=1)),
    ],
    ids=lambda value: repr(value) if isinstance(value, Layer) else "",
)
def test_activations(layer, theirs):
    x, grad = 3 * batch((6, 4)), batch((6, 4), seed=6)
    x[0, 0], x[1] = 0.0, [800.0, -800.0, 30.0, -30.0]
    their_x = tensor(x, grad=True)
    their_y = theirs(their_x)
    their_y.backward(tensor(grad))
    close(layer.forward(x), their_y)
    close(layer.backward(grad), their_x.grad)


@pytest.mark.parametrize("n", [2, 7])
@pytest.mark.parametrize("options", [{}, {"momentum": 0.3, "eps": 1e-2}])
def test_batch_norm(options, n):
    layer, theirs = BatchNorm(4, **options), torch.nn.BatchNorm1d(4, **options).double()
    layer.gamma.value, layer.beta.value = [0.5, 1.5, -2.0, 1.0], [0.3, -0.2, 0.0, 1.0]
    with torch.no_grad():
        theirs.weight.copy_(tensor(layer.gamma.value))
        theirs.bias.copy_(tensor(layer.beta.value))
    for step in range(12):
        training = step % 4 != 3  # three batches in training, one in inference, and again
        theirs.train(training)
        x, grad = rng(step).normal(step, 2.0, (n, 4)), rng(-step % 100).standard_normal((n, 4))
        their_x = tensor(x, grad=True)
        theirs.zero_grad()
        their_y = theirs(their_x)
        their_y.backward(tensor(grad))
        close(layer.forward(x, training=training), their_y)
        close(layer.backward(grad), their_x.grad)
        close(layer.gamma.grad, theirs.weight.grad)
        close(layer.beta.grad, theirs.bias.grad)
        close(layer.running_mean, theirs.running_mean)
        close(layer.running_var, theirs.running_var)


# --- Losses -------------------------------------------------------------------------------------


def class_numbers(y_true):
    return tensor(y_true.argmax(axis=1) if y_true.ndim == 2 else y_true.astype(np.int64))


def columns(y_true):
    return tensor(y_true.astype(float).reshape(len(y_true), -1))


THEIR_LOSSES = {
    "MSE": lambda p, y: F.mse_loss(p, tensor(y)),
    "MSE, vectors": lambda p, y: F.mse_loss(p, tensor(y)),
    "MAE": lambda p, y: F.l1_loss(p, tensor(y)),
    "BCE": lambda p, y: F.binary_cross_entropy(p, columns(y)),
    "BCE, several questions": lambda p, y: F.binary_cross_entropy(p, columns(y)),
    "CCE": lambda p, y: F.nll_loss(p.log(), class_numbers(y)),
    "CCE, one-hot": lambda p, y: F.nll_loss(p.log(), class_numbers(y)),
    "softmax": lambda z, y: F.cross_entropy(z, class_numbers(y)),
    "softmax, bytes": lambda z, y: F.cross_entropy(z, class_numbers(y)),
    "softmax, one-hot": lambda z, y: F.cross_entropy(z, class_numbers(y)),
    "sigmoid": lambda z, y: F.binary_cross_entropy_with_logits(z, columns(y)),
    "sigmoid, column": lambda z, y: F.binary_cross_entropy_with_logits(z, columns(y)),
    "sigmoid, several questions": lambda z, y: F.binary_cross_entropy_with_logits(z, columns(y)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses(name):
    loss, y_pred, y_true = LOSSES[name].loss(), LOSSES[name].y_pred, LOSSES[name].y_true
    their_pred = tensor(y_pred, grad=True)
    theirs = THEIR_LOSSES[name](their_pred, y_true)
    theirs.backward()
    assert loss.forward(y_pred, y_true) == pytest.approx(theirs.item(), rel=1e-12)
    close(loss.backward(), their_pred.grad)


# --- A whole network ----------------------------------------------------------------------------


def test_training_a_network():
    """Losses and weights of 40 steps of `fit` on whole batches, with L2, BatchNorm and Adam."""
    x, y = 2 * batch((30, 4)), rng(1).integers(0, 3, 30)
    generator = rng()
    strength = 0.01
    ours = Model(
        [
            Dense(4, 8, generator, regularizer=L2(strength)),
            BatchNorm(8),
            ReLU(),
            Dense(8, 8, generator, regularizer=L2(strength)),
            Tanh(),
            Dense(8, 3, generator, regularizer=L2(strength)),
        ]
    )
    nn = torch.nn
    theirs = nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 3)
    ).double()
    with torch.no_grad():
        for layer, module in zip(ours.layers, theirs, strict=True):
            if isinstance(layer, Dense):
                module.weight.copy_(tensor(layer.weight.value.T.copy()))
                module.bias.copy_(tensor(layer.bias.value))
    weights = [m.weight for m in theirs if isinstance(m, nn.Linear)]
    rest = [p for p in theirs.parameters() if all(p is not w for w in weights)]
    # Their weight_decay λ is the gradient λ w: half of ours.
    optimizer = torch.optim.Adam(
        [{"params": weights, "weight_decay": 2 * strength}, {"params": rest}], lr=0.01
    )
    their_losses = []
    for _ in range(40):
        loss = F.cross_entropy(theirs(tensor(x)), tensor(y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        their_losses.append(loss.item())

    ours.compile(Adam(ours.parameters(), lr=0.01), SoftmaxCrossEntropy())
    history = ours.fit(x, y, epochs=40, batch_size=30, rng=rng(), verbose=0)
    assert history["loss"][-1] < 0.8 * history["loss"][0]
    close(history["loss"], their_losses)
    theirs.eval()
    close(ours.predict(x), theirs(tensor(x)))
