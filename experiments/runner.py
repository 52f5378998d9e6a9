"""Run the missing parts of an experiment, and save each result as soon as it is ready.

An experiment is a module with

- ``ROWS``, a dict from the name of a row to its `Recipe`;
- ``SEEDS``, a tuple of ints, the same for every row;
- ``run(recipe, seed)``, which returns a dict of floats and lists of floats;
- ``draw(results)``, which returns a Matplotlib figure;
- ``RERUN``, the name of a row that a test runs again: one that takes a second or two, and whose
  numbers don't depend on how a machine rounds.
"""

import ast
import hashlib
import importlib
import inspect
import json
import math
import multiprocessing
import os
import pkgutil
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

import experiments
from benchmarks import machine
from experiments import analysis
from tools import campaign

ROOT = Path(__file__).resolve().parent.parent
QUICK = {"samples": 100, "epochs": 2}


def names():
    """Return the names of the experiments: the modules of this package with ``ROWS``."""
    found = (module.name for module in pkgutil.iter_modules(experiments.__path__))
    return [name for name in found if name != "__main__" and hasattr(load_module(name), "ROWS")]


def load_module(name):
    """Return the module of an experiment."""
    return importlib.import_module(f"experiments.{name}")


def quick(recipe):
    """Return the same recipe with few samples and epochs."""
    return replace(recipe, **{key: min(getattr(recipe, key), most) for key, most in QUICK.items()})


# --- What was run -------------------------------------------------------------------------------


def fingerprint(function):
    """Return a hash of the code that makes one run: `function` and all it uses of this package.

    It follows names of the function's own module and names imported from this package. Comments,
    docstrings, and layout don't count. It doesn't follow the package `shared`: for that, a test
    runs one row of each experiment again.
    """
    pieces = {}
    _collect(inspect.getmodule(function), function.__name__, pieces)
    text = json.dumps(sorted(pieces.items()), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _collect(module, name, pieces):
    """Put the definition of a name of a module, and those it needs, into `pieces`."""
    key = f"{module.__name__}.{name}"
    found = _definitions(module).get(name)
    if found is None or key in pieces:
        return
    if isinstance(found, ast.ImportFrom):
        original = next(a.name for a in found.names if name == (a.asname or a.name))
        _collect(importlib.import_module(found.module), original, pieces)
        return
    pieces[key] = _plain(found)
    for node in ast.walk(found):
        if isinstance(node, ast.Name):
            _collect(module, node.id, pieces)


@cache
def _definitions(module):
    """Return what a module defines itself or imports from this package: name -> statement."""
    found = {}
    for statement in ast.parse(inspect.getsource(module)).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found[statement.name] = statement
        elif isinstance(statement, ast.ImportFrom):
            if (statement.module or "").partition(".")[0] == "experiments":
                found |= {alias.asname or alias.name: statement for alias in statement.names}
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = getattr(statement, "targets", [getattr(statement, "target", None)])
            found |= {node.id: statement for node in targets if isinstance(node, ast.Name)}
    return found


def _plain(node):
    """Return a syntax tree as nested lists that are the same under every version of Python.

    `ast.dump` isn't: versions differ in the fields that they add or leave out when empty.
    """
    if isinstance(node, list):
        return [_plain(item) for item in node if not _is_docstring(item)]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = [(name, _plain(value)) for name, value in ast.iter_fields(node) if value is not None]
    return [type(node).__name__, *(field for field in fields if field[1] != [])]


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


# --- Running ------------------------------------------------------------------------------------


class CodeHasChanged(RuntimeError):
    """The stored results come from a different version of the code."""


def run(module, path, processes=1, restart=False):
    """Run every row and seed that is missing from the file, and replace the file after each.

    Parameters
    ----------
    module : module
        The experiment.
    path : Path
        The JSON file, made if it doesn't exist.
    processes : int
        How many runs at once, each in a process of its own with one BLAS thread.
    restart : bool
        Run everything, whatever the file holds.

    Returns
    -------
    dict
        The results, complete.

    Raises
    ------
    CodeHasChanged
        If the file holds runs of a different version of the code and ``restart`` is False.
    RuntimeError
        If runs fail. All the others are in the file.
    """
    fresh = _fresh(module)
    results = fresh if restart or not path.exists() else _kept(path, fresh)
    done = {(run["row"], run["seed"]) for run in results["runs"]}
    jobs = [(row, seed) for row in module.ROWS for seed in module.SEEDS if (row, seed) not in done]
    state = campaign.commit()

    def keep(found):
        _add(results, found, state)
        _write(path, results)

    _run_all(module, jobs, processes, keep)
    return results


def recheck(module, path, processes=1):
    """Run one seed of every row again, and accept the stored results if no number differs.

    For a change of the code that shouldn't affect the rows of this experiment, such as an option
    that they don't use. Use the machine of the stored results: it gives the same six digits.

    Returns
    -------
    list of str
        The rows whose numbers differ. If there are none, the file has been brought up to date.
    """
    fresh = _fresh(module)
    stored = json.loads(path.read_text(encoding="utf-8"))
    seed = module.SEEDS[0]
    numbers = {run["row"]: run["metrics"] for run in stored["runs"] if run["seed"] == seed}
    differ = []

    def keep(found):
        if found["metrics"] != numbers.get(found["row"]):
            differ.append(found["row"])

    _run_all(module, [(row, seed) for row in module.ROWS], processes, keep)
    if not differ:
        _write(path, fresh | {key: stored[key] for key in ("environments", "runs")})
    return differ


def _fresh(module):
    """Return results without any run."""
    recipes = {row: asdict(recipe) for row, recipe in module.ROWS.items()}
    return {
        "experiment": module.__doc__.strip().partition("\n")[0],
        "code": fingerprint(module.run),
        "seeds": list(module.SEEDS),
        "rows": json.loads(json.dumps(recipes)),  # lists for tuples, as in the file
        "environments": [],
        "runs": [],
    }


def _kept(path, fresh):
    """Return the stored results, without runs of rows and seeds that no longer exist."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    if stored["code"] != fresh["code"]:
        raise CodeHasChanged(
            f"The code that makes a run has changed since {path} was written. Undo the change, "
            "run everything again with --restart, or, if no number should have changed, use "
            "--recheck."
        )
    runs = [
        run
        for run in stored["runs"]
        if run["seed"] in fresh["seeds"]
        and fresh["rows"].get(run["row"]) == stored["rows"][run["row"]]
    ]
    return fresh | {"environments": stored["environments"], "runs": runs}


def _run_all(module, jobs, processes, keep):
    """Pass the result of each job to `keep` as soon as it is ready."""
    # Set before the processes start: BLAS reads it when it is loaded.
    os.environ.update(machine.limit_threads({}, 1))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, context, initializer=_prepare_process)
    failures = []
    try:
        waiting = [pool.submit(_one, module.run, module.ROWS[row], row, s) for row, s in jobs]
        with tqdm(total=len(jobs), unit="run", disable=None) as bar:
            for future in as_completed(waiting):
                if error := future.exception():
                    failures.append(error)
                else:
                    keep(future.result())
                bar.update()
    except BaseException:
        for process in multiprocessing.active_children():  # Don't wait for unfinished runs.
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    if failures:
        raise RuntimeError(
            f"{len(failures)} of {len(jobs)} runs failed. One of them: {failures[0]}"
        ) from failures[0]


def _prepare_process():
    """End this process on Ctrl-C, and whenever the process that started it ends.

    Otherwise Ctrl-C would make `Model.fit` return early, and the result would look complete.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)

    def wait():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _one(function, recipe, row, seed):
    started = time.perf_counter()
    try:
        metrics = function(recipe, seed)
    except Exception as error:
        raise RuntimeError(f"row {row!r}, seed {seed} failed: {error}") from error
    return {
        "row": row,
        "seed": seed,
        "metrics": {name: _rounded(value) for name, value in metrics.items()},
        "seconds": round(time.perf_counter() - started, 2),
        "environment": _environment(),
    }


def _rounded(value):
    """Round to six digits. JSON has no infinity and no NaN, so they become null."""
    if isinstance(value, list):
        return [_rounded(number) for number in value]
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _environment():
    about = machine.describe()
    versions = {"python": about["python"], "numpy": np.__version__}
    shown = {name: about[name] for name in ("processor", "system", "openblas_variables")}
    return versions | {"blas": machine.blas()} | shown


def _add(results, found, state):
    """Insert a run in the order of the module's rows and seeds."""
    environment = found.pop("environment") | {"commit": state}
    if environment not in results["environments"]:
        results["environments"].append(environment)
    found["environment"] = results["environments"].index(environment)
    results["runs"].append(found)
    order = list(results["rows"])
    results["runs"].sort(
        key=lambda run: (order.index(run["row"]), results["seeds"].index(run["seed"]))
    )


def _write(path, results):
    """Replace the whole file. Each row and each run has a line, so that git shows what changed."""
    rows = ",\n  ".join(
        f"{json.dumps(row, ensure_ascii=False)}: {json.dumps(recipe, ensure_ascii=False)}"
        for row, recipe in results["rows"].items()
    )
    runs = ",\n  ".join(json.dumps(run, ensure_ascii=False) for run in results["runs"])
    rest = {key: value for key, value in results.items() if key not in ("rows", "runs")}
    head = json.dumps(rest, indent=1, ensure_ascii=False).removesuffix("\n}")
    text = f'{head},\n "rows": {{\n  {rows}\n }},\n "runs": [\n  {runs}\n ]\n}}\n'
    _replace(path, lambda part: part.write_text(text, encoding="utf-8", newline="\n"))


def draw(module, path):
    """Draw the figure of an experiment next to its JSON file, and return the figure's path."""
    # Here, since the processes that run the experiment import this module and don't draw.
    import matplotlib.pyplot as plt

    from shared.plots import use_style

    use_style()
    figure = module.draw(analysis.load(path.stem, path.parent))
    picture = path.with_suffix(".png")
    # Without the version of Matplotlib in it, which would change the file for nothing.
    _replace(picture, lambda part: figure.savefig(part, format="png", metadata={"Software": None}))
    plt.close(figure)
    return picture


def _replace(path, write):
    """Let `write` make a file next to `path`, then replace `path` in one step."""
    part = path.with_name(f"{path.name}.part")
    write(part)
    os.replace(part, path)
