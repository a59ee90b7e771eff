"""Import TensorFlow without its announcements.

While it loads, TensorFlow's C++ libraries write to the process's standard error that they found
no GPU driver, whatever its own log level says. In a notebook that would stand on the page, and
a line that differs between machines cannot be validated.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dlbook.errors import MissingPackageError

__all__ = ["import_tensorflow", "silent_stderr"]


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Send what the process writes to file descriptor 2 to nowhere.

    Python's own `sys.stderr` is flushed first; an exception leaves the block as usual.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def import_tensorflow() -> None:
    """Load TensorFlow and Keras silently; later imports find them loaded.

    Where Triton is installed, as with every CUDA build of PyTorch, it is loaded first. PyTorch
    loads it when the first optimiser is made; after TensorFlow it would find TensorFlow's LLVM in
    place of its own and end the process.

    Raises
    ------
    MissingPackageError
        If one of them is not installed.

    References
    ----------
    https://github.com/tensorflow/tensorflow/issues/124205
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with suppress(ImportError):
        importlib.import_module("triton")
    for name in ("tensorflow", "keras"):
        try:
            with silent_stderr():
                importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            raise MissingPackageError(
                f"{name}: expected to be installed, got nothing; run: pip install 'dlbook[keras]'"
            ) from None
    # Each model that a notebook makes is traced once; TensorFlow would warn about "retracing".
    sys.modules["tensorflow"].get_logger().setLevel("ERROR")
