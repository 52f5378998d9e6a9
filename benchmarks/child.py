"""Running one part of the benchmark in a fresh process, with threads and kernel settled before."""

import json
import os
import subprocess
import sys
from pathlib import Path

from . import machine

ROOT = Path(__file__).resolve().parent.parent


def run(module, *arguments, threads=1, environment=None):
    """Return what ``python -m benchmarks.<module> <arguments>`` prints as its last line, as JSON.

    Raises
    ------
    RuntimeError
        If the process fails; with the last line it wrote.
    """
    result = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)],
        cwd=ROOT,
        env=machine.limit_threads(os.environ, threads) | (environment or {}),
        capture_output=True,
        text=True,
    )
    if result.returncode:
        last = result.stderr.strip().splitlines()[-1:]
        raise RuntimeError(f"benchmarks.{module} failed: {''.join(last)}")
    return json.loads(result.stdout.strip().splitlines()[-1])
