"""Self-checks of chapter 18, LSTM and GRU."""

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
    Parts,
)

Values = np.ndarray[Any, Any]


def _sigmoid(a: Values) -> Values:
    return np.asarray(1 / (1 + np.exp(-a)))


def _gru(h: Values, r: Values, z: Values, n: Values) -> Values:
    """Return the new state; r is what some readers use by mistake."""
    return z * h + (1 - z) * n


def _gru_swapped(h: Values, r: Values, z: Values, n: Values) -> Values:
    return (1 - z) * h + z * n


def _gru_resetting(h: Values, r: Values, z: Values, n: Values) -> Values:
    return z * r * h + (1 - z) * n


def _gru_untied(h: Values, r: Values, z: Values, n: Values) -> Values:
    return z * h + n


def _lstm(a: Values, c: Values) -> Values:
    i, f, g, o = np.split(a, 4)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return np.stack([c, _sigmoid(o) * np.tanh(c)])


def _lstm_gru_order(a: Values, c: Values) -> Values:
    i, f, o, g = np.split(a, 4)
    return _lstm(np.concatenate([i, f, g, o]), c)


def _lstm_sigmoid_candidate(a: Values, c: Values) -> Values:
    i, f, g, o = np.split(a, 4)
    c = _sigmoid(f) * c + _sigmoid(i) * _sigmoid(g)
    return np.stack([c, _sigmoid(o) * np.tanh(c)])


def _lstm_bare(a: Values, c: Values) -> Values:
    i, f, g, o = np.split(a, 4)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return np.stack([c, _sigmoid(o) * c])


def _bias(lag: float, share: float) -> float:
    """Return the forget bias which leaves `share` after `lag` steps."""
    gate = share ** (1 / lag)
    return math.log(gate / (1 - gate))


def _bias_of_share(lag: float, share: float) -> float:
    return math.log(share / (1 - share))


def _gate_itself(lag: float, share: float) -> float:
    return float(share ** (1 / lag))


def _bias_linear(lag: float, share: float) -> float:
    gate = 1 - (1 - share) / lag
    return math.log(gate / (1 - gate))


def _reorder(rows: Values) -> Values:
    r, z, n = np.split(rows, 3)
    return np.concatenate([z, r, n]).T


def _reorder_untransposed(rows: Values) -> Values:
    r, z, n = np.split(rows, 3)
    return np.concatenate([z, r, n])


def _transposed_only(rows: Values) -> Values:
    return np.asarray(rows).T


def _reorder_backwards(rows: Values) -> Values:
    r, z, n = np.split(rows, 3)
    return np.concatenate([n, z, r]).T


_GATES = (np.array([0.5, -1.0]), np.array([0.2, 0.9]), np.array([0.75, 0.1]), np.array([-1.0, 1.0]))

EXERCISES = [
    Exercise(
        "18-step",
        answer=Parts(Number(1.1, atol=1e-6), Number(0.5 * math.tanh(1.1), atol=5e-4)),
        because="Half of 2 stays, 0.2 times 0.5 is loaded: c = 1.1, and half of its tanh shows.",
        mistakes=[
            Mistake((1.1, 0.55), "The load is squashed before it is shown. Where is the tanh?"),
            Mistake((0.65, 0.5 * math.tanh(0.65)), "Which gate multiplies the old load, f or i?"),
            Mistake((2.1, 0.5 * math.tanh(2.1)), "Does the forget gate leave the whole load?"),
            Mistake(
                (1.1, math.tanh(1.1)), "How much does the output gate show? Multiply by it as well."
            ),
        ],
    ),
    Exercise(
        "18-belt",
        answer=Number(0.9**10 * 0.5, rtol=1e-3),
        because="Along the belt the gates multiply: ten times 0.9 and once 0.5.",
        mistakes=[
            Mistake(0.9**10, "One gate stood at 0.5. Count its factor as well."),
            Mistake(0.9**11, "The eleventh gate is not 0.9. Which factor does it give?"),
            Mistake(0.9**10 + 0.5, "How do the shares of one step after the other combine?"),
        ],
    ),
    Exercise(
        "18-statements",
        answer=Choice({"b", "e"}, of="abcde"),
        because=(
            "A load can exceed 1 while h cannot, and only the sum of an LSTM's two biases counts."
        ),
        mistakes=[
            Mistake({"a", "b", "e"}, "What does 1 times the old load leave? Look at a again."),
            Mistake({"b", "c", "e"}, "Measure a fresh LSTM before you believe c."),
            Mistake({"b", "d", "e"}, "Compare U(r ⊙ h) and r ⊙ (U h) for two units."),
            Mistake({"b"}, "Do the two biases of an LSTM ever stand apart in a formula?"),
            Mistake({"e"}, "Can c grow in each step, if f is 1? Look at b again."),
        ],
    ),
    Exercise(
        "18-count",
        answer=Parts(Integer(4 * (64 * 32 + 64**2 + 64)), Integer(3 * (64 * 32 + 64**2 + 128))),
        because="Four blocks with one bias each, and three blocks with two biases each.",
        mistakes=[
            Mistake(
                (4 * (64 * 32 + 64**2 + 64), 3 * (64 * 32 + 64**2 + 64)),
                "Keras' GRU resets after the product. How many biases has a block then?",
            ),
            Mistake(
                (4 * (64 * 32 + 64**2 + 128), 3 * (64 * 32 + 64**2 + 128)),
                "That is PyTorch's LSTM. How many biases does Keras keep for a gate?",
            ),
            Mistake(
                (3 * (64 * 32 + 64**2 + 64), 3 * (64 * 32 + 64**2 + 128)),
                "Three gates and a candidate: how many blocks has the LSTM?",
            ),
        ],
    ),
    Exercise(
        "18-equal-size",
        answer=Integer(14),
        because="With 14 units a SimpleRNN has 4·14 + 14² + 14 = 266 weights, next to 264.",
        mistakes=[
            Mistake(24, "Four times the units is more than four times the weights. Solve for n."),
            Mistake(12, "Twice the units does not give four times 4n + n. Compute the count."),
            Mistake(13, "Compute the counts for 13 and for 14. Which lies nearer to 264?"),
            Mistake(15, "Compute the counts for 14 and for 15. Which lies nearer to 264?"),
        ],
    ),
    Exercise(
        "18-lstm-step",
        answer=Function(
            _lstm,
            cases=[
                (np.array([0.3, 2.0, -1.0, 0.5]), np.array([1.5])),
                (np.linspace(-2, 2, 12), np.array([0.5, -1.0, 3.0])),
            ],
        ),
        because="Three sigmoids and one tanh, a sum on the belt, and a tanh on the way out.",
        mistakes=[
            Mistake(_lstm_gru_order, "In which order do the libraries stack the four blocks?"),
            Mistake(_lstm_sigmoid_candidate, "Can your candidate be negative? Check g."),
            Mistake(_lstm_bare, "What lies between the load and the output gate? Compare h."),
        ],
    ),
    Exercise(
        "18-gru-step",
        answer=Function(
            _gru, cases=[_GATES, tuple(np.array([v]) for v in (1.0, 0.5, 0.5, 0.905148))]
        ),
        because="The update gate keeps z of the old state and leaves room 1 − z to the candidate.",
        mistakes=[
            Mistake(_gru_swapped, "Which of the two does a large z keep in these libraries?"),
            Mistake(_gru_resetting, "Is the reset gate used outside the candidate? Leave it out."),
            Mistake(_gru_untied, "How much room does z leave to the candidate?"),
        ],
    ),
    Exercise(
        "18-bias",
        answer=Function(_bias, cases=[(60, 0.1), (100, 0.5), (10, 0.9)]),
        because="The gate must be the lag-th root of the share, and the logit undoes the sigmoid.",
        mistakes=[
            Mistake(_bias_of_share, "That gate leaves the share after one step. What about `lag`?"),
            Mistake(_gate_itself, "That is the gate. Which bias makes a sigmoid give it?"),
            Mistake(_bias_linear, "Losses multiply, they don't add up. Take a root."),
        ],
    ),
    Exercise(
        "18-translate",
        answer=Function(
            _reorder,
            cases=[(np.arange(24.0).reshape(6, 4),), (np.arange(9.0).reshape(9, 1) ** 2,)],
        ),
        because="Blocks r, z, n become z, r, n, and rows become columns.",
        mistakes=[
            Mistake(_reorder_untransposed, "Which axis does Keras give to the inputs? Transpose."),
            Mistake(_transposed_only, "Is the first block the reset or the update gate in Keras?"),
            Mistake(_reorder_backwards, "Only two of the three blocks change places. Which?"),
        ],
    ),
    Exercise(
        "18-constant",
        answer=Array([0.5, 0.99 ** (1 / 100), 0.0], atol=1e-6),
        because="A halving in one step, a hundredth root, and a belt that is cleared at once.",
        mistakes=[
            Mistake([0.5, 0.99, 0.0], "0.99 is lost to 0.37 after 100 steps. Take a root."),
            Mistake([0.5, 0.99 ** (1 / 100), 1.0], "Does a gate of 1 clear the belt, or keep it?"),
            Mistake([2.0, 0.99 ** (1 / 100), 0.0], "A gate lies between 0 and 1. Which halves?"),
        ],
    ),
]
