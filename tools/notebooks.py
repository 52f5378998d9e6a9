"""Reading, normalizing, and writing notebooks, and the surroundings their kernels get.

A notebook is stored in one normal form, so that two runs of the same cells give the same file and
a comparison of two versions shows what changed and nothing else.
"""

import copy
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path

import nbformat

from tools import tolerance

ROOT = Path(__file__).resolve().parent.parent

# The same for whoever runs a notebook, in tests or to store its outputs. One thread, since several
# kernels run side by side; no progress bars, which would differ from run to run.
KERNEL_ENVIRONMENT = {
    "MKL_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "TQDM_DISABLE": "1",
}

# What JupyterLab writes about Python as soon as it has opened a file, except for the version.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}

# An author writes one tag; this is what shows or hides a part of the cell on each platform. Nothing
# else about showing and hiding is stored.
# - JupyterLab reads `jupyter`. It keeps `collapsed`, the older name for hidden outputs, in step.
# - Colab reads `collapsed` for outputs and `cellView` for sources.
# - MyST-NB, which makes the web edition, reads the tags hide-output and hide-input.
TAGS_SHOWN_AS = {
    # The answer to a "Predict": its output is collapsed until the reader opens it or runs the cell.
    "answer": {
        "tags": ["hide-output"],
        "collapsed": True,
        "jupyter": {"outputs_hidden": True},
    },
    # A source that would distract: folded, one click away.
    "hide-input": {"tags": [], "cellView": "form", "jupyter": {"source_hidden": True}},
}

# What a widget shows lives in a running kernel; the text beside it stays.
LIVE_ONLY = ("application/vnd.jupyter.widget-view+json",)


def prepare_kernels():
    """Set what kernels started from this process inherit.

    Variables that are set already are kept. Matplotlib's list of fonts is made now if this machine
    has none yet, or the first chapters would print a warning about it.
    """
    for name, value in KERNEL_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    import matplotlib.font_manager  # noqa: F401


def notebook_paths(root=ROOT):
    """Return the notebooks of the series, chapters first, then their solutions."""
    chapters = root / "chapters"
    return sorted(chapters.glob("*.ipynb")) + sorted(chapters.glob("solutions/*.ipynb"))


def read(path):
    """Read a notebook; cells without a usable id get one.

    nbformat would invent random ids. Here they follow from the cell's place and content, so that
    the same file always gets the same ones.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    if notebook.get("nbformat") != 4:
        raise ValueError(
            f"{path.name} is not a notebook of format 4. Received: {notebook.get('nbformat')!r}"
        )
    give_ids(notebook["cells"])
    notebook["nbformat_minor"] = 5
    return nbformat.reads(json.dumps(notebook), as_version=4)


def give_ids(cells):
    """Keep each cell's id if it is well formed and not taken, else derive one."""
    taken = set()
    for place, cell in enumerate(cells):
        name = cell.get("id")
        attempt = 0
        while not (isinstance(name, str) and re.fullmatch(r"[\w-]{1,64}", name, re.ASCII)) or (
            name in taken
        ):
            content = f"{attempt} {place} {cell['cell_type']} {''.join(cell['source'])}"
            name = hashlib.sha256(content.encode()).hexdigest()[:8]
            attempt += 1
        cell["id"] = name
        taken.add(name)


def normalize(notebook):
    """Return the notebook in its normal form; the one handed in stays as it is.

    - The kernel is ``python3``, and nothing is said of its version.
    - Empty cells go. Of a cell's metadata its tags stay, and its tolerance if it is code; an
      output's go. What the tags in TAGS_SHOWN_AS stand for is written out for each platform.
    - Execution counts are 1 to n.
    - Pieces of printed text that follow each other are one.
    """
    cells = []
    count = 0
    for cell in notebook.cells:
        source = cell.source.replace("\r\n", "\n").rstrip()
        if not source:
            continue
        normal = {
            "cell_type": cell.cell_type,
            "id": cell.id,
            "source": source,
            "metadata": _normal_metadata(cell),
        }
        if cell.get("attachments"):
            normal["attachments"] = cell.attachments
        if cell.cell_type == "code":
            count += 1
            normal["execution_count"] = count
            normal["outputs"] = _normal_outputs(cell.outputs, count)
        cells.append(normal)
    return nbformat.from_dict(
        {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    )


def _normal_metadata(cell):
    """Return a cell's tags and tolerance, and what its tags stand for."""
    derived = {tag for shown in TAGS_SHOWN_AS.values() for tag in shown["tags"]}
    tags = [tag for tag in cell.metadata.get("tags", ()) if tag not in derived]
    metadata = {}
    if cell.cell_type == "code":
        if "tolerance" in cell.metadata:
            metadata["tolerance"] = cell.metadata["tolerance"]
        for tag, shown in TAGS_SHOWN_AS.items():
            if tag in tags:
                shown = copy.deepcopy(shown)
                tags += shown.pop("tags")
                metadata.setdefault("jupyter", {}).update(shown.pop("jupyter"))
                metadata.update(shown)
    if tags:
        metadata["tags"] = tags
    return metadata


def _normal_outputs(outputs, count):
    normal = []
    for output in outputs:
        output = dict(output)
        if output["output_type"] == "stream":
            if normal and normal[-1].get("name") == output["name"]:
                normal[-1]["text"] += output["text"]
                continue
        elif output["output_type"] in ("display_data", "execute_result"):
            output["metadata"] = {}
            output["data"] = {
                kind: value for kind, value in output["data"].items() if kind not in LIVE_ONLY
            }
            if not output["data"]:
                continue
        if output["output_type"] == "execute_result":
            output["execution_count"] = count
        normal.append(output)
    return normal


def keep_language(model, **_):
    """Store what METADATA says about Python when JupyterLab saves a notebook.

    JupyterLab writes the version of the running Python into every notebook that it opens. As its
    hook before saving, this keeps a chapter that was only read as it was.
    """
    if model["type"] == "notebook":
        language = model["content"]["metadata"].get("language_info", {})
        if language.get("name") == "python":
            language.pop("version", None)


def to_text(notebook):
    """Return what stands in the file of a notebook."""
    return nbformat.writes(notebook, version=nbformat.NO_CONVERT).rstrip("\n") + "\n"


def write(path, notebook):
    """Write a notebook, whole or not at all."""
    write_text(path, to_text(notebook))


def write_text(path, text):
    """Write a text file, whole or not at all, with the same line ends on every system."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".", delete=False
    ) as file:
        try:
            file.write(text)
            file.close()
            os.chmod(file.name, path.stat().st_mode if path.exists() else 0o644)
            os.replace(file.name, path)
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise


def faults(path):
    """Say in which respects the notebook in a file is not in its normal form."""
    stored = path.read_bytes().decode("utf-8")
    found = json.loads(stored)
    notebook = read(path)
    normal = json.loads(to_text(normalize(notebook)))
    messages = []
    if found["metadata"] != normal["metadata"]:
        messages.append("its metadata are not the fixed ones")
    if (found["nbformat"], found["nbformat_minor"]) != (4, 5):
        messages.append("its format is not 4.5")
    kept = iter(normal["cells"])
    for number, (cell, loaded) in enumerate(zip(found["cells"], notebook.cells, strict=True), 1):
        if not loaded.source.strip():
            messages.append(f"cell {number} is empty")
            continue
        expected = next(kept)
        try:
            tolerance.read_tolerance(expected["metadata"])
        except ValueError as error:
            messages.append(f"cell {number} ({expected['id']}): {error}")
        messages += [
            f"cell {number} ({expected['id']}): {part}"
            for key, part in (
                ("id", "its id is missing, malformed or taken"),
                ("metadata", "it has metadata besides tags, a tolerance, and what tags stand for"),
                ("source", "its source ends in blank space or has foreign line ends"),
                ("attachments", "its attachments are empty"),
                ("execution_count", f"its count should be {expected.get('execution_count')}"),
                ("outputs", "its outputs have metadata, widget state or split text"),
            )
            if _joined(cell.get(key)) != _joined(expected.get(key))
        ]
    if not messages and stored != to_text(normalize(notebook)):
        messages.append("its JSON is laid out in another way")
    return messages


def _joined(value):
    """Text may be stored in one piece or as a list of lines: compare it in one piece."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "".join(value)
    if isinstance(value, list):
        return [_joined(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key == "tags" else _joined(item) for key, item in value.items()}
    return value
