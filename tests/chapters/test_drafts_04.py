"""The drafts of Chapter 4, compared with the losses and metrics of the package."""

import ast
import heapq
import itertools

import numpy as np
import pytest

from shared import losses, metrics
from shared.exercises import chapter_04
from tools import notebooks

CODE = [
    cell.source
    for cell in notebooks.read(notebooks.ROOT / "chapters/04_losses.ipynb").cells
    if cell.cell_type == "code"
]


def test_exercise_6_is_about_the_neuron_of_the_chapter():
    cells = [source for source in CODE if "def losses_of" in source or "flipped = " in source]
    assert len(cells) == 2
    (loss,) = definitions()["sigmoid_cross_entropy"]
    scope = {"np": np, "print": lambda text: None, "sigmoid_cross_entropy": loss}
    for cell in cells:
        exec(cell, scope)
    with_flipped = scope["losses_of"](scope["W"], scope["flipped"])
    assert 0.402 < with_flipped.min() < 0.404 < with_flipped[scope["loss_map"].argmin()]
    for column in (0, 1234, 40_000):
        w = scope["W"][:, column]
        expected = scope["loss_map"][column]
        assert chapter_04._loss(w, wrong_labels=False) == pytest.approx(expected, rel=1e-12)
        assert chapter_04._loss(w) == pytest.approx(with_flipped[column], rel=1e-12)


def test_the_pass_between_the_two_valleys_is_as_high_as_figure_11_says():
    (cell,) = [source for source in CODE if "def network_losses_of" in source]
    scope = {"np": np, "print": lambda text: None}
    exec(cell, scope)
    side = np.linspace(-8, 8, 321)  # wider than the map, in case a way around is lower
    w1, w2 = np.meshgrid(side, side)
    height = scope["network_losses_of"](np.stack([w1.ravel(), w2.ravel()])).reshape(w1.shape)
    ends = [(abs(side - w2).argmin(), abs(side - w1).argmin()) for w1, w2 in scope["lows"]]
    assert len(ends) == 2
    queue, seen, climbed = [(height[ends[0]], ends[0])], {ends[0]}, -np.inf
    while ends[1] not in seen:  # always on to the lowest neighbor of all points reached so far
        at, (i, j) = heapq.heappop(queue)
        climbed = max(climbed, at)
        for place in itertools.product((i - 1, i, i + 1), (j - 1, j, j + 1)):
            if place not in seen and 0 <= min(place) and max(place) < len(side):
                seen.add(place)
                heapq.heappush(queue, (height[place], place))
    assert climbed == pytest.approx(1.57, abs=0.01)
    text = notebooks.read(notebooks.ROOT / "chapters/04_losses.ipynb").cells
    assert any("lowest pass between them has a loss of about 1.57" in cell.source for cell in text)


def definitions():
    """Return every version of each function of the chapter, from the first draft to the last."""
    scope, found = {"np": np, "y_points": None}, {}  # y_points is the default of an argument
    for source in CODE:
        for node in ast.parse(source).body:
            constant = ast.unparse(node).startswith("SMALLEST_PROBABILITY = ")
            if isinstance(node, ast.FunctionDef) or constant:
                exec(ast.unparse(node), scope)
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(scope[node.name])
    return found


class TestDrafts:
    """Chapter 6 replaces the drafts by the package's losses; the numbers stay the same."""

    drafts = definitions()
    rng = np.random.default_rng(4)
    numbers = rng.normal(0, 3, (60, 2)), rng.normal(0, 3, (60, 2))
    logits, labels = rng.normal(0, 2, (60, 5)), rng.integers(5, size=60)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    logit, answers = rng.normal(0, 3, (60, 1)), rng.integers(2, size=60)
    p_yes = 1 / (1 + np.exp(-logit))

    CASES = (
        ("mean_squared_error_by_loops", losses.MeanSquaredError, "numbers"),
        ("mean_squared_error", losses.MeanSquaredError, "numbers"),
        ("mean_absolute_error", losses.MeanAbsoluteError, "numbers"),
        ("binary_cross_entropy_draft", losses.BinaryCrossEntropy, "p_yes answers"),
        ("binary_cross_entropy", losses.BinaryCrossEntropy, "p_yes answers"),
        ("cross_entropy_labels", losses.CategoricalCrossEntropy, "p labels"),
        ("cross_entropy_one_hot", losses.CategoricalCrossEntropy, "p one_hot"),
        ("categorical_cross_entropy", losses.CategoricalCrossEntropy, "p labels"),
        ("categorical_cross_entropy", losses.CategoricalCrossEntropy, "p one_hot"),
        ("softmax_cross_entropy", losses.SoftmaxCrossEntropy, "logits labels"),
        ("softmax_cross_entropy", losses.SoftmaxCrossEntropy, "logits one_hot"),
        ("sigmoid_cross_entropy", losses.SigmoidCrossEntropy, "logit answers"),
    )

    def pair(self, names):
        one_hot = {"one_hot": np.eye(5)[self.labels]}
        if names == "numbers":
            return self.numbers
        return tuple(one_hot.get(name, getattr(self, name, None)) for name in names.split())

    @pytest.mark.parametrize(("name", "loss", "names"), CASES)
    def test_agree_with_the_package(self, name, loss, names):
        y_pred, y_true = self.pair(names)
        expected = loss().forward(y_pred, y_true)
        for draft in self.drafts[name]:
            assert draft(y_pred, y_true) == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("label", [0, 1, 2])
    def test_clip_and_overflow_as_little_as_the_package(self, label):
        z, y = np.array([[1000.0, 0.0, -1000.0]]), np.array([label])
        p = np.array([[1.0, 0.0, 0.0]])
        final = {name: versions[-1] for name, versions in self.drafts.items()}
        with np.errstate(all="raise", under="ignore"):
            assert final["softmax_cross_entropy"](z, y) == [0, 1000, 2000][label]
            assert losses.SoftmaxCrossEntropy().forward(z, y) == [0, 1000, 2000][label]
            received = final["categorical_cross_entropy"](p, y)
        assert received == losses.CategoricalCrossEntropy().forward(p, y)

    @pytest.mark.parametrize("answer", [0, 1])
    @pytest.mark.parametrize("z", [-1000.0, 0.0, 1000.0])
    def test_binary_ends_as_in_the_package(self, z, answer):
        logit, y = np.array([[z]]), np.array([answer])
        p = np.array([[0.5 + 0.5 * np.sign(z)]])
        final = {name: versions[-1] for name, versions in self.drafts.items()}
        with np.errstate(all="raise", under="ignore"):
            received = final["sigmoid_cross_entropy"](logit, y)
            clipped = final["binary_cross_entropy"](p, y)
        assert received == losses.SigmoidCrossEntropy().forward(logit, y)
        assert clipped == losses.BinaryCrossEntropy().forward(p, y)

    def test_the_last_drafts_refuse_what_the_package_refuses(self):
        vector, column, rows = np.ones(4, int), np.ones((4, 1)), np.full((4, 3), 1 / 3)
        for name, loss, y_pred, y_true in [
            ("mean_squared_error", losses.MeanSquaredError, column, vector),
            ("mean_absolute_error", losses.MeanAbsoluteError, column, vector),
            ("binary_cross_entropy", losses.BinaryCrossEntropy, vector * 1.0, column),
            ("categorical_cross_entropy", losses.CategoricalCrossEntropy, rows, column),
            ("softmax_cross_entropy", losses.SoftmaxCrossEntropy, rows, column),
            ("sigmoid_cross_entropy", losses.SigmoidCrossEntropy, column, np.ones((4, 2))),
        ]:
            for refuse in (self.drafts[name][-1], loss().forward):
                with pytest.raises(ValueError, match="Received"):
                    refuse(y_pred, y_true)

    def test_clips_where_the_package_does(self):
        (line,) = [
            line
            for source in CODE
            for line in source.split("\n")
            if line.startswith("SMALLEST_PROBABILITY = ")
        ]
        assert float(line.split(" = ")[1]) == losses.SMALLEST_PROBABILITY

    def test_accuracy(self):
        (draft,) = self.drafts["accuracy_draft"]
        (final,) = self.drafts["accuracy"]
        expected = metrics.accuracy(self.logits, self.labels)
        assert draft(self.logits, self.labels) == final(self.logits, self.labels) == expected
