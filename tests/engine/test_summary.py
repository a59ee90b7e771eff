"""The summary table: shapes, counts, and that looking changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from dlbook.engine import Tensor, nn
from dlbook.engine import functional as F
from dlbook.errors import ShapeError


class Noted(nn.Module):
    """A model of nested parts, with a buffer, a tied weight and a part that never runs."""

    def __init__(self) -> None:
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5))
        self.rnn = nn.LSTM(8, 3, bidirectional=True)
        self.head = nn.Linear(6, 2)
        self.tied = nn.Linear(6, 2)
        self.tied.weight = self.head.weight
        self.running_mean = np.zeros(5)
        self.calls = 0

    def forward(self, x: Tensor, scale: float = 1.0) -> Tensor:
        self.calls += 1
        return self.head(self.rnn(self.body(x))[0]) * scale


def test_rows_and_counts() -> None:
    summary = Noted().summary((5, 7, 4))
    found = [(s.path, s.kind, s.depth, s.output_shape, s.parameters) for s in summary.layers]
    assert found == [
        ("", "Noted", 0, (5, 7, 2), 0),
        ("body", "Sequential", 1, (5, 7, 8), 0),
        ("body.0", "Linear", 2, (5, 7, 8), 40),
        ("body.1", "ReLU", 2, (5, 7, 8), 0),
        ("body.2", "Dropout", 2, (5, 7, 8), 0),
        ("rnn", "LSTM", 1, ((5, 7, 6), ((2, 7, 3), (2, 7, 3))), 312),
        ("head", "Linear", 1, (5, 7, 2), 14),
        ("tied", "Linear", 1, None, 2),  # its weight is the head's
    ]
    assert (summary.total, summary.trainable, summary.frozen) == (368, 368, 0)
    assert summary.buffers == 5


def test_text() -> None:
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    assert str(model.summary((32, 784))).splitlines() == [
        "Layer         Output shape  Parameters",
        "──────────────────────────────────────",
        "Sequential    (32, 10)               0",
        "  0 (Linear)  (32, 128)        100,480",
        "  1 (ReLU)    (32, 128)              0",
        "  2 (Linear)  (32, 10)           1,290",
        "──────────────────────────────────────",
        "Parameters: 101,770 (trainable 101,770, frozen 0)",
    ]
    text = repr(Noted().summary((5, 7, 4)))
    assert "rnn (LSTM)         (5, 7, 6), (2, 7, 3), (2, 7, 3)         312" in text
    assert "tied (Linear)      —" in text
    assert text.endswith("Buffers: 5")


def test_frozen_parameters_are_counted_apart() -> None:
    model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
    for parameter in model[0].parameters():
        parameter.requires_grad = False
    summary = model.summary()
    assert (summary.total, summary.trainable, summary.frozen) == (23, 8, 15)
    assert [layer.output_shape for layer in summary.layers] == [None, None, None]
    assert "Parameters: 23 (trainable 8, frozen 15)" in str(summary)


def test_looking_changes_nothing() -> None:
    model = Noted()
    model.body.eval()
    before = model.state_dict()
    draws = model.body[2].rng.bit_generator.state
    model.summary((5, 7, 4), scale=2.0)
    assert model.calls == 1
    assert model.training
    assert not model.body[2].training
    assert model.body[2].rng.bit_generator.state == draws
    assert all("forward" not in vars(part) for part in model.modules())
    assert all(parameter.grad is None for parameter in model.parameters())
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


def test_real_inputs_and_other_types() -> None:
    class Lookup(nn.Module):
        def forward(self, tokens: Tensor, offset: Any) -> Tensor:
            return F.one_hot(tokens, 6).to(np.float32) + offset

    tokens = Tensor(np.array([[1, 5, 2]]))
    summary = Lookup().summary(tokens, np.ones(1, dtype=np.float32))
    assert summary.layers[0].output_shape == (1, 3, 6)
    assert Lookup().summary((2, 4), (1,), dtype=int).layers[0].output_shape == (2, 4, 6)


def test_a_layer_used_twice_shows_its_first_result() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            self.square = nn.Linear(3, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.square(self.square(x)[:1])

    summary = Twice().summary((5, 3))
    assert [layer.output_shape for layer in summary.layers] == [(1, 3), (5, 3)]
    assert summary.total == 12


@pytest.mark.parametrize("shape", [(0, 4), (-1, 4), (2.5, 4), ("a",)])
def test_bad_shapes(shape: tuple[Any, ...]) -> None:
    with pytest.raises(ShapeError, match=r"summary: inputs\[0\]: expected a shape of positive"):
        nn.Linear(4, 3).summary(shape)


def test_shapes_that_do_not_fit_leave_the_model_as_it_was() -> None:
    model = Noted()
    with pytest.raises(ShapeError, match="linear: input: expected 4 features"):
        model.summary((5, 7, 3))
    assert model.training
    assert all("forward" not in vars(part) for part in model.modules())
