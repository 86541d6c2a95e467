"""Trains the bundled model: a small Xception on Fashion-MNIST. See README.md beside this file."""

import argparse
import copy
import os
import time

import numpy as np
import torch
from torch.nn import functional as F

import data
import xception


def augment(x, generator):
    """Flip, shift, rescale, sharpen or blur, tint, and noise: a batch (N, 1, 28, 28) in [0, 255] -> (N, 3, S, S) in [-1, 1]."""
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
    # The background is black, so that what is shifted in from outside is black too.
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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default=data.DEFAULT_FOLDER)
    parser.add_argument("--output", default=os.path.join("sample-data", "model"))
    parser.add_argument("--epochs", type=int, default=18)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=2017)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    generator = torch.Generator().manual_seed(options.seed)
    architecture = xception.Architecture()
    images, labels = data.read(options.data, "train")
    images, labels = torch.from_numpy(images.copy())[:, None].float(), torch.from_numpy(labels)
    test_images, test_labels = data.read(options.data, "t10k")
    test = data.normalised(data.resized(test_images, architecture.input_size))
    test_labels = torch.from_numpy(test_labels)

    model = xception.Xception(architecture).to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in model.parameters()):,} trainable parameters", flush=True)
    average = copy.deepcopy(model).eval()
    steps = options.epochs * (len(images) // options.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=4e-3, total_steps=steps, pct_start=0.2)
    path = os.path.join(options.output, "fashion-mnist.h5")
    os.makedirs(options.output, exist_ok=True)
    with open(os.path.join(options.output, "labels.txt"), "w") as file:
        file.write("".join(label + "\n" for label in data.LABELS))
    start = time.time()
    step = 0
    for epoch in range(1, options.epochs + 1):
        model.train()
        order = torch.randperm(len(images), generator=generator)
        for batch in order[: len(order) // options.batch * options.batch].split(options.batch):
            loss = F.cross_entropy(model(augment(images[batch], generator)), labels[batch], label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            step += 1
            with torch.no_grad():
                decay = min(0.998, step / (step + 10))
                for kept, new in zip(average.state_dict().values(), model.state_dict().values()):
                    if kept.is_floating_point():
                        kept.lerp_(new, 1 - decay)
            if step in (50, 200):
                print(f"step {step}: loss {loss.item():.3f}, {time.time() - start:.0f} s", flush=True)
        # The weights at the end are the ones kept; nothing is chosen by the test images.
        xception.save(average, path)
        print(
            f"epoch {epoch}: loss {loss.item():.3f}, test {accuracy(average, test, test_labels):.4f}, {time.time() - start:.0f} s",
            flush=True,
        )
    written = xception.load(path, architecture).to(memory_format=torch.channels_last)
    print(f"accuracy of {path} on the {len(test)} test images: {accuracy(written, test, test_labels):.4f}")


if __name__ == "__main__":
    main()
