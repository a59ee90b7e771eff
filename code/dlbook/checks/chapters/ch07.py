"""Self-checks of chapter 7, loss functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from dlbook.checks import Choice, Exercise, Function, Integer, Mistake, Number, Parts
from dlbook.engine.autograd import Array as Numbers

_FRAMES = np.array([[0.2, 0.6, 0.2], [0.4, 0.4, 0.2], [0.2, 0.2, 0.6]])
_LONGER = np.cos(np.arange(24.0)).reshape(6, 4)
_LOG_P = _LONGER - np.log(np.exp(_LONGER).sum(axis=1, keepdims=True))
_P = np.array([[0.5, 0.5, 0.0], [0.2, 0.3, 0.5]])
_Q = np.array([[0.25, 0.5, 0.25], [0.6, 0.3, 0.1]])
_TARGET = np.array([1.0, 2.0, 4.0, 9.0])
_LOGITS = np.array([0.3, -1.0, 2.0, 0.5])


def _stable_bce(z: Numbers, y: Numbers) -> Numbers:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z


def _bce_without_abs(z: Numbers, y: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        return np.log1p(np.exp(z)) - y * z


def _bce_by_sigmoid(z: Numbers, y: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        return -y * np.log(p) - (1 - y) * np.log(1 - p)


def _bce_of_ones(z: Numbers, y: Numbers) -> Numbers:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - z


def _kl(p: Numbers, q: Numbers) -> Numbers:
    return (p * np.log(np.where(p > 0, p / q, 1))).sum(axis=1)


def _kl_mean(p: Numbers, q: Numbers) -> Numbers:
    return (p * np.log(np.where(p > 0, p / q, 1))).mean(axis=1)


def _kl_swapped(p: Numbers, q: Numbers) -> Numbers:
    with np.errstate(divide="ignore"):
        return (q * np.log(q / p)).sum(axis=1)


def _kl_nan(p: Numbers, q: Numbers) -> Numbers:
    with np.errstate(all="ignore"):
        return (p * np.log(p / q)).sum(axis=1)


def _cross_entropy(p: Numbers, q: Numbers) -> Numbers:
    return -(p * np.log(q)).sum(axis=1)


def _pinball(prediction: Numbers, target: Numbers, tau: float) -> float:
    error = target - prediction
    return float(np.maximum(tau * error, (tau - 1) * error).mean())


def _pinball_mirrored(prediction: Numbers, target: Numbers, tau: float) -> float:
    return _pinball(prediction, target, 1 - tau)


def _pinball_signed(prediction: Numbers, target: Numbers, tau: float) -> float:
    return float((tau * (target - prediction)).mean())


def _pinball_sum(prediction: Numbers, target: Numbers, tau: float) -> float:
    return _pinball(prediction, target, tau) * len(target)


def _softmax(z: Numbers) -> Numbers:
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def _smoothed(z: Numbers, label: int, s: float) -> Numbers:
    return _softmax(z) - (1 - s) * np.eye(len(z))[label] - s / len(z)


def _not_smoothed(z: Numbers, label: int, s: float) -> Numbers:
    return _softmax(z) - np.eye(len(z))[label]


def _smoothed_over_others(z: Numbers, label: int, s: float) -> Numbers:
    right = np.eye(len(z))[label]
    return _softmax(z) - (1 - s) * right - (1 - right) * s / (len(z) - 1)


def _smoothed_in_sum(z: Numbers, label: int, s: float) -> Numbers:
    return _softmax(z) - (1 - s) * np.eye(len(z))[label] - s


def _trellis(
    log_p: Numbers,
    labels: Sequence[int],
    *,
    join: Callable[[Numbers, Numbers], Numbers] = np.maximum,
    skip_all: bool = False,
    last: int = 2,
) -> float:
    states = np.zeros(2 * len(labels) + 1, dtype=int)
    states[1::2] = labels
    may_skip = np.zeros(len(states), dtype=bool)
    may_skip[3::2] = (states[3::2] != states[1:-2:2]) | skip_all
    score = np.full(len(states), -np.inf)
    score[:2] = log_p[0, states[:2]]
    for frame in log_p[1:]:
        step = np.append(-np.inf, score[:-1])
        skip = np.where(may_skip, np.append([-np.inf, -np.inf], score)[: len(states)], -np.inf)
        score = join(join(score, step), skip) + frame[states]
    return float(join.reduce(score[-last:]))  # type: ignore[attr-defined]


def _best_path(log_p: Numbers, labels: Sequence[int]) -> float:
    return _trellis(log_p, labels)


def _sum_of_paths(log_p: Numbers, labels: Sequence[int]) -> float:
    return _trellis(log_p, labels, join=np.logaddexp)


def _skips_between_twins(log_p: Numbers, labels: Sequence[int]) -> float:
    return _trellis(log_p, labels, skip_all=True)


def _ends_in_blank(log_p: Numbers, labels: Sequence[int]) -> float:
    return _trellis(log_p, labels, last=1)


EXERCISES = [
    Exercise(
        "07-median",
        answer=Number(2, atol=1e-6),
        because="2 is the median. With 42 or 42,000 as the last target it would be the same.",
        mistakes=[
            Mistake(10, "That is the mean, which the squared error asks for. And MAE?"),
            Mistake(3, "Three targets lie below 3, and one above. Do the pulls balance?"),
            Mistake(1.5, "Four targets lie above 1.5. In which direction does it still improve?"),
        ],
    ),
    Exercise(
        "07-huber",
        answer=Number(8, atol=1e-6),
        because="Beyond δ the loss is δ(|e| − δ/2) = 2 · 4, a straight line of slope δ.",
        mistakes=[
            Mistake(12.5, "That is ½e². On which side of δ does the error lie?"),
            Mistake(4, "That is smooth L1, which is divided by δ. Which of the two was asked for?"),
            Mistake(10, "That is δ|e|. What must be taken off so that the pieces join at δ?"),
            Mistake(25, "That is the squared error. What does Huber do beyond δ?"),
        ],
    ),
    Exercise(
        "07-logit-gradient",
        answer=Number(-0.5, atol=1e-6),
        because="σ(0) − 1 = −½: a step against the gradient raises z, towards the label.",
        mistakes=[
            Mistake(0.5, "Which way should z go? Which of prediction and target comes first?"),
            Mistake(
                -2, "That is the gradient for p, −1/p. What does the sigmoid's slope make of it?"
            ),
            Mistake(
                -0.25, "That is the squared error's. Does cross-entropy keep the slope p(1 − p)?"
            ),
            Mistake(-1, "You subtracted the label from z. What is the prediction?"),
        ],
    ),
    Exercise(
        "07-frames",
        answer=Integer(9),
        because="Seven letters, and a blank in each of the two double letters to keep them apart.",
        mistakes=[
            Mistake(7, "In seven frames the path is `balloon`. What do its double letters become?"),
            Mistake(8, "One double letter is kept apart. Is it the only one?"),
            Mistake(15, "That is the number of states, 2L + 1. Which blanks may be skipped?"),
            Mistake(13, "Does a blank have to stand between different letters?"),
        ],
    ),
    Exercise(
        "07-choose",
        answer=Parts(Choice("c", of="abcde"), Choice("d", of="abcde"), Choice("b", of="abcde")),
        because="A count, twenty separate yes-or-no questions, and a number with outliers.",
        mistakes=[
            Mistake(("c", "e", "b"), "With (2), must the twenty probabilities add up to 1?"),
            Mistake(("a", "d", "b"), "Does a count of 4 scatter as much as one of 400 in (1)?"),
            Mistake(("c", "d", "a"), "What does the nonsense of the sensor in (3) do to a square?"),
        ],
    ),
    Exercise(
        "07-floor",
        answer=Number(math.log(1 + 1 / math.e), atol=5e-4),
        because="The second softmax makes at most e/(e + 1) = 0.73 of a certain answer.",
        mistakes=[
            Mistake(math.log(1 + 9 / math.e), "That is for ten classes. How many zeros are left?"),
            Mistake(math.log(2), "That is guessing, the second softmax of (½, ½). And of (1, 0)?"),
            Mistake(math.e / (1 + math.e), "That is the probability. What is the loss of it?"),
            Mistake(0, "The loss is 0 at probability 1. Can the second softmax give that?"),
        ],
    ),
    Exercise(
        "07-stable",
        answer=Function(
            _stable_bce,
            cases=[
                (np.array([0.5, -2.0, 3.0]), np.array([1.0, 0.0, 0.0])),
                (np.array([1000.0, -1000.0, 1000.0]), np.array([0.0, 1.0, 1.0])),
            ],
        ),
        because="The exponential gets −|z|, which is never above 0, so nothing can overflow.",
        mistakes=[
            Mistake(_bce_without_abs, "What is e^1000? Take max(z, 0) out of the logarithm first."),
            Mistake(_bce_by_sigmoid, "σ(1000) is exactly 1. Can you do without the sigmoid?"),
            Mistake(_bce_of_ones, "That is right where y is 1. Where does the label come in?"),
        ],
    ),
    Exercise(
        "07-kl",
        answer=Function(_kl, cases=[(_P, _Q), (_Q, _Q)]),
        because="Terms with p = 0 vanish, and each row adds up over its classes.",
        mistakes=[
            Mistake(_kl_mean, "That is the mean over classes, PyTorch's default. And the formula?"),
            Mistake(_kl_swapped, "Which of p and q stands before the logarithm?"),
            Mistake(_kl_nan, "0 · ln 0 became nan. What has to stand in place of p/q there?"),
            Mistake(_cross_entropy, "That is the cross-entropy. What is to be taken off?"),
        ],
    ),
    Exercise(
        "07-string",
        answer=Number(0.192, atol=5e-4),
        because="The trellis ends with 0.08 in `a` and 0.112 in the blank after it.",
        mistakes=[
            Mistake(0.08, "That is for paths that end in `a`. Where else may they end?"),
            Mistake(0.112, "That is for paths that end in the blank. Where else may they end?"),
            Mistake(0.048, "That is the path `aaa` alone. Which other paths read `a`?"),
            Mistake(0.432, "That is the string `ab`. Which states does the trellis of `a` have?"),
            Mistake(0.208, "The path of three blanks reads nothing. Did you count it?"),
        ],
    ),
    Exercise(
        "07-pinball",
        answer=Function(
            _pinball,
            cases=[
                (np.full(4, 3.0), _TARGET, 0.9),
                (np.array([2.0, 2.0, 3.0, 10.0]), _TARGET, 0.25),
            ],
        ),
        because="For τ = ½ both sides cost the same, and you have half the MAE.",
        mistakes=[
            Mistake(
                _pinball_mirrored, "Which side is to be dear for τ = 0.9, too low or too high?"
            ),
            Mistake(_pinball_signed, "This can be negative. What does a prediction too high cost?"),
            Mistake(_pinball_sum, "You added up the samples. Which reduction was asked for?"),
        ],
    ),
    Exercise(
        "07-smoothing",
        answer=Function(_smoothed, cases=[(_LOGITS, 2, 0.1), (_LOGITS[:3], 0, 0.3)]),
        because="The gradient is softmax minus target for any target that adds up to 1.",
        mistakes=[
            Mistake(
                _not_smoothed, "That is the gradient without smoothing. What is the target now?"
            ),
            Mistake(
                _smoothed_over_others,
                "Here s is shared by the wrong classes. By how many in the text?",
            ),
            Mistake(_smoothed_in_sum, "Your target adds up to more than 1. What is s divided by?"),
        ],
    ),
    Exercise(
        "07-alignment",
        answer=Function(
            _best_path,
            cases=[
                (np.log(_FRAMES), [1, 2]),
                (np.log([[0.1, 0.8, 0.1]] * 3), [1, 1]),  # a skip would give 0.512
                (_LOG_P, [3, 3, 1]),
                (_LOG_P[:4], [2]),
            ],
        ),
        because="A maximum may be taken cell by cell, like a sum: this is the Viterbi algorithm.",
        mistakes=[
            Mistake(
                _sum_of_paths, "That is the logarithm of the sum. What has to replace the sum?"
            ),
            Mistake(_skips_between_twins, "May a path skip the blank between two equal labels?"),
            Mistake(
                _ends_in_blank, "Your paths end in the last blank. In which other state may they?"
            ),
        ],
    ),
]
