"""Break the package in one place at a time and see whether a test notices.

``python -m tools.mutants`` makes every mutant of the modules below (mutmut decides how: another
operator, another number, an argument less, a call left out), runs the unit tests against each, and
writes tests/results/mutants.md. A mutant that no test kills must be listed in
tools/surviving_mutants.json with the reason why none does; an entry whose mutant is killed by now,
or no longer exists, must go. Only for systems with ``fork``; it needs the extra "mutants".

``--sample 50 --seed 3`` tries some, ``--modules shared/layers.py`` those of some modules.
"""

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass

from tools import campaign

ROOT = campaign.ROOT
LISTED = ROOT / "tools" / "surviving_mutants.json"
REQUIRED = 0.95  # the share of mutants that must be killed, listed or not
PATIENCE = 30  # seconds a test run may take longer than five times what it takes by itself
MEMORY = 3 * 2**30  # bytes a test run may take; a mutant may allocate without end

# The modules that the chapters build, each with the tests that know it best first.
PACKAGE = "tests/package/test_{}.py"
TESTS = {
    "shared/activations.py": ["activations", "dtypes", "losses", "layers", "arguments"],
    "shared/arguments.py": ["arguments", "layers", "optimizers", "schedules"],
    "shared/callbacks.py": ["callbacks", "arguments", "checks", "progress_bar", "model_stops"],
    "shared/checks.py": ["checks", "own_layers", "model", "model_workspace", "serialization"],
    "shared/fitting.py": [
        *("model_stops", "model_fit", "model_workspace", "model", "checks", "own_layers"),
        *("progress_bar", "callbacks"),
    ],
    "shared/gradcheck.py": ["gradcheck", "own_layers", "layers", "losses"],
    "shared/initializers.py": ["initializers", "layers"],
    "shared/layers.py": ["layers", "own_layers", "dtypes", "arguments", "model", "serialization"],
    "shared/losses.py": ["losses", "arguments", "dtypes", "checks", "properties"],
    "shared/metrics.py": ["metrics", "model_fit"],
    "shared/model.py": [
        *("model", "model_fit", "model_stops", "model_workspace", "checks", "dtypes"),
        *("callbacks", "progress_bar", "own_layers", "serialization"),
    ],
    "shared/optimizers.py": ["optimizers", "arguments", "dtypes", "model", "serialization"],
    "shared/parameter.py": ["layers", "own_layers"],
    "shared/preprocessing.py": ["preprocessing", "arguments", "layers", "model"],
    "shared/regularizers.py": ["regularizers", "arguments", "layers", "dtypes"],
    "shared/schedules.py": ["schedules", "arguments", "optimizers"],
}
# The others, with what keeps an eye on them instead.
LEFT_OUT = {
    "shared/__init__.py": "there is nothing in it",
    "shared/archives.py": "make fuzz and make kill: files damaged by the thousand",
    "shared/descriptions.py": "make fuzz: files damaged by the thousand",
    "shared/serialization.py": "make fuzz and make kill: files damaged by the thousand",
}
# What is imported once, before a process is made for each mutant. Nothing of the package.
FIRST = (
    *("numpy", "numpy.testing", "pytest", "hypothesis", "hypothesis.extra.numpy"),
    *("_hypothesis_pytestplugin", "tqdm.auto", "filelock", "sqlite3", "zipfile", "unittest.mock"),
)


@dataclass(frozen=True)
class Mutant:
    """One change to one module.

    Attributes
    ----------
    module : str
        The path of the module, from the project's root.
    name : str
        The function it is in, the lines before and after: the same as long as these are.
    source : str
        The whole module with the change.
    """

    module: str
    name: str
    source: str


# --- Making them --------------------------------------------------------------------------------


def mutants(module, root=ROOT):
    """Return the mutants of a module, in the order of its lines."""
    # Only this needs the extra "mutants".
    import libcst
    from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
    from mutmut.mutation.mutators import mutation_operators, operator_string
    from mutmut.mutation.pragma_handling import IgnoredCode

    def other_string(node):
        # One change of a text is enough; mutmut's others are the same text in capitals.
        yield from list(operator_string(node))[:1]

    def left_out(node):
        if isinstance(node.value, libcst.Call):
            yield libcst.Pass()

    class Visitor(MutationVisitor):
        def _skip_node_and_children(self, node):
            # What an error says is a matter of words. Its tests compare some of them.
            return isinstance(node, libcst.Raise) or super()._skip_node_and_children(node)

    operators = [
        (kind, other_string if operator is operator_string else operator)
        for kind, operator in mutation_operators
    ]
    operators.append((libcst.Expr, left_out))
    code = (root / module).read_text(encoding="utf-8")
    tree = libcst.MetadataWrapper(libcst.parse_module(code))
    visitor = Visitor(operators, IgnoredCode(set(), set(), set()))
    changed = tree.visit(visitor)
    # Only the class or function around a change is gone through for it: a module takes long.
    texts = [changed.code_for_node(statement) for statement in changed.body]
    head, foot = code.split("".join(texts))
    around = {id(node): n for n, statement in enumerate(changed.body) for node in _all(statement)}
    scopes = _scopes(code)
    found, seen = [], Counter()
    for mutation in visitor.mutations:
        n = around[id(mutation.original_node)]
        other = deep_replace(changed.body[n], mutation.original_node, mutation.mutated_node)
        middle = [*texts[:n], changed.code_for_node(other), *texts[n + 1 :]]
        source = head + "".join(middle) + foot
        line, name = _difference(code, source)
        if line is None:
            continue
        name = f"{scopes.get(line, 'module')}: {name}"
        seen[name] += 1
        if seen[name] > 1:
            name += f" ({seen[name]})"
        found.append((line, Mutant(module, name, source)))
    return [mutant for _, mutant in sorted(found, key=lambda pair: pair[0])]


def _all(node):
    """Yield a node and all nodes inside it."""
    yield node
    for child in node.children:
        yield from _all(child)


def _scopes(code):
    """Return the name of the function or class that each line is in."""
    scopes = {}

    def visit(node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                name = f"{prefix}{child.name}"
                scopes.update(dict.fromkeys(range(child.lineno, child.end_lineno + 1), name))
                visit(child, f"{name}.")

    visit(ast.parse(code), "")
    return scopes


def _difference(before, after):
    """Return the first line that differs, and both versions of what differs."""
    old, new = before.splitlines(), after.splitlines()
    pairs = list(zip(old, new, strict=False))
    start = next((n for n, (a, b) in enumerate(pairs) if a != b), None)
    if start is None:
        return None, ""
    rest = zip(reversed(old[start:]), reversed(new[start:]), strict=False)
    same = next((n for n, (a, b) in enumerate(rest) if a != b), len(old) - start)
    texts = old[start : len(old) - same], new[start : len(new) - same]
    return start + 1, " → ".join(" ".join(" ".join(lines).split()) for lines in texts)


# --- Trying them --------------------------------------------------------------------------------


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module from another text than that of its file."""

    def __init__(self, name, path, source):
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname):
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds one module, in its mutated form."""

    def __init__(self, mutant, root):
        self._path = str(root / mutant.module)
        self._name = mutant.module.removesuffix(".py").replace("/", ".")
        self._source = mutant.source

    def find_spec(self, fullname, path=None, target=None):
        if fullname == self._name:
            loader = _Loader(fullname, self._path, self._source)
            return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)
        return None


def start(mutant, tests, root):
    """Fork a process that runs the tests against a mutant, or against the package as it is.

    Parameters
    ----------
    mutant : Mutant or None
        Nothing of the package may have been imported yet.
    tests : list of str
        Files, from the root.
    root : pathlib.Path
        The project.

    Returns
    -------
    int
        The process, whose exit code is pytest's.
    """
    process = os.fork()
    if process:
        return process
    status = 99
    with contextlib.suppress(BaseException):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.chdir(root)
        sys.path.insert(0, str(root))
        if mutant is not None:
            sys.meta_path.insert(0, _Finder(mutant, root))
        status = _run(tests)
    os._exit(status)


def _run(tests):
    """Run one file after the other until a test fails, and return pytest's exit code."""
    import hypothesis
    import pytest

    # The same cases each time, no time limit for each, and no search for a simpler failing case.
    hypothesis.settings.register_profile(
        "mutants",
        database=None,
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    # Nothing that takes time: no other plugin, no conftest.py (it is about notebooks), and no words
    # about a failed assertion.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    options = ["-x", "-q", "-o", "addopts=", "--noconftest", "--assert=plain"]
    options += ["-p", "no:cacheprovider", "-p", "no:unraisableexception"]
    options += ["-p", "_hypothesis_pytestplugin", "--hypothesis-profile=mutants"]
    statuses = (int(pytest.main([*options, file])) for file in tests)
    return next((status for status in statuses if status != 0), 0)


def try_all(cases, tests, root=ROOT, jobs=2, say=lambda text: None):
    """Run the tests against every mutant.

    Parameters
    ----------
    cases : list of Mutant
        What to try.
    tests : dict
        The test files by module.
    root : pathlib.Path, optional
        The project.
    jobs : int, optional
        How many processes run at a time.
    say : callable, optional
        Told about the progress.

    Returns
    -------
    dict
        By mutant whether it was "killed", "stopped" (it ran too long, which counts as killed), or
        "survived".

    Raises
    ------
    RuntimeError
        If the tests fail without any mutant.
    """
    for name in FIRST:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    limits = {}
    for module in sorted({case.module for case in cases}):
        began = time.monotonic()
        _, status = os.waitpid(start(None, tests[module], root), 0)
        if status != 0:
            raise RuntimeError(f"The tests of {module} fail without a mutant: {tests[module]}.")
        limits[module] = PATIENCE + 5 * (time.monotonic() - began)
    outcomes, running, waiting = {}, {}, list(reversed(cases))
    while running or waiting:
        while waiting and len(running) < jobs:
            case = waiting.pop()
            process = start(case, tests[case.module], root)
            running[process] = case, time.monotonic() + limits[case.module]
        time.sleep(0.005)
        for process, (case, deadline) in list(running.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                # 1: a test failed; 2 to 5, or a crash: the tests couldn't even be read or run.
                outcomes[case] = "survived" if status == 0 else "killed"
            elif time.monotonic() > deadline:
                os.killpg(process, signal.SIGKILL)
                os.waitpid(process, 0)
                outcomes[case] = "stopped"
            else:
                continue
            del running[process]
            say(f"{len(outcomes)}/{len(cases)} {outcomes[case]:8} {case.module}: {case.name}")
    return outcomes


# --- Judging them -------------------------------------------------------------------------------


def judge(outcomes, listed, complete):
    """Return what is wrong, in sentences.

    Parameters
    ----------
    outcomes : dict
        What `try_all` returned.
    listed : dict
        The survivors to expect: by module, the reason by name.
    complete : bool
        Whether all mutants of all modules were tried. Only then can an entry be out of date
        because its mutant doesn't exist.
    """
    complaints = []
    for case, outcome in outcomes.items():
        known = case.name in listed.get(case.module, {})
        if outcome == "survived" and not known:
            complaints.append(f"{case.module}: no test notices {case.name}")
        if outcome != "survived" and known:
            complaints.append(f"{case.module}: listed, but {outcome}: {case.name}")
    if complete:
        tried = {(case.module, case.name) for case in outcomes}
        complaints += [
            f"{module}: listed, but there is no such mutant: {name}"
            for module, names in listed.items()
            for name in names
            if (module, name) not in tried
        ]
    killed = sum(outcome != "survived" for outcome in outcomes.values())
    if complete and killed < REQUIRED * len(outcomes):
        complaints.append(
            f"{killed} of {len(outcomes)} mutants are killed, less than {100 * REQUIRED:g} %."
        )
    return complaints


def read_listed(path=LISTED):
    """Return the survivors that are expected, and check that each has a reason."""
    listed = json.loads(path.read_text(encoding="utf-8"))
    for module, reasons in listed.items():
        for name, reason in reasons.items():
            if not isinstance(reason, str) or len(reason) < 10:
                raise ValueError(f"{path.name}: a reason is missing for {module}: {name}")
    return listed


def rows(outcomes):
    """Return the table of the results, one row a module."""
    counts = Counter((case.module, outcome) for case, outcome in outcomes.items())
    found = []
    for module in sorted({module for module, _ in counts}):
        killed = counts[module, "killed"] + counts[module, "stopped"]
        survived = counts[module, "survived"]
        found.append(
            {
                "module": module,
                "mutants": killed + survived,
                "killed": killed,
                "of these by time": counts[module, "stopped"],
                "survived": survived,
                "killed in %": round(100 * killed / (killed + survived), 1),
            }
        )
    return found


def main(arguments=None):
    """Make mutants, try them, write the results and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--modules", nargs="+", default=sorted(TESTS), metavar="FILE")
    parser.add_argument("--sample", type=int, metavar="N", help="only so many mutants")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    options = parser.parse_args(arguments)
    if importlib.util.find_spec("mutmut") is None:
        print('Install mutmut first: .venv/bin/python -m pip install -e ".[mutants]"')
        return 2
    began = time.monotonic()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    cases = [mutant for module in options.modules for mutant in mutants(module)]
    if options.sample:
        cases = random.Random(options.seed).sample(cases, min(options.sample, len(cases)))
    complete = not options.sample and set(options.modules) == set(TESTS)
    tests = {module: [PACKAGE.format(name) for name in names] for module, names in TESTS.items()}
    outcomes = try_all(cases, tests, jobs=options.jobs, say=lambda text: print(text, flush=True))
    if complete:
        campaign.write(
            "mutants",
            "Mutants of the package",
            "Each mutant is one small change to a module: another operator, another number, an "
            "argument less, a call left out. It is killed when a unit test fails. Those that "
            "survive are listed with reasons in tools/surviving_mutants.json.",
            rows(outcomes),
            settings={"jobs": options.jobs},
            seconds=time.monotonic() - began,
            packages=("numpy", "mutmut"),
        )
    print(campaign.table(rows(outcomes)))
    complaints = judge(outcomes, read_listed(), complete)
    print(*complaints, sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
