"""The package behind *Deep Learning, Verified*: every model of the book, three times.

Importing it imports none of the libraries the book teaches; each room brings what it needs:

- `dlbook.engine` — deep learning from scratch, on NumPy alone
- `dlbook.models` — the book's models in NumPy, PyTorch and Keras
- `dlbook.training` — one way to train all three
- `dlbook.parity` — copy weights between libraries and measure how far they differ
- `dlbook.data`, `dlbook.text`, `dlbook.plots`, `dlbook.checks` — data, text, figures, self-checks
"""

__version__ = "0.1.0"
