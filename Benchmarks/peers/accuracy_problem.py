"""A checkpoint of a fully connected network and its data, as PyTorch objects in the precision asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from network_files import tensors_of
from protocol import Absent

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


class MeanSquare(nn.Module):
    """`nn.MSELoss` written out: `torch.func.jvp` of a gradient through the original fails in PyTorch 2.13."""

    reduction = "mean"

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return ((outputs - targets) ** 2).mean()


@dataclass(frozen=True)
class AccuracyProblem:
    network: nn.Sequential
    inputs: torch.Tensor
    targets: torch.Tensor
    loss: nn.Module

    @property
    def size(self) -> int:
        return sum(parameter.numel() for parameter in self.network.parameters())

    def gradients(self) -> tuple[list[nn.Parameter], tuple[torch.Tensor, ...]]:
        """The parameters and the loss's gradients with their graph, which products retain."""
        parameters = list(self.network.parameters())
        loss = self.loss(self.network(self.inputs), self.targets)
        return parameters, torch.autograd.grad(loss, parameters, create_graph=True)


def load(folder: str, dtype: str) -> AccuracyProblem:
    """From `FOLDER/checkpoint.safetensors` and `FOLDER/data.safetensors`; labels mean cross-entropy."""
    tensors, metadata = tensors_of(Path(folder) / "checkpoint.safetensors", dtype)
    data, _ = tensors_of(Path(folder) / "data.safetensors", dtype)
    torch.set_default_dtype(getattr(torch, dtype))
    layers: list[nn.Module] = []
    for layer in json.loads(metadata["landscape.architecture"])["layers"]:
        if layer["kind"] == "linear":
            module = nn.Linear(layer["in"], layer["out"], bias=layer.get("bias", True))
            with torch.no_grad():
                for name, parameter in module.named_parameters():
                    parameter.copy_(torch.from_numpy(tensors[f"{layer['name']}.{name}"]))
            layers.append(module)
        elif layer["kind"] in ACTIVATIONS:
            layers.append(ACTIVATIONS[layer["kind"]]())
        else:
            raise Absent(f"a layer of kind {layer['kind']}")
    targets = torch.from_numpy(data["targets"])
    loss = MeanSquare() if targets.is_floating_point() else nn.CrossEntropyLoss()
    return AccuracyProblem(nn.Sequential(*layers), torch.from_numpy(data["inputs"]).flatten(1), targets, loss)
