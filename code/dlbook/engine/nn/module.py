"""Modules: functions that own parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

from dlbook.engine.autograd import Array
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

if TYPE_CHECKING:
    from dlbook.engine.nn.summary import Summary

__all__ = ["Module", "Parameter"]


class Parameter(Tensor):
    """A tensor that a module trains.

    Parameters
    ----------
    data : array_like of float
        Initial values.
    """

    __slots__ = ()

    def __init__(self, data: Any) -> None:
        super().__init__(data, requires_grad=True)


class Module:
    """A function with parameters, and with modules inside it.

    A subclass sets parameters and modules as attributes in ``__init__`` and computes its result
    in ``forward``. Attributes are found again in the order in which they were set, so that the
    names and the order of parameters are those of the same model in PyTorch.

    Attributes
    ----------
    training : bool
        Whether layers that behave differently while training (dropout, batch norm) should.
    """

    training: bool = True

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the module's result; every module overrides this."""
        raise TypeError(f"{type(self).__name__} defines no forward")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        return self.forward(*inputs, **options)

    # --- what is inside ---------------------------------------------------------------------

    def children(self) -> Iterator[tuple[str, Module]]:
        """Yield the modules directly inside this one, with their names."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def modules(self) -> Iterator[Module]:
        """Yield this module and all modules inside it."""
        yield self
        for _, child in self.children():
            yield from child.modules()

    def named_parameters(
        self, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter with its path, such as ``"layers.0.weight"``.

        Parameters
        ----------
        prefix : str
            Put before each path.
        remove_duplicate : bool
            Yield a parameter that several layers share (tied weights) under its first path only,
            so that an optimizer moves it once.
        """
        seen: set[int] = set()
        for name, parameter in self._all_parameters(prefix):
            if not remove_duplicate or id(parameter) not in seen:
                seen.add(id(parameter))
                yield name, parameter

    def _all_parameters(self, prefix: str) -> Iterator[tuple[str, Parameter]]:
        for name, value in vars(self).items():
            if isinstance(value, Parameter):
                yield prefix + name, value
        for name, child in self.children():
            yield from child._all_parameters(f"{prefix}{name}.")

    def parameters(self) -> Iterator[Parameter]:
        """Yield every parameter."""
        for _, parameter in self.named_parameters():
            yield parameter

    def named_buffers(self, prefix: str = "") -> Iterator[tuple[str, Array]]:
        """Yield the arrays that are kept but not trained, such as running averages."""
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray):
                yield prefix + name, value
        for name, child in self.children():
            yield from child.named_buffers(f"{prefix}{name}.")

    def count_params(self) -> int:
        """Count the numbers that training can change."""
        return sum(parameter.numel() for parameter in self.parameters())

    def summary(self, *inputs: Any, dtype: DTypeLike = np.float32, **options: Any) -> Summary:
        """List layers, output shapes and numbers of parameters; print the result.

        Parameters
        ----------
        *inputs : tuple of int, or Tensor or ndarray
            For each input its shape, batch axis included, or a real input. Without any, only
            parameters are counted.
        dtype : dtype
            Type of the inputs given by shape; an embedding wants ``int``.
        **options
            Handed on to `forward`.

        Returns
        -------
        Summary

        Raises
        ------
        ShapeError
            If a shape has an axis that is not a positive integer, or does not fit.

        Examples
        --------
        >>> print(nn.Linear(4, 3).summary((8, 4)))
        Layer   Output shape  Parameters
        ────────────────────────────────
        Linear  (8, 3)                15
        ────────────────────────────────
        Parameters: 15 (trainable 15, frozen 0)
        """
        from dlbook.engine.nn.summary import summarize

        return summarize(self, *inputs, dtype=dtype, **options)

    # --- modes ------------------------------------------------------------------------------

    def train(self, mode: bool = True) -> Module:
        """Switch to training mode (or, with False, to evaluation mode).

        Parameters
        ----------
        mode : bool

        Returns
        -------
        Module
            This module.
        """
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Switch to evaluation mode: no dropout, running statistics in batch norm."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Module:
        """Freeze all parameters, or let them be trained again.

        A frozen parameter is still among `parameters`, as in PyTorch. `backward` leaves no
        gradient there, and optimisers pass by a parameter without one: not even weight decay
        moves it. Nothing is recorded for layers below the first one that is trained, which saves
        their backward pass. Running statistics are no parameters: batch norm goes on updating
        them until it is put into evaluation mode.

        Parameters
        ----------
        requires_grad : bool

        Returns
        -------
        Module
            This module.
        """
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self.parameters():
            parameter.grad = None

    # --- saving and loading -----------------------------------------------------------------

    def state_dict(self) -> dict[str, Array]:
        """Copy all parameters and buffers out, by name.

        Returns
        -------
        dict of str to ndarray
        """
        state = {name: parameter.data.copy() for name, parameter in self._all_parameters("")}
        return state | {name: buffer.copy() for name, buffer in self.named_buffers()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy values in. Either all of them fit, or nothing is changed.

        Parameters
        ----------
        state : mapping of str to array_like
            Exactly the names that `state_dict` gives.

        Raises
        ------
        RangeError
            If names are missing or unknown.
        ShapeError
            If an array has another shape than here.
        DTypeError
            If something else than numbers is given.
        """
        own = {name: parameter.data for name, parameter in self._all_parameters("")}
        own |= dict(self.named_buffers())
        missing, unknown = sorted(set(own) - set(state)), sorted(set(state) - set(own))
        require(
            not missing and not unknown,
            RangeError,
            "load_state_dict: state",
            f"the names of {type(self).__name__}",
            f"missing {missing or 'none'}, unknown {unknown or 'none'}",
        )
        arrays = {name: as_tensor(state[name]).data for name in own}
        for name, array in arrays.items():
            require(
                array.shape == own[name].shape,
                ShapeError,
                f"load_state_dict: state[{name!r}]",
                f"shape {own[name].shape}",
                array,
            )
        for name, array in arrays.items():
            own[name][...] = array

    def extra_repr(self) -> str:
        """Say what tells this layer from others of its kind, such as its sizes."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): {child!r}" for name, child in self.children()]
        head = f"{type(self).__name__}({self.extra_repr()}"
        if not lines:
            return head + ")"
        body = "\n".join(lines).replace("\n", "\n  ")
        return f"{head}\n  {body}\n)"
