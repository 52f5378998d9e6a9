"""Pieces that several figures are drawn from."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.plots._pieces import spread


class TestSpread:
    @settings(deadline=None)
    @given(
        st.lists(st.floats(0, 100), min_size=1, max_size=8),
        st.floats(0.5, 12),
    )
    def test_apart_in_order_and_inside(self, positions, gap):
        result = spread(np.array(positions), gap, 0, 100)
        order = np.argsort(positions, kind="stable")
        assert np.all(np.diff(result[order]) >= gap - 1e-6)
        assert result.min() >= -1e-6
        assert result.max() <= 100 + 1e-6

    def test_moves_nothing_that_has_room(self):
        result = spread(np.array([50, 10, 90.0]), 8, 0, 100)
        np.testing.assert_allclose(result, [50, 10, 90])

    def test_shares_the_way_evenly(self):
        np.testing.assert_allclose(
            spread(np.array([50.0, 50, 50]), 10, 0, 100), [40, 50, 60]
        )
        result = spread(np.array([50.0, 51, 80]), 11, 0, 99)
        np.testing.assert_allclose(result, [45, 56, 80])

    def test_too_many_stay_readable(self):
        result = spread(np.zeros(5), 30, 0, 100)
        np.testing.assert_allclose(np.diff(result), 30)
