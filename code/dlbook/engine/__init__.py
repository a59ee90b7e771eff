"""Deep learning from scratch, on NumPy alone.

The names, arguments and layouts are PyTorch's, so that what is learned here is what will be
typed there:

>>> from dlbook.engine import Tensor, functional as F, nn, optim
"""

from dlbook.engine import functional, init, nn, optim
from dlbook.engine.autograd import Function, is_grad_enabled, no_grad
from dlbook.engine.gradcheck import gradcheck, numerical_gradient
from dlbook.engine.joining import cat, stack, where
from dlbook.engine.serialization import load, save
from dlbook.engine.tensor import Tensor, as_tensor

__all__ = [
    "Function",
    "Tensor",
    "as_tensor",
    "cat",
    "functional",
    "gradcheck",
    "init",
    "is_grad_enabled",
    "load",
    "nn",
    "no_grad",
    "numerical_gradient",
    "optim",
    "save",
    "stack",
    "where",
]
