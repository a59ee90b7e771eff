"""Readers of the optional data sets' formats, fed with anything: read rightly, or a clear error."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from dlbook.errors import DataError
from hypothesis import given
from hypothesis import strategies as st

parse_idx = importlib.import_module("dlbook.data.mnist").parse_idx
parse_cifar = importlib.import_module("dlbook.data.cifar").parse_cifar
parse_vectors = importlib.import_module("dlbook.data.glove").parse_vectors
parse_players = importlib.import_module("dlbook.data.hitters").parse_players
parse_reviews = importlib.import_module("dlbook.data.imdb").parse_reviews


# --- IDX ----------------------------------------------------------------------------------------


def idx(values: np.ndarray) -> bytes:
    return (
        bytes([0, 0, 8, values.ndim]) + np.array(values.shape, ">u4").tobytes() + values.tobytes()
    )


def test_idx():
    values = np.arange(12, dtype=np.uint8).reshape(2, 3, 2)
    np.testing.assert_array_equal(parse_idx("toy", idx(values), 3), values)
    assert parse_idx("toy", idx(values[:0]), 3).shape == (0, 3, 2)


@pytest.mark.parametrize("place", range(4))
def test_idx_magic(place):
    content = bytearray(idx(np.zeros((2, 3), np.uint8)))
    content[place] += 1
    with pytest.raises(DataError, match="toy: expected an IDX array of bytes with 2 axes, got"):
        parse_idx("toy", bytes(content), 2)


def test_idx_cut_or_too_long():
    content = idx(np.zeros((2, 3), np.uint8))
    for length in range(len(content)):
        with pytest.raises(DataError, match="toy: expected"):
            parse_idx("toy", content[:length], 2)
    with pytest.raises(DataError, match=r"expected 6 values for the shape \(2, 3\), got 7"):
        parse_idx("toy", content + b"x", 2)
    huge = bytes([0, 0, 8, 3]) + b"\xff" * 12  # says that it has 2^96 values
    with pytest.raises(DataError, match="expected 79228162458924105385300197375 values"):
        parse_idx("toy", huge, 3)


@given(st.binary(max_size=64), st.integers(1, 4))
def test_idx_any_bytes(content, dimensions):
    try:
        array = parse_idx("toy", content, dimensions)
    except DataError:
        return
    assert idx(array) == content


# --- CIFAR --------------------------------------------------------------------------------------


def test_cifar():
    pixels = np.zeros((2, 3, 32, 32), np.uint8)
    pixels[1, 2, 30, 5] = 77  # blue, in row 30 and column 5
    content = b"".join(bytes([9]) + image.tobytes() for image in pixels)
    images, labels = parse_cifar("toy", content, (10,))
    assert images.shape == (2, 32, 32, 3)
    assert images[1, 30, 5].tolist() == [0, 0, 77]
    assert images.sum() == 77
    assert labels.tolist() == [[9], [9]]


@pytest.mark.parametrize("length", [0, 1, 3072, 3074, 2 * 3073 - 1])
def test_cifar_cut(length):
    with pytest.raises(DataError, match=f"toy: expected records of 3073 bytes, got {length} bytes"):
        parse_cifar("toy", bytes(length), (10,))


@given(st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255)), min_size=1, max_size=4))
def test_cifar_labels(pairs):
    content = b"".join(bytes(pair) + bytes(3072) for pair in pairs)
    if all(coarse < 20 and fine < 100 for coarse, fine in pairs):
        assert parse_cifar("toy", content, (20, 100))[1].tolist() == [list(p) for p in pairs]
    else:
        with pytest.raises(DataError, match=r"toy: expected classes 0 to (19|99), got"):
            parse_cifar("toy", content, (20, 100))


# --- GloVe --------------------------------------------------------------------------------------


def test_vectors():
    words, vectors = parse_vectors(
        [b"the 0.5 -1e-2\n", "naïve 2 3\r\n".encode(), b"\xc2\xa0 4 5"], 2
    )
    assert words == ["the", "naïve", "\xa0"]
    np.testing.assert_allclose(vectors, [[0.5, -0.01], [2, 3], [4, 5]])
    assert vectors.dtype == np.float32


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"the 1\n", "'the' and 1 numbers"),
        (b"the 1 2 3\n", "'the' and 3 numbers"),
        (b"the\n", "'the' and 0 numbers"),
        (b"\n", "'' and 0 numbers"),
        (b" 1 2\n", "'' and 2 numbers"),
        (b"the 1  2\n", "could not convert"),
        (b"new york 1 2\n", "could not convert"),
        (b"the 1 \xff\n", "'utf-8' codec"),
        (b"the 1 2\x00\n", "could not convert"),
    ],
)
def test_malformed_lines(line, told):
    with pytest.raises(
        DataError, match="glove_6b: line 2: expected a word and 2 numbers"
    ) as caught:
        parse_vectors([b"a 1 2\n", line], 2)
    assert told in str(caught.value)


def test_vectors_refuse():
    with pytest.raises(DataError, match="expected at least one line, got none"):
        parse_vectors([], 2)
    for number in (b"nan", b"inf", b"1e99"):
        with pytest.raises(DataError, match="expected finite numbers, got 1 words with others"):
            parse_vectors([b"a 1 2\n", b"b 1 " + number], 2)


@given(st.lists(st.binary(max_size=12), max_size=3))
def test_vectors_from_any_lines(lines):
    try:
        words, vectors = parse_vectors(lines, 1)
    except DataError:
        return
    assert vectors.shape == (len(words), 1) == (len(lines), 1)
    assert np.isfinite(vectors).all()


# --- Hitters ------------------------------------------------------------------------------------

HEAD = ("AtBat,Hits,HmRun,Runs,RBI,Walks,Years,CAtBat,CHits,CHmRun,CRuns,CRBI,CWalks,League,"
        "Division,PutOuts,Assists,Errors,Salary,NewLeague")  # fmt: skip
ROW = "10,20,30,40,50,60,7,80,90,100,110,120,130,N,W,140,150,160,475.0,A"


def table(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def test_players():
    found = parse_players(b"\xef\xbb\xbf" + table(ROW, ROW.replace("475.0", "NA")))
    assert found.x.tolist() == [[*range(10, 70, 10), 7, *range(80, 170, 10), 1, 1, 0]]
    assert found.y.tolist() == [[475]]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "expected the columns AtBat"),
        (HEAD.replace("Salary", "Pay").encode(), "expected the columns AtBat"),
        (table(), "at least one sample"),
        (table(ROW.replace("10,20", "ten,20")), "expected numbers"),
        (table(ROW.replace("10,20", ",20")), "expected numbers"),
        (table(ROW.rpartition(",")[0]), "expected the leagues A and N"),
        (table(ROW.replace("N,W", "NA,W")), "expected the leagues A and N"),
        (table(ROW.replace("N,W", "N,")), "expected the leagues A and N"),
        (table(ROW.replace("475.0", "nan")), "finite numbers"),
        (table(ROW.replace("475.0", "1e99")), "finite numbers"),
        (table(ROW)[:-20], "at least one sample|expected"),
        (table(ROW) + b"\xff", "expected a table"),
        (table(ROW.replace("10,", "1" * 200_000 + ",")), "expected a table"),
    ],
)
def test_players_refuse(content, told):
    with pytest.raises(DataError, match=told):
        parse_players(content)


@given(st.binary(max_size=40), st.integers(0, 240))
def test_players_from_any_bytes(garbage, place):
    content = bytearray(table(ROW, ROW))
    content[place : place + len(garbage)] = garbage
    try:
        found = parse_players(bytes(content))
    except DataError:
        return
    assert found.x.shape == (len(found.y), 19)
    assert np.isfinite(found.x).all()


# --- IMDB ---------------------------------------------------------------------------------------

REVIEWS = {
    f"aclImdb/{part}/{verdict}/0_{stars}.txt": b"text"
    for part in ("train", "test")
    for verdict, stars in (("neg", 4), ("pos", 7))
}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("aclImdb/train/neg/1_5.txt", b"", "expected 1 to 4 stars, got 5"),
        ("aclImdb/train/pos/1_6.txt", b"", "expected 7 to 10 stars, got 6"),
        ("aclImdb/train/pos/1_11.txt", b"", "expected 7 to 10 stars, got 11"),
        ("aclImdb/train/unsup/1_0.txt", b"", "expected names such as"),
        ("aclImdb/train/pos/1_7.txt.exe", b"", "expected names such as"),
        ("aclImdb/train/pos/1_7.txt", b"caf\xe9", "expected text in UTF-8"),
    ],
)
def test_reviews_refuse(name, content, told):
    assert len(parse_reviews(REVIEWS.items())[0][0]) == 2
    with pytest.raises(DataError, match=told):
        parse_reviews([*REVIEWS.items(), (name, content)])


@pytest.mark.parametrize("name", REVIEWS)
def test_reviews_lack_a_verdict(name):
    with pytest.raises(DataError, match=r"imdb: archive: expected reviews in .*, got none"):
        parse_reviews([item for item in REVIEWS.items() if item[0] != name])


@given(st.lists(st.tuples(st.text(max_size=30) | st.sampled_from(list(REVIEWS)), st.binary())))
def test_reviews_from_any_members(members):
    try:
        found = parse_reviews(members)
    except DataError:
        return
    assert all(len(texts) == len(y) >= 2 for texts, y in found)
