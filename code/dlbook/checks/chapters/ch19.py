"""Self-checks of chapter 19, sequence projects."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.checks import Array, Exercise, Function, Integer, Mistake, Number

Values = np.ndarray[Any, Any]


def _seasonal(values: Values, period: int, horizon: int) -> Values:
    return np.resize(values[-period:], horizon)


def _seasonal_backwards(values: Values, period: int, horizon: int) -> Values:
    return np.resize(values[-period:][::-1], horizon)


def _persistence(values: Values, period: int, horizon: int) -> Values:
    return np.full(horizon, values[-1])


def _first_period(values: Values, period: int, horizon: int) -> Values:
    return np.resize(values[:period], horizon)


def _levels(last: float, changes: Values) -> Values:
    return last + np.cumsum(changes)


def _levels_from_one(last: float, changes: Values) -> Values:
    return last + changes


def _sums_alone(last: float, changes: Values) -> Values:
    return np.cumsum(changes)


def _levels_subtracted(last: float, changes: Values) -> Values:
    return last - np.cumsum(changes)


def _softmax(z: Values) -> Values:
    shares = np.exp(z - z.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def _tempered(logits: Values, temperature: float) -> Values:
    return _softmax(logits / temperature)


def _multiplied(logits: Values, temperature: float) -> Values:
    return _softmax(logits * temperature)


def _divided_afterwards(logits: Values, temperature: float) -> Values:
    return _softmax(logits) / temperature


def _first_axis(logits: Values, temperature: float) -> Values:
    shares = np.exp((logits - logits.max()) / temperature)
    return shares / shares.sum(axis=0, keepdims=True)


def _nucleus(p: Values, share: float, *, reaching: bool = True, scaled: bool = True) -> Values:
    """Keep the likeliest symbols; the options are ways to get it wrong."""
    order = np.argsort(-p)
    sums = np.cumsum(p[order])
    chosen = order[(sums - p[order] if reaching else sums) < share]
    kept = np.zeros_like(p)
    kept[chosen] = p[chosen]
    return kept / kept.sum() if scaled and kept.sum() else kept


def _nucleus_too_small(p: Values, share: float) -> Values:
    return _nucleus(p, share, reaching=False)


def _nucleus_unscaled(p: Values, share: float) -> Values:
    return _nucleus(p, share, scaled=False)


def _threshold(p: Values, share: float) -> Values:
    kept = np.where(p >= 1 - share, p, 0)
    return kept / max(kept.sum(), 1e-12)


EXERCISES = [
    Exercise(
        "19-spread",
        answer=Array([0.92, math.sqrt(0.0021)], rtol=0, atol=6e-4),
        because="The mean is 0.92, and the squared deviations 0.0042 are divided by 3 − 1.",
        mistakes=[
            Mistake([0.92, math.sqrt(0.0014)], "You divided by 3. How many deviations are free?"),
            Mistake([0.92, 0.0021], "That is the variance. Take its root."),
            Mistake([0.91, 0.046], "That is the median. Add up the three and divide by 3."),
        ],
    ),
    Exercise(
        "19-ceiling",
        answer=Number(0.85, atol=1e-6),
        because="0.7 · 1 + 0.3 · 0.5: twins get the same answer, and one of the two is wrong.",
        mistakes=[
            Mistake(0.7, "That leaves the hard ones all wrong. What does guessing get of them?"),
            Mistake(0.75, "That is for half and half. Here three in ten are hard."),
            Mistake(0.65, "You took 30 % as the easy share. Which share is hard?"),
        ],
    ),
    Exercise(
        "19-samples",
        answer=Integer(491),
        because="n − L − h + 1 = 526 − 24 − 12 + 1: the last window ends 12 months before the end.",
        mistakes=[
            Mistake(490, "Count the first window too: a series of L + h values gives one sample."),
            Mistake(502, "That leaves the horizon out, as if there were no target. Where is it?"),
            Mistake(14, "Windows overlap. By how many months does the next one begin later?"),
        ],
    ),
    Exercise(
        "19-skill",
        answer=Number(0.35, atol=1e-3),
        because="1 − 9.1/14 = 0.35: a third of the naive error is gone.",
        mistakes=[
            Mistake(0.65, "That is the share of the error that is left. How much is gone?"),
            Mistake(4.9, "That is the gain in the unit of the series. Divide by the naive error."),
            Mistake(1 - 14 / 9.1, "The naive error is the yardstick. Which one did you divide by?"),
        ],
    ),
    Exercise(
        "19-cost",
        answer=Number(2.0, atol=1e-3),
        because="The costs are 1, 3, 2 and 2 bits, and their mean is 2.",
        mistakes=[
            Mistake(8.0, "That is the cost of the whole text. Divide by its characters."),
            Mistake(2 * math.log(2), "Those are nats. Take the logarithm with base 2."),
            Mistake(-math.log2(9 / 32), "Take the mean of the costs, not the cost of the mean."),
            Mistake(4.0, "That is the perplexity. Which power of 2 is it?"),
        ],
    ),
    Exercise(
        "19-reach",
        answer=Integer(13),
        because="Seven numbers of the lower layer, each seeing seven words, begin one word apart: "
        "7 + 6.",
        mistakes=[
            Mistake(14, "The fields overlap: the second begins one word after the first."),
            Mistake(49, "That is for fields side by side. Here the stride is 1."),
            Mistake(7, "That is what the lower layer sees. What does the upper one add?"),
        ],
    ),
    Exercise(
        "19-seasonal",
        answer=Function(
            _seasonal,
            cases=[
                (np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 3, 2),
                (np.array([4.0, 9.0, 2.0, 7.0, 1.0]), 2, 5),
                (np.array([4.0, 9.0, 2.0]), 3, 3),
            ],
        ),
        because="The next value is that of one period before, and a longer horizon starts over.",
        mistakes=[
            Mistake(_seasonal_backwards, "The order is turned round. Which value comes first?"),
            Mistake(_persistence, "That repeats the last value. Go back by one period instead."),
            Mistake(_first_period, "That is the first period of the series. Which is the last?"),
        ],
    ),
    Exercise(
        "19-smoothing",
        answer=Number(6.9 / 13, atol=1e-3),
        because="(6 + 3·0.3)/(10 + 3): counts, plus three parts of the shorter history's word.",
        mistakes=[
            Mistake(0.6, "That is the plain share of the counts. Mix in the shorter history."),
            Mistake(6.3 / 11, "T counts different symbols. How many came after this history?"),
            Mistake(6.9 / 10, "All symbols must add up to 1. What is missing below the line?"),
            Mistake(9 / 39, "T is multiplied with the probability 0.3, and N is 10. Put them in."),
        ],
    ),
    Exercise(
        "19-levels",
        answer=Function(
            _levels,
            cases=[
                (370.2, np.array([0.5, -0.25, 1.0])),
                (0.0, np.array([1.0, 2.0])),
                (-3.0, np.array([2.0])),
            ],
        ),
        because="Each level is the last known one plus all differences up to it.",
        mistakes=[
            Mistake(_levels_from_one, "Each difference follows on the one before. Add them up."),
            Mistake(_sums_alone, "Where does the series stand at the beginning? Add that level."),
            Mistake(_levels_subtracted, "A difference is new minus old. Which sign undoes that?"),
        ],
    ),
    Exercise(
        "19-tempered",
        answer=Function(
            _tempered,
            cases=[
                (np.array([2.0, 1.0, 0.1]), 0.5),
                (np.array([[1.0, 3.0], [2.0, 2.5], [0.0, -1.0]]), 2.0),
                (np.array([1000.0, 999.0, 0.0]), 1.0),
            ],
        ),
        because="Logits are divided by T, and the largest is subtracted so that nothing overflows.",
        mistakes=[
            Mistake(_multiplied, "A high temperature should flatten. What does a factor do?"),
            Mistake(_divided_afterwards, "Those no longer add up to 1. Divide the logits instead."),
            Mistake(_first_axis, "You added up along the first axis. Which one holds the symbols?"),
        ],
    ),
    Exercise(
        "19-nucleus",
        answer=Function(
            _nucleus,
            cases=[
                (np.array([0.1, 0.6, 0.05, 0.25]), 0.8),
                (np.array([0.125, 0.5, 0.375]), 0.875),
                (np.array([0.9, 0.06, 0.04]), 0.5),
            ],
        ),
        because="A symbol is kept while the sum of the likelier ones is still below the share.",
        mistakes=[
            Mistake(_nucleus_too_small, "The symbol that reaches the share belongs to the set."),
            Mistake(_nucleus_unscaled, "What is left does not add up to 1. Divide by its sum."),
            Mistake(_threshold, "The share limits the sum, not each symbol. Add up in order."),
        ],
    ),
    Exercise(
        "19-mixture",
        answer=Array([3.0, -math.log2(17 / 64)], rtol=0, atol=6e-3),
        because="A model that is nearly sure and wrong pays dearly, and the average never is: it "
        "costs 1.91 bits at both places.",
        mistakes=[
            Mistake([3.0, 3.0], "You averaged the costs. Average the probabilities, then the log."),
            Mistake([6.0, -2 * math.log2(17 / 64)], "Those are sums. Divide by two characters."),
            Mistake(
                [3.0, -math.log2(17 / 32)], "You added the probabilities. Halve the sum of the two."
            ),
        ],
    ),
]
