"""Batch and layer normalisation: values, gradients and running averages as in PyTorch and Keras."""

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

SHAPES = [(5, 3), (4, 3, 5), (3, 2, 4, 5), (2, 3, 2, 3, 4), (2, 1), (1, 2, 3), (64, 2, 1, 1)]


def draw(shape: tuple[int, ...], dtype: str = "float64", seed: int = 0) -> np.ndarray:
    return (2 + 3 * np.random.default_rng(seed).standard_normal(shape)).astype(dtype)


def scale_and_shift(shape: tuple[int, ...], dtype: str) -> list[np.ndarray]:
    return [draw(shape, dtype, 1), draw(shape, dtype, 2)]


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_while_training(shape: tuple[int, ...], dtype: str, affine: bool) -> None:
    inputs = [draw(shape, dtype), *(scale_and_shift(shape[1:2], dtype) if affine else [])]
    check(
        lambda x, *p: F.batch_norm(x, None, None, *p, training=True),
        inputs,
        torch_operation=lambda x, *p: torch.nn.functional.batch_norm(
            x, None, None, *p, training=True
        ),
        differences=dtype == "float64",
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", SHAPES)
def test_batch_norm_in_evaluation(shape: tuple[int, ...], dtype: str) -> None:
    mean, variance = draw(shape[1:2], dtype, 3), np.abs(draw(shape[1:2], dtype, 4))
    check(
        lambda x, w, b: F.batch_norm(x, mean, variance, w, b, eps=1e-3),
        [draw(shape, dtype), *scale_and_shift(shape[1:2], dtype)],
        torch_operation=lambda x, w, b: torch.nn.functional.batch_norm(
            x, torch.tensor(mean), torch.tensor(variance), w, b, eps=1e-3
        ),
        differences=dtype == "float64",
    )


@pytest.mark.parametrize("momentum", [0.1, 0.9, None])
@pytest.mark.parametrize(
    ("name", "shape"), [("1d", (6, 3)), ("1d", (6, 3, 4)), ("2d", (2, 3, 4, 5))]
)
def test_running_averages_follow_torch(
    name: str, shape: tuple[int, ...], momentum: float | None
) -> None:
    ours = getattr(nn, f"BatchNorm{name}")(3, momentum=momentum)
    theirs = getattr(torch.nn, f"BatchNorm{name}")(3, momentum=momentum)
    for seed in range(4):
        x = draw(shape, "float32", seed)
        expected = theirs(torch.tensor(x)).detach().numpy()
        np.testing.assert_allclose(ours(Tensor(x)).data, expected, rtol=1e-5, atol=1e-5)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for key, value in theirs.state_dict().items():
        found = ours.state_dict()[key]
        assert found.shape == tuple(value.shape)
        assert found.dtype == value.numpy().dtype
        np.testing.assert_allclose(found, value.numpy(), rtol=1e-5, atol=1e-6)
    ours.eval()
    theirs.eval()
    before = {key: value.copy() for key, value in ours.state_dict().items()}
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours(Tensor(x)).data, expected, rtol=1e-5, atol=1e-5)
    for key, value in ours.state_dict().items():
        np.testing.assert_array_equal(value, before[key])


def test_state_travels_to_torch_and_back() -> None:
    ours, theirs = nn.BatchNorm2d(3), torch.nn.BatchNorm2d(3)
    theirs(torch.tensor(draw((4, 3, 2, 2), "float32")))
    ours.load_state_dict({key: value.numpy() for key, value in theirs.state_dict().items()})
    assert int(ours.num_batches_tracked) == 1
    ours(Tensor(draw((4, 3, 2, 2), "float32", 1)))
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    assert int(theirs.num_batches_tracked) == 2


def test_batch_norm_against_keras() -> None:
    import keras

    layer = keras.layers.BatchNormalization(momentum=0.8, epsilon=1e-4)
    ours = nn.BatchNorm2d(3, eps=1e-4, momentum=0.2)
    x = draw((4, 3, 5, 2), "float32")

    def in_keras(images: Any) -> Any:
        y = layer(keras.ops.transpose(images, (0, 2, 3, 1)), training=True)
        return keras.ops.transpose(y, (0, 3, 1, 2))

    check(ours, [x], keras_operation=in_keras, differences=False)
    np.testing.assert_allclose(ours.running_mean, layer.moving_mean.numpy(), rtol=1e-5)
    biased = 0.8 + (ours.running_var - 0.8) * (39 / 40)  # Keras divides by n, not by n − 1
    np.testing.assert_allclose(biased, layer.moving_variance.numpy(), rtol=1e-5)


def test_a_large_mean_does_not_swallow_the_variance() -> None:
    x = (1e4 + np.random.default_rng(0).standard_normal((4096, 2))).astype("float32")
    y = F.batch_norm(Tensor(x), None, None, training=True).data
    exact = (x - x.astype(float).mean(0)) / np.sqrt(x.astype(float).var(0) + 1e-5)
    np.testing.assert_allclose(y, exact, atol=2e-3)


def test_without_running_averages_evaluation_uses_the_batch() -> None:
    ours = nn.BatchNorm1d(3, track_running_stats=False, affine=False).eval()
    theirs = torch.nn.BatchNorm1d(3, track_running_stats=False, affine=False).eval()
    x = draw((5, 3), "float32")
    np.testing.assert_allclose(ours(Tensor(x)).data, theirs(torch.tensor(x)), atol=1e-5)
    assert ours.state_dict() == {}


LAYER = [((4, 6), 6), ((4, 6), (6,)), ((2, 3, 5), (3, 5)), ((2, 3, 4, 2), (4, 2)), ((3, 1), 1)]


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("shape", "over"), LAYER)
def test_layer_norm(shape: tuple[int, ...], over: Any, dtype: str, affine: bool) -> None:
    axes = (over,) if isinstance(over, int) else over
    inputs = [draw(shape, dtype), *(scale_and_shift(axes, dtype) if affine else [])]
    check(
        lambda x, *p: F.layer_norm(x, over, *p),
        inputs,
        torch_operation=lambda x, *p: torch.nn.functional.layer_norm(x, axes, *p),
        differences=dtype == "float64",
    )


def test_layer_norm_against_keras() -> None:
    import keras

    layer = keras.layers.LayerNormalization(epsilon=1e-3)
    check(
        nn.LayerNorm(6, eps=1e-3),
        [draw((2, 3, 6), "float32")],
        keras_operation=layer,
        differences=False,
    )


def test_layer_norm_module() -> None:
    ours, theirs = nn.LayerNorm((3, 4)), torch.nn.LayerNorm((3, 4))
    assert list(ours.state_dict()) == list(theirs.state_dict())
    x = draw((2, 3, 4), "float32")
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours(Tensor(x)).data, expected, atol=1e-5)
    assert list(nn.LayerNorm(4, bias=False).state_dict()) == ["weight"]
    assert nn.LayerNorm(4, elementwise_affine=False).count_params() == 0
    assert repr(nn.LayerNorm(4)) == "LayerNorm((4,), eps=1e-05)"
    assert repr(nn.BatchNorm2d(4)) == "BatchNorm2d(4, eps=1e-05, momentum=0.1)"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    shape=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    last=st.integers(1, 3),
    memory=st.sampled_from(["C", "F"]),
)
def test_any_shape(shape: list[int], last: int, memory: Any) -> None:
    x = np.asarray(draw(tuple(shape)), order=memory)
    if x.size // shape[1] > 1:
        check(
            lambda t: F.batch_norm(t, None, None, training=True),
            [x],
            torch_operation=lambda t: torch.nn.functional.batch_norm(t, None, None, training=True),
            differences=False,
        )
    over = tuple(shape[-last:])
    check(
        lambda t: F.layer_norm(t, over),
        [x],
        torch_operation=lambda t: torch.nn.functional.layer_norm(t, over),
        differences=False,
    )


X, MEAN = np.ones((2, 3), "float32"), np.ones(3, "float32")
BAD: dict[str, tuple[Any, type[DlbookError], str]] = {
    "rank": (lambda: F.batch_norm(X[0], None, None), ShapeError, "batch_norm: input"),
    "empty": (lambda: F.batch_norm(X[:0], None, None), ShapeError, "not empty"),
    "integers": (lambda: F.batch_norm(X.astype(int), None, None), DTypeError, "batch_norm: input"),
    "one value": (
        lambda: F.batch_norm(X[:1], None, None, training=True),
        ShapeError,
        "more than one value per channel",
    ),
    "mean only": (lambda: F.batch_norm(X, MEAN, None), RangeError, "neither"),
    "mean's shape": (lambda: F.batch_norm(X, MEAN[:2], MEAN[:2]), ShapeError, "running_mean"),
    "weight's shape": (lambda: F.batch_norm(X, MEAN, MEAN, MEAN[:2]), ShapeError, "weight"),
    "eps 0": (lambda: F.batch_norm(X, MEAN, MEAN, eps=0), RangeError, "batch_norm: eps"),
    "momentum 2": (lambda: F.batch_norm(X, MEAN, MEAN, momentum=2), RangeError, "momentum"),
    "other end": (lambda: F.layer_norm(X, (2, 4)), ShapeError, r"last axes \(2, 4\)"),
    "no axes": (lambda: F.layer_norm(X, ()), ShapeError, "layer_norm: input"),
    "longer than x": (lambda: F.layer_norm(X, (1, 2, 3)), ShapeError, "layer_norm: input"),
    "bias's shape": (lambda: F.layer_norm(X, 3, bias=MEAN[:2]), ShapeError, "layer_norm: bias"),
    "layer eps": (lambda: F.layer_norm(X, 3, eps=-1), RangeError, "layer_norm: eps"),
    "layer integers": (lambda: F.layer_norm(X.astype(int), 3), DTypeError, "layer_norm: input"),
    "module's channels": (lambda: nn.BatchNorm1d(4)(Tensor(X)), ShapeError, "4 channels"),
    "module's rank": (lambda: nn.BatchNorm2d(3)(Tensor(X)), ShapeError, "4 axes"),
    "module size 0": (lambda: nn.BatchNorm1d(0), RangeError, "BatchNorm1d: num_features"),
    "module eps": (lambda: nn.BatchNorm1d(1, eps=0), RangeError, "BatchNorm1d: eps"),
    "module momentum": (lambda: nn.BatchNorm1d(1, momentum=-1), RangeError, "momentum"),
    "layer module": (lambda: nn.LayerNorm(()), RangeError, "LayerNorm: normalized_shape"),
    "layer module 0": (lambda: nn.LayerNorm((2, 0)), RangeError, "LayerNorm: normalized_shape"),
    "layer module eps": (lambda: nn.LayerNorm(2, eps=0), RangeError, "LayerNorm: eps"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str) -> None:
    call, error, message = BAD[case]
    with pytest.raises(error, match=message):
        call()
