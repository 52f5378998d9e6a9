import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shared import metrics

PREDICTED = [0, 0, 1, 2, 2, 2, 1, 0]
TRUE = [0, 0, 0, 2, 2, 1, 1, 2]
# By hand, rows the true class: of three 0s two were found, and so on.
MATRIX = [[2, 1, 0], [0, 1, 1], [1, 0, 2]]

labels_pair = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(int, n, elements=st.integers(0, 3)), arrays(int, n, elements=st.integers(0, 3))
    )
)
# Few different scores, so that ties are common; both classes present.
scored = st.lists(st.tuples(st.integers(-3, 3), st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({truth for _, truth in pairs}) == 2
)


def one_hot(labels, classes):
    return np.array([[float(label == k) for k in range(classes)] for label in labels])


class TestAccuracy:
    scores = np.array([[0.1, 0.7, 0.2], [5.0, -1.0, 2.0], [0.3, 0.3, 0.4], [-3.0, -2.0, -2.5]])

    def test_by_hand(self):
        # Winners 1, 0, 2, 1.
        assert metrics.accuracy(self.scores, [1, 0, 2, 1]) == 1.0
        assert metrics.accuracy(self.scores, [1, 0, 0, 0]) == 0.5
        assert metrics.accuracy(self.scores, [0, 1, 1, 0]) == 0.0

    def test_one_hot_and_integer_labels_agree(self):
        for labels, share in [([1, 2, 2, 0], 0.5), ([1, 0, 2, 1], 1.0), ([2, 0, 1, 0], 0.25)]:
            assert metrics.accuracy(self.scores, labels) == share
            assert metrics.accuracy(self.scores, one_hot(labels, 3)) == share

    @pytest.mark.parametrize(
        "row",
        [[0, 0, 0], [1, 1, 0], [0.2, 0.5, 0.3], [0, 2, 0], [0, 0.5, 0], [0, -1, 1], [np.nan, 1, 0]],
    )
    def test_a_row_that_is_not_one_hot_is_refused(self, row):
        truth = np.array([[1, 0, 0], row])
        with pytest.raises(ValueError, match=r"a single 1 and zeros. Received: \["):
            metrics.accuracy(self.scores[:2], truth)

    @pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float32])
    def test_labels_of_any_dtype(self, dtype):
        assert (
            metrics.accuracy(self.scores.astype(np.float32), np.array([1, 0, 0, 1], dtype)) == 0.75
        )

    def test_as_many_samples_as_classes(self):
        scores = np.eye(3)
        assert metrics.accuracy(scores, [0, 1, 0]) == pytest.approx(2 / 3)

    def test_first_of_equal_scores_wins(self):
        assert metrics.accuracy([[0.5, 0.5]], [0]) == 1.0

    @pytest.mark.parametrize(
        "labels", [[1, 1, 0, 0], [[1], [1], [0], [0]], [True, True, False, False]]
    )
    def test_binary(self, labels):
        probabilities = np.array([[0.9], [0.5], [0.6], [0.1]])  # predicted 1, 1, 1, 0
        assert metrics.accuracy(probabilities, labels) == 0.75
        assert metrics.accuracy(probabilities, labels, threshold=0.8) == 0.75  # 1, 0, 0, 0
        assert metrics.accuracy(probabilities, labels, threshold=0.0) == 0.5

    def test_the_threshold_is_one_half_and_is_reached(self):
        assert metrics.accuracy([[0.5], [np.nextafter(0.5, 0)]], [1, 0]) == 1.0

    def test_binary_two_columns_need_no_threshold(self):
        assert metrics.accuracy([[0.6, 0.4], [0.2, 0.3]], [0, 1], threshold=0.9) == 1.0

    def test_returns_a_python_float(self):
        assert type(metrics.accuracy(self.scores, [1, 0, 2, 1])) is float

    def test_leaves_its_arguments_alone(self):
        scores, labels = self.scores.copy(), np.array([1, 0, 2, 1])
        metrics.accuracy(scores, labels)
        np.testing.assert_array_equal(scores, self.scores)
        np.testing.assert_array_equal(labels, [1, 0, 2, 1])

    @pytest.mark.parametrize(
        ("y_pred", "y_true"),
        [
            (np.zeros((4, 3)), np.zeros(3, int)),
            (np.zeros((4, 3)), np.zeros((4, 1), int)),
            (np.zeros((4, 3)), np.zeros((4, 2))),
            (np.zeros((4, 1)), np.zeros((4, 2))),
            (np.zeros((4, 1)), np.zeros((1, 4))),
            (np.zeros(4), np.zeros(4)),
            (np.zeros((2, 3, 4)), np.zeros((2, 3))),
            (np.zeros((0, 3)), np.zeros(0)),
            (np.zeros((0, 1)), np.zeros(0)),
            (np.float64(1), np.float64(1)),
        ],
    )
    def test_shapes_that_do_not_fit(self, y_pred, y_true):
        message = f"y_pred {y_pred.shape}, y_true {y_true.shape}."
        with pytest.raises(ValueError, match=re.escape(message)):
            metrics.accuracy(y_pred, y_true)

    @pytest.mark.parametrize("dtype", [np.int8, np.int64, np.float32, np.float64])
    @pytest.mark.parametrize("stranger", [-1, 3])
    def test_names_a_label_that_is_no_class(self, stranger, dtype):
        labels = np.array([1, 0, stranger, 1], dtype)
        said = rf"in y_true .* from 0 to 2\. Received: {stranger}(\.0)?\."
        with pytest.raises(ValueError, match=said):
            metrics.accuracy(self.scores, labels)

    @pytest.mark.parametrize(
        ("label", "received"), [(0.7, "0.7"), (math.nan, "nan"), (math.inf, "inf"), ("1", "'1'")]
    )
    def test_names_a_label_that_is_no_whole_number(self, label, received):
        with pytest.raises(ValueError, match=rf"from 0 to 2\. Received: {received}\."):
            metrics.accuracy(self.scores[:1], [label])

    @pytest.mark.parametrize("shape", [(4,), (4, 1)])
    @pytest.mark.parametrize(
        ("labels", "received"), [([1, -1, 1, -1], "-1"), ([1, 2, 2, 1], "2"), (list("0110"), "'0'")]
    )
    def test_one_column_needs_zeros_and_ones(self, labels, received, shape):
        labels = np.reshape(labels, shape)
        with pytest.raises(ValueError, match=rf"from 0 to 1\. Received: {received}\."):
            metrics.accuracy(np.full((4, 1), 0.6), labels)

    @pytest.mark.parametrize("columns", [1, 2, 3])
    def test_scores_that_are_nan(self, columns):
        scores = np.zeros((4, columns))
        scores[2, 0] = scores[3, 0] = math.nan
        with pytest.raises(ValueError, match=rf"Received: 2 of {4 * columns} scores are NaN\."):
            metrics.accuracy(scores, [0, 0, 0, 0])

    def test_infinite_scores_are_scores(self):
        assert metrics.accuracy([[math.inf, -math.inf], [-math.inf, 0.0]], [0, 1]) == 1.0

    @settings(deadline=None)
    @given(
        arrays(float, (7, 4), elements=st.floats(-9, 9)), arrays(int, 7, elements=st.integers(0, 3))
    )
    def test_against_the_definition(self, scores, labels):
        hits = 0
        for row, label in zip(scores.tolist(), labels.tolist(), strict=True):
            hits += row.index(max(row)) == label
        assert metrics.accuracy(scores, labels) == hits / 7


class TestRegressionAccuracy:
    def test_by_hand(self):
        assert metrics.regression_accuracy([1.0, 2.0, 3.0, 4.0], [1.5, 2.25, 1.0, 4.0], 0.5) == 0.75

    def test_the_tolerance_itself_is_within_and_both_sides_count(self):
        assert metrics.regression_accuracy([0.0, 1.0], [0.5, 0.5], 0.5) == 1.0
        assert metrics.regression_accuracy([0.0, 1.0], [0.5, 0.5], 0.25) == 0.0

    def test_unsigned_integers_do_not_wrap_round(self):
        assert metrics.regression_accuracy(np.uint8([3]), np.uint8([4]), 1) == 1.0

    def test_columns(self):
        assert metrics.regression_accuracy([[0.0, 9.0]], [[0.0, 0.0]], 1) == 0.5

    def test_nan_is_never_right(self):
        assert metrics.regression_accuracy([math.nan, 1.0], [1.0, 1.0], 9) == 0.5

    def test_returns_a_python_float(self):
        assert type(metrics.regression_accuracy([1.0], [1.0], 0)) is float

    @pytest.mark.parametrize("bad", [-1, math.nan, np.ones(2), [0.5, 0.5]])
    def test_a_tolerance_is_one_number(self, bad):
        with pytest.raises(ValueError, match=r"tolerance must be a number, 0 or more. Received: "):
            metrics.regression_accuracy([[1.0], [2.0]], [[1.0], [2.5]], bad)

    @pytest.mark.parametrize(
        "function", [metrics.r2_score, lambda p, t: metrics.regression_accuracy(p, t, 1)]
    )
    @pytest.mark.parametrize(
        ("pred", "true"), [((5, 1), (5,)), ((5,), (5, 1)), ((5,), (1,)), ((0,), (0,))]
    )
    def test_never_broadcasts(self, function, pred, true):
        with pytest.raises(ValueError, match=re.escape(f"y_pred {pred}, y_true {true}.")) as error:
            function(np.zeros(pred), np.zeros(true))
        name = "r2_score" if function is metrics.r2_score else "regression_accuracy"
        assert str(error.value).startswith(f"{name} needs")


class TestR2Score:
    def test_by_hand(self):
        # Mean 2; total 2; residual 0.25.
        assert metrics.r2_score([1.0, 2.0, 3.5], [1.0, 2.0, 3.0]) == pytest.approx(0.875)

    def test_perfect_mean_and_worse(self):
        y = np.array([1.0, 2.0, 6.0])
        assert metrics.r2_score(y, y) == 1.0
        assert metrics.r2_score(np.full(3, 3.0), y) == 0.0
        assert metrics.r2_score(-y, y) < 0

    def test_each_column_has_its_own_mean(self):
        y = np.array([[0.0, 100.0], [2.0, 102.0]])
        assert metrics.r2_score(np.array([[1.0, 101.0], [1.0, 101.0]]), y) == 0.0

    def test_order_of_the_arguments(self):
        assert metrics.r2_score([0.0, 4.0], [1.0, 2.0]) == pytest.approx(-9.0)

    def test_constant_truth(self):
        # The mean of three 0.1s is not 0.1 in floating point; that must not decide it.
        assert metrics.r2_score([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]) == 1.0
        assert metrics.r2_score([0.1, 0.1, 0.2], [0.1, 0.1, 0.1]) == 0.0

    def test_one_sample_is_a_constant_truth(self):
        assert metrics.r2_score([[1.0, 2.0]], [[1.0, 2.0]]) == 1.0
        assert metrics.r2_score([[1.0, 2.5]], [[1.0, 2.0]]) == 0.0

    def test_the_truth_is_constant_if_every_row_equals_the_first(self):
        # One equal row, smaller rows only, larger rows only: variance to explain in each case.
        for y in ([1.0, 1.0, 4.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]):
            assert 0 < metrics.r2_score(np.add(y, [0.0, 0.0, 0.5]), y) < 1
        assert 0 < metrics.r2_score([[7.0, 1.0], [7.0, 2.5]], [[7.0, 1.0], [7.0, 2.0]]) < 1

    def test_returns_a_python_float(self):
        assert type(metrics.r2_score([1.0, 2.0], [1.0, 2.5])) is float
        assert type(metrics.r2_score([1.0, 2.0], [1.0, 1.0])) is float

    @settings(deadline=None)
    @given(
        arrays(float, 6, elements=st.floats(-9, 9)), arrays(float, 6, elements=st.integers(-9, 9))
    )
    def test_against_the_definition(self, y_pred, y_true):
        mean = math.fsum(y_true) / 6
        total = math.fsum((t - mean) ** 2 for t in y_true)
        if total:
            expected = (
                1 - math.fsum((t - p) ** 2 for p, t in zip(y_pred, y_true, strict=True)) / total
            )
            assert metrics.r2_score(y_pred, y_true) == pytest.approx(expected, abs=1e-9)


class TestConfusionMatrix:
    def test_by_hand(self):
        matrix = metrics.confusion_matrix(PREDICTED, TRUE, 3)
        assert matrix.tolist() == MATRIX
        assert matrix.dtype.kind == "i"

    def test_two_classes_read_tn_fp_fn_tp(self):
        assert metrics.confusion_matrix([1, 1, 1, 0], [0, 1, 1, 1], 2).tolist() == [[0, 1], [1, 2]]

    def test_no_samples_at_all(self):
        none = np.zeros(0, int)
        assert metrics.confusion_matrix(none, none, 2).tolist() == [[0, 0], [0, 0]]

    def test_yes_and_no_as_booleans(self):
        y_pred, y_true = np.array([True, True, True, False]), np.array([False, True, True, True])
        assert metrics.confusion_matrix(y_pred, y_true, 2).tolist() == [[0, 1], [1, 2]]

    def test_small_integers_do_not_overflow(self):
        labels = np.arange(40, dtype=np.uint8)
        assert np.array_equal(metrics.confusion_matrix(labels, labels, 40), np.eye(40))

    def test_class_that_does_not_occur_keeps_its_row(self):
        assert metrics.confusion_matrix([0], [0], 3).tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 0]]

    @settings(deadline=None)
    @given(labels_pair)
    def test_against_the_definition(self, pair):
        y_pred, y_true = pair
        expected = [
            [
                sum(t == row and p == column for p, t in zip(y_pred, y_true, strict=True))
                for column in range(4)
            ]
            for row in range(4)
        ]
        assert metrics.confusion_matrix(y_pred, y_true, 4).tolist() == expected

    @pytest.mark.parametrize(
        ("pred", "true"), [((4,), (3,)), ((4, 1), (4, 1)), ((4, 3), (4,)), ((4, 1), (4,)), ((), ())]
    )
    def test_shapes_that_do_not_fit(self, pred, true):
        with pytest.raises(ValueError, match=re.escape(f"y_pred {pred}, y_true {true}.")):
            metrics.confusion_matrix(np.zeros(pred, int), np.zeros(true, int), 3)

    @pytest.mark.parametrize("stranger", [3, -1, 0.7])
    @pytest.mark.parametrize("place", ["y_pred", "y_true"])
    def test_names_a_label_out_of_range(self, stranger, place):
        labels = {"y_pred": [0, 1, 2], "y_true": [0, 1, 2]}
        labels[place] = [0, stranger, 2]
        with pytest.raises(ValueError, match=rf"in {place} .* 0 to 2\. Received: {stranger}\."):
            metrics.confusion_matrix(**labels, classes=3)


class TestPerClass:
    def test_by_hand(self):
        np.testing.assert_allclose(metrics.precision(MATRIX), [2 / 3, 1 / 2, 2 / 3])
        np.testing.assert_allclose(metrics.recall(MATRIX), [2 / 3, 1 / 2, 2 / 3])
        np.testing.assert_allclose(metrics.precision([[5, 3], [1, 2]]), [5 / 6, 2 / 5])
        np.testing.assert_allclose(metrics.recall([[5, 3], [1, 2]]), [5 / 8, 2 / 3])
        np.testing.assert_allclose(metrics.f1([[5, 3], [1, 2]]), [10 / 14, 4 / 8])
        small = np.array([[200, 20], [30, 250]], np.uint8)
        np.testing.assert_allclose(metrics.f1(small), [400 / 450, 500 / 550])

    def test_nothing_to_divide_by(self):
        # Class 1 is never predicted, class 2 never there, class 3 neither.
        matrix = [[2, 0, 1, 0], [3, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
        np.testing.assert_allclose(metrics.precision(matrix), [2 / 5, 0, 0, 0])
        np.testing.assert_allclose(metrics.recall(matrix), [2 / 3, 0, 0, 0])
        np.testing.assert_allclose(metrics.f1(matrix), [4 / 8, 0, 0, 0])

    @settings(deadline=None)
    @given(labels_pair)
    def test_against_the_definition(self, pair):
        matrix = metrics.confusion_matrix(*pair, 4)
        p, r, f = metrics.precision(matrix), metrics.recall(matrix), metrics.f1(matrix)
        for k in range(4):
            called = [t for guess, t in zip(*pair, strict=True) if guess == k]
            present = [guess for guess, t in zip(*pair, strict=True) if t == k]
            assert p[k] == (called.count(k) / len(called) if called else 0)
            assert r[k] == (present.count(k) / len(present) if present else 0)
            assert f[k] == pytest.approx(2 * p[k] * r[k] / (p[k] + r[k]) if p[k] + r[k] else 0)

    @settings(deadline=None)
    @given(labels_pair)
    def test_exchanging_prediction_and_truth_exchanges_the_two(self, pair):
        matrix = metrics.confusion_matrix(*pair, 4)
        np.testing.assert_array_equal(metrics.precision(matrix), metrics.recall(matrix.T))


class TestClassificationReport:
    def test_whole(self):
        report = metrics.classification_report([[5, 3], [1, 2]], ["T-shirt", "bag"])
        assert report.splitlines() == [
            "class    precision  recall     F1  samples",
            "T-shirt      0.833   0.625  0.714        8",
            "bag          0.400   0.667  0.500        3",
            "mean         0.617   0.646  0.607       11",
            "accuracy 0.636",
        ]

    def test_short_names_stay_in_their_column(self):
        header, first, *_ = metrics.classification_report([[1, 0], [0, 1]], ["a", "b"]).splitlines()
        assert len(header) == len(first)

    def test_an_empty_matrix_divides_by_nothing(self):
        assert metrics.classification_report(np.zeros((2, 2), int), "ab").endswith("accuracy 0.000")

    def test_names_must_fit(self):
        with pytest.raises(ValueError, match=re.escape("matrix (3, 3), 2 names.")):
            metrics.classification_report(MATRIX, ["a", "b"])


class TestRoc:
    def test_by_hand(self):
        fpr, tpr, thresholds = metrics.roc_curve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
        assert fpr.tolist() == [0, 0, 0.5, 0.5, 1]
        assert tpr.tolist() == [0, 0.5, 0.5, 1, 1]
        assert thresholds.tolist() == [math.inf, 0.8, 0.4, 0.35, 0.1]
        assert metrics.auc(fpr, tpr) == 0.75
        counts = np.array([[0, 100, 255], [0, 200, 255]], np.uint8)
        assert metrics.auc(*counts) == (100 * 200 + 155 * 455) / 2

    def test_a_tie_is_one_point(self):
        fpr, tpr, thresholds = metrics.roc_curve([0.5, 0.5, 0.5, 0.9], [0, 1, 1, 1])
        assert fpr.tolist() == [0, 0, 1]
        assert tpr.tolist() == pytest.approx([0, 1 / 3, 1])
        assert thresholds.tolist() == [math.inf, 0.9, 0.5]

    def test_scores_without_information(self):
        fpr, tpr, _ = metrics.roc_curve([1.0] * 6, [0, 1, 0, 1, 1, 1])
        assert metrics.auc(fpr, tpr) == 0.5

    def test_columns_logits_and_booleans(self):
        expected = [part.tolist() for part in metrics.roc_curve([-7.0, 2.0, 3.0], [0, 1, 0])]
        columns = metrics.roc_curve(np.array([[-7.0], [2.0], [3.0]]), np.array([[0], [1], [0]]))
        booleans = metrics.roc_curve(np.float32([-7, 2, 3]), np.array([False, True, False]))
        assert [part.tolist() for part in columns] == expected
        assert [part.tolist() for part in booleans] == expected

    def test_area_of_points_in_another_order(self):
        with pytest.raises(ValueError, match="fpr must never fall"):
            metrics.auc([0.0, 0.6, 0.5, 1.0], [0.0, 0.5, 0.7, 1.0])
        with pytest.raises(ValueError, match="fpr must never fall"):
            metrics.auc(np.array([0, 200, 100, 255], np.uint8), [0.0, 0.5, 0.7, 1.0])
        assert metrics.auc([0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.7, 1.0]) == pytest.approx(0.55)

    def test_many_labels_of_a_small_dtype(self):
        truth = np.arange(9000) % 2
        scores = np.linspace(-1, 1, 9000)
        expected = [part.tolist() for part in metrics.roc_curve(scores, truth)]
        for dtype in (np.float16, np.int8, np.uint8):
            points = metrics.roc_curve(scores, truth.astype(dtype))
            assert [part.tolist() for part in points] == expected

    def test_unsigned_and_infinite_scores(self):
        _, _, thresholds = metrics.roc_curve(np.uint8([0, 1, 255]), [0, 1, 1])
        assert thresholds.tolist() == [math.inf, 255, 1, 0]
        fpr, tpr, _ = metrics.roc_curve([math.inf, math.inf, 0.0], [1, 0, 0])
        assert (fpr.tolist(), tpr.tolist()) == ([0, 0.5, 1], [0, 1, 1])

    @settings(deadline=None)
    @given(scored)
    def test_each_point_against_the_definition(self, pairs):
        scores, truths = zip(*pairs, strict=True)
        fpr, tpr, thresholds = metrics.roc_curve(np.array(scores), np.array(truths))
        assert thresholds[1:].tolist() == sorted(set(scores), reverse=True)
        for x, y, threshold in zip(fpr, tpr, thresholds, strict=True):
            called = [truth for score, truth in pairs if score >= threshold]
            assert y == pytest.approx(called.count(True) / truths.count(True))
            assert x == pytest.approx(called.count(False) / truths.count(False))

    @settings(deadline=None)
    @given(scored)
    def test_area_is_the_chance_that_a_positive_scores_higher(self, pairs):
        positives = [score for score, truth in pairs if truth]
        negatives = [score for score, truth in pairs if not truth]
        wins = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
        fpr, tpr, _ = metrics.roc_curve(*(np.array(part) for part in zip(*pairs, strict=True)))
        assert metrics.auc(fpr, tpr) == pytest.approx(wins / len(positives) / len(negatives))

    def test_auc_of_unequal_steps(self):
        assert metrics.auc([0.0, 0.25, 1.0], [0.0, 1.0, 1.0]) == 0.875
        assert type(metrics.auc([0.0, 1.0], [0.0, 1.0])) is float

    @pytest.mark.parametrize(
        ("scores", "true"),
        [((4,), (3,)), ((4, 2), (4, 2)), ((4, 1), (1, 4)), ((2, 2), (4,)), ((), ())],
    )
    def test_shapes_that_do_not_fit(self, scores, true):
        with pytest.raises(ValueError, match=re.escape(f"scores {scores}, y_true {true}.")):
            metrics.roc_curve(np.zeros(scores), np.zeros(true))

    @pytest.mark.parametrize(
        ("scores", "labels", "message"),
        [
            ([0.1, 0.2], [1, 1], r"labels \[1\]"),
            ([0.1, 0.2], [0, 0], r"labels \[0\]"),
            ([0.1, 0.2], [1, 2], r"labels \[1, 2\]"),
            ([math.nan, 0.2], [0, 1], "1 scores that are NaN"),
        ],
    )
    def test_values_that_do_not_fit(self, scores, labels, message):
        with pytest.raises(ValueError, match=message):
            metrics.roc_curve(scores, labels)

    def test_auc_shapes(self):
        with pytest.raises(ValueError, match=re.escape("fpr (3,), tpr (2,).")):
            metrics.auc(np.zeros(3), np.zeros(2))
        with pytest.raises(ValueError, match=re.escape("fpr (1, 2), tpr (1, 2).")):
            metrics.auc(np.zeros((1, 2)), np.zeros((1, 2)))


def test_one_sample_and_one_class():
    matrix = metrics.confusion_matrix([0], [0], 1)
    assert matrix.tolist() == [[1]]
    assert metrics.classification_report(matrix, ["only"]).endswith("accuracy 1.000")


@pytest.mark.parametrize("dtype", [object, complex])
def test_labels_of_a_dtype_without_whole_numbers_are_refused(dtype):
    labels = np.array([0, 1], dtype=dtype)
    for use in (
        lambda: metrics.accuracy(np.eye(2), labels),
        lambda: metrics.confusion_matrix(labels, np.array([0, 1]), 2),
    ):
        with pytest.raises(ValueError, match=f"whole numbers .* Received: dtype {labels.dtype}"):
            use()
