"""Synthetic: film reviews whose verdict hangs on the order of words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlbook.data.arguments import check_count, check_number, check_rng
from dlbook.data.dataset import Dataset

__all__ = ["reviews"]

_GOOD = "good great brilliant charming funny moving gripping clever lovely superb elegant fresh"
_BAD = "bad awful boring clumsy dull tedious flat silly dreadful stale lifeless weak"
_PARTS = "plot acting music dialogue camera ending pacing script cast direction"
_NEGATIONS = ("not", "hardly", "never")
# each pair would be chosen for the other verdict, with the other half of the sentence
_DENIED = ("no critic could ever claim that", "i cannot agree that", "it is false that")
_CLAIMED = ("every critic could always claim that", "i fully agree that", "it is true that")
_ASIDES = {
    "we went there on a {}": "monday tuesday friday sunday holiday",
    "it runs for {} hours": "two three four",
    "they showed it in {}": "paris rome london berlin madrid",
    "my {} came too": "sister friend brother neighbour uncle",
    "the cinema was {}": "full empty cold warm quiet",
    "the story comes from a {}": "novel play comic diary legend",
}


def reviews(samples: int, *, hard: float = 0.5, rng: np.random.Generator) -> Dataset:
    """Short reviews, good or bad, about half of which a bag of words cannot tell apart.

    An easy review praises (or blames) two parts of a film. A hard one praises one part and blames
    another, and a negation or a contrast turns one of the two around: "the plot was not dull
    and the cast was great" has the words of "the plot was dull and the cast was not great".
    The main clause decides: "although the plot was dull , the cast was great" is good.
    Around the verdict stand one to five sentences that say nothing.

    Parameters
    ----------
    samples : int
        How many reviews. Draw training and test set from one generator; hardly any repeats.
    hard : float from 0 to 1
        Share of hard reviews. Each has a twin of the other verdict with the same words, equally
        likely: there a bag of words can only guess.
    rng : numpy.random.Generator

    Returns
    -------
    Dataset
        x of shape (samples,), text in lower case with words and punctuation set apart by
        spaces; y of shape (samples,), int64: 0 bad, 1 good.

    Raises
    ------
    RangeError, DTypeError
        If an argument does not fit.
    """
    check_count("reviews: samples", samples)
    check_number("reviews: hard", hard, 0, 1)
    check_rng("reviews: rng", rng)
    y = rng.integers(0, 2, samples).astype(np.int64)
    texts = []
    for good in y:
        verdict = _hard(bool(good), rng) if rng.random() < hard else _easy(bool(good), rng)
        lines = [_aside(rng) for _ in range(rng.integers(1, 6))]
        lines.insert(int(rng.integers(len(lines) + 1)), verdict)
        texts.append(" . ".join(lines) + " .")
    return Dataset(np.array(texts), y, "reviews (synthetic)", ("bad", "good"))


def _easy(good: bool, rng: np.random.Generator) -> str:
    first, second = _two_parts(rng)
    words = (_GOOD if good else _BAD).split()
    return f"the {first} was {_one(words, rng)} and the {second} was {_one(words, rng)}"


def _hard(good: bool, rng: np.random.Generator) -> str:
    first, second = _two_parts(rng)
    praise, blame = _one(_GOOD.split(), rng), _one(_BAD.split(), rng)
    kind = int(rng.integers(3))
    if kind == 0:  # a negation close to its word
        no = _one(_NEGATIONS, rng)
        blamed, praised = (f"{no} {blame}", praise) if good else (blame, f"{no} {praise}")
        return _in_any_order(f"the {first} was {blamed}", f"the {second} was {praised}", rng)
    if kind == 1:  # a negation far from its word
        which = int(rng.integers(len(_DENIED)))
        denied, claimed = _DENIED[which], _CLAIMED[which]
        about_blame, about_praise = (denied, claimed) if good else (claimed, denied)
        return _in_any_order(
            f"{about_blame} the {first} was {blame}",
            f"{about_praise} the {second} was {praise}",
            rng,
        )
    clauses = (f"the {first} was {blame}", f"the {second} was {praise}")
    aside, main = clauses if good else clauses[::-1]
    before, after = f"although {aside} , {main}", f"{main} , although {aside}"
    return before if rng.random() < 0.5 else after


def _in_any_order(first: str, second: str, rng: np.random.Generator) -> str:
    return f"{first} and {second}" if rng.random() < 0.5 else f"{second} and {first}"


def _aside(rng: np.random.Generator) -> str:
    pattern = _one(list(_ASIDES), rng)
    return pattern.format(_one(_ASIDES[pattern].split(), rng))


def _two_parts(rng: np.random.Generator) -> tuple[str, str]:
    first, second = rng.permutation(_PARTS.split())[:2]
    return str(first), str(second)


def _one(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]
