"""Whole photographs."""

import subprocess
import sys

import numpy as np
import pytest
from dlbook import data
from dlbook.errors import RangeError


@pytest.mark.parametrize(("name", "shape"), [("camera", (512, 512)), ("coffee", (400, 600, 3))])
def test_photographs_are_those_of_scikit_image_scaled(name, shape):
    import skimage.data

    image = data.photograph(name)
    assert image.shape == shape
    assert image.dtype == np.float32
    original = getattr(skimage.data, name)()
    np.testing.assert_array_equal(np.round(image * 255).astype(np.uint8), original)


def test_shrinking_takes_the_mean_of_squares():
    whole, small = data.photograph("coffee"), data.photograph("coffee", shrink=3)
    assert small.shape == (133, 200, 3)
    assert small.dtype == np.float32
    np.testing.assert_allclose(small[5, 7], whole[15:18, 21:24].mean(axis=(0, 1)), rtol=1e-5)


@pytest.mark.parametrize("name", ["cat", "", None, ["camera"]])
def test_unknown_names_are_refused(name):
    with pytest.raises(RangeError, match="one of camera, coffee"):
        data.photograph(name)


@pytest.mark.parametrize("shrink", [0, -1, 513, 1.5, True])
def test_impossible_shrinking_is_refused(shrink):
    with pytest.raises(RangeError, match="shrink"):
        data.photograph("camera", shrink=shrink)


def test_no_word_about_a_progress_bar_in_a_notebook():
    code = (
        "import sys, types, warnings; warnings.simplefilter('error')\n"
        "from dlbook.data.packages import skimage_photograph\n"
        "name = 'tqdm.auto'\n"
        "class Complaining(types.ModuleType):\n"
        "    def __getattr__(self, name):\n"
        "        warnings.warn('IProgress not found. Please update jupyter', stacklevel=1)\n"
        "        raise ImportError(name)\n"
        "sys.modules[name] = Complaining(name)\n"
        "print(skimage_photograph('camera').shape)\n"
        "warnings.warn('another', stacklevel=1)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "(512, 512)", run.stderr
    assert "another" in run.stderr
