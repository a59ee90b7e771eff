"""The matrix product for every pair of ranks."""

from __future__ import annotations

import operator

import numpy as np
import pytest
from dlbook.engine import Tensor
from dlbook.errors import ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check
from engine.arrays import DTYPES, layouts, normal

SHAPES = [
    ((3,), (3,)),
    ((1,), (1,)),
    ((3,), (3, 4)),
    ((2, 3), (3,)),
    ((2, 3), (3, 4)),
    ((1, 1), (1, 1)),
    ((5, 1), (1, 7)),
    ((3,), (2, 3, 4)),
    ((2, 5, 3), (3,)),
    ((2, 5, 3), (3, 4)),
    ((5, 3), (2, 3, 4)),
    ((2, 5, 3), (2, 3, 4)),
    ((1, 5, 3), (2, 3, 4)),
    ((2, 1, 5, 3), (4, 3, 1)),
    ((2, 3, 1, 5), (2, 1, 5, 2)),
    ((0, 3), (3, 2)),
    ((2, 0), (0, 3)),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_matmul(shapes, dtype):
    arrays = [normal(shapes[0], dtype, 1), normal(shapes[1], dtype, 2)]
    check(operator.matmul, arrays, torch_operation=operator.matmul)


def test_against_keras():
    arrays = [normal((2, 5, 3), seed=1), normal((2, 3, 4), seed=2)]
    check(operator.matmul, arrays, keras_operation=operator.matmul, differences=False)


def test_memory_layouts():
    for a in layouts(normal((3, 5), seed=1)):
        for b in layouts(normal((5, 2), seed=2)):
            check(operator.matmul, [a, b], torch_operation=operator.matmul, differences=False)


def test_one_operand_may_be_a_plain_array():
    a, b = normal((2, 3), seed=1), normal((3, 4), seed=2)
    check(lambda t: t @ b, [a])
    check(lambda t: a @ t, [b])


@given(
    st.lists(st.integers(1, 3), max_size=2), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)
)
@settings(max_examples=40, deadline=None)
def test_random_shapes(batch, rows, inner, columns):
    arrays = [normal((*batch, rows, inner), seed=1), normal((inner, columns), seed=2)]
    check(operator.matmul, arrays, torch_operation=operator.matmul)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (((2, 3), (4, 2)), "as many columns in a as rows in b"),
        (((3,), (4,)), "as many columns"),
        (((), (3,)), "rank 1 or more"),
        (((3,), ()), "rank 1 or more"),
        (((2, 1, 3), (3, 3, 1)), "batch axes that broadcast"),
    ],
)
def test_shapes_that_do_not_fit(shapes, message):
    a, b = (Tensor(np.ones(shape)) for shape in shapes)
    with pytest.raises(ShapeError, match=message):
        a @ b
