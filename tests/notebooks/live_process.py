"""Run live cells as the browser does, in an ordinary Python that has NumPy and matplotlib alone.

Reads ``{"runner": folder, "wheel": file, "cells": [[imports, source], …]}`` from standard input
and writes, for each cell, what it emitted as a list of kinds and texts.
"""

from __future__ import annotations

import importlib.abc
import json
import sys
import time
from collections.abc import Callable, Sequence
from types import ModuleType

ABSENT = {
    *("IPython", "ipykernel", "keras", "pandas", "safetensors", "scipy", "skimage", "sklearn"),
    *("statsmodels", "tensorflow", "torch"),
}


class Absent(importlib.abc.MetaPathFinder):
    """Finds nothing, and says so, for packages which the browser does not have."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def collect(said: list[tuple[str, str]]) -> Callable[[str, str], None]:
    return lambda kind, text: said.append((kind, text))


def main() -> None:
    task = json.load(sys.stdin)
    sys.meta_path.insert(0, Absent())
    sys.path[:0] = [task["wheel"], task["runner"]]  # Python imports from a wheel as from a folder

    import dlbook
    import runner

    assert dlbook.__file__.startswith(task["wheel"]), dlbook.__file__
    results = []
    for number, (imports, source) in enumerate(task["cells"], start=1):
        emitted: list[tuple[str, str]] = []
        for code in (imports, source):
            absent = runner.missing_module(code)
            if absent:
                emitted.append(("error", f"ModuleNotFoundError: No module named {absent!r}"))
        runner.run(imports, "Imports", collect(emitted))
        begun = time.perf_counter()
        runner.run(source, f"Cell {number}", collect(emitted))
        results.append({"emitted": emitted, "seconds": time.perf_counter() - begun})
    present = sorted(ABSENT & {name.partition(".")[0] for name in sys.modules})
    json.dump({"results": results, "present": present}, sys.stdout)


if __name__ == "__main__":
    main()
