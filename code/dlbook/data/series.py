"""Real measurements in the course of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dlbook.data.arguments import check_count
from dlbook.data.dataset import Dataset
from dlbook.data.packages import require_package
from dlbook.errors import DataError, DTypeError, RangeError, ShapeError, require

__all__ = ["Series", "co2", "sunspots", "windows"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Series:
    """Equally spaced measurements.

    Attributes
    ----------
    time : ndarray of shape (n,), float64
        Years; January 1990 is 1990.0, July 1990 is 1990.5.
    values : ndarray of shape (n,), float32
        What was measured.
    name, unit : str
        For the axis of a figure.
    """

    time: Array
    values: Array
    name: str
    unit: str

    def __len__(self) -> int:
        return len(self.values)


def sunspots() -> Series:
    """Mean number of sunspots in each year from 1700 to 2008: 309 values, a cycle of 11 years.

    Returns
    -------
    Series

    Raises
    ------
    MissingPackageError
        If statsmodels is not installed.

    References
    ----------
    US National Geophysical Data Center (public domain), shipped with statsmodels.
    """
    require_package("statsmodels", extra="data")
    from statsmodels.datasets import sunspots as source

    table = source.load_pandas().data
    years, numbers = table["YEAR"].to_numpy(np.float64), table["SUNACTIVITY"].to_numpy(np.float32)
    return Series(years, numbers, "sunspots", "number a year")


def co2() -> Series:
    """Carbon dioxide in the air at Mauna Loa, Hawaii: monthly means from March 1958 to 2001.

    The source has a value for each week; weeks without one are left out of a month's mean, and a
    month without any lies on the straight line between its neighbours. It rises from year to
    year and swings with the seasons: models learn its differences more easily than its level.

    Returns
    -------
    Series
        526 months, in parts per million by volume.

    Raises
    ------
    MissingPackageError
        If statsmodels is not installed.

    References
    ----------
    Keeling & Whorf (2004), Scripps Institution of Oceanography (public domain), shipped with
    statsmodels.
    """
    require_package("statsmodels", extra="data")
    from statsmodels.datasets import co2 as source

    monthly = source.load_pandas().data["co2"].resample("MS").mean().interpolate()
    time = monthly.index.year.to_numpy() + (monthly.index.month.to_numpy() - 1) / 12
    return Series(time.astype(np.float64), monthly.to_numpy(np.float32), "co2", "ppm")


def windows(values: Array, length: int, ahead: int = 1) -> Dataset:
    """Cut a series into overlapping pieces, each with the value that follows it.

    Scale with figures of the training part alone, and split in time, not at random: otherwise
    the future leaks into the past.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        In the order of time.
    length : int
        Values of a piece.
    ahead : int
        How many steps after a piece its target lies.

    Returns
    -------
    Dataset
        x of shape (n − length − ahead + 1, length, 1) and y of shape (…, 1), of the dtype of
        `values`: the layout (batch, time, features) of recurrent layers.

    Raises
    ------
    DTypeError, ShapeError, RangeError, DataError
        If the values are not a series of finite numbers, or too few for a single piece.
    """
    is_float = isinstance(values, np.ndarray) and values.dtype.kind == "f"
    require(is_float, DTypeError, "windows: values", "an array of floats", values)
    require(values.ndim == 1, ShapeError, "windows: values", "one axis, that of time", values)
    finite = bool(np.isfinite(values).all())
    require(finite, DataError, "windows: values", "finite numbers", "some that are not")
    check_count("windows: length", length)
    check_count("windows: ahead", ahead)
    pieces = len(values) - length - ahead + 1
    expected = f"at least {length + ahead} values"
    require(pieces > 0, RangeError, "windows: values", expected, f"{len(values)}")
    x = np.lib.stride_tricks.sliding_window_view(values, length)[:pieces, :, None]
    return Dataset(x.copy(), values[length + ahead - 1 :, None].copy(), "windows")
