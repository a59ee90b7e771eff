"""Archives from the web are not believed: names, kinds, sizes and numbers of what is in them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest
from dlbook.data.archives import gunzip, tar_members, zip_lines
from dlbook.errors import DataError
from hypothesis import given
from hypothesis import strategies as st


def entry(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(content), kind, link
    return info, content


def packed(path, *entries):
    with tarfile.open(path, "w:gz") as archive:
        for info, content in entries:
            archive.addfile(info, io.BytesIO(content))
    return path


def members(path, wanted=lambda name: True, limit=10**6, count=10):
    return list(tar_members("toys", path, wanted, limit, count))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "toys.tar.gz"


def test_members_in_order(path):
    packed(
        path,
        entry("toys", kind=tarfile.DIRTYPE),
        entry("toys/b.txt", b"bear"),
        entry("./toys//a.txt", b"ape"),
        entry("toys/c.bin", b"cat"),
    )
    texts = members(path, lambda name: name.endswith(".txt"))
    assert texts == [("toys/b.txt", b"bear"), ("toys/a.txt", b"ape")]


@pytest.mark.parametrize(
    "name",
    ["../up", "a/../../up", "/etc/passwd", "a\\..\\up", "C:up", "..", "a/..", "//host/share"],
)
def test_names_that_lead_out(path, name):
    packed(path, entry("good", b"1"), entry(name, b"2"))
    with pytest.raises(DataError, match="toys: expected names that stay inside the archive, got"):
        members(path)


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, b"S"],
)
def test_links_and_devices(path, kind):
    packed(path, entry("good", b"1"), entry("bad", kind=kind, link="../../etc/passwd"))
    with pytest.raises(DataError, match="expected files and folders only, got 'bad', neither"):
        members(path)


def test_a_name_twice(path):
    packed(path, entry("a/b", b"1"), entry("./a//b", b"2"))
    with pytest.raises(DataError, match="expected every name once, got 'a/b' again"):
        members(path)


def test_too_many(path):
    packed(path, *(entry(str(number)) for number in range(11)))
    with pytest.raises(DataError, match="expected at most 10 members, got more"):
        members(path)
    assert len(members(path, count=11)) == 11


@pytest.mark.parametrize("wanted", [True, False])
def test_too_large(path, wanted):
    """Zeros pack to a thousandth, and count even where they are skipped."""
    packed(path, entry("zeros", bytes(10**6)), entry("end", b"1"))
    assert path.stat().st_size < 10**4
    with pytest.raises(DataError, match="expected at most 500000 bytes unpacked, got more"):
        members(path, lambda name: wanted, limit=500_000)


def test_a_header_that_is_too_large(path):
    """Names may be of any length; they too are read into memory."""
    packed(path, entry("long/" * 10**6, b"1"))
    with pytest.raises(DataError, match="expected at most 1000000 bytes unpacked, got more"):
        members(path)


def test_damaged(path):
    packed(path, entry("a", bytes(range(256)) * 100))
    good = path.read_bytes()
    for damaged in (
        good[:-20],
        good[:40],
        b"no archive at all",
        b"",
        gzip.compress(b"no tar" * 99),
    ):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"toys: expected a whole archive at .*, got a damaged"):
            members(path)
    with pytest.raises(DataError, match="damaged"):
        members(path.with_name("missing"))


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_bytes_are_refused_or_read(tmp_path_factory, garbage, place):
    path = tmp_path_factory.mktemp("fuzz") / "toys.tar.gz"
    good = bytearray(packed(path, entry("a/b.txt", b"hello")).read_bytes())
    good[place : place + len(garbage)] = garbage
    path.write_bytes(good)
    try:
        found = members(path)
    except DataError:
        return
    assert all(isinstance(content, bytes) for _, content in found)


def test_gunzip(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"x" * 1000))
    assert gunzip("toys", path, 1000) == b"x" * 1000
    with pytest.raises(DataError, match="toys: expected at most 999 bytes unpacked, got more"):
        gunzip("toys", path, 999)
    for damaged in (path.read_bytes()[:-9], b"plain", path.read_bytes()[:5]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="damaged"):
            gunzip("toys", path, 1000)


def test_zip_lines(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "one\ntwo")
        archive.writestr("zeros", bytes(10**6), zipfile.ZIP_DEFLATED)
    assert list(zip_lines("toys", path, "a.txt", 7)) == [b"one\n", b"two"]
    with pytest.raises(DataError, match="expected at most 999999 bytes unpacked, got 1000000"):
        list(zip_lines("toys", path, "zeros", 999_999))
    with pytest.raises(DataError, match=r"toys: a\.zip: expected b\.txt, got none"):
        list(zip_lines("toys", path, "b.txt", 7))
    good = path.read_bytes()
    locked = bytearray(good)
    for start, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.find(start) + offset] |= 1
    path.write_bytes(locked)
    with pytest.raises(DataError, match="expected no encryption, got an encrypted file"):
        list(zip_lines("toys", path, "a.txt", 7))
    for damaged in (good[:-30], good.replace(b"one", b"1ne"), b""):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"toys: expected a whole archive"):
            list(zip_lines("toys", path, "a.txt", 7))
