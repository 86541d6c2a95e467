"""Xception as each engine runs it: predictor(engine, precision, source)() is a function from (N, 299, 299, 3) uint8 to logits."""

import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "training"))
SIZE = 299
CALIBRATION_IMAGES = 64


def source(arguments):
    """The weights to run: a file in the published Keras layout, or `inception-v3` with random weights."""
    return arguments[0] if arguments else os.environ["WEIGHTS"]


def random_images(count):
    return np.random.default_rng(1).integers(0, 256, (count, SIZE, SIZE, 3), dtype=np.uint8)


def torch_model(source):
    import torch

    if source == "inception-v3":
        import torchvision

        model = torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=True)
    else:
        import xception

        paper = xception.Architecture(SIZE, (32, 64), (128, 256, 728), 8, 1024, (1536, 2048), 1000)
        model = xception.load(source, paper)

    class OfPixels(torch.nn.Module):
        """Takes float pixels 0 to 255 in (N, 3, H, W)."""

        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, x):
            return self.model(x / 127.5 - 1)

    return OfPixels().eval()


def predictor(engine, precision, source):
    return {"torch": torch_eager, "torch-compile": torch_compiled, "onnxruntime": onnxruntime}[engine](precision, source)


# With one thread and a batch size below 16, eager PyTorch does not use oneDNN for 1x1 convolutions, and takes twice as long
# (use_mkldnn in aten/src/ATen/native/Convolution.cpp).
TORCH_BATCH = 16


def torch_eager(precision, source, compiled=False):
    import torch

    torch.set_num_threads(1)
    model = torch_model(source).to(memory_format=torch.channels_last)
    if precision == "bf16":
        model = model.bfloat16()
    elif precision != "fp32":
        raise SystemExit("torch runs fp32 and bf16 here")
    if compiled:
        import torch._inductor.config as inductor

        inductor.freezing = True
        model = torch.compile(model)

    def worker():
        torch.set_num_threads(1)

        def run(images):
            with torch.inference_mode():
                x = torch.from_numpy(images).permute(0, 3, 1, 2).to(torch.bfloat16 if precision == "bf16" else torch.float32)
                return model(x).float().numpy()

        return run

    if compiled:
        worker()(random_images(8))  # compiles, before the workers run side by side
    return worker


def torch_compiled(precision, source):
    return torch_eager(precision, source, compiled=True)


def onnx_file(source, precision):
    """Exports the network once, with a dynamic batch size; int8 is calibrated on the images in $IMAGES."""
    import torch

    path = f"{os.environ.get('PEERS_CACHE', '.')}/{os.path.basename(source)}.onnx"
    if not os.path.exists(path):
        torch.onnx.export(
            torch_model(source),
            (torch.zeros(2, 3, SIZE, SIZE),),
            path,
            input_names=["pixels"],
            output_names=["logits"],
            dynamic_shapes={"x": {0: torch.export.Dim("n", min=1, max=1024)}},
            dynamo=True,
            external_data=False,
        )
    if precision != "int8":
        return path
    quantized = path.replace(".onnx", ".int8.onnx")
    if not os.path.exists(quantized):
        from onnxruntime import quantization as q
        from onnxruntime.quantization import shape_inference

        prepared = path.replace(".onnx", ".prepared.onnx")
        shape_inference.quant_pre_process(path, prepared)

        class Reader(q.CalibrationDataReader):
            def __init__(self):
                self.batches = iter(calibration_batches())

            def get_next(self):
                batch = next(self.batches, None)
                return None if batch is None else {"pixels": batch}

        q.quantize_static(
            prepared,
            quantized,
            Reader(),
            quant_format=q.QuantFormat.QDQ,
            per_channel=True,
            activation_type=q.QuantType.QUInt8,
            weight_type=q.QuantType.QInt8,
        )
    return quantized


def calibration_batches():
    """Yields the images in $IMAGES as float pixels in (1, 3, H, W)."""
    import glob

    from PIL import Image

    files = sorted(glob.glob(os.path.join(os.environ["IMAGES"], "**", "*.jpg"), recursive=True))[:CALIBRATION_IMAGES]
    for file in files:
        image = np.asarray(Image.open(file).convert("RGB").resize((SIZE, SIZE), Image.NEAREST))
        yield image.transpose(2, 0, 1)[None].astype(np.float32)


def onnxruntime(precision, source):
    import onnxruntime as ort

    path = onnx_file(source, precision)

    def worker():
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return lambda images: session.run(None, {"pixels": images.transpose(0, 3, 1, 2).astype(np.float32)})[0]

    return worker


def openvino_model(precision, source):
    import openvino as ov

    core = ov.Core()
    model = core.read_model(onnx_file(source, "fp32"))
    if precision == "int8":
        path = f"{os.environ.get('PEERS_CACHE', '.')}/{os.path.basename(source)}.int8.xml"
        if not os.path.exists(path):
            import nncf

            ov.save_model(nncf.quantize(model, nncf.Dataset(list(calibration_batches()))), path, compress_to_fp16=False)
        model = core.read_model(path)
    steps = ov.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout("NCHW"))
    return core.compile_model(
        steps.build(),
        "CPU",
        {
            "PERFORMANCE_HINT": "THROUGHPUT",
            "NUM_STREAMS": "2",
            "INFERENCE_NUM_THREADS": "2",
            # The parts of the int8 model that are not quantized can use bf16, which is also OpenVINO's default if the CPU supports it.
            "INFERENCE_PRECISION_HINT": "f32" if precision == "fp32" else "bf16",
        },
    )


def openvino_queue(precision, source):
    """Twice as many requests as streams, so that no stream is idle."""
    import openvino as ov

    return ov.AsyncInferQueue(openvino_model(precision, source), 4)
