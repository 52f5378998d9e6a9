"""Compare what chapters define with the package, method by method.

A code cell with the tag ``shared`` begins with a module's name, ``# shared/layers.py``, and holds
definitions in their final form. Each one matches the module's: the two are compared as syntax
trees, so comments and docstrings may differ. Taken together, the chapters define every public
function of the teaching modules, every public class, and every public method, exactly once.
Private ones may be left out, or repeated.

A class may come in pieces, in one chapter or in several. The first piece has the class's own bases
and all its class-level statements. A later piece adds methods to it and names it as its base::

    class Dense(Layer):
        def forward(self, x): ...

    class Dense(Dense):  # continued
        def backward(self, grad): ...
"""

import ast
import re

from tools import notebooks

# Plumbing, which no chapter writes.
EXEMPT_MODULES = {
    "__init__",
    "archives",
    "arguments",
    "checks",
    "descriptions",
    "exercises",
    "fitting",
    "plots",
    "serialization",
}
EXEMPT_NAMES = {"callbacks.ProgressBar"}
# Of the methods that Python calls, those that readers use: the others are plumbing, too.
PUBLIC_SPECIAL = {"__init__", "__call__"}


def definitions(source):
    """Return the definitions in a piece of code as pairs of name and code, in order.

    A class is one definition (its bases, decorators, and class-level statements), and each of its
    methods is another, such as ``Dense.forward``. Docstrings, comments, and layout are gone. The
    header of a continued class has no code of its own: it is None.

    Raises
    ------
    SyntaxError
        If the code can't be parsed.
    ValueError
        If there is anything besides classes, functions, constants, and imports, or if the
        continuation of a class holds anything besides methods.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            found += _class(node, source)
        elif isinstance(node, ast.FunctionDef):
            found.append((node.name, ast.unparse(node)))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.append((node.targets[0].id, ast.unparse(node)))
        elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass)):
            raise ValueError(f"line {node.lineno} is not a definition")
    return found


def _class(node, source):
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
    rest = [item for item in node.body if not isinstance(item, (ast.FunctionDef, ast.Pass))]
    if [ast.unparse(base) for base in node.bases] == [node.name]:
        if rest or node.keywords or node.decorator_list:
            raise ValueError(
                f"class {node.name}({node.name}) may only add methods; "
                "whatever else the class has belongs in its first piece"
            )
        if not re.search(r":\s*# continued$", source.splitlines()[node.lineno - 1]):
            raise ValueError(
                f"line {node.lineno} should read 'class {node.name}({node.name}):  # continued'"
            )
        yield node.name, None
    else:
        node.body = rest or [ast.Pass()]
        yield node.name, ast.unparse(node)
    for method in methods:
        setter = [d.attr for d in method.decorator_list if isinstance(d, ast.Attribute)]
        yield ".".join([node.name, method.name, *setter]), ast.unparse(method)


def module_definitions(module, root=notebooks.ROOT):
    """Return the definitions of a module of the package, name to code."""
    return dict(definitions((root / "shared" / f"{module}.py").read_text(encoding="utf-8")))


def is_public(name):
    """Tell whether each part of a name, such as ``Dense.forward``, is public."""
    return all(part in PUBLIC_SPECIAL or not part.startswith("_") for part in name.split("."))


def public_names(root=notebooks.ROOT):
    """Return the names that the chapters have to define: ``layers.Dense.forward``."""
    names = []
    for path in sorted((root / "shared").glob("*.py")):
        if path.stem in EXEMPT_MODULES:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kinds = (ast.ClassDef, ast.FunctionDef)
        own = {node.name for node in tree.body if isinstance(node, kinds)}
        for name in module_definitions(path.stem, root):
            first = name.split(".")[0]
            if first in own and is_public(name) and f"{path.stem}.{first}" not in EXEMPT_NAMES:
                names.append(f"{path.stem}.{name}")
    return names


def tagged_cells(document):
    """Return the cells tagged ``shared`` with their numbers, counted from 1."""
    numbered = document.cells("code")
    return [(n, cell) for n, cell in numbered if "shared" in cell.metadata.get("tags", ())]


def module_of(cell, root):
    """Return the module that a tagged cell names in its first line, or None."""
    match = re.match(r"# shared/(\w+)\.py$", cell.source, re.MULTILINE)
    if match and (root / "shared" / f"{match[1]}.py").exists():
        return match[1]
    return None


def compare(document):
    """What is tagged as shared is what the package has."""
    for number, cell in tagged_cells(document):
        module = module_of(cell, document.root)
        if module is None:
            first = cell.source.split("\n")[0]
            yield (
                f"cell {number} is tagged shared. Its first line should name a module of the "
                f"package, as in '# shared/losses.py'. Received: {first!r}"
            )
            continue
        package = module_definitions(module, document.root)
        try:
            found = definitions(cell.source)
        except (SyntaxError, ValueError) as error:
            yield f"cell {number} is tagged shared: {error}"
            continue
        for name, code in found:
            if name not in package:
                yield f"cell {number} defines {name}, which shared/{module}.py doesn't have"
            elif code not in (None, package[name]):
                yield (
                    f"cell {number} defines {name} differently from shared/{module}.py. "
                    + _difference(code, package[name])
                )


def _difference(code, wanted):
    """Show the first line in which two pieces of code differ."""
    ours, theirs = code.split("\n"), wanted.split("\n")
    place = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
    if place is None:
        place = min(len(ours), len(theirs))
    here, there = ((lines + ["nothing more"] * 2)[place].strip() for lines in (ours, theirs))
    return f"Cell: {here}. Module: {there}"


def compare_series(documents, root=notebooks.ROOT):
    """Yield what the chapters together define twice, continue too early, or leave out.

    Parameters
    ----------
    documents : iterable of Document
        All chapters, in the order of the series. Cells with faults that :func:`compare` reports
        are passed over.
    """
    places = {}
    for document in documents:
        for number, cell in tagged_cells(document):
            module = module_of(cell, document.root)
            try:
                found = definitions(cell.source) if module else []
            except (SyntaxError, ValueError):
                continue
            here = f"{document.file}, cell {number}"
            for name, code in found:
                full = f"{module}.{name}"
                if code is None:
                    if full not in places:
                        yield f"{here} continues {full}, which no cell before it begins"
                elif full in places and is_public(name):
                    yield f"{here} defines {full} a second time, after {places[full]}"
                else:
                    places[full] = here
    for name in public_names(root):
        if name not in places:
            yield (
                f"{name} is in no chapter. Show it in a cell tagged shared, in the chapter that "
                "explains it"
            )
