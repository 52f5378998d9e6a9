"""One problem to compare optimizers on: several parameters that pull at each other.

The function is Rosenbrock's curved valley in all numbers of all parameters together,
``Σ (x[i+1] - x[i]²)² + (1 - x[i])²``, not so steep that rounding errors grow from step to step.
The gradients are noisy, as those of mini-batches are. One parameter stands outside and gets no
gradient at all.
"""

import numpy as np

from shared.layers import Parameter

SHAPES = ((3, 4), (4,), (4, 2), (1, 1), (2,))


def start(dtype=np.float64):
    rng = np.random.default_rng(42)
    return [Parameter(rng.uniform(-0.9, 0.9, shape).astype(dtype)) for shape in SHAPES]


def gradient(values, step):
    """The gradient for each of the arrays; the last of them is the one outside."""
    x = np.concatenate([value.ravel() for value in values[:-1]])
    grad = np.random.default_rng(step).standard_normal(x.shape).astype(x.dtype)
    grad[:-1] += -4 * x[:-1] * (x[1:] - x[:-1] ** 2) - 2 * (1 - x[:-1])
    grad[1:] += 2 * (x[1:] - x[:-1] ** 2)
    parts = np.split(grad, np.cumsum([value.size for value in values[:-1]])[:-1])
    grads = [part.reshape(value.shape) for part, value in zip(parts, values, strict=False)]
    return [*grads, np.zeros_like(values[-1])]


def trajectory(optimizer, parameters, steps=200):
    """Take steps and return all numbers after each of them, as rows."""
    path = []
    for _ in range(steps):
        grads = gradient([p.value for p in parameters], optimizer.steps)
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = grad
        optimizer.step()
        path.append(np.concatenate([p.value.ravel() for p in parameters]))
    return np.array(path)
