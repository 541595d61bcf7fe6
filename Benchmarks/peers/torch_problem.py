"""The common problem as PyTorch objects: the module, the losses, the vectors."""

from importlib import metadata

import numpy as np
import torch
from torch import nn

import problem
from settings import Settings


def set_up(settings: Settings) -> None:
    torch.set_num_threads(settings.threads)
    torch.set_default_dtype(torch.float64 if settings.precision == "double" else torch.float32)


def network(settings: Settings) -> nn.Sequential:
    """Linear–ReLU–Linear–ReLU–Linear holding the common parameters."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in zip(problem.WIDTHS, problem.WIDTHS[1:]):
        layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    module = nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for parameter, array in zip(module.parameters(), problem.parameters(settings.dtype), strict=True):
            parameter.copy_(torch.from_numpy(array))
    return module


def regression_batch(settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        torch.from_numpy(problem.inputs(settings.batch, settings.dtype)),
        torch.from_numpy(problem.targets(settings.batch, settings.dtype)),
    )


def classification_batch(count: int, settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
    return (
        torch.from_numpy(problem.inputs(count, settings.dtype)),
        torch.from_numpy(problem.labels(count)),
    )


def flat_vector(settings: Settings) -> torch.Tensor:
    return torch.from_numpy(problem.flat(problem.vector(settings.dtype)))


def views(flat: torch.Tensor, shapes: list[torch.Size]) -> list[torch.Tensor]:
    """The flat vector seen in the shapes of the parameters; nothing is copied."""
    pieces = flat.split([shape.numel() for shape in shapes])
    return [piece.view(shape) for piece, shape in zip(pieces, shapes, strict=True)]


def as_flat_array(tensors: list[torch.Tensor] | tuple[torch.Tensor, ...]) -> np.ndarray:
    return problem.flat([tensor.detach().numpy() for tensor in tensors])


def version(distribution: str | None = None) -> str:
    """`2.13.0+cpu`, or `0.1 on PyTorch 2.13.0+cpu` for a library that stands on PyTorch."""
    if distribution is None:
        return torch.__version__
    return f"{metadata.version(distribution)} on PyTorch {torch.__version__}"
