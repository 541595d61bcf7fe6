"""The common problem as JAX arrays. The parameters are the tuple `(W1, b1, W2, b2, W3, b3)`, weights `[out, in]`."""

import jax
import jax.numpy as jnp
import numpy as np

import problem
from settings import Settings


def set_up(settings: Settings) -> None:
    jax.config.update("jax_enable_x64", settings.precision == "double")


def parameters(settings: Settings) -> tuple[jax.Array, ...]:
    return tuple(jnp.asarray(array) for array in problem.parameters(settings.dtype))


def outputs(parameters: tuple[jax.Array, ...], inputs: jax.Array) -> jax.Array:
    """Linear–ReLU–Linear–ReLU–Linear; also of a single example, as `vmap` wants it."""
    activation = inputs
    for index in range(0, len(parameters), 2):
        activation = activation @ parameters[index].T + parameters[index + 1]
        if index + 2 < len(parameters):
            activation = jax.nn.relu(activation)
    return activation


def mean_square(parameters: tuple[jax.Array, ...], inputs: jax.Array, targets: jax.Array) -> jax.Array:
    return jnp.mean((outputs(parameters, inputs) - targets) ** 2)


def cross_entropy(parameters: tuple[jax.Array, ...], inputs: jax.Array, labels: jax.Array) -> jax.Array:
    """The mean over the examples, or the value of the single example that `vmap` hands in."""
    log_probabilities = jax.nn.log_softmax(outputs(parameters, inputs))
    return -jnp.mean(jnp.take_along_axis(log_probabilities, labels[..., None], axis=-1))


def as_flat_array(arrays: tuple[jax.Array, ...]) -> np.ndarray:
    return problem.flat([np.asarray(array) for array in arrays])
