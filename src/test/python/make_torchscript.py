"""Makes TorchScript programs as people save them, and what torch answers to four images.

    python make_torchscript.py OUTPUT_DIR

Writes small files OUTPUT_DIR/NAME.pt and OUTPUT_DIR/torchscript.json: of each program that works, its input size, the mean and
deviation that its caller normalizes with, and its scores: the softmax of its logits, or its own probabilities. Image k has the
pixel ((3 + 5 k) x + (7 + 2 k) y + 59 c + k x y) mod 256 at column x, row y, channel c. The other programs are of those that an
import refuses, and one whose memory is too little. Needs torch; the committed files are those of torch 2.15.
"""

import json
import pathlib
import sys
import warnings
import zipfile

import torch
from torch import nn

warnings.filterwarnings("ignore", category=FutureWarning)
output = pathlib.Path(sys.argv[1])
output.mkdir(parents=True, exist_ok=True)
SIZE = 32
CLASSES = 3
HALF = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])


def small(seed, *end):
    """A network whose scores differ much between the images."""
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.Conv2d(8, 16, 3, stride=2),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.5),
        nn.Linear(16, CLASSES),
        *end,
    )
    with torch.no_grad():
        network[8].weight.mul_(20)
    return network.eval()


class Viewing(nn.Module):
    """Looks at its input as it lies in memory: rows of planes, as torch makes them."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.dense = nn.Linear(3 * SIZE * SIZE, CLASSES)

    def forward(self, x):
        if x.size(2) != 32:
            raise RuntimeError("wants 32 rows")
        return self.dense(x.view(x.size(0), -1))


class Crowded(Viewing):
    """Says what libtorch says of a GPU whose memory is too little for a batch, of which this has room for two images."""

    def forward(self, x):
        if x.size(0) > 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 1.00 GiB free")
        return self.dense(x.view(x.size(0), -1))


class Wrapped(nn.Module):
    def __init__(self, network=None):
        super().__init__()
        self.network = network or small(1)


class Two(Wrapped):
    def forward(self, x):
        return self.network(x), x


class Double(Wrapped):
    def forward(self, x):
        return self.network(x).double()


class Half(Wrapped):
    def forward(self, x):
        return self.network(x).bfloat16()


class Nan(Wrapped):
    def forward(self, x):
        return self.network(x) / 0 * 0


class OneImage(Wrapped):
    def forward(self, x):
        return self.network(x).view(1, CLASSES)


class Cuda(Wrapped):
    def forward(self, x):
        return self.network(x) + torch.zeros(3, device="cuda:0")


class Maps(nn.Module):
    def forward(self, x):
        return x


class TwoInputs(nn.Module):
    def forward(self, x, y):
        return x + y


def image(k):
    y, x, c = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), torch.arange(3), indexing="ij")
    return ((3 + 5 * k) * x + (7 + 2 * k) * y + 59 * c + k * x * y) % 256


def normalized(mean, deviation):
    pixels = torch.stack([image(k) for k in range(4)]).permute(0, 3, 1, 2).float().contiguous()
    return (pixels / 255 - torch.tensor(mean).view(1, 3, 1, 1)) / torch.tensor(deviation).view(1, 3, 1, 1)


def traced(network):
    return torch.jit.trace(network, torch.rand(1, 3, SIZE, SIZE), check_trace=False)


def save(program, name, edit=lambda code: code):
    """Without what torch adds for debugging, which names files of the machine."""
    file = output / f"{name}.pt"
    program.save(str(file))
    with zipfile.ZipFile(file) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(file, "w") as archive:
        for entry, content in entries:
            if not entry.filename.endswith(".debug_pkl"):
                code = entry.filename.endswith(".py")
                archive.writestr(zipfile.ZipInfo(entry.filename), edit(content) if code else content)


works = {
    "traced": (traced(small(5)), HALF, False),
    "scripted": (torch.jit.script(Viewing()), HALF, False),
    "imagenet": (torch.jit.script(small(2)), IMAGENET, False),
    "probabilities": (traced(small(4, nn.Softmax(1))), HALF, True),
}
references = {}
for name, (program, (mean, deviation), probabilities) in works.items():
    save(program, name)
    with torch.no_grad():
        outputs = program(normalized(mean, deviation))
    scores = outputs if probabilities else outputs.softmax(1)
    references[name] = {"size": SIZE, "mean": mean, "deviation": deviation, "scores": scores.tolist()}
(output / "torchscript.json").write_text(json.dumps(references) + "\n")

refused = {
    "two_outputs": traced(Two()),
    "double": traced(Double()),
    "bfloat16": traced(Half()),
    "nan": traced(Nan()),
    "one_image": traced(OneImage()),
    "training": traced(small(1).train()),
    "cuda": torch.jit.script(Cuda()),
    "maps": traced(Maps()),
    "two_inputs": torch.jit.script(TwoInputs()),
}
for name, program in refused.items():
    save(program, name)
save(torch.jit.script(Crowded()), "crowded")
save(traced(small(1)), "newer_operator", lambda code: code.replace(b"torch.relu(", b"torch.relu_of_tomorrow("))
torch.save(small(1).state_dict(), output / "state_dict.pt")
torch.save(small(1), output / "pickled_module.pt")
