"""A reader of files that breaks each rule of the campaign, if the file says so."""

import time
from pathlib import Path

from tools.fuzz import Target

FAULTS = b"fine refuse key hang die memory write leave run bad".split()


def examples():
    return {"file": b"|".join(FAULTS)}


def choose(random, data):
    """The one mutation: the file names the fault that its reader has."""
    return random.choice(FAULTS)


def read(path):
    fault = path.read_bytes()
    if fault == b"refuse":
        raise ValueError(f"{path} is refused")
    if fault == b"key":
        raise KeyError("kind")
    if fault == b"hang":
        time.sleep(60)
    if fault == b"die":
        import os

        os._exit(3)
    if fault == b"memory":
        bytearray(b"x" * 40_000_000)
    if fault == b"write":
        Path(path.parent.parent, "elsewhere").write_bytes(b"")
    if fault == b"leave":
        path.with_name("leftover").touch()
    if fault == b"run":
        eval("1 + 1")
    return fault


def check(fault):
    assert fault != b"bad", "no good"


TARGET = Target(examples, (choose,), read, check, 3)
