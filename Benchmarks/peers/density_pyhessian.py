"""Spectral density, PyHessian: `hessian(…).density(iter=steps, n_v=probes)`.

The library's own method as a user calls it: Lanczos with full reorthogonalisation (one pass of modified Gram-Schmidt,
vector by vector, layer by layer). PyHessian 0.1 calls `torch.eig`, which PyTorch has since removed; it is put back
here, at run time, in terms of `torch.linalg.eigh`, which for a symmetric tridiagonal matrix is the same and faster.
"""

import numpy as np
import torch
from pyhessian import hessian

import torch_problem
from protocol import Peer
from settings import Settings


def eig(matrix: torch.Tensor, eigenvectors: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """What `torch.eig` returned: eigenvalues as (real, imaginary) pairs, eigenvectors as columns."""
    values, vectors = torch.linalg.eigh(matrix)
    return torch.stack([values, torch.zeros_like(values)], dim=1), vectors


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    torch.eig = eig
    network = torch_problem.network(settings)
    analysis = hessian(
        network, torch.nn.MSELoss(), data=torch_problem.regression_batch(settings), cuda=False
    )

    def run() -> tuple[list, list]:
        torch.manual_seed(0)
        return analysis.density(iter=settings.steps, n_v=settings.probes)

    def result(density: tuple[list, list]) -> np.ndarray:
        return np.stack([np.asarray(density[0], dtype=float), np.asarray(density[1], dtype=float)], axis=1)

    return Peer(
        "pyhessian",
        torch_problem.version("PyHessian"),
        run,
        result,
        warm_up_runs=0,
        details={"reorthogonalisation": "full, once", "probes": settings.probes, "steps": settings.steps},
    )
