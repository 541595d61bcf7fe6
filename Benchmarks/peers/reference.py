"""The right answers, by hand in double precision with NumPy alone: no automatic differentiation, none of the peers.

The network of `problem.py`, a⁰ = x, zˡ = Wˡ aˡ⁻¹ + bˡ, aˡ = max(zˡ, 0), the last layer linear.
"""

import numpy as np

import problem


def _forward(parameters: list[np.ndarray], inputs: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """Inputs of each layer, masks σ′ of the hidden ones, outputs."""
    activations, masks = [inputs], []
    for weight, bias in zip(parameters[:-2:2], parameters[1:-2:2]):
        linear = activations[-1] @ weight.T + bias
        masks.append((linear > 0).astype(linear.dtype))
        activations.append(linear * masks[-1])
    return activations, masks, activations[-1] @ parameters[-2].T + parameters[-1]


def hessian_product(batch: int) -> np.ndarray:
    """H v of the mean squared error by the R-operator (Pearlmutter 1994), at the point and for the vector of
    `problem.py`. With σ″ = 0 almost everywhere: Rzˡ = Wˡ Raˡ⁻¹ + Vˡ aˡ⁻¹ + vˡ, Raˡ = σ′ Rzˡ; and backwards
    δˡ = σ′ (Wˡ⁺¹ᵀ δˡ⁺¹), Rδˡ = σ′ (Wˡ⁺¹ᵀ Rδˡ⁺¹ + Vˡ⁺¹ᵀ δˡ⁺¹)."""
    double = "float64"
    parameters, vector = problem.parameters(double), problem.vector(double)
    activations, masks, outputs = _forward(parameters, problem.inputs(batch, double))
    r_activations = [np.zeros_like(activations[0])]
    for layer in range(3):
        r_linear = (
            r_activations[layer] @ parameters[2 * layer].T
            + activations[layer] @ vector[2 * layer].T
            + vector[2 * layer + 1]
        )
        r_activations.append(r_linear * masks[layer] if layer < 2 else r_linear)
    scale = 2 / outputs.size
    delta, r_delta = scale * (outputs - problem.targets(batch, double)), scale * r_activations[-1]
    product: list[np.ndarray] = []
    for layer in reversed(range(3)):
        r_weight = r_delta.T @ activations[layer] + delta.T @ r_activations[layer]
        product = [r_weight, r_delta.sum(axis=0), *product]
        if layer > 0:
            r_delta = (r_delta @ parameters[2 * layer] + delta @ vector[2 * layer]) * masks[layer - 1]
            delta = (delta @ parameters[2 * layer]) * masks[layer - 1]
    return problem.flat(product)


def mean_squared_error(batch: int) -> float:
    """The loss itself, at the point of `problem.py`."""
    double = "float64"
    outputs = _forward(problem.parameters(double), problem.inputs(batch, double))[2]
    return float(((outputs - problem.targets(batch, double)) ** 2).mean())


def gradient_cosines(examples: int) -> np.ndarray:
    """The cosines between the per-example gradients of the cross-entropy, each gradient written out and multiplied: the
    slow obvious way, an example at a time."""
    double = "float64"
    parameters = problem.parameters(double)
    activations, masks, outputs = _forward(parameters, problem.inputs(examples, double))
    probabilities = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    deltas = [probabilities - np.eye(problem.WIDTHS[-1])[problem.labels(examples)]]
    for layer in (2, 1):
        deltas.insert(0, (deltas[0] @ parameters[2 * layer]) * masks[layer - 1])
    rows = np.empty((examples, sum(p.size for p in parameters)))
    for example in range(examples):
        pieces: list[np.ndarray] = []
        for activation, delta in zip(activations, deltas):
            pieces += [np.outer(delta[example], activation[example]), delta[example]]
        rows[example] = problem.flat(pieces)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows @ rows.T
