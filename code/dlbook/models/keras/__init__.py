"""The models in Keras, running on TensorFlow."""

from dlbook.quiet import import_tensorflow

import_tensorflow()
