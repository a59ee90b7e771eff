"""Salaries of baseball players: an optional download."""

from __future__ import annotations

import csv
import io

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, require

__all__ = ["hitters", "parse_players"]

_COMMIT = "033162b2c9a35a0bd5d73578ed0cc5de1090856d"
_RAW = "https://raw.githubusercontent.com/"
HITTERS = RemoteFile(
    "hitters",
    "hitters",
    "Hitters.csv",
    (
        f"{_RAW}intro-stat-learning/ISLP/main/ISLP/data/Hitters.csv",
        f"{_RAW}jonathan-taylor/ISLP/{_COMMIT}/ISLP/data/Hitters.csv",
    ),
    21_003,
    "sha256:ebf7b9dff89366b0544fea09c0ac2df9abdbf5b4ce8d96651316c2c12793d952",
)
_LEAGUES, _DIVISIONS = {"A": 0.0, "N": 1.0}, {"E": 0.0, "W": 1.0}
_CATEGORIES = {"League": _LEAGUES, "Division": _DIVISIONS, "NewLeague": _LEAGUES}
_NUMBERS = (
    *("AtBat", "Hits", "HmRun", "Runs", "RBI", "Walks", "Years"),
    *("CAtBat", "CHits", "CHmRun", "CRuns", "CRBI", "CWalks"),
    *("PutOuts", "Assists", "Errors"),
)
_TARGET = "Salary"


def hitters(
    split: float = 2 / 3, seed: int = 0, download: bool | None = None
) -> tuple[Dataset, Dataset]:
    """Predict the salaries of players of 1987 from what they did in 1986 and before.

    The file ``Hitters.csv`` (21 kB) is read from the folder ``hitters`` of the cache
    (`DLBOOK_DATA`). Its publisher gives no checksum: its SHA-256 is that of the copy that this
    book was written with. The 59 players without a salary are left out, which leaves 263.

    Parameters
    ----------
    split : float between 0 and 1
        Share of the players to train on; the default gives 175 and 88.
    seed : int
        Of the random split.
    download : bool, optional
        Whether to download it if it is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 19), float32: 16 counts and three yes/no columns (one of two leagues or
        divisions, coded as 0 and 1); y of shape (n, 1), float32, in thousands of dollars.

    Raises
    ------
    MissingDataError
        If the file is not in the cache and may not be downloaded.
    DataError
        If it is damaged or cannot be downloaded.
    RangeError
        If `split` leaves one of the sets empty.

    References
    ----------
    StatLib, Carnegie Mellon University, with no licence named; distributed with James, Witten,
    Hastie, Tibshirani & Taylor, *An Introduction to Statistical Learning*, section 10.6, in the
    package ISLP.
    """
    players = parse_players(fetch(HITTERS, download).read_bytes())
    return players.split(split, np.random.default_rng(seed))


def parse_players(content: bytes) -> Dataset:
    """Read the table of the players, without those whose salary is not known.

    Parameters
    ----------
    content : bytes
        Comma-separated values in UTF-8, with a header.

    Returns
    -------
    Dataset
        Of all players, in the order of the table.

    Raises
    ------
    DataError
        If a column is missing, or a value is no number or none of its category.
    """
    columns = (*_NUMBERS, *_CATEGORIES)
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        rows, header = list(reader), set(reader.fieldnames or ())
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"hitters: Hitters.csv: expected a table, got {error}") from None
    expected = f"the columns {', '.join((*columns, _TARGET))}"
    complete = header >= {*columns, _TARGET}
    came = "a table without some of them"
    require(complete, DataError, "hitters: Hitters.csv", expected, came)
    known = [row for row in rows if row[_TARGET] not in ("", "NA", None)]
    try:
        x = [
            [float(row[name]) for name in _NUMBERS]
            + [codes[row[name]] for name, codes in _CATEGORIES.items()]
            for row in known
        ]
        y = [[float(row[_TARGET])] for row in known]
    except (ValueError, TypeError) as error:
        raise DataError(f"hitters: Hitters.csv: expected numbers, got {error}") from None
    except KeyError as error:
        expected = "the leagues A and N and the divisions E and W"
        raise DataError(f"hitters: Hitters.csv: expected {expected}, got {error}") from None
    with np.errstate(over="ignore"):  # what is too large is found by `Dataset`, as infinite
        return Dataset(
            np.array(x, np.float32).reshape(-1, len(columns)),
            np.array(y, np.float32).reshape(-1, 1),
            "hitters",
            features=columns,
        )
