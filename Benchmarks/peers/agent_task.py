"""What the agents of `agent_torch.py` and `agent_jax.py` act in and remember: the true-label MDP on images of noise.

A state is a class; image i shows state i mod 10, so that a random image of a state is state + 10 · (random number).
Reward 1 for the action that is the state; the next state is uniform. As in `agents train`: ε-greedy behaviour, one
action an update, a replay buffer of 100 000 transitions that hold the images' numbers, 5000 of them before the first
update, γ = 0.99, Adam, a target network renewed every 1000 updates.
"""

import networks
import numpy as np

STATES = 10
IMAGES = 20_000
EXPLORATION = 0.1
DISCOUNT = 0.99
CAPACITY = 100_000
WARM_UP = 5000
TARGET_PERIOD = 1000
LEARNING_RATE = 1e-3


def images(description: dict) -> np.ndarray:
    """`[IMAGES, channels, height, width]`, bytes."""
    return networks.generator("agent images").integers(0, 256, (IMAGES, *description["input"]), dtype=np.uint8)


def warm_up() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Observations, actions, rewards and next observations of a replay buffer, its first places filled by chance."""
    draw = networks.generator("agent warm-up")
    observations, next_observations = np.zeros(CAPACITY, np.int32), np.zeros(CAPACITY, np.int32)
    actions, rewards = np.zeros(CAPACITY, np.int32), np.zeros(CAPACITY, np.float32)
    seen = draw.integers(0, IMAGES, WARM_UP + 1)
    observations[:WARM_UP], next_observations[:WARM_UP] = seen[:-1], seen[1:]
    actions[:WARM_UP] = draw.integers(0, STATES, WARM_UP)
    rewards[:WARM_UP] = actions[:WARM_UP] == observations[:WARM_UP] % STATES
    return observations, actions, rewards, next_observations
