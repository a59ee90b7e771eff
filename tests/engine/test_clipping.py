"""Gradient clipping against PyTorch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import nn
from dlbook.engine.nn.utils import clip_grad_norm_, clip_grad_value_
from dlbook.engine.sparse import SparseRows
from dlbook.errors import RangeError, TrainingError
from torch.nn import utils as torch_utils


def pair(scale: float = 1.0, dtype: Any = np.float64) -> tuple[list[nn.Parameter], list[Any]]:
    """The same gradients here and there; the third parameter has none."""
    rng = np.random.default_rng(3)
    ours = [nn.Parameter(np.zeros(shape, dtype)) for shape in ((4, 3), (5,), (2,), ())]
    theirs = [torch.tensor(p.data, requires_grad=True) for p in ours]
    for position in (0, 1, 3):
        grad = np.asarray(scale * rng.standard_normal(ours[position].shape), dtype)
        ours[position].grad, theirs[position].grad = grad, torch.tensor(grad)
    return ours, theirs


def same(ours: list[nn.Parameter], theirs: list[Any], tolerance: float) -> None:
    for a, b in zip(ours, theirs, strict=True):
        assert (a.grad is None) == (b.grad is None)
        if a.grad is not None:
            assert a.grad.dtype == b.grad.numpy().dtype
            np.testing.assert_allclose(a.grad, b.grad.numpy(), rtol=tolerance, atol=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.5, 0.5, math.inf])
@pytest.mark.parametrize("max_norm", [0.0, 0.5, 1.0, 1e6])
def test_norm_agrees_with_pytorch(max_norm: float, norm_type: float, dtype: Any) -> None:
    ours, theirs = pair(dtype=dtype)
    tolerance = 1e-12 if dtype == np.float64 else 1e-5
    found = clip_grad_norm_(ours, max_norm, norm_type)
    expected = torch_utils.clip_grad_norm_(theirs, max_norm, norm_type)
    assert found == pytest.approx(expected.item(), rel=tolerance)
    same(ours, theirs, tolerance)


@pytest.mark.parametrize("clip_value", [0.0, 0.3, 5.0])
def test_value_agrees_with_pytorch(clip_value: float) -> None:
    ours, theirs = pair()
    clip_grad_value_(ours, clip_value)
    torch_utils.clip_grad_value_(theirs, clip_value)
    same(ours, theirs, 0)


def test_gradient_arrays_are_replaced_not_changed() -> None:
    ours, _ = pair(scale=100)
    arrays = [p.grad for p in ours if p.grad is not None]
    copies = [array.copy() for array in arrays]
    clip_grad_norm_(ours, 1.0)
    clip_grad_value_(ours, 0.01)
    for array, copied in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copied)
    total = math.sqrt(sum(float((p.grad**2).sum()) for p in ours if p.grad is not None))
    assert total <= 1


def test_rows_count_once_and_stay_rows() -> None:
    rng = np.random.default_rng(0)
    rows = SparseRows(np.array([2, 0, 2]), rng.standard_normal((3, 4)), (5, 4))
    sparse, dense = nn.Parameter(np.zeros((5, 4))), nn.Parameter(np.zeros((5, 4)))
    sparse.grad, dense.grad = rows, rows.to_dense()
    assert clip_grad_norm_([sparse], 0.5) == pytest.approx(clip_grad_norm_(dense, 0.5))
    clip_grad_value_(sparse, 0.1)
    clip_grad_value_(dense, 0.1)
    assert isinstance(sparse.grad, SparseRows)
    np.testing.assert_allclose(sparse.grad.to_dense(), dense.grad, rtol=1e-12)


def test_shared_parameters_count_once_and_nothing_is_fine() -> None:
    parameter = nn.Parameter(np.zeros(2))
    parameter.grad = np.array([3.0, 4.0])
    assert clip_grad_norm_([parameter, parameter], 10.0) == 5.0
    assert clip_grad_norm_([], 1.0) == 0.0
    assert clip_grad_norm_([nn.Parameter(np.zeros(2))], 1.0) == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_norms_that_are_not_finite(bad: float) -> None:
    ours, theirs = pair()
    for parameters in (ours, theirs):
        parameters[1].grad[2] = bad
    with pytest.raises(TrainingError, match="gradients with a finite norm"):
        clip_grad_norm_(ours, 1.0, error_if_nonfinite=True)
    clip_grad_norm_(ours, 1.0)
    torch_utils.clip_grad_norm_(theirs, 1.0)
    same(ours, theirs, 1e-12)


def test_bad_arguments() -> None:
    for bad in (-1.0, math.nan):
        with pytest.raises(RangeError, match="max_norm"):
            clip_grad_norm_([], bad)
        with pytest.raises(RangeError, match="clip_value"):
            clip_grad_value_([], bad)
    with pytest.raises(RangeError, match="norm_type"):
        clip_grad_norm_([], 1.0, norm_type=0)
