"""Pooling: values and gradients against PyTorch, Keras and differences; ties; bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check

LENGTHS = (6, 7, 5)
CASES: dict[str, dict[str, Any]] = {
    "plain": {"kernel_size": 2},
    "size 1": {"kernel_size": 1},
    "everything": {"kernel_size": 5},
    "overlapping": {"kernel_size": 3, "stride": 2},
    "gaps": {"kernel_size": 2, "stride": 3},
    "padded": {"kernel_size": 3, "stride": 2, "padding": 1},
    "ceil": {"kernel_size": 2, "stride": 2, "ceil_mode": True},
    "ceil, padded": {"kernel_size": 3, "stride": 3, "padding": 1, "ceil_mode": True},
}


def draw(shape: tuple[int, ...], dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(2).standard_normal(shape).astype(dtype)


def agree(name: str, x: np.ndarray, differences: bool = False, **options: Any) -> None:
    check(
        lambda t: getattr(F, name)(t, **options),
        [x],
        torch_operation=lambda t: getattr(torch.nn.functional, name)(t, **options),
        differences=differences,
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_against_torch_and_differences(kind: str, rank: int, case: str, dtype: str) -> None:
    x = draw((2, 2, *LENGTHS[:rank]), dtype)
    agree(f"{kind}_pool{rank}d", x, differences=dtype == "float64", **CASES[case])


@pytest.mark.parametrize("options", [{"padding": 1}, {"padding": 1, "ceil_mode": True}])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_average_that_leaves_padding_out(rank: int, options: dict[str, Any]) -> None:
    x = draw((2, 1, *LENGTHS[:rank]))
    agree(f"avg_pool{rank}d", x, True, kernel_size=3, stride=2, count_include_pad=False, **options)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_against_torch(rank: int, size: int) -> None:
    agree(f"adaptive_avg_pool{rank}d", draw((2, 3, *LENGTHS[:rank])), True, output_size=size)
    agree(f"adaptive_avg_pool{rank}d", draw((1, 1, *LENGTHS[:rank]), "float32"), output_size=size)


@pytest.mark.parametrize("size", [(3, 4), (None, 2), (1, None)])
def test_adaptive_sizes_per_axis(size: tuple[int | None, int | None]) -> None:
    agree("adaptive_avg_pool2d", draw((2, 3, 6, 7)), True, output_size=size)


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_global_average(rank: int) -> None:
    import keras

    axes = tuple(range(2, rank + 2))
    layer = getattr(keras.layers, f"GlobalAveragePooling{rank}D")(data_format="channels_last")
    check(
        F.global_avg_pool,
        [draw((2, 3, *LENGTHS[:rank]), "float32")],
        torch_operation=lambda t: t.mean(dim=axes),
        keras_operation=lambda t: layer(keras.ops.transpose(t, (0, *axes, 1))),
    )


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_against_keras(rank: int, kind: str, padding: str) -> None:
    import keras

    forth, back = (0, *range(2, rank + 2), 1), (0, rank + 1, *range(1, rank + 1))
    pool = getattr(keras.ops, f"{kind}_pool")

    def in_keras(x: Any) -> Any:
        images = keras.ops.transpose(x, forth)
        pooled = pool(images, (3,) * rank, (2,) * rank, padding, data_format="channels_last")
        return keras.ops.transpose(pooled, back)

    # at odd lengths "same" means one position of padding on each side, which is not counted
    options: dict[str, Any] = {"padding": int(padding == "same")}
    if kind == "average":
        options["count_include_pad"] = False
    ours = getattr(F, f"{kind[:3].replace('ave', 'avg')}_pool{rank}d")
    x = draw((2, 3, *(7, 5, 9)[:rank]), "float32")
    check(lambda t: ours(t, 3, 2, **options), [x], keras_operation=in_keras, differences=False)


@st.composite
def poolings(pick: Any) -> tuple[str, tuple[int, ...], dict[str, Any]]:
    """Any pooling that PyTorch accepts."""
    rank, kind = pick(st.integers(1, 3)), pick(st.sampled_from(["max", "avg"]))

    def several(low: int, high: int) -> tuple[int, ...]:
        return tuple(pick(st.integers(low, high)) for _ in range(rank))

    size = several(1, 4)
    options: dict[str, Any] = {"kernel_size": size, "ceil_mode": pick(st.booleans())}
    options["padding"] = pads = tuple(pick(st.integers(0, k // 2)) for k in size)
    options["stride"] = pick(st.sampled_from([None, several(1, 4)]))
    dilation = (1,) * rank
    if kind == "max":
        options["dilation"] = dilation = several(1, 2)
    else:
        options["count_include_pad"] = pick(st.booleans())
    extents = [d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True)]
    least = [max(1, e - 2 * p) for e, p in zip(extents, pads, strict=True)]
    if kind == "avg":  # PyTorch wants the input itself, without padding, to hold a window
        least = list(size)
    lengths = tuple(low + pick(st.integers(0, 5)) for low in least)
    shape = (pick(st.integers(1, 2)), pick(st.integers(1, 3)), *lengths)
    return f"{kind}_pool{rank}d", shape, options


@settings(max_examples=100, deadline=None, derandomize=True)
@given(case=poolings(), ties=st.booleans())
def test_any_pooling(case: Any, ties: bool) -> None:
    name, shape, options = case
    x = draw(shape)
    agree(name, np.round(x) if ties else x, **options)


@pytest.mark.parametrize("options", [{"stride": 2}, {"stride": 1, "padding": 1}, {"stride": 4}])
def test_of_equal_numbers_the_first_gets_the_gradient(options: dict[str, int]) -> None:
    for x in (np.zeros((1, 1, 6, 6)), np.tile(np.eye(2), (1, 1, 3, 3)), np.ones((2, 3, 8, 9))):
        agree("max_pool2d", x, kernel_size=3, **options)


def test_minimum_is_the_maximum_turned() -> None:
    check(
        lambda t: F.min_pool2d(t, 3, 2, 1),
        [np.round(draw((2, 3, 7, 6)) * 2)],
        torch_operation=lambda t: -torch.nn.functional.max_pool2d(-t, 3, 2, 1),
        differences=False,
    )
    assert F.min_pool2d(Tensor([[[[3.0, 1.0], [4.0, 1.0]]]]), 2).item() == 1.0


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 3, 1, 2), (3, 2, 1, 0)])
def test_any_memory_order(kind: str, order: tuple[int, ...]) -> None:
    x = draw((4, 6, 4, 8)).transpose(order)
    agree(f"{kind}_pool2d", x, kernel_size=2)
    agree(f"{kind}_pool2d", x[:, :, ::-1, 1:], kernel_size=2, padding=1)


def test_nan_and_infinity_pass_through() -> None:
    x = np.zeros((1, 1, 2, 4))
    x[0, 0, 0, 0], x[0, 0, 1, 3] = np.nan, -np.inf
    np.testing.assert_array_equal(F.max_pool2d(Tensor(x), 2).data, [[[[np.nan, 0.0]]]])
    np.testing.assert_array_equal(F.avg_pool2d(Tensor(x), 2).data, [[[[np.nan, -np.inf]]]])


ONES = np.ones((2, 3, 4, 4), "float32")
BAD: dict[str, tuple[Any, type[DlbookError], str]] = {
    "rank": (lambda f: f(ONES[0], 2), ShapeError, "input: expected shape"),
    "no images": (lambda f: f(ONES[:0], 2), ShapeError, "not empty"),
    "integers": (lambda f: f(ONES.astype(int), 2), DTypeError, "input: expected floating"),
    "window too large": (lambda f: f(ONES, 5), ShapeError, r"got \(4, 4\)"),
    "window 0": (lambda f: f(ONES, 0), RangeError, "kernel_size: expected 1 or more"),
    "window of 3 sides": (lambda f: f(ONES, (2, 2, 2)), RangeError, "kernel_size"),
    "stride 0": (lambda f: f(ONES, 2, 0), RangeError, "stride: expected 1 or more"),
    "stride half": (lambda f: f(ONES, 2, 0.5), DTypeError, "stride: expected an integer"),
    "padding negative": (lambda f: f(ONES, 2, 2, -1), RangeError, "padding"),
    "padding too wide": (lambda f: f(ONES, 3, 2, 2), RangeError, "at most half the kernel"),
}


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d", "min_pool2d"])
@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str, name: str) -> None:
    call, error, message = BAD[case]
    with pytest.raises(error, match=f"{name}: {message}" if ":" in message else message):
        call(getattr(F, name))


@pytest.mark.parametrize(
    ("size", "error"),
    [(0, RangeError), ((1, 2, 3), RangeError), (1.5, DTypeError), (None, DTypeError)],
)
def test_bad_adaptive_size(size: Any, error: type[DlbookError]) -> None:
    with pytest.raises(error, match="adaptive_avg_pool2d: output_size: expected"):
        F.adaptive_avg_pool2d(ONES, size)


@pytest.mark.parametrize("x", [np.ones((2, 3)), np.ones((2, 3, 0)), np.ones((1,) * 6)])
def test_bad_global_average(x: np.ndarray) -> None:
    with pytest.raises(ShapeError, match="global_avg_pool: input"):
        F.global_avg_pool(x)


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("kind", ["MaxPool", "AvgPool"])
def test_modules_as_in_torch(kind: str, rank: int) -> None:
    x = draw((2, 2, *LENGTHS[:rank]), "float32")
    settings = {"stride": 2, "padding": 1, "ceil_mode": True}
    ours = getattr(nn, f"{kind}{rank}d")(3, **settings)
    expected = getattr(torch.nn, f"{kind}{rank}d")(3, **settings)(torch.tensor(x))
    np.testing.assert_allclose(ours(Tensor(x)).data, expected, rtol=1e-5, atol=1e-6)
    assert repr(ours) == f"{kind}{rank}d(kernel_size=3, stride=2, padding=1)"


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_modules_as_in_torch(rank: int) -> None:
    x = draw((2, 2, *LENGTHS[:rank]), "float32")
    ours = getattr(nn, f"AdaptiveAvgPool{rank}d")(2)
    expected = getattr(torch.nn, f"AdaptiveAvgPool{rank}d")(2)(torch.tensor(x))
    np.testing.assert_allclose(ours(Tensor(x)).data, expected, rtol=1e-5, atol=1e-6)
    assert repr(ours) == f"AdaptiveAvgPool{rank}d(output_size=2)"


def test_other_modules() -> None:
    x = Tensor(draw((2, 3, 4, 6)))
    np.testing.assert_array_equal(nn.GlobalAvgPool()(x).data, x.data.mean(axis=(2, 3)))
    np.testing.assert_array_equal(nn.MinPool2d(2)(x).data, -nn.MaxPool2d(2)(-x).data)
    with pytest.raises(RangeError, match="MaxPool2d: kernel_size"):
        nn.MaxPool2d(0)
    with pytest.raises(RangeError, match="AvgPool1d: stride"):
        nn.AvgPool1d(2, stride=0)
