"""Self-checks of chapter 5, from the perceptron to the multi-layer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Predicate
from dlbook.checks.reading import UnreadableError, read_array
from dlbook.engine.autograd import Array as Numbers

_CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
_NOR = [1, 0, 0, 0]


def _nor_answers(answer: Any) -> list[int]:
    """Return what the reader's unit answers to the four samples."""
    numbers = read_array(answer)
    if numbers.shape != (3,):
        raise UnreadableError("Three numbers are asked for: `(w1, w2, b)`.")
    if not np.isrealobj(numbers) or not np.isfinite(numbers).all():
        raise UnreadableError("Weights and bias have to be ordinary, finite numbers.")
    return [int(score > 0) for score in _CORNERS @ numbers[:2] + numbers[2]]


def _judge_nor(answer: Any) -> str | None:
    """Name the first sample that the reader's unit answers wrongly."""
    given = _nor_answers(answer)
    if given == [0, 1, 1, 1]:
        return "That is OR, the opposite. What happens if every sign is turned round?"
    if given == [1, 1, 1, 0]:
        return "That is NAND: it still says yes if one input is 1. How large may the bias be?"
    for sample, got, right in zip(_CORNERS.tolist(), given, _NOR, strict=True):
        if got != right:
            return f"For the inputs {sample} your unit answers {got}. What is its score there?"
    return None


def _count(sizes: Sequence[int], bias: bool = True) -> int:
    return sum((inputs + bias) * outputs for inputs, outputs in pairwise(sizes))


def _collapse(w1: Numbers, b1: Numbers, w2: Numbers, b2: Numbers) -> tuple[Numbers, Numbers]:
    return w2 @ w1, w2 @ b1 + b2


def _hinges(knots: Numbers, values: Numbers) -> Numbers:
    return np.diff(np.diff(values) / np.diff(knots), prepend=0)


def _layers(*sizes: int) -> tuple[Numbers, ...]:
    """Return weights and biases of two dense layers, with different numbers in them."""
    shapes = [shape for n, m in pairwise(sizes) for shape in ((m, n), (m,))]
    return tuple(np.sin(1.0 + k + np.arange(np.prod(s))).reshape(s) for k, s in enumerate(shapes))


EXERCISES = [
    Exercise(
        "05-nor",
        answer=Predicate(_judge_nor, (-1, -1, 0.5)),
        because="The score is above 0 at (0, 0) only: the line of OR with its sides exchanged.",
        mistakes=[
            Mistake((-1, -1, 0), "At (0, 0) the score is exactly 0. What is the answer then?"),
            Mistake((-1, -1, -0.5), "This unit never says yes. Which sign must the bias have?"),
            Mistake((1, 1, 0.5), "This unit always says yes. Which inputs should push towards no?"),
        ],
        accepts=[[-2, -2, 1], np.array([-1.0, -1.0, 1.0])],
    ),
    Exercise(
        "05-update",
        answer=Array([-1.0, -2.0, -1.0]),
        because="The answer is 1 and should be 0, so x is taken from w and 1 from b.",
        mistakes=[
            Mistake([3, 0, 1], "You went the other way. Is the answer too large or too small?"),
            Mistake([1, -1, 0], "Nothing has changed. What is the score, and is the answer right?"),
            Mistake([-1, -2, 0], "The weights are right. What is the input of the bias?"),
            Mistake([0, -2, -1], "You took 1 from each weight. By what is the error multiplied?"),
        ],
    ),
    Exercise(
        "05-count",
        answer=Integer(266_610),
        because="785 · 300 + 301 · 100 + 101 · 10 = 235,500 + 30,100 + 1,010.",
        mistakes=[
            Mistake(266_200, "These are the weights. What else does each unit have?"),
            Mistake(266_600, "The output units have something, too. What have you left out?"),
            Mistake(267_394, "You gave biases to the inputs. Do they compute anything?"),
            Mistake(266_611, "One bias for each unit, no more. Where does yours come from?"),
            Mistake(235_500, "That is the first layer. What comes after it?"),
        ],
    ),
    Exercise(
        "05-separable",
        answer=Choice({"a", "c", "e"}, of="abcde"),
        because="Majority, 'first and not second' and 'always' are a weighted sum and a threshold; "
        "b and d contain XOR.",
        mistakes=[
            Mistake({"a", "c"}, "One is missing: may a weight be 0, and the bias decide alone?"),
            Mistake({"c", "e"}, "Try a with three equal weights. Which bias does it take?"),
            Mistake({"a", "e"}, "Try c with a negative weight. Which input pushes towards no?"),
            Mistake({"a", "b", "c", "e"}, "Draw the four points of b. What is its opposite?"),
            Mistake({"a", "c", "d", "e"}, "In d, hold the third input at 0. What is left?"),
        ],
    ),
    Exercise(
        "05-count-function",
        answer=Function(
            _count,
            cases=[([4, 5, 1],), ([784, 32, 10, 20],), ([19, 50, 1], False), ([7, 3], True)],
        ),
        because="Each layer has (n + 1) · m parameters, or n · m without biases.",
        mistakes=[
            Mistake(
                lambda sizes, bias=True: sum(n * m for n, m in pairwise(sizes)),
                "These are weights only. What does `bias=True` add?",
            ),
            Mistake(
                lambda sizes, bias=True: sum((n + 1) * m for n, m in pairwise(sizes)),
                "What becomes of the biases if `bias=False`?",
            ),
            Mistake(
                lambda sizes, bias=True: sum(n * (m + bias) for n, m in pairwise(sizes)),
                "Whose are the biases: do they belong to inputs or to units? Look at 4-5-1.",
            ),
        ],
    ),
    Exercise(
        "05-parity",
        answer=Array([1.0, -2.0, 2.0]),
        because="The slopes are 1, −1, 1, and each hinge changes the slope: by 1, −2 and 2.",
        mistakes=[
            Mistake([1, -1, 1], "These are the slopes. By how much does each hinge change them?"),
            Mistake([1, -2, 1], "Check s = 3: the slope before was −1. How far is it to 1?"),
            Mistake([1, 2, 2], "Look at s = 2. Does the curve rise or fall after s = 1?"),
            Mistake([-1, 2, -2], "All signs are turned round. What is the value for s = 1?"),
        ],
    ),
    Exercise(
        "05-collapse",
        answer=Function(_collapse, cases=[_layers(3, 2, 4), _layers(2, 5, 1)]),
        because="The first bias passes through the second matrix, the second bias is just added.",
        mistakes=[
            Mistake(
                lambda w1, b1, w2, b2: (w2 @ w1, b2),
                "The weight is right. Where has the first bias gone?",
            ),
            Mistake(
                lambda w1, b1, w2, b2: (w2 @ w1, w2 @ (b1 + w1 @ np.zeros(w1.shape[1]))),
                "The first bias has passed through. What about the second one?",
            ),
            Mistake(
                lambda w1, b1, w2, b2: ((w2 @ w1).T, w2 @ b1 + b2),
                "The weight has to be of shape (outputs, inputs). Which one is yours?",
            ),
        ],
    ),
    Exercise(
        "05-budget",
        answer=Integer(125),
        because="Each hidden unit costs 784 + 1 + 10 = 795: 125 of them make 99,385 parameters.",
        mistakes=[
            Mistake(126, "That makes 100,180 parameters. Is this allowed?"),
            Mistake(127, "A hidden unit has more than its 785. Who reads it?"),
            Mistake(124, "Is there room for one more? Count what a unit costs."),
            Mistake(99_385, "That is a number of parameters. How many units is it?"),
        ],
    ),
    Exercise(
        "05-sixteen",
        answer=Integer(14),
        because="Only XOR and its opposite, 'both equal', have no line.",
        mistakes=[
            Mistake(15, "XOR has an opposite. If one had a line, which would the other have?"),
            Mistake(16, "That would include XOR. Did the last pass have no mistakes?"),
            Mistake(2, "That many have no line. How many are left?"),
            Mistake(12, "You have lost some. Do 'always 0' and 'always 1' need a line?"),
        ],
    ),
    Exercise(
        "05-hinges",
        answer=Function(
            _hinges,
            cases=[
                (np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 2.0])),
                (np.array([-1.0, 0.5, 1.0, 3.0]), np.array([0.0, 3.0, -1.0, 1.0])),
            ],
        ),
        because="A hinge changes the slope at its knot by its weight and leaves the rest alone.",
        mistakes=[
            Mistake(
                lambda knots, values: np.diff(values) / np.diff(knots),
                "These are the slopes. What does one hinge change?",
            ),
            Mistake(
                lambda knots, values: np.diff(np.diff(values), prepend=0),
                "You took differences of values. By what must they be divided?",
            ),
            Mistake(
                lambda knots, values: np.diff(np.diff(values) / np.diff(knots)),
                "There is one hinge too few. What makes the first slope?",
            ),
        ],
    ),
    Exercise(
        "05-bound",
        answer=Integer(27),
        because="R² = 1 + 1 + 1 = 3 and γ = 1/3, so (R/γ)² = 3 · 9.",
        mistakes=[
            Mistake(18, "Does the longest sample contain the constant 1 for the bias?"),
            Mistake(9, "That is 1/γ². What is R²?"),
            Mistake(24, "Is the bias among the weights whose length you took?"),
            Mistake(51, "That is the bound of the door. How long is (2, 2, −1)?"),
            Mistake(4, "So many it needs. How many does the bound allow?"),
        ],
    ),
]
