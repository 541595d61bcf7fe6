"""The exact spectrum of a checkpoint's Hessian, by an implementation that is not ours: PyTorch in double precision.

    python accuracy_exact.py FOLDER [--top K] > spectrum.json

All eigenvalues of the dense matrix (`torch.linalg.eigvalsh`), formed column by column; with `--top K` those of largest
magnitude alone, by ARPACK to 1e-10, for networks whose Hessian does not fit. One line of JSON: `{"eigenvalues": […]}`,
ascending.
"""

from __future__ import annotations

import argparse
import json
import sys

import threads


def main() -> int:
    parser = argparse.ArgumentParser(description="Exact eigenvalues of a checkpoint's Hessian.")
    parser.add_argument("folder", help="with checkpoint.safetensors and data.safetensors")
    parser.add_argument("--top", type=int, help="those of largest magnitude alone")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    threads.limit_threads(arguments.threads)

    import torch
    from accuracy_problem import load
    from torch_problem import views

    torch.set_num_threads(arguments.threads)
    problem = load(arguments.folder, "float64")
    parameters, gradients = problem.gradients()
    shapes = [parameter.shape for parameter in parameters]

    def product(vector: torch.Tensor) -> torch.Tensor:
        pieces = torch.autograd.grad(gradients, parameters, views(vector, shapes), retain_graph=True)
        return torch.cat([piece.reshape(-1) for piece in pieces])

    if arguments.top is None:
        unit = torch.zeros(problem.size)
        matrix = torch.empty(problem.size, problem.size)
        for column in range(problem.size):
            unit.zero_()[column] = 1
            matrix[column] = product(unit)
        values = torch.linalg.eigvalsh((matrix + matrix.T) / 2).tolist()
    else:
        import numpy as np
        from scipy.sparse.linalg import LinearOperator, eigsh

        operator = LinearOperator(
            (problem.size, problem.size), lambda v: product(torch.from_numpy(v.ravel())).numpy(), dtype=np.float64
        )
        start = np.random.default_rng(0).standard_normal(problem.size)
        values = sorted(eigsh(operator, arguments.top, which="LM", tol=1e-10, v0=start, return_eigenvectors=False))
    print(json.dumps({"eigenvalues": [float(value) for value in values]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
