"""Dropout: what is dropped, what is scaled, and where chance comes from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dlbook.engine import Tensor
from dlbook.engine import functional as F
from dlbook.errors import DTypeError, RangeError


@pytest.mark.parametrize("p", [0.25, 0.5, 0.9])
def test_the_rest_is_scaled_and_the_gradient_takes_the_same_mask(p: float) -> None:
    x = Tensor(np.ones((200, 100)), requires_grad=True)
    y = F.dropout(x, p, rng=np.random.default_rng(0))
    kept = y.data != 0
    np.testing.assert_allclose(y.data[kept], 1 / (1 - p))
    assert abs(kept.mean() - (1 - p)) < 0.015  # 4 standard deviations of 20,000 draws
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data)
    assert y.dtype == x.dtype


def test_half_is_dropped_by_default() -> None:
    y = F.dropout(Tensor(np.ones(10_000, np.float32)), rng=np.random.default_rng(0))
    assert set(np.unique(y.data)) == {0.0, 2.0}
    assert abs((y.data == 0).mean() - 0.5) < 0.02


@pytest.mark.parametrize("settings", [{"training": False}, {"p": 0.0}, {"p": 0}])
def test_nothing_is_dropped(settings: dict[str, Any]) -> None:
    x = Tensor(np.ones(100))
    assert F.dropout(x, **settings) is x


def test_each_pass_draws_a_new_mask_and_a_seed_the_same_ones() -> None:
    x = Tensor(np.ones(100))
    first, second = (np.random.default_rng(3) for _ in range(2))
    a, b = F.dropout(x, rng=first), F.dropout(x, rng=first)
    assert (a.data != b.data).any()
    np.testing.assert_array_equal(a.data, F.dropout(x, rng=second).data)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"p": 1.0}, RangeError, r"p: expected a probability in \[0, 1\)"),
        ({"p": -0.1}, RangeError, "p: expected a probability"),
        ({"p": "half"}, RangeError, "p: expected a probability"),
        ({"rng": None}, RangeError, "rng: expected a numpy.random.Generator"),
        ({"rng": 0}, RangeError, "rng: expected a numpy.random.Generator"),
        ({"training": "yes"}, DTypeError, "training: expected True or False"),
    ],
)
def test_bad_settings(settings: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        F.dropout(Tensor(np.ones(3)), **{"rng": np.random.default_rng(0), **settings})
