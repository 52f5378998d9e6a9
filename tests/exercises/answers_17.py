"""Answers to the exercises of chapter 17, right ones and wrong ones."""

from itertools import pairwise

import numpy as np


def count_parameters(sizes):
    return sum(sizes[i] * sizes[i + 1] + sizes[i + 1] for i in range(len(sizes) - 1))


def count_parameters_by_arrays(sizes):
    sizes = np.array(sizes, dtype=float)
    return ((sizes[:-1] + 1) * sizes[1:]).sum()


def class_accuracy(matrix):
    return matrix.diagonal() / matrix.sum(axis=1)


def mirror(images):
    return images[:, :, ::-1]


def top_k_accuracy(probabilities, y_true, k):
    best = np.argsort(probabilities, axis=1)[:, -k:]
    return (best == y_true[:, np.newaxis]).any(axis=1).mean()


def top_k_by_loop(probabilities, y_true, k):
    hits = 0
    for row, label in zip(probabilities, y_true, strict=True):
        hits += int(np.sum(row > row[label]) < k)
    return hits / len(y_true)


def top_k_of_the_smallest(probabilities, y_true, k):
    worst = np.argsort(probabilities, axis=1)[:, :k]
    return (worst == y_true[:, np.newaxis]).any(axis=1).mean()


def predict_both_ways(predict_proba, images):
    return (predict_proba(images) + predict_proba(images[:, :, ::-1])) / 2


def predict_both_ways_one_by_one(predict_proba, images):
    rows = []
    for image in images:
        pair = predict_proba(np.stack([image, np.fliplr(image)]))
        rows.append(pair.mean(axis=0).tolist())
    return rows


def accuracy_of_most_confident(probabilities, y_true, share):
    keep = round(share * len(y_true))
    surest = np.argsort(probabilities.max(axis=1))[-keep:]
    return (probabilities[surest].argmax(axis=1) == y_true[surest]).mean()


def accuracy_of_least_confident(probabilities, y_true, share):
    keep = round(share * len(y_true))
    first = np.argsort(probabilities.max(axis=1))[:keep]
    return (probabilities[first].argmax(axis=1) == y_true[first]).mean()


def accuracy_of_the_first(probabilities, y_true, share):
    keep = round(share * len(y_true))
    return (probabilities[:keep].argmax(axis=1) == y_true[:keep]).mean()


EXERCISES = {
    "17.1": {
        "stub": """
            def count_parameters(sizes):
                ...
        """,
        "right": [count_parameters, count_parameters_by_arrays],
        "wrong": [
            (lambda s: count_parameters(s) - sum(s[1:]), "the weights alone"),
            (lambda s: count_parameters(s) + s[0], "The inputs got a bias too"),
            (lambda s: count_parameters(s) - sum(s[1:]) + len(s) - 1, "One bias per layer"),
            (lambda s: sum(a * (b + 1) for a, b in pairwise(s)), "counted by the inputs"),
            (lambda s: 109386, r"`count_parameters\(\[3, 2\]\)` is 109386, expected 8"),
        ],
    },
    "17.2": {
        "stub": """
            def class_accuracy(matrix):
                ...
        """,
        "right": [
            class_accuracy,
            lambda m: [row[k] / sum(row) for k, row in enumerate(m.tolist())],
            lambda m: np.float32(np.diag(m)) / m.sum(axis=1, dtype=np.float32),
        ],
        "wrong": [
            (lambda m: m.diagonal() / m.sum(axis=0), r"divided by the column sums.*precision"),
            (lambda m: m.trace() / m.sum(), "one number"),
            (lambda m: m.diagonal(), "counts on the diagonal"),
            (lambda m: m.diagonal() / m.sum(), "Divided by all samples"),
            (lambda m: m.diagonal() / m.sum(axis=1, keepdims=True), r"met \(4, 1\)"),
        ],
    },
    "17.3": {
        "stub": """
            def mirror(images):
                ...
        """,
        "right": [
            mirror,
            lambda images: np.flip(images, axis=-1) * 1.0,
            lambda images: [[row[::-1] for row in image] for image in images.tolist()],
        ],
        "wrong": [
            (lambda images: images[::-1], "reverse order"),
            (lambda images: images[:, ::-1], "on their heads"),
            (lambda images: np.flip(images), "All three axes"),
            (lambda images: np.rot90(images, 2, axes=(1, 2)), "half a turn"),
            (lambda images: images.transpose(0, 2, 1), "Rows and columns are exchanged"),
            (lambda images: images.copy(), "as they were"),
        ],
    },
    "17.4": {
        "stub": """
            def top_k_accuracy(probabilities, y_true, k):
                best = ...
                return ...
        """,
        "right": [top_k_accuracy, top_k_by_loop],
        "wrong": [
            (lambda p, t, k: (p.argmax(axis=1) == t).mean(), "the most probable class alone"),
            (top_k_of_the_smallest, "k least probable"),
            (lambda p, t, k: (p.argsort(axis=1)[:, -k] == t).mean(), "place 2 exactly"),
            (lambda p, t, k: top_k_accuracy(p, t, k) * len(t), "mean over the batch missing"),
            (lambda p, t, k: top_k_accuracy(p, t, 2), "is 0.6667, expected 0.5"),
            (lambda p, t, k: (p.argsort(axis=1)[:, -k:] == t[:, None]).mean(), "over all k places"),
            (lambda p, t, k: np.mean(np.sort(p, axis=1)[:, -k:] == t[:, None]), "No sample counts"),
        ],
    },
    "17.5": {
        "stub": """
            def predict_both_ways(predict_proba, images):
                ...
        """,
        "right": [predict_both_ways, predict_both_ways_one_by_one],
        "wrong": [
            (lambda f, x: f(x) + f(x[:, :, ::-1]), "adds up to 2"),
            (lambda f, x: f(x), "Where is the mirror"),
            (lambda f, x: f(x[:, :, ::-1]), "mirrored images alone"),
            (lambda f, x: (f(x) + f(x[::-1])) / 2, "other images"),
            (lambda f, x: (f(x) + f(x[:, ::-1])) / 2, "upside down"),
            (lambda f, x: f((x / 2) + (x[:, :, ::-1] / 2)), "averaged the two images"),
            (lambda f, x: f((x + x[:, :, ::-1]) / 2), "averaged the two images"),
            (lambda f, x: f(x.reshape(len(x), -1)), r"images \(n, 4, 5\)\. Received: \(6, 20\)"),
        ],
    },
    "17.6": {
        "stub": """
            def accuracy_of_most_confident(probabilities, y_true, share):
                ...
        """,
        "right": [
            accuracy_of_most_confident,
            lambda p, t, share: np.mean(
                [
                    row.argmax() == label
                    for row, label in sorted(
                        zip(p, t, strict=True), key=lambda pair: -max(pair[0])
                    )[: int(share * len(t))]
                ]
            ),
        ],
        "wrong": [
            (accuracy_of_least_confident, "least confident"),
            (accuracy_of_the_first, "first samples in the batch"),
            (lambda p, t, share: (p.argmax(axis=1) == t).mean(), "over all samples"),
            (lambda p, t, share: accuracy_of_most_confident(p, t, share) * share, "Only those"),
            (
                lambda p, t, share: (p.argmax(axis=1) == t)[p.max(axis=1) > min(share, 0.9)].mean(),
                "not how sure they must be",
            ),
            (lambda p, t, share: accuracy_of_most_confident(p, t, 1.0 - share or 1), "1 − share"),
            (lambda p, t, share: accuracy_of_most_confident(p, t, 0.5), "0.8333, expected 0.6667"),
        ],
    },
}
