"""Self-checks of chapter 14, seeing what a convnet sees."""

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
    Shape,
)


def _step(x: Any, g: Any, rate: float) -> Any:
    return np.clip(x + rate * g / np.sqrt(np.mean(g**2)), 0, 1)


def _step_down(x: Any, g: Any, rate: float) -> Any:
    return np.clip(x - rate * g / np.sqrt(np.mean(g**2)), 0, 1)


def _step_raw(x: Any, g: Any, rate: float) -> Any:
    return np.clip(x + rate * g, 0, 1)


def _step_length(x: Any, g: Any, rate: float) -> Any:
    return np.clip(x + rate * g / np.linalg.norm(g), 0, 1)


def _step_free(x: Any, g: Any, rate: float) -> Any:
    return x + rate * g / np.sqrt(np.mean(g**2))


def _grad_cam(maps: Any, gradients: Any) -> Any:
    return np.maximum(np.einsum("k,kij->ij", gradients.mean(axis=(1, 2)), maps), 0)


def _grad_cam_signed(maps: Any, gradients: Any) -> Any:
    return np.einsum("k,kij->ij", gradients.mean(axis=(1, 2)), maps)


def _grad_cam_each_place(maps: Any, gradients: Any) -> Any:
    return np.maximum((gradients * maps).sum(axis=0), 0)


def _grad_cam_relu_first(maps: Any, gradients: Any) -> Any:
    weights = np.maximum(gradients.mean(axis=(1, 2)), 0)
    return np.einsum("k,kij->ij", weights, maps)


def _grad_cam_sum(maps: Any, gradients: Any) -> Any:
    return np.maximum(np.einsum("k,kij->ij", gradients.sum(axis=(1, 2)), maps), 0)


def _pointing(maps: Any, boxes: Any) -> float:
    rows, columns = np.divmod(maps.reshape(len(maps), -1).argmax(axis=1), maps.shape[2])
    top, left, bottom, right = boxes.T
    return float(((top <= rows) & (rows < bottom) & (left <= columns) & (columns < right)).mean())


def _pointing_closed(maps: Any, boxes: Any) -> float:
    return _pointing(maps, boxes + np.array([0, 0, 1, 1]))


def _pointing_swapped(maps: Any, boxes: Any) -> float:
    return _pointing(maps, boxes[:, [1, 0, 3, 2]])


def _pointing_lowest(maps: Any, boxes: Any) -> float:
    return _pointing(-maps, boxes)


def _occlusion(score: Any, image: Any, size: int) -> Any:
    before = score(image)
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for i in range(falls.shape[0]):
        for j in range(falls.shape[1]):
            covered = image.copy()
            covered[i * size : (i + 1) * size, j * size : (j + 1) * size] = image.mean()
            falls[i, j] = before - score(covered)
    return falls


def _occlusion_rise(score: Any, image: Any, size: int) -> Any:
    return -_occlusion(score, image, size)


def _occlusion_after(score: Any, image: Any, size: int) -> Any:
    return score(image) - _occlusion(score, image, size)


def _occlusion_black(score: Any, image: Any, size: int) -> Any:
    falls = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for i in range(falls.shape[0]):
        for j in range(falls.shape[1]):
            covered = image.copy()
            covered[i * size : (i + 1) * size, j * size : (j + 1) * size] = 0
            falls[i, j] = score(image) - score(covered)
    return falls


def _spearman(first: Any, second: Any) -> float:
    one, two = (np.argsort(np.argsort(np.ravel(m))).astype(float) for m in (first, second))
    return float(np.corrcoef(one, two)[0, 1])


def _pearson(first: Any, second: Any) -> float:
    return float(np.corrcoef(np.ravel(first), np.ravel(second))[0, 1])


def _sorted_once(first: Any, second: Any) -> float:
    one, two = (np.argsort(np.ravel(m)).astype(float) for m in (first, second))
    return float(np.corrcoef(one, two)[0, 1])


def _covariance(first: Any, second: Any) -> float:
    one, two = (np.argsort(np.argsort(np.ravel(m))).astype(float) for m in (first, second))
    return float(np.mean((one - one.mean()) * (two - two.mean())))


def _squares(image: Any) -> float:
    return float((image**2).sum())


def _upper_left(image: Any) -> float:
    return float(3 * image[0, 0] - 2 * image[-1, -1])


_random = np.random.default_rng(14)
_MAPS = np.abs(_random.normal(size=(5, 3, 4)))
_GRADIENTS = _random.normal(size=(5, 3, 4))
_HEAT = np.zeros((4, 5, 6))
for _number, (_row, _column) in enumerate([(1, 4), (2, 2), (4, 5), (0, 0)]):
    _HEAT[_number, _row, _column] = 1.0
    _HEAT[_number, 2, 3] -= 1.0
_BOXES = np.array([[0, 3, 2, 5], [1, 1, 2, 5], [4, 3, 5, 6], [1, 1, 3, 4]])

EXERCISES = [
    Exercise(
        "14-cam-map",
        answer=Array([[6.0, 1.0], [-3.0, 1.0]]),
        because="Each place gets 3 times its first channel minus its second.",
        mistakes=[
            Mistake(
                [[6.0, 1.0], [0.0, 1.0]],
                "You cut off what is negative. Does a class activation map do that?",
            ),
            Mistake([[2.0, 3.0], [3.0, 3.0]], "You added the channels. Where are the weights?"),
            Mistake([[6.0, 5.0], [3.0, 5.0]], "Check the sign of the second weight."),
        ],
    ),
    Exercise(
        "14-logit",
        answer=Number(1.75, atol=0.005),
        because="The mean of the map is 5/4, and the bias 0.5 comes on top.",
        mistakes=[
            Mistake(5.5, "You added up the places. What does global average pooling do?"),
            Mistake(1.25, "One number is still missing. What does the dense layer add?"),
            Mistake(2.5, "Did you drop the negative place? The logit counts it."),
        ],
    ),
    Exercise(
        "14-chance",
        answer=Number(104 / 1024, atol=0.0005),
        because="The mean area is (64 + 144 + 96 + 112)/4 = 104 of 1,024 pixels.",
        mistakes=[
            Mistake(104, "That is the mean area in pixels. What share of the picture is it?"),
            Mistake(0.40625, "You added the four shares. What would the mean be?"),
            Mistake(3.25, "You divided by the side of the picture. What is its area?"),
        ],
    ),
    Exercise(
        "14-sizes",
        answer=Parts(Shape((64, 16, 24)), Integer(16)),
        because="Two poolings divide both sides by 4, so a cell stands for 4 by 4 pixels.",
        mistakes=[
            Mistake(
                ((64, 64, 96), 16), "The convolutions keep the size. What do the two poolings do?"
            ),
            Mistake(((64, 16, 24), 4), "Four pixels along one axis. How many in the patch?"),
            Mistake(((64, 8, 12), 64), "How many poolings stand before the last stage?"),
        ],
    ),
    Exercise(
        "14-step",
        answer=Function(
            _step,
            cases=[
                (np.array([[0.5, 0.4], [0.6, 0.5]]), np.array([[3.0, -4.0], [0.0, 1.0]]), 0.1),
                (np.array([0.95, 0.05, 0.5]), np.array([1.0, -2.0, 0.5]), 0.2),
            ],
        ),
        because="Uphill means plus, and the root mean square makes the step independent of scale.",
        mistakes=[
            Mistake(_step_down, "The score falls. In which direction does an ascent go?"),
            Mistake(_step_raw, "The gradient still has its own size. Divide it by what?"),
            Mistake(
                _step_length, "You divided by the length. How is the root mean square defined?"
            ),
            Mistake(_step_free, "Some pixels leave the range from 0 to 1. What is still to do?"),
        ],
    ),
    Exercise(
        "14-grad-cam",
        answer=Function(_grad_cam, cases=[(_MAPS, _GRADIENTS), (_MAPS[:2], -_GRADIENTS[:2])]),
        because="One weight per channel, the mean of its gradient; the ReLU comes at the very end.",
        mistakes=[
            Mistake(_grad_cam_signed, "There are negative places left. What is the last step?"),
            Mistake(
                _grad_cam_each_place,
                "You multiplied place by place. How many weights has a channel?",
            ),
            Mistake(
                _grad_cam_relu_first,
                "You dropped the negative weights. Where does the ReLU stand in the formula?",
            ),
            Mistake(_grad_cam_sum, "The weights are too large. Sum or mean over the places?"),
        ],
    ),
    Exercise(
        "14-pointing",
        answer=Function(_pointing, cases=[(_HEAT, _BOXES), (_HEAT[:2], _BOXES[:2])]),
        because="Bottom and right are just outside the box, so they are compared with <.",
        mistakes=[
            Mistake(
                _pointing_closed, "A hit too many. Do the bottom row and right column belong to it?"
            ),
            Mistake(
                _pointing_swapped, "Rows and columns are mixed up. Which comes first in a box?"
            ),
            Mistake(_pointing_lowest, "You looked at the lowest value. Which one points?"),
        ],
    ),
    Exercise(
        "14-which",
        answer=Choice({"b", "d"}, of="abcde"),
        because="Only b and d follow from a comparison or an intervention.",
        mistakes=[
            Mistake({"b", "c", "d"}, "A map can look sharp for a reason other than knowledge: c?"),
            Mistake(
                {"a", "b", "d"}, "Is a hit in the box a statement about the cause? Look at a again."
            ),
            Mistake({"b"}, "One more is supported. Which of them changed the picture?"),
            Mistake({"d"}, "One more is supported. Which of them compares with a control?"),
        ],
    ),
    Exercise(
        "14-occlusion",
        answer=Function(
            _occlusion,
            cases=[
                (_squares, _random.random((4, 6)), 2),
                (_upper_left, _random.random((6, 6)), 3),
            ],
        ),
        because="Each cell is the score before minus the score after: what that place was worth.",
        mistakes=[
            Mistake(_occlusion_rise, "The signs are turned. Which score do you subtract?"),
            Mistake(_occlusion_after, "These are the scores after covering. What is the fall?"),
            Mistake(_occlusion_black, "You covered with black. What colour is asked for?"),
        ],
    ),
    Exercise(
        "14-spearman",
        answer=Function(
            _spearman,
            cases=[
                (_random.normal(size=(4, 5)), _random.normal(size=(4, 5))),
                (np.arange(9.0).reshape(3, 3), np.exp(np.arange(9.0)).reshape(3, 3)),
                (np.array([[4.0, 1.0], [3.0, 2.0]]), np.array([[0.1, 0.9], [0.3, 0.2]])),
            ],
        ),
        because="Ranks are all that counts, so any increasing rescaling of a map leaves it at 1.",
        mistakes=[
            Mistake(_pearson, "You correlated the values. What should be correlated instead?"),
            Mistake(
                _sorted_once,
                "`argsort` once gives which cell comes first, not the rank of a cell. Apply it to?",
            ),
            Mistake(_covariance, "It is not between -1 and 1. What does a correlation divide by?"),
        ],
    ),
]
