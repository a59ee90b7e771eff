"""Word vectors trained on six thousand million words: an optional download."""

from __future__ import annotations

import hashlib
import os
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from dlbook.data.arguments import check_count
from dlbook.data.packages import require_package
from dlbook.errors import DataError, MissingDataError, RangeError, require

__all__ = ["glove_6b"]

_URL = "https://nlp.stanford.edu/data/glove.6B.zip"
_SHA256 = "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb"
_DIMENSIONS = (50, 100, 200, 300)


def glove_6b(dimension: int = 100, count: int = 400_000) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Read the word vectors GloVe 6B, trained on Wikipedia of 2014 and Gigaword 5.

    The file ``glove.6B.zip`` (862 MB) is read from the folder ``glove`` of the cache that the
    environment variable ``DLBOOK_DATA`` names. If it is missing and ``DLBOOK_DOWNLOAD`` is 1, it
    is downloaded there. Its SHA-256 is compared before anything is read from it.

    Parameters
    ----------
    dimension : {50, 100, 200, 300}
        Length of the vectors.
    count : int
        How many words; the most frequent come first.

    Returns
    -------
    words : list of str
        In lower case.
    vectors : ndarray of float32, shape (len(words), dimension)

    Raises
    ------
    MissingDataError
        If the file is not in the cache and may not be downloaded.
    DataError
        If it is not the file described.
    RangeError
        If an argument does not fit.

    References
    ----------
    Pennington, Socher & Manning (2014); the Stanford NLP group publishes the vectors under the
    Public Domain Dedication and License. Chapter 16.
    """
    known = dimension in _DIMENSIONS
    require(known, RangeError, "glove_6b: dimension", f"one of {_DIMENSIONS}", dimension)
    check_count("glove_6b: count", count)
    path = _file()
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    expected = f"the SHA-256 {_SHA256[:12]}…"
    require(found == _SHA256, DataError, f"glove_6b: {path.name}", expected, f"{found[:12]}…")
    words, rows = [], []
    with zipfile.ZipFile(path) as archive, archive.open(f"glove.6B.{dimension}d.txt") as lines:
        for line in islice(lines, count):
            word, *numbers = line.decode("utf-8").rstrip().split(" ")
            words.append(word)
            rows.append(np.array(numbers, dtype=np.float32))
    return words, np.stack(rows)


def _file() -> Path:
    folder = os.environ.get("DLBOOK_DATA")
    expected = "the file glove/glove.6B.zip in the folder that DLBOOK_DATA names"
    if not folder:
        raise MissingDataError(f"glove_6b: expected {expected}, got no DLBOOK_DATA")
    path = Path(folder) / "glove" / "glove.6B.zip"
    if not path.is_file() and os.environ.get("DLBOOK_DOWNLOAD") == "1":
        require_package("pooch", extra="data")
        import pooch

        pooch.retrieve(_URL, f"sha256:{_SHA256}", fname=path.name, path=path.parent)
    require(path.is_file(), MissingDataError, "glove_6b", expected, f"none at {path}")
    return path
