"""Compare every pinned package with the published advisories (``make audit``).

pip-audit asks the package index's own advisory service. It is no package of the book: it is
installed by itself in ``_build/audit``, so that what it needs does not get into the lock. Nothing
passes for audited that was not: where the service does not answer for a package, pip-audit alone
would leave it out and report that nothing was found.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packages import LOCK, ROOT, read_pins

TOOL = "pip-audit==2.10.1"
FOLDER = ROOT / "_build/audit"
NOT_DONE = 2  # the exit status where advisories could not be had


def judge(report: Mapping[str, Any], pins: Mapping[str, str]) -> tuple[int, list[str]]:
    """Read pip-audit's report.

    Parameters
    ----------
    report : mapping
        What ``pip-audit --format json`` writes.
    pins : mapping of str to str
        The versions that were to be audited, by the packages' names.

    Returns
    -------
    status : int
        0 if every package was audited and nothing is known against it, 1 if something is,
        `NOT_DONE` if some were not audited.
    lines : list of str
        What to tell.
    """
    audited = {one["name"]: one for one in report["dependencies"] if "vulns" in one}
    lines = []
    for name, one in sorted(audited.items()):
        for known in one["vulns"]:
            mended = ", ".join(known["fix_versions"]) or "no release yet"
            lines.append(f"{name} {one['version']}: {known['id']}, mended in {mended}")
    status = int(bool(lines))
    missing = [f"{name} {pins[name]}" for name in sorted(pins.keys() - audited.keys())]
    if missing:
        status = status or NOT_DONE
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        lines.append(
            f"NOT AUDITED: {len(missing)} of {len(pins)} packages, for which the advisory service "
            f"gave no answer: {shown}"
        )
    lines.append(
        f"audit: {len(audited)} of {len(pins)} packages compared with the advisories of today"
    )
    return status, lines


def _install() -> Path:
    """Install pip-audit if it is not there; return its command."""
    command = FOLDER / ("Scripts" if sys.platform == "win32" else "bin") / "pip-audit"
    stamp = FOLDER / "installed"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != TOOL:
        venv.create(FOLDER, with_pip=True, clear=True)
        pip = [str(command.with_name("python")), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", TOOL], check=True)
        stamp.write_text(TOOL, encoding="utf-8")
    return command


def _ask(command: Path, pins: Mapping[str, str]) -> dict[str, Any]:
    """Run pip-audit on the pins; an empty report where it could not do its work."""
    with tempfile.TemporaryDirectory() as folder:
        lock, report = Path(folder, LOCK.name), Path(folder, "report.json")
        lock.write_text("".join(f"{name}=={pins[name]}\n" for name in pins), encoding="utf-8")
        options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
        done = subprocess.run(
            [str(command), *options, f"--output={report}", f"--requirement={lock}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if report.is_file():
            return dict(json.loads(report.read_text(encoding="utf-8")))
    print(done.stderr.strip().splitlines()[-1:], file=sys.stderr)
    return {"dependencies": []}


def main() -> int:
    """Audit, tell, and return the exit status."""
    pins = read_pins()
    try:
        command = _install()
    except subprocess.CalledProcessError:
        print(f"NOT AUDITED: {TOOL} could not be installed", file=sys.stderr)
        return NOT_DONE
    status, lines = judge(_ask(command, pins), pins)
    print(*lines, sep="\n", file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
