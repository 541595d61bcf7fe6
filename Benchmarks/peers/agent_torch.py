"""Turns of a DQN agent, PyTorch: act in the environment, remember, draw a batch, update; see `agent_task.py`.

The images stay bytes; those of a batch become numbers when they are gathered. The environment and the buffer are plain
Python and tensors of indices, as cheap as they get there; the optimiser is the fused one.
"""

import copy
import random

import numpy as np
import torch

import agent_task as task
import networks
import torch_networks
import torch_problem
from network_files import NetworkProblem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    torch.manual_seed(0)
    description = networks.architecture(settings.network)
    problem = NetworkProblem(description, networks.point(description), {}, {}, {})
    network = torch_networks.network(problem, settings)
    target = copy.deepcopy(network).requires_grad_(False)
    images = torch_networks.images(task.images(description), settings)
    observations, actions, rewards, next_observations = (torch.from_numpy(array) for array in task.warm_up())
    actions = actions.long()
    optimiser = torch.optim.Adam(network.parameters(), lr=task.LEARNING_RATE, fused=True)
    draw = random.Random(0)
    seen = draw.randrange(task.IMAGES)
    done = 0

    def numbers(indices: torch.Tensor) -> torch.Tensor:
        return images[indices].float().div_(255)

    def greedy_action() -> int:
        with torch.inference_mode():
            return int(network(images[seen : seen + 1].float().div_(255)).argmax())

    def act(place: int) -> None:
        nonlocal seen
        action = draw.randrange(task.STATES) if draw.random() < task.EXPLORATION else greedy_action()
        observations[place], actions[place] = seen, action
        rewards[place] = float(action == seen % task.STATES)
        seen = draw.randrange(task.STATES) + task.STATES * draw.randrange(task.IMAGES // task.STATES)
        next_observations[place] = seen

    def update(count: int) -> torch.Tensor:
        batch = torch.randint(count, (settings.batch,))
        with torch.no_grad():
            next_values = target(numbers(next_observations[batch])).amax(dim=1)
            targets = rewards[batch] + task.DISCOUNT * next_values
        optimiser.zero_grad(set_to_none=True)
        values = network(numbers(observations[batch])).gather(1, actions[batch][:, None])[:, 0]
        loss = ((values - targets) ** 2).mean()
        loss.backward()
        optimiser.step()
        return loss.detach()

    def run() -> torch.Tensor:
        nonlocal done
        for _ in range(settings.training_steps):
            place = (task.WARM_UP + done) % task.CAPACITY
            act(place)
            done += 1
            loss = update(min(task.WARM_UP + done, task.CAPACITY))
            if done % task.TARGET_PERIOD == 0:
                target.load_state_dict(network.state_dict())
        return loss

    details = {"batch": settings.batch, "training_steps": settings.training_steps, "threads": settings.threads}
    library = torch_networks.library(settings)
    return Peer(library, torch_problem.version(), run, lambda loss: np.asarray([loss.item()]), 1, details)
