"""From text to numbers: tokens, vocabularies, vectors and padded sequences."""

from dlbook.text.hashing import expected_collisions, hashed_bag_of_words, stable_hash
from dlbook.text.sequences import pad_sequences
from dlbook.text.tokenizers import characters, ngrams, normalize, words
from dlbook.text.vectorizers import bag_of_words, multi_hot, one_hot, tf_idf
from dlbook.text.vocabulary import Vocabulary

__all__ = [
    "Vocabulary",
    "bag_of_words",
    "characters",
    "expected_collisions",
    "hashed_bag_of_words",
    "multi_hot",
    "ngrams",
    "normalize",
    "one_hot",
    "pad_sequences",
    "stable_hash",
    "tf_idf",
    "words",
]
