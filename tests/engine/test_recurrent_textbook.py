"""The fast recurrences against the textbook's loop, against Keras, and against sums by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from dlbook.engine import Tensor, cat
from dlbook.engine import functional as F

from engine.agreement import check, largest_relative_error
from engine.recurrent_reference import LOOPS

CASES: dict[str, tuple[str, int, dict[str, Any]]] = {
    "rnn-tanh": ("rnn", 1, {"nonlinearity": "tanh"}),
    "rnn-relu": ("rnn", 1, {"nonlinearity": "relu"}),
    "lstm": ("lstm", 4, {}),
    "gru-after": ("gru", 3, {"reset_after": True}),
    "gru-before": ("gru", 3, {"reset_after": False}),
}
SIZES = {"small": (4, 3, 2, 3), "single": (1, 1, 1, 1), "long": (23, 2, 5, 4)}


def draw(case: str, size: tuple[int, int, int, int], dtype: Any = np.float64) -> list[np.ndarray]:
    """x, initial states, both weights, both biases."""
    kind, gates, _ = CASES[case]
    steps, batch, features, hidden = size
    rng = np.random.default_rng(11)
    arrays = [rng.standard_normal((steps, batch, features))]
    arrays += [rng.standard_normal((batch, hidden)) for _ in range(2 if kind == "lstm" else 1)]
    for shape in ((features,), (hidden,), (), ()):
        arrays.append(rng.uniform(-0.8, 0.8, (gates * hidden, *shape)))
    return [array.astype(dtype) for array in arrays]


def fused(case: str, **more: Any) -> Any:
    kind, _, options = CASES[case]

    def run(x: Tensor, *rest: Tensor) -> list[Tensor]:
        if kind == "lstm":
            output, finals = F.lstm(x, rest[:2], *rest[2:], **options, **more)
            return [output, *finals]
        return list(getattr(F, kind)(x, rest[0], *rest[1:], **options, **more))

    return run


def joined(results: Any) -> Tensor:
    return cat([part.reshape(-1) for part in results])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("case", CASES)
def test_agrees_with_the_loop_of_the_textbook(case: str, size: str) -> None:
    kind, _, options = CASES[case]
    arrays = draw(case, SIZES[size])
    found, expected = ([Tensor(a, requires_grad=True) for a in arrays] for _ in range(2))
    ours = joined(fused(case)(*found))
    loop = joined(LOOPS[kind](*expected, **options))
    assert largest_relative_error(ours.data, loop.data) <= 1e-10
    direction = np.random.default_rng(2).standard_normal(ours.shape)
    ours.backward(direction)
    loop.backward(direction)
    for a, b in zip(found, expected, strict=True):
        assert largest_relative_error(a.grad, b.grad) <= 1e-10


@pytest.mark.parametrize("case", CASES)
def test_central_differences(case: str) -> None:
    check(lambda *t: joined(fused(case)(*t)), draw(case, SIZES["small"]))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("lengths", [None, [4, 2, 3]])
def test_reverse_is_the_flipped_sequence(case: str, lengths: list[int] | None) -> None:
    arrays = draw(case, SIZES["small"])
    found = fused(case, reverse=True, lengths=lengths)(*map(Tensor, arrays))
    for row, length in enumerate(lengths or [4, 4, 4]):
        flipped = [arrays[0][length - 1 :: -1, row : row + 1]]
        flipped += [a[row : row + 1] for a in arrays[1:-4]] + arrays[-4:]
        output, *finals = fused(case)(*map(Tensor, flipped))
        np.testing.assert_allclose(found[0].data[:length, row], output.data[::-1, 0], rtol=1e-12)
        for ours, theirs in zip(found[1:], finals, strict=True):
            np.testing.assert_allclose(ours.data[row], theirs.data[0], rtol=1e-12)


# --- Keras --------------------------------------------------------------------------------------


def keras_blocks(tensor: Any, order: list[int]) -> Any:
    """Bring blocks of rows from our order to Keras', and turn the matrix over."""
    import tensorflow as tf

    blocks = tf.split(tensor, len(order), axis=0)
    return tf.transpose(tf.concat([blocks[i] for i in order], axis=0))


def keras_sequence(case: str, hidden: int, dtype: str, mask: Any = None) -> Any:
    """The Keras layer as a function of x, states and weights in our layout."""
    import keras
    import tensorflow as tf

    kind, _, options = CASES[case]
    layers = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
    extra = {"activation": options["nonlinearity"]} if kind == "rnn" else options
    layer = layers[kind](hidden, return_sequences=True, return_state=True, dtype=dtype, **extra)
    order = [1, 0, 2] if kind == "gru" else list(range(CASES[case][1]))  # gates r, z, n → z, r, n

    def run(x: Any, *rest: Any) -> Any:
        *states, w, u, b, b2 = rest
        x = tf.transpose(x, [1, 0, 2])  # Keras is batch first
        if not layer.built:
            layer.build(x.shape)
        b, b2 = keras_blocks(b, order), keras_blocks(b2, order)
        bias = tf.stack([b, b2]) if case == "gru-after" else b + b2
        weights = [keras_blocks(w, order), keras_blocks(u, order), bias]
        (output, *finals), _ = layer.stateless_call(
            weights,
            [v.value for v in layer.non_trainable_variables],
            x,
            initial_state=list(states),
            mask=mask,
        )
        parts = [tf.transpose(output, [1, 0, 2]), *finals] if mask is None else finals
        return tf.concat([tf.reshape(part, [-1]) for part in parts], axis=0)

    return run


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_agrees_with_keras(case: str, dtype: str) -> None:
    size = SIZES["small"]
    check(
        lambda *t: joined(fused(case)(*t)),
        draw(case, size, dtype),
        keras_operation=keras_sequence(case, size[3], dtype),
        differences=False,
    )


@pytest.mark.parametrize("case", CASES)
def test_final_states_agree_with_a_mask_in_keras(case: str) -> None:
    size, lengths = SIZES["small"], np.array([4, 2, 3])
    check(
        lambda *t: joined(fused(case, lengths=lengths)(*t)[1:]),
        draw(case, size),
        keras_operation=keras_sequence(
            case, size[3], "float64", mask=np.arange(size[0]) < lengths[:, None]
        ),
        differences=False,
    )


# --- by hand ------------------------------------------------------------------------------------


def column(*values: float) -> Tensor:
    return Tensor(np.array(values)[:, None], requires_grad=True)


def test_back_propagation_through_time_by_hand() -> None:
    # h = w·h + x with w = 1/2 and x = (1, 0, 0): h3 = w² = 1/4 and dh3/dw = 2w = 1
    w, one = column(0.5), column(1.0)
    x = Tensor(np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1), requires_grad=True)
    _, h = F.rnn(x, None, one, w, nonlinearity="relu")
    h.sum().backward()
    assert h.item() == 0.25
    assert w.grad.item() == 1.0
    np.testing.assert_array_equal(x.grad.ravel(), [0.25, 0.5, 1.0])


def test_lstm_step_by_hand() -> None:
    # gates .5, .9, tanh −1, .8 set through their biases: c = .9·1 + .5·(−1) = .4, h = .8·tanh(.4)
    logit = [math.log(p / (1 - p)) for p in (0.5, 0.9, 0.8)]
    bias = Tensor(np.array([logit[0], logit[1], -30.0, logit[2]]))
    zero = Tensor(np.zeros((4, 1)))
    states = Tensor(np.zeros((1, 1))), Tensor(np.ones((1, 1)))
    x = Tensor(np.zeros((1, 1, 1)))
    _, (h, c) = F.lstm(x, states, zero, zero, bias, Tensor(np.zeros(4)))
    assert c.item() == pytest.approx(0.4, abs=1e-12)
    assert h.item() == pytest.approx(0.303959, abs=1e-6)


@pytest.mark.parametrize(("reset_after", "expected"), [(True, 0.952574), (False, 0.982014)])
def test_the_two_gru_forms_differ_by_hand(reset_after: bool, expected: float) -> None:
    # one unit, W = 0, h = 1, U = 2, b' = 1, r = z = 1/2
    zero = Tensor(np.zeros((3, 1)))
    u, b = Tensor(np.array([[0.0], [0.0], [2.0]])), Tensor(np.array([0.0, 0.0, 1.0]))
    x, h0 = Tensor(np.zeros((1, 1, 1))), Tensor(np.ones((1, 1)))
    _, h = F.gru(x, h0, zero, u, Tensor(np.zeros(3)), b, reset_after=reset_after)
    assert h.item() == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_saturated_gates_stay_finite(case: str) -> None:
    arrays = [1e3 * a for a in draw(case, SIZES["small"], np.float32)]
    tensors = [Tensor(a, requires_grad=True) for a in arrays]
    result = joined(fused(case)(*tensors))
    result.sum().backward()
    assert np.isfinite(result.data).all()
    assert all(np.isfinite(t.grad).all() for t in tensors)
