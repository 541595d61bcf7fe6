"""Spectral density, curvlinops: `papyan2020traces.spectrum.fast_lanczos` for each probe, then
`lanczos_approximate_spectrum_from_iter`: what `lanczos_approximate_spectrum` does.

The library has no Lanczos with reorthogonalisation: this one does none, so it does *less* than the work asked for (and
its density shows outliers several times). To its favour too: the boundaries of the spectrum, for which
`lanczos_approximate_spectrum` runs SciPy's `eigsh` first, are found during the set-up and not timed, so that the time
is proportional to the number of probes.
"""

import numpy as np
import torch
from curvlinops.papyan2020traces.spectrum import (
    approximate_boundaries,
    fast_lanczos,
    lanczos_approximate_spectrum_from_iter,
)

import torch_problem
from hvp_curvlinops import operator
from protocol import Peer
from settings import Settings


def prepare(settings: Settings) -> Peer:
    torch_problem.set_up(settings)
    hessian = operator(settings)
    boundaries = approximate_boundaries(hessian)

    def run() -> list[tuple[torch.Tensor, torch.Tensor]]:
        torch.manual_seed(0)
        probes = [fast_lanczos(hessian, settings.steps) for _ in range(settings.probes)]
        for probe in probes:
            lanczos_approximate_spectrum_from_iter(probe, boundaries, num_points=1024, kappa=3.0, margin=0.05)
        return probes

    def result(probes) -> np.ndarray:
        return np.stack([np.stack([values.numpy(), vectors[0].numpy() ** 2]) for values, vectors in probes])

    return Peer(
        "curvlinops",
        torch_problem.version("curvlinops-for-pytorch"),
        run,
        result,
        warm_up_runs=0,
        details={"reorthogonalisation": "none", "probes": settings.probes, "steps": settings.steps},
    )
