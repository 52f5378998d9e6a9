"""Keras: `fit` on arrays, on whichever backend the environment names.

The images are handed over in bytes and scaled by the model's first layer. The time is taken between
the beginning and the end of the epoch, as a callback sees them: `fit` needs up to a tenth of a
second before it begins, which a run of many epochs pays once.
"""

import time

import keras


class Stopwatch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds = time.perf_counter() - self.started


class Training:
    def __init__(self, workload, images, labels):
        self.workload = workload
        self.images = images.reshape(len(images), -1)
        self.labels = labels.astype("int32")
        penalty = keras.regularizers.L2(workload.l2)
        layers = [
            keras.Input((workload.widths[0],), dtype="uint8"),
            keras.layers.Rescaling(1 / 255),
        ]
        for units in workload.hidden:
            layers += [
                keras.layers.Dense(units, activation="relu", kernel_regularizer=penalty),
                keras.layers.Dropout(workload.dropout),
            ]
        layers.append(keras.layers.Dense(workload.widths[-1], kernel_regularizer=penalty))
        self.model = keras.Sequential(layers)
        schedule = keras.optimizers.schedules.InverseTimeDecay(workload.lr, 1, workload.decay)
        self.model.compile(
            optimizer=keras.optimizers.Adam(schedule, epsilon=workload.eps),
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )

    def epoch(self):
        stopwatch = Stopwatch()
        history = self.model.fit(
            self.images,
            self.labels,
            batch_size=self.workload.batch_size,
            epochs=1,
            verbose=0,
            callbacks=[stopwatch],
        ).history
        return history["loss"][0], history["accuracy"][0], stopwatch.seconds


def build(workload, images, labels, threads):
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        torch.set_num_threads(threads)
    if backend == "tensorflow":
        import tensorflow as tf

        if tf.config.threading.get_intra_op_parallelism_threads() != threads:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
            tf.config.threading.set_inter_op_parallelism_threads(threads)
    keras.utils.set_random_seed(0)
    return Training(workload, images, labels)
