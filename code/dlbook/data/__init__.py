"""Data sets: real ones that travel inside well-kept packages, and synthetic ones, called so.

Nothing heavy is imported until a function is called. Optional data sets take an argument
`download`: without it, and without the environment variable ``DLBOOK_DOWNLOAD`` set to 1, nothing
is downloaded. What returns a training and a test set of given samples takes the `seed` of the
split; what draws samples takes a generator `rng`.
"""

from dlbook.data.adding import adding_problem
from dlbook.data.canvas import shifted
from dlbook.data.cifar import cifar10, cifar100
from dlbook.data.dataset import Dataset
from dlbook.data.english import python_topics
from dlbook.data.glove import glove_6b
from dlbook.data.glyphs import letters
from dlbook.data.grammar import analogies, sentences
from dlbook.data.handwriting import digits
from dlbook.data.hitters import hitters
from dlbook.data.imagenet import vgg16_weights
from dlbook.data.imdb import imdb
from dlbook.data.mnist import fashion_mnist, mnist
from dlbook.data.photographs import PHOTOGRAPHS, photograph
from dlbook.data.reviews import reviews
from dlbook.data.sequence_tasks import SEQUENCE_TASKS, sequence_task
from dlbook.data.series import Series, co2, sunspots, windows
from dlbook.data.shapes import SHAPES, shapes
from dlbook.data.synthetic import circles, spirals
from dlbook.data.tabular import diabetes
from dlbook.data.textures import textures

__all__ = [
    "PHOTOGRAPHS",
    "SEQUENCE_TASKS",
    "SHAPES",
    "Dataset",
    "Series",
    "adding_problem",
    "analogies",
    "cifar10",
    "cifar100",
    "circles",
    "co2",
    "diabetes",
    "digits",
    "fashion_mnist",
    "glove_6b",
    "hitters",
    "imdb",
    "letters",
    "mnist",
    "photograph",
    "python_topics",
    "reviews",
    "sentences",
    "sequence_task",
    "shapes",
    "shifted",
    "spirals",
    "sunspots",
    "textures",
    "vgg16_weights",
    "windows",
]
