"""Images a second of one engine and one precision: nothing but the network, on batches that lie in memory.

usage: engines.py ENGINE PRECISION SECONDS [WEIGHTS.h5]

ENGINE: torch, torch-compile, onnxruntime, openvino. PRECISION: fp32, bf16, int8. Each has two cores, as its documentation advises for
throughput: PyTorch and ONNX Runtime two workers of one thread, OpenVINO its throughput hint and a queue of asynchronous requests.
"""

import os
import statistics
import sys
import threading
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import networks

WORKERS = 2
BATCH = 8
WARM_UP = 4


def main():
    engine, precision, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    start = time.time()
    source = networks.source(sys.argv[4:])
    if engine == "openvino":
        images_per_second = rate_of_queue(networks.openvino_queue(precision, source), seconds)
    else:
        batch = networks.TORCH_BATCH if engine == "torch" else BATCH
        images_per_second = rate(networks.predictor(engine, precision, source), batch, seconds)
    print(f"{images_per_second:.3f} {time.time() - start - seconds - WARM_UP:.1f}")


def rate_of_queue(queue, seconds):
    """The queue never runs empty."""
    images = networks.random_images(BATCH)
    begin = time.time() + WARM_UP
    ends = []
    queue.set_callback(lambda request, none: ends.append(time.time()))
    while time.time() < begin + seconds:
        queue.start_async({0: images})
    queue.wait_all()
    counted = [end for end in ends if begin <= end < begin + seconds]
    # As the workers may end their batches together or by turns: from the mean of their first ends to that of their last ones.
    span = statistics.mean(counted[-WORKERS:]) - statistics.mean(counted[:WORKERS])
    return BATCH * (len(counted) - WORKERS) / span


def rate(predict, batch, seconds):
    """Both workers predict batch after batch; each has a rate of its own, over whole batches."""
    images = networks.random_images(batch)
    warm = time.time() + WARM_UP
    rates = []

    def work():
        run = predict()
        while time.time() < warm:
            run(images)
        begin = time.time()
        count = 0
        while time.time() < begin + seconds:
            run(images)
            count += batch
        rates.append(count / (time.time() - begin))

    threads = [threading.Thread(target=work) for worker in range(WORKERS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return sum(rates)


if __name__ == "__main__":
    main()
