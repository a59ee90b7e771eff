"""Functions without state, named and laid out as in `torch.nn.functional`."""

from dlbook.engine.functional.activations import log_softmax, relu, sigmoid, softmax, tanh
from dlbook.engine.functional.adaptive_pool import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    global_avg_pool,
)
from dlbook.engine.functional.avg_pool import avg_pool1d, avg_pool2d, avg_pool3d
from dlbook.engine.functional.binary_losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
)
from dlbook.engine.functional.classification_losses import cross_entropy, nll_loss
from dlbook.engine.functional.conv import conv1d, conv2d, conv3d
from dlbook.engine.functional.ctc import ctc_loss
from dlbook.engine.functional.distribution_losses import kl_div, poisson_nll_loss
from dlbook.engine.functional.dropout import dropout
from dlbook.engine.functional.embedding import embedding
from dlbook.engine.functional.embedding_scores import embedding_scores
from dlbook.engine.functional.encoding import one_hot
from dlbook.engine.functional.linear import linear
from dlbook.engine.functional.margin_losses import categorical_hinge, hinge, squared_hinge
from dlbook.engine.functional.max_pool import max_pool1d, max_pool2d, max_pool3d, min_pool2d
from dlbook.engine.functional.norm import batch_norm, layer_norm
from dlbook.engine.functional.pad import pad
from dlbook.engine.functional.rectifiers import elu, gelu, leaky_relu, prelu, selu, softplus
from dlbook.engine.functional.recurrent_gru import gru
from dlbook.engine.functional.recurrent_lstm import lstm
from dlbook.engine.functional.recurrent_rnn import rnn
from dlbook.engine.functional.regression_losses import (
    huber_loss,
    l1_loss,
    log_cosh,
    mse_loss,
    smooth_l1_loss,
)
from dlbook.engine.functional.relative_losses import (
    mean_absolute_percentage_error,
    mean_squared_logarithmic_error,
)
from dlbook.engine.functional.similarity import cosine_embedding_loss, cosine_similarity

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "categorical_hinge",
    "conv1d",
    "conv2d",
    "conv3d",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "ctc_loss",
    "dropout",
    "elu",
    "embedding",
    "embedding_scores",
    "gelu",
    "global_avg_pool",
    "gru",
    "hinge",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_cosh",
    "log_softmax",
    "lstm",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "mean_absolute_percentage_error",
    "mean_squared_logarithmic_error",
    "min_pool2d",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "poisson_nll_loss",
    "prelu",
    "relu",
    "rnn",
    "selu",
    "sigmoid",
    "smooth_l1_loss",
    "softmax",
    "softplus",
    "squared_hinge",
    "tanh",
]
