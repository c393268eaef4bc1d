# SPDX-License-Identifier: Apache-2.0
"""What lstm4j_export.py says of networks, and what it refuses. Run: python3 -m unittest

make_formats.py writes goldens with it, which the Java tests read.
"""

import ast
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

import lstm4j_export  # noqa: E402
from lstm4j_export import ExportError, export  # noqa: E402

# Of the documentation of PyTorch 1.8, as far as the exporter needs it.
DOCUMENTED = set(
    """
    torch.Tensor torch.allclose torch.bfloat16 torch.cat torch.equal torch.float16 torch.float32
    torch.float64 torch.int16 torch.is_tensor torch.no_grad torch.sigmoid torch.stack torch.tanh
    nn.ELU nn.Embedding nn.GELU nn.GRU nn.GRUCell nn.Identity nn.LSTM
    nn.LSTMCell nn.LayerNorm nn.LeakyReLU nn.Linear nn.LogSoftmax nn.ModuleDict nn.ModuleList
    nn.RNN nn.RNNCell nn.ReLU nn.Sequential nn.SiLU nn.Sigmoid nn.Softmax nn.Softplus nn.Tanh
    functional.elu functional.gelu functional.leaky_relu functional.log_softmax functional.one_hot
    functional.relu functional.silu functional.softmax functional.softplus
    """.split()
)


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
        return json.loads(self.header()["__metadata__"]["lstm4j"])

    def header(self):
        content = self.path.read_bytes()
        (length,) = struct.unpack("<Q", content[:8])
        return json.loads(content[8 : 8 + length])

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

    def test_what_is_for_training_alone_is_left_out(self):
        network = Net(
            lambda self, x: self.drop(self.rnn(x)[0]),
            drop=nn.Dropout2d(),
            rnn=nn.GRU(3, 4),
            loss=nn.CrossEntropyLoss(torch.ones(4)),
        )
        self.assertEqual(["GRU"], self.kinds(network))
        self.assertEqual(["GRU"], self.kinds(network, torch.randn(5, 2, 3)))

    def test_modules_that_do_not_follow_are_refused(self):
        network = nn.Sequential(nn.LSTM(3, 4, bidirectional=True), nn.ReLU(), nn.Linear(4, 2))
        self.assert_refused("'2' does not follow module '0'.*4 features, not 8", network)
        network = nn.Sequential(nn.LSTM(3, 4), nn.Embedding(5, 4), nn.LSTM(4, 3))
        self.assert_refused("'1' does not follow module '0'.*tokens", network)

    def test_modules_that_lstm4j_lacks_are_named(self):
        network = nn.Sequential(nn.Conv1d(3, 4, 2), nn.LSTM(3, 4))
        self.assert_refused("module '0' is a Conv1d", network)

    def test_parameters_without_an_example_are_named(self):
        network = Net(lambda self, x: self.rnn(x, self.h0)[0], rnn=nn.GRU(3, 4))
        network.h0 = nn.Parameter(torch.randn(1, 2, 4))
        self.assert_refused("holds h0.*give an example_input", network)

    def test_a_learned_initial_state_is_seen(self):
        def forward(self, x):
            state = tuple(part.expand(-1, x.shape[1], -1).contiguous() for part in (self.h, self.c))
            return self.rnn(x, state)[0]

        network = Net(forward, rnn=nn.LSTM(3, 6, 2, proj_size=4))
        network.h = nn.Parameter(torch.randn(2, 1, 4))
        network.c = nn.Parameter(torch.zeros(2, 1, 6))
        self.assertTrue(self.description(network, torch.randn(5, 3, 3))["layers"][0]["initial_state"])
        self.assertEqual([2, 4], self.header()["rnn.h0"]["shape"])
        self.assertEqual([2, 6], self.header()["rnn.c0"]["shape"])

    def test_a_learned_state_of_a_cell_is_seen(self):
        def forward(self, x):
            h = self.h0.expand(x.shape[1], -1)
            outputs = []
            for x_t in x:
                h = self.cell(x_t, h)
                outputs.append(h)
            return torch.stack(outputs)

        network = Net(forward, cell=nn.GRUCell(3, 4))
        network.h0 = nn.Parameter(torch.randn(4))
        self.assertTrue(self.description(network, torch.randn(5, 2, 3))["layers"][0]["initial_state"])
        self.assertEqual([4], self.header()["cell.h0"]["shape"])

    def test_a_state_that_differs_by_row_is_refused(self):
        network = Net(lambda self, x: self.rnn(x, self.h0)[0], rnn=nn.GRU(3, 4))
        network.h0 = nn.Parameter(torch.randn(1, 2, 4))
        self.assert_refused("not the same for all rows", network, torch.randn(5, 2, 3))

    def test_a_state_given_by_keyword_is_noticed(self):
        network = Net(lambda self, x: self.rnn(x, hx=self.h0)[0], rnn=nn.GRU(3, 4))
        network.h0 = nn.Parameter(torch.randn(1, 2, 4))
        self.assert_refused("without a keyword", network, torch.randn(5, 2, 3))

    def test_parameters_whose_use_is_not_seen_are_refused(self):
        network = Net(lambda self, x: self.rnn(x)[0] * self.gain, rnn=nn.GRU(3, 4))
        network.gain = nn.Parameter(torch.ones(4))
        self.assert_refused("holds gain", network, torch.randn(5, 2, 3))

    def test_what_lies_between_modules_and_is_unknown_is_told(self):
        network = Net(
            lambda self, x: self.fc(torch.sin(self.rnn(x)[0])), rnn=nn.GRU(3, 4), fc=nn.Linear(4, 2)
        )
        self.assert_refused("between module 'rnn' and module 'fc'", network, torch.randn(5, 2, 3))

    def test_residuals_are_layers_of_layers(self):
        for forward, expected in {
            (lambda self, x: x + self.fc(self.rnn(x)[0])): ["Residual"],
            (lambda self, x: self.fc(x + self.rnn(x)[0])): ["Residual", "Linear"],
            (lambda self, x: torch.relu(x + self.fc(self.rnn(x)[0]))): ["Residual", "ReLU"],
            (lambda self, x: x + torch.tanh(self.fc(self.rnn(x)[0]))): ["Residual"],
            (lambda self, x: self.fc((x + self.rnn(x)[0])[-1])): ["Residual", "last", "Linear"],
            (lambda self, x: x + self.fc(x + self.rnn(x)[0])): ["Residual"],
        }.items():
            network = Net(forward, rnn=nn.GRU(3, 3), fc=nn.Linear(3, 3))
            self.assertEqual(expected, self.kinds(network, torch.randn(5, 2, 3)))

    def test_residuals_inside_residuals(self):
        network = Net(
            lambda self, x: x + self.fc(x + self.rnn(x)[0]), rnn=nn.GRU(3, 3), fc=nn.Linear(3, 3)
        )
        outer = self.description(network, torch.randn(5, 2, 3))["layers"][0]
        self.assertEqual(["Residual", "Linear"], [layer["kind"] for layer in outer["layers"]])
        self.assertEqual("rnn", outer["layers"][0]["layers"][0]["name"])

    def test_a_skip_of_other_features_is_refused(self):
        network = Net(lambda self, x: x[..., :1] + self.fc(self.rnn(x)[0]), rnn=nn.GRU(3, 4), fc=nn.Linear(4, 1))
        self.assert_refused("the network's output", network, torch.randn(5, 2, 3))

    def attention(self, forward, **modules):
        modules = {"rnn": nn.GRU(3, 4, batch_first=True), "fc": nn.Linear(4, 2), **modules}
        network = Net(lambda self, x: self.fc(forward(self, self.rnn(x)[0])), **modules)
        network.u = nn.Parameter(torch.randn(4))
        if "own" not in forward.__name__:
            del network.u
        layers = self.description(network, torch.randn(2, 5, 3))["layers"]
        self.assertEqual(["GRU", "Attention", "Linear"], [layer["kind"] for layer in layers])
        return layers[1]

    def test_attention_by_dot_product(self):
        def pooled(self, h):
            return (functional.softmax(self.v(h), dim=1) * h).sum(1)

        layer = self.attention(pooled, v=nn.Linear(4, 1))
        self.assertIsNone(layer["hidden"])
        self.assertEqual("v", layer["score"]["name"])

    def test_additive_attention(self):
        def pooled(self, h):
            scores = self.v(torch.tanh(self.w(h))).squeeze(-1)
            return torch.bmm(functional.softmax(scores, dim=1).unsqueeze(1), h).squeeze(1)

        layer = self.attention(pooled, w=nn.Linear(4, 6), v=nn.Linear(6, 1, bias=False))
        self.assertEqual(["w", "v"], [layer[part]["name"] for part in ("hidden", "score")])

    def test_attention_in_modules(self):
        def pooled(self, h):
            return (self.score(h) * h).sum(1)

        score = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 1), nn.Softmax(dim=1))
        layer = self.attention(pooled, score=score)
        self.assertEqual("score.0", layer["hidden"]["name"])

    def test_attention_by_a_parameter(self):
        def own(self, h):
            return (functional.softmax(h @ self.u, dim=1).unsqueeze(-1) * h).sum(1)

        def own_additive(self, h):
            scores = torch.tanh(self.w(h)) @ self.u
            return (functional.softmax(scores, dim=1).unsqueeze(-1) * h).sum(1)

        self.assertIsNone(self.attention(own)["hidden"])
        self.assertEqual([1, 4], self.header()["u.weight"]["shape"])
        self.assertEqual("w", self.attention(own_additive, w=nn.Linear(4, 4))["hidden"]["name"])

    def test_attention_over_other_features_is_refused(self):
        network = Net(
            lambda self, x: (torch.softmax(self.v(self.rnn(x)[0]), 0) * x).sum(0),
            rnn=nn.GRU(3, 4),
            v=nn.Linear(4, 1),
        )
        self.assert_refused("the network's output", network, torch.randn(5, 2, 3))

    def test_an_example_that_shows_too_little_is_told(self):
        network = Net(lambda self, x: self.fc(self.rnn(x)[0][-1]), rnn=nn.GRU(3, 4), fc=nn.Linear(4, 2))
        self.assert_refused("several time steps", network, torch.randn(1, 2, 3))

    def test_given_states_are_refused(self):
        network = Net(
            lambda self, x: self.rnn(x, torch.ones(1, x.shape[1], 4))[0], rnn=nn.GRU(3, 4)
        )
        self.assert_refused("no parameter of the network", network, torch.randn(5, 2, 3))

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

    def test_only_what_pytorch_1_8_documents_is_used(self):
        source = (pathlib.Path(lstm4j_export.__file__)).read_text(encoding="utf-8")
        used = {
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("torch", "nn", "functional")
        }
        self.assertEqual(set(), used - DOCUMENTED)

    def test_an_unknown_read_is_refused(self):
        self.assert_refused("not 'first'", nn.LSTM(3, 4), read="first")


if __name__ == "__main__":
    unittest.main()
