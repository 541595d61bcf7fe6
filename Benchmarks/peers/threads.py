"""The number of threads, said to each library in its own way, before the library is imported."""

import os


def limit_threads(count: int) -> None:
    """Sets what OpenMP, MKL and OpenBLAS read when they are loaded. PyTorch is told again by `set_num_threads`."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = str(count)
    os.environ["MKL_DYNAMIC"] = "FALSE"
    os.environ["OMP_DYNAMIC"] = "FALSE"


def limit_jax_threads(count: int) -> None:
    """XLA on the CPU has no option for the size of its thread pool: it makes one thread for each core it may run on.
    So it is let run on `count` cores, and no more; with one, its multi-threaded kernels are switched off as well."""
    os.environ["JAX_PLATFORMS"] = "cpu"
    os.environ["NPROC"] = str(count)
    flags = os.environ.get("XLA_FLAGS", "")
    os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen={'true' if count > 1 else 'false'}".strip()
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        if count < len(allowed):
            os.sched_setaffinity(0, allowed[:count])
