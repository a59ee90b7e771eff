"""Prove that two models compute the same: copy weights across libraries, measure differences.

Weights are compared in the engine's layout, which is PyTorch's: an affine map is
(out, in), where Keras keeps (in, out).
"""

from dlbook.parity.compare import largest_difference, largest_gradient_difference
from dlbook.parity.trajectory import TrajectoryDifference, trajectory_difference
from dlbook.parity.weights import copy_weights, get_weights, set_weights

__all__ = [
    "TrajectoryDifference",
    "copy_weights",
    "get_weights",
    "largest_difference",
    "largest_gradient_difference",
    "set_weights",
    "trajectory_difference",
]
