"""Whatever arrays come in, training works or says in our words why not."""

from __future__ import annotations

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from dlbook.data import Dataset
from dlbook.errors import DlbookError
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.training import evaluate, fit, predict
from hypothesis import given, settings
from hypothesis import strategies as st

TYPES = st.sampled_from(["float32", "float64", "float16", "int64", "int8", "uint8", "bool", "U1"])
VALUES = {
    "f": st.sampled_from([0.0, 1.0, -2.5, float("nan"), float("inf"), 1e30]),
    "i": st.integers(-3, 4),
    "u": st.integers(0, 4),
    "b": st.booleans(),
    "U": st.text("ab", max_size=1),
}


def any_array(samples):
    shapes = st.sampled_from(
        [(samples,), (samples, 1), (samples, 2), (samples, 3), (samples, 2, 3)]
    )

    def filled(kind_and_shape):
        kind, shape = np.dtype(kind_and_shape[0]), kind_and_shape[1]
        values = VALUES[kind.kind]
        if kind == np.float16:
            values = st.sampled_from([0.0, 1.0, float("nan")])
        return arrays.arrays(kind, shape, elements=values)

    return st.tuples(TYPES, shapes).flatmap(filled)


SIZES = st.shared(st.integers(0, 4), key="samples")


@pytest.mark.parametrize("mlp", [NumpyMLP, TorchMLP])
@settings(max_examples=60, deadline=None)
@given(
    x=SIZES.flatmap(any_array),
    y=SIZES.flatmap(any_array),
    loss=st.sampled_from(["cross_entropy", "binary_cross_entropy", "mse", "mae", "huber"]),
    outputs=st.sampled_from([1, 2, 3]),
)
def test_no_bare_error_of_a_library(mlp, x, y, loss, outputs):
    model = mlp(3, [], outputs)
    words = ""
    for call in (
        lambda: fit(model, Dataset(x, y), epochs=1, loss=loss),
        lambda: evaluate(model, Dataset(x, y), loss=loss),
        lambda: predict(model, x),
    ):
        try:
            call()
        except DlbookError as error:
            words = str(error)
        assert not words or ("expected" in words and "got" in words)
