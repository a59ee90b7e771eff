"""The archive of the notebooks, what is printed, and how the front page offers both."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from .pages import read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "_ext"), str(ROOT / "tools")]

import offline_copies  # noqa: E402
import pdf  # noqa: E402
import zip_notebooks  # noqa: E402

PDF, ZIP = offline_copies.COPIES


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("zip") / ZIP
    zip_notebooks.pack(ROOT, target)
    return target


@pytest.fixture(scope="module")
def unpacked(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    return folder / zip_notebooks.FOLDER


@pytest.fixture
def small_book(tmp_path: Path) -> Path:
    """The least that can be packed."""
    for name in (*zip_notebooks.PLAIN, *zip_notebooks.PAGES, "index.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "chapters/01-first.ipynb").write_text("{}")
    (tmp_path / "code/dlbook").mkdir(parents=True)
    (tmp_path / "code/dlbook/__init__.py").write_text("")
    return tmp_path


def test_the_archive_holds_what_belongs_to_the_book_and_nothing_else(archive: Path) -> None:
    command = ["git", "ls-files", "-co", "--exclude-standard", "code/dlbook", "chapters/*.ipynb"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode != 0:
        pytest.skip("not a git checkout")
    expected = {*tracked.stdout.split(), *zip_notebooks.PLAIN, *zip_notebooks.PAGES, "README.md"}
    expected = {name for name in expected if name == "README.md" or (ROOT / name).is_file()}
    with zipfile.ZipFile(archive) as file:
        names = file.namelist()
    assert names == sorted(f"{zip_notebooks.FOLDER}/{name}" for name in expected)


def test_the_same_files_give_the_same_bytes(small_book: Path) -> None:
    first, second = small_book / "first.zip", small_book / "second.zip"
    assert zip_notebooks.pack(small_book, first) == len(zip_notebooks.PLAIN) + 5
    for path in small_book.rglob("*.ipynb"):
        path.chmod(0o600)
        os.utime(path, (1e9, 1e9))
    (small_book / "code/dlbook/__pycache__").mkdir()
    (small_book / "code/dlbook/__pycache__/x.cpython-311.pyc").write_bytes(b"cache")
    zip_notebooks.pack(small_book, second)
    assert first.read_bytes() == second.read_bytes()
    (small_book / "code/dlbook/more.py").write_text("")
    zip_notebooks.pack(small_book, second)
    assert first.read_bytes() != second.read_bytes()


def test_without_notebooks_nothing_is_packed(small_book: Path) -> None:
    shutil.rmtree(small_book / "chapters")
    with pytest.raises(FileNotFoundError, match="expected notebooks"):
        zip_notebooks.pack(small_book, small_book / "x.zip")
    assert not list(small_book.glob("x*"))


def imports(notebook: Path) -> list[str]:
    """The lines of a notebook that import from the book's package."""
    lines = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code" and "dlbook" in cell.source:
            tree = ast.parse(cell.source)
            found = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
            lines += [text for text in map(ast.unparse, found) if "dlbook" in text]
    return lines


def test_an_unpacked_notebook_runs_on_the_unpacked_package(unpacked: Path) -> None:
    lines = imports(unpacked / "chapters/02-tensors.ipynb")
    assert len(lines) > 3
    script = "\n".join([*lines, "import dlbook", "print(dlbook.__file__)"])
    environment = {**os.environ, "PYTHONPATH": str(unpacked / "code"), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=unpacked / "chapters",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.split()[-1]).is_relative_to(unpacked)


def test_the_archive_s_own_readme_names_what_is_in_it(unpacked: Path) -> None:
    text = (unpacked / "README.md").read_text()
    named = ("requirements.txt", "chapters/glossary.md", "chapters/notation.md", "LICENSE")
    assert all(name in text and (unpacked / name).is_file() for name in named)
    assert 'pip install -e ".[notebooks]" -c requirements.txt' in text
    assert "notebooks = [" in (unpacked / "pyproject.toml").read_text()


def front_page(folder: Path, text: str = f"<p>Run it</p>{offline_copies.MARK}<p>end</p>") -> Path:
    """A site of one page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text)
    return folder


def make_copies(book: Path, *names: str) -> list[Path]:
    (book / offline_copies.FOLDER).mkdir(parents=True, exist_ok=True)
    for name in names:
        (book / offline_copies.FOLDER / name).write_bytes(b"x" * 1_250_000)
    return offline_copies.up_to_date(book)


def test_copies_are_linked_with_their_size_and_the_links_lead_somewhere(small_book: Path) -> None:
    site = front_page(small_book / "site")
    offline_copies.offer(site, make_copies(small_book, PDF, ZIP))
    (page,) = read_site(site).values()
    assert page.links == [f"downloads/{PDF}", f"downloads/{ZIP}"]
    assert page.missing({}) == []
    assert "(PDF, 1.2 MB)" in page.text
    assert "(ZIP, 1.2 MB)" in page.text


def test_offering_again_changes_nothing_and_links_go_with_the_copies(small_book: Path) -> None:
    site = front_page(small_book / "site")
    both = make_copies(small_book, PDF, ZIP)
    offline_copies.offer(site, both)
    once = (site / "index.html").read_text()
    offline_copies.offer(site, both)
    assert (site / "index.html").read_text() == once
    offline_copies.offer(site, [path for path in both if path.name == ZIP])
    assert PDF not in (site / "index.html").read_text()
    assert [path.name for path in (site / "downloads").iterdir()] == [ZIP]
    offline_copies.offer(site, [])
    assert "downloads" not in (site / "index.html").read_text()
    assert not (site / "downloads").exists()


@pytest.mark.parametrize("newer", ["index.md", "chapters/01-first.ipynb", "code/dlbook/new.py"])
def test_a_copy_older_than_the_book_is_not_offered(small_book: Path, newer: str) -> None:
    (old,) = make_copies(small_book, PDF)
    (small_book / newer).touch()
    os.utime(small_book / newer, (old.stat().st_mtime + 1,) * 2)
    assert offline_copies.up_to_date(small_book) == []


def test_a_front_page_without_a_place_for_links_is_an_error(small_book: Path) -> None:
    site = front_page(small_book / "site", "<p>no mark</p>")
    offline_copies.offer(site, [])
    with pytest.raises(ValueError, match=r"index\.html: expected the mark"):
        offline_copies.offer(site, make_copies(small_book, ZIP))
    assert not (site / "downloads").exists()


def test_the_book_s_front_page_has_the_place_and_no_dead_link(site: Path) -> None:
    text = (site / "index.html").read_text()
    assert text.count(offline_copies.MARK) == 1
    assert text.index('id="run-it"') < text.index(offline_copies.MARK)
    assert "downloads/" not in text


def test_a_build_that_succeeds_offers_the_copies(small_book: Path) -> None:
    site = front_page(small_book / "site")
    make_copies(small_book, ZIP)
    app = SimpleNamespace(
        builder=SimpleNamespace(name="html"), outdir=str(site), srcdir=str(small_book)
    )
    offline_copies.finish(app, RuntimeError("a page is broken"))
    assert not (site / "downloads").exists()
    offline_copies.finish(app, None)
    assert (site / "downloads" / ZIP).is_file()


def make(folder: Path, *arguments: str) -> list[str]:
    """The commands which make would run."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "GITHUB"))}
    command = ["make", "--no-print-directory", "-n", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no circle of site and copies, above all
    return done.stdout.splitlines()


def test_make_prints_the_site_and_then_offers_the_copies(small_book: Path) -> None:
    for name in ("Makefile", "_config.yml", "_toc.yml", "references.bib"):
        shutil.copy(ROOT / name, small_book)
    for name in ("_ext", "tools"):
        shutil.copytree(ROOT / name, small_book / name)
    (small_book / ".venv/bin").mkdir(parents=True)
    (small_book / ".venv/bin/python").symlink_to(sys.executable)
    for name in ("book", "pdf", "test"):
        (small_book / f".venv/{name}.stamp").touch()
    commands = make(small_book, "pdf", "zip")
    places = [
        next(k for k, command in enumerate(commands) if part in command)
        for part in ("jupyter-book build", "tools/pdf.py", "offline_copies.py", "zip_notebooks.py")
    ]
    assert places == sorted(places)
    assert sum("offline_copies.py" in command for command in commands) == 2

    front_page(small_book / "_build/html")
    make_copies(small_book, PDF, ZIP)
    assert not [command for command in make(small_book, "pdf", "zip") if "tools/" in command]


TOC = """
root: index
parts:
  - caption: Part I
    chapters:
      - file: chapters/01-first
      - file: chapters/02-second
  - caption: Back matter
    chapters:
      - file: chapters/api
        sections:
          - file: chapters/api-engine
"""


def test_everything_in_the_table_of_contents_is_printed_in_its_order(tmp_path: Path) -> None:
    (tmp_path / "_toc.yml").write_text(TOC)
    parts = pdf.read_parts(tmp_path / "_toc.yml", [])
    assert [part.caption for part in parts] == ["", "Part I", "Back matter"]
    pages = [(page.path, page.number) for part in parts for page in part.pages]
    assert pages == [
        ("index.html", ""),
        ("chapters/01-first.html", "1"),
        ("chapters/02-second.html", "2"),
        ("chapters/api.html", ""),
        ("chapters/api-engine.html", ""),
    ]


def test_some_pages_are_printed_alone(tmp_path: Path) -> None:
    (tmp_path / "_toc.yml").write_text(TOC)
    (part,) = pdf.read_parts(tmp_path / "_toc.yml", ["chapters/02-second"])
    assert [page.key for page in part.pages] == ["02-second"]
    with pytest.raises(pdf.PrintError, match=r"expected names from _toc\.yml, got chapters/3"):
        pdf.read_parts(tmp_path / "_toc.yml", ["chapters/02-second", "chapters/3"])


def test_the_title_page_has_the_book_s_own_promise(site: Path) -> None:
    config = {"title": "A & B", "author": "Us", "copyright": "2026", "logo": "_static/logo.svg"}
    document = pdf.shell(config, (site / "index.html").read_text())
    assert "<title>A &amp; B</title>" in document
    assert "Every model in this book exists three times" in document
    assert (site / config["logo"]).is_file()


def test_without_a_site_the_command_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pdf.main([str(tmp_path), str(tmp_path / "x.pdf")]) == 1
    assert "run `make book` first" in capsys.readouterr().err
