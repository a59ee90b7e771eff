"""What SECURITY.md says: its references exist, and the claims that no other test holds are true."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from dlbook.validation.names import python_tree
from dlbook.validation.tags import code_cells

ROOT = Path(__file__).resolve().parents[1]
NOTE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
MODULES = ("cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve")
RUNNING = ("eval", "exec", "compile")
# Where a program that is not data is run: notebooks and their tests, by the commands of the book.
RUNS_PROGRAMS = "validation/"


def references() -> list[str]:
    return re.findall(r"`((?:tests|code|_ext)/[\w/.-]+(?:::\w+)?|_config\.yml)`", NOTE)


@pytest.mark.parametrize("reference", sorted(set(references())))
def test_what_the_note_points_to_exists(reference: str) -> None:
    path, _, name = reference.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not name or f"def {name}(" in text


def test_every_claim_has_a_reason() -> None:
    rows = [row.split("|") for row in NOTE.splitlines() if row.startswith("| ")]
    claims = [row for row in rows if row[2].strip() != "because"]
    assert len(claims) > 20
    assert all(row[2].strip() for row in claims)


def calls(tree: ast.AST) -> Iterator[tuple[str, dict[str | None, str]]]:
    """Yield each call as it is written, with its keyword arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            keywords = {one.arg: ast.unparse(one.value) for one in node.keywords}
            yield ast.unparse(node.func), keywords


def dangers(tree: ast.AST) -> list[str]:
    """Find what could run code that stands in a file."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            found += [name for name in names if name.split(".")[0] in MODULES]
    for name, keywords in calls(tree):
        if name == "torch.load" and keywords.get("weights_only") != "True":
            found.append(name)
        if keywords.get("allow_pickle", "False") != "False":
            found.append(f"{name} with pickles")
        if keywords.get("safe_mode", "True") != "True" or "read_pickle" in name:
            found.append(name)
    return found


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "np.load(path, allow_pickle=True)",
        "keras.models.load_model(path, safe_mode=False)",
        "pd.read_pickle(path)",
    ],
)
def test_dangers_are_found(source: str) -> None:
    assert dangers(ast.parse(source))


FILES = sorted((ROOT / "code/dlbook").rglob("*.py"))


def test_the_package_reads_nothing_that_could_run() -> None:
    found = {path: dangers(ast.parse(path.read_text(encoding="utf-8"))) for path in FILES}
    assert {path: said for path, said in found.items() if said} == {}


def test_the_package_runs_no_text() -> None:
    running = [
        f"{path}: {name}"
        for path in FILES
        if not path.relative_to(ROOT / "code/dlbook").as_posix().startswith(RUNS_PROGRAMS)
        for name, _ in calls(ast.parse(path.read_text(encoding="utf-8")))
        if name in RUNNING or name in ("os.system", "os.popen")
    ]
    assert running == []


@pytest.mark.parametrize("path", sorted((ROOT / "chapters").glob("*.ipynb")), ids=lambda p: p.stem)
def test_notebooks_load_nothing_that_could_run(path: Path) -> None:
    for cell in code_cells(nbformat.read(path, as_version=4)):
        # Chapter 10 shows what a pickle can do, with one which it has just made itself.
        shown = ["pickle"] if "def __reduce__(self)" in cell["source"] else []
        assert dangers(python_tree(cell["source"])) == shown, cell["source"]


def test_building_the_site_runs_no_notebook() -> None:
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    assert config["execute"]["execute_notebooks"] == "off"


def test_live_cells_take_no_code_from_links_or_storage() -> None:
    scripts = sorted((ROOT / "_ext/live").glob("*.js"))
    assert len(scripts) > 3
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        sources = r"localStorage|sessionStorage|indexedDB|document\.cookie|URLSearchParams|referrer"
        found = re.findall(rf"{sources}|location\.(?:hash|search)|\beval\(|new Function", text)
        assert found == [], script.name
        assert len(re.findall(r"innerHTML|insertAdjacentHTML", text)) <= (script.name == "cell.js")
