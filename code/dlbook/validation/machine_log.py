"""What TensorFlow's compiled parts say about the machine, and no variable keeps them from saying.

On import, TensorFlow logs to stderr whether it found CUDA. The lines hold the time and the number
of the process, differ from machine to machine and have nothing to do with the notebook, so they
are taken out before outputs are stored or compared. Only this form of line is: Python's warnings
and whatever else is written to stderr stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode
from nbformat.v4 import new_output

__all__ = ["without_machine_log"]

# Severity (information, warning, error), date, time, process, file of C++ and line: the form of
# Abseil's log. A fatal message ends the process, and stays.
_LINES = re.compile(
    r"^(?:[IWE]\d{4} \d\d:\d\d:\d+\.\d+ +\d+ [\w./-]+\.cc:\d+\] .*"
    r"|WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR)"
    r"(?:\n|\Z)",
    re.MULTILINE,
)


def without_machine_log(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    """Take TensorFlow's log of the machine out of a cell's outputs.

    Parameters
    ----------
    outputs : sequence of NotebookNode

    Returns
    -------
    list of NotebookNode
        The outputs, with what remains of stderr, if anything, in one piece at the end.
    """
    others = [output for output in outputs if output.get("name") != "stderr"]
    said = "".join(output["text"] for output in outputs if output.get("name") == "stderr")
    rest = _LINES.sub("", said)
    return [*others, new_output("stream", name="stderr", text=rest)] if rest else others
