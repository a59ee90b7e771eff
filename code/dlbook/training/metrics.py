"""Metrics: what a reader wants to know, as opposed to what training can differentiate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlbook.errors import RangeError, require

__all__ = ["METRICS", "accuracy", "mean_absolute_error", "named_metrics"]

Array = np.ndarray[Any, Any]


def accuracy(outputs: Array, targets: Array) -> float:
    """Share of samples whose largest output is the right class.

    Parameters
    ----------
    outputs : ndarray of shape (n, classes) or (n,) or (n, 1)
        Logits or probabilities; with one output per sample, a logit above 0 means class 1.
    targets : ndarray of int, shape (n,) or (n, 1)

    Returns
    -------
    float between 0 and 1
    """
    one_output = outputs.ndim == 1 or outputs.shape[1] == 1
    chosen = outputs.reshape(-1) > 0 if one_output else outputs.argmax(axis=1)
    return float((chosen == targets.reshape(-1)).mean())


def mean_absolute_error(outputs: Array, targets: Array) -> float:
    """Average distance between prediction and target, in the target's unit.

    Parameters
    ----------
    outputs, targets : ndarray of equal size

    Returns
    -------
    float
    """
    return float(np.abs(outputs.reshape(-1) - targets.reshape(-1)).mean())


METRICS: dict[str, Callable[[Array, Array], float]] = {
    "accuracy": accuracy,
    "mae": mean_absolute_error,
}


def named_metrics(names: Sequence[str]) -> dict[str, Callable[[Array, Array], float]]:
    """Look metrics up by name.

    Parameters
    ----------
    names : sequence of str
        Keys of `METRICS`.

    Returns
    -------
    dict of str to callable

    Raises
    ------
    RangeError
        If a name is unknown.
    """
    for name in names:
        require(name in METRICS, RangeError, "fit: metrics", f"names among {list(METRICS)}", name)
    return {name: METRICS[name] for name in names}
