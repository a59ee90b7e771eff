"""The reader of published word vectors, on a small archive of the same form."""

from __future__ import annotations

import hashlib
import zipfile

import numpy as np
import pytest
from dlbook import data
from dlbook.data import glove
from dlbook.errors import DataError, MissingDataError, RangeError


@pytest.fixture
def archive(tmp_path, monkeypatch):
    path = tmp_path / "glove" / "glove.6B.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as file:
        for size in (50, 100):
            rows = [
                " ".join([word, *(f"{number + k:.2f}" for k in range(size))])
                for number, word in enumerate(("the", "naïve", "queen"))
            ]
            file.writestr(f"glove.6B.{size}d.txt", "\n".join(rows) + "\n")
    monkeypatch.setattr(glove, "_SHA256", hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setenv("DLBOOK_DATA", str(tmp_path))
    monkeypatch.delenv("DLBOOK_DOWNLOAD", raising=False)
    return path


def test_words_and_vectors(archive):
    words, vectors = data.glove_6b(50)
    assert words == ["the", "naïve", "queen"]
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, np.arange(50) + np.arange(3)[:, None])
    assert data.glove_6b()[1].shape == (3, 100)


def test_only_the_most_frequent(archive):
    words, vectors = data.glove_6b(50, count=2)
    assert words == ["the", "naïve"]
    assert vectors.shape == (2, 50)


def test_another_file_is_refused(archive):
    archive.write_bytes(archive.read_bytes() + b"x")
    with pytest.raises(DataError, match=r"glove_6b: glove\.6B\.zip: expected the SHA-256"):
        data.glove_6b(50)


def test_missing(archive, monkeypatch):
    archive.unlink()
    with pytest.raises(MissingDataError, match="none at"):
        data.glove_6b(50)
    monkeypatch.delenv("DLBOOK_DATA")
    with pytest.raises(MissingDataError, match="got no DLBOOK_DATA"):
        data.glove_6b(50)


def test_download_is_checked(archive, monkeypatch):
    import pooch

    content = archive.read_bytes()
    archive.unlink()

    def retrieve(url, known_hash, fname, path):
        assert url.startswith("https://nlp.stanford.edu/")
        assert known_hash == f"sha256:{glove._SHA256}"
        (path / fname).write_bytes(content)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    monkeypatch.setenv("DLBOOK_DOWNLOAD", "1")
    assert len(data.glove_6b(50)[0]) == 3


def test_bad_arguments(archive):
    with pytest.raises(RangeError, match="glove_6b: dimension"):
        data.glove_6b(40)
    with pytest.raises(RangeError, match="glove_6b: count"):
        data.glove_6b(50, count=0)
    with pytest.raises(RangeError, match="glove_6b: count"):
        data.glove_6b(50, count=1.5)
