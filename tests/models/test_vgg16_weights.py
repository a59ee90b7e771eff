"""Published VGG16 weights into three libraries, on small weights made here."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
import torch
from dlbook import parity
from dlbook.errors import DataError, DTypeError, ShapeError
from dlbook.models.vgg16_weights import (
    load_keras_applications,
    load_torchvision_state,
    torchvision_names,
)
from dlbook.training import predict
from torch import nn

LIBRARIES = ["numpy", "pytorch", "keras"]
WIDTH, CLASSES, SIDE = 2, 5, 64
STAGES = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))


class Published(nn.Module):
    """VGG16 as torchvision lays it out: flattening is no layer there."""

    def __init__(self) -> None:
        super().__init__()
        layers, channels = [], 3
        for convolutions, factor in STAGES:
            for _ in range(convolutions):
                layers += [nn.Conv2d(channels, factor * WIDTH, 3, padding=1), nn.ReLU()]
                channels = factor * WIDTH
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        units = 64 * WIDTH
        self.classifier = nn.Sequential(
            nn.Linear(channels * 4, units), nn.ReLU(), nn.Dropout(),
            nn.Linear(units, units), nn.ReLU(), nn.Dropout(),
            nn.Linear(units, CLASSES),
        )  # fmt: skip

    def forward(self, x):
        return self.classifier(torch.flatten(self.features(x), 1))


def vgg16(library: str, **options):
    model = importlib.import_module(f"dlbook.models.{library}.vgg16").VGG16
    options = {"num_classes": CLASSES, "image_size": SIDE, "width": WIDTH} | options
    return model(**options, rng=np.random.default_rng(9))


@pytest.fixture(scope="module")
def published():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return Published().eval()


@pytest.fixture(scope="module")
def x():
    return np.random.default_rng(0).standard_normal((2, 3, SIDE, SIDE)).astype(np.float32)


def for_library(library: str, x):
    return x if library != "keras" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))


@pytest.mark.parametrize("library", LIBRARIES)
def test_torchvision_state_gives_the_same_logits(library, published, x, tmp_path):
    torch.save(published.state_dict(), tmp_path / "vgg16.pth")
    torch.save(
        published.state_dict(), tmp_path / "old.pth", _use_new_zipfile_serialization=False
    )  # the format of the published file
    with torch.no_grad():
        expected = published(torch.tensor(x)).numpy()
    for source in (published.state_dict(), tmp_path / "vgg16.pth", str(tmp_path / "old.pth")):
        model = vgg16(library)
        assert np.abs(predict(model, for_library(library, x)) - expected).max() > 1e-3
        load_torchvision_state(model, source)
        np.testing.assert_allclose(predict(model, for_library(library, x)), expected, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_without_top_the_dense_layers_are_left_out(library, published, x):
    model = vgg16(library, include_top=False)
    load_torchvision_state(model, published.state_dict())
    with torch.no_grad():
        expected = published.features(torch.tensor(x)).numpy()
    maps = predict(model, for_library(library, x))
    maps = maps.transpose(0, 3, 1, 2) if library == "keras" else maps
    np.testing.assert_allclose(maps, expected, atol=1e-5)


def test_names_are_those_published():
    state = Published().state_dict()
    assert [f"{n}.{kind}" for n in torchvision_names() for kind in ("weight", "bias")] == list(
        state
    )
    assert torchvision_names(include_top=False) == torchvision_names()[:13]


def refused(source, error, words, library="numpy"):
    model = vgg16(library)
    before = parity.get_weights(model)
    with pytest.raises(error, match=words):
        load_torchvision_state(model, source)
    for a, b in zip(before, parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("library", LIBRARIES)
def test_refused_states(library, published):
    state = published.state_dict()
    refused({**state, "head.weight": torch.ones(1)}, DataError, "unknown .'head.weight'", library)
    fewer = {name: value for name, value in state.items() if name != "features.5.bias"}
    refused(fewer, DataError, "missing .'features.5.bias'", library)
    wide = {**state, "features.2.weight": torch.ones(3, 2, 3, 3)}
    refused(wide, ShapeError, r"'features.2.weight'\]: expected shape \(2, 2, 3, 3\)", library)
    nan = {**state, "classifier.3.bias": torch.full((128,), torch.nan)}
    refused(nan, DataError, r"'classifier.3.bias'\]: expected finite numbers, got 128", library)
    refused({**state, "classifier.3.bias": torch.ones(128, dtype=int)}, DataError, "floating-point")
    refused([1, 2], DTypeError, "expected a state dict")


def test_refused_files(published, tmp_path):
    whole, cut = tmp_path / "vgg16.pth", tmp_path / "cut.pth"
    torch.save(published.state_dict(), whole)
    content = whole.read_bytes()
    for length in (0, 10, 2000, len(content) - 100):
        cut.write_bytes(content[:length])
        refused(cut, DataError, "expected a whole file of weights written by PyTorch")
    cut.write_text("not weights at all")
    refused(cut, DataError, "expected a whole file of weights")
    refused(tmp_path / "absent.pth", DataError, "expected a file that can be read")
    torch.save([torch.ones(2)], cut)
    refused(cut, DTypeError, "expected a state dict")


def test_files_cannot_run_code(tmp_path):
    class Trap:
        def __reduce__(self):
            return (open, (str(tmp_path / "sprung"), "w"))

    torch.save({"features.0.weight": Trap()}, tmp_path / "trap.pth")
    refused(tmp_path / "trap.pth", DataError, "expected a whole file of weights")
    assert not (tmp_path / "sprung").exists()


# --- Keras applications -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def application():
    """A small network with the layers of `keras.applications.VGG16`."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    inputs = x = keras.Input((SIDE, SIDE, 3))
    for stage, (convolutions, factor) in enumerate(STAGES, 1):
        for number in range(1, convolutions + 1):
            name = f"block{stage}_conv{number}"
            x = layers.Conv2D(factor * WIDTH, 3, padding="same", activation="relu", name=name)(x)
        x = layers.MaxPooling2D(2, name=f"block{stage}_pool")(x)
    x = layers.Flatten(name="flatten")(x)
    for name in ("fc1", "fc2"):
        x = layers.Dense(64 * WIDTH, "relu", name=name)(x)
    outputs = layers.Dense(CLASSES, "softmax", name="predictions")(x)
    model = keras.Model(inputs, outputs)
    rng = np.random.default_rng(3)
    for layer in model.layers:  # biases that are not 0
        layer.set_weights([w + 0.1 * rng.standard_normal(w.shape) for w in layer.get_weights()])
    return model


@pytest.mark.parametrize("library", LIBRARIES)
def test_keras_applications_give_the_same_probabilities(library, application, x):
    model = vgg16(library)
    load_keras_applications(model, application)
    logits = predict(model, for_library(library, x))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = predict(application, for_library("keras", x))
    assert expected.std() > 1e-2
    np.testing.assert_allclose(shares / shares.sum(axis=1, keepdims=True), expected, atol=1e-5)


def test_keras_applications_without_top(application):
    model = vgg16("numpy", include_top=False)
    load_keras_applications(model, application)
    kernel, bias = application.get_layer("block5_conv3").get_weights()
    np.testing.assert_array_equal(parity.get_weights(model)[-2], kernel.transpose(3, 2, 0, 1))
    np.testing.assert_array_equal(parity.get_weights(model)[-1], bias)


def test_the_layers_of_keras_applications_have_these_names(application):
    import keras

    with keras.StatelessScope():
        full = keras.applications.VGG16(weights=None)
    assert [layer.name for layer in full.layers[1:]] == [
        layer.name for layer in application.layers[1:]
    ]


def test_refused_applications(application):
    import keras

    with pytest.raises(
        DataError, match=r"expected the layers of VGG16, got missing .'block1_conv1'"
    ):
        load_keras_applications(vgg16("numpy"), keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(ShapeError, match=r"'block1_conv1 kernel'.: expected shape \(3, 3, 3, 3\)"):
        load_keras_applications(vgg16("numpy", width=3), application)
    with pytest.raises(ShapeError, match="'fc1 kernel'"):
        load_keras_applications(vgg16("numpy", image_size=32), application)
    with pytest.raises(DTypeError, match=r"source: expected a keras\.Model"):
        load_keras_applications(vgg16("numpy"), {})
    for load in (load_keras_applications, load_torchvision_state):
        with pytest.raises(DTypeError, match="model: expected a VGG16 of dlbook"):
            load(application, application if load is load_keras_applications else {})
