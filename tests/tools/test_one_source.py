"""What chapters define, in one piece or several, is compared with the package."""

import nbformat
import pytest

from tools import chapter_rules, one_source
from tools.chapters import Chapter

MODULE = '''
"""A module."""
import numpy as np

FACTOR = 2


def double(x):
    """Twice as much."""
    return _scaled(x)


def _scaled(x):
    return FACTOR * x  # a comment


class Base:
    """What all have."""

    size = None

    def forward(self, x):
        """Give back what comes in."""
        return x


class Dense(Base):
    """A layer."""

    count = 0

    def __init__(self, size):
        self._size = size

    @property
    def size(self):
        """How many."""
        return self._size

    @size.setter
    def size(self, new):
        self._size = self._checked(new)

    def forward(self, x):
        """Multiply."""
        return double(super().forward(x))

    def __call__(self, x):
        return self.forward(x)

    def __repr__(self):
        return "Dense()"

    def _checked(self, new):
        return abs(new)
'''
FUNCTIONS = '''# shared/layers.py
FACTOR = 2


def double(x):
    """Other words."""
    return _scaled(x)


def _scaled(x):
    # another comment
    return FACTOR * x


class Base:
    size = None

    def forward(self, x):
        return x'''
FIRST = """# shared/layers.py
class Dense(Base):
    count = 0

    def __init__(
        self,
        size,
    ):
        self._size = size"""
SECOND = """# shared/layers.py
class Dense(Dense):  # continued
    @property
    def size(self):
        return self._size

    @size.setter
    def size(self, new):
        self._size = self._checked(new)

    def _checked(self, new):
        return abs(new)"""
THIRD = '''# shared/layers.py
class Dense(Dense):  # continued
    """The rest."""

    def forward(self, x):
        return double(super().forward(x))

    def __call__(self, x):
        return self.forward(x)'''
CELLS = (FUNCTIONS, FIRST, SECOND, THIRD)


@pytest.fixture
def document(tmp_path):
    """Return a function that makes a chapter of tagged cells, for a package of one module."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "layers.py").write_text(MODULE)

    def make(*sources, name="03_example"):
        cells = [
            nbformat.v4.new_code_cell(source, metadata={"tags": ["shared"]}) for source in sources
        ]
        notebook = nbformat.v4.new_notebook(cells=[*cells, nbformat.v4.new_code_cell("x = 1")])
        path = tmp_path / "chapters" / f"{name}.ipynb"
        chapter = Chapter(name, "Example", "Nothing.")
        return chapter_rules.Document(path, chapter, notebook, tmp_path)

    return make


def faults(*documents):
    """Return what is wrong with the chapters, each alone and all together."""
    alone = [fault for document in documents for fault in one_source.compare(document)]
    return alone + list(one_source.compare_series(documents, documents[0].root))


def changed(old, new, cells=CELLS):
    """Return the cells with one piece of text replaced."""
    assert sum(cell.count(old) for cell in cells) == 1, old
    return [cell.replace(old, new) for cell in cells]


def test_a_class_in_pieces_is_the_class_of_the_package(document):
    assert faults(document(*CELLS)) == []


def test_the_pieces_may_be_in_several_chapters(document):
    assert faults(document(*CELLS[:2]), document(*CELLS[2:], name="04_later")) == []


def test_the_pieces_work_as_ordinary_python():
    whole, pieces = {}, {}
    exec(MODULE, whole)
    for source in CELLS:
        exec(source, pieces)
    for names in (whole, pieces):
        dense = names["Dense"](3)
        dense.size = -4
        assert (dense(5), dense.size, dense.count) == (10, 4, 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# shared/layers.py\nFACTOR", "# layers.py\nFACTOR", "Received: '# layers.py'"),
        ("# shared/layers.py\nFACTOR", "# shared/none.py\nFACTOR", "Received: '# shared/none.py'"),
        ("FACTOR = 2", "FACTOR = 2\nprint()", "line 3 is not a definition"),
        ("FACTOR = 2", "FACTOR =", "invalid syntax"),
        ("FACTOR = 2", "FACTOR = 3", "Cell: FACTOR = 3. Module: FACTOR = 2"),
        ("FACTOR = 2", "NEW = 2", "defines NEW, which shared/layers.py doesn't have"),
        ("def double", "def triple", "defines triple, which shared/layers.py doesn't have"),
        ("FACTOR * x", "x * FACTOR", "Cell: return x * FACTOR. Module: return FACTOR * x"),
        ("return abs(new)", "return new", "defines Dense._checked differently from"),
        ("return double(super().forward(x))", "return 1", "defines Dense.forward differently from"),
        (
            "return self.forward(x)",
            "x = self.forward(x)\n        return x",
            "Cell: x = self.forward(x). Module: return self.forward(x)",
        ),
        (
            "return self.forward(x)",
            "return self.forward(x)\n        return x",
            "Cell: return x. Module: nothing more",
        ),
        ("def __call__", "def call", "defines Dense.call, which shared/layers.py doesn't have"),
        ("class Dense(Base)", "class Dense", "Cell: class Dense:. Module: class Dense(Base):"),
        ("class Dense(Base)", "class Dense(Base, Base)", "defines Dense differently from"),
        ("class Base:", "@final\nclass Base:", "Cell: @final. Module: class Base:"),
        ("    count = 0\n", "", "Cell: pass. Module: count = 0"),
        ("count = 0", "count = 1", "Cell: count = 1. Module: count = 0"),
        ("    @property", "    count = 0\n\n    @property", "may only add methods"),
        ("    @property\n", "", "defines Dense.size differently from"),
        (":  # continued\n    @property", ":\n    @property", "'class Dense(Dense):  # continued'"),
    ],
)
def test_a_tagged_cell_is_told_what_is_wrong(document, old, new, said):
    assert said in " ".join(one_source.compare(document(*changed(old, new))))


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("\n\n    def __call__(self, x):\n        return self.forward(x)", "Dense.__call__"),
        ("    def forward(self, x):\n        return double(super().forward(x))\n", "Dense.forward"),
        (
            "    @size.setter\n    def size(self, new):\n        self._size = self._checked(new)\n",
            "Dense.size.setter",
        ),
    ],
)
def test_a_missing_method_is_named(document, method, name):
    assert faults(document(*changed(method, ""))) == [
        f"layers.{name} is in no chapter. Show it in a cell tagged shared, in the chapter that "
        "explains it"
    ]


def test_a_missing_class_and_function_are_named(document):
    found = faults(document(FUNCTIONS.replace("def double", "def _scaled")))
    assert [fault.split(" is in no chapter")[0] for fault in found[1:]] == [
        "layers.double",
        "layers.Dense",
        "layers.Dense.__init__",
        "layers.Dense.size",
        "layers.Dense.size.setter",
        "layers.Dense.forward",
        "layers.Dense.__call__",
    ]


def test_a_private_method_may_be_left_out(document):
    private = "    def _checked(self, new):\n        return abs(new)"
    assert faults(document(*changed(private, ""))) == []


def test_what_is_public_is_shown_once_and_what_is_private_may_be_repeated(document):
    again = """# shared/layers.py
class Dense(Dense):  # continued
    def _checked(self, new):
        return abs(new)

    def forward(self, x):
        return double(super().forward(x))"""
    assert faults(document(*CELLS), document(again, name="04_later")) == [
        "chapters/04_later.ipynb, cell 1 defines layers.Dense.forward a second time, after "
        "chapters/03_example.ipynb, cell 4"
    ]
    assert len(faults(document(*CELLS, FIRST))) == 2  # the class and its __init__


def test_a_class_is_not_continued_before_it_begins(document):
    assert faults(document(FUNCTIONS, SECOND, FIRST, THIRD)) == [
        "chapters/03_example.ipynb, cell 2 continues layers.Dense, which no cell before it begins"
    ]


def test_a_class_that_the_package_lacks_can_not_be_continued(document):
    other = "# shared/layers.py\nclass Other(Other):  # continued\n    def f(self): pass"
    found = faults(document(*CELLS, other))
    assert "defines Other, which shared/layers.py doesn't have" in found[0]


def test_public_names_are_those_of_the_teaching_modules(tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "layers.py").write_text(MODULE)
    (tmp_path / "shared" / "plots.py").write_text("def draw(): pass")
    (tmp_path / "shared" / "callbacks.py").write_text(
        "class ProgressBar:\n    def show(self): pass\nclass Stop: pass\nclass _Hidden:\n"
        "    def shown(self): pass"
    )
    assert one_source.public_names(tmp_path) == [
        "callbacks.Stop",
        "layers.double",
        "layers.Base",
        "layers.Base.forward",
        "layers.Dense",
        "layers.Dense.__init__",
        "layers.Dense.size",
        "layers.Dense.size.setter",
        "layers.Dense.forward",
        "layers.Dense.__call__",
    ]
