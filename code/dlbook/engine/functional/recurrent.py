"""What the plain, LSTM and GRU recurrences share: one layer, one direction, a whole sequence.

Chapters 17 and 18 write a recurrence as a loop over single steps. Here the whole sequence is one
operation of the graph, which is many times faster, for three reasons: what the input contributes
is computed for all steps in one matrix product before the loop; so are the gradients of the
weights after it; and inside the loop nothing is allocated. Arrays inside are *feature-major*,
(features, batch), so that each gate is one contiguous block of rows. The tests hold this form
against the loop of the textbook.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, describe, require

__all__ = ["Recurrence", "active_steps", "sequence_inputs"]


class Recurrence(Function):
    """Run a cell along a sequence, and the chain rule back along it.

    Inputs, in order: x of shape (time, batch, features), the two weights, one initial state of
    shape (batch, hidden) for each of `states`, and either no bias or both. The result packs what
    the cell leaves behind, shape (time + states, batch, hidden): the outputs of all steps, then
    the final states.

    A kind of recurrence fills in five methods, which work on ``self.sequences``: for each state
    an array (time + 1, hidden, batch), of which entry t is the state *before* step t.

    Attributes
    ----------
    states : int
        How many arrays the cell hands on: 1 for h, 2 for h and c.
    gates : int
        How many blocks of `hidden` rows each weight has.
    """

    states = 1
    gates = 1

    def forward(
        self,
        x: Array,
        weight_ih: Array,
        weight_hh: Array,
        *more: Array,
        reverse: bool,
        active: Array | None,
        **options: Any,
    ) -> Array:
        self.direction = slice(None, None, -1 if reverse else 1)
        self.active = None if active is None else active[self.direction]
        self.x = x[self.direction]
        if self.active is not None:  # padding may hold anything, even nan: keep it out of sums
            self.x = np.where(self.active[..., None], self.x, x.dtype.type(0))
        self.weight_ih, self.weight_hh = weight_ih, weight_hh
        steps, batch, hidden = len(x), x.shape[1], weight_hh.shape[1]
        self.sequences = [np.empty((steps + 1, hidden, batch), x.dtype) for _ in range(self.states)]
        for sequence, initial in zip(self.sequences, more, strict=False):
            sequence[0] = initial.T
        self.prepare(more[self.states :], **options)
        for t in range(steps):
            self.step(t)
            if self.active is not None:  # a sequence that has ended, or not begun, keeps its state
                for sequence in self.sequences:
                    np.copyto(sequence[t + 1], sequence[t], where=~self.active[t])
        return self._pack()

    def backward(self, grad: Array) -> tuple[Array | None, ...]:
        steps, batch, _ = self.x.shape
        outputs = grad[:steps][self.direction].transpose(0, 2, 1)
        if self.active is not None:
            outputs = outputs * self.active[:, None, :]
        outputs = np.ascontiguousarray(outputs)
        arriving = [np.array(final.T, order="C") for final in grad[steps:]]
        self.prepare_back()
        for t in reversed(range(steps)):
            arriving[0] += outputs[t]
            if self.active is None:
                self.step_back(t, arriving)
            else:
                self._step_back_where_active(t, arriving)
        grad_x = None
        per_step, weight_gradients = self.finish_back(self.x.reshape(steps * batch, -1))
        if self.needs_grad[0]:
            rows = per_step.T @ self.weight_ih
            grad_x = rows.reshape(self.x.shape)[self.direction]
        return (
            grad_x,
            *weight_gradients[:2],
            *(state.T for state in arriving),
            *weight_gradients[2:],
        )

    def _pack(self) -> Array:
        hidden = self.sequences[0]
        steps, (features, batch) = len(hidden) - 1, hidden.shape[1:]
        result = np.empty((steps + self.states, batch, features), hidden.dtype)
        outputs = result[:steps]
        outputs[self.direction] = hidden[1:].transpose(0, 2, 1)
        if self.active is not None:
            outputs[self.direction][~self.active] = 0
        for row, sequence in enumerate(self.sequences):
            result[steps + row] = sequence[-1].T
        return result

    def _step_back_where_active(self, t: int, arriving: list[Array]) -> None:
        """Take one step back; gradients of sequences that stood still pass by unchanged."""
        assert self.active is not None
        passing = [gradient * ~self.active[t] for gradient in arriving]
        for gradient in arriving:
            np.copyto(gradient, 0, where=~self.active[t])
        self.step_back(t, arriving)  # linear in the gradients, so 0 stays 0
        for gradient, passed in zip(arriving, passing, strict=True):
            np.add(gradient, passed, out=gradient)

    def before(self, sequence: Array) -> Array:
        """Return the states before each step as rows, shape (time · batch, hidden)."""
        return sequence[:-1].transpose(0, 2, 1).reshape(-1, sequence.shape[1])

    # --- what a kind of recurrence fills in ---------------------------------------------------

    def prepare(self, biases: tuple[Array, ...], **options: Any) -> None:
        """Compute all that needs no state: the input's share of each step, and workspaces."""
        raise TypeError(f"{type(self).__name__} defines no prepare")

    def step(self, t: int) -> None:
        """Compute the states after step `t` from those before it."""
        raise TypeError(f"{type(self).__name__} defines no step")

    def prepare_back(self) -> None:
        """Make room for what the way back leaves behind at each step."""
        raise TypeError(f"{type(self).__name__} defines no prepare_back")

    def step_back(self, t: int, arriving: list[Array]) -> None:
        """Turn gradients of the states after step `t` into those of the states before, in place."""
        raise TypeError(f"{type(self).__name__} defines no step_back")

    def finish_back(self, x_rows: Array) -> tuple[Array, tuple[Array, ...]]:
        """Sum the gradients of weights and biases over all steps.

        Parameters
        ----------
        x_rows : ndarray of shape (time · batch, features)

        Returns
        -------
        per_step : ndarray of shape (gates · hidden, time · batch)
            Gradient of what the input contributed to each step.
        gradients : tuple of ndarray
            Of weight_ih, weight_hh and, if there are any, of both biases.
        """
        raise TypeError(f"{type(self).__name__} defines no finish_back")


def over_time(blocks: Array) -> Array:
    """Lay (time, rows, batch) out as (rows, time · batch), ready for one matrix product.

    Parameters
    ----------
    blocks : ndarray of shape (time, rows, batch)

    Returns
    -------
    ndarray of shape (rows, time · batch)
    """
    return blocks.transpose(1, 0, 2).reshape(blocks.shape[1], -1)


def active_steps(name: str, lengths: Any, steps: int, batch: int) -> Array | None:
    """Turn the lengths of sequences into a mask.

    Parameters
    ----------
    name : str
        Who asks, for the message.
    lengths : array_like of int, shape (batch,), or None
        Number of steps of each sequence that are real; the rest is padding.
    steps, batch : int
        Shape of the padded batch.

    Returns
    -------
    ndarray of bool, shape (steps, batch), or None
        True where a step is real; None if all of them are.

    Raises
    ------
    DTypeError, ShapeError, RangeError
        If the lengths are not integers, not one per sequence, or not in 1 … steps.
    """
    if lengths is None:
        return None
    argument = f"{name}: lengths"
    try:
        array = as_tensor(lengths).data
    except DTypeError:
        raise DTypeError(f"{argument}: expected integers, got {describe(lengths)}") from None
    require(array.dtype.kind in "iu", DTypeError, argument, "integers", array)
    require(
        array.shape == (batch,), ShapeError, argument, f"one per sequence, shape ({batch},)", array
    )
    wrong = array[(array < 1) | (array > steps)]
    require(
        not wrong.size,
        RangeError,
        argument,
        f"from 1 to the number of steps, {steps}",
        ", ".join(map(str, wrong[:5])),
    )
    if (array == steps).all():
        return None
    return np.arange(steps)[:, None] < array.astype(np.int64)


def sequence_inputs(
    kind: type[Recurrence],
    name: str,
    input: Any,
    weights: tuple[Any, Any],
    states: tuple[Any, ...] | None,
    biases: tuple[Any, Any],
) -> list[Tensor]:
    """Check what a recurrence works on and bring it to one dtype, that of the weights.

    Parameters
    ----------
    kind : type of Recurrence
    name : str
        The function, for messages.
    input : Tensor of shape (time, batch, features)
    weights : (weight_ih, weight_hh)
    states : tuple of Tensor of shape (batch, hidden), or None for zeros
    biases : (bias_ih, bias_hh), or (None, None)

    Returns
    -------
    list of Tensor
        In the order in which `Recurrence` wants them.

    Raises
    ------
    ShapeError, DTypeError
        If something does not fit.
    """
    weight_ih, weight_hh = (as_tensor(weight) for weight in weights)
    x = as_tensor(input)
    hidden = weight_hh.shape[-1] if weight_hh.ndim else 0
    rows = kind.gates * hidden
    expected: list[tuple[str, Tensor, tuple[int, ...]]] = [
        ("weight_hh", weight_hh, (rows, hidden)),
        ("weight_ih", weight_ih, (rows, *weight_ih.shape[1:2])),
    ]
    require(
        x.ndim == 3 and weight_ih.ndim == 2 and x.shape[2] == weight_ih.shape[1],
        ShapeError,
        f"{name}: input",
        f"3 axes, the last of length {weight_ih.shape[-1] if weight_ih.ndim else 0} "
        f"(weight_ih is {weight_ih.shape})",
        x,
    )
    require(
        min(x.shape) > 0, ShapeError, f"{name}: input", "at least one step, sample and feature", x
    )
    if states is None:
        zeros = np.zeros((x.shape[1], hidden), weight_hh.dtype)
        states = (Tensor(zeros),) * kind.states
    else:
        states = tuple(as_tensor(state) for state in states)
        expected += [("hx", state, (x.shape[1], hidden)) for state in states]
    tensors = [x, weight_ih, weight_hh, *states]
    require(
        (biases[0] is None) == (biases[1] is None),
        ShapeError,
        f"{name}: bias_ih, bias_hh",
        "both or neither",
        "only one",
    )
    if biases[0] is not None:
        both = [as_tensor(bias) for bias in biases]
        expected += [
            (f"bias_{side}", b, (rows,)) for side, b in zip(("ih", "hh"), both, strict=True)
        ]
        tensors += both
    for argument, tensor, shape in expected:
        require(tensor.shape == shape, ShapeError, f"{name}: {argument}", f"shape {shape}", tensor)
    dtype = weight_hh.dtype
    for argument, tensor in [("input", x), *((argument, t) for argument, t, _ in expected)]:
        require(tensor.dtype.kind == "f", DTypeError, f"{name}: {argument}", "floats", tensor)
    return [tensor if tensor.dtype == dtype else tensor.to(dtype) for tensor in tensors]
