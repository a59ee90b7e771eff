"""Self-checks of chapter 2, tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Number, Parts, Shape

Floats = np.ndarray[Any, np.dtype[Any]]
Layers = list[tuple[Floats, Floats]]


def _mse(prediction: Any, target: Any) -> float:
    prediction, target = np.asarray(prediction), np.asarray(target)
    if prediction.size != target.size:
        raise ValueError("prediction and target differ in length")
    return float(np.mean((prediction.reshape(-1) - target.reshape(-1)) ** 2))


def _collapse(layers: Layers) -> tuple[Floats, Floats]:
    weight, bias = layers[0]
    for next_weight, next_bias in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias + next_bias
    return weight, bias


def _collapse_with_biases_added(layers: Layers) -> tuple[Floats, Floats]:
    return _collapse(layers)[0], np.sum([bias for _, bias in layers], axis=0)


def _collapse_without_last_biases(layers: Layers) -> tuple[Floats, Floats]:
    weight, bias = layers[0]
    for next_weight, _ in layers[1:]:
        weight, bias = next_weight @ weight, next_weight @ bias
    return weight, bias


def _distances(x: Floats, y: Floats) -> Floats:
    return np.asarray(((x[:, None, :] - y[None, :, :]) ** 2).sum(axis=-1))


_IMAGES = (
    np.arange(2 * 3 * 4 * 3).reshape(2, 3, 4, 3),
    np.arange(1 * 5 * 5 * 3).reshape(1, 5, 5, 3),
)
_PIXELS = (
    np.array([[[0, 51], [102, 204]]], dtype=np.uint8),
    np.array([[[10, 20], [30, 255]]], dtype=np.uint8),
)
_TABLES = (
    np.array([[1.0, 2.0], [5.0, 9.0]]),
    np.array([[1.0, 2.0, 6.0], [0.0, 0.0, 3.0]]),
    np.array([[4.0, 4.0, 1.0], [2.0, 0.0, 1.0], [9.0, 3.0, 3.0]]),
)
_W1, _B1 = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([1.0, -1.0])
_W2, _B2 = np.array([[3.0, 0.0], [1.0, 1.0]]), np.array([0.5, 2.0])
_W3, _B3 = np.array([[0.0, 1.0], [-1.0, 2.0]]), np.array([4.0, 0.0])
_TALL = (np.array([[1.0], [2.0], [3.0]]), np.array([0.0, 1.0, -1.0]))
_WIDE = (np.array([[1.0, 0.0, 2.0]]), np.array([5.0]))

EXERCISES = [
    Exercise(
        "02-rank-of-sentence",
        answer=Integer(2),
        because="One axis counts the 12 words, one the 300 numbers of a word: shape (12, 300).",
        mistakes=[
            Mistake(300, "300 is the dimension of one vector, the length of an axis. How many?"),
            Mistake(12, "12 is the length of one axis. How many axes are there?"),
            Mistake(3600, "3600 is the number of values, the size. How many axes do they have?"),
            Mistake(1, "One word alone would have one axis. What counts the words?"),
            Mistake(3, "A third axis would count sentences, and there is only one. Count again?"),
        ],
    ),
    Exercise(
        "02-nth-batch",
        answer=Parts(Integer(896), Integer(1024)),
        because="Batch n begins at 128·n and ends before 128·(n + 1): 128·7 and 128·8.",
        mistakes=[
            Mistake((7, 135), "Every batch before it took 128 samples, too. How many in all?"),
            Mistake((768, 896), "That is batch 6: the first batch is number 0. Count from there?"),
            Mistake((896, 1023), "The end of a slice is not included. Which sample is lost?"),
            Mistake((897, 1025), "Samples are counted from 0. Where does batch 0 begin?"),
        ],
    ),
    Exercise(
        "02-broadcast-shape",
        answer=Shape((8, 7, 6, 5)),
        because="Aligned at the right: 1 meets 5, 6 meets 1, 1 meets 7, and 8 meets nothing.",
        mistakes=[
            Mistake((8, 7, 6, 1), "The last axes are 1 and 5. Which of the two is stretched?"),
            Mistake((8, 1, 6, 5), "The third axis from the right pairs 1 with 7. What is left?"),
            Mistake((7, 6, 5), "No axis is dropped. What becomes of the 8?"),
            Mistake((7, 1, 5), "That is the second shape itself. What does the 6 do to its 1?"),
            Mistake((56, 6, 5), "Axes are never multiplied. What do 1 and 7 become?"),
        ],
    ),
    Exercise(
        "02-which-fail",
        answer=Choice({"b", "e"}, of="abcdef"),
        because="From the right, 3 meets 4 in b and 28 meets 64 in e: unequal, and neither is 1.",
        mistakes=[
            Mistake({"b", "c", "e"}, "In c, 3 meets 1: what happens to an axis of length 1?"),
            Mistake({"a", "b", "e"}, "In a, the missing axis of (3,) counts as 1. Does it fit?"),
            Mistake({"b"}, "One more fails. Align each pair from the right: which lengths meet?"),
            Mistake({"e"}, "One more fails. Does (4,) line up with rows or with columns?"),
            Mistake({"d", "f"}, "In d and f every pair is equal or holds a 1. Check again?"),
        ],
    ),
    Exercise(
        "02-video-bytes",
        answer=Integer(32 * 300 * 112 * 112 * 3),
        because="32 · 300 · 112 · 112 · 3 values, and uint8 needs one byte for each.",
        mistakes=[
            Mistake(32 * 300 * 112 * 112 * 12, "That is float32. How many bytes has a uint8?"),
            Mistake(32 * 300 * 112 * 112, "That is one channel. How many has a colour image?"),
            Mistake(32 * 30 * 112 * 112 * 3, "That is one second. How many frames has a clip?"),
            Mistake(300 * 112 * 112 * 3, "That is a single clip. How many are in the batch?"),
        ],
    ),
    Exercise(
        "02-channels-first",
        answer=Function(lambda x: np.moveaxis(x, -1, 1), cases=[(x,) for x in _IMAGES]),
        because="The channel axis moves to place 1; height and width keep their order.",
        mistakes=[
            Mistake(
                lambda x: x.reshape(len(x), x.shape[3], x.shape[1], x.shape[2]),
                "The shape is right, the pixels are not: reshape keeps the order in memory. "
                "Which operation reorders axes?",
            ),
            Mistake(
                lambda x: x.transpose(0, 3, 2, 1),
                "Your images lie on their side: height and width are swapped, too. In which "
                "order do the three axes have to stand?",
            ),
            Mistake(
                lambda x: np.moveaxis(x, -1, 0),
                "The first axis has to stay the sample axis. Where does the channel axis go?",
            ),
        ],
    ),
    Exercise(
        "02-scale-images",
        answer=Function(
            lambda x: x.astype(np.float32) / np.float32(255), cases=[(x,) for x in _PIXELS]
        ),
        because="255 is the largest value of uint8, so every batch is scaled by the same number.",
        mistakes=[
            Mistake(
                lambda x: x // 255, "`//` drops all fractions. What is left of a grey pixel, 128?"
            ),
            Mistake(
                lambda x: x / x.max(),
                "The largest value differs between batches, so the same pixel would come out "
                "differently. Which number is the largest a uint8 can hold?",
            ),
            Mistake(
                lambda x: (x - x.min()) / np.ptp(x).astype(float),
                "Shifting by the least value changes dark batches. Which two numbers bound "
                "every uint8?",
            ),
            Mistake(
                lambda x: x / 256, "A white pixel, 255, has to become 1. What do you divide by?"
            ),
        ],
    ),
    Exercise(
        "02-centre-rows",
        answer=Function(lambda x: x - x.mean(axis=1, keepdims=True), cases=[(x,) for x in _TABLES]),
        because="With `keepdims=True` the means have shape (n, 1), and each stays with its row.",
        mistakes=[
            Mistake(
                lambda x: x - x.mean(axis=1),
                "The means have shape (n,), which lines up with the columns. How do you keep "
                "the axis you averaged over?",
            ),
            Mistake(
                lambda x: x - x.mean(axis=0),
                "These are the means of the columns. Along which axis does a row run?",
            ),
            Mistake(
                lambda x: x - x.mean(),
                "This is one mean of all values. How do you get one for each row?",
            ),
        ],
    ),
    Exercise(
        "02-safe-mse",
        answer=Function(
            _mse,
            cases=[
                (np.array([[0.0], [1.0], [2.0]]), np.array([0.0, 1.0, 2.0])),
                (np.array([1.0, 3.0]), np.array([2.0, 5.0])),
                (np.array([[1.0], [3.0]]), np.array([[2.0], [5.0]])),
                (np.array([1.0, 3.0, 4.0]), np.array([2.0])),
            ],
        ),
        because="Both become vectors, and vectors of unequal length are refused, not stretched.",
        mistakes=[
            Mistake(
                lambda prediction, target: np.mean((prediction - target) ** 2),
                "This is the silent bug: (3, 1) and (3,) make a matrix. How do you give both "
                "the same shape first?",
            ),
            Mistake(
                lambda prediction, target: np.mean(
                    (prediction.reshape(-1) - target.reshape(-1)) ** 2
                ),
                "Right for equal lengths, but a single target is stretched over all predictions. "
                "When do you have to raise ValueError?",
            ),
            Mistake(
                lambda prediction, target: np.sum(
                    (prediction.reshape(-1) - target.reshape(-1)) ** 2
                ),
                "This is the sum of the squares. What does the M in MSE stand for?",
            ),
        ],
    ),
    Exercise(
        "02-turn-and-stretch",
        answer=Array([[0.0, 2.0], [-1.0, 0.0]]),
        because="The turn is [[0, 1], [−1, 0]]; the stretch stands on its left: it comes second.",
        mistakes=[
            Mistake(
                [[0.0, 1.0], [-2.0, 0.0]],
                "This stretches first and turns afterwards. Which factor touches x first in "
                "`A @ B @ x`?",
            ),
            Mistake(
                [[0.0, -2.0], [1.0, 0.0]],
                "This turns anticlockwise. Where does a clockwise turn send (1, 0)?",
            ),
            Mistake(
                [[0.0, 1.0], [-1.0, 0.0]],
                "This is the turn alone. What does the stretch do to the first row?",
            ),
            Mistake(
                [[0.0, 2.0], [-2.0, 0.0]],
                "This stretches both directions. Which of the two rows gives the new x?",
            ),
        ],
    ),
    Exercise(
        "02-collapse",
        answer=Function(
            _collapse,
            cases=[
                ([(_W1, _B1), (_W2, _B2)],),
                ([(_W1, _B1), (_W2, _B2), (_W3, _B3)],),
                ([_TALL, _WIDE],),
                ([(_W3, _B3)],),
            ],
        ),
        because="Each layer multiplies what came before from the left, biases included.",
        mistakes=[
            Mistake(
                lambda layers: _collapse(layers[::-1]),
                "The layers are applied in the wrong order. Which matrix has to stand next to x?",
            ),
            Mistake(
                _collapse_with_biases_added,
                "The biases do not simply add. What do later layers do to the first bias?",
            ),
            Mistake(
                _collapse_without_last_biases,
                "The later layers have biases of their own. Where are they added?",
            ),
        ],
    ),
    Exercise(
        "02-pairwise-distances",
        answer=Function(
            _distances,
            cases=[
                (np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0], [0.0, 4.0]])),
                (np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 0.0, 0.0], [4.0, 2.0, 3.0]])),
            ],
        ),
        because="(n, 1, d) minus (1, m, d) is (n, m, d): every pair, with d to sum over.",
        mistakes=[
            Mistake(
                lambda x, y: (x[:, None] - y[None]) ** 2,
                "These are all squared differences, shape (n, m, d). Which axis is summed?",
            ),
            Mistake(
                lambda x, y: np.sqrt(_distances(x, y)),
                "You took the root: the squared distances are asked for. Leave it out?",
            ),
            Mistake(
                lambda x, y: _distances(y, x),
                "Rows and columns are exchanged: rows belong to x. Which gets the new axis 1?",
            ),
            Mistake(
                lambda x, y: ((x - y) ** 2).sum(axis=-1),
                "This pairs row 0 with row 0, row 1 with row 1. How do you get every pair?",
            ),
        ],
    ),
    Exercise(
        "02-bug-optimum",
        answer=Parts(Number(5.0), Number(26 / 3, atol=0.005)),
        because="With one value for all, the loss is Var(t) + (value − mean of t)².",
        mistakes=[
            Mistake(
                (4.0, 26 / 3),
                "4 is the median. Which value makes (p̄ − t̄)² vanish?",
            ),
            Mistake(
                (5.0, 52 / 3),
                "You counted the variance twice: a constant has none of its own. What is left?",
            ),
            Mistake(
                (5.0, 0.0),
                "Zero is the loss of the right formula at the targets. Which spread remains here?",
            ),
            Mistake((5.0, 13.0), "You divided by 2. How many targets are averaged?"),
        ],
    ),
]
