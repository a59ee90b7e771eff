"""Fetching a file from one address: resumed, tried again, bounded, with a progress bar."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dlbook.data.remote import RemoteFile

__all__ = ["Patience", "RefusedError", "ResumingDownloader", "StorageError"]

_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})  # an HTTP status that may pass
_PIECE = 1 << 16  # bytes read at once
_PROGRESS = 10**6  # bytes; an attempt that brings as much is not counted as a failure


class RefusedError(Exception):
    """An address does not give the file, and asking again would not help."""


class StorageError(Exception):
    """What arrives cannot be written."""


class _InterruptedError(Exception):
    """A failure that may pass; `wait` is what the server asks for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """How long to wait for what, in seconds.

    Parameters
    ----------
    connect : float
        For a connection.
    stall : float
        For the next bytes.
    attempts : int
        How often an address is asked in a row without getting further.
    pause : float
        Before the second attempt; doubled before each one after it.
    longest : float
        The longest pause, whatever the server asks for.
    lock : float
        For another process that downloads the same file and gets no further.
    """

    connect: float = 10.0
    stall: float = 30.0
    attempts: int = 4
    pause: float = 1.0
    longest: float = 60.0
    lock: float = 300.0


class ResumingDownloader:
    """A downloader as pooch calls it: ``downloader(url, output_file, pooch)``.

    What arrives is written to `partial`, which outlives every failure: the next attempt, from
    whichever address and in whichever process, asks for the rest only. When all has come,
    `partial` becomes `output_file`. Nothing here says that its content is right: pooch compares
    the checksum.

    Parameters
    ----------
    file : RemoteFile
        Its size bounds what is accepted.
    partial : pathlib.Path
        In the file system of the output file.
    patience : Patience
    """

    def __init__(self, file: RemoteFile, partial: Path, patience: Patience) -> None:
        self.file, self.partial, self.patience = file, partial, patience
        #: Whether the last file came in more than one piece.
        self.resumed = False

    def __call__(self, url: str, output_file: str | os.PathLike[str], pooch: Any = None) -> None:
        """Fetch `url` into `output_file`.

        Parameters
        ----------
        url : str
        output_file : path
        pooch : object
            Not used; part of pooch's protocol.

        Raises
        ------
        RefusedError
            If the address does not give the file.
        StorageError
            If it cannot be written.
        """
        self.resumed = self._have() > 0
        failures = 0
        while True:
            before = self._have()
            try:
                self._attempt(url)
                break
            except _InterruptedError as error:
                failures = 1 if self._have() - before >= _PROGRESS else failures + 1
                if failures >= self.patience.attempts:
                    raise RefusedError(f"{error}, {failures} times in a row") from None
                pause = max(self.patience.pause * 2 ** (failures - 1), error.wait)
                time.sleep(min(pause, self.patience.longest))
        os.replace(self.partial, output_file)

    def _have(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    def _attempt(self, url: str) -> None:
        have = self._have()
        if have > self.file.size:
            self.partial.unlink()
            have = 0
        if have == self.file.size and have:
            return  # a process was killed between the last byte and the checksum
        with _translated(), self._answer(url, have) as response:
            start = self._start(response, have)
            self.resumed = self.resumed or start > 0
            position = self._write(response, start)
        if position < self.file.size:
            raise _InterruptedError(f"the connection ended after {position} bytes")

    def _answer(self, url: str, have: int) -> Any:
        import requests

        # The file as it is, never packed for the way: its size and checksum are known.
        headers = {"Accept-Encoding": "identity", "User-Agent": "dlbook"}
        if have:
            headers["Range"] = f"bytes={have}-"
        timeout = (self.patience.connect, self.patience.stall)
        return requests.get(url, headers=headers, stream=True, timeout=timeout)

    def _start(self, response: Any, have: int) -> int:
        """Return at which byte the answer starts; raise unless it is (the rest of) the file."""
        status = response.status_code
        said = f"HTTP {status} {response.reason or ''}".rstrip()
        if status == 416:  # there is no such range: what we have is of another file
            self.partial.unlink(missing_ok=True)
            raise _InterruptedError(said)
        if status in _TEMPORARY:
            seconds = response.headers.get("Retry-After", "")
            raise _InterruptedError(said, float(seconds) if seconds.isdecimal() else 0.0)
        if status not in (200, 206):
            raise RefusedError(said)
        start = have if status == 206 else 0  # with 200 it sends everything, asked or not
        if start and not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
            raise RefusedError("it sends another part than was asked for")
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and start + int(length) != self.file.size:
            size = start + int(length)
            raise RefusedError(f"it offers {size} bytes instead of {self.file.size}")
        return start

    def _write(self, response: Any, position: int) -> int:
        """Append what comes to the partial file; return how much of the file is there."""
        with self._progress(position) as bar, self._opened(position) as target:
            for piece in response.raw.stream(_PIECE, decode_content=False):
                position += len(piece)
                if position > self.file.size:
                    raise RefusedError(f"it sends more than {self.file.size} bytes")
                with _storing():
                    rest = memoryview(piece)
                    while rest:  # a disk that is nearly full takes a part
                        rest = rest[target.write(rest) :]
                bar.update(len(piece))
            with _storing():
                os.fsync(target.fileno())
        return position

    def _opened(self, position: int) -> Any:
        with _storing():
            target = self.partial.open("r+b" if self.partial.exists() else "wb", buffering=0)
            target.seek(position)
            target.truncate()
        return target

    def _progress(self, position: int) -> Any:
        from tqdm.auto import tqdm

        silent = bool(os.environ.get("DLBOOK_VALIDATION"))
        options = {"unit": "B", "unit_scale": True, "disable": silent, "leave": False}
        return tqdm(total=self.file.size, initial=position, desc=self.file.name, **options)


@contextmanager
def _storing() -> Iterator[None]:
    """Tell a failing disk from a failing network: requests' errors are OSErrors too."""
    try:
        yield
    except OSError as error:
        raise StorageError(error.strerror or str(error)) from None


@contextmanager
def _translated() -> Iterator[None]:
    """Part what the network's libraries raise into what may pass and what will not."""
    import requests
    from urllib3 import exceptions as urllib3

    try:
        yield
    except requests.exceptions.ConnectTimeout:
        raise RefusedError("no connection: no answer in time") from None
    except (requests.exceptions.Timeout, urllib3.ReadTimeoutError):
        raise _InterruptedError("it stalled") from None
    except requests.exceptions.SSLError as error:
        raise RefusedError(f"no connection: {_first_line(error)}") from None
    except requests.exceptions.ConnectionError as error:
        cause = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(cause, urllib3.NewConnectionError | urllib3.ConnectTimeoutError):
            raise RefusedError(f"no connection: {_first_line(cause)}") from None
        raise _InterruptedError("the connection broke") from None
    except (urllib3.HTTPError, ConnectionError, TimeoutError):
        raise _InterruptedError("the connection broke") from None
    except requests.exceptions.RequestException as error:  # no address at all, endless redirection
        raise RefusedError(_first_line(error)) from None


def _first_line(error: BaseException) -> str:
    text = re.sub(r"^\w+\(host=[^)]*\): ", "", " ".join(str(error).split()))
    return text[:120]
