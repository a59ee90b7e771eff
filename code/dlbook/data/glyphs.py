"""Synthetic: letters rendered in many fonts, moved, turned and bent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dlbook.data.arguments import check_count, check_number, check_rng
from dlbook.data.dataset import Array, Dataset
from dlbook.data.warping import affine_maps, resize, warp
from dlbook.errors import RangeError, require

__all__ = ["FONTS", "LETTERS", "letters", "rendered"]

#: Letters that stay apart when they are turned and bent, unlike O and Q, or p and d.
LETTERS = "ABCDEFGHJKLMNPRSTUVXYZabdefhnqrt"

#: Text fonts that matplotlib ships: DejaVu (free licence), STIX (OFL), Computer Modern (BaKoMa).
FONTS = (
    *(f"DejaVuSans{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSansMono{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSerif{style}" for style in ("", "-Bold", "-Italic", "-BoldItalic")),
    *(f"STIXGeneral{style}" for style in ("", "Italic", "Bol", "BolIta")),
    *("cmr10", "cmss10", "cmtt10", "cmb10", "cmti10"),
)


def letters(
    per_letter: int = 160,
    *,
    characters: str = LETTERS,
    fonts: Sequence[str] = FONTS,
    size: int = 28,
    noise: float = 0.1,
    rng: np.random.Generator,
) -> Dataset:
    """Grey images of letters, a source that features can be learned on before the real task.

    Each is drawn in a random font, turned by up to 20°, scaled by up to 15 %, moved by up to 15 %
    of its side, sheared, bent like rubber, blurred, and laid under noise.

    Parameters
    ----------
    per_letter : int
        Images of each letter.
    characters : str
        The classes, in order; each once.
    fonts : sequence of str
        Names among `FONTS`. Training on some and testing on others asks for unseen fonts.
    size : int
        Side of an image in pixels.
    noise : float
        Standard deviation of normal noise on each pixel.
    rng : numpy.random.Generator

    Returns
    -------
    Dataset
        x of shape (n, size, size), float32 from 0 (paper) to 1 (ink); y of shape (n,), int64.

    Raises
    ------
    RangeError, DTypeError
        If an argument does not fit.

    References
    ----------
    Fonts that are part of matplotlib. Bending: Simard, Steinkraus & Platt (2003).
    """
    check_count("letters: per_letter", per_letter)
    text = isinstance(characters, str) and len(characters) > 0
    each_once = text and len(set(characters)) == len(characters) and characters.isalnum()
    require(
        each_once, RangeError, "letters: characters", "letters or digits, each once", characters
    )
    known = not isinstance(fonts, str) and len(fonts) > 0 and all(name in FONTS for name in fonts)
    require(known, RangeError, "letters: fonts", "names among dlbook.data.glyphs.FONTS", fonts)
    check_count("letters: size", size, 16, 64)
    check_number("letters: noise", noise)
    check_rng("letters: rng", rng)
    templates = np.array([[rendered(c, name, size) for name in fonts] for c in characters])
    y = np.repeat(np.arange(len(characters)), per_letter)
    y = rng.permutation(y).astype(np.int64)
    images = templates[y, rng.integers(len(fonts), size=len(y))]
    maps = affine_maps(len(y), rng, rotation=20, scale=0.15, shift=0.15, shear=0.3)
    images = _blurred(warp(images, maps, _smooth_field(len(y), size, 0.12, rng)))
    images /= np.maximum(images.max(axis=(1, 2), keepdims=True), 0.3)
    x = np.clip(images + noise * rng.standard_normal(images.shape), 0, 1).astype(np.float32)
    return Dataset(x, y, "letters (synthetic)", tuple(characters))


def rendered(character: str, font: str, size: int) -> Array:
    """Draw one character in the middle of a square.

    Parameters
    ----------
    character : str
        One letter or digit.
    font : str
        One of `FONTS`.
    size : int
        Side of the square in pixels; a capital letter takes about 60 % of its height.

    Returns
    -------
    ndarray of shape (size, size), float32 from 0 to 1
    """
    import matplotlib
    from matplotlib.ft2font import FT2Font

    face = FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf"))
    fine = 2 * size  # drawn twice as large, then halved: pixels at edges become grey
    face.set_size(0.82 * fine, 72)  # 72 dots per inch: a point is a pixel
    face.set_text(character)
    face.draw_glyphs_to_bitmap(antialiased=True)
    glyph = np.asarray(face.get_image(), dtype=np.float32) / 255
    rows, columns = (np.flatnonzero(glyph.any(axis=axis)) for axis in (1, 0))
    glyph = glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1][:fine, :fine]
    square = np.zeros((fine, fine), dtype=np.float32)
    top, left = (fine - glyph.shape[0]) // 2, (fine - glyph.shape[1]) // 2
    square[top : top + glyph.shape[0], left : left + glyph.shape[1]] = glyph
    return square.reshape(size, 2, size, 2).mean(axis=(1, 3))


def _smooth_field(count: int, size: int, strength: float, rng: np.random.Generator) -> Array:
    """Draw displacements on 5×5 points and let them vary smoothly in between."""
    coarse = rng.uniform(-strength, strength, (2 * count, 5, 5))
    return resize(coarse, size).reshape(count, 2, size, size).transpose(0, 2, 3, 1)


def _blurred(images: Array) -> Array:
    """Replace each pixel by the mean of its 3×3 neighbourhood, one axis after the other."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    rows = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    return (rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]) / 9
