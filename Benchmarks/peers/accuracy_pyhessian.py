"""Spectra with PyHessian: `density(iter=steps, n_v=1)` for each probe, `eigenvalues(maxIter, tol, top_n)`.

`torch.eig`, which its density calls and PyTorch has removed, is put back as in `density_pyhessian.py`.
"""

import numpy as np
import torch
from pyhessian import hessian

import torch_problem
from accuracy_problem import AccuracyProblem
from density_pyhessian import eig


class Library:
    # The first is the default.
    SETTINGS = [
        {"maxIter": 100, "tol": 1e-3},
        {"maxIter": 200, "tol": 1e-4},
        {"maxIter": 1000, "tol": 1e-5},
        {"maxIter": 3000, "tol": 1e-6},
        {"maxIter": 10000, "tol": 1e-7},
    ]

    def __init__(self, problem: AccuracyProblem) -> None:
        torch.eig = eig
        self.version = torch_problem.version("PyHessian")
        self.analysis = hessian(problem.network, problem.loss, data=(problem.inputs, problem.targets), cuda=False)

    def probe(self, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        torch.manual_seed(seed)
        nodes, weights = self.analysis.density(iter=steps, n_v=1)
        return np.asarray(nodes[0], dtype=float), np.asarray(weights[0], dtype=float)

    def top(self, count: int, seed: int, maxIter: int, tol: float) -> list[float]:
        torch.manual_seed(seed)
        values, _ = self.analysis.eigenvalues(maxIter=maxIter, tol=tol, top_n=count)
        return values
