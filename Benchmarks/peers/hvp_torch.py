"""Hessian-vector product, PyTorch by hand: double backward through a retained graph.

`torch.autograd.grad(loss, parameters, create_graph=True)` once at the point, then for each product
`torch.autograd.grad(gradients, parameters, v, retain_graph=True)`. Forward and first backward pass are paid once,
which is the fastest that PyTorch's own autograd offers at a fixed point. The product is left as PyTorch returns it,
one tensor a parameter: the copy into a flat vector is not charged.
"""

import torch

import torch_problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, targets = torch_problem.regression_batch(settings)
    parameters = list(network.parameters())
    loss = ((network(inputs) - targets) ** 2).mean()
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)
    vector = torch_problem.views(torch_problem.flat_vector(settings), [p.shape for p in parameters])

    def run() -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(gradients, parameters, vector, retain_graph=True)

    return Peer("torch", torch_problem.version(), run, torch_problem.as_flat_array)
