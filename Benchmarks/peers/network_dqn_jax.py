"""Steps of a deep Q-network on a larger network, JAX with optax: the step of `network_dqn_torch.py`, compiled as a
whole, parameters and optimiser state donated.

One call a step rather than one `lax.scan` over all, as for the small network: inside a loop XLA on the CPU runs
convolutions on one thread.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import jax_networks
import jax_problem
from network_files import load
from network_peer import DISCOUNT, TARGET_PERIOD
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    problem = load(settings, transitions=settings.batch * settings.training_steps)
    outputs = jax_networks.network(problem)
    names = ("inputs", "actions", "rewards", "next_inputs", "terminals")
    pieces = [np.split(problem.data[name], settings.training_steps) for name in names]
    batches = [tuple(jnp.asarray(piece) for piece in batch) for batch in zip(*pieces, strict=True)]
    optimiser = optax.adam(1e-3)

    def loss_of(parameters, target, batch) -> jax.Array:
        inputs, actions, rewards, next_inputs, terminals = batch
        targets = rewards + DISCOUNT * (1 - terminals) * outputs(target, next_inputs).max(axis=1)
        values = jnp.take_along_axis(outputs(parameters, inputs), actions[:, None], axis=1)[:, 0]
        return jnp.mean((values - targets) ** 2)

    def step(state, target, batch):
        parameters, moments = state
        loss, gradient = jax.value_and_grad(loss_of)(parameters, target, batch)
        updates, moments = optimiser.update(gradient, moments)
        return (optax.apply_updates(parameters, updates), moments), loss

    compiled = jax.jit(step, donate_argnums=0)
    target = jax_networks.arrays(problem.parameters)
    # A copy: what is donated is gone.
    parameters = jax.tree.map(jnp.copy, target)
    state = (parameters, optimiser.init(parameters))
    norm = float(loss_of(parameters, target, batches[0]))
    done = 0

    def run() -> jax.Array:
        nonlocal state, target, done
        for batch in batches:
            state, loss = compiled(state, target, batch)
            done += 1
            if done % TARGET_PERIOD == 0:
                target = jax.tree.map(jnp.copy, state[0])
        # The state is waited for too: the last loss is known before the last update is done.
        jax.block_until_ready((state, loss))
        return loss

    details = {
        "batch": settings.batch,
        "training_steps": settings.training_steps,
        "threads": settings.threads,
        "norm": norm,
    }
    return Peer("jax", jax.__version__, run, lambda loss: np.asarray([loss]), 1, details)
