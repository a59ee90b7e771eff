"""The five workloads: one module each, with the same step in three libraries.

Every module has

- ``WHAT``, the workload in words, and ``TARGET``, the largest ratio to PyTorch that is accepted;
- ``SIZE``, its default size along the axis ``AXIS``, and ``POWER``, the power of that size with
  which its cost may grow at most;
- ``numpy(size)``, ``pytorch(size)`` and ``keras(size)``, which build model and data and return
  one training step (forward, backward, plain SGD) as a function without arguments.

The libraries are imported inside these functions, so that each can be measured alone.
"""

from __future__ import annotations

from types import ModuleType

from workloads import lenet, lstm, mlp, skip_gram, vgg_block

WORKLOADS: dict[str, ModuleType] = {
    "MLP": mlp,
    "LeNet": lenet,
    "VGG block": vgg_block,
    "LSTM": lstm,
    "skip-gram": skip_gram,
}
