"""A few killed processes, and that a campaign finds what it looks for."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tools import campaign, kill

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")


def short(*scenes, tries):
    """Run part of the campaign in a process of its own, which has no threads and may fork."""
    scenes = [part for scene in scenes for part in ("--scene", scene)]
    return subprocess.run(
        [sys.executable, "-m", "tools.kill", "--no-results", "--tries", str(tries), *scenes],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_a_short_campaign():
    run = short("save", "first", "checkpoint", "fit", tries=6)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = [line for line in run.stdout.splitlines() if line.startswith("| ")]
    assert len(lines) == 5
    assert all(line.endswith("| none    |") for line in lines[1:])


BROKEN = """
import sys
from pathlib import Path
from shared import archives
from tools import kill

def write(path, description, arrays):
    import numpy as np, json
    text = json.dumps({"format": archives.FORMAT, "version": archives.VERSION, **description})
    with open(path, "wb") as file:
        np.savez(file, description=np.array(text), **arrays)

if sys.argv[1] == "in place":
    archives.write = write
if sys.argv[1] == "never cleaned":
    archives._remove_leftovers = lambda path: None
sys.exit(kill.main(["--no-results", "--scene", "save", "--tries", "25"]))
"""


@pytest.mark.parametrize(
    ("fault", "said"),
    [("in place", "is not a model file|made of two models"), ("never cleaned", "never removed")],
)
def test_a_fault_in_saving_is_found(fault, said):
    run = subprocess.run(
        [sys.executable, "-c", BROKEN, fault], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 1, run.stdout + run.stderr
    assert any(part in run.stdout for part in said.split("|")), run.stdout


STRIKE = """
import os, signal, sys, time
from tools import kill

def act(ready):
    ready()
    time.sleep(float(sys.argv[1]))
    if sys.argv[2] == "fails":
        raise ZeroDivisionError
    return "done"

number = signal.SIGKILL if sys.argv[2] != "ignores" else signal.SIGURG  # ignored by default
kill.PATIENCE = 1.0
try:
    print(kill.strike(act, 0.2, number))
except AssertionError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("seconds", "way", "said"),
    [
        ("9", "works", "(True, None)"),
        ("0", "works", "(False, 'done')"),
        ("0", "fails", "ended with"),
        ("9", "ignores", "hangs after the signal"),
    ],
)
def test_striking(seconds, way, said):
    run = subprocess.run(
        [sys.executable, "-c", STRIKE, seconds, way], cwd=ROOT, capture_output=True, text=True
    )
    assert said in run.stdout, run.stdout + run.stderr


def test_two_models_in_one_file_are_noticed(tmp_path):
    model = kill.constant_model(3, width=4)
    model.save(tmp_path / "model.npz")
    assert kill.number_in(tmp_path / "model.npz") == 3
    model.optimizer.state["grad_sum"][0] = 4
    model.save(tmp_path / "model.npz")
    with pytest.raises(AssertionError, match="made of two models"):
        kill.number_in(tmp_path / "model.npz")


def test_a_torn_step_is_noticed():
    first, second = kill.network(), kill.network()
    assert kill.same(kill.numbers_of(first), kill.numbers_of(second))
    first.parameters()[1].value[0] = np.nextafter(first.parameters()[1].value[0], 1)
    assert not kill.same(kill.numbers_of(first), kill.numbers_of(second))
    third = kill.network()
    third.optimizer.steps = 1
    assert not kill.same(kill.numbers_of(third), kill.numbers_of(second))


class Press(kill.Callback):
    """Raises KeyboardInterrupt at one of the moments."""

    def __init__(self, moment):
        setattr(self, moment, self.press)

    def press(self, *arguments):
        raise KeyboardInterrupt


@pytest.mark.parametrize("moment", ["on_fit_begin", "on_batch_end", "on_epoch_end", "nothing"])
def test_how_training_ended(moment):
    begun = []
    outcome = kill.interrupted(
        kill.network(), lambda: begun.append(True), [Press(moment)], verbose=0
    )
    assert outcome == ("finished" if moment == "nothing" else "ended early")
    assert begun == [True]


@pytest.mark.parametrize(("ended", "outcome"), [(False, "lost"), (True, "finished")])
def test_a_lost_history_is_noticed(ended, outcome, monkeypatch):
    def fit(model, *data, callbacks, **options):
        if ended:
            callbacks[0].on_fit_end(model)
        raise KeyboardInterrupt

    monkeypatch.setattr(kill.Model, "fit", fit)
    assert kill.interrupted(kill.network(), lambda: None, [], verbose=0) == outcome


def test_results_and_exit_code(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(campaign, "RESULTS", tmp_path)

    def play(chance, tries, folder):
        if tries == 3:
            raise AssertionError("it broke")
        return kill.Counter(struck=tries, leftovers=1, new=2)

    monkeypatch.setattr(kill, "SCENES", {"save": kill.Scene("saving", "kill -9", 50, play)})
    assert kill.main(["--tries", "4", "--seed", "7"]) == 0
    kept = json.loads((tmp_path / "kill.json").read_text(encoding="utf-8"))
    assert kept["settings"] == {"seed": 7, "tries": 4}
    row = kept["rows"][0]
    assert (row["tries"], row["struck at work"], row["leftovers"]) == (2, 2, 1)
    assert (row["found afterwards"], row["problem"]) == ("2 new", "none")
    assert kill.main(["--tries", "6", "--no-results"]) == 1
    assert "it broke" in capsys.readouterr().out
