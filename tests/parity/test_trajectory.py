"""Models that start alike stay alike, and those that do not are noticed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.errors import DTypeError, RangeError, ShapeError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP

ALL = [NumpyMLP, TorchMLP, KerasMLP]


@pytest.fixture
def points(rng) -> Dataset:
    return Dataset(rng.standard_normal((50, 6)).astype(np.float32), rng.integers(0, 3, 50))


@pytest.mark.parametrize(("one", "two"), list(itertools.combinations(ALL, 2)))
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_twenty_steps_together(one, two, optimizer, points, rng):
    first, second = one(6, [8], 3, rng=rng), two(6, [8], 3, rng=rng)
    before = parity.get_weights(first), parity.get_weights(second)
    apart = parity.trajectory_difference(
        first, second, points, batch_size=16, optimizer=optimizer, rng=np.random.default_rng(1)
    )
    assert apart.loss < 1e-5
    assert apart.weight < 2e-5
    for model, weights in zip((first, second), before, strict=True):
        for a, b in zip(weights, parity.get_weights(model), strict=True):
            np.testing.assert_array_equal(a, b)


def test_what_is_left_out(points, rng):
    """Steps, batches and the rate are the documented ones."""
    models = (NumpyMLP(6, [8], 3, rng=rng), NumpyMLP(6, [8], 3, "tanh", rng=rng))
    given = {"steps": 20, "batch_size": 32, "learning_rate": 0.01}
    apart = parity.trajectory_difference(*models, points)
    assert parity.trajectory_difference(*models, points, **given) == apart
    for name, other in {"steps": 21, "batch_size": 33, "learning_rate": 0.011}.items():
        assert parity.trajectory_difference(*models, points, **{**given, name: other}) != apart


def test_a_different_rule_is_noticed(points, rng):
    """The same weights and gradients, but tanh in place of ReLU."""
    first, second = NumpyMLP(6, [8], 3, rng=rng), TorchMLP(6, [8], 3, "tanh", rng=rng)
    apart = parity.trajectory_difference(first, second, points, steps=2, learning_rate=0.1)
    assert apart.loss > 1e-3
    assert apart.weight > 1e-3


def test_the_last_step_counts_too(points, rng):
    """Differences of the last batch are seen: its samples differ between the two data sets."""
    x = points.x.copy()
    x[40:] += 5
    other = Dataset(x, points.y)
    models = NumpyMLP(6, [8], 3, rng=rng), TorchMLP(6, [8], 3, rng=rng)
    short, whole = (
        parity.trajectory_difference(*models, points, n, train_second=other, batch_size=10)
        for n in (4, 5)
    )
    assert short.weight < 1e-6
    assert whole.weight > 1e-4
    assert whole.loss > 1e-2


def test_a_loss_that_is_not_a_number_is_not_overlooked(points, rng):
    models = NumpyMLP(6, [8], 3, rng=rng), TorchMLP(6, [8], 3, rng=rng)
    with np.errstate(all="ignore"):
        apart = parity.trajectory_difference(*models, points, learning_rate=1e30)
    assert np.isnan(apart.weight)


def test_refusals(points, rng):
    first, second = NumpyMLP(6, [8], 3, rng=rng), TorchMLP(6, [8], 3, rng=rng)
    go = parity.trajectory_difference
    with pytest.raises(RangeError, match="trajectory_difference: steps"):
        go(first, second, points, steps=0)
    with pytest.raises(RangeError, match="trajectory_difference: batch_size"):
        go(first, second, points, batch_size=0)
    with pytest.raises(DTypeError, match="trajectory_difference: train: expected a dlbook"):
        go(first, second, points.x)
    with pytest.raises(ShapeError, match="trajectory_difference: train_second: expected the targe"):
        go(first, second, points, train_second=Dataset(points.x, 2 - points.y))
    with pytest.raises(ShapeError, match="expected 2 arrays, got 4 arrays"):
        go(first, TorchMLP(6, [], 3), points)
