"""Reading archives from the web without believing them.

Nothing is unpacked to the disk: members are read into memory, one after the other. The archives
have passed a checksum before; these guards hold even if one should be forged.
"""

from __future__ import annotations

import gzip
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from dlbook.errors import DataError, require

__all__ = ["gunzip", "tar_members", "zip_lines"]

_BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Bounded:
    """A stream that refuses to give more than `limit` bytes, however much it would unpack to."""

    def __init__(self, loader: str, stream: _Readable, limit: int) -> None:
        self.loader, self.stream, self.limit, self.given = loader, stream, limit, 0

    def read(self, size: int = -1) -> bytes:
        left = self.limit - self.given + 1  # one more than allowed, to see that there is more
        data = self.stream.read(left if size < 0 else min(size, left))
        self.given += len(data)
        expected = f"at most {self.limit} bytes unpacked"
        require(self.given <= self.limit, DataError, self.loader, expected, "more")
        return data


def gunzip(loader: str, path: Path, limit: int) -> bytes:
    """Unpack a ``.gz`` file into memory.

    Parameters
    ----------
    loader : str
        Who reads, for messages.
    path : pathlib.Path
    limit : int
        How many bytes may come out.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        If it is damaged, or unpacks to more.
    """
    with _readable(loader, path), gzip.open(path) as stream:
        return _Bounded(loader, stream, limit).read()


def tar_members(
    loader: str, path: Path, wanted: Callable[[str], bool], limit: int, count: int
) -> Iterator[tuple[str, bytes]]:
    """Read files from a ``.tar.gz`` archive into memory.

    Parameters
    ----------
    loader : str
        Who reads, for messages.
    path : pathlib.Path
    wanted : callable
        Says of a member's name whether it is to be read.
    limit : int
        How many bytes the archive may unpack to, its headers included.
    count : int
        How many members it may have.

    Yields
    ------
    name : str
        With forward slashes, below the archive's root.
    content : bytes

    Raises
    ------
    DataError
        If the archive is damaged, larger, has a name twice, a name that leads out of it, or
        anything but files and folders (links, devices, pipes).
    """
    seen: set[str] = set()
    with _readable(loader, path), gzip.open(path) as stream:
        bounded: Any = _Bounded(loader, stream, limit)
        with tarfile.open(fileobj=bounded, mode="r|") as archive:
            for member in archive:
                name = _checked_name(loader, member.name)
                plain = (member.isreg() and not member.issparse()) or member.isdir()
                require(plain, DataError, loader, "files and folders only", f"{name!r}, neither")
                require(name not in seen, DataError, loader, "every name once", f"{name!r} again")
                seen.add(name)
                require(len(seen) <= count, DataError, loader, f"at most {count} members", "more")
                archive.members = []  # type: ignore[attr-defined]  # it would keep them all
                source = archive.extractfile(member) if wanted(name) else None
                if source is not None:
                    yield name, source.read()


def zip_lines(loader: str, path: Path, name: str, limit: int) -> Iterator[bytes]:
    """Read a text file from a ``.zip`` archive line by line.

    Parameters
    ----------
    loader : str
        Who reads, for messages.
    path : pathlib.Path
    name : str
        Of the member.
    limit : int
        How many bytes it may unpack to.

    Yields
    ------
    bytes
        A line with its end.

    Raises
    ------
    DataError
        If the archive is damaged or has no such member, or one that is larger or encrypted.
    """
    with _readable(loader, path), zipfile.ZipFile(path) as archive:
        require(name in archive.namelist(), DataError, f"{loader}: {path.name}", name, "none")
        member = archive.getinfo(name)
        encrypted = bool(member.flag_bits & 1)
        require(not encrypted, DataError, f"{loader}: {name}", "no encryption", "an encrypted file")
        expected = f"at most {limit} bytes unpacked"
        fits = member.file_size <= limit
        require(fits, DataError, f"{loader}: {name}", expected, f"{member.file_size}")
        with archive.open(member) as lines:
            yield from lines


def _checked_name(loader: str, name: str) -> str:
    """Return a member's name without a leading ``./``; raise if it leads out of the archive."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    inside = not name.startswith("/") and ".." not in parts and not re.search(r"[\\:\x00]", name)
    expected = "names that stay inside the archive"
    require(inside, DataError, loader, expected, repr(name[:60]))
    return "/".join(parts)


@contextmanager
def _readable(loader: str, path: Path) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except (*_BROKEN, RuntimeError, NotImplementedError, ValueError) as error:
        said = " ".join(str(error).split())[:100] or type(error).__name__
        raise DataError(
            f"{loader}: expected a whole archive at {path}, got a damaged one ({said})"
        ) from None
