"""What exercise 1.5 says of its own data."""

import numpy as np

from shared.datasets import load_fashion_mnist


def test_the_obvious_weights_do_not_solve_the_boots():
    """What exercise 1.5 says: with (−1, 1) no bias is good enough, so that something is to do."""
    fashion = load_fashion_mnist()
    chosen = (fashion.y_train == 9) | (fashion.y_train == 8)
    images, boots = fashion.x_train[chosen], fashion.y_train[chosen] == 9
    z = (images[:, :, 21:].mean(axis=(1, 2)) - images[:, :, :7].mean(axis=(1, 2))) / 255
    in_order = boots[np.argsort(z)]
    # Right with the threshold after each image: the bags up to it and the boots above it.
    right = np.cumsum(~in_order) + boots.sum() - np.cumsum(in_order)
    assert 11_300 < right.max() < 11_400
