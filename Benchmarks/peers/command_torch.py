"""The whole command, PyTorch: extreme eigenvalues of the Hessian of a checkpoint, from the shell.

    python command_torch.py CHECKPOINT DATA [--examples N] [--which LM]

`scipy.sparse.linalg.eigsh` over products through a retained graph (`hvp_torch.py`): ARPACK is what a PyTorch user has
at hand, and the retained graph its fastest product.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from command_common import load, report_eigenvalues, run, unsupported

if TYPE_CHECKING:
    import numpy as np


def analyse(arguments: argparse.Namespace) -> None:
    import torch

    layers, arrays, inputs, targets = load(arguments)
    torch.set_num_threads(arguments.threads)
    parameters = {name: torch.from_numpy(array).requires_grad_() for name, array in arrays.items()}
    signal = torch.from_numpy(inputs)
    for layer in layers:
        match layer["kind"]:
            case "flatten":
                signal = signal.flatten(1)
            case "linear":
                name = layer["name"]
                signal = torch.nn.functional.linear(
                    signal, parameters[f"{name}.weight"], parameters.get(f"{name}.bias")
                )
            case "relu":
                signal = signal.relu()
            case "tanh":
                signal = signal.tanh()
            case _:
                raise unsupported(layer)
    if arguments.loss == "mse":
        loss = ((signal - torch.from_numpy(targets)) ** 2).mean()
    else:
        loss = torch.nn.functional.cross_entropy(signal, torch.from_numpy(targets).long())

    values = list(parameters.values())
    sizes = [value.numel() for value in values]
    gradients = torch.autograd.grad(loss, values, create_graph=True)

    def product(vector: np.ndarray) -> np.ndarray:
        pieces = torch.from_numpy(vector).split(sizes)
        directions = [piece.view_as(value) for piece, value in zip(pieces, values, strict=True)]
        image = torch.autograd.grad(gradients, values, directions, retain_graph=True)
        return torch.cat([piece.reshape(-1) for piece in image]).numpy()

    report_eigenvalues(product, sum(sizes), arguments)


if __name__ == "__main__":
    sys.exit(run(analyse, "Extreme eigenvalues of a checkpoint's Hessian, with PyTorch."))
