"""One training step with PyTorch."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn, optim
from torch.nn import functional as F

from dlbook.training.backends import Array
from dlbook.training.choices import choose, rate

__all__ = ["PytorchBackend"]

OPTIMIZERS = {"sgd": optim.SGD, "adam": optim.Adam}
LOSSES = {"cross_entropy": F.cross_entropy, "mse": F.mse_loss}


class PytorchBackend:
    """Train a `torch.nn.Module`; arguments as in `dlbook.training.fit`."""

    def __init__(
        self, model: nn.Module, optimizer: Any, learning_rate: float | None, loss: Any
    ) -> None:
        self.model = model
        make = choose("optimizer", optimizer, OPTIMIZERS)
        if isinstance(optimizer, str):
            make = make(model.parameters(), lr=rate(optimizer, learning_rate))
        self.optimizer = make
        self.loss = choose("loss", loss, LOSSES)

    def _tensor(self, array: Array) -> torch.Tensor:
        device = next(self.model.parameters()).device
        return torch.from_numpy(array.copy()).to(device)

    def train_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Forward, loss, backward, update: the four steps of chapter 3."""
        self.model.train()
        outputs = self.model(self._tensor(x))
        loss = self.loss(outputs, self._tensor(y))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item(), outputs.detach().cpu().numpy()

    def evaluate_step(self, x: Array, y: Array) -> tuple[float, Array]:
        self.model.eval()
        with torch.no_grad():
            outputs = self.model(self._tensor(x))
            return self.loss(outputs, self._tensor(y)).item(), outputs.cpu().numpy()

    def outputs(self, x: Array) -> Array:
        self.model.eval()
        with torch.no_grad():
            return self.model(self._tensor(x)).cpu().numpy()

    def state(self) -> dict[str, Any]:
        return copy.deepcopy(
            {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        )

    def restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
