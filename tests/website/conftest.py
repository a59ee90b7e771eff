"""The book, built once with an address and once without, beside a sample chapter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

from repository import write_address  # noqa: E402

SHARED = ("_config.yml", "_ext", "_static", "references.bib", "vendor")
CHAPTER = "chapters/99-sample"
ADDRESS = "https://github.com/reader/fork"

SAMPLE = r"""# A sample

:::{admonition} What you will be able to do
:class: objectives

Say what a {term}`loss function` is.
:::

In a line, $a < b$ & more. Numbered, after {cite:t}`lecun1998gradient`:

$$
E = \tfrac12 \sum_k (t_k - o_k)^2
$$ (eq-sample)

The numbers of {eq}`eq-sample` and {eq}`eq-other` are links.

```{math}
:label: eq-other
x &= 1 \\
y &= 2
```

\begin{align}
p &= q \\
r &= s
\end{align}

::::{exercise} Shapes
:label: ex-99-shapes

What is the shape?

:::{admonition} Hint
:class: dropdown tip

Count the axes.
:::
::::
"""


def sample_notebook() -> nbformat.NotebookNode:
    """One chapter with everything in it which the extensions handle."""
    cell = nbformat.v4
    cells = [
        cell.new_markdown_cell(SAMPLE),
        cell.new_code_cell('REPOSITORY = ""', metadata={"tags": ["setup", "remove-cell"]}),
    ]
    for number, library in enumerate(["numpy", "pytorch", "keras"], start=2):
        output = cell.new_output("stream", text=f"from {library}\n")
        tags = {"tags": [f"tab-{library}"]}
        source = f'print("from {library}")'
        cells.append(
            cell.new_code_cell(source, metadata=tags, outputs=[output], execution_count=number)
        )
    cells += [
        cell.new_markdown_cell(
            "## Solutions\n\n:::{solution-start} ex-99-shapes\n:class: dropdown\n:::"
        ),
        cell.new_code_cell("(2, 3)", metadata={"tags": ["solution"]}, execution_count=5),
        cell.new_markdown_cell(":::{solution-end}\n:::"),
    ]
    for index, member in enumerate(cells):
        member["id"] = f"cell-{index}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return cell.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def make_book(folder: Path, *, whole: bool) -> Path:
    """Copy the book's settings, and either the whole book or a front page, beside the sample."""
    for name in SHARED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    if whole:
        shutil.copytree(ROOT / "chapters", folder / "chapters")
        shutil.copy(ROOT / "index.md", folder)
        toc = (ROOT / "_toc.yml").read_text()
    else:
        (folder / "chapters").mkdir()
        small = ("api-errors", "bibliography", "glossary")
        for page in small:
            shutil.copy(ROOT / f"chapters/{page}.md", folder / "chapters")
        (folder / "index.md").write_text("# Front page\n")
        toc = "format: jb-book\nroot: index\nparts:\n  - chapters:\n"
        toc += "".join(f"      - file: chapters/{page}\n" for page in small)
    (folder / "_toc.yml").write_text(f"{toc}      - file: {CHAPTER}\n")
    nbformat.write(sample_notebook(), folder / f"{CHAPTER}.ipynb")
    return folder


def build(folder: Path, **environment: str) -> Path:
    """Build a book with warnings as errors and return the folder of its pages."""
    hidden = ("GITHUB_REPOSITORY", "GITHUB_SERVER_URL", "BOOK_URL", "BOOK_BRANCH")
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(folder)]
    command += ["--all", "-W", "-n", "--keep-going", "-q"]
    done = subprocess.run(
        command, env={**clean, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build/html"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole book's pages and the sample, with an address from the environment.

    They are built once, whichever of the parallel test processes comes first.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "addressed"
    with FileLock(shared / "addressed.lock"):
        if not folder.exists():
            folder.mkdir()
            build(
                make_book(folder, whole=True),
                GITHUB_REPOSITORY=ADDRESS.removeprefix("https://github.com/"),
                GITHUB_SERVER_URL="https://github.com",
                BOOK_URL="https://book.example/site",
            )
    return folder / "_build/html"


@pytest.fixture(scope="session")
def plain_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book's pages where no address is known."""
    folder = make_book(tmp_path_factory.mktemp("plain"), whole=False)
    write_address(folder, "")
    return build(folder)
