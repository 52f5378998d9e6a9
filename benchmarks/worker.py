"""A process that holds one peer and trains it when told to.

Each peer has a process of its own: thread counts and BLAS kernels are settled when a library is
loaded, two libraries would bring two pools of threads, and Keras has one backend per process. Only
one process works at a time; the others wait for their next line.

Commands come as lines of JSON on standard input, answers go out as lines of JSON.
"""

import json
import os
import sys
import time

from . import machine


def main(name, threads):
    # Libraries print what they like; only answers may go where the answers are read.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    machine.limit_cores(threads)
    worker = Worker(name, threads)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = worker.obey(**command)
        except Exception as error:  # the peer's failure is part of the result
            answer = {"error": " ".join(f"{type(error).__name__}: {error}".split())[:300]}
        print(json.dumps(answer), file=answers, flush=True)


class Worker:
    def __init__(self, name, threads):
        self.name = name
        self.threads = threads
        self.data = None
        self.training = None

    def obey(self, build=None):
        """Build the training of a workload, or train one epoch of the one that was built."""
        return self._epoch() if build is None else self._build(build)

    def _build(self, fields):
        from shared.datasets import load_fashion_mnist

        from .implementations import PEERS
        from .workload import Workload

        workload = Workload.from_json(fields)
        if self.data is None:
            dataset = load_fashion_mnist()
            self.data = dataset.x_train, dataset.y_train
        images, labels = (array[: workload.samples] for array in self.data)
        self.steps = workload.steps
        self.training = PEERS[self.name].build(workload, images, labels, self.threads)
        return {"blas": machine.blas()}

    def _epoch(self):
        started, cpu_started = time.perf_counter(), time.process_time()
        loss, accuracy, *own_time = self.training.epoch()
        seconds = own_time[0] if own_time else time.perf_counter() - started
        cpu_seconds = time.process_time() - cpu_started
        return {
            "ms": seconds / self.steps * 1e3,
            "cpu_ms": cpu_seconds / self.steps * 1e3,
            "loss": loss,
            "accuracy": accuracy,
        }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
