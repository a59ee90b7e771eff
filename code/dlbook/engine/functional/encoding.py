"""Class numbers as vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.settings import is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["class_indices", "one_hot"]


def one_hot(tensor: Any, num_classes: int = -1) -> Tensor:
    """Write each class number as a vector of zeros with a single one.

    Parameters
    ----------
    tensor : array_like of int, any shape
        Class numbers from 0.
    num_classes : int
        Length of the vectors; −1 takes the largest class number plus one.

    Returns
    -------
    Tensor of int64, shape (…, num_classes)

    Raises
    ------
    DTypeError
        If the class numbers are not integers.
    RangeError
        If one is negative or not below `num_classes`, or that is not positive.
    ShapeError
        If there are no class numbers to take the largest of.
    """
    labels = class_indices("one_hot: tensor", tensor, np.iinfo(np.int64).max)
    if is_whole(num_classes) and num_classes == -1:
        require(labels.size > 0, ShapeError, "one_hot: tensor", "at least one label", labels)
        num_classes = int(labels.max()) + 1
    whole = is_whole(num_classes) and num_classes >= 1
    require(whole, RangeError, "one_hot: num_classes", "a positive integer, or -1", num_classes)
    labels = class_indices("one_hot: tensor", labels, num_classes)
    result = np.zeros((*labels.shape, num_classes), dtype=np.int64)
    np.put_along_axis(result, labels[..., None], 1, axis=-1)
    return Tensor(result)


def class_indices(
    argument: str, labels: Any, num_classes: int, ignore_index: int | None = None
) -> Array:
    """Check class numbers and return them as an integer array.

    Parameters
    ----------
    argument : str
        Whose labels these are, for the message: ``"cross_entropy: target"``.
    labels : Tensor or array_like of int
        Class numbers from 0.
    num_classes : int
        How many classes there are.
    ignore_index : int, optional
        A value that is allowed although it names no class.

    Returns
    -------
    ndarray of int64, same shape as `labels`

    Raises
    ------
    DTypeError
        If the labels are not integers.
    RangeError
        If a label lies outside 0 … num_classes − 1.
    """
    array = as_tensor(labels).data
    require(array.dtype.kind in "iu", DTypeError, argument, "integer class numbers", array)
    array = array.astype(np.int64, copy=False)
    # read as unsigned, a negative number is enormous: one comparison finds both kinds of error
    if array.size and array.view(np.uint64).max() >= num_classes:
        wrong = (array < 0) | (array >= num_classes)
        if ignore_index is not None:
            wrong &= array != ignore_index
        if wrong.any():
            found = ", ".join(str(label) for label in np.unique(array[wrong])[:5])
            raise RangeError(
                f"{argument}: expected labels from 0 to {num_classes - 1}, got {found}"
            )
    return array
