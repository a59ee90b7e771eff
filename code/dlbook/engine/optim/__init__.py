"""Optimisers and schedules, named as in `torch.optim`: the parameters come first."""

from dlbook.engine.optim.adagrad import Adagrad
from dlbook.engine.optim.adam import Adam, AdamW
from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.optim.plateau import ReduceLROnPlateau
from dlbook.engine.optim.rmsprop import RMSprop
from dlbook.engine.optim.schedules import (
    CosineAnnealingLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    Schedule,
    StepLR,
)
from dlbook.engine.optim.sgd import SGD

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CosineAnnealingLR",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "Optimizer",
    "RMSprop",
    "ReduceLROnPlateau",
    "Schedule",
    "StepLR",
]
