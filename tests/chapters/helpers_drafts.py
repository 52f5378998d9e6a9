"""The functions that chapters draft before they write the final form."""

import ast

import numpy as np

from tools import notebooks


def drafts(chapter, name):
    """Return all functions of that name in the chapter, top to bottom, without the final form."""
    found = []
    for cell in notebooks.read(notebooks.ROOT / f"chapters/{chapter}.ipynb").cells:
        if cell.cell_type != "code" or "shared" in cell.metadata.get("tags", ()):
            continue
        for node in ast.parse(cell.source).body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                scope = {"np": np}
                exec(ast.unparse(node), scope)
                found.append(scope[name])
    return found
