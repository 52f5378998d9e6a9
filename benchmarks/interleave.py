"""Measuring several peers in turn: A B C A B C …, so that whatever slows the machine hits all.

Round after round each peer trains one epoch of the workload while the others wait. What counts is
the median over the rounds, and ratios between medians of one such run. Where a process has luck
that stays with it, as OpenBLAS has with two threads, the rounds are spread over several launches.
"""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from . import machine
from .implementations import PEERS

ROOT = Path(__file__).resolve().parent.parent
# Threads of OpenBLAS and OpenMP wait actively for a moment after their work.
PAUSE = 0.05


class Contender:
    """A peer in its process.

    Parameters
    ----------
    peer : Peer
    threads : int
    pinned : bool
        Keep the OPENBLAS_* variables of the environment. False lets OpenBLAS choose its kernel.
    """

    def __init__(self, peer, threads, pinned=True):
        self.peer = peer
        self.pinned = pinned
        environment = machine.limit_threads(os.environ, threads) | peer.environment
        if not pinned:
            environment = machine.without_openblas_variables(environment)
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", peer.name, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=ROOT,
            env=environment,
            text=True,
        )

    @property
    def key(self):
        return self.peer.name if self.pinned else f"{self.peer.name}, free kernel"

    def ask(self, **command):
        """Send a command and return the answer; a dead process answers with its last words."""
        try:
            print(json.dumps(command), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        self._log.seek(0)
        last = self._log.read().decode(errors="replace").strip().splitlines()[-1:]
        return {"error": f"the process ended: {''.join(last)[:300]}"}

    def close(self):
        with contextlib.suppress(BrokenPipeError):  # it may have ended by itself
            self._process.stdin.close()
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()


class Crew:
    """Contenders that are measured against each other, at one number of threads.

    Parameters
    ----------
    names : iterable of str
        Peers. One that isn't installed is reported under ``missing``, never passed over.
    threads : int
    free_kernel : bool
        Measure the peers that use NumPy's or SciPy's BLAS a second time, without the variables of
        the environment that choose its kernel, if there are any.
    """

    def __init__(self, names, threads, free_kernel=False):
        self.threads = threads
        self.missing = {}
        self.contenders = []
        twice = free_kernel and bool(machine.openblas_variables())
        for name in names:
            peer = PEERS[name]
            absent = peer.missing()
            if absent:
                self.missing[name] = f"not installed: {', '.join(absent)}"
                continue
            self.contenders.append(Contender(peer, threads))
            if twice and peer.uses_openblas:
                self.contenders.append(Contender(peer, threads, pinned=False))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for contender in self.contenders:
            contender.close()

    def measure(self, workload, rounds, warm_up=1, report=None):
        """Return what each contender needed, as :func:`pooled` puts it together."""
        return pooled([self.take_rounds(workload, rounds, warm_up, report)])

    def take_rounds(self, workload, rounds, warm_up=1, report=None):
        """Let the contenders train in turns; return every round of each."""
        results = {}
        failed = dict(self.missing)
        ready = []
        for contender in self.contenders:
            answer = contender.ask(build=workload.to_json())
            for _ in range(warm_up):
                if "error" not in answer:
                    answer = contender.ask() | {"blas": answer["blas"]}
            if "error" in answer:
                failed[contender.key] = answer["error"]
                continue
            ready.append(contender)
            results[contender.key] = {
                "peer": contender.peer.name,
                "pinned": contender.pinned,
                "blas": answer["blas"] if contender.peer.uses_openblas else {},
                "rounds": [],
            }
        take_turns(
            {c.key: partial(self._turn, c) for c in ready},
            rounds,
            lambda key, answer: results[key]["rounds"].append(answer),
            report,
        )
        return {
            "threads": self.threads,
            "workload": workload.to_json(),
            "results": results,
            "missing": failed,
        }

    def _turn(self, contender):
        # Threads that were asleep need a moment until each runs on a core of its own. A run of
        # several minutes soon gets past that, so the first epoch of a turn isn't counted.
        if self.threads > 1:
            contender.ask()
        return contender.ask()


def launch_and_measure(names, threads, workload, rounds, launches, report=None):
    """Measure with several crews one after the other, all processes begun anew for each.

    Parameters
    ----------
    names, threads, workload
        As for :class:`Crew`, whose free kernels are measured too.
    rounds : int
        In each launch.
    launches : int
    report : callable, optional
        Called with the number of the round and the number of rounds of a launch.
    """
    taken = []
    for _ in range(launches):
        with Crew(names, threads, free_kernel=True) as crew:
            taken.append(crew.take_rounds(workload, rounds, report=report))
    return pooled(taken)


def pooled(launches):
    """Put the rounds of several launches together: medians, and who is missing and why.

    A peer that failed in one launch counts as failed.
    """
    missing = {}
    results = {}
    for taken in launches:
        missing |= taken["missing"]
        for key, result in taken["results"].items():
            earlier = results[key]["rounds"] if key in results else []
            results[key] = {**result, "rounds": earlier + result["rounds"]}
    return {
        "threads": launches[0]["threads"],
        "workload": launches[0]["workload"],
        "launches": len(launches),
        "results": {k: summary(result) for k, result in results.items() if k not in missing},
        "missing": missing,
    }


def cpu_timed(training, steps):
    """Return a function that trains one epoch: processor time per step in ms, and the loss.

    For training in this very process on one thread, where nothing is waited for: it is what a
    clock shows on a quiet machine, and on a busy one the time of others isn't counted.
    """

    def run():
        started = time.process_time()
        loss = training.epoch()[0]
        return (time.process_time() - started) / steps * 1e3, loss

    return run


def take_turns(actions, rounds, keep, report=None):
    """Call every action once a round, in the order given, and hand on what it returned."""
    for number in range(1, rounds + 1):
        for name, action in actions.items():
            time.sleep(PAUSE)
            keep(name, action())
        if report is not None:
            report(number, rounds)


def summary(result):
    """Put the medians beside the single rounds of one contender."""
    rounds = result.pop("rounds")
    failure = next((r["error"] for r in rounds if "error" in r), None)
    if failure:
        return {**result, "error": failure}
    return {
        **result,
        "ms_per_step": statistics.median(r["ms"] for r in rounds),
        "cpu_ms_per_step": statistics.median(r["cpu_ms"] for r in rounds),
        "loss": rounds[-1]["loss"],
        "accuracy": rounds[-1]["accuracy"],
        "rounds_ms": [round(r["ms"], 4) for r in rounds],
    }
