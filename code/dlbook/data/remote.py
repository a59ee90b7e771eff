"""Files that are published on the web, where they are kept, and how to know that they are whole."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from dlbook.data.packages import require_package

__all__ = ["RemoteFile", "cache_folder", "readable_size"]


def cache_folder() -> Path:
    """Return the folder that downloads are read from and written to.

    Returns
    -------
    pathlib.Path
        What the environment variable ``DLBOOK_DATA`` names; without it, ``dlbook`` in the
        user's folder for caches. It need not exist.

    Raises
    ------
    MissingPackageError
        If ``DLBOOK_DATA`` is not set and pooch, which knows the user's folder, not installed.
    """
    folder = os.environ.get("DLBOOK_DATA")
    if folder:
        return Path(folder).expanduser().absolute()
    require_package("pooch", extra="data")
    import pooch

    return Path(pooch.os_cache("dlbook"))


def readable_size(count: int) -> str:
    """Write a number of bytes as people do.

    Parameters
    ----------
    count : int

    Returns
    -------
    str

    Examples
    --------
    >>> readable_size(553_433_881), readable_size(21_003), readable_size(7)
    ('553 MB', '21 kB', '7 bytes')
    """
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= factor:
            return f"{count / factor:.3g} {unit}"
    return f"{count} bytes"


@dataclass(frozen=True)
class RemoteFile:
    """A published file.

    Parameters
    ----------
    loader : str
        Function of `dlbook.data` that reads it, for messages.
    folder : str
        Of the cache.
    name : str
        Of the file in that folder.
    urls : tuple of str
        Where it can be had, in the order in which they are tried.
    size : int
        In bytes.
    digest : str
        ``"sha256:…"``, or ``"md5:…"`` where its publisher gives nothing stronger.
    """

    loader: str
    folder: str
    name: str
    urls: tuple[str, ...]
    size: int
    digest: str

    @property
    def path(self) -> Path:
        """Where the file is kept."""
        return cache_folder() / self.folder / self.name

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses; one below the environment variable ``DLBOOK_MIRROR`` comes first."""
        own = os.environ.get("DLBOOK_MIRROR", "").rstrip("/")
        return ((f"{own}/{self.folder}/{self.name}",) if own else ()) + self.urls

    def fault(self, path: Path) -> str | None:
        """Say how a file differs from the published one.

        Parameters
        ----------
        path : pathlib.Path

        Returns
        -------
        str or None
            "expected …, got …"; None if it is the published file.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        size = path.stat().st_size
        if size != self.size:
            return f"expected {self.size} bytes, got {size}"
        algorithm, _, known = self.digest.partition(":")
        with path.open("rb") as file:
            found = hashlib.file_digest(file, algorithm).hexdigest()
        if found == known:
            return None
        name = {"sha256": "SHA-256", "md5": "MD5"}[algorithm]
        return f"expected the {name} {known[:12]}…, got {found[:12]}…"
