"""The whole command, JAX: extreme eigenvalues of the Hessian of a checkpoint, from the shell.

    python command_jax.py CHECKPOINT DATA [--examples N] [--which LM]

`scipy.sparse.linalg.eigsh` over one compiled function of the flat vector. That function is `jvp` of the gradient, not
`linearize`: the compilation is in the time, and `linearize` runs the gradient operation by operation first.
"""

from __future__ import annotations

import argparse
import math
import sys

import threads
from command_common import load, report_eigenvalues, run, unsupported


def analyse(arguments: argparse.Namespace) -> None:
    threads.limit_jax_threads(arguments.threads)
    import jax
    import jax.numpy as jnp
    import numpy as np

    layers, arrays, inputs, targets = load(arguments)
    shapes = {name: array.shape for name, array in arrays.items()}
    point = jnp.asarray(np.concatenate([array.ravel() for array in arrays.values()]))

    def unflattened(flat: jax.Array) -> dict[str, jax.Array]:
        parameters, first = {}, 0
        for name, shape in shapes.items():
            size = math.prod(shape)
            parameters[name] = flat[first : first + size].reshape(shape)
            first += size
        return parameters

    def loss(flat: jax.Array, inputs: jax.Array, targets: jax.Array) -> jax.Array:
        parameters = unflattened(flat)
        signal = inputs
        for layer in layers:
            match layer["kind"]:
                case "flatten":
                    signal = signal.reshape(signal.shape[0], -1)
                case "linear":
                    signal = signal @ parameters[f"{layer['name']}.weight"].T
                    if layer.get("bias", True):
                        signal = signal + parameters[f"{layer['name']}.bias"]
                case "relu":
                    signal = jax.nn.relu(signal)
                case "tanh":
                    signal = jnp.tanh(signal)
                case _:
                    raise unsupported(layer)
        if arguments.loss == "mse":
            return jnp.mean((signal - targets) ** 2)
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(signal), targets[:, None], axis=1))

    @jax.jit
    def hessian_product(point, inputs, targets, vector):
        return jax.jvp(lambda flat: jax.grad(loss)(flat, inputs, targets), (point,), (vector,))[1]

    device_inputs = jnp.asarray(inputs)
    device_targets = jnp.asarray(targets.astype(np.int32) if targets.dtype.kind == "i" else targets)

    def product(vector: np.ndarray) -> np.ndarray:
        return np.asarray(hessian_product(point, device_inputs, device_targets, vector))

    report_eigenvalues(product, point.size, arguments)


if __name__ == "__main__":
    sys.exit(run(analyse, "Extreme eigenvalues of a checkpoint's Hessian, with JAX."))
