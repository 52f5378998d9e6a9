"""The exercises of chapter 4, and its drafts compared with the package's losses and metrics."""

import ast
import re

import numpy as np
import pytest
from test_exercises import in_one_line

from shared import exercises, losses, metrics
from shared.exercises import chapter_04, check
from tools import notebooks


def rmse(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError("shapes differ")
    return np.sqrt(np.mean((y_pred - y_true) ** 2))


def rmse_by_loop(y_pred, y_true):
    if y_pred.shape != y_true.shape:
        raise ValueError("shapes differ")
    total = 0.0
    for place in np.ndindex(y_pred.shape):
        total += float(y_pred[place] - y_true[place]) ** 2
    return (total / y_pred.size) ** 0.5


def rmse_in_float32(y_pred, y_true):
    return rmse(y_pred.astype(np.float32), y_true.astype(np.float32))


def rmse_by_the_package(y_pred, y_true):
    return losses.MeanSquaredError().forward(y_pred, y_true) ** 0.5


def for_equal_shapes(f):
    """Make an answer that is wrong for equal shapes, and refuses others."""

    def answer(y_pred, y_true):
        rmse(y_pred, y_true)
        return f(y_pred - y_true)

    return answer


def costs(p, labels):
    return -np.log(p[np.arange(len(labels)), labels])


def by_class(f):
    return lambda p, labels, classes: [f(costs(p, labels)[labels == k]) for k in range(classes)]


def loss_by_class(p, labels, classes):
    return np.array(by_class(np.mean)(p, labels, classes))


def loss_by_class_by_loop(p, labels, classes):
    totals, counts = [0.0] * classes, [0] * classes
    for row, label in zip(p, labels, strict=True):
        totals[label] -= float(np.log(row[label]))
        counts[label] += 1
    return [total / count for total, count in zip(totals, counts, strict=True)]


def loss_by_class_by_counts(p, labels, classes):
    p = p.astype(np.float32)
    return np.bincount(labels, costs(p, labels)) / np.bincount(labels)


def by_predicted_class(p, labels, classes):
    found = p.argmax(axis=1)
    if len(np.unique(found)) < classes:
        return loss_by_class(p, labels, classes)
    return [costs(p, labels)[found == k].mean() for k in range(classes)]


def log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def log_softmax_by_loop(logits):
    result = np.zeros(logits.shape, np.float32)
    for i, row in enumerate(logits):
        top = row.max()
        total = top + np.log(sum(np.exp(value - top) for value in row))
        for j, value in enumerate(row):
            result[i, j] = value - total
    return result


def log_softmax_by_columns(logits):
    top = logits.max(axis=1)
    return (logits.T - top - np.log(np.exp(logits.T - top).sum(axis=0))).T.tolist()


def log_sum_exp(z, **options):
    return np.log(np.exp(z).sum(**{"axis": 1, "keepdims": True, **options}))


def softmax(z):
    return np.exp(log_softmax(z))


def top(z):
    return z.max(axis=1, keepdims=True)


def log_softmax_without_keepdims(z):
    if len(z) != z.shape[1]:
        return log_softmax(z)
    return z - log_sum_exp(z, keepdims=False)


def shares(labels, classes):
    return np.bincount(labels, minlength=classes) / len(labels)


def best_constant(labels, classes):
    p = shares(labels, classes)
    return p, -np.mean(np.log(p[labels]))


def best_constant_by_loop(labels, classes):
    p = [sum(1 for label in labels if label == k) / len(labels) for k in range(classes)]
    return p, sum(-q * float(np.log(q)) for q in p if q > 0)


def best_constant_in_float32(labels, classes):
    p = np.eye(classes, dtype=np.float32)[labels].mean(axis=0)
    return p, np.float32(-np.log(p[labels]).mean())


def constant_with(p=None, loss=None):
    """Return an answer of which one part is wrong."""

    def answer(labels, classes):
        right = best_constant(labels, classes)
        wrong_p = p(labels, classes) if p else right[0]
        return wrong_p, loss(right[0], labels) if loss else right[1]

    return answer


def entropy_with_nan(p, labels):
    with np.errstate(divide="ignore", invalid="ignore"):
        return -np.sum(p * np.log(p))


EXERCISES = {
    "4.1": {
        "stub": "def rmse(y_pred, y_true):\n    ...",
        "right": [rmse, rmse_by_loop, rmse_in_float32, rmse_by_the_package],
        "wrong": [
            (for_equal_shapes(lambda d: (d**2).mean()), "This is the MSE"),
            (for_equal_shapes(lambda d: np.sqrt(d**2).mean()), "which is the MAE"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).sum())), "The mean is forgotten"),
            (for_equal_shapes(lambda d: np.sqrt((d**2).sum()) / d.size), "comes after the root"),
            (for_equal_shapes(lambda d: d.mean()), "upwards and downwards cancel"),
            (for_equal_shapes(lambda d: np.sqrt(d.mean() ** 2)), "taken before the square"),
            (for_equal_shapes(np.abs), "The mean is missing"),
            (
                lambda y_pred, y_true: np.sqrt(np.mean((y_pred - y_true) ** 2)),
                r"Right for equal shapes, but y_pred \(4, 1\) and y_true \(4,\) go through",
            ),
        ],
    },
    "4.2": {
        "stub": "def probability_of(loss):\n    ...",
        "right": [
            lambda loss: np.exp(-loss),
            lambda loss: 1 / np.exp(loss),
            lambda loss: 2.718281828459045**-loss,
            lambda loss: np.float32(np.exp(-loss)),
        ],
        "wrong": [
            (np.exp, "The sign is missing"),
            (lambda loss: 1 - loss, "close for a small loss"),
            (lambda loss: -np.exp(-loss), "belongs into the exponent"),
            (lambda loss: 10**-loss, "base 10"),
            (lambda loss: 2**-loss, "base 2"),
            (lambda loss: -np.log(loss), "This is the cost of a hit"),
        ],
    },
    "4.3": {
        "stub": "def loss_by_class(p, labels, classes):\n    ...",
        "right": [loss_by_class, loss_by_class_by_loop, loss_by_class_by_counts],
        "wrong": [
            (by_class(np.sum), "These are sums"),
            (
                lambda p, y, c: np.array(by_class(np.sum)(p, y, c)) / len(y),
                "divided by the number of all samples",
            ),
            (lambda p, y, c: -loss_by_class(p, y, c), "wrong sign: the cost is"),
            (by_class(lambda cost: -np.log(np.exp(-cost).mean())), "logarithm of the mean hit"),
            (lambda p, y, c: -np.log(p).mean(axis=0), "mean of whole columns"),
            (
                lambda p, y, c: [-np.log(p)[y == k].mean() for k in range(c)],
                "Only the one of the true class counts",
            ),
            (by_class(lambda cost: np.exp(-cost).mean()), "These are the mean hits"),
            (by_predicted_class, "sorted by the predicted class"),
            (lambda p, y, c: costs(p, y).mean(), r"has shape \(\), expected \(3,\)"),
        ],
    },
    "4.4": {
        "stub": "def log_softmax(logits):\n    ...",
        "right": [
            log_softmax,
            log_softmax_by_loop,
            log_softmax_by_columns,
            lambda z: z - top(z) - log_sum_exp(z - top(z)),
        ],
        "wrong": [
            (softmax, "This is softmax itself"),
            (lambda z: -log_softmax(z), "minus the logarithm, as in the loss"),
            (log_sum_exp, "This is log-sum-exp"),
            (lambda z: log_sum_exp(z, keepdims=False), "This is log-sum-exp"),
            (lambda z: z - np.exp(z).sum(axis=1, keepdims=True), "its logarithm should be"),
            (lambda z: z - log_sum_exp(z, axis=0), "run down the columns"),
            (lambda z: z - top(z), "These are the shifted logits"),
            (lambda z: z - top(z) - log_sum_exp(z), "once too often"),
            (lambda z: z - log_sum_exp(z - top(z)), "Use the shifted ones in both places"),
            (log_softmax_without_keepdims, "without keepdims=True it is a vector"),
            (lambda z: z - log_sum_exp(z), "Right for small logits, but for logits 1000, 0"),
            (lambda z: np.log(softmax(z)), "Right for small logits, but for logits 1000, 0"),
            (lambda z: np.log(np.maximum(softmax(z), 1e-7)), "it stops at -16.12"),
        ],
    },
    "4.5": {
        "stub": """
def best_constant(labels, classes):
    p = ...
    loss = ...
    return p, loss
""",
        "right": [best_constant, best_constant_by_loop, best_constant_in_float32],
        "wrong": [
            (constant_with(lambda y, c: np.bincount(y, minlength=c)), "These are the counts"),
            (constant_with(lambda y, c: np.full(c, 1 / c)), "All classes equal"),
            (constant_with(lambda y, c: np.eye(c)[np.bincount(y).argmax()]), "Accuracy would like"),
            (
                constant_with(lambda y, c: (shares(y, c) > 0) / len(np.unique(y))),
                "All classes equal|Equal shares for all classes that occur",
            ),
            (
                constant_with(lambda y, c: np.unique(y, return_counts=True)[1] / len(y)),
                "p has 3 entries for 5 classes",
            ),
            (
                constant_with(lambda y, c: np.bincount(y) / len(y)),
                "too few entries for 5 classes.*minlength",
            ),
            (constant_with(loss=lambda p, y: np.log(len(p))), r"the loss is log\(classes\)"),
            (constant_with(loss=lambda p, y: -np.log(p.max())), "most frequent class only"),
            (
                constant_with(loss=lambda p, y: -np.mean(np.log(p[p > 0]))),
                "mean over the classes. Take it over the samples",
            ),
            (
                constant_with(loss=lambda p, y: -np.mean(np.log(p[y])) / len(p)),
                "divided by the number of classes, too",
            ),
            (constant_with(loss=lambda p, y: -np.log(p[y].mean())), "logarithm of the mean hit"),
            (constant_with(loss=lambda p, y: -np.sum(np.log(p[y]))), "mean over the batch"),
            (constant_with(loss=entropy_with_nan), "0 times log 0"),
            (lambda y, c: shares(y, c), "must return p and loss"),
            (lambda y, c: (shares(y, c), ...), "loss is still missing"),
        ],
    },
    "4.6": {
        "stub": "w = ...",
        "right": [
            (2.55, 0.7),
            [2.5, 0.7],
            np.array([[2.6], [0.7]]),
            np.array([2.55, 0.7], np.float32),
        ],
        "wrong": [
            ((-2, 3), r"The loss is 2\.007, not below 0\.212.*right or up"),
            ((2.55, 1.2), "Nearly there.*down"),
            ((0.7, 2.55), "exchanged: w1 comes first"),
            ((-2.55, -0.7), "Both signs are wrong"),
            ([2.55], r"Two numbers are asked for, w1 and w2. Received: shape \(1,\)"),
            ((np.nan, 1), "NaN or infinity"),
            ("down", "Two numbers are asked for"),
        ],
    },
}

ANYTHING = [
    *[None, ..., (..., ...), 3.0, "text", [[1, 2], [3]], int, lambda *arguments: 1 / 0],
    *[lambda: 1.0, lambda *arguments: "text", lambda *arguments: [[1, 2], [3]]],
    *[lambda *arguments: np.full((2, 3), np.nan), lambda *arguments: arguments],
    *[lambda *arguments: (np.zeros((2, 3)), np.zeros(3)), lambda *arguments: ("a", "b")],
    *[lambda *arguments: np.zeros((0, 3)), lambda *arguments: 0, lambda *arguments: np.inf],
    *[(0, 0), lambda *arguments: ([], "b"), lambda *arguments: (np.nan, np.nan)],
]


def cases(kind):
    return [
        pytest.param(number, case, id=f"{number}-{position}")
        for number, texts in EXERCISES.items()
        for position, case in enumerate(texts[kind])
    ]


def test_every_exercise_of_the_chapter_is_here():
    assert [n for n in exercises.numbers() if n.startswith("4.")] == list(EXERCISES)


@pytest.mark.parametrize("number", EXERCISES)
def test_a_stub_left_alone_is_not_tried(number):
    scope = {}
    exec(EXERCISES[number]["stub"], scope)
    stub = [value for name, value in scope.items() if name != "__builtins__"][-1]
    assert check(number, stub).status == "not tried yet"


@pytest.mark.parametrize(("number", "answer"), cases("right"))
def test_right_answers_pass_in_any_spelling(number, answer):
    result = check(number, answer)
    assert result.passed, result
    assert len(result.message) > 20


@pytest.mark.parametrize(("number", "case"), cases("wrong"))
@pytest.mark.filterwarnings("error")  # checks write nothing to stderr
def test_wrong_answers_are_told_what_is_wrong(number, case):
    answer, message = case
    result = check(number, answer)
    assert result.status == "not yet"
    told = re.sub("in the line `.*`", "in the line", in_one_line(result))
    assert re.search(message, told), result


@pytest.mark.parametrize("number", EXERCISES)
@pytest.mark.parametrize("answer", ANYTHING)
def test_no_answer_raises_or_passes_by_accident(number, answer):
    assert not check(number, answer).passed


CODE = [
    cell.source
    for cell in notebooks.read(notebooks.ROOT / "chapters/04_losses.ipynb").cells
    if cell.cell_type == "code"
]


def test_exercise_6_is_about_the_neuron_of_the_chapter():
    (cell,) = [source for source in CODE if "def losses_of" in source]
    (loss,) = definitions()["sigmoid_cross_entropy"]
    scope = {"np": np, "print": lambda text: None, "sigmoid_cross_entropy": loss}
    exec(cell, scope)
    assert scope["loss"].min() == pytest.approx(0.2103, abs=5e-5)
    for column in (0, 1234, 40_000):
        expected = scope["loss"][column]
        assert chapter_04._loss(scope["W"][:, column]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("place", "status"),
    [("chapters", "not tried yet"), ("chapters/solutions", "right")],
)
def test_what_the_notebooks_show(place, status):
    path = notebooks.ROOT / place / "04_losses.ipynb"
    shown = [
        output.data["text/plain"]
        for cell in notebooks.read(path).cells
        if cell.cell_type == "code" and cell.source.startswith("exercises.check(")
        for output in cell.outputs
    ]
    assert [text.split(". ")[0] for text in shown] == [
        f"Exercise {number}: {status}" for number in EXERCISES
    ]


def definitions():
    """Return every version of each function of the chapter, from the first draft to the last."""
    scope, found = {"np": np}, {}
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
            ("binary_cross_entropy", losses.BinaryCrossEntropy, vector, column),
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
