"""Hessian-vector product, curvlinops: `HessianLinearOperator @ v` with PyTorch vectors.

Forward over reverse through `torch.func`, under `vmap` over the columns. The operator keeps nothing between products,
so that each pays for forward and backward pass too; there is no option that would keep them. The data are one batch,
and the check for determinism (which costs products) is off. The loss is written out as a module, because
`torch.func.jvp` of a gradient through `nn.MSELoss` fails in PyTorch 2.13.
"""

import torch
from curvlinops import HessianLinearOperator

import torch_problem
from protocol import Peer
from settings import Settings


class MeanSquare(torch.nn.Module):
    """`nn.MSELoss`, of which the operator reads `reduction`."""

    reduction = "mean"

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return ((outputs - targets) ** 2).mean()


def operator(settings: Settings) -> HessianLinearOperator:
    network = torch_problem.network(settings)
    data = [torch_problem.regression_batch(settings)]
    return HessianLinearOperator(
        network, MeanSquare(), list(network.parameters()), data, check_deterministic=False, num_data=settings.batch
    )


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    hessian = operator(settings)
    vector = torch_problem.flat_vector(settings)

    def run() -> torch.Tensor:
        return hessian @ vector

    return Peer(
        "curvlinops", torch_problem.version("curvlinops-for-pytorch"), run, lambda product: product.detach().numpy()
    )
