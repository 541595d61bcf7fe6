"""One library as a process that is asked for spectra, and not only for their time.

    python accuracy_peer.py LIBRARY FOLDER [--threads 2]

Requests and answers are JSON, a line each; the first line is `ready {…}` or `absent REASON` as in `protocol.py`.

    {"do": "density", "steps": 40, "seed": 1, "seconds": 2.0, "probes": 64}
        probes one after another, until that many are done or the time is over
    {"seconds": [0.11, …], "nodes": [[…], …], "weights": [[…], …]}
        `seconds` since the start after each probe, its nodes and its weights

    {"do": "top", "count": 10, "setting": 0, "seed": 1}
        the eigenvalues of largest magnitude with the library's setting number 0, 1, … from cheap to dear
    {"seconds": 0.31, "setting": "tol=0.001", "values": […]}        or {} where it has no such setting

    {"do": "quit"}
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
import traceback

import threads
from protocol import Absent, claim_standard_output

ADAPTERS = {
    "torch": "accuracy_torch",
    "curvlinops": "accuracy_curvlinops",
    "pyhessian": "accuracy_pyhessian",
    "hessian-eigenthings": "accuracy_eigenthings",
}


def density(library, request: dict) -> dict:
    seconds, nodes, weights = [], [], []
    start = time.perf_counter()
    for probe in range(request["probes"]):
        found_nodes, found_weights = library.probe(request["steps"], request["seed"] * 1_000 + probe)
        seconds.append(time.perf_counter() - start)
        nodes.append([float(node) for node in found_nodes])
        weights.append([float(weight) for weight in found_weights])
        if seconds[-1] >= request["seconds"]:
            break
    return {"seconds": seconds, "nodes": nodes, "weights": weights}


def top(library, request: dict) -> dict:
    if request["setting"] >= len(library.SETTINGS):
        return {}
    setting = library.SETTINGS[request["setting"]]
    start = time.perf_counter()
    values = library.top(request["count"], request["seed"], **setting)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "setting": ", ".join(f"{name}={value}" for name, value in setting.items()),
        "values": sorted((float(value) for value in values), key=abs, reverse=True),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="One library's spectra of one checkpoint's Hessian.")
    parser.add_argument("library", choices=sorted(ADAPTERS))
    parser.add_argument("folder", help="with checkpoint.safetensors and data.safetensors")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    threads.limit_threads(arguments.threads)
    output = claim_standard_output()

    def say(line: str) -> None:
        output.write(line + "\n")
        output.flush()

    try:
        import torch

        from accuracy_problem import load

        torch.set_num_threads(arguments.threads)
        library = importlib.import_module(ADAPTERS[arguments.library]).Library(load(arguments.folder, "float32"))
        library.probe(5, 0)
    except (Absent, ImportError) as reason:
        say("absent " + " ".join(str(reason).split()))
        return 0
    except Exception as fault:
        traceback.print_exc()
        say("absent set-up failed: " + " ".join(f"{type(fault).__name__}: {fault}".split()))
        return 0
    say("ready " + json.dumps({"library": arguments.library, "version": library.version}))

    works = {"density": density, "top": top}
    for line in sys.stdin:
        request = json.loads(line)
        if request["do"] == "quit":
            break
        try:
            say(json.dumps(works[request["do"]](library, request)))
        except Exception as fault:
            traceback.print_exc()
            say(json.dumps({"error": f"{type(fault).__name__}: {fault}"}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
