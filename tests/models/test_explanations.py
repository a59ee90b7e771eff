"""Activations, ascent, CAM and Grad-CAM in three libraries from the same weights."""

from __future__ import annotations

import importlib

import keras
import numpy as np
import pytest
import torch
from dlbook import parity
from dlbook.data import Dataset
from dlbook.engine import nn as engine_nn
from dlbook.errors import DataError, DTypeError, RangeError, ShapeError
from dlbook.models.randomized import randomized_weights
from dlbook.training import fit, predict

LIBRARIES = ["numpy", "pytorch", "keras"]
CHANNELS, SIDE, CLASSES = (4, 5, 6), 12, 3
NAMES = [
    "conv1_1", "norm1_1", "relu1_1", "pool1",
    "conv2_1", "norm2_1", "relu2_1", "conv2_2", "norm2_2", "relu2_2", "pool2",
    "conv3_1", "norm3_1", "relu3_1", "conv3_2", "norm3_2", "relu3_2",
]  # fmt: skip


def module(library: str, file: str):
    return importlib.import_module(f"dlbook.models.{library}.{file}")


@pytest.fixture(scope="module")
def models():
    """The shapes network in three libraries, slightly trained: no map is all zeros."""
    rng = np.random.default_rng(0)
    made = {
        library: module(library, "shapes_cnn").ShapesCNN(CLASSES, 2, CHANNELS, rng=rng)
        for library in LIBRARIES
    }
    noise = Dataset(rng.random((32, 2, SIDE, SIDE), np.float32), rng.integers(0, CLASSES, 32))
    fit(made["numpy"], noise, epochs=10, batch_size=16, learning_rate=0.01, rng=rng)
    made["numpy"].zero_grad()
    for library in ("pytorch", "keras"):
        parity.copy_weights(made["numpy"], made[library])
    return made


def lenet(library: str):
    model = module(library, "lenet").LeNet(CLASSES, 2, SIDE, rng=np.random.default_rng(1))
    if library != "numpy":
        parity.copy_weights(lenet("numpy"), model)
    return model


def images(library: str, count: int = 4) -> np.ndarray:
    x = np.random.default_rng(1).random((count, 2, SIDE, SIDE), np.float32)
    return x if library != "keras" else np.ascontiguousarray(x.transpose(0, 2, 3, 1))


def first_layout(library: str, array: np.ndarray) -> np.ndarray:
    return array.transpose(0, 3, 1, 2) if library == "keras" else array


# --- activations --------------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_layers_have_the_same_names_everywhere(models, library):
    assert list(module(library, "feature_layers").feature_layers(models[library])) == NAMES
    small = list(module(library, "feature_layers").feature_layers(lenet(library)))
    assert small == ["conv1_1", "relu1_1", "pool1", "conv2_1", "relu2_1", "pool2"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_activations_are_equal(models, library):
    find = module(library, "activation_maps").activation_maps
    maps = find(models[library], images(library))
    expected = module("numpy", "activation_maps").activation_maps(models["numpy"], images("numpy"))
    assert list(maps) == NAMES
    for name, array in maps.items():
        np.testing.assert_allclose(first_layout(library, array), expected[name], atol=1e-5)
    assert maps["relu1_1"].min() == 0 > maps["norm1_1"].min()
    some = find(models[library], images(library), [-1, "relu1_1", 3])
    assert list(some) == ["relu1_1", "pool1", "relu3_2"]
    np.testing.assert_array_equal(some["relu1_1"], maps["relu1_1"])


@pytest.mark.parametrize("library", LIBRARIES)
def test_activations_lead_to_the_output(models, library):
    maps = module(library, "activation_maps").activation_maps(models[library], images(library))
    weight, bias = parity.get_weights(models[library])[-2:]
    pooled = first_layout(library, maps["relu3_2"]).mean(axis=(2, 3))
    logits = predict(models[library], images(library))
    np.testing.assert_allclose(pooled @ weight.T + bias, logits, atol=1e-5)


# --- where the network looked -------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_class_activation_map_shares_the_logit_out(models, library):
    cam = module(library, "class_activation").class_activation_map
    logits, bias = (
        predict(models[library], images(library)),
        parity.get_weights(models["numpy"])[-1],
    )
    for classes in ([0, 2, 1, 1], 2):
        maps = cam(models[library], images(library), classes)
        assert maps.shape == (4, 3, 3)
        chosen = np.broadcast_to(classes, 4)
        expected = logits[np.arange(4), chosen]
        np.testing.assert_allclose(maps.mean(axis=(1, 2)) + bias[chosen], expected, atol=1e-5)
    decided = cam(models[library], images(library))
    np.testing.assert_array_equal(
        decided, cam(models[library], images(library), logits.argmax(axis=1))
    )


@pytest.mark.parametrize("library", LIBRARIES)
def test_grad_cam_on_the_last_maps_is_the_positive_cam(models, library):
    """With global average pooling the gradient is the weight over the number of places."""
    cams, highest = module(library, "class_activation"), []
    for number in range(CLASSES):
        plain = cams.class_activation_map(models[library], images(library), number)
        graded = cams.grad_cam(models[library], images(library), number)
        np.testing.assert_allclose(graded, np.maximum(plain, 0) / 9, atol=1e-6)
        highest.append(graded.max())
    assert max(highest) > 1e-2


@pytest.mark.parametrize("library", ["pytorch", "keras"])
@pytest.mark.parametrize("layer", NAMES[::4])
def test_grad_cam_is_equal(models, library, layer):
    ours = module("numpy", "class_activation").grad_cam(models["numpy"], images("numpy"), 2, layer)
    maps = module(library, "class_activation").grad_cam(models[library], images(library), 2, layer)
    assert ours.shape == (4, *{"1": (12, 12), "2": (6, 6), "3": (3, 3)}[layer.split("_")[0][-1]])
    np.testing.assert_allclose(maps, ours, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_grad_cam_behind_a_flattened_map(library):
    """LeNet has no global pooling: by differences, α is the mean effect of a channel's pixels."""
    ours = module(library, "class_activation").grad_cam(
        lenet(library), images(library, 1), [0], "conv2_1"
    )
    reference = lenet("pytorch").double()
    with torch.no_grad():
        maps = reference.features[:4](torch.tensor(images("numpy", 1)).double())

        def logit(changed):
            return float(reference.classifier(reference.features[4:](changed))[0, 0])

        alpha, step = torch.zeros(16).double(), 1e-6
        for channel in range(16):
            for place in np.ndindex(2, 2):
                up, down = maps.clone(), maps.clone()
                up[(0, channel, *place)] += step
                down[(0, channel, *place)] -= step
                alpha[channel] += (logit(up) - logit(down)) / (2 * step) / 4
        expected = torch.einsum("khw,k->hw", maps[0], alpha).relu().numpy()
    assert ours.shape == (1, 2, 2)
    assert expected.max() > 1e-3
    np.testing.assert_allclose(ours[0], expected, atol=1e-6)


@pytest.mark.parametrize("library", LIBRARIES)
def test_explanations_leave_the_model_alone(models, library):
    model = models[library]
    before = parity.get_weights(model)
    module(library, "class_activation").grad_cam(model, images(library), 0, "relu1_1")
    module(library, "filter_ascent").class_ascent(
        model, [0], image_size=SIDE, steps=1, rng=np.random.default_rng(0)
    )
    for a, b in zip(before, parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)
    if library != "keras":
        assert all(p.grad is None and p.requires_grad for p in model.parameters())
    if library == "pytorch":
        assert not any(part._forward_hooks for part in model.modules())
    if library == "numpy":
        assert not any("forward" in vars(part) for part in model.modules())


@pytest.mark.parametrize("library", LIBRARIES)
def test_transfer_learners_explain_themselves(models, library):
    """Frozen layers carry no gradient to weights, but the maps in between have one."""
    learner = module(library, "transfer").TransferLearner(models[library], 2, image_size=SIDE)
    cams, x = module(library, "class_activation"), images(library)
    maps = cams.class_activation_map(learner, x, 1)
    np.testing.assert_allclose(cams.grad_cam(learner, x, 1), np.maximum(maps, 0) / 9, atol=1e-6)
    assert cams.grad_cam(learner, x, 1, "conv1_1").shape == (4, SIDE, SIDE)
    activations = module(library, "activation_maps").activation_maps(learner, x, ["pool2"])
    own = module(library, "activation_maps").activation_maps(models[library], x, ["pool2"])
    np.testing.assert_allclose(activations["pool2"], own["pool2"], atol=1e-6)


@pytest.mark.parametrize("library", LIBRARIES)
def test_refused_models(models, library):
    cams, x = module(library, "class_activation"), images(library)
    with pytest.raises(RangeError, match="class_activation_map: model: expected one"):
        cams.class_activation_map(lenet(library), x)
    if library == "keras":
        inner = models[library]
        sure = keras.Model(inner.inputs, keras.layers.Softmax()(inner.outputs[0]))
    else:
        sure = lenet(library)
        sure.ending = torch.nn.Softmax(dim=1) if library == "pytorch" else engine_nn.Softmax()
    with pytest.raises(DTypeError, match="model: expected logits as outputs"):
        cams.grad_cam(sure, x)
    mlp = module(library, "mlp").MLP(4, [3], 2)
    with pytest.raises(DTypeError, match="model: expected a model"):
        cams.grad_cam(mlp, x)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("function", ["activation_maps", "class_activation_map", "grad_cam"])
def test_refused_images(models, library, function):
    file = "activation_maps" if function == "activation_maps" else "class_activation"
    call, x = getattr(module(library, file), function), images(library)
    for bad, error in (
        (x[0], ShapeError),
        (np.ones((2, 5, 5, 5), np.float32), ShapeError),
        (x.astype(int), DTypeError),
        (x[:0], DataError),
        (np.full_like(x, np.inf), DataError),
    ):
        with pytest.raises(error, match=f"{function}: x: expected"):
            call(models[library], bad)


@pytest.mark.parametrize("library", LIBRARIES)
def test_refused_layers_and_classes(models, library):
    model, x = models[library], images(library)
    cams, maps = module(library, "class_activation"), module(library, "activation_maps")
    for layer in ("relu9_9", 17, -18, 1.0, True):
        with pytest.raises(RangeError, match="layer: expected"):
            cams.grad_cam(model, x, 0, layer)
        with pytest.raises(RangeError, match="layer: expected"):
            maps.activation_maps(model, x, [layer])
    for classes, error in (
        (3, RangeError), (-1, RangeError), ([0, 1], ShapeError), (0.5, DTypeError),
    ):  # fmt: skip
        for function in (cams.grad_cam, cams.class_activation_map):
            with pytest.raises(error, match="classes: expected"):
                function(model, x, classes)


# --- ascent -------------------------------------------------------------------------------------


def ascend(models, library: str, kind: str, **options):
    settings = {"image_size": SIDE, "steps": 8, "rng": np.random.default_rng(4)} | options
    ascent = module(library, "filter_ascent")
    if kind == "class":
        return ascent.class_ascent(models[library], [2, 0], **settings)
    return ascent.filter_ascent(models[library], "norm2_2", [1, 4, 0], **settings)


@pytest.mark.parametrize("kind", ["class", "filter"])
@pytest.mark.parametrize("options", [{}, {"smoothness": 0.0, "jitter": 0}], ids=["soft", "bare"])
def test_ascent_is_equal_and_rises(models, kind, options):
    ours = ascend(models, "numpy", kind, **options)
    count = 2 if kind == "class" else 3
    assert ours.images.shape == (count, 2, SIDE, SIDE)
    assert ours.images.dtype == np.float32
    assert ours.scores.shape == (8, count)
    assert 0 <= ours.images.min() < ours.images.max() <= 1
    assert (ours.scores[-1] > ours.scores[0]).all()
    for library in ("pytorch", "keras"):
        other = ascend(models, library, kind, **options)
        np.testing.assert_allclose(first_layout(library, other.images), ours.images, atol=1e-4)
        np.testing.assert_allclose(other.scores, ours.scores, atol=1e-4)


def test_scores_are_what_the_network_says(models):
    ours = ascend(models, "numpy", "class", jitter=0, steps=5)
    longer = ascend(models, "numpy", "class", jitter=0, steps=6)
    logits = predict(models["numpy"], ours.images)
    np.testing.assert_allclose(longer.scores[5], logits[[0, 1], [2, 0]], atol=1e-5)


def test_smoothness_smooths(models):
    def roughness(images):
        return np.abs(np.diff(images, axis=3)).mean()

    bare = ascend(models, "numpy", "filter", smoothness=0.0, steps=20)
    soft = ascend(models, "numpy", "filter", smoothness=3.0, steps=20)
    assert roughness(soft.images) < 0.7 * roughness(bare.images)


def test_same_generator_same_images(models):
    one, two = (ascend(models, "numpy", "filter", steps=2) for _ in range(2))
    np.testing.assert_array_equal(one.images, two.images)
    other = ascend(models, "numpy", "filter", steps=2, rng=np.random.default_rng(5))
    assert not np.array_equal(one.images, other.images)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"steps": 0}, RangeError, "steps: expected 1 or more"),
        ({"jitter": -1}, RangeError, "jitter: expected 0 or more"),
        ({"learning_rate": -0.1}, RangeError, "learning_rate"),
        ({"smoothness": float("nan")}, RangeError, "smoothness"),
        ({"image_size": 0}, RangeError, "image_size"),
        ({"rng": 0}, DTypeError, "rng: expected a numpy.random.Generator"),
    ],
)
def test_refused_settings_of_ascent(models, library, options, error, words):
    with pytest.raises(error, match=words):
        ascend(models, library, "class", **options)


@pytest.mark.parametrize("library", LIBRARIES)
def test_refused_filters(models, library):
    ascent, options = module(library, "filter_ascent"), {"rng": np.random.default_rng(0)}
    options |= {"image_size": SIDE, "steps": 1}
    for filters, error in (
        ([5], RangeError),
        ([], ShapeError),
        (1, ShapeError),
        ([0.5], DTypeError),
    ):
        with pytest.raises(error, match="filter_ascent: filters: expected"):
            ascent.filter_ascent(models[library], "relu2_1", filters, **options)
    with pytest.raises(RangeError, match="class_ascent: classes: expected numbers from 0 to 2"):
        ascent.class_ascent(models[library], [3], **options)
    with pytest.raises(RangeError, match="filter_ascent: layer: expected one of"):
        ascent.filter_ascent(models[library], "relu2", [0], **options)


# --- randomised weights -------------------------------------------------------------------------


def test_randomized_weights_come_back(models):
    outputs = {}
    for library, model in models.items():
        before = parity.get_weights(model)
        with randomized_weights(model, np.random.default_rng(2)):
            during = parity.get_weights(model)
            outputs[library] = predict(model, images(library))
        for a, b, c in zip(before, during, parity.get_weights(model), strict=True):
            np.testing.assert_array_equal(a, c)
            np.testing.assert_array_equal(np.sort(a.ravel()), np.sort(b.ravel()))
            assert np.array_equal(a, b) == (a.ndim == 1)
    np.testing.assert_allclose(outputs["numpy"], outputs["pytorch"], atol=1e-5)
    np.testing.assert_allclose(outputs["numpy"], outputs["keras"], atol=1e-5)
    assert np.abs(outputs["numpy"] - predict(models["numpy"], images("numpy"))).max() > 1e-2


def test_randomized_weights_from_the_top(models):
    model, rng = models["numpy"], np.random.default_rng(2)
    before = parity.get_weights(model)
    with randomized_weights(model, rng, layers=2):
        changed = [
            not np.array_equal(a, b) for a, b in zip(before, parity.get_weights(model), strict=True)
        ]
    kernels = [number for number, array in enumerate(before) if array.ndim > 1]
    assert [number for number, flag in enumerate(changed) if flag] == kernels[-2:]


def test_randomized_weights_come_back_after_an_error(models):
    model = models["numpy"]
    before = parity.get_weights(model)
    with pytest.raises(ZeroDivisionError), randomized_weights(model, np.random.default_rng(2)):
        1 / 0  # noqa: B018
    for a, b in zip(before, parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)
    for layers in (0, 7, 1.5):
        block = randomized_weights(model, np.random.default_rng(2), layers)
        with pytest.raises(RangeError, match="layers: expected 1 to 6"):
            block.__enter__()
    with pytest.raises(DTypeError, match="randomized_weights: rng"):
        randomized_weights(model, 3).__enter__()
