"""Are the book's checks any good? Make small mistakes, one at a time, and count what passes unseen.

    python tools/mutate.py code --sample 200         # operators and numbers of the package
    python tools/mutate.py code --only data/shapes.py:12
    python tools/mutate.py outputs --sample 8000     # digits and letters of stored outputs
    python tools/mutate.py outputs --run chapters/16-word-embeddings.ipynb

``code``: the tests that run the changed function are run on each mutant, and for the files of
exercises the notebook of the chapter. A mutant that they let through ("survived") shows a line that
no check holds in place, or a change that makes no difference. `dlbook.plots` and
`dlbook.validation` are left out: sizes and colours of figures are not compared, and validation is
what ``outputs`` puts to the test.

``outputs``: a stored output of a notebook is changed and compared with the true one as nbval
compares it. With ``--run``, a copy of that notebook is changed in every cell and really validated.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mutation.mistakes import Mutant, make_mutant, mistakes_in

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "code/dlbook"
STORE = ROOT / "_build/mutation"
ROOMS = ("engine", "models", "training", "text", "data", "parity", "checks", "checks/chapters")


def room_of(file: str) -> str:
    """Return the room of the package that a file is in: the longest that fits."""
    return max((room for room in ROOMS if file.startswith(f"{room}/")), key=len, default="")


def sample(size: int, seed: int, rooms: tuple[str, ...] = ROOMS) -> list[Mutant]:
    """Draw mutants, as many of each room of the package as of any other.

    Parameters
    ----------
    size : int
        How many in all; fewer where a room has not so many.
    seed : int
    rooms : tuple of str
        Some of `ROOMS`.
    """
    rng = random.Random(seed)
    chosen = []
    for number, room in enumerate(rooms):
        places = [(f, n) for f in _files(room) for n in range(mistakes_in(PACKAGE, f))]
        share = size // len(rooms) + (number < size % len(rooms))
        chosen += sorted(rng.sample(places, min(share, len(places))))
    return [make_mutant(PACKAGE, file, number) for file, number in chosen]


def judge_code(options: argparse.Namespace) -> int:
    """Judge mutants of the package; print the survivors; 1 if there are too many."""
    from mutation.concerns import concerns
    from mutation.judge import copy_of_the_book, prepare, survives, without_failing

    mutants = [_named(name) for name in options.only]
    mutants = mutants or sample(options.sample, options.seed, tuple(options.rooms))
    made, alive = Counter(room_of(m.file) for m in mutants), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = copy_of_the_book(ROOT, Path(folder))
        known = concerns(tree, STORE)
        prepare()
        known = without_failing(known, mutants, tree)
        for mutant in mutants:
            start = time.monotonic()
            survived = survives(mutant, tree, known)
            alive[room_of(mutant.file)] += survived
            said = f"SURVIVED {mutant}" if survived else f"killed   {mutant.name}"
            print(f"{said}  ({time.monotonic() - start:.0f} s)", flush=True)
    for room, number in made.items():
        print(f"{room:16} {number - alive[room]:4} of {number:4} killed")
    return _report(sum(made.values()) - sum(alive.values()), sum(made.values()), options.goal)


def judge_outputs(options: argparse.Namespace) -> int:
    """Judge changes of stored outputs; print what passes unseen; 1 if that is too much."""
    from mutation.outputs import COORDINATE, Stored, draw, noticed, why_unseen

    if options.run:
        return _run_for_real(options)
    books = {path: Stored.read(path) for path in sorted((ROOT / "chapters").glob("*.ipynb"))}
    places = [place for stored in books.values() for place in stored.texts()]
    changes = draw(places, options.sample, options.seed)
    unseen: dict[str, list[str]] = {}
    for change in changes:
        stored = books[change.place.notebook]
        if not noticed(stored, change):
            unseen.setdefault(why_unseen(stored, change), []).append(str(change))
    for reason, passed in sorted(unseen.items()):
        print(f"{len(passed)} unseen: {reason}", *passed, sep="\n  ")
    drawn = len(unseen.get(COORDINATE, []))
    seen, texts = len(changes) - sum(map(len, unseen.values())), len(changes) - drawn
    print(f"without coordinates in drawings: {seen} of {texts} noticed: {100 * seen / texts:.1f} %")
    return _report(seen, len(changes), options.goal)


def _run_for_real(options: argparse.Namespace) -> int:
    from mutation.confront import one_change_for_each_cell, run_changed
    from mutation.outputs import Stored

    wrong = 0
    for path in options.run:
        stored = Stored.read(path)
        verdicts = run_changed(stored, one_change_for_each_cell(stored, options.seed))
        other = [verdict for verdict in verdicts if verdict.found != verdict.foreseen]
        wrong += len(other)
        seen = sum(verdict.found for verdict in verdicts)
        print(f"{path.stem}: nbval noticed {seen} of {len(verdicts)} changes")
        for verdict in other:
            print(f"  foreseen {verdict.foreseen}, found {verdict.found}: {verdict.change}")
    return int(wrong > 0)


def _files(room: str) -> list[str]:
    files = (path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / room).rglob("*.py"))
    return sorted(file for file in files if room_of(file) == room)


def _named(name: str) -> Mutant:
    file, _, number = name.rpartition(":")
    return make_mutant(PACKAGE, file, int(number))


def _report(noticed: int, made: int, goal: float) -> int:
    share = 100 * noticed / made
    print(f"{noticed} of {made} noticed: {share:.1f} % (at least {goal:g} % are wanted)")
    return int(share < goal)


def main() -> int:
    """Read the command line and judge."""
    parser = argparse.ArgumentParser(description="Do the book's checks notice small mistakes?")
    kinds = parser.add_subparsers(dest="kind", required=True)
    code = kinds.add_parser("code", help="operators and numbers of the package")
    code.add_argument("--sample", type=int, default=200, help="how many mutants (%(default)s)")
    code.add_argument("--seed", type=int, default=0, help="of the sample (%(default)s)")
    code.add_argument("--rooms", nargs="+", choices=ROOMS, default=ROOMS, help="default: all")
    code.add_argument("--only", nargs="+", default=[], help="names of mutants")
    code.add_argument("--goal", type=float, default=85, help="per cent (%(default)g)")
    code.set_defaults(judge=judge_code)
    outputs = kinds.add_parser("outputs", help="digits and letters of stored outputs")
    outputs.add_argument("--sample", type=int, default=8000, help="how many (%(default)s)")
    outputs.add_argument("--seed", type=int, default=0, help="of the sample (%(default)s)")
    outputs.add_argument("--run", nargs="+", type=Path, default=[], help="notebooks to validate")
    outputs.add_argument("--goal", type=float, default=95, help="per cent (%(default)g)")
    outputs.set_defaults(judge=judge_outputs)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    return int(options.judge(options))


if __name__ == "__main__":
    sys.exit(main())
