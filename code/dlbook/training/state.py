"""All that the rest of a training run depends on, in memory or in a file.

A file holds arrays and text, in NumPy's ``.npz`` format without pickled objects: nothing in it
could run. Writing is all or nothing: an interrupted save leaves the file of before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dlbook.errors import DataError, DTypeError, RangeError, require

__all__ = ["TrainingState", "generator_state", "set_generator_state"]

Array = np.ndarray[Any, Any]

_FORMAT = "dlbook training state 1"
_NOTES = "notes"


@dataclass(frozen=True, eq=False)
class TrainingState:
    """A run after a finished epoch: enough to go on exactly as if it had never stopped.

    Attributes
    ----------
    arrays : dict of str to ndarray
        ``"weights/…"`` of the model, ``"optimizer/…"`` and ``"callback/…"``, what both remember.
    notes : dict
        Numbers and text: epoch, steps, history, states of random generators, and the settings a
        resumed run must share.
    """

    arrays: dict[str, Array]
    notes: dict[str, Any]

    @property
    def epoch(self) -> int:
        """How many epochs are finished."""
        return int(self.notes["epoch"])

    def part(self, prefix: str) -> dict[str, Array]:
        """Return the arrays of one owner, by the names it gave them.

        Parameters
        ----------
        prefix : str
            ``"weights"``, ``"optimizer"`` or ``"callback/<name>"``.

        Returns
        -------
        dict of str to ndarray
        """
        start = f"{prefix}/"
        return {
            name.removeprefix(start): array
            for name, array in self.arrays.items()
            if name.startswith(start)
        }

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file that `load` reads; one of that name is replaced at the very end.

        Parameters
        ----------
        path : path-like
            By custom ending in ``.npz``.

        Raises
        ------
        DataError
            If the file cannot be written.
        """
        target = Path(path)
        text = json.dumps({"format": _FORMAT, **self.notes})
        content = {**self.arrays, _NOTES: np.frombuffer(text.encode(), np.uint8)}
        draft = target.with_name(
            f".{target.name}.{os.getpid()}"
        )  # same folder: replacing is atomic
        try:
            with draft.open("wb") as file:
                np.savez(file, **content)  # type: ignore[arg-type]  # names such as "weights/0"
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise DataError(
                f"path: expected a file that can be written, got {str(target)!r} ({error})"
            ) from None
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrainingState:
        """Read what `save` wrote.

        Parameters
        ----------
        path : path-like

        Returns
        -------
        TrainingState

        Raises
        ------
        DataError
            If the file is missing, cut short, or something else.
        """
        target = Path(path)
        try:
            with np.load(target, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            notes = json.loads(arrays.pop(_NOTES).tobytes().decode())
            known = notes.pop("format") == _FORMAT
        except OSError as error:
            came = f"{str(target)!r} ({error})"
        except Exception as error:  # zipfile, zlib, json and NumPy each have errors of their own
            came = f"{str(target)!r}, which is damaged or of another format ({error!r})"
        else:
            require(known, DataError, "path", f"a file of format {_FORMAT!r}", str(target))
            return cls(arrays, notes)
        raise DataError(f"path: expected a saved training state, got {came}")


def generator_state(rng: np.random.Generator | None) -> dict[str, Any] | None:
    """Describe where a generator stands, in numbers and text only.

    Parameters
    ----------
    rng : numpy.random.Generator or None

    Returns
    -------
    dict or None
    """
    return None if rng is None else _plain(rng.bit_generator.state)


def set_generator_state(
    argument: str, rng: np.random.Generator | None, state: Mapping[str, Any] | None
) -> None:
    """Put a generator where another one stood.

    Parameters
    ----------
    argument : str
        Whose generator this is, for the message.
    rng : numpy.random.Generator or None
        Changed in place.
    state : mapping or None
        From `generator_state`.

    Raises
    ------
    RangeError
        If there is a generator on one side only.
    DTypeError
        If the two are of different kinds.
    """
    if state is None or rng is None:
        wanted = "a numpy.random.Generator" if rng is None else "none"
        expected = f"{wanted}, as in the run to be resumed"
        require(state is None and rng is None, RangeError, argument, expected, rng)
        return
    kind, own = state["bit_generator"], type(rng.bit_generator).__name__
    require(kind == own, DTypeError, argument, f"a generator of kind {kind}", own)
    rng.bit_generator.state = dict(state)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value
