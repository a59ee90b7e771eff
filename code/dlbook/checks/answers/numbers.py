"""Answers that are numbers: one real number, one whole number, an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlbook.checks.answers.base import Answer
from dlbook.checks.hints import array_hint, number_hint
from dlbook.checks.reading import UnreadableError, read_array

__all__ = ["Array", "Integer", "Number"]


class _Holder:
    """A tensor of no particular library, as far as `read_array` can tell."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array

    def detach(self) -> _Holder:
        return self

    def numpy(self) -> NDArray[Any]:
        return self.array


def _read_scalar(given: Any) -> complex | float | int:
    """Read one number; arrays that hold a single one will do."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given  # exact, however large
    array = read_array(given)
    if array.dtype.kind == "b":
        raise UnreadableError("Your answer is True or False where a number is needed.")
    if array.size != 1:
        raise UnreadableError(
            f"One number is asked for; your answer holds {array.size}, in shape {array.shape}."
        )
    value = array.reshape(()).item()
    if isinstance(value, complex):
        if value.imag != 0:
            raise UnreadableError("Your answer is a complex number where a real one is needed.")
        return value.real
    return value


@dataclass(frozen=True)
class Number(Answer):
    """A real number, right within a tolerance.

    Parameters
    ----------
    value : float
        The right number.
    rtol, atol : float
        Relative and absolute tolerance: right is ``|given - value| <= atol + rtol * |value|``.
    """

    value: float
    rtol: float = 1e-3
    atol: float = 1e-9

    def _same(self, given: Any, right: Any) -> bool:
        return bool(np.isclose(given, right, rtol=self.rtol, atol=self.atol, equal_nan=True))

    def accepts(self, given: Any) -> bool:
        """Accept any single number within the tolerance."""
        return self._same(_as_float(_read_scalar(given)), self.value)

    def hint(self, given: Any) -> str:
        """Name the slip: sign, factor, reciprocal, rounding, direction."""
        return number_hint(_as_float(_read_scalar(given)), float(self.value), self._same)

    def forms(self) -> list[Any]:
        """Return the number as Python, NumPy, array and tensor."""
        value = float(self.value)
        return [value, np.float64(value), np.array(value), [value], _Holder(np.array([value]))]


@dataclass(frozen=True)
class Integer(Answer):
    """A whole number: a count, a size, a number of bytes.

    Parameters
    ----------
    value : int
        The right number; ``31.0`` is accepted for 31, ``31.2`` is not.
    """

    value: int

    def accepts(self, given: Any) -> bool:
        """Accept any single number that equals the right one exactly."""
        return _read_scalar(given) == self.value

    def hint(self, given: Any) -> str:
        """Name the slip: sign, off by one, factor, direction."""
        return number_hint(
            _as_float(_read_scalar(given)),
            float(self.value),
            lambda a, b: bool(np.isclose(a, b, rtol=1e-12, atol=0)),
            whole=True,
        )

    def forms(self) -> list[Any]:
        """Return the number as Python, NumPy, array and tensor."""
        exact = np.array(self.value)
        return [self.value, float(self.value), exact[()], exact, _Holder(exact.reshape(1))]


@dataclass(frozen=True)
class Array(Answer):
    """An array: right in shape and in every value.

    Parameters
    ----------
    values : array_like
        The right array.
    rtol, atol : float
        Relative and absolute tolerance of each element, as in `numpy.allclose`.
    """

    values: Any
    rtol: float = 1e-5
    atol: float = 1e-8

    def _close(self, given: Any, right: Any) -> NDArray[np.bool_]:
        with np.errstate(all="ignore"):
            return np.asarray(
                np.isclose(given, right, rtol=self.rtol, atol=self.atol, equal_nan=True)
            )

    def accepts(self, given: Any) -> bool:
        """Accept lists, tuples, arrays and tensors of the right shape and values."""
        array, right = read_array(given), read_array(self.values)
        return array.shape == right.shape and bool(self._close(array, right).all())

    def hint(self, given: Any) -> str:
        """Name the slip: shape, axes, order, sign, factor, or the first wrong element."""
        return array_hint(read_array(given), read_array(self.values), self._close)

    def forms(self) -> list[Any]:
        """Return the array as list, array and tensor."""
        right = read_array(self.values)
        return [right.tolist(), right, right.astype(np.result_type(right, 1.0)), _Holder(right)]


def _as_float(value: complex | float | int) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError as error:
        raise UnreadableError("Your number has more than 300 digits: far too large.") from error
