"""Learning-rate schedules against PyTorch over 50 epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import nn, optim
from dlbook.errors import DlbookError, DTypeError, RangeError

SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 1, "gamma": 0.5}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ExponentialLR", {"gamma": 1.0}),
    ("CosineAnnealingLR", {"T_max": 50}),
    ("CosineAnnealingLR", {"T_max": 50, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 12, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 1}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.01, "total_iters": 20}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.2, "total_iters": 1}),
    ("LambdaLR", {"lr_lambda": lambda epoch: 0.95**epoch}),
    ("LambdaLR", {"lr_lambda": lambda epoch: min((epoch + 1) / 8, (8 / (epoch + 1)) ** 0.5)}),
]


def make(lr: float = 0.3) -> optim.Optimizer:
    return optim.SGD([nn.Parameter(np.zeros(1))], lr=lr)


def make_torch(lr: float = 0.3) -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=lr)


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_agrees_with_pytorch(name: str, options: dict[str, Any]) -> None:
    ours, theirs = make(), make_torch()
    schedule = getattr(optim, name)(ours, **options)
    other = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    for epoch in range(51):
        assert ours.lr == pytest.approx(theirs.param_groups[0]["lr"], rel=1e-10, abs=1e-15), epoch
        assert type(ours.lr) is float
        ours.step()
        theirs.step()
        schedule.step()
        other.step()


PLATEAUS: list[dict[str, Any]] = [
    {},
    {"patience": 0},
    {"patience": 2, "factor": 0.5},
    {"patience": 2, "cooldown": 3, "factor": 0.7},
    {"mode": "max", "patience": 1, "threshold": 0.05},
    {"threshold_mode": "abs", "threshold": 0.1, "patience": 1, "factor": 0.6},
    {"mode": "max", "threshold_mode": "abs", "threshold": 0.1, "patience": 1, "factor": 0.6},
    {"patience": 0, "factor": 0.5, "min_lr": 0.02},
    {"patience": 0, "factor": 0.5, "eps": 0.03},
]


def metrics(kind: str) -> list[float]:
    rng = np.random.default_rng(2)
    curves = {
        "falling": np.exp(-np.arange(50) / 8) + 0.05 * rng.standard_normal(50),
        "flat": np.ones(50),
        "negative": -np.arange(50) / 10 + rng.standard_normal(50),
        "nan": np.where(np.arange(50) % 7 == 3, np.nan, np.cos(np.arange(50))),
    }
    return [float(value) for value in curves[kind]]


@pytest.mark.parametrize("kind", ["falling", "flat", "negative", "nan"])
@pytest.mark.parametrize("options", PLATEAUS)
def test_plateau_agrees_with_pytorch(options: dict[str, Any], kind: str) -> None:
    ours, theirs = make(), make_torch()
    schedule = optim.ReduceLROnPlateau(ours, **options)
    other = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    for epoch, value in enumerate(metrics(kind)):
        schedule.step(value)
        other.step(value)
        assert ours.lr == pytest.approx(theirs.param_groups[0]["lr"], rel=1e-12), epoch
        assert schedule.num_bad_epochs == other.num_bad_epochs, epoch


@pytest.mark.parametrize(("name", "options"), SCHEDULES)
def test_resuming_equals_going_on(name: str, options: dict[str, Any]) -> None:
    whole, first, second = make(), make(), make()
    schedules = [getattr(optim, name)(optimizer, **options) for optimizer in (whole, first)]
    for _ in range(9):
        schedules[0].step()
    for _ in range(4):
        schedules[1].step()
    second.lr = 99.0
    resumed = getattr(optim, name)(second, **options)
    resumed.load_state_dict(schedules[1].state_dict())
    assert second.lr == first.lr
    for _ in range(5):
        resumed.step()
    assert second.lr == whole.lr


def test_resuming_a_plateau() -> None:
    values = metrics("falling")
    whole, first, second = make(), make(), make()
    options: dict[str, Any] = {"patience": 1, "factor": 0.5, "cooldown": 1}
    long, short = (optim.ReduceLROnPlateau(o, **options) for o in (whole, first))
    for value in values:
        long.step(value)
    for value in values[:30]:
        short.step(value)
    resumed = optim.ReduceLROnPlateau(second, **options)
    resumed.load_state_dict(short.state_dict())
    for value in values[30:]:
        resumed.step(value)
    assert resumed.state_dict() == long.state_dict()
    assert second.lr < 0.3


def test_cosine_of_a_rate_of_zero_stays_zero() -> None:
    optimizer = make(lr=0.0)
    schedule = optim.CosineAnnealingLR(optimizer, 5)
    schedule.step()
    assert optimizer.lr == 0


@pytest.mark.parametrize(
    ("name", "options", "error", "named"),
    [
        ("StepLR", {"step_size": 0}, RangeError, "step_size"),
        ("StepLR", {"step_size": 1.5}, RangeError, "step_size"),
        ("StepLR", {"step_size": 3, "gamma": -1}, RangeError, "gamma"),
        ("ExponentialLR", {"gamma": -0.1}, RangeError, "gamma"),
        ("CosineAnnealingLR", {"T_max": 0}, RangeError, "T_max"),
        ("CosineAnnealingLR", {"T_max": 5, "eta_min": -1}, RangeError, "eta_min"),
        ("LinearLR", {"start_factor": 0}, RangeError, "start_factor"),
        ("LinearLR", {"end_factor": 1.5}, RangeError, "end_factor"),
        ("LinearLR", {"total_iters": 0}, RangeError, "total_iters"),
        ("LambdaLR", {"lr_lambda": 0.5}, DTypeError, "lr_lambda"),
        ("ReduceLROnPlateau", {"mode": "best"}, RangeError, "mode"),
        ("ReduceLROnPlateau", {"threshold_mode": "both"}, RangeError, "threshold_mode"),
        ("ReduceLROnPlateau", {"factor": 1.0}, RangeError, "factor"),
        ("ReduceLROnPlateau", {"patience": -1}, RangeError, "patience"),
        ("ReduceLROnPlateau", {"cooldown": -1}, RangeError, "cooldown"),
        ("ReduceLROnPlateau", {"min_lr": -1}, RangeError, "min_lr"),
    ],
)
def test_bad_options(
    name: str, options: dict[str, Any], error: type[DlbookError], named: str
) -> None:
    optimizer = make()
    with pytest.raises(error, match=f"{name}: {named}: expected"):
        getattr(optim, name)(optimizer, **options)
    assert optimizer.lr == 0.3


def test_only_optimizers_are_scheduled_and_only_own_states_loaded() -> None:
    with pytest.raises(DTypeError, match="ExponentialLR: optimizer: expected an Optimizer"):
        optim.ExponentialLR(0.1, 0.9)  # type: ignore[arg-type]
    with pytest.raises(DTypeError, match="ReduceLROnPlateau: optimizer: expected an Optimizer"):
        optim.ReduceLROnPlateau(0.1)  # type: ignore[arg-type]
    for schedule in (optim.ExponentialLR(make(), 0.9), optim.ReduceLROnPlateau(make())):
        with pytest.raises(RangeError, match="load_state_dict: state: expected"):
            schedule.load_state_dict({"epoch": 3})


def test_a_schedule_without_a_rule_says_so() -> None:
    with pytest.raises(TypeError, match="Schedule defines no factor"):
        optim.Schedule(make())
