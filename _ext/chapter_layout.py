"""Where each chapter stands on the map: in ranks by what it needs, in lanes by what is near.

The same idea as in drawing layered graphs: a chapter's rank is the longest way to it, and the lanes
of each rank are chosen so that links are short and pass through no other chapter.
"""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LANES = 4


class Cell(NamedTuple):
    """A place on the map."""

    rank: int
    lane: int


def direct(needs: Mapping[int, tuple[int, ...]]) -> dict[int, list[int]]:
    """Leave out what is needed only by way of something else that is needed.

    Parameters
    ----------
    needs : mapping of int to tuple of int
        For each chapter those to read first; each of these stands earlier in the mapping.
    """
    before: dict[int, set[int]] = {}
    for number, first in needs.items():
        before[number] = set(first).union(*(before[need] for need in first))
    return {
        number: [n for n in first if not any(n in before[other] for other in first)]
        for number, first in needs.items()
    }


def ranks(links: Mapping[int, list[int]]) -> dict[int, int]:
    """Return the length of the longest way to each chapter."""
    found: dict[int, int] = {}
    for number, needs in links.items():
        found[number] = max((found[need] + 1 for need in needs), default=0)
    return found


def between(start: Cell, end: Cell, taken: Collection[Cell]) -> list[tuple[int, float]]:
    """Return where a link passes the ranks between its ends: in a free lane or beside a full one.

    Parameters
    ----------
    start, end : Cell
        The ends, in different ranks.
    taken : collection of Cell
        Where chapters stand.

    Returns
    -------
    list of (int, float)
        Rank and lane; half a lane is the gap between two.
    """
    ways = []
    for rank in range(start.rank + 1, end.rank):
        straight = start.lane + (rank - start.rank) / (end.rank - start.rank) * (
            end.lane - start.lane
        )
        lane = round(straight)
        beside = lane + (0.5 if straight > lane or lane == 0 else -0.5)
        ways.append((rank, float(lane) if Cell(rank, lane) not in taken else beside))
    return ways


def cost(cells: Mapping[int, Cell], links: Mapping[int, list[int]]) -> float:
    """Return how bad an arrangement is: lengths of links, crossings, chapters run over."""
    pairs = [(cells[need], cells[child]) for child, needs in links.items() for need in needs]
    total = float(sum(abs(a.lane - b.lane) for a, b in pairs))
    taken = set(cells.values())
    total += 3 * sum(lane % 1 > 0 for a, b in pairs for _rank, lane in between(a, b, taken))
    for i, (a, b) in enumerate(pairs):
        for c, d in pairs[:i]:
            if a.rank == c.rank and b.rank == d.rank:
                total += 2 * ((a.lane - c.lane) * (b.lane - d.lane) < 0)
    return total


def arrange(links: Mapping[int, list[int]]) -> dict[int, Cell]:
    """Place the chapters, rank by rank, again and again until nothing gets better.

    Parameters
    ----------
    links : mapping of int to list of int
        What each chapter needs directly, from `direct`.

    Returns
    -------
    dict of int to Cell
        The same for the same links.
    """
    rank = ranks(links)
    lanes = max(LANES, *Counter(rank.values()).values())
    members = [[n for n in links if rank[n] == r] for r in range(max(rank.values()) + 1)]
    starts = [
        [(shift + way * k) % lanes for k in range(lanes)]
        for way in (1, -1)
        for shift in range(lanes)
    ]
    found = [_improve(members, links, start) for start in starts]
    return min(found, key=lambda cells: cost(cells, links))


def _improve(
    members: list[list[int]], links: Mapping[int, list[int]], start: list[int]
) -> dict[int, Cell]:
    cells = {n: Cell(r, start[k]) for r, group in enumerate(members) for k, n in enumerate(group)}
    reached = cost(cells, links)
    while True:
        for r, group in enumerate(members):
            lanes = permutations(range(len(start)), len(group))
            options = (
                {**cells, **{n: Cell(r, lane) for n, lane in zip(group, p, strict=True)}}
                for p in lanes
            )
            cells = min(options, key=lambda option: cost(option, links))
        if (now := cost(cells, links)) == reached:
            return cells
        reached = now
