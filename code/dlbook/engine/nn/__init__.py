"""Modules: layers with parameters, named as in `torch.nn`."""

from dlbook.engine.nn.layers import Dropout, Flatten, Linear, ReLU, Sigmoid, Tanh
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.nn.sequential import Sequential

__all__ = [
    "Dropout",
    "Flatten",
    "Linear",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
]
