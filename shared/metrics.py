"""Metrics: how good the predictions are. People read them; training minimizes the losses.

Every function takes the predictions first and the truth second, one sample per row, and
needs nothing but NumPy. Single numbers are returned as Python floats. The mask of a masked array
is ignored: choose the samples before you measure, as in ``accuracy(y_pred[kept], y_true[kept])``.
"""

import numpy as np


def accuracy(y_pred, y_true, threshold=0.5):
    """Return the share of samples whose predicted class is the true one.

    Parameters
    ----------
    y_pred : array (n, classes) or (n, 1)
        With two or more columns: one score per class, logits or probabilities; the largest
        wins (the first of equals). With one column: the probability of class 1, which is
        predicted at or above ``threshold``.
    y_true : array
        Labels (n,), whole numbers from 0 to classes - 1, or one-hot rows (n, classes). For one
        column of probabilities, 0 and 1 as (n,) or (n, 1).
    threshold : float
        Only for one column. For logits instead of probabilities, pass 0.0.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, there are no samples, a label is not a class, a
        one-hot row doesn't hold a single 1, or a score is NaN.
    """
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    predicted, truth = y_pred, y_true
    if y_pred.ndim == 2 and y_pred.shape[1] == 1:
        predicted = y_pred[:, 0] >= threshold
        if y_true.shape == y_pred.shape:
            truth = y_true[:, 0]
    elif y_pred.ndim == 2:
        predicted = y_pred.argmax(axis=1)
        if y_true.shape == y_pred.shape:
            truth = _from_one_hot(y_true)
    if y_pred.ndim != 2 or truth.shape != predicted.shape or len(predicted) == 0:
        raise ValueError(
            "accuracy needs y_pred (n, classes) with labels (n,) or one-hot (n, classes), "
            "or y_pred (n, 1) with 0/1 labels, and at least one sample. "
            f"Received: y_pred {y_pred.shape}, y_true {y_true.shape}."
        )
    _check_labels("y_true", truth, max(2, y_pred.shape[1]))
    if np.isnan(y_pred).any():
        raise ValueError(
            "accuracy needs scores that are numbers; NaN is no prediction. Find out where it "
            "comes from: often from a learning rate that is too large, or from NaN in the inputs. "
            f"Received: {np.count_nonzero(np.isnan(y_pred))} of {y_pred.size} scores are NaN."
        )
    return float(np.count_nonzero(predicted == truth) / len(truth))


def _check_labels(name, labels, classes):
    """Raise ValueError unless all labels are whole numbers from 0 to classes - 1."""
    kind = labels.dtype.kind
    in_range = kind in "biuf" and labels.min(initial=0) >= 0 and labels.max(initial=0) < classes
    if not in_range or (kind == "f" and np.any(labels % 1)):
        strangers = [label for label in labels.tolist() if label not in range(classes)]
        received = repr(strangers[0]) if strangers else f"dtype {labels.dtype}"
        raise ValueError(
            f"The labels in {name} must be whole numbers from 0 to {classes - 1}. "
            f"Received: {received}."
        )


def _from_one_hot(rows):
    """Return the column of the 1 in each row; raise ValueError unless each holds a single one."""
    good = (np.count_nonzero(rows, axis=1) == 1) & (rows.max(axis=1) == 1)
    if not good.all():
        raise ValueError(
            f"Each one-hot row of y_true holds a single 1 and zeros. Received: {rows[~good][0]}."
        )
    return rows.argmax(axis=1)


def regression_accuracy(y_pred, y_true, tolerance):
    """Return the share of predictions that are within ``tolerance`` of the truth.

    A predicted number is almost never exactly right, so "right" needs a margin. Choose it in
    the unit of the target, for example as a fraction of its standard deviation.

    Parameters
    ----------
    y_pred, y_true : arrays of the same shape
        (n, 1) against (n,) is an error: NumPy would broadcast the pair to (n, n).
    tolerance : float
        Largest difference that counts as right, in the unit of ``y_true``.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the shapes differ, there are no numbers, or ``tolerance`` isn't one number, 0 or more.
    """
    y_pred, y_true = _same_shape("regression_accuracy", y_pred, y_true)
    if np.ndim(tolerance) != 0 or not tolerance >= 0:
        raise ValueError(f"tolerance must be a number, 0 or more. Received: {tolerance!r}")
    return float(np.mean(np.abs(y_pred - y_true) <= tolerance))


def _same_shape(function, y_pred, y_true):
    """Return both as arrays of floats; ValueError if the shapes differ or there are no numbers."""
    y_pred, y_true = np.asarray(y_pred, dtype=float), np.asarray(y_true, dtype=float)
    if y_pred.shape != y_true.shape or y_true.size == 0:
        raise ValueError(
            f"{function} needs y_pred and y_true of the same shape, with at least one number. "
            f"Received: y_pred {y_pred.shape}, y_true {y_true.shape}."
        )
    return y_pred, y_true


def r2_score(y_pred, y_true):
    """Return R², the coefficient of determination: the share of the variance explained.

    R² = 1 - Σ (y - ŷ)² / Σ (y - mean(y))², the mean taken of each column. 1 is perfect, 0 is
    the score of predicting the mean, and anything worse is negative.

    Parameters
    ----------
    y_pred, y_true : arrays of the same shape, (n,) or (n, outputs)

    Returns
    -------
    float
        At most 1. If the true values are all equal there is no variance to explain:
        then 1.0 for predictions without any error, and 0.0 for all others.

    Raises
    ------
    ValueError
        If the shapes differ or there are no samples.
    """
    y_pred, y_true = _same_shape("r2_score", y_pred, y_true)
    if np.all(y_true == y_true[0]):
        return float(np.all(y_pred == y_true))
    residual = np.sum((y_true - y_pred) ** 2)
    total = np.sum((y_true - y_true.mean(axis=0)) ** 2)
    return float(1 - residual / total)


def confusion_matrix(y_pred, y_true, classes):
    """Count how often each class was predicted for each true class.

    Parameters
    ----------
    y_pred, y_true : arrays (n,)
        Labels 0 ... classes - 1 (for one score per class, ``scores.argmax(axis=1)``).
    classes : int
        The number of classes.

    Returns
    -------
    array (classes, classes) of int
        Row: the true class; column: the predicted class. Correct predictions are on the
        diagonal. With two classes it reads [[TN, FP], [FN, TP]].

    Raises
    ------
    ValueError
        If the shapes are not both (n,), or a label is not a whole number from 0 to classes - 1.
    """
    y_pred, y_true = np.asarray(y_pred), np.asarray(y_true)
    if y_pred.ndim != 1 or y_pred.shape != y_true.shape:
        raise ValueError(
            "confusion_matrix needs labels (n,) both for y_pred and y_true. "
            f"Received: y_pred {y_pred.shape}, y_true {y_true.shape}."
        )
    _check_labels("y_pred", y_pred, classes)
    _check_labels("y_true", y_true, classes)
    matrix = np.zeros((classes, classes), dtype=int)
    # add.at counts a pair that occurs twice twice; matrix[...] += 1 would count it once.
    np.add.at(matrix, (y_true.astype(int), y_pred.astype(int)), 1)
    return matrix


def precision(matrix):
    """Return, for each class, the share of the samples predicted as that class that belong to it.

    TP / (TP + FP): the diagonal of the confusion matrix over its column sums.

    Parameters
    ----------
    matrix : array (classes, classes)
        From `confusion_matrix`. The yes of a yes/no question is class 1.

    Returns
    -------
    array (classes,)
        0.0 for a class that was never predicted (0 / 0).
    """
    hits, called = np.diagonal(matrix), np.sum(matrix, axis=0)
    return _shares(hits, called)


def _shares(parts, wholes):
    """Return parts / wholes, with 0.0 for 0 / 0."""
    return np.divide(parts, wholes, out=np.zeros(len(parts)), where=wholes > 0)


def recall(matrix):
    """Return, for each class, the share of its samples that were predicted as that class.

    TP / (TP + FN): the diagonal of the confusion matrix over its row sums.

    Parameters
    ----------
    matrix : array (classes, classes)
        From `confusion_matrix`. The yes of a yes/no question is class 1.

    Returns
    -------
    array (classes,)
        0.0 for a class without samples (0 / 0).
    """
    hits, present = np.diagonal(matrix), np.sum(matrix, axis=1)
    return _shares(hits, present)


def f1(matrix):
    """Return, for each class, the harmonic mean of precision and recall.

    2 TP / (2 TP + FP + FN), which is 2 P R / (P + R) without its division by zero. It is
    near the smaller of the two (van Rijsbergen, *Information Retrieval*, 1979).

    Parameters
    ----------
    matrix : array (classes, classes)
        From `confusion_matrix`.

    Returns
    -------
    array (classes,)
        0.0 for a class that neither occurs nor is predicted (0 / 0).
    """
    hits = np.diagonal(matrix)
    both = np.sum(matrix, axis=0) + np.sum(matrix, axis=1)  # called, plus present
    return _shares(2.0 * hits, both)  # a float: small integers would overflow


def classification_report(matrix, class_names):
    """Return a text table with the precision, recall, and F1 of every class.

    Parameters
    ----------
    matrix : array (classes, classes)
        From `confusion_matrix`.
    class_names : sequence of str

    Returns
    -------
    str
        One line per class with its number of samples, then the plain mean over the classes
        and the share of all samples that are on the diagonal (the accuracy).

    Raises
    ------
    ValueError
        If the number of names is not the number of classes.
    """
    matrix = np.asarray(matrix)
    if matrix.shape != (len(class_names), len(class_names)):
        raise ValueError(
            "classification_report needs one name for each row and column. "
            f"Received: matrix {matrix.shape}, {len(class_names)} names."
        )
    table = np.column_stack([precision(matrix), recall(matrix), f1(matrix)])
    samples = matrix.sum(axis=1)
    rows = [
        *zip(class_names, table, samples, strict=True),
        ("mean", table.mean(axis=0), samples.sum()),
    ]
    width = max(len(str(name)) for name in ["class", *class_names])
    lines = [f"{'class':<{width}}  precision  recall     F1  samples"]
    for name, (p, r, f), count in rows:
        lines.append(f"{name!s:<{width}}  {p:9.3f}  {r:6.3f}  {f:5.3f}  {count:7d}")
    lines.append(f"accuracy {np.trace(matrix) / max(samples.sum(), 1):.3f}")
    return "\n".join(lines)


def roc_curve(scores, y_true):
    """Return the true and false positive rates of a yes/no classifier as its threshold falls.

    A sample is called positive if its score is at least the threshold. The true positive
    rate TP / (TP + FN) is the share of the positives that are found; the false positive rate
    FP / (FP + TN) is the share of the negatives called positive by mistake (Fawcett, *An
    introduction to ROC analysis*, 2006).

    Parameters
    ----------
    scores : array (n,) or (n, 1)
        The higher, the more likely positive: probabilities or logits.
    y_true : array (n,) or (n, 1)
        0 or 1.

    Returns
    -------
    fpr, tpr, thresholds : arrays (k + 1,)
        One point for each of the k different scores, after the start (0, 0) at an infinite
        threshold. Equal scores pass the threshold together and make one point.

    Raises
    ------
    ValueError
        If the shapes do not fit, a label is neither 0 nor 1, one of the two classes is
        missing, or a score is NaN.
    """
    scores, y_true = np.asarray(scores), np.asarray(y_true)
    columns = [(y_true.size,), (y_true.size, 1)]
    if scores.shape not in columns or y_true.shape not in columns:
        raise ValueError(
            "roc_curve needs one score and one label per sample, (n,) or (n, 1). "
            f"Received: scores {scores.shape}, y_true {y_true.shape}."
        )
    scores, y_true = scores.ravel(), y_true.ravel()
    if set(np.unique(y_true)) != {0, 1} or np.isnan(scores).any():
        raise ValueError(
            "roc_curve needs labels 0 and 1, at least one of each, and scores that are "
            f"numbers. Received: labels {np.unique(y_true).tolist()}, "
            f"{np.count_nonzero(np.isnan(scores))} scores that are NaN."
        )
    order = np.argsort(scores)[::-1]
    scores, y_true = scores[order], y_true[order]
    last_of_equals = np.append(scores[1:] != scores[:-1], True)
    true_positives = np.cumsum(y_true == 1)[last_of_equals]
    false_positives = np.cumsum(y_true == 0)[last_of_equals]
    tpr = np.append(0.0, true_positives / true_positives[-1])
    fpr = np.append(0.0, false_positives / false_positives[-1])
    return fpr, tpr, np.append(np.inf, scores[last_of_equals])


def auc(fpr, tpr):
    """Return the area under a ROC curve, by the trapezoidal rule.

    It is the probability that a positive drawn at random scores higher than a negative drawn
    at random; a tie counts half. 1 is a perfect ranking, 0.5 is a coin toss.

    Parameters
    ----------
    fpr, tpr : arrays (k,)
        From `roc_curve`.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If the shapes are not both (k,), or ``fpr`` falls somewhere.
    """
    fpr, tpr = np.asarray(fpr, float), np.asarray(tpr, float)
    if fpr.ndim != 1 or fpr.shape != tpr.shape:
        raise ValueError(
            f"auc needs fpr and tpr of the same shape (k,). "
            f"Received: fpr {fpr.shape}, tpr {tpr.shape}."
        )
    if np.any(np.diff(fpr) < 0):
        raise ValueError("auc needs the points of roc_curve in their order: fpr must never fall.")
    return float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))
