"""Modules: layers with parameters, named as in `torch.nn`."""

from dlbook.engine.nn import utils
from dlbook.engine.nn.conv import Conv1d, Conv2d, Conv3d
from dlbook.engine.nn.embedding import Embedding
from dlbook.engine.nn.layers import Dropout, Flatten, Linear, ReLU, Sigmoid, Tanh
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.nn.norm import BatchNorm1d, BatchNorm2d, BatchNorm3d, LayerNorm
from dlbook.engine.nn.pool import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    GlobalAvgPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    MinPool2d,
)
from dlbook.engine.nn.recurrent import GRU, LSTM, RNN
from dlbook.engine.nn.recurrent_cells import GRUCell, LSTMCell, RNNCell
from dlbook.engine.nn.sequential import Sequential
from dlbook.engine.nn.summary import LayerSummary, Summary

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUCell",
    "GlobalAvgPool",
    "LSTMCell",
    "LayerNorm",
    "LayerSummary",
    "Linear",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MinPool2d",
    "Module",
    "Parameter",
    "RNNCell",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Summary",
    "Tanh",
    "utils",
]
