"""Whole networks through the exporter, its command line, and the meaning of architectures against recorded outputs.

Run: python tools/tests/test_export_networks.py. The oracle of a test is `ExportCase` where it does not say otherwise.
"""

import io
import json
import os
import subprocess
import sys
import unittest
import warnings
from contextlib import redirect_stderr
from unittest import mock

import torch
from export_case import TOOLS, ExportCase
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn

from architecture_torch import ArchitectureError, evaluate
from export_checkpoint import main
from resnet18 import resnet18
from vit import vit

GOLDEN = os.environ.get("GOLDEN") or os.path.join(TOOLS, "../../shared/golden")


def torchvision_models():
    """torchvision's models, or None. Built for another torch it lacks its own operators, which these do not need."""
    with mock.patch("torch.library.register_fake", lambda *_, **__: lambda function: function):
        try:
            from torchvision import models
        except (ImportError, RuntimeError, AttributeError):
            return None
    return models


class Networks(ExportCase):
    def kinds(self, layers):
        return [layer["kind"] for layer in layers]

    def test_resnet18(self):
        layers = self.assertExports(resnet18(width=8), (3, 32, 32))
        self.assertEqual(self.kinds(layers[:5]), ["conv2d", "batch_norm2d", "relu", "residual", "relu"])
        self.assertEqual(self.kinds(layers[-2:]), ["global_avg_pool", "linear"])
        self.assertEqual(len(layers), 3 + 8 * 2 + 2)
        # The file's names are the state dict's, so that other checkpoints of the model fit the architecture.
        state = {name for name in resnet18(width=8).state_dict() if not name.endswith("num_batches_tracked")}
        self.assertEqual(set(load_file(self.path)), state)

    def test_vit(self):
        small = {"image": 16, "dim": 12, "depth": 2, "heads": 3, "classes": 5}
        for pool, last in (("token", "select_token"), ("avg", "mean_tokens")):
            model = vit(**small, global_pool=pool)
            layers = self.assertExports(model, (3, 16, 16))
            self.assertEqual(self.kinds(layers[-3:]), ["layer_norm", last, "linear"])
            self.assertEqual(layers[-4]["body"][0]["name"], "blocks.1.norm2")
            self.assertEqual(set(load_file(self.path)), set(model.state_dict()))

    def test_vit_that_averages_without_its_class_token(self):
        model = vit(image=16, dim=12, depth=1, heads=3)
        model.global_pool = "avg"
        self.assertIn("class_token=False", self.assertRefuses(model, (3, 16, 16), ("", "VisionTransformer"))[0])

    @unittest.skipIf(torchvision_models() is None, "torchvision is not installed")
    def test_torchvision(self):
        models = torchvision_models()
        layers = self.assertExports(models.resnet18(num_classes=10, zero_init_residual=True), (3, 64, 64))
        self.assertEqual((layers[0]["kernel"], layers[0]["stride"], layers[0]["padding"]), (7, 2, 3))
        self.assertEqual(layers[3], {"kind": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1})
        bottleneck = models.ResNet(models.resnet.Bottleneck, [1, 1, 1, 1], num_classes=10)
        self.assertExports(bottleneck, (3, 33, 33))
        transformer = models.VisionTransformer(
            image_size=16, patch_size=4, num_layers=2, num_heads=2, hidden_dim=8, mlp_dim=16, num_classes=3,
            dropout=0.1)
        # It starts at zero, where every network agrees.
        nn.init.normal_(transformer.heads.head.weight)
        self.assertExports(transformer, (3, 16, 16))

    def test_timm(self):
        try:
            from timm.models.resnet import BasicBlock, ResNet
            from timm.models.vision_transformer import VisionTransformer
        except ImportError:
            self.skipTest("timm is not installed")
        small = {"img_size": 16, "patch_size": 4, "embed_dim": 8, "depth": 2, "num_heads": 2, "num_classes": 3}
        for options in ({}, {"global_pool": "avg", "class_token": False}, {"no_embed_class": True, "pre_norm": True}):
            self.assertExports(VisionTransformer(**small, **options), (3, 16, 16))
        refused = VisionTransformer(**small, reg_tokens=1, init_values=0.1)
        places = [(f"blocks.{i}.ls{j}", "LayerScale") for i in (0, 1) for j in (1, 2)]
        self.assertRefuses(refused, (3, 16, 16), *places, ("", "VisionTransformer"))
        self.assertExports(ResNet(BasicBlock, [1, 1, 1, 1], num_classes=3), (3, 32, 32))


@unittest.skipUnless(os.path.isdir(GOLDEN), "no recorded networks: set GOLDEN to their folder")
class Recorded(unittest.TestCase):
    """The interpreter against outputs recorded by an independent program, in double, to 1e-10."""

    def test_outputs(self):
        cases = sorted(name for name in os.listdir(GOLDEN) if name.endswith(".checkpoint.safetensors"))
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case):
                path = os.path.join(GOLDEN, case)
                with safe_open(path, "pt") as file:
                    architecture = json.loads(file.metadata()["landscape.architecture"])
                expected = load_file(path.replace(".checkpoint.", ".expected."))
                outputs = evaluate(architecture, load_file(path), expected["inputs"])
                self.assertLess((outputs - expected["outputs"]).norm() / expected["outputs"].norm(), 1e-10)


class Interpreter(unittest.TestCase):
    def test_what_does_not_belong_together_is_named(self):
        linear = {"kind": "linear", "name": "fc", "in": 3, "out": 2}
        good = {"fc.weight": torch.ones(2, 3), "fc.bias": torch.ones(2)}
        for layers, tensors, message in [
            ([linear], {"fc.weight": torch.ones(2, 3)}, "fc.bias is missing"),
            ([linear], {**good, "fc.bias": torch.ones(3)}, r"fc.bias has shape \[3\] .* \[2\]"),
            ([linear], {**good, "other": torch.ones(1)}, "left over.* other"),
            ([{"kind": "swish"}], {}, "no layer kind 'swish'"),
            ([{**linear, "padding": 1}], good, "linear fc: does not know padding"),
            ([{"kind": "linear", "name": "fc", "in": 3}], good, "linear fc: needs out"),
            ([{"kind": "max_pool2d", "kernel": 2}], {}, r"max_pool2d: on an input of shape \[3\]"),
        ]:
            with self.subTest(message), self.assertRaisesRegex(ArchitectureError, message):
                evaluate({"input": [3], "layers": layers}, tensors, torch.ones(2, 3))


class CommandLine(ExportCase):
    def run_main(self, *arguments):
        """Exit status (None: it returned) and what went to standard error."""
        errors = io.StringIO()
        with redirect_stderr(errors), mock.patch("builtins.print"), warnings.catch_warnings():
            try:
                return main(arguments), errors.getvalue()
            except SystemExit as stop:
                return stop.code, errors.getvalue()

    def test_state_dict_to_checkpoint_and_architecture(self):
        model = resnet18(width=4)
        state, architecture = os.path.join(self.folder, "state.pt"), os.path.join(self.folder, "resnet18.json")
        torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in model.state_dict().items()}}, state)
        factory = os.path.join(TOOLS, "examples/resnet18.py") + ":resnet18"
        subprocess.run(
            [sys.executable, os.path.join(TOOLS, "export_checkpoint.py"), factory, "--arguments", '{"width": 4}',
             "--input", "3,32,32", "--state", state, "--out", self.path, "--architecture", architecture],
            check=True, capture_output=True)
        with open(architecture, encoding="utf-8") as file, safe_open(self.path, "pt") as checkpoint:
            self.assertEqual(json.load(file), json.loads(checkpoint.metadata()["landscape.architecture"]))
        self.assertTrue(torch.equal(load_file(self.path)["fc.weight"], model.fc.weight))

    def test_registered_in_the_model_s_own_file(self):
        place = os.path.join(self.folder, "mine.py")
        with open(place, "w", encoding="utf-8") as file:
            file.write("from torch import nn\nfrom export_checkpoint import register\n"
                       "class Mine(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                       "        self.a = nn.Linear(3, 2)\n    def forward(self, x):\n        return self.a(x).tanh()\n"
                       "register('Mine', ['a', {'kind': 'tanh'}])\n")
        subprocess.run([sys.executable, os.path.join(TOOLS, "export_checkpoint.py"), f"{place}:Mine", "--input", "3",
                        "--out", self.path], check=True, capture_output=True)
        self.assertEqual(sorted(load_file(self.path)), ["a.bias", "a.weight"])

    def test_exit_codes(self):
        vit_place = os.path.join(TOOLS, "examples/vit.py") + ":vit"
        for arguments, status, message in [
            (("no-colon", "--input", "3", "--out", self.path), 64, "module:factory"),
            ((vit_place, "--input", "3x32", "--out", self.path), 64, "3,32,32"),
            ((vit_place, "--input", "3,16,16", "--out", self.path), 65, "does not run"),
            (("torch.nn:ELU", "--input", "3", "--out", self.path), 65, "ELU"),
            (("torch.nn:NoSuch", "--input", "3", "--out", self.path), 65, "NoSuch"),
            ((vit_place, "--input", "3,32,32", "--state", "/no/such", "--out", self.path), 74, "/no/such"),
            ((vit_place, "--input", "3,32,32", "--state", __file__, "--out", self.path), 65, "UnpicklingError"),
            ((vit_place, "--input", "3,32,32", "--out", "/no/such/folder/x"), 74, "there is no folder /no/such/folder"),
        ]:
            with self.subTest(message):
                code, errors = self.run_main(*arguments)
                self.assertEqual(code, status)
                self.assertIn(message, errors)
                self.assertEqual(os.listdir(self.folder), [])


if __name__ == "__main__":
    unittest.main(warnings="ignore")
