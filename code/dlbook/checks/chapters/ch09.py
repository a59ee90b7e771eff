"""Self-checks of chapter 9, regularisation and initialisation."""

from __future__ import annotations

import numpy as np

from dlbook.checks import Array, Exercise, Function, Integer, Mistake, Number, Parts
from dlbook.engine.autograd import Array as Numbers


def _dropout(h: Numbers, mask: Numbers, p: float) -> Numbers:
    return h * mask / (1 - p)


def _batch_norm(x: Numbers, gamma: Numbers, beta: Numbers, eps: float) -> Numbers:
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


def _over_features(x: Numbers, gamma: Numbers, beta: Numbers, eps: float) -> Numbers:
    mean, variance = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


def _unbiased(x: Numbers, gamma: Numbers, beta: Numbers, eps: float) -> Numbers:
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0, ddof=1) + eps) + beta


def _by_variance(x: Numbers, gamma: Numbers, beta: Numbers, eps: float) -> Numbers:
    return gamma * (x - x.mean(axis=0)) / (x.var(axis=0) + eps) + beta


def _max_norm(weight: Numbers, c: float, axis: int | None = 0) -> Numbers:
    lengths = np.sqrt((weight**2).sum(axis=axis, keepdims=True))
    return weight * np.minimum(1, c / np.maximum(lengths, 1e-12))


def _always_c(weight: Numbers, c: float) -> Numbers:
    return weight * c / np.maximum(np.sqrt((weight**2).sum(axis=0, keepdims=True)), 1e-12)


def _first_std(n: int, a: float) -> float:
    return float(np.sqrt(2 / ((1 + a**2) * n)))


def _fold(
    weight: Numbers,
    bias: Numbers,
    gamma: Numbers,
    beta: Numbers,
    mean: Numbers,
    variance: Numbers,
    eps: float,
) -> tuple[Numbers, Numbers]:
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[:, None], (bias - mean) * factor + beta


def _fold_columns(
    weight: Numbers,
    bias: Numbers,
    gamma: Numbers,
    beta: Numbers,
    mean: Numbers,
    variance: Numbers,
    eps: float,
) -> tuple[Numbers, Numbers]:
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor, (bias - mean) * factor + beta


def _fold_bias_kept(
    weight: Numbers,
    bias: Numbers,
    gamma: Numbers,
    beta: Numbers,
    mean: Numbers,
    variance: Numbers,
    eps: float,
) -> tuple[Numbers, Numbers]:
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[:, None], bias + beta - mean * factor


def _fold_mean_unscaled(
    weight: Numbers,
    bias: Numbers,
    gamma: Numbers,
    beta: Numbers,
    mean: Numbers,
    variance: Numbers,
    eps: float,
) -> tuple[Numbers, Numbers]:
    factor = gamma / np.sqrt(variance + eps)
    return weight * factor[:, None], bias * factor - mean + beta


_H = np.array([[3.0, 0.5, 5.0, 1.0], [2.0, 4.0, -1.0, 6.0]])
_MASK = np.array([[1, 0, 1, 1], [0, 1, 1, 0]])
_X = np.array([[1.0, 4.0, -2.0], [2.0, 8.0, 0.5], [3.0, 0.0, 0.0], [6.0, -3.0, 9.0]])
_GAMMA, _BETA = np.array([1.0, 2.0, 0.5]), np.array([0.0, -1.0, 3.0])
_COLUMNS = np.array([[3.0, 0.6, 0.0], [4.0, 0.8, 0.1]])
_SQUARE = np.array([[2.0, -1.0], [0.5, 3.0]])
_TWO = tuple(
    np.array(values) for values in ([0.3, -0.2], [1.5, 0.7], [0.1, -0.4], [2.0, -1.0], [4.0, 0.25])
)

EXERCISES = [
    Exercise(
        "09-variance",
        answer=Number(2.25),
        because="The squares of the inputs add to 9, and each weight has the variance ¼.",
        mistakes=[
            Mistake(4.5, "You multiplied by the standard deviation. What is the variance of ½?"),
            Mistake(0.75, "You added the inputs. What happens to their signs and sizes in z²?"),
            Mistake(1.5, "That is the standard deviation of z. Which quantity is asked for?"),
            Mistake(0.25, "That is one weight's variance. How much does each input add to it?"),
        ],
    ),
    Exercise(
        "09-he-bound",
        answer=Number(0.2, atol=5e-4),
        because="The variance is 2/150, and an even draw needs the bound √(3 · 2/150) = √0.04.",
        mistakes=[
            Mistake(
                (2 / 150) ** 0.5,
                "That is the standard deviation. How far do even draws with it reach?",
            ),
            Mistake((6 / 200) ** 0.5, "That is Xavier's rule. Which widths does He's rule use?"),
            Mistake((6 / 50) ** 0.5, "That is the backward form. How many inputs are summed?"),
            Mistake(0.04, "That is the square of the bound. What is still missing?"),
        ],
    ),
    Exercise(
        "09-dropout-eval",
        answer=Array([3.0, 0.0, 5.0, 1.0]),
        because="The division by 1 − p happens while training; in use dropout does nothing.",
        mistakes=[
            Mistake(
                [1.8, 0, 3, 0.6],
                "You multiplied by the share kept, as the first paper did. When is inverted "
                "dropout corrected?",
            ),
            Mistake(
                [5, 0, 25 / 3, 5 / 3],
                "You divided by the share kept. In which mode is that done?",
            ),
            Mistake([1.2, 0, 2, 0.4], "You multiplied by the rate. Is anything dropped in use?"),
            Mistake([0, 0, 0, 0], "Nothing would be left of the network. What is switched off?"),
        ],
    ),
    Exercise(
        "09-patience",
        answer=Integer(5),
        because="0.51 in epoch 5 is the lowest, and three epochs without improvement follow it.",
        mistakes=[
            Mistake(8, "That is where training stops. Which weights are given back?"),
            Mistake(3, "One epoch later it was worse, but the patience is 3. What came after?"),
            Mistake(4, "Count epochs from 1. Which epoch has the lowest loss?"),
            Mistake(6, "Its loss is a little higher than one before. Which is the lowest?"),
        ],
    ),
    Exercise(
        "09-inverted-dropout",
        answer=Function(_dropout, cases=[(_H, _MASK, 0.5), (_H, _MASK, 0.2), (_H, _MASK, 0.0)]),
        because="Dividing by the probability of being kept makes the mean over all masks equal h.",
        mistakes=[
            Mistake(lambda h, mask, p: h * mask, "On average too little comes out. Scale by what?"),
            Mistake(
                lambda h, mask, p: h * mask * (1 - p),
                "You made what is left smaller still. In which direction must it be corrected?",
            ),
            Mistake(
                lambda h, mask, p: h * mask / p if p else h * mask,
                "You divided by the rate of dropping. How likely is it to be kept?",
            ),
            Mistake(
                lambda h, mask, p: h * (1 - mask) / (1 - p),
                "You kept what should be dropped. What does a 1 in the mask mean?",
            ),
        ],
    ),
    Exercise(
        "09-batch-norm",
        answer=Function(
            _batch_norm, cases=[(_X, _GAMMA, _BETA, 1e-5), (_X * 0.01, _GAMMA, _BETA, 1e-3)]
        ),
        because="Each unit is normalised over the batch, with the variance divided by N.",
        mistakes=[
            Mistake(_over_features, "That normalises each sample. Which axis is the batch?"),
            Mistake(_unbiased, "You divided by N − 1. Which variance normalises?"),
            Mistake(_by_variance, "You divided by the variance. What is its unit?"),
            Mistake(
                lambda x, gamma, beta, eps: _batch_norm(x, np.ones(3), np.zeros(3), eps),
                "The normalised values are right. What do gamma and beta do with them?",
            ),
        ],
    ),
    Exercise(
        "09-running",
        answer=Number(1.65),
        because="0.9 of the old 1, and a tenth of the unbiased variance 6 · 5/4 = 7.5.",
        mistakes=[
            Mistake(1.5, "That is what Keras holds. By what does PyTorch divide the squares?"),
            Mistake(1.875, "You corrected the whole value. Which part of it came from the batch?"),
            Mistake(6.85, "You mixed the shares up. Is PyTorch's 0.1 the new or the old share?"),
            Mistake(1.38, "You multiplied by 4/5. Is the unbiased variance larger or smaller?"),
        ],
    ),
    Exercise(
        "09-max-norm",
        answer=Function(_max_norm, cases=[(_COLUMNS, 2.0), (_SQUARE, 1.0), (_SQUARE, 2.5)]),
        because="The weights of a unit are a column in Keras, and only long columns are shortened.",
        mistakes=[
            Mistake(
                lambda weight, c: _max_norm(weight, c, axis=1),
                "You shortened rows. Where are the weights of one unit in Keras' layout?",
            ),
            Mistake(
                lambda weight, c: _max_norm(weight, c, axis=None),
                "You measured the whole matrix. How many units are there?",
            ),
            Mistake(_always_c, "Short columns have grown. What does a fence do to those inside?"),
            Mistake(
                lambda weight, c: np.clip(weight, -c, c),
                "You cut single weights off. What is the length of a column?",
            ),
        ],
    ),
    Exercise(
        "09-first-step",
        answer=Parts(Number(1.9), Number(1.89)),
        because="Adam's first step is 0.1 with the penalty or without; AdamW shrinks 2 to 1.99.",
        mistakes=[
            Mistake((1.89, 1.89), "The penalty enters the gradient. What does Adam divide by?"),
            Mistake((1.9, 1.9), "The first is right. What does AdamW do before its step?"),
            Mistake((1.89, 1.9), "You have exchanged them. Which one keeps the decay outside?"),
            Mistake(
                (1.989, 1.989),
                "That is plain gradient descent. How large is Adam's first step?",
            ),
        ],
    ),
    Exercise(
        "09-leaky-gain",
        answer=Function(_first_std, cases=[(100, 0.0), (128, 0.01), (50, 0.3), (64, 1.0)]),
        because="Half of the squares stay, the other half is multiplied by a².",
        mistakes=[
            Mistake(
                lambda n, a: (2 / n) ** 0.5,
                "That is He's rule for a = 0. What do the negative sums contribute?",
            ),
            Mistake(
                lambda n, a: (2 / ((1 + a) * n)) ** 0.5,
                "The outputs are multiplied by a. And their squares?",
            ),
            Mistake(
                lambda n, a: 2 / ((1 + a**2) * n),
                "That is the variance. What is asked for?",
            ),
            Mistake(
                lambda n, a: ((1 + a**2) / (2 * n)) ** 0.5,
                "You multiplied by the share that is kept. What makes up for a loss?",
            ),
        ],
    ),
    Exercise(
        "09-fold",
        answer=Function(
            _fold,
            cases=[(_SQUARE, *_TWO, 1e-5), (_X[:2], *_TWO, 1e-3)],
        ),
        because="Each unit's sum is multiplied by γ/√(s² + ε), so its row and its bias are too.",
        mistakes=[
            Mistake(_fold_bias_kept, "The bias is part of the sum. What happens to the sum?"),
            Mistake(
                _fold_mean_unscaled,
                "The mean is subtracted before the division. By what is it multiplied then?",
            ),
            Mistake(
                lambda weight, *rest: (weight, _fold(weight, *rest)[1]),
                "The bias is right. What multiplies the weights of each unit?",
            ),
            Mistake(
                lambda weight, *rest: (
                    _fold_columns(weight, *rest)[0] if weight.shape == (2, 2) else weight[:, :2],
                    _fold(weight, *rest)[1],
                ),
                "You scaled columns. Where are the weights of one unit in this layout?",
            ),
        ],
    ),
    Exercise(
        "09-honest",
        answer=Number(0.4, atol=0.005),
        because="The gains 1, 2, 1, 1, 3 have the standard deviation 0.894, and 0.894/√5 = 0.4.",
        mistakes=[
            Mistake(0.894, "That is the standard deviation of one gain. And of the mean of five?"),
            Mistake(1.6, "That is the mean gain. How uncertain is it?"),
            Mistake(0.358, "You divided by n. How many degrees of freedom have five gains?"),
            Mistake(0.179, "You divided by 5. By what does the mean of five vary less?"),
        ],
    ),
]
