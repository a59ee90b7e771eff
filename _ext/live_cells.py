"""Live cells: code on the page which the reader can run and change, without any server.

A cell tagged ``live`` gets buttons. Its code runs in the browser itself, in Python compiled to
WebAssembly (Pyodide), which is loaded when a reader first presses *Run*; until then a page loads
one small script and a style sheet more than others, and pages without live cells not even those.

The files in the folder ``live`` are copied to the site as they are:

=================  =============================================================================
``buttons.js``     puts the buttons there; the only script that is loaded with the page
``page.js``        the cells of the page: which are out of date, in which order they run
``cell.js``        one cell: its editor and what it shows
``python.js``      starts and stops the worker and talks with it
``worker.js``      loads Pyodide and runs code, apart from the page, so that it can be stopped
``messages.js``    what readers are told when something fails
``runner.py``      runs a cell as a notebook does
``live.css``       the look
=================  =============================================================================

Beside them stands a wheel with the part of `dlbook` which needs NumPy alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlbook
from dlbook.validation.live import NOT_IN_THE_BROWSER, live_cells
from docutils import nodes
from sphinx.errors import ConfigError
from sphinx.util.fileutil import copy_asset

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx

FILES = Path(__file__).with_name("live")
TAG = "tag_live"  # MyST-NB turns the cell tag `live` into this class


def wheel_files(package: Path) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of a wheel with the part of `dlbook` that runs in a browser.

    Parameters
    ----------
    package : Path
        The folder ``dlbook``.
    """
    left_out = [package.joinpath(*name.split(".")[1:]) for name in NOT_IN_THE_BROWSER]
    for path in sorted(package.rglob("*")):
        if path.suffix not in (".py", ".toml", ".css", ".js", ".html", ".typed"):
            continue
        if not any(out in (*path.parents, path.with_suffix("")) for out in left_out):
            yield path.relative_to(package.parent).as_posix(), path.read_bytes()


def write_wheel(package: Path, folder: Path) -> Path:
    """Write the wheel, the same to the byte as long as the files are the same.

    Parameters
    ----------
    package : Path
        The folder ``dlbook``.
    folder : Path
        Where the wheel goes.

    Returns
    -------
    Path
        The wheel.
    """
    version = dlbook.__version__
    info = f"dlbook-{version}.dist-info"
    members = dict(wheel_files(package))
    members[f"{info}/METADATA"] = (
        f"Metadata-Version: 2.1\nName: dlbook\nVersion: {version}\n".encode()
    )
    members[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: live_cells\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = "".join(
        f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in members.items()
    )
    members[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    target = folder / f"dlbook-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)  # its date is always the same
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return target


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def add_files(app: Sphinx) -> None:
    """Copy the scripts to the site and make the wheel.

    Jupyter Book loads each script below ``_static`` on every page; so these stand elsewhere.
    """
    if app.builder.name != "html":
        return
    folder = Path(app.outdir, "_static/live")
    copy_asset(str(FILES), str(folder), excluded=lambda name: "__pycache__" in name)
    wheel = write_wheel(Path(dlbook.__file__).parent, folder)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()[:8]
    # so that no browser takes an old wheel from its cache
    app.config.live_wheel = f"_static/live/{wheel.name}?v={digest}"


def is_live(node: nodes.Node) -> bool:
    """Return True for a code cell tagged ``live``."""
    return isinstance(node, nodes.container) and TAG in node["classes"]


def settings(app: Sphinx, page: str, cells: list[nodes.Element]) -> dict[str, Any]:
    """Return what the scripts have to know about a page.

    Parameters
    ----------
    app : Sphinx
    page : str
        A notebook, without its ending.
    cells : list of cell nodes
        Its live cells, in the order of the page.

    Returns
    -------
    dict
        The addresses of Pyodide and of the wheel, and for each cell the imports that the notebook
        makes elsewhere and whether it shows an error on purpose.

    Raises
    ------
    ConfigError
        If ``live_pyodide`` is no address of a folder.
    """
    address = str(app.config.live_pyodide)
    if not address.endswith("/"):
        raise ConfigError(f"live_pyodide: expected an address that ends with /, got {address!r}")
    notebook = json.loads(Path(app.env.doc2path(page)).read_text(encoding="utf-8"))
    known = {cell.index: cell for cell in live_cells(notebook)}
    root = "../" * page.count("/")
    return {
        "pyodide": address if "://" in address else root + address,
        "wheel": root + app.config.live_wheel,
        "cells": [
            {
                "imports": "\n".join(known[cell["cell_index"]].imports),
                "mayFail": "tag_raises-exception" in cell["classes"],
            }
            for cell in cells
        ],
    }


def load_where_needed(
    app: Sphinx,
    page: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script and the style sheet on a page with live cells, and on no other."""
    cells = list(doctree.findall(is_live)) if doctree and app.builder.name == "html" else []
    if not cells:
        return
    text = json.dumps(settings(app, page, cells), ensure_ascii=False).replace("</", "<\\/")
    context["body"] += f'<script type="application/json" id="live-cells">{text}</script>'
    app.add_css_file("live/live.css")
    app.add_js_file("live/buttons.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.add_config_value("live_pyodide", "", "html", [str])
    app.add_config_value("live_wheel", "", "html", [str])  # set by `add_files`
    app.connect("builder-inited", add_files)
    app.connect("html-page-context", load_where_needed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
