"""These tests need a CUDA device, so they run only where they are asked for (``make test-gpu``)."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Leave this folder out unless the command line names it."""
    asked = any("gpu" in Path(argument.split("::")[0]).parts for argument in config.args)
    return None if asked else True
