"""Checks of chapter 17: the Fashion-MNIST classifier."""

from itertools import pairwise

import numpy as np

from shared.exercises import exercise
from shared.exercises.compare import call, expect


@exercise("17.1")
def count_parameters(answer):
    """The number of weights and biases of a dense network, from its layer sizes."""
    for sizes in [[784, 128, 64, 10], [3, 2], [5, 5, 5, 5, 5]]:
        weights = sum(a * b for a, b in pairwise(sizes))
        mistakes = [
            (weights, "These are the weights alone. Each unit has a bias as well."),
            (
                weights + sum(sizes),
                "The inputs got a bias too. They are numbers that come in, not units: only the "
                "layers after them have biases.",
            ),
            (
                weights + sum(sizes[:-1]),
                "The biases are counted by the inputs of each layer. Every *unit* has one: count "
                "them by what leaves the layer.",
            ),
            (weights + len(sizes) - 1, "One bias per layer is too few: every unit has its own."),
        ]
        name = f"`count_parameters({sizes})`"
        expect(call(answer, sizes), weights + sum(sizes[1:]), name, mistakes=mistakes)
    return "A layer from a to b units has a · b weights and b biases."


@exercise("17.2")
def class_accuracy(answer):
    """The share of each class that was found, from a confusion matrix."""
    matrix = np.array([[8, 1, 1, 0], [3, 5, 0, 2], [0, 2, 16, 2], [1, 1, 1, 2]])
    right = np.diagonal(matrix)
    mistakes = [
        (
            right / matrix.sum(axis=0),
            "These are divided by the column sums, which says how much of what was called a "
            "class is that class (the precision). Row k holds the samples that are of class k.",
        ),
        (right / matrix.sum(), "Divided by all samples. Each class has its own number of them."),
        (right, "These are the counts on the diagonal. Divide each by the sum of its row."),
        (right.sum() / matrix.sum(), "This is the accuracy over all classes, one number."),
    ]
    name = "`class_accuracy(matrix)`"
    expect(call(answer, matrix), right / matrix.sum(axis=1), name, mistakes=mistakes)
    return "The diagonal over the row sums: the share of each class that was found, its recall."


@exercise("17.3")
def mirror(answer):
    """Images with left and right exchanged."""
    images = np.random.default_rng(3).integers(0, 256, size=(4, 5, 6), dtype=np.uint8)
    mistakes = [
        (
            images[::-1],
            "The images come in reverse order, each as it was: `[::-1]` alone reverses the first "
            "axis. The columns are the last one.",
        ),
        (images[:, ::-1], "The images stand on their heads: this reverses the rows, axis 1."),
        (images[:, ::-1, ::-1], "The images are turned by half a turn: only columns change."),
        (images[::-1, ::-1, ::-1], "All three axes are reversed: only the columns change."),
        (images.transpose(0, 2, 1), "Rows and columns are exchanged, which turns the image."),
        (images, "These are the images as they were."),
    ]
    name = f"`mirror(images)` for images {images.shape}"
    expect(call(answer, images), images[:, :, ::-1], name, mistakes=mistakes)
    return "Left and right are exchanged, row by row, in every image."


@exercise("17.4")
def top_k_accuracy(answer):
    """The share of samples whose true class is among the k most probable."""
    n, classes = 12, 5
    probabilities = np.random.default_rng(4).dirichlet(np.ones(classes), size=n)
    ranked = np.argsort(-probabilities, axis=1)
    # Where the true class ranks in each sample: chosen so that each mistake shows in the result.
    places = np.array([0, 3, 1, 0, 4, 0, 1, 3, 0, 2, 0, 0])
    y_true = ranked[np.arange(n), places]
    for k in [2, 1, 3]:
        share = np.mean(places < k)
        mistakes = [
            (np.mean(places == 0), "This looks at the most probable class alone, whatever k is."),
            (
                np.mean(places >= classes - k),
                "This looks at the k least probable classes: argsort puts the smallest first.",
            ),
            (
                np.mean(places == k - 1),
                f"This asks whether the true class is in place {k} exactly. It may be in any of "
                "the places up to it.",
            ),
            (
                share / k,
                "The mean was taken over all k places of each sample, and at most one of them can "
                "be the true class. First ask each row whether *any* of them is.",
            ),
            (
                0.0,
                "No sample counts. Are the labels compared with the places of the classes, or "
                "with their probabilities?",
            ),
        ]
        name = f"`top_k_accuracy(probabilities, y_true, {k})`"
        received = call(answer, probabilities, y_true, k)
        expect(received, share, name, mistakes=mistakes, batch=n)
    return "A sample counts if its true class is among the k most probable."


@exercise("17.5")
def predict_both_ways(answer):
    """The mean of the probabilities for an image and for its mirror image."""
    rng = np.random.default_rng(5)
    weights = rng.normal(size=(20, 3)) / 100
    images = rng.integers(0, 256, size=(6, 4, 5), dtype=np.uint8)

    def predict_proba(batch):
        batch = np.asarray(batch)
        if batch.shape[1:] != (4, 5):
            raise ValueError(f"predict_proba needs images (n, 4, 5). Received: {batch.shape}.")
        scores = np.exp(batch.reshape(len(batch), -1) @ weights)
        return scores / scores.sum(axis=1, keepdims=True)

    plain, mirrored = predict_proba(images), predict_proba(images[:, :, ::-1])
    mistakes = [
        (plain + mirrored, "This is the sum of the two. Each row adds up to 2: take the mean."),
        (plain, "These are the probabilities of the images as they are. Where is the mirror?"),
        (mirrored, "These are the probabilities of the mirrored images alone. Average both."),
        (
            (plain + predict_proba(images[::-1])) / 2,
            "The second half of the mean belongs to other images: `[::-1]` alone reverses their "
            "order. The columns are the last axis.",
        ),
        (
            (plain + predict_proba(images[:, ::-1])) / 2,
            "The images are averaged with themselves upside down: columns are the last axis.",
        ),
    ]
    for added in [images + images[:, :, ::-1], images + images[:, :, ::-1].astype(float)]:
        told = "You averaged the two images and asked once. Ask twice, and average the answers."
        mistakes.append((predict_proba(added / 2), told))
    name = f"`predict_both_ways(predict_proba, images)` for images {images.shape}"
    received = call(answer, predict_proba, images)
    expect(received, (plain + mirrored) / 2, name, mistakes=mistakes)
    return "The mean of two distributions is a distribution: every row still adds up to 1."


@exercise("17.6")
def accuracy_of_most_confident(answer):
    """The accuracy over the share of samples the network is surest of."""
    n, classes = 12, 4
    # Where each sample ranks in confidence, and whether the prediction of that rank is right: the
    # sure ones mostly, the unsure ones hardly ever, and each mistake shows in the result.
    ranks = np.array([6, 1, 9, 2, 8, 10, 0, 7, 3, 11, 5, 4])
    ranked = np.array([True, True, False, True, True, True] + 3 * [False] + [True, False, False])
    right, predicted = ranked[ranks], ranks % classes
    confidence = 0.95 - 0.05 * ranks
    probabilities = np.repeat((1 - confidence[:, np.newaxis]) / (classes - 1), classes, axis=1)
    probabilities[np.arange(n), predicted] = confidence
    y_true = np.where(right, predicted, (predicted + 1) % classes)
    for share in [0.5, 0.25, 1.0]:
        keep = round(share * n)
        mistakes = [
            (
                ranked[-keep:].mean(),
                "These are the least confident ones: argsort puts the smallest first.",
            ),
            (
                right[:keep].mean(),
                "These are the first samples in the batch, not the most confident ones. Sort by "
                "the largest probability of each row.",
            ),
            (right.mean(), "This is the accuracy over all samples, whatever the share."),
            (
                ranked[:keep].sum() / n,
                "Divided by all samples. Only those that were kept count, above and below.",
            ),
        ]
        if share < 1:
            mistakes += [
                (
                    right[confidence > share].mean(),
                    "You kept the samples whose probability is above the share. The share says "
                    "how many samples to keep, not how sure they must be.",
                ),
                (
                    ranked[: n - keep].mean(),
                    "You kept 1 − share of the samples, and share was to be kept.",
                ),
            ]
        name = f"`accuracy_of_most_confident(probabilities, y_true, {share})`"
        received = call(answer, probabilities, y_true, share)
        expect(received, ranked[:keep].mean(), name, mistakes=mistakes, batch=keep)
    return "The network knows something about when it is wrong: sure answers are right more often."
