"""Modules: layers with parameters, named as in `torch.nn`."""

from dlbook.engine.nn.layers import Dropout, Flatten, Linear, ReLU, Sigmoid, Tanh
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.nn.recurrent import GRU, LSTM, RNN
from dlbook.engine.nn.recurrent_cells import GRUCell, LSTMCell, RNNCell
from dlbook.engine.nn.sequential import Sequential

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "Dropout",
    "Flatten",
    "GRUCell",
    "LSTMCell",
    "Linear",
    "Module",
    "Parameter",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
]
