"""Spectra with curvlinops: `fast_lanczos` (what `lanczos_approximate_spectrum` runs), whose nodes and weights are taken
before they are smoothed on a grid, and SciPy's `eigsh` on `operator.to_scipy()`, as its documentation does."""

import numpy as np
import torch
from curvlinops import HessianLinearOperator
from curvlinops.papyan2020traces.spectrum import fast_lanczos
from scipy.sparse.linalg import eigsh

import torch_problem
from accuracy_problem import AccuracyProblem


class Library:
    SETTINGS = [{"tol": tolerance} for tolerance in (0.3, 0.1, 0.03, 1e-2, 1e-3, 1e-4)]

    def __init__(self, problem: AccuracyProblem) -> None:
        self.version = torch_problem.version("curvlinops-for-pytorch")
        self.size = problem.size
        self.operator = HessianLinearOperator(
            problem.network,
            problem.loss,
            list(problem.network.parameters()),
            [(problem.inputs, problem.targets)],
            check_deterministic=False,
            num_data=len(problem.inputs),
        )

    def probe(self, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        torch.manual_seed(seed)
        values, vectors = fast_lanczos(self.operator, steps)
        return values.numpy(), vectors[0].numpy() ** 2

    def top(self, count: int, seed: int, tol: float) -> np.ndarray:
        start = np.random.default_rng(seed).standard_normal(self.size, dtype=np.float32)
        return eigsh(self.operator.to_scipy(), k=count, which="LM", tol=tol, v0=start, return_eigenvectors=False)
