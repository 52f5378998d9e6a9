"""Write what the notebooks and the README say of each other.

``python -m tools.write_navigation`` writes the badge, the links, and the reading time in each title
cell, the setup cell, and the README's table of chapters. The same with ``--check`` changes nothing
and names what is out of date. With ``--repository URL`` the project's address is changed first, in
every file.
"""

import argparse
import re
import subprocess
import sys

import nbformat

from tools import notebooks, reading_time
from tools.chapters import CHAPTERS

BEGIN = "<!-- written by tools/write_navigation.py -->"
END = "<!-- end -->"
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
SETUP_CELL = notebooks.ROOT / "tools" / "setup_cell.py"
BINARY = {".gz", ".npz", ".png"}


def repository(root=notebooks.ROOT):
    """Return the project's address, as pyproject.toml states it."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(r'^Repository = "(.+)"$', text, re.MULTILINE).group(1)


def badge(file, address):
    """Return the button that opens a file of the repository in Colab."""
    place = address.removeprefix("https://github.com/")
    link = f"https://colab.research.google.com/github/{place}/blob/main/{file}"
    return f"[![Open in Colab]({BADGE})]({link})"


def chapter_block(chapter, notebook, address, chapters=CHAPTERS):
    """Return the lines below a chapter's title: badge, notation, neighbors, how long it takes."""
    written = [other for other in chapters if other.written]
    place = written.index(chapter)
    links = []
    if place > 0:
        before = written[place - 1]
        links.append(f"[← {before.heading}]({before.name}.ipynb)")
    links.append("[All chapters](../README.md#chapters)")
    if place + 1 < len(written):
        after = written[place + 1]
        links.append(f"[{after.heading} →]({after.name}.ipynb)")
    body, exercises = reading_time.measure(notebook)
    button = badge(f"chapters/{chapter.name}.ipynb", address)
    return _block(
        f"{button} · [Notation](NOTATION.md)",
        f"{' · '.join(links)} · {body.shown} minutes + {exercises.shown} for the exercises",
    )


def solutions_block(chapter, address):
    """Return the lines below the title of a chapter's solutions."""
    return _block(
        badge(f"chapters/solutions/{chapter.name}.ipynb", address),
        f"[← Back to {chapter.heading}](../{chapter.name}.ipynb)",
    )


def table(address, root=notebooks.ROOT, chapters=CHAPTERS):
    """Return the README's table of chapters."""
    rows = ["| Chapter | What you build | Time | |", "|---|---|---|---|"]
    for chapter in chapters:
        name, time, button = chapter.heading, "", "to come"
        if chapter.written:
            file = f"chapters/{chapter.name}.ipynb"
            name, button = f"[{name}]({file})", badge(file, address)
            body, exercises = reading_time.measure(notebooks.read(root / file))
            time = f"{body.shown} min + {exercises.shown}"
        rows.append(f"| {name} | {chapter.sentence} | {time} | {button} |")
    return _block("\n".join(rows))


def _block(*paragraphs):
    return "\n\n".join((BEGIN, *paragraphs, END))


def replace_block(text, block):
    """Put a block in the place of the one that is there, or below the first line."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if pattern.search(text):
        return pattern.sub(lambda _: block, text, count=1)
    title, _, rest = text.partition("\n")
    return "\n\n".join(part for part in (title, block, rest.strip()) if part)


def set_up(notebook):
    """Write the setup cell, or put one before the first code cell."""
    source = SETUP_CELL.read_text(encoding="utf-8").rstrip()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in code:
        if "setup" in cell.metadata.get("tags", ()):
            cell.source = source
            return
    place = notebook.cells.index(code[0]) if code else len(notebook.cells)
    cell = nbformat.v4.new_code_cell(source, id="setup", metadata={"tags": ["setup"]})
    notebook.cells.insert(place, cell)


def updates(root=notebooks.ROOT, chapters=CHAPTERS):
    """Return what the files that are out of date should hold, by path."""
    address = repository(root)
    changed = {}
    for chapter in chapters:
        for folder in ("chapters", "chapters/solutions"):
            path = root / folder / f"{chapter.name}.ipynb"
            if not (chapter.written and path.exists()):
                continue
            notebook = notebooks.read(path)
            before = notebooks.to_text(notebook)
            if folder == "chapters":
                block = chapter_block(chapter, notebook, address, chapters)
            else:
                block = solutions_block(chapter, address)
            notebook.cells[0].source = replace_block(notebook.cells[0].source, block)
            set_up(notebook)
            after = notebooks.to_text(notebook)
            if after != before:
                changed[path] = after
    readme = root / "README.md"
    before = readme.read_text(encoding="utf-8")
    after = replace_block(before, table(address, root, chapters))
    if after != before:
        changed[readme] = after
    return changed


def change_address(new, root=notebooks.ROOT):
    """Replace the project's address by another in every text file of the project."""
    new = new.rstrip("/").removesuffix(".git")
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", new):
        raise ValueError(
            f"the address has the form https://github.com/owner/name. Received: {new!r}"
        )
    old = repository(root).removeprefix("https://github.com/")
    new = new.removeprefix("https://github.com/")
    pattern = re.compile(rf"(github\.com/|/github/){re.escape(old)}(?![\w-])")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = root / name
        if path.suffix in BINARY or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        changed = pattern.sub(rf"\g<1>{new}", text)
        if changed != text:
            notebooks.write_text(path, changed)


def main(arguments=None):
    """Write or check, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="only name what is out of date")
    parser.add_argument("--repository", metavar="URL", help="the project's new address")
    options = parser.parse_args(arguments)
    if options.repository:
        try:
            change_address(options.repository)
        except ValueError as error:
            print(f"Nothing was changed: {error}", file=sys.stderr)
            return 2
    changed = updates()
    for path, text in changed.items():
        name = path.relative_to(notebooks.ROOT)
        if options.check:
            print(f"{name}: links, badge, reading time, or setup cell out of date")
        else:
            notebooks.write_text(path, text)
            print(f"{name} written")
    if options.check and changed:
        print("To fix this: python -m tools.write_navigation")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
