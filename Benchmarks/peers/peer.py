"""One peer as a process that the Swift harness drives.

    python peer.py WORK LIBRARY [--threads 2] [--precision double]

The conversation is in `protocol.py`; what each library does, in `WORK_LIBRARY.py`. `--list` prints the peers.
"""

import argparse
import importlib
import sys

import threads
from allocator import keep_pages
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
    ("probe", "torch"): "probe_torch",
    ("probe", "jax"): "probe_jax",
    ("surface", "torch"): "surface_torch",
    ("surface", "loss-landscapes"): "surface_loss_landscapes",
    ("network-hvp", "torch"): "network_hvp_torch",
    ("network-hvp", "jax"): "network_hvp_jax",
    ("network-gradcov", "torch-vmap"): "network_gradcov_torch",
    ("network-gradcov", "backpack"): "network_gradcov_backpack",
    ("network-gradcov", "jax"): "network_gradcov_jax",
    ("network-dqn", "torch"): "network_dqn_torch",
    ("network-dqn", "jax"): "network_dqn_jax",
    ("agent", "torch"): "agent_torch",
    ("agent", "jax"): "agent_jax",
}

# What --batch is where it is not said.
BATCHES = {"adam": 32, "probe": 512, "network-dqn": 32, "agent": 32, "network-hvp": 64}


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="One peer of the benchmark, driven over standard input and output.")
    parser.add_argument("work", nargs="?", choices=sorted({work for work, _ in ADAPTERS}))
    parser.add_argument("library", nargs="?", choices=sorted({library for _, library in ADAPTERS}))
    parser.add_argument("--list", action="store_true", help="print the peers, one 'WORK LIBRARY' a line, and stop")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["single", "double"], default="single")
    parser.add_argument("--batch", type=int, help="examples in a batch (by work: 1024, 64 or 32)")
    parser.add_argument("--examples", type=int, default=512, help="examples of the gradient covariance, inputs of probe")
    parser.add_argument("--block", type=int, default=512, help="examples in a block of torch-blocks")
    parser.add_argument("--probes", type=int, default=10, help="probes of the spectral density")
    parser.add_argument("--steps", type=int, default=80, help="Lanczos steps a probe")
    parser.add_argument("--training-steps", type=int, default=200, help="optimiser steps in one run of adam or probe")
    parser.add_argument("--points", type=int, default=25, help="points along each direction of a surface")
    parser.add_argument("--network", choices=["mlp", "cnn", "resnet18", "vit"], default="cnn", help="of agent and network-…")
    parser.add_argument("--folder", help="its checkpoint, data and vector (default: drawn for this run)")
    parser.add_argument("--tuned", action="store_true", help="channels-last tensors, and memory that is kept; of probe, torch.compile")
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
        batch=arguments.batch or BATCHES.get(arguments.work, 1024),
        examples=arguments.examples,
        block=arguments.block,
        probes=arguments.probes,
        steps=arguments.steps,
        training_steps=arguments.training_steps,
        points=arguments.points,
        network=arguments.network,
        folder=arguments.folder,
        tuned=arguments.tuned,
    )
    if settings.tuned:
        keep_pages()
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
