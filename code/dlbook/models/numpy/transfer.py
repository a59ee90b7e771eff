"""A new head on a trained network, from scratch."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from dlbook.engine import Tensor, nn, no_grad
from dlbook.models.arguments import check_sizes
from dlbook.models.feature_names import (
    Array,
    accepts_size,
    check_images,
    check_stages,
    kind_of,
    split_stages,
)
from dlbook.models.numpy.feature_layers import feature_layers, input_channels
from dlbook.models.numpy.mlp import MLP
from dlbook.training import predict

__all__ = ["TransferLearner"]


class TransferLearner(nn.Module):
    """The convolutional part of a trained network, frozen, with a new classifier behind it.

    Two ways lead to the same logits. Way 1 runs the convolutions once over all images with
    `extract_features` and trains `head` alone, on arrays: fast, but without augmentation. Way 2
    trains the whole learner; images may change from epoch to epoch, and later `unfreeze_top`
    lets the last stages adapt too.

    Parameters
    ----------
    base : Module
        A trained network with a part called ``features``. That part is copied: fine-tuning
        leaves `base` as it was.
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
        Draws the first weights and the dropout masks of the head.

    Attributes
    ----------
    features : Sequential
        The copy.
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
        base: nn.Module,
        num_classes: int,
        hidden: Sequence[int] = (),
        dropout: float = 0.0,
        pooling: int | None = None,
        image_size: int = 32,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        sizes = {"num_classes": num_classes, "hidden": hidden, "image_size": image_size}
        check_sizes("TransferLearner", pooling=1 if pooling is None else pooling, **sizes)
        self.pooling = pooling
        self.features = nn.Sequential(*copy.deepcopy(list(feature_layers(base).values())))
        self.features.eval()
        with no_grad():  # one empty image tells how long a vector of features is
            empty = np.zeros((1, input_channels(base), image_size, image_size), np.float32)
            with accepts_size(image_size):
                length = self._pooled(Tensor(empty)).shape[1]
        self.head = MLP(length, hidden, num_classes, dropout=dropout, rng=rng)
        self.freeze()

    def _pooled(self, x: Tensor) -> Tensor:
        maps = self.features(x)
        if self.pooling is None:
            return maps.mean(dim=(2, 3))
        return nn.Flatten()(nn.AvgPool2d(self.pooling)(maps))

    def forward(self, x: Tensor) -> Tensor:
        """Map images (batch, channels, height, width) to logits (batch, num_classes)."""
        return self.head(self._pooled(x))

    def extract_features(self, x: Array, batch_size: int = 256) -> Array:
        """Compute what the head sees, in evaluation mode.

        Parameters
        ----------
        x : ndarray of shape (n, channels, height, width)
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
        x = check_images("extract_features", x, input_channels(self), 1)
        return predict(_Extractor(self), x, batch_size)

    # --- what is trained ------------------------------------------------------------------------

    def freeze(self) -> None:
        """Train the head only."""
        self.unfreeze_top(0)

    def unfreeze_top(self, stages: int = 1, batch_norm: bool = False) -> None:
        """Train the last stages of the base too, and freeze the ones below.

        Train the head first: what a head of random weights sends back would destroy the features
        that it is to use. Then go on with a far smaller learning rate.

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
                layer.requires_grad_(top and (batch_norm or kind_of(layer) != "norm"))
        self.zero_grad()  # a gradient of before would still move what is frozen now
        self.train()

    def train(self, mode: bool = True) -> TransferLearner:
        """Switch to training mode, in which frozen batch norm goes on as in evaluation.

        Otherwise its running statistics would drift away although its weights are frozen.

        Parameters
        ----------
        mode : bool

        Returns
        -------
        TransferLearner
            This model.
        """
        super().train(mode)
        for layer in self.features:
            if kind_of(layer) == "norm" and not any(p.requires_grad for p in layer.parameters()):
                layer.eval()
        return self

    def count_trainable_params(self) -> int:
        """Count the numbers that training changes now; `count_params` counts frozen ones too."""
        return sum(p.numel() for p in self.parameters() if p.requires_grad)


class _Extractor(nn.Module):
    """A learner without its head."""

    def __init__(self, learner: TransferLearner) -> None:
        self.learner = learner

    def forward(self, x: Tensor) -> Tensor:
        return self.learner._pooled(x)
