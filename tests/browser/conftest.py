"""The built site, served on this machine, and a browser without a window.

`make test-browser` builds the site first.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build/html"
sys.path.insert(0, str(ROOT / "tools"))

from browsing import chromium, served  # noqa: E402


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the built site is served, with a slash at its end."""
    if not (SITE / "index.html").is_file():
        pytest.fail(f"no site in {SITE}: run `make book` first")
    with served(SITE) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of a process."""
    with chromium() as opened:
        yield opened
