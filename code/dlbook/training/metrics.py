"""Metrics: what a reader wants to know, as opposed to what training can differentiate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = [
    "IGNORED",
    "METRICS",
    "accuracy",
    "mean_absolute_error",
    "mean_squared_error",
    "named_metrics",
    "top_k_accuracy",
]

Array = np.ndarray[Any, Any]

#: A target that counts for nothing, such as the padding behind a short sentence.
IGNORED = -100


def accuracy(outputs: Array, targets: Array) -> float:
    """Share of samples whose largest output is the right class.

    Parameters
    ----------
    outputs : ndarray of shape (n, …, classes) or (n,) or (n, 1)
        Logits or probabilities; with one output per sample, a logit above 0 means class 1.
    targets : ndarray of int, shape (n, …); or with one output (n,) or (n, 1)
        Class numbers; samples of class −100 count for nothing.

    Returns
    -------
    float between 0 and 1

    Raises
    ------
    ShapeError
        If there is not one target for each row of outputs.
    """
    one_output = outputs.ndim == 1 or outputs.shape[-1] == 1
    if one_output:
        expected = f"{outputs.size} class numbers, one for each output"
        require(targets.size == outputs.size, ShapeError, "accuracy: targets", expected, targets)
        return float(((outputs.reshape(-1) > 0) == targets.reshape(-1)).mean())
    return top_k_accuracy(outputs, targets, k=1)


def top_k_accuracy(outputs: Array, targets: Array, k: int = 5) -> float:
    """Share of samples whose right class is among the `k` largest outputs.

    Parameters
    ----------
    outputs : ndarray of shape (n, …, classes)
        Logits or probabilities. Of equal ones the class with the smaller number comes first.
    targets : ndarray of int, shape (n, …)
        Class numbers; samples of class −100 count for nothing.
    k : int
        How many guesses are allowed.

    Returns
    -------
    float between 0 and 1

    Raises
    ------
    ShapeError
        If there is not one target for each row of outputs.
    """
    fits = outputs.ndim >= 2 and targets.size == outputs[..., 0].size
    expected = f"one class number for each row of outputs {outputs.shape}"
    require(fits, ShapeError, "accuracy: targets", expected, targets)
    rows, labels = outputs.reshape(-1, outputs.shape[-1]), targets.reshape(-1)
    rows, labels = rows[labels != IGNORED], labels[labels != IGNORED]
    if not len(labels):
        return 0.0
    best = rows.argmax(axis=1)[:, None] if k == 1 else np.argsort(-rows, 1, kind="stable")[:, :k]
    return float((best == labels[:, None]).any(axis=1).mean())


def mean_absolute_error(outputs: Array, targets: Array) -> float:
    """Average distance between prediction and target, in the target's unit.

    Parameters
    ----------
    outputs, targets : ndarray of equal size

    Returns
    -------
    float
    """
    return float(np.abs(_errors(outputs, targets)).mean())


def mean_squared_error(outputs: Array, targets: Array) -> float:
    """Average squared distance, in the square of the target's unit.

    Parameters
    ----------
    outputs, targets : ndarray of equal size

    Returns
    -------
    float
    """
    return float(np.square(_errors(outputs, targets)).mean())


def _errors(outputs: Array, targets: Array) -> Array:
    """Subtract sample by sample: (n, 1) − (n,) would be a table of all pairs."""
    expected = f"as many numbers as outputs ({outputs.size})"
    require(targets.size == outputs.size, ShapeError, "metrics: targets", expected, targets)
    return outputs.reshape(-1) - targets.reshape(-1)


METRICS: dict[str, Callable[[Array, Array], float]] = {
    "accuracy": accuracy,
    "mae": mean_absolute_error,
    "mse": mean_squared_error,
    "top3_accuracy": partial(top_k_accuracy, k=3),
    "top5_accuracy": partial(top_k_accuracy, k=5),
}


def named_metrics(
    names: Sequence[str] | None, loss: Any, targets: Array
) -> dict[str, Callable[[Array, Array], float]]:
    """Look metrics up by name.

    Parameters
    ----------
    names : sequence of str, or None
        Keys of `METRICS`; None takes the accuracy where targets are classes, else nothing.
    loss : str or callable
        As in `fit`.
    targets : ndarray
        What is to be predicted.

    Returns
    -------
    dict of str to callable

    Raises
    ------
    DTypeError
        If these are not several names, or an accuracy is asked for without class numbers.
    RangeError
        If a name is unknown.
    """
    named_classes = isinstance(loss, str) and loss.endswith("cross_entropy")
    if names is None:
        names = ("accuracy",) if named_classes or targets.dtype.kind in "iub" else ()
    several = isinstance(names, Sequence) and not isinstance(names, str)
    require(several, DTypeError, "fit: metrics", f"a list of names among {list(METRICS)}", names)
    for name in names:
        known = isinstance(name, str) and name in METRICS
        require(known, RangeError, "fit: metrics", f"names among {list(METRICS)}", name)
        classes = named_classes or targets.dtype.kind in "iub" or not name.endswith("accuracy")
        expected = f"class numbers as targets for {name!r}"
        require(classes, DTypeError, "fit: metrics", expected, f"targets of {targets.dtype}")
    return {name: METRICS[name] for name in names}
