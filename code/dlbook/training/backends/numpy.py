"""One training step with the engine."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from dlbook.engine import Tensor, nn, no_grad, optim
from dlbook.engine import functional as F
from dlbook.training.backends import Array
from dlbook.training.choices import choose, rate

__all__ = ["NumpyBackend"]

OPTIMIZERS = {"sgd": optim.SGD, "adam": optim.Adam}
LOSSES = {"cross_entropy": F.cross_entropy, "mse": F.mse_loss}


class NumpyBackend:
    """Train a model of `dlbook.engine`; arguments as in `dlbook.training.fit`."""

    def __init__(
        self, model: nn.Module, optimizer: Any, learning_rate: float | None, loss: Any
    ) -> None:
        self.model = model
        make = choose("optimizer", optimizer, OPTIMIZERS)
        if isinstance(optimizer, str):
            make = make(model.parameters(), lr=rate(optimizer, learning_rate))
        self.optimizer = make
        self.loss = choose("loss", loss, LOSSES)

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
        self.model.eval()
        with no_grad():
            outputs = self.model(Tensor(x))
            return self.loss(outputs, y).item(), outputs.data

    def outputs(self, x: Array) -> Array:
        self.model.eval()
        with no_grad():
            return np.asarray(self.model(Tensor(x)).data)

    def state(self) -> dict[str, Any]:
        memory = {k: v for k, v in vars(self.optimizer).items() if k != "params"}
        return {"model": self.model.state_dict(), "optimizer": copy.deepcopy(memory)}

    def restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        vars(self.optimizer).update(copy.deepcopy(state["optimizer"]))
