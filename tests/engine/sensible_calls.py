"""One sensible call of every function, module and optimiser: where tests of odd calls start."""

from __future__ import annotations

from typing import Any

import numpy as np
from dlbook.engine import Tensor, nn, optim

Calls = dict[str, dict[str, Any]]


def numbers(*shape: int) -> Tensor:
    """Draw normal numbers that want a gradient, float32."""
    draw = np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)
    return Tensor(draw, requires_grad=True)


def shares(*shape: int) -> Tensor:
    """Draw numbers between 0 and 1."""
    return Tensor(np.random.default_rng(0).random(shape, dtype=np.float32))


def functions() -> Calls:
    """Return sensible arguments for every function of `dlbook.engine.functional`, by its name."""
    pair = {"input": numbers(4, 3), "target": shares(4, 3), "reduction": "mean"}
    labels = np.array([0, 2, 1, 2])
    signs = np.array([1.0, -1.0, 1.0, -1.0], np.float32)
    pool = {"stride": 2, "padding": 1, "ceil_mode": True}
    calls: Calls = {
        "linear": {"input": numbers(4, 3), "weight": numbers(2, 3), "bias": numbers(2)},
        "embedding": {"input": labels, "weight": numbers(3, 2), "padding_idx": 0},
        "embedding_scores": {
            "input": np.array([[0, 2], [1, 1]]),
            "weight": numbers(3, 4),
            "vectors": numbers(2, 4),
        },
        "one_hot": {"tensor": labels, "num_classes": 3},
        "dropout": {"input": numbers(4, 3), "p": 0.5, "rng": np.random.default_rng(0)},
        "pad": {"input": numbers(2, 3, 4), "pad": (1, 2), "mode": "constant", "value": 0.0},
        "cosine_similarity": {"x1": numbers(4, 3), "x2": numbers(4, 3), "dim": 1, "eps": 1e-8},
        "cosine_embedding_loss": {
            "input1": numbers(4, 3),
            "input2": numbers(4, 3),
            "target": signs,
            "margin": 0.0,
            "reduction": "mean",
        },
        "cross_entropy": {
            "input": numbers(4, 3),
            "target": labels,
            "weight": np.ones(3, np.float32),
            "ignore_index": -100,
            "reduction": "mean",
            "label_smoothing": 0.1,
        },
        "nll_loss": {
            "input": numbers(4, 3),
            "target": labels,
            "weight": np.ones(3, np.float32),
            "ignore_index": -100,
            "reduction": "mean",
        },
        "ctc_loss": {
            "log_probs": numbers(5, 2, 3),
            "targets": np.array([[1, 2], [2, 1]]),
            "input_lengths": np.array([5, 4]),
            "target_lengths": np.array([2, 1]),
            "blank": 0,
            "reduction": "mean",
            "zero_infinity": False,
        },
        "batch_norm": {
            "input": numbers(4, 3),
            "running_mean": np.zeros(3, np.float32),
            "running_var": np.ones(3, np.float32),
            "weight": numbers(3),
            "bias": numbers(3),
            "training": True,
            "momentum": 0.1,
            "eps": 1e-5,
        },
        "layer_norm": {
            "input": numbers(4, 3),
            "normalized_shape": (3,),
            "weight": numbers(3),
            "bias": numbers(3),
            "eps": 1e-5,
        },
        "binary_cross_entropy": pair | {"input": shares(4, 3), "weight": np.ones(3, np.float32)},
        "binary_cross_entropy_with_logits": pair
        | {"weight": np.ones(3, np.float32), "pos_weight": np.ones(3, np.float32)},
        "categorical_hinge": pair | {"target": labels},
        "hinge": pair | {"input": numbers(4), "target": signs},
        "squared_hinge": pair | {"input": numbers(4), "target": signs},
        "huber_loss": pair | {"delta": 1.0},
        "smooth_l1_loss": pair | {"beta": 1.0},
        "kl_div": pair | {"log_target": False},
        "poisson_nll_loss": pair | {"log_input": True, "full": True, "eps": 1e-8},
        "leaky_relu": {"input": numbers(4, 3), "negative_slope": 0.01},
        "elu": {"input": numbers(4, 3), "alpha": 1.0},
        "gelu": {"input": numbers(4, 3), "approximate": "none"},
        "prelu": {"input": numbers(4, 3), "weight": numbers(3)},
        "softplus": {"input": numbers(4, 3), "beta": 1.0, "threshold": 20.0},
        "softmax": {"input": numbers(4, 3), "dim": 1},
        "log_softmax": {"input": numbers(4, 3), "dim": 1},
        "global_avg_pool": {"input": numbers(2, 3, 4, 4)},
    }
    calls |= {name: {"input": numbers(4, 3)} for name in ("relu", "selu", "sigmoid", "tanh")}
    for name in ("mse_loss", "l1_loss", "log_cosh"):
        calls[name] = dict(pair)
    for name in ("mean_absolute_percentage_error", "mean_squared_logarithmic_error"):
        calls[name] = dict(pair)
    for rank in (1, 2, 3):
        images = numbers(2, 4, *[5, 6, 7][:rank])
        calls[f"conv{rank}d"] = {
            "input": images,
            "weight": numbers(2, 2, *[3] * rank),
            "bias": numbers(2),
            "stride": 2,
            "padding": 1,
            "dilation": 1,
            "groups": 2,
        }
        calls[f"adaptive_avg_pool{rank}d"] = {"input": images, "output_size": (2,) * rank}
        for kind in ("avg", "max"):
            calls[f"{kind}_pool{rank}d"] = {"input": images, "kernel_size": 2} | pool
        calls[f"avg_pool{rank}d"]["count_include_pad"] = False
        calls[f"max_pool{rank}d"]["dilation"] = 1
    calls["min_pool2d"] = dict(calls["max_pool2d"])
    for name, gates in (("rnn", 1), ("gru", 3), ("lstm", 4)):
        state = numbers(2, 2)
        calls[name] = {
            "input": numbers(5, 2, 3),
            "hx": (state, numbers(2, 2)) if name == "lstm" else state,
            "weight_ih": numbers(2 * gates, 3),
            "weight_hh": numbers(2 * gates, 2),
            "bias_ih": numbers(2 * gates),
            "bias_hh": numbers(2 * gates),
            "reverse": False,
            "lengths": np.array([5, 3]),
        }
    calls["rnn"]["nonlinearity"] = "tanh"
    calls["gru"]["reset_after"] = True
    return calls


def modules() -> Calls:
    """Return sensible arguments for every class of `dlbook.engine.nn`, by its name."""
    rng = np.random.default_rng(0)
    pool = {"kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True}
    norm = {"num_features": 3, "eps": 1e-5, "momentum": 0.1, "affine": True}
    weighted = {"weight": np.ones(3, np.float32), "reduction": "mean"}
    named = weighted | {"ignore_index": -100}
    cell = {"input_size": 3, "hidden_size": 2, "bias": True, "rng": rng}
    layers = {"num_layers": 2, "batch_first": True, "dropout": 0.5, "bidirectional": True}
    calls: Calls = {
        "Linear": {"in_features": 3, "out_features": 2, "bias": True, "rng": rng},
        "Dropout": {"p": 0.5, "rng": rng},
        "Embedding": {"num_embeddings": 4, "embedding_dim": 3, "padding_idx": 0, "rng": rng},
        "LayerNorm": {
            "normalized_shape": (3,),
            "eps": 1e-5,
            "elementwise_affine": True,
            "bias": True,
        },
        "LeakyReLU": {"negative_slope": 0.01},
        "ELU": {"alpha": 1.0},
        "GELU": {"approximate": "none"},
        "PReLU": {"num_parameters": 3, "init": 0.25},
        "Softplus": {"beta": 1.0, "threshold": 20.0},
        "Softmax": {"dim": 1},
        "LogSoftmax": {"dim": 1},
        "BCELoss": dict(weighted),
        "BCEWithLogitsLoss": weighted | {"pos_weight": np.ones(3, np.float32)},
        "CrossEntropyLoss": named | {"label_smoothing": 0.1},
        "NLLLoss": named,
        "CTCLoss": {"blank": 0, "reduction": "mean", "zero_infinity": False},
        "CosineEmbeddingLoss": {"margin": 0.0, "reduction": "mean"},
        "HuberLoss": {"reduction": "mean", "delta": 1.0},
        "SmoothL1Loss": {"reduction": "mean", "beta": 1.0},
        "KLDivLoss": {"reduction": "mean", "log_target": False},
        "PoissonNLLLoss": {"log_input": True, "full": True, "eps": 1e-8, "reduction": "mean"},
        "RNNCell": cell | {"nonlinearity": "tanh"},
        "LSTMCell": dict(cell),
        "GRUCell": cell | {"reset_after": True},
        "RNN": cell | layers | {"nonlinearity": "tanh"},
        "LSTM": cell | layers,
        "GRU": cell | layers | {"reset_after": True},
        "MinPool2d": dict(pool),
        "Parameter": {"data": np.ones(3, np.float32)},
    }
    for rank in (1, 2, 3):
        calls[f"MaxPool{rank}d"], calls[f"AvgPool{rank}d"] = dict(pool), dict(pool)
        calls[f"AdaptiveAvgPool{rank}d"] = {"output_size": (2,) * rank}
        calls[f"BatchNorm{rank}d"] = dict(norm)
        calls[f"Conv{rank}d"] = {
            "in_channels": 4,
            "out_channels": 2,
            "kernel_size": 3,
            "stride": 2,
            "padding": 1,
            "dilation": 1,
            "groups": 2,
            "bias": True,
            "rng": rng,
        }
    simple = ("CategoricalHinge", "Hinge", "SquaredHinge", "L1Loss", "MSELoss", "LogCosh")
    for name in (*simple, "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError"):
        calls[name] = {"reduction": "mean"}
    return calls


def optimizers() -> Calls:
    """Return sensible arguments for every class of `dlbook.engine.optim`, by its name."""
    params = [nn.Parameter(np.ones((2, 3), np.float32))]
    plain = {"params": params, "lr": 0.1, "weight_decay": 0.01}
    adam = plain | {"betas": (0.9, 0.999), "eps": 1e-8, "amsgrad": True}
    optimizer = optim.SGD(params, lr=0.1)
    return {
        "SGD": plain | {"momentum": 0.9, "dampening": 0.0, "nesterov": True},
        "Adagrad": plain | {"lr_decay": 0.1, "initial_accumulator_value": 0.1, "eps": 1e-10},
        "RMSprop": plain | {"alpha": 0.9, "eps": 1e-8, "momentum": 0.9, "centered": True},
        "Adam": adam,
        "AdamW": dict(adam),
        "StepLR": {"optimizer": optimizer, "step_size": 2, "gamma": 0.1},
        "ExponentialLR": {"optimizer": optimizer, "gamma": 0.9},
        "CosineAnnealingLR": {"optimizer": optimizer, "T_max": 5, "eta_min": 0.0},
        "LinearLR": {
            "optimizer": optimizer,
            "start_factor": 0.5,
            "end_factor": 1.0,
            "total_iters": 5,
        },
        "LambdaLR": {"optimizer": optimizer, "lr_lambda": lambda epoch: 0.5**epoch},
        "ReduceLROnPlateau": {
            "optimizer": optimizer,
            "mode": "min",
            "factor": 0.1,
            "patience": 10,
            "threshold": 1e-4,
            "threshold_mode": "rel",
            "cooldown": 0,
            "min_lr": 0.0,
            "eps": 1e-8,
        },
    }
