"""The benchmark's own logic. How fast anything is, is no test's business here."""

import importlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from unittest import mock

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks import (
    child,
    figures,
    guard,
    interleave,
    machine,
    memory,
    report,
    scaling,
    training_speed,
    tricks,
)
from benchmarks.implementations import PEERS, Peer, floor, shared_fit
from benchmarks.workload import Workload
from shared.plots import FAINT, ROLES

SMALL = Workload(hidden=(16, 8), batch_size=32, steps=30)


@pytest.fixture(scope="module")
def images():
    """Ten classes that can be told apart: each has a stripe of its own."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, SMALL.samples).astype(np.uint8)
    images = rng.integers(0, 60, (SMALL.samples, 28, 28), dtype=np.uint8)
    images[np.arange(len(labels)), 2 * labels + 4] = 255
    return images, labels


# The work


def test_operations_are_those_of_the_eight_products_of_the_baseline():
    sizes = [(784, 128), (128, 64), (64, 10)]
    forward = sum(a * b for a, b in sizes)
    by_weights = forward
    by_inputs = 128 * 64 + 64 * 10
    assert Workload().operations == 2 * 128 * (forward + by_weights + by_inputs)


def test_workload_counts_parameters_and_samples():
    assert Workload().parameters == 784 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10
    assert Workload(batch_size=10, steps=7).samples == 70


def test_workload_survives_the_way_to_another_process():
    workload = Workload(hidden=(3, 2, 1), batch_size=5, steps=6)
    assert Workload.from_json(json.loads(json.dumps(workload.to_json()))) == workload


def test_workload_larger_than_the_data_is_refused():
    with pytest.raises(ValueError, match="60000"):
        Workload(batch_size=2048, steps=30)


def test_learning_rate_decays_with_the_step():
    assert Workload().learning_rate(0) == 1e-3
    assert Workload().learning_rate(10_000) == pytest.approx(5e-4)


# The peers


@pytest.mark.parametrize("name", [name for name in PEERS if name not in ("floor", "torch_compile")])
def test_every_peer_learns(name, images, monkeypatch):
    peer = ready(name, monkeypatch)
    training = peer.build(replace(SMALL, lr=0.02), *images, threads=1)
    first = training.epoch()[0]
    for _ in range(2):
        loss, accuracy, *_ = training.epoch()
    assert loss < 0.8 * first
    assert accuracy is None or accuracy > 0.6


SAME_STEPS = [name for name in PEERS if name not in ("shared", "sklearn", "floor", "torch_compile")]


@pytest.mark.parametrize("name", SAME_STEPS)
def test_every_peer_takes_the_same_steps_as_this_project(name, images, monkeypatch):
    """From the same weights, without dropout, each batch being all of the images."""
    peer = ready(name, monkeypatch)
    # A penalty that counts, and a decay that shows within a few steps.
    work = replace(SMALL, dropout=0.0, l2=0.1, decay=0.5, batch_size=SMALL.samples, steps=1)
    rng = np.random.default_rng(0)
    ours = shared_fit.compiled(shared_fit.Model(shared_fit.network(work, rng)), work)
    theirs = peer.build(work, *images, threads=1)
    take_over(name, theirs, [p.value for p in ours.parameters()])
    before = ours.parameters()[0].value.copy()
    for _ in range(4):
        history = ours.fit(*images, epochs=1, batch_size=work.batch_size, rng=rng, verbose=0)
        loss, accuracy, *_ = theirs.epoch()
        if not name.startswith("keras"):  # whose loss has the penalty in it
            assert loss == pytest.approx(history["loss"][0], rel=1e-4)
        assert accuracy == pytest.approx(history["accuracy"][0], abs=0.005)
    moved = np.abs(ours.parameters()[0].value - before).mean()
    pairs = list(zip(ours.parameters(), weights_of(name, theirs), strict=True))
    if name.startswith("torch"):
        pairs = pairs[::2]  # the weights alone: its penalty is on the biases as well
    for parameter, values in pairs:
        assert np.abs(parameter.value - values).mean() < 0.005 * moved


def ready(name, monkeypatch):
    """Return a peer that can run in this process, or skip the test."""
    peer = PEERS[name]
    if peer.missing():
        pytest.skip(f"not installed: {', '.join(peer.missing())}")
    for variable, value in peer.environment.items():
        monkeypatch.setenv(variable, value)
    if name.startswith("keras"):
        import keras

        if name != f"keras_{keras.backend.backend()}":
            pytest.skip("Keras has one backend in a process")
    return peer


def take_over(name, training, values):
    """Give a peer weights and biases, in the order of the layers."""
    if name == "teaching":
        for layer, weight, bias in zip(training.dense, values[::2], values[1::2], strict=True):
            layer.weights, layer.biases = weight.astype(float), bias.astype(float)[np.newaxis]
    elif name.startswith("torch"):
        for parameter, value in zip(training.network.parameters(), values, strict=True):
            parameter.detach().numpy()[...] = value.T
    elif name.startswith("keras"):
        training.model.set_weights(values)
    else:
        copies = [value.copy() for value in values]
        training.state["parameters"] = [
            {"weight": weight, "bias": bias}
            for weight, bias in zip(copies[::2], copies[1::2], strict=True)
        ]


def weights_of(name, training):
    if name == "teaching":
        return [a for layer in training.dense for a in (layer.weights, layer.biases[0])]
    if name.startswith("torch"):
        return [parameter.detach().numpy().T for parameter in training.network.parameters()]
    if name.startswith("keras"):
        return training.model.get_weights()
    return [
        np.asarray(layer[key])
        for layer in training.state["parameters"]
        for key in ("weight", "bias")
    ]


def test_floor_makes_the_products_of_a_step_and_no_other(images, monkeypatch):
    training = floor.build(SMALL, *images, threads=1)
    operations = []
    matmul = np.matmul

    def counted(a, b, out):
        operations.append(2 * a.shape[0] * a.shape[1] * b.shape[1])
        return matmul(a, b, out=out)

    monkeypatch.setattr(floor.np, "matmul", counted)
    training.epoch()
    assert sum(operations) == SMALL.steps * SMALL.operations


@pytest.mark.parametrize("name", tricks.VARIANTS)
def test_taking_a_trick_away_changes_the_time_and_not_the_training(name, images):
    # Other masks give other numbers; all else must agree to what float32 can tell.
    tolerance = 0.5 if name in ("binomial", "float_masks") else 1e-3
    work = replace(SMALL, lr=0.02)
    everything = tricks.build(work, *images)
    without = tricks.build(work, *images, **tricks.VARIANTS[name][1])
    for _ in range(2):
        assert without.epoch()[0] == pytest.approx(everything.epoch()[0], rel=tolerance)


def test_variants_do_what_they_say(images):
    first = [layer for layer in built("input_gradient", images).model.layers if layer.parameters()]
    assert isinstance(first[0], tricks.InputGradientDense)
    assert not any(isinstance(layer, tricks.InputGradientDense) for layer in first[1:])
    dropouts = [la for la in built("binomial", images).model.layers if hasattr(la, "rate")]
    assert [type(la) for la in dropouts] == [tricks.BinomialDropout] * 2
    assert built("float64", images).model.parameters()[0].value.dtype == np.float64
    assert built("float_images", images).images.dtype == np.float32
    assert len(built("parameter_adam", images).model.optimizer._blocks) == 6
    wide = Workload(hidden=(256, 8))
    blocks = [
        len(tricks.build(wide, *images, **options).model.optimizer._blocks)
        for options in ({}, tricks.VARIANTS["whole_vector"][1])
    ]
    assert blocks[0] > blocks[1] == 1


@pytest.mark.parametrize("kind", [tricks.BinomialDropout, tricks.FloatDropout])
def test_other_dropouts_drop_as_many_and_scale_the_rest(kind):
    layer = kind(0.25, np.random.default_rng(0))
    x = np.full((100, 100), 3.0, np.float32)
    y = layer.forward(x, training=True)
    assert y.dtype == np.float32
    assert set(np.unique(y)) == {0.0, 4.0}
    assert np.mean(y == 0) == pytest.approx(0.25, abs=0.02)
    np.testing.assert_array_equal(layer.backward(x), y)
    assert layer.forward(x) is x


def test_model_without_kept_arrays_makes_new_ones(images, monkeypatch):
    outputs = []
    call = tricks.FreshWorkspace.call

    def noted(self, method, x, **options):
        outputs.append(call(self, method, x, **options))
        return outputs[-1]

    monkeypatch.setattr(tricks.FreshWorkspace, "call", noted)
    training = built("fresh_arrays", images)
    training.epoch()
    layers = len(training.model.layers)
    first_dense = 2
    per_step = layers + layers - first_dense - 1
    assert len(outputs) == SMALL.steps * per_step
    one, another = outputs[first_dense], outputs[per_step + first_dense]
    assert one.shape == another.shape == (SMALL.batch_size, SMALL.hidden[0])
    assert not np.shares_memory(one, another)


def built(name, images):
    return tricks.build(SMALL, *images, **tricks.VARIANTS[name][1])


# Taking turns


def test_contenders_are_measured_in_turns():
    calls = []
    actions = {name: lambda name=name: calls.append(name) for name in "ABC"}
    interleave.take_turns(actions, 2, lambda *_: None)
    assert calls == list("ABCABC")


def test_summary_takes_the_median_and_keeps_the_rounds():
    rounds = [{"ms": ms, "cpu_ms": ms / 2, "loss": ms, "accuracy": 0.5} for ms in (3.0, 1.0, 50.0)]
    result = interleave.summary({"peer": "torch", "rounds": rounds})
    assert result["ms_per_step"] == 3.0
    assert result["cpu_ms_per_step"] == 1.5
    assert result["rounds_ms"] == [3.0, 1.0, 50.0]
    assert result["loss"] == 50.0  # of the last round: training has gone on through all of them


def test_a_round_that_fails_makes_the_whole_contender_a_failure():
    result = interleave.summary({"peer": "torch", "rounds": [{"ms": 1.0}, {"error": "broke"}]})
    assert result == {"peer": "torch", "error": "broke"}


def test_a_crew_measures_this_project_and_reports_who_is_missing(monkeypatch):
    monkeypatch.setitem(
        PEERS, "ghost", Peer("ghost", "Ghost", "ghost", requires=("no_such_thing",))
    )
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    with interleave.Crew(["floor", "ghost"], threads=1) as crew:
        run = crew.measure(replace(SMALL, steps=2), rounds=3)
    assert run["missing"] == {"ghost": "not installed: no_such_thing"}
    assert run["results"]["floor"]["ms_per_step"] > 0
    assert len(run["results"]["floor"]["rounds_ms"]) == 3


def test_each_launch_has_processes_of_its_own(monkeypatch):
    monkeypatch.setattr(machine, "openblas_variables", dict)
    processes = []
    Contender = interleave.Contender

    def start(*arguments):
        contender = Contender(*arguments)
        processes.append(contender._process)
        return contender

    monkeypatch.setattr(interleave, "Contender", start)
    run = interleave.launch_and_measure(["floor"], 1, replace(SMALL, steps=2), 2, launches=3)
    assert len({process.pid for process in processes}) == 3
    assert all(process.poll() is not None for process in processes)
    assert run["launches"] == 3
    assert len(run["results"]["floor"]["rounds_ms"]) == 6


@pytest.mark.parametrize(("threads", "epochs"), [(1, 1), (2, 2)])
def test_with_more_than_one_thread_a_turn_has_an_epoch_that_is_not_counted(threads, epochs):
    with interleave.Crew([], threads) as crew:
        contender = mock.Mock()
        contender.ask.side_effect = [{"ms": 9.0}, {"ms": 1.0}][-epochs:]
        assert crew._turn(contender) == {"ms": 1.0}
        assert contender.ask.call_count == epochs


def test_launches_are_pooled_and_a_failure_in_one_counts():
    def launch(ms, missing):
        rounds = [{"ms": ms, "cpu_ms": ms, "loss": 1.0, "accuracy": 0.5}]
        return {
            "threads": 1,
            "workload": {},
            "results": {name: {"peer": name, "rounds": rounds} for name in ("torch", "jax")},
            "missing": missing,
        }

    run = interleave.pooled([launch(1.0, {}), launch(9.0, {"jax": "broke"}), launch(2.0, {})])
    assert run["results"]["torch"]["rounds_ms"] == [1.0, 9.0, 2.0]
    assert run["results"]["torch"]["ms_per_step"] == 2.0
    assert set(run["results"]) == {"torch"} and run["missing"] == {"jax": "broke"}


def test_a_peer_that_breaks_is_reported_and_the_others_go_on():
    with interleave.Crew(["floor", "shared"], threads=1) as crew:
        crew.contenders[0]._process.kill()
        crew.contenders[0]._process.wait()
        run = crew.measure(replace(SMALL, steps=2), rounds=1)
    assert "the process ended" in run["missing"]["floor"]
    assert run["results"]["shared"]["loss"] > 0


def test_a_pinned_kernel_is_measured_free_as_well(monkeypatch):
    started = []
    monkeypatch.setattr(
        interleave,
        "Contender",
        lambda peer, threads, pinned=True: started.append((peer.name, pinned)),
    )
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setitem(PEERS, "other", Peer("other", "Other", "floor"))
    interleave.Crew(["shared", "other"], threads=1, free_kernel=True)
    assert started == [("shared", True), ("shared", False), ("other", True)]


# The machine


def test_openblas_variables_are_those_that_choose_the_kernel():
    environment = {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1", "HOME": "x"}
    assert machine.openblas_variables(environment) == {"OPENBLAS_CORETYPE": "Haswell"}
    assert machine.without_openblas_variables(environment) == {
        "OPENBLAS_NUM_THREADS": "1",
        "HOME": "x",
    }


def test_threads_are_set_for_every_blas():
    environment = machine.limit_threads({"HOME": "x", "OMP_NUM_THREADS": "8"}, 2)
    assert environment["OPENBLAS_NUM_THREADS"] == environment["OMP_NUM_THREADS"] == "2"
    assert environment["HOME"] == "x"


def test_the_kernel_asked_for_is_the_kernel_reported():
    library = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    if "openblas" not in library or "x86_64" not in machine.describe()["system"]:
        pytest.skip(f"asks for a kernel of OpenBLAS on x86-64; NumPy is built on {library}")
    code = "import json, numpy; from benchmarks import machine; print(json.dumps(machine.blas()))"
    environment = {**machine.limit_threads(os.environ, 1), "OPENBLAS_CORETYPE": "Nehalem"}
    python = [sys.executable, "-c", code]
    output = subprocess.run(
        python, cwd=child.ROOT, env=environment, capture_output=True, text=True
    ).stdout
    assert json.loads(output)["numpy"] == {"kernel": "Nehalem", "threads": 1}


def test_description_of_the_machine_gives_nobody_away():
    description = machine.describe()
    assert set(description) == {
        "processor",
        "cores",
        "system",
        "python",
        "versions",
        "openblas_variables",
    }
    assert str(child.ROOT) not in json.dumps(description)
    assert description["versions"]["numpy"] == np.__version__


def test_part_that_fails_in_its_process_says_why():
    with pytest.raises(RuntimeError, match=r"memory failed: .*no_such_peer"):
        child.run("memory", "no_such_peer", 1, 1)


# What is made of the numbers


def test_power_law_finds_the_exponent():
    x = np.array([1, 10, 100])
    assert scaling.power_law(x, 3 * x**1.5) == pytest.approx(1.5)


def test_power_law_is_not_claimed_where_there_is_none():
    x = np.array([1, 10, 100])
    assert scaling.power_law(x, 1 + x) is None


def test_grid_covers_batches_and_widths_in_rounds_of_similar_work():
    workloads = training_speed.grid_workloads()
    assert {(w.hidden, w.batch_size) for w in workloads} == {
        (hidden, size) for hidden in ((128, 64), (1024, 512)) for size in (32, 128, 512, 2048)
    }
    assert all(4 <= w.steps <= 200 for w in workloads)


def test_grid_takes_keras_on_its_own_backend_where_there_is_one():
    assert "keras_tensorflow" in training_speed.grid_peers(lambda name: True)
    assert "keras_torch" in training_speed.grid_peers(lambda name: False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts another way")
def test_modules_that_are_hidden_are_not_found():
    code = (
        "import importlib.util\n"
        "from benchmarks.memory import hide\n"
        "hide({'fractions', 'nbformat'})\n"
        "found = [bool(importlib.util.find_spec(n)) for n in ('fractions', 'nbformat', 'numpy')]\n"
        "import numpy\n"
        "try:\n    import nbformat\nexcept ModuleNotFoundError:\n    print(found)"
    )
    python = [sys.executable, "-c", code]
    output = subprocess.run(python, cwd=child.ROOT, capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[False, False, True]"


def test_memory_is_measured_with_the_peers_own_framework_alone(monkeypatch, capsys):
    peer = Peer("ghost", "Ghost", "floor", requires=("keras", "torch"))
    hidden = []
    monkeypatch.setitem(PEERS, "ghost", peer)
    monkeypatch.setattr(memory, "hide", hidden.append)
    memory.main("ghost", epochs=1, steps=1)
    assert hidden == [{"tensorflow", "jax"}]
    assert json.loads(capsys.readouterr().out)["peak_mb"] > 0


def test_peak_memory_is_not_forgotten_when_memory_is_given_back():
    code = (
        "import numpy as np; from benchmarks.memory import peak_mb; before = peak_mb(); "
        "np.ones(100_000_000, np.uint8); print(peak_mb() - before)"
    )
    output = subprocess.run([sys.executable, "-c", code], cwd=child.ROOT, capture_output=True)
    assert 95 < float(output.stdout) < 110


def test_guard_judges_by_the_limit_of_the_kernel_that_ran():
    result = {
        "ms_per_step": {"shared": 2.3, "floor": 1.0},
        "blas": {"numpy": {"kernel": "Haswell"}},
    }
    assert not guard.judged(result)["passed"]
    result["blas"]["numpy"]["kernel"] = "SkylakeX"
    assert guard.judged(result)["passed"]
    assert guard.judged(result)["ratio"] == pytest.approx(2.3)


MACHINE = {
    "processor": "A processor",
    "cores": 2,
    "system": "Linux x86_64",
    "python": "3.11.0",
    "versions": {"numpy": "2.0.0"},
    "openblas_variables": {"OPENBLAS_CORETYPE": "Haswell"},
}


def entry(name, ms, pinned=True, kernel=None):
    blas = {"numpy": {"kernel": kernel, "threads": 1}} if kernel else {}
    return {
        "peer": name,
        "pinned": pinned,
        "blas": blas,
        "ms_per_step": ms,
        "cpu_ms_per_step": ms,
        "loss": 0.5,
        "accuracy": 0.8,
        "rounds_ms": [ms],
    }


def run_with(**changes):
    run = {
        "threads": 1,
        "workload": Workload().to_json(),
        "launches": 1,
        "results": {
            "shared": entry("shared", 0.75, kernel="Haswell"),
            "shared, free kernel": entry("shared", 0.5, False, "SkylakeX"),
            "torch": entry("torch", 1.5),
            "floor": entry("floor", 0.5, kernel="Haswell"),
            "floor, free kernel": entry("floor", 0.25, False, "SkylakeX"),
        },
        "missing": {"jax": "not installed: jax"},
    }
    return {**run, **changes}


def test_table_compares_each_peer_with_this_project_under_the_same_kernel():
    lines = report.speed_table(run_with()).splitlines()
    assert lines[0] == "| 1 thread | ms, Haswell | ours ÷ theirs | ms, SkylakeX | ours ÷ theirs |"
    assert "| PyTorch | 1.500 | 0.50 | 1.500 | 0.33 |" in lines
    assert "| matrix products alone | 0.500 | 1.50 | 0.250 | 2.00 |" in lines


def test_front_page_names_the_machine_and_what_is_missing():
    text = report.readme_table({"training_speed": {"machine": MACHINE, "runs": [run_with()]}})
    assert "| PyTorch | 1.50 ms (0.50) | 1.50 ms (0.33) |" in text
    assert "A processor, 2 cores" in text
    assert "- jax: not installed: jax" in text


def test_grid_marks_where_a_peer_is_ahead():
    run = run_with()
    run["results"]["torch"]["ms_per_step"] = 0.6
    line = report.grid_table([run], pinned=True).splitlines()[-1]
    assert line == "| 128-64, 128 | 0.750 | **1.25** | 1.50 |"
    assert "| 0.83 |" in report.grid_table([run], pinned=False).splitlines()[-1]


def test_a_busy_machine_is_noticed():
    run = run_with()
    assert report.busy_note(run) == ""
    run["results"]["shared"]["cpu_ms_per_step"] = 0.5
    assert "1.5 times" in report.busy_note(run)


def test_launches_are_told_apart():
    run = run_with(launches=2)
    run["results"]["shared"]["rounds_ms"] = [0.6, 0.7, 0.65, 0.9, 0.8, 1.0]
    run["results"]["floor"]["rounds_ms"] = [0.3, 0.3, 0.3, 0.5, 0.5, 0.5]
    assert report.launch_note(run) == (
        "6 rounds in 2 launches. One by one: this project 0.65 to 0.90 ms, "
        "matrix products alone 0.30 to 0.50 ms."
    )
    assert report.launch_note(run_with(results={})) == ""


def test_text_between_the_markers_is_replaced_and_the_rest_kept():
    text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter"
    assert (
        report.between_markers(text, "new") == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter"
    )


@pytest.mark.parametrize("text", ["", report.BEGIN, report.END + report.BEGIN])
def test_text_without_both_markers_is_refused(text):
    with pytest.raises(ValueError, match="once each"):
        report.between_markers(text, "new")


@pytest.fixture
def results():
    sweep = {"x": [1, 10], "seconds": [1.0, 10.0], "exponent": 1.0}
    slowdown = dict.fromkeys(tricks.VARIANTS, 1.5)
    return {
        "training_speed": {"machine": MACHINE, "runs": [run_with(), run_with(threads=2)]},
        "grid": {"machine": MACHINE, "runs": [run_with()]},
        "tricks": {
            "machine": MACHINE,
            "runs": [
                {"workload": Workload().to_json(), "slowdown": slowdown, "freed_memory": freed}
                for freed in ("kept", "given back")
            ],
        },
        "scaling": {
            "machine": MACHINE,
            "sweeps": {
                "samples": sweep,
                "batch_size": {**sweep, "exponent": None},
                "width": {
                    "x": [1, 2, 4],
                    "seconds": [1, 3, 9],
                    "exponent": None,
                    "exponent_of_widest": 1.6,
                },
            },
        },
        "memory": {
            "machine": MACHINE,
            "epochs": 2,
            "limit_mb": 150,
            "missing": {"jax": "not installed"},
            "results": {"shared": {"peak_mb": 99.0, "after_loading_mb": 90.0}},
        },
        "guard": {"ratio": 1.5, "limit": 2.0, "passed": True, "blas": {}},
    }


def test_page_shows_every_result_and_every_picture_exists(results, tmp_path):
    page = report.results_page(results)
    drawn = {path.name for path in figures.draw(results, tmp_path)}
    shown = {part.split(")")[0] for part in page.split("](")[1:]}
    assert drawn == shown
    assert all((tmp_path / name).stat().st_size > 5_000 for name in drawn)
    assert "power of 1.00" in page
    assert "from 1 on, to the power of 1.60" in page
    assert "| this project | 99 | 90 |" in page


def test_picture_has_a_bar_for_every_contender(results):
    figure = figures.training_speed(results["training_speed"])
    for axes in figure.axes:
        labels = [label.get_text() for label in axes.get_yticklabels()]
        assert labels == [
            "matrix products alone  [SkylakeX]",
            "this project  [SkylakeX]",
            "matrix products alone  [Haswell]",
            "this project  [Haswell]",
            "PyTorch",
        ]
        assert [bar.get_width() for bar in axes.patches] == [0.25, 0.5, 0.5, 0.75, 1.5]
    figures.plt.close(figure)


def test_every_peer_has_the_color_of_its_role():
    colors = {name: figures.peer_color(name) for name in PEERS}
    assert colors["shared"] == ROLES["ours"].color
    assert colors["torch_fused"] == colors["torch"] == ROLES["PyTorch"].color
    assert colors["keras_jax"] == ROLES["Keras"].color
    assert [name for name, color in colors.items() if color == FAINT] == ["floor"]


# The command


def test_unknown_part_is_refused(capsys):
    with pytest.raises(SystemExit):
        command.parse(["no_such_part"])
    assert "no_such_part" in capsys.readouterr().err


def test_without_a_part_all_are_run():
    assert command.parse([]).parts == list(command.PARTS)


def test_command_keeps_the_numbers_and_fails_if_the_guard_does(tmp_path, monkeypatch, capsys):
    broken = {"machine": MACHINE, "ratio": 3.0, "limit": 2.0, "passed": False, "blas": {}}
    monkeypatch.setitem(command.PARTS, "guard", lambda quick: broken)
    monkeypatch.setattr(command, "HERE", tmp_path / "benchmarks")
    assert command.main(["guard", "--quick"]) == 1
    kept = tmp_path / "_build" / "benchmarks"
    assert json.loads((kept / "guard.json").read_text())["ratio"] == 3.0
    assert "**broken**" in (kept / "README.md").read_text()


def test_every_implementation_is_described():
    for peer in PEERS.values():
        if not peer.missing():
            path = importlib.util.find_spec(f"benchmarks.implementations.{peer.module}").origin
            with open(path, encoding="utf-8") as file:
                assert file.read().startswith('"""')
