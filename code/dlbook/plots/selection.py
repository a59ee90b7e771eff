"""Several interactive figures in one place, to choose from."""

from __future__ import annotations

import html
from collections.abc import Mapping

from dlbook.errors import DTypeError, RangeError, require
from dlbook.plots.explore import MAX_BYTES, Explorer

__all__ = ["select"]

_STYLE = """
.dlb-select{color:var(--pst-color-text-base,var(--jp-content-font-color1,#222832))}
.dlb-select>label{align-items:center;display:flex;flex-wrap:wrap;font-weight:600;gap:.3rem .7rem}
.dlb-select select{background:var(--pst-color-surface,var(--jp-layout-color2,#f3f4f5));
border:1px solid var(--pst-color-border,var(--jp-border-color1,#9ca4af));border-radius:.25rem;
color:inherit;font:inherit;max-width:100%;padding:.2rem .5rem}
.dlb-select select:focus-visible{outline:3px solid var(--pst-color-accent,#c132af);
outline-offset:2px}
html .bd-content div.cell_output .text_html:has(>.dlb-select){background:none!important;
color:inherit!important;padding:0!important}
@media print{.dlb-select>label{display:none}.dlb-select>[data-of][hidden]{display:block!important}}
"""

_ON_CHANGE = (
    "var k=this.selectedIndex,r=this.closest('.dlb-select');"
    "Array.from(r.children).filter(function(e){return'of'in e.dataset})"
    ".forEach(function(e,n){e.hidden=n!==k})"
)


def select(figures: Mapping[str, Explorer], *, label: str) -> Explorer:
    """Join interactive figures by a menu that shows one of them at a time.

    On paper and where scripts are switched off, all of them are shown.

    Parameters
    ----------
    figures : mapping of str to Explorer
        What each is called in the menu; the first is shown at first.
    label : str
        What is chosen.

    Returns
    -------
    Explorer
        Its `names` are those of the figures, its `captions` say what each shows at first.

    Raises
    ------
    RangeError
        If there are fewer than two figures, `label` is empty, or the page gets too large.
    DTypeError
        If something else than an `Explorer` is among the figures.
    """
    names = tuple(map(str, figures))
    require(len(names) > 1, RangeError, "select: figures", "at least two", len(names))
    is_text = isinstance(label, str) and bool(label.strip())
    require(is_text, RangeError, "select: label", "a text", repr(label))
    for name, figure in figures.items():
        fits = isinstance(figure, Explorer)
        require(fits, DTypeError, f"select: figures[{name!r}]", "an Explorer", figure)
    page = _html(names, [figure.html for figure in figures.values()], label)
    size = len(page.encode())
    expected = f"figures of at most {MAX_BYTES // 1000} kB together"
    require(size <= MAX_BYTES, RangeError, "select", expected, f"{size // 1000} kB")
    texts = [figure.text for figure in figures.values()]
    listed = [f"[{name}]\n{text}" for name, text in zip(names, texts, strict=True)]
    return Explorer(page, "\n".join([f"{label}: {', '.join(names)}", *listed]), names, tuple(texts))


def _html(names: tuple[str, ...], pages: list[str], label: str) -> str:
    options = "".join(f"<option>{html.escape(name)}</option>" for name in names)
    panels = "".join(
        f"<div data-of{' hidden' if k else ''}>{page}</div>" for k, page in enumerate(pages)
    )
    return (
        f"<style>{_STYLE.replace(chr(10), '')}</style>"
        "<noscript><style>.dlb-select>label{display:none}"
        ".dlb-select>[data-of][hidden]{display:block!important}</style></noscript>"
        '<div class="dlb-select">'
        f"<label><span>{html.escape(label)}</span> "
        f'<select autocomplete="off" onchange="{_ON_CHANGE}">{options}</select></label>'
        f"{panels}</div>"
    )
