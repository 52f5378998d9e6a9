"""Answers that nobody should hand in: several hundred, none of them right for any exercise.

Each is made anew by a function, since generators are used up and arrays may be changed.
"""

import asyncio
import builtins
import functools
import itertools
import os
import queue
import random
import sys
import threading
import time
import types
import warnings

import matplotlib.pyplot as plt
import numpy as np

import shared.exercises.compare
import shared.layers

# Objects whose special methods raise

DUNDERS = """
__array__ __array_function__ __array_interface__ __array_ufunc__ __bool__ __call__ __contains__
__deepcopy__ __eq__ __float__ __format__ __getattr__ __getattribute__ __getitem__ __hash__
__index__ __instancecheck__ __int__ __iter__ __len__ __lt__ __ne__ __next__ __repr__ __str__
""".split()
RAISED = (ValueError, AttributeError, SystemExit, KeyboardInterrupt, GeneratorExit)


def raising(error):
    def method(*arguments, **options):
        raise error("no")

    return method


def hostile_object(dunder, error):
    return type("Hostile", (), {dunder: raising(error)})()


def with_hostile_class(error):
    return type("Hostile", (), {"__class__": property(raising(error))})()


# Exceptions that can't be shown


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("no words")


class Exits(Exception):
    def __str__(self):
        raise SystemExit


class NotText(Exception):
    def __str__(self):
        return 3


class NamelessType(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")


class Nameless(Exception, metaclass=NamelessType):
    pass


def exceptions():
    kinds = [k for k in vars(builtins).values() if isinstance(k, type)]
    return [k for k in kinds if issubclass(k, BaseException)] + [
        *[Unprintable, Exits, NotText, Nameless, asyncio.CancelledError],
        *[shared.exercises.compare.Wrong, np.linalg.LinAlgError],
    ]


def throwing(kind, *arguments):
    def answer(*_):
        raise kind(*arguments)

    return answer


def recursive(*arguments):
    return recursive(*arguments)


# Values and results


def returning(make):
    return lambda *arguments: make()


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def containing_itself():
    value = [1]
    value.append(value)
    return value


def array_of_itself():
    array = np.empty(2, dtype=object)
    array[:] = [array, 1]
    return array


async def coroutine(*arguments):
    return 1.0


def endless_generator(*arguments):
    while True:
        yield np.zeros(2)


def values():
    return {
        **{f"{d} raises {e.__name__}": functools.partial(hostile_object, d, e)
           for d in DUNDERS for e in RAISED},
        **{f"__class__ raises {e.__name__}": functools.partial(with_hostile_class, e)
           for e in RAISED},
        **{f"{value!r}": functools.partial(lambda value: value, value) for value in [
            "text", b"bytes", 3j, 10**400, -1e300, np.inf, np.nan, True, "\ud800", "\0", 1 << 70,
            np.float16(2), np.datetime64("2020-01-01"), np.timedelta64(3, "D"), np.str_("a"),
            range(3), slice(1), frozenset({1}), Ellipsis, NotImplemented, type(None), int,
            len, dict, type, np, np.cbrt, np.mean, np.random.default_rng, types.SimpleNamespace,
        ]},
        "nested lists": lambda: nested(500),
        "a list containing itself": containing_itself,
        "an array containing itself": array_of_itself,
        "a generator": lambda: (n for n in range(3)),
        "an endless generator": lambda: endless_generator(),
        "an endless counter": itertools.count,
        "an endless repetition": lambda: itertools.repeat(1.0),
        "a cycle": lambda: itertools.cycle([np.zeros(2)]),
        "two endless ones": lambda: (itertools.count(), itertools.count()),
        "a dict": lambda: {"a": 1, 2: None},
        "a set": lambda: {1.0, 2.0},
        "ragged": lambda: [[1, 2], [3]],
        "ragged and a number": lambda: ([[1, 2], [3]], 0),
        "half a stub": lambda: (..., 1.0),
        "half an array": lambda: np.array([1.0, ...]),
        "texts": lambda: np.array(["a", "b"]),
        "objects": lambda: np.array([{}, None, 3], dtype=object),
        "records": lambda: np.zeros(3, dtype=[("a", float), ("b", int)]),
        "complex": lambda: np.array([1j]),
        "dates": lambda: np.arange("2020-01", "2020-04", dtype="datetime64[M]"),
        "void": lambda: np.zeros(2, dtype="V4"),
        "masked": lambda: np.ma.masked_array([1.0, 2.0], mask=[True, False]),
        "matrix": lambda: np.asmatrix([[1.0, 2.0]]),
        "many axes": lambda: np.zeros((1,) * 30),
        "broadcast to a million": lambda: np.broadcast_to(0.0, (1000, 1000)),
        "(3, 0)": lambda: np.zeros((3, 0)),
        "(0, 3)": lambda: np.zeros((0, 3)),
        "NaN": lambda: np.full((2, 3), np.nan),
        "read-only": lambda: np.frombuffer(b"12345678"),
        **{f"{n} empty arrays": functools.partial(lambda n: (np.zeros(0),) * n, n)
           for n in range(1, 5)},
        **{f"{n} texts": functools.partial(lambda n: ("a",) * n, n) for n in range(1, 5)},
        **{f"{n} NaN": functools.partial(lambda n: (np.nan,) * n, n) for n in range(1, 5)},
        **{f"{n} infinities": functools.partial(lambda n: [np.inf] * n, n) for n in range(1, 5)},
        **{f"{n} of (2, 3)": functools.partial(lambda n: (np.zeros((2, 3)),) * n, n)
           for n in range(1, 5)},
        **{f"{n} hostile ones": functools.partial(
            lambda n: tuple(hostile_object("__array__", SystemExit) for _ in range(n)), n)
           for n in range(1, 5)},
    }  # fmt: skip


def answers():
    """Return functions that make the hostile answers, by what they are."""
    made = {}
    for name, make in values().items():
        made[name] = make
        made[f"returns {name}"] = functools.partial(returning, make)
    for kind in exceptions():
        made[f"raises {type.__getattribute__(kind, '__qualname__')}"] = functools.partial(
            throwing, kind, "no"
        )
    return made | {
        "raises a long message": lambda: throwing(ValueError, "long " * 10**6),
        "raises surrogates": lambda: throwing(ValueError, "\ud800"),
        "raises SystemExit without a message": lambda: throwing(SystemExit),
        "exits": lambda: lambda *a: sys.exit(3),
        "calls itself": lambda: recursive,
        "returns its arguments": lambda: lambda *a: a,
        "returns itself": lambda: lambda *a: containing_itself,
        "takes no arguments": lambda: lambda: 1.0,
        "a coroutine function": lambda: coroutine,
        "a generator function": lambda: endless_generator,
        "a partial": lambda: functools.partial(np.zeros, (2, 3)),
        "a class": lambda: Unprintable,
        "changes its arguments": lambda: lambda *a: [x.fill(7) for x in a if hasattr(x, "fill")],
        "prints": lambda: lambda *a: print(end="") or 0,
        "deletes the rows": lambda: lambda *a: [x.clear() for x in a if hasattr(x, "clear")],
    }


# Answers that don't end by themselves, each with a right one's arguments


def loops(*arguments):
    while True:
        pass


def loops_and_keeps_going_on(*arguments):
    while True:
        try:
            time.sleep(0.001)
        except BaseException:
            pass


def loops_in_loops(*arguments):
    while True:
        try:
            loops_and_keeps_going_on()
        except BaseException:
            continue


def loops_and_finally_goes_on(*arguments):
    while True:
        try:
            sum(range(100))
        finally:
            continue  # noqa: B012


def sleeps(*arguments):
    time.sleep(3600)


def waits(*arguments):
    threading.Event().wait()


def waits_for_a_queue(*arguments):
    queue.Queue().get()


def computes(*arguments):
    x = np.ones(10)
    while x.sum() > 0:
        x = np.tanh(x) + 1


def collects(*arguments):
    return [number for number in itertools.count() if number < 0]


ENDLESS = [
    *[loops, loops_and_keeps_going_on, loops_in_loops, loops_and_finally_goes_on, sleeps],
    *[waits, waits_for_a_queue, computes, collects],
]


# Answers that leave something behind; whoever calls them must put it back


def zero(*arguments, **options):
    return 0.0


def replaces_numpy():
    for name in ("mean", "sum", "array_equal", "allclose", "asarray", "abs", "max", "isfinite"):
        setattr(np, name, zero)
    np.random.default_rng = np.linalg.norm = zero
    np.float64 = np.ndarray = int
    del np.exp


def replaces_the_package():
    shared.exercises.compare._TOLERANCE = 1e9
    shared.exercises.compare.expect = zero
    shared.layers.Dense.forward = zero
    shared.layers.Dense.__setattr__ = zero


def replaces_builtins():
    builtins.sum = builtins.zip = builtins.all = zero


def is_strict():
    np.seterr(all="raise")
    warnings.simplefilter("error")


def is_lax():
    np.seterr(all="ignore")
    warnings.simplefilter("ignore")


def prints_otherwise():
    np.set_printoptions(precision=1, threshold=2, formatter={"all": lambda x: "?"})


def seeds():
    np.random.seed(0)  # noqa: NPY002
    random.seed(0)


def moves():
    os.chdir("/")


def redirects():
    sys.stdout = sys.stderr = None


def limits_recursion():
    sys.setrecursionlimit(sys.getrecursionlimit() * 20)


def draws():
    plt.figure()
    plt.rcParams["figure.dpi"] = 7


MESSY = [
    *[replaces_numpy, replaces_the_package, replaces_builtins, is_strict, is_lax],
    *[prints_otherwise, seeds, moves, redirects, limits_recursion, draws],
]
