"""A loss on a plane, loss-landscapes: `random_plane` with filter normalisation, as its documentation calls it.

The library turns gradients off by itself and moves the model's own parameters from point to point; the copy that keeps
the next run at the same place (`deepcopy_model`) is its own option. Its plane is not ours (its second direction is made
orthogonal before it is normalised, both are rescaled by the model's norm, and biases move), its work is.
"""

import numpy as np
import torch
from loss_landscapes import random_plane
from loss_landscapes.metrics import Loss

import torch_problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, targets = torch_problem.regression_batch(settings)
    metric = Loss(torch.nn.MSELoss(), inputs, targets)

    def run() -> np.ndarray:
        torch.manual_seed(0)
        return random_plane(
            network, metric, distance=1, steps=settings.points, normalization="filter", deepcopy_model=True
        )

    return Peer(
        "loss-landscapes",
        torch_problem.version("loss-landscapes"),
        run,
        np.asarray,
        warm_up_runs=0,
        details={"points": settings.points},
    )
