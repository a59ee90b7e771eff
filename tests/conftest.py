"""Settings every test shares: one thread, quiet libraries, the same draws on every run."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import suppress
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("MPLBACKEND", "agg")
sys.path.insert(0, str(Path(__file__).parent))  # helpers such as engine.agreement

with suppress(ImportError):  # before any test loads TensorFlow, for the reason in dlbook.quiet
    importlib.import_module("triton")

import hypothesis
import numpy as np
import pytest

# The same examples on every run and every machine; `tools/mutate.py` chooses another profile.
hypothesis.settings.register_profile("book", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile(os.environ.get("DLBOOK_HYPOTHESIS", "book"))


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator with seed 0."""
    return np.random.default_rng(0)
