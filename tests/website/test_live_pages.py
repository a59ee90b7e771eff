"""Live cells on the built pages: what is loaded where, and the wheel behind them."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import dlbook
import pytest
import tinycss2

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import live_cells  # noqa: E402

PACKAGE = Path(dlbook.__file__).parent
SETTINGS = re.compile(r'<script type="application/json" id="live-cells">(.*?)</script>', re.DOTALL)
SCRIPTS = sorted(live_cells.FILES.glob("*.js"))
LARGEST = 12_000  # bytes of a script or style sheet
FOLDERS = ("checks", "data", "engine", "models/numpy", "plots", "text", "training")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return live_cells.write_wheel(PACKAGE, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_what_needs_numpy_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    for folder in FOLDERS:
        assert f"dlbook/{folder}/__init__.py" in names
    assert "dlbook/training/backends/numpy.py" in names
    absent = ("models/pytorch", "models/keras", "validation", "backends/pytorch", "backends/keras")
    assert [name for name in names if any(part in name for part in absent)] == []
    assert {Path(name).suffix for name in names} <= {
        *(".py", ".typed", ".toml", ".css", ".js", ".html", ""),
    }
    assert wheel.stat().st_size < 700_000


def test_the_wheel_is_a_wheel(wheel: Path, tmp_path: Path) -> None:
    info = f"dlbook-{dlbook.__version__}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        rows = list(csv.reader(archive.read(f"{info}/RECORD").decode().splitlines()))
        for name, digest, size in rows[:-1]:
            content = archive.read(name)
            found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            assert (f"sha256={found.rstrip('=')}", str(len(content))) == (digest, size)
        assert rows[-1] == [f"{info}/RECORD", "", ""]
        assert sorted(row[0] for row in rows) == sorted(archive.namelist())
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    options = ["--disable-pip-version-check", "--target", str(tmp_path), str(wheel)]
    subprocess.run([*command, *options], check=True)
    assert (tmp_path / "dlbook/engine/tensor.py").is_file()


def test_the_same_files_make_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert live_cells.write_wheel(PACKAGE, tmp_path).read_bytes() == wheel.read_bytes()


def test_scripts_and_style_are_small() -> None:
    sizes = {
        path.name: path.stat().st_size for path in live_cells.FILES.iterdir() if path.is_file()
    }
    assert max(size for name, size in sizes.items() if not name.endswith(".py")) <= LARGEST, sizes


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_valid(script: Path, tmp_path: Path) -> None:
    """Node takes a file for a module by its ending; ``buttons.js`` is none."""
    ending = ".js" if script.name == "buttons.js" else ".mjs"
    copy = shutil.copy(script, tmp_path / f"{script.stem}{ending}")
    done = subprocess.run(["node", "--check", copy], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_pages_with_live_cells_load_the_script_and_no_others_do(site: Path) -> None:
    found = {}
    for path in sorted(site.rglob("*.html")):
        if "_static" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        count = len(re.findall(r'<div class="cell[^"]*\btag_live\b', text))
        loads = re.findall(r'(?:src|href)="([^"?]*_static/live/[^"?]*)', text)
        assert [load.rpartition("/")[2] for load in loads] == (
            ["live.css", "buttons.js"] if count else []
        ), path
        if not count:
            assert "live-cells" not in text, path
            continue
        settings = json.loads(SETTINGS.findall(text)[0])
        assert len(settings["cells"]) == count, path
        assert re.fullmatch(r"https://\S+/v\d+\.\d+\.\d+/full/", settings["pyodide"])
        assert (path.parent / settings["wheel"].partition("?")[0]).is_file()
        found[path.stem] = settings
    assert len(found) == 12
    assert found["02-tensors"]["cells"][0]["imports"] == "import math\nimport numpy as np"


def test_the_site_keeps_every_rule_of_the_style_sheet(site: Path) -> None:
    """Rules of classes which occur nowhere are dropped; these occur in scripts alone."""

    def selectors(path: Path) -> list[str]:
        rules = tinycss2.parse_stylesheet(path.read_text(), skip_comments=True)
        return [
            re.sub(r"\s+", "", tinycss2.serialize(rule.prelude))
            for rule in rules
            if rule.type == "qualified-rule"
        ]

    source = selectors(live_cells.FILES / "live.css")
    assert len(source) > 15
    assert selectors(site / "_static/live/live.css") == source
