"""Convolution: values and gradients against PyTorch, Keras, differences and plain loops."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, no_grad
from dlbook.engine import functional as F
from dlbook.engine.functional import conv_kernels
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check

ENGINE = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TORCH = {1: torch.nn.functional.conv1d, 2: torch.nn.functional.conv2d}
TORCH[3] = torch.nn.functional.conv3d
pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")


def draw(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def arrays(
    x: tuple[int, ...], weight: tuple[int, ...], dtype: str = "float64", bias: bool = True
) -> list[np.ndarray]:
    made = [draw(x, dtype, 1), draw(weight, dtype, 2)]
    return [*made, draw(weight[:1], dtype, 3)] if bias else made


def agree(rank: int, inputs: list[np.ndarray], differences: bool = False, **options: Any) -> None:
    check(
        lambda *tensors: ENGINE[rank](*tensors, **options),
        inputs,
        torch_operation=lambda *tensors: TORCH[rank](*tensors, **options),
        differences=differences,
    )


CASES = {
    "1d": (1, (2, 3, 7), (4, 3, 3), {}),
    "1d stride": (1, (2, 3, 8), (4, 3, 3), {"stride": 2, "padding": 1}),
    "1d many channels": (1, (2, 20, 7), (5, 20, 3), {"dilation": 2, "padding": 1}),
    "1d same, even kernel": (1, (2, 2, 6), (3, 2, 4), {"padding": "same"}),
    "1d depthwise": (1, (2, 4, 6), (4, 1, 3), {"groups": 4}),
    "2d few channels": (2, (2, 1, 7, 6), (4, 1, 3, 3), {}),
    "2d many channels": (2, (2, 12, 6, 5), (3, 12, 3, 3), {}),
    "2d padded to the same size": (2, (2, 3, 5, 6), (4, 3, 3, 3), {"padding": 1}),
    "2d same, even kernel": (2, (2, 3, 5, 6), (4, 3, 2, 4), {"padding": "same"}),
    "2d same, dilated": (2, (1, 2, 7, 7), (2, 2, 3, 3), {"padding": "same", "dilation": 2}),
    "2d valid": (2, (2, 3, 5, 6), (4, 3, 3, 2), {"padding": "valid"}),
    "2d stride": (2, (2, 3, 7, 8), (4, 3, 3, 3), {"stride": 2}),
    "2d stride skips the end": (2, (2, 16, 8, 8), (4, 16, 2, 2), {"stride": 3}),
    "2d all per axis": (
        2,
        (2, 16, 9, 8),
        (4, 16, 3, 2),
        {"stride": (1, 2), "padding": (2, 1), "dilation": (2, 3)},
    ),
    "2d 1×1": (2, (2, 5, 4, 3), (6, 5, 1, 1), {}),
    "2d kernel as large as the image": (2, (2, 3, 4, 5), (2, 3, 4, 5), {}),
    "2d kernel larger than the image": (2, (1, 2, 2, 2), (1, 2, 4, 3), {"padding": 2}),
    "2d size 1": (2, (1, 1, 1, 1), (1, 1, 1, 1), {}),
    "2d groups": (2, (2, 6, 5, 5), (4, 3, 3, 3), {"groups": 2}),
    "2d groups, strided": (2, (1, 24, 6, 5), (4, 12, 3, 3), {"groups": 2, "stride": 2}),
    "2d depthwise, two kernels each": (2, (2, 3, 5, 5), (6, 1, 3, 3), {"groups": 3, "padding": 1}),
    "3d": (3, (2, 2, 4, 5, 4), (3, 2, 2, 3, 2), {}),
    "3d many channels": (3, (1, 12, 4, 4, 5), (2, 12, 2, 3, 3), {"padding": 1}),
    "3d strides": (3, (1, 11, 5, 4, 5), (2, 11, 3, 2, 3), {"stride": (2, 1, 2), "padding": 1}),
    "3d groups": (3, (1, 4, 3, 4, 3), (2, 2, 2, 2, 2), {"groups": 2, "dilation": (1, 2, 1)}),
}


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_against_torch(case: str, dtype: str, bias: bool) -> None:
    rank, x, weight, options = CASES[case]
    agree(rank, arrays(x, weight, dtype, bias), **options)


SMALL = [case for case, (_, x, w, _) in CASES.items() if np.prod(x[1:]) + np.prod(w) <= 260]


@pytest.mark.parametrize("case", SMALL)
def test_against_central_differences(case: str) -> None:
    rank, x, weight, options = CASES[case]
    small = (1, *x[1:])
    check(lambda *tensors: ENGINE[rank](*tensors, **options), arrays(small, weight))


KERAS = [(1, "valid", 1), (1, "same", 1), (2, "valid", 1), (1, "same", 2)]
KERAS_CASES = [(rank, *case) for rank in (1, 2, 3) for case in KERAS]
KERAS_CASES.remove((3, 1, "same", 2))  # TensorFlow cannot differentiate it on a CPU


@pytest.mark.parametrize(("rank", "stride", "padding", "dilation"), KERAS_CASES)
def test_against_keras(rank: int, stride: int, padding: str, dilation: int) -> None:
    import keras

    inputs = arrays((2, 3, *(7, 6, 5)[:rank]), (4, 3, *(3, 2, 3)[:rank]), "float32")
    forth = (0, *range(2, rank + 2), 1)
    back = (0, rank + 1, *range(1, rank + 1))

    def in_keras(x: Any, weight: Any, bias: Any) -> Any:
        ops = keras.ops
        images = ops.transpose(x, forth)
        kernel = ops.transpose(weight, (*range(2, rank + 2), 1, 0))
        settings = {"data_format": "channels_last", "dilation_rate": dilation}
        y = ops.conv(images, kernel, stride, padding, **settings)
        return ops.transpose(y + bias, back)

    options = {"stride": stride, "padding": padding, "dilation": dilation}
    check(
        lambda *t: ENGINE[rank](*t, **options),
        inputs,
        keras_operation=in_keras,
        differences=False,
    )


@st.composite
def convolutions(draw_one: Any) -> tuple[int, Any, Any, dict[str, Any]]:
    """Any convolution that PyTorch accepts, small enough to be quick."""
    rank = draw_one(st.integers(1, 3))
    groups = draw_one(st.sampled_from([1, 1, 1, 2, 3]))
    channels_in = groups * draw_one(st.integers(1, 12))
    channels_out = groups * draw_one(st.integers(1, 4))

    def several(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw_one(st.integers(low, high)) for _ in range(rank))

    size, dilation = several(1, 4), several(1, 3)
    options: dict[str, Any] = {"dilation": dilation, "groups": groups}
    if draw_one(st.booleans()):
        options |= {"padding": draw_one(st.sampled_from(["same", "valid"]))}
        pads = (0,) * rank
    else:
        pads = several(0, 3)
        options |= {"padding": pads, "stride": several(1, 3)}
    extents = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    least = [max(1, extent - 2 * pad) for extent, pad in zip(extents, pads, strict=True)]
    if options["padding"] == "same":
        least = [1] * rank
    lengths = tuple(low + draw_one(st.integers(0, 4)) for low in least)
    x = (draw_one(st.integers(1, 3)), channels_in, *lengths)
    return rank, x, (channels_out, channels_in // groups, *size), options


@settings(max_examples=100, deadline=None, derandomize=True)
@given(case=convolutions(), bias=st.booleans())
def test_any_convolution(case: Any, bias: bool) -> None:
    rank, x, weight, options = case
    agree(rank, arrays(x, weight, "float64", bias), **options)


@pytest.mark.parametrize("view", ["transposed", "every second", "reversed", "broadcast"])
@pytest.mark.parametrize("channels", [2, 16])
def test_views_that_are_not_contiguous(view: str, channels: int) -> None:
    x = {
        "transposed": draw((6, 5, channels, 2), "float64").transpose(3, 2, 1, 0),
        "every second": draw((4, channels, 10, 12), "float64")[::2, :, ::2, ::2],
        "reversed": draw((2, channels, 5, 6), "float64")[:, ::-1, ::-1, ::-1],
        "broadcast": np.broadcast_to(draw((1, channels, 5, 1), "float64"), (2, channels, 5, 6)),
    }[view]
    weight = draw((3, 3, 3, channels), "float64").transpose(0, 3, 2, 1)
    agree(2, [x, weight], padding=1)


def test_many_blocks_of_images_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = arrays((7, 13, 6, 5), (4, 13, 3, 3), "float64")
    few = arrays((7, 2, 6, 5), (4, 2, 3, 3), "float64")
    for block in (1, 2500, 2**30):
        monkeypatch.setattr(conv_kernels, "BLOCK", block)
        for inputs, stride in itertools.product((whole, few), (1, 2)):
            agree(2, inputs, stride=stride, padding=1)


def test_equals_the_textbook_loops() -> None:
    """Chapter 11's definition, written out; the package's fast form must give the same."""
    x, w = draw((2, 3, 6, 7), "float64", 4), draw((2, 3, 3, 2), "float64", 5)
    b, stride, padding = draw((2,), "float64", 6), 2, 1
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    height, width = (8 - 3) // stride + 1, (9 - 2) // stride + 1
    expected = np.zeros((2, 2, height, width))
    for n, o, i, j in np.ndindex(expected.shape):
        window = padded[n, :, i * stride : i * stride + 3, j * stride : j * stride + 2]
        expected[n, o, i, j] = (window * w[o]).sum() + b[o]
    found = F.conv2d(Tensor(x), Tensor(w), Tensor(b), stride=stride, padding=padding)
    np.testing.assert_allclose(found.data, expected, rtol=1e-12, atol=1e-12)


def test_gradients_nobody_needs_are_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def watch(name: str) -> None:
        original = getattr(conv_kernels, name)
        monkeypatch.setattr(conv_kernels, name, lambda *a: calls.append(name) or original(*a))

    watch("input_gradient")
    watch("kernel_gradient")
    x, weight = draw((1, 1, 4, 4), "float32"), draw((1, 1, 3, 3), "float32")
    F.conv2d(Tensor(x), Tensor(weight, requires_grad=True)).sum().backward()
    assert calls == ["kernel_gradient"]
    F.conv2d(Tensor(x, requires_grad=True), Tensor(weight)).sum().backward()
    assert calls == ["kernel_gradient", "input_gradient"]
    bias = Tensor(np.zeros(1, "float32"), requires_grad=True)
    F.conv2d(Tensor(x), Tensor(weight), bias).sum().backward()
    assert len(calls) == 2
    assert bias.grad.tolist() == [4.0]


def test_nothing_is_recorded_without_gradients() -> None:
    x, weight = draw((1, 1, 4, 4), "float32"), Tensor(draw((1, 1, 3, 3), "float32"))
    weight.requires_grad = True
    with no_grad():
        assert F.conv2d(Tensor(x), weight).function is None
