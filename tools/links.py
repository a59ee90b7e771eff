"""Follow every link of the built site that leads to another site (``make links``).

Each address is asked once, however many pages link to it. A DOI counts as found when doi.org
knows where it leads: publishers turn programs away.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

TRIES = 3
PAUSE = 5.0  # seconds before the second try, doubled before the third
PATIENCE = 30.0  # seconds an answer may take
AT_ONCE = 8
RESOLVERS = ("doi.org", "dx.doi.org")
# The server is there and knows the page, but wants a person, or less haste.
NOT_FOR_PROGRAMS = (401, 403, 429)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) link check of a textbook"


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        if tag == "a" and urlsplit(address).scheme in ("http", "https"):
            self.found.add(urldefrag(address).url)


class _Stay(HTTPRedirectHandler):
    """Takes a redirection for an answer."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


def outward_links(site: Path) -> dict[str, list[str]]:
    """Collect the links that leave the site, each with the pages that have it."""
    pages: dict[str, list[str]] = {}
    for path in sorted(site.rglob("*.html")):
        reader = _Links()
        reader.feed(path.read_text(encoding="utf-8"))
        for address in sorted(reader.found):
            pages.setdefault(address, []).append(path.relative_to(site).as_posix())
    return pages


def problem(address: str, resolvers: tuple[str, ...] = RESOLVERS, pause: float = PAUSE) -> str:
    """Ask for a page; return what is wrong with it, an empty text if nothing is.

    A server's error and a lost connection are tried again; that there is no such page is not.
    """
    resolve = urlsplit(address).netloc in resolvers
    opener = build_opener(_Stay) if resolve else build_opener()
    request = Request(address, headers={"User-Agent": BROWSER, "Accept": "*/*"})
    wrong = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(pause * 2 ** (attempt - 1))
        try:
            with opener.open(request, timeout=PATIENCE):
                return ""
        except HTTPError as error:
            if (resolve and 300 <= error.code < 400) or error.code in NOT_FOR_PROGRAMS:
                return ""
            wrong = f"{error.code} {error.reason}"
            if error.code < 500:
                return wrong
        except URLError as error:
            wrong = str(error.reason)
        except (OSError, HTTPException) as error:
            wrong = f"{type(error).__name__}: {error}"
    return wrong


def main(arguments: list[str]) -> int:
    """Check a site; return 1 if a link is broken."""
    pages = outward_links(Path(arguments[0]))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = dict(zip(pages, pool.map(problem, pages), strict=True))
    broken = {address: wrong for address, wrong in problems.items() if wrong}
    for address, wrong in broken.items():
        print(f"{address}\n  {wrong}\n  on {', '.join(pages[address])}")
    print(f"{len(pages)} links to other sites, {len(broken)} broken")
    return 1 if broken or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
