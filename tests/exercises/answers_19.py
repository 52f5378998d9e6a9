"""Answers to the exercises of chapter 19: right ones and wrong ones."""

from itertools import pairwise

import numpy as np


def count_operations(sizes, n):
    products = [2 * n * n_in * n_out for n_in, n_out in pairwise(sizes)]
    return 3 * sum(products) - products[0]


def count_by_loop(sizes, n):
    total = 0
    for layer in range(len(sizes) - 1):
        forward = weights = inputs = 2 * n * sizes[layer] * sizes[layer + 1]
        total += forward + weights + (inputs if layer else 0)
    return np.float64(total)


def products(sizes, n):
    return [2 * n * a * b for a, b in pairwise(sizes)]


def relu_in_place(x):
    return np.maximum(x, 0, out=x)


def relu_row_by_row(x):
    for row in x:
        np.clip(row, 0, None, out=row)
    return x


def relu_by_mask(x):
    x[x < 0] = 0
    return x


def relu_into_a_new_one(x):
    return np.maximum(x, 0)


def relu_copied_back(x):
    x[...] = np.maximum(x, 0)
    return x


def relu_without_return(x):
    np.maximum(x, 0, out=x)


def relu_returns_a_copy(x):
    np.maximum(x, 0, out=x)
    return x.copy()


def relu_absolute(x):
    return np.abs(x, out=x)


def relu_does_nothing(x):
    return x


def relu_negative(x):
    return np.minimum(x, 0, out=x)


def finish_update(value, mean, square_mean, lr, eps, scratch):
    np.sqrt(square_mean, out=scratch)
    scratch += eps
    np.divide(mean, scratch, out=scratch)
    scratch *= lr
    value -= scratch
    return value


def finish_in_pieces(value, mean, square_mean, lr, eps, scratch):
    for start in range(0, len(value), 1000):
        place = slice(start, start + 1000)
        value[place] -= lr * mean[place] / (np.sqrt(square_mean[place]) + eps)
    return value


def finish_plainly(value, mean, square_mean, lr, eps, scratch):
    value -= lr * mean / (np.sqrt(square_mean) + eps)
    return value


def finish_anew(value, mean, square_mean, lr, eps, scratch):
    return value - lr * mean / (np.sqrt(square_mean) + eps)


def finish_uphill(value, mean, square_mean, lr, eps, scratch):
    value += lr * mean / (np.sqrt(square_mean) + eps)
    return value


def finish_with_eps_inside(value, mean, square_mean, lr, eps, scratch):
    value -= lr * mean / np.sqrt(square_mean + eps)
    return value


def finish_without_lr(value, mean, square_mean, lr, eps, scratch):
    value -= mean / (np.sqrt(square_mean) + eps)
    return value


def finish_without_eps(value, mean, square_mean, lr, eps, scratch):
    value -= lr * mean / np.sqrt(square_mean)
    return value


def finish_without_root(value, mean, square_mean, lr, eps, scratch):
    value -= lr * mean / (square_mean + eps)
    return value


def finish_over_the_squares(value, mean, square_mean, lr, eps, scratch):
    np.sqrt(square_mean, out=square_mean)
    return finish_plainly(value, mean, square_mean**2, lr, eps, scratch)


def finish_with_the_step(value, mean, square_mean, lr, eps, scratch):
    return np.divide(lr * mean, np.sqrt(square_mean) + eps, out=scratch)


def finish_without_return(value, mean, square_mean, lr, eps, scratch):
    finish_update(value, mean, square_mean, lr, eps, scratch)


def overhead_and_slope(n, seconds):
    b, a = np.polyfit(n, seconds, 1)
    return a, b


def overhead_by_formula(n, seconds):
    b = ((n - n.mean()) * (seconds - seconds.mean())).sum() / ((n - n.mean()) ** 2).sum()
    return [seconds.mean() - b * n.mean(), b]


def overhead_by_matrix(n, seconds):
    table = np.stack([np.ones_like(n), n], axis=1)
    return tuple(np.linalg.lstsq(table, seconds, rcond=None)[0])


def line_through_the_ends(n, t):
    b = (t[-1] - t[0]) / (n[-1] - n[0])
    return t[0] - b * n[0], b


def overall_speedup(share, speedup):
    return 1 / ((1 - share) + share / speedup)


def overall_by_times(share, speedup):
    before = 100.0
    part = share * before
    return np.float32(before / (before - part + part / speedup))


EXERCISES = {
    "19.1": {
        "stub": """
            def count_operations(sizes, n):
                ...
        """,
        "right": [count_operations, count_by_loop],
        "wrong": [
            (lambda s, n: 3 * sum(products(s, n)), "all three products of every layer"),
            (lambda s, n: sum(products(s, n)), "forward pass alone"),
            (lambda s, n: count_operations(s, n) / 2, "Only the multiplications"),
            (lambda s, n: count_operations(s, 1), "for a single sample"),
            (lambda s, n: 3 * sum(products(s, n)) - products(s, n)[-1], "last layer's input"),
            (lambda s, n: 2 * sum(products(s, n)), "Two products for every layer"),
        ],
    },
    "19.2": {
        "stub": "lines_that_make_arrays = ...",
        "right": ["bce", "E, C, B", ["b", "c", "e"], {"b", "c", "e"}],
        "wrong": [
            ("ce", "look at line b again. .*`y \\+ 1` is an array of its own"),
            ("bc", "look at line e again"),
            ("be", "look at line c again"),
            ("abce", "Line a makes no new array"),
            ("bcde", "Line d makes no new array"),
            ("bcef", "Line f makes no new array. .* is a view"),
            ("xyz", "letters a to f"),
            (["b", 3], "a string of letters"),
        ],
    },
    "19.3": {
        "stub": """
            def relu_in_place(x):
                ...
        """,
        "right": [relu_in_place, relu_row_by_row],
        "wrong": [
            (relu_by_mask, "on the way arrays of .* bytes were made"),
            (relu_copied_back, "on the way arrays of .* bytes were made"),
            (relu_into_a_new_one, "they are in a new array"),
            (relu_without_return, "returns None"),
            (relu_returns_a_copy, "Return `x` itself"),
            (relu_absolute, "lost their sign"),
            (relu_does_nothing, "comes back as it was"),
            (relu_negative, "other way round"),
        ],
    },
    "19.4": {
        "stub": """
            def finish_update(value, mean, square_mean, lr, eps, scratch):
                ...
        """,
        "right": [finish_update, finish_in_pieces],
        "wrong": [
            (finish_plainly, "on the way arrays of .* bytes were made"),
            (finish_anew, "`value` itself hasn't got them"),
            (finish_uphill, "uphill"),
            (finish_with_eps_inside, "before the root is taken"),
            (finish_without_lr, "learning rate `lr` is missing"),
            (finish_without_eps, "`eps` is missing"),
            (finish_without_root, "square root of `square_mean` is missing"),
            (finish_over_the_squares, "`square_mean` was changed"),
            (finish_with_the_step, "This is the step"),
            (finish_without_return, "returns None"),
        ],
    },
    "19.5": {
        "stub": """
            def overhead_and_slope(n, seconds):
                ...
        """,
        "right": [
            overhead_and_slope,
            overhead_by_formula,
            overhead_by_matrix,
            lambda n, t: np.polyfit(n, t, 1)[::-1],
        ],
        "wrong": [
            (lambda n, t: np.polyfit(n, t, 1), "wrong order"),
            (lambda n, t: tuple(np.polyfit(n, t, 1)), "wrong order"),
            (lambda n, t: (0.0, n @ t / (n @ n)), "a line through zero"),
            (line_through_the_ends, "first and the last point"),
            (lambda n, t: (0.0, np.mean(t / n)), "mean time per sample"),
            (lambda n, t: (t.min(), overhead_and_slope(n, t)[1]), "the shortest time"),
            (lambda n, t: (t.mean(), overhead_and_slope(n, t)[1]), "the mean time"),
            (
                lambda n, t: overhead_and_slope(n, t)[0],
                "must return the overhead and the time per sample",
            ),
        ],
    },
    "19.6": {
        "stub": """
            def overall_speedup(share, speedup):
                ...
        """,
        "right": [overall_speedup, overall_by_times],
        "wrong": [
            (lambda p, s: 1 - p + p / s, "the time that is left"),
            (lambda p, s: 1 - p + p * min(s, 1e9), "can't be averaged"),
            (lambda p, s: 1 / (p + (1 - p) / s) if s < 9 else 1 / p, "exchanged"),
            (lambda p, s: 1 / (1 - p) if p < 1 else 9.0, "no time at all"),
            (lambda p, s: 1 / (1 - p) + p / s if p < 1 else 9.0, "Parentheses are missing"),
        ],
    },
}
