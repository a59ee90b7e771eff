"""Functions without state, named and laid out as in `torch.nn.functional`."""

from dlbook.engine.functional.activations import log_softmax, relu, sigmoid, softmax, tanh
from dlbook.engine.functional.classification_losses import cross_entropy
from dlbook.engine.functional.dropout import dropout
from dlbook.engine.functional.encoding import one_hot
from dlbook.engine.functional.linear import linear
from dlbook.engine.functional.pad import pad
from dlbook.engine.functional.recurrent_gru import gru
from dlbook.engine.functional.recurrent_lstm import lstm
from dlbook.engine.functional.recurrent_rnn import rnn
from dlbook.engine.functional.regression_losses import mse_loss

__all__ = [
    "cross_entropy",
    "dropout",
    "gru",
    "linear",
    "log_softmax",
    "lstm",
    "mse_loss",
    "one_hot",
    "pad",
    "relu",
    "rnn",
    "sigmoid",
    "softmax",
    "tanh",
]
