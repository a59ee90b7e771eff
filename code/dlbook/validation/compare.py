"""What it means that a cell still produces the outputs stored with it.

Every kind of output has a rule, and one without a rule is a difference:

- streams, ``text/plain``, ``text/markdown``, ``text/latex``, JavaScript and JSON: equal;
- ``text/html`` and SVG: equal outside ``<svg>…</svg>``; inside, where coordinates depend on the
  machine's fonts and rounding, the number of drawings and their texts (``<text>``, ``<title>``,
  ``<desc>``) are equal;
- PNG and JPEG: one for one, contents not compared (their data are asserted in cells);
- exceptions of cells tagged ``raises-exception``: name and message equal, traceback not compared.

With a relative tolerance, numbers in those texts may differ by it, and everything else must still
be equal. What is written to stderr must always be equal to the letter.
"""

from __future__ import annotations

import difflib
import html
import json
import math
import re
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode

__all__ = ["close", "compare", "svg_parts"]

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|(?:nan|inf)\b)"
)
_SVG_EDGE = re.compile(r"<svg\b[^>]*?(/?)>|</svg\s*>", re.IGNORECASE)
_SVG_TEXT = re.compile(r"<(text|title|desc)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")

_TEXT = ("text/plain", "text/markdown", "text/latex", "application/javascript")
_DRAWN = ("text/html", "image/svg+xml")
_COUNTED = ("image/png", "image/jpeg")
_LONGEST_DIFF = 40  # lines


def compare(
    reference: Sequence[NotebookNode], computed: Sequence[NotebookNode], rtol: float | None = None
) -> list[str]:
    """Compare the outputs of a cell with those stored in the notebook.

    Parameters
    ----------
    reference : sequence of NotebookNode
        Outputs as stored.
    computed : sequence of NotebookNode
        Outputs of the run to be checked.
    rtol : float, optional
        Relative tolerance for numbers; without it texts must be equal.

    Returns
    -------
    list of str
        One description for each difference; empty if there is none.
    """
    problems = _difference("stderr", _stderr(reference), _stderr(computed), None)
    old, new = _merged(reference), _merged(computed)
    if [_kind(output) for output in old] != [_kind(output) for output in new]:
        problems.append(
            "the outputs are not of the same number and kind\n"
            f"  stored:   {_inventory(old)}\n  computed: {_inventory(new)}"
        )
        problems += _difference("text of all outputs", _all_text(old), _all_text(new), None)
        return problems
    for before, after in zip(old, new, strict=True):
        problems += _compare_one(before, after, rtol)
    return problems


def close(reference: str, computed: str, rtol: float) -> bool:
    """Say whether two texts agree but for the size of their numbers.

    Parameters
    ----------
    reference, computed : str
    rtol : float
        Largest allowed ``|computed - reference| / |reference|`` of each number. Spacing may
        differ, since NumPy pads its columns to the longest number; words and the number of lines
        may not.

    Returns
    -------
    bool
    """
    if len(reference.splitlines()) != len(computed.splitlines()):
        return False
    if _NUMBER.sub(" # ", reference).split() != _NUMBER.sub(" # ", computed).split():
        return False
    pairs = zip(_NUMBER.findall(reference), _NUMBER.findall(computed), strict=True)
    return all(_near(float(old), float(new), rtol) for old, new in pairs)


def svg_parts(text: str) -> tuple[str, list[list[str]]]:
    """Separate what is compared to the letter from drawings.

    Parameters
    ----------
    text : str
        HTML or SVG.

    Returns
    -------
    outside : str
        The text with each outermost ``<svg …>…</svg>`` replaced by ``<svg/>``. An ``<svg>`` that
        is never closed stays where it is and is compared to the letter.
    drawings : list of list of str
        The texts within each of the drawings: of ``<text>``, ``<title>`` and ``<desc>``.
    """
    outside, drawings = "", []
    depth = start = end = 0
    for edge in _SVG_EDGE.finditer(text):
        closing = edge[0].startswith("</")
        if not closing and not edge[1]:
            if depth == 0:
                start = edge.start()
            depth += 1
        elif closing and depth > 0:
            depth -= 1
            if depth == 0:
                outside += text[end:start] + "<svg/>"
                end = edge.end()
                drawings.append(_drawn_texts(text[start:end]))
    return outside + text[end:], drawings


def _drawn_texts(svg: str) -> list[str]:
    found = [_MARKUP.sub(" ", match[2]) for match in _SVG_TEXT.finditer(svg)]
    return [" ".join(html.unescape(text).split()) for text in found]


def _near(reference: float, computed: float, rtol: float) -> bool:
    if not (math.isfinite(reference) and math.isfinite(computed)):
        return str(reference) == str(computed)
    return abs(computed - reference) <= rtol * abs(reference)


def _stderr(outputs: Sequence[NotebookNode]) -> str:
    return "".join(o["text"] for o in outputs if o.get("name") == "stderr")


def _merged(outputs: Sequence[NotebookNode]) -> list[dict[str, Any]]:
    """Join neighbouring pieces of stdout, which arrive in pieces of any size; drop stderr."""
    merged: list[dict[str, Any]] = []
    for output in outputs:
        if output.get("name") == "stderr":
            continue
        if output["output_type"] == "stream" and merged and _kind(merged[-1]) == "stdout":
            merged[-1]["text"] += output["text"]
        else:
            merged.append(dict(output))
    return merged


def _kind(output: dict[str, Any]) -> str:
    """Describe an output by what must not change: its type and its representations."""
    if output["output_type"] == "stream":
        return str(output["name"])
    if output["output_type"] == "error":
        return "exception"
    return f"{output['output_type']} of {', '.join(sorted(output['data']))}"


def _inventory(outputs: list[dict[str, Any]]) -> str:
    return f"{len(outputs)} ({'; '.join(map(_kind, outputs))})" if outputs else "none"


def _all_text(outputs: list[dict[str, Any]]) -> str:
    texts = []
    for output in outputs:
        if output["output_type"] == "error":
            texts.append(f"{output['ename']}: {output['evalue']}\n")
        else:
            texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "".join(texts)


def _compare_one(old: dict[str, Any], new: dict[str, Any], rtol: float | None) -> list[str]:
    if old["output_type"] == "stream":
        return _difference(old["name"], old["text"], new["text"], rtol)
    if old["output_type"] == "error":
        return _difference("exception", _all_text([old]), _all_text([new]), rtol)
    problems = []
    for mime in sorted(old["data"]):
        problems += _compare_data(mime, old["data"][mime], new["data"][mime], rtol)
    return problems


def _compare_data(mime: str, old: Any, new: Any, rtol: float | None) -> list[str]:
    if mime in _COUNTED:
        return []
    if mime in _TEXT:
        return _difference(mime, old, new, rtol)
    if mime in _DRAWN:
        return _compare_drawn(mime, old, new, rtol)
    if mime == "application/json":
        old, new = (json.dumps(value, indent=1, sort_keys=True) for value in (old, new))
        return _difference(mime, old, new, rtol)
    return [f"there is no rule for comparing outputs of the kind {mime!r}: show them otherwise"]


def _compare_drawn(mime: str, old: str, new: str, rtol: float | None) -> list[str]:
    (old_outside, old_drawn), (new_outside, new_drawn) = svg_parts(old), svg_parts(new)
    problems = _difference(f"{mime} outside drawings", old_outside, new_outside, rtol)
    if len(old_drawn) != len(new_drawn):
        return [*problems, f"{mime}: {len(old_drawn)} drawings stored, {len(new_drawn)} computed"]
    for before, after in zip(old_drawn, new_drawn, strict=True):
        texts = f"texts of a drawing in {mime}"
        problems += _difference(texts, "\n".join(before), "\n".join(after), rtol)
    return problems


def _difference(what: str, old: str, new: str, rtol: float | None) -> list[str]:
    if old == new or (rtol is not None and close(old, new, rtol)):
        return []
    allowed = "" if rtol is None else f" by more than {rtol:g} of a number"
    lines = list(
        difflib.unified_diff(
            old.splitlines(), new.splitlines(), "stored", "computed", lineterm="", n=1
        )
    ) or ["(only the ends of lines differ)"]
    if len(lines) > _LONGEST_DIFF:
        lines = [*lines[:_LONGEST_DIFF], f"… and {len(lines) - _LONGEST_DIFF} more lines"]
    return [f"{what} differs{allowed}\n" + "\n".join(f"  {line}" for line in lines)]
