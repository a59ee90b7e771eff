"""Data sets: real ones that travel inside well-kept packages, and synthetic ones, called so.

Nothing is downloaded and nothing heavy is imported until a function is called.
"""

from dlbook.data.dataset import Dataset
from dlbook.data.handwriting import digits
from dlbook.data.synthetic import circles, spirals

__all__ = ["Dataset", "circles", "digits", "spirals"]
