"""Sequences, series in time, and tables."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from dlbook import data
from dlbook.data import Dataset
from dlbook.errors import (
    DataError,
    DTypeError,
    MissingDataError,
    RangeError,
    ShapeError,
)

sys.path.insert(0, str(Path(__file__).parent))
from fingerprints import fingerprint


def generator(seed=0):
    return np.random.default_rng(seed)


# --- toys ---------------------------------------------------------------------------------------


def test_adding_problem():
    problem = data.adding_problem(4000, 20, rng=generator())
    assert (problem.x.shape, problem.y.shape) == ((4000, 20, 2), (4000, 1))
    assert problem.x.dtype == problem.y.dtype == np.float32
    numbers, marks = problem.x[..., 0], problem.x[..., 1]
    assert (marks[:, :10].sum(axis=1) == 1).all()
    assert (marks[:, 10:].sum(axis=1) == 1).all()
    np.testing.assert_allclose((numbers * marks).sum(axis=1), problem.y[:, 0], atol=1e-6)
    assert ((problem.y - 1) ** 2).mean() == pytest.approx(1 / 6, rel=0.05)
    assert (marks.sum(axis=0) > 0).all()  # every place is marked somewhere


def check(x, y, answer):
    return all(np.array_equal(answer(list(row)), target) for row, target in zip(x, y, strict=True))


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs", "answer"),
    [
        ("one to one", 1, 1, lambda row: [(row[0] + 1) % 10]),
        ("one to many", 1, 4, lambda row: [(row[0] - i) % 10 for i in range(4)]),
        ("many to one", 4, 1, lambda row: [sum(row) % 10]),
        ("many to many", 4, 4, lambda row: [max(row[: i + 1]) for i in range(4)]),
        ("sequence to sequence", 4, 4, lambda row: row[::-1]),
    ],
)
def test_sequence_tasks(kind, inputs, outputs, answer):
    task = data.sequence_task(kind, 200, 4, rng=generator())
    assert (task.x.shape, task.y.shape) == ((200, inputs), (200, outputs))
    assert task.x.dtype == task.y.dtype == np.int64
    assert set(np.unique(task.x)) == set(range(10))
    assert task.classes == tuple("0123456789")
    assert "synthetic" in task.name
    assert check(task.x, task.y, answer)


def test_all_five_kinds_are_tested():
    assert set(data.SEQUENCE_TASKS) == {
        "one to one", "one to many", "many to one", "many to many", "sequence to sequence",
    }  # fmt: skip


# --- series -------------------------------------------------------------------------------------


def test_sunspots():
    series = data.sunspots()
    assert len(series) == 309
    assert series.values.dtype == np.float32
    assert series.time[[0, -1]].tolist() == [1700, 2008]
    assert series.values.min() == 0
    assert series.values.max() == pytest.approx(190.2)
    centred = series.values - series.values.mean()
    similar = [float((centred[lag:] * centred[:-lag]).mean()) for lag in range(5, 16)]
    assert 5 + int(np.argmax(similar)) in (10, 11)


def test_co2():
    series = data.co2()
    assert len(series) == 526
    assert np.isfinite(series.values).all()
    np.testing.assert_allclose(np.diff(series.time), 1 / 12, atol=1e-9)
    assert series.time[0] == pytest.approx(1958 + 2 / 12)
    assert 314 < series.values[:12].mean() < 318
    assert 369 < series.values[-12:].mean() < 372
    assert series.unit == "ppm"


def test_windows():
    values = np.arange(10, dtype=np.float32)
    cut = data.windows(values, 4)
    assert (cut.x.shape, cut.y.shape) == ((6, 4, 1), (6, 1))
    np.testing.assert_array_equal(cut.x[2, :, 0], [2, 3, 4, 5])
    np.testing.assert_array_equal(cut.y[:, 0], [4, 5, 6, 7, 8, 9])
    later = data.windows(values, 4, ahead=3)
    np.testing.assert_array_equal(later.y[:, 0], [6, 7, 8, 9])
    np.testing.assert_array_equal(later.x[-1, :, 0], [3, 4, 5, 6])
    assert len(data.windows(values, 9)) == 1
    cut.x[:] = 0
    assert values[1] == 1  # a copy


# --- tables -------------------------------------------------------------------------------------


def test_diabetes():
    train, test = data.diabetes()
    assert (train.x.shape, test.x.shape) == ((295, 10), (147, 10))
    assert (train.y.shape, train.y.dtype, train.x.dtype) == ((295, 1), np.float32, np.float32)
    assert train.features[:4] == ("age", "sex", "bmi", "bp")
    both = np.concatenate([train.y, test.y])
    assert (both.min(), both.max()) == (25, 346)
    rows = {tuple(row) for row in np.concatenate([train.x, test.x])}
    assert len(rows) == 442  # nobody is in both sets
    np.testing.assert_array_equal(data.diabetes(seed=0)[0].x, train.x)
    assert not np.array_equal(data.diabetes(seed=1)[0].x, train.x)


def test_hitters_of_the_cache():
    try:
        train, test = data.hitters()
    except MissingDataError as error:
        pytest.skip(str(error))
    assert len(train) + len(test) == 263
    assert train.x.shape[1] == 19
    assert np.concatenate([train.y, test.y]).mean() == pytest.approx(535.9, abs=0.1)


# --- the same on every run, and refusals --------------------------------------------------------

KNOWN = {"adding": "bf53be4c77b1", "many to one": "8e53f7a0007a", "diabetes": "f139eb15db4e"}


def test_known_samples():
    """What a seed gives is part of the book: its figures depend on it."""
    adding = data.adding_problem(5, 8, rng=generator())
    task = data.sequence_task("many to one", 5, rng=generator())
    found = {
        "adding": fingerprint(adding.x, adding.y),
        "many to one": fingerprint(task.x, task.y),
        "diabetes": fingerprint(*data.diabetes()[0]),
    }
    assert found == KNOWN


def test_the_shortest_sequences():
    assert data.sequence_task("one to one", 1, 2, rng=generator()).x.shape[0] == 1
    assert data.sequence_task("many to one", 3, 2, rng=generator()).x.shape == (3, 2)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: data.adding_problem(0, rng=generator()), RangeError, "adding_problem: samples"),
        (lambda: data.adding_problem(3, 1, rng=generator()), RangeError, "adding_problem: length"),
        (lambda: data.adding_problem(3, rng=0), DTypeError, "adding_problem: rng"),
        (lambda: data.sequence_task("three to one", 3, rng=generator()), RangeError,
         "sequence_task: kind: expected one of .*one to many.*, got three to one"),
        (lambda: data.sequence_task("one to one", -1, rng=generator()), RangeError, "samples"),
        (lambda: data.sequence_task("one to one", 5, 1, rng=generator()), RangeError, "length"),
        (lambda: data.sequence_task("one to one", 5, rng=1), DTypeError, "sequence_task: rng"),
        (lambda: data.windows([1.0, 2.0], 1), DTypeError, "windows: values: expected an array"),
        (lambda: data.windows(np.arange(5), 1), DTypeError, "windows: values"),
        (lambda: data.windows(np.zeros((5, 1)), 1), ShapeError, "windows: values"),
        (lambda: data.windows(np.array([1, np.nan]), 1), DataError, "windows: values"),
        (lambda: data.windows(np.zeros(5), 5), RangeError, "expected at least 6 values, got 5"),
        (lambda: data.windows(np.zeros(5), 0), RangeError, "windows: length"),
        (lambda: data.windows(np.zeros(5), 1, ahead=0), RangeError, "windows: ahead"),
        (lambda: data.diabetes(split=1.0), RangeError, "split: share"),
        (lambda: Dataset(np.zeros((3, 2)), np.array([0, np.nan, 1])), DataError, "Dataset: y"),
        (lambda: Dataset(np.array([None, 1]), np.zeros(2)), DTypeError, "Dataset: x"),
        (lambda: Dataset(np.zeros((3, 2)), np.zeros(3), features=("a",)), ShapeError,
         "Dataset: features: expected a name for each of 2 columns"),
    ],
)  # fmt: skip
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
