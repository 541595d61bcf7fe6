"""Asserts that the peers do the same work: each is run once, and compared with the reference and with each other.

    python check_agreement.py [--batch 1024] [--examples 128] [--only mlp|networks]

* Hessian-vector products: ‖a − b‖ ≤ 1e-4 ‖b‖ in single, 1e-10 in double, against the R-operator by hand in double
  (`reference.py`) and between every two peers.
* Gram matrices: the same in the Frobenius norm, against per-example gradients written out one by one.
* Spectral density: each probe's weights sum to 1; the largest node is the largest eigenvalue, which a full
  reorthogonalising Lanczos has found to 1e-3 by 40 steps.
* Surfaces: PyTorch's single precision against its double (1e-5), and the middle of both, where all are at the point
  itself, against the loss by hand; loss-landscapes draws a plane of its own, so of that the losses are finite alone.
* Adam: the loss after 20 steps, in double, where rounding has not yet grown: 1e-8. (In single the first steps, close to
  the sign of the gradient, blow rounding up.)

In single precision the bound 1e-4 leaves room for a few of the million ReLU masks to flip, where a linear output is
within rounding of 0. The larger networks are in `check_networks.py`.
A library that is not installed is named and skipped; nothing else is.
"""

import argparse
import itertools
import sys

import threads

threads.limit_threads(2)
threads.limit_jax_threads(2)

import numpy as np  # noqa: E402  (after the threads are set)

import check_networks  # noqa: E402
import reference  # noqa: E402
from checks import Checks, distance, results  # noqa: E402
from settings import Settings  # noqa: E402


def largest_eigenvalue(settings: Settings) -> float:
    """By ARPACK on the double-precision product of PyTorch, itself checked against the reference above."""
    import torch
    from scipy.sparse.linalg import LinearOperator, eigsh

    import torch_problem

    torch_problem.set_up(settings)
    network = torch_problem.network(settings)
    inputs, targets = torch_problem.regression_batch(settings)
    parameters = list(network.parameters())
    gradients = torch.autograd.grad(((network(inputs) - targets) ** 2).mean(), parameters, create_graph=True)
    shapes = [p.shape for p in parameters]

    def product(vector: np.ndarray) -> np.ndarray:
        directions = torch_problem.views(torch.from_numpy(vector.ravel()), shapes)
        return torch_problem.as_flat_array(torch.autograd.grad(gradients, parameters, directions, retain_graph=True))

    size = sum(p.numel() for p in parameters)
    start = np.random.default_rng(1).standard_normal(size)
    operator = LinearOperator((size, size), matvec=product, dtype=np.float64)
    return float(eigsh(operator, k=1, which="LA", tol=1e-6, v0=start, return_eigenvectors=False)[0])


def check_small_network(checks: Checks, arguments: argparse.Namespace) -> None:
    for precision, bound in (("single", 1e-4), ("double", 1e-10)):
        settings = Settings(precision=precision, batch=arguments.batch, examples=arguments.examples, block=48)
        checks.same_arrays("hvp", settings, reference.hessian_product(arguments.batch), bound)
        checks.same_arrays("gradcov", settings, reference.gradient_cosines(arguments.examples), bound)

    largest = largest_eigenvalue(Settings(precision="double", batch=arguments.batch))
    for library, probes in results("density", Settings(batch=arguments.batch, probes=2, steps=40)).items():
        for nodes, weights in probes:
            checks.below(f"density {library}: weights sum to 1", abs(weights.sum() - 1), 1e-5)
            checks.below(f"density {library}: largest node", abs(nodes.max() / largest - 1), 1e-3)

    surfaces = {}
    for precision in ("single", "double"):
        settings = Settings(precision=precision, batch=arguments.batch, points=5)
        surfaces[precision] = results("surface", settings)
        expected = reference.mean_squared_error(arguments.batch)
        bound = 1e-5 if precision == "single" else 1e-12
        middle = surfaces[precision]["torch"][2, 2]
        checks.below(f"surface {precision} torch: the middle", abs(middle / expected - 1), bound)
        for library, losses in surfaces[precision].items():
            checks.below(f"surface {precision} {library}: losses not finite", float((~np.isfinite(losses)).sum()), 0)
    checks.same("surface torch single – double", surfaces["single"]["torch"], surfaces["double"]["torch"], 1e-5)

    losses = results("adam", Settings(precision="double", batch=32, training_steps=20))
    for (one, a), (other, b) in itertools.combinations(losses.items(), 2):
        checks.below(f"adam double {one} – {other}", distance(a, b), 1e-8)


def main() -> int:
    parser = argparse.ArgumentParser(description="Asserts that the peers do the same work.")
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--examples", type=int, default=128)
    parser.add_argument("--only", choices=["mlp", "networks"], help="leave the larger networks out, or the small one")
    arguments = parser.parse_args()
    checks = Checks()

    if arguments.only != "networks":
        check_small_network(checks, arguments)
    if arguments.only != "mlp":
        check_networks.check(checks)

    print(f"{checks.failures} failures" if checks.failures else "all agree")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
