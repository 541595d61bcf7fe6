"""A network's point, batch and vector as safetensors files, which both sides of the benchmark read: the harness writes
them for its peers, `write` for `check_agreement.py`, `make_checkpoint.py` and whoever runs a peer alone.

    FOLDER/checkpoint.safetensors    parameters, buffers and the architecture
    FOLDER/data.safetensors          inputs, targets; or transitions
    FOLDER/vector.safetensors        direction.0/<parameter>, as `landscape product` reads it
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

import networks
from settings import Settings


@dataclass(frozen=True)
class NetworkProblem:
    """What the files hold, the floating-point tensors in the precision asked for."""

    architecture: dict
    parameters: dict[str, np.ndarray]
    buffers: dict[str, np.ndarray]
    data: dict[str, np.ndarray]
    vector: dict[str, np.ndarray]


def write(folder: Path, name: str, batch: int = 0, transitions: int = 0) -> None:
    description = networks.architecture(name)
    metadata = {
        "format": "pt",
        "landscape.format_version": "1",
        "landscape.architecture": json.dumps(description),
    }
    folder.mkdir(parents=True, exist_ok=True)
    save_file(networks.point(description), folder / "checkpoint.safetensors", metadata)
    data = networks.transitions(description, transitions) if transitions else networks.examples(description, batch)
    save_file(data, folder / "data.safetensors")
    vector = {f"direction.0/{name}": tensor for name, tensor in networks.vector(description).items()}
    save_file(vector, folder / "vector.safetensors")


def load(settings: Settings, batch: int = 0, transitions: int = 0) -> NetworkProblem:
    """The files of `settings.folder`, or, where none is given, of a problem of that many examples drawn for once."""
    if settings.folder is not None:
        return read(Path(settings.folder), settings.dtype)
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), settings.network, batch, transitions)
        return read(Path(folder), settings.dtype)


def read(folder: Path, dtype: str) -> NetworkProblem:
    tensors, metadata = tensors_of(folder / "checkpoint.safetensors", dtype)
    description = json.loads(metadata["landscape.architecture"])
    data, _ = tensors_of(folder / "data.safetensors", dtype)
    vector: dict[str, np.ndarray] = {}
    if os.path.exists(folder / "vector.safetensors"):
        named, _ = tensors_of(folder / "vector.safetensors", dtype)
        vector = {name: named[f"direction.0/{name}"] for name in networks.parameter_shapes(description)}
    return NetworkProblem(
        description,
        {name: tensors[name] for name in networks.parameter_shapes(description)},
        {name: tensors[name] for name in networks.buffer_shapes(description)},
        data,
        vector,
    )


def tensors_of(path: Path, dtype: str) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    with safe_open(path, framework="np") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        metadata = file.metadata() or {}
    return {
        name: tensor.astype(dtype) if tensor.dtype.kind == "f" else tensor for name, tensor in tensors.items()
    }, metadata
