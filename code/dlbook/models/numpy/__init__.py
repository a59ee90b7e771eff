"""The models from scratch, on `dlbook.engine`."""
