"""The walk back: order, accumulation, freeing, and switching recording off."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest
import torch
from dlbook.engine import Function, Tensor, is_grad_enabled, no_grad, where
from dlbook.engine.autograd import topological_order
from dlbook.errors import GradientError, ShapeError


def leaf(*values: float) -> Tensor:
    return Tensor(np.array(values), requires_grad=True)


# --- the walk -------------------------------------------------------------------------------


def diamond(a, b):
    """y = (c + d) + c·d with c = a + b and d = a·b: both are used three times over."""
    c, d = a + b, a * b
    return (c + d) + c * d


def test_reused_nodes_collect_all_their_gradients():
    a, b = leaf(2.0), leaf(3.0)
    y = diamond(a, b)
    assert y.item() == 41
    y.backward()
    assert (a.grad.item(), b.grad.item()) == (25, 19)


@pytest.mark.parametrize("seed", range(10))
def test_random_graphs_agree_with_pytorch(seed):
    """Thirty operations on whatever there is, so that nodes are reused in every way."""

    def build(inputs):
        choose = np.random.default_rng(seed)
        nodes = list(inputs)
        for _ in range(30):
            a, b = (nodes[choose.integers(len(nodes))] for _ in range(2))
            kind = choose.integers(4)
            if kind == 0:
                nodes.append(a + b)
            elif kind == 1:
                nodes.append(a - 0.5 * b)
            elif kind == 2:
                nodes.append((a * b).clip(-2.0, 2.0))
            else:
                nodes.append(a / (b * b + 1.0))
        return sum(nodes[-5:], nodes[0])

    start = np.random.default_rng(100 + seed).standard_normal((3, 4))
    ours = [Tensor(x, requires_grad=True) for x in start]
    theirs = [torch.tensor(x, requires_grad=True) for x in start]
    for inputs in (ours, theirs):
        build(inputs).sum().backward()
    for mine, other in zip(ours, theirs, strict=True):
        expected = np.zeros(4) if other.grad is None else other.grad.numpy()
        found = np.zeros(4) if mine.grad is None else mine.grad
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_inputs_come_before_results():
    a, b = leaf(2.0), leaf(3.0)
    y = diamond(a, b)
    order = topological_order(y)
    position = {id(tensor): i for i, tensor in enumerate(order)}
    assert len(position) == len(order) == 7
    assert order[-1] is y
    for tensor in order:
        for source in tensor.function.inputs if tensor.function else ():
            assert position[id(source)] < position[id(tensor)]


def test_a_deep_graph_does_not_overflow_the_stack():
    x = leaf(1.0)
    y = x
    for _ in range(5000):
        y = y * 1.0 + 0.0
    y.backward()
    assert x.grad.item() == 1.0


def test_a_deep_graph_can_be_dropped_without_a_walk():
    y = leaf(1.0)
    for _ in range(20_000):
        y = -y
    del y
    gc.collect()


def test_gradients_accumulate_until_they_are_cleared():
    x = leaf(1.0, 2.0)
    for times in (1, 2, 3):
        (x * x).sum().backward()
        np.testing.assert_array_equal(x.grad, times * 2 * x.data)
    x.grad = None
    (3 * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_only_what_requires_a_gradient_gets_one():
    x, constant = leaf(1.0, 2.0), Tensor(np.array([3.0, 4.0]))
    (x * constant).sum().backward()
    assert constant.grad is None
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_gradient_of_a_single_number_is_an_array(dtype):
    x = Tensor(np.asarray(3.0, dtype=dtype), requires_grad=True)
    for _ in range(2):
        (x * x).backward()
        assert isinstance(x.grad, np.ndarray)
        assert x.grad.shape == ()
        assert x.grad.dtype == dtype
    assert x.grad == 12.0


# --- the incoming gradient --------------------------------------------------------------------


def test_gradient_argument():
    x = leaf(1.0, 2.0)
    (x * x).backward([1.0, 10.0])
    np.testing.assert_array_equal(x.grad, [2.0, 40.0])
    x.grad = None
    (x * x).backward(Tensor([1.0, 0.5]))
    np.testing.assert_array_equal(x.grad, [2.0, 2.0])


def test_backward_on_a_leaf():
    x = leaf(1.0)
    x.backward()
    np.testing.assert_array_equal(x.grad, [1.0])


def test_several_numbers_need_a_gradient_argument():
    x = leaf(1.0, 2.0)
    with pytest.raises(GradientError, match=r"single number.*shape \(2,\).*sum\(\) or mean\(\)"):
        (x * 2).backward()
    with pytest.raises(ShapeError, match=r"own shape \(2,\)"):
        (x * 2).backward([1.0])


def test_nothing_requires_a_gradient():
    with pytest.raises(GradientError, match="no graph"):
        (Tensor([1.0]) * 2).backward()
    with pytest.raises(GradientError, match="requires a gradient"):
        Tensor([1.0]).retain_grad()


# --- freeing --------------------------------------------------------------------------------


def test_second_walk_is_refused_and_changes_nothing():
    x = leaf(2.0)
    y = (x * x).sum()
    y.backward()
    with pytest.raises(GradientError, match=r"freed by an earlier backward.*retain_graph=True"):
        y.backward()
    np.testing.assert_array_equal(x.grad, [4.0])


def test_a_shared_part_is_freed_by_the_first_walk():
    x = leaf(2.0)
    shared = x * x
    first, second = shared.sum(), (shared * 3).sum()
    first.backward()
    with pytest.raises(GradientError, match="freed"):
        second.backward()
    np.testing.assert_array_equal(x.grad, [4.0])


def test_retain_graph():
    a, b = leaf(2.0), leaf(3.0)
    y = diamond(a, b)
    for times in (1, 2, 3):
        y.backward(retain_graph=times < 3)
        assert (a.grad.item(), b.grad.item()) == (25 * times, 19 * times)
    with pytest.raises(GradientError, match="freed"):
        y.backward()


def test_backward_frees_intermediate_results():
    x = leaf(1.0, 2.0, 3.0)
    hidden = x * 2
    loss = (hidden * hidden).sum()
    watched = weakref.ref(hidden)
    del hidden
    assert watched() is not None, "the graph should keep what the way back needs"
    loss.backward()
    assert watched() is None, "backward should have let go of it, without a garbage collection"


def test_the_graph_dies_with_its_result():
    x = leaf(1.0)
    y = (x * 2).exp()
    watched = weakref.ref(y.function.inputs[0])
    assert watched() is not None
    del y
    assert watched() is None


# --- who owns a gradient ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "combine",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: (a + b) + (a + b),
        lambda a, b: a.reshape(3, 1).flatten() + b,
        lambda a, b: where(np.array([True, False, True]), a, b),
        lambda a, b: (a + b).expand(2, 3),
    ],
)
def test_writing_into_one_gradient_leaves_the_others_alone(combine):
    a, b = leaf(1.0, 2.0, 3.0), leaf(4.0, 5.0, 6.0)
    result = combine(a, b)
    incoming = np.ones(result.shape)
    result.backward(incoming)
    before = b.grad.copy()
    a.grad[...] = 99.0
    np.testing.assert_array_equal(b.grad, before)
    np.testing.assert_array_equal(incoming, np.ones(result.shape))


class _Both(Function):
    """Returns one fresh array as the gradient of both inputs."""

    def forward(self, a, b):
        return a + b

    def backward(self, grad):
        shared = grad * 1.0
        return shared, shared


def test_one_array_returned_for_two_inputs():
    a, b = leaf(1.0), leaf(2.0)
    _Both.apply(a, b).backward()
    a.grad[...] = 99.0
    np.testing.assert_array_equal(b.grad, [1.0])


def test_retained_gradients_are_their_own():
    x = leaf(1.0, 2.0)
    y = x + 0.0
    y.retain_grad()
    z = y * 3
    z.retain_grad()
    z.sum().backward()
    np.testing.assert_array_equal(y.grad, [3.0, 3.0])
    np.testing.assert_array_equal(z.grad, [1.0, 1.0])
    y.grad[...] = 7.0
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_intermediate_results_keep_no_gradient_unless_asked():
    x = leaf(1.0)
    y = x * 2
    (y * 3).sum().backward()
    assert y.grad is None


def test_a_function_may_return_no_gradient():
    class Blocked(Function):
        def forward(self, a, b):
            return a * b

        def backward(self, grad):
            return grad * self.inputs[1].data, None

    a, b, c = leaf(2.0), leaf(3.0), leaf(4.0)
    (Blocked.apply(a, b * 1.0) + c).backward()
    assert (a.grad.item(), b.grad, c.grad.item()) == (3.0, None, 1.0)


def test_a_function_has_to_define_both_ways():
    with pytest.raises(TypeError, match="_Empty defines no forward"):
        _Empty.apply(leaf(1.0))
    with pytest.raises(TypeError, match="_Half defines no backward"):
        _Half.apply(leaf(1.0)).backward()


class _Empty(Function):
    pass


class _Half(Function):
    def forward(self, x):
        return x


# --- recording off --------------------------------------------------------------------------


def test_detach_shares_values_and_stops_gradients():
    x = leaf(2.0)
    still = (x * 3).detach()
    assert not still.requires_grad
    (x * still).backward()
    np.testing.assert_array_equal(x.grad, [6.0])
    assert x.detach().data is x.data


def test_no_grad_as_a_block():
    x = leaf(1.0)
    with no_grad():
        assert not is_grad_enabled()
        y = x * 2
        with no_grad():
            pass
        assert not is_grad_enabled(), "the inner block must not switch recording on again"
    assert is_grad_enabled()
    assert not y.requires_grad
    assert y.function is None
    assert (x * 2).requires_grad


def test_no_grad_as_a_decorator():
    @no_grad()
    def evaluate(x):
        """Double."""
        return x * 2

    for _ in range(2):
        assert not evaluate(leaf(1.0)).requires_grad
    assert is_grad_enabled()
    assert evaluate.__name__ == "evaluate"


def test_an_error_inside_no_grad_switches_recording_on_again():
    with pytest.raises(ValueError, match="planned"), no_grad():
        raise ValueError("planned")
    assert is_grad_enabled()


def test_no_grad_is_a_matter_of_one_thread():
    seen = []
    with no_grad():
        thread = threading.Thread(target=lambda: seen.append(is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_leaves_made_inside_no_grad_still_want_gradients():
    with no_grad():
        x = leaf(1.0)
    (x * 2).backward()
    np.testing.assert_array_equal(x.grad, [2.0])
