"""From text to numbers: tokens, vocabularies, vectors and padded sequences."""

from dlbook.text.hashing import expected_collisions, hashed_bag_of_words, stable_hash
from dlbook.text.negative_sampling import NegativeSampler, with_negatives
from dlbook.text.neighbours import cooccurrences, glove_targets, skip_gram_pairs, subsample
from dlbook.text.sequences import next_token_windows, pad_sequences, teacher_forcing
from dlbook.text.similarity import analogy, analogy_accuracy, cosine_similarities, nearest
from dlbook.text.tokenizers import characters, ngrams, normalize, words
from dlbook.text.vectorizers import bag_of_words, multi_hot, one_hot, tf_idf
from dlbook.text.vocabulary import Vocabulary

__all__ = [
    "NegativeSampler",
    "Vocabulary",
    "analogy",
    "analogy_accuracy",
    "bag_of_words",
    "characters",
    "cooccurrences",
    "cosine_similarities",
    "expected_collisions",
    "glove_targets",
    "hashed_bag_of_words",
    "multi_hot",
    "nearest",
    "next_token_windows",
    "ngrams",
    "normalize",
    "one_hot",
    "pad_sequences",
    "skip_gram_pairs",
    "stable_hash",
    "subsample",
    "teacher_forcing",
    "tf_idf",
    "with_negatives",
    "words",
]
