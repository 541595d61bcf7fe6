"""Writes the common problem as a checkpoint and a data file, for the commands that start from files.

    python make_checkpoint.py FOLDER [--batch 1024]      → FOLDER/checkpoint.safetensors, FOLDER/data.safetensors
"""

import argparse
import json
from pathlib import Path

from safetensors.numpy import save_file

import problem


def architecture() -> dict:
    layers: list[dict] = []
    for index, (fan_in, fan_out) in enumerate(zip(problem.WIDTHS, problem.WIDTHS[1:]), start=1):
        layers += [{"kind": "linear", "name": f"fc{index}", "in": fan_in, "out": fan_out}, {"kind": "relu"}]
    return {"input": [problem.WIDTHS[0]], "layers": layers[:-1]}


def main() -> None:
    parser = argparse.ArgumentParser(description="The benchmark's network and batch as safetensors files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batch", type=int, default=1024)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    single = "float32"
    names = [f"fc{index}.{kind}" for index in range(1, len(problem.WIDTHS)) for kind in ("weight", "bias")]
    metadata = {
        "format": "pt",
        "landscape.format_version": "1",
        "landscape.architecture": json.dumps(architecture()),
    }
    parameters = dict(zip(names, problem.parameters(single), strict=True))
    save_file(parameters, arguments.folder / "checkpoint.safetensors", metadata)
    batch = {
        "inputs": problem.inputs(arguments.batch, single),
        "targets": problem.targets(arguments.batch, single),
    }
    save_file(batch, arguments.folder / "data.safetensors")


if __name__ == "__main__":
    main()
