"""Compare the definitions that chapters write with those of the package.

Every public class and function of the teaching modules stands, in its final form, in one chapter:
in a code cell with the tag ``shared`` that begins with the module's name, ``# shared/losses.py``.
Cell and module are compared as syntax trees, so that comments and docstrings may differ.
"""

import ast
import re

from tools import notebooks

# Plumbing, which no chapter writes.
EXEMPT_MODULES = {"__init__", "datasets", "exercises", "plots", "serialization"}
EXEMPT_NAMES = {"callbacks.ProgressBar"}


def statements(source):
    """Return the definitions of a piece of code, by name, each as its syntax tree in text.

    Raises
    ------
    ValueError
        If there is anything besides classes, functions, constants and imports.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    found = {}
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            found[node.name] = ast.dump(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = ast.dump(node)
        elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
            raise ValueError(f"line {node.lineno} is no definition")
    return found


def public_names(root=notebooks.ROOT):
    """Return ``module.name`` of every public class and function of the teaching modules."""
    names = []
    for path in sorted((root / "shared").glob("*.py")):
        if path.stem in EXEMPT_MODULES:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
                names.append(f"{path.stem}.{node.name}")
    return [name for name in names if name not in EXEMPT_NAMES]


def compare(document):
    """Yield how the tagged cells of a chapter differ from the package, and from its list."""
    written = []
    for number, cell in enumerate(document.notebook.cells, 1):
        if "shared" not in cell.metadata.get("tags", ()):
            continue
        first = cell.source.split("\n")[0]
        module = re.fullmatch(r"# shared/(\w+)\.py", first)
        if not module or not (document.root / "shared" / f"{module[1]}.py").exists():
            yield f"cell {number} is tagged shared and begins {first!r}, not with its module's name"
            continue
        module = module[1]
        try:
            defined = statements(cell.source)
        except (SyntaxError, ValueError) as error:
            yield f"cell {number} is tagged shared: {error}"
            continue
        package = statements(
            (document.root / "shared" / f"{module}.py").read_text(encoding="utf-8")
        )
        for name, tree in defined.items():
            if name not in package:
                yield f"cell {number} defines {name}, which shared/{module}.py lacks"
            elif tree != package[name]:
                yield f"cell {number} defines {name} in another way than shared/{module}.py"
            if not name.startswith("_") and not tree.startswith("Assign("):
                written.append(f"{module}.{name}")
    for name in sorted(set(written)):
        if written.count(name) > 1:
            yield f"{name} is tagged more than once"
    for name in sorted(set(written) - set(document.chapter.shared)):
        yield f"{name} is tagged here, but the list of chapters doesn't say so"
    for name in sorted(set(document.chapter.shared) - set(written)):
        yield f"{name} should stand here in a tagged cell"
