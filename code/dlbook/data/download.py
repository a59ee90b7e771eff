"""Files from the web, verified: from the cache if they are there, else from one mirror or another.

Whatever happens on the way (no network, a mirror that is gone, a connection that breaks or
stalls, a full disk, a killed process, two notebooks at once), a file that is returned is the
published one. The cache holds nothing under a file's name that is not whole; what is on its
way lies in the cache's folder ``.downloads`` and is taken up again by the next try.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dlbook.data.packages import require_package
from dlbook.data.remote import RemoteFile, cache_folder, readable_size
from dlbook.data.transport import Patience, RefusedError, ResumingDownloader, StorageError
from dlbook.errors import DataError, MissingDataError

__all__ = ["fetch"]


def fetch(file: RemoteFile, download: bool | None = None, patience: Patience | None = None) -> Path:
    """Return where a published file lies, after its size and its checksum have been compared.

    A file in the cache is only read, so the cache may be read-only. A download is shared by all
    processes that want it at the same time.

    Parameters
    ----------
    file : RemoteFile
    download : bool, optional
        Whether it may be downloaded if it is not in the cache, or replaced if it is damaged. By
        default if the environment variable ``DLBOOK_DOWNLOAD`` is 1.
    patience : Patience, optional
        How long to wait for what.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    MissingDataError
        If it is not in the cache and may not be downloaded.
    DataError
        If it is damaged or cannot be had; the message says what was tried and what to do.
    MissingPackageError
        If it has to be downloaded and the packages for that are not installed.
    """
    path = file.path
    fault = _fault(file, path)
    if fault is None:
        return path
    allowed = os.environ.get("DLBOOK_DOWNLOAD") == "1" if download is None else download
    if not allowed:
        raise _unavailable(file, path, fault)
    for package in ("pooch", "filelock"):
        require_package(package, extra="data")
    patience = patience or Patience()
    staging = cache_folder() / ".downloads" / f"{file.folder}-{file.name}"
    with _writable(file), _alone(file, staging, patience):
        if _fault(file, path) is None:  # another process was faster
            return path
        _make_room(file, staging)
        arrived = _first_of_mirrors(file, staging, patience)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(arrived, path)
        shutil.rmtree(staging, ignore_errors=True)
    return path


def _fault(file: RemoteFile, path: Path) -> str | None:
    """Say what is wrong with a file of the cache; an empty text if there is none."""
    try:
        return file.fault(path)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise DataError(
            f"{file.loader}: expected {path} to be readable, got {error.strerror}"
        ) from None


def _unavailable(file: RemoteFile, path: Path, fault: str) -> DataError:
    ask = (
        f"to download it ({readable_size(file.size)}), call {file.loader}(download=True) "
        "or set DLBOOK_DOWNLOAD=1"
    )
    if fault:
        return DataError(f"{file.loader}: {file.name}: {fault}, in {path}; {ask}")
    folder = os.environ.get("DLBOOK_DATA")
    named = f"the folder that DLBOOK_DATA names ({folder})" if folder else f"{cache_folder()}"
    hint = "" if folder else " and no DLBOOK_DATA"
    return MissingDataError(
        f"{file.loader}: expected the file {file.folder}/{file.name} in {named}, "
        f"got none at {path}{hint}; {ask}"
    )


@contextmanager
def _writable(file: RemoteFile) -> Iterator[None]:
    """Raise what the disk has against a download as a `DataError` with advice."""
    try:
        yield
    except (OSError, StorageError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise DataError(
            f"{file.loader}: expected to write {file.name} ({readable_size(file.size)}) "
            f"into {cache_folder()}, got: {said}; make room there or set DLBOOK_DATA to another "
            f"folder; what has arrived is kept"
        ) from None


@contextmanager
def _alone(file: RemoteFile, staging: Path, patience: Patience) -> Iterator[None]:
    """Hold the lock of a download; the system frees it if the process dies."""
    from filelock import FileLock, Timeout

    staging.mkdir(parents=True, exist_ok=True)
    lock = FileLock(staging.with_name(staging.name + ".lock"))
    while True:
        before = _arrived(staging)
        try:
            lock.acquire(timeout=patience.lock)
            break
        except Timeout:
            if _arrived(staging) == before:
                raise DataError(
                    f"{file.loader}: expected {file.name} from another process that downloads it, "
                    f"got no further in {patience.lock:g} seconds; end that process, run it again"
                ) from None
    try:
        staging.mkdir(exist_ok=True)  # who held the lock before may have removed it
        yield
    finally:
        lock.release()


def _arrived(staging: Path) -> int:
    partial = staging / "partial"
    return partial.stat().st_size if partial.exists() else 0


def _make_room(file: RemoteFile, staging: Path) -> None:
    """Keep what a killed process left and can be used; check that the rest has room."""
    for leftover in staging.iterdir():
        if leftover.name in ("partial", file.name):
            continue
        if leftover.stat().st_size == file.size:  # killed between the last byte and the checksum
            os.replace(leftover, staging / "partial")
        else:
            leftover.unlink()
    free, needed = shutil.disk_usage(staging).free, file.size - _arrived(staging)
    if free < needed:
        raise StorageError(
            f"{readable_size(needed)} needed and {readable_size(free)} free on the disk"
        )


def _first_of_mirrors(file: RemoteFile, staging: Path, patience: Patience) -> Path:
    downloader = ResumingDownloader(file, staging / "partial", patience)
    tried = []
    for url in file.addresses:
        try:
            return _from(url, file, staging, downloader)
        except RefusedError as error:
            tried.append(f"{url}: {error}")
    listed = "".join(f"\n  {line}" for line in tried)
    offline = all(": no connection" in line for line in tried)
    advice = "there seems to be no network: connect" if offline else "wait a little"
    raise DataError(
        f"{file.loader}: expected {file.name} ({readable_size(file.size)}) from one of "
        f"{len(tried)} addresses, got{listed}\n{advice} and run it again (what has arrived is "
        f"kept), or put the file at {file.path} yourself"
    )


def _from(url: str, file: RemoteFile, staging: Path, downloader: ResumingDownloader) -> Path:
    """Let pooch download, compare the checksum and name the file."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    for _ in range(2):
        logger.setLevel("WARNING")  # it would tell of folders that the reader need not know
        try:
            found = pooch.retrieve(url, file.digest, file.name, staging, downloader=downloader)
        except ValueError as error:  # how pooch says that the checksum differs
            if not downloader.resumed:
                raise RefusedError("its content has another checksum") from error
        else:
            return Path(found)
        finally:
            logger.setLevel(level)
        # The first piece came from elsewhere or earlier: once more, from the first byte.
    raise RefusedError("its content has another checksum")
