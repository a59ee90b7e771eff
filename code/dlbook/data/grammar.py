"""Synthetic: a small language in which words mean what they stand next to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlbook.data.arguments import check_count, check_rng

__all__ = ["analogies", "sentences"]

# (male, female, what both do)
_PEOPLE = (
    ("man", "woman", ("repairs the roof", "takes the train", "reads the paper")),
    ("king", "queen", ("rules the land", "wears the crown", "sits on the throne")),
    ("prince", "princess", ("waits for the crown", "lives in the palace", "bows at court")),
    ("father", "mother", ("rocks the baby", "worries about the children", "cooks the supper")),
    ("son", "daughter", ("listens to the parents", "does the homework", "tidies the toys")),
    ("brother", "sister", ("shares the attic", "fights over the toys", "keeps a family secret")),
    ("uncle", "aunt", ("calls at easter", "sends presents", "remembers family stories")),
    ("actor", "actress", ("enters the stage", "forgets the lines", "appears in the film")),
    ("boy", "girl", ("builds a sandcastle", "chases the ball", "does the homework")),
    ("husband", "wife", ("polishes the wedding ring", "plans the honeymoon", "signs the vows")),
)
_PRONOUNS = (("he", "his", "him"), ("she", "her", "her"))
_HAIR = (("beard", "moustache"), ("braids", "curls"))
_ABOUT_PEOPLE = (
    "the {w} said that {he} {c}",
    "{he} is a {w} who {c} with {his} own hands",
    "the {w} {c} because {he} likes it",
    "every {w} {c} and {he} loves {his} work",
    "all of us met the {w} and thanked {him} when {he} {c}",
    "the {w} stood by the mirror and combed {his} {h} before {he} {c}",
)

# (country, capital, language)
_COUNTRIES = (
    ("france", "paris", "french"),
    ("italy", "rome", "italian"),
    ("spain", "madrid", "spanish"),
    ("germany", "berlin", "german"),
    ("england", "london", "english"),
    ("japan", "tokyo", "japanese"),
    ("greece", "athens", "greek"),
    ("egypt", "cairo", "arabic"),
    ("norway", "oslo", "norwegian"),
    ("portugal", "lisbon", "portuguese"),
)
_ABOUT_COUNTRIES = (
    "people in {c} speak {l}",
    "the government of {c} guards the borders and raises taxes in the {l} provinces",
    "the {l} army marched to the borders of {c}",
    "the provinces of {c} chose a {l} parliament",
    "the metro of {q} stops at the {l} museum",
    "the streets and cafes of {q} are full of {l} tourists",
    "we strolled through the streets of {q} and tried {l} food",
    "the mayor of {q} opened a {l} museum by the metro",
)

# (thing, what it does, what it is like)
_THINGS = (
    ("dog", ("barks", "guards", "bites"), ("furry", "loyal")),
    ("cat", ("purrs", "scratches", "sleeps"), ("lazy", "curious")),
    ("horse", ("gallops", "neighs", "jumps"), ("strong", "brown")),
    ("tree", ("grows", "blossoms", "shades"), ("tall", "leafy")),
    ("house", ("stands", "burns", "shelters"), ("brick", "old")),
    ("river", ("flows", "floods", "freezes"), ("deep", "muddy")),
    ("car", ("stops", "honks", "rusts"), ("fast", "electric")),
    ("book", ("opens", "teaches", "entertains"), ("thick", "printed")),
    ("apple", ("ripens", "falls", "rots"), ("juicy", "sweet")),
    ("bird", ("sings", "flies", "nests"), ("feathered", "noisy")),
)
_ABOUT_ONE = (
    "this {a} {w} {v} and it is here",
    "a single {w} {v} although it is {a}",
    "one {a} {w} was found and it {v}",
    "each {w} is {a} and it {v}",
)
_ABOUT_MANY = (
    "these {a} {w}s {v} and they are here",
    "many {w}s {v} although they are {a}",
    "two {a} {w}s were found and they {v}",
    "all {w}s are {a} and they {v}",
)


def sentences(count: int = 8000, *, rng: np.random.Generator) -> list[list[str]]:
    """Sentences about people (40 %), countries (25 %) and things (35 %), as lists of words.

    Nothing says that king is to queen as man is to woman; both pairs just share their
    neighbours except for "he" and "she". What a model of words finds in this corpus it can
    have found in no other way. Verbs do not agree with plurals, so that number shows in the
    words around only.

    Parameters
    ----------
    count : int
        How many sentences; 8000 have about 77,000 words, all of a vocabulary below 300.
    rng : numpy.random.Generator

    Returns
    -------
    list of list of str

    Raises
    ------
    RangeError, DTypeError
        If an argument does not fit.
    """
    check_count("sentences: count", count)
    check_rng("sentences: rng", rng)
    return [_sentence(rng).split() for _ in range(count)]


def analogies() -> dict[str, list[tuple[str, str, str, str]]]:
    """Questions that `sentences` can teach: a is to b as c is to d.

    Returns
    -------
    dict of str to list of (str, str, str, str)
        ``"gender"``, ``"capital"`` and ``"plural"``, 90 questions each: every pair of words
        against every other pair of its kind.
    """
    pairs = {
        "gender": [(male, female) for male, female, _ in _PEOPLE],
        "capital": [(country, capital) for country, capital, _ in _COUNTRIES],
        "plural": [(thing, f"{thing}s") for thing, _, _ in _THINGS],
    }
    return {
        kind: [(*first, *second) for first in known for second in known if first != second]
        for kind, known in pairs.items()
    }


def _sentence(rng: np.random.Generator) -> str:
    topic = rng.random()
    if topic < 0.4:
        *both, actions = _PEOPLE[rng.integers(len(_PEOPLE))]
        gender = int(rng.integers(2))
        he, his, him = _PRONOUNS[gender]
        action, hair = _one(actions, rng), _one(_HAIR[gender], rng)
        pattern = _one(_ABOUT_PEOPLE, rng)
        return pattern.format(w=both[gender], c=action, h=hair, he=he, his=his, him=him)
    if topic < 0.65:
        country, capital, language = _COUNTRIES[rng.integers(len(_COUNTRIES))]
        return _one(_ABOUT_COUNTRIES, rng).format(c=country, q=capital, l=language)
    thing, actions, looks = _THINGS[rng.integers(len(_THINGS))]
    patterns = _ABOUT_ONE if rng.random() < 0.5 else _ABOUT_MANY
    return _one(patterns, rng).format(w=thing, v=_one(actions, rng), a=_one(looks, rng))


def _one(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
