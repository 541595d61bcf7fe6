"""Spectra with hessian-eigenthings: `spectral_density(num_runs=1)` for each probe, `lanczos(operator, k, max_iter)`.

The library does not choose `max_iter` by convergence: the settings are lengths, the first its default of 2k. Beyond 50
steps it leaves reorthogonalisation out unless it is asked for; both are tried.
"""

import numpy as np
import torch
from hessian_eigenthings import HessianOperator
from hessian_eigenthings.algorithms.lanczos import lanczos
from hessian_eigenthings.algorithms.spectral_density import spectral_density
from hessian_eigenthings.loss_fns import supervised_loss

import torch_problem
from accuracy_problem import AccuracyProblem


class Library:
    SETTINGS = [{"max_iter": 20}, {"max_iter": 30}, {"max_iter": 40}, {"max_iter": 50}, {"max_iter": 80}] + [
        {"max_iter": steps, "reorthogonalize": True} for steps in (60, 80, 100, 150, 200)
    ]

    def __init__(self, problem: AccuracyProblem) -> None:
        self.version = torch_problem.version("hessian-eigenthings")
        self.operator = HessianOperator(
            problem.network, [(problem.inputs, problem.targets)], supervised_loss(problem.loss), method="autograd"
        )

    def probe(self, steps: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        found = spectral_density(self.operator, num_runs=1, lanczos_steps=steps, seed=seed)
        return found.raw_eigenvalues[0].numpy(), found.raw_weights[0].numpy()

    def top(self, count: int, seed: int, **setting) -> torch.Tensor:
        return lanczos(self.operator, k=count, which="LM", seed=seed, **setting).eigenvalues
