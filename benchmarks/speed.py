"""Time the engine against PyTorch and Keras, side by side in one run, on one thread.

    python benchmarks/speed.py                     all workloads, about two minutes
    python benchmarks/speed.py MLP LSTM            some of them
    python benchmarks/speed.py --json out.json     where the figures go (_build/speed.json)

A step is forward, backward and plain SGD in float32. The ratio is to PyTorch's eager mode: below
1 is faster. Peak memory is measured in a process of its own, as growth over the imported library.
"""

# ruff: noqa: E402 (the number of threads is read when NumPy is imported)

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"  # Keras at its best, whatever the notebooks set
os.environ["KERAS_BACKEND"] = "tensorflow"

import argparse
import json
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from timing import interleaved, peak_memory, ratio, rounds_within
from workloads import WORKLOADS

LIBRARIES = ("numpy", "pytorch", "keras")
SLACK = 1.10  # a machine with other work on it is never quite fair


def one_thread(library: str) -> None:
    """Import a library and hold it to one thread.

    Parameters
    ----------
    library : {"numpy", "pytorch", "keras"}
    """
    if library == "pytorch":
        import torch

        torch.set_num_threads(1)
        torch.manual_seed(0)
    elif library == "keras":
        import keras
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        keras.utils.set_random_seed(0)
    else:
        import dlbook.engine  # noqa: F401


def measure(name: str, budget: float) -> dict[str, Any]:
    """Time one workload in every library.

    Parameters
    ----------
    name : str
        A key of `WORKLOADS`.
    budget : float
        Seconds to spend.

    Returns
    -------
    dict
        Medians in ms, ratios to PyTorch, peaks in MiB, target.
    """
    workload = WORKLOADS[name]
    steps = {library: getattr(workload, library)(workload.SIZE) for library in LIBRARIES}
    seconds = interleaved(steps, rounds_within(steps, budget))
    return {
        "what": workload.WHAT,
        "rounds": len(seconds["numpy"]),
        "ms": {library: 1e3 * statistics.median(times) for library, times in seconds.items()},
        "fastest ms": {library: 1e3 * min(times) for library, times in seconds.items()},
        "ratio": {lib: ratio(times, seconds["pytorch"]) for lib, times in seconds.items()},
        "target": workload.TARGET,
        "peak MiB": {library: peak_of(name, library) for library in LIBRARIES},
        "growth": growth(name),
    }


def growth(name: str) -> dict[str, Any]:
    """Find the power of the size with which the engine's cost grows, from three sizes.

    A batch or a sequence twice as long costs twice as much at most (power 1), an image twice as
    wide four times (power 2), a vocabulary twice as large nothing (power 0).
    """
    workload = WORKLOADS[name]
    sizes = [workload.SIZE // 2, workload.SIZE, 2 * workload.SIZE]
    seconds = interleaved({str(size): workload.numpy(size) for size in sizes}, rounds=7)
    fastest = [min(times) for times in seconds.values()]
    power = float(np.polyfit(np.log(sizes), np.log(fastest), 1)[0])
    return {"axis": workload.AXIS, "power": power, "at most": workload.POWER}


def peak_of(name: str, library: str) -> float:
    """Measure in a fresh process how much memory three steps take at most, in MiB."""
    command = [sys.executable, __file__, "--peak-of", name, library]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def table(results: dict[str, Any]) -> str:
    """Lay the results out for reading.

    Parameters
    ----------
    results : dict
        By workload, as `measure` returns them.

    Returns
    -------
    str
    """
    head = f"{'workload':<11}{'NumPy':>9}{'PyTorch':>9}{'Keras':>9}   "
    head += f"{'NumPy/PT':>8}{'target':>8}{'Keras/PT':>10}   {'peak MiB':^16}  growth"
    lines = [head, f"{'':<11}{'ms':>9}{'ms':>9}{'ms':>9}   {'':<26}   {'NumPy PT Keras':^16}"]
    for name, result in results.items():
        ms, ratios, peaks = result["ms"], result["ratio"], result["peak MiB"]
        mark = "" if ratios["numpy"] <= SLACK * result["target"] else "  target missed"
        lines.append(
            f"{name:<11}"
            + "".join(f"{ms[library]:>9.2f}" for library in LIBRARIES)
            + f"   {ratios['numpy']:>8.2f}{result['target']:>8.2f}{ratios['keras']:>10.2f}   "
            + "".join(f"{peaks[library]:>5.0f}" for library in LIBRARIES)
            + "   {axis}^{power:.1f}, at most {at most}".format_map(result["growth"])
            + mark
        )
    return "\n".join(lines)


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("workloads", nargs="*", metavar="workload", default=list(WORKLOADS))
    parser.add_argument("--json", type=Path, default=Path("_build/speed.json"))
    parser.add_argument("--seconds", type=float, default=12.0, help="per workload")
    parser.add_argument("--peak-of", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak_of:
        name, library = arguments.peak_of
        one_thread(library)
        before = peak_memory()
        step = getattr(WORKLOADS[name], library)(WORKLOADS[name].SIZE)
        for _ in range(3):
            step()
        print(peak_memory() - before)
        return
    unknown = [name for name in arguments.workloads if name not in WORKLOADS]
    if unknown:
        parser.error(f"expected workloads among {', '.join(WORKLOADS)}, got {unknown[0]}")
    for library in LIBRARIES:
        one_thread(library)
    results = {name: measure(name, arguments.seconds) for name in arguments.workloads}
    print(table(results))
    machine = {"machine": platform.processor() or platform.machine(), "numpy": np.__version__}
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(machine | {"workloads": results}, indent=2) + "\n")
    print(f"Written to {arguments.json}")


if __name__ == "__main__":
    main()
