"""Exercises that are judged by a function of their own say what is wrong in words of their own."""

import pytest
from dlbook.checks import Status, exercises


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        ([[0, 0, 0], [-1, -1, -1], [1, 1, 1]], "Where the step lies between two of the rows"),
        ([[-1, -1, -1], [1, 1, 1], [0, 0, 0]], "Where the step lies between two of the rows"),
        ([[3, 1, 1], [0, 0, 0], [-3, -1, -1]], "negative where it gets brighter downwards"),
        ([[-2, 0, 2], [-1, 0, 1], [-1, 0, 1]], "a step from left to right"),
        ([[2, 1, 1], [1, 1, 1], [1, 1, 1]], "On a flat window"),
        ([[1, 2], [3, 4]], "A 3×3 kernel is asked for"),
    ],
)
def test_a_kernel_that_finds_no_edges(kernel, words):
    verdict = exercises("11")["11-edge-kernel"].examine(kernel)
    assert verdict.status is Status.NOT_YET
    assert words in verdict.text


@pytest.mark.parametrize("scale", [0.25, 1, 7])
def test_edge_kernels_of_any_scale(scale):
    kernel = [[-scale] * 3, [0] * 3, [scale] * 3]
    assert exercises("11")["11-edge-kernel"].examine(kernel).status is Status.CORRECT


def test_an_operation_of_another_shape_gets_its_own_hint():
    from dlbook.engine import Function

    class Summed(Function):
        def forward(self, z):
            return z.sum()

        def backward(self, grad):
            return grad

    verdict = exercises("04")["04-softplus"].examine(Summed)
    assert verdict.status is Status.NOT_YET
    assert "could not be examined" not in verdict.text
