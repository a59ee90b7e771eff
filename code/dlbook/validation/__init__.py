"""How the book verifies itself: every notebook is run again and compared with what it shows.

- `dlbook.validation.plugin` — the pytest plugin (on nbval) behind ``make validate``
- `dlbook.validation.compare` — what counts as the same output
- `dlbook.validation.dependencies` — which cells need a name that a skipped cell would have bound
- `dlbook.validation.run` — run notebooks in place: ``python -m dlbook.validation.run chapters/02*``
- `dlbook.validation.setup_cell` — the one text of the setup cell that opens each notebook
- `dlbook.validation.rules`, `dlbook.validation.exercises` — what every chapter has to hold

Nothing is imported here: pytest, nbval and Jupyter are needed by those who validate, not by those
who read.
"""
