#!/usr/bin/env python3
"""Writes a PyTorch model as a checkpoint that `landscape` reads: layers by name, and their tensors, in one file.

    from export_checkpoint import export
    export(model, (3, 32, 32), "model.safetensors")

    python tools/export_checkpoint.py module:factory --input 3,32,32 --state state.pt --out model.safetensors

Needs `torch` and `safetensors`. What a `forward()` does cannot be read off a module's children with certainty, so the
layers found are run beside the model before anything is written. docs/YOUR_MODEL.md has examples.
"""

import argparse
import importlib
import importlib.util
import json
import os
import re
import sys
import warnings

import torch

# At the end, so that none of ours hides a module of the user's.
_folder = os.path.dirname(os.path.abspath(__file__))
sys.path.append(_folder)
from architecture_torch import Disagreement, compare, shaken  # noqa: E402, F401
from translators import CLASSES, COMPOSITES, type_of  # noqa: E402


_registered = {}


class Untranslatable(ValueError):
    """Modules that no layer kind stands for. `modules`: a list of (dotted path, class, reason), all that were found."""

    def __init__(self, modules):
        self.modules = modules
        lines = [f"  {path or '(the model)'} ({cls}): {reason}" for path, cls, reason in modules]
        super().__init__("cannot translate\n" + "\n".join(lines))


def describe(model, input_shape, dropout=False):
    """The model's layers, a list as in a checkpoint's architecture, and its tensors by name; `model` stays as it is.

    `dropout=True` keeps `nn.Dropout` as layers (they do nothing in analysis). Raises `Untranslatable`; warns of what is
    left out on purpose.
    """
    if len(input_shape) == 0 or min(input_shape) < 1:
        raise ValueError(f"{list(input_shape)} is not a shape of one example, such as (3, 32, 32)")
    model = _unwrapped(model)
    walk = _Walk(dropout)
    layers = _settled(walk.layers(model, ""), walk)
    owners = dict(model.named_modules())
    for name, parameter in model.named_parameters():
        if id(parameter) not in walk.owners and id(parameter) not in walk.excused:
            path, _, leaf = name.rpartition(".")
            walk.refuse(path, owners[path], f"its parameter '{leaf}' belongs to no layer")
    if walk.refused:
        raise Untranslatable(walk.refused)
    if frozen := [name for name, parameter in model.named_parameters() if not parameter.requires_grad]:
        walk.notes.append(f"frozen here, parameters like all others there: {', '.join(frozen)}")
    for note in walk.notes:
        warnings.warn(note, stacklevel=2)
    return layers, walk.tensors


def export(model, input_shape, path, run=None, check=True, dropout=False):
    """Writes the checkpoint whole or not at all, and returns its architecture.

    `run` is a dictionary on how the model was trained (`environment`, `seed`, `step`, `loss`, `data`, …).
    Raises `Untranslatable`; with `check` also `Disagreement` where the layers found and the model's `forward()` give
    different outputs, at the model's weights and at others near them.
    """
    from safetensors.torch import save_file

    if not os.path.isdir(folder := os.path.dirname(os.path.abspath(path))):
        raise FileNotFoundError(f"there is no folder {folder}")
    layers, tensors = describe(model, input_shape, dropout)
    architecture = {"input": list(input_shape), "layers": layers}
    for name, tensor in tensors.items():
        if not torch.isfinite(tensor).all():
            raise ValueError(f"{name} holds a NaN or an infinity")
    if check:
        _check(_unwrapped(model), architecture, tensors)
    metadata = {"format": "pt", "landscape.format_version": "1", "landscape.architecture": json.dumps(architecture)}
    if run is not None:
        metadata["landscape.run"] = json.dumps(run, allow_nan=False)
    partial = f"{path}.partial-{os.getpid()}"
    try:
        save_file(tensors, partial, metadata)
        os.replace(partial, path)
    finally:
        if os.path.exists(partial):
            os.remove(partial)
    return architecture


def register(class_name, translator):
    """Says what modules of the class `class_name` compute; wins over what is known here.

    `translator` is a list of children's names and layers, in the order of `forward()`:
    `register("Net", ["conv1", {"kind": "relu"}, {"kind": "flatten"}, "fc"])`, also within a residual layer's `body` and
    `shortcut`; or it is a function from a `Node` to layers (translators.py has examples).
    """
    _registered[class_name] = translator


class Node:
    """A module on the walk: what a translator gets."""

    def __init__(self, module, path, walk):
        self.module, self.path, self.walk = module, path, walk
        self.name = path or type(module).__name__.lower()

    def child(self, name):
        """The layers of a submodule (`mlp.fc1` reaches deeper); none where it is absent or None."""
        module, path = self.module, self.path
        for part in name.split("."):
            module, path = getattr(module, part, None), f"{path}.{part}".lstrip(".")
            if module is None:
                return []
        return self.walk.layers(module, path)

    def children(self, *names):
        return [layer for name in names for layer in self.child(name)]

    def tensor(self, name, tensor, made_of=None):
        """Stores a parameter or buffer under the checkpoint's name for it; `made_of` lists those it was made from."""
        for source in made_of or [tensor]:
            owner, _ = self.walk.owners.setdefault(id(source), (name, source))
            if owner != name:
                self.refuse(f"shares '{name}' with '{owner}', and shared parameters are not known")
        # A copy of its own: tensors that share memory cannot be stored.
        self.walk.tensors[name] = tensor.detach().cpu().clone().contiguous()

    def refuse(self, reason):
        """Records that the module cannot be translated, and why; the walk goes on to find all others."""
        self.walk.refuse(self.path, self.module, reason)
        return []

    def unless(self, **wrong):
        """Refuses for each setting that is wrong; true where none is."""
        for setting in (name for name, is_wrong in wrong.items() if is_wrong):
            self.refuse(f"{setting}={getattr(self.module, setting)!r} is not known")
        return not any(wrong.values())


class _Walk:
    """What was found so far."""

    def __init__(self, dropout):
        self.dropout, self.tensors, self.refused, self.notes = dropout, {}, [], []
        # By a parameter's identity: the name it was stored under, and those of modules that are refused anyway.
        self.owners, self.excused = {}, set()

    def layers(self, module, path):
        node = Node(module, path, self)
        names = [cls.__name__ for cls in type_of(module).__mro__]
        for table in (_registered, CLASSES):
            for name in names:
                if name in table:
                    translator = table[name]
                    return translator(node) if callable(translator) else _spelled_out(translator, node)
        present = {name for name, child in module.named_children()}
        for needed, allowed, translator in COMPOSITES:
            if needed <= present and all(re.fullmatch(allowed, name) for name in present - needed):
                return translator(node)
        return self.unknown(node)

    def unknown(self, node):
        cls, found = type_of(node.module).__name__, len(self.refused)
        for name, child in node.module.named_children():
            self.layers(child, f"{node.path}.{name}".lstrip("."))
        node.refuse(f"no kind stands for it; register('{cls}', …) if known layers can say what forward() does")
        self.refused.insert(found, self.refused.pop())
        return []

    def refuse(self, path, module, reason):
        self.refused.append((path, type_of(module).__name__, reason))
        for parameter in module.parameters():
            self.excused.add(id(parameter))


def _spelled_out(items, node):
    """A registered list with the layers of its children in place of their names."""
    layers = []
    for item in items:
        if isinstance(item, str):
            if not hasattr(node.module, item.partition(".")[0]):
                return node.refuse(f"has no child '{item}', which was registered for it")
            layers += node.child(item)
        else:
            parts = {part: _spelled_out(item[part], node) for part in ("body", "shortcut") if part in item}
            layers.append({**item, **parts})
    return layers


def _settled(layers, walk):
    """Joins adaptive pooling with the Flatten after it: what is `[N, C, 1, 1]` in PyTorch is `[N, C]` here."""
    settled, pooled = [], None
    for layer in layers:
        for part in ("body", "shortcut"):
            if part in layer:
                layer[part] = _settled(layer[part], walk)
        flat = settled and settled[-1]["kind"] in ("flatten", "global_avg_pool")
        if layer["kind"] == "flatten" and (pooled or flat):
            pooled = None
            continue
        if pooled and layer["kind"] != "dropout":
            break
        pooled = pooled or layer.pop("_pool", None)
        settled.append(layer)
    if pooled:
        pooled.refuse("is known only before a Flatten")
    return settled


def _unwrapped(model):
    """The model inside torch.compile and data parallelism."""
    while type(model).__name__ in ("DataParallel", "DistributedDataParallel", "OptimizedModule"):
        model = getattr(model, "_orig_mod", None) or model.module
    return model


def _check(model, architecture, tensors):
    compare(model, architecture, tensors)
    other = shaken(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, tensors = describe(other, architecture["input"])
    compare(other, architecture, tensors, seed=1)


# The command line.


def _load(place):
    """The factory of `package.module:name` or `folder/file.py:name`."""
    module, _, name = place.rpartition(":")
    sys.path.insert(0, os.getcwd())
    if module.endswith(".py"):
        spec = importlib.util.spec_from_file_location(os.path.basename(module)[:-3], module)
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
    else:
        loaded = importlib.import_module(module)
    return getattr(loaded, name)


def _load_state(model, path):
    """Loads a state dict, bare or under `state_dict`, `model_state_dict` or `model`, with or without a wrapper's prefix."""
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        state = load_file(path)
    else:
        state = torch.load(path, map_location="cpu", weights_only=True)
    state = next((state[key] for key in ("state_dict", "model_state_dict", "model") if isinstance(state.get(key), dict)), state)
    for prefix in ("module.", "_orig_mod."):
        if all(key.startswith(prefix) for key in state):
            state = {key[len(prefix):]: tensor for key, tensor in state.items()}
    model.load_state_dict(state)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Writes a PyTorch model as a checkpoint that landscape reads.")
    parser.error = lambda message: parser.exit(64, f"{parser.format_usage()}error: {message}\n")
    parser.add_argument("factory", help="package.module:name or file.py:name; called, it returns the model")
    parser.add_argument("--arguments", type=json.loads, default={}, help='keyword arguments for it, {"width": 64}')
    parser.add_argument("--input", required=True, help="shape of one example, 3,32,32")
    parser.add_argument("--state", help="state dict, by torch.save or as safetensors; default: as the model is made")
    parser.add_argument("--out", required=True, help="the checkpoint to write")
    parser.add_argument("--architecture", help="write the architecture to this JSON file, too")
    parser.add_argument("--run", type=json.loads, help='how it was trained, {"loss": "cross-entropy", "data": …}')
    parser.add_argument("--dropout", action="store_true", help="keep dropout as layers (they do nothing in analysis)")
    parser.add_argument("--check", action=argparse.BooleanOptionalAction, default=True,
                        help="run the layers found beside the model before writing")
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"\d+(,\d+)*", options.input) or ":" not in options.factory:
        parser.error("give the model as module:factory and --input as 3,32,32")
    warnings.showwarning = lambda message, *_: print(f"note: {message}", file=sys.stderr)
    warnings.simplefilter("always", UserWarning)
    try:
        model = _load(options.factory)(**options.arguments)
        if options.state:
            _load_state(model, options.state)
        shape = [int(extent) for extent in options.input.split(",")]
        architecture = export(model, shape, options.out, options.run, options.check, options.dropout)
        if options.architecture:
            with open(options.architecture, "w", encoding="utf-8") as file:
                json.dump(architecture, file, indent=1)
    except OSError as error:
        parser.exit(74, f"error: {error}\n")
    except ValueError as error:
        parser.exit(65, f"error: {error}\n")
    except Exception as error:  # Whatever a factory, a state dict or their files raise.
        parser.exit(65, f"error: {type(error).__name__}: {error}\n")
    print(f"{options.out}: {sum(1 for _ in model.parameters())} tensors of parameters")


if __name__ == "__main__":
    # So that a model's file that says `from export_checkpoint import register` gets this module, not a second one.
    sys.modules["export_checkpoint"] = sys.modules["__main__"]
    main()
