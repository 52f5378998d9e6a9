"""scikit-learn's MLPClassifier: one `partial_fit`, which is one epoch over the data.

Same layers, penalty and Adam, in float32. It has no dropout, no decay of Adam's learning rate, and
reports no accuracy, so it does a little less than the others; and it wants its data as floats,
which are made beforehand.
"""

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier


class Training:
    def __init__(self, workload, images, labels):
        self.images = images.reshape(len(images), -1) / np.float32(255)
        self.labels = labels
        self.classes = np.arange(workload.widths[-1])
        self.network = MLPClassifier(
            hidden_layer_sizes=workload.hidden,
            # Its penalty is alpha / 2 * sum(weight**2) / batch_size.
            alpha=2 * workload.l2 * workload.batch_size,
            batch_size=workload.batch_size,
            learning_rate_init=workload.lr,
            epsilon=workload.eps,
            random_state=0,
        )

    def epoch(self):
        self.network.partial_fit(self.images, self.labels, classes=self.classes)
        return self.network.loss_, None


def build(workload, images, labels, threads):
    # Otherwise every epoch begins with a search for NaN in all images.
    sklearn.set_config(assume_finite=True)
    return Training(workload, images, labels)
