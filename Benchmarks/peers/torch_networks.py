"""A network of the files as PyTorch modules, at the files' point, in evaluation mode.

Tuned means what a user may do for speed without leaving PyTorch: images and convolutions in the channels-last layout
here, and a memory allocator that keeps its pages (`allocator.py`).
"""

import numpy as np
import torch
from torch import nn

import torch_problem
from network_files import NetworkProblem
from settings import Settings
from torch_layers import (
    Attention,
    ClassToken,
    GlobalAveragePool,
    PositionEmbedding,
    Residual,
    SelectToken,
    Tokens,
)


def network(problem: NetworkProblem, settings: Settings) -> nn.Module:
    module = sequence(problem.architecture["layers"])
    with torch.no_grad():
        for parameter, array in zip(module.parameters(), problem.parameters.values(), strict=True):
            parameter.copy_(tensor(array, parameter.shape))
        running = [buffer for buffer in module.buffers() if buffer.is_floating_point()]
        for buffer, array in zip(running, problem.buffers.values(), strict=True):
            buffer.copy_(tensor(array, buffer.shape))
    module.eval()
    return module.to(memory_format=torch.channels_last) if settings.tuned else module


def tensor(array: np.ndarray, shape: torch.Size) -> torch.Tensor:
    """`copy_` would broadcast what does not fit."""
    if array.shape != tuple(shape):
        raise ValueError(f"a tensor of shape {array.shape} where the module has {tuple(shape)}")
    return torch.from_numpy(array)


def images(array: np.ndarray, settings: Settings) -> torch.Tensor:
    batch = torch.from_numpy(array)
    return batch.contiguous(memory_format=torch.channels_last) if settings.tuned else batch


def sequence(layers: list[dict]) -> nn.Sequential:
    return nn.Sequential(*[module(layer) for layer in layers])


def module(layer: dict) -> nn.Module:
    bias = layer.get("bias", True)
    match layer["kind"]:
        case "flatten":
            return nn.Flatten()
        case "linear":
            return nn.Linear(layer["in"], layer["out"], bias)
        case "conv2d":
            stride, padding = layer.get("stride", 1), layer.get("padding", 0)
            return nn.Conv2d(layer["in"], layer["out"], layer["kernel"], stride, padding, bias=bias)
        case "relu":
            return nn.ReLU()
        case "gelu":
            return nn.GELU(layer.get("approximate", "none"))
        case "batch_norm2d":
            return nn.BatchNorm2d(layer["channels"], layer.get("eps", 1e-5))
        case "layer_norm":
            return nn.LayerNorm(layer["shape"], layer.get("eps", 1e-5))
        case "global_avg_pool":
            return GlobalAveragePool()
        case "residual":
            shortcut = layer.get("shortcut")
            return Residual(sequence(layer["body"]), sequence(shortcut) if shortcut else nn.Identity())
        case "tokens":
            return Tokens()
        case "class_token":
            return ClassToken(layer["dim"])
        case "position_embedding":
            return PositionEmbedding(layer["tokens"], layer["dim"])
        case "attention":
            return Attention(layer["dim"], layer["heads"])
        case "select_token":
            return SelectToken(layer.get("index", 0))
    raise ValueError(f"layer kind '{layer['kind']}' is in no network of the benchmark")


def library(settings: Settings) -> str:
    return "torch, tuned" if settings.tuned else "torch"


def flat(tensors) -> np.ndarray:
    """End to end in the order of the parameters; the memory layout does not show."""
    return torch_problem.as_flat_array(list(tensors))
