"""Activation functions against PyTorch, Keras and differences."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays, floating_dtypes

from engine.agreement import check
from engine.arrays import DTYPES, away_from_zero, layouts, normal

T = torch.nn.functional

ACTIVATIONS = {
    "relu": (F.relu, T.relu),
    "sigmoid": (F.sigmoid, torch.sigmoid),
    "tanh": (F.tanh, torch.tanh),
    "leaky_relu": (F.leaky_relu, T.leaky_relu),
    "leaky_relu 0.3": (lambda x: F.leaky_relu(x, 0.3), lambda x: T.leaky_relu(x, 0.3)),
    "elu": (F.elu, T.elu),
    "elu 0.5": (lambda x: F.elu(x, alpha=0.5), lambda x: T.elu(x, alpha=0.5)),
    "selu": (F.selu, T.selu),
    "gelu": (F.gelu, T.gelu),
    "gelu tanh": (lambda x: F.gelu(x, "tanh"), lambda x: T.gelu(x, approximate="tanh")),
    "softplus": (F.softplus, T.softplus),
    "softplus 3": (lambda x: F.softplus(x, 3.0, 2.0), lambda x: T.softplus(x, 3.0, 2.0)),
}
SHAPES = [(), (1,), (5,), (1, 1), (3, 7), (1, 4, 1), (0, 3)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, shape, dtype):
    ours, theirs = ACTIVATIONS[name]
    # times 3: both tails, and softplus on both sides of its threshold (which lies at 2/3)
    x = 3 * away_from_zero(shape, dtype)
    smooth = dtype == np.float64 and name != "softplus 3"
    check(ours, [x.astype(dtype)], torch_operation=theirs, differences=smooth)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_memory_layouts(name):
    ours, theirs = ACTIVATIONS[name]
    for x in layouts(away_from_zero((3, 5))):
        check(ours, [x], torch_operation=theirs, differences=False)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_kinks_tails_and_infinities(name, dtype):
    ours, theirs = ACTIVATIONS[name]
    x = np.array([0.0, -0.0, 1e-30, 30.0, -30.0, 200.0, -200.0, np.nan, np.inf], dtype=dtype)
    if name == "gelu":  # at infinity PyTorch gives inf or nan, depending on the dtype
        assert ours(Tensor(x)).data[-1] == np.inf
        x = x[:-1]
    found, expected = ours(Tensor(x)).data, theirs(torch.tensor(x)).numpy()
    rtol = 1e-5 if dtype == np.float32 else 1e-10
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=1e-12)
    if not name.startswith("gelu"):  # x·Φ(x) at −inf is −inf · 0
        check(ours, [np.array([-np.inf, 0.0], dtype)], torch_operation=theirs, differences=False)
    check(ours, [x[:7]], torch_operation=theirs, differences=False)


@pytest.mark.parametrize(
    ("ours", "name", "options"),
    [
        (F.relu, "relu", {}),
        (F.sigmoid, "sigmoid", {}),
        (F.tanh, "tanh", {}),
        (lambda x: F.leaky_relu(x, 0.2), "leaky_relu", {}),
        (F.elu, "elu", {}),
        (F.selu, "selu", {}),
        (F.gelu, "gelu", {"approximate": False}),
        (lambda x: F.gelu(x, "tanh"), "gelu", {"approximate": True}),
        (F.softplus, "softplus", {}),
        (lambda x: F.softmax(x, -1), "softmax", {}),
        (lambda x: F.log_softmax(x, -1), "log_softmax", {}),
    ],
)
def test_against_keras(ours, name, options):
    import keras

    check(
        ours,
        [away_from_zero((3, 5), np.float32)],  # Keras rounds constants to float32 in float64 too
        keras_operation=lambda x: getattr(keras.ops, name)(x, **options),
        differences=False,
    )


# --- softmax --------------------------------------------------------------------------------

AXES = [
    ((5,), 0),
    ((5,), -1),
    ((1, 1), 1),
    ((3, 4), 0),
    ((3, 4), 1),
    ((2, 3, 4), 1),
    ((2, 1, 3), -2),
]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(("shape", "dim"), AXES, ids=str)
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax(name, shape, dim, dtype):
    check(
        lambda x: getattr(F, name)(x, dim),
        [3 * normal(shape, dtype)],
        torch_operation=lambda x: getattr(T, name)(x, dim),
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_of_large_scores(dtype):
    x = np.array([[1000.0, 1001.0, 999.0], [-1000.0, 0.0, 1000.0], [-np.inf, 0.0, 1.0]], dtype)
    for name in ("softmax", "log_softmax"):
        check(
            lambda t, name=name: getattr(F, name)(t, 1),
            [x],
            torch_operation=lambda t, name=name: getattr(T, name)(t, 1),
            differences=False,
        )
    assert np.isnan(F.softmax(Tensor(np.array([np.inf, 0.0])), 0).data).any()


@given(arrays(floating_dtypes(sizes=(32, 64)), (3, 4), elements=st.floats(-50, 50, width=32)))
@settings(max_examples=50, deadline=None)
def test_softmax_gives_probabilities_and_ignores_a_common_shift(x):
    p = F.softmax(Tensor(x), 1).data
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    assert (p >= 0).all()
    np.testing.assert_allclose(F.softmax(Tensor(x + 1), 1).data, p, rtol=1e-4, atol=1e-6)


# --- PReLU ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("shape", "weight"),
    [
        ((5,), (1,)),
        ((3, 4), (1,)),
        ((3, 4), (4,)),
        ((2, 3, 4, 5), (3,)),
        ((2, 1, 3), (1,)),
        ((3, 4), ()),
    ],
    ids=str,
)
def test_prelu(shape, weight, dtype):
    arrays = [away_from_zero(shape, dtype, 1), normal(weight, dtype, 2)]
    check(F.prelu, arrays, torch_operation=T.prelu)


def test_prelu_against_keras():
    """Keras learns a slope per element unless told to share it along the other axes."""
    import keras

    x, slopes = away_from_zero((2, 3, 4), np.float32), np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    layer = keras.layers.PReLU(shared_axes=[1])
    layer.build(x.shape)
    layer.set_weights([slopes[None]])
    channels_first = F.prelu(Tensor(x.transpose(0, 2, 1)), Tensor(slopes)).data
    np.testing.assert_allclose(channels_first.transpose(0, 2, 1), np.asarray(layer(x)), rtol=1e-6)


@pytest.mark.parametrize("weight", [(3,), (2, 2), (0,), (1, 1)])
def test_prelu_needs_one_slope_per_channel(weight):
    with pytest.raises(ShapeError, match="one slope or 4, one per channel"):
        F.prelu(Tensor(np.ones((2, 4))), Tensor(np.ones(weight)))


# --- modules --------------------------------------------------------------------------------

MODULES = [
    ("ReLU", {}),
    ("Sigmoid", {}),
    ("Tanh", {}),
    ("LeakyReLU", {"negative_slope": 0.2}),
    ("PReLU", {"num_parameters": 4, "init": 0.1}),
    ("ELU", {"alpha": 0.7}),
    ("SELU", {}),
    ("GELU", {"approximate": "tanh"}),
    ("Softplus", {"beta": 2.0, "threshold": 5.0}),
    ("Softmax", {"dim": 0}),
    ("LogSoftmax", {"dim": 1}),
]


@pytest.mark.parametrize(("name", "options"), MODULES)
def test_modules_are_those_of_pytorch(name, options):
    ours, theirs = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
    x = 3 * normal((3, 4), np.float32)
    np.testing.assert_allclose(
        ours(Tensor(x)).data, theirs(torch.tensor(x)).detach().numpy(), rtol=1e-5, atol=1e-6
    )
    default, other = getattr(nn, name)(), getattr(torch.nn, name)
    expected = other(dim=-1) if "Softmax" in name else other()
    np.testing.assert_allclose(
        default(Tensor(x)).data, expected(torch.tensor(x)).detach().numpy(), rtol=1e-5, atol=1e-6
    )
    for setting, value in options.items():
        if setting != "init":
            assert f"{setting}={value!r}" in repr(ours)


def test_slopes_of_prelu_are_trained():
    layer = nn.PReLU(2)
    layer(Tensor(np.array([[-1.0, 2.0], [-3.0, -5.0]], np.float32))).sum().backward()
    np.testing.assert_array_equal(layer.weight.grad, [-4.0, -5.0])
    with pytest.raises(RangeError, match="positive integer"):
        nn.PReLU(0)


# --- bad input ------------------------------------------------------------------------------

ALL = [
    *(F.relu, F.sigmoid, F.tanh, F.leaky_relu, F.elu, F.selu, F.gelu, F.softplus),
    lambda x: F.softmax(x, 0),
    lambda x: F.log_softmax(x, 0),
    lambda x: F.prelu(x, [0.1]),
]


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("value", [[1, 2], [True], "text", None, [1j]])
def test_what_is_not_of_floats_is_refused(function, value):
    with pytest.raises(DTypeError):
        function(value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: F.softmax(x, 2), "softmax: dim"),
        (lambda x: F.log_softmax(x, -3), "log_softmax: dim"),
        (lambda x: F.softmax(x, "a"), "softmax: dim"),
        (lambda x: F.softmax(Tensor(np.ones((0, 2))), 0), "non-empty"),
        (lambda x: F.softmax(Tensor(1.0), 0), "softmax: dim"),
        (lambda x: F.leaky_relu(x, "a"), "negative_slope"),
        (lambda x: F.leaky_relu(x, float("nan")), "finite number"),
        (lambda x: F.elu(x, None), "elu: alpha"),
        (lambda x: F.gelu(x, "erf"), "gelu: approximate"),
        (lambda x: F.softplus(x, 0), "softplus: beta"),
        (lambda x: F.softplus(x, -1.0), "softplus: beta"),
        (lambda x: F.softplus(x, 1.0, "a"), "threshold"),
    ],
)
def test_refused(call, message):
    with pytest.raises(RangeError, match=message):
        call(Tensor(np.ones((2, 3))))


@given(
    st.sampled_from(ALL),
    arrays(
        st.sampled_from([np.float16, np.float32, np.float64, np.int32, bool]),
        st.lists(st.integers(0, 3), max_size=3).map(tuple),
    ),
)
@settings(max_examples=60, deadline=None)
def test_never_a_bare_numpy_error(function, x):
    try:
        result = function(Tensor(x))
    except DlbookError:
        return
    assert result.shape == x.shape
    assert result.dtype.kind == "f"


def test_softplus_is_still_curved_at_its_threshold() -> None:
    x = np.array([2.0, np.nextafter(2.0, 3.0)])
    found = F.softplus(Tensor(x), 1.0, 2.0).data
    np.testing.assert_allclose(found, T.softplus(torch.tensor(x), 1.0, 2.0).numpy(), rtol=1e-15)
    assert found[0] > 2.1 > found[1]
