"""Film reviews from the Internet Movie Database: an optional download."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlbook.data.archives import tar_members
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, require

__all__ = ["imdb", "parse_reviews"]

Reviews = tuple[list[str], np.ndarray[Any, Any]]

IMDB = RemoteFile(
    "imdb",
    "imdb",
    "aclImdb_v1.tar.gz",
    (
        "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        "https://bj.bcebos.com/dataset/imdb%2FaclImdb_v1.tar.gz",
    ),
    84_125_825,
    "sha256:c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
)
_LIMIT = 1_000_000_000  # bytes; a third of that is expected
_MEMBERS = 150_000
_MEMBER = re.compile(r"aclImdb/(train|test)/(neg|pos)/(\d+)_(\d+)\.txt")


def imdb(seed: int = 0, download: bool | None = None) -> tuple[Reviews, Reviews]:
    """Real film reviews, good or bad: 25,000 to train on and 25,000 to test, of other films.

    The file ``aclImdb_v1.tar.gz`` (84 MB) is read from the folder ``imdb`` of the cache
    (`DLBOOK_DATA`), and its SHA-256 is compared each time. These are the texts as they were
    written, with capitals, punctuation and ``<br />``. The form that Keras distributes, numbers
    instead of words, is a pickle, which can run code when it is read.

    Parameters
    ----------
    seed : int
        Of the order; the archive has all bad reviews first.
    download : bool, optional
        Whether to download it if it is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    train, test : tuple
        Each ``(texts, y)``: a list of str, and an array of shape (n,), int64, 0 bad (one to
        four stars of ten), 1 good (seven to ten).

    Raises
    ------
    MissingDataError
        If the file is not in the cache and may not be downloaded.
    DataError
        If it is damaged or cannot be downloaded.

    References
    ----------
    Maas, Daly, Pham, Huang, Ng & Potts (2011), "Learning word vectors for sentiment analysis".
    The reviews belong to their authors; the data set is offered for research, with no licence
    named.
    """
    path = fetch(IMDB, download)
    members = tar_members(
        "imdb", path, lambda name: bool(_MEMBER.fullmatch(name)), _LIMIT, _MEMBERS
    )
    return parse_reviews(members, seed)


def parse_reviews(members: Iterable[tuple[str, bytes]], seed: int = 0) -> tuple[Reviews, Reviews]:
    """Sort the files of the data set into training and test set.

    Parameters
    ----------
    members : iterable of (str, bytes)
        Names such as ``aclImdb/train/pos/7_10.txt``, for the review number 7 with ten stars,
        and contents.
    seed : int
        Of the order.

    Returns
    -------
    train, test : tuple
        Each ``(texts, y)``, as `imdb` returns them.

    Raises
    ------
    DataError
        If a name is of another form, its stars do not fit its verdict, a content is no text, or
        one of the sets lacks reviews of one of the verdicts.
    """
    found: dict[tuple[str, str], list[tuple[int, str]]] = {
        (part, verdict): [] for part in ("train", "test") for verdict in ("neg", "pos")
    }
    for name, content in members:
        match = _MEMBER.fullmatch(name)
        expected = "names such as aclImdb/train/pos/7_10.txt"
        if match is None:
            raise DataError(f"imdb: archive: expected {expected}, got {name[:60]!r}")
        part, verdict, number, stars = match.groups()
        low, high = (1, 4) if verdict == "neg" else (7, 10)
        fits = low <= int(stars) <= high
        require(fits, DataError, f"imdb: {name}", f"{low} to {high} stars", stars)
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"imdb: {name}: expected text in UTF-8, got {error.reason}") from None
        found[part, verdict].append((int(number), text))
    for (part, verdict), texts in found.items():
        require(bool(texts), DataError, "imdb: archive", f"reviews in {part}/{verdict}", "none")
    rng = np.random.default_rng(seed)
    train, test = (
        _shuffled(found[part, "neg"], found[part, "pos"], rng) for part in ("train", "test")
    )
    return train, test


def _shuffled(
    bad: list[tuple[int, str]], good: list[tuple[int, str]], rng: np.random.Generator
) -> Reviews:
    texts = [text for part in (bad, good) for _, text in sorted(part)]
    y = np.repeat(np.array([0, 1], np.int64), [len(bad), len(good)])
    order = rng.permutation(len(texts))
    return [texts[i] for i in order], y[order]
