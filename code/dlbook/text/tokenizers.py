"""Cut text into tokens: words, characters, or runs of several of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from dlbook.errors import DTypeError, RangeError, require

__all__ = ["characters", "ngrams", "normalize", "words"]

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_WORD_OR_SIGN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


def normalize(text: str) -> str:
    """Write equal words equally: one Unicode form, lower case.

    Parameters
    ----------
    text : str
        In any language. Hangul typed as separate letters is put together (form NFC).

    Returns
    -------
    str

    Raises
    ------
    DTypeError
        If `text` is not a string.
    """
    require(isinstance(text, str), DTypeError, "text", "a string", text)
    return unicodedata.normalize("NFC", text).lower()


def words(text: str, punctuation: bool = False) -> list[str]:
    """Cut a text into words.

    Letters and digits of any script belong to a word, and so does an apostrophe inside one.

    Parameters
    ----------
    text : str
    punctuation : bool
        Keep each punctuation mark as a token of its own; otherwise they are dropped.

    Returns
    -------
    list of str
        Normalised, in order.

    Examples
    --------
    >>> words("Don't panic: 42!")
    ["don't", 'panic', '42']
    >>> words("딥러닝은 재미있다.")
    ['딥러닝은', '재미있다']
    """
    return (_WORD_OR_SIGN if punctuation else _WORD).findall(normalize(text))


def characters(text: str) -> list[str]:
    """Cut a text into its characters, blanks included.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of str
        Normalised, in order; a Hangul syllable is one character.
    """
    return list(normalize(text))


def ngrams(tokens: Sequence[str], n: int, separator: str = " ") -> list[str]:
    """Join every run of `n` neighbouring tokens.

    Parameters
    ----------
    tokens : sequence of str
    n : int
        Length of a run, 1 or more.
    separator : str
        Put between the tokens; use "" for characters.

    Returns
    -------
    list of str
        ``len(tokens) − n + 1`` of them, none if there are fewer tokens than `n`.

    Raises
    ------
    RangeError
        If `n` is not positive.

    Examples
    --------
    >>> ngrams(["the", "cat", "sat"], 2)
    ['the cat', 'cat sat']
    """
    require(n >= 1, RangeError, "ngrams: n", "a run of 1 token or more", n)
    return [separator.join(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]
