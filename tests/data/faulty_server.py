"""A web server on this machine that answers as it is told: rightly, or with some fault."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from dlbook.data.remote import RemoteFile
from dlbook.data.transport import Patience

QUICK = Patience(connect=5, stall=5, attempts=3, pause=0.01, longest=0.1, lock=0.5)
CONTENT = np.random.default_rng(0).bytes(300_000)
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


class Server:
    """Serves `content` at every path; `faults[path]` holds answers that come first, in order."""

    def __init__(self, content: bytes = CONTENT) -> None:
        self.faults: dict[str, list[Answer]] = defaultdict(list)
        #: What was asked for: (path, Range or None).
        self.requests: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.requests.append((self.path, self.headers.get("Range")))
                answers = outer.faults[self.path]
                answer = answers.pop(0) if answers else honest
                self.close_connection = True
                with suppress(BrokenPipeError, ConnectionResetError):
                    answer(self, content)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        """Stop listening; the port refuses connections from then on."""
        self.server.shutdown()
        self.server.server_close()

    def file(self, *paths: str, name: str = "numbers.bin", **changes: object) -> RemoteFile:
        """Describe the content as a published file with these paths as its mirrors."""
        digest = "sha256:" + hashlib.sha256(CONTENT).hexdigest()
        urls = tuple(self.address + path for path in paths)
        known = {"size": len(CONTENT), "digest": digest} | changes
        return RemoteFile("numbers", "numbers", name, urls, **known)

    def asked(self, path: str) -> list[str | None]:
        """The ranges that were asked of a path, in order."""
        return [asked for other, asked in self.requests if other == path]


def honest(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """The file, or the part that is asked for."""
    asked = handler.headers.get("Range")
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    handler.send_response(206 if asked else 200)
    if asked:
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    handler.send_header("Content-Length", str(len(content) - start))
    handler.end_headers()
    handler.wfile.write(content[start:])


def status(code: int, **headers: str) -> Answer:
    """An error of HTTP."""

    def answer(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def cut(length: int) -> Answer:
    """All is promised, `length` bytes come, then the connection ends."""

    def answer(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:length])

    return answer


def stall(length: int, seconds: float) -> Answer:
    """`length` bytes come, then nothing for a while."""

    def answer(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        cut(length)(handler, content)
        handler.wfile.flush()
        time.sleep(seconds)

    return answer


def other(content: bytes, *, announced: bool = True) -> Answer:
    """Something else than the file."""

    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        if announced:
            handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def deaf(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """The whole file, whatever part was asked for."""
    other(content)(handler, content)


def slow(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    """The file, or the part that is asked for, at 100 kB a second."""
    asked = handler.headers.get("Range")
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    handler.send_response(206 if asked else 200)
    if asked:
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    handler.send_header("Content-Length", str(len(content) - start))
    handler.end_headers()
    for position in range(start, len(content), 10_000):
        handler.wfile.write(content[position : position + 10_000])
        time.sleep(0.1)
