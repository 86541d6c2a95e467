"""Makes fine-tuned Xceptions as people make them, and what Keras answers to four images.

    python make_models.py OUTPUT_DIR keras|tf_keras [--full] [NAME...]

Writes one file a network and OUTPUT_DIR/<library>.json: name, file, preprocessing that the caller does ("keras": x / 127.5 - 1,
or "model": the network takes pixels 0 to 255), activation of the output, whether that is an embedding, and the outputs, of a feature map its averages.
Image k of a network with the input h x w has the pixel ((3 + 5 k) x + (7 + 2 k) y + 59 c + k x y) mod 256 at column x, row y,
channel c.

Writes OUTPUT_DIR/quantized.keras too, which is a network that import-model refuses.

With names only these networks are made, and their entries replaced in, or added to, the JSON that is there.

Without --full the networks are narrow, so that their files can lie in the repository; with it they are
keras.applications.Xception. Needs keras 3 and tf_keras, both on TensorFlow (pip install tensorflow-cpu keras tf_keras).
"""

import json
import os
import pathlib
import sys
import zipfile
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import numpy as np

output = pathlib.Path(sys.argv[1])
library = sys.argv[2]
full = "--full" in sys.argv
asked = [argument for argument in sys.argv[3:] if argument != "--full"]
import tensorflow

if library == "keras":
    import keras
else:
    import tf_keras as keras
layers = keras.layers

STEM, ENTRY, MIDDLE, EXIT, EXIT_CONVS = (4, 8), (8, 12, 16), 1, 20, (24, 32)


def base(shape, pooling=None, connected=True, between=None):
    """keras.applications.Xception without top, or the same narrow, with the same names.

    connected: with residual connections; between: makes what stands between the depthwise and the pointwise convolution,
    two layers then, from their name.
    """
    if full:
        return keras.applications.Xception(weights=None, include_top=False, input_shape=shape, pooling=pooling)
    image = layers.Input(shape)
    x = layers.Conv2D(STEM[0], 3, strides=2, use_bias=False, name="block1_conv1")(image)
    x = layers.BatchNormalization(name="block1_conv1_bn")(x)
    x = layers.Activation("relu", name="block1_conv1_act")(x)
    x = layers.Conv2D(STEM[1], 3, use_bias=False, name="block1_conv2")(x)
    x = layers.BatchNormalization(name="block1_conv2_bn")(x)
    x = layers.Activation("relu", name="block1_conv2_act")(x)

    def separable(x, width, name, before=True, after=False):
        if before:
            x = layers.Activation("relu", name=name + "_act")(x)
        if between:
            x = between(name)(layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=name + "_depthwise")(x))
            x = layers.Conv2D(width, 1, use_bias=False, name=name)(x)
        else:
            x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(name=name + "_bn")(x)
        return layers.Activation("relu", name=name + "_act")(x) if after else x

    def down(x, first, second, block):
        if connected:
            residual = layers.Conv2D(second, 1, strides=2, padding="same", use_bias=False)(x)
            residual = layers.BatchNormalization()(residual)
        x = separable(x, first, f"block{block}_sepconv1", before=block > 2)
        x = separable(x, second, f"block{block}_sepconv2")
        x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"block{block}_pool")(x)
        return layers.add([x, residual]) if connected else x

    block = 2
    for width in ENTRY:
        x = down(x, width, width, block)
        block += 1
    for _ in range(MIDDLE):
        entrance = x
        for k in 1, 2, 3:
            x = separable(x, ENTRY[-1], f"block{block}_sepconv{k}")
        if connected:
            x = layers.add([x, entrance])
        block += 1
    x = down(x, ENTRY[-1], EXIT, block)
    block += 1
    for k, width in enumerate(EXIT_CONVS, 1):
        x = separable(x, width, f"block{block}_sepconv{k}", before=False, after=True)
    if pooling == "avg":
        x = layers.GlobalAveragePooling2D()(x)
    elif pooling == "max":
        x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(image, x, name="xception")


def rescaling():
    return layers.Rescaling(1 / 127.5, offset=-1)


def functional_nested():
    """The transfer learning guide: augmentation, rescaling, the base as a layer, pooling, dropout, one dense layer."""
    image = layers.Input((75, 75, 3))
    x = layers.RandomFlip("horizontal")(image)
    x = layers.RandomRotation(0.1)(x)
    x = rescaling()(x)
    network = base((75, 75, 3))
    network.trainable = False
    x = network(x, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    return keras.Model(image, layers.Dense(7)(x))


def sequential():
    return keras.Sequential([
        layers.Input((80, 71, 3)),
        rescaling(),
        base((80, 71, 3), pooling="avg"),
        layers.Dense(16, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(5, activation="softmax"),
    ])


def flat_sigmoid():
    network = base((71, 96, 3))
    x = layers.GlobalAveragePooling2D(name="avg_pool")(network.output)
    return keras.Model(network.input, layers.Dense(6, activation="sigmoid", name="tags")(x))


def max_pool_batch_norm():
    network = base((71, 71, 3))
    x = layers.GlobalMaxPooling2D()(network.output)
    x = layers.BatchNormalization()(x)
    x = layers.Dense(12, use_bias=False)(x)
    x = layers.BatchNormalization(epsilon=1e-5)(x)
    x = layers.Activation("elu")(x)
    x = layers.Dropout(0.3)(x)
    x = layers.Dense(4)(x)
    return keras.Model(network.input, layers.Softmax()(x))


def flatten():
    network = base((71, 71, 3))
    x = layers.Flatten()(network.output)
    x = layers.Dense(10, activation="tanh")(x)
    return keras.Model(network.input, layers.Dense(3, activation="softmax")(x))


def preprocess_input():
    image = layers.Input((71, 71, 3))
    x = keras.applications.xception.preprocess_input(image)
    x = base((71, 71, 3), pooling="max")(x)
    return keras.Model(image, layers.Dense(9, activation="softmax")(x))


def normalization():
    image = layers.Input((71, 71, 3))
    x = layers.Normalization(mean=[120.0, 110.0, 100.0], variance=[3600.0, 4000.0, 4900.0])(image)
    x = base((71, 71, 3), pooling="avg")(x)
    x = layers.Dense(8, activation="gelu")(x)
    x = layers.Dense(8, activation="swish")(x)
    return keras.Model(image, layers.Dense(4, activation="softmax")(x))


def adapted():
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(5).uniform(0, 255, (40, 8, 8, 3)).astype("float32"))
    image = layers.Input((71, 71, 3))
    x = base((71, 71, 3), pooling="avg")(layer(image))
    return keras.Model(image, layers.Dense(4)(x))


def deep_nesting():
    image = layers.Input((71, 71, 3))
    features = keras.Model(image, base((71, 71, 3), pooling="avg")(rescaling()(image)), name="features")
    head = keras.Sequential([
        layers.Dense(8),
        layers.LeakyReLU(),
        layers.BatchNormalization(),
        layers.Dense(3, activation="softmax"),
    ], name="head")
    return keras.Sequential([layers.Input((71, 71, 3)), features, head])


def without_top():
    """An embedding: keras.applications.Xception(include_top=False, pooling="avg")."""
    return base((71, 71, 3), pooling="avg")


def bare_map():
    """The same without pooling: its output is the last feature map."""
    return base((71, 96, 3))


def square_map():
    return base((71, 71, 3))


def neck():
    """An embedding with more behind the pooling than a pooling, but no dense layer."""
    return keras.Sequential([
        layers.Input((71, 71, 3)),
        rescaling(),
        base((71, 71, 3), pooling="max"),
        layers.BatchNormalization(),
        layers.Dropout(0.3),
    ])


def binary():
    network = base((71, 71, 3), pooling="avg")
    return keras.Model(network.input, layers.Dense(1, activation="sigmoid")(network.output))


def binary_logits():
    """As Keras' transfer learning guide ends: one unit without activation, whose loss is told from_logits=True."""
    network = base((71, 71, 3), pooling="avg")
    return keras.Model(network.input, layers.Dense(1)(layers.Dropout(0.2)(network.output)))


def plain():
    """As keras.applications builds it with another number of classes."""
    network = base((71, 71, 3))
    x = layers.GlobalAveragePooling2D(name="avg_pool")(network.output)
    return keras.Model(network.input, layers.Dense(11, activation="softmax", name="predictions")(x))


def no_residual():
    image = layers.Input((71, 71, 3))
    x = base((71, 71, 3), pooling="avg", connected=False)(rescaling()(image))
    return keras.Model(image, layers.Dense(6)(x))


def no_residual_plain():
    network = base((71, 71, 3), pooling="avg", connected=False)
    return keras.Model(network.input, layers.Dense(5, activation="softmax", name="predictions")(network.output))


def relu_between():
    network = base((71, 71, 3), pooling="avg", between=lambda name: layers.Activation("relu", name=name + "_between"))
    return keras.Model(network.input, layers.Dense(6)(network.output))


def relu_between_no_residual():
    network = base((71, 80, 3), pooling="avg", connected=False, between=lambda name: layers.ReLU())
    return keras.Model(network.input, layers.Dense(5, activation="softmax")(network.output))


def elu_between():
    network = base((71, 71, 3), pooling="avg", between=lambda name: layers.ELU())
    return keras.Model(network.input, layers.Dense(6)(network.output))


def two_layers():
    """The paper's network with a separable convolution as two layers, and nothing between."""
    network = base((71, 71, 3), pooling="avg", between=lambda name: layers.Activation("linear"))
    return keras.Model(network.input, layers.Dense(6)(network.output))


def elu_within():
    """The activation as a setting of the depthwise layer."""
    network = two_layers()
    for layer in network.layers:
        if type(layer).__name__ == "DepthwiseConv2D":
            layer.activation = keras.activations.elu
    return network


def half():
    keras.config.set_dtype_policy("float16")
    try:
        return plain()
    finally:
        keras.config.set_dtype_policy("float32")


def bfloat16():
    keras.config.set_dtype_policy("bfloat16")
    try:
        return plain()
    finally:
        keras.config.set_dtype_policy("float32")


def number_first():
    """For images of any size: a cast, arithmetic with the number before the tensor, and TensorFlow's own softmax."""
    image = layers.Input((None, None, 3), dtype="uint8")
    x = keras.ops.cast(image, "float32") if library == "keras" else tensorflow.cast(image, "float32")
    x = 1 - (2 - (1 / 127.5) * x)
    x = x - np.array([0.02, 0, -0.03], "float32")
    x = base((None, None, 3), pooling="avg")(x)
    return keras.Model(image, layers.Dense(4, activation=tensorflow.nn.softmax)(x))


def quantized():
    network = plain()
    network.quantize("int8")
    return network


# name, how it is built, how it is saved, who normalizes
KERAS = [
    ("functional_nested", functional_nested, "keras", "model"),
    ("sequential", sequential, "keras", "model"),
    ("flat_sigmoid", flat_sigmoid, "keras", "keras"),
    ("max_pool_batch_norm", max_pool_batch_norm, "keras", "keras"),
    ("flatten", flatten, "keras", "keras"),
    ("preprocess_input", preprocess_input, "keras", "model"),
    ("normalization", normalization, "keras", "model"),
    ("adapted", adapted, "keras", "model"),
    ("deep_nesting", deep_nesting, "keras", "model"),
    ("without_top", without_top, "keras", "keras"),
    ("neck", neck, "keras", "model"),
    ("bare_map", bare_map, "h5", "keras"),
    ("map_weights", square_map, "weights.h5", "keras"),
    ("binary", binary, "keras", "keras"),
    ("binary_logits", binary_logits, "keras", "keras"),
    ("half", half, "keras", "keras"),
    ("whole_h5_nested", functional_nested, "h5", "model"),
    ("whole_h5_sequential", sequential, "h5", "model"),
    ("whole_h5_flat", plain, "h5", "keras"),
    ("plain_weights", plain, "weights.h5", "keras"),
    ("no_residual", no_residual, "keras", "model"),
    ("no_residual_weights", no_residual_plain, "weights.h5", "keras"),
    ("relu_between", relu_between, "keras", "keras"),
    ("relu_between_no_residual", relu_between_no_residual, "h5", "keras"),
    ("elu_between", elu_between, "keras", "keras"),
    ("two_layers", two_layers, "keras", "keras"),
    ("number_first", number_first, "keras", "model"),
    ("bfloat16", bfloat16, "keras", "keras"),
]
TF_KERAS = [
    ("tf_weights", plain, "weights", "keras"),
    ("tf_whole_nested", functional_nested, "h5", "model"),
    ("tf_whole_flatten", flatten, "h5", "keras"),
    ("tf_preprocess_input", preprocess_input, "h5", "model"),
    ("tf_keras_zip", deep_nesting, "keras", "model"),
    ("tf_no_residual_weights", no_residual_plain, "weights", "keras"),
    ("tf_elu_between", elu_between, "h5", "keras"),
    ("tf_elu_within", elu_within, "keras", "keras"),
    ("tf_number_first", number_first, "h5", "model"),
]


def fill(model, seed):
    """Weights that let every part of the network matter."""
    random = np.random.default_rng(seed)

    def walk(layer):
        inner = getattr(layer, "layers", None)
        if inner:
            for one in inner:
                walk(one)
        elif layer.weights and type(layer).__name__ != "Normalization":
            for weight in layer.weights:
                shape = tuple(weight.shape)
                name = weight.name.split("/")[-1].split(":")[0]
                if "kernel" in name:
                    depthwise = len(shape) == 4 and shape[-1] == 1
                    fan_in = 9 if depthwise else np.prod(shape[:-1])
                    value = random.normal(0, np.sqrt(2 / fan_in), shape)
                elif name in ("gamma", "moving_variance"):
                    value = random.uniform(0.7, 1.4, shape)
                else:
                    value = random.normal(0, 0.2, shape)
                if "seed" not in name:
                    weight.assign(value.astype("float32"))

    walk(model)
    calibrate(model, images(*size(model)) / 127.5 - 1)


def calibrate(model, x):
    """Gives batch normalizations the statistics of these images, so that outputs are of the size that training gives."""
    for layer in model.layers:
        shape = tuple(getattr(layer, "inputs", [])[0].shape[1:]) if getattr(layer, "layers", None) else ()
        if shape:
            calibrate(layer, x if len(shape) == 3 else np.random.default_rng(1).normal(size=(8, *shape)).astype("float32"))
        elif type(layer).__name__ in ("BatchNormalization", "Dense") and x.shape[-1] == model.inputs[0].shape[-1]:
            values = np.asarray(keras.Model(model.inputs, layer.input)(x, training=False), "float64")
            axes = tuple(range(values.ndim - 1))
            if type(layer).__name__ == "Dense":
                layer.kernel.assign(np.asarray(layer.kernel) / max(values.std(), 1e-3))
            else:
                layer.moving_mean.assign(values.mean(axes) + 0.1 * values.std(axes))
                layer.moving_variance.assign(1.3 * values.var(axes) + 1e-3)


def images(height, width):
    k, y, x, c = np.meshgrid(np.arange(4), np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return (((3 + 5 * k) * x + (7 + 2 * k) * y + 59 * c + k * x * y) % 256).astype("float32")


def size(model):
    """Rows and columns of the input, or some where it takes any."""
    return [side or 71 for side in model.input_shape[1:3]]


def smaller(file):
    """Compresses the parts of an archive, which Keras only stores."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def activation(model):
    last = model.layers[-1]
    if getattr(last, "layers", None):
        return activation(last)
    if type(last).__name__ == "Softmax":
        return "softmax"
    name = last.activation.__name__ if type(last).__name__ == "Dense" else "linear"
    return {"linear": "none", "softmax_v2": "softmax"}.get(name, name)


def has_classes(model):
    return any(type(layer).__name__ == "Dense" for layer in model._flatten_layers())


output.mkdir(parents=True, exist_ok=True)
listed = output / f"{library}.json"
made = KERAS if library == "keras" else TF_KERAS
reference = {entry["name"]: entry for entry in json.loads(listed.read_text())} if asked else {}
for name, build, form, normalizes in made:
    if asked and name not in asked:
        continue
    keras.backend.clear_session()
    model = build()
    fill(model, zlib.crc32(name.encode()))
    height, width = size(model)
    pixels = images(height, width)
    outputs = model.predict(pixels if normalizes == "model" else pixels / 127.5 - 1, verbose=0)
    if name == "bfloat16":
        # What is saved is rounded; it is computed in float32, as the job does.
        rounded = plain()
        rounded.set_weights([np.asarray(weight, "float32") for weight in model.get_weights()])
        outputs = rounded.predict(pixels / 127.5 - 1, verbose=0)
    if outputs.ndim == 4:
        outputs = outputs.mean((1, 2))
    file = f"{name}.{'h5' if form == 'weights' else form}"
    if form.startswith("weights"):
        model.save_weights(output / file)
    else:
        model.save(output / file)
    if form == "keras":
        smaller(output / file)
    reference[name] = {
        "name": name, "file": file, "height": height, "width": width, "normalises": normalizes,
        "activation": activation(model), **({} if has_classes(model) else {"embedding": True}), "outputs": [[round(float(v), 7) for v in row] for row in outputs],
    }
    print(name, np.round(outputs[:2, :4], 3).tolist(), flush=True)
listed.write_text(json.dumps(list(reference.values()), indent=1))
if library == "keras" and (not asked or "quantized" in asked):
    quantized().save(output / "quantized.keras")
    smaller(output / "quantized.keras")
