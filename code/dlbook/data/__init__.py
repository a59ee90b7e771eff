"""Data sets: real ones that travel inside well-kept packages, and synthetic ones, called so.

Nothing is downloaded and nothing heavy is imported until a function is called.
"""

from dlbook.data.dataset import Dataset
from dlbook.data.handwriting import digits

__all__ = ["Dataset", "digits"]
