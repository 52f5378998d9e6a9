import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from helpers_models import Do, points, small

ROOT = Path(__file__).resolve().parents[2]


def program(code, **environment):
    """Start Python on a program of its own, without what silences the progress bar in tests."""
    silencers = {"PYTEST_CURRENT_TEST", "TQDM_DISABLE"}
    env = {n: v for n, v in os.environ.items() if n not in silencers}
    env |= {"PYTHONPATH": str(ROOT), **environment}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], env=env, **pipes)


TRAINING = """
import numpy as np
from shared.layers import Dense
from shared.losses import SoftmaxCrossEntropy
from shared.metrics import accuracy
from shared.model import Model
from shared.optimizers import Adam
rng = np.random.default_rng(0)
model = Model([Dense(2, 3, rng)])
model.compile(Adam(model.parameters()), SoftmaxCrossEntropy(), [accuracy])
x, y = rng.standard_normal((50, 2)), rng.integers(0, 3, 50)
model.fit(x, y, epochs=2, batch_size=20, validation_data=(x, y), VERBOSE)
"""


@pytest.mark.parametrize(
    ("verbose", "options", "shown"),
    [
        ("", {}, True),
        ("verbose=1", {}, True),
        ("verbose=0", {}, False),
        ("", {"PYTEST_CURRENT_TEST": "chapters/17.ipynb::Cell 3 (call)"}, False),
        ("", {"TQDM_DISABLE": "1"}, False),
    ],
    ids=["default", "verbose=1", "verbose=0", "in a checked notebook", "TQDM_DISABLE"],
)
def test_progress_bar(verbose, options, shown):
    process = program(TRAINING.replace("VERBOSE", verbose), **options)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    if not shown:
        assert err == ""
        return
    check_last_line(err)


def check_last_line(err):
    bar, text = err.splitlines()[-1].rsplit("|", 1)
    assert re.fullmatch(r"epoch 2: 100%\|█+", bar.lstrip("\r").rstrip())
    # Short, so that the bar keeps its width: no rate, three digits, in the order of the history.
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    numbers = ", ".join(rf"{name}=\d\.\d{{3}}" for name in names)
    assert re.fullmatch(rf" 6/6 \[00:0\d<00:0\d, {numbers}\]", text)


# The same in this process, which the changes of `make mutants` reach.
@pytest.mark.parametrize("value", [None, ""])
def test_progress_bar_in_this_process(value, capsys, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    if value is not None:
        monkeypatch.setenv("TQDM_DISABLE", value)
    x, y = points()
    small().fit(x, y, epochs=2, batch_size=10, validation_data=(x, y))
    check_last_line(capsys.readouterr().err)


def test_progress_bar_switched_off(capsys, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv("TQDM_DISABLE", "1")
    x, y = points()
    small().fit(x, y, epochs=2)
    assert capsys.readouterr() == ("", "")


def test_progress_bar_is_silent_under_pytest(capsys, monkeypatch):
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    x, y = points()
    small().fit(x, y, epochs=2)
    assert capsys.readouterr() == ("", "")


class Bar:
    """Stands in for tqdm's, and notes what is done with it."""

    def __init__(self, **options):
        self.options, self.updates, self.descriptions, self.shown = options, 0, [], []
        self.closed = 0
        bars.append(self)

    def update(self):
        self.updates += 1

    def set_description(self, text, refresh):
        self.descriptions.append(text)

    def set_postfix(self, numbers):
        self.shown.append(numbers)

    def close(self):
        self.closed += 1


bars = []


@pytest.fixture
def bar(monkeypatch):
    bars.clear()
    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    return bars


def test_numbers_stand_in_the_order_of_the_history(bar):
    x, y = points()
    history = small().fit(x, y, epochs=2, batch_size=10, validation_data=(x, y))
    (bar,) = bar
    assert (bar.options["total"], bar.updates, bar.closed) == (6, 6, 1)
    assert bar.descriptions == ["epoch 1", "epoch 2"]
    assert [list(numbers) for numbers in bar.shown] == [
        ["loss", "accuracy", "val_loss", "val_accuracy"]
    ] * 2
    assert bar.shown[-1]["val_loss"] == f"{history['val_loss'][-1]:.3f}"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_the_bar_is_closed_however_training_ends(bar, error):
    def stop(*arguments):
        raise error

    x, y = points()
    for moment in ("on_batch_end", "on_epoch_end", "on_fit_end"):
        try:
            small().fit(x, y, callbacks=[Do(**{moment: stop})])
        except ZeroDivisionError:
            assert error is ZeroDivisionError
    assert [bar.closed for bar in bars] == [1, 1, 1]
