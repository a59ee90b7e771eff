"""Small data that the tests of training share."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.data import Dataset


@pytest.fixture
def clouds(rng) -> Dataset:
    """Three synthetic Gaussian clouds in four dimensions, 96 samples."""
    y = rng.integers(0, 3, size=96)
    centres = 3 * rng.standard_normal((3, 4))
    return Dataset((centres[y] + rng.standard_normal((96, 4))).astype(np.float32), y, "clouds")


@pytest.fixture
def line(rng) -> Dataset:
    """Numbers that depend on two others in a straight line, 40 samples."""
    x = rng.standard_normal((40, 2)).astype(np.float32)
    y = (x @ np.array([[2.0], [-1.0]]) + 0.5).astype(np.float32)
    return Dataset(x, y, "line")
