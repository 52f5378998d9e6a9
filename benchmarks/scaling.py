"""How the time of an epoch grows: with the number of samples, the batch size, the hidden width."""

import json
import statistics
import sys

import numpy as np

from shared.datasets import load_fashion_mnist

from . import child, machine
from .implementations import shared_fit
from .interleave import cpu_timed, take_turns
from .workload import IMAGES, Workload

ROUNDS = 7
SAMPLES = (3_750, 7_500, 15_000, 30_000, 60_000)
BATCH_SIZES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
WIDTHS = (32, 64, 128, 256, 512, 1024, 2048)
# Batch sizes and widths are compared on a part of the data, of whole batches, and the times scaled
# up to all of it. Batches need the larger part, so that the largest is still taken a dozen times.
PART_FOR_BATCH_SIZES = 24_576
PART_FOR_WIDTHS = 6_144
# A power law fits if no point is further from it than this.
TOLERANCE = 0.1


def power_law(x, y, tolerance=TOLERANCE):
    """Fit ``y = c * x**k``; return k, or None where some point is too far from the line.

    The fit is a straight line through the logarithms.
    """
    log_x, log_y = np.log(x), np.log(y)
    slope, intercept = np.polyfit(log_x, log_y, 1)
    furthest = np.max(np.abs(np.exp(log_y - (slope * log_x + intercept)) - 1))
    return float(slope) if furthest <= tolerance else None


def measure(cases, images, labels, rounds):
    """Return the median seconds of an epoch for each pair of a workload and a number of samples."""
    times = {name: [] for name in cases}
    actions = {
        name: cpu_timed(
            shared_fit.build(workload, images[:samples], labels[:samples], 1), steps=1e3
        )
        for name, (workload, samples) in cases.items()
    }
    take_turns(actions, 1, lambda *_: None)
    take_turns(actions, rounds, lambda name, answer: times[name].append(answer[0]))
    return {name: statistics.median(seconds) for name, seconds in times.items()}


def sweep(quick):
    dataset = load_fashion_mnist()
    rounds = 1 if quick else ROUNDS

    def seconds(values, case):
        found = measure({v: case(v) for v in values}, dataset.x_train, dataset.y_train, rounds)
        return [found[v] for v in values]

    samples = SAMPLES[:3] if quick else SAMPLES
    by_samples = seconds(samples, lambda n: (Workload(), n))

    part = 2_048 if quick else PART_FOR_BATCH_SIZES
    by_batch = seconds(BATCH_SIZES, lambda size: (Workload(batch_size=size, steps=1), part))
    by_batch = [s * IMAGES / part for s in by_batch]

    part = 1_024 if quick else PART_FOR_WIDTHS
    by_width = seconds(WIDTHS, lambda width: (Workload(hidden=(width, width // 2)), part))
    by_width = [s * IMAGES / part for s in by_width]

    return {
        "samples": swept(samples, by_samples),
        "batch_size": swept(BATCH_SIZES, by_batch),
        "width": swept(WIDTHS, by_width)
        | {"exponent_of_widest": power_law(WIDTHS[-3:], by_width[-3:])},
        "blas": machine.blas(),
    }


def swept(x, seconds):
    return {"x": x, "seconds": seconds, "exponent": power_law(x, seconds)}


def scaling(quick=False):
    """Measure at one thread, in a process of its own."""
    return {
        "machine": machine.describe(),
        "sweeps": child.run("scaling", "quick" if quick else "full"),
    }


if __name__ == "__main__":
    machine.limit_cores(1)
    print(json.dumps(sweep(sys.argv[1] == "quick")))
