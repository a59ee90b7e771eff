"""Embedding: lookup, its row-sparse gradient, and what optimisers make of that."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn, optim
from dlbook.engine import functional as F
from dlbook.engine.sparse import OuterRows, SparseRows
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check

TABLE = np.random.default_rng(0).standard_normal((6, 3))
IDS = {
    "sequence": np.array([1, 4, 1, 1]),
    "batch": np.array([[0, 5, 2], [2, 2, 0]]),
    "one number": np.array(3),
    "none": np.zeros((2, 0), dtype=np.int64),
    "small type": np.array([[1], [2]], dtype=np.uint8),
    "view": np.arange(6)[::-2],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("padding_idx", [None, 2, -1])
@pytest.mark.parametrize("ids", IDS)
def test_against_torch(ids: str, padding_idx: int | None, dtype: str) -> None:
    numbers = IDS[ids]
    words = torch.tensor(numbers.astype(np.int64))
    check(
        lambda table: F.embedding(numbers, table, padding_idx),
        [TABLE.astype(dtype)],
        torch_operation=lambda table: torch.nn.functional.embedding(words, table, padding_idx),
        differences=padding_idx is None,
    )


def test_against_keras_and_one_hot() -> None:
    import keras

    ids = IDS["batch"]
    check(
        lambda table: F.embedding(ids, table),
        [TABLE.astype("float32")],
        keras_operation=lambda table: keras.ops.take(table, ids, axis=0),
    )
    product = F.one_hot(ids, 6).data @ TABLE
    np.testing.assert_allclose(F.embedding(ids, Tensor(TABLE)).data, product)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    ids=st.lists(st.integers(0, 5), max_size=12),
    padding_idx=st.one_of(st.none(), st.integers(-6, 5)),
)
def test_any_ids(ids: list[int], padding_idx: int | None) -> None:
    numbers = np.array(ids, dtype=np.int64)
    check(
        lambda table: F.embedding(numbers, table, padding_idx),
        [TABLE],
        torch_operation=lambda t: torch.nn.functional.embedding(
            torch.tensor(numbers), t, padding_idx
        ),
        differences=False,
    )


def looked_up(ids: Any, uses: int = 1) -> Tensor:
    table = Tensor(TABLE.copy(), requires_grad=True)
    total = F.embedding(ids, table).sum()
    for _ in range(uses - 1):
        total = total + F.embedding(ids, table).sum()
    total.backward()
    return table


def test_the_gradient_is_sparse_and_grows_with_the_batch_only() -> None:
    grad = looked_up(np.array([4, 1, 4])).grad
    assert isinstance(grad, SparseRows)
    assert grad.shape == (6, 3)
    assert grad.values.shape == (3, 3)
    once = grad.coalesce()
    assert once.indices.tolist() == [1, 4]
    assert once.values.tolist() == [[1.0] * 3, [2.0] * 3]
    assert repr(grad) == "SparseRows(3 of 6 rows, dtype=float64)"


def test_gradients_of_two_uses_and_two_walks_add_up() -> None:
    grad = looked_up([1, 4], uses=3).grad
    assert isinstance(grad, SparseRows)
    np.testing.assert_array_equal(grad.to_dense()[:, 0], [0, 3, 0, 0, 3, 0])
    table = looked_up([1, 4])
    F.embedding([4], table).sum().backward()
    np.testing.assert_array_equal(table.grad.to_dense()[:, 0], [0, 1, 0, 0, 2, 0])


def test_a_table_used_in_other_ways_too() -> None:
    ids = np.array([0, 3, 3])
    check(
        lambda t: F.embedding(ids, t) @ t.T,
        [TABLE],
        torch_operation=lambda t: torch.nn.functional.embedding(torch.tensor(ids), t) @ t.T,
    )
    check(
        lambda t: F.embedding(ids, t * t),
        [TABLE],
        torch_operation=lambda t: torch.nn.functional.embedding(torch.tensor(ids), t * t),
    )


def rows() -> SparseRows:
    return SparseRows(np.array([2, 0, 2]), np.arange(6.0, dtype="f").reshape(3, 2), (4, 2))


def test_sparse_rows_behave_like_the_array_they_stand_for() -> None:
    sparse, dense = rows(), np.array([[2, 3], [0, 0], [4, 6], [0, 0]], dtype="f")
    np.testing.assert_array_equal(sparse.to_dense(), dense)
    np.testing.assert_array_equal(np.asarray(sparse), dense)
    np.testing.assert_array_equal(sparse.coalesce().to_dense(), dense)
    np.testing.assert_array_equal((sparse + rows()).to_dense(), 2 * dense)
    np.testing.assert_array_equal(sparse + dense, 2 * dense)
    np.testing.assert_array_equal(dense + sparse, 2 * dense)
    np.testing.assert_array_equal((0.5 * sparse).to_dense(), 0.5 * dense)
    assert (sparse * 2).dtype == sparse.dtype == np.float32
    assert sparse.astype("float64").dtype == np.float64
    for table in (np.ones((4, 2), "f"), np.ones((2, 4), "f").T):
        sparse.add_to(table, scale=-2.0)
        np.testing.assert_array_equal(table, 1 - 2 * dense)


def test_a_copy_shares_nothing() -> None:
    sparse = rows()
    copy = sparse.copy()
    copy.values[...] = 0
    copy.indices[...] = 1
    assert sparse.indices.tolist() == [2, 0, 2]
    assert sparse.values.sum() == 15


def test_no_rows() -> None:
    nothing = SparseRows(np.zeros(0, dtype=int), np.zeros((0, 2), "f"), (4, 2))
    assert nothing.coalesce().indices.size == 0
    assert not nothing.to_dense().any()


OPTIMIZERS = {
    "SGD": (lambda p: optim.SGD(p, lr=0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    "SGD, momentum": (
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
        lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    ),
    "Adam": (lambda p: optim.Adam(p, lr=0.1), lambda p: torch.optim.Adam(p, lr=0.1)),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_equals_torch_s_with_a_dense_gradient(name: str) -> None:
    table = nn.Embedding(6, 3, rng=np.random.default_rng(1))
    other = torch.nn.Embedding(6, 3)
    other.load_state_dict({k: torch.tensor(v) for k, v in table.state_dict().items()})
    ours, theirs = OPTIMIZERS[name]
    optimizers = ours(table.parameters()), theirs(other.parameters())
    for ids in ([0, 2, 2], [5], [1, 0], [2, 5]):
        for library, (model, optimizer) in enumerate(zip((table, other), optimizers, strict=True)):
            optimizer.zero_grad()
            words = np.array(ids) if library == 0 else torch.tensor(ids)
            y = model(words)
            (y * y).sum().backward()
            optimizer.step()
    expected = other.weight.detach().numpy()
    np.testing.assert_allclose(table.weight.data, expected, rtol=1e-5, atol=1e-6)


def test_module() -> None:
    layer = nn.Embedding(2000, 8, padding_idx=-1, rng=np.random.default_rng(0))
    assert layer.padding_idx == 1999
    assert not layer.weight.data[1999].any()
    assert abs(layer.weight.data[:1999].std() - 1) < 0.02
    assert layer.weight.dtype == np.float32
    assert repr(layer) == "Embedding(2000, 8, padding_idx=1999)"
    assert repr(nn.Embedding(2, 3)) == "Embedding(2, 3)"
    layer(np.array([1999, 3])).sum().backward()
    assert layer.weight.grad.indices.tolist() == [3]


BAD: dict[str, tuple[Any, type[DlbookError], str]] = {
    "token too large": (
        lambda: F.embedding([2, 6, 9], TABLE),
        RangeError,
        "embedding: input: expected row numbers from 0 to 5, got 6, 9",
    ),
    "token negative": (lambda: F.embedding([-1], TABLE), RangeError, "got -1"),
    "floats": (lambda: F.embedding([1.0], TABLE), DTypeError, "embedding: input"),
    "booleans": (lambda: F.embedding([True], TABLE), DTypeError, "embedding: input"),
    "vector": (lambda: F.embedding([0], TABLE[0]), ShapeError, "embedding: weight"),
    "empty table": (lambda: F.embedding([0], TABLE[:0]), ShapeError, "embedding: weight"),
    "table of integers": (
        lambda: F.embedding([0], TABLE.astype(int)),
        DTypeError,
        "embedding: weight",
    ),
    "padding outside": (lambda: F.embedding([0], TABLE, 6), RangeError, "padding_idx"),
    "padding half": (lambda: F.embedding([0], TABLE, 0.5), RangeError, "padding_idx"),
    "no rows": (lambda: nn.Embedding(0, 3), RangeError, "Embedding: num_embeddings"),
    "no features": (lambda: nn.Embedding(3, -1), RangeError, "Embedding: embedding_dim"),
    "module's padding": (lambda: nn.Embedding(3, 1, padding_idx=3), RangeError, "padding_idx"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str) -> None:
    call, error, message = BAD[case]
    with pytest.raises(error, match=message):
        call()


# --- scores of a few rows -----------------------------------------------------------------------

PAIRS = np.array([[1, 4, 1], [0, 0, 5]])
VECTORS = np.random.default_rng(1).standard_normal((2, 3))


def scores_in_torch(table: Any, vectors: Any) -> Any:
    return (table[torch.tensor(PAIRS)] @ vectors.unsqueeze(2)).squeeze(2)


@pytest.fixture(params=["with SciPy", "without"])
def scipy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "without":
        monkeypatch.setitem(sys.modules, "scipy.sparse", None)


@pytest.mark.usefixtures("scipy")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scores_against_torch(dtype: str) -> None:
    check(
        lambda table, vectors: F.embedding_scores(PAIRS, table, vectors),
        [TABLE.astype(dtype), VECTORS.astype(dtype)],
        torch_operation=scores_in_torch,
    )
    check(
        lambda table, vectors: F.embedding_scores(PAIRS, 2 * table, vectors * vectors),
        [TABLE, VECTORS],
        torch_operation=lambda table, vectors: scores_in_torch(2 * table, vectors * vectors),
    )


def test_scores_against_keras() -> None:
    from keras import ops

    check(
        lambda table, vectors: F.embedding_scores(PAIRS, table, vectors),
        [TABLE.astype("f"), VECTORS.astype("f")],
        keras_operation=lambda table, vectors: ops.squeeze(
            ops.matmul(ops.take(table, PAIRS, axis=0), ops.expand_dims(vectors, 2)), 2
        ),
    )


@pytest.mark.usefixtures("scipy")
@pytest.mark.parametrize("rows", [7, 70_000])
def test_outer_rows_are_the_rows_written_out(rows: int) -> None:
    indices, sources = np.array([rows - 1, 0, rows - 1, 2]), np.array([0, 1, 1, 0])
    outer = OuterRows(indices, np.arange(4, dtype="f"), VECTORS.astype("f"), sources, (rows, 3))
    plain = SparseRows(indices, outer.values, (rows, 3))
    assert outer.dtype == plain.dtype == np.float32
    np.testing.assert_allclose(outer.to_dense(), plain.to_dense(), rtol=1e-6)
    np.testing.assert_allclose((outer + outer).to_dense(), 2 * plain.to_dense(), rtol=1e-6)
    np.testing.assert_allclose(outer.copy().coalesce().values, plain.coalesce().values)
    table = np.ones((rows, 3), "f")
    outer.add_to(table, scale=-2.0)
    np.testing.assert_allclose(table, 1 - 2 * plain.to_dense(), rtol=1e-6)


@pytest.mark.usefixtures("scipy")
def test_no_outer_rows() -> None:
    none = np.zeros(0, dtype=int)
    nothing = OuterRows(none, np.zeros(0, "f"), VECTORS.astype("f"), none, (4, 3))
    assert not nothing.to_dense().any()


def test_a_step_on_the_vectors_does_not_change_what_the_table_receives() -> None:
    table, vectors = Tensor(TABLE, requires_grad=True), Tensor(VECTORS.copy(), requires_grad=True)
    F.embedding_scores(PAIRS, table, vectors).sum().backward()
    before = table.grad.to_dense()
    optim.SGD([vectors], lr=1.0).step()
    np.testing.assert_array_equal(table.grad.to_dense(), before)


@pytest.mark.parametrize(
    ("input", "weight", "vectors", "error", "message"),
    [
        ([1, 2], TABLE, VECTORS, ShapeError, r"embedding_scores: input: expected shape \(batch, k"),
        (PAIRS, TABLE, VECTORS.T, ShapeError, r"vectors: expected shape \(2, 3\).*got .*\(3, 2\)"),
        (PAIRS, TABLE, PAIRS, DTypeError, "embedding_scores"),
        (PAIRS * 1.0, TABLE, VECTORS, DTypeError, "input: expected integer row numbers"),
        (PAIRS + 1, TABLE, VECTORS, RangeError, "input: expected row numbers from 0 to 5, got 6"),
        (PAIRS, TABLE[0], VECTORS, ShapeError, "weight: expected a table"),
    ],
)
def test_bad_scores(
    input: Any, weight: Any, vectors: Any, error: type[DlbookError], message: str
) -> None:
    with pytest.raises(error, match=message):
        F.embedding_scores(input, Tensor(weight), Tensor(vectors))
