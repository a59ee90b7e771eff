"""The folder of downloads: damaged, full, read-only, or wanted by several processes at once."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from data.faulty_server import CONTENT, QUICK, slow
from dlbook.data import download
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import DataError, MissingDataError

pytestmark = pytest.mark.usefixtures("cache")


def whole(path: Path) -> bool:
    return path.read_bytes() == CONTENT


def left(cache: Path) -> list[str]:
    """What lies in the cache besides the file and the locks."""
    found = (path for path in cache.rglob("*") if path.is_file())
    return [path.name for path in found if path.suffix != ".lock" and path.parent.name != "numbers"]


def test_damaged_file_is_never_used(server, cache):
    file = server.file("/a")
    path = fetch(file, download=True, patience=QUICK)
    for damaged in (CONTENT[:-1], CONTENT[:-1] + b"?", b""):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"numbers\.bin: expected .*, got .*download=True"):
            fetch(file)
        assert path.read_bytes() == damaged  # not touched without leave
    assert whole(fetch(file, download=True, patience=QUICK))


def test_a_folder_in_the_files_place(server, cache):
    (cache / "numbers" / "numbers.bin").mkdir(parents=True)
    with pytest.raises(DataError, match=r"numbers: expected to write numbers\.bin"):
        fetch(server.file("/a"), download=True, patience=QUICK)


class Full(io.FileIO):
    """A file on a disk with room for 100,000 bytes more."""

    room = 100_000

    def write(self, data):
        if Full.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = super().write(bytes(data)[: Full.room])
        Full.room -= taken
        return taken


def test_disk_full_while_writing(server, cache, monkeypatch):
    real = Path.open
    monkeypatch.setattr(Full, "room", 100_000)

    def tiny(path, mode="r", *arguments, **options):
        if path.name == "partial":
            return Full(path, mode.replace("b", ""))
        return real(path, mode, *arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", tiny)
        with pytest.raises(DataError, match="No space left on device; make room there or set"):
            fetch(server.file("/a", "/b"), download=True, patience=QUICK)
    assert len(server.requests) == 1  # another mirror would not help
    assert not (cache / "numbers").exists()
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.asked("/a") == [None, "bytes=100000-"]


def test_disk_too_small(server, monkeypatch):
    usage = type("Usage", (), {"free": 200_000})
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match="300 kB needed and 200 kB free on the disk; make room"):
        fetch(server.file("/a"), download=True, patience=QUICK)
    assert server.requests == []


@contextmanager
def read_only(folder: Path, file_mode: int = 0o444):
    """Take the right to write away, from the superuser too."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else file_mode)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(65534)
    try:
        yield
    finally:
        if superuser:
            os.seteuid(0)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of folders are other on Windows")
def test_read_only_cache(server, monkeypatch):
    file, second = server.file("/a"), server.file("/a", name="second.bin")
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to others
        folder = Path(name)
        monkeypatch.setenv("DLBOOK_DATA", name)
        fetch(file, download=True, patience=QUICK)
        before = sorted(folder.rglob("*"))
        with read_only(folder):
            assert whole(fetch(file, download=True, patience=QUICK))
            with pytest.raises(DataError, match="Permission denied; make room there or set DLBOOK"):
                fetch(second, download=True, patience=QUICK)
        assert sorted(folder.rglob("*")) == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of folders are other on Windows")
def test_unreadable_file(server, monkeypatch):
    file = server.file("/a")
    with tempfile.TemporaryDirectory() as name:
        monkeypatch.setenv("DLBOOK_DATA", name)
        path = fetch(file, download=True, patience=QUICK)
        with read_only(Path(name), file_mode=0), pytest.raises(DataError) as caught:
            fetch(file)
    assert f"expected {path} to be readable, got Permission denied" in str(caught.value)


# --- other processes ----------------------------------------------------------------------------

PROGRAM = """
import hashlib, sys
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.data.transport import Patience
url, size, digest = sys.argv[1], int(sys.argv[2]), sys.argv[3]
file = RemoteFile("numbers", "numbers", "numbers.bin", (url,), size, digest)
path = fetch(file, download=True, patience=Patience(lock=20))
print("sha256:" + hashlib.sha256(path.read_bytes()).hexdigest())
"""


def start(file: RemoteFile) -> subprocess.Popen[str]:
    arguments = [file.urls[0], str(file.size), file.digest]
    command = [sys.executable, "-c", PROGRAM, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, **pipes)


def until(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def test_killed_half_way(server, cache):
    file = server.file("/a")
    server.faults["/a"] = [slow]
    partial = cache / ".downloads" / "numbers-numbers.bin" / "partial"
    process = start(file)
    until(lambda: partial.exists() and partial.stat().st_size >= 50_000)
    process.kill()  # SIGKILL: it cannot tidy up
    process.communicate(timeout=30)
    arrived = partial.stat().st_size
    assert 50_000 <= arrived < len(CONTENT)
    with pytest.raises(MissingDataError):
        fetch(file)  # what arrived so far is not taken for the file
    assert whole(fetch(file, download=True, patience=QUICK))
    assert server.asked("/a")[-1] == f"bytes={arrived}-"
    assert left(cache) == []


@pytest.mark.parametrize("moment", ["arrived", "renamed", "checked"])
def test_killed_at_the_end(server, cache, moment):
    """After the last byte: before pooch has the file, before its checksum, after it."""
    staging = cache / ".downloads" / "numbers-numbers.bin"
    staging.mkdir(parents=True)
    name = {"arrived": "partial", "renamed": "tmp1234", "checked": "numbers.bin"}[moment]
    (staging / name).write_bytes(CONTENT)
    (staging / "tmp5678").write_bytes(b"")
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.requests == []
    assert left(cache) == []


def test_more_than_the_file(server, cache):
    staging = cache / ".downloads" / "numbers-numbers.bin"
    staging.mkdir(parents=True)
    (staging / "partial").write_bytes(CONTENT + b"x")
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.requests == [("/a", None)]


def test_another_process_takes_longer_than_patience(server, cache):
    """It is waited for as long as it gets further."""
    file = server.file("/a")
    server.faults["/a"] = [slow]
    partial = cache / ".downloads" / "numbers-numbers.bin" / "partial"
    process = start(file)
    until(lambda: partial.exists() and partial.stat().st_size > 0)
    assert whole(fetch(file, download=True, patience=replace(QUICK, lock=1.0)))
    assert process.communicate(timeout=30)[0].strip() == file.digest
    assert server.requests == [("/a", None)]


def test_two_processes_one_download(server):
    file = server.file("/a")
    server.faults["/a"] = [slow]
    processes = [start(file), start(file)]
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert output.strip() == file.digest, errors
    assert server.requests == [("/a", None)]


def test_a_process_that_hangs(server, cache):
    from filelock import FileLock

    (cache / ".downloads").mkdir(parents=True)
    with (
        FileLock(cache / ".downloads" / "numbers-numbers.bin.lock"),
        pytest.raises(DataError, match=r"from another process .* got no further in 0\.5 seconds"),
    ):
        fetch(server.file("/a"), download=True, patience=QUICK)
    assert server.requests == []
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
