"""Every exercise of the book keeps the promises of its kind: it accepts, hints, never crashes."""

import math

import numpy as np
import pytest
from checks.registered import ALL, BOOK
from dlbook.checks import Function, Parts, Status
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

each = pytest.mark.parametrize("exercise", ALL, ids=lambda one: one.name)


@each
def test_right_answers_are_accepted_in_several_forms(exercise):
    forms = [*exercise.answer.forms(), *exercise.accepts]
    assert len(forms) >= 3 or exercise not in BOOK
    for form in forms:
        verdict = exercise.examine(form)
        assert verdict.status is Status.CORRECT, f"{form!r}: {verdict}"
        assert verdict.text == exercise.because


@each
def test_each_known_mistake_gets_its_own_hint(exercise):
    hints = [mistake.hint for mistake in exercise.mistakes]
    assert len(set(hints)) == len(hints)
    for mistake in exercise.mistakes:
        value = mistake.value.forms()[0] if hasattr(mistake.value, "forms") else mistake.value
        verdict = exercise.examine(value)
        assert verdict.status is Status.NOT_YET, value
        assert verdict.text == mistake.hint, f"{value!r} got: {verdict}"


@each
def test_an_unanswered_exercise_says_so(exercise):
    assert str(exercise.examine(...)).startswith("Not answered yet.")


@pytest.mark.parametrize("exercise", BOOK, ids=lambda one: one.name)
def test_exercises_of_the_book_know_three_mistakes(exercise):
    assert len(exercise.mistakes) >= 3


class Hostile:
    """An object that fails whatever is done with it."""

    def __eq__(self, other):
        raise RuntimeError("no comparison")

    __hash__ = None

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")

    def __repr__(self):
        raise RuntimeError("no repr")

    def __getattr__(self, name):
        raise RuntimeError("no attributes")

    def __iter__(self):
        raise RuntimeError("no iteration")

    def __len__(self):
        raise RuntimeError("no length")


class HostileText(str):
    __slots__ = ()

    def casefold(self):
        raise RuntimeError("no case")


def raises():
    raise SystemExit(3)


def endless():
    while True:
        yield 1


def endless_list():
    parts = [1]
    parts.append(parts)
    return parts


def deep_list():
    parts = [1]
    for _ in range(5000):
        parts = [parts]
    return parts


strange = [
    None,
    "",
    "31",
    b"31",
    math.nan,
    math.inf,
    -math.inf,
    1j,
    True,
    10**400,
    -(10**400),
    10**5000,
    [],
    (),
    {},
    set(),
    {"a": 1},
    {1, 2},
    [[1], [1, 2]],
    [[], [1]],
    endless_list(),
    deep_list(),
    [..., 1],
    [None, 1],
    ["a", 1],
    [Hostile()],
    Hostile(),
    HostileText("31"),
    Hostile,
    object(),
    endless(),
    iter([1]),
    range(3),
    len,
    raises,
    lambda *a: raises(),
    lambda *a: None,
    lambda *a: Hostile(),
    lambda *a: a,
    lambda *a: math.nan,
    lambda *a: endless(),
    np.array(None),
    np.array("x"),
    np.array([]),
    np.zeros((0, 3)),
    np.full((2, 3), math.nan),
    np.array([1, "a", None], dtype=object),
    np.array(["2020-01-01"], dtype="datetime64[D]"),
    np.zeros(3, dtype=[("a", float)]),
    np.broadcast_to(np.float32(0), (10**6, 10**6)),
    np.zeros((2, 3), dtype=complex),
    np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    np.uint8(200),
    np.float16(31),
    slice(1, 2),
    NotImplemented,
    type,
    memoryview(b"ab"),
]


@each
def test_strange_answers_get_a_sentence(exercise, recwarn):
    for answer in strange:
        verdict = exercise.examine(answer)
        assert verdict.text
        assert "\n" not in str(verdict)
    assert not recwarn.list


numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.booleans(),
    st.decimals(),
    st.fractions(),
)
anything = st.recursive(
    st.one_of(
        numbers,
        st.none(),
        st.text(),
        st.binary(),
        arrays.arrays(
            dtype=st.one_of(arrays.scalar_dtypes(), st.just(np.dtype(object))),
            shape=arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        ),
        st.sampled_from([lambda *a: a, lambda *a: a[0], len, np.sum]),
        st.builds(Hostile),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
    ),
    max_leaves=6,
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(answer=anything)
def test_no_answer_crashes_an_exercise(answer):
    for exercise in ALL:
        verdict = exercise.examine(answer)
        assert verdict.status in Status
        assert verdict.text


functions = [one for one in ALL if isinstance(one.answer, Function)]
several = [one for one in ALL if isinstance(one.answer, Parts)]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(result=anything)
def test_no_result_of_a_function_crashes_an_exercise(result):
    for exercise in functions:
        verdict = exercise.examine(lambda *arguments: result)
        assert verdict.status is not Status.UNANSWERED
        assert verdict.text


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(parts=st.lists(anything, min_size=3, max_size=3))
def test_no_part_crashes_an_exercise_of_several_parts(parts):
    for exercise in several:
        verdict = exercise.examine(tuple(parts[: len(exercise.answer.parts)]))
        assert verdict.status is not Status.UNANSWERED
        assert verdict.text


numeric = [one for one in ALL if hasattr(one.answer, "value") and one.name != "98-claim"]


@pytest.mark.parametrize("exercise", numeric, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None, derandomize=True)
@given(shift=st.floats(1e-12, 1e12), sign=st.sampled_from([-1, 1]))
def test_the_tolerance_decides(exercise, shift, sign):
    kind = exercise.answer
    given_ = float(kind.value) + sign * shift
    allowed = getattr(kind, "atol", 0.0) + getattr(kind, "rtol", 0.0) * abs(float(kind.value))
    right = exercise.examine(given_).status is Status.CORRECT
    assert right == (abs(given_ - float(kind.value)) <= allowed)
