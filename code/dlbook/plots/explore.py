"""Interactive figures without a kernel.

Every state is computed when the cell runs, and drawn by matplotlib into one inline SVG; a
slider shows one state and hides the others. So the figure works on the static page, in
JupyterLab and in Colab, with no library and no request; on paper and where scripts are
switched off, it shows the state it starts with.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from dlbook.errors import RangeError, ShapeError, require
from dlbook.plots.style import style
from dlbook.plots.svg import STATE, inline_svg

__all__ = ["MAX_BYTES", "Explorer", "explore", "step_explorer"]

#: Beyond this a page gets slow on a phone; `explore` then asks for fewer or simpler states.
MAX_BYTES = 400_000

STYLE = """
.dlb-explore{color:var(--pst-color-text-base,var(--jp-content-font-color1,#222832));
margin:.5rem 0}
.dlb-explore svg{background:#fff;border-radius:.3rem;display:block;width:100%}
html[data-theme=dark] .dlb-explore svg{background:#dfe4e9}
.dlb-explore [data-s][hidden]{display:none!important}
.dlb-explore p{margin:.2rem 0}
.dlb-explore .dlb-title{font-weight:600}
.dlb-slide{align-items:center;display:flex;flex-wrap:wrap;gap:.3rem .7rem;margin-top:.4rem}
.dlb-slide label{align-items:center;display:flex;flex:1 1 14rem;gap:.7rem;margin:0;max-width:34rem}
.dlb-slide input{accent-color:var(--pst-color-primary,#0a7d91);flex:1;min-width:6rem}
.dlb-slide output{font-weight:600;min-width:4rem}
.dlb-slide button{background:var(--pst-color-surface,var(--jp-layout-color2,#f3f4f5));
border:1px solid var(--pst-color-border,var(--jp-border-color1,#9ca4af));border-radius:.25rem;
color:inherit;cursor:pointer;font:inherit;padding:.2rem .7rem}
.dlb-slide :focus-visible{outline:3px solid var(--pst-color-accent,#c132af);outline-offset:2px}
.dlb-said-now{min-height:1.6em}
html .bd-content div.cell_output .text_html:has(>.dlb-explore){background:none!important;
color:inherit!important;padding:0!important}
@media print{.dlb-slide input,.dlb-slide button{display:none}.dlb-slide label{flex:none}
.dlb-explore{break-inside:avoid}}
"""

# Handlers in attributes need no identifier, leave no global name and survive being moved
# about by a notebook's front end; a page may hold any number of these figures.
_ON_INPUT = (
    "var k=+this.value,r=this.closest('.dlb-explore');"
    "r.querySelectorAll('[data-s]').forEach(function(e){var s=+e.dataset.s;"
    "e.toggleAttribute('hidden','c'in e.dataset?s>k:s!==k)});"
    "this.setAttribute('aria-valuetext',r.querySelector('output>:not([hidden])').textContent)"
)
_ON_CLICK = (
    "var i=this.closest('.dlb-explore').querySelector('input');i.step{way}();"
    "i.dispatchEvent(new Event('input'))"
)


@dataclass(frozen=True)
class Explorer:
    """An interactive figure; as the last expression of a cell, it shows itself.

    Parameters
    ----------
    html : str
        The figure as an HTML fragment.
    text : str
        The same in words, for terminals and tests.
    names : tuple of str
        What the states are called.
    captions : tuple of str
        What is said below the figure in each state.
    """

    html: str
    text: str
    names: tuple[str, ...]
    captions: tuple[str, ...]

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def explore(
    draw: Callable[[Any, Any], str | None],
    values: Sequence[Any],
    *,
    label: str,
    alt: str,
    title: str = "",
    start: Any = None,
    base: Callable[[Any], object] | None = None,
    names: Sequence[str] | None = None,
    panels: tuple[int, int] = (1, 1),
    figsize: tuple[float, float] = (4.6, 3.0),
    cumulative: bool = False,
    buttons: bool = False,
) -> Explorer:
    """Draw a figure for each value, and join the figures by a slider.

    Parameters
    ----------
    draw : callable
        ``draw(ax, value)`` adds the artists of one state to `ax` (an array of axes if there are
        several panels) and may return a caption. It must not change titles, labels or limits,
        which all states share.
    values : sequence
        One per state, two at least.
    label : str
        What the slider changes.
    alt : str
        What the figure shows, in all its states, for those who can't see it.
    title : str
        Short title above the figure.
    start : object, optional
        The value at which the slider stands at first; the first one by default.
    base : callable, optional
        ``base(ax)`` draws what all states share: axes, limits, labels, fixed curves.
    names : sequence of str, optional
        What the values are called; numbers are written short by default.
    panels : (int, int)
        Rows and columns of axes.
    figsize : (float, float)
        Width and height in inches.
    cumulative : bool
        Whether a state shows what all earlier ones drew, too.
    buttons : bool
        Whether there are buttons for the previous and the next state.

    Returns
    -------
    Explorer

    Raises
    ------
    RangeError
        If a text or a state is missing, `start` is not among the values, `draw` changes what
        states share or draws nothing at all, or the figure gets too large for a page.
    ShapeError
        If the names are not as many as the values.
    """
    values = list(values)
    require(len(values) > 1, RangeError, "explore: values", "at least two", values)
    for argument, text in (("label", label), ("alt", alt)):
        is_text = isinstance(text, str) and bool(text.strip())
        require(is_text, RangeError, f"explore: {argument}", "a text", repr(text))
    names = tuple(map(_name, values)) if names is None else tuple(map(str, names))
    fits = len(names) == len(values)
    require(fits, ShapeError, "explore: names", f"{len(values)}, one per value", list(names))
    first = _position(values, start)

    # A legend looked for the best place among all states would be slow, and jump between them.
    with style(font_size=10, figure_dpi=72, svg_fonttype="none", legend_loc="upper right"):
        fig = Figure(figsize=figsize)
        FigureCanvasSVG(fig)
        axes = fig.subplots(*panels)
        if base is not None:
            base(axes)
        captions = [_draw_state(fig, draw, axes, value, k) for k, value in enumerate(values)]
        drawn = any(str(a.get_gid()).startswith(STATE) for a in fig.findobj())
        require(drawn, RangeError, "explore: draw", "to add artists to the axes it gets", "none")
        svg = inline_svg(fig, alt=alt, title=title or label, start=first, cumulative=cumulative)
    text = _text(label, title, names, captions, first)
    page = _html(svg, label, title, names, captions, first, buttons)
    require(
        len(page.encode()) <= MAX_BYTES,
        RangeError,
        "explore",
        f"a figure of at most {MAX_BYTES // 1000} kB; draw fewer states, points or cells",
        f"{len(page.encode()) // 1000} kB",
    )
    return Explorer(page, text, names, tuple(captions))


def step_explorer(
    draw: Callable[[Any, Any], str | None],
    steps: Sequence[Any],
    *,
    alt: str,
    label: str = "Step",
    names: Sequence[str] | None = None,
    **options: Any,
) -> Explorer:
    """Draw the steps of a process, to go through with a slider or buttons.

    Parameters
    ----------
    draw : callable
        As for `explore`; gets one of `steps` each time.
    steps : sequence
        What `draw` needs for each step.
    alt, label : str
        As for `explore`.
    names : sequence of str, optional
        By default "1 of 5", "2 of 5" …
    **options : object
        All other arguments of `explore`; with ``cumulative=True`` the drawing grows.

    Returns
    -------
    Explorer
    """
    steps = list(steps)
    if names is None:
        names = [f"{k} of {len(steps)}" for k in range(1, len(steps) + 1)]
    options = {"start": steps[0] if steps else None, "buttons": True, **options}
    return explore(draw, steps, label=label, alt=alt, names=names, **options)


def _draw_state(fig: Figure, draw: Callable[..., str | None], axes: Any, value: Any, k: int) -> str:
    """Draw one state and mark what it added; return its caption."""
    before, shared = _artists(fig), _shared(fig)
    caption = draw(axes, value)
    for ax in fig.axes:
        legend = ax.get_legend()
        if legend is not None and id(legend) not in before:
            # An axes has one legend only: the next state's would displace this one.
            ax.legend_ = None
            ax.add_artist(legend)
    for found, artist in _artists(fig).items():
        if found not in before:
            artist.set_gid(f"{STATE}{k}")
            artist.set_label("_")  # keeps it out of the legends of later states
            # An annotation draws its arrow outside its own group.
            if isinstance(artist, Annotation) and artist.arrow_patch is not None:
                artist.arrow_patch.set_gid(f"{STATE}{k}")
    changed = [name for name, was in shared.items() if _shared(fig).get(name) != was]
    require(
        not changed,
        RangeError,
        f"explore: draw({_name(value)})",
        "to leave alone what all states share (set it in base, or return it as the caption)",
        f"another {', '.join(changed)}",
    )
    is_caption = caption is None or isinstance(caption, str)
    require(is_caption, RangeError, "explore: draw", "to return a caption or None", caption)
    return caption or ""


def _artists(fig: Figure) -> dict[int, Artist]:
    """Return all artists right below the figure and its axes by identity."""
    owners: list[Figure | Axes] = [fig, *fig.axes]
    return {id(artist): artist for owner in owners for artist in owner.get_children()}


def _shared(fig: Figure) -> dict[str, Any]:
    """Return what a state must not change, by name; limits that adapt themselves may."""
    shared: dict[str, Any] = {}
    for n, ax in enumerate(fig.axes):
        where = f" of panel {n}" if len(fig.axes) > 1 else ""
        shared[f"title{where}"] = ax.get_title()
        shared[f"x label{where}"] = ax.get_xlabel()
        shared[f"y label{where}"] = ax.get_ylabel()
        shared[f"x limits{where}"] = "free" if ax.get_autoscalex_on() else ax.get_xlim()
        shared[f"y limits{where}"] = "free" if ax.get_autoscaley_on() else ax.get_ylim()
    return shared


def _html(
    svg: str,
    label: str,
    title: str,
    names: Sequence[str],
    captions: Sequence[str],
    first: int,
    buttons: bool,
) -> str:
    def states(tag: str, texts: Sequence[str]) -> str:
        return "".join(
            f'<{tag} data-s="{k}"{"" if k == first else " hidden"}>{html.escape(text)}</{tag}>'
            for k, text in enumerate(texts)
        )

    def button(text: str, way: str) -> str:
        click = _ON_CLICK.format(way=way)
        return f'<button type="button" onclick="{click}">{text}</button>' if buttons else ""

    return "".join(
        [
            f"<style>{STYLE.replace(chr(10), '')}</style>",
            "<noscript><style>.dlb-slide input,.dlb-slide button{display:none}"
            ".dlb-slide label{flex:none}</style></noscript>",
            '<div class="dlb-explore">',
            f'<p class="dlb-title">{html.escape(title)}</p>' if title else "",
            svg,
            '<div class="dlb-slide">',
            f"<label><span>{html.escape(label)}</span>",
            f'<input type="range" min="0" max="{len(names) - 1}" step="1" value="{first}" '
            f'autocomplete="off" aria-valuetext="{html.escape(names[first])}" '
            f'oninput="{_ON_INPUT}"></label>',
            # The slider speaks its value itself; only captions are announced.
            f'<output aria-live="off">{states("span", names)}</output>',
            button("Previous", "Down"),
            button("Next", "Up"),
            "</div>",
            f'<div class="dlb-said-now" aria-live="polite">{states("p", captions)}</div>'
            if any(captions)
            else "",
            "</div>",
        ]
    )


def _text(label: str, title: str, names: Sequence[str], captions: Sequence[str], first: int) -> str:
    lines = [f"Interactive figure{f': {title}' if title else ''}", f"{label}: {', '.join(names)}"]
    shown = f": {captions[first]}" if captions[first] else ""
    return "\n".join([*lines, f"Shown: {names[first]}{shown}"])


def _name(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        # A true minus, and no exponent where a reader would not write one.
        short = f"{value:.4g}" if not math.isnan(value) else "nan"
        return short.replace("-", "−") if "e" not in short else short
    return str(value)


def _position(values: list[Any], start: Any) -> int:
    if start is None:
        return 0
    for position, value in enumerate(values):
        if value is start or np.array_equal(value, start):
            return position
    raise RangeError(
        f"explore: start: expected one of the values {', '.join(map(_name, values))}, "
        f"got {_name(start)}"
    )
