"""Early stopping, schedules and callbacks of one's own, in all three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.errors import DataError, DTypeError, RangeError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.training import Callback, Checkpoint, EarlyStopping, LearningRateSchedule, evaluate, fit

ALL = [NumpyMLP, TorchMLP, KerasMLP]


class Diary(Callback):
    """Writes down each moment at which it is called."""

    def __init__(self):
        self.lines = []

    def on_train_begin(self, run):
        self.lines.append("train")

    def on_epoch_begin(self, run):
        self.lines.append(f"epoch {run.epoch}")

    def on_step_end(self, run):
        self.lines.append(f"step {run.history.steps}")
        assert run.loss > 0

    def on_epoch_end(self, run):
        self.lines.append(f"loss of {len(run.history['loss'])}")

    def on_state(self, run, state):
        self.lines.append(f"state {state.epoch}")

    def on_train_end(self, run):
        self.lines.append("end")


@pytest.mark.parametrize("mlp", ALL)
def test_moments(mlp, clouds):
    diary = Diary()
    fit(mlp(4, [3], 3), clouds, epochs=2, batch_size=48, callbacks=[diary])
    assert diary.lines == [
        "train",
        *("epoch 0", "step 1", "step 2", "loss of 1", "state 1"),
        *("epoch 1", "step 3", "step 4", "loss of 2", "state 2"),
        "end",
    ]


@pytest.mark.parametrize("mlp", ALL)
def test_early_stopping_restores_the_best_weights(mlp, rng):
    """Random labels: validation gets worse from some epoch on."""
    x = rng.standard_normal((60, 5)).astype(np.float32)
    train, test = Dataset(x, rng.integers(0, 2, 60)).split(0.5, rng)
    model = mlp(5, [30], 2, rng=np.random.default_rng(0))
    stopping = EarlyStopping(patience=3)
    history = fit(model, train, test, epochs=100, learning_rate=0.02, callbacks=[stopping])
    best = int(np.argmin(history["val_loss"]))
    assert len(history) == best + 1 + 3
    assert history.stopped == f"stopped early, val_loss was best in epoch {best + 1}"
    assert history.stopped in repr(history)
    assert stopping.best_epoch == best + 1
    assert stopping.best == history["val_loss"][best]
    assert evaluate(model, test)["loss"] == pytest.approx(stopping.best, rel=1e-6)


def test_early_stopping_may_keep_the_last_weights(clouds):
    model = NumpyMLP(4, [3], 3, rng=np.random.default_rng(0))
    stopping = EarlyStopping("loss", patience=1, min_delta=1e9, restore_best_weights=False)
    history = fit(model, clouds, clouds, epochs=9, callbacks=[stopping])
    assert len(history) == 2  # the first is an improvement on nothing, the second is too small
    assert evaluate(model, clouds)["loss"] == pytest.approx(history["val_loss"][1])


def test_accuracy_is_to_rise(clouds):
    stopping = EarlyStopping("accuracy", patience=2)
    history = fit(
        NumpyMLP(4, [8], 3, rng=np.random.default_rng(0)), clouds, epochs=60, callbacks=[stopping],
        learning_rate=0.01,
    )  # fmt: skip
    assert stopping.best == max(history["accuracy"]) > 0.8


def test_restores_also_when_the_epochs_run_out(clouds):
    model = NumpyMLP(4, [8], 3, rng=np.random.default_rng(0))
    worse = LearningRateSchedule([0.1, 0.1, 1e3])
    history = fit(model, clouds, clouds, epochs=3, optimizer="sgd",
                  callbacks=[EarlyStopping(patience=9), worse])  # fmt: skip
    assert history.stopped == ""
    assert evaluate(model, clouds)["loss"] == pytest.approx(min(history["val_loss"]))
    assert history["val_loss"][-1] > min(history["val_loss"])


@pytest.mark.parametrize("schedule", [[0.1, 0.05, 0.0], lambda epoch: [0.1, 0.05, 0.0][epoch]])
def test_schedule_sets_and_records_the_rate(schedule, clouds):
    losses = []
    start = parity.get_weights(NumpyMLP(4, [3], 3, rng=np.random.default_rng(0)))
    for mlp in ALL:
        model = mlp(4, [3], 3)
        parity.set_weights(model, start)
        before = []
        history = fit(model, clouds, epochs=3, optimizer="sgd",
                      callbacks=[LearningRateSchedule(schedule), Keep(before)])  # fmt: skip
        assert history["learning_rate"] == pytest.approx([0.1, 0.05, 0.0])
        for a, b in zip(before[1], before[2], strict=True):
            np.testing.assert_array_equal(a, b)  # a rate of 0 changes nothing
        assert not np.array_equal(before[0][0], before[1][0])
        losses.append(history["loss"])
    np.testing.assert_allclose(losses, [losses[0]] * 3, rtol=1e-5)


class Keep(Callback):
    """Keeps the weights of each epoch."""

    def __init__(self, kept):
        self.kept = kept

    def on_epoch_end(self, run):
        self.kept.append(parity.get_weights(run.model))


def test_a_callback_may_stop_and_change_weights(clouds):
    class Zero(Callback):
        def on_epoch_end(self, run):
            run.set_weights({name: 0 * array for name, array in run.weights().items()})
            run.stop = "had enough"

    model = NumpyMLP(4, [3], 3)
    history = fit(model, clouds, epochs=5, callbacks=[Zero()])
    assert (len(history), history.stopped) == (1, "had enough")
    assert all((array == 0).all() for array in parity.get_weights(model))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: EarlyStopping(monitor=3), DTypeError, "EarlyStopping: monitor"),
        (lambda: EarlyStopping(patience=0), RangeError, "patience: expected at least one epoch"),
        (lambda: EarlyStopping(patience=2.5), RangeError, "EarlyStopping: patience"),
        (lambda: EarlyStopping(min_delta=-1), RangeError, "EarlyStopping: min_delta"),
        (lambda: EarlyStopping(min_delta=float("nan")), RangeError, "EarlyStopping: min_delta"),
        (lambda: LearningRateSchedule(0.1), DTypeError, "LearningRateSchedule: schedule"),
        (lambda: LearningRateSchedule("step"), DTypeError, "LearningRateSchedule: schedule"),
        (lambda: Checkpoint(7), DTypeError, "Checkpoint: path"),
        (lambda: Checkpoint("a.npz", every=0), RangeError, "Checkpoint: every"),
        (lambda: Checkpoint("a.npz", monitor=1), DTypeError, "Checkpoint: monitor"),
    ],
)
def test_refused_when_made(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize(
    ("callback", "error", "words"),
    [
        (EarlyStopping("val_loss"), RangeError, r"monitor: expected one of \['loss', 'accuracy'\]"),
        (Checkpoint("no/such/folder/a.npz"), DataError, "a file in a folder that exists"),
        (LearningRateSchedule([0.1]), RangeError, "a rate for each of 2 epochs, got 1 rates"),
        (LearningRateSchedule(lambda e: -1.0), RangeError, "epoch 0: expected a rate of 0 or more"),
        (LearningRateSchedule(lambda e: "fast"), RangeError, "expected a rate of 0 or more"),
    ],
)
def test_refused_while_training(callback, error, words, clouds):
    with pytest.raises(error, match=words):
        fit(NumpyMLP(4, [3], 3), clouds, epochs=2, callbacks=[callback])


def test_keras_schedule_of_its_own_is_not_overruled(clouds):
    import keras

    rate = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    with pytest.raises(RangeError, match="expected one with a constant learning rate"):
        fit(KerasMLP(4, [3], 3), clouds, epochs=1, optimizer=keras.optimizers.SGD(rate),
            callbacks=[LearningRateSchedule([0.1])])  # fmt: skip
