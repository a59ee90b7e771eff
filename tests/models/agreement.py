"""What every model has to show: the same numbers in three libraries, and files that keep it."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from dlbook import parity
from dlbook.data.dataset import Dataset
from dlbook.training.backends import library_of

LIBRARIES = ["numpy", "pytorch", "keras"]
OTHERS = ["pytorch", "keras"]


class Model:
    """A model of the book: where it stands, and arguments that make a small one."""

    def __init__(self, file: str, name: str, loss: Any = "cross_entropy", **arguments: Any) -> None:
        self.file, self.name, self.loss, self.arguments = file, name, loss, arguments

    def in_library(self, library: str, seed: int = 0, **changed: Any) -> Any:
        """Make it in a library."""
        module = importlib.import_module(f"dlbook.models.{library}.{self.file}")
        rng = np.random.default_rng(seed)
        return getattr(module, self.name)(**{**self.arguments, **changed}, rng=rng)

    def pair(self, other: str, scale: float | None = None) -> tuple[Any, Any]:
        """Make it from scratch and in another library, with equal weights.

        Weights are drawn anew where `scale` is given: some models start with zeros.
        """
        first, second = self.in_library("numpy"), self.in_library(other, seed=1)
        if scale is not None:
            rng = np.random.default_rng(2)
            drawn = [scale * rng.standard_normal(w.shape) for w in parity.get_weights(first)]
            parity.set_weights(first, drawn)
        parity.copy_weights(first, second)
        return first, second

    def loss_in(self, library: str) -> Any:
        """Return the name of the loss, or the library's own function of the model's file."""
        if not self.loss.startswith("."):
            return self.loss
        module = importlib.import_module(f"dlbook.models.{library}.{self.file}")
        return getattr(module, self.loss[1:])


def trainable(model: Any) -> int:
    """Count the numbers that training changes."""
    if library_of(model) == "keras":
        return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    sizes = (p.data.size if library_of(model) == "numpy" else p.numel() for p in _free(model))
    return sum(sizes)


def _free(model: Any) -> list[Any]:
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def check_agreement(model: Model, other: str, x: Any, y: Any, scale: float | None = None) -> None:
    """Outputs to 1e-5 and gradients to 1e-4, from weights that were different before."""
    first, second = model.in_library("numpy"), model.in_library(other, seed=1)
    starts = zip(parity.get_weights(first), parity.get_weights(second), strict=True)
    assert any(not np.array_equal(a, b) for a, b in starts)
    first, second = model.pair(other, scale)
    assert np.ptp(parity.compare.predict(first, x)) > 1e-3  # it says something
    assert parity.largest_difference(first, second, x) < 1e-5
    losses = {"loss": model.loss_in("numpy"), "loss_second": model.loss_in(other)}
    assert parity.largest_gradient_difference(first, second, x, y, **losses) < 1e-4
    found = parity.compare.gradients(first, x, y, losses["loss"])
    assert all(np.abs(gradient).max() > 0 for gradient in found)


def check_trajectories(
    model: Model, other: str, x: Any, y: Any, scale: float | None = None
) -> None:
    """Twenty updates by SGD and by Adam, from the same weights, with the same batches."""
    data = Dataset(x, y)
    for optimizer, learning_rate in (("sgd", 0.1), ("adam", 1e-3)):
        first, second = model.pair(other, scale)
        apart = parity.trajectory_difference(
            first,
            second,
            data,
            steps=20,
            batch_size=3,
            optimizer=optimizer,
            learning_rate=learning_rate,
            loss=model.loss_in("numpy"),
            loss_second=model.loss_in(other),
            rng=np.random.default_rng(3),
        )
        assert apart.loss < 1e-5, optimizer
        # where a gradient is all but zero, Keras' place of ε shows, in proportion to the rate
        assert apart.weight < (1e-4 if (optimizer, other) == ("adam", "keras") else 1e-5), optimizer


def check_seeds(model: Model, library: str) -> None:
    """Equal seeds give equal weights, other seeds others."""
    one, two, three = (parity.get_weights(model.in_library(library, s)) for s in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, three, strict=True))


def check_saving(model: Model, x: Any, path: Any) -> None:
    """A saved Keras model comes back as the same class with the same outputs."""
    import keras

    first = model.in_library("keras")
    first.save(path / "model.keras")
    second = keras.models.load_model(path / "model.keras")
    assert type(second) is type(first)
    assert second.get_config() == first.get_config()
    assert parity.largest_difference(first, second, x) == 0
