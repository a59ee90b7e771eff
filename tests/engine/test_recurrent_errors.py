"""Whatever does not fit a recurrence is refused with a message that names it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dlbook.engine import Tensor, nn
from dlbook.engine import functional as F
from dlbook.engine.functional.recurrent import Recurrence
from dlbook.engine.nn.recurrent_base import Recurrent
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

LAYERS = ("RNN", "LSTM", "GRU")


def zeros(*shape: int) -> Tensor:
    return Tensor(np.zeros(shape, dtype=np.float32))


def both(layer: str, state: Any) -> Any:
    """The state as the layer wants it: a pair for the LSTM."""
    return (state, state) if "LSTM" in layer else state


@pytest.mark.parametrize("layer", [*LAYERS, "RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((0, 3), "input_size"),
        ((3, -1), "hidden_size"),
        ((3, 2.5), "hidden_size"),
        (("3", 3), "input_size"),
    ],
)
def test_sizes(layer: str, arguments: tuple[Any, ...], named: str) -> None:
    with pytest.raises(RangeError, match=f"{layer}: {named}: expected a positive integer"):
        getattr(nn, layer)(*arguments)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"num_layers": 0}, "num_layers"),
        ({"dropout": 1.0}, "dropout"),
        ({"dropout": -1}, "dropout"),
    ],
)
def test_options(layer: str, options: dict[str, Any], named: str) -> None:
    with pytest.raises(RangeError, match=f"{layer}: {named}"):
        getattr(nn, layer)(3, 2, **options)


def test_nonlinearity() -> None:
    for make in (nn.RNN, nn.RNNCell):
        with pytest.raises(RangeError, match='"tanh" or "relu", got sigmoid'):
            make(3, 2, nonlinearity="sigmoid")
    with pytest.raises(RangeError, match="rnn: nonlinearity"):
        F.rnn(zeros(1, 1, 1), None, zeros(1, 1), zeros(1, 1), nonlinearity="elu")


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("shape", [(5, 2), (5, 2, 4), (5, 2, 3, 1), (), (5, 3, 2)])
@pytest.mark.parametrize("batch_first", [False, True])
def test_input_shape(layer: str, shape: tuple[int, ...], batch_first: bool) -> None:
    model = getattr(nn, layer)(3, 2, batch_first=batch_first)
    axes = "batch, time" if batch_first else "time, batch"
    with pytest.raises(ShapeError, match=rf"{layer}: input: expected 3 axes \({axes}"):
        model(zeros(*shape))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("shape", [(0, 2, 3), (5, 0, 3)])
def test_nothing_to_run_over(layer: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="at least one step, sample and feature"):
        getattr(nn, layer)(3, 2)(zeros(*shape))


@pytest.mark.parametrize("layer", LAYERS)
def test_integers(layer: str) -> None:
    with pytest.raises(DTypeError, match=f"{layer.lower()}: input: expected floats"):
        getattr(nn, layer)(3, 2)(Tensor(np.zeros((5, 2, 3), dtype=np.int64)))
    hx = Tensor(np.zeros((1, 2, 2), dtype=np.int64))
    with pytest.raises(DTypeError, match="hx: expected floats"):
        getattr(nn, layer)(3, 2)(zeros(5, 2, 3), both(layer, hx))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("shape", [(1, 2), (2, 2, 2), (1, 3, 2), (1, 2, 3), (1, 1, 2)])
def test_state_shape(layer: str, shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=rf"{layer}: hx: expected shape \(1, 2, 2\)"):
        getattr(nn, layer)(3, 2)(zeros(5, 2, 3), both(layer, zeros(*shape)))


@pytest.mark.parametrize("cell", ["RNNCell", "LSTMCell", "GRUCell"])
def test_cells(cell: str) -> None:
    model = getattr(nn, cell)(3, 2)
    with pytest.raises(ShapeError, match=rf"{cell}: input: expected shape \(batch, 3\)"):
        model(zeros(2, 4))
    with pytest.raises(ShapeError, match=r"hx: expected shape \(2, 2\)"):
        model(zeros(2, 3), both(cell, zeros(2, 3)))


@pytest.mark.parametrize("state", [zeros(1, 2, 2), (zeros(1, 2, 2),), (zeros(1, 2, 2),) * 3])
def test_lstm_wants_a_pair_of_states(state: Any) -> None:
    with pytest.raises(ShapeError, match=r"LSTM: hx: expected a pair \(h_0, c_0\)"):
        nn.LSTM(3, 2)(zeros(5, 2, 3), state)
    with pytest.raises(ShapeError, match=r"lstm: hx: expected a pair \(h_0, c_0\)"):
        nn.LSTMCell(3, 2)(zeros(2, 3), state)


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(
    ("lengths", "error", "text"),
    [
        ([5, 6], RangeError, "from 1 to the number of steps, 5, got 6"),
        ([0, 5], RangeError, "from 1 to the number of steps, 5, got 0"),
        ([-1, 5], RangeError, "got -1"),
        ([5], ShapeError, r"one per sequence, shape \(2,\)"),
        ([[5, 4]], ShapeError, "one per sequence"),
        (3, ShapeError, "one per sequence"),
        ([5.0, 3.0], DTypeError, "integers"),
        (["five", "four"], DTypeError, "integers"),
        ([True, False], DTypeError, "integers"),
    ],
)
def test_lengths(layer: str, lengths: Any, error: type[DlbookError], text: str) -> None:
    with pytest.raises(error, match=f"lengths: expected.*{text}"):
        getattr(nn, layer)(3, 2)(zeros(5, 2, 3), lengths=lengths)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64])
def test_lengths_of_any_integer_type_and_as_tensor(dtype: Any) -> None:
    model, x = nn.GRU(3, 2), Tensor(np.ones((5, 2, 3), dtype=np.float32))
    expected = model(x, lengths=[2, 5])[0].data
    array = np.array([2, 5], dtype=dtype)
    for lengths in (array, Tensor(array)):
        np.testing.assert_array_equal(model(x, lengths=lengths)[0].data, expected)


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("lstm", 4), ("gru", 3)])
def test_weights_of_the_functions(name: str, gates: int) -> None:
    run, x = getattr(F, name), zeros(5, 2, 3)
    w, u, b = zeros(2 * gates, 3), zeros(2 * gates, 2), zeros(2 * gates)
    cases: list[tuple[tuple[Any, ...], str]] = [
        ((zeros(2 * gates, 4), u, b, b), "input: expected 3 axes"),
        ((zeros(2 * gates), u, b, b), "input: expected 3 axes"),
        ((zeros(2 * gates + 1, 3), u, b, b), "weight_ih: expected shape"),
        ((w, zeros(2 * gates + 1, 2), b, b), "weight_hh: expected shape"),
        ((w, zeros(), b, b), "weight_hh: expected shape"),
        ((w, zeros(2 * gates, 2, 1), b, b), "weight_hh: expected shape"),
        ((w, u, b, zeros(1)), "bias_hh: expected shape"),
        ((w, u, zeros(2, gates), b), "bias_ih: expected shape"),
        ((w, u, b, None), "bias_ih, bias_hh: expected both or neither"),
    ]
    for weights, text in cases:
        with pytest.raises(ShapeError, match=f"{name}: {text}"):
            run(x, None, *weights)


def test_a_recurrence_without_rules_says_what_is_missing() -> None:
    arguments: dict[str, tuple[Any, ...]] = {
        "prepare": ((),),
        "step": (0,),
        "prepare_back": (),
        "step_back": (0, []),
        "finish_back": (np.zeros((1, 1)),),
    }
    for method, values in arguments.items():
        with pytest.raises(TypeError, match=f"Recurrence defines no {method}"):
            getattr(Recurrence(), method)(*values)
    with pytest.raises(TypeError, match="Recurrent defines no _run"):
        Recurrent(3, 2)._forward(zeros(5, 2, 3), None, None)


small = st.integers(0, 3)


@settings(max_examples=60, deadline=None)
@given(
    layer=st.sampled_from(LAYERS),
    shape=st.lists(small, max_size=4),
    state=st.none() | st.lists(small, max_size=3),
    lengths=st.none() | st.lists(st.integers(-1, 4), max_size=4),
    batch_first=st.booleans(),
)
def test_any_combination_works_or_is_refused_by_us(
    layer: str,
    shape: list[int],
    state: list[int] | None,
    lengths: list[int] | None,
    batch_first: bool,
) -> None:
    model = getattr(nn, layer)(2, 2, batch_first=batch_first)
    hx = None if state is None else both(layer, zeros(*state))
    try:
        output, _ = model(zeros(*shape), hx, lengths=lengths)
    except DlbookError:
        return
    assert output.shape == (*shape[:2], 2)
