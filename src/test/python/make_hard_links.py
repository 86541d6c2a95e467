"""Makes HDF5 files whose groups lie within themselves, by hard links: who follows them all never ends.

    python make_hard_links.py OUTPUT_DIR

Writes hard_links.weights.h5, which looks like weights alone of Keras 3, and hard_links.h5, which looks like a whole network.
Needs h5py.
"""

import json
import pathlib
import sys

import h5py

output = pathlib.Path(sys.argv[1])
with h5py.File(output / "hard_links.weights.h5", "w") as file:
    layers = file.create_group("layers")
    for name in "functional", "functional_1":
        layers.create_group(name)["layers"] = layers
with h5py.File(output / "hard_links.h5", "w") as file:
    file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": []}})
    layer = file.create_group("model_weights/dense")
    for name in "dense", "dense_1":
        layer[name] = layer
