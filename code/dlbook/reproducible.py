"""The same numbers on every run: one thread, quiet libraries, one generator."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dlbook.quiet import import_tensorflow

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SETTINGS", "reproducible"]

#: What `reproducible` writes into the environment.
SETTINGS = {
    # sums are added up in another order by another number of threads
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    # oneDNN chooses its kernels, hence its rounding, by processor; without it TensorFlow also
    # stops announcing that choice
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "KERAS_BACKEND": "tensorflow",
}


def reproducible(seed: int = 0, *, tensorflow: bool = False) -> np.random.Generator:
    """Prepare a notebook and return its source of randomness.

    Call it before anything imports NumPy, PyTorch or TensorFlow: they read these settings once.
    A setting that is already in the environment is respected.

    Parameters
    ----------
    seed : int
        Where the generator starts.
    tensorflow : bool
        Whether the notebook uses TensorFlow or Keras: they are loaded here, without the lines
        they would print.

    Returns
    -------
    numpy.random.Generator
        To be handed to whatever draws at random.

    Examples
    --------
    >>> rng = reproducible(seed=0)
    >>> rng.integers(10, size=5)
    array([8, 6, 5, 2, 3])
    """
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if tensorflow:
        import_tensorflow()
    import numpy as np

    return np.random.default_rng(seed)
