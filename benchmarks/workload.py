"""What every implementation has to do, so that only the way of doing it differs.

A fully connected network learns Fashion-MNIST: ReLU and dropout after each hidden layer, an L2
penalty on the weights, softmax with cross-entropy, Adam with a learning rate that decays. It is
trained in float32 on shuffled batches which are taken from images in bytes, with a running loss and
accuracy. A *step* is one batch: forward, backward, update.
"""

from dataclasses import asdict, dataclass
from itertools import pairwise

PIXELS = 784
CLASSES = 10
IMAGES = 60_000


@dataclass(frozen=True)
class Workload:
    """One training run, as large as ``steps`` batches: what is timed as a round."""

    hidden: tuple[int, ...] = (128, 64)
    batch_size: int = 128
    steps: int = 200
    dropout: float = 0.1
    l2: float = 5e-4  # the penalty is l2 * sum(weight**2), its gradient 2 * l2 * weight
    lr: float = 1e-3
    decay: float = 1e-4  # lr / (1 + decay * step)
    eps: float = 1e-7

    def __post_init__(self):
        if self.samples > IMAGES:
            raise ValueError(
                f"{self.steps} steps of {self.batch_size} images are more than the {IMAGES} "
                "there are"
            )

    @property
    def samples(self):
        return self.steps * self.batch_size

    @property
    def widths(self):
        return (PIXELS, *self.hidden, CLASSES)

    @property
    def layers(self):
        """Inputs and outputs of each layer, as pairs."""
        return list(pairwise(self.widths))

    @property
    def parameters(self):
        return sum((inputs + 1) * units for inputs, units in self.layers)

    @property
    def operations(self):
        """Multiplications and additions in the matrix products of one step.

        Each layer needs three products of the same size: the output, the gradient of the weights
        and, but for the first layer, the gradient of the input.
        """
        products = [inputs * units for inputs, units in self.layers]
        return 2 * self.batch_size * (3 * sum(products) - products[0])

    def learning_rate(self, step):
        return self.lr / (1 + self.decay * step)

    def to_json(self):
        return asdict(self)

    @classmethod
    def from_json(cls, fields):
        return cls(**{**fields, "hidden": tuple(fields["hidden"])})
