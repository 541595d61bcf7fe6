"""Steps of a deep Q-network on a larger network, PyTorch: `torch.optim.Adam(fused=True)` on the mean of
(f(s, a; θ) − r − γ maxₐ′ f(s′, a′; θ′))², θ′ a copy of θ from some steps ago.

The batches are views of tensors in memory: no replay buffer and no data loader is charged.
"""

import copy

import numpy as np
import torch

import torch_networks
import torch_problem
from network_files import load
from network_peer import DISCOUNT, TARGET_PERIOD
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    problem = load(settings, transitions=settings.batch * settings.training_steps)
    network = torch_networks.network(problem, settings)
    target = copy.deepcopy(network).requires_grad_(False)
    data = {
        name: (torch_networks.images(array, settings) if array.ndim == 4 else torch.from_numpy(array)).split(
            settings.batch
        )
        for name, array in problem.data.items()
    }
    names = ("inputs", "actions", "rewards", "next_inputs", "terminals")
    batches = list(zip(*[data[name] for name in names], strict=True))
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3, fused=True)
    done = 0

    def loss_of(inputs, actions, rewards, next_inputs, terminals) -> torch.Tensor:
        with torch.no_grad():
            targets = rewards + DISCOUNT * (1 - terminals) * target(next_inputs).amax(dim=1)
        values = network(inputs).gather(1, actions[:, None])[:, 0]
        return ((values - targets) ** 2).mean()

    def run() -> torch.Tensor:
        nonlocal done
        for batch in batches:
            optimiser.zero_grad(set_to_none=True)
            loss = loss_of(*batch)
            loss.backward()
            optimiser.step()
            done += 1
            if done % TARGET_PERIOD == 0:
                target.load_state_dict(network.state_dict())
        return loss.detach()

    details = {
        "batch": settings.batch,
        "training_steps": settings.training_steps,
        "threads": settings.threads,
        "norm": loss_of(*batches[0]).item(),
    }
    library = torch_networks.library(settings)
    return Peer(library, torch_problem.version(), run, lambda loss: np.asarray([loss.item()]), 1, details)
