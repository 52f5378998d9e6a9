"""This project: `Model.fit` as a reader calls it."""

import numpy as np

from shared.activations import ReLU
from shared.layers import Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import Adam
from shared.preprocessing import Flatten, Rescaling
from shared.regularizers import L2
from shared.schedules import InverseTime


def network(workload, rng, dtype=np.float32):
    """Return the layers, in a list."""
    layers = [Flatten(), Rescaling(1 / 255, dtype=dtype)]
    *pairs, (last, classes) = workload.layers
    for width, units in pairs:
        layers += [
            Dense(width, units, rng, regularizer=L2(workload.l2), dtype=dtype),
            ReLU(),
            Dropout(workload.dropout, rng),
        ]
    return [*layers, Dense(last, classes, rng, regularizer=L2(workload.l2), dtype=dtype)]


def compiled(model, workload, optimizer=Adam):
    """Return the model, ready to be trained."""
    schedule = InverseTime(workload.lr, workload.decay)
    model.compile(
        optimizer(model.parameters(), lr=schedule, eps=workload.eps),
        SoftmaxCrossEntropy(),
        metrics=[accuracy],
    )
    return model


class Training:
    """A model with its data, trained an epoch at a time."""

    def __init__(self, model, workload, images, labels, rng):
        self.model = model
        self.workload = workload
        self.images = images
        self.labels = labels
        self.rng = rng

    def epoch(self):
        history = self.model.fit(
            self.images,
            self.labels,
            epochs=1,
            batch_size=self.workload.batch_size,
            rng=self.rng,
            verbose=0,
        )
        return history["loss"][0], history["accuracy"][0]


def build(workload, images, labels, threads):
    rng = np.random.default_rng(0)
    model = compiled(Model(network(workload, rng)), workload)
    return Training(model, workload, images, labels, rng)
