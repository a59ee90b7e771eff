"""One training step with PyTorch."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn, optim
from torch.nn import functional as F

from dlbook.errors import RangeError, require
from dlbook.training.backends import Array
from dlbook.training.choices import choose, choose_optimizer, rate

__all__ = ["PytorchBackend"]

OPTIMIZERS: dict[str, Callable[..., optim.Optimizer]] = {
    "adagrad": optim.Adagrad,
    "adam": optim.Adam,
    "adamw": optim.AdamW,
    "momentum": partial(optim.SGD, momentum=0.9),
    "rmsprop": optim.RMSprop,
    "sgd": optim.SGD,
}


def _over_rows(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Take the cross-entropy over the last axis, whatever stands before it."""
    return F.cross_entropy(outputs.reshape(-1, outputs.shape[-1]), y.reshape(-1).long())


def _elementwise(loss: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    def compare(outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return loss(outputs, y.reshape(outputs.shape).to(outputs.dtype))

    return compare


LOSSES: dict[str, Callable[..., torch.Tensor]] = {
    "binary_cross_entropy": _elementwise(F.binary_cross_entropy_with_logits),
    "cross_entropy": _over_rows,
    "huber": _elementwise(F.huber_loss),
    "mae": _elementwise(F.l1_loss),
    "mse": _elementwise(F.mse_loss),
}


class PytorchBackend:
    """Train a `torch.nn.Module`.

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
        self.device = parameters[0].device if parameters else torch.device("cpu")
        self.dtype = _numpy_type(parameters[0].dtype) if parameters else None
        self.loss = choose("loss", loss, LOSSES)
        self.optimizer: Any = optimizer
        if optimizer is not None:
            make = choose_optimizer(
                optimizer, learning_rate, OPTIMIZERS, optim.Optimizer, "torch.optim"
            )
            if isinstance(optimizer, str):
                expected = "a model with weights"
                require(len(parameters) > 0, RangeError, "fit: model", expected, "none")
                self.optimizer = make(parameters, lr=rate(optimizer, learning_rate))

    @property
    def learning_rate(self) -> float:
        """Of the optimiser's first group of parameters."""
        return float(self.optimizer.param_groups[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = value

    def _tensor(self, array: Array) -> torch.Tensor:
        return torch.from_numpy(array.copy()).to(self.device)

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
        """Return loss and outputs of one batch in evaluation mode."""
        self.model.eval()
        with torch.no_grad():
            outputs = self.model(self._tensor(x))
            return self.loss(outputs, self._tensor(y)).item(), outputs.cpu().numpy()

    def outputs(self, x: Array) -> Array:
        """Return the outputs for one batch in evaluation mode."""
        self.model.eval()
        with torch.no_grad():
            return self.model(self._tensor(x)).cpu().numpy()

    def weights(self) -> dict[str, Array]:
        """Copy out the weights, running statistics included."""
        state = self.model.state_dict()
        return {name: tensor.cpu().numpy().copy() for name, tensor in state.items()}

    def set_weights(self, weights: dict[str, Array]) -> None:
        """Put back what `weights` returned."""
        self.model.load_state_dict({name: _from(array) for name, array in weights.items()})

    def memory(self) -> dict[str, Array]:
        """Copy out the learning rate and what the optimiser remembers from step to step."""
        state = self.optimizer.state_dict()
        rates = {f"{i}/lr": np.asarray(g["lr"]) for i, g in enumerate(state["param_groups"])}
        return rates | {
            f"{position}/{name}": torch.as_tensor(value).cpu().numpy().copy()
            for position, remembered in state["state"].items()
            for name, value in remembered.items()
            if value is not None
        }

    def set_memory(self, memory: dict[str, Array]) -> None:
        """Put back what `memory` returned."""
        # options such as betas belong to the constructor; only rates change on the way
        state = copy.deepcopy(self.optimizer.state_dict())
        state["state"] = {}
        for key, array in memory.items():
            position, name = key.split("/")
            if name == "lr":
                state["param_groups"][int(position)]["lr"] = float(array)
            else:
                state["state"].setdefault(int(position), {})[name] = _from(array)
        self.optimizer.load_state_dict(state)

    def generators(self) -> list[Any]:
        """Describe where the sources of randomness stand."""
        states = [torch.get_rng_state()]
        if self.device.type == "cuda":
            states.append(torch.cuda.get_rng_state(self.device))
        return [state.numpy().tobytes().hex() for state in states]

    def set_generators(self, states: list[Any]) -> None:
        """Put back what `generators` returned."""
        first, *rest = (torch.tensor(list(bytes.fromhex(s)), dtype=torch.uint8) for s in states)
        torch.set_rng_state(first)
        if rest and self.device.type == "cuda":
            torch.cuda.set_rng_state(rest[0], self.device)

    @contextmanager
    def randomness(self, seed: int | None) -> Iterator[None]:
        """Draw dropout masks from a seeded global generator, which is given back afterwards."""
        if seed is None:
            yield
            return
        devices = [self.device] if self.device.type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(seed)
            yield


def _from(array: Array) -> torch.Tensor:
    return torch.from_numpy(np.array(array))  # np.array keeps scalars arrays, and copies


def _numpy_type(dtype: torch.dtype) -> np.dtype[Any] | None:
    try:
        return np.dtype(str(dtype).removeprefix("torch."))
    except TypeError:  # bfloat16 and smaller exist in PyTorch only
        return None
