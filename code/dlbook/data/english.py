"""Real English that every Python brings along: the help texts of the language."""

from __future__ import annotations

__all__ = ["python_topics"]


def python_topics() -> dict[str, str]:
    """Texts that ``help()`` shows about the language, from "assert" to "yield".

    About 65,000 words. They differ between versions of Python, and with them every figure
    computed from them in the third digit or before: compare such figures roughly.

    Returns
    -------
    dict of str to str
        For each topic its text, in plain ASCII, in alphabetical order of the topics.

    References
    ----------
    Module ``pydoc_data.topics`` of Python's standard library, made from *The Python Language
    Reference* (PSF licence).
    """
    from pydoc_data.topics import topics

    plain = {name: text.encode("ascii", "ignore").decode() for name, text in topics.items()}
    return dict(sorted(plain.items()))
