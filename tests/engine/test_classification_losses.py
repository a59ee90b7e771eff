"""Losses for classes against PyTorch, Keras and differences."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, GradientError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check
from engine.arrays import DTYPES, layouts, normal, positive

T, K = torch.nn.functional, keras.losses
REDUCTIONS = ("mean", "sum", "none")


def labels(shape, classes, seed=3, ignored=None):
    """Class numbers; the first is replaced by `ignored`."""
    drawn = np.random.default_rng(seed).integers(0, classes, shape)
    if ignored is not None and drawn.size > 1:
        drawn.flat[0] = ignored
    return drawn


def probabilities(shape, dtype=np.float64, seed=4):
    """Distributions over axis 1."""
    x = positive(shape, np.float64, seed)
    return (x / x.sum(1, keepdims=True)).astype(dtype)


def shares(shape, dtype=np.float64, seed=4):
    """Numbers from 0.05 to 0.95: differences stay between 0 and 1."""
    return np.asarray(0.05 + 0.9 * np.random.default_rng(seed).random(shape), dtype)


# --- cross-entropy and negative log-likelihood ----------------------------------------------

SHAPES = [(1, 1), (1, 4), (5, 3), (2, 3, 4), (1, 3, 1, 2), (2, 5, 1, 3, 2)]
OPTIONS = {
    "plain": {},
    "weights": {"weight": True},
    "ignore": {"ignore_index": -100},
    "ignore a class": {"ignore_index": 0},
    "smooth": {"label_smoothing": 0.1},
    "all smooth": {"label_smoothing": 1.0},
    "everything": {"weight": True, "ignore_index": 0, "label_smoothing": 0.2},
}


def split_options(name, classes, dtype):
    """The options for the engine and for PyTorch, with the same class weights."""
    options = dict(OPTIONS[name])
    if not options.pop("weight", False):
        return options, options
    weight = positive((classes,), dtype, 5)
    return options | {"weight": weight}, options | {"weight": torch.tensor(weight)}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", OPTIONS)
def test_cross_entropy_of_class_numbers(name, shape, reduction, dtype):
    ours, theirs = split_options(name, shape[1], dtype)
    y = labels((shape[0], *shape[2:]), shape[1], ignored=ours.get("ignore_index"))
    if (y == ours.get("ignore_index")).all():
        y = y + 1 if shape[1] > 1 else y  # a mean over nothing is nan: tested below
    check(
        lambda x: F.cross_entropy(x, y, reduction=reduction, **ours),
        [normal(shape, dtype)],
        torch_operation=lambda x: T.cross_entropy(
            x, torch.tensor(y), reduction=reduction, **theirs
        ),
        differences=dtype == np.float64 and shape[1] > 1,
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["plain", "weights", "smooth"])
def test_cross_entropy_of_distributions(name, shape, reduction, dtype):
    ours, theirs = split_options(name, shape[1], dtype)
    q = probabilities(shape, dtype)
    check(
        lambda x: F.cross_entropy(x, q, reduction=reduction, **ours),
        [normal(shape, dtype)],
        torch_operation=lambda x: T.cross_entropy(
            x, torch.tensor(q), reduction=reduction, **theirs
        ),
        differences=dtype == np.float64,
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ["plain", "weights", "ignore"])
def test_nll_loss(name, shape, reduction, dtype):
    ours, theirs = split_options(name, shape[1], dtype)
    y = labels((shape[0], *shape[2:]), shape[1], ignored=ours.get("ignore_index"))
    check(
        lambda x: F.nll_loss(x, y, reduction=reduction, **ours),
        [normal(shape, dtype)],
        torch_operation=lambda x: T.nll_loss(x, torch.tensor(y), reduction=reduction, **theirs),
        differences=dtype == np.float64,
    )


def test_memory_layouts():
    y = labels((3,), 5)
    for x in layouts(normal((3, 5))):
        for name in ("cross_entropy", "nll_loss"):
            check(
                lambda t, name=name: getattr(F, name)(t, y),
                [x],
                torch_operation=lambda t, name=name: getattr(T, name)(t, torch.tensor(y)),
                differences=False,
            )


def test_cross_entropy_is_log_softmax_and_nll():
    x, y = Tensor(normal((4, 3))), labels((4,), 3)
    one_step, two_steps = F.cross_entropy(x, y), F.nll_loss(F.log_softmax(x, 1), y)
    assert one_step.item() == pytest.approx(two_steps.item(), rel=1e-12)


def test_cross_entropy_is_kl_divergence_plus_entropy():
    x, q = Tensor(normal((4, 3))), probabilities((4, 3))
    divergence = F.kl_div(F.log_softmax(x, 1), q, reduction="batchmean").item()
    entropy = -(q * np.log(q)).sum(1).mean()
    assert F.cross_entropy(x, q).item() == pytest.approx(divergence + entropy, rel=1e-12)


def test_the_gradient_is_softmax_minus_target():
    x, y = Tensor(normal((4, 3)), requires_grad=True), labels((4,), 3)
    F.cross_entropy(x, y, reduction="sum").backward()
    expected = F.softmax(x.detach(), 1).data - F.one_hot(y, 3).data
    np.testing.assert_allclose(x.grad, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss"])
def test_a_mean_over_nothing_is_nan_and_a_sum_0(name):
    y = np.full(2, -100)
    for reduction in REDUCTIONS:
        check(
            lambda x, r=reduction: getattr(F, name)(x, y, reduction=r),
            [normal((2, 3))],
            torch_operation=lambda x, r=reduction: getattr(T, name)(
                x, torch.tensor(y), reduction=r
            ),
            differences=False,
        )


@pytest.mark.parametrize("dtype", DTYPES)
def test_extreme_logits(dtype):
    x = np.array([[1000.0, -1000.0, 0.0], [-np.inf, 0.0, 1.0], [-np.inf, 2.0, 1.0]], dtype)
    y = np.array([1, 2, 0])
    check(
        lambda t: F.cross_entropy(t, y, reduction="none"),
        [x],
        torch_operation=lambda t: T.cross_entropy(t, torch.tensor(y), reduction="none"),
        differences=False,
    )


def test_double_softmax_can_never_reach_zero():
    """The commonest mistake: probabilities where logits belong."""
    certain = np.zeros((1, 10))
    certain[0, 3] = 1
    assert F.cross_entropy(certain, [3]).item() == pytest.approx(1.4612, abs=5e-5)
    assert F.cross_entropy(np.zeros((1, 10)), [3]).item() == pytest.approx(math.log(10))


def test_keras_sparse_and_categorical():
    """Keras averages over samples; one class axis at the end; targets first."""
    x, y = normal((4, 3), np.float32), labels((4,), 3)
    check(
        lambda t: F.cross_entropy(t, y),
        [x],
        keras_operation=lambda t: K.SparseCategoricalCrossentropy(from_logits=True)(y, t),
    )
    q = probabilities((4, 3), np.float32)
    check(
        lambda t: F.cross_entropy(t, q, label_smoothing=0.1),
        [x],
        keras_operation=lambda t: K.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)(
            q, t
        ),
    )
    images = normal((2, 3, 4, 5), np.float32)
    where = labels((2, 4, 5), 3)
    check(
        lambda t: F.cross_entropy(t.permute(0, 3, 1, 2), where),
        [images.transpose(0, 2, 3, 1)],
        keras_operation=lambda t: K.SparseCategoricalCrossentropy(from_logits=True)(where, t),
        differences=False,
    )


def test_keras_divides_weighted_losses_by_the_number_of_samples():
    """PyTorch and the engine divide by the sum of the weights used."""
    x, y, weight = normal((4, 3), np.float32), labels((4,), 3), np.array([1, 2, 5], np.float32)
    loss = K.SparseCategoricalCrossentropy(from_logits=True)
    keras_mean = float(loss(y, x, sample_weight=weight[y]))
    ours = F.cross_entropy(x, y, weight=weight).item()
    assert keras_mean == pytest.approx(ours * weight[y].sum() / 4, rel=1e-5)


# --- binary ---------------------------------------------------------------------------------

BINARY_SHAPES = [(), (1,), (5,), (3, 4), (2, 1, 3)]
WEIGHTS = ("none", "all", "last axis")


def weight_of(kind, shape, dtype):
    shapes = {"all": shape, "last axis": shape[-1:]}
    return None if kind == "none" else positive(shapes[kind], dtype, 6)


def as_torch(array):
    return None if array is None else torch.tensor(array)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("shape", BINARY_SHAPES, ids=str)
def test_binary_cross_entropy(shape, kind, reduction, dtype):
    p, y, weight = shares(shape, dtype, 9), shares(shape, dtype), weight_of(kind, shape, dtype)
    check(
        lambda t: F.binary_cross_entropy(t, y, weight, reduction),
        [p],
        torch_operation=lambda t: T.binary_cross_entropy(
            t, torch.tensor(y), as_torch(weight), reduction=reduction
        ),
        differences=dtype == np.float64,
    )


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("kind", WEIGHTS)
@pytest.mark.parametrize("pos_kind", ["none", "last axis"])
@pytest.mark.parametrize("shape", BINARY_SHAPES, ids=str)
def test_binary_cross_entropy_with_logits(shape, pos_kind, kind, reduction, dtype):
    y = shares(shape, dtype)
    weight, pos = weight_of(kind, shape, dtype), weight_of(pos_kind, shape, dtype)
    check(
        lambda t: F.binary_cross_entropy_with_logits(t, y, weight, reduction, pos),
        [3 * normal(shape, dtype)],
        torch_operation=lambda t: T.binary_cross_entropy_with_logits(
            t, torch.tensor(y), as_torch(weight), reduction=reduction, pos_weight=as_torch(pos)
        ),
        differences=dtype == np.float64,
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_certain_answers_right_and_wrong(dtype):
    p, y = np.array([0.0, 1.0, 0.0, 1.0], dtype), np.array([0.0, 1.0, 1.0, 0.0], dtype)
    check(
        lambda t: F.binary_cross_entropy(t, y, reduction="none"),
        [p],
        torch_operation=lambda t: T.binary_cross_entropy(t, torch.tensor(y), reduction="none"),
        differences=False,
        tolerance=1e-5 if dtype == np.float32 else 1e-8,  # PyTorch holds its 1e-12 in float32
    )
    assert F.binary_cross_entropy(p, y, reduction="none").data.tolist() == [0, 0, 100, 100]
    x = np.array([-500.0, 500.0, -500.0, 500.0], dtype)
    check(
        lambda t: F.binary_cross_entropy_with_logits(t, y, reduction="none"),
        [x],
        torch_operation=lambda t: T.binary_cross_entropy_with_logits(
            t, torch.tensor(y), reduction="none"
        ),
        differences=False,
    )


def test_logits_and_probabilities_agree():
    x, y = Tensor(normal((3, 4))), labels((3, 4), 2)
    one_step = F.binary_cross_entropy_with_logits(x, y)
    assert one_step.item() == pytest.approx(F.binary_cross_entropy(F.sigmoid(x), y).item())


def test_two_classes_are_a_binary_question():
    x, y = normal((5,)), labels((5,), 2)
    both = np.stack([np.zeros(5), x], axis=1)
    binary = F.binary_cross_entropy_with_logits(x, y).item()
    assert F.cross_entropy(both, y).item() == pytest.approx(binary, rel=1e-12)


def test_saturated_unit_learns_from_cross_entropy_and_not_from_squared_error():
    for loss, expected in ((F.mse_loss, -0.0132), (F.binary_cross_entropy, -0.9933)):
        z = Tensor(np.array([-5.0]), requires_grad=True)
        loss(F.sigmoid(z), np.array([1.0])).backward()
        assert z.grad[0] == pytest.approx(expected, abs=5e-5)


def test_binary_against_keras():
    x, y = normal((4, 3), np.float32), labels((4, 3), 2).astype(np.float32)
    check(
        lambda t: F.binary_cross_entropy_with_logits(t, y),
        [x],
        keras_operation=lambda t: K.BinaryCrossentropy(from_logits=True)(y, t),
    )
    check(
        lambda t: F.binary_cross_entropy(t, y),
        [probabilities((4, 3), np.float32)],
        keras_operation=lambda t: K.BinaryCrossentropy()(y, t),
    )


def test_keras_clips_probabilities_where_pytorch_clips_logarithms():
    certain, wrong = np.array([[0.0]], np.float32), np.array([[1.0]], np.float32)
    assert F.binary_cross_entropy(certain, wrong).item() == 100
    assert float(K.BinaryCrossentropy()(wrong, certain)) == pytest.approx(16.1, abs=0.05)


# --- hinge ----------------------------------------------------------------------------------


def torch_hinge(x, y, reduction, power=1):
    """PyTorch has no such loss: the formula itself."""
    losses = (1 - x * y).clamp(min=0) ** power
    return {"mean": losses.mean(), "sum": losses.sum(), "none": losses}[reduction]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 4)], ids=str)
@pytest.mark.parametrize(("name", "power"), [("hinge", 1), ("squared_hinge", 2)])
def test_hinge(name, power, shape, reduction, dtype):
    y = 2 * labels(shape, 2) - 1
    check(
        lambda x: getattr(F, name)(x, y, reduction),
        [2 * normal(shape, dtype)],
        torch_operation=lambda x: torch_hinge(x, torch.tensor(y), reduction, power),
    )


@pytest.mark.parametrize(
    ("ours", "theirs"), [(F.hinge, K.Hinge), (F.squared_hinge, K.SquaredHinge)]
)
@pytest.mark.parametrize("low", [-1, 0])
def test_hinge_against_keras(ours, theirs, low):
    x, y = 2 * normal((4, 3), np.float32), np.where(labels((4, 3), 2) == 1, 1, low)
    check(
        lambda t: ours(t, y),
        [x],
        keras_operation=lambda t: theirs()(y.astype(np.float32), t),
    )


def test_hinge_by_hand():
    for target in ([1, -1, 1], [1, 0, 1]):
        losses = F.hinge([2.0, 0.5, 0.2], target, reduction="none")
        np.testing.assert_allclose(losses.data, [0, 1.5, 0.8], rtol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 2), (4, 3), (2, 3, 5)], ids=str)
def test_categorical_hinge(shape, dtype):
    y = labels(shape[:-1], shape[-1])
    one_hot = F.one_hot(y, shape[-1]).data
    x = 2 * normal(shape, dtype)

    def formula(t):
        right = torch.tensor(one_hot)
        return ((t * (1 - right)).amax(-1) - (t * right).sum(-1) + 1).clamp(min=0)

    for target in (y, one_hot, one_hot.astype(dtype)):
        check(
            lambda t, target=target: F.categorical_hinge(t, target, "none"),
            [x],
            torch_operation=formula,
        )
    loss = K.CategoricalHinge(dtype=np.dtype(dtype).name)
    check(
        lambda t: F.categorical_hinge(t, y),
        [x],
        keras_operation=lambda t: loss(one_hot.astype(dtype), t),
    )


def test_categorical_hinge_of_a_single_vector():
    assert F.categorical_hinge([1.0, 3.0, 2.5], 1).item() == pytest.approx(0.5)


# --- modules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("CrossEntropyLoss", {"label_smoothing": 0.1, "ignore_index": 1, "reduction": "sum"}),
        ("NLLLoss", {"ignore_index": 0, "reduction": "sum"}),
    ],
)
def test_class_modules_are_those_of_pytorch(name, options):
    x, y, weight = normal((5, 3)), labels((5,), 3), positive((3,))
    for chosen in ({}, options):
        ours = getattr(nn, name)(weight, **chosen)
        theirs = getattr(torch.nn, name)(torch.tensor(weight), **chosen)
        expected = theirs(torch.tensor(x), torch.tensor(y)).item()
        assert ours(Tensor(x), y).item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss"])
def test_binary_modules_are_those_of_pytorch(name):
    x, y, weight = probabilities((3, 4)), probabilities((3, 4), seed=8), positive((4,))
    more = {"pos_weight": weight} if "Logits" in name else {}
    for reduction in REDUCTIONS:
        ours = getattr(nn, name)(weight, reduction=reduction, **more)
        other = {argument: torch.tensor(value) for argument, value in more.items()}
        theirs = getattr(torch.nn, name)(torch.tensor(weight), reduction=reduction, **other)
        expected = theirs(torch.tensor(x), torch.tensor(y)).numpy()
        np.testing.assert_allclose(ours(Tensor(x), y).data, expected, rtol=1e-10)


@pytest.mark.parametrize(
    ("module", "function", "target"),
    [
        (nn.Hinge, F.hinge, [[1, 0, 1]]),
        (nn.SquaredHinge, F.squared_hinge, [[1, -1, 1]]),
        (nn.CategoricalHinge, F.categorical_hinge, [2]),
    ],
)
def test_hinge_modules(module, function, target):
    x = normal((1, 3))
    for reduction in REDUCTIONS:
        found = module(reduction)(Tensor(x), target)
        np.testing.assert_array_equal(found.data, function(x, target, reduction).data)


# --- bad input ------------------------------------------------------------------------------

X = np.ones((2, 3))
WANTS = Tensor(np.ones((2, 3)) / 3, requires_grad=True)
REFUSED = [
    (lambda: F.cross_entropy(X, [0, 3]), RangeError, "labels from 0 to 2, got 3"),
    (lambda: F.cross_entropy(X, [0, -1]), RangeError, "got -1"),
    (lambda: F.cross_entropy(X, [0, 1, 2]), ShapeError, r"class numbers of shape \(2,\)"),
    (lambda: F.cross_entropy(X, [[0], [1]]), ShapeError, r"class numbers of shape \(2,\)"),
    (lambda: F.cross_entropy(X, np.ones(2)), ShapeError, r"probabilities of shape \(2, 3\)"),
    (lambda: F.cross_entropy(X, -X), RangeError, "probabilities, 0 or more"),
    (lambda: F.cross_entropy(X, [True, False]), DTypeError, "integer class numbers"),
    (lambda: F.cross_entropy(X, "ab"), DTypeError, "numbers"),
    (lambda: F.cross_entropy(X, WANTS), GradientError, "detach"),
    (lambda: F.cross_entropy(np.ones(3), 1), ShapeError, "batch, classes"),
    (lambda: F.cross_entropy(np.ones((0, 3)), np.zeros(0, int)), ShapeError, "not empty"),
    (lambda: F.cross_entropy([[1, 2]], [0]), DTypeError, "floating-point"),
    (lambda: F.cross_entropy(X, [0, 1], weight=[1.0, 2.0]), ShapeError, "one number per class"),
    (lambda: F.cross_entropy(X, [0, 1], weight="ab"), DTypeError, "numbers"),
    (lambda: F.cross_entropy(X, [0, 1], label_smoothing=1.5), RangeError, "share"),
    (lambda: F.cross_entropy(X, [0, 1], label_smoothing="a"), RangeError, "share"),
    (lambda: F.cross_entropy(X, [0, 1], reduction="batchmean"), RangeError, "reduction"),
    (lambda: F.nll_loss(X, [0, 3]), RangeError, "labels from 0 to 2, got 3"),
    (lambda: F.nll_loss(X, X), DTypeError, "integer class numbers"),
    (lambda: F.nll_loss(X, [0]), ShapeError, r"shape \(2,\)"),
    (lambda: F.nll_loss(X, [0, 1], reduction=None), RangeError, "reduction"),
    (lambda: F.binary_cross_entropy(X + 0.1, X), RangeError, "probabilities from 0 to 1"),
    (lambda: F.binary_cross_entropy(X, 2 * X), RangeError, "labels from 0 to 1"),
    (lambda: F.binary_cross_entropy(X, X[:, :1]), ShapeError, "broadcasting would mix up"),
    (lambda: F.binary_cross_entropy(X, X, np.ones(2)), ShapeError, "weight"),
    (lambda: F.binary_cross_entropy(X, X, np.ones((4, 2, 3))), ShapeError, "weight"),
    (lambda: F.binary_cross_entropy(X, WANTS), GradientError, "target"),
    (lambda: F.binary_cross_entropy_with_logits(X, -X), RangeError, "labels from 0 to 1"),
    (lambda: F.binary_cross_entropy_with_logits(X, WANTS), GradientError, "target"),
    (
        lambda: F.binary_cross_entropy_with_logits(X, X, pos_weight=np.ones(2)),
        ShapeError,
        "pos_weight",
    ),
    (lambda: F.hinge(X, 2 * X), RangeError, "−1 and 1, or 0 and 1"),
    (lambda: F.hinge(X, [[-1, 0, 1], [1, 1, 1]]), RangeError, "−1 and 1, or 0 and 1"),
    (lambda: F.squared_hinge(X, X[0]), ShapeError, "shape of input"),
    (lambda: F.hinge(X, WANTS), GradientError, "target"),
    (lambda: F.categorical_hinge(X, [0, 3]), RangeError, "labels from 0 to 2"),
    (lambda: F.categorical_hinge(X, [0]), ShapeError, "class numbers"),
    (lambda: F.categorical_hinge(X, X / 2), RangeError, "one-hot"),
    (lambda: F.categorical_hinge(1.0, 0), ShapeError, "classes"),
    (lambda: nn.CrossEntropyLoss(reduction="average"), RangeError, "CrossEntropyLoss: reduction"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED)
def test_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: F.cross_entropy(x, [0, 1]),
        lambda x: F.nll_loss(x, [0, 1]),
        lambda x: F.binary_cross_entropy(x, np.ones((2, 3))),
        lambda x: F.binary_cross_entropy_with_logits(x, np.ones((2, 3))),
        lambda x: F.hinge(x, np.ones((2, 3))),
        lambda x: F.squared_hinge(x, np.ones((2, 3))),
        lambda x: F.categorical_hinge(x, [0, 1]),
    ],
)
def test_nan_shows(loss):
    x = np.full((2, 3), 0.5)
    x[0, 0] = np.nan
    assert np.isnan(loss(x).item())


SHAPE = st.lists(st.integers(0, 3), max_size=3).map(tuple)
DTYPE = st.sampled_from(["float32", "float64", "int64", "uint8", "bool"])
LOSSES = [
    *(F.cross_entropy, F.nll_loss, F.binary_cross_entropy, F.binary_cross_entropy_with_logits),
    *(F.hinge, F.squared_hinge, F.categorical_hinge),
]


@given(st.sampled_from(LOSSES), SHAPE, SHAPE, DTYPE, DTYPE, st.floats(), st.integers(-2, 4))
@settings(max_examples=60, deadline=None)
def test_never_a_bare_numpy_error(loss, a, b, dtype_a, dtype_b, value, label):
    with np.errstate(all="ignore"):
        x, y = np.full(a, value).astype(dtype_a), np.full(b, label).astype(dtype_b)
        try:
            result = loss(Tensor(x), y)
        except DlbookError:
            return
    assert result.dtype.kind == "f"
