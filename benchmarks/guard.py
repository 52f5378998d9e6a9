"""A guard against growing slower: this project and the floor in one process, as a ratio.

Not a timed unit test, which would fail whenever a machine is busy: a ratio of two medians taken in
turns, with room above what was measured. It is for the change that makes training half as fast
without breaking anything, such as a float64 scalar or an array made anew in every step.
"""

import json
import statistics
import sys

from shared.datasets import load_fashion_mnist

from . import child, machine
from .implementations import floor, shared_fit
from .interleave import cpu_timed, take_turns
from .workload import Workload

ROUNDS = 15
# With a faster BLAS kernel the products take less of the step and all else takes more.
LIMITS = {"Haswell": 2.0, "Zen": 2.0}
LIMIT_OTHERS = 2.6


def measure(steps, rounds):
    dataset = load_fashion_mnist()
    workload = Workload(steps=steps)
    images, labels = dataset.x_train[: workload.samples], dataset.y_train[: workload.samples]
    times = {"shared": [], "floor": []}
    trainings = {
        name: module.build(workload, images, labels, 1)
        for name, module in (("shared", shared_fit), ("floor", floor))
    }

    actions = {name: cpu_timed(training, steps) for name, training in trainings.items()}
    take_turns(actions, 1, lambda *_: None)
    take_turns(actions, rounds, lambda name, answer: times[name].append(answer[0]))
    return {
        "ms_per_step": {name: statistics.median(ms) for name, ms in times.items()},
        "blas": machine.blas(),
    }


def judged(result):
    """Add the ratio, the limit for the kernel that ran, and whether it is kept."""
    ms = result["ms_per_step"]
    kernel = result["blas"].get("numpy", {}).get("kernel")
    ratio, limit = ms["shared"] / ms["floor"], LIMITS.get(kernel, LIMIT_OTHERS)
    return {**result, "ratio": ratio, "limit": limit, "passed": ratio <= limit}


def guard(quick=False):
    """Measure at one thread, in a process of its own."""
    return {
        "machine": machine.describe(),
        **judged(child.run("guard", *((20, 3) if quick else (200, ROUNDS)))),
    }


if __name__ == "__main__":
    machine.limit_cores(1)
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
