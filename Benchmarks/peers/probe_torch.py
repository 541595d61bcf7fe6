"""A probe's task, PyTorch: `torch.optim.Adam(fused=True)` on batches drawn from a fixed set of inputs.

As in the probe, every run begins at the same point with a fresh optimiser, learns sin(1e5 f(x; omega)) in all outputs, and
takes the loss over all inputs after 0, 1, 2, 4, … steps and at the end. The rows of the batches are drawn beforehand.
With `--tuned` the gradient of a batch is compiled by `torch.compile`.
"""

import numpy as np
import torch

import problem
import torch_problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    start = [parameter.detach().clone() for parameter in network.parameters()]
    inputs = torch.from_numpy(problem.inputs(settings.examples, settings.dtype))
    targets = torch.from_numpy(problem.probe_targets(settings.examples).astype(settings.dtype))
    rows = torch.from_numpy(problem.probe_batches(settings.training_steps, settings.batch, settings.examples))
    measured = set(problem.probe_curve_steps(settings.training_steps))

    def batch_loss(some: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.mse_loss(network(some), wanted)

    loss_of = torch.compile(batch_loss) if settings.tuned else batch_loss

    def loss_over_all() -> float:
        with torch.no_grad():
            return batch_loss(inputs, targets).item()

    def run() -> float:
        with torch.no_grad():
            for parameter, begin in zip(network.parameters(), start, strict=True):
                parameter.copy_(begin)
        optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
        final = loss_over_all()
        for step in range(settings.training_steps):
            chosen = rows[step]
            optimiser.zero_grad(set_to_none=True)
            loss_of(inputs.index_select(0, chosen), targets.index_select(0, chosen)).backward()
            optimiser.step()
            if step + 1 in measured:
                final = loss_over_all()
        return final

    details = {"batch": settings.batch, "training_steps": settings.training_steps, "threads": settings.threads}
    return Peer("torch", torch_problem.version(), run, lambda loss: np.asarray([loss]), 1, details)
