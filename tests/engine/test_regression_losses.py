"""Losses for numbers and distributions against PyTorch, Keras and differences."""

from __future__ import annotations

import math
from functools import partial

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

pytestmark = pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")  # PyTorch on kl_div

T, K = torch.nn.functional, keras.losses
REDUCTIONS = ("mean", "sum", "none")

# function, PyTorch's twin, options; where PyTorch has none, its formula
PAIRS = {
    "mse_loss": (F.mse_loss, T.mse_loss, {}),
    "l1_loss": (F.l1_loss, T.l1_loss, {}),
    "huber_loss": (F.huber_loss, T.huber_loss, {}),
    "huber_loss 0.3": (F.huber_loss, T.huber_loss, {"delta": 0.3}),
    "smooth_l1_loss": (F.smooth_l1_loss, T.smooth_l1_loss, {}),
    "smooth_l1_loss 2": (F.smooth_l1_loss, T.smooth_l1_loss, {"beta": 2.0}),
    "smooth_l1_loss 0": (F.smooth_l1_loss, T.smooth_l1_loss, {"beta": 0.0}),
    "poisson_nll_loss": (F.poisson_nll_loss, T.poisson_nll_loss, {}),
    "poisson_nll_loss rate": (F.poisson_nll_loss, T.poisson_nll_loss, {"log_input": False}),
    "poisson_nll_loss full": (F.poisson_nll_loss, T.poisson_nll_loss, {"full": True}),
    "kl_div": (F.kl_div, T.kl_div, {}),
    "kl_div log": (F.kl_div, T.kl_div, {"log_target": True}),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 7), (2, 1, 4)], ids=str)
@pytest.mark.parametrize("name", PAIRS)
def test_against_pytorch(name, shape, reduction, dtype):
    ours, theirs, options = PAIRS[name]
    options = options | {"reduction": reduction}
    x, y = positive(shape, dtype, 1), positive(shape, dtype, 2)
    check(
        lambda t: ours(t, y, **options),
        [x],
        torch_operation=lambda t: theirs(t, torch.tensor(y), **options),
        differences=dtype == np.float64,
    )


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss 0.3", "smooth_l1_loss 2"])
def test_targets_may_want_gradients_too(name):
    ours, theirs, options = PAIRS[name]
    check(
        lambda a, b: ours(a, b, **options),
        [normal((3, 4), seed=1), normal((3, 4), seed=2)],
        torch_operation=lambda a, b: theirs(a, b, **options),
    )


@pytest.mark.parametrize("name", PAIRS)
def test_memory_layouts(name):
    ours, theirs, options = PAIRS[name]
    for x in layouts(positive((3, 5), seed=1)):
        y = layouts(positive((3, 5), seed=2))[2]
        check(
            lambda t, y=y: ours(t, y, **options),
            [x],
            torch_operation=lambda t, y=y: theirs(t, torch.tensor(y), **options),
            differences=False,
        )


# --- Keras, with the conversion where conventions differ ------------------------------------

# Keras asks for (target, prediction), averages over the last axis, then over samples
KERAS = {
    "mse": (F.mse_loss, K.MeanSquaredError),
    "mae": (F.l1_loss, K.MeanAbsoluteError),
    "huber": (F.huber_loss, K.Huber),
    "huber 0.4": (lambda x, y: F.huber_loss(x, y, delta=0.4), partial(K.Huber, delta=0.4)),
    "log_cosh": (F.log_cosh, K.LogCosh),
    "msle": (F.mean_squared_logarithmic_error, K.MeanSquaredLogarithmicError),
    "mape": (F.mean_absolute_percentage_error, K.MeanAbsolutePercentageError),
    # rates, not logarithms of rates, and another epsilon
    "poisson": (lambda x, y: F.poisson_nll_loss(x, y, log_input=False, eps=1e-7), K.Poisson),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", KERAS)
def test_against_keras(name, dtype):
    ours, theirs = KERAS[name][0], KERAS[name][1](dtype=np.dtype(dtype).name)
    x, y = positive((4, 3), dtype, 1), positive((4, 3), dtype, 2)
    check(
        lambda t: ours(t, y),
        [x],
        keras_operation=lambda t: theirs(y, t),
        # Keras holds its epsilon in float32
        tolerance=None if dtype == np.float32 else 1e-8,
    )


def distributions(dtype=np.float64):
    """Two sets of four distributions over three classes."""
    a, b = positive((4, 3), seed=1), positive((4, 3), seed=2)
    return (a / a.sum(1, keepdims=True)).astype(dtype), (b / b.sum(1, keepdims=True)).astype(dtype)


def test_kl_divergence_of_keras_takes_probabilities_and_averages_over_samples():
    predicted, true = distributions(np.float32)
    check(
        lambda p: F.kl_div(p.log(), true, reduction="batchmean"),
        [predicted],
        keras_operation=lambda p: K.KLDivergence()(true, p),
        differences=False,
    )
    check(
        lambda p: F.kl_div(p.log(), true, reduction="batchmean"),
        [predicted],
        torch_operation=lambda p: T.kl_div(p.log(), torch.tensor(true), reduction="batchmean"),
    )


def test_kl_divergence_by_hand():
    p, q = np.array([[0.9, 0.1]]), np.array([[0.5, 0.5]])
    by_hand = 0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1)
    assert F.kl_div(np.log(p), q, reduction="batchmean").item() == pytest.approx(by_hand)
    assert by_hand == pytest.approx(0.5108, abs=5e-5)
    assert F.kl_div(np.log(p), q).item() == pytest.approx(by_hand / 2), "PyTorch's default"


def test_probabilities_of_zero_cost_nothing():
    """Even where the prediction is 0 as well, for which PyTorch gives nan (0 · ∞)."""
    predicted = Tensor(np.array([[0.0, -np.inf, -1.0, -2.0]]), requires_grad=True)
    target = np.array([[0.5, 0.0, 0.5, 0.0]])
    losses = F.kl_div(predicted, target, reduction="none")
    expected = [[0.5 * math.log(0.5), 0, 0.5 * (math.log(0.5) + 1), 0]]
    np.testing.assert_allclose(losses.data, expected)
    losses.sum().backward()
    np.testing.assert_array_equal(predicted.grad, -target)


def test_negative_numbers_in_msle_and_zeros_in_mape():
    """Keras puts 1e-7 in place of what is smaller."""
    x, y = np.array([-2.0, 0.0, 3.0], np.float32), np.array([1.0, -1.0, 0.0], np.float32)
    for ours, theirs in (KERAS["msle"], KERAS["mape"]):
        check(
            lambda t, ours=ours: ours(t, y),
            [x],
            keras_operation=lambda t, theirs=theirs: theirs()(y, t),
            differences=False,
        )


# --- numbers by hand ------------------------------------------------------------------------


def test_huber_is_smooth_l1_times_its_threshold():
    assert F.huber_loss([5.0], [0.0], delta=2.0).item() == 8
    assert F.smooth_l1_loss([5.0], [0.0], beta=2.0).item() == 4
    assert F.huber_loss([1.0], [0.0], delta=2.0).item() == 0.5


def test_poisson_conventions():
    """The same two numbers, read as a logarithm and as a rate."""
    as_log = F.poisson_nll_loss([3.0], [2.0]).item()
    as_rate = F.poisson_nll_loss([3.0], [2.0], log_input=False).item()
    assert as_log == pytest.approx(math.exp(3) - 6, rel=1e-6)
    assert as_rate == pytest.approx(3 - 2 * math.log(3), rel=1e-6)
    assert (round(as_log, 2), round(as_rate, 4)) == (14.09, 0.8028)


def test_log_cosh_does_not_overflow():
    x = np.array([-1e4, -1e-4, 0.0, 1e-4, 1e4, np.inf], np.float32)
    tensor = Tensor(x, requires_grad=True)
    losses = F.log_cosh(tensor, np.zeros_like(x), reduction="none")
    losses.sum().backward()
    far = 1e4 - math.log(2)
    np.testing.assert_allclose(losses.data[[0, 4]], far, rtol=1e-6)
    np.testing.assert_allclose(losses.data[1:4], 0, atol=1e-7)
    np.testing.assert_allclose(tensor.grad, [-1, -1e-4, 0, 1e-4, 1, 1], rtol=1e-6)
    check(lambda t: F.log_cosh(t, np.zeros(6)), [normal((6,))])


@pytest.mark.parametrize("name", ["l1_loss", "huber_loss", "smooth_l1_loss 0"])
def test_kinks(name):
    ours, theirs, options = PAIRS[name]
    x, y = np.array([0.0, 1.0, -1.0, 2.0]), np.zeros(4)
    check(
        lambda t: ours(t, y, **options),
        [x],
        torch_operation=lambda t: theirs(t, torch.tensor(y), **options),
        differences=False,
    )


# --- cosine ---------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("a", "b", "dim"),
    [((3, 4), (3, 4), 1), ((3, 4), (3, 4), 0), ((5,), (5,), 0), ((2, 3, 4), (2, 3, 4), -1),
     ((1, 4), (3, 4), 1), ((2, 3, 1), (3, 5), 1)],
    ids=str,
)  # fmt: skip
def test_cosine_similarity(a, b, dim, dtype):
    check(
        lambda x, y: F.cosine_similarity(x, y, dim=dim),
        [normal(a, dtype, 1), normal(b, dtype, 2)],
        torch_operation=lambda x, y: T.cosine_similarity(x, y, dim=dim),
    )


def test_cosine_similarity_of_a_zero_vector():
    x, y = Tensor(np.zeros((1, 3)), requires_grad=True), Tensor(np.ones((1, 3)))
    cosine = F.cosine_similarity(x, y)
    cosine.backward()
    assert cosine.item() == 0
    assert np.isfinite(x.grad).all()


def test_the_cosine_loss_of_keras_is_minus_the_similarity():
    x, y = normal((4, 3), np.float32, 1), normal((4, 3), np.float32, 2)
    for ours in (
        lambda t: -F.cosine_similarity(t, y).mean(),
        lambda t: F.cosine_embedding_loss(t, y, np.ones(4)) - 1,
    ):
        check(ours, [x], keras_operation=lambda t: K.CosineSimilarity()(y, t), differences=False)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("margin", [0.0, 0.4, -0.3])
def test_cosine_embedding_loss(margin, reduction, dtype):
    target = np.array([1, -1, 1, -1, -1])
    options = {"margin": margin, "reduction": reduction}
    check(
        lambda a, b: F.cosine_embedding_loss(a, b, target, **options),
        [normal((5, 3), dtype, 1), normal((5, 3), dtype, 2)],
        torch_operation=lambda a, b: T.cosine_embedding_loss(a, b, torch.tensor(target), **options),
    )


def test_cosine_embedding_loss_of_a_single_pair():
    check(
        lambda a, b: F.cosine_embedding_loss(a, b, 1),
        [normal((3,), seed=1), normal((3,), seed=2)],
        torch_operation=lambda a, b: T.cosine_embedding_loss(a, b, torch.tensor(1)),
    )


# --- modules --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("MSELoss", {}),
        ("L1Loss", {"reduction": "sum"}),
        ("HuberLoss", {"delta": 0.5}),
        ("SmoothL1Loss", {"beta": 0.5}),
        ("KLDivLoss", {"reduction": "batchmean"}),
        ("KLDivLoss", {"log_target": True}),
        ("PoissonNLLLoss", {"log_input": False, "full": True, "eps": 0.1}),
    ],
)
def test_modules_are_those_of_pytorch(name, options):
    x, y = positive((3, 4), seed=1), positive((3, 4), seed=2)
    for chosen in ({}, options):
        ours, theirs = getattr(nn, name)(**chosen), getattr(torch.nn, name)(**chosen)
        expected = theirs(torch.tensor(x), torch.tensor(y)).item()
        assert ours(Tensor(x), y).item() == pytest.approx(expected, rel=1e-10)


def test_cosine_module():
    a, b, target = normal((3, 4), seed=1), normal((3, 4), seed=2), np.array([1, -1, 1])
    theirs = torch.nn.CosineEmbeddingLoss(margin=0.2, reduction="sum")
    expected = theirs(torch.tensor(a), torch.tensor(b), torch.tensor(target)).item()
    ours = nn.CosineEmbeddingLoss(margin=0.2, reduction="sum")
    assert ours(Tensor(a), Tensor(b), target).item() == pytest.approx(expected, rel=1e-10)
    assert repr(ours) == "CosineEmbeddingLoss(reduction='sum')"


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.LogCosh, F.log_cosh),
        (nn.MeanSquaredLogarithmicError, F.mean_squared_logarithmic_error),
        (nn.MeanAbsolutePercentageError, F.mean_absolute_percentage_error),
    ],
)
def test_modules_that_pytorch_lacks(module, function):
    x, y = positive((3, 4), seed=1), positive((3, 4), seed=2)
    assert module()(Tensor(x), y).item() == function(x, y).item()
    assert module("sum")(Tensor(x), y).item() == function(x, y, reduction="sum").item()


# --- bad input ------------------------------------------------------------------------------

ALL = [
    *(F.mse_loss, F.l1_loss, F.huber_loss, F.smooth_l1_loss, F.log_cosh, F.kl_div),
    *(F.mean_squared_logarithmic_error, F.mean_absolute_percentage_error, F.poisson_nll_loss),
]


@pytest.mark.parametrize("loss", ALL)
def test_shapes_that_merely_broadcast_are_refused(loss):
    with pytest.raises(ShapeError, match=r"shape of input, \(3, 1\)"):
        loss(np.ones((3, 1)), np.ones(3))
    with pytest.raises(ShapeError, match="input: expected at least one element"):
        loss(np.ones((0, 2)), np.ones((0, 2)))


@pytest.mark.parametrize("loss", ALL)
@pytest.mark.parametrize("bad", [[1, 2], ["a", "b"], None])
def test_what_is_not_of_floats_is_refused(loss, bad):
    with pytest.raises(DTypeError):
        loss(bad, np.ones(2))


@pytest.mark.parametrize("loss", ALL)
def test_unknown_reduction(loss):
    with pytest.raises(RangeError, match="reduction: expected one of mean, sum, none"):
        loss(np.ones(2), np.ones(2), reduction="average")


@pytest.mark.parametrize("loss", ALL)
def test_integer_targets_and_other_precisions_are_taken(loss):
    x = Tensor(positive((3,), np.float32), requires_grad=True)
    for target in ([1, 2, 3], np.ones(3), np.ones(3, bool)):
        result = loss(x, target)
        assert result.dtype == np.float32
        result.backward()
        assert x.grad.dtype == np.float32


@pytest.mark.parametrize("loss", ALL)
def test_nan_shows(loss):
    assert np.isnan(loss(np.array([1.0, np.nan]), np.ones(2)).item())


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: F.huber_loss(x, x, delta=0.0), RangeError, "delta: expected a positive"),
        (lambda x: F.huber_loss(x, x, delta="a"), RangeError, "delta"),
        (lambda x: F.smooth_l1_loss(x, x, beta=-1.0), RangeError, "beta: expected a number of 0"),
        (lambda x: F.kl_div(x, -x), RangeError, "probabilities, 0 or more"),
        (lambda x: F.kl_div(np.float64(1), np.float64(1), "batchmean"), ShapeError, "batch axis"),
        (lambda x: F.poisson_nll_loss(x, -x), RangeError, "counts, 0 or more"),
        (lambda x: F.poisson_nll_loss(-x, x, log_input=False), RangeError, "rates, 0 or more"),
        (lambda x: F.poisson_nll_loss(x, x, eps=-1.0), RangeError, "eps"),
        (lambda x: F.kl_div(x, Tensor(x, requires_grad=True)), GradientError, "target"),
        (lambda x: F.cosine_similarity(x, np.ones((2, 4))), ShapeError, "broadcast"),
        (lambda x: F.cosine_similarity(x, x, dim=2), RangeError, "dim"),
        (lambda x: F.cosine_similarity(x, x, eps=0), RangeError, "eps"),
        (lambda x: F.cosine_similarity([1, 2], [1, 2], dim=0), DTypeError, "x1"),
        (lambda x: F.cosine_embedding_loss(x, x, [1, 0]), RangeError, "1 or −1"),
        (lambda x: F.cosine_embedding_loss(x, x, [1]), ShapeError, "one number per pair"),
        (lambda x: F.cosine_embedding_loss(x, x[:1], [1, 1]), ShapeError, "input1, input2"),
        (lambda x: F.cosine_embedding_loss(x, x, [1, 1], margin=2), RangeError, "margin"),
        (lambda x: nn.MSELoss("batchmean"), RangeError, "MSELoss: reduction"),
        (lambda x: nn.KLDivLoss("average"), RangeError, "KLDivLoss: reduction"),
    ],
)
def test_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(np.ones((2, 3)))


SHAPE = st.lists(st.integers(0, 3), max_size=3).map(tuple)
DTYPE = st.sampled_from(["float32", "float64", "int64", "bool"])


@given(st.sampled_from([*ALL, F.cosine_similarity]), SHAPE, SHAPE, DTYPE, DTYPE, st.floats())
@settings(max_examples=60, deadline=None)
def test_never_a_bare_numpy_error(loss, a, b, dtype_a, dtype_b, value):
    with np.errstate(all="ignore"):
        x, y = np.full(a, value).astype(dtype_a), np.full(b, value).astype(dtype_b)
        try:
            result = loss(Tensor(x), y)
        except DlbookError:
            return
    assert result.dtype.kind == "f"


@pytest.mark.parametrize("length", [0.0, 0.1, 0.6])
def test_vectors_shorter_than_eps_count_as_that_long(length: float) -> None:
    x = np.array([[0.6, 0.8, 0.0], [1.0, 0.0, 0.0]]) * length
    y = np.array([[1.0, 2.0, 2.0], [0.2, 0.0, 0.1]])
    found = F.cosine_similarity(x, y, eps=0.5).data
    expected = torch.nn.functional.cosine_similarity(torch.tensor(x), torch.tensor(y), eps=0.5)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-12)
