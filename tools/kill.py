"""Kill processes while they save, train and download, and look at what is left: `make kill`.

A file that is saved is there as a whole or not at all; what a killed process leaves behind is
removed by the next one; training goes on from a checkpoint to the same bits; Ctrl-C ends training
with its history and a network that is as it was after one of its steps. The moments are drawn from
a seed, but where exactly a process is struck depends on the machine.

Needs a system that can fork (Linux or macOS).
"""

import argparse
import contextlib
import io
import itertools
import os
import pickle
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

from shared.activations import ReLU
from shared.callbacks import Callback, Checkpoint, EarlyStopping
from shared.layers import Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import Adam
from tools import campaign

PATIENCE = 60.0  # seconds that a process may take for what takes one or two
TESTS = campaign.ROOT / "tests" / "package"  # where the small data set for downloads is


# --- Striking a process -------------------------------------------------------------------------


def strike(act, delay, number):
    """Run ``act(ready)`` in a process of its own and send it a signal.

    Parameters
    ----------
    act : callable
        Calls ``ready()`` when it has begun; what it returns is pickled.
    delay : float
        Seconds between ``ready()`` and the signal.
    number : signal.Signals
        The signal.

    Returns
    -------
    tuple
        Whether the signal struck the process at work, and what ``act`` returned (None if it was
        killed).

    Raises
    ------
    AssertionError
        If the process doesn't end, or fails by itself.
    """
    begun, has_begun = os.pipe()
    result, has_result = os.pipe()
    child = os.fork()
    if child == 0:
        _be_struck(act, has_begun, has_result)
    os.close(has_begun)
    os.close(has_result)
    with open(result, "rb") as results, open(begun, "rb") as begin:
        try:
            begin.read(1)
            time.sleep(delay)
            # Nothing to read means that it is still at work.
            at_work = not select.select([results], [], [], 0)[0]
            os.kill(child, number)
            assert select.select([results], [], [], PATIENCE)[0], "hangs after the signal"
            pickled = results.read()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
    if pickled:
        return at_work, pickle.loads(pickled)  # written by the lines below, nobody else
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == number, f"ended with {status}"
    return True, None


def _be_struck(act, has_begun, has_result):
    """Do what the forked process does, and never return."""
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
        answer = act(lambda: os.write(has_begun, b"."))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with open(has_result, "wb") as file:
            pickle.dump(answer, file)
    finally:
        os._exit(1)


def measured(act):
    """Return how many seconds ``act`` takes from ``ready()`` to its end."""
    begin = []
    act(lambda: begin.append(time.perf_counter()))
    return time.perf_counter() - begin[0]


# --- Saving -------------------------------------------------------------------------------------


def constant_model(number, width=400):
    """Return a network of a few megabytes all of whose numbers are the same."""
    rng = np.random.default_rng(0)
    model = Model([Dense(width, width, rng), ReLU(), Dense(width, 3, rng)])
    model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
    set_all(model, number)
    return model


def set_all(model, number):
    for array in (*model.state_dict().values(), *model.optimizer.state.values()):
        array[...] = number


def number_in(path):
    """Return the number that all of a file's numbers are; AssertionError if they differ."""
    model = Model.load(path)
    found = {
        number
        for array in (*model.state_dict().values(), *model.optimizer.state.values())
        for number in np.unique(array)
    }
    assert len(found) == 1, f"{path} is made of two models: {found}"
    return found.pop()


def kill_saves(chance, tries, folder, first):
    """Kill while a model is saved: over another one, or where there was none."""
    counts, path = Counter(), folder / "model.npz"

    def save_again_and_again(ready):
        model = constant_model(1)
        ready()
        for number in range(1, 2 if first else 4):
            set_all(model, number)
            model.save(path)

    duration = measured(save_again_and_again)
    for _ in range(tries):
        path.unlink(missing_ok=True)
        if not first:
            constant_model(0).save(path)
        struck, _ = strike(save_again_and_again, chance.uniform(0, duration), signal.SIGKILL)
        counts["struck"] += struck
        if path.exists():
            counts["before" if number_in(path) == 0 else "new"] += 1
        else:
            assert first, "the old file is gone"
            counts["absent"] += 1
        counts["leftovers"] += len(leftovers(folder, path))
        constant_model(9).save(path)
        assert number_in(path) == 9
        assert not leftovers(folder, path), f"never removed: {leftovers(folder, path)}"
    return counts


def leftovers(folder, *expected):
    return sorted(path.name for path in folder.iterdir() if path not in expected)


# --- Training -----------------------------------------------------------------------------------

EPOCHS = 12


def data():
    rng = np.random.default_rng(1)
    return rng.standard_normal((400, 20)), rng.integers(0, 3, 400)


def network():
    rng = np.random.default_rng(2)
    model = Model([Dense(20, 200, rng), ReLU(), Dropout(0.3, rng), Dense(200, 3, rng)])
    model.compile(Adam(model.parameters(), 0.01), SoftmaxCrossEntropy())
    return model


class Ready(Callback):
    """Says when training has begun, and knows whether it has ended.

    The first callback is the last to be told of the end.
    """

    def __init__(self, ready):
        self.ready, self.ended = ready, False

    def on_fit_begin(self, model):
        self.ready()

    def on_fit_end(self, model):
        self.ended = True


def train(model, epochs=EPOCHS, callbacks=(), verbose=0):
    return model.fit(
        *data(),
        epochs=epochs,
        batch_size=20,
        rng=np.random.default_rng(3),
        callbacks=callbacks,
        verbose=verbose,
        validation_data=data(),
    )


def kill_checkpoints(chance, tries, folder):
    """Kill while training saves a checkpoint after each epoch, and resume."""
    counts, path = Counter(), folder / "checkpoint.npz"
    model = network()
    train(model)
    whole = numbers_of(model)

    def train_with_checkpoints(ready):
        train(network(), callbacks=[Ready(ready), Checkpoint(path)])

    duration = measured(train_with_checkpoints)
    for _ in range(tries):
        path.unlink(missing_ok=True)
        struck, _ = strike(train_with_checkpoints, chance.uniform(0, duration), signal.SIGKILL)
        counts["struck"] += struck
        counts["leftovers"] += len(leftovers(folder, path))
        resumed = Model.load(path) if path.exists() else network()
        counts["resumed" if path.exists() else "absent"] += 1
        done = resumed.optimizer.steps * 20 // 400
        if done < EPOCHS:
            resumed.fit(
                *data(),
                epochs=EPOCHS - done,
                batch_size=20,
                rng=None if done else np.random.default_rng(3),
                callbacks=[Checkpoint(path)],
                verbose=0,
            )
            assert not leftovers(folder, path), f"never removed: {leftovers(folder, path)}"
        for part in leftovers(folder, path):  # struck after the last save
            (folder / part).unlink()
        assert same(numbers_of(resumed), whole), f"resumed after {done} epochs, ends otherwise"
    return counts


class StopAfter(Callback):
    """Interrupts training after a number of steps."""

    def __init__(self, steps):
        self.steps = steps

    def on_batch_end(self, model):
        if model.optimizer.steps == self.steps:
            raise KeyboardInterrupt


def interrupt_training(chance, tries, folder):
    """Press Ctrl-C in training: plain, with a bar, with checkpoints, with early stopping."""
    counts, path = Counter(), folder / "checkpoint.npz"
    extra = {"checkpoint": lambda: [Checkpoint(path)], "stopping": lambda: [EarlyStopping(99)]}

    def trained(way):
        def act(ready):
            signal.signal(signal.SIGINT, signal.default_int_handler)
            model = network()
            outcome = interrupted(model, ready, extra.get(way, list)(), verbose=way == "bar")
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            state = numbers_of(model)
            finite = bool(np.isfinite(model.predict(data()[0])).all())
            model.fit(*data(), epochs=1, verbose=0)  # it can be trained on
            return outcome, state, finite

        return act

    duration = measured(trained("checkpoint"))
    for way in itertools.islice(itertools.cycle(("plain", "bar", "checkpoint", "stopping")), tries):
        struck, answer = strike(trained(way), chance.uniform(0, duration), signal.SIGINT)
        assert answer is not None, f"{way}: died"
        outcome, state, finite = answer
        assert outcome != "lost", f"{way}: KeyboardInterrupt came out of fit, the history is lost"
        assert finite, f"{way}: predictions that are not finite"
        counts["struck"] += struck
        counts[outcome] += 1
        if way != "stopping":  # which puts back the weights of another step
            replay = network()
            if state["steps"]:
                train(replay, callbacks=[StopAfter(state["steps"])])
            assert same(state, numbers_of(replay)), f"{way}: torn at step {state['steps']}"
        counts["leftovers"] += len(leftovers(folder, path))
        constant_model(9).save(path)
        assert not leftovers(folder, path), f"never removed: {leftovers(folder, path)}"
    return counts


def interrupted(model, ready, callbacks, verbose):
    """Train, and return "finished", "ended early", or "lost" (the history, with an exception)."""
    begin = Ready(ready)
    try:
        history = train(model, callbacks=[begin, *callbacks], verbose=verbose)
    except KeyboardInterrupt:
        # After the end it is no longer up to ``fit``.
        return "finished" if begin.ended else "lost"
    return "finished" if history.epochs == EPOCHS else "ended early"


def numbers_of(model):
    """Return copies of what training changes, by name."""
    numbers = {i: p.value.copy() for i, p in enumerate(model.parameters())}
    numbers |= {name: array.copy() for name, array in model.optimizer.state.items()}
    return numbers | {"steps": model.optimizer.steps}


def same(first, second):
    return first.keys() == second.keys() and all(
        np.array_equal(first[name], second[name]) for name in first
    )


# --- Downloading --------------------------------------------------------------------------------

LOADER = """
from pathlib import Path
import pytest
from helpers_images import replace_published
from shared.datasets import download, images, load_fashion_mnist

images._REPOSITORY_DATA = Path("no data here")
download._FETCH = "helpers_fetch_elsewhere"
replace_published(pytest.MonkeyPatch())
print("started", flush=True)
print(load_fashion_mnist().x_train.sum())
"""


class _Kaggle(BaseHTTPRequestHandler):
    """Answers as Kaggle does, slowly: a POST is redirected to an archive."""

    archive = b""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(302)
        self.send_header("Location", "http://{}:{}/a.zip".format(*self.server.server_address))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(len(self.archive)))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client was killed
            for start in range(0, len(self.archive), 1_000):
                self.wfile.write(self.archive[start : start + 1_000])
                time.sleep(0.01)

    def log_message(self, *arguments):
        pass


def kill_downloads(chance, tries, folder):
    """Kill while a data set is downloaded into the cache, and load it again."""
    sys.path.insert(0, str(TESTS))
    from helpers_images import FILES

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    _Kaggle.archive = buffer.getvalue()
    expected = str(sum(FILES["train-images-idx3-ubyte"][16:]))
    counts = Counter()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Kaggle) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("KAGGLE") and not name.lower().endswith("_proxy")
        } | {
            "HOME": str(folder),
            "PYTHONPATH": str(TESTS),
            "KAGGLE_IS_AT": f"http://127.0.0.1:{server.server_port}",
        }
        begin = time.perf_counter()
        assert _load(environment, folder / "first")[0] == expected, "the download doesn't work"
        duration = time.perf_counter() - begin
        for number in range(tries):
            cache = folder / str(number)
            delay, group = chance.uniform(0, duration), number % 2 == 1
            answer, struck = _load(environment, cache, delay, group)
            assert struck or answer == expected, f"failed by itself: {answer!r}"
            counts["struck"] += struck
            there = cache / "fashion-mnist"
            for path in there.iterdir() if there.is_dir() else ():
                if path.name in FILES:
                    assert path.read_bytes() == FILES[path.name], f"{path.name} is there in part"
                    counts["files"] += 1
                else:
                    counts["leftovers"] += 1
            answer, _ = _load(environment, cache)
            assert answer == expected, f"the next download fails: {answer}"
            # The lock's empty file may stay.
            left = {path.name for path in there.iterdir()} - FILES.keys() - {"lock"}
            assert not left, f"never removed: {left}"
        server.shutdown()
    return counts


def _load(environment, cache, delay=None, group=False):
    """Load the data in another process; kill it, or its children as well, after a delay."""
    with subprocess.Popen(
        [sys.executable, "-c", LOADER],
        cwd=campaign.ROOT,
        env={**environment, "NN_FROM_SCRATCH_CACHE": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # reading one line must not take the next one with it
        start_new_session=True,
    ) as loader:
        try:
            assert loader.stdout.readline() == b"started\n", "the process that loads doesn't start"
            try:
                answer, said = loader.communicate(timeout=PATIENCE if delay is None else delay)
                return (answer or said).decode().strip().rpartition("\n")[2], False
            except subprocess.TimeoutExpired:
                if delay is None:
                    raise AssertionError("hangs") from None
        finally:
            if group and loader.poll() is None:
                os.killpg(loader.pid, signal.SIGKILL)
            loader.kill()
    return "", True


# --- The campaign -------------------------------------------------------------------------------


class Scene:
    """What is struck, with what signal, and how many in a hundred tries are made of it."""

    def __init__(self, what, by, share, play):
        self.what, self.by, self.share, self.play = what, by, share, play


SCENES = {
    "save": Scene(
        "saving over a file", "kill -9", 100, lambda *given: kill_saves(*given, first=False)
    ),
    "first": Scene("first save", "kill -9", 100, lambda *given: kill_saves(*given, first=True)),
    "checkpoint": Scene("training with Checkpoint", "kill -9", 60, kill_checkpoints),
    "fit": Scene("training", "Ctrl-C", 100, interrupt_training),
    "download": Scene("download", "kill -9", 15, kill_downloads),
}


def main(arguments=None):
    """Run the campaign and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scene", choices=SCENES, action="append", help="all, unless named")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tries", type=int, default=100, help="fewer of those that take long")
    parser.add_argument("--no-results", action="store_true", help="don't write tests/results")
    options = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        parser.error("this system can't fork; run the campaign on Linux or macOS")

    begin, rows, failures = time.perf_counter(), [], []
    for name in options.scene or SCENES:
        scene = SCENES[name]
        tries = max(1, options.tries * scene.share // 100)
        with tempfile.TemporaryDirectory() as folder:
            try:
                counts = scene.play(random.Random(f"{options.seed} {name}"), tries, Path(folder))
                problem = ""
            except Exception as error:  # whatever a broken file makes its reader raise, too
                counts, problem = Counter(), f"{type(error).__name__}: {error}"
                failures.append(f"{name} --seed {options.seed}: {problem}")
        struck, found = counts.pop("struck", 0), counts.pop("leftovers", 0)
        rows.append(
            {
                "at work on": scene.what,
                "by": scene.by,
                "tries": tries,
                "struck at work": struck,
                "found afterwards": ", ".join(f"{n} {what}" for what, n in counts.items()),
                "leftovers": found,
                "problem": problem or "none",
            }
        )
        print(rows[-1], flush=True)
    print(campaign.table(rows))
    if not options.no_results:
        campaign.write(
            "kill",
            "Killed processes",
            "Each try strikes a process at a random moment. Afterwards every file has to be there "
            "as a whole or not at all, and the next save or download has to work and remove what "
            "was left. Training that is resumed from a checkpoint has to end with the same bits as "
            "training that was never interrupted. Ctrl-C has to end `fit` with its history, and "
            "the numbers of the network and its optimizer have to be those after one and the same "
            "step. A problem ends the campaign.",
            rows,
            settings={"seed": options.seed, "tries": options.tries},
            seconds=time.perf_counter() - begin,
        )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
