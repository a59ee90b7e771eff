"""A cache of downloads of its own, and a server to fill it from."""

from __future__ import annotations

import pytest
from data.faulty_server import Server


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder with an awkward name; it does not exist yet."""
    folder = tmp_path / "cache with spaces ä"
    monkeypatch.setenv("DLBOOK_DATA", str(folder))
    monkeypatch.setenv("DLBOOK_VALIDATION", "1")  # no progress bars
    for name in ("DLBOOK_DOWNLOAD", "DLBOOK_MIRROR"):
        monkeypatch.delenv(name, raising=False)
    return folder
