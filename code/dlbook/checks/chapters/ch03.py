"""Self-checks of chapter 3, gradient descent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Number

Values = np.ndarray[Any, Any]


def _steps_until(rate: float, curvature: float, share: float) -> int:
    """Count the steps until the distance is below `share` of its first value."""
    distance, steps = 1.0, 0
    while distance >= share:
        distance, steps = abs(distance * (1 - rate * curvature)), steps + 1
    return steps


def _steps_by_logarithm(rate: float, curvature: float, share: float) -> int:
    """Solve for the number of steps; a factor of 0 arrives at once."""
    factor = abs(1 - rate * curvature)
    if factor < share:
        return 1
    return math.floor(math.log(share) / math.log(factor)) + 1


def _steps_with_sign(rate: float, curvature: float, share: float) -> int:
    """Forget that the weight may be negative."""
    w, steps = 1.0, 0
    while w >= share:
        w, steps = w * (1 - rate * curvature), steps + 1
    return steps


def _steps_without_curvature(rate: float, curvature: float, share: float) -> int:
    """Take the rate for the whole change."""
    return _steps_until(rate, 1.0, share)


def _largest_rate(x: Values) -> float:
    """Two over the largest curvature of the mean squared error."""
    return float(2 / np.linalg.eigvalsh(2 * x.T @ x / len(x)).max())


def _look_ahead(
    curvature: Values, start: Values, rate: float, momentum: float, steps: int
) -> Values:
    """Nesterov's momentum on a sum of parabolas."""
    theta, velocity = np.array(start, dtype=float), np.zeros(len(start))
    for _ in range(steps):
        velocity = momentum * velocity + curvature * (theta - rate * momentum * velocity)
        theta = theta - rate * velocity
    return theta


def _heavy_ball(
    curvature: Values, start: Values, rate: float, momentum: float, steps: int
) -> Values:
    """Classical momentum: the slope is felt where the ball is."""
    theta, velocity = np.array(start, dtype=float), np.zeros(len(start))
    for _ in range(steps):
        velocity = momentum * velocity + curvature * theta
        theta = theta - rate * velocity
    return theta


def _looks_back(
    curvature: Values, start: Values, rate: float, momentum: float, steps: int
) -> Values:
    """Feel the slope on the wrong side of the ball."""
    theta, velocity = np.array(start, dtype=float), np.zeros(len(start))
    for _ in range(steps):
        velocity = momentum * velocity + curvature * (theta + rate * momentum * velocity)
        theta = theta - rate * velocity
    return theta


def _ahead_without_rate(
    curvature: Values, start: Values, rate: float, momentum: float, steps: int
) -> Values:
    """Look ahead by the velocity, not by the step."""
    theta, velocity = np.array(start, dtype=float), np.zeros(len(start))
    for _ in range(steps):
        velocity = momentum * velocity + curvature * (theta - momentum * velocity)
        theta = theta - rate * velocity
    return theta


def _inputs(samples: int, features: int) -> Values:
    """Return inputs whose columns differ in size."""
    numbers = np.sin(1.0 + np.arange(samples * features)).reshape(samples, features)
    return numbers * np.arange(1, features + 1)


EXERCISES = [
    Exercise(
        "03-one-step",
        answer=Array([2.4, 0.2], rtol=1e-6),
        because="The gradient at (3, 1) is (6, 8), and a tenth of it is subtracted.",
        mistakes=[
            Mistake([3.6, 1.8], "You went uphill. Which sign stands before the gradient?"),
            Mistake([6.0, 8.0], "That is the gradient. What does a step do with it?"),
            Mistake([-3.0, -7.0], "You took the whole gradient. What is the learning rate?"),
            Mistake([2.7, 0.6], "Differentiate the squares: which factor comes down?"),
            Mistake([2.4, 0.8], "One slope is too small: what is the derivative of 4v²?"),
        ],
    ),
    Exercise(
        "03-factor",
        answer=Number(-0.5, rtol=1e-6),
        because="The curvature of 5w² is 10, and 1 − 0.15 · 10 = −0.5: over the bottom each time.",
        mistakes=[
            Mistake(0.25, "You took 5 for the curvature. What is the second derivative of 5w²?"),
            Mistake(0.5, "Does w keep its side of the valley? Look at the sign of 1 − ηc."),
            Mistake(0.85, "That would be curvature 1. How fast does the slope of 5w² change?"),
            Mistake(1.5, "That is ηc, what is taken away. What is left?"),
            Mistake(0.7, "That is the factor for w². What is the curvature here?"),
        ],
    ),
    Exercise(
        "03-count-steps",
        answer=Integer(95),
        because="1,198 / 64 = 18.7, so an epoch has 19 batches; five epochs have 95.",
        mistakes=[
            Mistake(90, "The incomplete batch of each epoch is a step, too. How many are these?"),
            Mistake(94, "You rounded at the very end. Where does an epoch's last batch end?"),
            Mistake(5, "An epoch is not a step. How many batches has one epoch?"),
            Mistake(19, "That is one epoch. How many are there?"),
            Mistake(5990, "That counts images. How many of them share one step?"),
        ],
    ),
    Exercise(
        "03-true-statements",
        answer=Choice({"c", "d"}, of="abcd"),
        because="A factor such as −0.8 jumps and arrives, and the batches' gradients average out.",
        mistakes=[
            Mistake({"a", "c", "d"}, "At (3, −2) downhill and the minimum lay 72 degrees apart?"),
            Mistake({"b", "c", "d"}, "What is the gradient on the ridge of the saddle?"),
            Mistake({"c"}, "One more is true. What is the average of all the votes?"),
            Mistake({"d"}, "One more is true. What becomes of w with the factor −0.8?"),
            Mistake({"a", "d"}, "Where did the step at (3, −2) take w, and where is its minimum?"),
        ],
    ),
    Exercise(
        "03-steps-until",
        answer=Function(
            _steps_until,
            cases=[(0.1, 2.0, 0.01), (0.9, 2.0, 0.01), (0.5, 2.0, 0.01), (0.01, 10.0, 0.3)],
        ),
        because="Each step multiplies the distance by |1 − ηc|, whichever side w is on.",
        mistakes=[
            Mistake(
                _steps_with_sign,
                "With a negative factor your loop ends after one step. What is the distance?",
            ),
            Mistake(_steps_without_curvature, "The factor is not 1 − η. Where is the curvature?"),
            Mistake(
                lambda rate, curvature, share: _steps_until(rate, curvature, share) - 1,
                "You stop one step early. Is the distance below the share by then?",
            ),
            Mistake(
                lambda rate, curvature, share: _steps_until(rate, curvature, share) + 1,
                "You count one step too many. Do you count the start as a step?",
            ),
        ],
        accepts=[_steps_by_logarithm],
    ),
    Exercise(
        "03-largest-rate",
        answer=Function(_largest_rate, cases=[(_inputs(6, 2),), (_inputs(9, 3),)]),
        because="The limit is 2/c with the largest curvature c, the largest eigenvalue of H.",
        mistakes=[
            Mistake(
                lambda x: 2 / np.linalg.eigvalsh(2 * x.T @ x / len(x)).min(),
                "You took the flattest direction. Which direction explodes first?",
            ),
            Mistake(
                lambda x: 1 / np.linalg.eigvalsh(2 * x.T @ x / len(x)).max(),
                "That is the rate that lands in one step. Where is the limit?",
            ),
            Mistake(
                lambda x: 2 / np.linalg.eigvalsh(x.T @ x / len(x)).max(),
                "The Hessian has a factor in front. Where does the square's derivative put a 2?",
            ),
            Mistake(
                lambda x: 2 / np.linalg.eigvalsh(2 * x.T @ x).max(),
                "The loss is a mean. By what is the sum over the samples divided?",
            ),
        ],
    ),
    Exercise(
        "03-batch-for-noise",
        answer=Integer(800),
        because="A fifth of the spread takes 5² = 25 times as many samples, 25 · 32.",
        mistakes=[
            Mistake(160, "Five times the batch? The spread goes with the root of the batch size."),
            Mistake(128, "Four times the batch halves the spread. By which factor must it fall?"),
            Mistake(25, "That is the factor. Which batch size does it give?"),
            Mistake(72, "The root of 5 goes the wrong way. Does the batch grow faster or slower?"),
            Mistake(6, "A smaller batch is noisier. Which way does the size have to go?"),
        ],
    ),
    Exercise(
        "03-terminal-speed",
        answer=Number(0.15, rtol=1e-4),
        because="The velocity settles at 3/(1 − 0.8) = 15, and a step is a hundredth of it.",
        mistakes=[
            Mistake(0.03, "That is a step without momentum. What does the velocity grow to?"),
            Mistake(15, "That is the velocity. How far is a step?"),
            Mistake(0.0375, "You divided by μ. What is left of v = 0.8v + 3 after sorting?"),
            Mistake(0.024, "That is the share that is kept of one step. Add up all of them?"),
            Mistake(0.054, "That is the second step only. Where does the velocity end?"),
        ],
    ),
    Exercise(
        "03-leave-saddle",
        answer=Integer(138),
        because="v grows by the factor 1.1: ln(500,000)/ln 1.1 = 137.7, so 138 steps.",
        mistakes=[
            Mistake(137, "Is v larger than 0.5 by then? Put the number into the formula."),
            Mistake(269, "You grew by 1.05 a step. What is the curvature of −v²?"),
            Mistake(72, "That is the factor 1.2 of the example in the text. Which η is given?"),
            Mistake(145, "That is how long v takes to reach 1. What is asked for?"),
            Mistake(0, "The slope at 10⁻⁶ is tiny, but is it zero? What does each step do?"),
        ],
    ),
    Exercise(
        "03-nesterov",
        answer=Function(
            _look_ahead,
            cases=[
                (np.array([1.0, 50.0]), np.array([1.0, 1.0]), 0.01, 0.9, 3),
                (np.array([2.0]), np.array([1.0]), 0.1, 0.5, 5),
            ],
        ),
        because="The slope is taken at θ − ημv, the place to which momentum alone would go.",
        mistakes=[
            Mistake(_heavy_ball, "That is ordinary momentum. Where is the slope to be taken?"),
            Mistake(_looks_back, "You look behind the ball. Which way does a step −ηv go?"),
            Mistake(_ahead_without_rate, "You look too far ahead: by which factor is v a step?"),
        ],
    ),
]
