"""Peak memory of loading Fashion-MNIST and training the baseline, each in a fresh process.

Counted is what the process has resident in memory at its peak, libraries included: those that the
peer needs. Keras would load further frameworks too if it found them.
"""

import json
import sys
from importlib.machinery import PathFinder
from pathlib import Path

from . import child, machine
from .implementations import PEERS
from .workload import IMAGES, Workload

BATCH_SIZE = 120  # divides 60,000, so that an epoch is the whole training set
EPOCHS = 2
NAMES = ("shared", "torch", "keras_torch", "keras_tensorflow", "jax", "sklearn", "teaching")
LIMIT_MB = 150  # what this project allows itself
FRAMEWORKS = {"torch", "tensorflow", "jax"}


def peak_mb():
    """Return the most memory that this process has had resident, in megabytes (10**6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():
        # Unlike ru_maxrss it begins anew with the program, and owes nothing to who started it.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    import resource  # here, since Windows has none

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


def hide(names):
    """From now on let this process find no installed modules of these names."""
    find_spec = PathFinder.find_spec

    def find_others(name, path=None, target=None):
        return None if name in names else find_spec(name, path, target)

    PathFinder.find_spec = find_others


def main(name, epochs, steps):
    hide(FRAMEWORKS - {*PEERS[name].requires})
    from shared.datasets import load_fashion_mnist

    dataset = load_fashion_mnist()
    after_loading = peak_mb()
    workload = Workload(batch_size=BATCH_SIZE, steps=steps)
    images, labels = dataset.x_train[: workload.samples], dataset.y_train[: workload.samples]
    training = PEERS[name].build(workload, images, labels, threads=1)
    for _ in range(epochs):
        loss, accuracy, *_ = training.epoch()
    print(
        json.dumps(
            {
                "peak_mb": peak_mb(),
                "after_loading_mb": after_loading,
                "loss": loss,
                "accuracy": accuracy,
            }
        )
    )


def memory(quick=False):
    """Measure one peer after the other."""
    found, missing = {}, {}
    for name in NAMES[:2] if quick else NAMES:
        peer = PEERS[name]
        absent = peer.missing()
        if absent:
            missing[name] = f"not installed: {', '.join(absent)}"
            continue
        epochs, steps = (1, 10) if quick else (EPOCHS, IMAGES // BATCH_SIZE)
        try:
            found[name] = child.run("memory", name, epochs, steps, environment=peer.environment)
        except RuntimeError as error:
            missing[name] = str(error)
    return {
        "machine": machine.describe(),
        "epochs": EPOCHS,
        "limit_mb": LIMIT_MB,
        "results": found,
        "missing": missing,
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
