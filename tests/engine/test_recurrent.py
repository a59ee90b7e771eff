"""Recurrent layers against PyTorch: value and gradient of inputs, weights and states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, cat, nn
from dlbook.engine import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from engine.agreement import check

TIME, BATCH, FEATURES, HIDDEN = 5, 3, 4, 2

KINDS: dict[str, dict[str, Any]] = {
    "rnn-tanh": {"layer": "RNN", "nonlinearity": "tanh"},
    "rnn-relu": {"layer": "RNN", "nonlinearity": "relu"},
    "lstm": {"layer": "LSTM"},
    "gru": {"layer": "GRU"},
}
SETTINGS: dict[str, dict[str, Any]] = {
    "one-layer": {},
    "no-bias": {"bias": False},
    "batch-first": {"batch_first": True},
    "two-layers": {"num_layers": 2},
    "bidirectional": {"bidirectional": True},
    "everything": {"num_layers": 2, "bidirectional": True, "batch_first": True},
}
LENGTHS: dict[str, list[int] | None] = {
    "full": None,
    "sorted": [5, 3, 1],
    "unsorted": [2, 5, 4],
    "all-shorter": [3, 1, 3],
}


def build(
    kind: str, settings: dict[str, Any], dtype: Any, states: bool
) -> tuple[Any, Any, list[str], list[np.ndarray]]:
    """The same layer twice, the names of its weights, and arrays: x, states, weights."""
    options = {k: v for k, v in (KINDS[kind] | settings).items() if k != "layer"}
    layer = KINDS[kind]["layer"]
    ours = getattr(nn, layer)(FEATURES, HIDDEN, **options)
    theirs = getattr(torch.nn, layer)(FEATURES, HIDDEN, **options)
    theirs = theirs.to(torch.float64 if dtype == np.float64 else torch.float32)
    rng = np.random.default_rng(3)
    shape = (BATCH, TIME, FEATURES) if settings.get("batch_first") else (TIME, BATCH, FEATURES)
    runs = settings.get("num_layers", 1) * (2 if settings.get("bidirectional") else 1)
    arrays = [rng.standard_normal(shape)]
    if states:
        count = 2 if layer == "LSTM" else 1
        arrays += [rng.standard_normal((runs, BATCH, HIDDEN)) for _ in range(count)]
    names = [name for name, _ in theirs.named_parameters()]
    arrays += [rng.uniform(-0.9, 0.9, tuple(p.shape)) for p in theirs.parameters()]
    return ours, theirs, names, [array.astype(dtype) for array in arrays]


def flat(cat_function: Any, results: Any) -> Any:
    """Outputs and final states as one vector, so that one check sees all of them."""
    output, final = results
    parts = [output, *(final if isinstance(final, tuple) else (final,))]
    return cat_function([part.reshape(-1) for part in parts])


def compare(
    kind: str,
    settings: dict[str, Any],
    dtype: Any,
    lengths: list[int] | None = None,
    states: bool = True,
    differences: bool = False,
) -> None:
    ours, theirs, names, arrays = build(kind, settings, dtype, states)
    count = len(arrays) - len(names)

    def split(tensors: Any) -> tuple[Any, Any, dict[str, Any]]:
        given = tensors[1:count]
        hx = None if not given else (given if len(given) == 2 else given[0])
        return tensors[0], hx, dict(zip(names, tensors[count:], strict=True))

    def engine(*tensors: Tensor) -> Tensor:
        x, hx, weights = split(tensors)
        for name, weight in weights.items():
            setattr(ours, name, weight)
        return flat(cat, ours(x, hx, lengths=lengths))

    def pytorch(*tensors: torch.Tensor) -> torch.Tensor:
        x, hx, weights = split(tensors)
        if lengths is not None:
            first = settings.get("batch_first", False)
            x = pack_padded_sequence(x, torch.tensor(lengths), first, enforce_sorted=False)
        output, final = torch.func.functional_call(theirs, weights, (x, hx))
        if lengths is not None:
            output, _ = pad_packed_sequence(output, first, total_length=TIME)
        return flat(torch.cat, (output, final))

    check(engine, arrays, torch_operation=pytorch, differences=differences)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("kind", KINDS)
def test_agrees_with_pytorch(kind: str, settings: str, dtype: Any) -> None:
    compare(kind, SETTINGS[settings], dtype)


@pytest.mark.parametrize("lengths", ["sorted", "unsorted", "all-shorter"])
@pytest.mark.parametrize("settings", ["one-layer", "everything"])
@pytest.mark.parametrize("kind", KINDS)
def test_lengths_agree_with_packed_sequences(kind: str, settings: str, lengths: str) -> None:
    compare(kind, SETTINGS[settings], np.float64, LENGTHS[lengths])


@pytest.mark.parametrize("settings", ["one-layer", "bidirectional"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_state_means_zeros(kind: str, settings: str) -> None:
    compare(kind, SETTINGS[settings], np.float64, LENGTHS["unsorted"], states=False)


@pytest.mark.parametrize("kind", KINDS)
def test_central_differences(kind: str) -> None:
    compare(kind, SETTINGS["bidirectional"], np.float64, LENGTHS["unsorted"], differences=True)


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("settings", SETTINGS)
def test_parameters_are_named_and_shaped_as_in_pytorch(layer: str, settings: str) -> None:
    ours = getattr(nn, layer)(FEATURES, HIDDEN, **SETTINGS[settings])
    theirs = getattr(torch.nn, layer)(FEATURES, HIDDEN, **SETTINGS[settings])
    found = [(name, p.shape) for name, p in ours.named_parameters()]
    assert found == [(name, tuple(p.shape)) for name, p in theirs.named_parameters()]


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
def test_state_dict_moves_to_pytorch(layer: str) -> None:
    ours = getattr(nn, layer)(3, 4, num_layers=2, bidirectional=True, rng=np.random.default_rng(1))
    theirs = getattr(torch.nn, layer)(3, 4, num_layers=2, bidirectional=True)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    x = np.random.default_rng(0).standard_normal((6, 2, 3), dtype=np.float32)
    expected = theirs(torch.tensor(x))[0].detach().numpy()
    np.testing.assert_allclose(ours(Tensor(x))[0].data, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layer", ["RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("given", [True, False])
def test_cells_agree_with_pytorch(layer: str, bias: bool, given: bool) -> None:
    ours, theirs = (getattr(m, layer)(FEATURES, HIDDEN, bias=bias) for m in (nn, torch.nn))
    names = [name for name, _ in ours.named_parameters()]
    assert names == [name for name, _ in theirs.named_parameters()]
    rng = np.random.default_rng(5)
    states = 2 if layer == "LSTMCell" else 1
    shapes = [(BATCH, FEATURES), *[(BATCH, HIDDEN)] * states]
    arrays = [rng.standard_normal(shape) for shape in shapes]
    arrays += [rng.uniform(-0.9, 0.9, p.shape) for p in ours.parameters()]

    def both(cat_function: Any, call: Any, *tensors: Any) -> Any:
        hx = tensors[1 : 1 + states] if given else None
        hx = hx[0] if given and states == 1 else hx
        result = call(dict(zip(names, tensors[1 + states :], strict=True)), tensors[0], hx)
        return cat_function(list(result)) if states == 2 else result

    def engine(weights: dict[str, Tensor], x: Tensor, hx: Any) -> Any:
        for name, weight in weights.items():
            setattr(ours, name, weight)
        return ours(x, hx)

    def pytorch(weights: dict[str, torch.Tensor], x: torch.Tensor, hx: Any) -> Any:
        return torch.func.functional_call(theirs.double(), weights, (x, hx))

    check(
        lambda *t: both(cat, engine, *t),
        arrays,
        torch_operation=lambda *t: both(torch.cat, pytorch, *t),
    )


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
def test_cell_in_a_loop_is_the_layer(layer: str, rng: np.random.Generator) -> None:
    whole = getattr(nn, layer)(FEATURES, HIDDEN, rng=rng)
    cell = getattr(nn, f"{layer}Cell")(FEATURES, HIDDEN)
    cell.load_state_dict({k.removesuffix("_l0"): v for k, v in whole.state_dict().items()})
    x = Tensor(rng.standard_normal((TIME, BATCH, FEATURES), dtype=np.float32))
    state = None
    for t in range(TIME):
        state = cell(x[t], state)
    final = whole(x)[1]
    pairs = zip(state, final, strict=True) if layer == "LSTM" else [(state, final)]
    for stepped, at_once in pairs:
        np.testing.assert_allclose(stepped.data, at_once.data[0], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
def test_continuing_from_the_final_state_is_one_long_run(
    layer: str, rng: np.random.Generator
) -> None:
    model = getattr(nn, layer)(FEATURES, HIDDEN, num_layers=2, rng=rng)
    x = Tensor(rng.standard_normal((8, BATCH, FEATURES), dtype=np.float32))
    whole, _ = model(x)
    first, state = model(x[:3])
    second, _ = model(x[3:], state)
    np.testing.assert_allclose(cat([first, second]).data, whole.data, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("poison", [np.nan, np.inf, 1e30])
def test_padding_may_hold_anything(layer: str, poison: float, rng: np.random.Generator) -> None:
    model = getattr(nn, layer)(FEATURES, HIDDEN, bidirectional=True, rng=rng)
    clean = rng.standard_normal((TIME, BATCH, FEATURES), dtype=np.float32)
    lengths = np.array([2, 5, 3])
    padded = clean.copy()
    padded[np.arange(TIME)[:, None] >= lengths] = poison
    results = []
    for x in (clean, padded):
        model.zero_grad()
        tensor = Tensor(x, requires_grad=True)
        output, _ = model(tensor, lengths=lengths)
        (output * output).sum().backward()
        results.append([output.data, tensor.grad, *(p.grad for p in model.parameters())])
    for expected, found in zip(*results, strict=True):
        np.testing.assert_array_equal(found, expected)
    assert (results[1][0][3:, 0] == 0).all()
    assert (results[1][1][3:, 0] == 0).all()


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
def test_backward_twice_with_retained_graph_doubles_gradients(
    layer: str, rng: np.random.Generator
) -> None:
    model = getattr(nn, layer)(FEATURES, HIDDEN, rng=rng)
    output, _ = model(Tensor(rng.standard_normal((TIME, BATCH, FEATURES), dtype=np.float32)))
    loss = (output * output).sum()
    loss.backward(retain_graph=True)
    once = [p.grad.copy() for p in model.parameters()]
    loss.backward()
    for p, grad in zip(model.parameters(), once, strict=True):
        np.testing.assert_allclose(p.grad, 2 * grad, rtol=1e-6)


@pytest.mark.parametrize("layer", ["RNN", "LSTM", "GRU"])
def test_full_lengths_change_nothing(layer: str, rng: np.random.Generator) -> None:
    model = getattr(nn, layer)(FEATURES, HIDDEN, bidirectional=True, rng=rng)
    x = Tensor(rng.standard_normal((TIME, BATCH, FEATURES), dtype=np.float32))
    found, expected = model(x, lengths=[TIME] * BATCH)[0], model(x)[0]
    np.testing.assert_array_equal(found.data, expected.data)


def test_gradient_from_the_final_cell_alone(rng: np.random.Generator) -> None:
    ours = nn.LSTM(FEATURES, HIDDEN, rng=rng)
    theirs = torch.nn.LSTM(FEATURES, HIDDEN)
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    x = rng.standard_normal((TIME, BATCH, FEATURES), dtype=np.float32)
    ours(Tensor(x))[1][1].sum().backward()
    theirs(torch.tensor(x))[1][1].sum().backward()
    for found, expected in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(found.grad, expected.grad.numpy(), rtol=1e-5, atol=1e-6)


def test_dropout_works_between_layers_and_only_while_training(rng: np.random.Generator) -> None:
    x = Tensor(rng.standard_normal((TIME, BATCH, FEATURES), dtype=np.float32))
    model = nn.GRU(FEATURES, 50, num_layers=2, dropout=0.5, rng=rng)
    (first, finals), (second, other_finals) = model(x), model(x)
    assert not np.array_equal(first.data, second.data)
    np.testing.assert_array_equal(finals.data[0], other_finals.data[0])  # the lower layer is whole
    model.eval()
    np.testing.assert_array_equal(model(x)[0].data, model(x)[0].data)
    single = nn.GRU(FEATURES, 50, dropout=0.5, rng=rng)
    np.testing.assert_array_equal(single(x)[0].data, single(x)[0].data)


def test_first_weights_are_even_within_the_bound() -> None:
    model = nn.LSTM(10, 64, rng=np.random.default_rng(0))
    for name, parameter in model.named_parameters():
        assert np.abs(parameter.data).max() <= 1 / 8, name
        assert abs(parameter.data.std() - 1 / 8 / np.sqrt(3)) < 0.005, name
    again = nn.LSTM(10, 64, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(again.weight_hh_l0.data, model.weight_hh_l0.data)


@pytest.mark.parametrize(
    ("layer", "inputs", "units", "count"),
    [("RNN", 4, 6, 72), ("LSTM", 4, 6, 288), ("GRU", 4, 6, 216)],
)
def test_parameter_counts_of_the_book(layer: str, inputs: int, units: int, count: int) -> None:
    assert getattr(nn, layer)(inputs, units).count_params() == count


def test_other_float_types_are_brought_to_that_of_the_weights(rng: np.random.Generator) -> None:
    x = Tensor(rng.standard_normal((TIME, BATCH, FEATURES)), requires_grad=True)
    output, _ = nn.RNN(FEATURES, HIDDEN, rng=rng)(x)
    output.sum().backward()
    assert output.dtype == np.float32
    assert x.grad.dtype == np.float64


def test_repr_shows_what_differs_from_the_defaults() -> None:
    assert repr(nn.LSTM(3, 4)) == "LSTM(3, 4)"
    text = repr(nn.GRU(3, 4, num_layers=2, bidirectional=True))
    assert text == "GRU(3, 4, num_layers=2, bidirectional=True)"
    assert repr(nn.GRUCell(3, 4, bias=False)) == "GRUCell(3, 4, bias=False)"


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_frozen_weights_pass_the_same_gradient_on_to_the_input(name: str, gates: int) -> None:
    rng = np.random.default_rng(0)
    shapes = [(5, 2, 3), (2 * gates, 3), (2 * gates, 2)]
    arrays = [rng.standard_normal(shape) for shape in shapes]

    def gradient(frozen: bool) -> Any:
        x = Tensor(arrays[0], requires_grad=True)
        weights = [Tensor(array, requires_grad=not frozen) for array in arrays[1:]]
        getattr(F, name)(x, None, *weights)[0].sum().backward()
        return x.grad

    assert np.abs(gradient(frozen=True)).min() > 0
    np.testing.assert_array_equal(gradient(frozen=True), gradient(frozen=False))
