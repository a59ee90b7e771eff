"""Salaries of baseball players: an optional data set that does not travel with any package."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.errors import DataError, MissingDataError, require

__all__ = ["hitters"]

_CATEGORIES = {"League": "N", "Division": "W", "NewLeague": "N"}  # the value that is coded as 1
_NUMBERS = (
    *("AtBat", "Hits", "HmRun", "Runs", "RBI", "Walks", "Years"),
    *("CAtBat", "CHits", "CHmRun", "CRuns", "CRBI", "CWalks"),
    *("PutOuts", "Assists", "Errors"),
)
_TARGET = "Salary"


def hitters(split: float = 2 / 3, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Predict the salaries of players of 1987 from what they did in 1986 and before.

    The file ``Hitters.csv`` is read from the folder ``hitters`` of the cache that the environment
    variable ``DLBOOK_DATA`` names; nothing is downloaded. The 59 players without a salary are
    left out, which leaves 263.

    Parameters
    ----------
    split : float between 0 and 1
        Share of the players to train on; the default gives 175 and 88.
    seed : int
        Of the random split.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 19), float32: 16 counts and three yes/no columns (one of two leagues or
        divisions, coded as 0 and 1); y of shape (n, 1), float32, in thousands of dollars.

    Raises
    ------
    MissingDataError
        If the file is not in the cache.
    DataError
        If it is not the table described.
    RangeError
        If `split` leaves one of the sets empty.

    References
    ----------
    StatLib, Carnegie Mellon University; distributed with James, Witten, Hastie & Tibshirani,
    *An Introduction to Statistical Learning*, section 10.6.
    """
    path = _file()
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = (*_NUMBERS, *_CATEGORIES)
    expected = f"the columns {', '.join((*columns, _TARGET))}"
    complete = bool(rows) and set(rows[0]) >= {*columns, _TARGET}
    require(complete, DataError, f"hitters: {path.name}", expected, "a table without some of them")
    known = [row for row in rows if row[_TARGET] not in ("", "NA", None)]
    try:
        x = [
            [float(row[name]) for name in _NUMBERS]
            + [float(row[name] == value) for name, value in _CATEGORIES.items()]
            for row in known
        ]
        y = [[float(row[_TARGET])] for row in known]
    except (ValueError, TypeError) as error:
        raise DataError(f"hitters: {path.name}: expected numbers, got {error}") from None
    everything = Dataset(
        np.array(x, np.float32).reshape(-1, len(columns)),
        np.array(y, np.float32).reshape(-1, 1),
        "hitters",
        features=columns,
    )
    return everything.split(split, np.random.default_rng(seed))


def _file() -> Path:
    folder = os.environ.get("DLBOOK_DATA")
    expected = "the file hitters/Hitters.csv in the folder that DLBOOK_DATA names"
    if not folder:
        raise MissingDataError(f"hitters: expected {expected}, got no DLBOOK_DATA")
    path = Path(folder) / "hitters" / "Hitters.csv"
    require(path.is_file(), MissingDataError, "hitters", expected, f"none at {path}")
    return path
