"""Damage files in thousands of ways and read them: `make fuzz`.

Whatever a file holds, reading it either works or ends with a ValueError that names the file. It
doesn't hang, doesn't take more memory than promised, runs no code, writes nothing, and leaves a
model that was to be filled as it was. A case that breaks one of these rules ends the campaign with
exit code 1, and is run again by

python -m tools.fuzz --target models --seed 0 --case 1234 --keep file

To fuzz another reader, add a Target.
"""

import argparse
import contextlib
import functools
import gzip
import linecache
import multiprocessing
import os
import random
import re
import shutil
import struct
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from shared.activations import ReLU
from shared.datasets import read_idx
from shared.layers import BatchNorm, Dense, Dropout
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import SGD, Adam
from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling
from shared.regularizers import L2
from shared.schedules import Cosine, WarmUp
from tools import campaign, mutations

TIME_LIMIT = 20.0  # seconds for one case, which takes milliseconds
ALLOWANCE = 8_000_000  # bytes of memory for what doesn't grow with the file
# What reading must not do, by the names of Python's audit events.
FORBIDDEN = {
    *("exec", "pickle.find_class", "os.system", "os.exec", "os.fork", "os.posix_spawn"),
    *("subprocess.Popen", "socket.connect", "os.remove", "os.rename", "shutil.rmtree"),
}


class Target(NamedTuple):
    """Something that reads files from strangers.

    Attributes
    ----------
    examples : callable
        Returns whole files to be damaged, as a dict: name of the file -> bytes.
    mutations : tuple of callables
        What damages them, see :mod:`tools.mutations`.
    read : callable
        Reads a file, given as a Path. ValueError means that it was refused. What it returns is
        passed to ``check``.
    check : callable
        Raises AssertionError if what was read is no good. It may take time and memory.
    memory : int
        How many times the length of the file reading may take, beside ALLOWANCE.
    """

    examples: Callable
    mutations: tuple
    read: Callable
    check: Callable
    memory: int


class Outcome(NamedTuple):
    """What came out of one case."""

    number: int
    mutation: str
    result: str  # "refused", "read" or "problem"
    problem: str = ""


# --- Model files --------------------------------------------------------------------------------


def _photos():
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (8, 4, 5), dtype=np.uint8), generator.integers(0, 3, 8)


def _network(dtype, schedule=True):
    """Return a network with every kind of layer that a classifier of images has."""
    rng = np.random.default_rng(1)
    front = [RandomFlip(rng), RandomShift(1, rng), Flatten(), Rescaling(1 / 255, dtype=dtype)]
    hidden = [
        Dense(20, 6, rng, regularizer=L2(1e-3), dtype=dtype),
        BatchNorm(6, dtype=dtype),
        ReLU(),
        Dropout(0.2, rng),
    ]
    model = Model([*front, *hidden, Dense(6, 3, rng, dtype=dtype)])
    lr = WarmUp(Cosine(0.02, 40), 3) if schedule else 0.1
    build = Adam if schedule else SGD
    model.compile(build(model.parameters(), lr), SoftmaxCrossEntropy())
    return model


def model_files():
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        for dtype in ("float32", "float64"):
            for schedule in (True, False):
                model = _network(dtype, schedule)
                model.fit(*_photos(), batch_size=4, rng=np.random.default_rng(2), verbose=0)
                model.save(path)
                files[f"{dtype} {schedule}.npz"] = path.read_bytes()
        model.save_weights(path)
        files["weights.npz"] = path.read_bytes()
    return files


def read_model(path):
    """Load the model, and its weights into another; neither may change anything if it fails."""
    other = _network("float64")
    before = {name: array.copy() for name, array in other.state_dict().items()}
    try:
        other.load_weights(path)
    except ValueError as error:
        _check_message(error, path)
        for name, array in other.state_dict().items():
            assert np.array_equal(array, before[name]), f"{name} changed by a load that failed"
    try:
        return Model.load(path)
    except ValueError as error:
        _check_message(error, path)
        raise


def _check_message(error, path):
    assert str(path) in str(error), f"a message without the file's name: {error}"
    # Its cause is something that was looked for. (A KeyError is something that was stumbled over.)
    assert not isinstance(error.__cause__, (AttributeError, KeyError, IndexError, NameError)), (
        f"refused because of {error.__cause__!r}"
    )


def use_model(model):
    """Predict, and train for a step: errors are those that the package explains itself."""
    x, y = _photos()
    # A shift of many pixels makes images larger than the memory, as it would without a file.
    small = all(getattr(layer, "pixels", 0) < 50 for layer in model.layers)
    for use in (lambda: model.predict(x), lambda: small and model.fit(x, y, 1, 4, verbose=0)):
        try:
            with np.errstate(all="ignore"):
                use()
        except (ValueError, FloatingPointError):
            pass
        except (TypeError, RuntimeError) as error:
            assert _is_explained(error), f"was read, but failed in use: {error!r}"


def _is_explained(error):
    """Return whether an exception was raised by a ``raise``, not by an operation that failed."""
    traceback = error.__traceback__
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    line = linecache.getline(traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
    return line.lstrip().startswith("raise ")


# --- IDX files ----------------------------------------------------------------------------------


def idx_files():
    values = np.random.default_rng(3).integers(0, 256, (40, 28, 28), dtype=np.uint8)
    images = struct.pack(">4B3I", 0, 0, 8, 3, *values.shape) + values.tobytes()
    labels = struct.pack(">4BI", 0, 0, 8, 1, 400) + bytes(400)
    files = {"images": images, "labels": labels}
    return files | {f"{name}.gz": gzip.compress(raw, mtime=0) for name, raw in files.items()}


def read_array(path):
    try:
        return path, read_idx(path)
    except ValueError as error:
        _check_message(error, path)
        raise


def check_array(result):
    """Compare the array with the file, parsed in another way."""
    path, array = result
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    start = 4 + 4 * raw[3]
    assert raw[:3] == b"\0\0\x08"
    assert array.shape == struct.unpack(f">{raw[3]}I", raw[4:start])
    assert array.tobytes() == raw[start:]


TARGETS = {
    "models": Target(
        model_files,
        mutations.ANY_FILE + mutations.MODEL_FILE,
        read_model,
        use_model,
        3,
    ),
    "idx": Target(
        idx_files,
        mutations.ANY_FILE + mutations.IDX_FILE,
        read_array,
        check_array,
        # A compressed file may hold a thousand times its length; the examples hold much less than
        # the allowance. What a header claims takes memory only as it is filled.
        0,
    ),
}


# --- The campaign -------------------------------------------------------------------------------


def mutated(target, seed, number):
    """Return a case: the name of its mutations, the name of its file, and the damaged bytes."""
    chance = random.Random(f"{seed} {number}")
    name, data = chance.choice(sorted(_examples(target).items()))
    chosen = [chance.choice(target.mutations)]
    if chance.random() < 0.2:  # one more, for any file: what it damages may be damaged already
        chosen.append(chance.choice(mutations.ANY_FILE))
    for mutate in chosen:
        data = mutate(chance, data) if data else data
    return chosen[0].__name__, name, data


@functools.cache
def _examples(target):
    return target.examples()


def run_case(target, seed, number, folder):
    """Damage a file, read it, and return the Outcome."""
    mutation, name, data = mutated(target, seed, number)
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    try:
        result, problem = _read(target, path, len(data))
    except Exception as error:
        result, problem = "problem", f"{type(error).__name__}: {error}"[:300]
    finally:
        shutil.rmtree(folder)
    return Outcome(number, mutation, result, problem)


def _read(target, path, size):
    """Return result and problem of reading a file and using what was in it."""
    watch = _Watch()
    try:
        with watch:
            found = target.read(path)
        result = "read"
    except ValueError:
        result = "refused"
    if watch.forbidden:
        return "problem", f"did what it must not: {watch.forbidden[0]}"
    if watch.memory > target.memory * size + ALLOWANCE:
        return "problem", f"took {watch.memory:,} bytes of memory"
    if list(path.parent.iterdir()) != [path]:
        return "problem", f"left {sorted(path.parent.iterdir())}"
    if result == "read":
        target.check(found)
    return result, ""


class _Watch:
    """Records what happens inside a ``with``: forbidden acts, and the memory that is taken."""

    _present = None  # An audit hook can't be removed again, so one hook serves all.
    _hooked = False

    def __init__(self):
        self.forbidden = []
        self.memory = 0

    def __enter__(self):
        if not _Watch._hooked:
            sys.addaudithook(_Watch._heard)
            _Watch._hooked = True
        self._before = _memory_in_use()
        _Watch._present = self

    def __exit__(self, *exception):
        _Watch._present = None
        self.memory = _peak_memory() - self._before

    @staticmethod
    def _heard(event, arguments):
        if _Watch._present is None:
            return
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
        if event in FORBIDDEN or writes:
            _Watch._present.forbidden.append(f"{event} {arguments[:1]!r:.100}")


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _memory_in_use():
    """Return the bytes in use, from where the peak is measured now; 0 where it can't be."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return _status("VmRSS")


def _peak_memory():
    return _status("VmHWM") if sys.platform == "linux" else 0


def _status(key):
    with open("/proc/self/status") as file:
        return 1024 * int(re.search(rf"{key}:\s+(\d+)", file.read())[1])


def _work(connection, target, seed, numbers):
    """Run cases one after another, in a process of their own, and report each."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        for name, data in sorted(_examples(target).items()):  # what is imported late, is imported
            path = Path(folder, name)
            path.write_bytes(data)
            with contextlib.suppress(ValueError):
                target.check(target.read(path))
            path.unlink()
        connection.send("ready")
        for number in numbers:
            connection.send(run_case(target, seed, number, Path(folder, "case")))


def run(target, seed, numbers, time_limit=TIME_LIMIT):
    """Run cases of a target, given by their numbers; return their outcomes in a list.

    The cases run in a process of their own, which is replaced when it hangs or dies.
    """
    outcomes, waiting = [], list(numbers)
    context = multiprocessing.get_context("spawn")
    while waiting:
        ours, theirs = context.Pipe()
        worker = context.Process(target=_work, args=(theirs, target, seed, waiting))
        worker.start()
        theirs.close()
        try:
            if not ours.poll(120) or ours.recv() != "ready":
                raise RuntimeError("the process that reads the files doesn't start")
            while waiting:
                if not ours.poll(time_limit):
                    problem = f"hung: no answer after {time_limit:g} seconds"
                    break
                outcomes.append(ours.recv())
                waiting.pop(0)
        except (EOFError, ConnectionError):
            problem = "the process died"
        finally:
            worker.kill()
            worker.join()
        if waiting:
            mutation = mutated(target, seed, waiting[0])[0]
            outcomes.append(Outcome(waiting[0], mutation, "problem", problem))
            waiting.pop(0)
    return outcomes


def summary(name, outcomes):
    """Return the rows of the table: one for each mutation of a target."""
    counts = Counter((outcome.mutation, outcome.result) for outcome in outcomes)
    return [
        {
            "file": name,
            "damage": mutation.replace("_", " "),
            "cases": sum(counts[mutation, result] for result in ("refused", "read", "problem")),
            "refused": counts[mutation, "refused"],
            "read": counts[mutation, "read"],
            "problems": counts[mutation, "problem"],
        }
        for mutation in dict.fromkeys(mutate.__name__ for mutate in TARGETS[name].mutations)
    ]


def main(arguments=None):
    """Run the campaign and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--target", choices=TARGETS, help="all, unless one is named")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cases", type=int, default=20_000, help="for each target")
    parser.add_argument("--no-results", action="store_true", help="don't write tests/results")
    parser.add_argument("--case", type=int, help="run this one alone")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="where --case leaves its file")
    options = parser.parse_args(arguments)
    names = [options.target] if options.target else list(TARGETS)
    if options.case is not None:
        return _show(TARGETS[names[0]], options)

    begin = time.perf_counter()
    outcomes = {name: run(TARGETS[name], options.seed, range(options.cases)) for name in names}
    rows = [row for name in names for row in summary(name, outcomes[name])]
    print(campaign.table(rows))
    problems = [
        f"{name} --seed {options.seed} --case {outcome.number}: {outcome.problem}"
        for name in names
        for outcome in outcomes[name]
        if outcome.result == "problem"
    ]
    print(*problems, sep="\n")
    if not options.no_results:
        campaign.write(
            "fuzz",
            "Damaged files",
            "Each case damages a whole file and reads it, with `Model.load` and "
            "`model.load_weights`, or with `read_idx`. It is refused with a message that names the "
            "file, or read (the damage is where it doesn't matter, or has made another good file: "
            "that one is then used). A problem is anything else: another exception, a hang, more "
            "memory than promised, code that runs, a file that is written, a model that a failed "
            "load has changed. The memory is measured on Linux.",
            rows,
            settings={"seed": options.seed, "cases": options.cases},
            seconds=time.perf_counter() - begin,
            details={"problems": problems},
        )
    return 1 if problems else 0


def _show(target, options):
    mutation, name, data = mutated(target, options.seed, options.case)
    if options.keep:
        options.keep.write_bytes(data)
    with tempfile.TemporaryDirectory() as folder:
        print(mutation, name, run_case(target, options.seed, options.case, Path(folder, "case")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
