"""Self-checks of chapter 10, the whole workflow."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from dlbook.checks import (
    Choice,
    Exercise,
    Function,
    Integer,
    Mistake,
    Number,
    Parts,
)

Values = np.ndarray[Any, Any]
Shapes = Mapping[str, tuple[int, ...]]


def _soft(rho: Values, alpha: float) -> Values:
    return np.asarray(np.sign(rho) * np.maximum(np.abs(rho) - alpha, 0))


def _soft_without_floor(rho: Values, alpha: float) -> Values:
    return np.asarray(np.sign(rho) * (np.abs(rho) - alpha))


def _soft_without_sign(rho: Values, alpha: float) -> Values:
    return np.maximum(np.abs(rho) - alpha, 0)


def _hard(rho: Values, alpha: float) -> Values:
    return np.where(np.abs(rho) > alpha, rho, 0)


def _soft_one_side(rho: Values, alpha: float) -> Values:
    return np.maximum(rho - alpha, 0)


def _half_width(d: Values, n_train: int, n_test: int, t: float) -> float:
    return t * float(d.std(ddof=1)) * math.sqrt(1 / len(d) + n_test / n_train)


def _half_width_usual(d: Values, n_train: int, n_test: int, t: float) -> float:
    return t * float(d.std(ddof=1)) * math.sqrt(1 / len(d))


def _half_width_upside_down(d: Values, n_train: int, n_test: int, t: float) -> float:
    return t * float(d.std(ddof=1)) * math.sqrt(1 / len(d) + n_train / n_test)


def _half_width_divides_by_count(d: Values, n_train: int, n_test: int, t: float) -> float:
    return t * float(d.std()) * math.sqrt(1 / len(d) + n_test / n_train)


def _half_width_squared(d: Values, n_train: int, n_test: int, t: float) -> float:
    return t * float(d.var(ddof=1)) * (1 / len(d) + n_test / n_train)


def _fold(n: int, k: int, i: int) -> Values:
    return np.array_split(np.arange(n), k)[i]


def _fold_that_forgets_the_rest(n: int, k: int, i: int) -> Values:
    return np.arange(i * (n // k), (i + 1) * (n // k))


def _fold_with_the_rest_at_the_end(n: int, k: int, i: int) -> Values:
    stop = n if i == k - 1 else (i + 1) * (n // k)
    return np.arange(i * (n // k), stop)


def _fold_complement(n: int, k: int, i: int) -> Values:
    return np.setdiff1d(np.arange(n), _fold(n, k, i))


def _every_kth(n: int, k: int, i: int) -> Values:
    return np.arange(i, n, k)


def _recalls(truth: Values, guess: Values, classes: int) -> Values:
    found = np.bincount(truth[truth == guess], minlength=classes)
    return np.asarray(found / np.maximum(np.bincount(truth, minlength=classes), 1))


def _precisions(truth: Values, guess: Values, classes: int) -> Values:
    return _recalls(guess, truth, classes)


def _counts(truth: Values, guess: Values, classes: int) -> Values:
    return np.bincount(truth[truth == guess], minlength=classes)


def _shares_of_all(truth: Values, guess: Values, classes: int) -> Values:
    return np.asarray(_counts(truth, guess, classes) / len(truth))


def _with_doubt(p: Values, truth: Values, threshold: float) -> tuple[float, float]:
    sure = p.max(axis=1) >= threshold
    return float(sure.mean()), float((p[sure].argmax(axis=1) == truth[sure]).mean())


def _with_doubt_over_all(p: Values, truth: Values, threshold: float) -> tuple[float, float]:
    sure = p.max(axis=1) >= threshold
    return float(sure.mean()), float((sure & (p.argmax(axis=1) == truth)).mean())


def _with_doubt_inverted(p: Values, truth: Values, threshold: float) -> tuple[float, float]:
    share, right = _with_doubt(p, truth, threshold)
    return right, share


def _with_doubt_counting(p: Values, truth: Values, threshold: float) -> tuple[float, float]:
    share, right = _with_doubt(p, truth, threshold)
    return share * len(p), right


def _with_doubt_of_the_truth(p: Values, truth: Values, threshold: float) -> tuple[float, float]:
    sure = p[np.arange(len(p)), truth] >= threshold
    return float(sure.mean()), float((p[sure].argmax(axis=1) == truth[sure]).mean())


def _weights(state: Shapes) -> list[tuple[int, ...]]:
    return [shape for shape in state.values() if len(shape) == 2]


def _sizes(state: Shapes) -> list[int]:
    weights = _weights(state)
    return [weights[0][1], *(shape[0] for shape in weights)]


def _sizes_without_inputs(state: Shapes) -> list[int]:
    return _sizes(state)[1:]


def _sizes_transposed(state: Shapes) -> list[int]:
    weights = _weights(state)
    return [weights[0][0], *(shape[1] for shape in weights)]


def _sizes_with_biases(state: Shapes) -> list[int]:
    return [_weights(state)[0][1], *(shape[0] for shape in state.values())]


def _sizes_with_repeats(state: Shapes) -> list[int]:
    return [size for shape in _weights(state) for size in reversed(shape)]


def _state(*sizes: int) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of the arrays of a multi-layer perceptron."""
    state: dict[str, tuple[int, ...]] = {}
    for place, (inputs, outputs) in enumerate(pairwise(sizes)):
        state[f"layers.{2 * place}.weight"] = (outputs, inputs)
        state[f"layers.{2 * place}.bias"] = (outputs,)
    return state


_PROBABILITIES = np.array(
    [[0.9, 0.05, 0.05], [0.4, 0.35, 0.25], [0.2, 0.7, 0.1], [0.1, 0.3, 0.6], [0.8, 0.1, 0.1]]
)
_TRUTH = np.array([0, 1, 1, 0, 0])

EXERCISES = [
    Exercise(
        "10-standardise",
        answer=Number(math.sqrt(5), atol=0.005),
        because="Mean 4 and standard deviation √5 come from the training values; (9 − 4)/√5 = √5.",
        mistakes=[
            Mistake(1.94, "You divided the squares by 3. NumPy and Keras divide by how many?"),
            Mistake(1.41, "The 9 has a say in your mean. Which values may be used?"),
            Mistake(5.0, "The mean is taken away. What is the distance measured in?"),
            Mistake(1.0, "You divided by the variance. Take its root first."),
        ],
    ),
    Exercise(
        "10-updates",
        answer=Integer(240),
        because="236 rows make 8 batches, the last one of 12 rows; 8 · 30 = 240.",
        mistakes=[
            Mistake(
                210, "You dropped the small batch at the end of each epoch. Is it not trained on?"
            ),
            Mistake(300, "You trained on all 295 people. How many are set aside first?"),
            Mistake(8, "That is one epoch. How many are there?"),
            Mistake(60, "You trained on the 59 that are set aside. Which ones are left?"),
        ],
    ),
    Exercise(
        "10-count",
        answer=Integer(50_826),
        because="16,640 + 32,896 + 1,290. Dropout has no parameters.",
        mistakes=[
            Mistake(50_432, "You counted the weights. Every unit has a bias, too."),
            Mistake(235_146, "That is for images of 28 × 28. How many pixels have these?"),
            Mistake(24_870, "Dropout took away units. Are they gone for good?"),
            Mistake(50_828, "You gave dropout a parameter each. What would it learn?"),
        ],
    ),
    Exercise(
        "10-recall",
        answer=Parts(Number(0.75, atol=0.005), Number(0.6, atol=0.005)),
        because="30 of 40 cats were found, and 30 of 50 answers “cat” were right.",
        mistakes=[
            Mistake((0.6, 0.75), "You swapped them. Which one is about all true cats?"),
            Mistake(
                (0.85, 0.85), "That is the accuracy. Look at the row and the column of cat only."
            ),
            Mistake((0.875, 0.93), "Those are the numbers of dog. Where does cat stand?"),
            Mistake((0.15, 0.15), "You divided by all 200. What is the total of the row?"),
        ],
    ),
    Exercise(
        "10-soft",
        answer=Function(
            _soft,
            cases=[
                (np.array([3.0, -3.0, 0.5, -0.5, 0.0]), 1.0),
                (np.array([[2.0, -0.1], [-7.0, 4.0]]), 4.0),
                (np.array([1.5]), 0.0),
            ],
        ),
        because="The size shrinks by α and stops at 0; the sign is put back.",
        mistakes=[
            Mistake(_soft_without_floor, "A small element changes its sign. Where should it stop?"),
            Mistake(_soft_without_sign, "Negative elements come out positive. What is missing?"),
            Mistake(_hard, "Large elements stay as they are. By how much do they move?"),
            Mistake(_soft_one_side, "All negative elements become 0. Towards what do they move?"),
        ],
    ),
    Exercise(
        "10-which-leak",
        answer=Choice({"b", "c", "e"}, of="abcde"),
        because="Each of the three computes something from test rows that later has a say.",
        mistakes=[
            Mistake(
                {"a", "b", "c", "e"}, "A logarithm looks at one value. Which other row matters?"
            ),
            Mistake({"b", "c"}, "Two of three. Who decides in e when training ends?"),
            Mistake({"b"}, "That is the worst one. Which others compute from test rows?"),
            Mistake({"b", "e"}, "Two of three. Whose values are in the mean of a column?"),
            Mistake({"b", "c", "d", "e"}, "Test rows must be scaled as well. With whose numbers?"),
        ],
    ),
    Exercise(
        "10-half-width",
        answer=Number(2 * math.sqrt(0.95 * 0.05 / 400), atol=0.0006),
        because="√(0.0475/400) = 0.0109, and twice that is 0.022.",
        mistakes=[
            Mistake(0.0109, "That is one standard error. The interval takes two."),
            Mistake(0.436, "You forgot to divide by the number of images under the root."),
            Mistake(0.00024, "The root is missing. Over what does it go?"),
            Mistake(
                0.0487, "You put p alone under the root. What is the variance of a yes/no value?"
            ),
        ],
    ),
    Exercise(
        "10-corrected",
        answer=Function(
            _half_width,
            cases=[
                (np.array([1.0, 2.0, 4.0]), 200, 100, 4.3),
                (np.array([0.5, -0.5, 0.1, 0.3]), 295, 147, 3.18),
            ],
            rtol=1e-4,
        ),
        because="The ratio stays however many splits are made, as the people remain the same.",
        mistakes=[
            Mistake(
                _half_width_usual, "Yours shrinks to 0 with more splits. Which term is missing?"
            ),
            Mistake(_half_width_upside_down, "Your ratio is upside down. What is small in it?"),
            Mistake(_half_width_divides_by_count, "Your deviation divides by J. Which `ddof`?"),
            Mistake(_half_width_squared, "That is in squared units. Where do the roots belong?"),
        ],
    ),
    Exercise(
        "10-kfold",
        answer=Function(_fold, cases=[(6, 3, 0), (6, 3, 2), (10, 4, 0), (10, 4, 1), (10, 4, 3)]),
        because="Every row is in exactly one fold, and sizes differ by one at most.",
        mistakes=[
            Mistake(_fold_that_forgets_the_rest, "Of 10 rows in 4 folds two are in none. Which?"),
            Mistake(
                _fold_with_the_rest_at_the_end, "Your last fold is too long. Who takes the rest?"
            ),
            Mistake(_fold_complement, "Those are the rows to train on. Which are left out?"),
            Mistake(_every_kth, "You deal like cards. The rows of a fold should be neighbours."),
        ],
    ),
    Exercise(
        "10-macro",
        answer=Function(
            _recalls,
            cases=[
                (np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 2, 2]), 3),
                (np.array([3, 3, 0]), np.array([3, 1, 0]), 5),
            ],
        ),
        because="The diagonal of the confusion matrix, divided by the sums of its rows.",
        mistakes=[
            Mistake(_precisions, "That is the precision. Divide by how often a class is *true*."),
            Mistake(_counts, "Those are counts. Out of how many?"),
            Mistake(_shares_of_all, "You divided by all samples. How many has the class?"),
        ],
    ),
    Exercise(
        "10-abstain",
        answer=Function(
            _with_doubt,
            cases=[
                (_PROBABILITIES, _TRUTH, 0.0),
                (_PROBABILITIES, _TRUTH, 0.5),
                (_PROBABILITIES, _TRUTH, 0.75),
            ],
        ),
        because="Accuracy counts the answered samples only; the share says what that costs.",
        mistakes=[
            Mistake(
                _with_doubt_over_all, "Your accuracy counts silence as a mistake. Out of which?"
            ),
            Mistake(_with_doubt_inverted, "You swapped the two numbers. Which comes first?"),
            Mistake(_with_doubt_counting, "The first number is a count. Which share is it?"),
            Mistake(
                _with_doubt_of_the_truth, "In use nobody knows the truth. Of which is it sure?"
            ),
        ],
    ),
    Exercise(
        "10-infer",
        answer=Function(
            _sizes,
            cases=[
                (_state(784, 256, 128, 10),),
                (_state(19, 50, 1),),
                (_state(64, 10),),
            ],
        ),
        because="A weight is (out, in): the first one gives the inputs, each gives its outputs.",
        mistakes=[
            Mistake(
                _sizes_without_inputs, "The number of inputs is missing. Which shape holds it?"
            ),
            Mistake(_sizes_transposed, "You read (in, out). Which comes first in a weight?"),
            Mistake(_sizes_with_biases, "Some sizes appear twice. Are biases layers?"),
            Mistake(
                _sizes_with_repeats, "Hidden sizes appear twice. What has one layer's out to do?"
            ),
        ],
    ),
]
