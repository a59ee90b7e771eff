"""One training step with the engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np

from dlbook.engine import Tensor, nn, no_grad, optim
from dlbook.engine.functional.binary_losses import binary_cross_entropy_with_logits
from dlbook.engine.functional.classification_losses import cross_entropy
from dlbook.engine.functional.regression_losses import huber_loss, l1_loss, mse_loss
from dlbook.errors import RangeError, require
from dlbook.training.backends import Array
from dlbook.training.choices import choose, choose_optimizer, rate
from dlbook.training.state import generator_state, set_generator_state

__all__ = ["NumpyBackend"]

OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    "adagrad": optim.Adagrad,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "momentum": partial(optim.SGD, momentum=0.9),
    "rmsprop": optim.RMSprop,
    "sgd": optim.SGD,
}


def _over_rows(outputs: Tensor, y: Array) -> Tensor:
    """Take the cross-entropy over the last axis, whatever stands before it."""
    return cross_entropy(outputs.reshape(-1, outputs.shape[-1]), y.reshape(-1))


def _elementwise(loss: Callable[[Tensor, Array], Tensor]) -> Callable[[Tensor, Array], Tensor]:
    def compare(outputs: Tensor, y: Array) -> Tensor:
        return loss(outputs, y.reshape(outputs.shape).astype(outputs.dtype, copy=False))

    return compare


LOSSES: dict[str, Callable[[Tensor, Array], Tensor]] = {
    "binary_cross_entropy": _elementwise(binary_cross_entropy_with_logits),
    "cross_entropy": _over_rows,
    "huber": _elementwise(huber_loss),
    "mae": _elementwise(l1_loss),
    "mse": _elementwise(mse_loss),
}


class NumpyBackend:
    """Train a model of `dlbook.engine`.

    Parameters
    ----------
    model, optimizer, learning_rate, loss
        As in `dlbook.training.fit`; no optimizer where nothing is going to be learned.
    """

    def __init__(
        self, model: nn.Module, optimizer: Any, learning_rate: float | None, loss: Any
    ) -> None:
        self.model = model
        parameters = list(model.parameters())
        self.dtype = parameters[0].dtype if parameters else None
        self.loss = choose("loss", loss, LOSSES)
        self.optimizer: Any = optimizer
        if optimizer is not None:
            make = choose_optimizer(
                optimizer, learning_rate, OPTIMIZERS, optim.Optimizer, "dlbook.engine.optim"
            )
            if isinstance(optimizer, str):
                expected = "a model with weights"
                require(len(parameters) > 0, RangeError, "fit: model", expected, "none")
                self.optimizer = make(parameters, lr=rate(optimizer, learning_rate))

    @property
    def learning_rate(self) -> float:
        """Of the optimiser."""
        return float(self.optimizer.lr)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.optimizer.lr = value

    def train_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Forward, loss, backward, update: the four steps of chapter 3."""
        self.model.train()
        with np.errstate(over="ignore", invalid="ignore"):  # `fit` looks at the loss instead
            outputs = self.model(Tensor(x))
            loss = self.loss(outputs, y)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        return loss.item(), outputs.data

    def evaluate_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Return loss and outputs of one batch in evaluation mode."""
        self.model.eval()
        with no_grad():
            outputs = self.model(Tensor(x))
            return self.loss(outputs, y).item(), outputs.data

    def outputs(self, x: Array) -> Array:
        """Return the outputs for one batch in evaluation mode."""
        self.model.eval()
        with no_grad():
            return np.asarray(self.model(Tensor(x)).data)

    def weights(self) -> dict[str, Array]:
        """Copy out the weights, running statistics included."""
        return self.model.state_dict()

    def set_weights(self, weights: dict[str, Array]) -> None:
        """Put back what `weights` returned."""
        self.model.load_state_dict(weights)

    def memory(self) -> dict[str, Array]:
        """Copy out the learning rate and what the optimiser remembers from step to step."""
        return self.optimizer.state_dict()

    def set_memory(self, memory: dict[str, Array]) -> None:
        """Put back what `memory` returned."""
        self.optimizer.load_state_dict(memory)

    def _sources(self) -> list[np.random.Generator]:
        found = (value for module in self.model.modules() for value in vars(module).values())
        return [value for value in found if isinstance(value, np.random.Generator)]

    def generators(self) -> list[Any]:
        """Describe where the sources of randomness stand."""
        return [generator_state(rng) for rng in self._sources()]

    def set_generators(self, states: list[Any]) -> None:
        """Put back what `generators` returned."""
        for rng, state in zip(self._sources(), states, strict=True):
            set_generator_state("fit: resume", rng, state)

    def randomness(self, seed: int | None) -> nullcontext[None]:
        """Nothing to do: dropout has a generator of its own here."""
        return nullcontext()
