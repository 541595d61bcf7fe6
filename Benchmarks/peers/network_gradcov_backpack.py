"""Gradient covariance of a larger network, BackPACK: one backward pass with the extension `BatchGrad`, as in
`gradcov_backpack.py`. It has no per-example gradients of a layer norm, an embedding or a class token, so it is absent
from the vision transformer."""

import torch
from backpack import backpack, extend
from backpack.extensions import BatchGrad

import torch_networks
import torch_problem
from gradcov_torch import gram_of_gradients, matrix_of, with_spectrum
from network_files import load
from network_peer import checked
from protocol import Absent, Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    problem = load(settings, batch=settings.examples)
    network = extend(torch_networks.network(problem, settings))
    loss = extend(torch.nn.CrossEntropyLoss(reduction="sum"))
    images = torch_networks.images(problem.data["inputs"], settings)
    labels = torch.from_numpy(problem.data["targets"])

    def gradients() -> list[torch.Tensor]:
        found = [getattr(parameter, "grad_batch", None) for parameter in network.parameters()]
        missing = sum(gradient is None for gradient in found)
        if missing:
            raise Absent(f"BackPACK gives no per-example gradients of {missing} of {len(found)} parameters")
        return found

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        with backpack(BatchGrad()):
            loss(network(images), labels).backward()
        answer = with_spectrum(gram_of_gradients(gradients()))
        for parameter in network.parameters():
            parameter.grad = None
            del parameter.grad_batch
        return answer

    try:
        return checked(Peer("backpack", torch_problem.version("backpack-for-pytorch"), run, matrix_of))
    except NotImplementedError as reason:
        raise Absent(f"BackPACK: {reason}") from reason
