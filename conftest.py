"""Load the notebook validation: see `dlbook.validation.plugin`."""

pytest_plugins = ["dlbook.validation.plugin"]
