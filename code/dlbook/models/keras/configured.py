"""Keras models that can be saved and cloned by their constructor's arguments."""

from __future__ import annotations

from typing import Any

import keras

__all__ = ["ConfiguredModel"]


class ConfiguredModel(keras.Model):
    """A functional model that remembers how it was made.

    A subclass builds its graph in ``__init__`` and passes it on with the arguments that make it
    again; Keras stores those in a saved file instead of the graph.

    Parameters
    ----------
    inputs, outputs : keras tensors
        Both ends of the graph.
    settings : dict
        The constructor's arguments, without the source of randomness.
    **options
        What Keras adds, such as ``name``.
    """

    def __init__(self, inputs: Any, outputs: Any, settings: dict[str, Any], **options: Any) -> None:
        super().__init__(inputs, outputs, **options)
        self.settings = settings

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return dict(self.settings)
