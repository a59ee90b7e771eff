"""A small book, built once with the real settings, extensions and style sheet."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = ("_config.yml", "_ext", "_static", "index.md", "references.bib", "vendor")
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


def make_book(folder: Path) -> Path:
    """Write a book of the front page, a sample chapter and the back matter."""
    for name in SHARED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    chapters = folder / "chapters"
    chapters.mkdir()
    for page in (ROOT / "chapters").glob("*.md"):
        shutil.copy(page, chapters)
    pages = [page.stem for page in sorted(chapters.glob("*.md"))]
    nbformat.write(sample_notebook(), folder / f"{CHAPTER}.ipynb")
    # The front page links to chapters by name; in this book they all lead to the sample.
    index = folder / "index.md"
    for notebook in sorted((ROOT / "chapters").glob("[0-9]*.ipynb")):
        text = index.read_text().replace(f"chapters/{notebook.stem}", CHAPTER)
        index.write_text(text)
    files = "".join(f"  - file: chapters/{page}\n" for page in ["99-sample", *pages])
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{files}")
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
    """The small book's pages, with a repository address from the environment."""
    folder = make_book(tmp_path_factory.mktemp("addressed"))
    return build(
        folder,
        GITHUB_REPOSITORY=ADDRESS.removeprefix("https://github.com/"),
        GITHUB_SERVER_URL="https://github.com",
        BOOK_URL="https://book.example/site",
    )


@pytest.fixture(scope="session")
def plain_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small book's pages where no address is known."""
    folder = make_book(tmp_path_factory.mktemp("plain"))
    config = folder / "_config.yml"
    config.write_text(config.read_text().replace(repr_url(config), '  url: ""'))
    return build(folder)


def repr_url(config: Path) -> str:
    """The line of a configuration that holds the repository's address."""
    lines = config.read_text().splitlines()
    return lines[lines.index("repository:") + 1]
