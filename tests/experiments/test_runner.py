"""The runner: everything once, nothing lost, and no result under a wrong name."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import helpers_toy as toy
import numpy as np
import pytest

from experiments import __main__ as cli
from experiments import analysis, initialization, runner, schedules
from tools import campaign

ROOT = Path(__file__).resolve().parents[2]


class Here:
    """Stands in for a pool of processes where the test isn't about them: it is much faster."""

    def __init__(self, processes, context, initializer):
        pass

    def submit(self, function, *arguments):
        future = Future()
        try:
            future.set_result(function(*arguments))
        except Exception as error:
            future.set_exception(error)
        return future

    def shutdown(self, **options):
        pass


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(runner, "ProcessPoolExecutor", Here)


@pytest.fixture
def log(tmp_path, monkeypatch):
    path = tmp_path / "log"
    path.touch()
    monkeypatch.setenv("TOY_LOG", str(path))
    return path


def variant(**changes):
    parts = {name: getattr(toy, name) for name in ("__doc__", "ROWS", "SEEDS", "run", "draw")}
    return SimpleNamespace(**(parts | changes))


def numbers(results):
    return [(run["row"], run["seed"], run["metrics"]) for run in results["runs"]]


def test_every_row_and_seed_is_run_once_and_kept_in_order(tmp_path, log):
    path = tmp_path / "toy.json"
    results = runner.run(toy, path, processes=2)
    assert json.loads(path.read_text(encoding="utf-8")) == results
    assert [(run["row"], run["seed"]) for run in results["runs"]] == [
        (row, seed) for row in toy.ROWS for seed in toy.SEEDS
    ]
    begun, processes = toy.logged(log)
    assert sorted(begun) == [("2", 1), ("2", 4), ("3", 1), ("3", 4), ("inf", 1), ("inf", 4)]
    assert os.getpid() not in processes and len(processes) <= 2
    assert results["runs"][1]["metrics"] == {"product": 8.0, "curve": [1.14286, 2.14286, 3.14286]}
    assert results["runs"][4]["metrics"] == {"product": None, "curve": [None, None, None]}
    assert results["rows"]["triple"] == {"factor": 3.0, "epochs": 3, "samples": 500, "seconds": 0.0}
    runner.run(toy, path)
    assert len(toy.logged(log)[0]) == 6


def test_results_say_where_they_come_from(tmp_path):
    one = variant(ROWS={"double": toy.ROWS["double"]})
    results = runner.run(one, tmp_path / "toy.json")
    (environment,) = results["environments"]
    assert environment["numpy"] == np.__version__
    assert environment["python"] == ".".join(map(str, sys.version_info[:3]))
    assert all(library["threads"] == 1 for library in environment["blas"].values())
    assert environment["commit"] == campaign.commit()
    assert {"processor", "system"} <= environment.keys()
    assert [run["environment"] for run in results["runs"]] == [0, 0]
    assert all(run["seconds"] >= 0 for run in results["runs"])
    assert results["seeds"] == [1, 4]
    assert results["experiment"] == toy.__doc__.strip()


def test_an_environment_is_listed_once_and_another_beside_it():
    results = {"rows": {"a": {}}, "seeds": [0, 1, 2], "runs": [], "environments": []}
    for seed, state in [(2, "one"), (0, "two"), (1, "one")]:
        found = {"row": "a", "seed": seed, "environment": {"python": "3"}}
        runner._add(results, found, state)
    assert [environment["commit"] for environment in results["environments"]] == ["one", "two"]
    assert [(run["seed"], run["environment"]) for run in results["runs"]] == [
        (0, 1),
        (1, 0),
        (2, 0),
    ]


def test_a_changed_recipe_runs_its_row_again_and_a_dropped_row_goes(here, tmp_path, log):
    path = tmp_path / "toy.json"
    runner.run(toy, path)
    log.write_text("", encoding="utf-8")
    rows = {"double": toy.ROWS["double"], "triple": replace(toy.ROWS["triple"], epochs=1)}
    results = runner.run(variant(ROWS=rows, SEEDS=(1, 4, 5)), path)
    assert sorted(toy.logged(log)[0]) == [("2", 5), ("3", 1), ("3", 4), ("3", 5)]
    assert [(run["row"], run["seed"]) for run in results["runs"]] == [
        (row, seed) for row in rows for seed in (1, 4, 5)
    ]
    assert len(results["runs"][4]["metrics"]["curve"]) == 1


def test_results_of_other_code_are_not_mixed_in(here, tmp_path, log, monkeypatch):
    path = tmp_path / "toy.json"
    runner.run(toy, path)
    before = path.read_bytes()
    log.write_text("", encoding="utf-8")
    monkeypatch.setattr(runner, "fingerprint", lambda function: "other")
    with pytest.raises(runner.CodeHasChanged, match=r"toy\.json.*--restart.*--recheck"):
        runner.run(toy, path)
    assert (path.read_bytes(), toy.logged(log)[0]) == (before, [])
    assert runner.run(toy, path, restart=True)["code"] == "other"
    assert len(toy.logged(log)[0]) == 6


def test_recheck_accepts_changed_code_only_if_every_row_gives_the_same_numbers(
    here, tmp_path, log, monkeypatch
):
    path = tmp_path / "toy.json"
    before = runner.run(toy, path)
    log.write_text("", encoding="utf-8")
    monkeypatch.setattr(runner, "fingerprint", lambda function: "other")
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["runs"][2]["metrics"]["product"] += 1e-4
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert runner.recheck(toy, path) == ["triple"]
    assert json.loads(path.read_text(encoding="utf-8")) == stored
    assert sorted(toy.logged(log)[0]) == [("2", 1), ("3", 1), ("inf", 1)]
    stored["runs"][2]["metrics"]["product"] = before["runs"][2]["metrics"]["product"]
    path.write_text(json.dumps(stored), encoding="utf-8")
    assert runner.recheck(toy, path) == []
    assert json.loads(path.read_text(encoding="utf-8")) == before | {"code": "other"}


def test_a_failing_run_is_named_and_stops_no_other(here, tmp_path, log, monkeypatch):
    path = tmp_path / "toy.json"
    monkeypatch.setenv("TOY_FAILS", "2 4")
    failed = r"1 of 6 runs failed. One of them: row 'double', seed 4 failed: no such number"
    with pytest.raises(RuntimeError, match=failed):
        runner.run(toy, path)
    stored = numbers(json.loads(path.read_text(encoding="utf-8")))
    assert [run[:2] for run in stored] == [
        (row, seed) for row in toy.ROWS for seed in toy.SEEDS if (row, seed) != ("double", 4)
    ]
    monkeypatch.delenv("TOY_FAILS")
    log.write_text("", encoding="utf-8")
    assert len(runner.run(toy, path)["runs"]) == 6
    assert toy.logged(log)[0] == [("2", 4)]


def test_progress_counts_every_run_failed_ones_too(here, tmp_path, monkeypatch):
    shown = []

    class Bar:
        def __init__(self, total, **options):
            shown.append(total)

        def __enter__(self):
            return self

        def __exit__(self, *error):
            shown.append("closed")

        def update(self):
            shown.append(1)

    monkeypatch.setattr(runner, "tqdm", Bar)
    monkeypatch.setenv("TOY_FAILS", "2 4")
    with pytest.raises(RuntimeError):
        runner.run(toy, tmp_path / "toy.json")
    assert shown == [6, *[1] * 6, "closed"]


def test_the_file_is_replaced_as_a_whole_or_not_at_all(here, tmp_path, monkeypatch):
    path = tmp_path / "toy.json"
    runner.run(variant(SEEDS=(1,)), path)
    before = path.read_bytes()

    def cut_short(part, text, **options):
        part.write_bytes(text[:100].encode())
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", cut_short)
    with pytest.raises(OSError, match="No space"):
        runner.run(toy, path)
    assert path.read_bytes() == before


# --- Interruptions ------------------------------------------------------------------------------

START = """
import sys
from pathlib import Path
import helpers_toy
from experiments import __main__, analysis, runner

runner.names = lambda: ["toy"]
runner.load_module = lambda name: helpers_toy
analysis.RESULTS = Path(sys.argv[1])
if __name__ == "__main__":
    sys.exit(__main__.main(["toy", "--processes", "2"]))
"""


def start(folder, seconds):
    environment = {
        **os.environ,
        "TOY_SECONDS": str(seconds),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(Path(__file__).parent)]),
    }
    return subprocess.Popen(
        [sys.executable, "-c", START, str(folder)],
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(condition, limit=120):
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ended(processes):
    return all(not Path(f"/proc/{process}").exists() for process in processes)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks up processes in /proc")
@pytest.mark.parametrize("how", ["Ctrl-C", "SIGINT to the first process", "kill -9"])
def test_an_interrupted_experiment_goes_on_where_it_stopped(tmp_path, log, how):
    path = tmp_path / "toy.json"
    whole = runner.run(toy, tmp_path / "whole.json")
    runner.run(variant(SEEDS=(1,), ROWS={"double": toy.ROWS["double"]}), path)
    log.write_text("", encoding="utf-8")
    with start(tmp_path, seconds=600) as process:
        wait_until(lambda: len(toy.logged(log)[0]) == 2)  # two runs are under way
        started = time.monotonic()
        if how == "Ctrl-C":  # a terminal sends it to all
            os.killpg(process.pid, signal.SIGINT)
        else:
            process.send_signal(signal.SIGKILL if how == "kill -9" else signal.SIGINT)
        errors = process.communicate(timeout=120)[1]
    wait_until(lambda: ended(toy.logged(log)[1]))
    assert time.monotonic() - started < 200  # nobody has waited for the two runs
    if how != "kill -9":
        assert process.returncode == 130
        assert errors == "Interrupted. Run the same command again to resume.\n"
    assert numbers(json.loads(path.read_text(encoding="utf-8"))) == numbers(whole)[:1]
    log.write_text("", encoding="utf-8")
    assert numbers(runner.run(toy, path)) == numbers(whole)
    assert len(toy.logged(log)[0]) == 5


# --- The command --------------------------------------------------------------------------------


@pytest.fixture
def command(here, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "names", lambda: ["toy"])
    monkeypatch.setattr(runner, "load_module", lambda name: toy)
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    monkeypatch.setattr(analysis, "RESULTS", tmp_path / "results")
    return lambda *arguments: cli.main([*arguments, "--processes", "1"])


def test_the_command_writes_results_and_their_figure(command, tmp_path, capsys):
    assert command("toy") == 0
    path = tmp_path / "results" / "toy.json"
    assert capsys.readouterr().out == f"{path}\n{path.with_suffix('.png')}\n"
    assert path.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    assert len(json.loads(path.read_text(encoding="utf-8"))["runs"]) == 6
    assert sorted(found.name for found in path.parent.iterdir()) == ["toy.json", "toy.png"]


def test_quick_results_are_small_and_elsewhere(command, tmp_path):
    assert command("toy", "--quick") == 0
    assert not (tmp_path / "results").exists()
    path = tmp_path / "_build" / "experiments" / "toy.json"
    results = json.loads(path.read_text(encoding="utf-8"))
    assert results["seeds"] == [1]
    assert {(row["epochs"], row["samples"]) for row in results["rows"].values()} == {(2, 100)}
    assert [len(run["metrics"]["curve"]) for run in results["runs"]] == [2, 2, 2]
    before = path.stat().st_mtime_ns
    assert command("toy", "--quick") == 0
    assert path.stat().st_mtime_ns > before  # whatever it held


def test_quick_never_makes_a_recipe_larger():
    assert runner.quick(toy.ToyRecipe(1.0, epochs=1, samples=30)).epochs == 1
    assert runner.quick(toy.ToyRecipe(1.0, epochs=1, samples=30)).samples == 30


def test_list_says_what_is_done(command, tmp_path, capsys):
    folder = tmp_path / "results"
    folder.mkdir()
    assert command("--list") == 0
    about = "toy: An experiment that takes no time, for the tests of the runner."
    assert capsys.readouterr().out == f"{about} 0 of 6 runs done.\n"
    runner.run(variant(SEEDS=(1,)), folder / "toy.json")
    assert command("--list") == 0
    assert capsys.readouterr().out == f"{about} 3 of 6 runs done.\n"


def test_changed_code_is_one_plain_sentence(command, tmp_path, capsys, monkeypatch):
    assert command("toy") == 0
    monkeypatch.setattr(runner, "fingerprint", lambda function: "other")
    capsys.readouterr()
    assert command("toy") == 1
    assert "The code that makes a run has changed" in capsys.readouterr().err
    assert command("toy", "--recheck") == 0
    assert command("toy") == 0
    path = tmp_path / "results" / "toy.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["runs"][0]["metrics"]["product"] = 0.0
    path.write_text(json.dumps(stored), encoding="utf-8")
    capsys.readouterr()
    assert command("toy", "--recheck") == 1
    assert capsys.readouterr().err == "These rows differ: double\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tyo"], "name one of toy. Received: tyo"),
        ([], "name one of toy. Received: None"),
        (["toy", "--quick", "--restart"], "not allowed with"),
    ],
)
def test_a_wrong_command_is_refused(command, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        command(*arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_fewer_than_one_process_is_refused(capsys):
    with pytest.raises(SystemExit):
        cli.main(["schedules", "--processes", "0"])
    assert "--processes must be at least 1. Received: 0" in capsys.readouterr().err


def test_experiments_are_found_in_the_folder():
    assert {"initialization", "schedules"} <= set(runner.names())
    assert not {"runner", "recipe", "analysis", "__main__"} & set(runner.names())


# --- The fingerprint ----------------------------------------------------------------------------

SOURCE = '''
"""An experiment."""
from experiments.recipe import train as follow

SIZE = 3
OTHER = 4


def helper(x):
    """Say something."""
    # and something else
    return [x * SIZE, None]


def run(recipe, seed):
    return {"a": helper(seed)[0], "b": follow}


def draw(results):
    return OTHER
'''


def printed(tmp_path, monkeypatch, source):
    name = f"module_{abs(hash(source))}"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__(name)
    pieces = {}
    runner._collect(module, "run", pieces)
    assert all(key.startswith((name, "experiments.")) for key in pieces)
    # The name of the file is part of the keys; here it has to differ.
    return sorted((key.removeprefix(f"{name}."), value) for key, value in pieces.items())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# and something else", "# or nothing"),
        ('"""Say something."""', '"""Say more."""'),
        ('    """Say something."""\n', ""),
        ("return [x * SIZE, None]", "return [\n        (x * SIZE), None\n    ]"),
        ("OTHER = 4", "OTHER = 5"),
        ("return OTHER", "return 0"),
    ],
)
def test_what_does_not_make_a_run_does_not_count(tmp_path, monkeypatch, old, new):
    assert old in SOURCE
    changed = printed(tmp_path, monkeypatch, SOURCE.replace(old, new))
    assert changed == printed(tmp_path, monkeypatch, SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SIZE = 3", "SIZE = 4"),
        ("x * SIZE", "x + SIZE"),
        ("helper(seed)[0]", "helper(seed)[1]"),
        ("None]", "False]"),
        ("SIZE = 3", "SIZE: float = 3"),
        ("import train as", "import build as"),
    ],
)
def test_what_makes_a_run_counts(tmp_path, monkeypatch, old, new):
    assert old in SOURCE
    changed = printed(tmp_path, monkeypatch, SOURCE.replace(old, new))
    assert changed != printed(tmp_path, monkeypatch, SOURCE)


@pytest.mark.parametrize("module", [initialization, schedules])
def test_all_that_makes_a_run_is_found(module):
    pieces = {}
    runner._collect(module, "run", pieces)
    recipe = {"train", "build", "compile_model", "Measurements", "SCHEDULES", "INITIALIZERS"}
    assert {f"experiments.recipe.{name}" for name in recipe} <= pieces.keys()
    assert not {f"{module.__name__}.{name}" for name in ("ROWS", "SEEDS", "draw")} & pieces.keys()
    if module is initialization:
        assert {f"{module.__name__}.{name}" for name in ("images", "VALIDATION")} <= pieces.keys()
