"""Tokens, vocabularies, vectors and sequences."""

from __future__ import annotations

import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from dlbook import text
from dlbook.errors import DataError, DTypeError, RangeError
from hypothesis import given
from hypothesis import strategies as st

SENTENCES = ["The cat sat on the mat.", "The dog sat!", "A bird sang."]


def test_words():
    assert text.words("Don't panic: it's 42!") == ["don't", "panic", "it's", "42"]
    assert text.words("Stop. Go!", punctuation=True) == ["stop", ".", "go", "!"]
    assert text.words("딥러닝은 재미있다.") == ["딥러닝은", "재미있다"]
    assert text.words("  ") == []


def test_decomposed_hangul_is_put_together():
    apart = unicodedata.normalize("NFD", "한글")
    assert len(apart) == 6
    assert text.words(apart) == ["한글"]
    assert text.characters(apart) == ["한", "글"]


def test_ngrams():
    assert text.ngrams(["a", "b", "c"], 2) == ["a b", "b c"]
    assert text.ngrams(list("deep"), 3, separator="") == ["dee", "eep"]
    assert text.ngrams(["a"], 2) == []
    with pytest.raises(RangeError, match="ngrams: n"):
        text.ngrams(["a"], 0)


def test_text_must_be_a_string():
    with pytest.raises(DTypeError, match="text: expected a string, got 3"):
        text.words(3)


def test_vocabulary_order_and_specials():
    vocabulary = text.Vocabulary(map(text.words, SENTENCES))
    assert vocabulary.tokens[:4] == ["<pad>", "<unk>", "the", "sat"]
    assert vocabulary.tokens[4:] == sorted(vocabulary.tokens[4:])  # each once: alphabetical
    assert vocabulary.encode(["the", "zebra"]) == [2, 1]
    assert "zebra" not in vocabulary
    assert vocabulary.decode([2, 3, 0, 0]) == ["the", "sat"]
    assert vocabulary.decode([0], skip_padding=False) == ["<pad>"]
    assert "the, sat" in repr(vocabulary)


def test_vocabulary_limits():
    tokens = [["a"] * 3 + ["b"] * 2 + ["c"]]
    assert text.Vocabulary(tokens, max_size=3).tokens[2:] == ["a"]
    assert text.Vocabulary(tokens, min_count=2).tokens[2:] == ["a", "b"]
    assert text.Vocabulary(tokens, min_count=2).coverage(["a", "c"]) == 0.5


@pytest.mark.parametrize(
    ("arguments", "error"),
    [(([],), DataError), (([["a"]], 2), RangeError), (([["a"]], None, 0), RangeError)],
)
def test_bad_vocabulary(arguments, error):
    with pytest.raises(error, match="Vocabulary: "):
        text.Vocabulary(*arguments)


def test_decode_refuses_unknown_numbers():
    with pytest.raises(RangeError, match="decode: numbers: expected numbers from 0 to 2, got 3"):
        text.Vocabulary([["a"]]).decode([3])


@pytest.mark.parametrize("padding", ["post", "pre"])
@pytest.mark.parametrize("truncating", ["post", "pre"])
@pytest.mark.parametrize("length", [None, 1, 3, 6])
def test_pad_sequences_as_keras(padding, truncating, length):
    import keras

    sequences = [[1, 2, 3, 4], [5], [], [6, 7]]
    ours = text.pad_sequences(sequences, length, padding, truncating)
    theirs = keras.utils.pad_sequences(
        sequences, maxlen=length, padding=padding, truncating=truncating
    )
    np.testing.assert_array_equal(ours, theirs)


def test_pad_to_nothing():
    """Keras fails here when it cuts at the beginning."""
    assert text.pad_sequences([[1, 2], [3]], 0, truncating="pre").shape == (2, 0)


def test_pad_sequences_errors():
    with pytest.raises(RangeError, match="pad_sequences: padding"):
        text.pad_sequences([[1]], padding="left")
    with pytest.raises(RangeError, match="pad_sequences: length"):
        text.pad_sequences([[1]], length=-1)


def test_vectors_as_scikit_learn():
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    theirs = CountVectorizer(token_pattern=r"\w+").fit(SENTENCES)
    names = list(theirs.get_feature_names_out())
    numbers = [[names.index(token) for token in text.words(s)] for s in SENTENCES]
    counts = theirs.transform(SENTENCES).toarray()
    np.testing.assert_array_equal(text.bag_of_words(numbers, len(names)), counts)
    np.testing.assert_array_equal(text.multi_hot(numbers, len(names)), counts > 0)
    expected = TfidfTransformer().fit_transform(counts).toarray()
    np.testing.assert_allclose(text.tf_idf(counts), expected, rtol=1e-6)


def test_empty_text_has_no_tf_idf():
    assert text.tf_idf(np.array([[1.0, 0.0], [0.0, 0.0]]))[1].tolist() == [0, 0]


def test_one_hot_times_matrix_is_a_look_up(rng):
    table = rng.standard_normal((5, 3)).astype(np.float32)
    np.testing.assert_array_equal(text.one_hot([4, 0], 5) @ table, table[[4, 0]])
    assert text.one_hot([], 5).shape == (0, 5)


@pytest.mark.parametrize(
    "vectorize", [lambda n: text.one_hot(n, 3), lambda n: text.bag_of_words([n], 3)]
)
@pytest.mark.parametrize("number", [-1, 3])
def test_numbers_out_of_range(vectorize, number):
    with pytest.raises(RangeError, match=f"token numbers from 0 to 2, got {number}"):
        vectorize([0, number])


def test_hash_is_the_same_in_every_process():
    code = "from dlbook.text import stable_hash; print(stable_hash('cat', 1000))"
    for seed in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed},
        )  # fmt: skip
        assert int(run.stdout) == text.stable_hash("cat", 1000)


@given(st.text(), st.integers(1, 10_000))
def test_hash_stays_in_range(token, buckets):
    assert 0 <= text.stable_hash(token, buckets) < buckets


def test_collisions_theory_against_measurement():
    for buckets in (500, 1000, 4000):
        lost = []
        for book in range(10):
            numbers = [text.stable_hash(f"{i} of {book}", buckets) for i in range(1000)]
            counts = np.bincount(numbers, minlength=buckets)
            lost.append(counts[counts > 1].sum())
        assert np.mean(lost) == pytest.approx(text.expected_collisions(1000, buckets), rel=0.1)
    assert text.expected_collisions(1000, 1000) == pytest.approx(632, abs=0.5)
    assert text.expected_collisions(0, 10) == 0


def test_hashed_bags():
    bags = text.hashed_bag_of_words([["a", "b", "a"], []], 16)
    assert bags.shape == (2, 16)
    assert bags[0, text.stable_hash("a", 16)] >= 2
    assert bags.sum(axis=1).tolist() == [3, 0]
    assert text.hashed_bag_of_words([["a", "b"]], 1).tolist() == [[2]]  # one bucket takes all
    for call in (lambda: text.hashed_bag_of_words([], 0), lambda: text.stable_hash("a", 0)):
        with pytest.raises(RangeError, match="buckets"):
            call()
    with pytest.raises(RangeError, match="tokens"):
        text.expected_collisions(-1, 3)
