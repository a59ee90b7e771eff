"""MNIST and its twin of clothes: 70,000 grey images each, an optional download."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.data.archives import gunzip
from dlbook.data.dataset import Dataset
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, require

__all__ = ["fashion_mnist", "mnist", "parse_idx"]

_LIMIT = 64_000_000  # bytes; the largest file unpacks to 47,040,016
_PARTS = (("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
          ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"))  # fmt: skip
_DIGITS = tuple(str(digit) for digit in range(10))
_CLOTHES = ("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "trainer", "bag",
            "ankle boot")  # fmt: skip

_MIRRORS = {
    "mnist": (
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
    ),
    "fashion_mnist": (
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
    ),
}
_PUBLISHED = {
    "mnist": (
        (9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    ),
    "fashion_mnist": (
        (26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    ),
}


def _files(loader: str) -> tuple[RemoteFile, ...]:
    names = [name for part in _PARTS for name in part]
    return tuple(
        RemoteFile(
            loader,
            loader,
            name,
            tuple(mirror + name for mirror in _MIRRORS[loader]),
            size,
            f"sha256:{digest}",
        )
        for name, (size, digest) in zip(names, _PUBLISHED[loader], strict=True)
    )


FILES = {loader: _files(loader) for loader in _PUBLISHED}


def mnist(download: bool | None = None) -> tuple[Dataset, Dataset]:
    """Real handwritten digits, 28×28 pixels: 60,000 to train on and 10,000 to test.

    The four files (11.6 MB) are read from the folder ``mnist`` of the cache (`DLBOOK_DATA`), and
    their SHA-256 is compared each time.

    Parameters
    ----------
    download : bool, optional
        Whether to download what is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 28, 28), float32 from 0 (paper) to 1 (ink); y of shape (n,), int64.

    Raises
    ------
    MissingDataError
        If the files are not in the cache and may not be downloaded.
    DataError
        If they are damaged or cannot be downloaded.

    References
    ----------
    LeCun, Bottou, Bengio & Haffner (1998), "Gradient-based learning applied to document
    recognition"; made from databases of the US National Institute of Standards and Technology.
    CC BY-SA 3.0.
    """
    return _load("mnist", _DIGITS, download)


def fashion_mnist(download: bool | None = None) -> tuple[Dataset, Dataset]:
    """Grey photographs of clothes, 28×28 pixels: 60,000 to train on and 10,000 to test.

    Laid out as `mnist` and harder. The four files (30.9 MB) are read from the folder
    ``fashion_mnist`` of the cache, and their SHA-256 is compared each time.

    Parameters
    ----------
    download : bool, optional
        Whether to download what is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    train, test : Dataset
        x of shape (n, 28, 28), float32 from 0 (background) to 1; y of shape (n,), int64.

    Raises
    ------
    MissingDataError
        If the files are not in the cache and may not be downloaded.
    DataError
        If they are damaged or cannot be downloaded.

    References
    ----------
    Xiao, Rasul & Vollgraf (2017), "Fashion-MNIST: a novel image dataset for benchmarking machine
    learning algorithms"; Zalando SE, MIT licence.
    """
    return _load("fashion_mnist", _CLOTHES, download)


def parse_idx(name: str, content: bytes, dimensions: int) -> np.ndarray[Any, Any]:
    """Read an array of bytes in the IDX format, the format of MNIST.

    It starts with the bytes 0, 0, 8 (for unsigned bytes) and the number of axes, then gives the
    length of each axis as four bytes, highest first, then the values, last axis fastest.

    Parameters
    ----------
    name : str
        Whose content it is, for messages.
    content : bytes
    dimensions : int
        How many axes are expected.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    DataError
        If it is not such an array, or cut short, or longer than it says.
    """
    head = 4 + 4 * dimensions
    expected = f"an IDX array of bytes with {dimensions} axes"
    whole = len(content) >= head and content[:4] == bytes([0, 0, 8, dimensions])
    require(whole, DataError, name, expected, f"bytes that start with {content[:4].hex(' ')}")
    shape = tuple(int(n) for n in np.frombuffer(content, ">u4", dimensions, offset=4))
    size = 1
    for length in shape:
        size *= length
    expected = f"{size} values for the shape {shape}"
    require(len(content) - head == size, DataError, name, expected, f"{len(content) - head}")
    return np.frombuffer(content, np.uint8, offset=head).reshape(shape)


def _load(loader: str, classes: tuple[str, ...], download: bool | None) -> tuple[Dataset, Dataset]:
    paths = [fetch(file, download) for file in FILES[loader]]
    contents = [gunzip(loader, path, _LIMIT) for path in paths]
    train, test = (_dataset(loader, contents[i], contents[i + 1], classes) for i in (0, 2))
    return train, test


def _dataset(loader: str, images: bytes, labels: bytes, classes: tuple[str, ...]) -> Dataset:
    x = parse_idx(f"{loader}: images", images, 3)
    y = parse_idx(f"{loader}: labels", labels, 1)
    size = x.shape[1:]
    require(size == (28, 28), DataError, f"{loader}: images", "28×28 pixels", f"{size}")
    require(len(x) > 0, DataError, f"{loader}: images", "at least one", "none")
    paired = len(x) == len(y)
    require(paired, DataError, f"{loader}: labels", f"as many as images ({len(x)})", f"{len(y)}")
    top = int(y.max())
    require(top < len(classes), DataError, f"{loader}: labels", "classes 0 to 9", f"{top}")
    return Dataset(x.astype(np.float32) / np.float32(255), y.astype(np.int64), loader, classes)
