"""No answer raises past a check, hangs it, or spoils the next verdict."""

import builtins
import os
import random
import signal
import sys
import threading
import time
import warnings
from pathlib import Path

import hostile
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from test_exercises import EXERCISES, in_one_line

from shared import exercises
from shared.exercises import check, guard
from shared.layers import Dense

ANSWERS = hostile.answers()
# All of them against every exercise takes minutes: HOSTILE_ANSWERS=all. Otherwise a sample.
ALL = os.environ.get("HOSTILE_ANSWERS") == "all"
SAMPLE = len(ANSWERS) if ALL else 15
WITNESSES = list(EXERCISES) if ALL else ["0.1", "1.6", "4.2", "6.4", "7.5", "12.4", "15.5", "18.6"]

in_main_thread = pytest.mark.skipif(
    threading.current_thread() is not threading.main_thread(),
    reason="only the main thread has a time limit",
)


def divides_by_zero(x):
    np.log(np.zeros(1))
    return EXERCISES["0.1"]["right"][0](x)


def shows_an_array(x):
    raise ValueError(x)


def verdicts():
    """Return what checks say to a right and a wrong answer."""
    pairs = {n: (EXERCISES[n]["right"][0], EXERCISES[n]["wrong"][0][0]) for n in WITNESSES}
    pairs["0.1"] += (divides_by_zero, shows_an_array)
    with warnings.catch_warnings(record=True):
        return {number: [str(check(number, a)) for a in those] for number, those in pairs.items()}


@pytest.fixture
def hurried(monkeypatch):
    """Stop every answer after a few milliseconds."""
    exercises.numbers()  # have all of them loaded
    for number, (function, _) in list(exercises._checks.items()):
        monkeypatch.setitem(exercises._checks, number, (function, 0.02))


@pytest.fixture
def put_back():
    """Put back whatever an answer leaves behind in this process."""
    with guard.usual_surroundings():
        yield


@pytest.fixture
def ctrl_c():
    """Let Ctrl-C do what it does in a terminal, even where the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_there_are_several_hundred():
    assert len(ANSWERS) > 400


@pytest.mark.parametrize("number", EXERCISES)
def test_a_hostile_answer_gets_a_plain_result(number, capfd):
    chosen = random.Random(number).sample(sorted(ANSWERS), SAMPLE)
    for name in chosen:
        with warnings.catch_warnings(record=True):  # what a reader's own code warns of
            result = check(number, ANSWERS[name]())
        assert not result.passed, name
        assert type(result.message) is str and len(result.message) < 2000, name
        str(result).encode("utf-8")
    assert check(number, EXERCISES[number]["right"][0]).passed
    assert capfd.readouterr().out == ""


@in_main_thread
@pytest.mark.parametrize("place", range(len(EXERCISES)), ids=list(EXERCISES))
def test_an_answer_that_never_ends_is_stopped(place, hurried):
    number = list(EXERCISES)[place]
    answer = hostile.ENDLESS[place % len(hostile.ENDLESS)]
    start = time.perf_counter()
    result = check(number, answer)
    assert time.perf_counter() - start < 5
    assert not result.passed


@in_main_thread
@pytest.mark.parametrize("answer", hostile.ENDLESS)
def test_the_line_that_never_ends_is_named(answer, hurried):
    told = in_one_line(check("0.1", answer))
    assert told.startswith("Exercise 0.1: not yet. Your code was stopped after 0.02 seconds. It ")
    source = Path(hostile.__file__).read_text(encoding="utf-8")
    assert told.split("`")[1] in " ".join(source.split())


@in_main_thread
def test_an_exception_whose_words_never_end_is_stopped(hurried):
    class Endless(Exception):
        __str__ = hostile.loops

    assert "was stopped" in in_one_line(check("0.1", hostile.throwing(Endless)))


@in_main_thread
def test_endless_batches_are_cut_short():
    result = check("7.1", hostile.endless_generator)
    assert "has more than 100 items" in in_one_line(result)


@pytest.mark.parametrize("mess", hostile.MESSY)
@pytest.mark.parametrize("before", [True, False], ids=["before", "during"])
def test_no_verdict_depends_on_what_an_answer_left_behind(mess, before, put_back):
    expected = verdicts()
    if before:
        mess()
    else:
        check("0.1", lambda x: mess())
    found = verdicts()
    with guard.usual_surroundings():  # the built-in functions may be gone
        assert found == expected


@pytest.mark.parametrize("mess", hostile.MESSY)
def test_a_check_leaves_everything_as_the_reader_has_it(mess, put_back, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mine = staticmethod(lambda: 7)
    np.cumprod = Dense.config = mine  # the reader's own changes stay
    np.seterr(divide="ignore")
    np.set_printoptions(precision=3)
    warnings.simplefilter("once")
    figure = plt.figure()

    def state():
        return {
            "numbers": np.random.get_state()[1].tolist() + list(random.getstate()[1]),  # noqa: NPY002
            "errors": np.geterr(),
            "printing": np.get_printoptions(),
            "filters": list(warnings.filters),
            "streams": (sys.stdout, sys.stderr),
            "folder": os.getcwd(),
            "figures": plt.get_fignums(),
            "settings": dict(plt.rcParams),
            "recursion": sys.getrecursionlimit(),
            "NumPy": dict(vars(np)),
            "builtins": dict(vars(builtins)),
            "Dense": dict(vars(Dense)),
        }

    before, done = state(), []

    def answer(x):
        mess()
        done.append(mess)

    check("0.1", answer)
    after = state()
    plt.close(figure)
    assert done == [mess]
    assert before.keys() == after.keys()
    for name in before:
        assert before[name] == after[name], name
    assert np.cumprod is mine


def test_a_folder_that_is_gone_does_no_harm(tmp_path, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert check("0.1", EXERCISES["0.1"]["right"][0]).passed


class TestWatch:
    """The clock that ends an answer."""

    def test_returns_and_raises_what_the_function_does(self):
        assert guard.Watch(5).run(lambda: 3) == 3
        with pytest.raises(ZeroDivisionError):
            guard.Watch(5).run(lambda: 1 / 0)

    @in_main_thread
    def test_nothing_comes_late(self):
        """Functions that end at about the same time as their time does."""
        handler, stopped = signal.getsignal(signal.SIGINT), 0
        for microseconds in range(0, 12_000, 30):
            end = time.perf_counter() + 1e-6 * microseconds

            def busy(end=end):
                while time.perf_counter() < end:
                    pass

            try:
                guard.Watch(0.002).run(busy)
            except guard.TimeUp:
                stopped += 1
            assert signal.getsignal(signal.SIGINT) is handler
        time.sleep(0.3)
        assert 0 < stopped < 400
        assert threading.active_count() < 20

    def test_only_the_readers_code_is_interrupted_again(self, ctrl_c):
        """Not `run` itself, nor our code as it cleans up, nor a library that it calls."""
        signal.signal(signal.SIGINT, lambda *arguments: None)  # TimeUp sends one
        watch = guard.Watch(5)
        watch._expired = watch._running = True
        frames = []

        def called():
            frames.append(sys._getframe(1))

        guard.Watch(5).run(called)
        watch._handle(signal.SIGINT, frames[0])
        for _ in range(2):
            with pytest.raises(guard.TimeUp):
                watch._handle(signal.SIGINT, sys._getframe())
        scope = {"sys": sys}
        code = "def frame():\n    return sys._getframe()"
        exec(compile(code, str(Path(guard.__file__).with_name("any.py")), "exec"), scope)
        watch._handle(signal.SIGINT, scope["frame"]())
        with pytest.raises(guard.TimeUp):
            fresh = guard.Watch(5)
            fresh._expired = fresh._running = True
            fresh._handle(signal.SIGINT, scope["frame"]())

    @in_main_thread
    def test_ctrl_c_goes_to_the_user(self, ctrl_c):
        def interrupted():
            signal.raise_signal(signal.SIGINT)
            return "went on"

        watch = guard.Watch(5)
        with pytest.raises(KeyboardInterrupt):
            watch.run(interrupted)
        assert watch.interrupted

    @in_main_thread
    @pytest.mark.parametrize("usual", [signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler])
    def test_stops_whatever_ctrl_c_usually_does(self, usual):
        """In the background, for one, a process ignores Ctrl-C."""
        before = signal.signal(signal.SIGINT, usual)
        try:
            with pytest.raises(guard.TimeUp):
                guard.Watch(0.02).run(hostile.sleeps)
            assert signal.getsignal(signal.SIGINT) is usual
            watch = guard.Watch(5)
            try:
                went_on = watch.run(lambda: signal.raise_signal(signal.SIGINT) or True)
            except KeyboardInterrupt:
                went_on = False
            assert went_on is (usual is signal.SIG_IGN)
            assert watch.interrupted is not went_on
        finally:
            signal.signal(signal.SIGINT, before)

    @in_main_thread
    def test_ctrl_c_comes_out_of_a_check_but_a_raised_one_does_not(self, ctrl_c):
        with pytest.raises(KeyboardInterrupt):
            check("0.1", lambda x: signal.raise_signal(signal.SIGINT))
        told = in_one_line(check("0.1", hostile.throwing(KeyboardInterrupt)))
        assert "Your code raised KeyboardInterrupt." in told

    @in_main_thread
    def test_another_handler_does_not_outlive_the_answer(self, hurried):
        before = signal.getsignal(signal.SIGINT)

        def answer(x):
            signal.signal(signal.SIGINT, lambda *a: None)

        check("0.1", answer)
        assert signal.getsignal(signal.SIGINT) is before

    def test_in_another_thread_there_is_no_limit_and_no_error(self):
        results = []
        thread = threading.Thread(
            target=lambda: results.append(guard.Watch(0.01).run(lambda: time.sleep(0.05) or 3))
        )
        thread.start()
        thread.join()
        assert results == [3]

    def test_where_no_thread_can_be_started_there_is_no_limit(self, monkeypatch):
        def refuse(self):
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", refuse)
        before = signal.getsignal(signal.SIGINT)
        assert guard.Watch(0.01).run(lambda: time.sleep(0.05) or 3) == 3
        assert signal.getsignal(signal.SIGINT) is before


@in_main_thread
def test_in_a_notebook_the_cells_after_an_endless_answer_still_run():
    cells = [
        "from shared import exercises\nexercises.numbers()\n"
        'exercises._checks["0.1"] = exercises._checks["0.1"][0], 0.2',
        "import time\n\ndef row_means(x):\n    while True:\n        time.sleep(60)",
        'exercises.check("0.1", row_means)',
        "1 + 1",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, kernel_name="python3", timeout=60).execute()
    told, last = (cell.outputs[0].data["text/plain"] for cell in notebook.cells[2:])
    assert "It was in the line `time.sleep(60)`" in " ".join(told.split())
    assert last == "2"
