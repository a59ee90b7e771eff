"""Generated and transformed images."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from dlbook import data
from dlbook.data import Dataset
from dlbook.data.glyphs import FONTS, LETTERS, rendered
from dlbook.data.shapes import SHAPES, shape_mask
from dlbook.data.warping import affine_maps, resize, warp
from dlbook.errors import DTypeError, RangeError, ShapeError

sys.path.insert(0, str(Path(__file__).parent))
from fingerprints import fingerprint


def generator(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def few_digits():
    return data.digits()[0].take(slice(60))


# --- warping ------------------------------------------------------------------------------------


def test_resize_agrees_with_pytorch(rng):
    import torch

    images = rng.random((3, 8, 8)).astype(np.float32)
    for size in (20, 8, 13):
        expected = torch.nn.functional.interpolate(
            torch.tensor(images)[:, None], size=(size, size), mode="bicubic", align_corners=False
        )
        np.testing.assert_allclose(resize(images, size), expected[:, 0].numpy(), atol=1e-5)


def test_warp_agrees_with_pytorch(rng):
    import torch

    images = rng.random((150, 9, 12)).astype(np.float32)
    maps = affine_maps(150, rng, rotation=40, scale=0.3, shift=0.2, shear=0.2)
    bend = rng.uniform(-0.2, 0.2, (150, 9, 12, 2))
    grid = torch.nn.functional.affine_grid(torch.tensor(maps), (150, 1, 9, 12), align_corners=False)
    for field in (None, bend):
        points = grid if field is None else grid + torch.tensor(field)
        expected = torch.nn.functional.grid_sample(
            torch.tensor(images)[:, None], points.float(), align_corners=False
        )[:, 0]
        np.testing.assert_allclose(warp(images, maps, field), expected.numpy(), atol=1e-4)


def test_maps_without_motion_change_nothing(rng):
    images = rng.random((4, 7, 7)).astype(np.float32)
    np.testing.assert_allclose(warp(images, affine_maps(4, rng)), images, atol=1e-6)


def test_maps_stay_within_their_bounds(rng):
    maps = affine_maps(2000, rng, rotation=30, scale=0.2, shift=0.1)
    angles = np.degrees(np.arctan2(maps[:, 1, 0], maps[:, 1, 1]))
    sizes = 1 / np.hypot(maps[:, 1, 0], maps[:, 1, 1])
    for values, bound in ((angles, 30), (sizes - 1, 0.2), (maps[:, :, 2], 0.2)):
        assert 0.95 * bound < np.abs(values).max() <= bound + 1e-9


def test_resize_refuses():
    with pytest.raises(ShapeError, match="resize: images: expected square images"):
        resize(np.zeros((2, 4, 5)), 9)
    with pytest.raises(RangeError, match="resize: size"):
        resize(np.zeros((2, 4, 4)), 0)


# --- digits on a canvas -------------------------------------------------------------------------


def test_shifted_is_a_move_and_nothing_else(few_digits):
    centred = data.shifted(few_digits, 0, rng=generator())
    moved = data.shifted(few_digits, 4, rng=generator())
    assert (centred.x.shape, centred.x.dtype) == ((60, 28, 28), np.float32)
    assert (centred.x.min(), centred.x.max()) == (0, 1)
    assert centred.x[:, :4].max() == centred.x[:, :, -4:].max() == 0
    assert centred.name == "digits on 28×28"
    np.testing.assert_array_equal(moved.y, few_digits.y)
    offsets = set()
    for a, b in zip(centred.x, moved.x, strict=True):
        fits = [
            (dy, dx)
            for dy in range(-4, 5)
            for dx in range(-4, 5)
            if np.array_equal(np.roll(a, (dy, dx), (0, 1)), b)
        ]
        assert len(fits) == 1
        offsets |= set(fits)
    assert len(offsets) > 25
    assert max(abs(d) for pair in offsets for d in pair) == 4


def test_disturbances(few_digits):
    plain = data.shifted(few_digits, rng=generator()).x
    noisy = data.shifted(few_digits, noise=0.1, rng=generator()).x
    grey = (plain > 0.3) & (plain < 0.7)  # where nothing is cut off
    assert (noisy - plain)[grey].std() == pytest.approx(0.1, rel=0.05)
    cluttered = data.shifted(few_digits, clutter=3, rng=generator()).x
    assert (cluttered >= plain).all()
    assert cluttered[:, :4].max() > 0.5  # the border, empty before
    turned = data.shifted(few_digits, rotation=20, rng=generator()).x
    assert np.abs(turned - plain).mean() > 0.02
    assert turned.mean() == pytest.approx(plain.mean(), rel=0.1)


def test_shifted_leaves_its_input_alone(few_digits):
    before = few_digits.x.copy()
    data.shifted(few_digits, 2, rotation=10, noise=0.1, clutter=2, rng=generator())
    np.testing.assert_array_equal(few_digits.x, before)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"shift": 9}, RangeError, "shifted: shift: expected a whole number from 0 to 8, got 9"),
        ({"shift": 1.5}, RangeError, "shifted: shift"),
        ({"rotation": -1}, RangeError, "shifted: rotation"),
        ({"noise": float("nan")}, RangeError, "shifted: noise"),
        ({"clutter": -1}, RangeError, "shifted: clutter"),
        ({"rng": 0}, DTypeError, r"shifted: rng: expected a numpy\.random\.Generator, got 0"),
    ],
)
def test_shifted_refuses(few_digits, options, error, words):
    with pytest.raises(error, match=words):
        data.shifted(few_digits, **({"rng": generator()} | options))


def test_shifted_wants_square_images(few_digits):
    with pytest.raises(ShapeError, match=r"shifted: dataset\.x: expected square images"):
        data.shifted(few_digits.flat(), rng=generator())
    with pytest.raises(DTypeError, match="shifted: dataset"):
        data.shifted(few_digits.x, rng=generator())


# --- textures -----------------------------------------------------------------------------------


def test_textures():
    train, test = data.textures(40, rng=generator())
    assert (train.x.shape, train.x.dtype, train.y.dtype) == ((120, 28, 28), np.float32, np.int64)
    assert test.x.shape == (60, 28, 28)
    assert np.bincount(train.y).tolist() == [40] * 3
    assert np.bincount(test.y).tolist() == [20] * 3
    assert train.classes == ("brick", "grass", "gravel")
    assert abs(train.x.mean()) < 0.3


def test_texture_patches_of_test_lie_right_of_all_for_training():
    import skimage.data

    image = skimage.data.brick().astype(np.float32)
    image = (image - image.mean()) / image.std()
    windows = np.lib.stride_tricks.sliding_window_view(image, (28, 28))
    places = []
    for patches in data.textures(4, rng=generator(1)):
        columns = []
        for patch in patches.x[patches.y == 0]:
            candidates = np.argwhere(windows[..., 0, 0] == patch[0, 0])
            where = [c for r, c in candidates if np.array_equal(windows[r, c], patch)]
            assert where
            columns.append(where)
        places.append(columns)
    train, test = places
    assert max(min(where) for where in train) + 28 <= 0.55 * 512 + 1
    assert min(max(where) for where in test) >= 0.625 * 512 - 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [({"per_class": 1}, "textures: per_class"), ({"size": 7}, "textures: size"),
     ({"size": 129}, "a whole number from 8 to 128, got 129")],
)  # fmt: skip
def test_textures_refuse(arguments, words):
    with pytest.raises(RangeError, match=words):
        data.textures(**arguments, rng=generator())
    with pytest.raises(DTypeError, match="textures: rng"):
        data.textures(rng=None)


# --- shapes -------------------------------------------------------------------------------------


def test_shapes():
    drawn, boxes = data.shapes(90, rng=generator())
    assert (drawn.x.shape, drawn.x.dtype) == ((90, 32, 32, 3), np.float32)
    assert 0 <= drawn.x.min() < drawn.x.max() <= 1
    assert np.bincount(drawn.y).tolist() == [15] * 6
    assert drawn.classes == SHAPES
    assert (boxes.shape, boxes.dtype) == ((90, 4), np.int64)
    heights, widths = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    assert min(heights.min(), widths.min()) >= 4
    assert max(heights.max(), widths.max()) <= 17
    assert boxes.min() >= 0
    assert boxes.max() <= 32
    assert drawn.channels_first().x.shape == (90, 3, 32, 32)
    np.testing.assert_array_equal(drawn.channels_first().x[:, 1], drawn.x[..., 1])
    np.testing.assert_array_equal(drawn.channels_last().x, drawn.x)


def test_boxes_hold_all_that_was_drawn():
    """The same crops without noise and with another contrast: only boxes may differ."""
    drawn, boxes = data.shapes(40, noise=0, kinds=("disc",), sides=(13, 13), rng=generator(3))
    for image, (top, left, bottom, right) in zip(drawn.x, boxes, strict=True):
        inside = image[top:bottom, left:right]
        middle = inside[inside.shape[0] // 2, inside.shape[1] // 2]
        flat = np.abs(image - middle).max(axis=2) < 1e-6  # the disc has one colour
        rows, columns = np.nonzero(flat)
        assert rows.min() >= top
        assert columns.min() >= left
        assert rows.max() < bottom
        assert columns.max() < right
        assert flat.sum() > 40


def test_ring_and_star_alone():
    drawn, _ = data.shapes(20, kinds=("ring", "star"), rng=generator())
    assert drawn.classes == ("ring", "star")
    assert np.bincount(drawn.y).tolist() == [10, 10]


def test_masks_are_what_they_are_called():
    masks = {kind: shape_mask(kind, 33) for kind in SHAPES}
    for mask in masks.values():
        assert mask.shape == (33, 33)
        assert (mask.min(), mask.max()) == (0, 1)
    assert masks["ring"][16, 16] == 0
    assert all(masks[kind][16, 16] == 1 for kind in SHAPES if kind != "ring")
    area = {kind: mask.mean() * 4 for kind, mask in masks.items()}
    assert area["disc"] == pytest.approx(np.pi * 0.8**2, rel=0.02)
    assert area["square"] == pytest.approx(1.24**2, rel=0.03)
    assert area["ring"] == pytest.approx(np.pi * (0.85**2 - 0.5**2), rel=0.03)
    np.testing.assert_allclose(masks["disc"], shape_mask("disc", 33, angle=0.3), atol=0.5)
    assert np.abs(masks["square"] - shape_mask("square", 33, angle=0.3)).sum() > 20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"samples": 0}, "shapes: samples"),
        ({"kinds": ("ring", "heart")}, "shapes: kinds: expected names among"),
        ({"kinds": "ring"}, "shapes: kinds"),
        ({"kinds": ()}, "shapes: kinds"),
        ({"size": 4}, "shapes: size"),
        ({"sides": (11, 40)}, r"shapes: sides\[1\]: expected a whole number from 11 to 32, got 40"),
        ({"sides": (3, 9)}, r"shapes: sides\[0\]"),
        ({"contrast": 0.9}, "shapes: contrast: expected a number from 0 to 0.4"),
        ({"noise": -0.1}, "shapes: noise"),
    ],
)
def test_shapes_refuse(options, words):
    with pytest.raises(RangeError, match=words):
        data.shapes(**({"samples": 4, "rng": generator()} | options))
    with pytest.raises(DTypeError, match="shapes: rng"):
        data.shapes(4, rng=7)


def test_shape_mask_refuses():
    with pytest.raises(RangeError, match="shape_mask: kind"):
        shape_mask("heart", 9)
    with pytest.raises(RangeError, match="shape_mask: side"):
        shape_mask("disc", 0)


# --- letters ------------------------------------------------------------------------------------


def test_letters():
    drawn = data.letters(4, characters="AbR", rng=generator())
    assert (drawn.x.shape, drawn.x.dtype, drawn.y.dtype) == ((12, 28, 28), np.float32, np.int64)
    assert (drawn.x.min(), drawn.x.max()) == (0, 1)
    assert np.bincount(drawn.y).tolist() == [4, 4, 4]
    assert drawn.classes == ("A", "b", "R")


def test_every_letter_fits_in_every_font():
    for font in FONTS:
        for character in LETTERS:
            image = rendered(character, font, 28)
            assert image.max() > 0.9
            assert 0.03 < image.mean() < 0.4
            border = np.r_[image[0], image[-1], image[:, 0], image[:, -1]]
            assert border.max() < 0.5


def test_fonts_and_letters_differ():
    a, b = rendered("A", "DejaVuSans", 28), rendered("A", "cmr10", 28)
    assert np.abs(a - b).sum() > 20
    assert np.abs(a - rendered("B", "DejaVuSans", 28)).sum() > 20


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"per_letter": 0}, "letters: per_letter"),
        ({"characters": ""}, "letters: characters"),
        (
            {"characters": "AA"},
            "letters: characters: expected letters or digits, each once, got AA",
        ),
        ({"characters": "A "}, "letters: characters"),
        ({"fonts": ("Arial",)}, "letters: fonts"),
        ({"fonts": "cmr10"}, "letters: fonts"),
        ({"size": 8}, "letters: size"),
        ({"noise": -1}, "letters: noise"),
    ],
)
def test_letters_refuse(options, words):
    with pytest.raises(RangeError, match=words):
        data.letters(**({"rng": generator()} | options))
    with pytest.raises(DTypeError, match="letters: rng"):
        data.letters(rng="seed")


# --- the same on every run ----------------------------------------------------------------------


def all_sets(seed):
    digits = data.digits()[0].take(slice(8))
    shapes, boxes = data.shapes(8, rng=generator(seed))
    # where a font is drawn depends on matplotlib's version: letters are compared with themselves
    return {
        "shifted": data.shifted(digits, 3, rotation=9, noise=0.1, clutter=2, rng=generator(seed)).x,
        "textures": data.textures(4, rng=generator(seed))[1].x,
        "shapes": np.concatenate([shapes.x.reshape(8, -1), boxes], axis=1),
        "letters": data.letters(3, characters="AB", fonts=FONTS[:3], rng=generator(seed)).x,
    }


def test_seeded():
    first, again, other = all_sets(0), all_sets(0), all_sets(1)
    for name, x in first.items():
        np.testing.assert_array_equal(x, again[name])
        assert fingerprint(x) != fingerprint(other[name])


KNOWN = {"shifted": "dd410fd217d9", "textures": "39deabb90d37", "shapes": "c20dcbdb1001"}


def test_known_samples():
    """What a seed gives is part of the book: its figures depend on it."""
    found = all_sets(0)
    assert {name: fingerprint(found[name], decimals=2) for name in KNOWN} == KNOWN


def test_images_need_a_known_layout():
    flat = Dataset(np.zeros((3, 4), np.float32), np.arange(3))
    for layout in (flat.channels_first, flat.channels_last):
        with pytest.raises(ShapeError, match="or colour images"):
            layout()
