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
LAYERS = {"parameter", "layers", "activations", "preprocessing", "losses"}

# What each module may import of the package. A package inside it counts as one: its modules may
# import each other. A module that isn't here has no floor yet.
MAY_KNOW = {
    "__init__": set(),
    "arguments": set(),
    **{module: {"arguments"} for module in GROUND},
    **{module: {"arguments"} | GROUND | LAYERS for module in LAYERS},
    "optimizers": {"arguments", "parameter"},
    "gradcheck": set(),
    "callbacks": {"arguments"},
    "archives": set(),
    "descriptions": GROUND | LAYERS | {"optimizers", "checks"},
    "serialization": {"archives", "descriptions"},
    "checks": GROUND | LAYERS | {"optimizers", "callbacks"},
    "fitting": GROUND | {"arguments", "callbacks", "checks"},
    "model": GROUND | LAYERS | {"arguments", "optimizers", "callbacks", "serialization"}
    | {"checks", "fitting"},
    "plots": set(),
}
# Who may import what from outside; everybody may use NumPy and the standard library.
OUTSIDE = {
    "callbacks": {"tqdm"},
    "datasets": {"filelock", "kagglehub", "requests"},
    "plots": {"matplotlib", "IPython", "ipywidgets"},
}
EXEMPT = {"exercises"}  # the checks behind the exercises may look at everything
LONGEST_FILE = 500
LONGEST_CHECKS = 850  # of a chapter's exercises: a message for each likely slip takes lines


def dotted(path):
    """Return the name of a module below ``shared``; a package has the name of its folder."""
    parts = path.relative_to(SHARED).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def floor(module):
    """Return the part of the package that a module belongs to, by which its rules are found."""
    return module.partition(".")[0]


PATHS = {dotted(path): path for path in sorted(SHARED.rglob("*.py"))}
MODULES = [module for module in PATHS if floor(module) not in EXEMPT]


def imports(module):
    """Return the modules of the package and those from outside that one imports anywhere."""
    own, foreign = set(), set()
    folder = ("shared", *PATHS[module].parent.relative_to(SHARED).parts)
    for node in ast.walk(ast.parse(PATHS[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            targets = [tuple(alias.name.split(".")) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):  # from .layers import Layer, from . import layers
            start = folder[: len(folder) + 1 - node.level] if node.level else ()
            source = (*start, *(node.module or "").split(".")) if node.module else start
            targets = [(*source, alias.name) for alias in node.names]
        else:
            continue
        for target in targets:
            if target[0] == "shared":
                # The longest part that is a module; what follows is a name in it.
                ends = (".".join(target[1:end]) for end in range(len(target), 1, -1))
                own.add(next((name for name in ends if name in PATHS), "__init__"))
            else:
                foreign.add(target[0])
    return own, foreign


def test_every_module_has_its_floor():
    assert {floor(module) for module in MODULES} == set(MAY_KNOW)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_knows_only_what_it_stands_on(module):
    own, _ = imports(module)
    assert {floor(other) for other in own} <= MAY_KNOW[floor(module)] | {floor(module)}


def test_no_circles():
    graph = {module: imports(module)[0] for module in MODULES}
    assert graph["plots.curves"] == {"plots.style", "plots._pieces"}  # the edges have been found
    assert sum(map(len, graph.values())) > 20
    while graph:
        free = [module for module, known in graph.items() if not known & graph.keys()]
        assert free, f"these modules import each other in a circle: {sorted(graph)}"
        for module in free:
            del graph[module]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_from_outside_but_numpy(module):
    _, foreign = imports(module)
    assert foreign <= sys.stdlib_module_names | {"numpy"} | OUTSIDE.get(floor(module), set())


def test_no_file_is_long():
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in PATHS.items()}
    limits = {name: LONGEST_CHECKS if floor(name) in EXEMPT else LONGEST_FILE for name in lengths}
    assert [name for name in lengths if lengths[name] > limits[name]] == []


@pytest.mark.parametrize("module", [m for m in MODULES if PATHS[m].name != "__init__.py"])
def test_no_module_only_passes_names_on(module):
    tree = ast.parse(PATHS[module].read_text("utf-8"))
    assert any(isinstance(node, (ast.ClassDef, ast.FunctionDef)) for node in tree.body)


def test_importing_the_package_loads_nothing_heavy():
    core = [module for module in MODULES if floor(module) not in {"plots", "__init__"}]
    code = (
        f"import sys, {', '.join(f'shared.{module}' for module in core)}\n"
        "heavy = ['matplotlib', 'kagglehub', 'filelock', 'requests', 'tqdm', 'torch', 'keras',\n"
        "         'IPython', 'ipywidgets']\n"
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
        for node in ast.walk(ast.parse(PATHS[module].read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "np.random":
                uses.append((module, node.attr))
    drawing = {use for use in uses if use[1] not in {"Generator", "PCG64", "PCG64DXSM"}}
    assert drawing <= {("fitting", "default_rng"), ("gradcheck", "default_rng")}
