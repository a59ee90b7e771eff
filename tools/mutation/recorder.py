"""A pytest plugin that writes down how each test ended and how long it took.

The file is named by the environment variable ``MUTATION_RECORD``; it holds one JSON object per
line with the keys ``test``, ``passed`` and ``seconds``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

_seconds: dict[str, float] = {}
_failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up set-up, call and tear-down; a test that is skipped has not passed."""
    _seconds[report.nodeid] = _seconds.get(report.nodeid, 0.0) + report.duration
    if not report.passed:
        _failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write the file."""
    lines = [
        json.dumps({"test": test, "passed": test not in _failed, "seconds": round(seconds, 3)})
        for test, seconds in _seconds.items()
    ]
    Path(os.environ["MUTATION_RECORD"]).write_text("\n".join(lines) + "\n", encoding="utf-8")
