"""Gradient covariance, BackPACK: one backward pass with the extension `BatchGrad`.

The per-example gradients come as `parameter.grad_batch` beside the ordinary backward pass. The loss is a sum, so that
they are those of each example's own loss. Module and loss are extended once, in the set-up.
"""

import torch
from backpack import backpack, extend
from backpack.extensions import BatchGrad

import torch_problem
from gradcov_torch import gram_of_gradients, matrix_of, with_spectrum
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = extend(torch_problem.network(settings))
    loss = extend(torch.nn.CrossEntropyLoss(reduction="sum"))
    inputs, labels = torch_problem.classification_batch(settings.examples, settings)

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        with backpack(BatchGrad()):
            loss(network(inputs), labels).backward()
        gradients = [parameter.grad_batch for parameter in network.parameters()]
        answer = with_spectrum(gram_of_gradients(gradients))
        for parameter in network.parameters():
            parameter.grad = None
            del parameter.grad_batch
        return answer

    return Peer(
        "backpack",
        torch_problem.version("backpack-for-pytorch"),
        run,
        matrix_of,
        1,
        {"examples": settings.examples},
    )
