"""Milliseconds per step: the baseline network against all peers, and a grid of sizes against some.

Everything is measured in turns (see interleave.py) at one and at two threads.
"""

from . import machine
from .implementations import PEERS
from .interleave import Crew, launch_and_measure
from .workload import Workload

THREADS = (1, 2)
LAUNCHES = 3
ROUNDS = 5  # in each launch
GRID_BATCHES = (32, 128, 512, 2048)
GRID_HIDDEN = ((128, 64), (1024, 512))
GRID_ROUNDS = 9
# Operations in one round of the grid: as many steps as take about a fifth of a second, but enough
# of them for what happens once in an epoch not to count.
GRID_OPERATIONS = 8e9
GRID_STEPS = (4, 200)


def baseline(quick=False, report=None):
    """Measure the baseline network with every peer, with the kernel as found and a free one."""
    workload = Workload(steps=20 if quick else 400)
    rounds, launches = (2, 1) if quick else (ROUNDS, LAUNCHES)
    runs = [
        launch_and_measure(PEERS, threads, workload, rounds, launches, report)
        for threads in (THREADS[:1] if quick else THREADS)
    ]
    return {"machine": machine.describe(), "runs": runs}


def grid(quick=False, report=None):
    """Measure batch sizes × widths with the peers that are near, at one thread."""
    rounds = 2 if quick else GRID_ROUNDS
    runs = []
    with Crew(grid_peers(), threads=1, free_kernel=True) as crew:
        for workload in grid_workloads(quick):
            runs.append(crew.measure(workload, rounds, report=report))
    return {"machine": machine.describe(), "runs": runs}


def grid_peers(is_installed=machine.is_installed):
    """Keras on its own backend if that is installed, else on PyTorch."""
    keras = "keras_tensorflow" if is_installed("tensorflow") else "keras_torch"
    return ["shared", "torch", "torch_fused", keras, "jax", "floor"]


def grid_workloads(quick=False):
    workloads = [
        Workload(hidden=hidden, batch_size=batch_size, steps=grid_steps(hidden, batch_size, quick))
        for hidden in GRID_HIDDEN
        for batch_size in GRID_BATCHES
    ]
    return workloads[:2] if quick else workloads


def grid_steps(hidden, batch_size, quick=False):
    """Return how many steps make a round long enough to be timed and short enough to be many."""
    one = Workload(hidden=hidden, batch_size=batch_size, steps=1)
    fewest, most = GRID_STEPS
    if quick:
        return fewest
    return max(fewest, min(most, int(GRID_OPERATIONS / one.operations)))
