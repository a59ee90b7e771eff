"""Self-checks of chapter 13, transfer learning."""

from typing import Any

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Number

_SCALE, _MEAN = np.array([0.229, 0.224, 0.225]), np.array([0.485, 0.456, 0.406])
_BGR = np.array([103.939, 116.779, 123.68])


def _ratio(base: float, head: float, epochs: int) -> float:
    return epochs * (base + head) / (base + epochs * head)


def _to_keras(image: Any) -> Any:
    return 255 * (image * _SCALE + _MEAN)[..., ::-1] - _BGR


EXERCISES = [
    Exercise(
        "13-head",
        answer=Integer(250_890),
        because="Each of 10 units has 25,088 weights and a bias; the frozen base adds nothing.",
        mistakes=[
            Mistake(250_880, "These are the weights. What else does each unit have?"),
            Mistake(5_130, "That is a head on one mean per channel. How many pixels has a map?"),
            Mistake(138_357_544, "That is all of VGG16. What is trained while the base is frozen?"),
        ],
    ),
    Exercise(
        "13-conv-cost",
        answer=Integer(1_849_688_064),
        because="There are 64·224² outputs, and each is a sum of 64·9 products.",
        mistakes=[
            Mistake(36_864, "These are its weights. At how many places is each of them used?"),
            Mistake(28_901_376, "That is one output channel. How many are there?"),
            Mistake(205_520_896, "How many pixels does the kernel cover at each place?"),
        ],
    ),
    Exercise(
        "13-order",
        answer=Choice("b", of="abcd"),
        because="The step is built after each `compile`, so every change needs another one.",
        mistakes=[
            Mistake("a", "Does the second `fit` know that something was thawed?"),
            Mistake("c", "Nothing was compiled after the thawing. What does `fit` train then?"),
            Mistake("d", "What does the first `fit` do to the base, with a random head above it?"),
        ],
    ),
    Exercise(
        "13-blue",
        answer=Array([151.061, -116.779, -123.68], rtol=1e-4),
        because="Blue comes first, 255 − 103.939; green and red are 0 minus their means.",
        mistakes=[
            Mistake([-123.68, -116.779, 151.061], "In which order does the network see colours?"),
            Mistake([-103.939, -116.779, 131.32], "That is pure red. Which channel is 255 here?"),
            Mistake([255.0, 0.0, 0.0], "The order is right. Now subtract the means."),
        ],
    ),
    Exercise(
        "13-gradient",
        answer=Number(6.0),
        because="The error is 6 − 4 = 2, and it reaches the base times φ·x = 3.",
        mistakes=[
            Mistake(4.0, "That is the gradient of φ: error times feature. What stands beside θ?"),
            Mistake(2.0, "That is the error. Through what does it pass on its way to θ?"),
            Mistake(-6.0, "Is the error z − t or t − z?"),
        ],
    ),
    Exercise(
        "13-two-stages",
        answer=Integer(43_210),
        because="Head 4,330, third stage 31,104, second stage 2,592 + 5,184.",
        mistakes=[
            Mistake(35_434, "That is one stage and the head. Add the second stage."),
            Mistake(38_880, "These are the convolutions. What is trained besides them?"),
            Mistake(43_318, "That includes the first stage. How many stages are unfrozen?"),
        ],
    ),
    Exercise(
        "13-ratio",
        answer=Function(
            _ratio, cases=[(682_128, 4_320, 30), (682_128, 4_320, 1), (100, 1, 10), (5.0, 5.0, 4)]
        ),
        because="Way 2 pays for base and head in each epoch, way 1 for the base only once.",
        mistakes=[
            Mistake(lambda base, head, epochs: epochs, "Is the head not trained in way 1, too?"),
            Mistake(
                lambda base, head, epochs: (base + epochs * head) / (epochs * (base + head)),
                "How many times as dear is way 2? Which cost belongs above the line?",
            ),
            Mistake(
                lambda base, head, epochs: epochs * (base + head) / (base + head * 1.0 / epochs),
                "How often does the head run in way 1? Multiply, or divide?",
            ),
        ],
    ),
    Exercise(
        "13-running",
        answer=Number(1 - 0.9**10, atol=0.002),
        because="Each pass leaves 0.9 of the distance to 1, and 0.9¹⁰ is 0.35.",
        mistakes=[
            Mistake(1.0, "Ten steps of 0.1 would get there, but does each step have this size?"),
            Mistake(0.9**10, "That is the distance which is left. Where is the mean?"),
            Mistake(0.1, "That is after the first pass. Go on to the tenth."),
        ],
    ),
    Exercise(
        "13-translate",
        answer=Function(
            _to_keras,
            cases=[
                (np.zeros((1, 1, 3)),),
                (np.arange(12.0).reshape(2, 2, 3) / 6 - 1,),
            ],
        ),
        because="Undo scale and mean, stretch to 255, turn the colours round, subtract the means.",
        mistakes=[
            Mistake(
                lambda image: 255 * (image * _SCALE + _MEAN) - _BGR[::-1],
                "The values are right, but in which order does Keras' network see the colours?",
            ),
            Mistake(
                lambda image: (image * _SCALE + _MEAN)[..., ::-1] - _BGR,
                "These values run from 0 to 1. What range do the means belong to?",
            ),
            Mistake(
                lambda image: 255 * (image + _MEAN)[..., ::-1] - _BGR,
                "torchvision has also divided. How do you undo that?",
            ),
        ],
    ),
]
