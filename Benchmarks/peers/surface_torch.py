"""A loss on a plane, PyTorch by hand: filter-normalised directions, one forward pass a point, no gradients.

The parameters are views of one flat vector, so that a point is set by one fused addition to the row's base; the network
is called as it is. Losses come back as tensors and are read once, at the end.
"""

import numpy as np
import torch

import problem
import torch_problem
from protocol import Peer
from settings import Settings


def filter_normalised(arrays: list[np.ndarray]) -> list[torch.Tensor]:
    """Two flat directions (Li et al. 2018, section 4): each row of a weight as long as the point's, biases 0."""
    generator = torch.Generator().manual_seed(0)
    directions = []
    for _ in range(2):
        pieces = []
        for array in arrays:
            point = torch.from_numpy(array)
            piece = torch.randn(point.shape, generator=generator, dtype=torch.float32).to(point.dtype)
            if point.dim() > 1:
                piece *= point.norm(dim=1, keepdim=True) / piece.norm(dim=1, keepdim=True)
            else:
                piece.zero_()
            pieces.append(piece.reshape(-1))
        directions.append(torch.cat(pieces))
    return directions


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, targets = torch_problem.regression_batch(settings)
    arrays = problem.parameters(settings.dtype)
    origin = torch.from_numpy(problem.flat(arrays))
    first, second = filter_normalised(arrays)
    point = origin.clone()
    for parameter, view in zip(
        network.parameters(), torch_problem.views(point, [p.shape for p in network.parameters()]), strict=True
    ):
        parameter.data = view
    coordinates = np.linspace(-1, 1, settings.points).tolist()

    @torch.inference_mode()
    def run() -> torch.Tensor:
        losses = []
        for beta in coordinates:
            base = torch.add(origin, second, alpha=beta)
            for alpha in coordinates:
                torch.add(base, first, alpha=alpha, out=point)
                losses.append(torch.nn.functional.mse_loss(network(inputs), targets))
        return torch.stack(losses)

    return Peer(
        "torch",
        torch_problem.version(),
        run,
        lambda losses: losses.numpy().reshape(settings.points, settings.points),
        warm_up_runs=0,
        details={"points": settings.points},
    )
