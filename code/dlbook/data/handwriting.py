"""Handwritten digits."""

from __future__ import annotations

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.data.packages import require_package

__all__ = ["digits"]


def digits(split: float = 2 / 3, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Real handwritten digits, 8×8 pixels, as training and test set.

    1797 samples of the "optical recognition of handwritten digits" test set, written by 13
    people; they ship with scikit-learn, so nothing is downloaded.

    Parameters
    ----------
    split : float between 0 and 1
        Share of the samples to train on; the default gives 1198 and 599.
    seed : int
        Of the random split.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 8, 8), float32 from 0 (paper) to 1 (ink); y of shape (n,), int64.

    Raises
    ------
    MissingPackageError
        If scikit-learn is not installed.
    RangeError
        If `split` leaves one of the sets empty.

    References
    ----------
    Alpaydin & Kaynak (1998), UCI Machine Learning Repository, CC BY 4.0.
    """
    require_package("sklearn", extra="data")
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = (bunch.images / 16).astype(np.float32)  # stored as counts from 0 to 16
    names = tuple(str(digit) for digit in range(10))
    everything = Dataset(images, bunch.target.astype(np.int64), "digits", names)
    return everything.split(split, np.random.default_rng(seed))
