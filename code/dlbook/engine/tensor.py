"""The tensor: a NumPy array that remembers how it was computed.

It speaks PyTorch's dialect (`dim`, `keepdim`, `requires_grad`, `backward`), so that what a reader
learns here is what they will type there. Its arrays are plain NumPy: ``x.data`` is the value
and ``x.grad`` the gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from dlbook.engine import autograd
from dlbook.engine.arguments import (
    as_array,
    lengths,
    number_reduced,
    one_axis,
    reduced_axes,
    require_float,
)
from dlbook.engine.autograd import Array, Function
from dlbook.engine.ops import arithmetic, elementwise, matmul, reductions, shaping
from dlbook.engine.ops.reductions import Axes
from dlbook.errors import GradientError, RangeError, ShapeError, require

__all__ = ["Tensor", "as_tensor", "operands"]


class Tensor:
    """An array with a gradient.

    Parameters
    ----------
    data : array_like
        Numbers. As in PyTorch, Python floats become float32 and a NumPy array keeps its dtype.
        An array is used as it is, not copied.
    requires_grad : bool
        Whether `backward` should leave a gradient here.
    dtype : dtype, optional
        Convert to this type first.

    Attributes
    ----------
    data : ndarray
        The values.
    grad : ndarray or None
        The gradient, same shape as `data`; added to by each `backward`, as in PyTorch.
    function : Function or None
        The operation that computed this tensor; None for a leaf.
    retains_grad : bool
        Whether a tensor that is not a leaf keeps its gradient too (`retain_grad`).

    Raises
    ------
    DTypeError
        If `data` does not hold numbers, or a gradient is wanted for integers.

    Examples
    --------
    >>> w = Tensor([1.0, 2.0], requires_grad=True)
    >>> (w * w).sum().backward()
    >>> w.grad
    array([2., 4.], dtype=float32)
    """

    __array_priority__ = 100  # ndarray + Tensor asks Tensor first
    __slots__ = ("__weakref__", "data", "function", "grad", "requires_grad", "retains_grad")

    def __init__(
        self, data: Any, requires_grad: bool = False, dtype: DTypeLike | None = None
    ) -> None:
        self.data: Array = as_array(data.data if isinstance(data, Tensor) else data, dtype)
        if requires_grad:
            require_float(self.data, "Tensor: requires_grad=True")
        self.requires_grad = requires_grad
        self.grad: Any = None
        self.function: Function | None = None
        self.retains_grad = False

    @staticmethod
    def holding(array: Array) -> Tensor:
        """Make a tensor of what an operation computed: real numbers, so nothing is checked.

        Parameters
        ----------
        array : ndarray or NumPy scalar
        """
        tensor = Tensor.__new__(Tensor)
        tensor.data = np.asarray(array)
        tensor.requires_grad, tensor.retains_grad = False, False
        tensor.grad, tensor.function = None, None
        return tensor

    # --- what it looks like -----------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Length along each axis."""
        return self.data.shape

    @property
    def ndim(self) -> int:
        """Number of axes, the rank."""
        return self.data.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the numbers."""
        return self.data.dtype

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by hand rather than computed from others."""
        return self.function is None

    def __len__(self) -> int:
        require(self.ndim > 0, ShapeError, "len", "a tensor with at least one axis", self)
        return len(self.data)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        text = np.array2string(self.data, separator=", ", precision=4, prefix="Tensor(")
        dtype = "" if self.dtype == np.float32 else f", dtype={self.dtype}"
        mark = ""
        if self.function is not None:
            mark = f", function={type(self.function).__name__}"
        elif self.requires_grad:
            mark = ", requires_grad=True"
        return f"Tensor({text}{dtype}{mark})"

    def numel(self) -> int:
        """Count the elements."""
        return self.data.size

    def item(self) -> float:
        """Return the single number inside.

        Raises
        ------
        ShapeError
            If there is more than one.
        """
        require(self.data.size == 1, ShapeError, "item", "a tensor with exactly one element", self)
        return self.data.item()

    def __float__(self) -> float:
        return float(self.item())

    def numpy(self) -> Array:
        """Return the values as the NumPy array they are (not a copy)."""
        return self.data

    def detach(self) -> Tensor:
        """Return the same values without their history; no gradient flows through."""
        return Tensor(self.data)

    def to(self, dtype: DTypeLike) -> Tensor:
        """Convert to another type of number, keeping the gradient's way back between floats.

        Parameters
        ----------
        dtype : dtype
            For example ``np.float64``.

        Raises
        ------
        DTypeError
            If `dtype` is no type of real numbers.
        """
        wanted = as_array(0, dtype).dtype
        if wanted.kind != "f":
            with np.errstate(invalid="ignore"):  # nan has no integer; NumPy gives its smallest
                return Tensor(self.data.astype(wanted))  # integers carry no gradient
        return elementwise.Cast.apply(self, dtype=wanted)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        if self.requires_grad:
            raise GradientError(
                "np.asarray: expected a tensor without gradient, got one that requires it; "
                "write x.detach() or x.data"
            )
        return np.array(self.data, dtype=dtype, copy=copy)

    # --- gradients --------------------------------------------------------------------------

    def backward(self, gradient: Any = None, retain_graph: bool = False) -> None:
        """Compute the gradient of this tensor with respect to every leaf it came from.

        Gradients are added to what ``grad`` already holds, as in PyTorch. The graph is freed.

        Parameters
        ----------
        gradient : array_like, optional
            Gradient of the final result with respect to this tensor. May be left out for a
            tensor with one element, where it is 1.
        retain_graph : bool
            Keep the graph, to walk it again.

        Raises
        ------
        GradientError
            If no gradient is required here, if this is not a single number and `gradient` is
            missing, or if the graph was freed before.
        ShapeError
            If `gradient` has another shape than this tensor.
        """
        if not self.requires_grad:
            raise GradientError(
                "backward: expected a tensor computed from one with requires_grad=True, "
                f"got {self!r}, which has no graph"
            )
        if gradient is None:
            require(
                self.data.size == 1,
                GradientError,
                "backward",
                "a single number (a loss), or the argument gradient",
                f"a tensor of shape {self.shape}; reduce it with sum() or mean() first",
            )
            gradient = np.ones_like(self.data)
        gradient = Tensor(gradient, dtype=self.dtype).data
        require(
            gradient.shape == self.shape,
            ShapeError,
            "backward: gradient",
            f"the tensor's own shape {self.shape}",
            gradient,
        )
        autograd.backward(self, gradient, retain_graph)

    def retain_grad(self) -> None:
        """Keep the gradient of this intermediate result when `backward` passes by."""
        require(
            self.requires_grad,
            GradientError,
            "retain_grad",
            "a tensor that requires a gradient",
            self,
        )
        self.retains_grad = True

    # --- arithmetic -------------------------------------------------------------------------

    def __add__(self, other: Any) -> Tensor:
        return arithmetic.Add.apply(*operands(self, other))

    def __radd__(self, other: Any) -> Tensor:
        return arithmetic.Add.apply(*operands(other, self))

    def __sub__(self, other: Any) -> Tensor:
        return arithmetic.Subtract.apply(*operands(self, other))

    def __rsub__(self, other: Any) -> Tensor:
        return arithmetic.Subtract.apply(*operands(other, self))

    def __mul__(self, other: Any) -> Tensor:
        return arithmetic.Multiply.apply(*operands(self, other))

    def __rmul__(self, other: Any) -> Tensor:
        return arithmetic.Multiply.apply(*operands(other, self))

    def __truediv__(self, other: Any) -> Tensor:
        return arithmetic.Divide.apply(*map(_floating, operands(self, other)))

    def __rtruediv__(self, other: Any) -> Tensor:
        return arithmetic.Divide.apply(*map(_floating, operands(other, self)))

    def __pow__(self, other: Any) -> Tensor:
        return arithmetic.Power.apply(*operands(self, other))

    def __rpow__(self, other: Any) -> Tensor:
        return arithmetic.Power.apply(*operands(other, self))

    def __neg__(self) -> Tensor:
        return arithmetic.Negative.apply(self)

    def __matmul__(self, other: Any) -> Tensor:
        return matmul.MatMul.apply(*operands(self, other))

    def __rmatmul__(self, other: Any) -> Tensor:
        return matmul.MatMul.apply(*operands(other, self))

    # comparisons have no gradient and give boolean tensors

    def __gt__(self, other: Any) -> Tensor:
        return _compare(np.greater, "a > b", self, other)

    def __ge__(self, other: Any) -> Tensor:
        return _compare(np.greater_equal, "a >= b", self, other)

    def __lt__(self, other: Any) -> Tensor:
        return _compare(np.less, "a < b", self, other)

    def __le__(self, other: Any) -> Tensor:
        return _compare(np.less_equal, "a <= b", self, other)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        if other is None or isinstance(other, str):
            return NotImplemented  # Python then answers False
        return _compare(np.equal, "a == b", self, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        if other is None or isinstance(other, str):
            return NotImplemented
        return _compare(np.not_equal, "a != b", self, other)

    __hash__ = object.__hash__  # a tensor in a set or dict is itself, whatever its values

    def __bool__(self) -> bool:
        require(self.data.size == 1, ShapeError, "bool", "a tensor with exactly one element", self)
        return bool(self.data)

    # --- element by element -----------------------------------------------------------------

    def exp(self) -> Tensor:
        """Return e^x."""
        return elementwise.Exp.apply(_floating(self))

    def log(self) -> Tensor:
        """Return the natural logarithm."""
        return elementwise.Log.apply(_floating(self))

    def sqrt(self) -> Tensor:
        """Return the square root."""
        return elementwise.Sqrt.apply(_floating(self))

    def abs(self) -> Tensor:
        """Return the absolute value."""
        return elementwise.Abs.apply(self)

    def clip(self, min: float | None = None, max: float | None = None) -> Tensor:
        """Keep each element within [min, max]; the name NumPy and PyTorch share.

        Parameters
        ----------
        min, max : float, optional
            Bounds; None means none.

        Raises
        ------
        RangeError
            If both are missing.
        """
        missing = min is None and max is None
        require(not missing, RangeError, "clip: min, max", "at least one bound", "neither")
        exact = np.float64 if self.dtype.kind == "f" else None
        min, max = (None if b is None else Tensor(b, dtype=exact).item() for b in (min, max))
        return elementwise.Clip.apply(self, minimum=min, maximum=max)

    # --- reductions -------------------------------------------------------------------------

    def sum(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        """Add up elements over the axes `dim`, or all of them."""
        return reductions.Sum.apply(self, dim=reduced_axes("sum", dim, self.shape), keepdim=keepdim)

    def mean(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        """Average over the axes `dim`, or all of them."""
        require_float(self.data, "mean: x")
        require(self.data.size > 0, ShapeError, "mean: x", "at least one element", self)
        axes = reduced_axes("mean", dim, self.shape)
        return reductions.Mean.apply(self, dim=axes, keepdim=keepdim)

    def var(self, dim: Axes = None, keepdim: bool = False, correction: int = 1) -> Tensor:
        """Variance over the axes `dim`, or all of them.

        Parameters
        ----------
        dim : int or tuple of int, optional
            Axes to reduce.
        keepdim : bool
            Keep the reduced axes with length 1.
        correction : int
            Subtracted from the count in the denominator: 1, PyTorch's default, estimates the
            variance of the population; 0 is NumPy's default and what batch norm divides by.

        Raises
        ------
        RangeError
            If there are no more elements than `correction`.
        """
        require_float(self.data, "var: x")
        axes = reduced_axes("var", dim, self.shape)
        count = number_reduced(axes, self.shape)
        require(
            count > correction,
            RangeError,
            "var: x",
            f"more than {correction} elements to take the variance of",
            f"{count} of {self.shape}",
        )
        return reductions.Variance.apply(self, dim=axes, keepdim=keepdim, correction=correction)

    def max(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        """Largest element over the axes `dim`, or of all (`torch.amax`: ties share)."""
        return self._extreme(dim, keepdim, largest=True)

    def min(self, dim: Axes = None, keepdim: bool = False) -> Tensor:
        """Smallest element over the axes `dim`, or of all (`torch.amin`: ties share)."""
        return self._extreme(dim, keepdim, largest=False)

    def _extreme(self, dim: Axes, keepdim: bool, largest: bool) -> Tensor:
        name = "max" if largest else "min"
        require(self.data.size > 0, ShapeError, f"{name}: x", "at least one element", self)
        axes = reduced_axes(name, dim, self.shape)
        return reductions.Extreme.apply(self, dim=axes, keepdim=keepdim, largest=largest)

    def argmax(self, dim: int | None = None) -> Tensor:
        """Position of the largest element along `dim`; it has no gradient."""
        require(self.data.size > 0, ShapeError, "argmax: x", "at least one element", self)
        axis = None if dim is None else one_axis("argmax", dim, self.shape)
        return Tensor(np.asarray(self.data.argmax(axis=axis)))

    # --- shapes -----------------------------------------------------------------------------

    def reshape(self, *shape: int | Sequence[int]) -> Tensor:
        """Give the same elements, in memory order, another shape; one length may be −1."""
        return shaping.Reshape.apply(self, shape=lengths("reshape", shape))

    def flatten(self, start_dim: int = 0, end_dim: int = -1) -> Tensor:
        """Merge the axes from `start_dim` to `end_dim` into one."""
        if self.ndim == 0:
            return self.reshape(1)
        start, end = (one_axis("flatten", dim, self.shape) for dim in (start_dim, end_dim))
        require(start <= end, RangeError, "flatten: end_dim", f"{start_dim} or later", end_dim)
        merged = math.prod(self.shape[start : end + 1])
        return self.reshape(*self.shape[:start], merged, *self.shape[end + 1 :])

    def squeeze(self, dim: int) -> Tensor:
        """Drop axis `dim`, which has length 1."""
        axis = one_axis("squeeze", dim, self.shape)
        require(self.shape[axis] == 1, ShapeError, "squeeze: dim", "an axis of length 1", self)
        return self.reshape(*self.shape[:axis], *self.shape[axis + 1 :])

    def unsqueeze(self, dim: int) -> Tensor:
        """Insert an axis of length 1 at position `dim`."""
        at = one_axis("unsqueeze", dim, (*self.shape, 1))
        return self.reshape(*self.shape[:at], 1, *self.shape[at:])

    def permute(self, *dims: int | Sequence[int]) -> Tensor:
        """Put the axes in the order `dims`."""
        return shaping.Transpose.apply(self, order=lengths("permute", dims))

    def transpose(self, dim0: int, dim1: int) -> Tensor:
        """Exchange two axes."""
        first, second = (one_axis("transpose", dim, self.shape) for dim in (dim0, dim1))
        order = list(range(self.ndim))
        order[first], order[second] = order[second], order[first]
        return shaping.Transpose.apply(self, order=tuple(order))

    @property
    def T(self) -> Tensor:  # noqa: N802
        """The matrix with rows and columns exchanged."""
        require(self.ndim == 2, ShapeError, "T", "a matrix (2 axes); for others use permute", self)
        return self.transpose(0, 1)

    def expand(self, *shape: int | Sequence[int]) -> Tensor:
        """Stretch axes of length 1, or add axes in front, to reach `shape`; −1 keeps a length."""
        return shaping.BroadcastTo.apply(self, shape=lengths("expand", shape))

    def __getitem__(self, index: Any) -> Tensor:
        parts = index if isinstance(index, tuple) else (index,)
        plain = tuple(part.data if isinstance(part, Tensor) else part for part in parts)
        return shaping.Index.apply(self, index=plain if isinstance(index, tuple) else plain[0])


def as_tensor(value: Any) -> Tensor:
    """Return `value` if it is a tensor, else a tensor of it that shares its memory.

    Parameters
    ----------
    value : Tensor or array_like
    """
    return value if isinstance(value, Tensor) else Tensor(value)


# --- helpers --------------------------------------------------------------------------------


def _like(other: Any, partner: Any) -> Tensor:
    """Turn an operand into a tensor; a Python number takes its partner's float type."""
    number = isinstance(other, bool | int | float)
    if number and isinstance(partner, Tensor) and partner.dtype.kind == "f":
        return Tensor(other, dtype=partner.dtype)
    return as_tensor(other)


def operands(left: Any, right: Any) -> tuple[Tensor, Tensor]:
    """Make tensors of both operands.

    Parameters
    ----------
    left, right : Tensor or array_like
        Beside a floating type, integers take it, as in PyTorch (NumPy would give float64).

    Returns
    -------
    left, right : Tensor
    """
    left, right = _like(left, right), _like(right, left)
    if left.dtype.kind != right.dtype.kind:
        if left.dtype.kind == "f":
            right = Tensor(right.data.astype(left.dtype))
        elif right.dtype.kind == "f":
            left = Tensor(left.data.astype(right.dtype))
    return left, right


def _floating(tensor: Tensor) -> Tensor:
    """Turn integers into float32, PyTorch's default, where the result is no integer."""
    return tensor if tensor.dtype.kind == "f" else Tensor(tensor.data.astype(np.float32))


def _compare(
    comparison: Callable[[Array, Array], Any], name: str, left: Tensor, right: Any
) -> Tensor:
    other = as_tensor(right).data
    autograd.check_broadcast(name, left.data, other)
    return Tensor(comparison(left.data, other))
