"""One peer as a process that the Swift harness drives.

    python peer.py WORK LIBRARY [--threads 2] [--precision double]

The conversation is in `protocol.py`; what each library does, in `WORK_LIBRARY.py`. `--list` prints the peers.
"""

import argparse
import importlib
import sys

import threads
from protocol import claim_standard_output, serve
from settings import Settings

# (work, library) → the file that adapts it. The order is that of the report.
ADAPTERS = {
    ("hvp", "torch"): "hvp_torch",
    ("hvp", "jax"): "hvp_jax",
    ("hvp", "pyhessian"): "hvp_pyhessian",
    ("hvp", "curvlinops"): "hvp_curvlinops",
    ("hvp", "hessian-eigenthings"): "hvp_eigenthings",
    ("density", "torch"): "density_torch",
    ("density", "pyhessian"): "density_pyhessian",
    ("density", "curvlinops"): "density_curvlinops",
    ("density", "hessian-eigenthings"): "density_eigenthings",
    ("gradcov", "torch-vmap"): "gradcov_torch_vmap",
    ("gradcov", "torch-blocks"): "gradcov_torch_blocks",
    ("gradcov", "torch-factored"): "gradcov_torch_factored",
    ("gradcov", "backpack"): "gradcov_backpack",
    ("gradcov", "jax"): "gradcov_jax",
    ("adam", "torch"): "adam_torch",
    ("adam", "jax"): "adam_jax",
}


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One peer of the benchmark, driven over standard input and output.")
    parser.add_argument("work", nargs="?", choices=sorted({work for work, _ in ADAPTERS}))
    parser.add_argument("library", nargs="?", choices=sorted({library for _, library in ADAPTERS}))
    parser.add_argument("--list", action="store_true", help="print the peers, one 'WORK LIBRARY' a line, and stop")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["single", "double"], default="single")
    parser.add_argument("--batch", type=int, help="examples in a batch (hvp, density: 1024; adam: 32)")
    parser.add_argument("--examples", type=int, default=512, help="examples of the gradient covariance")
    parser.add_argument("--block", type=int, default=512, help="examples in a block of torch-blocks")
    parser.add_argument("--probes", type=int, default=10, help="probes of the spectral density")
    parser.add_argument("--steps", type=int, default=80, help="Lanczos steps a probe")
    parser.add_argument("--training-steps", type=int, default=200, help="optimiser steps in one run of adam")
    arguments = parser.parse_args()
    if not arguments.list and (arguments.work, arguments.library) not in ADAPTERS:
        parser.error("no such peer; --list names them")
    return arguments


def main() -> int:
    arguments = parsed_arguments()
    if arguments.list:
        print("\n".join(f"{work} {library}" for work, library in ADAPTERS))
        return 0
    settings = Settings(
        threads=arguments.threads,
        precision=arguments.precision,
        batch=arguments.batch or (32 if arguments.work == "adam" else 1024),
        examples=arguments.examples,
        block=arguments.block,
        probes=arguments.probes,
        steps=arguments.steps,
        training_steps=arguments.training_steps,
    )
    threads.limit_threads(settings.threads)
    if arguments.library == "jax":
        threads.limit_jax_threads(settings.threads)
    output = claim_standard_output()
    # The library is imported inside `prepare`'s guard: not installed means absent, not broken.
    return serve(
        lambda: importlib.import_module(ADAPTERS[arguments.work, arguments.library]).prepare(settings), output
    )


if __name__ == "__main__":
    sys.exit(main())
