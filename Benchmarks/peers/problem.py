"""The problem that every peer is given: one network, one point, one batch, the same bits for every library.

NumPy only, so that a JAX peer does not import PyTorch to get its numbers. Everything is drawn in float32 and widened on
request: single and double precision then work at the same point.
"""

import numpy as np

WIDTHS = (784, 512, 512, 10)
SEED = 20230601


def _generator(stream: str) -> np.random.Generator:
    """A generator of its own for each named stream, so that a larger batch does not change the parameters."""
    return np.random.default_rng([SEED, *stream.encode()])


def parameters(dtype: str) -> list[np.ndarray]:
    """`[W1, b1, W2, b2, W3, b3]`, weights `[out, in]`, drawn as PyTorch's `nn.Linear` draws its own by default:
    weight and bias both uniform in ±1/√in."""
    generator = _generator("parameters")
    arrays = []
    for fan_in, fan_out in zip(WIDTHS, WIDTHS[1:]):
        bound = 1 / np.sqrt(fan_in)
        arrays.append(generator.uniform(-bound, bound, (fan_out, fan_in)).astype(np.float32))
        arrays.append(generator.uniform(-bound, bound, fan_out).astype(np.float32))
    return [array.astype(dtype) for array in arrays]


def inputs(count: int, dtype: str) -> np.ndarray:
    """`[count, 784]`, uniform in [0, 1)."""
    return _generator("inputs").random((count, WIDTHS[0]), dtype=np.float32).astype(dtype)


def targets(count: int, dtype: str) -> np.ndarray:
    """`[count, 10]`, standard normal: the regression targets of the mean squared error."""
    return _generator("targets").standard_normal((count, WIDTHS[-1]), dtype=np.float32).astype(dtype)


def labels(count: int) -> np.ndarray:
    """`[count]`, classes 0 … 9: the targets of the cross-entropy."""
    return _generator("labels").integers(0, WIDTHS[-1], count)


def vector(dtype: str) -> list[np.ndarray]:
    """The vector of the Hessian-vector products: standard normal, in the shapes of the parameters."""
    generator = _generator("vector")
    return [generator.standard_normal(p.shape, dtype=np.float32).astype(dtype) for p in parameters(dtype)]


def flat(arrays: list[np.ndarray]) -> np.ndarray:
    """The arrays end to end, each in row-major order: the order of the parameters in every library here."""
    return np.concatenate([np.asarray(array).ravel() for array in arrays])


def probe_targets(count: int) -> np.ndarray:
    """`[count, 10]`: sin(1e5 f(x; omega)) with omega drawn as the parameters are, all in double precision."""
    generator = _generator("probe")
    activation = inputs(count, "float64")
    for index, (fan_in, fan_out) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        bound = 1 / np.sqrt(fan_in)
        weight = generator.uniform(-bound, bound, (fan_out, fan_in))
        activation = activation @ weight.T + generator.uniform(-bound, bound, fan_out)
        if index + 2 < len(WIDTHS):
            activation = np.maximum(activation, 0)
    return np.sin(1e5 * activation)


def probe_batches(steps: int, batch: int, count: int) -> np.ndarray:
    """`[steps, batch]`: rows of the inputs, drawn with replacement."""
    return _generator("probe batches").integers(0, count, (steps, batch))


def probe_curve_steps(steps: int) -> list[int]:
    """The steps after which the loss over all inputs is taken: 0, powers of two, the last."""
    return [0, *(2**power for power in range(31) if 2**power < steps), steps]
