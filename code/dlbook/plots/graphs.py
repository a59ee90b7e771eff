"""Computation graphs, with values above the nodes and gradients below them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dlbook.errors import RangeError, require
from dlbook.plots.style import COLORS, new_axes, styled

__all__ = ["computation_graph", "layered_positions"]

Edges = Sequence[tuple[str, str]]


@styled
def computation_graph(
    nodes: Sequence[str] | Mapping[str, str],
    edges: Edges,
    *,
    values: Mapping[str, float | str] | None = None,
    gradients: Mapping[str, float | str] | None = None,
    positions: Mapping[str, tuple[float, float]] | None = None,
    highlight: Collection[str] = (),
    ax: Axes | None = None,
) -> Figure:
    """Draw a computation graph from its inputs on the left to its result on the right.

    Parameters
    ----------
    nodes : sequence of str or mapping of str to str
        Names of the nodes, or names and what stands in them. Nodes without incoming edge are
        inputs and drawn as boxes; operations are drawn round.
    edges : sequence of (str, str)
        From, to.
    values, gradients : mapping of str to float or str, optional
        What stands above a node in blue, and below it in red; numbers with 4 digits.
    positions : mapping of str to (float, float), optional
        Where the nodes stand; by default in layers, see `layered_positions`.
    highlight : collection of str
        Nodes that are drawn in yellow.
    ax : matplotlib.axes.Axes, optional
        Where to draw.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    RangeError
        If an edge, value, gradient, position or highlight names an unknown node, or the edges
        form a cycle.
    """
    texts = dict(nodes) if isinstance(nodes, Mapping) else {node: node for node in nodes}
    values, gradients = values or {}, gradients or {}
    mentioned = {
        "edges": [node for edge in edges for node in edge],
        "values": values,
        "gradients": gradients,
        "positions": positions or {},
        "highlight": highlight,
    }
    for argument, names in mentioned.items():
        strange = [name for name in names if name not in texts]
        who = f"computation_graph: {argument}"
        require(not strange, RangeError, who, f"nodes among {', '.join(texts)}", repr(strange))
    places = {**layered_positions(list(texts), edges), **(positions or {})}

    xs, ys = zip(*places.values(), strict=True)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    ax = new_axes(ax, (1.25 * width + 1.3, 0.95 * height + 1.3))
    ax.set(xlim=(min(xs) - 0.6, max(xs) + 0.6), ylim=(min(ys) - 0.7, max(ys) + 0.7))
    ax.set_axis_off()
    ends = {end for _, end in edges}
    boxes = {}
    for name, text in texts.items():
        boxes[name] = ax.text(
            *places[name],
            text,
            ha="center",
            va="center",
            zorder=3,
            bbox={
                "boxstyle": "circle,pad=0.25" if name in ends else "round,pad=0.35",
                "facecolor": COLORS.yellow if name in highlight else "white",
                "edgecolor": COLORS.black,
            },
        )
    for start, end in edges:
        ax.annotate(
            "",
            xy=places[end],
            xytext=places[start],
            arrowprops={
                "arrowstyle": "-|>",
                "color": COLORS.black,
                "lw": 1.2,
                "patchA": boxes[start].get_bbox_patch(),
                "patchB": boxes[end].get_bbox_patch(),
                "shrinkA": 0,
                "shrinkB": 1,
            },
        )
    for numbers, colour, offset, side in (
        (values, COLORS.blue, 16, "bottom"),
        (gradients, "#B04A00", -16, "top"),
    ):
        for name, number in numbers.items():
            ax.annotate(
                number if isinstance(number, str) else f"{number:.4g}",
                places[name],
                (0, offset),
                textcoords="offset points",
                ha="center",
                va=side,
                color=colour,
                fontsize="small",
            )
    return ax.get_figure(root=True)  # type: ignore[return-value]


def layered_positions(nodes: Sequence[str], edges: Edges) -> dict[str, tuple[float, float]]:
    """Place the nodes of an acyclic graph in columns, so that every edge runs to the right.

    Operations stand one column after the last of their operands; inputs just before the first
    operation that uses them. Within a column, nodes follow the mean height of what they are
    joined to, which keeps most edges from crossing.

    Parameters
    ----------
    nodes : sequence of str
    edges : sequence of (str, str)

    Returns
    -------
    dict of str to (float, float)
        Positions, one unit apart; columns are centred on height 0.

    Raises
    ------
    RangeError
        If the edges form a cycle.
    """
    before = {node: [a for a, b in edges if b == node] for node in nodes}
    after = {node: [b for a, b in edges if a == node] for node in nodes}
    column: dict[str, int] = {}
    waiting = list(nodes)
    while waiting:
        ready = [node for node in waiting if all(a in column for a in before[node])]
        cyclic = ", ".join(waiting)
        require(bool(ready), RangeError, "layered_positions: edges", "no cycle", f"one in {cyclic}")
        for node in ready:
            column[node] = max((column[a] + 1 for a in before[node]), default=0)
        waiting = [node for node in waiting if node not in column]
    for node in nodes:
        if not before[node] and after[node]:
            column[node] = min(column[b] for b in after[node]) - 1

    members: dict[int, list[str]] = {}
    for node in nodes:
        members.setdefault(column[node], []).append(node)
    height = {node: -float(row) for group in members.values() for row, node in enumerate(group)}
    # A few sweeps to and fro; sorting is stable, so that ties keep the caller's order.
    for sweep in range(4):
        towards = before if sweep % 2 == 0 else after
        for place in sorted(members, reverse=sweep % 2 == 1):
            wish = {}
            for node in members[place]:
                near = towards[node] or [node]
                wish[node] = sum(height[other] for other in near) / len(near)
            members[place].sort(key=wish.__getitem__, reverse=True)
            for row, node in enumerate(members[place]):
                height[node] = (len(members[place]) - 1) / 2 - row
    return {node: (float(column[node]), height[node]) for node in nodes}
