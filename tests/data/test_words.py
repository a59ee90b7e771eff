"""Corpora: what they promise is counted here."""

from __future__ import annotations

import collections
import sys
from pathlib import Path

import numpy as np
import pytest
from dlbook import data
from dlbook.errors import DTypeError, RangeError

sys.path.insert(0, str(Path(__file__).parent))
from fingerprints import fingerprint


def generator(seed=0):
    return np.random.default_rng(seed)


# --- sentences ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpus():
    return data.sentences(4000, rng=generator())


def test_sentences_are_as_large_as_said(corpus):
    words = collections.Counter(word for sentence in corpus for word in sentence)
    assert len(corpus) == 4000
    assert 37_000 < sum(words.values()) < 40_000
    assert 250 < len(words) < 300
    assert not any("{" in word or "}" in word for word in words)
    assert min(words.values()) >= 3  # enough to learn from, even in half of the usual corpus


def test_topics_have_their_shares(corpus):
    people = [s for s in corpus if {"he", "she"} & set(s)]
    things = [s for s in corpus if {"it", "they"} & set(s) and s not in people]
    assert len(people) / 4000 == pytest.approx(0.4, abs=0.03)
    women = sum("she" in s for s in people)
    assert women / len(people) == pytest.approx(0.5, abs=0.05)
    many = [s for s in things if s[0] in ("these", "many", "two", "all")]
    assert len(many) / 4000 == pytest.approx(0.175, abs=0.03)


def test_he_and_she_never_meet(corpus):
    assert not any({"he", "she"} <= set(sentence) for sentence in corpus)


def test_analogies_ask_for_words_of_the_corpus(corpus):
    words = {word for sentence in corpus for word in sentence}
    questions = data.analogies()
    assert {kind: len(asked) for kind, asked in questions.items()} == {
        "gender": 90,
        "capital": 90,
        "plural": 90,
    }
    for asked in questions.values():
        assert len(set(asked)) == 90
        for question in asked:
            assert len(set(question)) == 4
            assert set(question) <= words
    assert ("man", "woman", "king", "queen") in questions["gender"]
    assert ("france", "paris", "japan", "tokyo") in questions["capital"]
    assert ("dog", "dogs", "cat", "cats") in questions["plural"]


def test_counts_of_neighbours_solve_the_analogies(corpus):
    """Without any training: vectors of log-scaled co-occurrence, as a floor for what is learned."""
    words = sorted({word for sentence in corpus for word in sentence})
    index = {word: i for i, word in enumerate(words)}
    counts = np.zeros((len(words), len(words)))
    for sentence in corpus:
        ids = [index[word] for word in sentence]
        for distance in range(1, 5):
            np.add.at(counts, (ids[:-distance], ids[distance:]), 1)
    counts += counts.T
    share = counts * counts.sum() / np.outer(counts.sum(0), counts.sum(1))
    vectors = np.log(np.maximum(share, 1))  # positive pointwise mutual information
    u, s, _ = np.linalg.svd(vectors)
    vectors = u[:, :24] * np.sqrt(s[:24])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    right = []
    for a, b, c, d in data.analogies()["gender"]:
        near = vectors @ (vectors[index[b]] - vectors[index[a]] + vectors[index[c]])
        near[[index[a], index[b], index[c]]] = -9
        right.append(words[near.argmax()] == d)
    assert np.mean(right) > 0.9


# --- reviews ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def some_reviews():
    return data.reviews(3000, rng=generator())


GOOD = {
    *("good", "great", "brilliant", "charming", "funny", "moving"),
    *("gripping", "clever", "lovely", "superb", "elegant", "fresh"),
}
CUES = {"not", "hardly", "never", "although", "critic", "agree", "true"}


def verdict_in(text):
    """Return the one sentence that judges two parts of the film."""
    found = [s for s in text.removesuffix(" .").split(" . ") if s.count(" was ") == 2]
    assert len(found) == 1
    return found[0]


def test_reviews(some_reviews):
    assert some_reviews.x.dtype.kind == "U"
    assert some_reviews.classes == ("bad", "good")
    assert some_reviews.y.dtype == np.int64
    assert some_reviews.y.mean() == pytest.approx(0.5, abs=0.03)
    vocabulary = {word for text in some_reviews.x for word in text.split()}
    assert 90 < len(vocabulary) < 115
    assert max(len(text.split()) for text in some_reviews.x) < 64
    assert not any("{" in text for text in some_reviews.x)
    assert all(text == text.lower() and text.endswith(" .") for text in some_reviews.x)


def test_train_and_test_reviews_do_not_overlap(some_reviews):
    train, test = some_reviews.take(slice(2400)), some_reviews.take(slice(2400, None))
    assert len(set(train.x) & set(test.x)) <= 3


def test_hard_reviews_have_twins_with_the_same_words():
    """One praise and one blame each, and a cue that stands in as many good ones as bad ones."""
    hard = data.reviews(3000, hard=1.0, rng=generator())
    counts = collections.defaultdict(list)
    for text, y in zip(hard.x, hard.y, strict=True):
        words = verdict_in(text).split()
        assert len(GOOD & set(words)) == 1
        (cue,) = CUES & set(words) - ({"never"} if "critic" in words else set())
        counts[cue].append(y)
    assert set(counts) == CUES
    for labels in counts.values():
        assert np.mean(labels) == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(len(labels)))


def meant(text):
    """Read a review as its author meant it; the rules, written a second time."""
    verdict = verdict_in(text)
    if "although" in verdict:
        before, after = verdict.split(" , ")
        return (after if before.startswith("although") else before).split()[-1] in GOOD
    votes = []
    for clause in verdict.split(" and "):
        words = clause.split()
        denied = bool({"not", "hardly", "never", "no", "cannot", "false"} & set(words))
        votes.append((words[-1] in GOOD) != denied)
    assert votes[0] == votes[1]  # both halves agree
    return votes[0]


def test_every_review_means_its_label(some_reviews):
    assert all(meant(t) == y for t, y in zip(some_reviews.x, some_reviews.y, strict=True))


def test_easy_reviews_show_their_words():
    easy = data.reviews(400, hard=0.0, rng=generator())
    for text, y in zip(easy.x, easy.y, strict=True):
        assert bool(GOOD & set(text.split())) == y


# --- real English -------------------------------------------------------------------------------


def test_python_topics():
    topics = data.python_topics()
    assert list(topics) == sorted(topics)
    assert "assert" in topics
    assert "lambda" in topics
    assert all(text.isascii() for text in topics.values())
    assert 50_000 < sum(len(text.split()) for text in topics.values()) < 90_000


# --- the same on every run, and refusals --------------------------------------------------------


def test_seeded():
    for make in (
        lambda seed: [" ".join(s) for s in data.sentences(5, rng=generator(seed))],
        lambda seed: data.reviews(5, rng=generator(seed)).x.tolist(),
    ):
        assert make(0) == make(0)
        assert make(0) != make(1)


KNOWN = {"sentences": "8ce61c40f668", "reviews": "f2c0e22ffea2"}


def test_known_samples():
    """What a seed gives is part of the book: its figures depend on it."""
    first = [" ".join(s) for s in data.sentences(5, rng=generator())]
    found = {
        "sentences": fingerprint(np.array([list(" | ".join(first).encode())])),
        "reviews": fingerprint(
            np.array([list(" | ".join(data.reviews(5, rng=generator()).x).encode())])
        ),
    }
    assert found == KNOWN


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: data.sentences(0, rng=generator()), RangeError, "sentences: count"),
        (lambda: data.sentences(2.5, rng=generator()), RangeError, "sentences: count"),
        (lambda: data.sentences(3, rng=0), DTypeError, "sentences: rng"),
        (lambda: data.reviews(0, rng=generator()), RangeError, "reviews: samples"),
        (lambda: data.reviews(3, hard=1.1, rng=generator()), RangeError, "reviews: hard"),
        (lambda: data.reviews(3, hard="all", rng=generator()), RangeError, "reviews: hard"),
        (lambda: data.reviews(3, rng=None), DTypeError, "reviews: rng"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()
