"""The convolution layers: first weights, names, settings."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn
from dlbook.errors import DTypeError, RangeError

LAYERS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TORCH = {1: torch.nn.Conv1d, 2: torch.nn.Conv2d, 3: torch.nn.Conv3d}


@pytest.mark.parametrize("rank", LAYERS)
def test_same_as_torch_with_the_same_weights(rank: int, rng: np.random.Generator) -> None:
    settings = {"stride": 2, "padding": 1, "dilation": 1, "groups": 2}
    ours = LAYERS[rank](4, 6, 3, **settings, rng=rng)
    theirs = TORCH[rank](4, 6, 3, **settings)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    x = rng.standard_normal((2, 4, *[6] * rank)).astype("float32")
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours(Tensor(x)).data, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("rank", LAYERS)
def test_first_weights_fill_torch_s_bounds(rank: int, rng: np.random.Generator) -> None:
    layer = LAYERS[rank](8, 64, 3, groups=2, rng=rng)
    bound = 1 / math.sqrt(4 * 3**rank)
    for parameter in layer.parameters():
        assert parameter.dtype == np.float32
        assert 0.9 * bound < np.abs(parameter.data).max() <= bound
    assert abs(layer.weight.data.mean()) < 0.1 * bound


def test_same_seed_same_weights() -> None:
    first, second = (nn.Conv2d(1, 2, 3, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.weight.data, second.weight.data)
    assert not np.array_equal(first.weight.data, nn.Conv2d(1, 2, 3).weight.data)


def test_number_of_parameters() -> None:
    assert nn.Conv2d(3, 64, 3).count_params() == 64 * (3 * 9 + 1)
    assert nn.Conv2d(64, 64, 3, groups=64, bias=False).count_params() == 64 * 9
    assert [name for name, _ in nn.Conv1d(1, 1, 1).named_parameters()] == ["weight", "bias"]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"padding": 1, "stride": 2},
        {"padding": "same", "dilation": 2},
        {"groups": 2, "bias": False},
        {"padding": "valid"},
    ],
)
def test_prints_as_in_torch(settings: dict[str, object]) -> None:
    theirs = repr(torch.nn.Conv2d(2, 4, 3, **settings)).replace("padding=same", "padding='same'")
    theirs = theirs.replace(", padding=valid", "")
    assert repr(nn.Conv2d(2, 4, 3, **settings)) == theirs


@pytest.mark.parametrize(
    ("arguments", "settings", "error"),
    [
        ((0, 1, 3), {}, RangeError),
        ((1, -1, 3), {}, RangeError),
        ((1.5, 1, 3), {}, DTypeError),
        ((1, 1, 0), {}, RangeError),
        ((1, 1, (3, 3, 3)), {}, RangeError),
        ((1, 1, 3), {"stride": 0}, RangeError),
        ((1, 1, 3), {"padding": -1}, RangeError),
        ((1, 1, 3), {"dilation": 0}, RangeError),
        ((3, 4, 3), {"groups": 2}, RangeError),
        ((4, 3, 3), {"groups": 2}, RangeError),
        ((4, 4, 3), {"groups": 0}, RangeError),
    ],
)
def test_bad_settings(arguments: tuple, settings: dict, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"Conv2d: .*expected"):
        nn.Conv2d(*arguments, **settings)


def test_unknown_padding_is_found_when_the_layer_is_made() -> None:
    with pytest.raises(RangeError, match="Conv2d: padding"):
        nn.Conv2d(1, 1, 3, padding="full")
    with pytest.raises(RangeError, match="Conv2d: stride"):
        nn.Conv2d(1, 1, 3, padding="same", stride=2)
