"""How an answer comes to its result: the rules that look at its code and its random numbers."""

import functools

import numpy as np
import pytest

from shared.exercises import rules
from shared.exercises.compare import Wrong
from shared.gradcheck import numerical_gradient
from shared.layers import Dense


def told(rule, *arguments):
    with pytest.raises(Wrong) as caught:
        rule(*arguments)
    return str(caught.value)


def helper(a, b):
    return a @ b


def sums(a, b):
    return (a[:, :, None] * b[None, :, :]).sum(axis=1)


def with_for(x):
    total = 0
    for number in x:
        total += number
    return total


def with_while(x):
    while x < 3:
        x += 1
    return x


def with_while_and_except(x):
    while x:
        try:
            x -= 1
        except ValueError:
            x = 0


def without_any(x):
    """An `except`, a `with`, and a condition, all without a loop."""
    try:
        with np.errstate(all="ignore"):
            y = np.exp(x)
    except FloatingPointError:
        y = x
    except (TypeError, ValueError) as error:
        print(error)
        y = 2 * x
    finally:
        y = +y
    if y.any():
        return y
    return x if x.all() else y.sum()


class TestWithoutMatmul:
    @pytest.mark.parametrize(
        ("answer", "what"),
        [
            (lambda a, b: a @ b, "`@`"),
            (lambda a, b: helper(a, b) + 1, "`@`"),
            (lambda a, b: [row @ b for row in a], "`@`"),
            (lambda a, b: np.dot(a, b), "`dot`"),
            (lambda a, b: a.dot(b), "`dot`"),
            (lambda a, b: np.einsum("ij,jk", a, b), "`einsum`"),
            (np.matmul, "`matmul`"),
            (functools.partial(helper, np.eye(2)), "`@`"),
        ],
    )
    def test_found(self, answer, what):
        assert told(rules.without_matmul, answer).endswith(f"without {what}.")

    def test_in_place(self):
        def answer(a, b):
            a @= b
            return a

        assert "`@`" in told(rules.without_matmul, answer)

    def test_inside_an_inner_function(self):
        def answer(a, b):
            def one(row):
                return row @ b

            return [one(row) for row in a]

        assert "`@`" in told(rules.without_matmul, answer)

    def test_in_a_function_of_the_surroundings(self):
        product = helper
        assert "`@`" in told(rules.without_matmul, lambda a, b: product(a, b))

    @pytest.mark.parametrize("answer", [sums, lambda a, b: a * b - 1, 3, None, np.add])
    def test_passes(self, answer):
        rules.without_matmul(answer)

    def test_the_packages_own_functions_are_not_the_readers(self):
        rules.without_matmul(lambda x: Dense(2, 3, np.random.default_rng(0)).forward(x))


class TestWithoutLoops:
    @pytest.mark.parametrize(
        "answer",
        [
            *[with_for, with_while, with_while_and_except],
            *[lambda x: [a for a in x], lambda x: sum(a for a in x), lambda x: with_for(x)],
        ],
    )
    def test_found(self, answer):
        assert told(rules.without_loops, answer).startswith("There is a loop in your code.")

    @pytest.mark.parametrize(
        "answer", [lambda x: list(map(abs, x)), lambda x: np.vectorize(abs)(x)]
    )
    def test_hidden_ones(self, answer):
        assert "which is a loop, too" in told(rules.without_loops, answer)

    @pytest.mark.parametrize("answer", [without_any, sums, np.sum, lambda x: x.sum() if x else 0])
    def test_passes(self, answer):
        rules.without_loops(answer)


class TestNotMeasured:
    x = np.linspace(-1, 2, 7)
    right = 3 * x**2

    def nudged(self, x, h=1e-5):
        return ((x + h) ** 3 - (x - h) ** 3) / (2 * h)

    @pytest.mark.parametrize("h", [1e-6, 1e-5, 1e-4, 1e-3])
    def test_nudges_are_known_by_their_digits(self, h):
        received = self.nudged(self.x, h)
        text = told(rules.not_measured, self.nudged, [received], [self.right])
        assert "measures the slope instead of deriving it, or rounds on the way" in text
        assert "It's right to " in text

    def test_one_sided(self):
        received = ((self.x + 1e-6) ** 3 - self.x**3) / 1e-6
        text = told(rules.not_measured, self.nudged, [self.right, received], [self.right] * 2)
        assert "right to 6 digits" in text

    def test_the_packages_own_check_is_known_by_its_name(self):
        def answer(x):
            return numerical_gradient(lambda x: (x**3).sum(), x)

        assert "without `numerical_gradient`" in told(rules.not_measured, answer)

    def test_an_imaginary_nudge_is_right_to_all_digits(self):
        def answer(x):
            return ((x + 1e-30j) ** 3).imag / 1e-30

        text = told(rules.not_measured, answer, [answer(self.x)], [self.right])
        assert "with an imaginary nudge" in text

    def test_formulas_pass(self):
        def answer(x):
            return 3 * x * x

        rules.not_measured(answer, [answer(self.x)], [self.right])
        rules.not_measured(answer, [answer(self.x) * (1 + 1e-14)], [self.right])
        rules.not_measured(answer, [answer(np.float32(self.x))], [self.right])  # 7 digits
        rules.not_measured(answer, [2 * self.right, "a"], [self.right, self.right])  # wrong


def test_calls_are_counted():
    forward = rules.Counted(lambda x, scale=1: scale * x)
    assert forward(3) + forward(3, scale=2) == 9
    assert forward.calls == 2


class TestDrawsFromRng:
    def test_returns_what_was_drawn_first(self):
        drawn = rules.draws_from_rng(lambda rng: rng.normal(size=3))
        np.testing.assert_array_equal(drawn, np.random.default_rng(1).normal(size=3))

    def test_lists_of_arrays(self):
        assert len(rules.draws_from_rng(lambda rng: [rng.random(2), rng.random(3)])) == 2

    @pytest.mark.parametrize(
        ("draw", "words"),
        [
            (lambda rng: np.random.rand(3), "NumPy's global generator"),  # noqa: NPY002
            (lambda rng: np.random.seed(0) or rng.random(), "global generator"),  # noqa: NPY002
            (lambda rng: 3.0, "Nothing is drawn from the `rng`"),
            (lambda rng: np.random.default_rng(0).random(), "Nothing is drawn from the `rng`"),
            (
                lambda rng: rng.random() + np.random.default_rng().random(),
                "other numbers the second time",
            ),
            (lambda rng: rng.random() and np.random.default_rng(0).random(), "Every seed gives"),
        ],
    )
    def test_other_sources_are_named(self, draw, words):
        assert words in told(rules.draws_from_rng, draw)
