"""The small changes to a chapter's code that its stored outputs should notice.

A change replaces one digit of a number, the sign before an expression, or an operator. These are
left alone, since no output could or should tell:

- setup cells, the exercises, and cells tagged ``shared``, which a test compares with the package;
- text, comments, and what is inside f-strings;
- how a figure looks: see :func:`cosmetic`;
- how exact a check is: the limit in ``assert error < 1e-7``, and the arguments ``atol`` and
  ``rtol``. An operator in an assert can be changed.
"""

import ast
import io
import tokenize
from dataclasses import dataclass
from itertools import pairwise

from tools import markdown

OPERATORS = {
    **{"+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "*", "**": "*"},
    **{"+=": "-=", "-=": "+=", "*=": "/=", "/=": "*="},
    **{"<": ">", ">": "<", "<=": ">", ">=": "<", "==": "!=", "!=": "=="},
    **{"and": "or", "or": "and"},
}

# Names that hold figures, or parts of them, by convention. Others are found where they are made.
FIGURES = {"plt", "plots", "figure", "fig", "ax", "axes", "axis"}
SLIDERS = {"FloatSlider", "FloatLogSlider", "IntSlider"}
# Methods that draw data: what is computed in their arguments is no matter of looks.
DRAWN_DATA = {
    *("plot", "scatter", "hist", "bar", "barh", "step", "stem", "errorbar", "fill_between"),
    *("contour", "contourf", "imshow", "pcolormesh", "plot_surface", "semilogx", "semilogy"),
    *("loglog", "bars", "lines", "histograms", "learning_curves", "comparison_dots", "heatmap"),
    *("decision_regions", "neuron_plane", "plane_maps", "surface_paths", "confusion_matrix"),
    *("image_grid", "weight_images", "confidence_bars"),
}
EXACTNESS = {"atol", "rtol"}


@dataclass(frozen=True)
class Change:
    """One change: characters ``start`` to ``end`` of a cell's source become ``new``."""

    cell: int  # counted from 1, as readers see them
    start: int
    end: int
    old: str
    new: str

    def apply(self, source):
        """Return the changed source."""
        return source[: self.start] + self.new + source[self.end :]

    def describe(self, source):
        """Return the line with the change in it, old and new."""
        first = source.rfind("\n", 0, self.start) + 1
        number = source.count("\n", 0, self.start) + 1
        end = source.find("\n", self.end)
        changed = self.apply(source)
        changed_end = changed.find("\n", self.start + len(self.new))
        old = source[first : end if end >= 0 else None].strip()
        new = changed[first : changed_end if changed_end >= 0 else None].strip()
        return f"cell {self.cell}, line {number}: {old}  →  {new}"


def changes(notebook, rng):
    """Return all changes to a notebook's code; ``rng`` picks the digit of each number.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
    rng : random.Random
    """
    cells = list(changeable_cells(notebook))
    trees = {number: ast.parse(cell.source) for number, cell in cells}
    figures = figure_names(trees.values())
    drawn = drawn_only(trees.values(), figures)
    return [
        change
        for number, cell in cells
        for change in cell_changes(number, cell.source, trees[number], figures, drawn, rng)
    ]


def changeable_cells(notebook):
    """Yield the code cells of a chapter's body with their numbers."""
    in_exercises = False
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            for level, text in markdown.headings(cell.source):
                if level == 2:
                    in_exercises = text == "Exercises"
        elif not in_exercises and not {"setup", "shared"} & set(cell.metadata.get("tags", ())):
            yield number, cell


def root(node):
    """Return the name that an expression such as ``axes[0].xaxis.set(...)`` begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def figure_names(trees):
    """Return the names that hold figures: those of the convention, and what is made from them."""
    names = set(FIGURES)
    assignments = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant)
    ]
    for assignment in assignments:
        if root(assignment.value) in names:
            for target in assignment.targets:
                names |= names_in(target)
    return names - {"_"}


def is_drawing(node, figures):
    """Tell whether a node draws: ``ax.plot(...)``, ``boxes(ax, ...)``, or making a slider."""
    if not isinstance(node, ast.Call):
        return False
    on_axes = bool(node.args) and root(node.args[0]) in figures
    return on_axes or root(node.func) in figures | SLIDERS


def drawn_only(trees, figures):
    """Return the names that are used in drawing calls only."""
    in_drawings, elsewhere = set(), set()

    def visit(node, drawing):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            (in_drawings if drawing else elsewhere).add(node.id)
        for child in ast.iter_child_nodes(node):
            visit(child, drawing or is_drawing(node, figures))

    for tree in trees:
        visit(tree, drawing=False)
    return in_drawings - elsewhere


def cosmetic(node, figures, drawn):
    """Yield the parts of a node that only say how a figure looks.

    - In a drawing call: sizes, colors, positions, labels, that is, all keyword arguments; all
      arguments of methods that don't draw data, such as ``ax.text`` or ``ax.set_xlim``; and
      arguments of the others without a variable, such as ``[0, 1]`` in ``ax.plot([0, 1], [0, 1])``.
    - A value without a variable if it is only drawn: the grid ``z = np.linspace(-3, 3, 100)``, or
      a dictionary of positions.
    - Which one of several axes, or of the colors and other styles of ``plots``.
    """
    if is_drawing(node, figures):
        yield from node.keywords
        method = node.func.attr if isinstance(node.func, ast.Attribute) else None
        draws_data = method in DRAWN_DATA or root(node.func) not in figures | SLIDERS
        yield from (
            argument
            for argument in node.args
            if not draws_data or not names_in(argument) - figures - {"np"}
        )
    elif isinstance(node, ast.Assign):
        targets = set().union(*map(names_in, node.targets))
        if targets <= drawn and not names_in(node.value) - {"np"}:
            yield node.value
    elif isinstance(node, ast.Subscript) and root(node) in figures:
        yield node.slice


def names_in(node):
    """Return the names in an expression."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def exactness(node):
    """Yield the parts of a node that say how exact a check is."""
    if isinstance(node, ast.keyword) and node.arg in EXACTNESS:
        yield node.value
    if isinstance(node, ast.Assert):
        for part in ast.walk(node):
            if isinstance(part, ast.Compare) and all(
                isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for operator in part.ops
            ):
                yield from (
                    value
                    for value in (part.left, *part.comparators)
                    if isinstance(value, ast.Constant)
                )


def cell_changes(number, source, tree, figures, drawn, rng):
    """Yield the changes to one cell."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def place(line, column):
        """Turn a place in the syntax tree, whose columns count bytes, into one in the source."""
        before = lines[line - 1].encode()[:column].decode() if line <= len(lines) else ""
        return starts[line - 1] + len(before)

    def span(node):
        return place(node.lineno, node.col_offset), place(node.end_lineno, node.end_col_offset)

    tokens = [
        (starts[token.start[0] - 1] + token.start[1], token.string)
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type in (tokenize.OP, tokenize.NAME)
    ]

    def operator(begin, end):
        """Return the change of the one operator between two expressions."""
        for start, text in tokens:
            if begin <= start < end and text in OPERATORS:
                return Change(number, start, start + len(text), text, OPERATORS[text])
        return None

    def visit(node):
        if isinstance(node, ast.JoinedStr):
            return
        left_alone = {*cosmetic(node, figures, drawn), *exactness(node)} | skipped
        skipped.update(left_alone)
        if node in skipped:
            return
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield changed_digit(number, source, *span(node), rng)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            start, _ = span(node)
            yield Change(number, start, start + 1, "-", "")
        elif isinstance(node, ast.BinOp):
            yield operator(span(node.left)[1], span(node.right)[0])
        elif isinstance(node, ast.AugAssign):
            yield operator(span(node.target)[1], span(node.value)[0])
        elif isinstance(node, (ast.Compare, ast.BoolOp)):
            compares = isinstance(node, ast.Compare)
            values = [node.left, *node.comparators] if compares else node.values
            for before, after in pairwise(values):
                yield operator(span(before)[1], span(after)[0])
        for child in ast.iter_child_nodes(node):
            yield from visit(child)

    skipped = set()
    yield from (change for change in visit(tree) if change is not None)


def changed_digit(number, source, start, end, rng):
    """Return the change of one digit of the number at a place by one, up or down."""
    text = source[start:end]
    places = [place for place, letter in enumerate(text) if letter.isdigit()]
    place = rng.choice(places)
    digit = int(text[place])
    new = digit + rng.choice([step for step in (-1, 1) if 0 <= digit + step <= 9])
    leads = place == places[0] and len(places) > 1 and text[place + 1].isdigit()
    if leads and new == 0:  # 05 isn't Python
        new = digit + 1
    return Change(number, start + place, start + place + 1, text[place], str(new))
