"""The report on the newest releases: what moved, what fails, nothing where there is nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("newest", ROOT / "tools/newest.py")
newest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(newest)

BEFORE = "# Pins\nKeras==3.14.0\nnumpy==2.4.6\nold==1.0\n"
AFTER = "# Pins\nKeras==3.15.1\nnew==0.1 ; python_version < '3.12'\nnumpy==2.4.6\n"
GREEN = "ran 3 FAILED experiments\n3 passed\n"
RED = (
    "\x1b[31mFAILED\x1b[0m tests/a.py::test_b - assert 1 == 2\nERROR tests/c.py\n1 failed\n"
    "make: *** [Makefile:60: unit] Error 1\n"
)


def test_moved_new_and_gone_packages() -> None:
    expected = [("Keras", "3.14.0", "3.15.1"), ("new", "", "0.1"), ("old", "1.0", "")]
    assert newest.moved(BEFORE, AFTER) == expected


def test_a_log_without_a_failure_of_make_tells_nothing() -> None:
    assert newest.failures(GREEN) == []
    assert newest.failures("FAILED tests/a.py::test_of_the_tests\n1 passed\n") == []


def test_failed_tests_are_named() -> None:
    assert newest.failures(RED) == ["FAILED tests/a.py::test_b - assert 1 == 2", "ERROR tests/c.py"]


def test_where_no_test_is_named_the_end_of_the_log_is_shown() -> None:
    log = "\n".join(map(str, range(100))) + "\nmake: *** [Makefile:9: lint] Error 1\n"
    lines = newest.failures(log)
    assert len(lines) == newest.TAIL
    assert lines[-2:] == ["99", "make: *** [Makefile:9: lint] Error 1"]


def test_report() -> None:
    text = newest.report(BEFORE, AFTER, {"lint": GREEN, "unit": RED})
    assert "`make unit`" in text
    assert "`make lint`" not in text
    assert "| Keras | 3.14.0 | 3.15.1 |\n| new | (new) | 0.1 |\n| old | 1.0 | (gone) |" in text


@pytest.mark.parametrize(
    ("after", "log", "told"),
    [
        (BEFORE, GREEN, False),
        (BEFORE, RED, True),
        (AFTER, GREEN, True),
    ],
)
def test_silent_only_where_nothing_moved_and_nothing_failed(after, log, told) -> None:
    assert bool(newest.report(BEFORE, after, {"unit": log})) is told


def test_the_report_fits_into_an_issue() -> None:
    long = "".join(f"FAILED tests/a.py::test_{n}\n" for n in range(9000)) + "make: *** Error 1\n"
    text = newest.report(BEFORE, AFTER, {"unit": long})
    assert len(text) < 65_000
    assert text.count("````") % 2 == 0


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {"before.txt": BEFORE, "after.txt": AFTER, "unit.log": RED}
    for name, text in names.items():
        (tmp_path / name).write_text(text)
    assert newest.main([str(tmp_path / name) for name in names]) == 0
    assert capsys.readouterr().out.startswith("## What fails\n\n`make unit`")
    same = str(tmp_path / "before.txt")
    newest.main([same, same])
    assert capsys.readouterr().out == ""
