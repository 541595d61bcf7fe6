"""What the exporter's tests share: a model goes to a file, and the file is held against the model.

The oracle is the model's own `forward()` in double; the layers read back from the file agree with it to the exporter's
`TOLERANCE`, which is derived there.
"""

import json
import os
import sys
import tempfile
import unittest

import torch
from safetensors import safe_open
from safetensors.torch import load_file

TOOLS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TOOLS, os.path.join(TOOLS, "examples")]
import export_checkpoint  # noqa: E402
from architecture_torch import TOLERANCE, evaluate  # noqa: E402
from export_checkpoint import Untranslatable, export  # noqa: E402


class ExportCase(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(7)
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = os.path.join(self.folder, "model.safetensors")
        self.addCleanup(export_checkpoint._registered.clear)

    def settled(self, model, shape):
        """The model with running statistics that are not the fresh ones, in evaluation mode."""
        with torch.no_grad():
            for _ in range(3):
                model.train()(torch.randn(4, *shape) * 2 + 1)
        return model.eval()

    def assertExports(self, model, shape, **options):
        """Exports, reads the file back, holds it against the model in double, and returns the layers."""
        self.settled(model, shape)
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        export(model, shape, self.path, **options)
        with safe_open(self.path, "pt") as file:
            metadata = file.metadata()
        self.assertEqual((metadata["format"], metadata["landscape.format_version"]), ("pt", "1"))
        architecture = json.loads(metadata["landscape.architecture"])
        self.assertEqual(architecture["input"], list(shape))
        tensors = {name: tensor.double() for name, tensor in load_file(self.path).items()}
        inputs = torch.randn(3, *shape, dtype=torch.float64)
        self.assertEqual(os.listdir(self.folder), ["model.safetensors"])
        for name, tensor in model.state_dict().items():
            self.assertTrue(torch.equal(tensor, before[name]), name)
        with torch.no_grad():
            expected, found = model.double()(inputs), evaluate(architecture, tensors, inputs)
        self.assertLess((found - expected).norm() / expected.norm(), TOLERANCE)
        return architecture["layers"]

    def assertRefuses(self, model, shape, *places):
        """Refuses, names exactly these (path, class), and writes nothing."""
        before = os.listdir(self.folder)
        with self.assertRaises(Untranslatable) as caught:
            export(model, shape, self.path)
        self.assertEqual([(path, cls) for path, cls, _ in caught.exception.modules], list(places))
        for path, cls, reason in caught.exception.modules:
            self.assertIn(f"{path or '(the model)'} ({cls}): {reason}", str(caught.exception))
        self.assertEqual(os.listdir(self.folder), before)
        return [reason for _, _, reason in caught.exception.modules]
