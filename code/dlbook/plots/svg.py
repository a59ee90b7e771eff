"""From a matplotlib figure to a small inline SVG whose groups can be shown and hidden.

What matplotlib writes is a file of its own: with metadata, a style sheet that would leak into
the page around it, 6 decimals per coordinate and the list of fonts in every text. Here it
becomes a fragment for an HTML page, a third to a half as large, with identifiers that follow
from the picture, so that two pictures on one page cannot get into each other's way.
"""

from __future__ import annotations

import hashlib
import io
import re
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

__all__ = ["STATE", "inline_svg"]

#: Artists with this prefix and a number as their gid belong to the state of that number.
STATE = "dlbook-state-"

_GEOMETRY = {"d", "points", "x", "y", "x1", "y1", "x2", "y2", "width", "height", "transform"}
_FAMILY = "'DejaVu Sans', sans-serif"


def inline_svg(fig: Figure, *, alt: str, title: str, start: int, cumulative: bool) -> str:
    """Render a figure as an inline SVG element.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        Artists whose gid is `STATE` and a number k become groups with ``data-s="k"``.
    alt : str
        What the picture shows, for those who can't see it.
    title : str
        Its short title.
    start : int
        The state that is visible at first.
    cumulative : bool
        Whether a state shows the groups of all states before it, too.

    Returns
    -------
    str
        An ``<svg>`` element; the same figure gives the same text.
    """
    for image in fig.findobj(AxesImage):
        # An image writes its gid nowhere, but stands within its link.
        if (image.get_gid() or "").startswith(STATE):
            image.set_url(image.get_gid())
    buffer = io.StringIO()
    # Composed to one, the images of all states would be seen in each.
    with mpl.rc_context({"image.composite_image": False}):
        fig.savefig(buffer, format="svg", metadata={"Date": None})
    root = ElementTree.fromstring(buffer.getvalue())
    _tidy(root)
    for element in root.iter():
        name = element.get("id", "")
        if element.tag == "a" and element.get("href", "").startswith(STATE):
            name, element.tag, element.attrib = element.attrib["href"], "g", {}
        if name.startswith(STATE):
            element.attrib.pop("id", None)
            state = int(name.removeprefix(STATE))
            element.set("data-s", str(state))
            if cumulative:
                element.set("data-c", "")
            if state > start or (state < start and not cumulative):
                element.set("hidden", "")
    # Text of 10 points is read well at this size, and still at half of it, on a phone.
    width, height = fig.get_size_inches() * 130
    root.attrib = {
        "role": "img",
        "aria-label": alt,
        "viewBox": root.get("viewBox", ""),
        "style": f"max-width:{width:.0f}px;aspect-ratio:{width:.0f}/{height:.0f};"
        f"font-family:{_FAMILY};stroke-linejoin:round;stroke-linecap:butt",
    }
    caption = ElementTree.Element("title")
    caption.text = title
    root.insert(0, caption)
    return _own_names(ElementTree.tostring(root, encoding="unicode"))


def _tidy(root: ElementTree.Element) -> None:
    """Drop what a fragment does not need, and shorten the rest; in place."""
    for parent in list(root.iter()):
        parent.tag = parent.tag.rpartition("}")[2]
        parent.tail = None if parent.tag != "tspan" else parent.tail
        if parent.text is not None and not parent.text.strip():
            parent.text = None
        for child in list(parent):
            if child.tag.rpartition("}")[2] in {"metadata", "style"}:
                parent.remove(child)
        parent.attrib = {
            key.rpartition("}")[2]: _shorten(key, value)
            for key, value in parent.attrib.items()
            if not (key == "transform" and re.match(r"rotate\(-?0 ", value))
        }
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == "defs" and not len(child):
                parent.remove(child)
        _share_style(parent)


def _share_style(group: ElementTree.Element) -> None:
    """Say the style of many like elements once; a line's markers are the usual case."""
    styles = {child.get("style", "") for child in group}
    if group.tag != "g" or len(group) < 2 or len(styles) > 1 or "style" in group.attrib:
        return
    shared = styles.pop()
    # Opacity is not inherited: a group's applies to the whole, not to each part.
    if shared and not re.search(r"(^|;)opacity:", shared):
        group.set("style", shared)
        for child in group:
            del child.attrib["style"]


def _shorten(key: str, value: str) -> str:
    if key in _GEOMETRY and "scale" not in value and "matrix" not in value:
        value = re.sub(r"-?\d+\.\d+", lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), value)
        value = re.sub(r"-0(?![\d.])", "0", value)
        value = re.sub(r"\s*([A-Za-z])\s*", r"\1", value) if key == "d" else value
    elif key == "style":
        value = re.sub(r"\s*([:;])\s*", r"\1", value)
        # The family is inherited from the root.
        value = value.replace(f";font-family:{_FAMILY}", "")
    return " ".join(value.split()) if key != "data-c" else value


def _own_names(svg: str) -> str:
    """Keep only identifiers that are referred to, and make them unlike any other picture's."""
    digest = "d" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    used = set(re.findall(r"url\(#([^)]+)\)", svg)) | set(re.findall(r'href="#([^"]+)"', svg))
    numbers = {name: f"{digest}-{n}" for n, name in enumerate(sorted(used))}
    svg = re.sub(
        r' id="([^"]+)"', lambda m: f' id="{numbers[m[1]]}"' if m[1] in numbers else "", svg
    )
    svg = re.sub(r"url\(#([^)]+)\)", lambda m: f"url(#{numbers[m[1]]})", svg)
    return re.sub(r'href="#([^"]+)"', lambda m: f'href="#{numbers[m[1]]}"', svg)
