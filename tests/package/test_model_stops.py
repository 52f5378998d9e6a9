"""What a model is like after training has stopped in the middle: by Ctrl-C, by NaN, by an error."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from helpers_models import Do, assert_same_numbers, numbers_of, points, rng, small

from shared import fitting
from shared.activations import Linear, ReLU
from shared.callbacks import EarlyStopping
from shared.layers import BatchNorm, Dense, Dropout, Layer, Parameter
from shared.losses import MeanSquaredError, SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import SGD, Adam

ROOT = Path(__file__).resolve().parents[2]
SHARED = str(ROOT / "shared")


@pytest.fixture(autouse=True)
def default_handler():
    """Start each test as a terminal starts Python, and see that nobody leaves a handler behind."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def press(*arguments):
    signal.raise_signal(signal.SIGINT)


def interrupt(*arguments):
    raise KeyboardInterrupt


def normalized(seed=0):
    """A network that keeps something in each way: parameters, running statistics, a generator."""
    g = rng(seed)
    model = Model([Dense(2, 4, g), BatchNorm(4), ReLU(), Dropout(0.2, g), Dense(4, 3, g)])
    model.compile(Adam(model.parameters(), lr=0.05), SoftmaxCrossEntropy())
    return model


def everything(model):
    """Copies of all numbers that a step of training changes."""
    return numbers_of(model) | {n: a.copy() for n, a in model.optimizer.state.items()}


class Log(Do):
    """Notes its begin and its end."""

    def __init__(self, calls, name="log", **moments):
        super().__init__(**moments)
        self.calls, self.name = calls, name

    def on_fit_begin(self, model):
        self.calls.append(("begin", self.name))

    def on_fit_end(self, model):
        self.calls.append(("end", self.name))


# --- Ctrl-C -------------------------------------------------------------------------------------


def train(model, *callbacks):
    x, y = points()
    return model.fit(
        x, y, epochs=2, batch_size=10, rng=rng(1), verbose=0, validation_data=(x, y),
        callbacks=callbacks,
    )  # fmt: skip


def traced(function, at=None):
    """Run a function, and return the lines of the package that it ran, in order.

    ``at`` is the index of the line before which Ctrl-C is pressed.
    """
    lines = []

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.startswith(SHARED):
            return None
        if event == "line":
            lines.append((frame.f_code.co_filename, frame.f_lineno))
            if len(lines) - 1 == at:
                press()
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(outer)
    return lines


def test_ctrl_c_at_any_line_leaves_all_at_the_same_step():
    """Before the first and the last run of each line: the model is as after a whole step."""
    model = normalized()
    after = {0: everything(model)}
    note = Do(on_batch_end=lambda m: after.update({m.optimizer.steps: everything(m)}))
    train(model, note)
    assert list(after) == list(range(7))

    model = normalized()
    lines = traced(lambda: train(model, Log([], "first"), Log([], "second")))
    places = {line: i for i, line in enumerate(lines)}  # the last time
    places = sorted({*places.values(), *(lines.index(line) for line in places)})
    assert len(places) > 200
    outcomes = set()
    for at in places:
        model, calls, histories = normalized(), [], []
        try:
            traced(lambda m=model, c=calls, h=histories: h.append(
                train(m, Log(c, "first"), Log(c, "second"))), at)  # fmt: skip
        except KeyboardInterrupt:
            # Nothing had begun, or all was over.
            assert calls == [] or len(places) - places.index(at) < 5, lines[at]
            assert model.optimizer.steps == (6 if calls else 0)
        begun = [name for what, name in calls if what == "begin"]
        assert [name for what, name in calls if what == "end"] == begun[::-1], lines[at]
        steps = model.optimizer.steps
        assert_same_numbers(everything(model), after[steps])
        for history in histories:
            assert history.epochs == len(history.get("val_loss", [])) <= steps // 3
        outcomes.add((len(histories), steps))
    # Stopped before the first step, in both epochs, at the end; and in the checks before.
    assert outcomes >= {(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (0, 0)}


@pytest.mark.parametrize("how", [press, interrupt])
@pytest.mark.parametrize("moment", ["on_fit_begin", "on_batch_end", "on_epoch_end", "on_fit_end"])
def test_ctrl_c_in_a_callback(moment, how):
    calls = []
    model = normalized()
    middle = Do(**{moment: how})
    history = train(model, Log(calls, 1), middle, Log(calls, 2))
    both = [("begin", 1), ("begin", 2), ("end", 2), ("end", 1)]
    first = [("begin", 1), ("end", 1)]
    assert calls == (first if (moment, how) == ("on_fit_begin", interrupt) else both)
    expected = {"on_fit_begin": 0, "on_batch_end": 0, "on_epoch_end": 1, "on_fit_end": 2}
    assert history.epochs == expected[moment]
    assert model.optimizer.steps == {"on_batch_end": 1}.get(moment, 3 * history.epochs)
    assert train(model).epochs == 2  # and it can go on


def test_the_history_survives_an_interrupted_end():
    history = train(normalized(), EarlyStopping(5), Do(on_fit_end=interrupt))
    assert history.epochs == 2


def test_a_second_ctrl_c_does_not_wait():
    class Slow(Linear):
        def forward(self, x, training=False, out=None):
            if training:
                press()
                passed.append("first")
                press()
                passed.append("second")
            return x

    passed, calls = [], []
    model = Model([Dense(2, 3, rng()), Slow()])
    model.compile(SGD(model.parameters(), 0.1), SoftmaxCrossEntropy())
    before = numbers_of(model)
    assert train(model, Log(calls)).epochs == 0
    assert passed == ["first"]
    assert calls == [("begin", "log"), ("end", "log")]
    assert_same_numbers(model.state_dict(), before)


def test_an_error_is_not_lost_under_an_interrupt():
    def fail(*arguments):
        raise ZeroDivisionError

    with pytest.raises(KeyboardInterrupt) as caught:
        train(normalized(), Do(on_fit_end=interrupt), Do(on_batch_end=fail))
    assert isinstance(caught.value.__context__, ZeroDivisionError)


def test_an_interrupt_while_an_error_is_handled():
    try:
        raise ValueError
    except ValueError:
        assert train(normalized(), Do(on_epoch_end=press)).epochs == 1


def test_a_handler_of_ones_own_stays():
    pressed = []
    signal.signal(signal.SIGINT, lambda *a: pressed.append(a))
    try:
        assert train(normalized(), Do(on_epoch_end=press)).epochs == 2
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert len(pressed) == 2


def test_training_in_a_thread():
    histories = []
    thread = threading.Thread(target=lambda: histories.append(train(normalized())))
    thread.start()
    thread.join()
    assert histories[0].epochs == 2


def test_handlers_are_put_back_after_an_error():
    with pytest.raises(ZeroDivisionError):
        train(normalized(), Do(on_batch_end=lambda model: 1 / 0))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


INTERRUPTED = """
import signal
import numpy as np
from shared.callbacks import Callback
from shared.layers import Dense
from shared.losses import SoftmaxCrossEntropy
from shared.model import Model
from shared.optimizers import Adam

class Tell(Callback):
    def on_epoch_end(self, model, epoch, history):
        print("epoch", epoch, flush=True)

rng = np.random.default_rng(0)
model = Model([Dense(2, 8, rng), Dense(8, 3, rng)])
model.compile(Adam(model.parameters()), SoftmaxCrossEntropy())
x, y = rng.standard_normal((50, 2)), rng.integers(0, 3, 50)
# A shell starts what runs in the background deaf to Ctrl-C, and its children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
history = model.fit(x, y, epochs=10**9, batch_size=5, callbacks=[Tell()], VERBOSE)
assert 1 <= history.epochs == len(history["loss"])
assert np.isfinite(model.predict(x)).all()
print("kept", model.optimizer.steps >= 10 * history.epochs)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows can't send Ctrl-C to one process")
@pytest.mark.parametrize("verbose", ["verbose=0", "verbose=1"])
def test_a_real_interrupt(verbose):
    silencers = {"PYTEST_CURRENT_TEST", "TQDM_DISABLE"}
    env = {n: v for n, v in os.environ.items() if n not in silencers} | {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    code = INTERRUPTED.replace("VERBOSE", verbose)
    with subprocess.Popen([sys.executable, "-c", code], env=env, **pipes) as process:
        try:
            assert process.stdout.readline() == "epoch 1\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()  # it would run for ever
    assert process.returncode == 0
    assert out.endswith("kept True\n")
    assert "Traceback" not in err
    assert (err == "") == (verbose == "verbose=0")


# --- NaN and infinity ---------------------------------------------------------------------------


class RunningMax(Layer):
    """Keeps a buffer that it makes anew at each step, as a reader's layer may."""

    def __init__(self):
        self.largest = np.zeros(1)

    def forward(self, x, training=False, out=None):
        if training:
            self.largest = np.maximum(self.largest, x.max())
        return x

    def backward(self, grad, out=None):
        return grad

    def state_dict(self):
        return {"largest": self.largest}


@pytest.mark.parametrize("fault", ["data", "backward", "step"])
def test_a_batch_that_fails_leaves_everything_as_it_was(fault):
    class Faulty(Linear):
        def backward(self, grad, out=None):
            if fault == "backward" and model.optimizer.steps == 3:
                raise ZeroDivisionError
            return grad

    x, y = points()
    if fault == "data":
        x[rng(3).permutation(30)[4 * 3 + 1]] = np.nan  # in the fourth batch of four
    g = rng()
    model = Model([RunningMax(), BatchNorm(2), Dense(2, 4, g), Faulty(), BatchNorm(4),
                   Dense(4, 3, g)])  # fmt: skip
    rate = (lambda step: -1.0 if step == 3 else 0.05) if fault == "step" else 0.05
    model.compile(Adam(model.parameters(), rate), SoftmaxCrossEntropy())
    kept = {}
    keep = Do(on_batch_end=lambda m: kept.update(everything(m)))
    with pytest.raises((FloatingPointError, ZeroDivisionError, ValueError)):
        model.fit(x, y, batch_size=4, rng=rng(3), verbose=0, callbacks=[keep])
    assert model.optimizer.steps == 3
    assert_same_numbers(everything(model), kept)
    assert np.isfinite(model.predict(points()[0])).all()


def test_running_statistics_are_copied_only_where_there_are_some():
    dense = Dense(2, 3, rng())
    buffers = fitting.Buffers([dense, ReLU(), BatchNorm(3)])
    assert [type(layer) for layer in buffers._layers] == [BatchNorm]


def test_nan_in_the_data_stops_with_epoch_and_batch():
    x, y = points()
    x[17] = np.nan
    number = 1 + rng(3).permutation(30).tolist().index(17) // 4
    note = Do(on_fit_end=(ended := []).append)
    model = small(lr=0.01)
    with pytest.raises(FloatingPointError) as error:
        model.fit(x, y, batch_size=4, rng=rng(3), verbose=0, callbacks=[note])
    assert f"became nan in epoch 1, batch {number}, at a learning rate of 0.01." in str(error.value)
    assert "try a tenth" in str(error.value)
    assert ended == [model]
    assert all(np.isfinite(array).all() for array in model.state_dict().values())


def test_nan_in_a_later_epoch():
    def spoil(model, epoch, history):
        if epoch == 2:
            model.layers[0].weight.value[0, 0] = np.nan

    x, y = points()
    with pytest.raises(FloatingPointError, match="became nan in epoch 3, batch 1,"):
        small().fit(x, y, epochs=5, verbose=0, callbacks=[Do(on_epoch_end=spoil)])


def test_learning_rate_that_is_too_large():
    x, y = points()
    model = Model([Dense(2, 1, rng())])
    model.compile(SGD(model.parameters(), lr=1e6), MeanSquaredError())
    said = r"became (inf|nan) in epoch \d+, batch 1, at a learning rate of 1e\+06"
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=said):
        model.fit(x, y.reshape(-1, 1).astype(float), epochs=100, verbose=0)


def test_loss_that_overflows():
    model = Model([Dense(2, 1, rng())])
    model.compile(SGD(model.parameters(), lr=0.1), MeanSquaredError())
    said = "became inf in epoch 1, batch 1"
    with np.errstate(over="ignore"), pytest.raises(FloatingPointError, match=said):
        model.fit(np.ones((4, 2)), np.full((4, 1), 1e200), verbose=0)


def test_weights_that_overflow_in_the_last_step():
    x, y = points()
    model = small()
    model.compile(SGD(model.parameters(), lr=1e308), SoftmaxCrossEntropy())
    said = r"a number in 0.weight became NaN or infinite in epoch 1, at a learning rate of 1e\+308"
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=said):
        model.fit(x * 1e3, y, batch_size=30, verbose=0)


def test_running_statistics_that_overflow():
    """Every loss is finite, but the network couldn't predict any more."""
    x, y = points()
    x = (x * 1e20).astype(np.float32)
    generator = rng()
    model = Model([BatchNorm(2, dtype=np.float32), Dense(2, 3, generator, dtype=np.float32)])
    model.compile(SGD(model.parameters(), lr=0.01), SoftmaxCrossEntropy())
    said = "a number in 0.running_var became NaN or infinite in epoch 1"
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=said):
        model.fit(x, y, verbose=0)


# --- Begin and end of the callbacks -------------------------------------------------------------


class OurError(Exception):
    pass


def fail(*arguments):
    raise OurError


@pytest.mark.parametrize("moment", ["on_fit_begin", "on_batch_end", "on_epoch_end", "on_fit_end"])
def test_an_error_in_a_callback_is_seen_and_ends_the_others(moment):
    calls = []
    with pytest.raises(OurError):
        train(normalized(), Log(calls, 1), Do(**{moment: fail}), Log(calls, 2))
    if moment == "on_fit_begin":
        assert calls == [("begin", 1), ("end", 1)]
    else:
        assert calls == [("begin", 1), ("begin", 2), ("end", 2), ("end", 1)]


def test_of_two_errors_both_can_be_read():
    with pytest.raises(OurError) as caught:
        train(normalized(), Do(on_fit_end=fail), Do(on_batch_end=lambda model: 1 / 0))
    assert isinstance(caught.value.__context__, ZeroDivisionError)


def test_best_weights_are_restored_although_another_callback_fails():
    stopping = EarlyStopping(5)
    model, kept = normalized(), {}
    keep = Do(on_epoch_end=lambda m, epoch, h: kept.update({epoch: numbers_of(m)}))
    with pytest.raises(OurError):
        train(model, stopping, keep, Do(on_fit_end=fail))
    assert_same_numbers(model.state_dict(), kept[stopping.best_epoch])


def test_a_parameter_is_no_buffer():
    class Plain(Layer):
        def __init__(self):
            self.gain = Parameter(np.ones(2))

    assert fitting._buffers(Plain()) == {}
    assert list(fitting._buffers(BatchNorm(2))) == ["running_mean", "running_var"]
