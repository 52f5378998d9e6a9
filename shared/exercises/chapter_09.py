"""Checks of chapter 9: generalization."""

import math

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import (
    Wrong,
    call,
    expect,
    expect_parts,
    finite,
    is_blank,
    items,
    parts,
)

_FROM_BOTH = (
    "This uses the mean and the standard deviation of both parts together, which is a leak. Take "
    "both from x_train."
)
_ONE_NUMBER = (
    "This uses one mean and one standard deviation for all features together. Each feature, a "
    "column, has its own: axis=0."
)
_PER_SAMPLE = "Each *sample* has been scaled by itself. Features are columns: axis=0."
_OTHER_SCALES = (
    (
        lambda x, source: x - source.mean(axis=0),
        "The mean has been subtracted, but the division by the standard deviation is missing.",
    ),
    (
        lambda x, source: x / source.std(axis=0),
        "You divided by the standard deviation without subtracting the mean.",
    ),
    (
        lambda x, source: x - source.mean(axis=0) / source.std(axis=0),
        "Parentheses: subtract the mean first, then divide the result.",
    ),
    (
        lambda x, source: (x - source.mean(axis=0)) / source.var(axis=0),
        "You divided by the variance. Divide by its root, the standard deviation.",
    ),
    (
        lambda x, source: (x - source.mean(axis=0)) / source.std(axis=0, ddof=1),
        "You divided by n - 1 in the standard deviation. Use x.std without ddof, which divides by "
        "n. Then the scaled training part has a standard deviation of exactly 1.",
    ),
    (
        lambda x, source: (x - source.min(axis=0)) / np.ptp(source, axis=0),
        "This maps each feature to the range from 0 to 1. The exercise asks for mean 0 and "
        "standard deviation 1.",
    ),
    (
        lambda x, source: (x - np.median(source, axis=0)) / source.std(axis=0),
        "You subtracted the median. Subtract the mean.",
    ),
    (
        lambda x, source: (source.mean(axis=0) - x) / source.std(axis=0),
        "The sign is flipped: subtract the mean from x, not x from the mean.",
    ),
    (lambda x, source: (x - source.mean()) / source.std(), _ONE_NUMBER),
    (lambda x, source: (x - source.mean(axis=0)) / source.std(), _ONE_NUMBER),
    (lambda x, source: _scaled(x.T, x.T).T, _PER_SAMPLE),
)


def _scaled(x, source):
    return (x - source.mean(axis=0)) / source.std(axis=0)


@exercise("9.1")
def scale(answer):
    """Both parts scaled with the mean and standard deviation of the training part."""
    rng = np.random.default_rng(90)
    for n, n_val, features in [(6, 4, 3), (5, 5, 2)]:
        x_train = rng.normal(5, 3, size=(n, features))
        x_val = rng.normal(9, 2, size=(n_val, features))
        both = np.concatenate([x_train, x_val])
        train_mistakes = [
            (x_train, "x_train comes back unscaled."),
            (_scaled(x_train, both), _FROM_BOTH),
        ]
        train_mistakes += [(change(x_train, x_train), words) for change, words in _OTHER_SCALES]
        mean, std = x_train.mean(axis=0), x_train.std(axis=0)
        val_mistakes = [
            (
                _scaled(x_val, x_val),
                "x_val is scaled with its own mean and standard deviation. The same input would "
                "then become one number in training and another in validation. Use those of "
                "x_train.",
            ),
            (
                x_val,
                "x_val comes back unscaled. Did you overwrite x_train with its scaled version "
                "first? Its mean is then 0 and its standard deviation 1. Compute both before you "
                "scale anything.",
            ),
            ((x_val - mean) / x_val.std(axis=0), "x_val is divided by its own standard deviation."),
            ((x_val - x_val.mean(axis=0)) / std, "x_val is shifted by its own mean."),
            (_scaled(x_val, both), _FROM_BOTH),
        ]
        val_mistakes += [(change(x_val, x_train), words) for change, words in _OTHER_SCALES]
        expect_parts(
            call(answer, x_train, x_val),
            {
                "the scaled x_train": _scaled(x_train, x_train),
                "the scaled x_val": _scaled(x_val, x_train),
            },
            mistakes={"the scaled x_train": train_mistakes, "the scaled x_val": val_mistakes},
        )
    return "Two numbers for each feature, from the training part, scale both parts."


@exercise("9.2")
def fold_indices(answer):
    """Consecutive folds, each used once for validation."""
    for n, k in [(6, 3), (7, 3), (5, 5), (11, 4), (4, 2)]:
        name = f"`fold_indices({n}, {k})`"
        result = items(call(answer, n, k), n + k, name)
        if len(result) != k:
            raise Wrong(
                f"{name} has {len(result)} entries, expected {k}: one pair for each fold, "
                "(train_indices, val_indices)."
            )
        cuts = np.array_split(np.arange(n), k)
        for i, pair in enumerate(result):
            training, validation = parts(pair, ("train_indices", "val_indices"))
            others = np.setdiff1d(np.arange(n), cuts[i])
            _check_fold(training, validation, others, cuts, i, f"{name}, pair {i},")
    return "Each index is used for validation exactly once, and never in both parts of a pair."


def _check_fold(training, validation, others, cuts, i, name):
    fold = cuts[i]
    if not is_blank(validation):
        _check_kind(np.asarray(validation), fold, len(others), name)
    swapped = f"{name} is swapped: first the indices for training, then those for validation."
    mistakes = [(others, swapped)]
    mistakes += [
        (
            cut,
            f"{name} validates on fold {j}, {cut.tolist()}. Pair {i} should validate on fold {i}.",
        )
        for j, cut in enumerate(cuts)
        if j != i
    ]
    # With two folds, the other fold is also what swapped parts look like.
    same = np.shape(training) == fold.shape and np.array_equal(training, fold)
    expect(validation, fold, f"{name} val_indices", mistakes=mistakes if same else mistakes[::-1])
    mistakes = [
        (
            np.sort(np.concatenate([others, fold])),
            f"{name} has the validation indices among those for training, which is a leak.",
        ),
        (fold, f"{name} has the same indices in both parts, which is a leak."),
        (
            np.concatenate([others[others > fold[-1]], others[others < fold[0]]]),
            f"{name} has the right train_indices, but not in increasing order.",
        ),
        (others[others < fold[0]], f"{name} lacks the training indices after the fold."),
        (others[others > fold[-1]], f"{name} lacks the training indices before the fold."),
    ]
    expect(training, others, f"{name} train_indices", mistakes=mistakes)


def _check_kind(validation, fold, others, name):
    if validation.dtype == bool:
        raise Wrong(f"{name} holds a mask. The exercise asks for indices: np.flatnonzero(mask).")
    if validation.shape == fold.shape and np.array_equal(validation, fold + 1):
        raise Wrong("Indices begin at 0, yours at 1.")
    if validation.ndim != 1 or len(validation) == others:
        return
    if len(validation) > 1 and np.any(np.diff(validation) != 1):
        raise Wrong(
            f"{name} has the validation indices {validation.tolist()}. A fold consists of "
            "neighbors in increasing order, without gaps and without shuffling: "
            f"{fold.tolist()}."
        )
    if len(validation) != len(fold):
        raise Wrong(
            f"{name} has {len(validation)} indices for validation, expected {len(fold)}. The sizes "
            "of the folds differ by at most one, the larger ones come first, and no index is left "
            "out."
        )


def _stop(losses, patience, equal=False, best=math.inf):
    best_epoch = 0
    for epoch, value in enumerate(losses, 1):
        if value < best or (equal and value == best):
            best, best_epoch = value, epoch
        elif epoch - best_epoch >= patience:
            return best_epoch, epoch
    return best_epoch, len(losses)


def _stop_at_rises(losses, patience):
    best, rises = 0, 0
    for j, value in enumerate(losses):
        best = j if value < losses[best] else best
        rises = rises + 1 if j and value >= losses[j - 1] else 0
        if rises >= patience:
            return best + 1, j + 1
    return best + 1, len(losses)


def _stop_by_previous(losses, patience):
    best_epoch, before = 0, math.inf
    for epoch, value in enumerate(losses, 1):
        if value < before:
            best_epoch = epoch
        elif epoch - best_epoch >= patience:
            return best_epoch, epoch
        before = value
    return best_epoch, len(losses)


def _stop_without_reset(losses, patience):
    best, best_epoch, worse = math.inf, 0, 0
    for epoch, value in enumerate(losses, 1):
        if value < best:
            best, best_epoch = value, epoch
        else:
            worse += 1
        if worse >= patience:
            return best_epoch, epoch
    return best_epoch, len(losses)


_LOSS = "best_epoch is a loss here. The exercise asks for the number of its epoch."
_PREVIOUS = (
    "You compare each epoch with the one *before*. Compare with the best one so far, and count "
    "the epochs since then."
)
_STOP_MISTAKES = (
    (lambda a, n: (min(a[: _stop(a, n)[1]]), _stop(a, n)[1]), _LOSS),
    (lambda a, n: (min(a), len(a)), f"{_LOSS} Training may also stop before the end of the list."),
    (
        lambda a, n: (min(a[: _stop(a, n)[1]]), len(a)),
        f"{_LOSS} Training may also stop before the end of the list.",
    ),
    (
        lambda a, n: (_stop(a, n)[1],) * 2,
        "best_epoch is the last epoch here. It should be the one with the lowest loss so far.",
    ),
    (lambda a, n: (len(a), len(a)), "Both numbers are the length of the list here."),
    (
        lambda a, n: (_stop(a, n)[0] - 1, _stop(a, n)[1] - 1),
        "Epochs are counted from 1, yours from 0.",
    ),
    (
        lambda a, n: (_stop(a, n)[0] - 1, _stop(a, n)[1]),
        "best_epoch is counted from 0. The first epoch is number 1.",
    ),
    (
        lambda a, n: (_stop(a, n)[0], _stop(a, n)[1] - 1),
        "last_epoch is one too small. It's counted from 1 as well, and the epoch in which the "
        "patience runs out has been trained.",
    ),
    (
        lambda a, n: (_stop(a, n)[0], _stop(a, n)[1] + 1),
        "last_epoch is one too large. The epoch in which the patience runs out is the last one.",
    ),
    (lambda a, n: _stop(a, n)[::-1], "The two are swapped: best_epoch comes first."),
    (
        lambda a, n: (int(np.argmin(a)) + 1, _stop(a, n)[1]),
        "best_epoch looks into the future: the lowest loss of the *whole* list can come after "
        "training has stopped.",
    ),
    (
        lambda a, n: (int(np.argmin(a)) + 1, len(a)),
        "You looked at the whole list. Training stops after `patience` epochs without "
        "improvement, and what would come after that is never seen.",
    ),
    (
        lambda a, n: (_stop(a, n)[0], len(a)),
        "best_epoch is right, but training doesn't run to the end of the list: it stops after "
        "`patience` epochs without improvement.",
    ),
    (
        lambda a, n: _stop(a, n, equal=True),
        "An epoch that ties with the best one isn't better: compare with <.",
    ),
    (
        lambda a, n: _stop(a, n + 1),
        "You wait one epoch too long. Stop as soon as epoch - best_epoch reaches the patience.",
    ),
    (
        lambda a, n: _stop(a, n - 1),
        "You stop one epoch too early. Stop when epoch - best_epoch reaches the patience.",
    ),
    (
        lambda a, n: _stop(a, n, best=1.0),
        "Is the best loss 1 before the first epoch? Start from infinity, because losses can be "
        "larger than 1.",
    ),
    (lambda a, n: _stop_at_rises(a, n), _PREVIOUS),
    (lambda a, n: _stop_by_previous(a, n), _PREVIOUS),
    (
        lambda a, n: _stop_without_reset(a, n),
        "You count all epochs that bring nothing better. The count starts over after each better "
        "one.",
    ),
    (
        lambda a, n: (_stop(a, n)[0], _stop(a, n)[0] + n),
        "Training can't go on after the end of the list. If the patience never runs out, the last "
        "epoch is the length of the list.",
    ),
    (
        lambda a, n: (_stop(a, n)[0], _stop(a, n)[1] - _stop(a, n)[0]),
        "last_epoch is counted from the best one. Count from the start.",
    ),
)


@exercise("9.3")
def stop_early(answer):
    """The best epoch and the last epoch, from a list of losses."""
    cases = [
        ([0.9, 0.6, 0.5, 0.55, 0.45, 0.47, 0.5, 0.46, 0.48, 0.5, 0.6, 0.3], 3),
        ([0.5, 0.4, 0.4, 0.6, 0.7, 0.1], 2),
        ([0.8, 0.7, 0.6, 0.5], 2),
        ([0.3, 0.4, 0.5, 0.2], 1),
        ([0.7, 0.5, 0.6, 0.55, 0.52, 0.51, 0.4], 3),
        ([0.7, 0.5, 0.6, 0.4, 0.5, 0.6], 5),
        ([2.5, 2.4, 1.9, 2.0, 2.2, 1.5], 2),
        ([1.5, 1.2, 1.3, 1.25, 1.4, 1.1], 3),
    ]
    results = []
    for losses, patience in cases:
        received = call(answer, losses, patience)
        if isinstance(received, np.ndarray) and received.shape == (2,):
            received = tuple(received.tolist())
        pair = parts(received, ("best_epoch", "last_epoch"))
        results.append(tuple(finite(part, "an epoch", ()).item() for part in pair))
    right = [_stop(*case) for case in cases]
    # A cause has to explain all results: on a single list, several causes look alike.
    for mistake, explanation in _STOP_MISTAKES:
        if results != right and results == [mistake(*case) for case in cases]:
            raise Wrong(explanation)
    for (losses, patience), result, expected in zip(cases, results, right, strict=True):
        if result != expected:
            shown = ", ".join(f"{value:g}" for value in result)
            raise Wrong(
                f"`stop_early({losses}, {patience})` is ({shown}), expected {expected}: the best "
                "epoch, then the last one."
            )
    return "That is all of early stopping, apart from the copies of the weights."


@exercise("9.4")
def samples_needed(answer):
    """The number of samples for a standard error."""
    # 4 and 12 come out exactly, in floating point, too.
    for p, s in [(0.8, 0.03), (0.93, 0.011), (0.55, 0.007), (0.5, 0.25), (0.75, 0.125)]:
        exact = p * (1 - p) / s**2
        expected = math.ceil(exact)
        name = f"`samples_needed({p}, {s})`"
        formulas = [
            (
                p * (1 - p) / s,
                "You divided by s. The standard error is a root; its square is p (1 - p) / n, so "
                "divide by s².",
            ),
            (
                math.sqrt(p * (1 - p)) / s,
                "This is the root of the number you need: square it before you round.",
            ),
            (p / s**2, "The factor 1 - p is missing."),
            ((1 - p) / s**2, "The factor p is missing."),
            (
                p**2 * (1 - p) ** 2 / s**2,
                "p (1 - p) is under the root already: don't square it.",
            ),
            (
                math.sqrt(p * (1 - p)) / s**2,
                "Square both sides of the formula: s² = p (1 - p) / n. There is no root left.",
            ),
            (p * (1 - p) * s**2, "You multiplied by s². Solved for n, the formula divides by it."),
            (s**2 / (p * (1 - p)), "This is 1 / n. Take the reciprocal."),
            (math.sqrt(p * (1 - p) / s), "This puts s in the place of n. Solve for n."),
            (4 * exact, "This makes *twice* the standard error at most s."),
            (0.25 / s**2, "This assumes p = 0.5. Use the p that you are given."),
        ]
        mistakes = [
            (
                exact,
                "That's right before rounding. A number of samples is a whole number, so round up.",
            ),
            (
                expected - 1,
                f"With {expected - 1} samples, the standard error is a little larger than s. Round "
                "up, not down or to the nearest.",
            ),
        ]
        if exact == expected:
            mistakes.append(
                (
                    expected + 1,
                    f"{expected} samples give exactly s, and that is enough: at most s. Adding 1 "
                    "after `int` or `//` is one too many here. math.ceil rounds up only if needed.",
                )
            )
        mistakes += [(f(value), words) for value, words in formulas for f in (float, math.ceil)]
        expect(call(answer, p, s), expected, name, mistakes=mistakes)
    return "Half the error costs four times as many samples."


@exercise("9.5")
def leaks(answer):
    """The lines of a pipeline that leak."""
    innocent = {
        1: "Line 1 reads the photos. Nothing is computed from them yet.",
        2: "Line 2 divides by 255. That number comes from the format, not from the samples.",
        5: "Line 5 divides the photos at random, which is right. What comes before it?",
        6: "Line 6 takes the validation part from the rest, which is right.",
        7: "Line 7 makes networks with random weights. No sample takes part in it.",
        8: "Line 8 is the loop over the candidates. No sample takes part in it.",
        9: "Line 9 learns from the training part and stops by the validation part, as it should.",
        11: "Line 11 opens the test set to report a number. That's what it is for. But was it "
        "opened before?",
    }
    missing = {
        3: "A line is missing: one takes a mean. Of which photos?",
        4: "A line is missing: where can a photo and its mirrored copy end up?",
        10: "A line is missing: by which part is a network chosen?",
    }
    collections = (list, tuple, set, frozenset, np.ndarray)
    if not isinstance(answer, collections) or not all(
        isinstance(line, (int, np.integer)) for line in answer
    ):
        raise Wrong("The answer is a list of line numbers, such as [1, 2].")
    found = set(answer)
    if not found <= set(range(1, 12)):
        raise Wrong("The lines have the numbers 1 to 11.")
    for line in sorted(found & set(innocent)):
        raise Wrong(innocent[line])
    for line in sorted(set(missing) - found):
        raise Wrong(missing[line])
    return (
        "Scaling with all photos (a small leak), copies on both sides of the split (a large one), "
        "and a choice by the test set."
    )


@exercise("9.6")
def paired(answer):
    """The difference of two accuracies, with its paired standard error."""
    rng = np.random.default_rng(96)
    hard = rng.random(40) < 0.3
    cases = [
        (
            np.array([1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1], dtype=bool),
            np.array([1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1], dtype=bool),
        ),
        (rng.random(40) < np.where(hard, 0.2, 0.9), rng.random(40) < np.where(hard, 0.3, 0.95)),
    ]
    for right_a, right_b in cases:
        n, d = len(right_a), right_a.astype(int) - right_b.astype(int)
        a, b = right_a.mean(), right_b.mean()
        std = d.std(ddof=1)
        not_paired = (
            "This is the error for two networks measured on *different* samples. Here they "
            "share the samples: take the standard deviation of the differences d."
        )
        of_one = "This is the standard error of one accuracy, not that of the difference."
        s_mistakes = [
            (std, "This is the standard deviation of d. Its *mean* scatters less: divide by √n."),
            (std / n, "You divided by n. Divide by its root."),
            (std**2 / n, "This is the square of the standard error. Take the root."),
            (std**2, "This is the variance of d. Take its root and divide by √n."),
            (d.std() / np.sqrt(n), "This divides by n in the standard deviation. Use ddof=1."),
            (d.std(), "Use ddof=1, and divide by √n."),
            (std / np.sqrt(n - 1), "You subtracted 1 twice: ddof=1 does it already. Divide by √n."),
            (np.abs(d).std(ddof=1) / np.sqrt(n), "Don't take absolute values: d has a sign."),
            (
                d[d != 0].std(ddof=1) / np.sqrt(np.count_nonzero(d)),
                "You left out the samples on which the two agree. Their d is 0, and they count.",
            ),
            (
                np.sqrt(abs(d.mean()) * (1 - abs(d.mean())) / n),
                "p (1 - p) / n is for an accuracy. A difference isn't one: d can be -1, too.",
            ),
        ]
        for spread in (right_a.std, right_b.std):
            for ddof in (0, 1):
                s_mistakes.append((spread(ddof=ddof) / np.sqrt(n), of_one))
        for ddof in (0, 1):
            errors = np.array([right_a.std(ddof=ddof), right_b.std(ddof=ddof)]) / np.sqrt(n)
            s_mistakes.append((np.sqrt(np.sum(errors**2)), not_paired))
            s_mistakes.append((np.sum(errors), not_paired))
        difference_mistakes = [
            (b - a, "The sign is flipped: the accuracy of `a` minus that of `b`."),
            (d.sum(), "This counts samples. A difference of accuracies is a share: divide by n."),
            (np.abs(d).mean(), "This is how often the two disagree. Keep the sign of d."),
            (100 * (a - b), "Return the difference as a share, not in percent."),
            (a, "This is the accuracy of `a` alone."),
        ]
        received = call(answer, right_a, right_b)
        if isinstance(received, np.ndarray) and received.shape == (2,):
            received = tuple(received)
        expect_parts(
            received,
            {"the difference": a - b, "the standard error": std / np.sqrt(n)},
            mistakes={"the difference": difference_mistakes, "the standard error": s_mistakes},
            about=f"for {n} samples",
        )
    return "The more often two networks agree, the smaller a difference you can tell from chance."
