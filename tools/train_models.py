"""Train the networks whose weights lie in ``data/models``: ``python -m tools.train_models``.

They are the baseline and the improved network of chapter 17, trained by the recipes of that chapter
with the chapter's seed. Both together take two to three minutes.
"""

import argparse
import math
import sys
from pathlib import Path

import numpy as np

from shared.activations import ReLU
from shared.datasets import load_fashion_mnist, split
from shared.layers import BatchNorm, Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import Adam, AdamW
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L2
from shared.schedules import Cosine, InverseTime

FOLDER = Path(__file__).resolve().parent.parent / "data" / "models"
SEED = 17
VALIDATION = 5000  # images kept apart, as in the chapter


def baseline(rng, samples, epochs=10, batch_size=128):
    """Return the baseline, compiled, and the arguments for its training."""
    model = Model(
        [
            Flatten(),
            Rescaling(1 / 255, dtype=np.float32),
            Dense(784, 128, rng, regularizer=L2(5e-4), dtype=np.float32),
            ReLU(),
            Dropout(0.1, rng),
            Dense(128, 64, rng, regularizer=L2(5e-4), dtype=np.float32),
            ReLU(),
            Dropout(0.1, rng),
            Dense(64, 10, rng, dtype=np.float32),
        ]
    )
    optimizer = Adam(model.parameters(), lr=InverseTime(1e-3, decay=1e-4), eps=1e-7)
    model.compile(optimizer, SoftmaxCrossEntropy(), metrics=[accuracy])
    return model, {"epochs": epochs, "batch_size": batch_size}


def improved(rng, samples, epochs=40, batch_size=256):
    """Return the improved network, compiled, and the arguments for its training."""
    model = Model(
        [
            RandomFlip(rng),
            RandomShift(1, rng),
            Flatten(),
            Rescaling(1 / 255, dtype=np.float32),
            Dense(784, 512, rng, dtype=np.float32),
            BatchNorm(512, dtype=np.float32),
            ReLU(),
            Dense(512, 256, rng, dtype=np.float32),
            BatchNorm(256, dtype=np.float32),
            ReLU(),
            Dense(256, 10, rng, dtype=np.float32),
        ]
    )
    schedule = Cosine(5e-3, steps=epochs * math.ceil(samples / batch_size))
    optimizer = AdamW(model.parameters(), lr=schedule, eps=1e-7, weight_decay=0.1)
    model.compile(optimizer, SoftmaxCrossEntropy(), metrics=[accuracy])
    return model, {"epochs": epochs, "batch_size": batch_size}


RECIPES = {"fashion_mnist_baseline": baseline, "fashion_mnist_improved": improved}


def train(recipe, x, y, validation_data=None, **options):
    """Return the network that a recipe gives, trained on images and labels."""
    rng = np.random.default_rng(SEED)
    model, arguments = recipe(rng, len(x), **options)
    model.fit(x, y, validation_data=validation_data, rng=rng, **arguments)
    return model


def main(arguments=None):
    """Train, measure and save each network; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(RECIPES)}; else both")
    names = parser.parse_args(arguments).names or list(RECIPES)
    for name in names:
        if name not in RECIPES:
            parser.error(f"there is no recipe {name!r}, only {', '.join(RECIPES)}")
    data = load_fashion_mnist()
    (x, y), validation = split(data.x_train, data.y_train, VALIDATION, np.random.default_rng(SEED))
    for name in names:
        model = train(RECIPES[name], x, y, validation)
        for part, sample in (("validation", validation), ("test", (data.x_test, data.y_test))):
            numbers = model.evaluate(*sample)
            print(f"{name}, {part}: accuracy {numbers['accuracy']:.4f}, loss {numbers['loss']:.4f}")
        model.save(FOLDER / f"{name}.npz", include_optimizer=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
