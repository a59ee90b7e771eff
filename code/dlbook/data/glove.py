"""Word vectors trained on six thousand million words: an optional download."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from dlbook.data.archives import zip_lines
from dlbook.data.arguments import check_count
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, RangeError, require

__all__ = ["glove_6b", "parse_vectors"]

GLOVE = RemoteFile(
    "glove_6b",
    "glove",
    "glove.6B.zip",
    (
        "https://nlp.stanford.edu/data/glove.6B.zip",
        "https://downloads.cs.stanford.edu/nlp/data/glove.6B.zip",
        "https://huggingface.co/stanfordnlp/glove/resolve/main/glove.6B.zip",
    ),
    862_182_613,
    "sha256:617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
)
_LIMIT = 2_000_000_000  # bytes; the vectors of length 300 unpack to half of it
_DIMENSIONS = (50, 100, 200, 300)


def glove_6b(
    dimension: int = 100, count: int = 400_000, download: bool | None = None
) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Read the word vectors GloVe 6B, trained on Wikipedia of 2014 and Gigaword 5.

    The file ``glove.6B.zip`` (862 MB) is read from the folder ``glove`` of the cache
    (`DLBOOK_DATA`), and its SHA-256 is compared each time.

    Parameters
    ----------
    dimension : {50, 100, 200, 300}
        Length of the vectors.
    count : int
        How many words; the most frequent come first.
    download : bool, optional
        Whether to download it if it is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

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
        If it is damaged or cannot be downloaded.
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
    path = fetch(GLOVE, download)
    lines = zip_lines("glove_6b", path, f"glove.6B.{dimension}d.txt", _LIMIT)
    return parse_vectors(islice(lines, count), dimension)


def parse_vectors(lines: Iterable[bytes], dimension: int) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Read word vectors from lines of a word and its numbers, parted by single spaces.

    Parameters
    ----------
    lines : iterable of bytes
        UTF-8.
    dimension : int
        How many numbers a line has.

    Returns
    -------
    words : list of str
    vectors : ndarray of float32, shape (len(words), dimension)

    Raises
    ------
    DataError
        If there are no lines, or one is no text, has no word or not as many finite numbers.
    """
    words: list[str] = []
    rows: list[np.ndarray[Any, Any]] = []
    expected = f"a word and {dimension} numbers"
    with np.errstate(over="ignore"):  # what is too large becomes infinite, which is found below
        for number, line in enumerate(lines, 1):
            where = f"glove_6b: line {number}"
            try:
                word, *numbers = line.decode("utf-8").rstrip("\r\n").split(" ")
                row = np.array(numbers, dtype=np.float32)
            except ValueError as error:  # no UTF-8, or no numbers
                raise DataError(f"{where}: expected {expected}, got {error}") from None
            came = f"{word[:20]!r} and {len(row)} numbers"
            require(bool(word) and len(row) == dimension, DataError, where, expected, came)
            words.append(word)
            rows.append(row)
    require(bool(rows), DataError, "glove_6b: file", "at least one line", "none")
    vectors = np.stack(rows)
    bad = int((~np.isfinite(vectors)).any(axis=1).sum())
    require(bad == 0, DataError, "glove_6b: vectors", "finite numbers", f"{bad} words with others")
    return words, vectors
