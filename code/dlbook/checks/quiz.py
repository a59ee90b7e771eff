"""Quizzes: multiple-choice questions with feedback for each choice.

Questions live in TOML files beside this module (``quizzes/02-tensors.toml``): one array of
tables per section of a chapter, so that the text stays out of the notebooks and a test can
read every question. They are shown as native HTML (see `dlbook.checks.quiz_html`): radio
buttons and a style sheet reveal the feedback, so a quiz works on the static page, in Jupyter
and in Colab, without a kernel and without a script. Existing packages (jupyterquiz) were
weighed: they need a script of about 30 kB in every output and draw random identifiers, which
makes every run of a notebook differ from the last.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from dlbook.checks.quiz_html import quiz_html, quiz_text
from dlbook.errors import DataError, RangeError, require

__all__ = ["Choice", "Question", "Quiz", "parse_quizzes", "quiz", "quiz_files"]


@dataclass(frozen=True)
class Choice:
    """One choice of a question.

    Parameters
    ----------
    text : str
        What can be chosen.
    feedback : str
        What is said about it once it is.
    right : bool
        Whether it is a right choice.
    """

    text: str
    feedback: str
    right: bool = False


@dataclass(frozen=True)
class Question:
    """A question and its choices.

    Parameters
    ----------
    question : str
        The question; `` `code` `` and ``*emphasis*`` are marked up.
    choices : tuple of Choice
        Two at least.
    several : bool
        Whether several choices may be right, and all of them are to be found.
    code : str
        Code the question is about, or an empty string.
    """

    question: str
    choices: tuple[Choice, ...]
    several: bool = False
    code: str = ""


@dataclass(frozen=True)
class Quiz:
    """The questions of one section; shows itself in notebooks and terminals.

    Parameters
    ----------
    name : str
        Chapter number and section, such as ``"02-broadcasting"``.
    questions : tuple of Question
    """

    name: str
    questions: tuple[Question, ...]

    def __repr__(self) -> str:
        return quiz_text(self)

    def _repr_html_(self) -> str:
        return quiz_html(self)


def quiz(name: str) -> Quiz:
    """Return the quiz of a section.

    Parameters
    ----------
    name : str
        Chapter number and section key, such as ``"02-broadcasting"``.

    Returns
    -------
    Quiz
        As the last expression of a cell, it shows itself.

    Raises
    ------
    RangeError
        If there is no such quiz.
    DataError
        If the file of that chapter is malformed.
    """
    known = _all_quizzes()
    chapter = name[:2] if isinstance(name, str) else ""
    names = [one for one in known if one.startswith(f"{chapter}-")] or list(known)
    require(
        isinstance(name, str) and name in known,
        RangeError,
        "quiz: name",
        f"one of {', '.join(names)}",
        repr(name),
    )
    return known[name]


def quiz_files() -> list[Traversable]:
    """Return the TOML files of all chapters, in order."""
    folder = resources.files("dlbook.checks") / "quizzes"
    files = folder.iterdir() if folder.is_dir() else iter(())
    return sorted((f for f in files if f.name.endswith(".toml")), key=lambda file: file.name)


def parse_quizzes(text: str, source: str) -> dict[str, Quiz]:
    """Read the quizzes of one chapter.

    Parameters
    ----------
    text : str
        TOML: one array of tables per section, each table a question.
    source : str
        File name, ``"02-tensors.toml"``: its first two digits number the chapter.

    Returns
    -------
    dict of str to Quiz
        By name, in the order of the file.

    Raises
    ------
    DataError
        If the text is no TOML, a key is unknown or missing, a choice has no feedback, or not
        exactly one choice is right (at least one with ``several = true``).
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{source}: expected TOML, got {error}") from error
    require(
        len(source) > 2 and source[:2].isdigit(),
        DataError,
        source,
        "a file name that begins with the chapter's two digits",
        source,
    )
    quizzes = {}
    for section, rows in table.items():
        where = f"{source} [[{section}]]"
        is_array = isinstance(rows, list) and bool(rows)
        require(is_array, DataError, where, "an array of tables, one per question", rows)
        questions = tuple(_question(row, f"{where} {n}") for n, row in enumerate(rows, 1))
        name = f"{source[:2]}-{section}"
        quizzes[name] = Quiz(name, questions)
    return quizzes


def _question(row: dict[str, Any], where: str) -> Question:
    _only_known_keys(row, Question, where)
    choices = row.get("choices")
    require(
        isinstance(choices, list) and len(choices) > 1,
        DataError,
        f"{where}: choices",
        "two or more",
        choices,
    )
    assert isinstance(choices, list)  # for mypy
    parsed = tuple(_choice(one, f"{where}, choice {n}") for n, one in enumerate(choices, 1))
    several = row.get("several", False)
    require(isinstance(several, bool), DataError, f"{where}: several", "true or false", several)
    right = sum(choice.right for choice in parsed)
    require(
        right >= 1 if several else right == 1,
        DataError,
        f"{where}: choices",
        "at least one right choice" if several else "exactly one right choice",
        f"{right}",
    )
    texts = {choice.text for choice in parsed}
    require(len(texts) == len(parsed), DataError, f"{where}: choices", "distinct texts", "equal")
    code = row.get("code", "")
    require(isinstance(code, str), DataError, f"{where}: code", "text", code)
    return Question(_text(row, "question", where), parsed, several, code.strip("\n"))


def _choice(row: Any, where: str) -> Choice:
    require(isinstance(row, dict), DataError, where, "a table with text and feedback", row)
    _only_known_keys(row, Choice, where)
    right = row.get("right", False)
    require(isinstance(right, bool), DataError, f"{where}: right", "true or false", right)
    return Choice(_text(row, "text", where), _text(row, "feedback", where), right)


def _text(row: dict[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    is_text = isinstance(value, str) and bool(value.strip())
    require(is_text, DataError, f"{where}: {key}", "text", value)
    return str(value).strip()


def _only_known_keys(row: dict[str, Any], kind: type, where: str) -> None:
    known = [field.name for field in fields(kind)]
    strange = ", ".join(key for key in row if key not in known)
    require(not strange, DataError, where, f"the keys {', '.join(known)}", strange)


@cache
def _all_quizzes() -> dict[str, Quiz]:
    quizzes: dict[str, Quiz] = {}
    for file in quiz_files():
        for name, one in parse_quizzes(file.read_text("utf-8"), file.name).items():
            require(name not in quizzes, DataError, file.name, "a new section", name)
            quizzes[name] = one
    return quizzes
