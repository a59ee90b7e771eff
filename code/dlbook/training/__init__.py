"""One way to train, evaluate and predict with models of all three libraries."""

from dlbook.training.fit import evaluate, fit, predict
from dlbook.training.history import History

__all__ = ["History", "evaluate", "fit", "predict"]
