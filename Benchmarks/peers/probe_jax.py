"""A probe's task, JAX with optax: `optax.adam` in one compiled loop whose bounds are arguments, batches gathered inside.

As in the probe, every run begins at the same point with a fresh optimiser, learns sin(1e5 f(x; omega)) in all outputs, and
takes the loss over all inputs after 0, 1, 2, 4, … steps and at the end. The rows of the batches are drawn beforehand.
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
    inputs = jnp.asarray(problem.inputs(settings.examples, settings.dtype))
    targets = jnp.asarray(problem.probe_targets(settings.examples).astype(settings.dtype))
    rows = jnp.asarray(problem.probe_batches(settings.training_steps, settings.batch, settings.examples))
    curve_steps = problem.probe_curve_steps(settings.training_steps)
    optimiser = optax.adam(1e-3)
    parameters = jax_problem.parameters(settings)

    def step(index, state):
        point, moments = state
        chosen = rows[index]
        gradient = jax.grad(jax_problem.mean_square)(point, inputs[chosen], targets[chosen])
        updates, moments = optimiser.update(gradient, moments)
        return optax.apply_updates(point, updates), moments

    learn = jax.jit(lambda state, low, high: jax.lax.fori_loop(low, high, step, state), donate_argnums=0)
    loss_over_all = jax.jit(lambda point: jax_problem.mean_square(point, inputs, targets))

    def run() -> float:
        state = (jax.tree.map(jnp.copy, parameters), optimiser.init(parameters))
        final = loss_over_all(state[0])
        for low, high in zip(curve_steps, curve_steps[1:]):
            state = learn(state, low, high)
            final = loss_over_all(state[0])
        return float(final)

    details = {"batch": settings.batch, "training_steps": settings.training_steps, "threads": settings.threads}
    return Peer("jax", jax.__version__, run, lambda loss: np.asarray([loss]), 1, details)
