"""A network of the files as JAX functions of its parameters, a dictionary by the tensors' names; in evaluation mode.

Images stay [N, C, H, W]: XLA on the CPU takes as long for its users' usual [N, H, W, C].
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

import problem
from network_files import NetworkProblem

Tensors = dict[str, jax.Array]


def arrays(tensors: dict[str, np.ndarray]) -> Tensors:
    return {name: jnp.asarray(tensor) for name, tensor in tensors.items()}


def flat(tensors: Tensors, of: NetworkProblem) -> np.ndarray:
    """End to end in the order of the parameters; JAX sorts the keys of a dictionary."""
    return problem.flat([np.asarray(tensors[name]) for name in of.parameters])


def network(of: NetworkProblem) -> Callable[[Tensors, jax.Array], jax.Array]:
    """f(θ, x): `[N, …input]` → `[N, outputs]`."""
    buffers = arrays(of.buffers)

    def outputs(parameters: Tensors, inputs: jax.Array) -> jax.Array:
        return sequence(of.architecture["layers"], parameters | buffers, inputs)

    return outputs


def cross_entropy(of: NetworkProblem) -> Callable[[Tensors, jax.Array, jax.Array], jax.Array]:
    """The mean over the examples."""
    outputs = network(of)

    def loss(parameters: Tensors, inputs: jax.Array, labels: jax.Array) -> jax.Array:
        log_probabilities = jax.nn.log_softmax(outputs(parameters, inputs))
        return -jnp.mean(jnp.take_along_axis(log_probabilities, labels[:, None], axis=-1))

    return loss


def sequence(layers: list[dict], tensors: Tensors, x: jax.Array) -> jax.Array:
    for layer in layers:
        x = apply(layer, tensors, x)
    return x


def apply(layer: dict, tensors: Tensors, x: jax.Array) -> jax.Array:
    name = layer.get("name", "")
    match layer["kind"]:
        case "flatten":
            return x.reshape(x.shape[0], -1)
        case "linear":
            return linear(name, tensors, x)
        case "conv2d":
            return convolution(layer, tensors, x)
        case "relu":
            return jax.nn.relu(x)
        case "gelu":
            return jax.nn.gelu(x, approximate=layer.get("approximate") == "tanh")
        case "batch_norm2d":
            scale = tensors[f"{name}.weight"] * lax.rsqrt(tensors[f"{name}.running_var"] + layer.get("eps", 1e-5))
            shift = tensors[f"{name}.bias"] - tensors[f"{name}.running_mean"] * scale
            return x * scale[:, None, None] + shift[:, None, None]
        case "layer_norm":
            centred = x - x.mean(-1, keepdims=True)
            variance = (centred**2).mean(-1, keepdims=True)
            unit = centred * lax.rsqrt(variance + layer.get("eps", 1e-5))
            return unit * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
        case "global_avg_pool":
            return x.mean((-2, -1))
        case "residual":
            return sequence(layer["body"], tensors, x) + sequence(layer.get("shortcut", []), tensors, x)
        case "tokens":
            return x.reshape(*x.shape[:2], -1).swapaxes(-2, -1)
        case "class_token":
            return jnp.concatenate([jnp.broadcast_to(tensors[name], (x.shape[0], 1, x.shape[2])), x], axis=1)
        case "position_embedding":
            return x + tensors[name]
        case "attention":
            return attention(layer, tensors, x)
        case "select_token":
            return x[:, layer.get("index", 0)]
    raise ValueError(f"layer kind '{layer['kind']}' is in no network of the benchmark")


def linear(name: str, tensors: Tensors, x: jax.Array) -> jax.Array:
    result = x @ tensors[f"{name}.weight"].T
    return result + tensors[f"{name}.bias"] if f"{name}.bias" in tensors else result


def convolution(layer: dict, tensors: Tensors, x: jax.Array) -> jax.Array:
    name, stride, padding = layer["name"], layer.get("stride", 1), layer.get("padding", 0)
    result = lax.conv_general_dilated(x, tensors[f"{name}.weight"], (stride, stride), [(padding, padding)] * 2)
    return result + tensors[f"{name}.bias"][:, None, None] if f"{name}.bias" in tensors else result


def attention(layer: dict, tensors: Tensors, x: jax.Array) -> jax.Array:
    """softmax(q kᵀ/√d) v in each head."""
    name, heads = layer["name"], layer["heads"]
    examples, count, dim = x.shape
    split = linear(f"{name}.qkv", tensors, x).reshape(examples, count, 3, heads, dim // heads)
    query, key, value = split.transpose(2, 0, 3, 1, 4)
    weights = jax.nn.softmax(query * (dim // heads) ** -0.5 @ key.swapaxes(-2, -1))
    return linear(f"{name}.proj", tensors, (weights @ value).swapaxes(1, 2).reshape(examples, count, dim))
