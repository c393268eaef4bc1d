# SPDX-License-Identifier: Apache-2.0
"""What lstm4j_export.py says of networks, and what it refuses. Run: python3 -m unittest

make_formats.py writes goldens with it, which the Java tests read.
"""

import json
import pathlib
import struct
import sys
import tempfile
import unittest

import torch
from torch import nn
from torch.nn import functional

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "main" / "python"))

from lstm4j_export import ExportError, export  # noqa: E402


class Net(nn.Module):
    """Modules by keyword, and forward(self, x) as a function."""

    def __init__(self, forward, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)
        self.function = forward

    def forward(self, x):
        return self.function(self, x)


class ExportTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "model.safetensors"

    def description(self, *arguments, **keywords):
        export(*arguments[:1], self.path, *arguments[1:], **keywords)
        content = self.path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        return json.loads(header["__metadata__"]["lstm4j"])

    def kinds(self, *arguments, **keywords):
        return [
            layer.get("what", layer["kind"])
            for layer in self.description(*arguments, **keywords)["layers"]
        ]

    def assert_refused(self, text, *arguments, **keywords):
        with self.assertRaisesRegex(ExportError, text):
            export(*arguments[:1], self.path, *arguments[1:], **keywords)
        self.assertEqual([], list(pathlib.Path(self.folder.name).iterdir()))

    def test_arguments_are_those_of_torch(self):
        lstm = nn.LSTM(3, 6, 2, bias=False, batch_first=True, bidirectional=True, proj_size=4)
        expected = {
            "kind": "LSTM",
            "name": "",
            "input_size": 3,
            "hidden_size": 6,
            "bias": False,
            "num_layers": 2,
            "bidirectional": True,
            "proj_size": 4,
        }
        description = self.description(lstm)
        self.assertEqual([expected], description["layers"])
        self.assertTrue(description["batch_first"])

    def test_recurrent_modules_of_all_kinds(self):
        network = nn.Sequential(nn.GRUCell(3, 4), nn.RNNCell(4, 5, nonlinearity="relu"))
        layers = self.description(network)["layers"]
        self.assertEqual(["GRUCell", "RNNCell"], [layer["kind"] for layer in layers])
        self.assertEqual("relu", layers[1]["nonlinearity"])

    def test_the_order_of_use_is_not_that_of_definition(self):
        network = Net(
            lambda self, x: self.first(self.rnn(x)[0]), first=nn.Linear(4, 2), rnn=nn.GRU(3, 4)
        )
        self.assertEqual(["GRU", "Linear"], self.kinds(network, torch.randn(5, 2, 3)))

    def test_reads_over_time(self):
        for read, function in {
            "last": lambda self, x: self.fc(self.rnn(x)[0][-1]),
            "final": lambda self, x: self.fc(torch.cat(tuple(self.rnn(x)[1]), -1)),
            "max": lambda self, x: self.fc(self.rnn(x)[0].max(dim=0).values),
            "mean": lambda self, x: self.fc(self.rnn(x)[0].mean(dim=0)),
        }.items():
            network = Net(function, rnn=nn.GRU(3, 4, bidirectional=True), fc=nn.Linear(8, 2))
            self.assertEqual(["GRU", read, "Linear"], self.kinds(network, torch.randn(5, 2, 3)))

    def test_functions_written_out(self):
        for kind, function in {
            "ReLU": torch.relu,
            "Sigmoid": torch.sigmoid,
            "GELU": functional.gelu,
            "SiLU": functional.silu,
            "Softmax": lambda x: torch.softmax(x, -1),
        }.items():
            network = Net(
                lambda self, x: function(self.fc(self.rnn(x)[0])),
                rnn=nn.RNN(3, 4),
                fc=nn.Linear(4, 3),
            )
            self.assertEqual(["RNN", "Linear", kind], self.kinds(network, torch.randn(5, 2, 3)))

    def test_a_readout_after_a_linear(self):
        network = Net(
            lambda self, x: self.fc(self.rnn(x)[0])[:, -1],
            rnn=nn.LSTM(3, 4, batch_first=True),
            fc=nn.Linear(4, 2),
        )
        self.assertEqual(["LSTM", "Linear", "last"], self.kinds(network, torch.randn(2, 5, 3)))

    def test_the_training_mode_stays(self):
        network = nn.Sequential(nn.Dropout(), nn.LSTM(3, 4)).train()
        network[0].eval()
        export(network, self.path, torch.randn(5, 2, 3))
        self.assertTrue(network[1].training)
        self.assertFalse(network[0].training)

    def test_modules_that_lstm4j_lacks_are_named(self):
        network = nn.Sequential(nn.Conv1d(3, 4, 2), nn.LSTM(3, 4))
        self.assert_refused("module '0' is a Conv1d", network)

    def test_parameters_of_containers_are_named(self):
        network = Net(lambda self, x: self.rnn(x, self.h0)[0], rnn=nn.GRU(3, 4))
        network.h0 = nn.Parameter(torch.randn(1, 2, 4))
        self.assert_refused("holds h0", network)

    def test_what_lies_between_modules_and_is_unknown_is_told(self):
        network = Net(
            lambda self, x: self.fc(torch.sin(self.rnn(x)[0])), rnn=nn.GRU(3, 4), fc=nn.Linear(4, 2)
        )
        self.assert_refused("between module 'rnn' and module 'fc'", network, torch.randn(5, 2, 3))

    def test_residuals_are_told(self):
        network = Net(lambda self, x: x + self.rnn(x)[0], rnn=nn.GRU(3, 3))
        self.assert_refused("the network's output", network, torch.randn(5, 2, 3))

    def test_an_example_that_shows_too_little_is_told(self):
        network = Net(lambda self, x: self.fc(self.rnn(x)[0][-1]), rnn=nn.GRU(3, 4), fc=nn.Linear(4, 2))
        self.assert_refused("several time steps", network, torch.randn(1, 2, 3))

    def test_given_states_are_refused(self):
        network = Net(
            lambda self, x: self.rnn(x, torch.ones(1, x.shape[1], 4))[0], rnn=nn.GRU(3, 4)
        )
        self.assert_refused("starts from a state", network, torch.randn(5, 2, 3))

    def test_one_module_in_two_places_is_refused(self):
        fc = nn.Linear(3, 3)
        self.assert_refused("are one module", nn.Sequential(fc, nn.LSTM(3, 3), fc))

    def test_unused_modules_are_refused(self):
        network = Net(lambda self, x: self.rnn(x)[0], rnn=nn.GRU(3, 4), other=nn.Linear(4, 2))
        self.assert_refused("'other' is not used", network, torch.randn(5, 2, 3))

    def test_weight_norm_is_refused(self):
        network = nn.Sequential(nn.LSTM(3, 4), nn.utils.weight_norm(nn.Linear(4, 2)))
        self.assert_refused("weight_g, weight_v", network)

    def test_a_network_without_a_recurrent_module_is_refused(self):
        self.assert_refused("no LSTM", nn.Linear(3, 4))

    def test_an_unknown_read_is_refused(self):
        self.assert_refused("not 'first'", nn.LSTM(3, 4), read="first")


if __name__ == "__main__":
    unittest.main()
