"""Trains a new head for a network whose other layers are frozen, from embeddings that the job computed, and writes a copy of the
network's weight file (published layout, as of 2016) with this head. See README.md in this directory."""

import argparse
import os
import shutil

import h5py
import numpy as np
import pyarrow.dataset
import torch
from torch.nn import functional as F


def read(output):
    """Reads embeddings (N, values) and class names (N) from the output of `classify --embedding --truth`."""
    data = pyarrow.dataset.dataset(output, format="parquet", partitioning="hive")
    rows = data.to_table(columns=["path", "embedding", "truth"], filter=pyarrow.dataset.field("status") == "ok").sort_by("path")
    embeddings = np.stack([np.asarray(values, np.float64) for values in rows["embedding"].to_pylist()])
    return embeddings, np.array(rows["truth"].to_pylist())


def trained(x, classes, count, decay, steps):
    """Softmax regression with an L2 penalty: full batches, with L-BFGS."""
    x, classes = torch.from_numpy(x), torch.from_numpy(classes)
    weight = torch.zeros(x.shape[1], count, dtype=x.dtype, requires_grad=True)
    bias = torch.zeros(count, dtype=x.dtype, requires_grad=True)
    optimizer = torch.optim.LBFGS([weight, bias], max_iter=steps, line_search_fn="strong_wolfe")

    def loss():
        optimizer.zero_grad()
        value = F.cross_entropy(x @ weight + bias, classes) + decay * weight.square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    return weight.detach().numpy(), bias.detach().numpy()


def accuracy(x, classes, weight, bias):
    return np.mean((x @ weight + bias).argmax(1) == classes)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("embeddings", help="output of classify --embedding --truth parent-directory")
    parser.add_argument("base", help="weight file of the network that computed the embeddings")
    parser.add_argument("output", help="directory for head.h5 and labels.txt")
    parser.add_argument("--decay", type=float, nargs="+", default=[1e-3, 1e-2, 1e-1], help="values to try on a held-out fifth of the images")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2017)
    options = parser.parse_args()

    values, names = read(options.embeddings)
    labels = sorted(set(names))
    classes = np.searchsorted(labels, names)
    mean, deviation = values.mean(0), values.std(0)
    x = (values - mean) / np.maximum(deviation, 1e-6)
    order = np.random.default_rng(options.seed).permutation(len(x))
    kept, tried = order[len(x) // 5 :], order[: len(x) // 5]
    found = {}
    for decay in options.decay:
        found[decay] = accuracy(x[tried], classes[tried], *trained(x[kept], classes[kept], len(labels), decay, options.steps))
        print(f"decay {decay:g}: {found[decay]:.4f} of {len(tried)} held-out images are correct", flush=True)
    best = max(found, key=found.get)
    weight, bias = trained(x, classes, len(labels), best, options.steps)
    print(f"trained on all {len(x)} with decay {best:g}: {accuracy(x, classes, weight, bias):.4f} of them are correct")

    # The network does not standardize the embedding, so the dense layer does.
    kernel = weight / np.maximum(deviation, 1e-6)[:, None]
    bias = bias - mean @ kernel
    os.makedirs(options.output, exist_ok=True)
    path = os.path.join(options.output, "head.h5")
    shutil.copyfile(options.base, path)
    with h5py.File(path, "r+") as file:
        (dense,) = [name for name in file if name.startswith("dense")]
        for variable, written in {"W": kernel, "b": bias}.items():
            del file[dense][f"{dense}_{variable}:0"]
            file[dense].create_dataset(f"{dense}_{variable}:0", data=written.astype(np.float32))
    with open(os.path.join(options.output, "labels.txt"), "w", encoding="utf-8") as file:
        file.write("".join(label + "\n" for label in labels))


if __name__ == "__main__":
    main()
