"""Run a reader's code so that it always ends, and leaves everything else as it was.

An answer may loop forever, call ``exit()``, replace ``np.mean``, or change how floating-point
errors and warnings are treated. None of that may stop a check or change a later verdict.
"""

import contextlib
import os
import random
import signal
import sys
import sysconfig
import threading
import time
import warnings
from _thread import interrupt_main
from pathlib import Path

import numpy as np

_LIBRARIES = {"builtins", "math", "numpy", "numpy.linalg", "numpy.random"}
_PACKAGE, _PYTHON = Path(__file__).parents[1], Path(sysconfig.get_path("stdlib"))
_GONE = object()
_UNHEARD = (DeprecationWarning, PendingDeprecationWarning, ResourceWarning, SyntaxWarning)


def is_ours(filename):
    """Return whether a file belongs to this package."""
    return _PACKAGE in Path(filename).parents


def is_library(filename):
    """Return whether a file belongs to Python or to an installed package such as NumPy."""
    return "-packages" in filename or _PYTHON in Path(filename).parents


class TimeUp(BaseException):
    """Raised inside the reader's code when its time is up.

    It isn't an Exception, so an ``except Exception`` in an answer doesn't swallow it. And making
    one triggers the next signal: code that catches everything meets another one at once.
    """

    # Python looks for signals after a call from Python, so this can't be a call in the handler.
    __init__ = interrupt_main


class Watch:
    """Ends what the main thread runs once its time is up.

    A second thread waits, then sends SIGINT, which also ends a sleep, and whose handler raises
    `TimeUp`. In another thread than the main one, and where no thread can be started (as in a
    browser), there is no time limit. Nothing in Python can stop a single endless call into C, such
    as ``sum(itertools.count())``.

    Parameters
    ----------
    seconds : float
        How long the code may run.

    Attributes
    ----------
    interrupted : bool
        Whether the user pressed Ctrl-C or the interrupt button.
    """

    def __init__(self, seconds):
        self.seconds = seconds
        self.interrupted = False
        self._expired = False
        self._raised = False
        self._running = False
        self._previous = None
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True)

    def run(self, function):
        """Call a function without arguments and return its result.

        Raises
        ------
        TimeUp
            If it takes too long. What the function itself raises passes through.
        """
        self._start()
        try:
            self._running = True
            return function()
        finally:
            self._running = False  # from here on the handler raises nothing
            self._stop()

    def _start(self):
        main = threading.current_thread() is threading.main_thread()
        previous = signal.getsignal(signal.SIGINT)
        if not main or previous is None:  # one that isn't Python's couldn't be put back
            return
        self._previous = previous
        signal.signal(signal.SIGINT, self._handle)
        try:
            self._thread.start()
        except RuntimeError:  # no threads here
            self._stop()

    def _wait(self):
        wait = self.seconds
        while not self._finished.wait(wait):
            self._expired = True
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            else:  # Windows, where a signal raised in any thread wakes the main one
                signal.raise_signal(signal.SIGINT)
            wait = 0.1

    def _handle(self, number, frame):
        if not self._expired:
            if self._previous is signal.SIG_IGN:  # as of a process in the background
                return
            self.interrupted = True
            if callable(self._previous):
                self._previous(number, frame)
            else:
                raise KeyboardInterrupt
        # In `run` itself the function has ended already, or hasn't begun. And after the first
        # time, only the reader's code is interrupted: ours may clean up.
        elif (
            self._running
            and frame.f_code is not Watch.run.__code__
            and not (self._raised and _works_for_us(frame))
        ):
            self._raised = True
            raise TimeUp

    def _stop(self):
        self._finished.set()
        if self._previous is None:
            return
        if self._thread.ident is not None:
            self._thread.join()
        if self._expired:
            # The reader's code may have set another handler. Ours ignores a signal sent in the
            # last moment, which is delivered with the next call of the operating system.
            signal.signal(signal.SIGINT, self._handle)
            time.sleep(0.001)
        signal.signal(signal.SIGINT, self._previous)


def _works_for_us(frame):
    """Return whether this package's code runs here, or a library that it calls."""
    while frame.f_back and is_library(frame.f_code.co_filename):
        frame = frame.f_back
    return is_ours(frame.f_code.co_filename)


# Every module and class that a verdict depends on, with its attributes before any answer ran.
_remembered = {}


def remember():
    """Note the functions of NumPy, of Python, and of the package's modules loaded since."""
    for name, module in list(sys.modules.items()):
        ours = name.partition(".")[0] == "shared"
        if (ours or name in _LIBRARIES) and name not in _remembered:
            _remembered[name] = module, dict(vars(module))
            for value in list(vars(module).values()) if ours else ():
                if isinstance(value, type) and value.__module__ == name:
                    _remembered[f"{name}:{value.__qualname__}"] = value, dict(vars(value))


def _put_back():
    """Give every attribute its remembered value; return what was there instead."""
    replaced = []
    for owner, before in _remembered.values():
        now = dict(vars(owner))
        # A class may have hidden an inherited method; a module may gain names at any time.
        added = now.keys() - before.keys() if isinstance(owner, type) else ()
        for name in [*before, *added]:
            if now.get(name, _GONE) is not before.get(name, _GONE):
                replaced.append((owner, name, now.get(name, _GONE)))
                _set(owner, name, before.get(name, _GONE))
    return replaced


def _set(owner, name, value):
    if value is _GONE:
        delattr(owner, name)
    else:
        setattr(owner, name, value)


@contextlib.contextmanager
def usual_surroundings():
    """Run a check with everything as it was at first, and leave it as the reader has it.

    Inside, NumPy, Python's built-in functions and this package are the original ones, floating-
    point errors and warnings are treated in the usual way, and NumPy prints in the usual way.
    Afterwards that, the working folder, the output streams, the global random numbers and
    Matplotlib's settings are what they were before. Figures that the answer drew are closed.
    """
    with contextlib.ExitStack() as afterwards:
        replaced = _put_back()
        afterwards.callback(lambda: [_set(*entry) for entry in replaced])
        afterwards.callback(_put_back)
        afterwards.enter_context(np.errstate(all="warn", under="ignore", call=None))
        afterwards.enter_context(np.printoptions(**_PRINTING))
        afterwards.enter_context(warnings.catch_warnings())
        warnings.simplefilter("default")
        for kind in _UNHEARD:
            warnings.simplefilter("ignore", kind)
        with contextlib.suppress(OSError):  # the folder may be gone
            _keep(afterwards, os.getcwd, os.chdir)
        _keep(afterwards, np.random.get_state, np.random.set_state)
        _keep(afterwards, random.getstate, random.setstate)
        _keep(afterwards, sys.getrecursionlimit, sys.setrecursionlimit)
        for stream in ("stdout", "stderr"):
            afterwards.callback(setattr, sys, stream, getattr(sys, stream))
        matplotlib = sys.modules.get("matplotlib")
        if matplotlib:
            afterwards.enter_context(matplotlib.rc_context())
        figures = _figures()
        afterwards.callback(lambda: [_pyplot().close(n) for n in _figures() - figures])
        yield


def _keep(afterwards, read, write):
    """Write back, at the end, what is read now."""
    afterwards.callback(write, read())


def _pyplot():
    return sys.modules.get("matplotlib.pyplot")


def _figures():
    return set(_pyplot().get_fignums()) if _pyplot() else set()


_PRINTING = np.get_printoptions()
