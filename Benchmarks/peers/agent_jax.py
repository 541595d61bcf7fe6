"""Turns of a DQN agent, JAX with optax: act in the environment, remember, draw a batch, update; see `agent_task.py`.

A turn is one compiled function of the whole state, environment and replay buffer included, which is donated: nothing
comes back to Python. The turns of a run of the small network are one `lax.scan`; those of a convolutional one are called
one by one, since inside a loop XLA on the CPU runs convolutions on one thread.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import agent_task as task
import jax_networks
import jax_problem
import networks
from network_files import NetworkProblem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    description = networks.architecture(settings.network)
    problem = NetworkProblem(description, networks.point(description), {}, {}, {})
    outputs = jax_networks.network(problem)
    optimiser = optax.adam(task.LEARNING_RATE)
    images = jnp.asarray(task.images(description))

    def numbers(images, indices) -> jax.Array:
        return images[indices].astype(jnp.float32) / 255

    def action_of(parameters, images, seen, explores, random_action) -> jax.Array:
        def greedy() -> jax.Array:
            return jnp.argmax(outputs(parameters, numbers(images, seen[None]))[0]).astype(jnp.int32)

        return jax.lax.cond(explores, lambda: random_action, greedy)

    def loss_of(parameters, target, images, batch) -> jax.Array:
        observations, actions, rewards, next_observations = batch
        next_values = outputs(target, numbers(images, next_observations)).max(axis=1)
        targets = rewards + task.DISCOUNT * next_values
        values = jnp.take_along_axis(outputs(parameters, numbers(images, observations)), actions[:, None], axis=1)
        return jnp.mean((values[:, 0] - targets) ** 2)

    def turn(state, images):
        parameters, target, moments, replay, seen, done, key = state
        key, *draws = jax.random.split(key, 6)
        random_action = jax.random.randint(draws[1], (), 0, task.STATES)
        explores = jax.random.uniform(draws[0]) < task.EXPLORATION
        action = action_of(parameters, images, seen, explores, random_action)
        reward = (action == seen % task.STATES).astype(jnp.float32)
        state_drawn, image_drawn = (
            jax.random.randint(draws[2], (), 0, task.STATES),
            jax.random.randint(draws[3], (), 0, task.IMAGES // task.STATES),
        )
        following = state_drawn + task.STATES * image_drawn
        place = (task.WARM_UP + done) % task.CAPACITY
        written = (seen, action, reward, following)
        replay = tuple(array.at[place].set(value) for array, value in zip(replay, written, strict=True))
        done = done + 1
        count = jnp.minimum(task.WARM_UP + done, task.CAPACITY)
        chosen = jax.random.randint(draws[4], (settings.batch,), 0, count)
        batch = tuple(array[chosen] for array in replay)
        loss, gradient = jax.value_and_grad(loss_of)(parameters, target, images, batch)
        updates, moments = optimiser.update(gradient, moments)
        parameters = optax.apply_updates(parameters, updates)
        target = jax.lax.cond(done % task.TARGET_PERIOD == 0, lambda: parameters, lambda: target)
        return (parameters, target, moments, replay, following, done, key), loss

    def turns(state, images):
        return jax.lax.scan(lambda state, _: turn(state, images), state, length=settings.training_steps)

    scans = not any(layer["kind"] == "conv2d" for layer in networks.flattened(description["layers"]))
    compiled = jax.jit(turns if scans else turn, donate_argnums=0)
    parameters = jax_networks.arrays(problem.parameters)
    # A copy: what is donated is gone, and must not be given twice.
    target = jax.tree.map(jnp.copy, parameters)
    replay = tuple(jnp.asarray(array) for array in task.warm_up())
    state = (
        parameters, target, optimiser.init(parameters), replay, jnp.int32(0), jnp.int32(0), jax.random.key(0),
    )  # fmt: skip

    def run() -> jax.Array:
        nonlocal state
        for _ in range(1 if scans else settings.training_steps):
            state, loss = compiled(state, images)
        # The state is waited for too: the last loss is known before the last update is done.
        jax.block_until_ready((state, loss))
        return loss

    details = {"batch": settings.batch, "training_steps": settings.training_steps, "threads": settings.threads}
    return Peer("jax", jax.__version__, run, lambda loss: np.asarray([loss]).ravel()[-1:], 1, details)
