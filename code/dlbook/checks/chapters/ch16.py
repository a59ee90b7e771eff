"""Self-checks of chapter 16, word embeddings."""

from __future__ import annotations

import math
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
    Text,
)

Values = np.ndarray[Any, Any]


def _gradient(
    centre: Values,
    neighbour: Values,
    negatives: Values,
    *,
    truth: float = 1.0,
    sign: float = 1.0,
    of_negatives: float = 1.0,
) -> Values:
    """Return dL/dv of a row of skip-gram; the options are ways to get it wrong."""
    true = 1 / (1 + np.exp(-(centre @ neighbour)))
    drawn = 1 / (1 + np.exp(-(negatives @ centre)))
    result: Values = sign * ((true - truth) * neighbour + of_negatives * (drawn @ negatives))
    return result


def _right(centre: Values, neighbour: Values, negatives: Values) -> Values:
    return _gradient(centre, neighbour, negatives)


def _without_truth(centre: Values, neighbour: Values, negatives: Values) -> Values:
    return _gradient(centre, neighbour, negatives, truth=0.0)


def _downhill(centre: Values, neighbour: Values, negatives: Values) -> Values:
    return _gradient(centre, neighbour, negatives, sign=-1.0)


def _mean_of_negatives(centre: Values, neighbour: Values, negatives: Values) -> Values:
    return _gradient(centre, neighbour, negatives, of_negatives=1 / len(negatives))


def _towards_negatives(centre: Values, neighbour: Values, negatives: Values) -> Values:
    return _gradient(centre, neighbour, negatives, of_negatives=-1.0)


EXERCISES = [
    Exercise(
        "16-parameters",
        answer=Integer(2_010_002),
        because="The table has 20,000 · 100 numbers, the dense layer 5,000 · 2 and 2 biases.",
        mistakes=[
            Mistake(2_000_202, "That is for averaged vectors. How long are 50 vectors end to end?"),
            Mistake(2_010_000, "The dense layer has biases. Did you count them?"),
            Mistake(10_002, "You counted the dense layer alone. Where are the word vectors kept?"),
            Mistake(15_002, "The table has a row for each word of the vocabulary, not of a text."),
        ],
    ),
    Exercise(
        "16-cosine",
        answer=Number(8 / 9, atol=0.005),
        because="The inner product is 8 and both lengths are 3, so the cosine is 8/9.",
        mistakes=[
            Mistake(8, "That is the inner product. What do you divide it by?"),
            Mistake(8 / 3, "Divide by both lengths, not by one of them."),
            Mistake(math.sqrt(2), "That is the distance. Take the angle instead."),
            Mistake(8 / 81, "You divided by the squares of the lengths. Take the roots first."),
        ],
    ),
    Exercise(
        "16-pairs",
        answer=Integer(18),
        because="There are 5 places at distance 1 and 4 at distance 2, and each gives two pairs.",
        mistakes=[
            Mistake(9, "Each two neighbours give two pairs: either one can be the centre."),
            Mistake(24, "Words at the ends have fewer neighbours. Count them one by one."),
            Mistake(10, "These are the pairs at distance 1. How far does the window reach?"),
            Mistake(30, "That takes every word with every other. How far does the window reach?"),
        ],
    ),
    Exercise(
        "16-rows",
        answer=Array([3.0, 1.0]),
        because="The row was used twice, so it gets the sum (1, 0) + (2, 1).",
        mistakes=[
            Mistake([2.0, 1.0], "The second use must not overwrite the first. What do they do?"),
            Mistake([1.0, 0.0], "That is the first use alone. Word 4 was looked up once more."),
            Mistake([1.5, 0.5], "Gradients over several paths are not averaged. What are they?"),
            Mistake([3.0, 4.0], "One of these gradients belongs to word 1. Leave it out."),
        ],
    ),
    Exercise(
        "16-ppmi",
        answer=Array([[math.log(1.6), 0.0], [0.0, math.log(2)]], atol=0.006),
        because="The ratios to chance are 1.6, 0, 0.4 and 2; only two of them are above 1.",
        mistakes=[
            Mistake(
                [[math.log2(1.6), 0.0], [0.0, 1.0]],
                "These are logarithms to base 2. Take natural ones.",
            ),
            Mistake(
                [[math.log(1.6), 0.0], [math.log(0.4), math.log(2)]],
                "One entry is negative. What does the first P of PPMI stand for?",
            ),
            Mistake([[1.6, 0.0], [0.4, 2.0]], "These are the ratios. Take their logarithms."),
        ],
    ),
    Exercise(
        "16-power",
        answer=Number(27 / 35, atol=0.005),
        because="The powers are 27 and 8: the share of the frequent word falls from 0.84 to 0.77.",
        mistakes=[
            Mistake(
                81 / 97, "That is its share of the text. Raise both counts to the power first."
            ),
            Mistake(9 / 13, "You took square roots. The power is 3/4."),
            Mistake(3 / 5, "You took fourth roots. What is the third power of each?"),
            Mistake(8 / 35, "That is the probability of the rare word. Which one was asked for?"),
        ],
    ),
    Exercise(
        "16-gradient",
        answer=Function(
            _right,
            cases=[
                (np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([[-1.0, 0.0]])),
                (
                    np.array([0.5, -1.0, 0.25]),
                    np.array([1.0, 0.0, 2.0]),
                    np.array([[0.5, 1.0, -1.0], [2.0, -0.5, 0.0]]),
                ),
            ],
            rtol=1e-5,
        ),
        because="Each logit adds its probability minus the truth, times the other vector.",
        mistakes=[
            Mistake(
                _without_truth, "The true neighbour has the label 1. Where do you subtract it?"
            ),
            Mistake(_downhill, "The sign is that of the step downhill. Return the gradient."),
            Mistake(_mean_of_negatives, "The loss sums over the negatives. Do you average them?"),
            Mistake(_towards_negatives, "Which way should the centre move from drawn words?"),
        ],
    ),
    Exercise(
        "16-actress",
        answer=Text("actress"),
        because="The step from boy to girl, taken from actor, ends nearest to actress.",
        mistakes=[
            Mistake("actor", "That is c, a word of the question. Did you set exclude to False?"),
            Mistake("girl", "That is b, a word of the question. Did you set exclude to False?"),
            Mistake("boy", "That is a. Which argument comes first?"),
        ],
    ),
    Exercise(
        "16-logit",
        answer=Number(math.log(2), atol=0.005),
        because="PMI is ln 10, and five drawn pairs for each true one shift it down by ln 5.",
        mistakes=[
            Mistake(math.log(10), "That is PMI. What do the five negatives change?"),
            Mistake(
                math.log(50), "More negatives make a true pair less likely. Which way is the shift?"
            ),
            Mistake(2, "That is the ratio of true to drawn pairs. What is its logit?"),
            Mistake(1, "That is a logarithm to base 2. Take the natural one."),
        ],
    ),
    Exercise(
        "16-weight",
        answer=Number(8, rtol=1e-3),
        because="The weight grows with the power 3/4, and 16 to that power is 8.",
        mistakes=[
            Mistake(16, "That would be a weight in proportion to the count. What is the power?"),
            Mistake(4, "You took the square root. The power is 3/4."),
            Mistake(2, "You took the fourth root. What is its third power?"),
            Mistake(1, "Both counts are below the limit, so the weights differ. By what power?"),
        ],
    ),
    Exercise(
        "16-bigrams",
        answer=Choice({"a", "c"}, of="abc"),
        because="In a the negation has another partner, in c the comma; in b nothing differs.",
        mistakes=[
            Mistake({"a"}, "Look at the comma and the full stop in c. What stands before them?"),
            Mistake({"a", "b", "c"}, "Write down the pairs in b. Which one does the twin lack?"),
            Mistake({"a", "b"}, "In b, what stands beside false and true, in both reviews?"),
            Mistake({"c"}, "In a, which word follows the negation, and which in the twin?"),
        ],
    ),
]
