"""One check for every operation: value and gradients against PyTorch, Keras and differences.

An operation is given once for the engine and once for each library that has it; all of them
receive the same arrays, the gradient that flows in is random and the same for all.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import numpy as np
import torch
from dlbook.engine import Tensor, gradcheck

TOLERANCE = {np.dtype("float32"): 1e-5, np.dtype("float64"): 1e-10}


def largest_relative_error(found: Any, expected: Any) -> float:
    """Largest |found − expected|, relative to the scale of `expected` (at least 1)."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape, f"shape {found.shape}, expected {expected.shape}"
    same = (found == expected) | (np.isnan(found) & np.isnan(expected))  # infinities too
    if same.all():
        return 0.0
    scale = max(1.0, float(np.abs(expected[np.isfinite(expected)]).max(initial=0.0)))
    with np.errstate(invalid="ignore"):
        return float(np.where(same, 0.0, np.abs(found - expected)).max() / scale)


def engine_result(
    operation: Callable[..., Tensor], arrays: Sequence[np.ndarray], grad: np.ndarray | None
) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Value, gradients (zeros where none arrived) and the incoming gradient used."""
    inputs = [Tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    before = [array.copy() for array in arrays]
    result = operation(*inputs)
    if grad is None:
        draw = np.random.default_rng(7).standard_normal(result.shape)
        grad = np.asarray(draw, dtype=result.dtype)
    result.backward(grad)
    for array, copy in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, copy, err_msg="an input was changed in place")
    gradients = [
        np.zeros_like(t.data) if t.grad is None else np.asarray(t.grad)
        for t in inputs
        if t.requires_grad
    ]
    return result.data, gradients, grad


def torch_result(
    operation: Callable[..., torch.Tensor], arrays: Sequence[np.ndarray], grad: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Value and gradients of the same operation in PyTorch."""
    inputs = [torch.tensor(array.copy(), requires_grad=array.dtype.kind == "f") for array in arrays]
    result = operation(*inputs)
    result.backward(torch.tensor(grad))
    gradients = [
        (torch.zeros_like(t) if t.grad is None else t.grad).numpy()
        for t in inputs
        if t.requires_grad
    ]
    return result.detach().numpy(), gradients


def keras_result(
    operation: Callable[..., Any], arrays: Sequence[np.ndarray], grad: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Value and gradients of the same operation in Keras (TensorFlow), by GradientTape."""
    import tensorflow as tf

    inputs = [tf.Variable(a) if a.dtype.kind == "f" else tf.constant(a) for a in arrays]
    trained = [v for v in inputs if isinstance(v, tf.Variable)]
    with tf.GradientTape() as tape:
        result = tf.convert_to_tensor(operation(*inputs))
        total = tf.reduce_sum(result * tf.constant(grad, dtype=result.dtype))
    found = tape.gradient(total, trained, unconnected_gradients="zero")
    return result.numpy(), [tf.convert_to_tensor(g).numpy() for g in found]


def check(
    operation: Callable[..., Tensor],
    arrays: Sequence[np.ndarray],
    *,
    torch_operation: Callable[..., torch.Tensor] | None = None,
    keras_operation: Callable[..., Any] | None = None,
    differences: bool = True,
    tolerance: float | None = None,
) -> None:
    """Check an operation every way that applies.

    Parameters
    ----------
    operation : callable
        The engine's version, from tensors to a tensor.
    arrays : sequence of ndarray
        Its inputs; gradients are checked for those of floating type.
    torch_operation, keras_operation : callable, optional
        The same operation in the other libraries.
    differences : bool
        Whether central differences (in float64) make sense here; leave out at kinks.
    tolerance : float, optional
        Largest relative error; by default 1e-5 for float32 and 1e-10 for float64.
    """
    floats = [array.dtype for array in arrays if array.dtype.kind == "f"]
    allowed = tolerance or TOLERANCE[min(floats, key=lambda dtype: dtype.itemsize)]
    value, gradients, grad = engine_result(operation, arrays, None)
    others = {"torch": (torch_operation, torch_result), "keras": (keras_operation, keras_result)}
    for library, (other, run) in others.items():
        if other is None:
            continue
        expected_value, expected_gradients = run(other, arrays, grad)
        assert value.dtype == expected_value.dtype, f"{library}: dtype {expected_value.dtype}"
        error = largest_relative_error(value, expected_value)
        assert error <= allowed, f"value differs from {library} by {error:.2e}"
        for i, (g, e) in enumerate(zip(gradients, expected_gradients, strict=True)):
            error = largest_relative_error(g, e)
            assert error <= allowed, f"gradient {i} differs from {library} by {error:.2e}"
    if differences:
        doubles = [
            Tensor(a.astype(np.float64), requires_grad=True) if a.dtype.kind == "f" else Tensor(a)
            for a in arrays
        ]
        gradcheck(operation, doubles)
