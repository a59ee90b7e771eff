"""One way to train, evaluate and predict with models of all three libraries."""

from dlbook.training.callbacks import Callback, Checkpoint, EarlyStopping, LearningRateSchedule
from dlbook.training.fit import evaluate, fit, predict
from dlbook.training.history import History
from dlbook.training.state import TrainingState

__all__ = [
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "History",
    "LearningRateSchedule",
    "TrainingState",
    "evaluate",
    "fit",
    "predict",
]
