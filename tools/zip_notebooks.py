"""Pack the notebooks and the package behind them into one archive (``make zip``).

Unpacked and installed once, as its README says, everything in it runs without a network. The same
files give the same bytes: names are sorted, and times, rights and owners of files are left out.

    python tools/zip_notebooks.py notebooks.zip
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = "deep-learning-verified"
README = Path(__file__).resolve().parent / "zip_readme.md"
# what pip needs to install the package, and the terms of use
PLAIN = ("CITATION.cff", "LICENSE", "pyproject.toml", "requirements.txt")
PAGES = ("chapters/glossary.md", "chapters/notation.md")  # which the notebooks refer to
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows


def members(root: Path) -> Iterator[Path]:
    """Yield the files of the archive, sorted, but for its README.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the book.

    Raises
    ------
    FileNotFoundError
        If a file is missing, or there is no notebook.
    """
    notebooks = sorted((root / "chapters").glob("*.ipynb"))
    if not notebooks:
        raise FileNotFoundError(f"{root / 'chapters'}: expected notebooks, found none")
    package = [
        path
        for path in (root / "code/dlbook").rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not LEFT_OUT & set(path.parts)
    ]
    yield from sorted([root / name for name in (*PLAIN, *PAGES)] + notebooks + package)


def pack(root: Path, target: Path) -> int:
    """Write the archive; return how many files are in it.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the book.
    target : pathlib.Path
        The archive; nothing is left there where packing fails.
    """
    files = {path.relative_to(root).as_posix(): path for path in members(root)}
    files["README.md"] = README
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    with zipfile.ZipFile(unfinished, "w") as archive:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", date_time=NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whichever system packs: what follows is its mode
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, path.read_bytes(), compresslevel=9)
    unfinished.replace(target)
    return len(files)


def main(arguments: list[str]) -> int:
    """Pack the book's notebooks into the file named."""
    if len(arguments) != 1:
        print("zip: expected the name of the archive to write", file=sys.stderr)
        return 2
    target = Path(arguments[0])
    count = pack(ROOT, target)
    print(f"zip: {target}: {count} files, {target.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
