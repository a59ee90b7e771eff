"""Self-checks of chapter 6, activation functions."""

from __future__ import annotations

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Number
from dlbook.engine.autograd import Array as Numbers

_Z = np.array([[-2.0, 0.5, -0.1, 3.0], [-1.0, -0.5, 0.2, 1.0], [-0.5, -4.0, -0.3, 2.0]])
_SILENT = np.where(np.arange(5) < 3, -1.0, 1.0) * np.ones((4, 5))


def _elu_slope(z: Numbers, alpha: float) -> Numbers:
    return np.where(z > 0, 1.0, alpha * np.exp(np.minimum(z, 0)))


def _softplus(z: Numbers) -> Numbers:
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _softplus_overflowing(z: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        return np.log(1 + np.exp(z))


def _softplus_underflowing(z: Numbers) -> Numbers:
    with np.errstate(over="ignore"):
        return np.where(z > 20, z, np.log(1 + np.exp(np.minimum(z, 20))))


def _count_dead(z: Numbers) -> int:
    return int((z <= 0).all(axis=0).sum())


def _jacobian(p: Numbers) -> Numbers:
    return np.diag(p) - np.outer(p, p)


def _to_tanh(w1: Numbers, b1: Numbers, w2: Numbers, b2: Numbers) -> tuple[Numbers, ...]:
    return w1 / 2, b1 / 2, w2 / 2, b2 + w2.sum(axis=1) / 2


def _layers(inputs: int, hidden: int, outputs: int) -> tuple[Numbers, ...]:
    """Return weights and biases of two dense layers, with different numbers in them."""
    shapes = [(hidden, inputs), (hidden,), (outputs, hidden), (outputs,)]
    return tuple(np.cos(1.0 + k + np.arange(np.prod(s))).reshape(s) for k, s in enumerate(shapes))


EXERCISES = [
    Exercise(
        "06-slope",
        answer=Number(0.09, atol=1e-6),
        because="The slope is σ(1 − σ) = 0.9 · 0.1, whatever z is: the output is all one needs.",
        mistakes=[
            Mistake(0.25, "¼ is the slope at z = 0, where the output is ½. What is it at 0.9?"),
            Mistake(0.1, "That is 1 − σ. Which second factor is missing?"),
            Mistake(0.19, "That is 1 − σ², the rule for tanh. What is the one for the sigmoid?"),
            Mistake(0.205500307, "You put 0.9 into σ again. Is it the input or the output?"),
        ],
    ),
    Exercise(
        "06-signs",
        answer=Choice({"b", "d", "f"}, of="abcdef"),
        because="tanh, leaky ReLU and ELU answer negative sums with negative numbers.",
        mistakes=[
            Mistake({"b", "d"}, "One is missing. What does a slope of 0.01 make of −3?"),
            Mistake({"b", "f"}, "One is missing. What is e^z − 1 for a negative z?"),
            Mistake({"b", "c", "d", "f"}, "One is too many: which of them clips at zero?"),
            Mistake({"d", "f"}, "One is missing. Which S-shaped function has its centre at 0?"),
        ],
    ),
    Exercise(
        "06-slopes",
        answer=Array([-0.02, -0.6, -0.4], atol=1e-6),
        because="The slopes are 0.01, 0.3 and 0.2: three defaults for what is called by one name.",
        mistakes=[
            Mistake(
                [-0.02, -0.02, -0.02], "PyTorch's is right. Which slopes does Keras start from?"
            ),
            Mistake([-0.02, -0.6, -0.6], "In Keras the layer and the string differ. Look it up."),
            Mistake(
                [-0.6, -0.02, -0.4], "Check the order: PyTorch first, then the layer of Keras."
            ),
            Mistake([0.02, 0.6, 0.4], "A positive slope times a negative number has which sign?"),
        ],
    ),
    Exercise(
        "06-softmax",
        answer=Array([0.2, 0.6, 0.2], atol=1e-6),
        because="The exponentials are 1, 3 and 1, and their sum is 5.",
        mistakes=[
            Mistake([1, 3, 1], "These are the exponentials. What do you divide them by?"),
            Mistake(
                [0, 1, 0], "That is the largest one alone. Softmax leaves the others something."
            ),
            Mistake([0.5, 0.75, 0.5], "That is a sigmoid for each element. Do these add up to 1?"),
        ],
    ),
    Exercise(
        "06-halving",
        answer=Integer(20),
        because="(½)^(k/2) < 0.001 needs k ≥ 19.93: the gradient halves with every second layer.",
        mistakes=[
            Mistake(10, "That would be a factor of ½ in each layer. It is its square root."),
            Mistake(19, "0.0014 is left after 19 layers. Is that below a thousandth?"),
            Mistake(5, "A factor of ¼ belongs to the sigmoid. Which one has ReLU here?"),
        ],
    ),
    Exercise(
        "06-elu-slope",
        answer=Function(
            _elu_slope,
            cases=[(np.array([-2.0, -0.5, 0.5, 3.0]), 1.0), (np.array([[-1.0, 2.0]]), 0.5)],
        ),
        because="Above zero the slope is 1, below it alpha · e^z: the output plus alpha.",
        mistakes=[
            Mistake(
                lambda z, alpha: np.where(z > 0, 1.0, np.exp(np.minimum(z, 0))),
                "It is right for alpha = 1 only. What is the derivative of alpha · (e^z − 1)?",
            ),
            Mistake(
                lambda z, alpha: np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1)),
                "That is ELU itself. What is its derivative?",
            ),
            Mistake(
                lambda z, alpha: np.where(z > 0, z, alpha * np.exp(np.minimum(z, 0))),
                "Below zero it is right. How steep is the line z ↦ z above?",
            ),
        ],
    ),
    Exercise(
        "06-softplus",
        answer=Function(
            _softplus,
            cases=[
                (np.array([-1.0, 0.0, 2.0]),),
                (np.array([1000.0, -1000.0]),),
                (np.array([-50.0, -40.0]),),
            ],
            atol=1e-30,
        ),
        because="max(z, 0) is taken out, and the exponential that is left never exceeds 1.",
        mistakes=[
            Mistake(
                _softplus_overflowing,
                "At z = 1000 the exponential overflows. Can you take the large part out first?",
            ),
            Mistake(
                _softplus_underflowing,
                "At z = −50 it gives 0, since 1 + e⁻⁵⁰ rounds to 1. Which function of NumPy "
                "computes log(1 + x) for tiny x?",
            ),
            Mistake(
                lambda z: np.maximum(z, 0),
                "That is ReLU. What does softplus add to it near zero?",
            ),
        ],
    ),
    Exercise(
        "06-count-dead",
        answer=Function(_count_dead, cases=[(_Z,), (_SILENT,), (np.zeros((2, 3)),), (_Z.T,)]),
        because="A unit is a column; it is dead when no sample at all makes its sum positive.",
        mistakes=[
            Mistake(
                lambda z: int((z <= 0).any(axis=0).sum()),
                "You counted units that are off for *some* sample. Dead means: for which samples?",
            ),
            Mistake(
                lambda z: int((z <= 0).all(axis=1).sum()),
                "You went along the units. Which axis holds the samples?",
            ),
            Mistake(
                lambda z: int((z <= 0).sum()),
                "You counted single zeros. A unit is dead if its whole column is off.",
            ),
            Mistake(
                lambda z: int((z < 0).all(axis=0).sum()),
                "What is the slope of ReLU at exactly 0 in all three libraries?",
            ),
        ],
    ),
    Exercise(
        "06-prelu-gradient",
        answer=Number(-3.0, atol=1e-9),
        because="Only the negative sums count: 0.5 · (−2) + 2 · (−1).",
        mistakes=[
            Mistake(-2.0, "The sample with z = 1 was counted too. Does a act on it?"),
            Mistake(-1.5, "That is the mean. A shared parameter gets the sum over its uses."),
            Mistake(3.0, "Keep the sign of z: what is the derivative of a · z for a?"),
            Mistake(2.5, "You added up what arrived. By what is each to be multiplied?"),
        ],
    ),
    Exercise(
        "06-jacobian",
        answer=Function(
            _jacobian, cases=[(np.array([0.125, 0.25, 0.625]),), (np.array([0.5, 0.5]),)]
        ),
        because="pᵢ(δᵢⱼ − pⱼ): on the diagonal a sigmoid's slope, beside it −pᵢpⱼ.",
        mistakes=[
            Mistake(
                lambda p: np.diag(p * (1 - p)),
                "The diagonal is right. Does a larger zⱼ leave the other probabilities alone?",
            ),
            Mistake(
                lambda p: np.outer(p, p) - np.diag(p),
                "All signs are turned round. Does pᵢ grow with its own zᵢ?",
            ),
            Mistake(
                lambda p: p * (1 - p),
                "That is one number for each class. How many pairs (i, j) are there?",
            ),
        ],
    ),
    Exercise(
        "06-leaky-gain",
        answer=Function(lambda a: 2 / (1 + a**2), cases=[(0.0,), (0.3,), (1.0,), (-1.0,)]),
        because="Half of the sums are passed on by 1, half by a: c · (1 + a²)/2 has to be 1.",
        mistakes=[
            Mistake(lambda a: 2 / (1 + a), "What is averaged: the slope or its square?"),
            Mistake(
                lambda a: (2 / (1 + a**2)) ** 0.5,
                "That is the factor for the standard deviation. What is asked is the variance.",
            ),
            Mistake(
                lambda a: (1 + a**2) / 2,
                "That is what the function leaves of the squares. What makes up for it?",
            ),
            Mistake(lambda a: 2.0, "That is ReLU, a = 0. What does the slope below zero add?"),
        ],
    ),
    Exercise(
        "06-to-tanh",
        answer=Function(_to_tanh, cases=[_layers(2, 3, 1), _layers(4, 5, 2)]),
        because="σ(z) = ½ + ½·tanh(z/2): halve what goes in and what comes out, and put the ½ "
        "into the second bias.",
        mistakes=[
            Mistake(
                lambda w1, b1, w2, b2: (w1 / 2, b1 / 2, w2 / 2, b2),
                "The slopes are right. Where does the constant ½ of each unit go?",
            ),
            Mistake(
                lambda w1, b1, w2, b2: (2 * w1, 2 * b1, w2 / 2, b2 + w2.sum(axis=1) / 2),
                "tanh(z) = 2σ(2z) − 1. Solve it for σ(z): is the argument doubled or halved?",
            ),
            Mistake(
                lambda w1, b1, w2, b2: (w1 / 2, b1, w2 / 2, b2 + w2.sum(axis=1) / 2),
                "The first bias is part of z. What happens to it if z is halved?",
            ),
            Mistake(
                lambda w1, b1, w2, b2: (w1 / 2, b1 / 2, w2 / 2, b2 + 0.5),
                "Every hidden unit adds its own ½, times the weight that reads it.",
            ),
        ],
    ),
]
