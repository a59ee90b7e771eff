"""Self-checks of chapter 17, recurrent networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.checks import Array, Exercise, Function, Integer, Mistake, Number, Parts, Shape

Values = np.ndarray[Any, Any]


def _slope(x: Values, w: float) -> float:
    """Return dh_T/dw of h_t = w h_{t-1} + x_t, forwards: h' = h_{t-1} + w h'_{t-1}."""
    h, change = 0.0, 0.0
    for value in x:
        h, change = w * h + float(value), h + w * change
    return change


def _states(x: Values, w: float) -> list[float]:
    states = [0.0]
    for value in x:
        states.append(w * states[-1] + float(value))
    return states


def _slope_of_one_step(x: Values, w: float) -> float:
    return _states(x, w)[-2]


def _slope_without_factors(x: Values, w: float) -> float:
    return sum(_states(x, w)[:-1])


def _slope_shifted(x: Values, w: float) -> float:
    steps = len(x)
    return sum(w ** (steps - t) * h for t, h in enumerate(_states(x, w)))


def _last_states(states: Values, lengths: Values) -> Values:
    return np.asarray(states[np.arange(len(states)), lengths - 1])


def _states_at_the_end(states: Values, lengths: Values) -> Values:
    return np.asarray(states[:, -1])


def _states_one_late(states: Values, lengths: Values) -> Values:
    return np.asarray(states[np.arange(len(states)), np.minimum(lengths, states.shape[1] - 1)])


def _mean_states(states: Values, lengths: Values) -> Values:
    return np.asarray(states.mean(axis=1))


def _read(x: Values, U: Values, W: Values, b: Values, h: Values) -> Values:
    states = []
    for x_t in x:
        h = np.tanh(U @ x_t + W @ h + b)
        states.append(h)
    return np.array(states)


def _in_chunks(x: Values, size: int, U: Values, W: Values, b: Values) -> Values:
    return _read(x, U, W, b, np.zeros(len(W)))


def _in_chunks_reset(x: Values, size: int, U: Values, W: Values, b: Values) -> Values:
    pieces = [x[at : at + size] for at in range(0, len(x), size)]
    return np.concatenate([_read(piece, U, W, b, np.zeros(len(W))) for piece in pieces])


def _in_chunks_last_only(x: Values, size: int, U: Values, W: Values, b: Values) -> Values:
    rest = len(x) % size or size
    return _in_chunks(x, size, U, W, b)[-rest:]


def _in_chunks_whole_only(x: Values, size: int, U: Values, W: Values, b: Values) -> Values:
    return _in_chunks(x, size, U, W, b)[: len(x) // size * size]


_DRAW = np.random.default_rng(17)
_STATES = _DRAW.normal(size=(3, 5, 2))
_SEQUENCE = _DRAW.normal(size=(7, 2))
_WEIGHTS = (_DRAW.normal(size=(3, 2)), _DRAW.normal(size=(3, 3)) / 2, _DRAW.normal(size=3))

EXERCISES = [
    Exercise(
        "17-count",
        answer=Integer(683),
        because="200 + 400 weights and 20 biases are hidden, 60 weights and 3 biases lead out.",
        mistakes=[
            Mistake(660, "These are the three matrices. What about the biases?"),
            Mistake(703, "That is PyTorch's count. How many biases for each unit has Keras?"),
            Mistake(620, "That is the recurrent layer. Which layer comes after it?"),
            Mistake(283, "Did you forget the recurrent edge? How large is W?"),
        ],
    ),
    Exercise(
        "17-state",
        answer=Number(0.5, atol=0.005),
        because="The states are 4, then −2 + 1 = −1, then −0.5 · −1 = 0.5.",
        mistakes=[
            Mistake(1.5, "That would be w = +0.5. Watch the sign at each step."),
            Mistake(-1.0, "That is the state after the second step. Take one more."),
            Mistake(5.0, "You added the inputs, as if w were 1. What is the state multiplied by?"),
            Mistake(1.0, "That is what is left of the 4. What is left of the 1?"),
        ],
    ),
    Exercise(
        "17-shapes",
        answer=Parts(Shape((32, 50, 16)), Shape((32, 8))),
        because="The lower layer hands on all its states; the upper one only its last.",
        mistakes=[
            Mistake(((32, 16), (32, 8)), "Could the upper layer walk along the time axis then?"),
            Mistake(
                ((32, 50, 16), (32, 50, 8)),
                "What does a layer of Keras return unless told otherwise?",
            ),
            Mistake(((32, 50, 4), (32, 8)), "Where have the 16 units of the lower layer gone?"),
        ],
    ),
    Exercise(
        "17-fade",
        answer=Integer(21),
        because="0.8²⁰ is 0.0115 and 0.8²¹ is 0.0092.",
        mistakes=[
            Mistake(20, "Calculate the power for this lag: is it already below 0.01?"),
            Mistake(22, "Is it below 0.01 one step earlier, too?"),
            Mistake(5, "A fifth is lost in each step, but a fifth of what is left. Use powers."),
            Mistake(10, "That is about a tenth, not a hundredth. Go on."),
        ],
    ),
    Exercise(
        "17-slope",
        answer=Function(
            _slope,
            cases=[
                (np.array([1.0, 0.0, 0.0]), 0.5),
                (np.array([1.0, 1.0, 1.0]), 0.5),
                (np.array([2.0, -1.0, 0.5, 3.0]), -0.8),
            ],
        ),
        because="Each step adds its share, the state before it times what leads on to the end.",
        mistakes=[
            Mistake(_slope_of_one_step, "This goes back a single step. Which steps use w, too?"),
            Mistake(
                _slope_without_factors,
                "You add the states as they are. By what is each multiplied on the way back?",
            ),
            Mistake(_slope_shifted, "Which state belongs to step t: the one before or after it?"),
        ],
    ),
    Exercise(
        "17-clip",
        answer=Array([1.5, 2.0, 6.0]),
        because="The norm is 13, so everything is multiplied by 6.5 / 13.",
        mistakes=[
            Mistake(
                [3.0, 4.0, 6.5], "You cut off each number by itself. Is the direction the same?"
            ),
            Mistake([3.0, 4.0, 12.0], "What is the norm of the three, and is it above the limit?"),
            Mistake([3 / 13, 4 / 13, 12 / 13], "This has the norm 1. Which norm is it to have?"),
        ],
    ),
    Exercise(
        "17-last",
        answer=Function(
            _last_states, cases=[(_STATES, np.array([2, 5, 1])), (_STATES, np.array([4, 3, 5]))]
        ),
        because="Step number t stands at index t − 1, a different one for each row.",
        mistakes=[
            Mistake(_states_at_the_end, "In a short sequence that is a state after padding. Why?"),
            Mistake(_states_one_late, "Steps are counted from 1 and indices from 0. Which fits?"),
            Mistake(_mean_states, "Which single state has read the sequence and nothing else?"),
        ],
    ),
    Exercise(
        "17-half-life",
        answer=Number(6.579, rtol=0.01),
        because="0.9 to the power of k is a half for k = ln 0.5 / ln 0.9.",
        mistakes=[
            Mistake(5.0, "A tenth is lost in each step, but a tenth of what is left. Use powers."),
            Mistake(7.0, "That is the first whole step below a half. What is the exact solution?"),
            Mistake(10.0, "That is 1 / (1 − w), where 1/e is left, roughly. Where is a half left?"),
        ],
    ),
    Exercise(
        "17-encoder",
        answer=Integer(7115),
        because="336 in two embeddings, 3,120 in each recurrent layer, 539 in the output layer.",
        mistakes=[
            Mistake(7211, "You counted two biases for each unit. What is frozen is not trained."),
            Mistake(3995, "Encoder and decoder have weights of their own. How many layers are it?"),
            Mistake(6576, "The embeddings and recurrent layers are right. What writes the tokens?"),
            Mistake(6779, "Where do the vectors of the tokens come from? Count those tables, too."),
        ],
    ),
    Exercise(
        "17-radius",
        answer=Number(0.99309, atol=0.0002),
        because="The hundredth root of a half is 0.9931, hardly below 1.",
        mistakes=[
            Mistake(0.5, "To the power of 100 that is nearly nothing. Which root do you need?"),
            Mistake(0.995, "You shared the loss out evenly. Do factors add up or multiply?"),
            Mistake(1.0, "That would leave everything. How much may be lost?"),
        ],
    ),
    Exercise(
        "17-stream",
        answer=Function(_in_chunks, cases=[(_SEQUENCE, 3, *_WEIGHTS), (_SEQUENCE, 2, *_WEIGHTS)]),
        because="With the state carried over, reading in pieces equals reading at once.",
        mistakes=[
            Mistake(_in_chunks_reset, "Each chunk begins from a fresh state. What is to be kept?"),
            Mistake(_in_chunks_last_only, "These are states of the last chunk. Join all of them."),
            Mistake(_in_chunks_whole_only, "The last chunk may be shorter. Where has it gone?"),
        ],
    ),
]
