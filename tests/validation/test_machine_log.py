"""Only the compiled library's log of the machine is taken out of stderr."""

from __future__ import annotations

import pytest
from dlbook.validation.machine_log import without_machine_log
from nbformat.v4 import new_output


def left(*pieces: str) -> str:
    outputs = [new_output("stream", name="stderr", text=piece) for piece in pieces]
    return "".join(output["text"] for output in without_machine_log(outputs))


@pytest.mark.parametrize(
    "line",
    [
        "I0000 00:00:1795218340.031298   16097 cudart_stub.cc:31] Could not find cuda drivers\n",
        "E0601 12:00:00.031298   16097 xla/stream_executor/cuda_dnn.cc:31] Unable to register\n",
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    ],
)
def test_the_log_is_taken_out_even_in_pieces(line: str) -> None:
    assert left(line) == ""
    assert left(line[:20], line[20:]) == ""
    assert left(f"before\n{line}after\n") == "before\nafter\n"


@pytest.mark.parametrize(
    "line",
    [
        "UserWarning: this optimiser is deprecated\n",
        "WARNING: All is lost\n",
        "I0000 00:00:1795218340.031298   16097 notebook.py:31] from Python\n",
        "F0000 00:00:1795218340.031298   16097 tensor.cc:31] Check failed\n",
        "W0000 something else.cc:31]\n",
    ],
)
def test_everything_else_stays(line: str) -> None:
    assert left(line) == line


def test_other_outputs_are_untouched() -> None:
    printed = new_output("stream", name="stdout", text="I0000 00:00:1.2 3 a.cc:1] printed\n")
    assert without_machine_log([printed]) == [printed]
