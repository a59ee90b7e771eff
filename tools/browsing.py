"""The built site served on this machine, compressed as on the web, and a browser to open it.

Chromium comes from the system: where it is called something else, the environment variable
``CHROMIUM`` names it.
"""

from __future__ import annotations

import gzip
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    # Nobody but this machine is reached, whatever a page asks for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
COMPRESSED = {".css", ".html", ".inv", ".js", ".json", ".mjs", ".svg", ".txt", ".wasm", ".xml"}


@cache
def packed(path: Path, _changed: int) -> bytes:
    """Return a file compressed as web servers do it.

    Parameters
    ----------
    path : Path
        The file.
    _changed : int
        When it was changed: a file that was built anew is compressed anew.
    """
    return gzip.compress(path.read_bytes(), 6, mtime=0)


class _Server(SimpleHTTPRequestHandler):
    """Files below a folder, kept alive between requests."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if path.suffix not in COMPRESSED or not accepted or not path.is_file():
            super().do_GET()
            return
        body = packed(path, path.stat().st_mtime_ns)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        # A page that is left early hangs up on what it has asked for.
        with suppress(BrokenPipeError, ConnectionResetError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder while the block runs.

    Parameters
    ----------
    folder : Path
        The built site.

    Yields
    ------
    str
        Its address, with a slash at its end.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Server, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open Chromium without a window while the block runs.

    Yields
    ------
    Browser

    Raises
    ------
    FileNotFoundError
        If there is none on this machine.
    """
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else NAMES
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        raise FileNotFoundError(
            "no Chromium: install it, or let CHROMIUM name one (Debian: apt install chromium)"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        try:
            yield browser
        finally:
            browser.close()
