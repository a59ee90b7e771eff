"""Transfer learning in three libraries: both ways, stages, frozen batch norm, training."""

from __future__ import annotations

import importlib
from functools import cache

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.errors import DataError, DTypeError, RangeError, ShapeError
from dlbook.training import fit, predict

LIBRARIES = ["numpy", "pytorch", "keras"]
CHANNELS, SIDE, SAMPLES = (4, 5, 6), 12, 10


def make(library: str, file: str, name: str, *arguments, seed: int = 0, **options):
    module = importlib.import_module(f"dlbook.models.{library}.{file}")
    return getattr(module, name)(*arguments, rng=np.random.default_rng(seed), **options)


@cache
def base_weights() -> tuple[np.ndarray, ...]:
    """Weights of a base whose running statistics are no longer those of the start."""
    rng = np.random.default_rng(7)
    base = make("numpy", "small_vgg", "SmallVGG", 4, 2, CHANNELS)
    data = Dataset(rng.random((32, 2, SIDE, SIDE), np.float32), rng.integers(0, 4, 32))
    fit(base, data, epochs=2, rng=rng)
    return tuple(parity.get_weights(base))


def base_of(library: str):
    base = make(library, "small_vgg", "SmallVGG", 4, 2, CHANNELS)
    parity.set_weights(base, base_weights())
    return base


def learner_of(library: str, **options):
    """A learner of any library; heads of all libraries get the weights of the engine's."""
    learner = make(
        library, "transfer", "TransferLearner", base_of(library), 3, image_size=SIDE, **options
    )
    if library != "numpy":
        parity.copy_weights(learner_of("numpy", **options).head, learner.head)
    return learner


def data_for(library: str, seed: int = 1) -> Dataset:
    rng = np.random.default_rng(seed)
    x = rng.random((SAMPLES, 2, SIDE, SIDE), np.float32)
    if library == "keras":
        x = np.ascontiguousarray(x.transpose(0, 2, 3, 1))
    return Dataset(x, rng.integers(0, 3, SAMPLES))


def norm_statistics(learner) -> list[np.ndarray]:
    """Running means and variances: of the vectors of each batch norm (γ, β, mean, variance)."""
    weights = parity.get_weights(learner)
    kernels = [p for p, array in enumerate(weights) if array.ndim == 4]
    return [weights[p + offset] for p in kernels for offset in (3, 4)]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("options", [{}, {"pooling": 2}, {"hidden": (5,), "pooling": 1}], ids=str)
def test_both_ways_give_equal_logits(library, options):
    learner, data = learner_of(library, **options), data_for(library)
    features = learner.extract_features(data.x, batch_size=4)
    sides = {None: 1, 1: 3, 2: 1}[options.get("pooling")]
    assert features.shape == (SAMPLES, CHANNELS[-1] * sides**2)
    two = predict(learner, data.x)
    np.testing.assert_allclose(predict(learner.head, features), two, atol=1e-6)
    expected = predict(learner_of("numpy", **options), data_for("numpy").x)
    np.testing.assert_allclose(two, expected, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_both_ways_train_the_same_head(library):
    one, two = learner_of(library), learner_of(library)
    data = data_for(library)
    features = Dataset(one.extract_features(data.x), data.y)
    options = {"epochs": 5, "batch_size": 4, "optimizer": "sgd", "learning_rate": 0.5}
    start = parity.get_weights(one.head)[0]
    fit(one.head, features, rng=np.random.default_rng(3), **options)
    fit(two, data, rng=np.random.default_rng(3), **options)
    assert np.abs(parity.get_weights(one.head)[0] - start).max() > 1e-2
    for a, b in zip(parity.get_weights(one), parity.get_weights(two), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_training_the_head_leaves_the_base_alone(library):
    learner, data = learner_of(library), data_for(library)
    before = parity.get_weights(learner)
    fit(learner, data, epochs=2, optimizer="adamw", learning_rate=0.1)
    after = parity.get_weights(learner)
    for a, b in zip(before[:-2], after[:-2], strict=True):  # running statistics among them
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(before[-2], after[-2])


def trained_params(stages: int, batch_norm: bool) -> int:
    head = CHANNELS[-1] * 3 + 3
    kernels = [(2 * 4 + 4 * 4) * 9, (4 * 5 + 5 * 5) * 9, 5 * 6 * 9]
    norms = [2 * 2 * 4, 2 * 2 * 5, 2 * 6]
    parts = [k + n * batch_norm for k, n in zip(kernels, norms, strict=True)]
    return head + sum(parts[3 - stages :])


@pytest.mark.parametrize("library", LIBRARIES)
def test_number_of_trained_parameters(library):
    learner = learner_of(library)
    assert learner.count_trainable_params() == trained_params(0, False)
    for stages in (1, 2, 3):
        for batch_norm in (False, True):
            learner.unfreeze_top(stages, batch_norm)
            assert learner.count_trainable_params() == trained_params(stages, batch_norm)
    learner.freeze()
    assert learner.count_trainable_params() == trained_params(0, False)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("batch_norm", [False, True])
def test_fine_tuning_moves_the_top_only(library, batch_norm):
    learner, data = learner_of(library), data_for(library)
    learner.unfreeze_top(1, batch_norm=batch_norm)
    before, base = parity.get_weights(learner), base_weights()
    fit(learner, data, epochs=1, batch_size=5, optimizer="sgd", learning_rate=0.1)
    moved = [
        not np.array_equal(a, b) for a, b in zip(before, parity.get_weights(learner), strict=True)
    ]
    top = [True] + [batch_norm] * 4
    assert moved == [False] * 20 + top + [True, True]
    # the network that the features came from is what it was
    for a, b in zip(parity.get_weights(learner)[:20], base[:20], strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_base_is_copied():
    for library in LIBRARIES:
        base = base_of(library)
        learner = make(library, "transfer", "TransferLearner", base, 3)
        learner.unfreeze_top(3, batch_norm=True)
        fit(learner, data_for(library), epochs=1, optimizer="sgd")
        for a, b in zip(parity.get_weights(base), base_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("other", ["pytorch", "keras"])
@pytest.mark.parametrize("stages", [0, 2])
def test_equal_trajectories(other, stages):
    """With frozen batch norm 20 updates agree in every weight, running statistics included."""
    first, second = learner_of("numpy"), learner_of(other)
    for learner in (first, second):
        learner.unfreeze_top(stages)
    apart = parity.trajectory_difference(
        first, second, data_for("numpy"), train_second=data_for(other), batch_size=4,
        learning_rate=0.05,
    )  # fmt: skip
    assert apart.loss < 1e-5
    assert apart.weight < 1e-5


@pytest.mark.parametrize("library", LIBRARIES)
def test_trained_batch_norm_learns_its_statistics(library):
    learner, data = learner_of(library), data_for(library)
    learner.unfreeze_top(3, batch_norm=True)
    before = norm_statistics(learner)
    fit(learner, data, epochs=1, optimizer="sgd", learning_rate=0.0)
    assert all(
        not np.array_equal(a, b) for a, b in zip(before, norm_statistics(learner), strict=True)
    )


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_gradient_of_before_does_not_move_what_is_frozen(library):
    learner, data = learner_of(library), data_for(library)
    learner.unfreeze_top(1)
    fit(learner, data, epochs=1, optimizer="sgd")
    learner.freeze()
    before = parity.get_weights(learner)[:-2]
    fit(learner, data, epochs=1, optimizer="sgd", learning_rate=1.0)
    for a, b in zip(before, parity.get_weights(learner)[:-2], strict=True):
        np.testing.assert_array_equal(a, b)


def test_keras_learner_survives_saving(tmp_path):
    import keras

    learner, data = learner_of("keras", hidden=(5,), pooling=2), data_for("keras")
    learner.save(tmp_path / "learner.keras")
    loaded = keras.models.load_model(tmp_path / "learner.keras")
    assert type(loaded) is type(learner)
    assert loaded.count_trainable_params() == learner.count_trainable_params()
    assert parity.largest_difference(learner, loaded, data.x) == 0


def test_keras_compiles_what_is_trainable_then():
    """`compile` after freezing: what is trained is decided there and then."""
    import keras

    learner, data = learner_of("keras"), data_for("keras")
    learner.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    before = parity.get_weights(learner)
    learner.fit(data.x, data.y, verbose=0)
    after = parity.get_weights(learner)
    assert all(np.array_equal(a, b) for a, b in zip(before[:-2], after[:-2], strict=True))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("arguments", "options", "error", "words"),
    [
        ((0,), {}, RangeError, "TransferLearner: num_classes"),
        ((3, (0,)), {}, RangeError, "TransferLearner: hidden"),
        ((3,), {"pooling": 0}, RangeError, "TransferLearner: pooling"),
        ((3,), {"dropout": 1.0, "hidden": (4,)}, RangeError, "dropout"),
        ((3,), {"image_size": 3}, ShapeError, "image_size: expected images that leave"),
        ((3,), {"image_size": 12, "pooling": 4}, ShapeError, "image_size: expected images"),
    ],
)
def test_bad_arguments(library, arguments, options, error, words):
    with pytest.raises(error, match=words):
        make(library, "transfer", "TransferLearner", base_of(library), *arguments, **options)


@pytest.mark.parametrize("library", LIBRARIES)
def test_bad_base_stages_and_images(library):
    mlp = make(library, "mlp", "MLP", 4, [3], 2)
    with pytest.raises(DTypeError, match="model: expected"):
        make(library, "transfer", "TransferLearner", mlp, 3)
    learner, x = learner_of(library), data_for(library).x
    for stages in (-1, 4, 1.0, True):
        with pytest.raises(RangeError, match="stages: expected 0 to 3, the stages of the base"):
            learner.unfreeze_top(stages)
    for bad, error in (
        (x[0], ShapeError),
        (x[..., :1, :1].transpose(0, 2, 3, 1), ShapeError),
        (x.astype(int), DTypeError),
        (x[:0], DataError),
        (np.full_like(x, np.nan), DataError),
    ):
        with pytest.raises(error, match="extract_features: x: expected"):
            learner.extract_features(bad)
