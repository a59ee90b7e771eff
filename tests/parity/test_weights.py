"""Weights that travel between libraries."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from dlbook import parity
from dlbook.errors import DTypeError, ShapeError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.parity.layouts import layout_of

ALL = [NumpyMLP, TorchMLP, KerasMLP]


@pytest.mark.parametrize(("source", "target"), list(itertools.product(ALL, ALL)))
def test_any_library_to_any_other(source, target, rng):
    first, second = source(5, [4], 3, rng=rng), target(5, [4], 3, rng=rng)
    parity.copy_weights(first, second)
    for a, b in zip(parity.get_weights(first), parity.get_weights(second), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [w.shape for w in parity.get_weights(second)] == [(4, 5), (4,), (3, 4), (3,)]


@pytest.mark.parametrize("mlp", ALL)
def test_weights_are_copies(mlp, rng):
    model = mlp(2, [], 2, rng=rng)
    weights = parity.get_weights(model)
    weights[0][:] = 7
    assert not (parity.get_weights(model)[0] == 7).any()


@pytest.mark.parametrize("mlp", ALL)
def test_all_or_nothing(mlp, rng):
    model = mlp(3, [2], 1, rng=rng)
    before = parity.get_weights(model)
    good = [np.ones_like(array) for array in before]
    with pytest.raises(ShapeError, match="expected 4 arrays, got 3 arrays"):
        parity.set_weights(model, good[:3])
    with pytest.raises(ShapeError, match=r"\[3\]: expected shape \(1,\), got \(2,\)"):
        parity.set_weights(model, [*good[:3], np.ones(2)])
    for a, b in zip(before, parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)


def test_differences_need_equal_shapes(rng):
    x = rng.standard_normal((4, 3)).astype(np.float32)
    one, two = NumpyMLP(3, [2], 2, rng=rng), TorchMLP(3, [4], 3, rng=rng)
    with pytest.raises(ShapeError, match="largest_difference: second"):
        parity.largest_difference(one, two, x)
    with pytest.raises(ShapeError, match="largest_gradient_difference: second"):
        parity.largest_gradient_difference(one, two, x, np.array([0, 1, 0, 1]))


def test_a_changed_weight_is_noticed(rng):
    x = rng.standard_normal((4, 3)).astype(np.float32)
    one, two = NumpyMLP(3, [2], 2, rng=rng), TorchMLP(3, [2], 2, rng=rng)
    parity.copy_weights(one, two)
    weights = parity.get_weights(two)
    weights[-1][0] += 0.01
    parity.set_weights(two, weights)
    assert parity.largest_difference(one, two, x) == pytest.approx(0.01, rel=1e-3)


def test_unknown_layer():
    with pytest.raises(DTypeError, match="layer: expected one of"):
        layout_of(object())
