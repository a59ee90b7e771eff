"""The surroundings in which every notebook runs, whether it is validated or written anew.

One set of variables for both, or a notebook could be stored under conditions it is never checked
under.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = ["CELL_LIMIT", "KERNEL_VARIABLES", "kernel_environment", "kernel_variables"]

#: Seconds one cell may take; a cell of the book takes a few.
CELL_LIMIT = 120.0

#: What the kernels see on top of the caller's own environment.
KERNEL_VARIABLES: Mapping[str, str] = {
    "DLBOOK_VALIDATION": "1",  # progress bars are silent
    # One thread: sums are formed in the same order on every machine.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    # TensorFlow is silent only with both.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "PYTHONHASHSEED": "0",
    # ipykernel would choose this by itself, unless the caller's shell chose another.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}

# Under pytest's own variable ipykernel leaves file descriptor 2 alone, so that what compiled code
# writes to stderr would be lost instead of failing the cell.
_HIDDEN = ("PYTEST_CURRENT_TEST",)


def kernel_variables(ipython_dir: str, chosen: Mapping[str, str] | None = None) -> dict[str, str]:
    """Put together the whole environment of a kernel.

    Parameters
    ----------
    ipython_dir : str
        An empty folder which stands in for the user's IPython profile: start-up files and print
        options of whoever runs the book must not reach its pages.
    chosen : mapping of str to str, optional
        What is to differ from `KERNEL_VARIABLES`.

    Returns
    -------
    dict of str to str
        The caller's environment with `KERNEL_VARIABLES` set.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    return {**kept, **KERNEL_VARIABLES, **(chosen or {}), "IPYTHONDIR": ipython_dir}


@contextmanager
def kernel_environment(ipython_dir: str, chosen: Mapping[str, str] | None = None) -> Iterator[None]:
    """Let processes started within the ``with`` block inherit `kernel_variables`.

    Parameters
    ----------
    ipython_dir : str
        See `kernel_variables`.
    chosen : mapping of str to str, optional
        See `kernel_variables`.
    """
    before = dict(os.environ)
    wanted = kernel_variables(ipython_dir, chosen)
    try:
        os.environ.clear()
        os.environ.update(wanted)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
