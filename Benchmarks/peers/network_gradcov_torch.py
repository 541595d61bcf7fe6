"""Gradient covariance of a larger network, PyTorch: `vmap(grad(loss))`, then a Gram matrix a parameter, as in
`gradcov_torch_vmap.py`."""

import torch
from torch.func import functional_call, grad, vmap

import torch_networks
import torch_problem
from gradcov_torch import gram_of_gradients, matrix_of, with_spectrum
from network_files import load
from network_peer import checked
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    problem = load(settings, batch=settings.examples)
    network = torch_networks.network(problem, settings)
    images = torch_networks.images(problem.data["inputs"], settings)
    labels = torch.from_numpy(problem.data["targets"])
    parameters = {name: parameter.detach() for name, parameter in network.named_parameters()}

    def loss(parameters: dict, image: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        outputs = functional_call(network, parameters, (image[None],))
        return torch.nn.functional.cross_entropy(outputs, label[None])

    gradients = vmap(grad(loss), in_dims=(None, 0, 0))

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        return with_spectrum(gram_of_gradients(list(gradients(parameters, images, labels).values())))

    return checked(Peer("torch-vmap", torch_problem.version(), run, matrix_of))
