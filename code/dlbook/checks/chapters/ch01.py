"""Self-checks of chapter 1, what deep learning is."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.checks import (
    Array,
    Choice,
    Exercise,
    Function,
    Integer,
    Mistake,
    Number,
    Predicate,
)
from dlbook.data.synthetic import circles

Floats = np.ndarray[Any, Any]


def _layer(x: Floats, weight: Floats, bias: Floats) -> Floats:
    return np.asarray(np.maximum(x @ weight.T + bias, 0))


def _layer_without_bend(x: Floats, weight: Floats, bias: Floats) -> Floats:
    return np.asarray(x @ weight.T + bias)


def _layer_without_bias(x: Floats, weight: Floats, bias: Floats) -> Floats:
    return np.asarray(np.maximum(x @ weight.T, 0))


def _layer_bias_after(x: Floats, weight: Floats, bias: Floats) -> Floats:
    return np.asarray(np.maximum(x @ weight.T, 0) + bias)


def _accuracy(scores: Floats, labels: Floats) -> float:
    return float((scores.argmax(axis=1) == labels).mean())


def _error_rate(scores: Floats, labels: Floats) -> float:
    return 1 - _accuracy(scores, labels)


def _count_right(scores: Floats, labels: Floats) -> float:
    return float((scores.argmax(axis=1) == labels).sum())


def _least_score(scores: Floats, labels: Floats) -> float:
    return float((scores.argmin(axis=1) == labels).mean())


def _descend(w: float, x: float, t: float, learning_rate: float, steps: int) -> float:
    for _ in range(steps):
        w -= learning_rate * 2 * x * (w * x - t)
    return w


def _ascend(w: float, x: float, t: float, learning_rate: float, steps: int) -> float:
    return _descend(w, x, t, -learning_rate, steps)


def _descend_without_x(w: float, x: float, t: float, learning_rate: float, steps: int) -> float:
    for _ in range(steps):
        w -= learning_rate * 2 * (w * x - t)
    return w


def _descend_once(w: float, x: float, t: float, learning_rate: float, steps: int) -> float:
    return _descend(w, x, t, learning_rate, 1)


def _radius(x: Floats) -> Floats:
    return np.asarray((x**2).sum(axis=1))


def _distance(x: Floats) -> Floats:
    return np.asarray(np.hypot(x[:, 0], x[:, 1]))


def _first_coordinate(x: Floats) -> Floats:
    return x[:, 0]


def _sum(x: Floats) -> Floats:
    return np.asarray(x.sum(axis=1))


def _product(x: Floats) -> Floats:
    return np.asarray(x.prod(axis=1))


def _is(known: Any) -> Predicate:
    """Recognise a feature by the numbers it gives."""

    def judge(given: Any) -> str | None:
        points = circles(20, rng=np.random.default_rng(7)).x
        try:
            values = np.asarray(given(points.copy()), dtype=np.float64)
        except (Exception, SystemExit):
            return "It gives nothing."
        same = values.shape == (20,) and np.allclose(values, known(points))
        return None if same else "Another feature."

    return Predicate(judge, example=known)


def _judge_lift(lift: Any) -> str | None:
    """Say what is wrong with a feature that is to part the rings; None if it does."""
    if not callable(lift):
        return "A function is asked for: is `answer` the function itself, without brackets?"
    rings = circles(300, rng=np.random.default_rng(7))
    try:
        values = np.asarray(lift(rings.x.copy()), dtype=np.float64)
    except (Exception, SystemExit) as error:  # `sys.exit()` must not end the reader's kernel
        return f"Your function raised {type(error).__name__}: {error}. Try it on `rings.x` first."
    if values.shape != (len(rings),):
        return f"One number for each of {len(rings)} points is asked for, but came {values.shape}."
    return _judge_parting(values, rings.y)


def _judge_parting(values: Floats, y: Floats) -> str | None:
    """Say whether inner points (1) get smaller values than outer ones (0)."""
    if not np.isfinite(values).all():
        return "Some of the numbers are not finite. Which points make them so?"
    inner, outer = values[y == 1], values[y == 0]
    if inner.max() < outer.min():
        return None
    if outer.max() < inner.min():
        return "It parts the rings, but the inner points get the larger numbers. Turn it around?"
    overlap = (inner[:, None] > outer[None]).mean()
    return (
        f"In {100 * overlap:.0f} % of the pairs the inner point gets the larger number. What do "
        "points have in common that lie on the same ring in opposite directions?"
    )


_X = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]])
_W = np.array([[1.0, -1.0], [0.5, 1.0], [-2.0, 0.0], [0.0, 1.0]])
_B = np.array([0.5, -1.0, 1.0, 0.25])
_SCORES = np.array([[0.1, 2.0, -1.0], [1.5, 0.2, 0.3], [0.0, 0.5, 0.9], [2.0, 1.0, 3.0]])

EXERCISES = [
    Exercise(
        "01-depth",
        answer=Integer(3),
        because="Three layers have weights; the input computes nothing and is not counted.",
        mistakes=[
            Mistake(4, "You counted the input. Does it compute anything?"),
            Mistake(2, "Those are the hidden layers. Which layer gives the answer?"),
            Mistake(266, "Those are all units. Depth counts layers: how many arrows are there?"),
        ],
    ),
    Exercise(
        "01-layer-by-hand",
        answer=Array([1.0, 0.0]),
        because="The sums are 1 and −1, and ReLU turns the negative one into 0.",
        mistakes=[
            Mistake([1.0, -1.0], "Those are the sums. What does ReLU make of them?"),
            Mistake([0.0, 3.0], "You left the biases out. What is added to each sum?"),
            Mistake(
                [5.0, 0.0],
                "You multiplied by the columns of W. Each output has a row: which one is first?",
            ),
            Mistake([1.0, 1.0], "ReLU is not the absolute value. What becomes of −1?"),
        ],
    ),
    Exercise(
        "01-who",
        answer=Choice("b", of="abcd"),
        because="Backpropagation computes gradients; only the optimiser's step changes weights.",
        mistakes=[
            Mistake("a", "Who would have made the updates? Look at what `backward` leaves alone."),
            Mistake("c", "Did any layer move in the chapter before `step` was called? Look again."),
            Mistake("d", "Can a loss fall while no weight changes? Think of what it depends on."),
        ],
    ),
    Exercise(
        "01-updates",
        answer=Integer(2345),
        because="60,000 / 128 is 468.75, hence 469 batches an epoch, and 5 · 469 = 2,345.",
        mistakes=[
            Mistake(2340, "The last, smaller batch counts as well. How many batches has an epoch?"),
            Mistake(2344, "Round up in each epoch, not once at the end. How many batches is that?"),
            Mistake(469, "That is one epoch. How many are there?"),
            Mistake(300_000, "An update takes a whole batch, not one sample. How many batches?"),
        ],
    ),
    Exercise(
        "01-parameters",
        answer=Integer(9610),
        because="64·128 + 128 in the first layer and 128·10 + 10 in the second.",
        mistakes=[
            Mistake(9472, "You counted the weights. What else has each output?"),
            Mistake(8320, "That is the first layer. Which numbers has the second?"),
            Mistake(202, "You added the units. How many weights lie between 64 and 128 of them?"),
            Mistake(9482, "The hidden units have biases, too. How many are they?"),
        ],
    ),
    Exercise(
        "01-step",
        answer=Number(1.9, rtol=1e-4),
        because="The gradient at w = 1 is −18, and 1 − 0.05 · (−18) = 1.9.",
        mistakes=[
            Mistake(0.1, "You went uphill. The gradient is negative: what is minus minus?"),
            Mistake(1.3, "The error is multiplied by x as well. What did the nudge tell you?"),
            Mistake(1.45, "A factor of 2 is missing, from the square. Nudge w and compare?"),
            Mistake(19.0, "Where is the learning rate? Multiply the gradient by it."),
        ],
    ),
    Exercise(
        "01-layer",
        answer=Function(_layer, cases=[(_X, _W, _B), (_X[:1], _W, _B), (_X, _W[:1], _B[:1])]),
        because="Samples are rows, so the weights are transposed and the bias goes to each row.",
        mistakes=[
            Mistake(_layer_without_bend, "The sums are right. Where is ReLU?"),
            Mistake(_layer_without_bias, "The bias is missing. When is it added?"),
            Mistake(_layer_bias_after, "You added the bias after ReLU. Which comes first?"),
        ],
    ),
    Exercise(
        "01-accuracy",
        answer=Function(
            _accuracy,
            cases=[
                (_SCORES, np.array([1, 0, 1, 0])),
                (_SCORES, np.array([1, 0, 2, 0])),
                (_SCORES[:3], np.array([1, 0, 0])),
            ],
        ),
        because="The mean of right (1) and wrong (0) is the share of right answers.",
        mistakes=[
            Mistake(_error_rate, "That is the share of wrong answers. Compare with == instead?"),
            Mistake(_count_right, "You counted them. What do you divide by to get a share?"),
            Mistake(_least_score, "You took the smallest score. Which one is the answer?"),
        ],
    ),
    Exercise(
        "01-lift",
        answer=Predicate(_judge_lift, example=_radius),
        because="The distance from the centre parts the rings, and one number for it is enough.",
        accepts=[_distance, lambda x: (x**2).sum(axis=1).tolist()],
        mistakes=[
            Mistake(
                _is(_first_coordinate),
                "One coordinate is not enough: both rings reach to the left and to the right. "
                "Which combination is the same all around a ring?",
            ),
            Mistake(
                _is(_sum),
                "In a plain sum, opposite points of a ring get opposite numbers. What can you do "
                "to each coordinate first, so that its sign no longer counts?",
            ),
            Mistake(
                _is(_product),
                "The product is 0 wherever a ring crosses an axis. Try another combination?",
            ),
        ],
    ),
    Exercise(
        "01-descend",
        answer=Function(
            _descend,
            cases=[(1.0, 2.0, 6.0, 0.1, 4), (0.0, 3.0, 6.0, 0.05, 2), (5.0, 1.5, -2.0, 0.2, 3)],
        ),
        because="Each step moves w against the gradient 2x(wx − t), by a share of it.",
        mistakes=[
            Mistake(_ascend, "Your w runs away from the target. Which sign has the step?"),
            Mistake(_descend_without_x, "A factor x is missing in the gradient. Nudge w to see?"),
            Mistake(_descend_once, "You took one step. What does `steps` say?"),
        ],
    ),
]
