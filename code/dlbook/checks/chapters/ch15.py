"""Self-checks of chapter 15, text to vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.checks import Array, Choice, Exercise, Function, Integer, Mistake, Number

Values = np.ndarray[Any, Any]


def _count(numbers: Sequence[int], size: int) -> Values:
    return np.bincount(np.asarray(numbers, dtype=np.int64), minlength=size).astype(float)


def _multi_hot(numbers: Sequence[int], size: int) -> Values:
    return np.minimum(_count(numbers, size), 1)


def _one_hot(numbers: Sequence[int], size: int) -> Values:
    return np.eye(size)[np.asarray(numbers, dtype=np.int64)]


def _shares(numbers: Sequence[int], size: int) -> Values:
    return _count(numbers, size) / len(numbers)


def _decompose(syllable: str) -> Values:
    rest, last = divmod(ord(syllable) - 44032, 28)
    first, vowel = divmod(rest, 21)
    return np.array([first, vowel, last])


def _without_offset(syllable: str) -> Values:
    rest, last = divmod(ord(syllable), 28)
    first, vowel = divmod(rest, 21)
    return np.array([first, vowel, last])


def _backwards(syllable: str) -> Values:
    return _decompose(syllable)[::-1]


def _divisors_swapped(syllable: str) -> Values:
    rest, last = divmod(ord(syllable) - 44032, 21)
    first, vowel = divmod(rest, 28)
    return np.array([first, vowel, last])


def _no_collision(n: int, m: int) -> float:
    return float(np.prod([(m - taken) / m for taken in range(n)]))


def _some_collision(n: int, m: int) -> float:
    return 1 - _no_collision(n, m)


def _one_token_alone(n: int, m: int) -> float:
    return float((1 - 1 / m) ** (n - 1))


def _one_too_many(n: int, m: int) -> float:
    return _no_collision(n + 1, m)


EXERCISES = [
    Exercise(
        "15-runs",
        answer=Integer(27),
        because="A run can start at any character but the last three: 30 − 4 + 1.",
        mistakes=[
            Mistake(26, "You subtracted 4. At which character does the last run start?"),
            Mistake(7, "You cut the text into pieces. Do runs overlap?"),
            Mistake(30, "A run of four cannot start at the last character, can it?"),
            Mistake(120, "That is how many characters all runs hold. How many *runs* are there?"),
        ],
    ),
    Exercise(
        "15-bytes",
        answer=Integer(2_000_000),
        because="100 rows of 5,000 numbers of four bytes, of which 100 are not 0.",
        mistakes=[
            Mistake(500_000, "That is how many numbers there are. How many bytes has each?"),
            Mistake(20_000, "That is the bag of words, a single row. How many tokens are there?"),
            Mistake(400, "These are token numbers. How long is the vector of one token?"),
            Mistake(4_000_000, "That would be eight bytes a number. How many are meant?"),
        ],
    ),
    Exercise(
        "15-encode",
        answer=Array([2, 5, 4, 2, 1]),
        because="Number 0 is padding, and the cat, which is not listed, gets number 1.",
        mistakes=[
            Mistake([3, 6, 5, 3, 2], "You counted from 1. Which number has `<pad>`?"),
            Mistake(
                [2, 5, 4, 2, 0], "Padding stands for no word. Which entry is for unknown ones?"
            ),
            Mistake([2, 5, 4, 2], "You left a word out. What becomes of an unknown one?"),
            Mistake(
                [0, 3, 2, 0, 1], "You did not count the special entries. Do they have numbers?"
            ),
        ],
    ),
    Exercise(
        "15-pad",
        answer=Array([[0, 7, 8], [4, 5, 6]]),
        because="Zeros go in front, and what is too much is cut off in front.",
        mistakes=[
            Mistake([[7, 8, 0], [3, 4, 5]], "You did both at the end. Which side is asked for?"),
            Mistake([[0, 7, 8], [3, 4, 5]], "Filled in front, but cut at the end. Where to cut?"),
            Mistake([[7, 8, 0], [4, 5, 6]], "Cut in front, but filled at the end. Where to fill?"),
        ],
    ),
    Exercise(
        "15-weigh",
        answer=Number(3 * (1 + math.log(2)), atol=0.005),
        because="The factor is 1 + ln(10/5) = 1.693, and the token counts three times.",
        mistakes=[
            Mistake(1 + math.log(2), "That is the factor for one. How often does it occur?"),
            Mistake(3 * math.log(2), "Something is added to the logarithm. What is it?"),
            Mistake(
                3 * (1 + math.log(9 / 4)), "Both numbers under the logarithm are raised by 1. Why?"
            ),
            Mistake(
                3 * (1 + math.log10(2)), "The logarithm is the natural one. Did you take another?"
            ),
        ],
    ),
    Exercise(
        "15-count",
        answer=Function(_count, cases=[([2, 5, 4, 2, 3], 7), ([0, 0, 1], 3), ([1], 4)]),
        because="Each token adds 1 to its own place, so the entries add up to the length.",
        mistakes=[
            Mistake(_multi_hot, "You say whether a token occurs. How often does it?"),
            Mistake(_one_hot, "That is one row for each token. What is done with the rows?"),
            Mistake(_shares, "You divided by the length. Are counts asked for, or shares?"),
        ],
    ),
    Exercise(
        "15-room",
        answer=Number(250_000, rtol=0.03),
        because="For small shares p ≈ n/m, so m ≈ 5,000 / 0.02.",
        mistakes=[
            Mistake(5_000, "With m = n nearly two of three collide. What share is wanted?"),
            Mistake(100, "You multiplied by 0.02. Must m be larger or smaller than n?"),
            Mistake(10_000, "Twice as many leave 39 % colliding. Solve n/m = 0.02 for m."),
            Mistake(2_500, "You divided by 2. How is 2 % written as a number?"),
        ],
    ),
    Exercise(
        "15-twins",
        answer=Choice({"p", "s"}, of="pqrs"),
        because="Both consist of ab, ac, ba and ca, and one of them has not even the same words.",
        mistakes=[
            Mistake({"p"}, "There is one more. Need the *words* be the same for equal pairs?"),
            Mistake({"p", "q", "r"}, "These have the same *words*. Look at the pairs."),
            Mistake({"s"}, "There is one more. Did you list the pairs of each line?"),
            Mistake({"p", "q"}, "One of them has the pair *a a*. Does the original?"),
        ],
    ),
    Exercise(
        "15-decompose",
        answer=Function(_decompose, cases=[("학",), ("교",), ("가",), ("힣",), ("닭",)]),
        because="Dividing by 28 splits off the last consonant, dividing by 21 the vowel.",
        mistakes=[
            Mistake(_without_offset, "The first syllable has number 44032. Did you subtract it?"),
            Mistake(_backwards, "All three are there. In which order are they asked for?"),
            Mistake(_divisors_swapped, "Which is innermost in the formula, the 21 or the 28?"),
        ],
    ),
    Exercise(
        "15-birthday",
        answer=Function(_no_collision, cases=[(23, 365), (3, 4), (1, 10), (5, 4)]),
        because="Each token finds one free bucket fewer than the one before it.",
        mistakes=[
            Mistake(_some_collision, "That is the probability of a collision. Which is asked for?"),
            Mistake(_one_token_alone, "That is for one token alone. What about all the others?"),
            Mistake(_one_too_many, "How many buckets are taken when the *last* token comes?"),
        ],
    ),
]
