"""Hessian product of a larger network, PyTorch: double backward through a retained graph, as in `hvp_torch.py`."""

import torch

import torch_networks
import torch_problem
from network_files import load
from network_peer import checked
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    problem = load(settings, batch=settings.batch)
    network = torch_networks.network(problem, settings)
    parameters = list(network.parameters())
    outputs = network(torch_networks.images(problem.data["inputs"], settings))
    loss = torch.nn.functional.cross_entropy(outputs, torch.from_numpy(problem.data["targets"]))
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)
    vector = [torch.from_numpy(array) for array in problem.vector.values()]

    def run() -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(gradients, parameters, vector, retain_graph=True)

    return checked(Peer(torch_networks.library(settings), torch_problem.version(), run, torch_networks.flat))
