"""The one list of chapters: their order, names and what each must hold.

The README's table, the links between chapters and the tests of the chapters are made from it.
"""

from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True)
class Chapter:
    """One chapter.

    Attributes
    ----------
    name : str
        The file in ``chapters/`` without its ending: a number or letter, then the title's words.
    title : str
        The title without its number.
    sentence : str
        What the reader builds, for the table in the README.
    written : bool
        Whether the file exists. Nothing links to a chapter before it does.
    needs : tuple of str
        Packages beyond the project's requirements (an extra's) without which it can't run.
    """

    name: str
    title: str
    sentence: str
    written: bool = False
    needs: tuple[str, ...] = ()

    @property
    def missing(self):
        """Those packages of ``needs`` that are not installed here, in a list."""
        return [package for package in self.needs if find_spec(package) is None]

    @property
    def label(self):
        """The number without leading zeros, or the letter of an appendix."""
        start = self.name.split("_")[0]
        return str(int(start)) if start.isdigit() else start

    @property
    def heading(self):
        """The number and the title: ``6. Backpropagation``."""
        return f"{self.label}. {self.title}"


CHAPTERS = (
    Chapter(
        "00_start_here",
        "Start here",
        "A working setup, and the NumPy and notation that every chapter uses.",
        written=True,
    ),
    Chapter(
        "01_single_neuron",
        "A single neuron",
        "One neuron, and the line it draws through a plane.",
        written=True,
    ),
    Chapter(
        "02_layers_and_batches",
        "Layers and batches",
        "A layer of neurons, and a whole batch of samples through it at once.",
        written=True,
    ),
    Chapter(
        "03_activations",
        "Activations",
        "The functions that let a network bend, from the step to softmax.",
        written=True,
    ),
    Chapter(
        "04_losses",
        "Losses",
        "A number that says how wrong a network is, and one that says how often it is right.",
        written=True,
    ),
    Chapter(
        "05_gradients",
        "Gradients",
        "Gradient descent, and a checker that measures any slope.",
        written=True,
    ),
    Chapter(
        "06_backpropagation",
        "Backpropagation",
        "The backward pass of every part of a network, derived by hand and checked.",
        written=True,
    ),
    Chapter(
        "07_optimizers",
        "Optimizers",
        "The training loop, and seven optimizers compared on the spiral.",
        written=True,
    ),
    Chapter(
        "08_initialization",
        "Initialization",
        "A deep network whose signals neither vanish nor explode at the start.",
        written=True,
    ),
    Chapter(
        "09_generalization",
        "Generalization",
        "An honest estimate of how a network does on data it has never seen.",
        written=True,
    ),
    Chapter(
        "10_regularization",
        "Regularization",
        "Penalties that keep weights small, and what they do to the boundary.",
        written=True,
    ),
    Chapter(
        "11_dropout",
        "Dropout",
        "A network that can't rely on any single unit.",
        written=True,
    ),
    Chapter(
        "12_batch_normalization",
        "Batch normalization",
        "A layer that keeps its own scale, with its backward pass derived twice.",
        written=True,
    ),
    Chapter(
        "13_binary_classification",
        "Binary classification",
        "A network that answers yes or no, and how to judge its answers.",
        written=True,
    ),
    Chapter(
        "14_regression",
        "Regression",
        "A network that outputs a number, with and without outliers in the data.",
        written=True,
    ),
    Chapter(
        "15_model",
        "The Model class",
        "One class that trains, evaluates, predicts, saves and loads any of these networks.",
        written=True,
    ),
    Chapter(
        "16_mnist",
        "MNIST",
        "A two-layer network in 60 lines of functions that reads handwritten digits.",
        written=True,
    ),
    Chapter(
        "17_fashion_mnist",
        "Fashion-MNIST",
        "The full classifier, improved step by step and tested once.",
        written=True,
    ),
    Chapter(
        "18_frameworks",
        "PyTorch and Keras",
        "The same network in both frameworks, equal step by step.",
        written=True,
        needs=("torch", "keras"),
    ),
    Chapter(
        "19_speed",
        "Speed",
        "A NumPy network as fast as a framework, one measured step at a time.",
        written=True,
    ),
    Chapter(
        "A_autograd",
        "Automatic differentiation",
        "Gradients of any expression, in about a hundred lines.",
    ),
    Chapter(
        "B_scaling_out",
        "Scaling out",
        "The same gradients, computed by several processes at once.",
    ),
)
