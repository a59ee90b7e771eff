"""Sums, means, variances and extremes over every choice of axes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor
from dlbook.errors import DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check
from engine.arrays import DTYPES, layouts, normal

REDUCTIONS = {
    "sum": (Tensor.sum, torch.sum),
    "mean": (Tensor.mean, torch.mean),
    "var": (Tensor.var, torch.var),
    "max": (Tensor.max, torch.amax),
    "min": (Tensor.min, torch.amin),
}
CASES = [
    ((4,), 0),
    ((3, 5), 0),
    ((3, 5), 1),
    ((3, 5), -1),
    ((3, 5), (0, 1)),
    ((2, 3, 4), 1),
    ((2, 3, 4), (0, 2)),
    ((2, 3, 4), (-1, 0)),
    ((2, 3, 1, 5), (1, 3)),
    ((1, 7), 1),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("keepdim", [False, True])
@pytest.mark.parametrize(("shape", "dim"), CASES, ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_over_axes(name, shape, dim, keepdim, dtype):
    ours, theirs = REDUCTIONS[name]
    check(
        lambda t: ours(t, dim, keepdim),
        [normal(shape, dtype)],
        torch_operation=lambda t: theirs(t, dim=dim, keepdim=keepdim),
        differences=dtype == np.float64,
    )


@pytest.mark.parametrize("shape", [(2,), (3, 5), (2, 1, 4)], ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_over_everything(name, shape):
    ours, theirs = REDUCTIONS[name]
    check(ours, [normal(shape)], torch_operation=theirs)
    check(
        lambda t: ours(t, dim=(), keepdim=True),
        [normal(shape)],
        torch_operation=lambda t: theirs(t, dim=tuple(range(len(shape))), keepdim=True),
    )


@pytest.mark.parametrize("name", ["sum", "mean", "var", "max", "min"])
def test_against_keras(name):
    import keras

    ours, x = REDUCTIONS[name][0], normal((3, 4, 5))
    options = {"correction": 0} if name == "var" else {}  # Keras divides by n
    check(
        lambda t: ours(t, (0, 2), **options),
        [x],
        keras_operation=lambda t: getattr(keras.ops, name)(t, axis=(0, 2)),
        differences=False,
    )


@pytest.mark.parametrize("correction", [0, 1, 2])
def test_correction_of_the_variance(correction):
    check(
        lambda t: t.var(1, correction=correction),
        [normal((3, 4))],
        torch_operation=lambda t: t.var(1, correction=correction),
    )


@pytest.mark.parametrize("name", ["max", "min"])
@pytest.mark.parametrize("dim", [None, 0, 1])
def test_ties_share_the_gradient(name, dim):
    ours, theirs = REDUCTIONS[name]
    x = np.array([[1.0, 2.0, 2.0], [2.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    check(
        lambda t: ours(t, dim),
        [x],
        torch_operation=lambda t: theirs(t) if dim is None else theirs(t, dim),
        differences=False,
    )


@pytest.mark.parametrize("name", ["max", "min"])
def test_nan_comes_through(name):
    ours, theirs = REDUCTIONS[name]
    check(
        lambda t: ours(t, 1),
        [np.array([[1.0, np.nan], [2.0, 3.0]])],
        torch_operation=lambda t: theirs(t, 1),
        differences=False,
    )


@pytest.mark.parametrize("name", REDUCTIONS)
def test_memory_layouts(name):
    ours, theirs = REDUCTIONS[name]
    for x in layouts(normal((3, 5))):
        check(
            lambda t: ours(t, 0), [x], torch_operation=lambda t: theirs(t, dim=0), differences=False
        )


@pytest.mark.parametrize("name", REDUCTIONS)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_random_shapes_and_axes(name, data):
    ours, theirs = REDUCTIONS[name]
    shape = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4)))
    dims = data.draw(st.sets(st.integers(0, len(shape) - 1), min_size=1).map(tuple))
    if name == "var" and np.prod([shape[d] for d in dims]) < 2:
        return
    check(
        lambda t: ours(t, dims),
        [normal(shape)],
        torch_operation=lambda t: theirs(t, dim=dims),
    )


def test_sum_of_nothing_is_zero_and_integers_stay_integers():
    assert Tensor(np.zeros((0, 3))).sum().item() == 0
    assert Tensor([1, 2]).sum().dtype == np.int64
    assert Tensor([True, True]).sum().item() == 2


def test_argmax():
    x = normal((3, 4))
    np.testing.assert_array_equal(Tensor(x).argmax(1).data, x.argmax(1))
    np.testing.assert_array_equal(Tensor(x).argmax(-2).data, x.argmax(0))
    assert Tensor(x).argmax().item() == x.argmax()


@pytest.mark.parametrize("name", [*REDUCTIONS, "argmax"])
@pytest.mark.parametrize("dim", [2, -3, "a", 0.5])
def test_no_such_axis(name, dim):
    with pytest.raises(RangeError, match=f"{name}: dim: expected an axis"):
        getattr(Tensor(np.ones((2, 3))), name)(dim)


@pytest.mark.parametrize("name", REDUCTIONS)
def test_axis_named_twice(name):
    with pytest.raises(RangeError, match="each axis once"):
        getattr(Tensor(np.ones((2, 3))), name)((0, -2))


@pytest.mark.parametrize("name", ["mean", "max", "min", "argmax"])
def test_nothing_to_reduce(name):
    with pytest.raises(ShapeError, match="at least one element"):
        getattr(Tensor(np.ones((0, 3))), name)()


def test_too_few_elements_for_a_variance():
    with pytest.raises(RangeError, match="more than 1 elements"):
        Tensor(np.ones((3, 1))).var(1)


@pytest.mark.parametrize("name", ["mean", "var"])
def test_mean_of_integers_is_refused(name):
    with pytest.raises(DTypeError, match="floating-point"):
        getattr(Tensor([1, 2, 3]), name)()
