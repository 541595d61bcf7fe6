"""Spectral density, PyTorch by hand: the best straightforward version.

Products through a retained graph as in `hvp_torch.py`. The basis is one matrix `[steps, parameters]`, allocated once
for all probes, and each new vector is orthogonalised against it twice (classical Gram-Schmidt, two `gemv` a pass;
Giraud, Langou and Rozložník 2005: twice is enough). The tridiagonal eigenproblem is solved in double by
`torch.linalg.eigh`; the weights are the squared first components.
"""

import numpy as np
import torch

import torch_problem
from protocol import Peer
from settings import Settings


def tridiagonal(product, basis: torch.Tensor, start: torch.Tensor) -> tuple[list[float], list[float]]:
    """Lanczos from `start`; fills `basis` and returns the diagonal and the off-diagonal."""
    diagonal: list[float] = []
    off_diagonal: list[float] = []
    steps = basis.shape[0]
    basis[0] = start / torch.linalg.vector_norm(start)
    for step in range(steps):
        image = product(basis[step])
        diagonal.append(torch.dot(image, basis[step]).item())
        if step + 1 == steps:
            break
        known = basis[: step + 1]
        for _ in range(2):
            image.addmv_(known.T, torch.mv(known, image), alpha=-1)
        norm = torch.linalg.vector_norm(image).item()
        off_diagonal.append(norm)
        torch.div(image, norm, out=basis[step + 1])
    return diagonal, off_diagonal


def quadrature(diagonal: list[float], off_diagonal: list[float]) -> tuple[torch.Tensor, torch.Tensor]:
    """Gauss nodes and weights of the tridiagonal matrix."""
    matrix = torch.diag(torch.tensor(diagonal, dtype=torch.float64))
    if off_diagonal:
        beside = torch.tensor(off_diagonal, dtype=torch.float64)
        matrix += torch.diag(beside, 1) + torch.diag(beside, -1)
    nodes, vectors = torch.linalg.eigh(matrix)
    return nodes, vectors[0] ** 2


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, targets = torch_problem.regression_batch(settings)
    parameters = list(network.parameters())
    shapes = [p.shape for p in parameters]
    count = sum(p.numel() for p in parameters)
    loss = ((network(inputs) - targets) ** 2).mean()
    gradients = torch.autograd.grad(loss, parameters, create_graph=True)
    basis = torch.empty(settings.steps, count)
    # The pages are touched here, not in the first timed run.
    basis.zero_()

    def product(vector: torch.Tensor) -> torch.Tensor:
        pieces = torch.autograd.grad(
            gradients, parameters, torch_problem.views(vector, shapes), retain_graph=True
        )
        return torch.cat([piece.reshape(-1) for piece in pieces])

    def run() -> list[tuple[torch.Tensor, torch.Tensor]]:
        generator = torch.Generator().manual_seed(0)
        probes = []
        for _ in range(settings.probes):
            start = torch.randint(0, 2, (count,), generator=generator).to(basis.dtype) * 2 - 1
            probes.append(quadrature(*tridiagonal(product, basis, start)))
        return probes

    def result(probes) -> np.ndarray:
        return np.stack([np.stack([nodes.numpy(), weights.numpy()]) for nodes, weights in probes])

    return Peer(
        "torch",
        torch_problem.version(),
        run,
        result,
        warm_up_runs=0,
        details={"reorthogonalisation": "full, twice", "probes": settings.probes, "steps": settings.steps},
    )
