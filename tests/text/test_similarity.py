"""Nearest words and analogies."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.errors import DataError, RangeError, ShapeError
from dlbook.text import (
    Vocabulary,
    analogy,
    analogy_accuracy,
    cosine_similarities,
    nearest,
)

VOCABULARY = Vocabulary([["king", "queen", "man", "woman", "apple"]])
AXES = {  # royal, female, fruit
    "king": [1, 0, 0],
    "queen": [1, 0.8, 0],
    "man": [0.1, 0, 0.05],
    "woman": [0.1, 0.8, 0],
    "apple": [0, 0, 1],
}
VECTORS = np.array([[0, 0, 0], [9, 9, 9], *(AXES[word] for word in VOCABULARY.tokens[2:])])


def test_cosines():
    found = cosine_similarities(VECTORS, np.array([[3.0, 0, 0], [0, 0, -1]]))
    assert found.shape == (2, 7)
    king, apple = VOCABULARY["king"], VOCABULARY["apple"]
    assert found[0, king] == pytest.approx(1)
    assert found[1, apple] == pytest.approx(-1)
    assert found[0, apple] == 0
    assert found[0, 0] == 0  # a vector of zeros points nowhere
    assert cosine_similarities(VECTORS, VECTORS[king])[king] == pytest.approx(1)


def test_nearest():
    found = nearest(VECTORS, VOCABULARY, "king", 2)
    assert [word for word, _ in found] == ["man", "queen"]
    assert found[1][1] == pytest.approx(1 / np.hypot(1, 0.8))
    everything = nearest(VECTORS, VOCABULARY, "king", 50)
    assert {word for word, _ in everything} == {"queen", "man", "woman", "apple"}


def test_analogy_with_and_without_the_words_of_the_question():
    assert analogy(VECTORS, VOCABULARY, "man", "king", "woman")[0][0] == "queen"
    flattered = analogy(VECTORS, VOCABULARY, "king", "man", "apple", exclude=True)
    honest = analogy(VECTORS, VOCABULARY, "king", "man", "apple", exclude=False)
    assert flattered[0][0] != "apple"
    assert honest[0][0] == "apple"
    assert honest[0][1] > flattered[0][1]


def test_accuracy_is_that_of_single_questions():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((7, 3))
    words = VOCABULARY.tokens[2:]
    questions = [tuple(rng.choice(words, 4)) for _ in range(60)]
    for exclude in (True, False):
        right = [
            analogy(vectors, VOCABULARY, a, b, c, exclude=exclude)[0][0] == d
            for a, b, c, d in questions
        ]
        assert 0 < sum(right) < 60
        found = analogy_accuracy(vectors, VOCABULARY, questions, exclude)
        assert found == pytest.approx(np.mean(right))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nearest(VECTORS, VOCABULARY, "pear"), RangeError, "nearest: .* got 'pear'"),
        (lambda: nearest(VECTORS, VOCABULARY, "king", 0), RangeError, "nearest: count"),
        (lambda: nearest(VECTORS[:5], VOCABULARY, "king"), ShapeError, "one vector for each of 7"),
        (lambda: analogy(VECTORS, VOCABULARY, "man", "king", "x"), RangeError, "analogy: .* 'x'"),
        (lambda: analogy_accuracy(VECTORS, VOCABULARY, []), DataError, "questions: .* got none"),
        (lambda: cosine_similarities(VECTORS, np.ones(4)), ShapeError, "vectors of 3 features"),
        (lambda: cosine_similarities(VECTORS[0], VECTORS[0]), ShapeError, "words, features"),
    ],
)
def test_bad_questions(call, error, words):
    with pytest.raises(error, match=words):
        call()
