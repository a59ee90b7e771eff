"""Arithmetic, powers and functions of one element, against PyTorch, Keras and differences."""

from __future__ import annotations

import operator

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import mutually_broadcastable_shapes

from engine.agreement import check
from engine.arrays import DTYPES, SHAPES, away_from_zero, layouts, normal, positive

BINARY = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "power": operator.pow,
}
BROADCASTS = [
    ((), ()),
    ((3,), ()),
    ((), (2, 3)),
    ((1,), (1,)),
    ((5,), (3, 1)),
    ((2, 1, 4), (3, 1)),
    ((1, 1, 1), (2, 3, 5)),
    ((2, 3, 5), (2, 3, 5)),
    ((0, 3), (1, 3)),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shapes", BROADCASTS, ids=str)
@pytest.mark.parametrize("name", BINARY)
def test_broadcasting(name, shapes, dtype):
    arrays = [positive(shapes[0], dtype, 1), positive(shapes[1], dtype, 2)]
    check(BINARY[name], arrays, torch_operation=BINARY[name], differences=dtype == np.float64)


@pytest.mark.parametrize("name", BINARY)
def test_against_keras(name):
    arrays = [positive((3, 1), np.float64, 1), positive((2, 1, 5), np.float64, 2)]
    check(BINARY[name], arrays, keras_operation=BINARY[name], differences=False)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("number", [2, 0.5, -1.5])
@pytest.mark.parametrize("name", BINARY)
def test_python_scalar_on_either_side(name, number, dtype):
    x = positive((2, 3), dtype)
    check(lambda t: BINARY[name](t, number), [x], torch_operation=lambda t: BINARY[name](t, number))
    if name != "power" or number > 0:
        swapped = lambda t: BINARY[name](number, t)  # noqa: E731
        check(swapped, [x], torch_operation=swapped)


@pytest.mark.parametrize("name", BINARY)
def test_numpy_operand_on_either_side(name):
    x, other = positive((2, 3), seed=1), positive((3,), seed=2)
    check(
        lambda t: BINARY[name](t, other),
        [x],
        torch_operation=lambda t: BINARY[name](t, torch.tensor(other)),
    )
    check(
        lambda t: BINARY[name](other, t),
        [x],
        torch_operation=lambda t: BINARY[name](torch.tensor(other), t),
    )


@pytest.mark.parametrize("name", BINARY)
@given(shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4))
@settings(max_examples=25, deadline=None)
def test_random_shapes(name, shapes):
    a, b = shapes.input_shapes
    check(BINARY[name], [positive(a, seed=1), positive(b, seed=2)], torch_operation=BINARY[name])


@pytest.mark.parametrize("name", BINARY)
def test_memory_layouts(name):
    for a in layouts(positive((3, 5), seed=1)):
        for b in layouts(positive((3, 5), seed=2)):
            check(BINARY[name], [a, b], torch_operation=BINARY[name], differences=False)


UNARY = {
    "exp": (lambda t: t.exp(), torch.exp, normal),
    "log": (lambda t: t.log(), torch.log, positive),
    "sqrt": (lambda t: t.sqrt(), torch.sqrt, positive),
    "abs": (lambda t: t.abs(), torch.abs, away_from_zero),
    "negative": (lambda t: -t, torch.neg, normal),
    "clip both": (lambda t: t.clip(-0.5, 0.6), lambda t: t.clip(-0.5, 0.6), normal),
    "clip below": (lambda t: t.clip(min=0.1), lambda t: t.clip(min=0.1), normal),
    "clip above": (lambda t: t.clip(max=-0.1), lambda t: t.clip(max=-0.1), normal),
    "cube": (lambda t: t**3, lambda t: t**3, normal),
    "square": (lambda t: t**2.0, lambda t: t**2.0, normal),
    "power 0": (lambda t: t**0, lambda t: t**0, normal),
    "reciprocal": (lambda t: 1 / t, lambda t: 1 / t, away_from_zero),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", UNARY)
def test_elementwise(name, shape, dtype):
    ours, theirs, draw = UNARY[name]
    x = draw(shape, dtype)
    check(ours, [x], torch_operation=theirs, differences=dtype == np.float64)


@pytest.mark.parametrize("name", UNARY)
def test_elementwise_layouts(name):
    ours, theirs, draw = UNARY[name]
    for x in layouts(draw((3, 4))):
        check(ours, [x], torch_operation=theirs, differences=False)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "abs"])
def test_elementwise_against_keras(name):
    import keras

    ours, _, draw = UNARY[name]
    check(ours, [draw((3, 4))], keras_operation=getattr(keras.ops, name), differences=False)


def test_clip_against_keras():
    import keras

    check(
        lambda t: t.clip(-0.5, 0.5),
        [normal((3, 4))],
        keras_operation=lambda t: keras.ops.clip(t, -0.5, 0.5),
        differences=False,
    )


@pytest.mark.parametrize(
    ("ours", "values"),
    [
        (lambda t: t.abs(), [-1.0, 0.0, 2.0]),
        (lambda t: t.sqrt(), [0.0, 4.0, -1.0]),
        (lambda t: t.log(), [0.0, 1.0, -1.0]),
        (lambda t: t.clip(0.0, 1.0), [0.0, 1.0, np.nan, np.inf]),
        (lambda t: t.exp(), [-np.inf, 0.0, 100.0]),
        (lambda t: t**2, [0.0, -3.0]),
        (lambda t: t**0, [0.0, -3.0]),
        (lambda t: t**0.5, [0.0, 4.0]),
        (lambda t: 0**t, [0.0, 2.0]),
        (lambda t: t / 0, [1.0, -1.0]),
        (lambda t: 1 / t, [0.0, -2.0]),
    ],
)
@pytest.mark.parametrize("dtype", DTYPES)
def test_edges_of_the_domain(ours, values, dtype):
    """At kinks, poles and outside the domain the results and gradients are PyTorch's."""
    check(ours, [np.array(values, dtype=dtype)], torch_operation=ours, differences=False)


@pytest.mark.parametrize("name", BINARY)
def test_mixed_precision_gives_each_gradient_its_own_type(name):
    a, b = positive((2, 3), np.float32, 1), positive((3,), np.float64, 2)
    ours = [Tensor(a, requires_grad=True), Tensor(b, requires_grad=True)]
    theirs = [torch.tensor(a, requires_grad=True), torch.tensor(b, requires_grad=True)]
    for inputs in (ours, theirs):
        BINARY[name](*inputs).sum().backward()
    assert ours[0].grad.dtype == np.float32
    assert ours[1].grad.dtype == np.float64
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-5)


@pytest.mark.parametrize("integers", [np.int64, np.int32, np.uint8, bool])
@pytest.mark.parametrize("name", ["add", "multiply", "divide"])
def test_integers_beside_floats_keep_float32(name, integers):
    x, counts = normal((3,), np.float32), np.array([1, 2, 1]).astype(integers)
    expected = BINARY[name](torch.tensor(x), torch.tensor(counts)).numpy()
    for other in (counts, Tensor(counts)):
        result = BINARY[name](Tensor(x), other)
        assert result.dtype == np.float32
        np.testing.assert_allclose(result.data, expected)
        assert BINARY[name](other, Tensor(x)).dtype == np.float32


def test_functions_of_integers_are_float32():
    counts = Tensor([1, 2, 4])
    assert counts.dtype.kind == "i"
    for result in (counts.exp(), counts.log(), counts.sqrt(), counts / 2, counts + 0.5, 1 / counts):
        assert result.dtype == np.float32
    np.testing.assert_allclose((counts / 2).data, [0.5, 1.0, 2.0])
    assert (counts + 1).dtype == counts.dtype


COMPARISONS = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)


@pytest.mark.parametrize("compare", COMPARISONS)
def test_comparisons(compare):
    a, b = np.array([[1.0], [2.0]]), np.array([1.0, 2.0, 3.0])
    expected = compare(a, b)
    for left, right in ((Tensor(a), Tensor(b)), (Tensor(a), b), (a, Tensor(b))):
        result = compare(left, right)
        assert isinstance(result, Tensor)
        assert not result.requires_grad
        np.testing.assert_array_equal(result.data, expected)
    np.testing.assert_array_equal(compare(Tensor(b), 2).data, compare(b, 2))


def test_comparison_with_what_is_no_number():
    x = Tensor([1.0, 2.0])
    assert (x == None) is False  # noqa: E711
    assert (x != "a") is True
    with pytest.raises(DTypeError, match="Tensor: data"):
        x < "a"  # noqa: B015


ALL = (*BINARY.values(), *COMPARISONS, operator.matmul)


@pytest.mark.parametrize("operation", ALL)
def test_shapes_that_do_not_broadcast(operation):
    with pytest.raises(ShapeError, match=r"\(2, 3\).*\(4,\)"):
        operation(Tensor(np.ones((2, 3))), Tensor(np.ones(4)))


@pytest.mark.parametrize("operation", [*BINARY.values(), operator.matmul])
@pytest.mark.parametrize("other", ["a", None, [1.0, [2.0]], 1j, {"a": 1}, 10**400])
def test_operands_that_are_no_numbers(operation, other):
    for left, right in ((Tensor([1.0]), other), (other, Tensor([1.0]))):
        with pytest.raises(DTypeError):
            operation(left, right)


@pytest.mark.parametrize(
    ("operation", "error", "message"),
    [
        (lambda: Tensor([1, 2]) ** -1, RangeError, "exponents of 0 or more"),
        (lambda: -Tensor([True]), DTypeError, "numbers"),
        (lambda: Tensor([True]) - Tensor([False]), DTypeError, "truth values"),
        (lambda: Tensor([1.0]).clip(), RangeError, "at least one bound"),
        (lambda: Tensor([1.0]).clip(min="a"), DTypeError, "numbers"),
    ],
)
def test_refused(operation, error, message):
    with pytest.raises(error, match=message):
        operation()


@given(
    st.sampled_from(ALL),
    st.lists(st.integers(0, 3), max_size=3),
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from(["float32", "float64", "int64", "bool"]),
    st.sampled_from(["float32", "int8", "bool"]),
)
@settings(max_examples=60, deadline=None)
def test_never_a_bare_numpy_error(operation, a, b, dtype_a, dtype_b):
    left, right = Tensor(np.ones(a, dtype_a)), Tensor(np.ones(b, dtype_b))
    try:
        result = operation(left, right)
    except DlbookError:
        return
    assert isinstance(result, Tensor)
