"""The optional data sets, read from small files of the same formats."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import io
import re
import tarfile
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from dlbook import data
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, MissingDataError, RangeError

pytestmark = pytest.mark.usefixtures("cache")

# `dlbook.data.mnist` is the function, which hides the module of that name
MODULES = {
    name: importlib.import_module(f"dlbook.data.{name}")
    for name in ("cifar", "glove", "hitters", "imagenet", "imdb", "mnist")
}


def published() -> list[RemoteFile]:
    """Every file that can be downloaded."""
    found = []
    for module in MODULES.values():
        for value in vars(module).values():
            for inner in value.values() if isinstance(value, dict) else [value]:
                found += [x for x in (inner if isinstance(inner, tuple) else [inner])
                          if isinstance(x, RemoteFile)]  # fmt: skip
    return found


def pretend(file: RemoteFile, content: bytes) -> RemoteFile:
    """Put `content` into the cache, as if it were the published file."""
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    file.path.parent.mkdir(parents=True, exist_ok=True)
    file.path.write_bytes(content)
    return replace(file, size=len(content), digest=digest)


def tar(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def test_files_are_described_completely():
    files = published()
    assert len(files) == 8 + 2 + 1 + 1 + 1 + 2
    assert len({file.path for file in files}) == len(files)
    for file in files:
        assert callable(getattr(data, file.loader))
        assert re.fullmatch("sha256:[0-9a-f]{64}|md5:[0-9a-f]{32}", file.digest)
        assert file.size > 1000
        assert file.urls
        for url in file.urls:
            assert url.startswith("https://") or file.digest.startswith("sha256:")
            assert url.endswith(("/" + file.name, "%2F" + file.name))


def test_digests_that_others_publish():
    """PyTorch puts the first digits of the SHA-256 into the name, Keras the MD5 into its source."""
    weights = MODULES["imagenet"].VGG16
    start = weights["torchvision"].name.removesuffix(".pth").rpartition("-")[2]
    assert weights["torchvision"].digest.startswith(f"sha256:{start}")
    keras = find_spec("keras")
    if keras is None or keras.origin is None:
        pytest.skip("Keras is not installed")
    source = (Path(keras.origin).parent / "src/applications/vgg16.py").read_text()
    assert weights["keras"].digest.removeprefix("md5:") in source


@pytest.mark.parametrize(
    "load",
    [data.mnist, data.fashion_mnist, data.cifar10, data.cifar100, data.imdb, data.glove_6b,
     data.hitters, lambda: data.vgg16_weights("keras")],
)  # fmt: skip
def test_missing(load, cache):
    with pytest.raises(MissingDataError, match=r"expected the file .*, call \w+\(download=True\)"):
        load()
    assert not cache.exists()


# --- MNIST --------------------------------------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return head + array.astype(np.uint8).tobytes()


@pytest.fixture
def digits(monkeypatch, rng):
    """Put arrays as MNIST into the cache; return a function for others."""

    def put(loader="mnist", **changes):
        arrays = {
            "images": rng.integers(0, 256, (5, 28, 28)),
            "labels": np.array([3, 0, 9, 1, 1]),
            "test images": rng.integers(0, 256, (2, 28, 28)),
            "test labels": np.array([7, 2]),
        } | changes
        files = MODULES["mnist"].FILES[loader]
        made = [
            pretend(file, gzip.compress(idx(array)))
            for file, array in zip(files, arrays.values(), strict=True)
        ]
        monkeypatch.setitem(MODULES["mnist"].FILES, loader, tuple(made))
        return arrays

    return put


@pytest.mark.parametrize("loader", ["mnist", "fashion_mnist"])
def test_mnist(digits, loader):
    arrays = digits(loader)
    train, test = getattr(data, loader)()
    assert train.x.shape == (5, 28, 28)
    assert train.x.dtype == np.float32
    np.testing.assert_allclose(train.x, arrays["images"] / 255, rtol=1e-6)
    np.testing.assert_allclose(test.x, arrays["test images"] / 255, rtol=1e-6)
    assert train.y.tolist() == [3, 0, 9, 1, 1]
    assert test.y.tolist() == [7, 2]
    assert train.y.dtype == np.int64
    assert train.name == loader
    assert len(set(train.classes)) == 10
    assert train.channels_first().x.shape == (5, 1, 28, 28)


def test_mnist_refuses(digits):
    for changes, told in (
        ({"images": np.zeros((4, 28, 28))}, r"labels: expected as many as images \(4\), got 5"),
        ({"images": np.zeros((5, 28, 27))}, r"images: expected 28×28 pixels, got \(28, 27\)"),
        ({"labels": np.array([1, 2, 3, 4, 10])}, "labels: expected classes 0 to 9, got 10"),
        ({"labels": np.zeros((5, 1))}, "labels: expected an IDX array of bytes with 1 axes"),
        ({"images": np.zeros((0, 28, 28)), "labels": np.zeros(0)}, "images: expected at least"),
    ):
        digits(**changes)
        with pytest.raises(DataError, match=f"mnist: {told}"):
            data.mnist()


def test_mnist_damaged(digits):
    digits()
    path = MODULES["mnist"].FILES["mnist"][2].path
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match=r"mnist: t10k-images-idx3-ubyte\.gz: expected the SHA-256"):
        data.mnist()


# --- CIFAR --------------------------------------------------------------------------------------

TEN = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def photographs(rng, labels):
    """Return pixels of shape (n, 3, 32, 32) and CIFAR's records."""
    labels = np.array(labels, np.uint8).reshape(len(labels), -1)
    pixels = rng.integers(0, 256, (len(labels), 3, 32, 32), dtype=np.uint8)
    return pixels, np.concatenate([labels, pixels.reshape(len(labels), -1)], axis=1).tobytes()


def test_cifar10(monkeypatch, rng):
    made = [photographs(rng, [number, 9]) for number in range(6)]
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    parts = zip(names, made, strict=True)
    files = {f"cifar-10-batches-bin/{name}": records for name, (_, records) in parts}
    files["cifar-10-batches-bin/batches.meta.txt"] = ("\n".join(TEN) + "\n\n").encode()
    files["cifar-10-batches-bin/readme.html"] = b"<html>"
    module = MODULES["cifar"]
    monkeypatch.setattr(module, "CIFAR10", pretend(module.CIFAR10, tar(**files)))
    train, test = data.cifar10()
    assert train.x.shape == (10, 32, 32, 3)
    assert train.x.dtype == np.float32
    assert train.y.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9]
    assert test.y.tolist() == [5, 9]
    assert train.classes == tuple(TEN)
    expected = np.concatenate([pixels for pixels, _ in made[:5]]) / 255
    np.testing.assert_allclose(train.channels_first().x, expected, rtol=1e-6)
    del files["cifar-10-batches-bin/data_batch_3.bin"]
    monkeypatch.setattr(module, "CIFAR10", pretend(module.CIFAR10, tar(**files)))
    with pytest.raises(DataError, match=r"expected the file data_batch_3\.bin, got none"):
        data.cifar10()


def test_cifar100(monkeypatch, rng):
    fine = [f"kind_{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(100)]
    coarse = [f"large_man-made_{chr(97 + i)}" for i in range(20)]
    files = {
        "cifar-100-binary/train.bin": photographs(rng, [(19, 99), (0, 5), (7, 0)])[1],
        "cifar-100-binary/test.bin": photographs(rng, [(1, 2)])[1],
        "cifar-100-binary/fine_label_names.txt": "\n".join(fine).encode(),
        "cifar-100-binary/coarse_label_names.txt": "\n".join(coarse).encode(),
    }
    module = MODULES["cifar"]
    monkeypatch.setattr(module, "CIFAR100", pretend(module.CIFAR100, tar(**files)))
    train, test = data.cifar100()
    assert (train.y.tolist(), test.y.tolist()) == ([99, 5, 0], [2])
    assert train.classes == tuple(fine)
    train, test = data.cifar100("coarse")
    assert (train.y.tolist(), test.y.tolist()) == ([19, 0, 7], [1])
    assert train.classes == tuple(coarse)
    with pytest.raises(RangeError, match="cifar100: labels: expected 'fine' or 'coarse'"):
        data.cifar100("medium")
    for names in ("\n".join(fine[1:]), "\n".join([*fine[1:], fine[1]]), "\n".join(["<b>"] * 100)):
        files["cifar-100-binary/fine_label_names.txt"] = names.encode()
        monkeypatch.setattr(module, "CIFAR100", pretend(module.CIFAR100, tar(**files)))
        with pytest.raises(DataError, match="expected the names of 100 classes"):
            data.cifar100()


# --- texts and weights --------------------------------------------------------------------------


def test_imdb(monkeypatch):
    files = {
        f"aclImdb/{part}/{verdict}/{number}_{stars}.txt": f"{part} {verdict} {number} café".encode()
        for part in ("test", "train")
        for verdict, stars in (("neg", 1), ("pos", 10))
        for number in (10, 2, 0)
    }
    files["aclImdb/README"] = b"read me"
    files["aclImdb/train/unsup/0_0.txt"] = b"not judged"
    module = MODULES["imdb"]
    monkeypatch.setattr(module, "IMDB", pretend(module.IMDB, tar(**files)))
    for (texts, y), part in zip(data.imdb(), ("train", "test"), strict=True):
        assert len(texts) == 6
        assert y.dtype == np.int64
        verdicts = [("neg", "pos")[label] for label in y]
        assert [text.split()[1] for text in texts] == verdicts
        assert {text.split()[0] for text in texts} == {part}
        assert sorted(y) == [0, 0, 0, 1, 1, 1]
        assert texts[0].endswith("café")
    (first, _), _ = data.imdb(seed=0)
    (other, _), _ = data.imdb(seed=1)
    assert first == data.imdb()[0][0]
    assert sorted(first) == sorted(other)
    assert first != other


def test_weights(monkeypatch):
    for publisher, file in MODULES["imagenet"].VGG16.items():
        monkeypatch.setitem(MODULES["imagenet"].VGG16, publisher, pretend(file, b"numbers"))
        assert data.vgg16_weights(publisher).read_bytes() == b"numbers"
    with pytest.raises(RangeError, match="publisher: expected 'torchvision' or 'keras', got 'me'"):
        data.vgg16_weights("me")


def test_downloaded_from_a_mirror(server, monkeypatch, digits):
    """A school's mirror, and a whole data set through it."""
    arrays = digits()
    folder = MODULES["mnist"].FILES["mnist"][0].path.parent
    contents = {path.name: path.read_bytes() for path in folder.iterdir()}

    def answer(handler, _):
        content = contents[handler.path.rpartition("/")[2]]
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    for name in contents:
        (folder / name).unlink()
        server.faults[f"/mnist/{name}"] = [answer]
    monkeypatch.setenv("DLBOOK_MIRROR", server.address)
    train, _ = data.mnist(download=True)
    assert train.y.tolist() == arrays["labels"].tolist()
    assert {path.name for path in folder.iterdir()} == set(contents)
    assert len(server.requests) == 4
