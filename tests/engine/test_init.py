"""First weights: moments, bounds, orthogonality, and that a seed fixes them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import init
from dlbook.errors import RangeError, ShapeError

SHAPES = ((300, 200), (64, 32, 5, 3), (40, 50, 20))
ALL: dict[str, Callable[..., np.ndarray]] = {name: getattr(init, name) for name in init.__all__}
del ALL["fans"]
SCALED = ("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")


def std_of(name: str, shape: tuple[int, ...], gain: float) -> float:
    fan_in, fan_out = init.fans(shape)
    return gain * math.sqrt(2 / (fan_in + fan_out) if "xavier" in name else 1 / fan_in)


@pytest.mark.parametrize("shape", SHAPES)
def test_fans_are_those_of_pytorch(shape: tuple[int, ...]) -> None:
    expected = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert init.fans(shape) == expected


@pytest.mark.parametrize("gain", [1.0, 0.5, math.sqrt(2)])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", SCALED)
def test_mean_and_variance(name: str, shape: tuple[int, ...], gain: float) -> None:
    weights = ALL[name](shape, np.random.default_rng(1), gain=gain)
    std = std_of(name, shape, gain)
    assert abs(weights.mean()) < 4 * std / math.sqrt(weights.size)
    assert weights.std() == pytest.approx(std, rel=0.02)


@pytest.mark.parametrize("name", ["xavier_uniform", "he_uniform"])
def test_even_draws_fill_their_bounds(name: str) -> None:
    weights = ALL[name]((300, 200), np.random.default_rng(1))
    gain = math.sqrt(2) if name == "he_uniform" else 1
    bound = math.sqrt(3) * std_of(name, (300, 200), gain)
    assert 0.999 * bound < np.abs(weights).max() <= bound * (1 + 1e-6)
    quarters, _ = np.histogram(weights, bins=4, range=(-bound, bound))
    np.testing.assert_allclose(quarters / weights.size, 0.25, atol=0.01)


@pytest.mark.parametrize("name", ["normal", "xavier_normal", "he_normal"])
def test_normal_draws_have_normal_tails(name: str) -> None:
    weights = ALL[name]((300, 200), np.random.default_rng(1))
    within = np.abs(weights / weights.std())
    for size, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        assert (within < size).mean() == pytest.approx(share, abs=0.01)


def test_normal_and_uniform_take_their_parameters() -> None:
    rng = np.random.default_rng(0)
    weights = init.normal((100, 200), rng, std=0.1, mean=3.0)
    assert (weights.mean(), weights.std()) == pytest.approx((3.0, 0.1), rel=0.02)
    assert (init.normal((5,), rng, std=0.0, mean=2.0) == 2).all()
    # a positive draw of the generator gives a weight above the mean
    draws = np.random.default_rng(1).standard_normal(5, dtype=np.float32)
    weights = init.normal((5,), np.random.default_rng(1), std=0.5, mean=3.0)
    np.testing.assert_allclose(weights, 3 + 0.5 * draws, rtol=1e-6)
    weights = init.uniform((100, 200), rng, low=2.0, high=5.0)
    assert weights.min() >= 2
    assert weights.max() <= 5
    assert (weights.mean(), weights.std()) == pytest.approx((3.5, 3 / math.sqrt(12)), rel=0.02)


def test_pytorchs_default_for_linear_is_a_gain_of_he_uniform() -> None:
    weights = init.he_uniform((500, 64), np.random.default_rng(0), gain=1 / math.sqrt(3))
    assert 0.999 / 8 < np.abs(weights).max() <= 1 / 8 * (1 + 1e-6)


@pytest.mark.parametrize("gain", [1.0, 2.0])
@pytest.mark.parametrize("shape", [(5, 5), (3, 8), (8, 3), (4, 2, 3), (9, 2, 2), (1, 1), (1, 7)])
def test_rows_or_columns_are_orthogonal(shape: tuple[int, ...], gain: float) -> None:
    weights = init.orthogonal(shape, np.random.default_rng(2), gain=gain)
    matrix = weights.reshape(shape[0], -1).astype(np.float64)
    product = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    np.testing.assert_allclose(product, gain**2 * np.eye(len(product)), atol=1e-6)


def test_orthogonal_draws_favour_no_sign() -> None:
    draws = [init.orthogonal((2, 2), np.random.default_rng(seed)) for seed in range(400)]
    share = np.mean([draw > 0 for draw in draws], axis=0)
    np.testing.assert_allclose(share, 0.5, atol=0.1)  # four standard errors


@pytest.mark.parametrize("name", ALL)
def test_float32_of_the_shape_asked_for_and_fixed_by_the_seed(name: str) -> None:
    first, again, other = (ALL[name]((3, 4), np.random.default_rng(seed)) for seed in (0, 0, 1))
    assert (first.dtype, first.shape) == (np.float32, (3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("shape", [(0, 3), (3, -1), (2.5, 3), "ab", 3, None])
@pytest.mark.parametrize("name", ALL)
def test_bad_shapes(name: str, shape: Any) -> None:
    with pytest.raises(ShapeError, match="shape: expected"):
        ALL[name](shape, np.random.default_rng(0))


@pytest.mark.parametrize("name", [*SCALED, "orthogonal"])
def test_bad_ranks_and_gains(name: str) -> None:
    rng = np.random.default_rng(0)
    for shape in ((), (3,)):
        with pytest.raises(ShapeError, match=r"\(out, in, …\)"):
            ALL[name](shape, rng)
    for gain in (0, -1, math.nan, math.inf):
        with pytest.raises(RangeError, match=f"{name}: gain: expected a positive, finite factor"):
            ALL[name]((3, 4), rng, gain=gain)


def test_bad_spreads() -> None:
    rng = np.random.default_rng(0)
    for std in (-1.0, math.nan):
        with pytest.raises(RangeError, match="normal: std"):
            init.normal((3,), rng, std=std)
    with pytest.raises(RangeError, match="uniform: low"):
        init.uniform((3,), rng, low=1, high=0)
