"""Figures of few colours."""

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from dlbook import plots
from dlbook.errors import DTypeError, RangeError
from PIL import Image


def drawn(pixels):
    figure, ax = plt.subplots(figsize=(2, 2), dpi=100)
    ax.imshow(pixels, cmap="gray", vmin=0, vmax=1)
    ax.set_axis_off()
    return figure


def usual(figure):
    file = io.BytesIO()
    figure.savefig(file, format="png", bbox_inches="tight")
    return file.getvalue()


def test_a_noisy_picture_gets_much_smaller_and_hardly_changes(rng):
    with plots.style():
        figure = drawn(rng.random((100, 100)))
        before = usual(figure)
        picture = plots.compact(figure)
    assert len(picture.png) < 0.5 * len(before)
    images = [Image.open(io.BytesIO(png)).convert("RGBA") for png in (before, picture.png)]
    one, two = (np.asarray(image, dtype=float) for image in images)
    assert one.shape == two.shape
    assert np.abs(one - two).mean() < 6
    assert (one[..., 3] == 0).any()
    np.testing.assert_array_equal(one[..., 3] == 0, two[..., 3] == 0)


@pytest.mark.parametrize("colors", [2, 16])
def test_the_palette_has_at_most_as_many_colours(rng, colors):
    picture = plots.compact(drawn(rng.random((50, 50))), colors=colors)
    found = np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGBA")).reshape(-1, 4)
    assert len(np.unique(found, axis=0)) <= colors


def test_it_shows_itself_once(rng):
    figure = drawn(rng.random((10, 10)))
    picture = plots.compact(figure)
    assert not plt.fignum_exists(figure.number)
    assert picture._repr_png_().startswith(b"\x89PNG")
    assert repr(picture) == "<Picture with 1 axes>"


def test_it_refuses(rng):
    with pytest.raises(DTypeError, match="a Figure"):
        plots.compact("no figure")
    for colors in (1, 257, 2.5, True):
        with pytest.raises(RangeError, match="from 2 to 256"):
            plots.compact(drawn(rng.random((5, 5))), colors=colors)
    plt.close("all")
