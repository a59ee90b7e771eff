"""Skip-gram with negative sampling in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import data, parity
from dlbook.engine import optim
from dlbook.engine.sparse import SparseRows
from dlbook.errors import RangeError, ShapeError
from dlbook.text import (
    NegativeSampler,
    Vocabulary,
    analogy_accuracy,
    skip_gram_pairs,
    with_negatives,
)
from dlbook.training import fit, predict

from models.agreement import (
    LIBRARIES,
    OTHERS,
    Model,
    check_agreement,
    check_saving,
    check_seeds,
    check_trajectories,
    trainable,
)

WORDS = Model("skip_gram", "SkipGram", "binary_cross_entropy", vocabulary_size=9, embedding_dim=4)
X = np.random.default_rng(5).integers(0, 9, (8, 4))
X[:3, 1:] = np.arange(9).reshape(3, 3)  # every word is a neighbour …
X[:, 0] = [0, 1, 2, 3, 4, 5, 5, 8]
Y = np.zeros((8, 3), np.float32)
Y[:, 0] = 1


@pytest.mark.parametrize("other", OTHERS)
def test_agreement(other):
    check_agreement(WORDS, other, X, Y, scale=0.7)
    check_trajectories(WORDS, other, X, Y, scale=0.7)


@pytest.mark.parametrize("library", LIBRARIES)
def test_sizes_and_start(library):
    model = WORDS.in_library(library)
    assert trainable(model) == 2 * 9 * 4
    centres, neighbours = parity.get_weights(model)
    assert 0.08 < np.abs(centres).max() <= 1 / 8
    assert not neighbours.any()
    np.testing.assert_array_equal(model.vectors(), centres)
    check_seeds(WORDS, library)


def in_library(library: str, x):
    if library == "pytorch":
        import torch

        return torch.tensor(x)
    return x


@pytest.mark.parametrize("library", LIBRARIES)
def test_by_hand(library):
    model = WORDS.pair(library, scale=0.7)[1]
    centres, neighbours = parity.get_weights(model)
    logits = np.einsum("bd,bkd->bk", centres[X[:, 0]], neighbours[X[:, 1:]])
    np.testing.assert_allclose(predict(model, X), logits, atol=1e-5)
    expected = np.log1p(np.exp(np.where(Y == 1, -logits, logits))).sum(axis=1).mean()
    loss = model.batch_loss(in_library(library, X))
    loss = loss.detach() if library == "pytorch" else loss
    assert loss.numpy().item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_vectors_are_a_copy(library):
    model = WORDS.in_library(library)
    model.vectors()[:] = 7
    assert not (model.vectors() == 7).any()


def test_gradients_name_only_the_rows_looked_up():
    model = WORDS.in_library("numpy")
    model.batch_loss(X[:2]).backward()
    for table in (model.centres, model.neighbours):
        assert isinstance(table.weight.grad, SparseRows)
    assert set(model.centres.weight.grad.indices) == {0, 1}


def test_it_finds_what_the_grammar_hides():
    """A small edition of the experiment in chapter 16."""
    rng = np.random.default_rng(0)
    sentences = data.sentences(3000, rng=rng)
    vocabulary = Vocabulary(sentences)
    texts = [vocabulary.encode(sentence) for sentence in sentences]
    counts = np.bincount(np.concatenate(texts), minlength=len(vocabulary))
    x, y = with_negatives(skip_gram_pairs(texts, 4, rng), NegativeSampler(counts), rng=rng)
    model = WORDS.in_library("numpy", vocabulary_size=len(vocabulary), embedding_dim=24)
    fit(
        model,
        data.Dataset(x, y),
        epochs=6,
        batch_size=1024,
        optimizer=optim.Adam(model.parameters(), lr=0.03),
        loss="binary_cross_entropy",
        metrics=[],
        rng=rng,
    )
    questions = data.analogies()
    found = {k: analogy_accuracy(model.vectors(), vocabulary, q) for k, q in questions.items()}
    assert found["gender"] >= 0.95
    assert found["plural"] >= 0.95


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ["vocabulary_size", "embedding_dim"])
def test_bad_arguments(library, name):
    with pytest.raises(RangeError, match=f"SkipGram: {name}"):
        WORDS.in_library(library, **{name: 0})


@pytest.mark.parametrize("library", ["numpy", "pytorch"])
def test_a_centre_without_neighbours(library):
    with pytest.raises(ShapeError, match=r"SkipGram: x: .* a length of 2 or more"):
        predict(WORDS.in_library(library), X[:, :1])


@pytest.mark.parametrize("library", LIBRARIES)
def test_words_outside_the_vocabulary(library):
    with pytest.raises(RangeError):
        predict(WORDS.in_library(library), X + 1)


def test_saving(tmp_path):
    check_saving(WORDS, X, tmp_path)
