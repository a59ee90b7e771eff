"""A numbered list of tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dlbook.errors import DataError, RangeError, require

__all__ = ["Vocabulary"]


class Vocabulary:
    """Tokens and their numbers.

    Number 0 is padding and number 1 stands for every unknown token, as in Keras'
    `TextVectorization`; then come the tokens, the most frequent first and equally frequent ones
    in alphabetical order. Build it from training text alone: a word that occurs only in the test
    set *is* unknown.

    Parameters
    ----------
    texts : iterable of sequence of str
        Tokens of each text.
    max_size : int, optional
        Largest number of entries, the two special ones included.
    min_count : int
        How often a token must occur to be listed.
    padding, unknown : str
        How the special entries are written.

    Raises
    ------
    DataError
        If the texts hold no token.
    RangeError
        If `max_size` leaves no room for a token, or `min_count` is not positive.

    Examples
    --------
    >>> vocabulary = Vocabulary([["a", "b", "a"], ["c", "a", "b"]])
    >>> vocabulary.encode(["a", "c", "zebra"])
    [2, 4, 1]
    """

    PADDING = 0
    UNKNOWN = 1

    def __init__(
        self,
        texts: Iterable[Sequence[str]],
        max_size: int | None = None,
        min_count: int = 1,
        padding: str = "<pad>",
        unknown: str = "<unk>",
    ) -> None:
        room = max_size is None or max_size >= 3
        require(room, RangeError, "Vocabulary: max_size", "3 entries or more", max_size)
        require(min_count >= 1, RangeError, "Vocabulary: min_count", "1 or more", min_count)
        self.counts = Counter(token for text in texts for token in text)
        require(len(self.counts) > 0, DataError, "Vocabulary: texts", "at least one token", "none")
        ranked = sorted(self.counts, key=lambda token: (-self.counts[token], token))
        frequent = [token for token in ranked if self.counts[token] >= min_count]
        listed = frequent if max_size is None else frequent[: max_size - 2]
        self.tokens = [padding, unknown, *listed]
        self._numbers = {token: number for number, token in enumerate(self.tokens)}

    def __len__(self) -> int:
        return len(self.tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._numbers

    def __getitem__(self, token: str) -> int:
        return self._numbers.get(token, self.UNKNOWN)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} entries: {', '.join(self.tokens[2:6])}, …)"

    def encode(self, tokens: Sequence[str]) -> list[int]:
        """Return the number of each token.

        Parameters
        ----------
        tokens : sequence of str

        Returns
        -------
        list of int
        """
        return [self[token] for token in tokens]

    def decode(self, numbers: Iterable[int], skip_padding: bool = True) -> list[str]:
        """Return the token of each number.

        Parameters
        ----------
        numbers : iterable of int
        skip_padding : bool
            Leave padding out.

        Returns
        -------
        list of str

        Raises
        ------
        RangeError
            If a number names no entry.
        """
        result = []
        for number in numbers:
            listed = 0 <= number < len(self)
            last = len(self) - 1
            require(listed, RangeError, "decode: numbers", f"numbers from 0 to {last}", number)
            if number != self.PADDING or not skip_padding:
                result.append(self.tokens[int(number)])
        return result

    def coverage(self, tokens: Sequence[str]) -> float:
        """Share of tokens that are listed.

        Parameters
        ----------
        tokens : sequence of str
            For example those of the test set.

        Returns
        -------
        float between 0 and 1

        Raises
        ------
        DataError
            If there are no tokens.
        """
        require(len(tokens) > 0, DataError, "coverage: tokens", "at least one token", "none")
        return sum(token in self for token in tokens) / len(tokens)
