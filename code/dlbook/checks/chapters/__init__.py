"""The exercises: one module per chapter, ``chNN``, each with one list ``EXERCISES``."""
