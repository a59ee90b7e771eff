"""Write requirements.txt: every package of the book, exactly pinned (``make lock``).

pip-compile resolves the extra ``test`` of pyproject.toml, which contains all others. What it
writes is then freed of what holds on the machine at hand alone: the package's own path, a local
build of PyTorch (``+cpu``), and CUDA's packages, which PyTorch pins by itself where it wants them.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
HEADER = """\
# Every package of the book, exactly pinned: what Binder, Colab, CI and readers install.
# Written by `make lock` from pyproject.toml; do not edit.
"""
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!_-]+( ;.*)?")
NOT_OURS = re.compile(r"(dlbook @ |pip==|triton==|nvidia-|cuda-)")


def clean(compiled: str) -> str:
    """Return the text of the lock file, made from pip-compile's output.

    Raises
    ------
    ValueError
        If a line is not an exact pin.
    """
    pins = []
    for raw in compiled.splitlines():
        line = re.sub(r"\+cpu\b", "", raw.split("#")[0]).strip()
        if not line or NOT_OURS.match(line):
            continue
        if not PIN.fullmatch(line):
            raise ValueError(f"expected an exact pin such as numpy==2.4.6, got {raw!r}")
        pins.append(line)
    return HEADER + "\n".join(sorted(pins, key=str.lower)) + "\n"


def main(arguments: list[str]) -> int:
    """Compile the lock; further arguments (``--upgrade``) go to pip-compile."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "requirements.txt")
        if LOCK.exists():
            output.write_text(LOCK.read_text())  # pip-compile keeps the pins that still hold
        command = [sys.executable, "-m", "piptools", "compile", "pyproject.toml", "--quiet"]
        command += ["--extra=test", "--strip-extras", "--allow-unsafe", "--no-header"]
        command += ["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]
        command += ["--no-emit-trusted-host", f"--output-file={output}", *arguments]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        if status == 0:
            LOCK.write_text(clean(output.read_text()))
            print(f"lock: wrote {LOCK.name}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
