import numpy as np
import pytest
from helpers_cases import batch, rng

from shared.preprocessing import Flatten, RandomFlip, RandomShift, Rescaling


def images(n, height=4, width=5, dtype=np.uint8):
    """Images of which no two pixels are alike, none of them black."""
    return np.arange(1, n * height * width + 1).reshape(n, height, width).astype(dtype)


class TestFlatten:
    @pytest.mark.parametrize("dtype", [np.uint8, np.float32])
    def test_one_row_a_sample(self, dtype):
        x = images(3, dtype=dtype)
        y = Flatten().forward(x)
        assert y.shape == (3, 20)
        assert y.dtype == dtype
        np.testing.assert_array_equal(y[1], x[1].ravel())

    def test_backward_restores_the_shape(self):
        layer = Flatten()
        layer.forward(np.ones((2, 3, 4)))
        grad = batch((2, 12))
        np.testing.assert_array_equal(layer.backward(grad), grad.reshape(2, 3, 4))

    def test_rows_stay_rows(self):
        x = batch((4, 3))
        np.testing.assert_array_equal(Flatten().forward(x), x)


class TestRescaling:
    def test_by_hand(self):
        layer = Rescaling(0.5, offset=-1.0)
        np.testing.assert_array_equal(layer.forward(np.array([[0.0, 4.0]])), [[-1.0, 1.0]])
        np.testing.assert_array_equal(layer.backward(np.array([[3.0, 1.0]])), [[1.5, 0.5]])

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("source", [np.uint8, np.int64, np.float32, np.float64])
    def test_dtype_of_the_output_whatever_the_input(self, dtype, source):
        x = np.array([[0, 51, 255]], source)
        for offset in (0.0, 1.0):
            y = Rescaling(1 / 255, offset, dtype=dtype).forward(x)
            assert y.dtype == dtype
            np.testing.assert_allclose(y, [[offset, offset + 0.2, offset + 1.0]], rtol=1e-6)

    def test_bytes_do_not_overflow(self):
        y = Rescaling(2.0, 1.0, dtype=np.float32).forward(np.array([[200]], np.uint8))
        assert y.tolist() == [[401.0]]


class TestRandomFlip:
    def test_each_image_is_as_it_was_or_mirrored(self):
        x = images(200)
        y = RandomFlip(rng()).forward(x, training=True)
        assert (y.shape, y.dtype) == (x.shape, x.dtype)
        same = (y == x).all(axis=(1, 2))
        mirrored = (y == x[:, :, ::-1]).all(axis=(1, 2))
        assert (same ^ mirrored).all()
        assert 60 < mirrored.sum() < 140  # 200 tosses of a coin vary by 7

    def test_every_call_draws_anew(self):
        layer = RandomFlip(rng())
        x = images(50)
        assert (layer.forward(x, training=True) != layer.forward(x, training=True)).any()


class TestRandomShift:
    def shifted(self, image, down, right):
        """The image moved, one pixel at a time."""
        height, width = image.shape
        y = np.zeros_like(image)
        for row in range(height):
            for column in range(width):
                if 0 <= row + down < height and 0 <= column + right < width:
                    y[row + down, column + right] = image[row, column]
        return y

    @pytest.mark.parametrize("shape", [(4, 5), (5, 4)])
    @pytest.mark.parametrize("pixels", [1, 2])
    def test_each_image_is_moved_by_one_of_the_allowed_steps(self, pixels, shape):
        x = images(300, *shape, dtype=np.uint16)
        y = RandomShift(pixels, rng()).forward(x, training=True)
        assert (y.shape, y.dtype) == (x.shape, x.dtype)
        steps = range(-pixels, pixels + 1)
        seen = set()
        for before, after in zip(x, y, strict=True):
            legal = [
                (down, right)
                for down in steps
                for right in steps
                if (after == self.shifted(before, down, right)).all()
            ]
            assert len(legal) == 1
            seen.update(legal)
        assert len(seen) == len(steps) ** 2  # all of them occur, down and right on their own

    def test_no_pixels_no_change(self):
        x = images(3)
        np.testing.assert_array_equal(RandomShift(0, rng()).forward(x, training=True), x)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("layer", [RandomFlip(rng()), RandomShift(2, rng())], ids=repr)
class TestRandomLayers:
    def test_only_in_training(self, layer, dtype):
        x = images(3, dtype=dtype)
        assert layer.forward(x) is x

    def test_dtype_is_kept(self, layer, dtype):
        assert layer.forward(images(3, dtype=dtype), training=True).dtype == dtype

    def test_no_gradient_passes_through(self, layer, dtype):
        with pytest.raises(NotImplementedError, match=f"{type(layer).__name__} has no backward"):
            layer.backward(np.ones((3, 4, 5), dtype))


@pytest.mark.parametrize("make", [RandomFlip, lambda generator: RandomShift(2, generator)])
def test_same_generator_same_images(make):
    x = images(20)
    first, second, third = (make(rng(seed)).forward(x, training=True) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, second)
    assert (first != third).any()
