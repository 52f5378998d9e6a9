"""Checks of chapter 9: generalization."""

import math

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import Wrong, call, expect, is_blank, items, parts


@exercise("9.1")
def scale(answer):
    """Both parts scaled with the mean and standard deviation of the training part."""
    rng = np.random.default_rng(90)
    for n, n_val, features in [(6, 4, 3), (5, 5, 2)]:
        x_train = rng.normal(5, 3, size=(n, features))
        x_val = rng.normal(9, 2, size=(n_val, features))
        both = np.concatenate([x_train, x_val])
        first, second = parts(
            call(answer, x_train, x_val), ("the scaled x_train", "the scaled x_val")
        )
        mean, std = x_train.mean(axis=0), x_train.std(axis=0)
        from_all = "This uses the mean and standard deviation of both parts together: a leak."
        one_number = (
            "This uses one mean and one standard deviation for all features together. Each "
            "feature, each column, has its own: axis=0."
        )
        mistakes = [
            (_scaled(x_train, both), from_all),
            ((x_train - x_train.mean()) / x_train.std(), one_number),
            (
                _scaled(x_train.T, x_train.T).T,
                "Each *sample* has been scaled by itself. Features are columns: axis=0.",
            ),
            (x_train - mean, "The mean is gone, but the division by std is missing."),
            (x_train / std, "You divide by std, but the mean isn't subtracted."),
            (x_train - mean / std, "Brackets: subtract the mean first, then divide."),
            (
                (x_train - mean) / x_train.var(axis=0),
                "You divided by the variance. Its root is asked for, the standard deviation.",
            ),
            (
                (x_train - mean) / x_train.std(axis=0, ddof=1),
                "You divided by n - 1 in the standard deviation. Here it's the plain x.std, with "
                "n: then the training part has exactly the standard deviation 1.",
            ),
            (
                (x_train - x_train.min(axis=0)) / np.ptp(x_train, axis=0),
                "This brings each feature between 0 and 1. Asked for are mean 0 and standard "
                "deviation 1.",
            ),
        ]
        expect(first, (x_train - mean) / std, "The scaled x_train", mistakes=mistakes)
        mistakes = [
            (
                _scaled(x_val, x_val),
                "x_val is scaled with its own mean and standard deviation. Then a sample means "
                "another number than in training. Use those of x_train.",
            ),
            (_scaled(x_val, both), from_all),
            ((x_val - x_train.mean()) / x_train.std(), one_number),
            (x_val, "x_val is still unscaled. The network would get numbers it has never seen."),
        ]
        expect(second, (x_val - mean) / std, "The scaled x_val", mistakes=mistakes)
    return "Two numbers for each feature, from the training part, used for both."


def _scaled(x, source):
    return (x - source.mean(axis=0)) / source.std(axis=0)


@exercise("9.2")
def fold_indices(answer):
    """Consecutive folds, each once for validation."""
    for n, k in [(6, 3), (7, 3), (5, 5), (11, 4)]:
        name = f"`fold_indices({n}, {k})`"
        result = call(answer, n, k)
        result = items(result, n + k, name)
        if len(result) != k:
            raise Wrong(
                f"{name} has {len(result)} entries, expected {k}: one pair for each fold, "
                "(train_indices, val_indices)."
            )
        cuts = np.array_split(np.arange(n), k)
        for i, pair in enumerate(result):
            training, validation = parts(pair, ("train_indices", "val_indices"))
            others = np.setdiff1d(np.arange(n), cuts[i])
            _check_fold(training, validation, others, cuts[i], f"{name}, pair {i},")
    return "Each index is in exactly one validation part, and never in both parts of a pair."


def _check_fold(training, validation, others, fold, name):
    exchanged = "The two are exchanged: first the indices for training, then those for validation."
    mistakes = [(others, exchanged if len(others) != len(fold) else f"{name}: {exchanged}")]
    both = np.asarray(validation) if not is_blank(validation) else None
    if both is not None and both.shape == fold.shape and np.array_equal(both, fold + 1):
        raise Wrong("Indices begin at 0, yours at 1.")
    if both is not None and both.ndim == 1 and len(both) > 1 and np.all(np.diff(both) > 1):
        raise Wrong(
            f"{name} has the validation indices {both.tolist()}. A fold is made of neighbours, "
            f"without gaps: {fold.tolist()}."
        )
    size = np.size(validation)
    if np.ndim(validation) == 1 and size != len(fold) and size != len(others):
        raise Wrong(
            f"{name} has {size} indices for validation, expected {len(fold)}. The sizes of the "
            "folds differ by at most one, the larger ones first, and no index is left out."
        )
    expect(validation, fold, f"{name} val_indices", mistakes=mistakes)
    mistakes = [
        (
            np.sort(np.concatenate([others, fold])),
            f"{name} has the validation indices among those for training: a leak.",
        ),
        (fold, f"{name} has the same indices in both parts: a leak."),
    ]
    expect(training, others, f"{name} train_indices", mistakes=mistakes)


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
    ]
    for losses, patience in cases:
        best, last = _stop(losses, patience)
        name = f"`stop_early({losses}, {patience})`"
        received = parts(call(answer, losses, patience), ("best_epoch", "last_epoch"))
        name += ", (best_epoch, last_epoch),"
        mistakes = [
            (
                (min(losses[:last]), last),
                "best_epoch is a loss here. Asked for is the number of its epoch.",
            ),
            (
                (min(losses), len(losses)),
                "best_epoch is a loss here. Asked for is the number of its epoch. And mind that "
                "training may stop before the end of the list.",
            ),
            (
                (last, last),
                "best_epoch is the last epoch here. Asked for is the one with the lowest loss so "
                "far, also where training was never stopped.",
            ),
            ((best - 1, last - 1), "Epochs are counted from 1, yours from 0."),
            ((best - 1, last), "best_epoch is counted from 0. The first epoch is number 1."),
            ((best, last - 1), "last_epoch is one too few: it's counted from 1 as well."),
            ((last, best), "The two are exchanged: best_epoch comes first."),
            (
                (int(np.argmin(losses)) + 1, last),
                "best_epoch looks into the future: the lowest loss of the *whole* list comes "
                "after training has stopped.",
            ),
            (
                (int(np.argmin(losses)) + 1, len(losses)),
                "You looked at the whole list. Training stops when `patience` epochs have "
                "brought nothing better, and what comes after is never seen.",
            ),
            (
                _stop(losses, patience, equal=True),
                "An epoch that is as good as the best one isn't better: compare with <.",
            ),
            (
                _stop(losses, patience + 1),
                "You wait one epoch too long. Stop as soon as epoch - best_epoch reaches "
                "the patience.",
            ),
            (
                _stop_at_rises(losses, patience),
                "You count the epochs that are worse than the one *before*. Count those since "
                "the best one.",
            ),
        ]
        expect(received, (best, last), name, mistakes=mistakes)
    return "That is all of early stopping; the class adds copies of the weights."


def _stop(losses, patience, equal=False):
    best, best_epoch = math.inf, 0
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


@exercise("9.4")
def samples_needed(answer):
    """The number of samples for a standard error."""
    for p, s in [(0.8, 0.03), (0.93, 0.01), (0.55, 0.007)]:
        exact = p * (1 - p) / s**2
        expected = math.ceil(exact)
        name = f"`samples_needed({p}, {s})`"
        formulas = [
            (
                p * (1 - p) / s,
                "The standard error has a root. Its square is p (1 - p) / n: divide by s².",
            ),
            (
                math.sqrt(p * (1 - p)) / s,
                "This is the root of the number asked for: square it before you round.",
            ),
            (p / s**2, "The factor 1 - p is missing."),
            ((1 - p) / s**2, "The factor p is missing."),
            (
                p**2 * (1 - p) ** 2 / s**2,
                "p (1 - p) stands below the root already: don't square it.",
            ),
        ]
        mistakes = [
            (exact, "That's right before rounding. A number of samples is a whole number: up."),
            (
                expected - 1,
                "Rounded down, the standard error is a little larger than s. Round up.",
            ),
        ]
        mistakes += [(f(value), words) for value, words in formulas for f in (float, math.ceil)]
        expect(call(answer, p, s), expected, name, mistakes=mistakes)
    return "Half the error costs four times as many samples."


@exercise("9.5")
def leaks(answer):
    """The lines of a pipeline that leak."""
    innocent = {
        1: "Line 1 reads the photos. Nothing is computed from them yet.",
        2: "Line 2 divides by 255. That number comes from the format, not from the samples.",
        5: "Line 5 divides the photos at random, which is right. Ask what came before it.",
        6: "Line 6 takes the validation part from the rest, which is right.",
        7: "Line 7 makes networks with random weights. No sample takes part in it.",
        8: "Line 8 is the loop over the candidates. No sample takes part in it.",
        9: "Line 9 learns from the training part and measures on the validation part, as it "
        "should.",
        11: "Line 11 opens the test set to report a number. That's what it is for. But was it "
        "opened before?",
    }
    missing = {
        3: "One is missing: a line takes a mean, and of which photos?",
        4: "One is missing: where may a photo and its mirrored copy end up?",
        10: "One is missing: by which part is a network chosen?",
    }
    collections = (list, tuple, set, frozenset, np.ndarray)
    if not isinstance(answer, collections) or not all(
        isinstance(line, (int, np.integer)) for line in answer
    ):
        raise Wrong("The answer is a list of the numbers of lines, such as [1, 2].")
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
def seen_before(answer):
    """How many rows of the validation part stand in the training part."""
    x_train = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [3.0, 4.0], [0.0, 0.0]])
    met, parts_met = [[3.0, 4.0]] * 3 + [[5.0, 6.0]], [[1.0, 6.0], [2.0, 1.0]]
    cases = [
        (x_train, np.array(met + parts_met + [[7.0, 8.0], [8.0, 9.0], [9.0, 7.0]])),
        (x_train[:3], np.array([[6.0, 5.0], [3.0, 2.0]])),
    ]
    for x_a, x_b in cases:
        same = (x_b[:, None] == x_a).all(axis=2)
        inside, unique = same.any(axis=1), len(np.unique(x_b[same.any(axis=1)], axis=0))
        name = f"`seen_before(x_train, x_val)` for x_val = {x_b.tolist()}"
        mistakes = [
            (
                int(same.sum()),
                "You count pairs. A row of x_val that stands in x_train twice counts once.",
            ),
            (
                int(np.isin(x_b, x_a).all(axis=1).sum()),
                "You look for each number on its own. Whole rows must agree: [1, 6] isn't in "
                "[[1, 2], [5, 6]].",
            ),
            (
                int(same.any(axis=0).sum()),
                "You count the rows of x_train that stand in x_val. Asked for are those of x_val.",
            ),
            (int(np.isin(x_b, x_a).sum()), "You count single numbers. Whole rows are asked for."),
            (unique, "A row that stands in x_val twice counts twice: two scores are too good."),
            (float(inside.mean()), "This is their share. Asked for is how many they are."),
            (inside, "This is the mask. Count where it's True."),
            (int((~inside).sum()), "These are the rows that are new. The others are asked for."),
        ]
        expect(call(answer, x_a, x_b), int(inside.sum()), name, mistakes=mistakes)
    return "Any number but 0 is a reason to stop and look at how the parts were made."
