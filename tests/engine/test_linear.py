"""The affine map on batches of any rank."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import torch.nn.functional as T
from dlbook.engine import functional as F
from dlbook.errors import ShapeError

from engine.agreement import check
from engine.arrays import DTYPES, layouts, normal

BATCHES: list[tuple[int, ...]] = [(), (1,), (4,), (2, 3), (1, 4, 2), (0,)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("batch", BATCHES)
def test_agrees_with_pytorch(batch: tuple[int, ...], dtype: Any) -> None:
    arrays = [normal((*batch, 5), dtype), normal((3, 5), dtype, 1), normal((3,), dtype, 2)]
    check(F.linear, arrays, torch_operation=T.linear)
    check(F.linear, arrays[:2], torch_operation=T.linear)


@pytest.mark.parametrize("layout", range(4))
def test_any_layout_in_memory(layout: int) -> None:
    x, weight = layouts(normal((4, 5)))[layout], layouts(normal((3, 5), seed=1))[layout]
    check(F.linear, [x, weight, normal((3,), seed=2)], torch_operation=T.linear)


def test_agrees_with_keras_whose_matrix_is_transposed() -> None:
    def dense(x: Any, weight: Any, bias: Any) -> Any:
        return keras.ops.matmul(x, keras.ops.transpose(weight)) + bias

    arrays = [normal((2, 4, 5), np.float32), normal((3, 5), np.float32), normal((3,), np.float32)]
    check(F.linear, arrays, keras_operation=dense)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((4, 5), (5,), (3,)), r"linear: weight: expected a matrix"),
        (((4, 5), (3, 6), (3,)), r"linear: input: expected 6 features on the last axis"),
        (((), (3, 5), (3,)), r"linear: input: expected 5 features"),
        (((4, 5), (3, 5), (4,)), r"linear: bias: expected shape \(3,\)"),
        (((4, 5), (3, 5), (1, 3)), r"linear: bias: expected shape \(3,\)"),
    ],
)
def test_shapes_that_do_not_fit(shapes: tuple[tuple[int, ...], ...], message: str) -> None:
    with pytest.raises(ShapeError, match=message):
        F.linear(*map(normal, shapes))
