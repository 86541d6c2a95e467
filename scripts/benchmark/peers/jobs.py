"""Runs one complete job in another framework: JPEG files to Parquet with the five best classes, on two cores.

usage: jobs.py JOB PRECISION IMAGES OUTPUT WEIGHTS.h5

JOB: ray, pyspark, dataloader, daft, onnxruntime, openvino. Prints images/s over the second half of the images, and total seconds.
Images are resized as in this project for the same model: nearest, to 299 x 299.
"""

import glob
import io
import os
import statistics
import sys
import tempfile
import time

STARTED = time.time()
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

import networks

BATCH = 8
TOP = 5


def main():
    job, precision, images, output, weights = sys.argv[1:]
    os.environ["STAMPS"] = tempfile.mkdtemp()
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = networks.HERE + os.pathsep + os.environ.get("PYTHONPATH", "")
    globals()[job](precision, images, output, weights)
    print(f"{steady_rate(1 if job == 'dataloader' else 2):.3f} {time.time() - STARTED:.1f}")


def stamp(count):
    """Records that `count` images were scored now, in a separate file per process."""
    with open(os.path.join(os.environ["STAMPS"], str(os.getpid())), "a") as file:
        file.write(f"{time.time()} {count}\n")


def steady_rate(workers):
    """Images/s over the second half of the images, as in the report of this project.

    The interval starts at the mean of the next batch ends of the workers, which can be simultaneous or alternate.
    """
    stamps = []
    for path in glob.glob(os.path.join(os.environ["STAMPS"], "*")):
        with open(path) as file:
            stamps += [tuple(map(float, line.split())) for line in file]
    stamps.sort()
    half = sum(count for _, count in stamps) / 2
    done = 0
    while done < half:
        done += stamps.pop(0)[1]
    begin = statistics.mean(time for time, _ in stamps[:workers])
    return sum(count for _, count in stamps[workers:]) / (stamps[-1][0] - begin)


def files(images):
    return sorted(glob.glob(os.path.join(images, "**", "*.jpg"), recursive=True))


def decode(source):
    from PIL import Image

    with Image.open(source) as image:
        return np.asarray(image.convert("RGB").resize((networks.SIZE, networks.SIZE), Image.NEAREST))


def best(logits):
    """Indices and probabilities of the best classes, best first."""
    exp = np.exp(logits - logits.max(1, keepdims=True))
    scores = exp / exp.sum(1, keepdims=True)
    index = np.argsort(-scores, 1, kind="stable")[:, :TOP]
    return index, np.take_along_axis(scores, index, 1)


def write(output, rows):
    import pyarrow as pa
    import pyarrow.parquet as pq

    os.makedirs(output, exist_ok=True)
    paths, index, scores = zip(*rows)
    pq.write_table(
        pa.table({"path": list(paths), "index": [i.tolist() for i in index], "score": [s.tolist() for s in scores]}),
        os.path.join(output, "part-0.parquet"),
    )


def batches(items):
    items = list(items)
    return [items[i : i + BATCH] for i in range(0, len(items), BATCH)]


def dataloader(precision, images, output, weights):
    """A DataLoader whose workers decode, and the network on both cores."""
    import torch

    paths = files(images)

    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return len(paths)

        def __getitem__(self, i):
            return i, torch.from_numpy(decode(paths[i]).copy())

    run = networks.torch_eager(precision, weights)()
    torch.set_num_threads(2)
    rows = []
    for numbers, pixels in torch.utils.data.DataLoader(Images(), batch_size=networks.TORCH_BATCH, num_workers=2, prefetch_factor=4):
        index, scores = best(run(pixels.numpy()))
        rows += zip((paths[i] for i in numbers), index, scores)
        stamp(len(numbers))
    write(output, rows)


class Predictor:
    """The network, loaded once per actor or worker."""

    def __init__(self, precision, weights):
        self.run = networks.torch_eager(precision, weights)()

    def __call__(self, pixels):
        index, scores = best(self.run(pixels))
        stamp(len(pixels))
        return index, scores


def ray(precision, images, output, weights):
    """Two actors with one thread each; Ray reads and decodes."""
    import ray as r

    class Actor(Predictor):
        def __call__(self, batch):
            index, scores = super().__call__(np.stack(batch["image"]))
            return {"path": batch["path"], "index": index, "score": scores}

    def read(row):
        return {"path": row["path"], "image": decode(io.BytesIO(row["bytes"]))}

    r.init(num_cpus=3, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": dict(os.environ)})
    data = r.data.read_binary_files(files(images), include_paths=True).map(read, num_cpus=0.5)
    data.map_batches(
        Actor,
        fn_constructor_args=(precision, weights),
        batch_size=networks.TORCH_BATCH,
        num_cpus=1,
        compute=r.data.ActorPoolStrategy(size=2),
    ).write_parquet(output)
    r.shutdown()


def pyspark(precision, images, output, weights):
    """predict_batch_udf with two tasks with one thread each."""
    from pyspark.ml.functions import predict_batch_udf
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as f
    from pyspark.sql.types import ArrayType, FloatType, IntegerType, StructField, StructType

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "4g")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
        .config("spark.sql.files.openCostInBytes", "0")
        .config("spark.sql.files.maxPartitionBytes", "32m")
        .getOrCreate()
    )

    def make():
        run = Predictor(precision, weights)

        def predict(contents):
            index, scores = run(np.stack([decode(io.BytesIO(content)) for content in contents]))
            return {"index": index.astype(np.int32), "score": scores.astype(np.float32)}

        return predict

    schema = StructType(
        [StructField("index", ArrayType(IntegerType())), StructField("score", ArrayType(FloatType()))]
    )
    classify = predict_batch_udf(make, return_type=schema, batch_size=networks.TORCH_BATCH)
    data = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(images)
    data.select("path", classify(f.col("content")).alias("top")).write.parquet(output)
    spark.stop()


def daft(precision, images, output, weights):
    """A class with two instances with one thread each; Daft downloads."""
    import daft as d

    struct = d.DataType.struct({"index": d.DataType.list(d.DataType.int64()), "score": d.DataType.list(d.DataType.float32())})

    @d.cls(max_concurrency=2, use_process=True)
    class Classify:
        def __init__(self):
            self.run = Predictor(precision, weights)

        @d.method.batch(return_dtype=struct, batch_size=networks.TORCH_BATCH)
        def top(self, contents):
            index, scores = self.run(np.stack([decode(io.BytesIO(content)) for content in contents.to_pylist()]))
            return [{"index": i.tolist(), "score": s.tolist()} for i, s in zip(index, scores)]

    classify = Classify()
    frame = d.from_pydict({"path": files(images)}).into_batches(64)
    frame = frame.with_column("content", d.functions.download(d.col("path")))
    frame.select(d.col("path"), classify.top(d.col("content")).alias("top")).write_parquet(output)


def onnxruntime(precision, images, output, weights):
    """A pool that decodes, and two sessions with one thread each."""
    from concurrent.futures import ThreadPoolExecutor

    worker = networks.onnxruntime(precision, weights)
    sessions = [worker(), worker()]
    rows = []
    with ThreadPoolExecutor(2) as decoders, ThreadPoolExecutor(2) as predictors:
        waiting = []
        for number, batch in enumerate(batches(files(images))):
            pixels = [decoders.submit(decode, path) for path in batch]
            waiting.append(predictors.submit(predicted, sessions[number % 2], batch, pixels))
            if len(waiting) > 6:
                rows += waiting.pop(0).result()
        for last in waiting:
            rows += last.result()
    write(output, rows)


def predicted(session, batch, pixels):
    index, scores = best(session(np.stack([image.result() for image in pixels])))
    stamp(len(batch))
    return list(zip(batch, index, scores))


def openvino(precision, images, output, weights):
    """A pool that decodes, and OpenVINO's queue of asynchronous requests."""
    from concurrent.futures import ThreadPoolExecutor

    queue = networks.openvino_queue(precision, weights)
    rows = []

    def done(request, batch):
        index, scores = best(request.get_output_tensor(0).data)
        rows.extend(zip(batch, index.copy(), scores.copy()))
        stamp(len(batch))

    queue.set_callback(done)
    with ThreadPoolExecutor(2) as decoders:
        ahead = []
        for batch in batches(files(images)):
            ahead.append((batch, [decoders.submit(decode, path) for path in batch]))
            if len(ahead) > 4:
                send(queue, *ahead.pop(0))
        for batch, pixels in ahead:
            send(queue, batch, pixels)
    queue.wait_all()
    write(output, rows)


def send(queue, batch, pixels):
    queue.start_async({0: np.stack([image.result() for image in pixels])}, batch)


if __name__ == "__main__":
    main()
