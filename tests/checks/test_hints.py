"""A wrong answer gets a hint about this very error, whatever form it comes in."""

import re

import numpy as np
import pytest
from dlbook.checks import (
    Array,
    Choice,
    Exercise,
    Function,
    Integer,
    Mistake,
    Number,
    Parts,
    Predicate,
    Shape,
    Status,
    Text,
    Truth,
)
from dlbook.errors import RangeError


def hint(answer, given, mistakes=()):
    verdict = Exercise("97-a", answer, "It is so.", mistakes).examine(given)
    assert verdict.status is Status.NOT_YET, verdict
    return verdict.text


def right(answer, given):
    return Exercise("97-a", answer, "It is so.").examine(given).status is Status.CORRECT


class Tensor:
    """A tensor that needs `detach` and `cpu` before it gives its values."""

    def __init__(self, values, ready=False):
        self.values, self.ready = np.asarray(values), ready

    def detach(self):
        return Tensor(self.values)

    def cpu(self):
        return Tensor(self.values, ready=True)

    def numpy(self):
        if not self.ready:
            raise RuntimeError("detach first")
        return self.values


@pytest.mark.parametrize("form", [3, 3.0, np.int8(3), np.array(3), [3], (3.0,), Tensor(3), 3 + 0j])
def test_one_number_in_many_forms(form):
    assert right(Integer(3), form)
    assert right(Number(3.0), form)


@pytest.mark.parametrize("form", [[[1, 2], [3, 4]], ((1, 2), (3, 4)), Tensor([[1, 2], [3, 4]])])
def test_an_array_in_many_forms(form):
    assert right(Array([[1, 2], [3, 4]]), form)
    assert right(Array([[1, 2], [3, 4]]), [Tensor([1, 2]), Tensor([3, 4])])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (-12.0, "sign is not"),
        (24.0, "factor of 2"),
        (6.0, "factor of 2"),
        (1200.0, "factor of 100"),
        (1 / 12, "reciprocal"),
        (144.0, "square of the answer"),
        (12.0**0.5, "square root"),
        (12.3, "Close"),
        (17.0, "too large"),
        (7.0, "too small"),
        (0.0, "too small"),
        (np.nan, "nan"),
        (np.inf, "infinite"),
        ("12", "quotes"),
        (True, "True or False"),
        (12 + 1j, "complex"),
        ([12.0, 12.0], "holds 2"),
        (None, "return"),
        (abs, "call it"),
        ((x for x in [12.0]), "list"),
    ],
)
def test_number(given, words):
    assert words in hint(Number(12.0), given)


@pytest.mark.parametrize(
    ("given", "words"),
    [(11, "Off by one"), (13, "Off by one"), (12.5, "whole number"), (96, "factor of 8")],
)
def test_integer(given, words):
    assert words in hint(Integer(12), given)


def test_large_counts_are_exact():
    parameters = 2**60 + 1
    assert right(Integer(parameters), parameters)
    assert not right(Integer(parameters), parameters - 1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([[1, 4], [2, 5], [3, 6]], "axes are reversed"),
        ([[1, 2], [3, 4], [5, 6]], "reversed order"),
        ([[[1, 2, 3], [4, 5, 6]]], "axis of length 1 too many"),
        ([1, 2, 3, 4, 5, 6], "arranged differently"),
        (7.0, "single number"),
        ([1, 2], "shape differs"),
        ([[1, 2], [1]], "different lengths"),
        ([["1", "2", "3"]] * 2, "quotes"),
        ([[-1, -2, -3], [-4, -5, -6]], "every sign"),
        ([[2, 4, 6], [8, 10, 12]], "2 times"),
        ([[6, 5, 4], [3, 2, 1]], "reversed order"),
        ([[4, 5, 6], [1, 2, 3]], "another order"),
        ([[2, 3, 4], [5, 6, 7]], "same amount"),
        ([[1, 2, 3], [4, 9, 6]], "1 of 6 values are not. The first one, at [1, 1], is too large"),
        ([[1, 2, 3], [4, np.nan, 6]], "[1, 1] is nan"),
    ],
)
def test_array(given, words):
    assert words in hint(Array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), given)


def test_a_square_transpose_is_told():
    assert "transpose" in hint(Array([[1, 2], [3, 4]]), [[1, 3], [2, 4]])


def test_unsigned_values_do_not_wrap_in_hints():
    assert "too small" in hint(Array([200, 7]), np.array([0, 7], dtype=np.uint8))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((1, 28, 28, 128), "another order"),
        ((28, 28, 1), "first axis is missing"),
        ((128, 28), "2 more"),
        ((128, 28, 28, 1, 1), "1 fewer"),
        ((128, 28, 32, 1), "axis 2 is too long"),
        (128, "comma"),
        (np.zeros((2, 2)), "not the array"),
        ((128.5, 28, 28, 1), "whole numbers"),
        ("(128, 28, 28, 1)", "quotes"),
    ],
)
def test_shape(given, words):
    assert words in hint(Shape((128, 28, 28, 1)), given)


def test_a_shape_of_another_library():
    class TensorShape:
        def as_list(self):
            return [2, 3]

    assert right(Shape((2, 3)), TensorShape())


@pytest.mark.parametrize(
    ("given", "words"),
    [("brodcasting", "spelling"), ("reshape", "not the term"), ("", "empty"), (3, "in quotes")],
)
def test_text(given, words):
    assert words in hint(Text("broadcasting"), given)


def test_choices():
    assert "Choose one" in hint(Choice("b", of="abc"), ["a", "b"])
    assert "not one of the options" in hint(Choice("b", of="abc"), "z")
    assert "1 missing" in hint(Choice({"a", "c"}, of="abc"), "a")
    assert "1 missing and 1 too many" in hint(Choice({"a", "c"}, of="abc"), {"a", "b"})
    assert "in quotes" in hint(Choice("b", of="abc"), 2)
    assert right(Choice({"a", "c"}, of="abc"), "c, a")
    assert right(Choice("channels last", of=["channels first", "channels last"]), "Channels-last")


def test_truth():
    assert "other way round" in hint(Truth(True), False)
    assert "without quotes" in hint(Truth(True), 1)


def test_functions():
    def relu(x):
        return np.maximum(x, 0.0)

    answer = Function(relu, cases=[(np.array([-1.0, 2.0]),), (np.array([[0.5]]),)])
    assert right(answer, lambda x: [max(v, 0.0) for v in x.ravel()] if x.ndim == 1 else x)
    assert "by its name" in hint(answer, relu(np.ones(2)))
    assert "returns None" in hint(answer, lambda x: None)
    assert "placeholder" in hint(answer, lambda x: ...)
    assert "raises ZeroDivisionError" in hint(answer, lambda x: 1 / 0)
    assert "raises TypeError" in hint(answer, lambda: 0)
    assert "raises SystemExit" in hint(answer, lambda x: exit_now())
    assert hint(answer, np.abs).startswith("For `absolute([-1.0, 2.0])`: the shape is right; 1 of")

    def in_place(x):
        x[x < 0] = 0
        return x

    assert "changes its argument" in hint(answer, in_place)
    leaky = Mistake(lambda x: np.where(x > 0, x, 0.01 * x), "This one leaks.")
    assert hint(answer, lambda x: np.maximum(x, 0.01 * x), [leaky]) == "This one leaks."


def exit_now():
    raise SystemExit(1)


def test_functions_that_have_to_raise_and_that_return_several_results():
    def divide(a, b):
        if b == 0:
            raise RangeError("b: expected another number than 0, got 0")
        return a // b, a % b

    answer = Function(divide, cases=[(7, 2), (1, 0)])

    def by_hand(a, b):
        if not b:
            raise ValueError
        return [a // b, a - a // b * b]

    assert right(answer, by_hand)
    assert "RangeError) is expected" in hint(answer, lambda a, b: (a // max(b, 1), a % max(b, 1)))
    assert "raises ZeroDivisionError" in hint(answer, lambda a, b: (a // b, a % b))
    assert "2 results" in hint(answer, lambda a, b: a // b)
    assert "result 2 of 2: the value is too large" in hint(answer, lambda a, b: (a // b, 5))


def test_parts():
    answer = Parts(Integer(2), Shape((3, 4)))
    assert hint(answer, (3, (3, 4))).startswith("Part 1 of 2: Off by one")
    assert hint(answer, (2, (4, 3))).startswith("Part 2 of 2: The axes are right")
    assert hint(answer, (2, "x")).startswith("Part 2 of 2: Your answer is text")
    assert "you gave 1" in hint(answer, (2,))
    assert "in a tuple" in hint(answer, 2)
    assert str(Exercise("97-a", answer, "So.").examine((2, ...))).startswith("Not answered yet")


def test_a_failing_judge_is_reported_and_not_raised():
    answer = Predicate(lambda x: None if x.shape else "No.", example=np.ones(2))
    assert "could not be examined (AttributeError)" in hint(answer, 3)


def test_the_first_known_mistake_wins_over_generic_hints():
    mistakes = [Mistake(24, "Twice."), Mistake(Shape((12,)), "That is a shape.")]
    assert hint(Integer(12), 24, mistakes) == "Twice."
    assert (
        hint(Integer(12), [12.0, 1], mistakes) == "One number is asked for; your answer holds "
        "2, in shape (2,)."
    )
    assert hint(Integer(13), (12,), mistakes) == "That is a shape."


def test_hints_do_not_tell_the_answer():
    for given in (-31, 62, 30, 31.5, 7, 400, "31", None):
        assert not re.search(r"\b31\b", hint(Integer(31), given))
