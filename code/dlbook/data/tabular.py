"""Real tables: one row for each person, one column for each feature."""

from __future__ import annotations

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.data.packages import require_package

__all__ = ["diabetes"]


def diabetes(split: float = 2 / 3, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Predict how far diabetes will have progressed in a year, from ten measurements.

    442 people. Columns are in their own units (years, mm Hg, …), not scaled: scale them with
    mean and standard deviation of the training set.

    Parameters
    ----------
    split : float between 0 and 1
        Share of the samples to train on; the default gives 295 and 147.
    seed : int
        Of the random split.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 10), float32; y of shape (n, 1), float32 from 25 to 346.

    Raises
    ------
    MissingPackageError
        If scikit-learn is not installed.
    RangeError
        If `split` leaves one of the sets empty.

    References
    ----------
    Efron, Hastie, Johnstone & Tibshirani (2004), *Least angle regression*; shipped with
    scikit-learn.
    """
    require_package("sklearn", extra="data")
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    everything = Dataset(
        bunch.data.astype(np.float32),
        bunch.target.astype(np.float32)[:, None],
        "diabetes",
        features=tuple(bunch.feature_names),
    )
    return everything.split(split, np.random.default_rng(seed))
