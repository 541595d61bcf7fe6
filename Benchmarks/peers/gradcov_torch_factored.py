"""Gradient covariance, PyTorch with our own algorithm: the per-example gradients are never formed.

For a linear layer ⟨gᵢ, gⱼ⟩ = (δᵢ·δⱼ)(aᵢ·aⱼ + 1), with the layer's input a and the gradient δ of its output. No library
offers this; it is here to tell what of the difference is the algorithm and what is the implementation.
"""

import torch

import torch_problem
from gradcov_torch import matrix_of, with_spectrum
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, labels = torch_problem.classification_batch(settings.examples, settings)

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        activations, outputs = [], []
        signal = inputs
        for layer in network:
            if isinstance(layer, torch.nn.Linear):
                activations.append(signal.detach())
                signal = layer(signal)
                outputs.append(signal)
            else:
                signal = layer(signal)
        # A sum, so that row i of a delta is the gradient of example i's own loss.
        loss = torch.nn.functional.cross_entropy(signal, labels, reduction="sum")
        deltas = torch.autograd.grad(loss, outputs)
        gram = torch.zeros(settings.examples, settings.examples)
        for activation, delta in zip(activations, deltas, strict=True):
            gram.addcmul_(delta @ delta.T, (activation @ activation.T).add_(1))
        return with_spectrum(gram)

    return Peer("torch-factored", torch_problem.version(), run, matrix_of, 3, {"examples": settings.examples})
