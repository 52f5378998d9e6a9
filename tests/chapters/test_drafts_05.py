"""The drafts of chapter 5, compared with the gradient checker of the package."""

import numpy as np
from helpers_drafts import drafts

from shared import gradcheck


class TestDrafts:
    """On smooth functions the drafts measure what the package measures."""

    value = np.random.default_rng(5).standard_normal((2, 3))

    @staticmethod
    def wave(value):
        return float(np.sin(value).sum() + (value**2).sum())

    def test_measured_gradients(self):
        (first,) = drafts("05_gradients", "measured_gradient")
        (second,) = drafts("05_gradients", "measured_in_place")
        value = self.value.copy()
        expected = gradcheck.numerical_gradient(lambda: self.wave(value), value)
        np.testing.assert_array_equal(first(self.wave, value), expected)
        np.testing.assert_array_equal(second(lambda: self.wave(value), value), expected)
        np.testing.assert_array_equal(value, self.value)

    def test_relative_error(self):
        (draft,) = drafts("05_gradients", "relative_error_draft")
        other = self.value * [1, 1.1, 0.7]
        assert draft(self.value, other) == gradcheck.relative_error(self.value, other)
