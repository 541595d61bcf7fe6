"""Gradient covariance of a larger network, JAX: `vmap(grad(loss))`, Gram matrix and `eigvalsh` in one compiled
function, as in `gradcov_jax.py`."""

import jax
import jax.numpy as jnp
import numpy as np

import jax_networks
import jax_problem
from network_files import load
from network_peer import checked
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    problem = load(settings, batch=settings.examples)
    parameters = jax_networks.arrays(problem.parameters)
    inputs, labels = jnp.asarray(problem.data["inputs"]), jnp.asarray(problem.data["targets"])
    loss = jax_networks.cross_entropy(problem)

    def example_loss(parameters: jax_networks.Tensors, image: jax.Array, label: jax.Array) -> jax.Array:
        return loss(parameters, image[None], label[None])

    per_example = jax.vmap(jax.grad(example_loss), in_axes=(None, 0, 0))

    @jax.jit
    def covariance(parameters, inputs, labels) -> tuple[jax.Array, jax.Array]:
        gradients = per_example(parameters, inputs, labels)
        rows = [gradient.reshape(gradient.shape[0], -1) for gradient in gradients.values()]
        gram = sum(row @ row.T for row in rows)
        scale = jax.lax.rsqrt(jnp.diagonal(gram))
        matrix = gram * scale[:, None] * scale[None, :]
        return matrix, jnp.linalg.eigvalsh(matrix)

    def run() -> tuple[jax.Array, jax.Array]:
        return jax.block_until_ready(covariance(parameters, inputs, labels))

    return checked(Peer("jax", jax.__version__, run, lambda pair: np.asarray(pair[0])))
