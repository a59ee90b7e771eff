"""The repository's address: one place holds it, and the site and the notebooks follow.

As a Sphinx extension, this module reads the address and switches the launch, edit and issue
buttons on, or leaves them out where no address is known. As a command,
``python _ext/repository.py https://github.com/OWNER/NAME`` writes the address into
``_config.yml`` and into the setup cell of every notebook. Nothing is ever guessed, because
readers install code from this address.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.config import Config

ADDRESS = re.compile(r"https://github\.com/[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
CONFIG_LINE = re.compile(r'^(repository:\n  url: )"(.*)"$', re.MULTILINE)
# The line is looked up in the notebook's JSON text, where quotation marks are escaped; so
# nothing else in the file changes.
NOTEBOOK_LINE = re.compile(r'(REPOSITORY = \\")[^"\\]*(\\")')
BUTTONS = ("use_edit_page_button", "use_issues_button", "use_repository_button")
HOW_TO_SET = (
    "No repository address is set: the pages have no launch and edit buttons. "
    "Set it with: make repository URL=https://github.com/OWNER/NAME"
)


def normalise(url: str) -> str:
    """Return the address without a trailing slash or ``.git``.

    Raises
    ------
    ValueError
        If `url` is not of the form ``https://github.com/OWNER/NAME``.
    """
    address = url.strip().removesuffix("/").removesuffix(".git")
    if not ADDRESS.fullmatch(address):
        raise ValueError(f"expected URL=https://github.com/OWNER/NAME, got {url!r}")
    return address


def find_address(configured: str | None, environment: Mapping[str, str]) -> str:
    """Return the address to build with, or an empty string where none is known.

    GitHub's own environment comes first, so that a fork's pages launch the fork's code.

    Parameters
    ----------
    configured : str or None
        ``repository.url`` of ``_config.yml``.
    environment : mapping of str to str
        Usually `os.environ`; read are ``GITHUB_SERVER_URL`` and ``GITHUB_REPOSITORY``.

    Raises
    ------
    ValueError
        If the address found is not of the form ``https://github.com/OWNER/NAME``.
    """
    if name := environment.get("GITHUB_REPOSITORY"):
        return normalise(f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}")
    return normalise(configured) if configured else ""


def set_address(app: Sphinx, config: Config) -> None:
    """Give the address to the theme, or take away the buttons which would need it."""
    from sphinx.errors import ConfigError
    from sphinx.util import logging

    options: dict[str, Any] = config.html_theme_options
    try:
        address = find_address(options.get("repository_url"), os.environ)
    except ValueError as error:
        raise ConfigError(f"repository address: {error}") from error
    if address:
        app.tags.add("repository")  # pages may hold text for this case: the directive `only`
        options["repository_url"] = address
        options["repository_branch"] = os.environ.get("BOOK_BRANCH") or options["repository_branch"]
    else:
        logging.getLogger(__name__).info(HOW_TO_SET)
        options.pop("repository_url", None)
        options["launch_buttons"] = {}
        options.update(dict.fromkeys(BUTTONS, False))
    if site := os.environ.get("BOOK_URL"):
        config["html_baseurl"] = config["ogp_site_url"] = site.rstrip("/") + "/"


def write_address(root: Path, url: str) -> list[Path]:
    """Write the address into the configuration and into every notebook's setup cell.

    Parameters
    ----------
    root : Path
        The folder that holds ``_config.yml`` and ``chapters/``.
    url : str
        The address; an empty string takes it out again.

    Returns
    -------
    list of Path
        The files that changed.

    Raises
    ------
    ValueError
        If `url` is not an address, or if a file lacks the line which holds it.
    """
    address = normalise(url) if url.strip() else ""
    places = {root / "_config.yml": (CONFIG_LINE, rf'\g<1>"{address}"')}
    for notebook in sorted((root / "chapters").glob("*.ipynb")):
        places[notebook] = (NOTEBOOK_LINE, rf"\g<1>{address}\g<2>")
    texts = {path: path.read_text(encoding="utf-8") for path in places}
    changed = []
    for path, (pattern, _) in places.items():
        if len(pattern.findall(texts[path])) != 1:
            raise ValueError(f"{path}: expected exactly one line that holds the repository address")
    for path, (pattern, replacement) in places.items():
        new = pattern.sub(replacement, texts[path])
        if new != texts[path]:
            path.write_text(new, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; the theme reads its options at priority 500, so come first."""
    app.connect("config-inited", set_address, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main(arguments: list[str]) -> int:
    """Run the command; return its exit status."""
    root = Path(__file__).resolve().parent.parent
    try:
        if arguments == ["--status"]:
            configured = CONFIG_LINE.search((root / "_config.yml").read_text(encoding="utf-8"))
            address = find_address(configured and configured.group(2), os.environ)
            print(f"Buttons lead to {address}" if address else HOW_TO_SET)
            return 0
        if len(arguments) != 1:
            raise ValueError("expected one address: make repository URL=https://github.com/…")
        changed = write_address(root, arguments[0])
    except ValueError as error:
        print(f"repository: {error}", file=sys.stderr)
        return 2
    for path in changed:
        print(f"repository: wrote {path.relative_to(root)}")
    if not changed:
        print("repository: nothing to change")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
