"""Making tensors, looking at them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, as_tensor
from dlbook.errors import DlbookError, DTypeError, GradientError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check
from engine.arrays import normal


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (1.5, "float32"),
        ([1.0, 2.0], "float32"),
        ([[1, 2], [3, 4]], "int64"),
        (True, "bool"),
        (np.ones(2, np.float64), "float64"),
        (np.float64(3.0), "float64"),
        (np.ones(2, np.float32), "float32"),
        (np.ones(2, np.int32), "int32"),
        (np.ones(2, np.uint8), "uint8"),
    ],
)
def test_types_are_those_of_pytorch(data, dtype):
    assert Tensor(data).dtype == np.dtype(dtype)
    assert str(torch.as_tensor(data).dtype) == f"torch.{dtype}"


def test_dtype_can_be_asked_for():
    assert Tensor([1, 2], dtype=np.float64).dtype == np.float64
    assert Tensor(Tensor([1.0]), dtype="int64").dtype == np.int64


def test_an_array_is_shared_not_copied():
    x = np.zeros(3)
    tensor = Tensor(x)
    x[0] = 5
    assert tensor.data is x
    assert tensor.numpy() is x
    assert as_tensor(tensor) is tensor
    assert Tensor(tensor).data is x


def test_attributes():
    x = Tensor(np.ones((2, 3)), requires_grad=True)
    y = x * 2
    assert (x.shape, x.ndim, x.numel(), len(x)) == ((2, 3), 2, 6, 2)
    assert (x.is_leaf, y.is_leaf) == (True, False)
    assert (x.requires_grad, y.requires_grad, (Tensor(1.0) * 2).requires_grad) == (
        True,
        True,
        False,
    )
    assert x.grad is None


def test_repr():
    x = Tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == "Tensor([1., 2.], requires_grad=True)"
    assert repr(x * 2) == "Tensor([2., 4.], function=Multiply)"
    assert repr(Tensor([1, 2])) == "Tensor([1, 2], dtype=int64)"


def test_single_numbers():
    assert Tensor([[2.5]]).item() == 2.5
    assert float(Tensor(2.5)) == 2.5
    assert bool(Tensor(1.0)) is True
    assert bool(Tensor(0)) is False
    for convert in (Tensor.item, float, bool):
        with pytest.raises(ShapeError, match="exactly one element"):
            convert(Tensor([1.0, 2.0]))


def test_as_numpy_array():
    np.testing.assert_array_equal(np.asarray(Tensor([1.0, 2.0])), [1.0, 2.0])
    assert np.asarray(Tensor([1.0]), dtype=np.float64).dtype == np.float64
    with pytest.raises(GradientError, match=r"x\.detach\(\) or x\.data"):
        np.asarray(Tensor([1.0], requires_grad=True))


def test_hash_is_identity():
    a, b = Tensor([1.0]), Tensor([1.0])
    assert len({a, b, a}) == 2


def test_cast():
    check(
        lambda t: (t.to(np.float64) * 2).to(np.float32),
        [normal((3,), np.float32)],
        torch_operation=lambda t: (t.to(torch.float64) * 2).to(torch.float32),
        differences=False,  # the function rounds to float32
    )
    x = Tensor([1.7, -1.2], requires_grad=True)
    whole = x.to(np.int64)
    assert not whole.requires_grad
    np.testing.assert_array_equal(whole.data, [1, -1])
    for dtype in ("nonsense", np.complex64, "U3", object):
        with pytest.raises(DTypeError):
            x.to(dtype)


@pytest.mark.parametrize(
    "data",
    ["text", ["a", "b"], None, [1.0, None], {"a": 1}, 1j, [[1.0], [1.0, 2.0]], object(), 10**30,
     np.array(["2020-01-01"], dtype="datetime64[D]")],
)  # fmt: skip
def test_what_is_no_number_is_refused(data):
    with pytest.raises(DTypeError, match="Tensor: data: expected"):
        Tensor(data)


def test_numbers_that_do_not_fit_the_dtype_are_refused():
    with pytest.raises(DTypeError, match="Tensor: data"):
        Tensor([300], dtype=np.int8)


@pytest.mark.parametrize("data", [[1, 2], [True], np.ones(2, np.int32)])
def test_integers_cannot_require_a_gradient(data):
    with pytest.raises(DTypeError, match="requires_grad=True: expected floating-point"):
        Tensor(data, requires_grad=True)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=2),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=1), inner),
        max_leaves=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_anything_is_a_tensor_or_refused(data):
    try:
        tensor = Tensor(data)
    except DlbookError:
        return
    assert tensor.dtype.kind in "fiub"
