"""Optimisers against PyTorch and Keras over many steps, and their memory."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import nn, optim
from dlbook.engine.optim.optimizer import BLOCK
from dlbook.engine.sparse import SparseRows
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError

from engine.agreement import largest_relative_error

SHAPES = ((4, 3), (5,), (2, 3, 2), ())
STEPS = 25

OPTIONS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.4}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.2}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.2, "nesterov": True}),
    ("SGD", {"lr": 0.0, "momentum": 0.5}),
    ("Adagrad", {"lr": 0.1}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.2, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.5, "eps": 0.1}),
    ("RMSprop", {"lr": 0.1}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.5, "eps": 0.1, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.1, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.1, "centered": True}),
    ("RMSprop", {"lr": 0.1, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": (0.5, 0.7), "eps": 0.1}),
    ("Adam", {"lr": 0.1, "betas": (0.0, 0.9), "weight_decay": 0.3}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("AdamW", {"lr": 0.1}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.5, "amsgrad": True}),
]
NAMES = ("SGD", "Adagrad", "RMSprop", "Adam", "AdamW")


def label(case: Any) -> str:
    return case if isinstance(case, str) else ",".join(f"{k}={v}" for k, v in case.items())


def start(dtype: Any = np.float64) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [np.asarray(rng.standard_normal(shape), dtype) for shape in SHAPES]


def gradients(step: int, dtype: Any = np.float64) -> list[np.ndarray]:
    """Gradients that do not depend on the weights, of very different sizes, zeros among them."""
    rng = np.random.default_rng(100 + step)
    scales = 10.0 ** rng.integers(-6, 3, len(SHAPES))
    return [
        np.asarray(scale * rng.standard_normal(shape) * (rng.random(shape) < 0.9), dtype)
        for scale, shape in zip(scales, SHAPES, strict=True)
    ]


def parameters(dtype: Any = np.float64) -> list[nn.Parameter]:
    return [nn.Parameter(array) for array in start(dtype)]


def move(optimizer: optim.Optimizer, steps: range | list[int], dtype: Any = np.float64) -> None:
    for step in steps:
        for parameter, grad in zip(optimizer.params, gradients(step, dtype), strict=True):
            parameter.grad = grad
        optimizer.step()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=label)
def test_agrees_with_pytorch_at_every_step(name: str, options: dict[str, Any], dtype: Any) -> None:
    ours = parameters(dtype)
    theirs = [torch.tensor(array, requires_grad=True) for array in start(dtype)]
    mine = getattr(optim, name)(ours, **options)
    other = getattr(torch.optim, name)(theirs, **options)
    for step in range(STEPS):
        grads = gradients(step, dtype)
        before = copy.deepcopy(grads)
        for a, b, grad in zip(ours, theirs, grads, strict=True):
            a.grad, b.grad = grad, torch.tensor(grad)
        mine.step()
        other.step()
        for a, b in zip(ours, theirs, strict=True):
            assert a.dtype == dtype
            error = largest_relative_error(a.data, b.detach().numpy())
            assert error <= (1e-10 if dtype == np.float64 else 1e-5), f"step {step}"
        for grad, copied in zip(grads, before, strict=True):
            np.testing.assert_array_equal(grad, copied, err_msg="a gradient was changed in place")


@pytest.mark.parametrize("name", NAMES)
def test_defaults_are_those_of_pytorch(name: str) -> None:
    ours = getattr(optim, name)(parameters())
    theirs = getattr(torch.optim, name)([torch.zeros(1, requires_grad=True)]).defaults
    same = {key: value for key, value in theirs.items() if hasattr(ours, key)}
    assert len(same) >= 4
    assert {key: getattr(ours, key) for key in same} == same


@pytest.mark.parametrize("name", NAMES)
def test_a_small_network_trains_like_in_pytorch(name: str) -> None:
    rng = np.random.default_rng(4)
    x, y = rng.standard_normal((16, 3)), rng.standard_normal((16, 2))
    ours = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
    theirs = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2))
    theirs = theirs.double()
    for parameter, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        parameter.data = other.detach().numpy().copy()
    mine = getattr(optim, name)(ours.parameters(), lr=0.01)
    other_optimizer = getattr(torch.optim, name)(theirs.parameters(), lr=0.01)
    for _ in range(30):
        for model, optimizer, data in (
            (ours, mine, (nn.Parameter(x), nn.Parameter(y))),
            (theirs, other_optimizer, (torch.tensor(x), torch.tensor(y))),
        ):
            optimizer.zero_grad()
            residual = model(data[0]) - data[1]
            (residual * residual).mean().backward()
            optimizer.step()
    for parameter, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert largest_relative_error(parameter.data, other.detach().numpy()) <= 1e-10


# --- Keras: the conversions that the docstrings give ---------------------------------------------

RATE = 2.0**-6  # exact in float32, in which Keras keeps its rate

KERAS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("SGD", {}, {}),
    ("SGD", {"momentum": 0.75}, {"momentum": 0.75}),
    ("SGD", {"momentum": 0.75, "nesterov": True}, {"momentum": 0.75, "nesterov": True}),
    (
        "Adagrad",
        {"initial_accumulator_value": 0.1 + 1e-7, "eps": 0},
        {"initial_accumulator_value": 0.1, "epsilon": 1e-7},
    ),
    ("RMSprop", {"alpha": 0.9, "eps": 0}, {"epsilon": 0}),
    ("RMSprop", {"alpha": 0.9, "eps": 0, "momentum": 0.5}, {"epsilon": 0, "momentum": 0.5}),
    ("Adam", {}, {"epsilon": 1e-7}),
    ("Adam", {"amsgrad": True}, {"epsilon": 1e-7, "amsgrad": True}),
    ("AdamW", {"weight_decay": 0.004}, {"epsilon": 1e-7}),
]


@pytest.mark.parametrize(("name", "options", "keras_options"), KERAS, ids=label)
def test_agrees_with_keras(
    name: str, options: dict[str, Any], keras_options: dict[str, Any]
) -> None:
    import keras

    ours = [nn.Parameter(array) for array in start()]
    theirs = [keras.Variable(array, dtype="float64") for array in start()]
    mine = getattr(optim, name)(ours, lr=RATE, **options)
    other = getattr(keras.optimizers, name)(RATE, **keras_options)
    for step in range(STEPS):
        grads = [np.where(grad == 0, 1e-4, grad) for grad in gradients(step)]  # 0/0 with ε = 0
        if name.startswith("Adam"):
            mine.eps = 1e-7 / np.sqrt(1 - 0.999 ** (step + 1))
        for parameter, grad in zip(ours, grads, strict=True):
            parameter.grad = grad
        mine.step()
        other.apply(grads, theirs)
    for a, b in zip(ours, theirs, strict=True):
        assert largest_relative_error(a.data, np.asarray(b)) <= 1e-6


def first_step(name: str, grad: float, **options: Any) -> float:
    parameter = nn.Parameter(np.zeros(1))
    parameter.grad = np.array([grad])
    getattr(optim, name)([parameter], **options).step()
    return parameter.data.item()


def test_first_steps_of_the_book() -> None:
    assert first_step("Adam", 1e-6, lr=1e-3) == pytest.approx(-9.90e-4, rel=1e-3)
    assert first_step("Adam", 1e-6, lr=1e-3, eps=1e-7) == pytest.approx(-9.09e-4, rel=1e-3)
    keras_eps = 1e-7 / np.sqrt(1 - 0.999)
    assert first_step("Adam", 1e-6, lr=1e-3, eps=keras_eps) == pytest.approx(-2.40e-4, rel=1e-2)
    assert first_step("RMSprop", 1.0, lr=0.01) == pytest.approx(-0.1, rel=1e-6)
    assert first_step("RMSprop", 1.0, lr=0.01, alpha=0.9) == pytest.approx(-0.0316, rel=1e-2)
    assert first_step("Adagrad", 1e-3, lr=0.01) == pytest.approx(-0.01, rel=1e-6)
    in_keras = {"initial_accumulator_value": 0.1 + 1e-7, "eps": 0}
    assert first_step("Adagrad", 1e-3, lr=0.01, **in_keras) == pytest.approx(-3.2e-5, rel=2e-2)


# --- memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=label)
def test_resuming_equals_going_on(name: str, options: dict[str, Any]) -> None:
    whole = getattr(optim, name)(parameters(), **options)
    move(whole, range(10))
    first = getattr(optim, name)(parameters(), **options)
    move(first, range(4))
    second = getattr(optim, name)([nn.Parameter(p.data.copy()) for p in first.params], **options)
    second.lr = 123.0
    second.load_state_dict(first.state_dict())
    move(second, range(4, 10))
    assert (second.steps, second.lr) == (10, whole.lr)
    for a, b in zip(second.params, whole.params, strict=True):
        np.testing.assert_array_equal(a.data, b.data)


def test_state_dict_is_a_copy_and_survives_parameters_without_gradient() -> None:
    optimizer = optim.Adam(parameters())
    optimizer.params[1].grad = np.ones(5)
    optimizer.step()
    state = optimizer.state_dict()
    assert sorted(state) == ["1.age", "1.mean", "1.square", "lr", "steps"]
    state["1.mean"][:] = 7
    assert optimizer.memory[1]["mean"].max() < 1
    other = optim.Adam(parameters())
    other.load_state_dict(state)
    assert other.ages == [0, 1, 0, 0]
    np.testing.assert_array_equal(other.memory[1]["mean"], np.full(5, 7.0))


def test_a_state_that_does_not_fit_changes_nothing() -> None:
    optimizer = optim.Adam(parameters())
    move(optimizer, range(2))
    good = optimizer.state_dict()
    bad: list[tuple[dict[str, Any], type[DlbookError], str]] = [
        ({k: v for k, v in good.items() if k != "0.mean"}, RangeError, "missing .'0.mean'"),
        (good | {"9.mean": np.zeros(1)}, RangeError, "unknown .'9.mean'"),
        (good | {"0.mean": np.zeros((3, 4))}, ShapeError, r"0.mean.*expected shape \(4, 3\)"),
        (good | {"lr": np.zeros(2)}, ShapeError, "lr"),
        (optim.SGD(parameters(), momentum=0.9).state_dict() | {"0.age": 1}, RangeError, "missing"),
        ({}, RangeError, "missing"),
    ]
    for state, error, text in bad:
        with pytest.raises(error, match=text):
            optimizer.load_state_dict(state)
    for name, array in optimizer.state_dict().items():
        np.testing.assert_array_equal(array, good[name])


def test_parameters_without_gradient_stay_and_shared_ones_move_once() -> None:
    shared, idle = nn.Parameter(np.ones(2)), nn.Parameter(np.ones(2))
    optimizer = optim.SGD([shared, idle, shared], lr=0.5)
    shared.grad = np.ones(2)
    optimizer.step()
    np.testing.assert_array_equal(shared.data, [0.5, 0.5])
    np.testing.assert_array_equal(idle.data, [1, 1])
    optimizer.zero_grad()
    assert shared.grad is None


@pytest.mark.parametrize("shape", [(70, 1001), (BLOCK + 7,), (2, BLOCK)], ids=str)
@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=label)
def test_blocks_of_a_large_parameter(
    name: str, options: dict[str, Any], shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(0)
    weights = rng.standard_normal(shape)
    ours, theirs = nn.Parameter(weights), torch.tensor(weights, requires_grad=True)
    mine = getattr(optim, name)([ours], **options)
    other = getattr(torch.optim, name)([theirs], **options)
    for _ in range(3):
        grad = rng.standard_normal(shape)
        ours.grad, theirs.grad = grad, torch.tensor(grad)
        mine.step()
        other.step()
    assert largest_relative_error(ours.data, theirs.detach().numpy()) < 1e-12


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_changed_in_place_whatever_their_layout(name: str) -> None:
    array = np.random.default_rng(0).standard_normal((6, 4))
    plain, turned = nn.Parameter(array.copy()), nn.Parameter(np.asfortranarray(array))
    memory = turned.data
    for parameter in (plain, turned):
        optimizer = getattr(optim, name)([parameter], lr=0.1)
        for step in range(3):
            parameter.grad = np.random.default_rng(step).standard_normal((6, 4))
            optimizer.step()
    assert turned.data is memory
    np.testing.assert_array_equal(plain.data, turned.data)


# --- gradients of few rows -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"), [case for case in OPTIONS if case[1].get("eps") != 0], ids=label
)
def test_sparse_gradients_do_what_full_ones_do(name: str, options: dict[str, Any]) -> None:
    table = np.random.default_rng(1).standard_normal((7, 3))
    sparse, dense = nn.Parameter(table.copy()), nn.Parameter(table.copy())
    optimizers = [getattr(optim, name)([p], **options) for p in (sparse, dense)]
    for step in range(8):
        rng = np.random.default_rng(step)
        rows = rng.integers(0, 6, size=[4, 9, 0][step % 3])  # repeated rows, or none; never row 6
        grad = SparseRows(rows, rng.standard_normal((len(rows), 3)), (7, 3))
        sparse.grad, dense.grad = grad, grad.to_dense()
        for optimizer in optimizers:
            optimizer.step()
        np.testing.assert_allclose(sparse.data, dense.data, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["SGD", "Adagrad"])
def test_rows_that_were_not_looked_up_are_not_touched(name: str) -> None:
    class Guarded(SparseRows):
        def to_dense(self) -> np.ndarray:
            raise AssertionError("the whole table was written out")

    parameter = nn.Parameter(np.ones((5, 2)))
    parameter.grad = Guarded(np.array([3, 1, 3]), np.ones((3, 2)), (5, 2))
    getattr(optim, name)([parameter]).step()
    np.testing.assert_array_equal(parameter.data[[0, 2, 4]], 1)
    assert (parameter.data[[1, 3]] < 1).all()


# --- bad arguments -------------------------------------------------------------------------------

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("SGD", {"momentum": 1.0}, "momentum"),
    ("SGD", {"momentum": -0.1}, "momentum"),
    ("SGD", {"dampening": -1}, "dampening"),
    ("SGD", {"nesterov": True}, "nesterov"),
    ("SGD", {"nesterov": True, "momentum": 0.9, "dampening": 0.1}, "nesterov"),
    ("Adam", {"betas": (1.0, 0.9)}, r"betas\[0\]"),
    ("Adam", {"betas": (0.9, -0.1)}, r"betas\[1\]"),
    ("Adagrad", {"lr_decay": -1}, "lr_decay"),
    ("Adagrad", {"initial_accumulator_value": -1}, "initial_accumulator_value"),
    ("RMSprop", {"alpha": 1.0}, "alpha"),
    ("RMSprop", {"momentum": 1.0}, "momentum"),
]
BAD += [(name, {"lr": value}, "lr") for name in NAMES for value in (-0.1, np.nan, np.inf, "fast")]
BAD += [(name, {"weight_decay": -0.1}, "weight_decay") for name in NAMES]
BAD += [(name, {"eps": -1e-9}, "eps") for name in NAMES if name != "SGD"]


@pytest.mark.parametrize(("name", "options", "named"), BAD, ids=label)
def test_bad_options(name: str, options: dict[str, Any], named: str) -> None:
    with pytest.raises(RangeError, match=f"{name}: {named}: expected"):
        getattr(optim, name)(parameters(), **options)


@pytest.mark.parametrize("name", NAMES)
def test_bad_parameters_and_gradients(name: str) -> None:
    make = getattr(optim, name)
    with pytest.raises(RangeError, match="at least one parameter"):
        make([])
    with pytest.raises(DTypeError, match=r"params\[1\]: expected a float Parameter"):
        make([*parameters()[:1], np.zeros(3)])
    parameter = nn.Parameter(np.zeros(3))
    parameter.grad = np.zeros((3, 1))
    with pytest.raises(
        ShapeError, match=r"params\[0\].grad: expected the parameter's shape \(3,\)"
    ):
        make([parameter]).step()


def test_a_single_parameter_need_not_stand_in_a_list() -> None:
    parameter = nn.Parameter(np.ones((2, 2)))
    assert optim.SGD(parameter).params == [parameter]


def test_an_optimizer_without_a_rule_says_so() -> None:
    parameter = nn.Parameter(np.ones(2))
    parameter.grad = np.ones(2)
    with pytest.raises(TypeError, match="Optimizer defines no _update"):
        optim.Optimizer([parameter], lr=0.1).step()
