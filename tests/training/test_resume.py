"""An interrupted run ends where an uninterrupted one does, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.errors import DataError, DTypeError, RangeError, ShapeError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.training import (
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    LearningRateSchedule,
    TrainingState,
    fit,
)
from dlbook.training.state import generator_state, set_generator_state

ALL = [NumpyMLP, TorchMLP, KerasMLP]
# Adam remembers two arrays a weight; momentum one; SGD none
OPTIMIZERS = {NumpyMLP: "adam", TorchMLP: "adamw", KerasMLP: "momentum"}


class Interrupt(Callback):
    """Presses Ctrl-C at a step."""

    def __init__(self, step):
        self.step = step

    def on_step_end(self, run):
        if run.history.steps == self.step:
            raise KeyboardInterrupt


def model_of(mlp):
    return mlp(4, [8], 3, dropout=0.3, rng=np.random.default_rng(5))


def train(model, clouds, *extra, epochs=4, seed=2, **options):
    """Dropout, shuffling, a validation share, momentum and early stopping: all have a state."""
    kind = next(m for m in ALL if isinstance(model, m))
    callbacks = [EarlyStopping(patience=50), LearningRateSchedule(lambda e: 0.02 / (e + 1)), *extra]
    options = {"batch_size": 16, "optimizer": OPTIMIZERS[kind], "callbacks": callbacks} | options
    rng = np.random.default_rng(seed)
    return fit(model, clouds, 0.25, epochs=epochs, rng=rng, **options)


def assert_same(first, second):
    for a, b in zip(parity.get_weights(first), parity.get_weights(second), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("mlp", ALL)
def test_interrupted_and_resumed(mlp, clouds, tmp_path):
    whole = model_of(mlp)
    expected = train(whole, clouds, Interrupt(-1), Checkpoint(tmp_path / "none.npz"))
    assert expected.steps == 4 * 5  # 72 of 96 samples in batches of 16

    path = tmp_path / "run.npz"
    model = model_of(mlp)
    history = train(model, clouds, Interrupt(13), Checkpoint(path))  # in the third epoch
    assert history.stopped == "interrupted in epoch 3"
    assert len(history) == 2
    assert history.steps == 10
    np.testing.assert_array_equal(history["loss"], expected["loss"][:2])

    resumed = train(model, clouds, Interrupt(-1), Checkpoint(path), resume=history)
    assert_same(model, whole)
    assert resumed.metrics == expected.metrics
    assert (resumed.steps, resumed.stopped) == (expected.steps, "")
    assert len(history) == 2  # the history resumed from stays as it was

    other = model_of(mlp)  # as in a new process: only the file is left
    parity.set_weights(other, [0 * array for array in parity.get_weights(other)])
    path.write_bytes((tmp_path / "none.npz").read_bytes())
    again = train(other, clouds, Interrupt(-1), Checkpoint(path), resume=path)
    assert_same(other, whole)  # it was at its end already
    assert again.metrics == expected.metrics


@pytest.mark.parametrize("mlp", ALL)
def test_resumed_from_a_file(mlp, clouds, tmp_path):
    path = tmp_path / "run-{epoch}.npz"
    whole = model_of(mlp)
    expected = train(whole, clouds, Checkpoint(path))
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"run-{e}.npz" for e in (1, 2, 3, 4)]
    other = model_of(mlp)
    history = train(other, clouds, Checkpoint(path), resume=tmp_path / "run-1.npz")
    assert_same(other, whole)
    assert history.metrics == expected.metrics


@pytest.mark.parametrize("mlp", ALL)
def test_more_epochs(mlp, clouds):
    whole, parts = model_of(mlp), model_of(mlp)
    expected = train(whole, clouds, epochs=3)
    history = train(parts, clouds, epochs=2)
    history = train(parts, clouds, epochs=3, resume=history.state)
    assert_same(parts, whole)
    assert history.metrics == expected.metrics


def test_dropout_of_pytorch_depends_on_rng_alone(clouds):
    import torch

    losses = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        losses.append(train(model_of(TorchMLP), clouds, epochs=1)["loss"])
        assert torch.equal(torch.get_rng_state(), before)
    assert losses[0] == losses[1]


def test_early_stopping_that_had_ended_stays_ended(clouds, tmp_path):
    path = tmp_path / "run.npz"
    callbacks = lambda: [EarlyStopping(patience=1, min_delta=1e9), Checkpoint(path)]  # noqa: E731
    first, second = (NumpyMLP(4, [3], 3, rng=np.random.default_rng(0)) for _ in range(2))
    expected = fit(first, clouds, clouds, epochs=9, callbacks=callbacks())
    history = fit(second, clouds, clouds, epochs=9, callbacks=callbacks(), resume=path)
    assert history == expected
    assert history.stopped.startswith("stopped early")
    assert_same(first, second)


def test_checkpoint_every_and_best(clouds, tmp_path):
    model = NumpyMLP(4, [3], 3, rng=np.random.default_rng(0))
    every, best = tmp_path / "every-{epoch}.npz", tmp_path / "best-{epoch}.npz"
    rates = LearningRateSchedule([0.1, 0.1, 100.0, 0.0, 0.0])
    history = fit(model, clouds, epochs=5, optimizer="sgd",
                  callbacks=[Checkpoint(every, every=2), Checkpoint(best, monitor="loss"), rates],
                  )  # fmt: skip
    assert sorted(p.name for p in tmp_path.glob("every*")) == [f"every-{e}.npz" for e in (2, 4, 5)]
    records = [e + 1 for e in range(5) if history["loss"][e] == min(history["loss"][: e + 1])]
    assert len(records) < 5
    assert sorted(p.name for p in tmp_path.glob("best*")) == [f"best-{e}.npz" for e in records]


def test_file_holds_no_objects_and_survives_a_crash(clouds, tmp_path, monkeypatch):
    path = tmp_path / "run.npz"
    fit(NumpyMLP(4, [3], 3), clouds, epochs=1, callbacks=[Checkpoint(path)])
    before = path.read_bytes()
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype.kind in "fiu" for name in file.files)
    state = TrainingState.load(path)

    def broken(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("dlbook.training.state.os.replace", broken)
    with pytest.raises(KeyboardInterrupt):
        state.save(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"]


def test_damaged_and_foreign_files(clouds, tmp_path):
    path = tmp_path / "run.npz"
    model = NumpyMLP(4, [3], 3)
    fit(model, clouds, epochs=1, callbacks=[Checkpoint(path)])
    whole = path.read_bytes()
    np.savez(tmp_path / "foreign.npz", a=np.zeros(3))
    np.savez(tmp_path / "notes.npz", notes=np.frombuffer(b'{"format": "other"}', np.uint8))
    np.savez(tmp_path / "object.npz", notes=np.array([{}], dtype=object))
    for cut in (0, 10, len(whole) // 2, len(whole) - 5):
        (tmp_path / "cut.npz").write_bytes(whole[:cut])
        with pytest.raises(DataError, match="fit: resume: path: expected a saved training state"):
            fit(model, clouds, resume=tmp_path / "cut.npz")
    for name in ("foreign.npz", "object.npz", "missing.npz"):
        with pytest.raises(DataError, match="expected a saved training state, got .*" + name):
            fit(model, clouds, resume=str(tmp_path / name))
    with pytest.raises(DataError, match="a file of format"):
        fit(model, clouds, resume=tmp_path / "notes.npz")
    with pytest.raises(DataError, match="expected a file that can be written"):
        TrainingState.load(path).save(tmp_path / "no" / "folder.npz")


@pytest.mark.parametrize("mlp", ALL)
def test_only_the_same_run_can_be_resumed(mlp, clouds):
    history = fit(mlp(4, [3], 3), clouds, epochs=1, rng=np.random.default_rng(0))
    changes = [
        ({"batch_size": 8}, RangeError, r"a run with the batch size of this one \(8\), got 32"),
        ({"optimizer": "sgd"}, RangeError, "a run with the optimizer of this one"),
        ({"callbacks": [Callback()]}, RangeError, "a run with the callbacks of this one"),
        (
            {"rng": None},
            RangeError,
            r"fit: rng: expected a numpy\.random\.Generator, as in the run",
        ),
        ({"rng": np.random.Generator(np.random.MT19937(0))}, DTypeError, "of kind PCG64"),
    ]
    for change, error, words in changes:
        options = {"rng": np.random.default_rng(0), "resume": history} | change
        with pytest.raises(error, match=words):
            fit(mlp(4, [3], 3), clouds, epochs=2, **options)
    with pytest.raises(ShapeError, match="fit: resume: expected weights of MLP"):
        fit(mlp(4, [5], 3), clouds, epochs=2, rng=np.random.default_rng(0), resume=history)
    another = TorchMLP if mlp is NumpyMLP else NumpyMLP
    with pytest.raises(RangeError, match="a run with the library of this one"):
        fit(another(4, [3], 3), clouds, epochs=2, rng=np.random.default_rng(0), resume=history)


def test_what_cannot_be_resumed_from(clouds):
    with pytest.raises(DTypeError, match="fit: resume: expected a path"):
        fit(NumpyMLP(4, [3], 3), clouds, resume=3)
    with pytest.raises(DataError, match="fit: resume: expected a history of fit"):
        fit(NumpyMLP(4, [3], 3), clouds, resume=History())
    state = fit(NumpyMLP(4, [3], 3), clouds, epochs=1).state
    with pytest.raises(RangeError, match="fit: rng: expected none, as in the run to be resumed"):
        fit(NumpyMLP(4, [3], 3), clouds, resume=state, rng=np.random.default_rng(0))


def test_keras_optimizer_with_other_memory(clouds):
    import keras

    model = KerasMLP(4, [3], 3)
    plain, heavy = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1, momentum=0.9)
    history = fit(model, clouds, epochs=1, optimizer=plain)
    with pytest.raises(RangeError, match="arrays, as this optimizer keeps"):
        fit(model, clouds, epochs=2, optimizer=heavy, resume=history)


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_every_kind_of_generator(kind):
    make = lambda: np.random.Generator(getattr(np.random, kind)(3))  # noqa: E731
    rng, other = make(), make()
    rng.random(5)
    state = generator_state(rng)
    expected = rng.random(7)
    set_generator_state("rng", other, state)
    np.testing.assert_array_equal(other.random(7), expected)


@pytest.mark.parametrize("mlp", ALL)
def test_interrupted_in_the_first_epoch(mlp, clouds):
    model = mlp(4, [3], 3)
    before = parity.get_weights(model)
    history = fit(model, clouds, epochs=2, callbacks=[Interrupt(2)])
    assert (len(history), history.steps) == (0, 0)
    for a, b in zip(before, parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)
