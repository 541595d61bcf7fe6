"""The code of docs/YOUR_MODEL.md runs as it stands, in one session and in the page's order.

Run: python tools/tests/test_your_model_page.py
"""

import contextlib
import json
import os
import re
import unittest
import warnings

import numpy as np
import torch
from export_case import TOOLS, ExportCase
from safetensors import safe_open
from safetensors.torch import load_file

from architecture_torch import evaluate

with open(os.path.join(TOOLS, "../docs/YOUR_MODEL.md"), encoding="utf-8") as page:
    CODE = re.findall(r"^```python\n(.*?)^```", page.read(), re.MULTILINE | re.DOTALL)


class Page(ExportCase):
    def test_code_writes_what_the_commands_then_read(self):
        with contextlib.chdir(self.folder), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = {}
            for block in CODE:
                exec(block, names)
            for checkpoint, architecture in [("cnn", None), ("net", None), ("step_0", "resnet18"), ("mlp", "mlp")]:
                with self.subTest(checkpoint), safe_open(f"{checkpoint}.safetensors", "pt") as file:
                    layers = json.loads((file.metadata() or {}).get("landscape.architecture", "null"))
                    if architecture:
                        with open(f"{architecture}.json", encoding="utf-8") as document:
                            layers = json.load(document)
                    tensors = load_file(f"{checkpoint}.safetensors")
                    tensors = {name: t for name, t in tensors.items() if not name.endswith("num_batches_tracked")}
                    self.assertEqual(evaluate(layers, tensors, torch.randn(2, *layers["input"])).shape, (2, 10))

    def test_layouts_from_jax(self):
        # Oracle: JAX's own convolution and products in its layouts, in double. Sums of 27 to 96 terms: 1e-12.
        try:
            import jax
        except ImportError:
            self.skipTest("jax is not installed")
        names = {}
        exec(CODE[-1], names)
        random = np.random.default_rng(0)
        images, kernel = random.normal(size=(2, 6, 4, 3)), random.normal(size=(3, 3, 3, 4))
        head, bias = random.normal(size=(6 * 4 * 4, 5)), random.normal(size=5)
        with jax.enable_x64(True):
            maps = jax.lax.conv_general_dilated(
                images, kernel, (1, 1), [(1, 1), (1, 1)], dimension_numbers=("NHWC", "HWIO", "NHWC"))
            expected = np.asarray(maps.reshape(2, -1) @ head + bias)
        architecture = {"input": [3, 6, 4], "layers": [
            {"kind": "conv2d", "name": "conv", "in": 3, "out": 4, "kernel": 3, "padding": 1, "bias": False},
            {"kind": "flatten"}, {"kind": "linear", "name": "fc", "in": 96, "out": 5}]}
        tensors = {"conv.weight": names["convolution"](kernel), "fc.bias": bias,
                   "fc.weight": names["dense_behind_flatten"](head, 6, 4, 4)}
        inputs = torch.tensor(np.transpose(images, (0, 3, 1, 2)))
        found = evaluate(architecture, {name: torch.tensor(array) for name, array in tensors.items()}, inputs).numpy()
        self.assertLess(np.linalg.norm(found - expected) / np.linalg.norm(expected), 1e-12)

    def test_attention_from_flax(self):
        # Oracle: attention written out with einsum on Flax's shapes, [dim, heads, width] and [heads, width, dim].
        names, random, dim, heads = {}, np.random.default_rng(1), 6, 2
        exec(CODE[-1], names)
        sizes = {"kernel": (dim, heads, 3), "bias": (heads, 3)}
        parts = [{name: random.normal(size=size) for name, size in sizes.items()} for _ in range(3)]
        out = {"kernel": random.normal(size=(heads, 3, dim)), "bias": random.normal(size=dim)}
        x = random.normal(size=(2, 5, dim))
        q, k, v = (np.einsum("ntd,dhe->nhte", x, part["kernel"]) + part["bias"][:, None] for part in parts)
        scores = np.exp(q @ k.swapaxes(2, 3) / np.sqrt(3))
        mixed = scores / scores.sum(axis=-1, keepdims=True) @ v
        expected = np.einsum("nhte,hed->ntd", mixed, out["kernel"]) + out["bias"]
        tensors = {f"a.{name}": torch.tensor(array) for name, array in names["attention"](*parts, out).items()}
        layers = [{"kind": "attention", "name": "a", "dim": dim, "heads": heads}]
        found = evaluate({"input": [5, dim], "layers": layers}, tensors, torch.tensor(x)).numpy()
        self.assertLess(np.linalg.norm(found - expected) / np.linalg.norm(expected), 1e-12)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
