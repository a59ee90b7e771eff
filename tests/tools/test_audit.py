"""The audit: what is known is told, and what was not looked at is never called clean."""

from __future__ import annotations

import subprocess
from pathlib import Path

import audit
import pytest
from audit import NOT_DONE, judge

PINS = {"a": "1.0", "b": "2.0"}
CLEAN = [{"name": "a", "version": "1.0", "vulns": []}, {"name": "b", "version": "2.0", "vulns": []}]


def test_nothing_known() -> None:
    status, lines = judge({"dependencies": CLEAN}, PINS)
    assert status == 0
    assert lines == ["audit: 2 of 2 packages compared with the advisories of today"]


def test_what_is_known_is_told_with_the_way_out() -> None:
    known = [{"id": "PYSEC-1", "fix_versions": ["2.1"]}, {"id": "PYSEC-2", "fix_versions": []}]
    status, lines = judge({"dependencies": [CLEAN[0], {**CLEAN[1], "vulns": known}]}, PINS)
    assert status == 1
    assert lines[:2] == [
        "b 2.0: PYSEC-1, mended in 2.1",
        "b 2.0: PYSEC-2, mended in no release yet",
    ]


@pytest.mark.parametrize(
    "answered", [[], CLEAN[:1], [CLEAN[0], {"name": "b", "skip_reason": "not found"}]]
)
def test_what_was_not_audited_is_told(answered: list[dict[str, object]]) -> None:
    status, lines = judge({"dependencies": answered}, PINS)
    assert status == NOT_DONE
    assert lines[0].startswith("NOT AUDITED: ")
    assert "b 2.0" in lines[0]


def test_a_known_weakness_counts_more_than_a_gap() -> None:
    known = {**CLEAN[0], "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}
    assert judge({"dependencies": [known]}, PINS)[0] == 1


def a_tool(folder: Path, program: str) -> Path:
    tool = folder / "pip-audit"
    tool.write_text(f"#!/bin/sh\n{program}\n")
    tool.chmod(0o755)
    return tool


NO_NETWORK = "echo no network >&2; exit 1"
EMPTY = """for o; do case $o in --output=*) echo '{"dependencies": []}' > "${o#*=}";; esac; done"""


@pytest.mark.parametrize("program", [NO_NETWORK, EMPTY])
def test_the_command_fails_where_the_service_is_away(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    program: str,
) -> None:
    tool = a_tool(tmp_path, program)
    monkeypatch.setattr(audit, "_install", lambda: tool)
    assert audit.main() == NOT_DONE
    said = capsys.readouterr()
    assert "NOT AUDITED" in said.err
    assert "audit: 0 of" in said.err
    assert said.out == ""


def test_the_command_fails_where_the_tool_cannot_be_had(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> Path:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(audit, "_install", fails)
    assert audit.main() == NOT_DONE
    assert "could not be installed" in capsys.readouterr().err
