"""Gradient covariance, PyTorch: `torch.func.vmap(torch.func.grad(loss))`, then a Gram matrix a parameter.

The way PyTorch's own tutorial on per-sample gradients recommends. All per-example gradients are held at once. The Gram
matrices are summed over the parameters, which saves the copy into one wide matrix.
"""

import torch
from torch.func import functional_call, grad, vmap

import torch_problem
from gradcov_torch import gram_of_gradients, matrix_of, with_spectrum
from protocol import Peer
from settings import Settings


def per_example_gradients(network: torch.nn.Module):
    """A function of inputs and labels: the gradients of each example's cross-entropy, one tensor a parameter."""
    parameters = {name: p.detach() for name, p in network.named_parameters()}

    def loss(parameters: dict, example: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        outputs = functional_call(network, parameters, (example,))
        return torch.nn.functional.cross_entropy(outputs, label)

    gradients = vmap(grad(loss), in_dims=(None, 0, 0))
    return lambda inputs, labels: list(gradients(parameters, inputs, labels).values())


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    inputs, labels = torch_problem.classification_batch(settings.examples, settings)
    gradients = per_example_gradients(torch_problem.network(settings))

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        return with_spectrum(gram_of_gradients(gradients(inputs, labels)))

    return Peer("torch-vmap", torch_problem.version(), run, matrix_of, 1, {"examples": settings.examples})
