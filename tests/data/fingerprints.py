"""A short text that changes with the data, but not with the last bit of a sum."""

from __future__ import annotations

import hashlib

import numpy as np


def fingerprint(*arrays, decimals: int = 3) -> str:
    """Hash the first samples of arrays, rounded."""
    digest = hashlib.sha256()
    for array in arrays:
        first = np.asarray(array)[:5]
        if first.dtype.kind == "f":
            first = np.round(first.astype(np.float64), decimals) + 0.0  # -0.0 becomes 0.0
        digest.update(str(first.shape).encode() + np.ascontiguousarray(first).tobytes())
    return digest.hexdigest()[:12]
