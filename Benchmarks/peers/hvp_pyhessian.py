"""Hessian-vector product, PyHessian: `pyhessian.utils.hessian_vector_product` on the gradients that
`pyhessian.hessian(model, criterion, data=…)` holds.

This is what every method of PyHessian calls for a single batch (its `dataloader_hv_product`, for several batches,
builds the graph anew each time and is slower). The graph is retained; the vector is a list of tensors, as PyHessian
keeps it.
"""

import torch
from pyhessian import hessian
from pyhessian.utils import hessian_vector_product

import torch_problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    analysis = hessian(
        network, torch.nn.MSELoss(), data=torch_problem.regression_batch(settings), cuda=False
    )
    vector = torch_problem.views(torch_problem.flat_vector(settings), [p.shape for p in analysis.params])

    def run() -> tuple[torch.Tensor, ...]:
        return hessian_vector_product(analysis.gradsH, analysis.params, vector)

    return Peer("pyhessian", torch_problem.version("PyHessian"), run, torch_problem.as_flat_array)
