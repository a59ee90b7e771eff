"""Run one cell in a kernel and collect everything it puts out."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

__all__ = ["CellTimeoutError", "KernelDiedError", "UncomparableError", "run_cell"]

_OUTPUTS = ("stream", "display_data", "execute_result", "error")
# Echo of the input, and the channel of widgets, whose views are outputs in their own right.
_IGNORED = ("execute_input", "comm_open", "comm_msg", "comm_close")
_POLL = 0.5  # seconds between two looks at whether the kernel is alive


class CellTimeoutError(Exception):
    """The cell was still running when its time was up."""


class KernelDiedError(Exception):
    """The process of the kernel ended while the cell ran."""


class UncomparableError(Exception):
    """The cell changed an output after showing it; what remains depends on the front end."""


def run_cell(kernel: Any, source: str, limit: float) -> list[NotebookNode]:
    """Run a cell as a notebook would.

    Parameters
    ----------
    kernel : nbval.kernel.RunningKernel
    source : str
    limit : float
        Seconds the cell may take.

    Returns
    -------
    list of NotebookNode
        The outputs in order; the last is of type ``error`` if the cell raised.

    Raises
    ------
    CellTimeoutError
        If the limit is exceeded. The kernel is interrupted, but its state is unknown.
    KernelDiedError
        If the kernel dies.
    UncomparableError
        If the cell updates an output in place.
    """
    # nbval itself passes store_history=False, under which IPython does not see a trailing `;`
    # and shows a value the author silenced.
    request = kernel.kc.execute(source, store_history=True, allow_stdin=False, stop_on_error=False)
    deadline = time.monotonic() + limit
    outputs: list[NotebookNode] = []
    cleared = updated = False
    while True:
        message = _next_message(kernel, request, deadline, limit)
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            if content["execution_state"] == "idle":
                break
        elif kind == "clear_output":
            # With `wait`, the old output stays until something new arrives.
            cleared = bool(content.get("wait"))
            if not cleared:
                outputs.clear()
        elif kind == "update_display_data":
            updated = True
        elif kind in _OUTPUTS:
            if cleared:
                outputs.clear()
                cleared = False
            outputs.append(output_from_msg(message))
        elif kind not in _IGNORED:
            raise UncomparableError(f"there is no rule for messages of the kind {kind!r}")
    if updated:
        raise UncomparableError("the cell updates an output in place; print or display it anew")
    return outputs


def _next_message(kernel: Any, request: str, deadline: float, limit: float) -> dict[str, Any]:
    while True:
        try:
            message: dict[str, Any] = kernel.kc.get_iopub_msg(timeout=_POLL)
        except Empty:
            if not kernel.is_alive():
                raise KernelDiedError("the kernel died while it ran this cell") from None
        else:
            if message["parent_header"].get("msg_id") == request:
                return message
        if time.monotonic() > deadline:
            kernel.interrupt()
            raise CellTimeoutError(f"the cell exceeded its time limit of {limit:g} seconds")
