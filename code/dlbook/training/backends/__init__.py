"""How each library takes one training step; everything around a step is common to all."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np

from dlbook.errors import DTypeError

__all__ = ["Backend", "backend_for", "library_of"]

Array = np.ndarray[Any, Any]


class Backend(Protocol):
    """What the common training loop asks of a library.

    Attributes
    ----------
    model : object
        What is trained.
    learning_rate : float
        Of the optimiser; may be set between steps.
    """

    model: Any
    learning_rate: float

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """Return the precision of the weights, where NumPy has it."""

    def train_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Learn from one batch; return its loss before the update, and the outputs."""

    def evaluate_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Return loss and outputs of one batch in evaluation mode."""

    def outputs(self, x: Array) -> Array:
        """Return the outputs for one batch in evaluation mode."""

    def weights(self) -> dict[str, Array]:
        """Copy out the weights, running statistics included."""

    def set_weights(self, weights: dict[str, Array]) -> None:
        """Put back what `weights` returned."""

    def memory(self) -> dict[str, Array]:
        """Copy out the learning rate and what the optimiser remembers from step to step."""

    def set_memory(self, memory: dict[str, Array]) -> None:
        """Put back what `memory` returned."""

    def generators(self) -> list[Any]:
        """Describe, in numbers and text, where the model's sources of randomness stand."""

    def set_generators(self, states: list[Any]) -> None:
        """Put back what `generators` returned."""

    def randomness(self, seed: int | None) -> AbstractContextManager[Any]:
        """Let what the library draws from a global generator depend on `seed`, for a while."""


def library_of(model: Any) -> str:
    """Tell which library a model is made with.

    Parameters
    ----------
    model : object
        A model of the engine, of PyTorch or of Keras.

    Returns
    -------
    {"numpy", "pytorch", "keras"}

    Raises
    ------
    DTypeError
        If it is none of these.
    """
    for base in type(model).__mro__:
        module, name = base.__module__, base.__name__
        if module.startswith("dlbook.engine") and name == "Module":
            return "numpy"
        if module.startswith("torch.nn") and name == "Module":
            return "pytorch"
        if module.startswith("keras.") and name in ("Layer", "Model"):
            return "keras"
    raise DTypeError(
        "model: expected a Module of dlbook.engine.nn, a torch.nn.Module or a keras.Model, "
        f"got {type(model).__name__}"
    )


def backend_for(model: Any, optimizer: Any, learning_rate: float | None, loss: Any) -> Backend:
    """Choose the backend for a model, importing only that library.

    Parameters
    ----------
    model : object
        A model of any of the three libraries.
    optimizer : str, optimiser or None
        As in `dlbook.training.fit`; None where nothing is going to be learned.
    learning_rate, loss
        As in `dlbook.training.fit`.

    Returns
    -------
    Backend
    """
    library = library_of(model)
    if library == "numpy":
        from dlbook.training.backends.numpy import NumpyBackend

        return NumpyBackend(model, optimizer, learning_rate, loss)
    if library == "pytorch":
        from dlbook.training.backends.pytorch import PytorchBackend

        return PytorchBackend(model, optimizer, learning_rate, loss)
    from dlbook.training.backends.keras import KerasBackend

    return KerasBackend(model, optimizer, learning_rate, loss)
