"""The weights of VGG16 that were learned from ImageNet: an optional download."""

from __future__ import annotations

from pathlib import Path

from dlbook.data.download import fetch
from dlbook.data.remote import RemoteFile
from dlbook.errors import RangeError, require

__all__ = ["vgg16_weights"]

_KERAS = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"

VGG16 = {
    "torchvision": RemoteFile(
        "vgg16_weights",
        "imagenet",
        "vgg16-397923af.pth",
        ("https://download.pytorch.org/models/vgg16-397923af.pth",),
        553_433_881,
        "sha256:397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    ),
    "keras": RemoteFile(
        "vgg16_weights",
        "imagenet",
        _KERAS,
        (
            f"https://storage.googleapis.com/tensorflow/keras-applications/vgg16/{_KERAS}",
            f"https://github.com/fchollet/deep-learning-models/releases/download/v0.1/{_KERAS}",
        ),
        553_467_096,
        "md5:64373286793e3c8b2b4e3219cbf3544b",
    ),
}


def vgg16_weights(publisher: str, download: bool | None = None) -> Path:
    """Find the published weights of VGG16, trained on the 1000 classes of ImageNet.

    Both files (553 MB each) belong into the folder ``imagenet`` of the cache (`DLBOOK_DATA`).
    torchvision's is compared with its SHA-256 each time. For that of Keras applications only an
    MD5 sum is published: it is compared, with the size; that finds every accident, but a file
    forged with great effort would pass. Read it with ``keras.applications.VGG16(weights=…)`` or
    `dlbook.models.vgg16_weights.load_torchvision_state`; neither runs anything in it.

    Parameters
    ----------
    publisher : {"torchvision", "keras"}
        Whose weights; each wants its own preparation of the images.
    download : bool, optional
        Whether to download it if it is not in the cache; by default if the environment variable
        ``DLBOOK_DOWNLOAD`` is 1.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    MissingDataError
        If the file is not in the cache and may not be downloaded.
    DataError
        If it is damaged or cannot be downloaded.
    RangeError
        If `publisher` is neither.

    References
    ----------
    Simonyan & Zisserman (2015), "Very deep convolutional networks for large-scale image
    recognition"; Russakovsky et al. (2015), "ImageNet large scale visual recognition challenge".
    Keras' file holds the authors' weights (CC BY 4.0); torchvision (BSD 3-Clause) trained its
    own. ImageNet's images are for research that is not commercial.
    """
    known = isinstance(publisher, str) and publisher in VGG16
    expected = "'torchvision' or 'keras'"
    require(known, RangeError, "vgg16_weights: publisher", expected, repr(publisher))
    return fetch(VGG16[publisher], download)
