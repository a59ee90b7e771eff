"""The stepper through a convolution, and the menu that joins figures."""

import re

import numpy as np
import pytest
from dlbook import plots
from dlbook.errors import DTypeError, RangeError, ShapeError

IMAGE = [[1, 2, 0, 3], [4, 1, 1, 0], [0, 2, 5, 1], [3, 0, 1, 2]]
KERNEL = [[1, 0, -1], [2, 1, 0], [0, -1, 1]]


def results(figure):
    """Read the sums at the end of the captions."""
    return [float(caption.rpartition(" = ")[2].replace("−", "-")) for caption in figure.captions]


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize("kernel", [KERNEL, [[1, -2]], [[0.5], [3]]])
def test_every_step_computes_a_cell_of_the_convolution(stride, padding, kernel):
    import torch

    expected = torch.nn.functional.conv2d(
        torch.tensor([[IMAGE]], dtype=torch.float64),
        torch.tensor([[kernel]], dtype=torch.float64),
        stride=stride,
        padding=padding,
    ).flatten()
    if len(expected) == 1 or len(expected) > 36:
        with pytest.raises(RangeError, match="2 to 36 steps"):
            plots.convolution_stepper(IMAGE, kernel, stride=stride, padding=padding)
        return
    figure = plots.convolution_stepper(IMAGE, kernel, stride=stride, padding=padding)
    np.testing.assert_allclose(results(figure), expected)


def test_captions_write_out_every_product():
    figure = plots.convolution_stepper([[3, 0, 5]], [[1, -2]])
    assert figure.captions == (
        "Output (0, 0): 3·1 + 0·(−2) = 3",
        "Output (0, 1): 0·1 + 5·(−2) = −10",
    )
    assert "stride 1, padding 0: output 1×2" in figure.html


def test_the_padding_shows_as_cells_of_its_own():
    def cells(padding):
        return plots.convolution_stepper(IMAGE, KERNEL, padding=padding).html.count("#ededed")

    assert cells(0) == 0
    assert cells(1) > 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"image": [1, 2, 3]}, ShapeError),
        ({"image": [["a", "b"]]}, DTypeError),
        ({"kernel": np.ones((5, 5))}, ShapeError),
        ({"kernel": np.ones((4, 4))}, RangeError),
        ({"image": np.ones((9, 9))}, RangeError),
        ({"image": np.ones((7, 8)), "kernel": [[1.0]]}, RangeError),
        ({"stride": 0}, RangeError),
        ({"stride": 1.5}, DTypeError),
        ({"padding": -1}, RangeError),
        ({"padding": True}, DTypeError),
    ],
)
def test_the_stepper_refuses(changes, error):
    with pytest.raises(error, match="convolution_stepper"):
        plots.convolution_stepper(**{"image": IMAGE, "kernel": KERNEL, **changes})


@pytest.fixture(scope="module")
def figures():
    return {
        "stride <1>": plots.convolution_stepper(IMAGE, KERNEL),
        "stride 2": plots.convolution_stepper(IMAGE, KERNEL, stride=2, padding=1),
    }


def test_a_menu_shows_the_first_and_holds_all(figures):
    joined = plots.select(figures, label="Which stride")
    panels = re.findall(r"<div data-of( hidden)?>", joined.html)
    assert panels == ["", " hidden"]
    assert re.findall(r"<option>(.*?)</option>", joined.html) == ["stride &lt;1&gt;", "stride 2"]
    assert all(figure.html in joined.html for figure in figures.values())
    assert joined.names == ("stride <1>", "stride 2")
    assert "Which stride: stride <1>, stride 2" in joined.text
    assert all(figure.text in joined.text for figure in figures.values())


def test_a_menu_refuses(figures):
    with pytest.raises(RangeError, match="at least two"):
        plots.select({"one": figures["stride 2"]}, label="Which")
    with pytest.raises(RangeError, match="label"):
        plots.select(figures, label=" ")
    with pytest.raises(DTypeError, match="an Explorer"):
        plots.select({**figures, "text": "no figure"}, label="Which")
    large = plots.Explorer("x" * 300_000, "", (), ())
    with pytest.raises(RangeError, match="400 kB together"):
        plots.select({"one": large, "two": large}, label="Which")
