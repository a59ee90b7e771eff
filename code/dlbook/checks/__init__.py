"""Self-checks behind the exercises, and quizzes.

`check` judges an answer to an exercise and says why; `quiz` shows multiple-choice questions
with feedback for each choice. The exercises of a chapter stand in `dlbook.checks.chapters`,
its questions in the folder ``quizzes``.
"""

from dlbook.checks.answers import (
    Answer,
    Array,
    Choice,
    Function,
    Integer,
    Number,
    Parts,
    Predicate,
    Shape,
    Text,
    Truth,
)
from dlbook.checks.exercise import Exercise, Mistake, Status, Verdict
from dlbook.checks.quiz import Quiz, quiz
from dlbook.checks.reading import UnreadableError
from dlbook.checks.registry import check, examine, exercises

__all__ = [
    "Answer",
    "Array",
    "Choice",
    "Exercise",
    "Function",
    "Integer",
    "Mistake",
    "Number",
    "Parts",
    "Predicate",
    "Quiz",
    "Shape",
    "Status",
    "Text",
    "Truth",
    "UnreadableError",
    "Verdict",
    "check",
    "examine",
    "exercises",
    "quiz",
]
