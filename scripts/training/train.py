"""Trains the bundled model: a small Xception on Fashion-MNIST. See README.md in this directory."""

import argparse
import copy
import itertools
import os
import time

import torch
from torch.nn import functional as F

import data
import xception


def augment(x, generator):
    """Flips, shifts, rescales, sharpens or blurs, tints, and adds noise: a batch (N, 1, 28, 28) in [0, 255] -> (N, 3, S, S) in [-1, 1]."""
    n = len(x)
    size = xception.Architecture().input_size

    def uniform(low, high, *shape):
        return torch.rand(shape, generator=generator) * (high - low) + low

    flip = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    scale_x, scale_y = uniform(0.9, 1.1, n), uniform(0.9, 1.1, n)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = flip * scale_x
    theta[:, 1, 1] = scale_y
    theta[:, 0, 2] = uniform(-0.12, 0.12, n)
    theta[:, 1, 2] = uniform(-0.12, 0.12, n)
    grid = F.affine_grid(theta, (n, 1, size, size), align_corners=False)
    # The background is black, so pad with black.
    mode = ("bilinear", "bilinear", "bicubic", "nearest")[int(torch.randint(4, (1,), generator=generator))]
    x = F.grid_sample(x, grid, mode=mode, padding_mode="zeros", align_corners=False)
    if torch.rand((), generator=generator) < 0.2:
        x = F.avg_pool2d(x, 3, 1, 1)
    x = x * uniform(0.9, 1.1, n, 1, 1, 1) * uniform(0.94, 1.06, n, 3, 1, 1)
    if torch.rand((), generator=generator) < 0.3:
        x = x + torch.randn(x.shape, generator=generator) * 5
    return (x.clamp(0, 255) / 127.5 - 1).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def accuracy(model, x, labels):
    right = sum((model(x[i : i + 500]).argmax(1) == labels[i : i + 500]).sum().item() for i in range(0, len(x), 500))
    return right / len(x)


def training_images(folder):
    """Images (N, 1, 28, 28) in [0, 255] and classes (N)."""
    images, labels = data.read(folder, "train")
    return torch.from_numpy(images.copy())[:, None].float(), torch.from_numpy(labels)


def test_images(folder):
    """Images (N, 3, S, S) in [-1, 1] and classes (N)."""
    images, labels = data.read(folder, "t10k")
    return data.normalized(data.resized(images, xception.Architecture().input_size)), torch.from_numpy(labels)


def trained(architecture, images, labels, steps, batch, seed):
    """Trains a network and yields (step, loss, network with averaged weights) after each step."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = xception.Xception(architecture).to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps, pct_start=0.2)
    model.train()
    for step, chosen in enumerate(itertools.islice(batches(len(images), batch, generator), steps), 1):
        loss = F.cross_entropy(model(augment(images[chosen], generator)), labels[chosen], label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            decay = min(0.998, step / (step + 10))
            for kept, new in zip(average.state_dict().values(), model.state_dict().values()):
                if kept.is_floating_point():
                    kept.lerp_(new, 1 - decay)
        yield step, loss.item(), average


def batches(count, batch, generator):
    """Yields the indices of complete batches, epoch after epoch, endlessly."""
    while True:
        order = torch.randperm(count, generator=generator)
        yield from order[: count // batch * batch].split(batch)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--output", default=os.path.join("sample-data", "model"))
    parser.add_argument("--epochs", type=int, default=18)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=2017)
    options = parser.parse_args()

    architecture = xception.Architecture()
    images, labels = training_images(options.data)
    test, test_labels = test_images(options.data)
    path = os.path.join(options.output, "fashion-mnist.h5")
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(options.output, "labels.txt"), "w") as file:
        file.write("".join(label + "\n" for label in data.LABELS))
    start = time.time()
    epoch_steps = len(images) // options.batch
    steps = options.epochs * epoch_steps
    for step, loss, average in trained(architecture, images, labels, steps, options.batch, options.seed):
        if step in (50, 200):
            print(f"step {step}: loss {loss:.3f}, {time.time() - start:.0f} s", flush=True)
        if step % epoch_steps == 0:
            # The final weights are kept; the test images are not used for selection.
            xception.save(average, path)
            print(
                f"epoch {step // epoch_steps}: loss {loss:.3f}, test {accuracy(average, test, test_labels):.4f}, "
                f"{time.time() - start:.0f} s",
                flush=True,
            )
    written = xception.load(path, architecture).to(memory_format=torch.channels_last)
    print(f"accuracy of {path} on the {len(test)} test images: {accuracy(written, test, test_labels):.4f}")


if __name__ == "__main__":
    main()
