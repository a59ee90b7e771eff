"""Convolutional networks in three libraries: counts, outputs, gradients, arguments."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.errors import RangeError
from dlbook.models.numpy.vgg16 import VGG16 as NumpyVGG16
from dlbook.training import fit, predict

LIBRARIES = ["numpy", "pytorch", "keras"]

# file, class, arguments of a small one, its images (channels, side)
MODELS = [
    ("softmax_regression", "SoftmaxRegression", {"in_features": 12, "num_classes": 3}, None),
    ("lenet", "LeNet", {"num_classes": 4, "image_size": 13, "in_channels": 2}, (2, 13)),
    ("small_vgg", "SmallVGG", {"num_classes": 3, "channels": (4, 5, 6)}, (1, 12)),
    ("shapes_cnn", "ShapesCNN", {"num_classes": 3, "channels": (4, 6)}, (3, 9)),
    ("vgg16", "VGG16", {"num_classes": 5, "image_size": 33, "width": 2}, (3, 33)),
    ("vgg16", "VGG16", {"include_top": False, "image_size": 32, "width": 2}, (3, 32)),
]
NAMES = [f"{name}{i}" for i, (_, name, _, _) in enumerate(MODELS)]


def make(library: str, file: str, name: str, arguments: dict, seed: int = 0):
    module = importlib.import_module(f"dlbook.models.{library}.{file}")
    return getattr(module, name)(**arguments, rng=np.random.default_rng(seed))


def samples(size, rng, count=5):
    shape = (count, 12) if size is None else (count, size[0], size[1], size[1])
    x = rng.standard_normal(shape).astype(np.float32)
    return x, x if size is None else np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def parameters(file: str, name: str, arguments: dict, library: str) -> int:
    return sum(w.size for w in parity.get_weights(make(library, file, name, arguments)))


@pytest.mark.parametrize("other", ["pytorch", "keras"])
@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_equal_outputs(model, other, rng):
    file, name, arguments, size = model
    first = make("numpy", file, name, arguments)
    second = make(other, file, name, arguments, seed=1)
    x, last = samples(size, rng)
    parity.copy_weights(first, second)
    x_second = last if other == "keras" else None
    if not arguments.get("include_top", True):  # feature maps keep their library's layout
        ours, theirs = (
            np.asarray(predict(m, z))
            for m, z in ((first, x), (second, x if x_second is None else x_second))
        )
        theirs = theirs.transpose(0, 3, 1, 2) if other == "keras" else theirs
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    else:
        assert parity.largest_difference(first, second, x, x_second) < 1e-5


@pytest.mark.parametrize("other", ["pytorch", "keras"])
@pytest.mark.parametrize("model", MODELS[:5], ids=NAMES[:5])
def test_equal_gradients(model, other, rng):
    file, name, arguments, size = model
    first, second = make("numpy", file, name, arguments), make(other, file, name, arguments)
    parity.copy_weights(first, second)
    x, last = samples(size, rng)
    y = rng.integers(0, arguments["num_classes"], size=len(x))
    x_second = last if other == "keras" else None
    assert parity.largest_gradient_difference(first, second, x, y, x_second) < 1e-4


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("file", "name", "arguments", "expected"),
    [
        ("softmax_regression", "SoftmaxRegression", {"in_features": 784, "num_classes": 10}, 7_850),
        ("lenet", "LeNet", {}, 61_706),
        ("small_vgg", "SmallVGG", {}, 20_278 + 2 * 120),  # with running statistics
        ("shapes_cnn", "ShapesCNN", {}, 70_358 + 2 * 208),
        ("vgg16", "VGG16", {"include_top": False}, 14_714_688),
    ],
)
def test_parameter_counts(library, file, name, arguments, expected):
    assert parameters(file, name, arguments, library) == expected


def test_vgg16_has_138_million_parameters():
    """The paper's size, in PyTorch and Keras without drawing weights; the engine runs below."""
    import torch
    from dlbook.models.pytorch.vgg16 import VGG16 as TorchVGG16

    with torch.device("meta"):
        assert sum(p.numel() for p in TorchVGG16().parameters()) == 138_357_544
    import keras
    from dlbook.models.keras.vgg16 import VGG16 as KerasVGG16

    with keras.StatelessScope():
        assert KerasVGG16().count_params() == 138_357_544


def test_vgg16_runs_at_full_size_in_numpy():
    model = NumpyVGG16(rng=np.random.default_rng(0))
    assert model.count_params() == 138_357_544
    image = np.random.default_rng(1).random((1, 3, 224, 224), dtype=np.float32)
    logits = predict(model, image)
    assert logits.shape == (1, 1000)
    assert np.isfinite(logits).all()
    assert logits.std() > 0


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("model", MODELS[:5], ids=NAMES[:5])
def test_same_seed_same_weights(library, model):
    file, name, arguments, _ = model
    one, two, three = (
        parity.get_weights(make(library, file, name, arguments, seed)) for seed in (5, 5, 6)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, three, strict=True))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("file", "name", "arguments", "words"),
    [
        ("softmax_regression", "SoftmaxRegression", {"in_features": 0, "num_classes": 2},
         "SoftmaxRegression: in_features"),
        ("lenet", "LeNet", {"image_size": 11}, "LeNet: image_size: expected 12 pixels or more"),
        ("lenet", "LeNet", {"num_classes": -1}, "LeNet: num_classes"),
        ("small_vgg", "SmallVGG", {"channels": (4, 0)}, "SmallVGG: channels"),
        ("shapes_cnn", "ShapesCNN", {"in_channels": 0}, "ShapesCNN: in_channels"),
        ("vgg16", "VGG16", {"image_size": 31}, "VGG16: image_size: expected 32 pixels or more"),
        ("vgg16", "VGG16", {"width": 0}, "VGG16: width"),
    ],
)  # fmt: skip
def test_bad_arguments(library, file, name, arguments, words):
    with pytest.raises(RangeError, match=words):
        make(library, file, name, arguments)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_keras_models_survive_saving(model, tmp_path, rng):
    import keras

    file, name, arguments, size = model
    first = make("keras", file, name, arguments)
    first.save(tmp_path / "model.keras")
    second = keras.models.load_model(tmp_path / "model.keras")
    assert type(second) is type(first)
    assert parity.largest_difference(first, second, samples(size, rng)[1]) == 0


# --- twenty training steps ----------------------------------------------------------------------

STEPS, BATCH, SAMPLES = 20, 8, 40


def training_data(model, rng):
    """The same samples channels first and channels last."""
    _, _, arguments, size = model
    x, last = samples(size, rng, SAMPLES)
    y = rng.integers(0, arguments["num_classes"], SAMPLES)
    return Dataset(x, y), Dataset(last, y)


def pair(model, other: str):
    first, second = make("numpy", *model[:3]), make(other, *model[:3], seed=1)
    parity.copy_weights(first, second)
    return first, second


@pytest.mark.parametrize("other", ["pytorch", "keras"])
@pytest.mark.parametrize("model", MODELS[1:4], ids=NAMES[1:4])
def test_equal_trajectories(model, other, rng):
    """The loss of each step is computed from outputs in training mode.

    Rounding alone, which each update hands on to the next, leaves about 1e-6 after 20 steps.
    Weights are compared with all running statistics, except that Keras' batch norm averages
    another variance; the tests below compare the rest and that.
    """
    first, second = pair(model, other)
    data, last = training_data(model, rng)
    apart = parity.trajectory_difference(
        first,
        second,
        data,
        STEPS,
        train_second=last if other == "keras" else None,
        batch_size=BATCH,
        learning_rate=0.05,
    )
    assert apart.loss < 1e-5
    if other == "pytorch" or model[1] == "LeNet":
        assert apart.weight < 1e-5


@pytest.mark.parametrize("model", MODELS[2:4], ids=NAMES[2:4])
def test_running_variance_of_keras(model, rng):
    """Keras averages the variance over n pixels, PyTorch and the engine n / (n − 1) times that.

    The batch itself is normalised with the first in all three, so training is the same. What 20
    steps have added to a running variance, its start of 1 having shrunk to 0.9²⁰, differs by
    that factor and by nothing else.
    """
    first, second = pair(model, "keras")
    data, last = training_data(model, rng)
    options = {"epochs": STEPS * BATCH // SAMPLES, "batch_size": BATCH, "optimizer": "sgd"}
    for trained, train in ((first, data), (second, last)):
        fit(trained, train, learning_rate=0.05, rng=np.random.default_rng(3), **options)
    ours, theirs = parity.get_weights(first), parity.get_weights(second)
    # after each kernel of a convolution: γ, β, running mean, running variance
    variances = [position + 4 for position, array in enumerate(ours) if array.ndim == 4]
    side, pooled = model[3][1], [type(layer).__name__ == "MaxPool2d" for layer in first.features]
    sides = [
        side // 2 ** sum(pooled[:position])
        for position, layer in enumerate(first.features)
        if type(layer).__name__ == "BatchNorm2d"
    ]
    for position, (one, two) in enumerate(zip(ours, theirs, strict=True)):
        if position not in variances:
            np.testing.assert_allclose(one, two, atol=1e-5)
            continue
        values = BATCH * sides[variances.index(position)] ** 2
        left = 0.9**STEPS
        expected = left + (two - left) * values / (values - 1)
        np.testing.assert_allclose(one, expected, atol=1e-5)
        assert np.abs(one - two).max() > 1e-4
