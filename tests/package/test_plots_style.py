"""The look of the series, and the roles that look the same in every figure."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers_figures import FigureTest, contrast, linear
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from shared import plots
from shared.plots import style
from shared.plots.style import ROLES, role_of, series_look, series_looks

# Machado, Oliveira and Fernandes, A physiologically-based model for simulation of color vision
# deficiency, 2009: the matrices for full severity.
SIGHT = {
    "normal": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# Roles that one figure may show. Those of the first set are in so many figures that everybody has
# to tell them apart by their colors alone.
BY_COLOR_ALONE = [
    ("training", "validation", "test"),
    ("L1", "L2"),
    ("ours", "PyTorch", "Keras", "JAX"),
    ("forward", "backward"),
    ("class 0", "class 1", "class 2", "class 3"),
]
TOGETHER = [
    *BY_COLOR_ALONE,
    ("ours", "PyTorch", "Keras", "JAX", "TensorFlow", "scikit-learn", "teaching style"),
    ("training", "validation", "L1"),
    tuple(f"class {k}" for k in range(7)),
]


def as_lab(color, kind):
    """CIE L*a*b* of a color as seen with a color vision deficiency."""
    seen = np.clip(np.array(SIGHT[kind]) @ linear(color), 0, 1)
    to_xyz = [[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]]
    x, y, z = np.cbrt(np.array(to_xyz) @ seen / [0.9505, 1, 1.0888])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


class TestStyle(FigureTest):
    def test_sets_what_the_chapters_need(self):
        assert 96 <= plt.rcParams["figure.dpi"] <= 110
        assert plt.rcParams["figure.constrained_layout.use"]
        for key in ["figure.facecolor", "savefig.facecolor", "axes.facecolor"]:
            assert to_hex(plt.rcParams[key], keep_alpha=True) == "#ffffffff"

    def test_is_the_only_thing_that_changes_settings(self, rng):
        before = dict(plt.rcParams)
        plots.lines([1, 2], {"a": [1, 2]})
        plots.image_grid(rng.random((2, 3, 3)))
        plots.network_diagram([2, 3])
        assert dict(plt.rcParams) == before

    def test_lines_drawn_by_hand_have_two_cues(self):
        cycle = list(plt.rcParams["axes.prop_cycle"])
        assert [entry["color"] for entry in cycle] == list(plots.COLORS)
        assert [entry["linestyle"] for entry in cycle] == list(plots.DASHES)

    @pytest.mark.parametrize("color", plots.COLORS)
    def test_contrast_with_the_background(self, color):
        assert contrast(color) >= 3
        assert contrast(style.for_text(color)) >= 4.5

    def test_ink_fits_the_color_below(self):
        assert style.ink_on("#08306b") == "white"
        assert style.ink_on("#deebf7") == plots.INK


class TestSeries(FigureTest):
    def test_the_first_seven_differ_in_every_cue(self):
        for cues in zip(*map(series_look, range(7)), strict=True):
            assert len(set(cues)) == 7

    def test_no_two_of_the_first_49_are_alike(self):
        assert len({(look.color, look.dash) for look in map(series_look, range(49))}) == 49
        assert len({(look.color, look.marker) for look in map(series_look, range(49))}) == 49

    def test_without_roles_series_come_in_order(self):
        names = [f"series {k}" for k in range(9)]
        assert series_looks(names) == [series_look(k) for k in range(9)]

    def test_names_without_a_role_avoid_the_colors_of_roles(self):
        first, role, second = series_looks(["no price", "validation", "other"])
        assert role == ROLES["validation"] == series_look(0)
        assert (first, second) == (series_look(1), series_look(2))

    def test_names_with_the_same_role_share_its_color(self):
        names = ["Keras, float32", "PyTorch", "Keras, float64", "Keras", "other"]
        looks = series_looks(names)
        assert [look.color for look in looks[:4]] == [ROLES[role_of(n)].color for n in names[:4]]
        assert looks[0] == ROLES["Keras"]
        assert len({look.dash for look in looks}) == len({look.marker for look in looks}) == 5
        assert looks[4].color not in {look.color for look in looks[:4]}

    def test_a_repeated_role_leaves_other_roles_their_dashes(self):
        first, second, other = series_looks(["PyTorch, fused", "PyTorch", "Keras"])
        assert (first, other) == (ROLES["PyTorch"], ROLES["Keras"])
        assert second.color == first.color
        assert second.dash not in (first.dash, other.dash)

    def test_no_color_comes_again_while_there_are_others(self):
        looks = series_looks(["decision boundary", *"abcdef"])
        assert len({look.color for look in looks}) == 7

    @given(st.lists(st.sampled_from(["", "a", "b", *ROLES]), max_size=7))
    def test_no_two_series_of_a_figure_are_alike(self, names):
        looks = series_looks(names)
        assert len({(look.color, look.dash) for look in looks}) == len(names)
        if "decision boundary" not in names:  # a line, which has no marker
            assert len({(look.color, look.marker) for look in looks}) == len(names)


class TestRoles(FigureTest):
    @pytest.mark.parametrize(
        ("name", "role"),
        [
            ("training", "training"),
            ("L2, λ = 0.01", "L2"),
            ("L2: $w^2$", "L2"),
            ("Keras on JAX", "Keras"),
            ("class 1, true", "class 1"),
            ("class 10", None),
            ("tests", None),
            ("without training", None),
            ("Training", None),
            ("", None),
        ],
    )
    def test_a_name_begins_with_its_role(self, name, role):
        assert role_of(name) == role

    @pytest.mark.parametrize("role", ROLES)
    def test_contrast_with_the_background(self, role):
        assert contrast(ROLES[role].color) >= 3

    @pytest.mark.parametrize("roles", TOGETHER, ids=" ".join)
    def test_roles_in_one_figure_differ_in_every_cue(self, roles):
        for cues in zip(*(ROLES[role] for role in roles), strict=True):
            assert len(set(cues)) == len(roles)

    @pytest.mark.parametrize("kind", SIGHT)
    @pytest.mark.parametrize("roles", BY_COLOR_ALONE, ids=" ".join)
    def test_the_most_frequent_roles_differ_for_color_blind_readers(self, roles, kind):
        seen = [as_lab(ROLES[role].color, kind) for role in roles]
        for a, b in itertools.combinations(seen, 2):
            assert np.linalg.norm(a - b) > 20

    def test_every_role_is_in_a_set_or_drawn_by_its_function_alone(self):
        listed = {role for roles in TOGETHER for role in roles}
        rest = {"decision boundary", "class 7", "class 8", "class 9"}
        assert set(ROLES) == listed | rest

    def test_a_class_has_the_look_of_the_series_with_its_number(self):
        assert [ROLES[f"class {k}"] for k in range(10)] == [series_look(k) for k in range(10)]
