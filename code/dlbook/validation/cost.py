"""What a notebook costs: seconds and memory, measured while it is validated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["MEMORY_LIMIT", "Cost", "cost_table", "costs", "peak_memory"]

#: Bytes a notebook's kernel may hold: it must fit Binder's and small laptops' memory.
MEMORY_LIMIT = 2_500_000_000

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class Cost(NamedTuple):
    """Cost of one notebook.

    Attributes
    ----------
    notebook : str
        File name without ``.ipynb``.
    seconds : float
        Sum over its cells, without the start of the kernel.
    memory : int
        Largest resident memory of the kernel, in bytes; 0 where it could not be measured.
    """

    notebook: str
    seconds: float
    memory: int


def peak_memory(pid: int) -> int | None:
    """Read how much memory a process has held at most.

    Parameters
    ----------
    pid : int
        Number of the process.

    Returns
    -------
    int or None
        Bytes of resident memory, as Linux reports them in ``/proc``; None on other systems and
        for a process that has ended.
    """
    try:
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def costs(cells: Iterable[tuple[str, float, int]]) -> list[Cost]:
    """Add up the cells of each notebook.

    Parameters
    ----------
    cells : iterable of (str, float, int)
        Path of the notebook, seconds, and peak memory of its kernel so far in bytes.

    Returns
    -------
    list of Cost
        In the order of the names.
    """
    seconds: dict[str, float] = {}
    memory: dict[str, int] = {}
    for path, duration, peak in cells:
        name = Path(path).stem
        seconds[name] = seconds.get(name, 0.0) + duration
        memory[name] = max(memory.get(name, 0), peak)
    return [Cost(name, seconds[name], memory[name]) for name in sorted(seconds)]


def cost_table(rows: Sequence[Cost]) -> list[str]:
    """Write costs as the lines of a Markdown table.

    Parameters
    ----------
    rows : sequence of Cost

    Returns
    -------
    list of str
    """
    width = max(len("notebook"), *(len(row.notebook) for row in rows))
    lines = [
        f"| {'notebook':{width}} | seconds | memory, GB |",
        f"|{'-' * (width + 2)}|--------:|-----------:|",
    ]
    for row in rows:
        memory = f"{row.memory / 1e9:.2f}" if row.memory else "–"
        lines.append(f"| {row.notebook:{width}} | {row.seconds:7.1f} | {memory:>10} |")
    return lines
