"""Every model of the book, three times.

`dlbook.models.numpy`, `dlbook.models.pytorch` and `dlbook.models.keras` hold the same files with
the same classes, constructor arguments and order of parameters: read one next to another to
learn a library, and copy weights between them with `dlbook.parity`.
"""
