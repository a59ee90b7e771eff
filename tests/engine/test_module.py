"""Modules: what they find inside themselves, modes, and copying weights in and out."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn, optim
from dlbook.errors import DTypeError, RangeError, ShapeError


class Block(nn.Module):
    """A parameter of its own, a buffer, and two layers."""

    def __init__(self, rng):
        self.scale = nn.Parameter(np.ones(3, np.float32))
        self.inner = nn.Sequential(nn.Linear(4, 3, rng=rng), nn.ReLU())
        self.running = np.zeros(3, np.float32)
        self.drop = nn.Dropout(0.5, rng=rng)

    def forward(self, x):
        return self.drop(self.inner(x) * self.scale)


def twin(rng):
    """The same architecture here and in PyTorch, with the same weights."""
    ours = nn.Sequential(nn.Linear(4, 5, rng=rng), nn.ReLU(), nn.Linear(5, 3, bias=False, rng=rng))
    theirs = torch.nn.Sequential(
        torch.nn.Linear(4, 5), torch.nn.ReLU(), torch.nn.Linear(5, 3, bias=False)
    )
    theirs.load_state_dict({k: torch.tensor(v) for k, v in ours.state_dict().items()})
    return ours, theirs


def test_names_and_order_are_those_of_pytorch(rng):
    ours, theirs = twin(rng)
    found = [(name, p.shape) for name, p in ours.named_parameters()]
    assert found == [(name, tuple(p.shape)) for name, p in theirs.named_parameters()]
    assert ours.count_params() == 4 * 5 + 5 + 5 * 3


def test_outputs_and_gradients_are_those_of_pytorch(rng):
    ours, theirs = twin(rng)
    x = rng.standard_normal((6, 4)).astype(np.float32)
    result, expected = ours(Tensor(x)), theirs(torch.tensor(x))
    np.testing.assert_allclose(result.data, expected.detach().numpy(), rtol=1e-5, atol=1e-6)
    (result * result).mean().backward()
    (expected * expected).mean().backward()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-4, atol=1e-6)


def test_what_is_inside(rng):
    block = Block(rng)
    assert [n for n, _ in block.named_parameters()] == ["scale", "inner.0.weight", "inner.0.bias"]
    assert next(n for n, _ in block.named_parameters("net.")) == "net.scale"
    assert [n for n, _ in block.named_buffers()] == ["running"]
    assert [n for n, _ in block.children()] == ["inner", "drop"]
    assert len(list(block.modules())) == 5


def test_modes_reach_everything(rng):
    block = Block(rng)
    assert block.training
    assert block.eval() is block
    assert not any(module.training for module in block.modules())
    x = Tensor(np.ones((2, 4), np.float32))
    np.testing.assert_array_equal(block(x).data, block(x).data)
    block.train()
    assert all(module.training for module in block.modules())
    assert (block(x).data != block(x).data).any()


def test_zero_grad(rng):
    block = Block(rng)
    block(Tensor(np.ones((2, 4), np.float32))).sum().backward()
    assert block.scale.grad is not None
    block.zero_grad()
    assert all(parameter.grad is None for parameter in block.parameters())


def test_tied_weights_count_once_and_are_saved_under_both_names(rng):
    model = nn.Sequential(nn.Linear(3, 3, rng=rng), nn.Linear(3, 3, rng=rng))
    model[1].weight = model[0].weight
    assert [n for n, _ in model.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert len(list(model.named_parameters(remove_duplicate=False))) == 4
    assert model.count_params() == 15
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    model.load_state_dict(model.state_dict())


def test_state_dict_is_a_copy_and_loads_back(rng):
    source, target = Block(rng), Block(np.random.default_rng(99))
    source.running += 3
    state = source.state_dict()
    source.scale.data[...] = 7
    assert state["scale"][0] == 1
    weight = target.inner[0].weight
    array = weight.data
    target.load_state_dict(state)
    assert weight.data is array, "loading writes into the arrays that are there"
    for name, value in target.state_dict().items():
        np.testing.assert_array_equal(value, state[name])
    target.load_state_dict(dict(Block(rng).named_parameters()) | {"running": [0] * 3})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda s: s.pop("scale"), RangeError, "missing \\['scale'\\]"),
        (lambda s: s.update(extra=np.ones(1)), RangeError, "unknown \\['extra'\\]"),
        (lambda s: s.update(running=np.ones(4)), ShapeError, "shape \\(3,\\)"),
        (lambda s: s.update(scale="weights"), DTypeError, "numbers"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(rng, change, error, message):
    block = Block(rng)
    before = block.state_dict()
    state = {name: value + 1 for name, value in before.items()}
    change(state)
    with pytest.raises(error, match=message):
        block.load_state_dict(state)
    for name, value in block.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_sequential(rng):
    first, second = nn.Linear(2, 3, rng=rng), nn.Tanh()
    model = nn.Sequential(first, second)
    assert len(model) == 2
    assert list(model) == [first, second]
    assert (model[0], model[-1]) == (first, second)
    with pytest.raises(DTypeError, match=r"modules\[1\]: expected a Module"):
        nn.Sequential(first, lambda x: x)
    for position in (2, -3, "0"):
        with pytest.raises(RangeError, match="position"):
            model[position]


def test_repr(rng):
    model = nn.Sequential(nn.Linear(2, 3, rng=rng), nn.Dropout(0.2))
    assert repr(model) == ("Sequential(\n  (0): Linear(2, 3, bias=True)\n  (1): Dropout(p=0.2)\n)")


def test_parameters_are_floats_that_want_gradients():
    assert nn.Parameter([1.0]).requires_grad
    with pytest.raises(DTypeError, match="floating-point"):
        nn.Parameter([1, 2])


def test_a_module_has_to_define_forward():
    with pytest.raises(TypeError, match="Module defines no forward"):
        nn.Module()(Tensor(1.0))


@pytest.mark.parametrize("bias", [True, False])
def test_linear_starts_within_the_bounds_of_pytorch(bias, rng):
    layer = nn.Linear(100, 50, bias=bias, rng=rng)
    assert abs(layer.weight.data).max() <= 0.1
    assert abs(layer.weight.data).max() > 0.099
    assert (layer.bias is not None) == bias
    for sizes in ((0, 3), (3, -1)):
        with pytest.raises(RangeError, match="positive"):
            nn.Linear(*sizes)


def test_flatten_and_dropout(rng):
    assert nn.Flatten()(Tensor(np.ones((2, 3, 4)))).shape == (2, 12)
    assert nn.Flatten()(Tensor(np.ones((0, 3, 4)))).shape == (0, 12)
    with pytest.raises(ShapeError, match="batch axis"):
        nn.Flatten()(Tensor(1.0))
    layer, x = nn.Dropout(0.25, rng=rng), Tensor(np.ones(20_000, np.float32), requires_grad=True)
    y = layer(x)
    assert set(np.unique(y.data)) == {np.float32(0), np.float32(1 / 0.75)}
    assert abs((y.data == 0).mean() - 0.25) < 0.01
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data)
    assert layer.eval()(x) is x
    with pytest.raises(RangeError, match="probability"):
        nn.Dropout(1.0)


def test_frozen_parameters_stay_as_pytorch_leaves_them(rng):
    ours, theirs = twin(rng)
    x = rng.standard_normal((6, 4)).astype(np.float32)
    before = ours.state_dict()
    assert ours[0].requires_grad_(False) is ours[0]
    theirs[0].requires_grad_(False)
    assert ours.count_params() == sum(p.numel() for p in theirs.parameters())
    optimizers = (
        optim.AdamW(ours.parameters(), lr=0.1, weight_decay=0.5),
        torch.optim.AdamW(theirs.parameters(), lr=0.1, weight_decay=0.5),
    )
    for _ in range(3):
        for optimizer, model, batch in zip(
            optimizers, (ours, theirs), (Tensor(x), torch.tensor(x)), strict=True
        ):
            optimizer.zero_grad()
            (model(batch) ** 2).mean().backward()
            optimizer.step()
    assert ours[0].weight.grad is None
    after = ours.state_dict()
    for name, tensor in theirs.state_dict().items():
        np.testing.assert_allclose(after[name], tensor, atol=1e-6)
        assert np.array_equal(after[name], before[name]) == name.startswith("0.")
    ours.requires_grad_()
    assert all(parameter.requires_grad for parameter in ours.parameters())
