"""Self-checks of chapter 11, convolution."""

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
    Parts,
    Predicate,
    Shape,
)
from dlbook.checks.reading import UnreadableError, read_array


def _output_size(n: int, k: int, padding: int = 0, stride: int = 1, dilation: int = 1) -> int:
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1


def _size_without_rim(n: int, k: int, padding: int = 0, stride: int = 1, dilation: int = 1) -> int:
    return (n + 2 * padding - dilation * (k - 1) - 1) // stride


def _size_one_side(n: int, k: int, padding: int = 0, stride: int = 1, dilation: int = 1) -> int:
    return (n + padding - dilation * (k - 1) - 1) // stride + 1


def _size_as_fraction(
    n: int, k: int, padding: int = 0, stride: int = 1, dilation: int = 1
) -> float:
    return (n + 2 * padding - dilation * (k - 1) - 1) / stride + 1


def _size_wide(n: int, k: int, padding: int = 0, stride: int = 1, dilation: int = 1) -> int:
    return (n + 2 * padding - dilation * k) // stride + 1


def _conv1d(x: Any, w: Any, stride: int = 1) -> Any:
    windows = np.lib.stride_tricks.sliding_window_view(x, len(w))[::stride]
    return windows @ w


def _conv1d_flipped(x: Any, w: Any, stride: int = 1) -> Any:
    return _conv1d(x, w[::-1], stride)


def _conv1d_dense(x: Any, w: Any, stride: int = 1) -> Any:
    return _conv1d(x, w)


def _conv1d_full(x: Any, w: Any, stride: int = 1) -> Any:
    return _conv1d(np.pad(x, len(w) - 1), w, stride)


def _matrix(w: Any, n: int) -> Any:
    matrix = np.zeros((n - len(w) + 1, n))
    for row in range(len(matrix)):
        matrix[row, row : row + len(w)] = w
    return matrix


def _matrix_flipped(w: Any, n: int) -> Any:
    return _matrix(w[::-1], n)


def _matrix_transposed(w: Any, n: int) -> Any:
    return _matrix(w, n).T


def _matrix_square(w: Any, n: int) -> Any:
    return np.pad(_matrix(w, n), ((0, len(w) - 1), (0, 0)))


def _kernel_gradient(x: Any, g: Any) -> Any:
    return np.correlate(x, g, mode="valid")


def _gradient_flipped(x: Any, g: Any) -> Any:
    return np.convolve(x, g, mode="valid")


def _gradient_of_the_mean(x: Any, g: Any) -> Any:
    return np.correlate(x, g, mode="valid") / len(g)


def _gradient_backwards(x: Any, g: Any) -> Any:
    return np.correlate(x, g, mode="valid")[::-1]


_DOWNWARDS = np.array([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]])


def _judge_edge(answer: Any) -> str | None:
    """Say what is wrong with a kernel that should find edges from dark above to bright below."""
    kernel = read_array(answer)
    if kernel.shape != (3, 3):
        raise UnreadableError("A 3×3 kernel is asked for: three rows of three numbers.")
    if not np.isfinite(kernel).all():
        raise UnreadableError("Some of your weights are not finite numbers.")
    rows, columns = kernel.sum(axis=1), kernel.sum(axis=0)
    if abs(kernel.sum()) > 1e-9:
        return "On a flat window your kernel does not answer 0. What do its weights add up to?"
    if np.abs(columns).max() > 1e-9:
        return "Your kernel answers to a step from left to right. What does each column add up to?"
    if rows[0] > 0 or rows[2] < 0:
        return "Your kernel is negative where it gets brighter downwards. Which row counts as dark?"
    if rows[0] == 0 or rows[2] == 0:
        return "Where the step lies between two of the rows, your kernel answers 0. Which rows?"
    return None


def _same_as(kernel: Any) -> Predicate:
    """Recognise a kernel that is this one up to a positive factor."""

    def judge(answer: Any) -> str | None:
        given = read_array(answer)
        factor = np.abs(given).max() / np.abs(kernel).max() if given.shape == (3, 3) else np.nan
        return None if np.allclose(given, factor * kernel) else "Another kernel."

    return Predicate(judge, kernel)


EXERCISES = [
    Exercise(
        "11-cell",
        answer=Integer(-5),
        because="Its window holds 0, 1, 4, 2: 0·2 + 1·(−1) + 4·0 + 2·(−2) = −5.",
        mistakes=[
            Mistake(2, "That is the cell (0, 0). Which row comes first in (1, 0)?"),
            Mistake(-7, "That is the cell (0, 1): row 0, column 1. Which one is asked for?"),
            Mistake(-9, "That is the cell (1, 1). How far to the right has the window moved?"),
            Mistake(0, "You flipped the kernel. Do the libraries do so?"),
            Mistake(5, "You lost the signs of the weights. What is 1 times −1?"),
        ],
    ),
    Exercise(
        "11-sizes",
        answer=Parts(Integer(24), Integer(112), Integer(28)),
        because="28 − 5 + 1; ⌊(224 + 6 − 7)/2⌋ + 1; and 32 − 2·2 with a reach of 5 pixels.",
        mistakes=[
            Mistake((23, 112, 28), "In the first a window fits once more. Is there a + 1?"),
            Mistake((24, 111, 28), "In the second a window fits once more. Is there a + 1?"),
            Mistake((24, 113, 28), "In the second you rounded up. What does the formula do?"),
            Mistake((24, 112, 30), "In the third the dilation is missing. How far does it reach?"),
            Mistake((24, 110, 28), "In the second the padding is on both sides. How much in all?"),
        ],
    ),
    Exercise(
        "11-parameters",
        answer=Integer(1216),
        because="16 filters, each with 3·5·5 = 75 weights and a bias.",
        mistakes=[
            Mistake(1200, "Those are the weights. What else has each filter?"),
            Mistake(416, "You counted one channel. How deep is a filter on a colour image?"),
            Mistake(1248, "That is one bias for each channel and filter. How many has a filter?"),
            Mistake(1203, "You counted three biases. To what does a bias belong?"),
            Mistake(76, "That is a single filter. How many are there?"),
            Mistake(1_228_800, "That depends on the size of the image. Do the parameters?"),
        ],
    ),
    Exercise(
        "11-max-pool",
        answer=Array([[5, 2], [0, 7]]),
        because="The largest number of each block: 5, 2, 0 and 7.",
        mistakes=[
            Mistake([[-3, -4], [-6, -2]], "That is min pooling. Which one is asked for?"),
            Mistake([[1, -0.25], [-2.5, 3]], "That is average pooling. Which one is asked for?"),
            Mistake([[5, 2, 2], [1, 3, 4], [0, 3, 7]], "Your windows overlap. What is the stride?"),
            Mistake([[5, -4], [-6, 7]], "You took the largest in absolute value. Is −4 above 2?"),
            Mistake([[5, 0], [2, 7]], "Rows and columns are exchanged. Which block lies right?"),
        ],
    ),
    Exercise(
        "11-output-size",
        answer=Function(
            _output_size,
            cases=[
                (4, 3),
                (4, 3, 1),
                (6, 3, 0, 2),
                (224, 7, 3, 2),
                (32, 3, 0, 1, 2),
                (9, 2, 1, 4, 3),
                (3, 3),
            ],
        ),
        because="The last place is n + 2p − d(k − 1) − 1, and every s-th place from 0 on counts.",
        mistakes=[
            Mistake(_size_without_rim, "The window at place 0 counts as well. What is missing?"),
            Mistake(_size_one_side, "You added the padding on one side. How many sides are there?"),
            Mistake(_size_as_fraction, "That may be a fraction. How do you round down?"),
            Mistake(_size_wide, "A dilated kernel reaches d(k − 1) + 1 pixels. Is that d·k?"),
        ],
    ),
    Exercise(
        "11-edge-kernel",
        answer=Predicate(_judge_edge, example=_DOWNWARDS),
        because="Each column adds up to 0, the top row is negative and the bottom row positive.",
        mistakes=[
            Mistake(
                _same_as(_DOWNWARDS.T),
                "That finds steps from left to right. Did you mix up rows and columns?",
            ),
            Mistake(
                _same_as(-_DOWNWARDS),
                "That is positive where it gets darker downwards. Which sign has the top row?",
            ),
            Mistake(
                _same_as(np.ones((3, 3))),
                "That adds up brightness. What should a flat window give?",
            ),
        ],
        accepts=[[[-1, -2, -1], [0, 0, 0], [1, 2, 1]], [[0, -1, 0], [0, 0, 0], [0, 1, 0]]],
    ),
    Exercise(
        "11-keras-shape",
        answer=Shape((16, 17, 17, 32)),
        because="With 'same' the size is 33/2, rounded up; channels come last, one a filter.",
        mistakes=[
            Mistake((16, 32, 17, 17), "That is channels-first. Where has Keras its channels?"),
            Mistake((16, 16, 16, 32), "You rounded down, as without padding. What does same do?"),
            Mistake((16, 17, 17, 3), "Each filter gives one map. How many filters are there?"),
            Mistake((16, 33, 33, 32), "Same keeps the size at stride 1. What is the stride here?"),
            Mistake((17, 17, 32), "The batch axis is missing. How many images were there?"),
        ],
    ),
    Exercise(
        "11-conv1d",
        answer=Function(
            _conv1d,
            cases=[
                (np.array([2.0, 2, 7, 7]), np.array([-1.0, 1])),
                (np.array([1.0, 0, 0, 2, 0, 0]), np.array([1.0, 2, 3])),
                (np.array([1.0, 4, 9, 16, 25, 36]), np.array([1.0, -2]), 2),
                (np.array([1.0, 4, 9, 16, 25, 36]), np.array([3.0, 1, -2]), 2),
            ],
        ),
        because="A window starts at every stride-th place, as long as the whole kernel fits.",
        mistakes=[
            Mistake(_conv1d_flipped, "You flipped the kernel. Does deep learning flip it?"),
            Mistake(_conv1d_dense, "You do not use `stride`. Where does the next window start?"),
            Mistake(_conv1d_full, "Your windows reach over the edge. Is there padding?"),
        ],
    ),
    Exercise(
        "11-forgiven",
        answer=Choice({"b", "c"}, of="abcd"),
        because="In b and c the maxima stay within their pairs; in a and d one crosses over.",
        mistakes=[
            Mistake({"b"}, "One more is unchanged. Does a 5 hide what happens beside it?"),
            Mistake({"c"}, "One more is unchanged. Did you pool all four rows in pairs?"),
            Mistake({"a", "c"}, "In a the 4 leaves its pair. Which pairs are there?"),
            Mistake({"b", "c", "d"}, "In d look at both maxima. Does each stay in its pair?"),
            Mistake({"a", "d"}, "Those are the rows that do change. Which do not?"),
        ],
    ),
    Exercise(
        "11-matrix",
        answer=Function(
            _matrix,
            cases=[
                (np.array([-1.0, 1]), 4),
                (np.array([1.0, 2, 3]), 6),
                (np.array([5.0]), 3),
                (np.array([1.0, 2, 3]), 3),
            ],
        ),
        because="Row i holds the kernel from column i on: each output has its window.",
        mistakes=[
            Mistake(_matrix_flipped, "Your rows hold the kernel backwards. Which weight is first?"),
            Mistake(_matrix_transposed, "Outputs should be rows. Which shape has your matrix?"),
            Mistake(_matrix_square, "You have as many rows as inputs. How many outputs are there?"),
        ],
    ),
    Exercise(
        "11-kernel-gradient",
        answer=Function(
            _kernel_gradient,
            cases=[
                (np.array([2.0, 2, 7, 7]), np.array([1.0, 0, 0])),
                (np.array([1.0, -2, 3, 0, 5]), np.array([0.5, 1, -1, 2])),
                (np.array([1.0, -2, 3, 0, 5, 4]), np.array([2.0, 1, -1])),
            ],
        ),
        because="The weight at place u met x[i + u] at output i: the correlation of x with g.",
        mistakes=[
            Mistake(_gradient_flipped, "There is a flip in it. Which pixel does w[u] meet at i?"),
            Mistake(_gradient_of_the_mean, "You took a mean over the places. Do uses not add?"),
            Mistake(_gradient_backwards, "Your gradient is in reverse. Whose is the first entry?"),
        ],
    ),
    Exercise(
        "11-separable",
        answer=Number(5.5, rtol=1e-3),
        because="121 products for each pixel at once, 11 + 11 one direction after the other.",
        mistakes=[
            Mistake(11, "That is one pass. How many does it take?"),
            Mistake(121, "That is the work at once. How does it compare with two passes?"),
            Mistake(22, "That is the work of two passes. How does it compare with one at once?"),
            Mistake(1, "121 = 11·11, but do two passes multiply their work, or add it?"),
            Mistake(99, "That is the difference. Which ratio is it?"),
        ],
    ),
]
