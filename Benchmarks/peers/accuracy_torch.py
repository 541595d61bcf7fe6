"""Spectra with PyTorch by hand: products through a retained graph, Lanczos as in `density_torch.py`, ARPACK by SciPy's
`eigsh`."""

import numpy as np
import torch
from scipy.sparse.linalg import LinearOperator, eigsh

import torch_problem
from accuracy_problem import AccuracyProblem
from density_torch import quadrature, tridiagonal


class Library:
    SETTINGS = [{"tol": tolerance} for tolerance in (0.3, 0.1, 0.03, 1e-2, 1e-3, 1e-4)]

    def __init__(self, problem: AccuracyProblem) -> None:
        self.version = torch_problem.version()
        self.size = problem.size
        self.parameters, self.gradients = problem.gradients()
        self.shapes = [parameter.shape for parameter in self.parameters]
        self.basis = torch.zeros(0, self.size)

    def product(self, vector: torch.Tensor) -> torch.Tensor:
        directions = torch_problem.views(vector, self.shapes)
        pieces = torch.autograd.grad(self.gradients, self.parameters, directions, retain_graph=True)
        return torch.cat([piece.reshape(-1) for piece in pieces])

    def probe(self, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        if len(self.basis) < steps:
            self.basis = torch.zeros(steps, self.size)
        generator = torch.Generator().manual_seed(seed)
        start = torch.randint(0, 2, (self.size,), generator=generator).to(self.basis.dtype) * 2 - 1
        nodes, weights = quadrature(*tridiagonal(self.product, self.basis[:steps], start))
        return nodes.numpy(), weights.numpy()

    def top(self, count: int, seed: int, tol: float) -> np.ndarray:
        def product(vector: np.ndarray) -> np.ndarray:
            return self.product(torch.from_numpy(vector.astype(np.float32, copy=False).ravel())).numpy()

        operator = LinearOperator((self.size, self.size), matvec=product, dtype=np.float32)
        start = np.random.default_rng(seed).standard_normal(self.size, dtype=np.float32)
        return eigsh(operator, k=count, which="LM", tol=tol, v0=start, return_eigenvectors=False)
