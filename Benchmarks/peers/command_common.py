"""What the two stand-alone commands share: arguments, checkpoint, data, and the eigenvalues by SciPy's ARPACK.

NumPy, SciPy and safetensors are imported inside the functions, after the number of threads is set.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import threads
from protocol import peak_resident_bytes

if TYPE_CHECKING:
    import numpy as np


def run(analyse: Callable[[argparse.Namespace], None], description: str) -> int:
    """Parses, sets the threads, analyses. As in `protocol.py` a library that is not installed is `absent REASON`."""
    arguments = parsed_arguments(description)
    threads.limit_threads(arguments.threads)
    try:
        analyse(arguments)
    except ImportError as reason:
        print(f"absent {reason}")
    return 0


def parsed_arguments(description: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("checkpoint", help="safetensors file whose metadata hold 'landscape.architecture'")
    parser.add_argument("data", help="safetensors file with 'inputs' and 'targets'")
    parser.add_argument("--loss", choices=["mse", "cross-entropy"], help="default: by the type of the targets")
    parser.add_argument("--examples", type=int, help="take the first so many (default: all)")
    parser.add_argument("--top", type=int, default=10, help="how many eigenvalues")
    parser.add_argument("--which", choices=["LM", "LA", "SA", "BE"], default="LM", help="as SciPy's eigsh names them")
    parser.add_argument("--tolerance", type=float, default=1e-3, help="relative accuracy")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def load(arguments: argparse.Namespace) -> tuple[list[dict], dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Layers, parameters by name, inputs, targets; the tensors as NumPy arrays."""
    from safetensors import safe_open

    with safe_open(arguments.checkpoint, framework="np") as file:
        metadata = file.metadata() or {}
        if "landscape.architecture" not in metadata:
            raise SystemExit(f"{arguments.checkpoint}: no 'landscape.architecture' in the metadata")
        layers = json.loads(metadata["landscape.architecture"])["layers"]
        names = [f"{layer['name']}.{kind}" for layer in layers if layer["kind"] == "linear" for kind in kinds(layer)]
        parameters = {name: file.get_tensor(name) for name in names}
    with safe_open(arguments.data, framework="np") as file:
        inputs, targets = file.get_tensor("inputs"), file.get_tensor("targets")
    count = arguments.examples or len(inputs)
    if arguments.loss is None:
        arguments.loss = "cross-entropy" if targets.dtype.kind == "i" else "mse"
    return layers, parameters, inputs[:count], targets[:count]


def kinds(layer: dict) -> list[str]:
    """The parameters of a linear layer."""
    return ["weight", "bias"] if layer.get("bias", True) else ["weight"]


def unsupported(layer: dict) -> SystemExit:
    return SystemExit(f"layer kind '{layer['kind']}': these commands know flatten, linear, relu and tanh")


def report_eigenvalues(product: Callable[[np.ndarray], np.ndarray], size: int, arguments: argparse.Namespace) -> None:
    """The extreme eigenvalues by `scipy.sparse.linalg.eigsh`, largest magnitude first, as one line of JSON."""
    import numpy as np
    from scipy.sparse.linalg import LinearOperator, eigsh

    products = 0

    def counted(vector: np.ndarray) -> np.ndarray:
        nonlocal products
        products += 1
        return product(vector.astype(np.float32, copy=False).ravel())

    operator = LinearOperator((size, size), matvec=counted, dtype=np.float32)
    start = np.random.default_rng(0).standard_normal(size, dtype=np.float32)
    # ARPACK's own basis of 2k + 1 vectors: on the benchmark's network a larger one took more products, not fewer.
    values = eigsh(
        operator,
        k=arguments.top,
        which=arguments.which,
        tol=arguments.tolerance,
        v0=start,
        return_eigenvectors=False,
    )
    ordered = sorted((float(value) for value in values), key=abs, reverse=True)
    print(json.dumps({"eigenvalues": ordered, "products": products, "peak_rss_bytes": peak_resident_bytes()}))
