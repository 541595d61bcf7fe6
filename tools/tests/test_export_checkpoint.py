"""Which layers the exporter makes of which modules, what it refuses, and what its check finds.

Run: python tools/tests/test_export_checkpoint.py. The oracle of a test is `ExportCase` where it does not say otherwise.
"""

import json
import os
import unittest

import torch
from export_case import ExportCase
from safetensors import safe_open
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, spectral_norm, weight_norm

from export_checkpoint import Disagreement, describe, export, register


class Kinds(ExportCase):
    """Each module alone or with what it needs: the exact layer that must come out, and agreement."""

    def test_layers_on_images(self):
        plain = {"stride": 1, "padding": 0}
        for module, layer in [
            (nn.Conv2d(3, 5, 3), {"kind": "conv2d", "name": "0", "in": 3, "out": 5, "kernel": 3, **plain}),
            (nn.Conv2d(3, 5, (2, 2), stride=(2, 2), padding=(1, 1), bias=False),
             {"kind": "conv2d", "name": "0", "in": 3, "out": 5, "kernel": 2, "stride": 2, "padding": 1, "bias": False}),
            (nn.Conv2d(3, 5, 5, padding="same"),
             {"kind": "conv2d", "name": "0", "in": 3, "out": 5, "kernel": 5, "stride": 1, "padding": 2}),
            (nn.Conv2d(3, 5, 1, padding="valid"),
             {"kind": "conv2d", "name": "0", "in": 3, "out": 5, "kernel": 1, **plain}),
            (nn.BatchNorm2d(3, eps=1e-3), {"kind": "batch_norm2d", "name": "0", "channels": 3, "eps": 1e-3}),
            (nn.GroupNorm(3, 3), {"kind": "group_norm", "name": "0", "groups": 3, "channels": 3, "eps": 1e-5}),
            (nn.LayerNorm([3, 9, 7]), {"kind": "layer_norm", "name": "0", "shape": [3, 9, 7], "eps": 1e-5}),
            (nn.MaxPool2d(3, 2, 1), {"kind": "max_pool2d", "kernel": 3, "stride": 2, "padding": 1}),
            (nn.MaxPool2d(2), {"kind": "max_pool2d", "kernel": 2, "stride": 2, "padding": 0}),
            (nn.AvgPool2d(3, 1, 1), {"kind": "avg_pool2d", "kernel": 3, "stride": 1, "padding": 1}),
            (nn.AvgPool2d((2, 2)), {"kind": "avg_pool2d", "kernel": 2, "stride": 2, "padding": 0}),
            (nn.ReLU(inplace=True), {"kind": "relu"}),
            (nn.LeakyReLU(0.2), {"kind": "leaky_relu", "slope": 0.2}),
            (nn.Tanh(), {"kind": "tanh"}),
            (nn.Sigmoid(), {"kind": "sigmoid"}),
            (nn.SiLU(), {"kind": "silu"}),
            (nn.GELU(), {"kind": "gelu", "approximate": "none"}),
            (nn.GELU("tanh"), {"kind": "gelu", "approximate": "tanh"}),
        ]:
            with self.subTest(module):
                layers = self.assertExports(nn.Sequential(module, nn.Flatten()), (3, 9, 7))
                self.assertEqual(layers, [layer, {"kind": "flatten"}])

    def test_linear_acts_on_the_last_dimension(self):
        model = nn.Sequential(nn.Linear(5, 4), nn.LayerNorm(4), nn.Linear(4, 2, bias=False))
        layers = self.assertExports(model, (3, 5))
        self.assertEqual(layers[0], {"kind": "linear", "name": "0", "in": 5, "out": 4})
        self.assertEqual(layers[2], {"kind": "linear", "name": "2", "in": 4, "out": 2, "bias": False})

    def test_a_module_by_itself_and_nested_sequences(self):
        self.assertEqual(self.assertExports(nn.Linear(5, 4), (5,))[0]["name"], "linear")
        nested = nn.Sequential(nn.Sequential(nn.Linear(5, 4), nn.Sequential(nn.Tanh(), nn.Identity())), nn.Linear(4, 3))
        layers = self.assertExports(nested, (5,))
        self.assertEqual([layer.get("name") for layer in layers], ["0.0", None, "1"])

    def test_a_module_that_stands_twice(self):
        act = nn.Tanh()
        layers = self.assertExports(nn.Sequential(nn.Linear(5, 4), act, nn.Linear(4, 4), act, nn.Linear(4, 3)), (5,))
        self.assertEqual([layer["kind"] for layer in layers], ["linear", "tanh", "linear", "tanh", "linear"])

    def test_adaptive_pooling_takes_its_flatten_in(self):
        layers = self.assertExports(
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 2)), (3, 8, 8))
        self.assertEqual([layer["kind"] for layer in layers], ["conv2d", "global_avg_pool", "linear"])
        alone = nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Conv2d(3, 4, 1), nn.Flatten())
        self.assertIn("Flatten", self.assertRefuses(alone, (3, 8, 8), ("0", "AdaptiveAvgPool2d"))[0])

    def test_dropout_goes_with_a_note_and_stays_on_request(self):
        model = nn.Sequential(nn.Linear(5, 4), nn.Dropout(0.25), nn.Linear(4, 3), nn.Dropout(0))
        with self.assertWarnsRegex(UserWarning, "1 .Dropout, 0.25. is left out"):
            layers, _ = describe(model, (5,))
        self.assertEqual([layer["kind"] for layer in layers], ["linear", "linear"])
        kept = self.assertExports(model, (5,), dropout=True)
        self.assertEqual(kept[1], {"kind": "dropout", "p": 0.25})

    def test_both_spectral_norms(self):
        for apply in (spectral_norm, parametrizations.spectral_norm):
            conv, linear = apply(nn.Conv2d(3, 4, 3, bias=False)), apply(nn.Linear(64, 5))
            model = nn.Sequential(conv, nn.ReLU(), nn.Flatten(), linear)
            with self.subTest(apply.__module__):
                layers = self.assertExports(model, (3, 6, 6))
                self.assertEqual([layer.get("spectral_norm") for layer in layers], [True, None, None, True])
                names = [*(f"0.weight{end}" for end in ("", "_u", "_v")), "3.bias"]
                tensors = load_file(self.path)
                self.assertEqual(sorted(tensors), sorted([*names, *(f"3.weight{end}" for end in ("", "_u", "_v"))]))
                # The raw weight, not the one that is divided by its norm.
                state = model.float().state_dict()
                raw = state["0.weight_orig" if apply is spectral_norm else "0.parametrizations.weight.original"]
                self.assertTrue(torch.equal(tensors["0.weight"], raw))

    def test_precision_is_kept_and_run_is_recorded(self):
        model = nn.Sequential(nn.Linear(5, 4).double(), nn.Tanh(), nn.Linear(4, 3).double())
        export(model, (5,), self.path, run={"loss": "mse", "seed": 3})
        self.assertEqual({tensor.dtype for tensor in load_file(self.path).values()}, {torch.float64})
        with safe_open(self.path, "pt") as file:
            self.assertEqual(json.loads(file.metadata()["landscape.run"]), {"loss": "mse", "seed": 3})


class Refusals(ExportCase):
    def test_all_are_named_with_their_reasons(self):
        model = nn.Sequential(
            nn.Conv2d(4, 4, 3, groups=2, dilation=2), nn.Sequential(nn.ELU(), nn.Conv2d(4, 4, (3, 1))),
            nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect"), nn.MaxPool2d(2, ceil_mode=True),
            nn.AvgPool2d(3, 1, 1, count_include_pad=False), nn.AdaptiveAvgPool2d(2), nn.Flatten(2),
            nn.BatchNorm2d(4, affine=False), nn.BatchNorm2d(4, track_running_stats=False),
            nn.LayerNorm(4, elementwise_affine=False), nn.LSTM(4, 4), weight_norm(nn.Linear(4, 4)),
            parametrizations.weight_norm(nn.Linear(4, 4)))
        reasons = self.assertRefuses(
            model, (4, 9, 9), ("0", "Conv2d"), ("0", "Conv2d"), ("1.0", "ELU"), ("1.1", "Conv2d"), ("2", "Conv2d"),
            ("3", "MaxPool2d"), ("4", "AvgPool2d"), ("5", "AdaptiveAvgPool2d"), ("6", "Flatten"), ("7", "BatchNorm2d"),
            ("8", "BatchNorm2d"), ("9", "LayerNorm"), ("10", "LSTM"), ("11", "Linear"), ("12", "Linear"))
        words = ("dilation=(2, 2)", "groups=2", "register", "kernel_size=(3, 1)", "padding_mode='reflect'", "ceil_mode",
                 "count_include_pad=False", "output_size=2", "start_dim=2", "weight", "running_mean", "weight",
                 "register", "weight_g", "_WeightNorm")
        for reason, word in zip(reasons, words, strict=True):
            self.assertIn(word, reason)

    def test_shared_and_left_over_parameters(self):
        first, second = nn.Linear(4, 4), nn.Linear(4, 4)
        second.weight = first.weight
        reasons = self.assertRefuses(nn.Sequential(first, nn.Tanh(), second), (4,), ("2", "Linear"))
        self.assertIn("shares '2.weight' with '0.weight'", reasons[0])
        model = nn.Sequential(nn.Linear(4, 4))
        model.temperature = nn.Parameter(torch.ones(1))
        self.assertIn("'temperature'", self.assertRefuses(model, (4,), ("", "Sequential"))[0])

    def test_numbers_that_are_not_finite(self):
        model = nn.Sequential(nn.Linear(4, 3))
        model[0].bias.data[1] = float("nan")
        with self.assertRaisesRegex(ValueError, "0.bias holds a NaN"):
            export(model, (4,), self.path)
        self.assertEqual(os.listdir(self.folder), [])


class Lying(nn.Sequential):
    """Does more than its children show."""

    def forward(self, x):
        return super().forward(x) * 2


class Net(nn.Module):
    """A user's own: no telling without its forward()."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 4, 3, padding=1)
        self.fc = nn.Linear(64, 2)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return self.fc(torch.flatten(x + torch.tanh(self.conv2(x)), 1))


NET = ["conv1", {"kind": "relu"}, {"kind": "max_pool2d", "kernel": 2},
       {"kind": "residual", "body": ["conv2", {"kind": "tanh"}]}, {"kind": "flatten"}, "fc"]


class Check(ExportCase):
    def test_a_forward_that_does_something_else_is_found(self):
        with self.assertRaisesRegex(Disagreement, "difference of 5.0e-01"):
            export(Lying(nn.Linear(4, 3)), (4,), self.path)
        self.assertEqual(os.listdir(self.folder), [])
        export(Lying(nn.Linear(4, 3)), (4,), self.path, check=False)
        self.assertEqual(os.listdir(self.folder), ["model.safetensors"])

    def test_the_place_is_named(self):
        # In place, the activation writes over what the layer before it gave: no reason to name that one.
        model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True), Lying(nn.Tanh()), nn.Linear(4, 4), nn.Linear(4, 2))
        with self.assertRaisesRegex(Disagreement, "first after the layer 3"):
            export(model, (4,), self.path)

    def test_behind_weights_of_zero(self):
        # At its own weights, the head multiplies every difference by zero.
        model = nn.Sequential(Lying(nn.Linear(4, 3)), nn.Linear(3, 2))
        nn.init.zeros_(model[1].weight)
        with self.assertRaises(Disagreement):
            export(model, (4,), self.path)

    def test_shapes_that_do_not_run(self):
        with self.assertRaisesRegex(Disagreement, "does not run on inputs of shape"):
            export(nn.Sequential(nn.Linear(4, 3)), (5,), self.path)

    def test_spelled_out_by_the_user(self):
        self.assertRefuses(Net(), (3, 8, 8), ("", "Net"))
        register("Net", NET)
        layers = self.assertExports(Net(), (3, 8, 8))
        self.assertEqual(layers[3]["body"][0]["name"], "conv2")
        register("Net", NET[:1] + NET[2:])
        with self.assertRaisesRegex(Disagreement, "conv2"):
            export(Net(), (3, 8, 8), self.path)
        register("Net", ["conv3"])
        self.assertIn("no child 'conv3'", self.assertRefuses(Net(), (3, 8, 8), ("", "Net"))[0])

    def test_a_function_of_the_user(self):
        class Scale(nn.Module):
            def __init__(self):
                super().__init__()
                self.factor = nn.Parameter(torch.randn(4))

            def forward(self, x):
                return x * self.factor

        def translate(node):
            node.tensor(f"{node.name}.weight", torch.diag(node.module.factor), made_of=[node.module.factor])
            return [{"kind": "linear", "name": node.name, "in": 4, "out": 4, "bias": False}]

        register("Scale", translate)
        self.assertExports(nn.Sequential(nn.Linear(5, 4), Scale()), (5,))


if __name__ == "__main__":
    unittest.main(warnings="ignore")
