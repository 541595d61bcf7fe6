"""Training, JAX with optax: `optax.adam` inside one `lax.scan` over all steps of a run.

The whole run is one compiled function; parameters and optimiser state are donated, so that they are updated in place.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax

import jax_problem
import problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    count = settings.batch * settings.training_steps
    inputs = jnp.asarray(problem.inputs(count, settings.dtype).reshape(settings.training_steps, settings.batch, -1))
    labels = jnp.asarray(problem.labels(count).reshape(settings.training_steps, settings.batch))
    optimiser = optax.adam(1e-3)

    def step(state, batch):
        parameters, moments = state
        loss, gradient = jax.value_and_grad(jax_problem.cross_entropy)(parameters, *batch)
        updates, moments = optimiser.update(gradient, moments)
        return (optax.apply_updates(parameters, updates), moments), loss

    def train(state, inputs, labels):
        return jax.lax.scan(step, state, (inputs, labels))

    parameters = jax_problem.parameters(settings)
    state = (parameters, optimiser.init(parameters))
    compiled = jax.jit(train, donate_argnums=0)

    def run() -> jax.Array:
        nonlocal state
        state, losses = compiled(state, inputs, labels)
        # The state is waited for too: the last loss is known before the last update is done.
        jax.block_until_ready((state, losses))
        return losses[-1]

    details = {"batch": settings.batch, "training_steps": settings.training_steps, "threads": settings.threads}
    return Peer("jax", jax.__version__, run, lambda loss: np.asarray([loss]), 1, details)
