"""Optimisers, named as in `torch.optim`: the parameters come first."""

from dlbook.engine.optim.adam import Adam
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.optim.sgd import SGD

__all__ = ["SGD", "Adam", "Optimizer"]
