"""A small Xception in PyTorch, and the published Keras layout of its weights.

The network of Chollet 2017 as built by keras.applications, with depth and widths as parameters, and the variants of the
paper: without residual connections (figure 9), and with an activation between the depthwise
and the pointwise convolution (figure 10).
"""

from dataclasses import dataclass

import h5py
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BATCH_NORM_EPSILON = 1e-3
INTERMEDIATE = {"none": nn.Identity, "relu": nn.ReLU, "elu": nn.ELU}


@dataclass(frozen=True)
class Architecture:
    input_size: int = 56
    stem: tuple = (16, 32)
    entry: tuple = (64, 128, 192)
    middle_blocks: int = 2
    exit: int = 256
    exit_convs: tuple = (320, 384)
    classes: int = 10
    residual: bool = True
    intermediate: str = "none"


def batch_norm(channels):
    return nn.BatchNorm2d(channels, eps=BATCH_NORM_EPSILON, momentum=0.05)


class SeparableConv(nn.Module):
    def __init__(self, channels, filters, intermediate):
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.intermediate = INTERMEDIATE[intermediate]()
        self.pointwise = nn.Conv2d(channels, filters, 1, bias=False)
        self.bn = batch_norm(filters)

    def forward(self, x):
        return self.bn(self.pointwise(self.intermediate(self.depthwise(x))))


def max_pool_same(x):
    """TensorFlow's "same" padding: an odd padding cell is at the end."""
    return F.max_pool2d(x, 3, 2, padding=[n % 2 for n in x.shape[-2:]], ceil_mode=True)


class Downsample(nn.Module):
    def __init__(self, a, channels, between, filters, leading_relu):
        super().__init__()
        if a.residual:
            self.residual = nn.Conv2d(channels, filters, 1, stride=2, bias=False)
            self.residual_bn = batch_norm(filters)
        self.convs = nn.ModuleList(
            [SeparableConv(channels, between, a.intermediate), SeparableConv(between, filters, a.intermediate)]
        )
        self.leading_relu = leading_relu
        self.has_residual = a.residual

    def forward(self, x):
        y = self.convs[0](F.relu(x) if self.leading_relu else x)
        y = max_pool_same(self.convs[1](F.relu(y)))
        return y + self.residual_bn(self.residual(x)) if self.has_residual else y


class Middle(nn.Module):
    def __init__(self, a, channels):
        super().__init__()
        self.convs = nn.ModuleList(SeparableConv(channels, channels, a.intermediate) for _ in range(3))
        self.has_residual = a.residual

    def forward(self, x):
        y = x
        for conv in self.convs:
            y = conv(F.relu(y))
        return y + x if self.has_residual else y


class Xception(nn.Module):
    def __init__(self, a):
        super().__init__()
        self.conv1 = nn.Conv2d(3, a.stem[0], 3, stride=2, bias=False)
        self.bn1 = batch_norm(a.stem[0])
        self.conv2 = nn.Conv2d(a.stem[0], a.stem[1], 3, bias=False)
        self.bn2 = batch_norm(a.stem[1])
        blocks, channels = [], a.stem[1]
        for width in a.entry:
            blocks.append(Downsample(a, channels, width, width, leading_relu=bool(blocks)))
            channels = width
        blocks += [Middle(a, channels) for _ in range(a.middle_blocks)]
        blocks.append(Downsample(a, channels, channels, a.exit, leading_relu=True))
        self.blocks = nn.ModuleList(blocks)
        self.conv3 = SeparableConv(a.exit, a.exit_convs[0], a.intermediate)
        self.conv4 = SeparableConv(*a.exit_convs, a.intermediate)
        self.head = nn.Linear(a.exit_convs[1], a.classes)

    def features(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        for block in self.blocks:
            x = block(x)
        x = F.relu(self.conv4(F.relu(self.conv3(x))))
        return x.mean((2, 3))

    def forward(self, x):
        return self.head(F.dropout(self.features(x), 0.2, self.training))

    def in_creation_order(self):
        """Yields the layers with weights, in the order in which Keras numbers them: the residual of a block first."""
        yield self.conv1
        yield self.bn1
        yield self.conv2
        yield self.bn2
        for block in self.blocks:
            if isinstance(block, Downsample) and block.has_residual:
                yield block.residual
                yield block.residual_bn
            for conv in block.convs:
                yield conv
                yield conv.bn
        for conv in (self.conv3, self.conv4):
            yield conv
            yield conv.bn
        yield self.head


def published_layout(model):
    """Yields (group, {dataset: (parameter, axes)}) per layer: names and layouts of the Keras file published in 2016."""
    counts = {}
    for layer in model.in_creation_order():
        if isinstance(layer, SeparableConv):
            kind = "separableconvolution2d"
            variables = {
                "depthwise_kernel": (layer.depthwise.weight, (2, 3, 0, 1)),
                "pointwise_kernel": (layer.pointwise.weight, (2, 3, 1, 0)),
            }
        elif isinstance(layer, nn.Conv2d):
            kind, variables = "convolution2d", {"W": (layer.weight, (2, 3, 1, 0))}
        elif isinstance(layer, nn.Linear):
            kind, variables = "dense", {"W": (layer.weight, (1, 0)), "b": (layer.bias, (0,))}
        else:
            kind = "batchnormalization"
            variables = {
                "gamma": (layer.weight, (0,)),
                "beta": (layer.bias, (0,)),
                "running_mean": (layer.running_mean, (0,)),
                "running_std": (layer.running_var, (0,)),  # the name says std, the values are variances
            }
        counts[kind] = counts.get(kind, 0) + 1
        group = f"{kind}_{counts[kind] + (kind == 'dense')}"  # the published head is called dense_2
        yield group, {f"{group}_{name}:0": value for name, value in variables.items()}


def save(model, path):
    with h5py.File(path, "w") as file:
        groups = list(published_layout(model))
        file.attrs["layer_names"] = np.array([name.encode() for name, _ in groups])
        for name, variables in groups:
            group = file.create_group(name)
            group.attrs["weight_names"] = np.array([variable.encode() for variable in variables])
            for variable, (parameter, axes) in variables.items():
                values = parameter.detach().permute(axes).contiguous().numpy()
                group.create_dataset(variable, data=values.astype(np.float32))


def load(path, architecture):
    model = Xception(architecture)
    with h5py.File(path) as file, torch.no_grad():
        for name, variables in published_layout(model):
            for variable, (parameter, axes) in variables.items():
                values = torch.from_numpy(file[name][variable][()])
                parameter.copy_(values.permute([int(i) for i in np.argsort(axes)]))
    return model.eval()
