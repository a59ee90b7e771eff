"""Functions without state, named and laid out as in `torch.nn.functional`."""

from dlbook.engine.functional.activations import log_softmax, relu, sigmoid, softmax, tanh
from dlbook.engine.functional.adaptive_pool import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    global_avg_pool,
)
from dlbook.engine.functional.avg_pool import avg_pool1d, avg_pool2d, avg_pool3d
from dlbook.engine.functional.classification_losses import cross_entropy
from dlbook.engine.functional.conv import conv1d, conv2d, conv3d
from dlbook.engine.functional.dropout import dropout
from dlbook.engine.functional.embedding import embedding
from dlbook.engine.functional.encoding import one_hot
from dlbook.engine.functional.linear import linear
from dlbook.engine.functional.max_pool import max_pool1d, max_pool2d, max_pool3d, min_pool2d
from dlbook.engine.functional.norm import batch_norm, layer_norm
from dlbook.engine.functional.pad import pad
from dlbook.engine.functional.recurrent_gru import gru
from dlbook.engine.functional.recurrent_lstm import lstm
from dlbook.engine.functional.recurrent_rnn import rnn
from dlbook.engine.functional.regression_losses import mse_loss

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "conv1d",
    "conv2d",
    "conv3d",
    "cross_entropy",
    "dropout",
    "embedding",
    "global_avg_pool",
    "gru",
    "layer_norm",
    "linear",
    "log_softmax",
    "lstm",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "min_pool2d",
    "mse_loss",
    "one_hot",
    "pad",
    "relu",
    "rnn",
    "sigmoid",
    "softmax",
    "tanh",
]
