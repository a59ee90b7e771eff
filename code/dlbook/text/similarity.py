"""Geometry of word vectors: who is near, and what a direction means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import DataError, RangeError, ShapeError, require
from dlbook.text.vocabulary import Vocabulary

__all__ = ["analogy", "analogy_accuracy", "cosine_similarities", "nearest"]

Array = np.ndarray[Any, Any]


def cosine_similarities(vectors: Array, queries: Array) -> Array:
    """Cosine of the angle between each query and each vector.

    Parameters
    ----------
    vectors : ndarray of float, shape (words, features)
    queries : ndarray of float, shape (features,) or (queries, features)

    Returns
    -------
    ndarray of shape (words,) or (queries, words)
        From −1 to 1; 0 for a vector of zeros.

    Raises
    ------
    ShapeError
        If the vectors differ in length.
    """
    vectors, queries = np.asarray(vectors), np.asarray(queries)
    table = vectors.ndim == 2
    require(table, ShapeError, "cosine_similarities: vectors", "shape (words, features)", vectors)
    features = vectors.shape[1]
    fits = queries.ndim in (1, 2) and queries.shape[-1] == features
    expected = f"vectors of {features} features"
    require(fits, ShapeError, "cosine_similarities: queries", expected, queries)
    return _unit(queries) @ _unit(vectors).T


def nearest(
    vectors: Array, vocabulary: Vocabulary, word: str, count: int = 5
) -> list[tuple[str, float]]:
    """List the words whose vectors point most nearly where a word's does.

    Parameters
    ----------
    vectors : ndarray of float, shape (len(vocabulary), features)
    vocabulary : Vocabulary
    word : str
    count : int
        How many.

    Returns
    -------
    list of (str, float)
        Words and cosine similarities, the nearest first, without the word itself.

    Raises
    ------
    RangeError
        If the vocabulary does not list the word, or `count` is not positive.
    ShapeError
        If there is not one vector for each entry of the vocabulary.
    """
    (number,) = _numbers("nearest", vectors, vocabulary, [word])
    scores = cosine_similarities(vectors, vectors[number])
    return _best("nearest", scores, vocabulary, count, [number])


def analogy(
    vectors: Array,
    vocabulary: Vocabulary,
    a: str,
    b: str,
    c: str,
    count: int = 1,
    exclude: bool = True,
) -> list[tuple[str, float]]:
    """Answer "a is to b as c is to …" with the words nearest to b − a + c.

    All vectors are first brought to length 1. Excluding a, b and c, as is usual, flatters the
    method: without it, the answer is often b or c itself.

    Parameters
    ----------
    vectors : ndarray of float, shape (len(vocabulary), features)
    vocabulary : Vocabulary
    a, b, c : str
    count : int
        How many answers.
    exclude : bool
        Whether the three words of the question are ruled out as answers.

    Returns
    -------
    list of (str, float)
        Words and cosine similarities, the best first.

    Raises
    ------
    RangeError
        If the vocabulary does not list a word, or `count` is not positive.
    ShapeError
        If there is not one vector for each entry of the vocabulary.

    References
    ----------
    Mikolov, Yih & Zweig (2013); Rogers et al. (2017) on what it shows; chapter 16.
    """
    numbers = _numbers("analogy", vectors, vocabulary, [a, b, c])
    first, second, third = _unit(vectors[numbers])
    scores = cosine_similarities(vectors, second - first + third)
    return _best("analogy", scores, vocabulary, count, numbers if exclude else [])


def analogy_accuracy(
    vectors: Array,
    vocabulary: Vocabulary,
    questions: Sequence[tuple[str, str, str, str]],
    exclude: bool = True,
) -> float:
    """Share of questions "a is to b as c is to d" whose best answer is d.

    Parameters
    ----------
    vectors : ndarray of float, shape (len(vocabulary), features)
    vocabulary : Vocabulary
    questions : sequence of (str, str, str, str)
        For example from `dlbook.data.analogies`.
    exclude : bool
        Whether a, b and c are ruled out as answers.

    Returns
    -------
    float from 0 to 1

    Raises
    ------
    DataError
        If there are no questions.
    RangeError
        If the vocabulary does not list a word.
    ShapeError
        If there is not one vector for each entry of the vocabulary.
    """
    name = "analogy_accuracy"
    require(len(questions) > 0, DataError, f"{name}: questions", "at least one", "none")
    words = [word for question in questions for word in question]
    a, b, c, d = np.array(_numbers(name, vectors, vocabulary, words)).reshape(-1, 4).T
    unit = _unit(vectors)
    scores = (unit[b] - unit[a] + unit[c]) @ unit.T
    scores[:, [vocabulary.PADDING, vocabulary.UNKNOWN]] = -np.inf
    if exclude:
        rows = np.arange(len(d))
        for asked in (a, b, c):
            scores[rows, asked] = -np.inf
    return float((scores.argmax(axis=1) == d).mean())


def _unit(vectors: Array) -> Array:
    """Bring vectors to length 1; one of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


def _numbers(name: str, vectors: Array, vocabulary: Vocabulary, words: Sequence[str]) -> list[int]:
    expected = f"one vector for each of {len(vocabulary)} entries"
    fits = np.ndim(vectors) == 2 and len(vectors) == len(vocabulary)
    require(fits, ShapeError, f"{name}: vectors", expected, vectors)
    for word in words:
        require(word in vocabulary, RangeError, name, "words of the vocabulary", repr(word))
    return [vocabulary[word] for word in words]


def _best(
    name: str, scores: Array, vocabulary: Vocabulary, count: int, excluded: Sequence[int]
) -> list[tuple[str, float]]:
    require(count >= 1, RangeError, f"{name}: count", "1 or more", count)
    out = {vocabulary.PADDING, vocabulary.UNKNOWN, *excluded}
    order = [int(number) for number in np.argsort(-scores, kind="stable") if number not in out]
    return [(vocabulary.tokens[number], float(scores[number])) for number in order[:count]]
