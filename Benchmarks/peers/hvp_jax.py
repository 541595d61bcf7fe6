"""Hessian-vector product, JAX: `jax.linearize` of the gradient, the linear part compiled.

Forward over reverse. `linearize` runs forward and backward pass once and keeps what the linear part needs, so that a
product pays for the linear part alone: JAX's counterpart of the retained graph. The linear map is compiled as a whole
with the kept values as constants, and `block_until_ready` waits for the product.
"""

import jax
import jax.numpy as jnp

import jax_problem
import problem
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    parameters = jax_problem.parameters(settings)
    inputs = jnp.asarray(problem.inputs(settings.batch, settings.dtype))
    targets = jnp.asarray(problem.targets(settings.batch, settings.dtype))
    vector = tuple(jnp.asarray(array) for array in problem.vector(settings.dtype))

    gradient = jax.grad(lambda p: jax_problem.mean_square(p, inputs, targets))
    _, linear_part = jax.linearize(gradient, parameters)
    product = jax.jit(linear_part)

    def run() -> tuple[jax.Array, ...]:
        return jax.block_until_ready(product(vector))

    return Peer("jax", jax.__version__, run, jax_problem.as_flat_array)
