"""A new head on a trained network, in Keras."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from dlbook.errors import ShapeError, require
from dlbook.models.arguments import check_sizes
from dlbook.models.feature_names import (
    Array,
    accepts_size,
    check_images,
    check_stages,
    kind_of,
    split_stages,
)
from dlbook.models.keras.configured import ConfiguredModel
from dlbook.models.keras.feature_layers import feature_layers, input_channels
from dlbook.models.keras.flatten import flatten_channels_first
from dlbook.models.keras.mlp import MLP
from dlbook.training import predict

__all__ = ["TransferLearner"]


@keras.saving.register_keras_serializable("dlbook")
class TransferLearner(ConfiguredModel):
    """The convolutional part of a trained network, frozen, with a new classifier behind it.

    Two ways lead to the same logits. Way 1 runs the convolutions once over all images with
    `extract_features` and trains `head` alone, on arrays: fast, but without augmentation. Way 2
    trains the whole learner; images may change from epoch to epoch, and later `unfreeze_top`
    lets the last stages adapt too.

    Keras decides when a model is compiled which weights it trains: call ``compile`` after
    freezing or unfreezing, never before.

    Parameters
    ----------
    base : keras.Model
        A trained network that begins with convolutions. They are copied: fine-tuning leaves
        `base` as it was.
    num_classes : int
        Number of logits.
    hidden : sequence of int
        Units of each hidden layer of the head; none by default.
    dropout : float
        Share of units dropped after each hidden layer while training.
    pooling : int, optional
        Side in pixels of the windows that are averaged before the head; 1 hands every pixel on.
        By default one average is taken over the whole of each channel.
    image_size : int
        Height and width of the images. Without `pooling` any other size works as well.
    rng : numpy.random.Generator, optional
        Seeds the first weights and the dropout masks of the head.
    **options
        What Keras adds, such as ``name``.

    Attributes
    ----------
    head : MLP
        Takes what `extract_features` returns.

    Raises
    ------
    RangeError
        If a size is not positive.
    DTypeError
        If `base` has no convolutional part.
    ShapeError
        If images of `image_size` are too small for the base or its pooling.

    References
    ----------
    Yosinski et al. (2014); chapter 13.
    """

    def __init__(
        self,
        base: keras.Model,
        num_classes: int,
        hidden: Sequence[int] = (),
        dropout: float = 0.0,
        pooling: int | None = None,
        image_size: int = 32,
        *,
        rng: Any = None,
        **options: Any,
    ) -> None:
        sizes = {"num_classes": num_classes, "hidden": hidden, "image_size": image_size}
        check_sizes("TransferLearner", pooling=1 if pooling is None else pooling, **sizes)
        trained = list(feature_layers(base).values())
        copies = [type(layer).from_config(layer.get_config()) for layer in trained]
        side = None if pooling is None else image_size
        inputs = x = keras.Input((side, side, input_channels(base)))
        shape = (1, image_size, image_size, input_channels(base))
        with accepts_size(image_size):
            for layer in copies:
                x, shape = layer(x), layer.compute_output_shape(shape)
            require(min(shape) > 0, ShapeError, "features", "a map", f"shape {shape}")
            if pooling is None:
                pooled = layers.GlobalAveragePooling2D()(x)
            else:
                pooled = flatten_channels_first(layers.AveragePooling2D(pooling)(x))
        head = MLP(pooled.shape[1], hidden, num_classes, dropout=dropout, rng=rng)
        settings = {
            "base": keras.saving.serialize_keras_object(base),
            "num_classes": num_classes,
            "hidden": list(hidden),
            "dropout": dropout,
            "pooling": pooling,
            "image_size": image_size,
        }
        super().__init__(inputs, head(pooled), settings, **options)
        for layer, copied in zip(trained, copies, strict=True):
            copied.set_weights(layer.get_weights())
        self.head, self.pooled = head, pooled
        self.freeze()

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> TransferLearner:
        """Make a learner as `get_config` describes it, with everything but the head frozen.

        Parameters
        ----------
        config : dict
        custom_objects : dict, optional
            Classes by name, as Keras hands them on.

        Returns
        -------
        TransferLearner
        """
        base = keras.saving.deserialize_keras_object(config["base"], custom_objects)
        return cls(**(config | {"base": base}))

    def extract_features(self, x: Array, batch_size: int = 256) -> Array:
        """Compute what the head sees, in evaluation mode.

        Parameters
        ----------
        x : ndarray of shape (n, height, width, channels)
            Images.
        batch_size : int
            Images at a time; it changes memory and speed, not the result.

        Returns
        -------
        ndarray of shape (n, features)

        Raises
        ------
        ShapeError, DTypeError, DataError
            If `x` is not what the base takes.
        """
        x = check_images("extract_features", x, input_channels(self), 3)
        return predict(keras.Model(self.inputs, self.pooled), x, batch_size)

    # --- what is trained ------------------------------------------------------------------------

    def freeze(self) -> None:
        """Train the head only."""
        self.unfreeze_top(0)

    def unfreeze_top(self, stages: int = 1, batch_norm: bool = False) -> None:
        """Train the last stages of the base too, and freeze the ones below.

        Train the head first: what a head of random weights sends back would destroy the features
        that it is to use. Then go on with a far smaller learning rate. Batch norm that is not
        trainable works as in evaluation even while training; Keras does that by itself.

        Parameters
        ----------
        stages : int
            How many, counted from the output; a stage lies between two poolings.
        batch_norm : bool
            Whether the batch norm of these stages is trained too, its running statistics
            included. With few images they would be estimated badly; it stays frozen by default.

        Raises
        ------
        RangeError
            If there are not so many stages.
        """
        parts = split_stages(feature_layers(self))
        check_stages(stages, len(parts))
        for number, part in enumerate(parts):
            for layer in part:
                top = number >= len(parts) - stages
                layer.trainable = top and (batch_norm or kind_of(layer) != "norm")

    def count_trainable_params(self) -> int:
        """Count the numbers that training changes now; `count_params` counts all."""
        return sum(int(variable.shape.num_elements()) for variable in self.trainable_weights)
