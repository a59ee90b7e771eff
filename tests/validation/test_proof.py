"""The proof of the book's robustness: its guard refuses and notes, and its reports are read."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("proof", ROOT / "tools/proof.py")
proof = importlib.util.module_from_spec(spec)
sys.modules["proof"] = proof  # dataclasses look their module up
spec.loader.exec_module(proof)

LISTEN = """
import socket
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
"""
REPORT = """<testsuites><testsuite>
<testcase file="chapters/a.ipynb" name="Cell 0"><properties/></testcase>
<testcase file="chapters/a.ipynb" name="Cell 1"><skipped message="no CUDA"/></testcase>
<testcase file="chapters/a.ipynb" name="Cell 2"><failure message="differs"/></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def guarded(tmp_path: Path):
    """Run a program under the guard: what it printed, and what was refused."""
    tree = tmp_path / "tree"
    (tree / "folder").mkdir(parents=True)
    (tree / "kept.txt").write_text("kept")

    def run(program: str) -> tuple[subprocess.CompletedProcess[str], str]:
        notes = tmp_path / "refused.txt"
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT / "tools/guard"),
            "DLBOOK_GUARD_TREE": str(tree),
            "DLBOOK_GUARD_NOTES": str(notes),
        }
        command = [sys.executable, "-c", program]
        done = subprocess.run(
            command, cwd=tree, env=environment, capture_output=True, text=True, check=False
        )
        assert (tree / "kept.txt").read_text() == "kept"
        return done, notes.read_text() if notes.exists() else ""

    return run


@pytest.mark.parametrize(
    ("program", "attempt"),
    [
        ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "192.0.2.1"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "getaddrinfo 'example.org'"),
        ("import socket; socket.gethostbyname('example.org')", "gethostbyname 'example.org'"),
        ("import urllib.request; urllib.request.urlopen('http://example.org')", "example.org"),
        ("import socket; socket.socket(2, 2).sendto(b'x', ('192.0.2.1', 9))", "socket.sendto"),
        ("open('kept.txt', 'a')", "open 'kept.txt' to write"),
        ("open('new.txt', 'x')", "open 'new.txt' to write"),
        ("import os; os.open('new.txt', os.O_CREAT | os.O_WRONLY)", "new.txt"),
        ("import os; os.remove('kept.txt')", "os.remove 'kept.txt'"),
        ("import os; os.rename('kept.txt', '/tmp/elsewhere')", "os.rename 'kept.txt'"),
        ("import os; os.mkdir('new')", "os.mkdir 'new'"),
        ("import shutil; shutil.rmtree('folder')", "os.rmdir"),
        ("import pathlib; pathlib.Path('link').symlink_to('kept.txt')", "os.symlink"),
    ],
)
def test_network_and_changes_are_refused_and_noted(guarded, program: str, attempt: str) -> None:
    done, notes = guarded(program)
    assert done.returncode == 1
    assert "Network is unreachable" in done.stderr or "Read-only file system" in done.stderr
    assert attempt in notes


def test_an_attempt_that_a_library_swallows_is_noted(guarded) -> None:
    done, notes = guarded("try:\n    open('new.txt', 'w')\nexcept OSError:\n    pass")
    assert done.returncode == 0
    assert "open 'new.txt' to write" in notes


def test_child_processes_are_guarded(guarded) -> None:
    child = "import subprocess, sys; subprocess.run([sys.executable, '-c', \"open('new', 'w')\"])"
    assert "open 'new' to write" in guarded(child)[1]


@pytest.mark.parametrize(
    "program",
    [
        LISTEN,
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import tempfile; tempfile.TemporaryFile().write(b'x')",
        "import tempfile; tempfile.TemporaryDirectory().cleanup()",
        "assert open('kept.txt').read() == 'kept'",
        "import os, tempfile; f = tempfile.NamedTemporaryFile(); os.truncate(f.name, 0)",
    ],
)
def test_what_stays_on_the_machine_is_allowed(guarded, program: str) -> None:
    done, notes = guarded(program)
    assert (done.returncode, done.stderr, notes) == (0, "", "")


def test_verdicts_are_read_and_counted(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    verdicts = proof.read_verdicts(tmp_path / "report.xml")
    assert list(verdicts.values()) == ["passed", "skipped", "failure"]
    assert proof.Run(1, 2.0, verdicts).counts() == "1 failure, 1 passed, 1 skipped"
    assert proof.read_verdicts(tmp_path / "none.xml") == {}
    assert proof.Run(4, 0.1).counts() == "no cell was run"


def test_the_copy_is_complete_and_changes_are_seen(tmp_path: Path) -> None:
    book = tmp_path / "book"
    proof.copy_book(book)
    assert (book / "chapters/02-tensors.ipynb").is_file()
    assert not (book / ".venv").exists()
    before = proof.fingerprint(book)
    assert before == proof.fingerprint(book)
    (book / "README.md").write_text("changed")
    assert before != proof.fingerprint(book)


def test_the_two_surroundings_differ_in_what_they_should() -> None:
    (_, first), (_, second) = proof.surroundings()
    assert first["PYTHONHASHSEED"] == second["PYTHONHASHSEED"] == "random"
    assert first["TZ"] != second["TZ"]
    assert first["LC_ALL"] == "C"
    assert second["OMP_NUM_THREADS"] == "2"
    assert first["ATEN_CPU_CAPABILITY"] == "avx2"
    assert "X86_V4" not in second.get("NPY_DISABLE_CPU_FEATURES", "")
