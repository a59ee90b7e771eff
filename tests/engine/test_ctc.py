"""CTC against enumeration of all paths, PyTorch, Keras and numbers worked out by hand."""

from __future__ import annotations

import itertools
import math

import keras
import numpy as np
import pytest
import torch
from dlbook.engine import Tensor, nn
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, GradientError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import check
from engine.arrays import DTYPES, normal

T = torch.nn.functional
FRAMES = np.array([[0.2, 0.6, 0.2], [0.4, 0.4, 0.2], [0.2, 0.2, 0.6]])  # columns blank, a, b
WORDS = {"": 0.016, "a": 0.192, "b": 0.128, "ab": 0.432, "ba": 0.064, "aa": 0.048,
         "bb": 0.048, "aba": 0.024, "bab": 0.048}  # fmt: skip


def collapse(path, blank=0):
    """Merge repeats, then drop blanks."""
    return tuple(s for s, _ in itertools.groupby(path) if s != blank)


def enumerate_paths(probabilities, target, blank=0):
    """Probability of a label sequence: the sum over all paths that collapse to it."""
    steps, classes = probabilities.shape
    return sum(
        math.prod(probabilities[t, s] for t, s in enumerate(path))
        for path in itertools.product(range(classes), repeat=steps)
        if collapse(path, blank) == tuple(target)
    )


def single(probabilities, word):
    """The loss of one string of a's and b's."""
    labels = np.array(["-ab".index(letter) for letter in word], int)
    steps = len(probabilities)
    return F.ctc_loss(np.log(probabilities), labels, steps, len(labels), reduction="sum")


# --- by hand --------------------------------------------------------------------------------


@pytest.mark.parametrize("word", WORDS)
def test_every_string_of_the_example(word):
    assert math.exp(-single(FRAMES, word).item()) == pytest.approx(WORDS[word], rel=1e-10)
    by_enumeration = enumerate_paths(FRAMES, ["-ab".index(letter) for letter in word])
    assert by_enumeration == pytest.approx(WORDS[word], rel=1e-10)


def test_the_strings_exhaust_the_probability():
    assert sum(WORDS.values()) == pytest.approx(1)
    assert single(FRAMES, "ab").item() == pytest.approx(0.8393297, abs=5e-8)


def test_the_gradient_by_logits_is_softmax_minus_occupancy():
    logits = Tensor(np.log(FRAMES), requires_grad=True)
    F.ctc_loss(F.log_softmax(logits, -1), [1, 2], 3, 2, reduction="sum").backward()
    occupancy = [[1 / 9, 8 / 9, 0], [1 / 3, 4 / 9, 2 / 9], [1 / 18, 0, 17 / 18]]
    np.testing.assert_allclose(logits.grad, FRAMES - occupancy, atol=1e-12)


def test_a_repeated_letter_needs_a_blank_between():
    assert math.exp(-single(FRAMES, "aa").item()) == pytest.approx(0.6 * 0.4 * 0.2)
    assert single(FRAMES, "aaa").item() == math.inf


def test_the_best_path_is_not_the_best_string():
    frames = np.array([[0.6, 0.4], [0.6, 0.4]])
    empty, letter = (math.exp(-single(frames, word).item()) for word in ("", "a"))
    assert (empty, letter) == (pytest.approx(0.36), pytest.approx(0.64))


def test_reductions_of_pytorch_and_of_keras():
    log_probs = np.log(FRAMES)[:, None]
    arguments = (log_probs, [[1, 2]], [3], [2])
    assert F.ctc_loss(*arguments).item() == pytest.approx(0.4197, abs=5e-5)  # per label
    assert F.ctc_loss(*arguments, reduction="sum").item() == pytest.approx(0.8393, abs=5e-5)
    expected = keras.ops.ctc_loss(
        np.array([[1, 2]]), np.log(FRAMES)[None].astype("float32"), np.array([2]), np.array([3])
    )
    assert F.ctc_loss(*arguments, reduction="none").data == pytest.approx(np.asarray(expected))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_against_the_sum_over_all_paths(data):
    steps, classes = data.draw(st.integers(1, 5)), data.draw(st.integers(2, 3))
    blank = data.draw(st.integers(0, classes - 1))
    letters = [c for c in range(classes) if c != blank]
    y = data.draw(st.lists(st.sampled_from(letters), max_size=steps))
    scores = normal((steps, classes), seed=data.draw(st.integers(0, 99)))
    p = np.exp(F.log_softmax(Tensor(scores), 1).data)
    found = F.ctc_loss(np.log(p), np.array(y, int), steps, len(y), blank, "sum").item()
    probability = enumerate_paths(p, y, blank)
    if probability == 0:
        assert found == math.inf
    else:
        assert found == pytest.approx(-math.log(probability), rel=1e-10)


# --- against PyTorch ------------------------------------------------------------------------

# time, batch, classes; labels; input lengths; target lengths; blank
CASES = {
    "one": (4, 1, 3, [[1, 2]], [4], [2], 0),
    "one step": (1, 1, 2, [[1]], [1], [1], 0),
    "batch": (7, 3, 5, [[1, 2, 3], [4, 4, 1], [2, 1, 2]], [7, 7, 7], [3, 3, 3], 0),
    "lengths": (8, 3, 4, [[1, 2, 3], [1, 1, 0], [0, 0, 0]], [8, 5, 1], [3, 2, 0], 0),
    "blank last": (6, 2, 4, [[0, 1, 2], [2, 2, 0]], [6, 5], [3, 2], 3),
    "blank middle": (6, 2, 4, [[0, 1, 3], [3, 3, 1]], [6, 6], [3, 3], 2),
    "just enough": (5, 2, 3, [[1, 1, 2], [1, 2, 1]], [4, 3], [3, 3], 0),
    "no labels": (4, 2, 3, np.zeros((2, 0), int), [4, 2], [0, 0], 0),
    "long": (60, 2, 6, np.arange(50).reshape(2, 25) % 5 + 1, [60, 55], [25, 20], 0),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("name", CASES)
def test_against_pytorch(name, reduction, dtype):
    steps, batch, classes, y, times, counts, blank = CASES[name]
    y = np.array(y)

    # PyTorch's gradient is right for the logits below a log_softmax, the engine's everywhere
    check(
        lambda x: F.ctc_loss(F.log_softmax(x, 2), y, times, counts, blank, reduction),
        [normal((steps, batch, classes), dtype)],
        torch_operation=lambda x: T.ctc_loss(
            T.log_softmax(x, 2), torch.tensor(y), times, counts, blank, reduction
        ),
        differences=dtype == np.float64 and steps < 20,
    )


@pytest.mark.parametrize("name", CASES)
def test_gradient_of_log_probabilities_themselves(name):
    steps, batch, classes, y, times, counts, blank = CASES[name]
    if steps < 20:
        x = normal((steps, batch, classes))
        check(lambda t: F.ctc_loss(t, np.array(y), times, counts, blank, "none"), [x])


def test_labels_in_one_line():
    y, counts = np.array([1, 2, 3, 2, 1]), [3, 0, 2]
    check(
        lambda x: F.ctc_loss(F.log_softmax(x, 2), y, [6, 6, 5], counts),
        [normal((6, 3, 4))],
        torch_operation=lambda x: T.ctc_loss(
            T.log_softmax(x, 2), torch.tensor(y), torch.tensor([6, 6, 5]), torch.tensor(counts)
        ),
    )


def test_what_lies_beyond_the_lengths_counts_for_nothing():
    x, y = normal((6, 2, 3)), np.array([[1, 2, 1], [2, 99, -7]])
    tensor = Tensor(x, requires_grad=True)
    losses = F.ctc_loss(tensor, y, [6, 4], [3, 1], reduction="none")
    losses.backward([1.0, 1.0])
    assert (tensor.grad[4:, 1] == 0).all()
    x[4:, 1] = np.nan
    again = F.ctc_loss(x, y, [6, 4], [3, 1], reduction="none")
    np.testing.assert_array_equal(again.data, losses.data)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_sequences_without_a_path(reduction):
    y, times, counts = np.array([[1, 1, 1], [1, 2, 0]]), [4, 5], [3, 2]
    arguments = (torch.tensor(y), times, counts, 0, reduction)
    check(
        lambda x: F.ctc_loss(F.log_softmax(x, 2), y, times, counts, 0, reduction, True),
        [normal((5, 2, 3))],
        torch_operation=lambda x: T.ctc_loss(T.log_softmax(x, 2), *arguments, True),
    )
    infinite = F.ctc_loss(normal((5, 2, 3)), y, times, counts, 0, "none")
    np.testing.assert_array_equal(np.isinf(infinite.data), [True, False])


def test_gradient_of_an_infinite_loss_is_nan_for_that_sequence_only():
    x = Tensor(normal((5, 2, 3)), requires_grad=True)
    F.ctc_loss(x, [[1, 1, 1], [1, 2, 0]], [4, 5], [3, 2], reduction="sum").backward()
    assert np.isnan(x.grad[:, 0]).any()
    assert np.isfinite(x.grad[:, 1]).all()


def test_no_underflow_over_a_thousand_steps():
    """Probabilities near e^−2000 would be 0 without logarithms."""
    x = normal((1000, 1, 20), np.float32)
    y = np.arange(200)[None] % 19 + 1
    check(
        lambda t: F.ctc_loss(F.log_softmax(t, 2), y, [1000], [200], reduction="sum"),
        [x],
        torch_operation=lambda t: T.ctc_loss(
            T.log_softmax(t, 2), torch.tensor(y), [1000], [200], reduction="sum"
        ),
        differences=False,
        tolerance=2e-5,  # PyTorch sums in float32, the engine in float64
    )


def test_without_a_batch_axis():
    x, y = normal((5, 3)), np.array([1, 2])
    for reduction in ("mean", "sum", "none"):
        check(
            lambda t, r=reduction: F.ctc_loss(F.log_softmax(t, 1), y, 5, 2, reduction=r),
            [x],
            torch_operation=lambda t, r=reduction: T.ctc_loss(
                T.log_softmax(t, 1), torch.tensor(y), torch.tensor(5), torch.tensor(2), reduction=r
            ),
        )


def test_keras_takes_logits_batch_first_and_averages_losses():
    x, y = normal((3, 7, 5), np.float32), np.array([[1, 2, 3], [4, 4, 1], [2, 1, 2]])

    def ours(logits):
        log_probs = F.log_softmax(logits.transpose(0, 1), 2)
        return F.ctc_loss(log_probs, y, [7] * 3, [3] * 3, reduction="none").mean()

    loss = keras.losses.CTC()
    check(ours, [x], keras_operation=lambda t: loss(y, t), differences=False)


def test_module_is_that_of_pytorch():
    x, y = np.log(np.stack([FRAMES, FRAMES], 1)), np.array([[0, 1], [1, 1]])
    for options in ({"blank": 2}, {"blank": 2, "reduction": "none", "zero_infinity": True}):
        ours, theirs = nn.CTCLoss(**options), torch.nn.CTCLoss(**options)
        expected = theirs(torch.tensor(x), torch.tensor(y), (3, 2), (2, 2)).numpy()
        np.testing.assert_allclose(ours(Tensor(x), y, [3, 2], [2, 2]).data, expected, rtol=1e-10)


# --- bad input ------------------------------------------------------------------------------

LOG_P = np.log(np.full((4, 2, 3), 1 / 3))
LENGTHS = {"input_lengths": [4, 4], "target_lengths": [2, 2]}
GOOD = {"log_probs": LOG_P, "targets": [[1, 2], [2, 1]], **LENGTHS}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"log_probs": np.ones((4, 2, 3), int)}, DTypeError, "log_probs: expected floating-point"),
        ({"log_probs": np.ones(4)}, ShapeError, "time, batch, classes"),
        ({"log_probs": np.ones((0, 2, 3))}, ShapeError, "not empty"),
        (
            {"targets": [[1, 3], [2, 1]]},
            RangeError,
            r"0 to 2 other than the blank, 0, got \[3\]",
        ),
        ({"targets": [[1, 0], [2, 1]]}, RangeError, "other than the blank"),
        ({"targets": [[1, -1], [2, 1]]}, RangeError, "labels from 0"),
        ({"targets": [[1.0, 2.0], [2.0, 1.0]]}, DTypeError, "integer labels"),
        ({"targets": "ab"}, DTypeError, "numbers"),
        ({"targets": [[1, 2]]}, ShapeError, "targets"),
        ({"targets": 1}, ShapeError, "targets"),
        ({"targets": [1, 2, 1]}, ShapeError, "4 labels in one line"),
        ({"input_lengths": [5, 4]}, RangeError, "input_lengths: expected lengths from 1 to 4"),
        ({"input_lengths": [0, 4]}, RangeError, "lengths from 1 to 4"),
        ({"input_lengths": [4]}, ShapeError, "one per sequence"),
        ({"input_lengths": 4}, ShapeError, "one per sequence"),
        ({"input_lengths": [4.0, 4.0]}, DTypeError, "integers"),
        ({"target_lengths": [3, 2]}, RangeError, "target_lengths: expected lengths from 0 to 2"),
        ({"target_lengths": [-1, 2]}, RangeError, "lengths from 0 to 2"),
        ({"target_lengths": None}, DTypeError, "numbers"),
        ({"blank": 3}, RangeError, "blank: expected a class from 0 to 2"),
        ({"blank": "a"}, RangeError, "blank"),
        ({"reduction": "batchmean"}, RangeError, "reduction"),
    ],
)
def test_refused(change, error, message):
    F.ctc_loss(**GOOD)
    with pytest.raises(error, match=message):
        F.ctc_loss(**(GOOD | change))


def test_targets_with_gradient_are_refused():
    with pytest.raises(GradientError, match="targets"):
        F.ctc_loss(**(GOOD | {"targets": Tensor(np.ones((2, 2)), requires_grad=True)}))


LABELS = st.lists(st.integers(-1, 3), max_size=3)
LENGTH = st.lists(st.integers(-1, 5), max_size=3) | st.integers(-1, 5)


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    LABELS | st.lists(LABELS, max_size=2),
    LENGTH,
    LENGTH,
    st.integers(-1, 4),
)
@settings(max_examples=60, deadline=None)
def test_never_a_bare_numpy_error(shape, targets, times, counts, blank):
    x = Tensor(np.full(shape, -1.0), requires_grad=True)
    try:
        F.ctc_loss(x, targets, times, counts, blank).backward()
    except DlbookError:
        return
    assert x.grad.shape == shape
