"""A small page with live cells, made as Jupyter Book makes one, and the core of Pyodide.

The core comes from npm, in the version that ``_config.yml`` names; it has no NumPy.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import dlbook
import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

from live_cells import FILES, write_wheel  # noqa: E402

_config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
ADDRESS = str(_config["sphinx"]["config"]["live_pyodide"])


def pyodide_core() -> Path:
    """Fetch Pyodide's core once; skip, with the reason, where that cannot be done."""
    found = re.search(r"/v(\d+\.\d+\.\d+)/", ADDRESS)
    assert found, f"live_pyodide names no exact version: {ADDRESS}"
    version = found[1]
    folder = ROOT / f"_build/pyodide/{version}"
    core = folder / "node_modules/pyodide"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if (core / "pyodide.asm.wasm").is_file():
            return core
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("Pyodide's core comes from npm, which is not installed")
        command = [npm, "install", "--prefix", str(folder), "--no-save", f"pyodide@{version}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
        if done.returncode:
            pytest.skip(f"npm cannot install pyodide@{version}: {done.stderr.strip()[-200:]}")
    return core


@dataclass(frozen=True)
class Code:
    """A live cell: its code, and what the notebook has for it."""

    source: str
    imports: str = ""
    stored: str = ""
    alt: str = ""
    may_fail: bool = False


def write_page(folder: Path, cells: list[Code], *, pyodide: str) -> None:
    """Write ``index.html`` with the cells, beside the scripts and the wheel."""
    live = folder / "_static/live"
    shutil.copytree(FILES, live, ignore=shutil.ignore_patterns("__pycache__"))
    wheel = write_wheel(Path(dlbook.__file__).parent, live)
    settings = {
        "pyodide": pyodide,
        "wheel": f"_static/live/{wheel.name}",
        "cells": [{"imports": c.imports, "mayFail": c.may_fail} for c in cells],
    }
    body = "".join(map(_cell, cells))
    text = (
        '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Live cells</title>'
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="_static/live/live.css">'
        '<script defer src="_static/live/buttons.js"></script></head>'
        f"<body><main><h1>Live cells</h1>{body}</main>"
        f'<script type="application/json" id="live-cells">{json.dumps(settings)}</script>'
        "</body></html>"
    )
    (folder / "index.html").write_text(text, encoding="utf-8")


def _cell(cell: Code) -> str:
    stored = (
        f'<div class="cell_output docutils container"><pre>{html.escape(cell.stored)}</pre>'
        f'<img alt="{cell.alt}" src="data:,"></div>'
    )
    return (
        '<div class="cell tag_live docutils container"><div class="cell_input docutils container">'
        '<div class="highlight-ipython3 notranslate"><div class="highlight">'
        f"<pre>{html.escape(cell.source)}\n</pre><button>Copy</button></div></div></div>"
        f"{stored if cell.stored or cell.alt else ''}</div>"
    )
