"""JAX: one compiled function per step, or one per epoch; Adam is written out here.

A batch is taken by NumPy where each step is called by itself, and inside of the compiled function,
from images in JAX's memory, where that is the whole epoch: the faster way for each. Bytes become
floats in the compiled function. Loss and accuracy are added up there too, and fetched at the end of
the epoch. The random generator is JAX's default, which is its fastest on a processor.
"""

import jax
import jax.numpy as jnp
import numpy as np

BETA1, BETA2 = 0.9, 0.999


def build(workload, images, labels, threads, whole_epoch):
    return Training(workload, images, labels, whole_epoch)


class Training:
    def __init__(self, workload, images, labels, whole_epoch):
        self.workload = workload
        self.rng = np.random.default_rng(0)
        place = jnp.asarray if whole_epoch else np.asarray
        self.images = place(images.reshape(len(images), -1))
        self.labels = place(labels.astype(np.int32))
        parameters = [
            {
                "weight": jnp.asarray(
                    self.rng.standard_normal((a, b), np.float32) * np.float32((2 / a) ** 0.5)
                ),
                "bias": jnp.zeros(b, jnp.float32),
            }
            for a, b in workload.layers
        ]
        zeros = jax.tree.map(jnp.zeros_like, parameters)
        self.state = {
            "parameters": parameters,
            "mean": zeros,
            "square_mean": jax.tree.map(jnp.copy, zeros),
            "step": jnp.int32(0),
            "key": jax.random.key(0),
        }
        self.step = jax.jit(self._step, donate_argnums=0)
        self.scan = jax.jit(self._scan, donate_argnums=0)
        self.whole_epoch = whole_epoch

    def _loss(self, parameters, x, y, key):
        keep = 1 - self.workload.dropout
        for layer in parameters[:-1]:
            x = jax.nn.relu(x @ layer["weight"] + layer["bias"])
            key, drawn = jax.random.split(key)
            x = jnp.where(jax.random.bernoulli(drawn, keep, x.shape), x / keep, 0)
        logits = x @ parameters[-1]["weight"] + parameters[-1]["bias"]
        log_p = jax.nn.log_softmax(logits)
        loss = -jnp.take_along_axis(log_p, y[:, None], axis=1).mean()
        return loss, (logits.argmax(1) == y).sum()

    def _step(self, state, sums, x, y):
        x = x.astype(jnp.float32) / 255
        key, used = jax.random.split(state["key"])
        (loss, right), grads = jax.value_and_grad(self._loss, has_aux=True)(
            state["parameters"], x, y, used
        )
        work = self.workload
        grads = [
            {**grad, "weight": grad["weight"] + 2 * work.l2 * layer["weight"]}
            for grad, layer in zip(grads, state["parameters"], strict=True)
        ]
        lr = work.lr / (1 + work.decay * state["step"])
        step = state["step"] + 1
        mean = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, state["mean"], grads)
        square_mean = jax.tree.map(
            lambda v, g: BETA2 * v + (1 - BETA2) * g * g, state["square_mean"], grads
        )
        correction1, correction2 = 1 - BETA1**step, 1 - BETA2**step
        parameters = jax.tree.map(
            lambda p, m, v: p - lr * (m / correction1) / (jnp.sqrt(v / correction2) + work.eps),
            state["parameters"],
            mean,
            square_mean,
        )
        new = {
            "parameters": parameters,
            "mean": mean,
            "square_mean": square_mean,
            "step": step,
            "key": key,
        }
        return new, sums + jnp.stack([loss * len(y), right.astype(jnp.float32)])

    def _scan(self, state, sums, images, labels, order):
        def one(carry, rows):
            return self._step(*carry, images[rows], labels[rows]), None

        return jax.lax.scan(one, (state, sums), order)[0]

    def epoch(self):
        order = self.rng.permutation(len(self.labels)).astype(np.int32)
        batches = order.reshape(-1, self.workload.batch_size)
        sums = jnp.zeros(2, jnp.float32)
        if self.whole_epoch:
            self.state, sums = self.scan(self.state, sums, self.images, self.labels, batches)
        else:
            for rows in batches:
                x, y = self.images[rows], self.labels[rows]
                self.state, sums = self.step(self.state, sums, x, y)
        loss, right = np.asarray(sums) / len(order)
        return float(loss), float(right)
