"""Gradient covariance, JAX: `vmap(grad(loss))`, Gram matrix and `eigvalsh` in one compiled function.

Compiled as a whole, so that XLA may fuse what it can. As in PyTorch the Gram matrices are summed over the parameters.
"""

import jax
import jax.numpy as jnp
import numpy as np

import jax_problem
import problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    parameters = jax_problem.parameters(settings)
    inputs = jnp.asarray(problem.inputs(settings.examples, settings.dtype))
    labels = jnp.asarray(problem.labels(settings.examples))
    per_example = jax.vmap(jax.grad(jax_problem.cross_entropy), in_axes=(None, 0, 0))

    @jax.jit
    def covariance(parameters, inputs, labels) -> tuple[jax.Array, jax.Array]:
        gradients = per_example(parameters, inputs, labels)
        rows = [gradient.reshape(gradient.shape[0], -1) for gradient in gradients]
        gram = sum(row @ row.T for row in rows)
        scale = jax.lax.rsqrt(jnp.diagonal(gram))
        matrix = gram * scale[:, None] * scale[None, :]
        return matrix, jnp.linalg.eigvalsh(matrix)

    def run() -> tuple[jax.Array, jax.Array]:
        return jax.block_until_ready(covariance(parameters, inputs, labels))

    return Peer("jax", jax.__version__, run, lambda pair: np.asarray(pair[0]), 1, {"examples": settings.examples})
