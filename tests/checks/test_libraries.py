"""Tensors of every library of the book count as answers, and none is imported for it."""

import subprocess
import sys

import numpy as np
import pytest
from dlbook.checks import Array, Exercise, Integer, Number, Shape, Status, Truth

VALUES = [[1.0, 2.0], [3.0, 4.0]]


def right(answer, given):
    verdict = Exercise("97-a", answer, "So.").examine(given)
    return verdict.status is Status.CORRECT


def test_torch():
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(VALUES, requires_grad=True)
    assert right(Array(VALUES), tensor)
    assert right(Array(VALUES), list(tensor))
    assert right(Array(VALUES), torch.nn.Parameter(tensor.detach()))
    assert right(Array(VALUES), tensor.detach().to(torch.float64))
    assert right(Number(10.0), tensor.sum())
    assert right(Integer(4), torch.tensor(4))
    assert right(Truth(True), torch.tensor(True))
    assert right(Shape((2, 2)), tensor.shape)
    assert not right(Array(VALUES), tensor.T)
    # An answer that is a layer, or on no device at all, is told what it is.
    assert not right(Array(VALUES), torch.nn.Linear(2, 2))
    assert not right(Array(VALUES), torch.empty(2, 2, device="meta"))


def test_tensorflow_and_keras():
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    for tensor in (tf.constant(VALUES), tf.Variable(VALUES), keras.Variable(np.array(VALUES))):
        assert right(Array(VALUES), tensor)
    assert right(Number(10.0), tf.reduce_sum(tf.constant(VALUES)))
    assert right(Integer(4), tf.size(tf.constant(VALUES)))
    assert right(Shape((2, 2)), tf.constant(VALUES).shape)
    assert not right(Array(VALUES), tf.transpose(tf.constant(VALUES)))
    assert not right(Array(VALUES), keras.Input((2,)))


def test_the_engine():
    tensor = pytest.importorskip("dlbook.engine").Tensor(np.array(VALUES), requires_grad=True)
    assert right(Array(VALUES), tensor)
    assert right(Number(10.0), tensor.sum())
    assert right(Shape((2, 2)), tensor.shape)


def test_judging_imports_no_library():
    program = (
        "import sys; from dlbook.checks import Exercise, Number;"
        "Exercise('97-a', Number(1.0), 'So.').examine([1.0]);"
        "print({'torch', 'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
