"""Convolution of what cannot be convolved: every message names argument, expectation, value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dlbook.engine import Tensor
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ONES = np.ones((2, 3, 5, 5), "float32")
KERNEL = np.ones((4, 3, 3, 3), "float32")
BAD: dict[str, tuple[Any, type[DlbookError], str]] = {
    "wrong rank": (lambda: F.conv2d(ONES[0], KERNEL), ShapeError, "conv2d: input"),
    "wrong rank of the weight": (lambda: F.conv2d(ONES, KERNEL[0]), ShapeError, "conv2d: weight"),
    "channels differ": (
        lambda: F.conv2d(ONES[:, :1], KERNEL),
        ShapeError,
        r"expected 3 channels \(weight is \(4, 3, 3, 3\)\), got 1 \(input is \(2, 1, 5, 5\)\)",
    ),
    "channels in groups": (lambda: F.conv2d(ONES, KERNEL, groups=2), ShapeError, "in 2 groups"),
    "groups do not divide": (
        lambda: F.conv2d(np.ones((1, 9, 5, 5), "float32"), KERNEL, groups=3),
        RangeError,
        "groups: expected a divisor of the 4 channels",
    ),
    "groups 0": (lambda: F.conv2d(ONES, KERNEL, groups=0), RangeError, "groups"),
    "kernel too large": (lambda: F.conv2d(ONES[..., :2], KERNEL), ShapeError, r"\(5, 2\)"),
    "dilated too far": (lambda: F.conv2d(ONES, KERNEL, dilation=3), ShapeError, "dilated"),
    "stride 0": (lambda: F.conv2d(ONES, KERNEL, stride=0), RangeError, "conv2d: stride"),
    "negative stride": (lambda: F.conv2d(ONES, KERNEL, stride=(1, -1)), RangeError, "stride"),
    "three strides": (lambda: F.conv2d(ONES, KERNEL, stride=(1, 1, 1)), RangeError, "2 times"),
    "stride half": (lambda: F.conv2d(ONES, KERNEL, stride=0.5), DTypeError, "stride"),
    "negative padding": (lambda: F.conv2d(ONES, KERNEL, padding=-1), RangeError, "padding"),
    "padding full": (lambda: F.conv2d(ONES, KERNEL, padding="full"), RangeError, "got full"),
    "same, strided": (
        lambda: F.conv2d(ONES, KERNEL, stride=2, padding="same"),
        RangeError,
        "padding=.same.",
    ),
    "dilation 0": (lambda: F.conv2d(ONES, KERNEL, dilation=0), RangeError, "dilation"),
    "integers": (lambda: F.conv2d(ONES.astype(int), KERNEL), DTypeError, "conv2d: input"),
    "two precisions": (lambda: F.conv2d(ONES, KERNEL.astype(float)), DTypeError, "float32"),
    "long bias": (lambda: F.conv2d(ONES, KERNEL, np.ones(3, "float32")), ShapeError, "bias"),
    "double bias": (lambda: F.conv2d(ONES, KERNEL, np.ones(4)), DTypeError, "conv2d: bias"),
    "no images": (lambda: F.conv2d(ONES[:0], KERNEL), ShapeError, "not empty"),
    "no kernels": (lambda: F.conv2d(ONES, KERNEL[:0]), ShapeError, "not empty"),
    "1d given images": (lambda: F.conv1d(ONES, KERNEL), ShapeError, "length"),
    "3d given images": (lambda: F.conv3d(ONES, KERNEL), ShapeError, "depth"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str) -> None:
    call, error, message = BAD[case]
    with pytest.raises(error, match=message):
        call()


ANY = st.one_of(st.integers(-2, 4), st.tuples(st.integers(-1, 3), st.integers(-1, 3)))


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    x=st.lists(st.integers(0, 5), min_size=3, max_size=5),
    weight=st.lists(st.integers(0, 4), min_size=3, max_size=5),
    stride=ANY,
    padding=st.one_of(ANY, st.sampled_from(["same", "valid", "half"])),
    dilation=ANY,
    groups=st.integers(-1, 3),
)
def test_whatever_comes_it_works_or_says_why(x: Any, weight: Any, **options: Any) -> None:
    images, kernel = Tensor(np.ones(x, "f"), requires_grad=True), Tensor(np.ones(weight, "f"))
    try:
        y = F.conv2d(images, kernel, **options)
    except DlbookError as error:
        message = str(error)
    else:
        y.sum().backward()
        message, shape = "", images.grad.shape
        assert shape == images.shape
    assert not message or (": expected " in message and ", got " in message)
