"""How the modules of the package stand on each other, read from their source.

From the ground up: data, measures, numbers to start from; layers, activations, losses; optimizers;
then the model, which knows them all. Plots draw what they are handed.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
GROUND = {"datasets", "metrics", "initializers", "regularizers", "schedules"}
LAYERS = {"layers", "activations", "preprocessing", "losses"}

# What each module may import of the package. A module that isn't here has no floor yet.
MAY_KNOW = {
    "__init__": set(),
    **{module: set() for module in GROUND},
    **{module: GROUND | LAYERS for module in LAYERS},
    "optimizers": {"layers"},
    "gradcheck": set(),
    "callbacks": set(),
    "serialization": GROUND | LAYERS | {"optimizers"},
    "model": GROUND | LAYERS | {"optimizers", "callbacks", "serialization"},
    "plots": {"metrics"},
}
# Who may import what from outside; everybody may use NumPy and the standard library.
OUTSIDE = {"callbacks": {"tqdm"}, "plots": {"matplotlib", "IPython", "ipywidgets"}}
EXEMPT = {"exercises"}  # the checks behind the exercises may look at everything
MODULES = sorted(path.stem for path in SHARED.glob("*.py"))


def imports(path):
    """Return the modules of the package and those from outside that a file imports anywhere."""
    own, foreign = set(), set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            foreign.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            foreign.add(node.module)
        elif isinstance(node, ast.ImportFrom):  # from .layers import Layer, from . import layers
            own.update([node.module] if node.module else [alias.name for alias in node.names])
    inside = {name for name in foreign if name.partition(".")[0] == "shared"}
    own |= {name.partition(".")[2] for name in inside}
    return own, {name.partition(".")[0] for name in foreign - inside}


def test_every_module_has_its_floor():
    folders = {path.parent.name for path in SHARED.glob("*/__init__.py")}
    assert set(MODULES) | folders | {"plots"} == set(MAY_KNOW) | EXEMPT


@pytest.mark.parametrize("module", MODULES)
def test_a_module_knows_only_what_it_stands_on(module):
    own, _ = imports(SHARED / f"{module}.py")
    assert own <= MAY_KNOW[module]


def test_no_circles():
    graph = {module: imports(SHARED / f"{module}.py")[0] for module in MODULES}
    assert sum(map(len, graph.values())) > 10  # the edges have been found
    while graph:
        free = [module for module, known in graph.items() if not known & graph.keys()]
        assert free, f"these modules import each other in a circle: {sorted(graph)}"
        for module in free:
            del graph[module]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_from_outside_but_numpy(module):
    _, foreign = imports(SHARED / f"{module}.py")
    assert foreign <= sys.stdlib_module_names | {"numpy"} | OUTSIDE.get(module, set())


@pytest.mark.parametrize("module", [m for m in MODULES if m != "__init__"])
def test_no_module_only_passes_names_on(module):
    tree = ast.parse((SHARED / f"{module}.py").read_text("utf-8"))
    assert any(isinstance(node, (ast.ClassDef, ast.FunctionDef)) for node in tree.body)


def test_importing_the_package_loads_nothing_heavy():
    core = sorted(set(MODULES) - {"plots", "__init__"})
    code = (
        f"import sys, {', '.join(f'shared.{module}' for module in core)}\n"
        "heavy = ['matplotlib', 'kagglehub', 'tqdm', 'torch', 'keras', 'IPython', 'ipywidgets']\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(SHARED.parent)}
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "[]\n"


def test_randomness_is_handed_in():
    """No global random numbers; a generator is made only where `fit` was given none."""
    uses = []
    for module in MODULES:
        for node in ast.walk(ast.parse((SHARED / f"{module}.py").read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "np.random":
                uses.append((module, node.attr))
    drawing = {use for use in uses if use[1] not in {"Generator", "PCG64", "PCG64DXSM"}}
    assert drawing <= {("model", "default_rng"), ("gradcheck", "default_rng")}
