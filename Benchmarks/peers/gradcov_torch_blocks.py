"""Gradient covariance, PyTorch in blocks: for more examples than one `vmap` should take (n = 4096).

Per-example gradients by `vmap` a block at a time into one matrix `[examples, parameters]`, then the product of each
two blocks on or above the diagonal: half the arithmetic of a full product. The matrix is the price (11 GB at n =
4096); not to hold it would mean to form the gradients of a block once for every block beside it.
"""

import torch

import torch_problem
from gradcov_torch import matrix_of, with_spectrum
from gradcov_torch_vmap import per_example_gradients
from protocol import Absent, Peer
from settings import Settings


def available_bytes() -> int | None:
    """What the system says can be had without swapping; Linux only."""
    try:
        with open("/proc/meminfo") as memory:
            for line in memory:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    count = sum(p.numel() for p in network.parameters())
    needed = (settings.examples + 2 * settings.block) * count * (8 if settings.precision == "double" else 4)
    available = available_bytes()
    if available is not None and needed > available:
        raise Absent(f"needs {needed / 1e9:.1f} GB of memory, {available / 1e9:.1f} GB are available")

    inputs, labels = torch_problem.classification_batch(settings.examples, settings)
    gradients = per_example_gradients(network)
    rows = torch.empty(settings.examples, count)
    gram = torch.empty(settings.examples, settings.examples)
    blocks = [slice(first, first + settings.block) for first in range(0, settings.examples, settings.block)]

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        for block in blocks:
            pieces = [piece.flatten(1) for piece in gradients(inputs[block], labels[block])]
            torch.cat(pieces, dim=1, out=rows[block])
        for index, block in enumerate(blocks):
            for other in blocks[: index + 1]:
                product = rows[other] @ rows[block].T
                gram[other, block] = product
                gram[block, other] = product.T
        return with_spectrum(gram)

    details = {"examples": settings.examples, "block": settings.block}
    # A run takes a minute at n = 4096, so the warm-up is a small one: the gradients of one block.
    gradients(inputs[blocks[0]], labels[blocks[0]])
    return Peer("torch-blocks", torch_problem.version(), run, matrix_of, 0, details)
