"""Patches of real surfaces: brick, grass and gravel."""

from __future__ import annotations

import numpy as np

from dlbook.data.arguments import check_count, check_rng
from dlbook.data.dataset import Dataset
from dlbook.data.packages import skimage_photograph

__all__ = ["textures"]

_SURFACES = ("brick", "grass", "gravel")
_TRAIN, _TEST = (0.0, 0.55), (0.625, 1.0)  # shares of the width; what lies between is in neither


def textures(
    per_class: int = 300, *, size: int = 28, rng: np.random.Generator
) -> tuple[Dataset, Dataset]:
    """Square patches at random places of three real photographs, as training and test set.

    Training patches come from the left 55 % of a photograph and test patches from the right 38 %,
    so that none overlap. A single photograph of each surface was available: the test asks for
    new places of the same three surfaces, not for new surfaces.

    Parameters
    ----------
    per_class : int
        Training patches of each surface; the test set has half as many.
    size : int from 8 to 128
        Side of a patch in pixels.
    rng : numpy.random.Generator
        Draws the places.

    Returns
    -------
    train, test : Dataset
        x of shape (n, size, size), float32, each photograph shifted and scaled to mean 0 and
        standard deviation 1, so that brightness alone tells nothing; y of shape (n,), int64.

    Raises
    ------
    MissingPackageError
        If scikit-image is not installed.
    RangeError, DTypeError
        If an argument does not fit.

    References
    ----------
    Photographs "brick" and "gravel" from CC0Textures and "grass" from DeviantArt, all CC0 and
    512×512 pixels, shipped with scikit-image.
    """
    check_count("textures: per_class", per_class, 2)
    check_count("textures: size", size, 8, 128)
    check_rng("textures: rng", rng)
    photographs = [skimage_photograph(name).astype(np.float32) for name in _SURFACES]
    photographs = [(image - image.mean()) / image.std() for image in photographs]
    sets = []
    for (low, high), count in ((_TRAIN, per_class), (_TEST, per_class // 2)):
        patches = []
        for image in photographs:
            height, width = image.shape
            rows = rng.integers(0, height - size + 1, count)
            columns = rng.integers(int(low * width), int(high * width) - size + 1, count)
            windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
            patches.append(windows[rows, columns])
        y = np.repeat(np.arange(len(_SURFACES)), count).astype(np.int64)
        order = rng.permutation(len(y))
        sets.append(Dataset(np.concatenate(patches)[order], y[order], "textures", _SURFACES))
    return sets[0], sets[1]
