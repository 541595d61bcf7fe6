"""The larger networks: their architectures from `../networks/NAME.json`, their tensors by name, and a point and a batch
drawn for them. NumPy only, as in `problem.py`.

The kinds of layers and the names of the tensors are those of `docs/CHECKPOINTS.md`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

NAMES = ("mlp", "cnn", "resnet18", "vit")
CLASSES = 10
SEED = 20230602


def architecture(name: str) -> dict:
    return json.loads((Path(__file__).parent.parent / "networks" / f"{name}.json").read_text())


def flattened(layers: list[dict]) -> Iterator[dict]:
    """Every layer in the order of the parameters: a residual unit's body, then its shortcut."""
    for layer in layers:
        if layer["kind"] == "residual":
            yield from flattened(layer["body"])
            yield from flattened(layer.get("shortcut", []))
        else:
            yield layer


def parameter_shapes(description: dict) -> dict[str, tuple[int, ...]]:
    """The trainable tensors in their order. A kind without parameters has none; an unknown one is an error where the
    network is built."""
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in flattened(description["layers"]):
        name = layer.get("name")
        match layer["kind"]:
            case "linear":
                shapes[f"{name}.weight"] = (layer["out"], layer["in"])
            case "conv2d":
                shapes[f"{name}.weight"] = (layer["out"], layer["in"], layer["kernel"], layer["kernel"])
            case "batch_norm2d":
                shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (layer["channels"],)
            case "layer_norm":
                shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = tuple(layer["shape"])
            case "class_token":
                shapes[name] = (1, 1, layer["dim"])
            case "position_embedding":
                shapes[name] = (1, layer["tokens"], layer["dim"])
            case "attention":
                dim = layer["dim"]
                shapes |= {f"{name}.qkv.weight": (3 * dim, dim), f"{name}.qkv.bias": (3 * dim,)}
                shapes |= {f"{name}.proj.weight": (dim, dim), f"{name}.proj.bias": (dim,)}
        if layer["kind"] in ("linear", "conv2d") and layer.get("bias", True):
            shapes[f"{name}.bias"] = (layer["out"],)
    return shapes


def buffer_shapes(description: dict) -> dict[str, tuple[int, ...]]:
    """What batch norms in evaluation mode read, and no gradient changes."""
    return {
        f"{layer['name']}.{kind}": (layer["channels"],)
        for layer in flattened(description["layers"])
        if layer["kind"] == "batch_norm2d"
        for kind in ("running_mean", "running_var")
    }


def generator(stream: str) -> np.random.Generator:
    """A generator of its own for each named stream, so that a layer or an example more changes no other's draw."""
    return np.random.default_rng([SEED, zlib.crc32(stream.encode())])


def point(description: dict) -> dict[str, np.ndarray]:
    """Parameters and buffers in float32. Weights and biases are uniform in ±1/√(fan in), as PyTorch draws its own;
    scales and running variances near 1, shifts, embeddings and running means near 0, but none of them exactly: at 1
    and 0 a wrong formula may be right."""
    shapes = parameter_shapes(description)
    tensors: dict[str, np.ndarray] = {}
    for name, shape in shapes.items():
        draw = generator(name)
        owner = shapes.get(name.removesuffix(".bias") + ".weight", shape)
        if len(shape) in (2, 4) or (name.endswith(".bias") and len(owner) in (2, 4)):
            bound = 1 / np.sqrt(np.prod(owner[1:]))
            tensors[name] = draw.uniform(-bound, bound, shape)
        else:
            tensors[name] = (name.endswith(".weight")) + 0.02 * draw.standard_normal(shape)
    for name, shape in buffer_shapes(description).items():
        mean = 1 if name.endswith("_mean") else 0
        tensors[name] = generator(name).uniform(0.8, 1.2, shape) - mean
    return {name: tensor.astype(np.float32) for name, tensor in tensors.items()}


def vector(description: dict) -> dict[str, np.ndarray]:
    """The vector of the Hessian products: standard normal."""
    return {
        name: generator(f"vector {name}").standard_normal(shape, dtype=np.float32)
        for name, shape in parameter_shapes(description).items()
    }


def examples(description: dict, count: int) -> dict[str, np.ndarray]:
    """Inputs uniform in [0, 1) and the classes of a cross-entropy."""
    shape = (count, *description["input"])
    return {
        "inputs": generator("inputs").random(shape, dtype=np.float32),
        "targets": generator("targets").integers(0, CLASSES, count),
    }


def transitions(description: dict, count: int) -> dict[str, np.ndarray]:
    """What a deep Q-network learns from: states and what came of them, a tenth of them at an episode's end."""
    shape = (count, *description["input"])
    return {
        "inputs": generator("inputs").random(shape, dtype=np.float32),
        "actions": generator("actions").integers(0, CLASSES, count),
        "rewards": generator("rewards").random(count, dtype=np.float32),
        "next_inputs": generator("next inputs").random(shape, dtype=np.float32),
        "terminals": (generator("terminals").random(count) < 0.1).astype(np.float32),
    }
