"""Convolutional networks in three libraries: counts, outputs, gradients, arguments."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

from dlbook import parity
from dlbook.errors import RangeError
from dlbook.models.numpy.vgg16 import VGG16 as NumpyVGG16
from dlbook.training import predict

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
        ("small_vgg", "SmallVGG", {}, 20_278 + 2 * 108),  # with running statistics
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
