"""An answer that is the shape of an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dlbook.checks.answers.base import Answer
from dlbook.checks.reading import UnreadableError, read_array

__all__ = ["Shape"]


@dataclass(frozen=True)
class Shape(Answer):
    """The shape of an array, axis by axis.

    Parameters
    ----------
    shape : tuple of int
        The right shape; lists, `torch.Size` and `tf.TensorShape` are accepted as well.
    """

    shape: tuple[int, ...]

    def accepts(self, given: Any) -> bool:
        """Accept any sequence of the right whole numbers."""
        return _read_shape(given) == tuple(self.shape)

    def hint(self, given: Any) -> str:
        """Name the slip: rank, order, a missing or additional axis, the first wrong axis."""
        came, right = _read_shape(given), tuple(self.shape)
        if sorted(came) == sorted(right):
            return "The axes are right, but in another order. Which one comes first?"
        if len(came) < len(right):
            if came == right[1:]:
                return "The first axis is missing: what does it count?"
            return f"Rank {len(right)} is asked for: {len(right) - len(came)} more than you gave."
        if len(came) > len(right):
            return f"Rank {len(right)} is asked for: {len(came) - len(right)} fewer than you gave."
        wrong = [axis for axis, (a, b) in enumerate(zip(came, right, strict=True)) if a != b]
        way = "long" if came[wrong[0]] > right[wrong[0]] else "short"
        others = "the other axes are right" if len(wrong) == 1 else f"{len(wrong)} axes are wrong"
        return f"The rank is right, but axis {wrong[0]} is too {way}; {others}."

    def forms(self) -> list[Any]:
        """Return the shape as tuple, list and float array."""
        shape = tuple(self.shape)
        return [shape, list(shape), tuple(float(n) for n in shape)]


def _read_shape(given: Any) -> tuple[int, ...]:
    if isinstance(given, int) and not isinstance(given, bool):
        raise UnreadableError(
            "A shape is a tuple: with one axis, it is written with a comma, `(5,)`."
        )
    if callable(getattr(given, "as_list", None)):
        given = given.as_list()
    array = read_array(given)
    if array.ndim != 1:
        raise UnreadableError("Give the shape, such as `x.shape`, and not the array itself.")
    if array.dtype.kind in "bc" or not all(value == int(value) for value in array.tolist()):
        raise UnreadableError("The parts of a shape are whole numbers.")
    return tuple(int(value) for value in array.tolist())
