"""Self-checks of chapter 8, optimisers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Number

Values = np.ndarray[Any, Any]


def _adam(
    gradients: Sequence[float],
    rate: float,
    *,
    first: int = 1,
    corrected: bool = True,
    squared: bool = True,
) -> Values:
    """Return the changes of one weight; the options are ways to get it wrong."""
    m, s, steps = 0.0, 0.0, []
    for t, g in enumerate(gradients, start=first):
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * (g**2 if squared else abs(g))
        mean, square = (m / (1 - 0.9**t), s / (1 - 0.999**t)) if corrected else (m, s)
        steps.append(rate * mean / (math.sqrt(square) + 1e-8))
    return np.array(steps)


def _adam_without_correction(gradients: Sequence[float], rate: float) -> Values:
    return _adam(gradients, rate, corrected=False)


def _adam_one_late(gradients: Sequence[float], rate: float) -> Values:
    return _adam(gradients, rate, first=2)


def _adam_without_squares(gradients: Sequence[float], rate: float) -> Values:
    return _adam(gradients, rate, squared=False)


def _cosine(t: int, total: int, top: float) -> float:
    return top / 2 * (1 + math.cos(math.pi * t / total))


def _cosine_below_zero(t: int, total: int, top: float) -> float:
    return top * math.cos(math.pi * t / total)


def _cosine_upwards(t: int, total: int, top: float) -> float:
    return top / 2 * (1 - math.cos(math.pi * t / total))


def _quarter_cosine(t: int, total: int, top: float) -> float:
    return top * math.cos(math.pi / 2 * t / total)


def _spread(c: float, sigma: float, rate: float) -> float:
    return sigma * math.sqrt(rate / (c * (2 - rate * c)))


def _variance(c: float, sigma: float, rate: float) -> float:
    return _spread(c, sigma, rate) ** 2


def _spread_without_curvature(c: float, sigma: float, rate: float) -> float:
    return sigma * math.sqrt(rate / (2 - rate))


def _spread_for_small_rates(c: float, sigma: float, rate: float) -> float:
    return sigma * math.sqrt(rate / (2 * c))


def _sign_descent(g: Values, rate: float) -> Values:
    return np.asarray(rate * np.sign(g))


def _plain_descent(g: Values, rate: float) -> Values:
    return np.asarray(rate * np.asarray(g))


def _signs_uphill(g: Values, rate: float) -> Values:
    return -_sign_descent(g, rate)


def _sizes(g: Values, rate: float) -> Values:
    return np.abs(_sign_descent(g, rate))


EXERCISES = [
    Exercise(
        "08-effective",
        answer=Number(0.4, rtol=1e-3),
        because="The velocity grows to 1/(1 − 0.95) = 20 gradients, and 20 · 0.02 = 0.4.",
        mistakes=[
            Mistake(0.02, "That is the rate of one gradient. How many of them add up?"),
            Mistake(0.019, "You multiplied by 0.95. What does g + 0.95 g + 0.95² g + … add up to?"),
            Mistake(0.001, "You multiplied by 1 − 0.95. Is the velocity smaller than a gradient?"),
            Mistake(20, "That is how many gradients add up. Now multiply by the rate."),
        ],
    ),
    Exercise(
        "08-adagrad",
        answer=Number(2 / 3, atol=0.005),
        because="The squares add up to 4 + 1 + 4 = 9, and 2/√9 = 2/3.",
        mistakes=[
            Mistake(1.0, "You divided by this gradient only. Which sum does Adagrad keep?"),
            Mistake(2 / 9, "You divided by the sum of squares. Take its root first."),
            Mistake(2 / 5, "You added up the gradients. Which power of them is added up?"),
            Mistake(2 / math.sqrt(5), "The gradient of this step belongs to the sum, too."),
        ],
    ),
    Exercise(
        "08-state",
        answer=Integer(470_292),
        because="Adam keeps a running mean of the gradient and one of its square: 2 · 235,146.",
        mistakes=[
            Mistake(235_146, "That is one for each weight. Which two means does Adam keep?"),
            Mistake(705_438, "That is three for each weight. Did you count the gradient itself?"),
            Mistake(2, "That is for one weight. How many weights are there?"),
        ],
    ),
    Exercise(
        "08-first-step",
        answer=Number(0.05, rtol=1e-3),
        because="s = 0.04·g², its root is 0.2·|g|, so the step is 0.01/0.2, five times the rate.",
        mistakes=[
            Mistake(0.01, "That would be Adam or Adagrad. How full is the running mean by now?"),
            Mistake(0.25, "You divided by 1 − α. What stands under the root?"),
            Mistake(0.002, "You multiplied by the root of 1 − α. Is the step longer or shorter?"),
            Mistake(0.0102, "You took the root of α. Which share of g² has gone into the mean?"),
        ],
    ),
    Exercise(
        "08-adam-path",
        answer=Function(
            _adam,
            cases=[([3.0, 4.0], 1.0), ([1.0, -2.0, 0.5, 0.1], 0.01), ([-5.0], 0.1)],
            rtol=1e-4,
        ),
        because="Both means are divided by what their weights add up to, 1 − β to the power t.",
        mistakes=[
            Mistake(
                _adam_without_correction,
                "The first step comes out as 3.16 times the rate. What do the means begin with?",
            ),
            Mistake(_adam_one_late, "Your t begins at 2 or more. Which number has the first step?"),
            Mistake(
                _adam_without_squares,
                "The second mean is not one of squares. What stands under the root?",
            ),
        ],
    ),
    Exercise(
        "08-cosine",
        answer=Function(_cosine, cases=[(0, 10, 0.1), (5, 10, 0.1), (10, 10, 0.1), (3, 12, 2.0)]),
        because="(1 + cos)/2 falls from 1 to 0 as its argument runs from 0 to π.",
        mistakes=[
            Mistake(_cosine_below_zero, "Your rate gets negative. Lift the cosine first, how far?"),
            Mistake(_cosine_upwards, "Your rate rises from 0. Which sign has the cosine?"),
            Mistake(_quarter_cosine, "You took a quarter of the wave. Is it flat at the end?"),
        ],
    ),
    Exercise(
        "08-decay",
        answer=Array([1.9, 1.9], rtol=1e-4),
        because="AdamW: 2·(1 − 0.05) = 1.9. Adam: a first step of exactly η, 2 − 0.1 = 1.9. The "
        "results agree here by accident; with a weight of 20 they would be 19 and 19.9.",
        mistakes=[
            Mistake([1.9, 1.0], "How long is Adam's first step for a gradient of 1?"),
            Mistake([1.9, 2.0], "In Adam the decay is added to the gradient, so that it is not 0."),
            Mistake([1.0, 1.9], "AdamW shrinks by η·λ, not by λ. What is the product?"),
            Mistake([1.5, 1.9], "AdamW's share is η·λ of the weight. How much is that of 2?"),
        ],
    ),
    Exercise(
        "08-turned",
        answer=Choice({"c", "d", "e"}, of="abcde"),
        because="They divide by the size of their own gradients, so a common factor cancels.",
        mistakes=[
            Mistake({"e"}, "Adam, right. Which others divide by the root of squared gradients?"),
            Mistake({"d", "e"}, "Two of three. Does the factor not cancel in Adagrad's sum, too?"),
            Mistake({"a", "b"}, "There every step gets 100 times as long. And elsewhere?"),
            Mistake({"b", "c", "d", "e"}, "Is the velocity divided by anything?"),
        ],
    ),
    Exercise(
        "08-translate",
        answer=Number(1e-6, rtol=1e-3),
        because="√(1 − 0.99) = 0.1, so Keras' 1e-7 acts like 1e-6 after the correction.",
        mistakes=[
            Mistake(1e-7, "The same number in another place is not the same step. Which place?"),
            Mistake(1e-8, "Other direction: does the correction enlarge Keras' ε, or shrink it?"),
            Mistake(1e-5, "You divided by 1 − β₂. The correction stands under the root."),
            Mistake(1e-7 / math.sqrt(0.001), "That is for β₂ = 0.999. What is it for 0.99?"),
        ],
    ),
    Exercise(
        "08-wander",
        answer=Function(_spread, cases=[(1.0, 1.0, 0.1), (2.0, 3.0, 0.5), (0.1, 1.0, 1.0)]),
        because="The variance settles at η·σ²/(c·(2 − η·c)), and the spread is its root.",
        mistakes=[
            Mistake(_variance, "That is the variance. What is the standard deviation?"),
            Mistake(_spread_without_curvature, "Your result does not depend on c as it should."),
            Mistake(_spread_for_small_rates, "Right for small rates only. What was left out?"),
        ],
    ),
    Exercise(
        "08-rmsprop-escape",
        answer=Function(
            _sign_descent,
            cases=[(np.array([3.0, -0.01, 0.0]), 0.1), (np.array([-2.0, 5.0]), 1.0)],
        ),
        because="g/√(g²) is the sign of g: every weight moves by exactly the rate.",
        mistakes=[
            Mistake(_plain_descent, "That keeps the size of the gradient. What is divided out?"),
            Mistake(_signs_uphill, "Return what is subtracted: it has the sign of the gradient."),
            Mistake(_sizes, "The sign got lost. The root is positive, and the gradient above it?"),
        ],
    ),
]
