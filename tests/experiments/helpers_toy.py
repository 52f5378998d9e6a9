"""An experiment that takes no time, for the tests of the runner."""

import os
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ToyRecipe:
    factor: float
    epochs: int = 3
    samples: int = 500
    seconds: float = 0.0


ROWS = {"double": ToyRecipe(2.0), "triple": ToyRecipe(3.0), "infinite": ToyRecipe(float("inf"))}
SEEDS = (1, 4)
RERUN = "double"


def run(recipe, seed):
    if log := os.environ.get("TOY_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"{recipe.factor:g} {seed} {os.getpid()}\n")
    time.sleep(float(os.environ.get("TOY_SECONDS", recipe.seconds)))
    if os.environ.get("TOY_FAILS") == f"{recipe.factor:g} {seed}":
        raise ArithmeticError("no such number")
    curve = [recipe.factor * seed / 7 + epoch for epoch in range(recipe.epochs)]
    return {"product": recipe.factor * seed, "curve": curve}


def draw(results):
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots()
    ax.set_title(f"{len(results['runs'])} runs")
    return figure


def logged(path):
    """Return (factor, seed) of each run that was begun, and the ids of their processes."""
    lines = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    return [(line[0], int(line[1])) for line in lines], {int(line[2]) for line in lines}
