"""Right answers and known mistakes are recognised in whatever form and library they come."""

import numpy as np
import pytest
from checks.registered import BOOK
from dlbook.checks import Array, Exercise, Function, Integer, Number, Shape, Status
from dlbook.checks.reading import UnreadableError, read_array
from dlbook.engine import Tensor

NUMERIC = (Array, Integer, Number)


@pytest.mark.parametrize("exercise", BOOK, ids=lambda one: one.name)
def test_a_mistake_is_told_in_each_of_its_forms(exercise: Exercise) -> None:
    for mistake in exercise.mistakes:
        for form in exercise.answer.like(mistake.value).forms():
            verdict = exercise.examine(form)
            assert verdict.status is Status.NOT_YET, form
            assert verdict.text == mistake.hint, f"{form!r} got: {verdict}"


def torch_tensor(array):
    import torch

    return torch.tensor(array)


def tensorflow_tensor(array):
    import tensorflow

    return tensorflow.constant(array)


def keras_variable(array):
    import keras

    return keras.Variable(array, dtype=str(array.dtype))


def engine_tensor(array):
    return Tensor(np.array(array, dtype=np.float64), dtype=np.float64)


LIBRARIES = [engine_tensor, torch_tensor, tensorflow_tensor, keras_variable]


def converted(result, tensor):
    """Turn what a function returns into a library's tensors, part by part."""
    if isinstance(result, tuple):
        return tuple(converted(part, tensor) for part in result)
    try:
        array = np.asarray(read_array(result))
    except UnreadableError:
        return result
    return tensor(array) if array.dtype.kind in "biuf" else result


@pytest.mark.parametrize("tensor", LIBRARIES)
def test_answers_of_every_library_are_right(tensor) -> None:
    tried = 0
    for exercise in BOOK:
        kind = exercise.answer
        if isinstance(kind, NUMERIC):
            given = tensor(np.asarray(read_array(kind.forms()[0])))
        elif isinstance(kind, Shape):
            given = tensor(np.array(kind.shape))
        elif isinstance(kind, Function):

            def given(*arguments, reference=kind.reference):
                return converted(reference(*arguments), tensor)
        else:
            continue
        verdict = exercise.examine(given)
        assert verdict.status is Status.CORRECT, f"{exercise.name}: {verdict}"
        tried += 1
    assert tried > 150
