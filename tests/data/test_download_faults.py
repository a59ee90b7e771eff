"""What can go wrong on the way from the web: recovery or a clear error, never a broken file."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
from data.faulty_server import CONTENT, QUICK, cut, deaf, honest, other, stall, status
from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile, cache_folder, readable_size
from dlbook.data.transport import Patience
from dlbook.errors import DataError, MissingDataError

pytestmark = pytest.mark.usefixtures("cache")

IMPATIENT = Patience(connect=5, stall=0.3, attempts=9, pause=0.01, longest=0.1)


def whole(path: Path) -> bool:
    return path.read_bytes() == CONTENT


def left(cache: Path) -> list[str]:
    """What lies in the cache besides the file and the locks."""
    found = (path for path in cache.rglob("*") if path.is_file())
    return [path.name for path in found if path.suffix != ".lock" and path.parent.name != "numbers"]


# --- the usual ways -----------------------------------------------------------------------------


def test_downloaded_once(server, cache):
    file = server.file("/a")
    path = fetch(file, download=True, patience=QUICK)
    assert path == cache / "numbers" / "numbers.bin"
    assert whole(path)
    assert left(cache) == []
    assert path.stat().st_mode & 0o044 == 0o044 & ~umask()  # others who share the cache can read
    assert fetch(file, download=True, patience=QUICK) == path
    assert fetch(file) == path
    assert server.requests == [("/a", None)]


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_not_downloaded_unasked(server, cache, monkeypatch):
    file = server.file("/a")
    told = r"numbers: expected the file numbers/numbers\.bin in the folder that DLBOOK_DATA names"
    for allowed in (None, False):
        with pytest.raises(MissingDataError, match=told) as caught:
            fetch(file, allowed)
    assert "(300 kB), call numbers(download=True) or set DLBOOK_DOWNLOAD=1" in str(caught.value)
    assert not cache.exists()
    assert server.requests == []
    monkeypatch.setenv("DLBOOK_DOWNLOAD", "1")
    assert whole(fetch(file))


def test_the_users_folder_without_dlbook_data(tmp_path, monkeypatch):
    import pooch

    monkeypatch.delenv("DLBOOK_DATA")
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / "caches" / name)
    assert cache_folder() == tmp_path / "caches" / "dlbook"
    with pytest.raises(MissingDataError, match="and no DLBOOK_DATA"):
        fetch(RemoteFile("numbers", "numbers", "numbers.bin", (), 1, "md5:0"))


def test_own_mirror_comes_first(server, monkeypatch):
    monkeypatch.setenv("DLBOOK_MIRROR", server.address + "/school/")
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.requests == [("/school/numbers/numbers.bin", None)]


def test_md5_where_nothing_better_is_published(server):
    digest = "md5:" + hashlib.md5(CONTENT).hexdigest()
    assert whole(fetch(server.file("/a", digest=digest), download=True, patience=QUICK))
    wrong = server.file("/a", name="other.bin", digest="md5:" + 32 * "0")
    with pytest.raises(DataError, match="its content has another checksum"):
        fetch(wrong, download=True, patience=QUICK)


def test_sizes_as_people_write_them():
    sizes = {7: "7 bytes", 21_003: "21 kB", 553_433_881: "553 MB", 10**9: "1 GB"}
    assert {size: readable_size(size) for size in sizes} == sizes


def test_progress_bar(server, monkeypatch, capsys):
    fetch(server.file("/a"), download=True, patience=QUICK)
    assert capsys.readouterr().err == ""  # notebooks are validated without
    monkeypatch.delenv("DLBOOK_VALIDATION")
    server.faults["/a"] = [cut(120_000)]
    fetch(server.file("/a", name="second.bin"), download=True, patience=QUICK)
    told = capsys.readouterr().err
    assert "second.bin:  40%" in told  # where it goes on
    assert "300k" in told


# --- the network --------------------------------------------------------------------------------


def test_404_next_mirror(server):
    server.faults["/gone"] = [status(404)]
    assert whole(fetch(server.file("/gone", "/b"), download=True, patience=QUICK))
    assert [path for path, _ in server.requests] == ["/gone", "/b"]


def test_all_mirrors_gone(server, cache):
    server.faults |= {"/a": [status(404)], "/b": [status(403)]}
    with pytest.raises(DataError) as caught:
        fetch(server.file("/a", "/b"), download=True, patience=QUICK)
    told = str(caught.value)
    assert "expected numbers.bin (300 kB) from one of 2 addresses" in told
    assert f"{server.address}/a: HTTP 404 Not Found" in told
    assert f"{server.address}/b: HTTP 403 Forbidden" in told
    assert f"put the file at {cache / 'numbers' / 'numbers.bin'} yourself" in told
    assert not (cache / "numbers").exists()


def test_503_then_success(server, monkeypatch):
    server.faults["/a"] = [status(503), status(503, Retry_After="0")]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert len(server.requests) == 3


def test_503_for_ever(server):
    server.faults["/a"] = [status(503)] * 9
    assert whole(fetch(server.file("/a", "/b"), download=True, patience=QUICK))
    assert [path for path, _ in server.requests] == ["/a", "/a", "/a", "/b"]


def test_pauses_grow_and_are_bounded(server, monkeypatch):
    pauses = []
    monkeypatch.setattr("dlbook.data.transport.time.sleep", pauses.append)
    server.faults["/a"] = [status(503), status(429, Retry_After="7"), status(503), status(500)]
    server.faults["/a"] += [status(503, Retry_After="99999")]
    fetch(server.file("/a"), True, Patience(attempts=9, pause=1, longest=60))
    assert pauses == [1, 7, 4, 8, 60]


def test_stall(server):
    server.faults["/a"] = [stall(131_072, 30)]
    start = time.monotonic()
    assert whole(fetch(server.file("/a"), True, IMPATIENT))
    assert time.monotonic() - start < 20  # it did not wait for the server to wake
    assert server.asked("/a")[:2] == [None, "bytes=131072-"]


def test_truncation_is_resumed(server):
    server.faults["/a"] = [cut(120_000)]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.asked("/a") == [None, "bytes=120000-"]


def test_truncation_for_ever_then_another_mirror_takes_over(server):
    server.faults["/a"] = [cut(120_000)] + [status(503)] * 9
    assert whole(fetch(server.file("/a", "/b"), download=True, patience=QUICK))
    assert server.asked("/b") == ["bytes=120000-"]


def test_resumed_by_a_later_call(server, cache):
    server.faults["/a"] = [cut(120_000), status(404)]
    with pytest.raises(DataError, match="what has arrived is kept"):
        fetch(server.file("/a"), download=True, patience=QUICK)
    assert left(cache) == ["partial"]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.asked("/a")[-1] == "bytes=120000-"
    assert left(cache) == []


def test_server_that_ignores_ranges(server):
    server.faults["/a"] = [cut(120_000), deaf]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert len(server.requests) == 2


def test_server_that_sends_another_range(server):
    def wrong_part(handler, content):
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 5-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - 5))
        handler.end_headers()
        handler.wfile.write(content[5:])

    server.faults["/a"] = [cut(120_000), wrong_part]
    assert whole(fetch(server.file("/a", "/b"), download=True, patience=QUICK))
    assert server.asked("/b") == ["bytes=120000-"]


def test_range_that_cannot_be_had(server):
    server.faults["/a"] = [cut(120_000), status(416)]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.asked("/a") == [None, "bytes=120000-", None]


def test_wrong_checksum_next_mirror(server, cache):
    flipped = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    server.faults["/a"] = [other(flipped)]
    assert whole(fetch(server.file("/a", "/b"), download=True, patience=QUICK))
    assert server.asked("/b") == [None]  # nothing of the wrong file was kept


def test_wrong_checksum_everywhere(server, cache):
    flipped = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]
    server.faults["/a"] = [other(flipped)]
    with pytest.raises(DataError, match="/a: its content has another checksum"):
        fetch(server.file("/a"), download=True, patience=QUICK)
    assert not (cache / "numbers").exists()
    assert left(cache) == []


def test_pieces_of_two_different_files(server, cache):
    flipped = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]

    def cut_of_another(handler, _):
        cut(120_000)(handler, flipped)

    server.faults["/a"] = [cut_of_another]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))
    assert server.asked("/a") == [None, "bytes=120000-", None]  # once more, from the first byte


def test_pieces_of_a_file_that_nobody_publishes(server, cache):
    flipped = bytes([CONTENT[0] ^ 1]) + CONTENT[1:]

    def cut_of_another(handler, _):
        cut(120_000)(handler, flipped)

    server.faults["/a"] = [cut_of_another, honest, other(flipped)]
    with pytest.raises(DataError, match="/a: its content has another checksum"):
        fetch(server.file("/a"), download=True, patience=QUICK)
    assert server.asked("/a") == [None, "bytes=120000-", None]
    assert not (cache / "numbers").exists()


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("page", [b"<html>Please log in</html>", CONTENT + b"x", b""])
def test_another_page_instead(server, page, announced):
    """A portal's login page, or an endless stream, with status 200."""
    server.faults["/a"] = [other(page, announced=announced)] * 9
    assert whole(fetch(server.file("/a", "/b"), download=True, patience=QUICK))


def test_a_packed_file_stays_packed(server):
    """Some servers send .gz files with a header that would let clients unpack them."""

    def labelled(handler, content):
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    server.faults["/a"] = [labelled]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))


def test_connection_reset(server):
    def reset(handler, content):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        handler.connection.close()

    server.faults["/a"] = [reset]
    assert whole(fetch(server.file("/a"), download=True, patience=QUICK))


def test_no_network_at_all(server, cache):
    closed = server.file("/a", "/b")
    server.close()
    start = time.monotonic()
    with pytest.raises(DataError) as caught:
        fetch(closed, download=True, patience=QUICK)
    assert time.monotonic() - start < 5
    told = str(caught.value)
    assert told.count("no connection") == 2
    assert "there seems to be no network: connect and run it again" in told


def test_names_that_cannot_be_looked_up(monkeypatch):
    """How a machine without a network fails first."""

    def nowhere(*arguments, **options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    urls = ("https://one.example/a", "https://two.example/a")
    file = RemoteFile("numbers", "numbers", "numbers.bin", urls, 5, "md5:0")
    with pytest.raises(DataError, match="there seems to be no network") as caught:
        fetch(file, download=True, patience=QUICK)
    assert str(caught.value).count("Name or service not known") == 2


def test_a_server_without_encryption(server):
    file = server.file("/a")
    secure = replace(file, urls=(file.urls[0].replace("http:", "https:"),))
    with pytest.raises(DataError, match=r"no connection: .*SSL"):
        fetch(secure, download=True, patience=QUICK)


@pytest.mark.parametrize("url", ["not an address", "http://", "ftp://127.0.0.1/a"])
def test_addresses_that_lead_nowhere(url):
    file = RemoteFile("numbers", "numbers", "numbers.bin", (url,), 5, "md5:0")
    with pytest.raises(DataError, match=r"numbers: expected numbers\.bin"):
        fetch(file, download=True, patience=QUICK)


def test_connection_that_nobody_accepts():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/a"
        file = RemoteFile("numbers", "numbers", "numbers.bin", (url,), 5, "md5:0")
        with pytest.raises(DataError, match=r"it stalled, 9 times in a row|no connection"):
            fetch(file, True, IMPATIENT)
