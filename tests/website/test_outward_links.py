"""`make links` against a server of our own: what counts as broken, and what does not."""

from __future__ import annotations

import importlib.util
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("links", ROOT / "tools/links.py")
links = importlib.util.module_from_spec(spec)
spec.loader.exec_module(links)


class Answers(BaseHTTPRequestHandler):
    """``/404`` is answered by status 404 and so on; 30x lead to ``/404``."""

    asked: ClassVar[Counter[str]] = Counter()

    def do_GET(self) -> None:
        Answers.asked[self.path] += 1
        if self.path == "/hangs-up":
            self.close_connection = True
            return
        status = int(self.path.lstrip("/"))
        if self.path == "/503" and Answers.asked[self.path] == 2:
            status = 200  # it was overloaded for a moment
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/404")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def server():
    Answers.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "wrong", "asked"),
    [
        ("200", "", 1),
        ("403", "", 1),  # turns programs away
        ("404", "404 Not Found", 1),
        ("410", "410 Gone", 1),
        ("302", "404 Not Found", 1),  # is followed
        ("503", "", 2),  # is tried again
        ("500", "500 Internal Server Error", 3),
    ],
)
def test_answers(server: str, path: str, wrong: str, asked: int) -> None:
    assert links.problem(f"http://{server}/{path}", pause=0) == wrong
    assert Answers.asked[f"/{path}"] == asked


def test_a_lost_connection_is_a_problem(server: str) -> None:
    assert links.problem(f"http://{server}/hangs-up", pause=0)
    assert Answers.asked["/hangs-up"] == links.TRIES


def test_a_doi_needs_only_be_known(server: str) -> None:
    known = links.problem(f"http://{server}/302", resolvers=(server,), pause=0)
    unknown = links.problem(f"http://{server}/404", resolvers=(server,), pause=0)
    assert (known, unknown) == ("", "404 Not Found")


def test_no_server() -> None:
    assert "refused" in links.problem("http://127.0.0.1:9/", pause=0)


def test_the_command_names_the_broken_link_and_its_pages(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sub").mkdir()
    good, bad = f"http://{server}/200", f"http://{server}/404"
    text = f'<a href="{good}">1</a><a href="{bad}#part">2</a><a href="other.html">3</a>'
    for page in ("a.html", "sub/b.html"):
        (tmp_path / page).write_text(text)
    assert links.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == (
        f"{bad}\n  404 Not Found\n  on a.html, sub/b.html\n2 links to other sites, 1 broken\n"
    )
    assert Answers.asked["/404"] == 1
    (tmp_path / "sub/b.html").unlink()
    (tmp_path / "a.html").write_text(f'<a href="{good}">1</a>')
    assert links.main([str(tmp_path)]) == 0


def test_a_site_without_links_is_a_mistake(tmp_path: Path) -> None:
    assert links.main([str(tmp_path)]) == 1
