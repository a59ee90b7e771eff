"""How steps are timed, and how much memory they take."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

Step = Callable[[], object]


def interleaved(steps: dict[str, Step], rounds: int, warm_up: int = 3) -> dict[str, list[float]]:
    """Time several steps in turn, so that a busy moment of the machine hits all of them.

    Parameters
    ----------
    steps : dict of str to callable
    rounds : int
        How often each is timed.
    warm_up : int
        Rounds before that, not timed.

    Returns
    -------
    dict of str to list of float
        Seconds.
    """
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for count in range(warm_up + rounds):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            elapsed = time.perf_counter() - start
            if count >= warm_up:
                seconds[name].append(elapsed)
    return seconds


def rounds_within(steps: dict[str, Step], budget: float) -> int:
    """Count the rounds (at least 7, at most 300) that fit into `budget` seconds."""
    one_round = sum(min(times) for times in interleaved(steps, rounds=2, warm_up=1).values())
    return max(7, min(300, int(budget / one_round)))


def ratio(seconds: list[float], reference: list[float]) -> float:
    """Median of the ratios of neighbours in time: steadier than the ratio of two medians."""
    return statistics.median(a / b for a, b in zip(seconds, reference, strict=True))


def peak_memory() -> float:
    """Largest resident memory of this process so far, in MiB (Linux; 0 elsewhere)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
