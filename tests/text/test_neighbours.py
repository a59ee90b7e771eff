"""Pairs of neighbours, their counts, and words drawn beside them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from dlbook.errors import DataError, DTypeError, RangeError, ShapeError
from dlbook.text import (
    NegativeSampler,
    cooccurrences,
    glove_targets,
    skip_gram_pairs,
    subsample,
    with_negatives,
)
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.lists(st.lists(st.integers(0, 6), max_size=7), min_size=1, max_size=5)


def pairs_by_loops(texts, window):
    """The textbook's form: a loop over words, a loop over neighbours."""
    found = Counter()
    for text in texts:
        for i, centre in enumerate(text):
            for j in range(max(0, i - window), min(len(text), i + window + 1)):
                if i != j:
                    found[centre, text[j], abs(i - j)] += 1
    return found


@given(TEXTS, st.integers(1, 9))
def test_pairs_and_counts_are_those_of_the_loops(texts, window):
    expected = pairs_by_loops(texts, window)
    if not expected:
        if any(texts):
            with pytest.raises(DataError, match="expected a text of two words or more"):
                skip_gram_pairs(texts, window)
            with pytest.raises(DataError, match="expected a text of two words or more"):
                cooccurrences(texts, window)
        return
    without_gaps, weights = Counter(), Counter()
    for (a, b, gap), times in expected.items():
        without_gaps[a, b] += times
        weights[a, b] += times / gap
    pairs = skip_gram_pairs(texts, window)
    assert Counter(map(tuple, pairs.tolist())) == without_gaps
    found, counts = cooccurrences(texts, window)
    assert [tuple(pair) for pair in found.tolist()] == sorted(weights)
    np.testing.assert_allclose(counts, [weights[pair] for pair in sorted(weights)], rtol=1e-6)
    assert pairs.dtype == found.dtype == np.int64
    assert counts.dtype == np.float32


def test_windows_of_ones_own_prefer_near_neighbours(rng):
    text = list(range(2000))
    pairs = skip_gram_pairs([text], 4, rng)
    gaps = np.bincount(np.abs(pairs[:, 0] - pairs[:, 1]), minlength=5)[1:]
    np.testing.assert_allclose(gaps / 4000, [1, 0.75, 0.5, 0.25], atol=0.03)
    assert (np.diff(pairs[:, 0]) < 0).any()  # shuffled
    again = skip_gram_pairs([text], 4, np.random.default_rng(0))
    np.testing.assert_array_equal(pairs, again)


def test_subsampling_thins_frequent_words(rng):
    texts = [[0] * 90 + [1] * 10, [], [0] * 900] * 20
    kept = subsample(texts, 0.04, rng=rng)
    assert [len(text) > 0 for text in kept] == [True, False, True] * 20
    counts = np.bincount(np.concatenate([np.array(text, int) for text in kept]))
    assert counts[0] / 19_800 == pytest.approx(np.sqrt(0.04 / 0.99), abs=0.02)
    assert counts[1] == 200  # a share of 0.01 lies below the threshold
    assert all(type(token) is int for token in kept[0])
    assert all(set(text) <= {0} for text in kept[2::3])


@pytest.mark.parametrize("function", [skip_gram_pairs, cooccurrences])
@pytest.mark.parametrize("window", [0, -1, 1.5, True])
def test_windows_that_are_none(function, window):
    with pytest.raises(RangeError, match=f"{function.__name__}: window: expected 1 word or more"):
        function([[1, 2, 3]], window)


@pytest.mark.parametrize(
    ("texts", "error"),
    [([], DataError), ([[], []], DataError), ([[1, -2]], RangeError), ([["a", "b"]], DTypeError)],
)
def test_texts_that_are_none(texts, error, rng):
    for call in (skip_gram_pairs, cooccurrences, lambda t: subsample(t, rng=rng)):
        with pytest.raises(error, match="texts: expected"):
            call(texts)


def test_thresholds_that_are_none(rng):
    with pytest.raises(RangeError, match="subsample: threshold: expected a share above 0, got 0"):
        subsample([[1, 2]], 0, rng=rng)


def test_what_glove_fits():
    targets = glove_targets(np.array([1.0, 50.0, 100.0, 400.0]), x_max=100)
    assert targets.dtype == np.float32
    np.testing.assert_allclose(targets[:, 0], np.log([1, 50, 100, 400]), rtol=1e-6)
    np.testing.assert_allclose(targets[:, 1], [0.01**0.75, 0.5**0.75, 1, 1], rtol=1e-6)
    with pytest.raises(RangeError, match="glove_targets: counts: expected counts above 0"):
        glove_targets(np.array([1.0, 0.0]))
    with pytest.raises(RangeError, match="glove_targets: x_max"):
        glove_targets(np.array([1.0]), x_max=0)


@pytest.mark.parametrize("power", [0.0, 0.75, 1.0])
def test_words_are_drawn_by_their_counts(power, rng):
    counts = np.array([0, 100, 10, 0, 1, 0])
    sampler = NegativeSampler(counts, power)
    shares = np.array([0, 100**power, 10**power, 0, 1, 0])
    np.testing.assert_allclose(sampler.probabilities, shares / shares.sum())
    drawn = sampler.draw((4000, 5), rng)
    assert drawn.shape == (4000, 5)
    found = np.bincount(drawn.ravel(), minlength=6) / drawn.size
    np.testing.assert_allclose(found, sampler.probabilities, atol=0.015)
    assert not found[[0, 3, 5]].any()


def test_the_last_draw_is_a_word_that_occurs():
    class Highest:
        """A generator of the largest number below 1."""

        def random(self, shape):
            """Return it everywhere."""
            return np.full(shape, np.nextafter(1, 0))

    sampler = NegativeSampler(np.r_[np.full(49, 1 / 3), 0.0])
    assert sampler.draw(3, Highest()).tolist() == [48, 48, 48]


@pytest.mark.parametrize(
    ("counts", "error"),
    [
        ([], DataError),
        ([0, 0], DataError),
        ([1, -1], DataError),
        ([1, np.nan], DataError),
        ([[1, 2]], ShapeError),
    ],
)
def test_counts_that_are_none(counts, error):
    with pytest.raises(error, match="NegativeSampler: counts"):
        NegativeSampler(counts)


def test_rows_to_learn_from(rng):
    pairs = np.array([[3, 1], [0, 2]])
    x, y = with_negatives(pairs, NegativeSampler([1, 1, 1, 1]), 4, rng=rng)
    np.testing.assert_array_equal(x[:, :2], pairs)
    assert x.shape == (2, 6)
    assert x.dtype == np.int64
    assert y.dtype == np.float32
    assert y.tolist() == [[1, 0, 0, 0, 0]] * 2
    with pytest.raises(ShapeError, match=r"with_negatives: pairs: expected shape \(n, 2\)"):
        with_negatives(x, NegativeSampler([1]), rng=rng)
    with pytest.raises(RangeError, match="with_negatives: negatives: expected 1 or more, got 0"):
        with_negatives(pairs, NegativeSampler([1]), 0, rng=rng)
