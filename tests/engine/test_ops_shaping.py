"""Indexing, reshaping, joining, choosing and padding."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, cat, stack, where
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import basic_indices, integer_array_indices

from engine.agreement import check
from engine.arrays import DTYPES, layouts, normal

# --- shapes ---------------------------------------------------------------------------------

RESHAPED = {
    "reshape": (lambda t: t.reshape(4, 6), lambda t: t.reshape(4, 6)),
    "reshape tuple": (lambda t: t.reshape((6, 4)), lambda t: t.reshape((6, 4))),
    "reshape -1": (lambda t: t.reshape(3, -1), lambda t: t.reshape(3, -1)),
    "flatten": (lambda t: t.flatten(), lambda t: t.flatten()),
    "flatten from 1": (lambda t: t.flatten(1), lambda t: t.flatten(1)),
    "flatten to -2": (lambda t: t.flatten(0, -2), lambda t: t.flatten(0, -2)),
    "flatten one axis": (lambda t: t.flatten(1, 1), lambda t: t.flatten(1, 1)),
    "unsqueeze 0": (lambda t: t.unsqueeze(0), lambda t: t.unsqueeze(0)),
    "unsqueeze -1": (lambda t: t.unsqueeze(-1), lambda t: t.unsqueeze(-1)),
    "permute": (lambda t: t.permute(2, 0, 1), lambda t: t.permute(2, 0, 1)),
    "permute negative": (lambda t: t.permute((-1, -3, -2)), lambda t: t.permute((-1, -3, -2))),
    "transpose": (lambda t: t.transpose(0, 2), lambda t: t.transpose(0, 2)),
    "transpose negative": (lambda t: t.transpose(-1, -2), lambda t: t.transpose(-1, -2)),
    "expand": (lambda t: t.expand(5, 2, 3, 4), lambda t: t.expand(5, 2, 3, 4)),
    "expand -1": (lambda t: t.expand(2, -1, -1, -1), lambda t: t.expand(2, -1, -1, -1)),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", RESHAPED)
def test_shapes(name, dtype):
    ours, theirs = RESHAPED[name]
    check(ours, [normal((2, 3, 4), dtype)], torch_operation=theirs)


@pytest.mark.parametrize("name", RESHAPED)
def test_shapes_of_other_layouts(name):
    ours, theirs = RESHAPED[name]
    for x in layouts(normal((2, 3, 4))):
        check(ours, [x], torch_operation=theirs, differences=False)


@pytest.mark.parametrize("dim", [1, -2])
def test_squeeze(dim):
    check(lambda t: t.squeeze(dim), [normal((3, 1, 4))], torch_operation=lambda t: t.squeeze(1))


def test_shapes_of_rank_0_and_of_nothing():
    one = lambda t: t.flatten()  # noqa: E731
    check(one, [normal(())], torch_operation=one)
    check(lambda t: t.reshape(1, 1), [normal(())], torch_operation=lambda t: t.reshape(1, 1))
    check(lambda t: t.reshape(()), [normal((1, 1))], torch_operation=lambda t: t.reshape(()))
    empty = lambda t: t.flatten(1)  # noqa: E731
    check(empty, [normal((0, 3, 2))], torch_operation=empty)


@pytest.mark.parametrize("start", [(1, 3), (1, 3, 1), (2, 1, 1), (1,), ()])
def test_expand_from_length_1(start):
    check(lambda t: t.expand(2, 3, 3), [normal(start)], torch_operation=lambda t: t.expand(2, 3, 3))


def test_matrix_transpose():
    check(lambda t: t.T, [normal((2, 5))], torch_operation=lambda t: t.T)
    with pytest.raises(ShapeError, match="2 axes"):
        _ = Tensor(np.ones((2, 2, 2))).T


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        (lambda t: t.reshape(5), ShapeError, "a shape that holds 6 elements"),
        (lambda t: t.reshape(-1, -1), ShapeError, "reshape"),
        (lambda t: t.reshape(2.0, 3), DTypeError, "integers"),
        (lambda t: t.reshape("6"), DTypeError, "integers"),
        (lambda t: t.reshape(None), DTypeError, "integers"),
        (lambda t: t.flatten(1, 0), RangeError, "end_dim"),
        (lambda t: t.flatten(2), RangeError, "flatten: dim"),
        (lambda t: t.squeeze(0), ShapeError, "length 1"),
        (lambda t: t.squeeze(7), RangeError, "squeeze: dim"),
        (lambda t: t.unsqueeze(4), RangeError, "unsqueeze: dim"),
        (lambda t: t.unsqueeze("a"), RangeError, "unsqueeze: dim"),
        (lambda t: t.permute(0), ShapeError, "each of the 2 axes"),
        (lambda t: t.permute(0, 0), ShapeError, "each of the 2 axes"),
        (lambda t: t.permute(0, 2), ShapeError, "each of the 2 axes"),
        (lambda t: t.transpose(0, 2), RangeError, "transpose: dim"),
        (lambda t: t.expand(3, 3), ShapeError, "expand"),
        (lambda t: t.expand(-1), ShapeError, "expand"),
        (lambda t: t.expand(-1, 2, 3), ShapeError, "expand"),
    ],
)
def test_shapes_refused(operation, error, message):
    with pytest.raises(error, match=message):
        operation(Tensor(np.ones((2, 3))))


# --- indexing -------------------------------------------------------------------------------

INDICES = {
    "integer": 1,
    "negative": -1,
    "NumPy integer": np.int64(2),
    "slice": slice(1, 3),
    "step": slice(None, None, 2),
    "two": (1, slice(0, 2)),
    "ellipsis": (..., 0),
    "new axis": (slice(None), None, 1),
    "one element": (2, 1, 0),
    "empty": slice(3, 3),
    "list": [0, 2, 2],
    "array": np.array([[0, 1], [1, 1]]),
    "pairs": (np.array([0, 1, 1]), np.array([2, 0, 0])),
    "array and slice": (slice(None), np.array([1, 1, 0])),
    "mask": np.arange(4) % 2 == 0,
    "mask of all": (np.arange(36).reshape(4, 3, 3) % 5) == 0,
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", INDICES)
def test_indexing(name, dtype):
    index = INDICES[name]

    def theirs(t):
        parts = index if isinstance(index, tuple) else (index,)
        converted = [torch.tensor(p) if isinstance(p, np.ndarray) else p for p in parts]
        return t[tuple(converted)]

    check(lambda t: t[index], [normal((4, 3, 3), dtype)], torch_operation=theirs)


def test_indexing_with_tensors():
    x = normal((4, 3))
    rows = Tensor(np.array([0, 3, 3]))
    check(lambda t: t[rows], [x], torch_operation=lambda t: t[torch.tensor([0, 3, 3])])
    check(
        lambda t: t[rows, Tensor(np.array([0, 1, 1]))],
        [x],
        torch_operation=lambda t: t[torch.tensor([0, 3, 3]), torch.tensor([0, 1, 1])],
    )
    check(lambda t: t[t > 0], [x], torch_operation=lambda t: t[t > 0], differences=False)


def test_indexing_backwards_matches_numpy():
    x = normal((5, 4))
    tensor = Tensor(x, requires_grad=True)
    tensor[::-1, 1::2].backward(np.arange(10.0).reshape(5, 2))
    expected = np.zeros_like(x)
    expected[::-1, 1::2] += np.arange(10.0).reshape(5, 2)
    np.testing.assert_array_equal(tensor.grad, expected)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_random_indices(data):
    shape = tuple(data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    kind = data.draw(st.sampled_from([basic_indices, integer_array_indices]))
    options = {"allow_newaxis": True} if kind is basic_indices else {}
    index = data.draw(kind(shape, **options))
    x = normal(shape)
    tensor = Tensor(x, requires_grad=True)
    result = tensor[index]
    np.testing.assert_array_equal(result.data, x[index])
    result.backward(np.ones(result.shape))
    expected = np.zeros_like(x)
    np.add.at(expected, index, 1.0)
    np.testing.assert_array_equal(tensor.grad, expected)


@pytest.mark.parametrize(
    "index",
    [4, -5, (0, 3), (0, 0, 0, 0), "a", 1.5, slice("a", None), slice(None, None, 0), [0, 9],
     np.ones(3, bool), ([0, 1], [0, 1, 2]), (..., ...)],
)  # fmt: skip
def test_indices_refused(index):
    with pytest.raises(RangeError, match=r"fits the shape \(4, 3, 3\)"):
        Tensor(np.ones((4, 3, 3)))[index]


def test_iteration_and_length():
    x = Tensor(normal((3, 2)), requires_grad=True)
    assert len(x) == 3
    first, second, third = x
    (first * 1.0 + third * 3.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [[1, 1], [0, 0], [3, 3]])
    assert second.shape == (2,)
    for operation in (len, list):
        with pytest.raises(ShapeError, match="at least one axis"):
            operation(Tensor(1.0))


# --- several tensors ------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_cat(dim, dtype):
    shapes = {0: [(1, 3), (2, 3), (0, 3)], 1: [(2, 1), (2, 3), (2, 2)], -1: [(2, 4), (2, 1)]}[dim]
    arrays = [normal(shape, dtype, seed) for seed, shape in enumerate(shapes)]
    check(lambda *ts: cat(ts, dim), arrays, torch_operation=lambda *ts: torch.cat(ts, dim))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("dim", [0, 1, 2, -1, -3])
def test_stack(dim, dtype):
    arrays = [normal((2, 3), dtype, seed) for seed in range(3)]
    check(lambda *ts: stack(ts, dim), arrays, torch_operation=lambda *ts: torch.stack(ts, dim))


def test_joining_against_keras():
    import keras

    arrays = [normal((2, 3), seed=seed) for seed in range(2)]
    check(
        lambda *ts: cat(ts, 1),
        arrays,
        keras_operation=lambda *ts: keras.ops.concatenate(ts, 1),
        differences=False,
    )
    check(
        lambda *ts: stack(ts, 1),
        arrays,
        keras_operation=lambda *ts: keras.ops.stack(ts, 1),
        differences=False,
    )


def test_the_same_tensor_twice():
    check(lambda t: cat([t, t, 2 * t]), [normal((2, 3))])
    check(lambda t: stack([t, t]), [normal((2, 3))], torch_operation=lambda t: torch.stack([t, t]))


def test_joining_integers_and_floats_keeps_float32():
    x, counts = Tensor([1.0, 2.0]), Tensor([3, 4])
    assert cat([x, counts]).dtype == stack([counts, x]).dtype == np.float32
    assert cat([counts, counts]).dtype == counts.dtype


WHERE = [((2, 3), (2, 3), (2, 3)), ((3,), (2, 3), ()), ((2, 1), (1, 3), (2, 3)), ((), (), ())]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shapes", WHERE, ids=str)
def test_where(shapes, dtype):
    condition = normal(shapes[0], seed=5) > 0
    arrays = [normal(shapes[1], dtype, 1), normal(shapes[2], dtype, 2)]
    check(
        lambda a, b: where(condition, a, b),
        arrays,
        torch_operation=lambda a, b: torch.where(torch.tensor(condition), a, b),
    )


@pytest.mark.parametrize("number", [0, 1.5])
def test_where_with_numbers(number):
    x = normal((2, 3), np.float32)
    for ours, theirs in (
        (lambda t: where(t > 0, t, number), lambda t: torch.where(t > 0, t, number)),
        (lambda t: where(t > 0, number, t), lambda t: torch.where(t > 0, number, t)),
    ):
        check(ours, [x], torch_operation=theirs, differences=False)
    np.testing.assert_array_equal(where([True, False], 1.0, 2).data, [1.0, 2.0])


def test_where_keeps_infinities_of_the_other_branch_out():
    x = Tensor([0.0, 4.0], requires_grad=True)
    where(x > 0, x * 2, 7.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [0.0, 2.0])


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        (lambda: cat([]), ShapeError, "at least one tensor"),
        (lambda: stack([]), ShapeError, "at least one tensor"),
        (lambda: cat(5), DTypeError, "sequence of tensors"),
        (lambda: stack("ab"), DTypeError, "sequence of tensors"),
        (lambda: cat([np.ones((2, 3)), np.ones((2, 4))]), ShapeError, "except along dim 0"),
        (lambda: cat([np.ones((2, 3)), np.ones(3)]), ShapeError, "except along dim 0"),
        (lambda: cat([np.ones(3)], dim=1), RangeError, "cat: dim"),
        (lambda: cat([np.float64(1.0)]), RangeError, "cat: dim"),
        (lambda: stack([np.ones(3), np.ones(2)]), ShapeError, "equal shapes"),
        (lambda: stack([np.ones(3)], dim=2), RangeError, "stack: dim"),
        (lambda: where(np.ones(2), np.ones(3), 1.0), ShapeError, "where"),
        (lambda: where("a", 1.0, 2.0), DTypeError, "numbers"),
    ],
)
def test_joining_refused(operation, error, message):
    with pytest.raises(error, match=message):
        operation()


# --- padding --------------------------------------------------------------------------------

PADDINGS = [
    ((5,), (1, 2)),
    ((2, 5), (2, 0)),
    ((2, 3, 4), (1, 2, 0, 1)),
    ((1, 2, 3, 4), (1, 1, 2, 2)),
    ((1, 2, 3, 4), (0, 1, 2, 1, 1, 0)),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("value", [0.0, -1.5])
@pytest.mark.parametrize(("shape", "pad"), PADDINGS, ids=str)
def test_pad_with_a_constant(shape, pad, value, dtype):
    check(
        lambda t: F.pad(t, pad, value=value),
        [normal(shape, dtype)],
        torch_operation=lambda t: torch.nn.functional.pad(t, pad, value=value),
    )


@pytest.mark.parametrize("pad", [(-1, 0), (1, -2), (-1, -1, 2, -1)])
def test_negative_padding_crops(pad):
    check(
        lambda t: F.pad(t, pad, value=9.0),
        [normal((3, 4, 5))],
        torch_operation=lambda t: torch.nn.functional.pad(t, pad, value=9.0),
    )


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize(
    ("shape", "pad"),
    [((2, 3, 5), (2, 1)), ((2, 3, 4, 5), (1, 3, 2, 0)), ((1, 1, 3, 3, 3), (1, 2, 0, 2, 2, 1))],
    ids=str,
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_pad_with_what_is_there(shape, pad, mode, dtype):
    check(
        lambda t: F.pad(t, pad, mode=mode),
        [normal(shape, dtype)],
        torch_operation=lambda t: torch.nn.functional.pad(t, pad, mode=mode),
    )


def test_replicate_may_pad_by_more_than_there_is():
    check(
        lambda t: F.pad(t, (4, 5), mode="replicate"),
        [normal((1, 1, 2))],
        torch_operation=lambda t: torch.nn.functional.pad(t, (4, 5), mode="replicate"),
    )


@pytest.mark.parametrize(
    ("pad", "mode", "error", "message"),
    [
        ((1,), "constant", ShapeError, "pairs"),
        ((1, 1, 1, 1, 1, 1), "constant", ShapeError, "pairs"),
        ((-2, -2), "constant", RangeError, "leave"),
        ((3, 0), "reflect", RangeError, "less than the length"),
        ((4, 0), "circular", RangeError, "at most the length"),
        ((-1, 0), "reflect", RangeError, "0 or more"),
        ((1, 1), "mirror", RangeError, "mode"),
        ((0.5, 1), "constant", DTypeError, "integers"),
        (3, "constant", ShapeError, "pairs"),
        ("ab", "constant", DTypeError, "integers"),
    ],
)
def test_pad_refused(pad, mode, error, message):
    with pytest.raises(error, match=message):
        F.pad(Tensor(np.ones((2, 3))), pad, mode=mode)


@given(
    st.lists(st.integers(0, 3), max_size=3),
    st.lists(st.integers(-3, 4), max_size=6),
    st.sampled_from(["constant", "reflect", "replicate", "circular"]),
)
@settings(max_examples=60, deadline=None)
def test_pad_never_ends_in_a_bare_numpy_error(shape, pad, mode):
    x = Tensor(np.ones(shape), requires_grad=True)
    try:
        result = F.pad(x, pad, mode=mode)
    except DlbookError:
        return
    expected = list(shape)
    for i in range(len(pad) // 2):
        expected[-1 - i] += pad[2 * i] + pad[2 * i + 1]
    assert result.shape == tuple(expected)
