"""Hessian-vector product, hessian-eigenthings: `HessianOperator(…, method="autograd").matvec(v)`.

The exact method (the other one is a central difference). It builds loss and gradient graph anew for each product; there
is no option to retain them. One batch, handed over as a list of one, so that no data loader is charged.
"""

import torch
from hessian_eigenthings import HessianOperator
from hessian_eigenthings.loss_fns import supervised_loss

import torch_problem
from protocol import Peer
from settings import Settings


def operator(settings: Settings) -> HessianOperator:
    return HessianOperator(
        torch_problem.network(settings),
        [torch_problem.regression_batch(settings)],
        supervised_loss(torch.nn.functional.mse_loss),
        method="autograd",
    )


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    hessian = operator(settings)
    vector = torch_problem.flat_vector(settings)

    def run() -> torch.Tensor:
        return hessian.matvec(vector)

    return Peer(
        "hessian-eigenthings",
        torch_problem.version("hessian-eigenthings"),
        run,
        lambda product: product.detach().numpy(),
    )
