"""Run the book where much can go wrong, and see that it gives the same verdicts.

``python tools/proof.py`` copies the book into a folder with spaces and letters beyond ASCII, makes
the copy read-only, cuts the network, and validates every notebook twice in a row, each time in
other surroundings: locale, time zone, order of sets, number of threads, instructions of the
processor. It fails if a cell fails, if anything tried to reach the network or to write into the
book, or if the two runs do not agree on every cell.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
MADE = (".git", ".venv", "_build", "node_modules", "__pycache__", "*.egg-info", ".*_cache")
FOLDER = "deep learning, überprüft – 책"

# Python reads C as UTF-8. Without that TensorFlow traces no function: it cannot take the path of
# the code, whose letters ASCII does not have.
PLAIN = {"LC_ALL": "C"}
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")
AVX2 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
}
SECOND_LOCALES = ("tr_TR.utf8", "de_DE.utf8", "C.utf8")

# A network of its own, in which only loopback is up, and the copy mounted read-only: compiled code
# cannot get round these, as it could round the guard.
SEALED = """
ip link set lo up || exit 97
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 97
shift
exec "$@"
"""


@dataclass
class Run:
    """What one validation said."""

    status: int
    seconds: float
    verdicts: dict[str, str] = field(default_factory=dict)

    def counts(self) -> str:
        """Count the verdicts: ``1,150 passed, 3 skipped``."""
        kinds = sorted(set(self.verdicts.values()))
        found = list(self.verdicts.values())
        return ", ".join(f"{found.count(kind):,} {kind}" for kind in kinds) or "no cell was run"


def copy_book(target: Path) -> None:
    """Copy the book into a new folder, without what its commands have made."""
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*MADE))


def fingerprint(folder: Path) -> dict[str, str]:
    """Map each file of a folder to the digest of its contents."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def make_read_only(folder: Path, read_only: bool) -> None:
    """Take or give the right to write; root needs the mount or the guard on top."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod((0o555 if path.is_dir() else 0o444) if read_only else 0o755)


def newer_instructions() -> str:
    """List what NumPy would use on this processor beyond AVX2."""
    from numpy._core import _multiarray_umath as core

    newer = [name for name in core.__cpu_dispatch__ if name.startswith(("X86_V4", "AVX512"))]
    return " ".join(name for name in newer if core.__cpu_features__.get(name))


def installed_locale() -> str:
    """Choose a locale that is neither ASCII nor, if there is one, English."""
    done = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False)
    found = done.stdout.split()
    return next((name for name in SECOND_LOCALES if name in found), "C")


def surroundings() -> list[tuple[str, dict[str, str]]]:
    """Describe the two runs: in words, and as the variables of their kernels."""
    first = {**PLAIN, **AVX2, "TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "random"}
    if newer := newer_instructions():
        first["NPY_DISABLE_CPU_FEATURES"] = newer
    locale = installed_locale()
    second = {"LC_ALL": locale, "TZ": "America/St_Johns", "PYTHONHASHSEED": "random"}
    second |= dict.fromkeys(THREADS, "2")
    return [
        ("C, Kathmandu, one thread, AVX2 at most", first),
        (f"{locale}, St John's, two threads, all instructions", second),
    ]


def can_seal() -> bool:
    """Tell whether this system lets the runs have a network and mounts of their own."""
    if shutil.which("unshare") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        command = ["unshare", "-rnm", "bash", "-c", SEALED, "bash", folder, "true"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def validate(
    book: Path, home: Path, chosen: Mapping[str, str], notebooks: Sequence[str], sealed: bool
) -> Run:
    """Validate notebooks of a copy in given surroundings.

    Parameters
    ----------
    book : Path
        The copy.
    home : Path
        An existing folder for everything that is written; it stands in for the user's home.
    chosen : mapping of str to str
        Variables of the kernels.
    notebooks : sequence of str
        Relative to the copy.
    sealed : bool
        Whether to cut the network and mount the copy read-only.
    """
    # two threads of two notebooks on two cores spend most of their time waiting for each other
    jobs = max(1, 2 // int(chosen.get("OMP_NUM_THREADS", "1")))
    report, own = home / "report.xml", ("DLBOOK_", "XDG_", "LC_", "PYTEST_", "PYTHON")
    environment = {name: v for name, v in os.environ.items() if not name.startswith(own)}
    environment |= {
        "HOME": str(home),
        "TMPDIR": str(home),
        "DLBOOK_GUARD_TREE": str(book),
        "DLBOOK_GUARD_NOTES": str(home / "refused.txt"),
        "PYTHONPATH": os.pathsep.join([str(book / "tools" / "guard"), str(book / "code")]),
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
        "PYTHONIOENCODING": "utf-8",  # of pytest's own report, which quotes Korean
    }
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-n", str(jobs)]
    command += ["--dist", "loadfile"]
    command += ["-p", "no:cacheprovider", f"--junitxml={report}", "-o", "junit_family=xunit1"]
    command += [f"--kernel-variable={name}={value}" for name, value in chosen.items()]
    command += notebooks
    if sealed:
        command = ["unshare", "-rnm", "bash", "-c", SEALED, "bash", str(book), *command]
    start = time.monotonic()
    status = subprocess.run(command, cwd=book, env=environment, check=False).returncode
    return Run(status, time.monotonic() - start, read_verdicts(report))


def read_verdicts(report: Path) -> dict[str, str]:
    """Read pytest's report: each cell with ``passed``, ``skipped``, ``failure`` or ``error``."""
    if not report.is_file():
        return {}
    verdicts = {}
    for case in ElementTree.parse(report).iter("testcase"):
        said = [child.tag for child in case if child.tag in ("skipped", "failure", "error")]
        verdicts[f"{case.get('file')}::{case.get('name')}"] = said[0] if said else "passed"
    return verdicts


def prove(notebooks: Sequence[str], workplace: Path) -> list[str]:
    """Run everything; return what is wrong, one sentence each.

    Parameters
    ----------
    notebooks : sequence of str
        Paths relative to the book; a folder stands for all notebooks in it.
    workplace : Path
        An empty folder.
    """
    book = workplace / FOLDER
    copy_book(book)
    before = fingerprint(book)
    make_read_only(book, True)
    sealed = can_seal()
    print("network and folder sealed by the system:", "yes" if sealed else "no, by the guard only")
    problems, runs = [], []
    try:
        for number, (words, chosen) in enumerate(surroundings(), start=1):
            print(f"run {number}: {words}", flush=True)
            home = workplace / f"home {number}"
            home.mkdir()
            run = validate(book, home, chosen, notebooks, sealed)
            print(f"run {number}: {run.counts()} in {run.seconds:.0f} s", flush=True)
            if run.status != 0 or not run.verdicts:
                problems.append(f"run {number} failed with exit status {run.status}")
            refused = home / "refused.txt"
            if refused.exists():
                attempts = sorted(set(refused.read_text(encoding="utf-8").splitlines()))
                problems += [f"run {number} tried: {attempt}" for attempt in attempts]
            runs.append(run.verdicts)
    finally:
        make_read_only(book, False)
    problems += [
        f"{cell}: {runs[0].get(cell)} in one run, {runs[1].get(cell)} in the other"
        for cell in sorted(runs[0].keys() | runs[1].keys())
        if runs[0].get(cell) != runs[1].get(cell)
    ]
    if fingerprint(book) != before:
        problems.append("the copy of the book has changed")
    return problems


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", default=["chapters"])
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dlbook-proof-") as workplace:
        problems = prove(options.notebooks, Path(workplace).resolve())
    print(
        *problems or ["proved: the same verdicts in both, offline, and nothing was written"],
        sep="\n",
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
