"""Training many small networks side by side."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.data import Dataset, circles
from dlbook.engine import Tensor, optim
from dlbook.engine import functional as F
from dlbook.errors import RangeError, ShapeError
from dlbook.models.numpy.mlp import MLP
from dlbook.training import evaluate
from dlbook.training.restarts import train_restarts


@pytest.fixture
def rings():
    return circles(60, rng=np.random.default_rng(0))


def test_models_are_those_that_were_measured(rings):
    models, accuracy = train_restarts(
        rings, [3], networks=4, steps=60, rng=np.random.default_rng(0)
    )
    assert accuracy.shape == (4,)
    assert (np.diff(accuracy) <= 0).all()
    for model, share in zip(models, accuracy, strict=True):
        assert evaluate(model, rings)["accuracy"] == pytest.approx(share)


def test_width_three_parts_the_rings_and_a_line_does_not(rings):
    _, wide = train_restarts(rings, [3], networks=6, steps=400, rng=np.random.default_rng(0))
    _, line = train_restarts(rings, [], networks=1, steps=100, rng=np.random.default_rng(0))
    assert wide[0] == 1
    assert line[0] < 0.7


def test_a_network_in_the_stack_learns_as_it_would_alone(rings):
    """The first weights of a stack of one are drawn as documented; then train it by hand."""
    rings = Dataset(rings.x.astype(np.float64), rings.y)
    (together,), _ = train_restarts(
        rings, [2, 2], networks=1, steps=25, weight_decay=0.01, rng=np.random.default_rng(5)
    )
    rng, alone = np.random.default_rng(5), MLP(2, [2, 2], 2, "tanh")
    for parameter in alone.parameters():
        if parameter.ndim == 2:
            drawn = rng.normal(0, 1 / np.sqrt(parameter.shape[1]), parameter.shape[::-1])
            parameter.data = drawn.T.copy()
        else:
            parameter.data = rng.normal(0, 0.3, parameter.shape)
    optimizer = optim.Adam(alone.parameters(), lr=0.05, weight_decay=0.01)
    for _ in range(25):
        optimizer.zero_grad()
        F.cross_entropy(alone(Tensor(rings.x)), rings.y).backward()
        optimizer.step()
    for one, other in zip(together.parameters(), alone.parameters(), strict=True):
        np.testing.assert_allclose(one.data, other.data, rtol=1e-9, atol=1e-10)


def test_neighbours_in_the_stack_do_not_matter(rings):
    """Twelve times the gradient of the mean is the gradient of each network's own mean."""
    models, _ = train_restarts(rings, [2], networks=12, steps=1, rng=np.random.default_rng(3))
    rng = np.random.default_rng(3)
    first = rng.normal(0, 1 / np.sqrt(2), (12, 2, 2))
    moved = [np.abs(model.layers[0].weight.data.T - w).max() for model in models for w in first]
    # Adam's first step moves each weight by the learning rate, whatever the gradient's size
    assert np.isclose(sorted(moved)[:12], 0.05, rtol=1e-3).all()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"networks": 0}, RangeError, "networks: expected at least 1"),
        ({"steps": 0}, RangeError, "steps: expected at least 1"),
        ({"data": Dataset(np.zeros((3, 2, 2)), np.arange(3))}, ShapeError, r"\(n, features\)"),
        ({"data": Dataset(np.zeros((3, 2)), np.zeros(3))}, ShapeError, "class numbers"),
    ],
)
def test_refused(change, error, words, rings, rng):
    arguments = {"data": rings, "networks": 2, "steps": 2, **change}
    with pytest.raises(error, match=words):
        train_restarts(arguments.pop("data"), [2], rng=rng, **arguments)
