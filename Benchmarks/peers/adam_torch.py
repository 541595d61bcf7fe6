"""Training, PyTorch: `torch.optim.Adam(fused=True)`, the cross-entropy, batches in a fixed order.

The fused optimiser is one kernel for all parameters, the fastest that PyTorch has on the CPU. The batches are views
of one tensor, so that no data loader is charged. `--threads 1` and `--threads 2` are both worth a run: at batch 32
one thread may be faster.
"""

import numpy as np
import torch

import torch_problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, labels = torch_problem.classification_batch(settings.batch * settings.training_steps, settings)
    batches = list(zip(inputs.split(settings.batch), labels.split(settings.batch), strict=True))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)

    def run() -> torch.Tensor:
        for batch, classes in batches:
            optimiser.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(network(batch), classes)
            loss.backward()
            optimiser.step()
        return loss.detach()

    details = {"batch": settings.batch, "training_steps": settings.training_steps, "threads": settings.threads}
    return Peer("torch", torch_problem.version(), run, lambda loss: np.asarray([loss.item()]), 1, details)
