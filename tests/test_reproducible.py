"""What every notebook's setup cell does: settings, silence, one source of randomness."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from dlbook.errors import MissingPackageError
from dlbook.quiet import import_tensorflow, silent_stderr
from dlbook.reproducible import SETTINGS, reproducible


def test_the_generator_starts_at_the_seed() -> None:
    expected = np.random.default_rng(3).random(5)
    np.testing.assert_array_equal(reproducible(3).random(5), expected)
    np.testing.assert_array_equal(reproducible().random(5), np.random.default_rng(0).random(5))


def test_settings_are_written_and_those_of_the_reader_respected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in SETTINGS:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    reproducible()
    assert {name: os.environ[name] for name in SETTINGS} == SETTINGS | {"OMP_NUM_THREADS": "4"}


def test_tensorflow_and_keras_are_loaded_on_request(capfd: pytest.CaptureFixture[str]) -> None:
    reproducible(tensorflow=True)
    assert {"tensorflow", "keras"} <= set(sys.modules)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("fault", ["", "raise ImportError('no driver')"])
def test_triton_is_loaded_before_tensorflow_if_it_can_be(tmp_path: Path, fault: str) -> None:
    """In the other order PyTorch's first optimiser ends the process, with a CUDA build."""
    look = f"import sys; print('triton', 'tensorflow' in sys.modules); {fault}"
    (tmp_path / "triton.py").write_text(look)
    (tmp_path / "tensorflow.py").write_text("import logging; get_logger = logging.getLogger")
    (tmp_path / "keras.py").write_text("print('keras')")
    done = subprocess.run(
        [sys.executable, "-c", "from dlbook.quiet import import_tensorflow as f; f()"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n") == ["triton False", "keras", ""]


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(MissingPackageError, match=r"tensorflow: expected to be installed, .*keras"):
        import_tensorflow()


def test_a_library_that_lacks_another_one_says_so_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise ModuleNotFoundError("No module named 'wrapt'", name="wrapt")

    monkeypatch.setattr(importlib, "import_module", broken)
    with pytest.raises(ModuleNotFoundError, match="wrapt") as caught:
        import_tensorflow()
    assert not isinstance(caught.value, MissingPackageError)


def test_silence_ends_with_the_block_whatever_happens(capfd: pytest.CaptureFixture[str]) -> None:
    def announce() -> None:
        with silent_stderr():
            os.write(2, b"no GPU found\n")
            raise KeyError("key")

    with pytest.raises(KeyError):
        announce()
    os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"
