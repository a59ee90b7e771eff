"""What `fit`, `evaluate` and `predict` refuse before anything is computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.errors import DataError, DlbookError, DTypeError, RangeError, ShapeError, require
from dlbook.training.backends import Array, Backend
from dlbook.training.metrics import IGNORED

__all__ = [
    "accepts",
    "check_count",
    "check_data",
    "check_dataset",
    "check_inputs",
    "check_targets",
]


def check_count(argument: str, value: Any, least: int) -> int:
    """Raise unless `value` is a whole number of at least `least`.

    Parameters
    ----------
    argument : str
        Whose value this is, for the message.
    value : object
    least : int
        0 or 1.

    Returns
    -------
    int

    Raises
    ------
    RangeError
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    expected = "a whole number of 0 or more" if least == 0 else "at least one, as a whole number"
    require(whole and value >= least, RangeError, argument, expected, value)
    return int(value)


def check_dataset(argument: str, data: Any) -> None:
    """Raise unless `data` is a data set.

    Parameters
    ----------
    argument : str
        Whose data these are, for the message.
    data : object

    Raises
    ------
    DTypeError
    """
    require(isinstance(data, Dataset), DTypeError, argument, "a dlbook.data.Dataset", data)


def check_data(argument: str, backend: Backend, data: Any, loss: Any) -> None:
    """Raise unless a model can learn from, or be measured on, these samples.

    Parameters
    ----------
    argument : str
        Whose data these are, for the message: ``"fit: train"``.
    backend : Backend
        Computes the outputs of one sample, whose shape tells which targets fit.
    data : object
    loss : str or callable
        As in `fit`; what a loss of your own wants of targets is unknown, so it is not checked.

    Raises
    ------
    DTypeError, ShapeError, RangeError, DataError
    """
    check_dataset(argument, data)
    check_inputs(f"{argument}.x", backend, data.x)
    with accepts(f"{argument}.x", backend, data.x):
        outputs = backend.outputs(data.x[:1])
    if isinstance(loss, str):
        check_targets(f"{argument}.y", loss, outputs.shape[1:], data.y)


def check_inputs(argument: str, backend: Backend, x: Array) -> None:
    """Raise unless samples are finite numbers of the type that the model computes with.

    Parameters
    ----------
    argument : str
        Whose samples these are, for the message.
    backend : Backend
    x : ndarray of shape (n, …)

    Raises
    ------
    DTypeError
        If these are not numbers, or floats of another precision than the weights.
    DataError
        If there are none, or some are infinite or not a number.
    """
    require(x.dtype.kind in "fiub", DTypeError, argument, "an array of real numbers", x)
    require(x.ndim > 0 and len(x) > 0, DataError, argument, "at least one sample", x)
    if x.dtype.kind != "f":
        return
    if backend.dtype is not None:
        expected = f"{backend.dtype} as the model's weights (write x.astype('{backend.dtype}'))"
        require(x.dtype == backend.dtype, DTypeError, argument, expected, x)
    bad = int((~np.isfinite(x)).sum())
    require(bad == 0, DataError, argument, "finite numbers", f"{bad} that are not")


def check_targets(argument: str, loss: str, shape: tuple[int, ...], y: Array) -> None:
    """Raise unless targets are what a loss compares outputs with.

    Parameters
    ----------
    argument : str
        Whose targets these are, for the message.
    loss : str
        Its name.
    shape : tuple of int
        Of the outputs of one sample.
    y : ndarray of shape (n, …)

    Raises
    ------
    DTypeError
        If class numbers are not integers, or numbers to predict are not floats.
    ShapeError
        If outputs and targets do not pair up.
    RangeError
        If a label lies outside what the model can name.
    """
    if loss == "cross_entropy":
        require(y.dtype.kind in "iu", DTypeError, argument, "integer class numbers", y)
        require(len(shape) > 0, ShapeError, "fit: model", "one output for each class", str(shape))
        expected = f"one class number for each row of outputs, shape {(len(y), *shape[:-1])}"
        require(y.shape[1:] == shape[:-1], ShapeError, argument, expected, y)
        wrong = y[((y < 0) | (y >= shape[-1])) & (y != IGNORED)]
        expected = f"labels from 0 to {shape[-1] - 1}, for the model has {shape[-1]} outputs"
        came = ", ".join(str(label) for label in np.unique(wrong)[:5])
        require(not wrong.size, RangeError, argument, expected, came)
        return
    fits = y.shape[1:] == shape or (*y.shape[1:], 1) == shape or y.shape[1:] == (*shape, 1)
    expected = f"one number for each output, shape {(len(y), *shape)}"
    require(fits, ShapeError, argument, expected, y)
    if loss == "binary_cross_entropy":
        require(y.dtype.kind in "fiub", DTypeError, argument, "labels 0 and 1", y)
        outside = np.unique(y[(y < 0) | (y > 1)])[:5]
        came = ", ".join(str(label) for label in outside)
        require(not outside.size, RangeError, argument, "labels from 0 to 1", came)
        return
    expected = "floating-point numbers to predict (write y.astype('float32'))"
    require(y.dtype.kind == "f", DTypeError, argument, expected, y)


@contextmanager
def accepts(argument: str, backend: Backend, x: Array) -> Iterator[None]:
    """Turn what a library raises about its inputs into an error of this book.

    Parameters
    ----------
    argument : str
        Whose samples are being computed, for the message.
    backend : Backend
    x : ndarray of shape (n, …)

    Raises
    ------
    RangeError
        If the library speaks of an index, such as a token that the embedding does not have.
    ShapeError
        Otherwise.
    """
    try:
        yield
    except DlbookError:
        raise
    except Exception as error:
        foreign = type(error).__module__.startswith("tensorflow")
        if not (foreign or isinstance(error, RuntimeError | ValueError | TypeError | IndexError)):
            raise
        words = " ".join(str(error).split())
        about_index = isinstance(error, IndexError) or "indices[" in words
        expected = f"samples that {type(backend.model).__name__} can compute"
        came = f"shape {x.shape} ({x.dtype}): {words[:300]}"
        raise (RangeError if about_index else ShapeError)(
            f"{argument}: expected {expected}, got {came}"
        ) from error
