"""Spectral density, hessian-eigenthings: `spectral_density(operator, num_runs=probes, lanczos_steps=steps)`.

The library's own method as a user calls it. It always reorthogonalises in full here (one pass of modified Gram-Schmidt,
vector by vector), and its operator builds the graph anew for each product.
"""

import numpy as np
from hessian_eigenthings.algorithms.spectral_density import SpectralDensityResult, spectral_density

import torch_problem
from hvp_eigenthings import operator
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    hessian = operator(settings)

    def run() -> SpectralDensityResult:
        return spectral_density(hessian, num_runs=settings.probes, lanczos_steps=settings.steps, seed=0)

    def result(density: SpectralDensityResult) -> np.ndarray:
        return np.stack([density.raw_eigenvalues.numpy(), density.raw_weights.numpy()], axis=1)

    return Peer(
        "hessian-eigenthings",
        torch_problem.version("hessian-eigenthings"),
        run,
        result,
        warm_up_runs=0,
        details={"reorthogonalisation": "full, once", "probes": settings.probes, "steps": settings.steps},
    )
