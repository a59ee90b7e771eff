"""The check of gradients must itself be right: it has to find planted mistakes."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.engine import Function, Tensor, gradcheck, numerical_gradient
from dlbook.errors import DTypeError, GradientError, RangeError


def test_numerical_gradient_of_a_known_function():
    x = np.array([[1.0, 2.0], [3.0, -4.0]])
    before = x.copy()
    np.testing.assert_allclose(numerical_gradient(lambda v: (v**3).sum(), x), 3 * x**2, rtol=1e-8)
    np.testing.assert_array_equal(x, before)


def test_numerical_gradient_takes_lists_and_integers():
    found = numerical_gradient(lambda v: float((v**2).sum()), [1, 2])
    np.testing.assert_allclose(found, [2.0, 4.0], rtol=1e-8)
    assert numerical_gradient(float, np.float64(3.0)).shape == ()


def test_the_error_depends_on_the_step_as_in_the_textbook():
    """Too large a step bends away, too small a step rounds: the middle is best."""

    def error(epsilon):
        return abs(numerical_gradient(lambda v: float(np.exp(v)), np.array(1.0), epsilon) - np.e)

    assert error(1e-5) < 1e-9
    assert error(1e-1) > 1e-3
    assert error(1e-13) > 1e-5


class _Wrong(Function):
    def forward(self, x, at=None):
        self.x, self.at = x, at
        return x**2

    def backward(self, grad):
        local = 2 * self.x
        local[self.at] *= 1.001
        return grad * local


def test_a_small_mistake_in_one_element_is_found_and_named():
    x = Tensor(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), requires_grad=True)
    with pytest.raises(GradientError, match=r"inputs\[0\]\[1, 2\]: expected a gradient of"):
        gradcheck(lambda t: _Wrong.apply(t, at=(1, 2)), [x])


class _Nan(Function):
    def forward(self, x):
        return x * 1.0

    def backward(self, grad):
        return grad * np.nan


def test_nan_is_a_mistake():
    with pytest.raises(GradientError, match="got nan"):
        gradcheck(_Nan.apply, [Tensor(np.ones(2), requires_grad=True)])


def test_what_is_right_passes_and_inputs_stay_as_they_are():
    x = Tensor(np.array([1.0, 2.0]), requires_grad=True)
    fixed = Tensor(np.array([3.0, 4.0]))
    error = gradcheck(lambda a, b: a * b + a.exp(), [x, fixed])
    assert 0 <= error < 1e-7
    assert x.grad is None
    np.testing.assert_array_equal(x.data, [1.0, 2.0])


def test_an_input_that_is_not_used_has_gradient_zero():
    a, b = (Tensor(np.ones(2), requires_grad=True) for _ in range(2))
    assert gradcheck(lambda a, b: a * 2, [a, b]) < 1e-7


def test_refused():
    with pytest.raises(RangeError, match="positive step"):
        numerical_gradient(lambda v: 0.0, np.ones(1), epsilon=0.0)
    with pytest.raises(DTypeError, match="numbers"):
        numerical_gradient(lambda v: 0.0, ["a"])
    with pytest.raises(DTypeError, match=r"inputs\[0\]: expected float64"):
        gradcheck(lambda t: t, [Tensor([1.0], requires_grad=True)])
    with pytest.raises(DTypeError, match="expected a Tensor"):
        gradcheck(lambda t: t, [np.ones(2)])
    with pytest.raises(GradientError, match="no graph"):
        gradcheck(lambda t: t, [Tensor(np.ones(1))])
