"""Makes fine-tuned networks of timm as people make them, and what timm answers to four images.

    python make_timm_models.py OUTPUT_DIR

Writes one file a network and OUTPUT_DIR/timm.json, of the form that make_models.py describes, of the same images. The networks
are timm's legacy_xception, narrow so that their files can lie in the repository: its modules are replaced by those of fewer
channels before anything is asked of it. Needs torch, timm and safetensors.
"""

import json
import pathlib
import sys
import zlib

import numpy as np
import safetensors.torch
import timm
import torch
from timm.models.xception import Block, SeparableConv2d
from torch import nn

output = pathlib.Path(sys.argv[1])

STEM, ENTRY, MIDDLE, EXIT, EXIT_CONVS = (4, 8), (8, 12, 16), range(4, 12), 20, (24, 32)


def narrow(classes, **settings):
    """timm.create_model("legacy_xception", num_classes=classes), with the widths of above."""
    model = timm.create_model("legacy_xception", num_classes=classes, **settings)
    model.conv1, model.bn1 = nn.Conv2d(3, STEM[0], 3, 2, 0, bias=False), nn.BatchNorm2d(STEM[0])
    model.conv2, model.bn2 = nn.Conv2d(STEM[0], STEM[1], 3, bias=False), nn.BatchNorm2d(STEM[1])
    before = STEM[1]
    for block, width in enumerate(ENTRY, 1):
        setattr(model, f"block{block}", Block(before, width, 2, 2, start_with_relu=block > 1))
        before = width
    for block in MIDDLE:
        setattr(model, f"block{block}", Block(before, before, 3, 1))
    model.block12 = Block(before, EXIT, 2, 2, grow_first=False)
    model.conv3, model.bn3 = SeparableConv2d(EXIT, EXIT_CONVS[0], 3, 1, 1), nn.BatchNorm2d(EXIT_CONVS[0])
    model.conv4, model.bn4 = SeparableConv2d(EXIT_CONVS[0], EXIT_CONVS[1], 3, 1, 1), nn.BatchNorm2d(EXIT_CONVS[1])
    model.num_features = EXIT_CONVS[1]
    model.reset_classifier(classes)
    return model


def images(size):
    k, y, x, c = np.meshgrid(np.arange(4), np.arange(size), np.arange(size), np.arange(3), indexing="ij")
    return ((3 + 5 * k) * x + (7 + 2 * k) * y + 59 * c + k * x * y) % 256


def fill(model, x):
    """Weights that let every part of the network matter, and the statistics of these images."""
    for name, value in model.named_parameters():
        if name.endswith("weight") and value.ndim == 1:
            value.uniform_(0.7, 1.4)
        elif value.ndim == 1:
            value.normal_(0, 0.2)
        elif value.ndim == 2:
            value.normal_(0, 1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
    model.train()
    model(x)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean += 0.1 * module.running_var.sqrt()
            module.running_var *= 1.3


# name, classes, other settings, input size, type of the saved values
NETWORKS = [
    ("timm_classes", 7, {"drop_rate": 0.2}, 75, torch.float32),
    ("timm_half", 5, {}, 71, torch.float16),
    ("timm_embedding", 0, {}, 96, torch.bfloat16),
]

output.mkdir(parents=True, exist_ok=True)
reference = []
for name, classes, settings, size, dtype in NETWORKS:
    torch.manual_seed(zlib.crc32(name.encode()))
    model = narrow(classes, **settings)
    x = torch.tensor(images(size) / 127.5 - 1, dtype=torch.float32).permute(0, 3, 1, 2).contiguous()
    with torch.no_grad():
        fill(model, x)
        # What is saved is rounded; it is computed in float32, as the job does.
        model = model.to(dtype)
        safetensors.torch.save_file(model.state_dict(), output / f"{name}.safetensors")
        outputs = model.float().eval()(x).numpy()
    reference.append({
        "name": name, "file": f"{name}.safetensors", "height": size, "width": size, "normalises": "keras",
        "activation": "none", **({} if classes else {"embedding": True}),
        "outputs": [[round(float(v), 7) for v in row] for row in outputs],
    })
    print(name, np.round(outputs[:2, :4], 3).tolist(), flush=True)
(output / "timm.json").write_text(json.dumps(reference, indent=1))
