"""The kinds of answer an exercise can ask for."""

from dlbook.checks.answers.base import Answer
from dlbook.checks.answers.compound import Parts, Predicate
from dlbook.checks.answers.functions import Function
from dlbook.checks.answers.numbers import Array, Integer, Number
from dlbook.checks.answers.shapes import Shape
from dlbook.checks.answers.words import Choice, Text, Truth

__all__ = [
    "Answer",
    "Array",
    "Choice",
    "Function",
    "Integer",
    "Number",
    "Parts",
    "Predicate",
    "Shape",
    "Text",
    "Truth",
]
