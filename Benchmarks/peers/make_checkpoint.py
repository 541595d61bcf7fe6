"""Writes the common problem as a checkpoint and a data file, for the commands that start from files.

    python make_checkpoint.py FOLDER [--batch 1024]      → FOLDER/checkpoint.safetensors, FOLDER/data.safetensors
    python make_checkpoint.py FOLDER --network resnet18 --batch 64              … and FOLDER/vector.safetensors
    python make_checkpoint.py FOLDER --network cnn --transitions 640            … with transitions for a TD loss
"""

import argparse
import json
from pathlib import Path

from safetensors.numpy import save_file

import network_files
import networks
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
    parser.add_argument("--network", choices=networks.NAMES, help="a larger network (default: the small one)")
    parser.add_argument("--transitions", type=int, default=0, help="transitions of that network instead of a batch")
    arguments = parser.parse_args()
    if arguments.network is not None:
        network_files.write(arguments.folder, arguments.network, arguments.batch, arguments.transitions)
        return
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
