"""A network in NumPy as it is usually taught: plain, in float64, every result a new array.

Layers keep their inputs, outputs and gradients as attributes, the gradient is computed back to the
images, dropout draws from `np.random.binomial`, probabilities are clipped before the logarithm, and
Adam works on one array after the other. Nothing in it is wrong.
"""

import numpy as np


class DenseLayer:
    def __init__(self, inputs, units, l2):
        self.weights = np.sqrt(2 / inputs) * np.random.randn(inputs, units)  # noqa: NPY002
        self.biases = np.zeros((1, units))
        self.l2 = l2
        self.momentums = [np.zeros_like(self.weights), np.zeros_like(self.biases)]
        self.caches = [np.zeros_like(self.weights), np.zeros_like(self.biases)]

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, gradient):
        self.dweights = np.dot(self.inputs.T, gradient)
        self.dweights += 2 * self.l2 * self.weights
        self.dbiases = np.sum(gradient, axis=0, keepdims=True)
        self.dinputs = np.dot(gradient, self.weights.T)


class ReLULayer:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, gradient):
        self.dinputs = gradient.copy()
        self.dinputs[self.inputs <= 0] = 0


class DropoutLayer:
    def __init__(self, rate):
        self.keep = 1 - rate

    def forward(self, inputs):
        self.mask = np.random.binomial(1, self.keep, size=inputs.shape) / self.keep  # noqa: NPY002
        self.output = inputs * self.mask

    def backward(self, gradient):
        self.dinputs = gradient * self.mask


class SoftmaxWithLoss:
    def forward(self, inputs, labels):
        exponentials = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = exponentials / np.sum(exponentials, axis=1, keepdims=True)
        clipped = np.clip(self.output, 1e-7, 1 - 1e-7)
        return np.mean(-np.log(clipped[range(len(labels)), labels]))

    def backward(self, labels):
        self.dinputs = self.output.copy()
        self.dinputs[range(len(labels)), labels] -= 1
        self.dinputs = self.dinputs / len(labels)


class AdamOptimizer:
    def __init__(self, lr, decay, eps, beta1=0.9, beta2=0.999):
        self.lr, self.decay, self.eps = lr, decay, eps
        self.beta1, self.beta2 = beta1, beta2
        self.iterations = 0

    def update(self, layers):
        rate = self.lr / (1 + self.decay * self.iterations)
        self.iterations += 1
        for layer in layers:
            layer.weights += self._change(layer, 0, layer.dweights, rate)
            layer.biases += self._change(layer, 1, layer.dbiases, rate)

    def _change(self, layer, which, gradient, rate):
        momentum = self.beta1 * layer.momentums[which] + (1 - self.beta1) * gradient
        cache = self.beta2 * layer.caches[which] + (1 - self.beta2) * gradient**2
        layer.momentums[which], layer.caches[which] = momentum, cache
        corrected_momentum = momentum / (1 - self.beta1**self.iterations)
        corrected_cache = cache / (1 - self.beta2**self.iterations)
        return -rate * corrected_momentum / (np.sqrt(corrected_cache) + self.eps)


class Training:
    def __init__(self, workload, images, labels):
        self.workload = workload
        self.images = images.reshape(len(images), -1)
        self.labels = labels
        self.dense, self.layers = [], []
        for inputs, units in workload.layers:
            self.dense.append(DenseLayer(inputs, units, workload.l2))
            self.layers += [self.dense[-1], ReLULayer(), DropoutLayer(workload.dropout)]
        del self.layers[-2:]
        self.loss = SoftmaxWithLoss()
        self.optimizer = AdamOptimizer(workload.lr, workload.decay, workload.eps)

    def epoch(self):
        batch_size = self.workload.batch_size
        order = np.random.permutation(len(self.images))  # noqa: NPY002
        total = right = 0.0
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            loss, accuracy = self._train(self.images[rows] / 255, self.labels[rows])
            total += loss * len(rows)
            right += accuracy * len(rows)
        return total / len(order), right / len(order)

    def _train(self, x, y):
        for layer in self.layers:
            layer.forward(x)
            x = layer.output
        loss = self.loss.forward(x, y)
        accuracy = np.mean(np.argmax(self.loss.output, axis=1) == y)

        self.loss.backward(y)
        gradient = self.loss.dinputs
        for layer in reversed(self.layers):
            layer.backward(gradient)
            gradient = layer.dinputs
        self.optimizer.update(self.dense)
        return loss, accuracy


def build(workload, images, labels, threads):
    np.random.seed(0)  # noqa: NPY002
    return Training(workload, images, labels)
