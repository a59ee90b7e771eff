"""Readers need none of the tools which validate."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_package_brings_in_no_test_tools() -> None:
    tools = {"pytest", "nbval", "nbformat", "nbclient", "IPython", "yaml"}
    source = f"import sys, dlbook, dlbook.validation; print(sorted({tools!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
