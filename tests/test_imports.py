"""What an import may cost, and what it may bring along."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ["torch", "tensorflow", "keras", "scipy", "pandas", "matplotlib", "sklearn", "skimage"]

PROGRAM = """
import json, sys, time
start = time.process_time()  # of this process alone: other work on the machine does not count
import {module}
print(json.dumps([time.process_time() - start, [m for m in {heavy} if m in sys.modules]]))
"""


def imported(module: str) -> tuple[float, list[str]]:
    code = PROGRAM.format(module=module, heavy=HEAVY)
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    seconds, heavy = json.loads(run.stdout)
    return seconds, heavy


@pytest.mark.parametrize("module", ["dlbook", "dlbook.engine", "dlbook.data", "dlbook.models"])
def test_light_imports(module):
    best = min(imported(module) for _ in range(4))
    assert best[1] == []
    assert best[0] < 0.3


@pytest.mark.parametrize("module", ["dlbook.training", "dlbook.parity", "dlbook.checks"])
def test_no_other_library_is_imported(module):
    assert imported(module)[1] == []


@pytest.mark.parametrize(
    ("module", "allowed"),
    [("dlbook.models.pytorch.mlp", {"torch"}), ("dlbook.models.numpy.mlp", set())],
)
def test_each_room_brings_only_its_library(module, allowed):
    assert set(imported(module)[1]) <= allowed
