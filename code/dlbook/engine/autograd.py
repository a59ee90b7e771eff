"""Reverse-mode automatic differentiation: what an operation is, and the walk back.

Every operation on tensors is a `Function`, with its forward and its backward side by side.
Applying one to tensors that want gradients leaves a trace: the result remembers the function,
the function remembers its inputs. `backward` follows that trace from the last result to the
first input, each node once and only after everything that used it, and multiplies local
derivatives as it goes. Chapter 4 builds a small version of this file step by step.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from dlbook.errors import GradientError, ShapeError, require

if TYPE_CHECKING:
    from dlbook.engine.tensor import Tensor

__all__ = ["Array", "Function", "backward", "is_grad_enabled", "no_grad", "topological_order"]

Array = np.ndarray[Any, Any]

_recording: contextvars.ContextVar[bool] = contextvars.ContextVar("recording", default=True)


def is_grad_enabled() -> bool:
    """Tell whether operations are being recorded for a later `backward`.

    Returns
    -------
    bool
        False inside `no_grad`.
    """
    return _recording.get()


@contextlib.contextmanager
def no_grad() -> Iterator[None]:
    """Compute without recording: for evaluation, and for updating parameters.

    Works as a ``with`` block and as a decorator, as `torch.no_grad` does.

    Examples
    --------
    >>> w = Tensor([2.0], requires_grad=True)
    >>> with no_grad():
    ...     (w * 3).requires_grad
    False
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class Function:
    """One differentiable operation: a node of the computation graph.

    A subclass writes two methods on plain NumPy arrays:

    - ``forward(self, *arrays, **options)`` computes the result and keeps on ``self`` whatever
      the way back will need;
    - ``backward(self, grad)`` receives the gradient of the loss with respect to the result and
      returns the gradients with respect to the inputs, in order (one array, or a tuple in which
      ``None`` stands for "no gradient").

    Attributes
    ----------
    inputs : tuple of Tensor
        What the operation was applied to.
    needs_grad : tuple of bool
        For each input, whether anybody will ask for its gradient; `backward` can skip the rest.
    """

    inputs: tuple[Tensor, ...]
    needs_grad: tuple[bool, ...]

    def forward(self, *arrays: Any, **options: Any) -> Array:
        """Compute the result; every operation of the engine overrides this."""
        raise TypeError(f"{type(self).__name__} defines no forward")

    def backward(self, grad: Array) -> Any:
        """Apply the chain rule; every operation of the engine overrides this."""
        raise TypeError(f"{type(self).__name__} defines no backward")

    @classmethod
    def apply(cls, *inputs: Tensor, **options: Any) -> Tensor:
        """Run the operation and, if a gradient may be wanted, record it.

        Parameters
        ----------
        *inputs : Tensor
            What the operation works on.
        **options
            Everything that is not differentiated: axes, strides, shapes.

        Returns
        -------
        Tensor
            The result, which remembers this function when it is recorded.
        """
        function = cls()
        function.inputs = inputs
        function.needs_grad = tuple([tensor.requires_grad for tensor in inputs])
        with np.errstate(all="ignore"):  # inf and nan arise silently, as in PyTorch
            array = function.forward(*[tensor.data for tensor in inputs], **options)
        result = inputs[0].holding(array)
        if True in function.needs_grad and _recording.get():
            result.requires_grad = True
            result.function = function
        return result

    def release(self) -> None:
        """Forget inputs and saved arrays, so that their memory can be used again."""
        self.__dict__.clear()

    @property
    def released(self) -> bool:
        """Whether `release` has been called."""
        return "inputs" not in self.__dict__


def topological_order(root: Tensor) -> list[Tensor]:
    """List the tensors that `root` was computed from, inputs before results.

    A reused tensor appears once. Plain recursion from the root would visit it once per use and
    pass on its gradient too early; it would also overflow Python's stack on a long sequence.

    Parameters
    ----------
    root : Tensor
        Where the walk starts.

    Returns
    -------
    list of Tensor
        Those which require a gradient, in an order in which each comes after its inputs.
    """
    order: list[Tensor] = []
    seen: set[int] = set()
    stack: list[tuple[Tensor, bool]] = [(root, False)]
    while stack:
        tensor, inputs_done = stack.pop()
        if inputs_done:
            order.append(tensor)
            continue
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        stack.append((tensor, True))
        if tensor.function is not None:
            _refuse_released(tensor.function)
            stack.extend((t, False) for t in tensor.function.inputs if t.requires_grad)
    return order


def backward(root: Tensor, grad: Array, retain_graph: bool = False) -> None:
    """Add d(root)/d(leaf) · grad to the ``grad`` of every leaf below `root`.

    Parameters
    ----------
    root : Tensor
        Usually the loss.
    grad : ndarray, same shape as `root`
        Gradient with respect to `root`; 1 for a loss.
    retain_graph : bool
        Keep the graph for a second walk. Otherwise its memory is freed on the way.

    Raises
    ------
    GradientError
        If the graph has been freed by an earlier walk.
    """
    with np.errstate(all="ignore"):  # as on the way forward
        _walk_back(root, grad, retain_graph)


def _walk_back(root: Tensor, grad: Array, retain_graph: bool) -> None:
    waiting: dict[int, Any] = {id(root): grad}
    keep = [grad]  # arrays that more than one tensor, or the caller, may hold …
    shared = {id(grad)}  # … by identity, which is theirs as long as they are kept
    for tensor in reversed(topological_order(root)):
        arrived = waiting.pop(id(tensor), None)
        if arrived is None:  # every path from the root to here had no gradient
            continue
        function = tensor.function
        if function is None or tensor.retains_grad:
            _leave(tensor, arrived, id(arrived) in shared)
        if function is None:
            continue
        gradients = function.backward(arrived)
        if not isinstance(gradients, tuple):
            gradients = (gradients,)
        handed_on = [arrived]
        for source, gradient in zip(function.inputs, gradients, strict=True):
            if gradient is None or not source.requires_grad:
                continue
            if any(gradient is other for other in handed_on):
                keep.append(gradient)
                shared.add(id(gradient))
            handed_on.append(gradient)
            passed_on = _of_dtype(gradient, source.data.dtype)
            before = waiting.get(id(source))
            if before is not None:
                passed_on = _of_dtype(before + passed_on, source.data.dtype)
            waiting[id(source)] = passed_on
        if not retain_graph:
            function.release()


def _leave(tensor: Tensor, gradient: Any, shared: bool) -> None:
    """Add to a tensor's gradient, in an array of its own."""
    if tensor.grad is not None:
        tensor.grad = _of_dtype(tensor.grad + gradient, tensor.data.dtype)
    elif shared or getattr(gradient, "base", None) is not None:
        tensor.grad = gradient.copy()  # readers may write into it; nobody else may notice
    else:
        tensor.grad = gradient


def _of_dtype(gradient: Any, dtype: np.dtype[Any]) -> Any:
    """Give a gradient the type of its tensor: float32 · float64 is float64, its gradient not."""
    if isinstance(gradient, np.generic):  # NumPy turns a result of rank 0 into a scalar
        return np.asarray(gradient, dtype=dtype)
    if isinstance(gradient, np.ndarray) and gradient.dtype != dtype:
        return gradient.astype(dtype)
    return gradient


def _refuse_released(function: Function) -> None:
    if function.released:
        raise GradientError(
            "backward: expected a graph that has not been walked yet, got one that was freed by an "
            "earlier backward; compute the loss again, or pass retain_graph=True the first time"
        )


def unbroadcast(grad: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which its tensor was stretched by broadcasting.

    Parameters
    ----------
    grad : ndarray
        Gradient with respect to the stretched array.
    shape : tuple of int
        Shape before stretching.

    Returns
    -------
    ndarray of shape `shape`
    """
    if grad.shape == shape:
        return grad
    extra = grad.ndim - len(shape)
    stretched = tuple(range(extra)) + tuple(
        extra + axis for axis, length in enumerate(shape) if length == 1
    )
    return grad.sum(axis=stretched, keepdims=True).reshape(shape)


def check_broadcast(name: str, *arrays: Array) -> None:
    """Raise a readable error when arrays cannot be stretched to one shape.

    Parameters
    ----------
    name : str
        The operation, for the message.
    *arrays : ndarray
        Its operands.

    Raises
    ------
    ShapeError
        If two lengths along an axis differ and neither is 1.
    """
    try:
        np.broadcast_shapes(*(array.shape for array in arrays))
    except ValueError:
        shapes = " and ".join(str(array.shape) for array in arrays)
        require(
            False,
            ShapeError,
            name,
            "shapes that broadcast (aligned from the right, lengths equal or 1)",
            shapes,
        )
