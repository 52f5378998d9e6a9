"""What checks exercises: `check` itself, and the comparisons that diagnose an answer."""

import numpy as np
import pytest
from answers_00 import row_means
from test_exercises import in_one_line

from shared import exercises
from shared.exercises import Result, check, exercise
from shared.exercises.compare import NotTried, Wrong, call, expect, is_blank, parts


class TestCheck:
    def test_there_is_no_such_exercise(self):
        with pytest.raises(ValueError, match=r"exercise '99\.1'\. There are: 0\.1, 0\.2"):
            check("99.1", None)

    def test_an_exercise_has_one_check(self):
        with pytest.raises(ValueError, match=r"Exercise 0\.1 has two checks"):
            exercise("0.1")(lambda answer: "")

    def test_numbers_are_in_the_order_of_the_chapters(self, monkeypatch):
        scrambled = {number: None for number in ["10.2", "B.1", "2.1", "A.1", "10.10", "0.1"]}
        monkeypatch.setattr(exercises, "_checks", scrambled)
        assert exercises.numbers() == ["0.1", "2.1", "10.2", "10.10", "A.1", "B.1"]

    def test_prints_nothing_by_itself(self, capsys):
        check("0.1", row_means)
        assert capsys.readouterr().out == ""

    @pytest.mark.parametrize("answer", [None, ..., (..., ...)])
    def test_a_value_left_alone_is_not_tried(self, answer):
        assert check("0.1", answer).status == "not tried yet"

    def test_result(self):
        right, wrong = Result("1.1", "right", "Good."), Result("1.1", "not yet", "word " * 40)
        assert right.passed and right
        assert not wrong.passed and not wrong
        assert repr(right) == str(right) == "Exercise 1.1: right. Good."
        assert max(len(line) for line in str(wrong).splitlines()) <= 88

    def test_names_an_exception_and_its_line(self):
        def answer(x):
            fine = x + 1
            return fine / undefined_name  # noqa: F821

        text = in_one_line(check("0.1", answer))
        assert "Your code raised NameError: name 'undefined_name' is not defined." in text
        assert "in the line `return fine / undefined_name # noqa: F821`" in text
        assert "Is the name spelled right" in text

    def test_names_the_readers_line_when_numpy_raised(self):
        def answer(x):
            return np.stack([x, np.zeros(3)])  # raises in Python code of NumPy

        text = in_one_line(check("0.1", answer))
        assert "in the line `return np.stack([x, np.zeros(3)])" in text

    def test_names_the_readers_line_when_the_package_raised(self):
        def answer(predict_proba, images):
            return predict_proba(images[0])

        text = in_one_line(check("17.5", answer))
        assert (
            "Received: (4, 5). It happened in the line `return predict_proba(images[0])`." in text
        )

    def test_an_exception_without_words(self):
        text = in_one_line(check("0.1", eval("lambda x: {}[x.shape]")))
        assert text.endswith("Your code raised KeyError: (5, 3).")
        text = in_one_line(check("0.1", eval("lambda x: next(iter([]))")))
        assert text.endswith("Your code raised StopIteration.")

    def test_no_line_to_name(self):
        text = in_one_line(check("0.1", eval("lambda x: 1 / 0")))
        assert (
            text == "Exercise 0.1: not yet. Your code raised ZeroDivisionError: division by zero."
        )

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ("lambda x: x + [1, 2, 3, 4, 5, 6, 7]", "from their last axis"),
            ("lambda x: x @ x", "the last axis of a must be as long as the first axis of b"),
            ("lambda: 1", "must stay as they are in the stub"),
            ("lambda x: x[99]", "An index is as large as the axis is long"),
        ],
    )
    def test_says_what_a_common_exception_means(self, answer, words):
        assert words in in_one_line(check("0.1", eval(answer)))

    def test_an_interrupt_is_not_swallowed(self):
        def answer(x):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            check("0.1", answer)


class TestCall:
    def test_result_comes_back(self):
        assert call(lambda a, b: a + b, 1, 2) == 3

    def test_stubs(self):
        def with_docstring(x):
            """Do something."""

        def with_pass(x):
            pass

        def with_blank_in_the_middle(x):
            mean = ...
            return x - mean

        def with_error(x):
            raise NotImplementedError

        for stub in [with_docstring, with_pass, with_blank_in_the_middle, with_error]:
            with pytest.raises(NotTried):
                call(stub, np.zeros(3))

    def test_forgotten_return(self):
        def answer(x):
            x + 1

        with pytest.raises(Wrong, match=r"returns None\. Does it end with a `return`"):
            call(answer, np.zeros(3))

    def test_no_function(self):
        with pytest.raises(Wrong, match=r"A function is asked for\. Received: an int\."):
            call(3, 1)

    def test_own_type_errors_pass_through(self):
        with pytest.raises(TypeError, match="unsupported operand"):
            call(lambda x: x + "a", 1)

    @pytest.mark.parametrize("argument", [np.arange(3.0), [3, 2, 1]])
    def test_changed_argument(self, argument):
        def answer(first, numbers):
            numbers[0] = 7
            return 1

        before = list(argument)
        with pytest.raises(Wrong, match="changes its argument numbers in place"):
            call(answer, 0, argument)
        assert list(argument) == before

    @pytest.mark.parametrize("change", [True, False])
    def test_a_list_of_arrays_of_different_shapes(self, change):
        def answer(weights):
            if change:
                weights[1][0] = 7
            return 1

        arguments = [np.zeros((2, 3)), np.zeros(3)]
        if change:
            with pytest.raises(Wrong, match="changes its argument weights in place"):
                call(answer, arguments)
        else:
            assert call(answer, arguments) == 1

    def test_changed_argument_without_a_name(self):
        with pytest.raises(Wrong, match="changes its argument number 1 in place"):
            call(lambda *arrays: arrays[0].fill(3) or 1, np.zeros(3))

    def test_a_generator_may_be_used(self):
        assert isinstance(call(lambda rng: rng.random(), np.random.default_rng(0)), float)


class TestBlank:
    @pytest.mark.parametrize("value", [None, ..., (None, ...), [[...]], np.array([..., ...])])
    def test_blank(self, value):
        assert is_blank(value)

    @pytest.mark.parametrize("value", [0, 0.0, "", (), [], (..., 1), np.zeros(0), np.zeros(2)])
    def test_not_blank(self, value):
        assert not is_blank(value)

    def test_parts(self):
        assert parts((1, 2), ["dW", "db"]) == (1, 2)
        with pytest.raises(Wrong, match=r"must return dW and db\. Received: a tuple of 3\."):
            parts((1, 2, 3), ["dW", "db"])
        with pytest.raises(Wrong, match=r"must return dW and db\. Received: an array of float64"):
            parts(np.zeros(2), ["dW", "db"])
        with pytest.raises(Wrong, match=r"db is still missing: it is `\.\.\.`"):
            parts((1, ...), ["dW", "db"])


RIGHT = np.array([[0.5, -1.0, 2.0], [3.0, 0.25, -0.75]])


def diagnosis(received, expected=RIGHT, **options):
    with pytest.raises(Wrong) as caught:
        expect(received, expected, "dW", **options)
    return str(caught.value)


class TestExpect:
    @pytest.mark.parametrize(
        "answer",
        [
            RIGHT,
            RIGHT.tolist(),
            RIGHT.astype(np.float32),
            (RIGHT * (1 + 1e-9)),
            np.asfortranarray(RIGHT),
            np.float16(RIGHT + 5e-4),
            np.float32(RIGHT) + np.float32(1e-5),
        ],
    )
    def test_accepts_the_right_numbers_in_any_spelling(self, answer):
        expect(answer, RIGHT, "dW")

    @pytest.mark.parametrize("answer", [2, 2.0, np.float32(2), np.array(2.0), np.int8(2)])
    def test_accepts_any_kind_of_number(self, answer):
        expect(answer, 2.0, "loss")

    @pytest.mark.parametrize("answer", [True, [True, False]])
    def test_accepts_booleans_for_zero_and_one(self, answer):
        expect(answer, np.float64(answer), "mask")

    def test_zero_is_compared_absolutely(self):
        expect(np.full(3, 1e-9), np.zeros(3), "dW")
        with np.errstate(all="raise"):
            assert "too large by 0.001 everywhere" in diagnosis(np.full(3, 1e-3), np.zeros(3))
            assert diagnosis(0.5, 0.0) == "dW is 0.5, expected 0."

    def test_tolerance(self):
        expect(RIGHT + 1e-3, RIGHT, "dW", tolerance=1e-3)
        diagnosis(RIGHT + 1e-3, tolerance=1e-4)

    def test_untouched(self):
        for answer in [None, ..., np.array(...)]:
            with pytest.raises(NotTried):
                expect(answer, RIGHT, "dW")

    def test_numbers_are_asked_for(self):
        assert diagnosis("0.5") == "dW must be made of numbers. Received: a str."
        assert "Received: an array of complex128 with shape (1,)" in diagnosis(np.array([1j]))
        assert diagnosis([[1, 2], [3]]) == "dW is no array: its rows are not equally long."

    def test_dtype_only_if_asked(self):
        told = diagnosis(RIGHT, dtype=np.float32)
        assert "right numbers but dtype float64 instead of float32" in told
        expect(RIGHT.astype(np.float32), RIGHT, "dW", dtype=np.float32)

    def test_known_mistakes_come_first(self):
        assert (
            diagnosis(-RIGHT, mistakes=[(RIGHT, "no"), (-RIGHT, "You descend.")]) == "You descend."
        )
        assert diagnosis(3.0, mistakes=[(np.array([3.0]), "no"), (3, "That is the sum.")]) == (
            "That is the sum."
        )

    def test_a_mistake_that_is_right_here_is_right(self):
        expect(RIGHT, RIGHT, "dW", mistakes=[(RIGHT, "no")])

    def test_transposed(self):
        told = diagnosis(RIGHT.T)
        assert told == "dW is transposed: it has shape (3, 2), expected (2, 3)."
        assert diagnosis(RIGHT.T + 1).endswith("expected (2, 3). Is it transposed?")
        square = np.array([[1.0, 2.0], [3.0, 5.0]])
        assert diagnosis(square.T, square) == "dW is transposed: rows and columns are exchanged."

    def test_shape(self):
        assert diagnosis(np.zeros((4, 3))) == "dW has shape (4, 3), expected (2, 3)."
        assert diagnosis(RIGHT.ravel()) == (
            "dW has the right numbers in the wrong shape: it has shape (6,), expected (2, 3)."
        )
        column = np.array([[1.0], [2.0], [4.0]])
        assert diagnosis(column.ravel(), column).endswith(
            "it has shape (3,), expected (3, 1). keepdims=True keeps an axis of length 1."
        )

    @pytest.mark.parametrize("shape", [(4,), (4, 1)])
    def test_broadcast_to_a_square(self, shape):
        told = diagnosis(np.zeros((4, 4)), np.arange(4.0).reshape(shape))
        assert told.endswith("Somewhere (4,) met (4, 1), which NumPy broadcasts to (4, 4).")

    def test_a_square_may_have_another_cause(self):
        assert diagnosis(np.zeros((3, 3))) == "dW has shape (3, 3), expected (2, 3)."

    def test_number_expected(self):
        assert diagnosis([[0.5]], 0.5) == "dW is the right number, but in an array of shape (1, 1)."
        assert diagnosis([1.0], 0.5) == "dW must be a single number, but has shape (1,)."
        assert diagnosis(RIGHT, 0.5) == "dW must be a single number, but has shape (2, 3)."
        assert diagnosis(7.0) == "dW has shape (), expected (2, 3)."

    def test_one_number_per_sample(self):
        losses = np.array([1.0, 2.0, 6.0])
        assert diagnosis(losses, 3.0, batch=3) == (
            "dW has one number for each sample; their mean is still to be taken."
        )
        assert "their sum is still to be taken" in diagnosis(losses, 9.0, batch=3)
        assert "must be a single number" in diagnosis(losses, 3.0)
        assert "must be a single number" in diagnosis(losses, 3.0, batch=4)

    @pytest.mark.parametrize(
        ("factor", "words"),
        [
            (
                5,
                "5 times too large, the number of samples in the batch: the mean over the batch is",
            ),
            (1 / 5, "5 times too small, the number of samples in the batch: it is divided by"),
            (2, "twice as large as it should be: a factor 2 too many"),
            (0.5, "half as large as it should be: a factor 2 is missing"),
            (3, "is 3 times what it should be, everywhere"),
            (-1, "has the right size but the wrong sign"),
            (-2.5, "is -2.5 times what it should be, everywhere"),
        ],
    )
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_factors(self, factor, words, dtype):
        assert words in diagnosis((RIGHT * factor).astype(dtype), batch=5)

    def test_no_batch_no_mean(self):
        assert diagnosis(RIGHT * 5) == "dW is 5 times what it should be, everywhere."
        assert diagnosis(RIGHT / 5) == "dW is 0.2 times what it should be, everywhere."

    def test_factor_of_a_single_number(self):
        assert diagnosis(15.0, 3.0, batch=5).endswith("the mean over the batch is forgotten.")
        assert diagnosis(7.0, 3.5) == "dW is twice as large as it should be: a factor 2 too many."
        assert diagnosis(7.25, 3.5) == "dW is 7.25, expected 3.5."
        assert diagnosis(0.0, 3.5) == "dW is 0, expected 3.5."
        assert diagnosis(123456, 8) == "dW is 123456, expected 8."

    def test_zeros(self):
        assert (
            diagnosis(np.zeros((2, 3))) == "dW is zero everywhere. Was the result ever filled in?"
        )

    def test_not_finite(self):
        holed = RIGHT.copy()
        holed[1, 0] = np.nan
        assert diagnosis(holed).startswith("dW contains NaN at [1, 0].")
        holed[1, 0] = np.inf
        assert diagnosis(holed).startswith("dW contains infinity at [1, 0].")
        assert diagnosis(np.nan, 1.0).startswith("dW contains NaN.")

    def test_offset_and_order(self):
        assert diagnosis(RIGHT - 0.5) == "dW is too small by 0.5 everywhere."
        assert diagnosis(RIGHT + 2) == "dW is too large by 2 everywhere."
        assert diagnosis(RIGHT[::-1]) == "dW has the right numbers in the wrong order."

    def test_first_difference(self):
        answer = RIGHT.copy()
        answer[0, 2], answer[1, 1] = 7, 1 / 3
        assert diagnosis(answer) == "dW is 7 at [0, 2], expected 2 (2 of 6 numbers differ)."
        answer[0, 2] = 2
        told = "dW is 0.3333 at [1, 1], expected 0.25 (1 of 6 numbers differ)."
        assert diagnosis(answer) == told

    def test_nearly(self):
        answer = RIGHT.copy()
        answer[0, 0] += 1e-5
        assert diagnosis(answer).startswith("dW is nearly right")
