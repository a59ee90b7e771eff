"""What may look on, and step in, while a model is trained."""

from dlbook.training.callbacks.base import Callback
from dlbook.training.callbacks.checkpoint import Checkpoint
from dlbook.training.callbacks.early_stopping import EarlyStopping
from dlbook.training.callbacks.learning_rate import LearningRateSchedule

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "LearningRateSchedule"]
