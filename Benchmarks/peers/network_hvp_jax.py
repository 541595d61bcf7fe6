"""Hessian product of a larger network, JAX: `jax.linearize` of the gradient, the linear part compiled.

As in `hvp_jax.py`, but the values that the linear part keeps are arguments of the compiled function and no constants:
it is as fast, and XLA neither folds hundreds of megabytes nor holds them twice.
"""

import jax
import jax.numpy as jnp

import jax_networks
import jax_problem
from network_files import load
from network_peer import checked
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    jax_problem.set_up(settings)
    problem = load(settings, batch=settings.batch)
    parameters = jax_networks.arrays(problem.parameters)
    vector = jax_networks.arrays(problem.vector)
    inputs, labels = jnp.asarray(problem.data["inputs"]), jnp.asarray(problem.data["targets"])
    loss = jax_networks.cross_entropy(problem)

    _, linear_part = jax.linearize(jax.grad(lambda p: loss(p, inputs, labels)), parameters)
    closed, shape = jax.make_jaxpr(linear_part, return_shape=True)(vector)
    structure = jax.tree.structure(shape)
    kept = [jnp.asarray(constant) for constant in closed.consts]
    del linear_part

    @jax.jit
    def product(kept: list[jax.Array], vector: jax_networks.Tensors) -> jax_networks.Tensors:
        leaves = jax.core.eval_jaxpr(closed.jaxpr, kept, *jax.tree.leaves(vector))
        return jax.tree.unflatten(structure, leaves)

    def run() -> jax_networks.Tensors:
        return jax.block_until_ready(product(kept, vector))

    return checked(Peer("jax", jax.__version__, run, lambda tensors: jax_networks.flat(tensors, problem)))
