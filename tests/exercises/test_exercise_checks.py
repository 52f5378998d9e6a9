"""What checks exercises: `check` itself, and the comparisons that diagnose an answer."""

import inspect
import itertools
import sys
import types

import numpy as np
import pytest
from answers_00 import row_means
from IPython.core.interactiveshell import InteractiveShell
from test_exercises import in_one_line

from shared import exercises
from shared.exercises import Result, check, exercise
from shared.exercises.compare import (
    NotTried,
    Wrong,
    call,
    expect,
    expect_parts,
    finite,
    is_blank,
    items,
    parts,
    predictions,
    same_values,
    swapped,
)


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
            ("lambda x: x[99]", "on an axis of length n, the last one is n - 1"),
        ],
    )
    def test_says_what_a_common_exception_means(self, answer, words):
        assert words in in_one_line(check("0.1", eval(answer)))

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ("lambda x: exit(3)", "SystemExit: 3. A function hands back its result with `return`"),
            ("lambda x: (_ for _ in ()).throw(GeneratorExit)", "raised GeneratorExit"),
        ],
    )
    def test_exits_are_exceptions_like_others(self, answer, words):
        assert words in in_one_line(check("0.1", eval(answer)))

    def test_a_long_message_is_cut(self):
        def answer(x):
            raise ValueError("word " * 1000)

        assert 300 < len(check("0.1", answer).message) < 500

    def test_a_message_that_cannot_be_encoded(self):
        def answer(x):
            raise ValueError("\ud800")

        assert "ValueError: ?." in str(check("0.1", answer))


class TestNewestCell:
    """In a notebook, an answer may be older than the cell above."""

    OLD = "def row_means(x):\n    return x.mean(axis=1)"
    BROKEN = "import numpy as np\n\ndef row_means(x)\n    return x.mean(axis=1)"
    CHECK = 'exercises.check("0.1", row_means)'

    @pytest.fixture
    def run(self, monkeypatch):
        """Return a function that checks an answer after some cells were run."""

        def run(*cells, answer=row_means, check_cell=self.CHECK):
            shell = types.SimpleNamespace(user_ns={"In": ["", *cells, check_cell]})
            ipython = types.SimpleNamespace(get_ipython=lambda: shell)
            monkeypatch.setitem(sys.modules, "IPython", ipython)
            return in_one_line(check("0.1", answer))

        return run

    def test_a_syntax_error_in_the_newest_version_is_named(self, run):
        told = run(self.OLD, self.BROKEN)
        assert told.startswith("Exercise 0.1: not yet. The newest version of your cell has a synta")
        assert "error in line 3," in told
        assert "still has your answer from before" in told

    def test_what_is_no_error_of_the_parser_is_found_as_well(self, run):
        assert "syntax error in line 1" in run(self.OLD, "return\ndef row_means(x): ...")

    def test_a_version_that_was_run_counts(self, run):
        assert ": right." in run(self.BROKEN, self.OLD)
        assert ": right." in run(self.BROKEN, self.OLD, "1 +")  # a cell about something else
        assert ": right." in run("def row_means_2(x)", "await row_means(x)")

        assert ": right." in run(self.OLD, "print('see def row_means(x)'")

    VALUE = 'check("0.1", means)'
    NAMED = (
        ("means = 3", "means = (", VALUE),
        ("means = lambda x: x", "means = lambda x x", VALUE),
        ("means: float = 3", "import numpy\nmeans: float = 3 3", VALUE),
        ("means = 3", "means = (", 'exercises.check("0.1", (other, means))'),
        ("class Means: ...", "class Means(Layer)\n    pass", 'check("0.1", Means)'),
    )

    @pytest.mark.parametrize(("right", "broken", "check_cell"), NAMED)
    def test_a_value_and_a_class_have_their_cells_too(self, run, right, broken, check_cell):
        for answer in (3.0, lambda x: x, row_means):
            told = run(right, broken, answer=answer, check_cell=check_cell)
            assert "syntax error in line " in told
            assert "syntax error" not in run(broken, right, answer=answer, check_cell=check_cell)
            assert "syntax error" not in run(right, "1 +", answer=answer, check_cell=check_cell)

    @pytest.mark.parametrize(
        "check_cell",
        ['check("0.1", 3)', "%time check('0.1', means)", 'exercises.check("0.1")', "means == 3"],
    )
    def test_without_a_name_no_cell_is_blamed(self, run, check_cell):
        assert "syntax error" not in run("means = (", answer=3.0, check_cell=check_cell)

    def test_in_a_notebook(self):
        shell = InteractiveShell.instance()
        try:
            shell.run_cell("from shared import exercises", store_history=True)
            for cell in (inspect.getsource(row_means), self.BROKEN):
                shell.run_cell("import numpy as np\n" + cell, store_history=True)
            told = shell.run_cell(self.CHECK, store_history=True).result
            assert "syntax error in line 4" in in_one_line(told)
        finally:
            InteractiveShell.clear_instance()


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
        with pytest.raises(Wrong, match=r"This check needs a function\. Received: an int\."):
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
        kind = type(argument).__name__.removeprefix("nd")
        told = f"its argument numbers in place, so the caller's {kind} changes too. Work on a copy."
        with pytest.raises(Wrong, match=f"changes {told}"):
            call(answer, 0, argument)
        assert list(argument) == before

    @pytest.mark.parametrize("kind", [list, tuple])
    @pytest.mark.parametrize("change", [True, False])
    def test_arrays_of_different_shapes_in_a_sequence(self, change, kind):
        def answer(weights):
            if change:
                weights[1][0] = 7
            return 1

        arguments = kind([np.zeros((2, 3)), np.zeros(3)])
        if change:
            with pytest.raises(Wrong, match="changes its argument weights in place"):
                call(answer, arguments)
        else:
            assert call(answer, arguments) == 1
        assert not arguments[1].any()

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
            (5, "5 times as large as it should be. 5 is the number of samples: is the mean over"),
            (1 / 5, "should be 5 times as large. 5 is the number of samples: did you divide by it"),
            (1 / 3, "3 is the number of columns: did you take the mean over every element?"),
            (2, "twice as large as it should be. Did you add the same term twice?"),
            (0.5, "half as large as it should be. Is a factor of 2 missing"),
            (3, "is 3 times what it should be, everywhere"),
            (-1, "has the wrong sign, and is right otherwise"),
            (-2.5, "is -2.5 times what it should be, everywhere"),
        ],
    )
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_factors(self, factor, words, dtype):
        assert words in diagnosis((RIGHT * factor).astype(dtype), batch=5)

    def test_own_causes_of_factors_come_first(self):
        factors = {5: "Five folds.", -2: "Signs.", 0.5: "Half.", 0.3: "A third."}
        told = diagnosis(RIGHT * 5, batch=5, factors=factors)
        assert told == "dW is 5 times as large as it should be. Five folds."
        assert diagnosis(RIGHT * -2, factors=factors).endswith("everywhere. Signs.")
        assert diagnosis(RIGHT / 2, factors=factors).endswith("as large as it should be. Half.")
        assert diagnosis(0.3, 1.0, factors=factors) == "dW should be 3.333 times as large. A third."

    def test_no_batch_no_mean(self):
        assert diagnosis(RIGHT * 5) == "dW is 5 times what it should be, everywhere."
        assert diagnosis(RIGHT / 5) == "dW is 0.2 times what it should be, everywhere."

    def test_factor_of_a_single_number(self):
        assert diagnosis(15.0, 3.0, batch=5).endswith("is the mean over the batch missing?")
        assert "twice as large as it should be" in diagnosis(7.0, 3.5)
        assert diagnosis(7.25, 3.5) == "dW is 7.25, expected 3.5."
        assert diagnosis(0.0, 3.5) == "dW is 0, expected 3.5."
        assert diagnosis(123456, 8) == "dW is 123456, expected 8."

    def test_numbers_get_enough_digits_to_differ(self):
        assert diagnosis(0.7047, 0.704688) == "dW is 0.7047, expected 0.704688."
        assert diagnosis(0.7046881, 0.7046868) == "dW is 0.704688, expected 0.704687."
        told = diagnosis([1.0, 0.704745], [1.0, 0.704655])
        assert told.startswith("dW is 0.704745 at [1], expected 0.704655")

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
        assert diagnosis(RIGHT * 1.00002).startswith("dW is nearly right")
        assert diagnosis(0.0, -0.5) == "dW is 0, expected -0.5."


class TestExpectParts:
    RIGHT = {"dW": RIGHT, "db": np.array([1.0, 2.0, 3.0]), "loss": 0.5}  # noqa: RUF012

    def told(self, *result, **options):
        with pytest.raises(Wrong) as caught:
            expect_parts(result, self.RIGHT, **options)
        return str(caught.value)

    def test_right_ones_pass(self):
        expect_parts([RIGHT.tolist(), (1, 2, 3), np.float32(0.5)], self.RIGHT)
        expect_parts((1.0, 1.0), {"a": 1.0, "b": 1.0})

    def test_a_swapped_pair_is_named(self):
        told = self.told([1, 2, 3], RIGHT, 0.5)
        assert told == "You returned (db, dW, loss). The exercise asks for (dW, db, loss)."
        assert self.told(0.5, RIGHT, [1, 2, 3]).startswith("You returned (loss, dW, db).")

    @pytest.mark.parametrize("other", ["a", [[1], [2, 3]], None, np.array([{}])])
    def test_any_part_may_be_wrong(self, other):
        self_made = [RIGHT, other, 0.5]
        with pytest.raises((Wrong, NotTried)):
            expect_parts(self_made, self.RIGHT)
        swapped((RIGHT, other, 0.5), self.RIGHT)  # not a matter of order

    def test_the_parts_are_named_in_the_order_asked_for(self):
        wrong = -RIGHT, [3, 2, 9], 7.0
        assert self.told(*wrong).startswith("dW has the wrong sign")
        assert self.told(*wrong, order=["loss", "dW", "db"]).startswith("loss is 7, expected 0.5")
        told = self.told(*wrong, about="for x (2, 3)")
        assert told.startswith("dW for x (2, 3) has the wrong sign")

    def test_mistakes_and_options_are_handed_on(self):
        mistakes = {"db": [([1, 2, 4], "The last one!")]}
        assert self.told(RIGHT, [1, 2, 4], 0.5, mistakes=mistakes) == "The last one!"
        assert "5 is the number of samples" in self.told(5 * RIGHT, [1, 2, 3], 0.5, batch=5)

    def test_a_part_too_few(self):
        assert self.told(RIGHT, 1).endswith("Received: a tuple of 2.")


class TestItems:
    def test_any_list(self):
        assert items((1, 2), 2, "it") == items((n for n in (1, 2)), 2, "it") == [1, 2]

    @pytest.mark.parametrize("endless", [itertools.count(), range(10**9), [0] * 3])
    def test_too_many(self, endless):
        with pytest.raises(Wrong, match=r"it has more than 2 items\. Does it ever end"):
            items(endless, 2, "it")

    @pytest.mark.parametrize("other", [3, "abc", {"a": 1}])
    def test_no_list(self, other):
        with pytest.raises(Wrong, match=r"it must be a list\. Received: "):
            items(other, 5, "it")

    def test_untouched(self):
        with pytest.raises(NotTried):
            items(..., 5, "it")


class TestFinite:
    def test_becomes_float64(self):
        result = finite([1, 2], "w", (2,))
        assert result.dtype == np.float64 and result.tolist() == [1, 2]
        assert finite(np.float32(3), "b", ()) == 3

    @pytest.mark.parametrize(
        ("value", "shape", "words"),
        [
            ([1, np.nan], None, r"w must be finite\. Received: \[1\.0, nan\]"),
            ([1, 2], (3,), r"w must have shape \(3,\)\. Received: shape \(2,\)"),
            ([1], (), r"w must be a single number\. Received: shape \(1,\)"),
            ("a", None, "w must be made of numbers"),
        ],
    )
    def test_anything_else_is_named(self, value, shape, words):
        with pytest.raises(Wrong, match=words):
            finite(value, "w", shape)

    @pytest.mark.parametrize("value", [..., [1.0, ...]])
    def test_half_a_stub(self, value):
        with pytest.raises(NotTried):
            finite(value, "w")


class TestPredictions:
    X = np.linspace(0, 1, 20).reshape(-1, 1)

    def told(self, predict, **options):
        with pytest.raises(Wrong) as caught:
            predictions(predict, self.X, (20, 1), "a column of numbers", **options)
        return str(caught.value)

    def test_come_back(self):
        result = predictions(lambda x: 2 * x, self.X, (20, 1), "a column of numbers")
        np.testing.assert_array_equal(result, 2 * self.X)

    def test_wrong_ones(self):
        assert self.told(3) == "It must return a function, predict(x). Received: an int."
        told = self.told(lambda x: x[:, 0])
        assert told.startswith("predict must return a column of numbers, shape (20, 1). Received: ")
        assert self.told(lambda x: x[:, 0], hints={(20,): "No column."}) == "No column."
        assert "made of" not in self.told(lambda x: x.astype(str))
        assert self.told(lambda x: x * np.nan).startswith("predict returns NaN")

    def test_of_the_training_points_only(self):
        assert "for any points" in self.told(lambda x: self.X)
        assert "for any points" in self.told(lambda x: x - x.mean())

    def test_untouched(self):
        with pytest.raises(NotTried):
            predictions(lambda x: ..., self.X, (20, 1), "a column")


def test_same_values():
    nested = [np.zeros(2), (1, [np.ones((2, 3))])]
    assert same_values(nested, [[0, 0], (1, (np.ones((2, 3)),))])
    assert not same_values(nested, [np.zeros(2), (1, [np.zeros((2, 3))])])
    assert not same_values([1, 2], [1])
    assert not same_values(np.zeros(2), np.zeros(3))
