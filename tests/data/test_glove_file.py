"""The reader of published word vectors, on a small archive of the same form."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace

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
    content = path.read_bytes()
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    monkeypatch.setattr(glove, "GLOVE", replace(glove.GLOVE, size=len(content), digest=digest))
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
    with pytest.raises(DataError, match=r"glove_6b: glove\.6B\.zip: expected \d+ bytes, got"):
        data.glove_6b(50)
    archive.write_bytes(archive.read_bytes()[:-2] + b"x")
    with pytest.raises(DataError, match=r"glove_6b: glove\.6B\.zip: expected the SHA-256"):
        data.glove_6b(50)


def test_missing(archive):
    archive.unlink()
    with pytest.raises(MissingDataError, match="none at"):
        data.glove_6b(50)


def test_bad_arguments(archive):
    with pytest.raises(RangeError, match="glove_6b: dimension"):
        data.glove_6b(40)
    with pytest.raises(RangeError, match="glove_6b: count"):
        data.glove_6b(50, count=0)
    with pytest.raises(RangeError, match="glove_6b: count"):
        data.glove_6b(50, count=1.5)
