"""Measures the images per second of one engine and precision: only the network, on batches in memory.

usage: engines.py ENGINE PRECISION SECONDS [WEIGHTS.h5]

ENGINE: torch, torch-compile, onnxruntime, openvino. PRECISION: fp32, bf16, int8. Each uses two cores, as its documentation recommends
for throughput: PyTorch and ONNX Runtime two workers with one thread each, OpenVINO its throughput hint and a queue of asynchronous requests.
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
    """Measures a queue of requests that never runs empty."""
    images = networks.random_images(BATCH)
    begin = time.time() + WARM_UP
    ends = []
    queue.set_callback(lambda request, none: ends.append(time.time()))
    while time.time() < begin + seconds:
        queue.start_async({0: images})
    queue.wait_all()
    counted = [end for end in ends if begin <= end < begin + seconds]
    # Workers can finish their batches simultaneously or alternately, so measure from the mean of their first ends to the mean of their last ends.
    span = statistics.mean(counted[-WORKERS:]) - statistics.mean(counted[:WORKERS])
    return BATCH * (len(counted) - WORKERS) / span


def rate(predict, batch, seconds):
    """Both workers predict batch after batch; the rate of each is measured over complete batches, and the rates are added."""
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
