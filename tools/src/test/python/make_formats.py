# SPDX-License-Identifier: Apache-2.0
"""Writes the goldens of files that torch.save has not written.

    formats.json   [{name, checkpoint, golden, options, about}, ...] as goldens.json has them
    CHECKPOINT     by lstm4j_export.py, numpy.savez, json.dump, in shards, or in Keras' layout
    NAME.golden.npz
                   x or tokens; out in float64, out_f32 as computed in float32

What lstm4j_export.py writes says itself what the network is, so its options are empty. Keras is not
needed: its formulas are written out below, in NumPy.
"""

import copy
import json
import pathlib
import sys
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import containers

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT.parent / "main" / "python"))

import lstm4j_export  # noqa: E402

FORMATS = ROOT / "resources" / "goldens" / "formats"


def seed(name):
    torch.manual_seed(zlib.crc32(name.encode()))
    np.random.seed(zlib.crc32(name.encode()))


def vectors(*shape):
    return lambda: 1.5 * torch.randn(*shape)


def tokens(count, *shape):
    return lambda: torch.randint(count, shape)


# Networks as users write them: forward() says what the tensors cannot


class Classifier(nn.Module):
    """What is read, a function and a layout that only forward() shows; dropout; odd order."""

    def __init__(self):
        super().__init__()
        self.out = nn.Linear(5, 2)
        self.hidden = nn.Linear(6, 5)
        self.dropout = nn.Dropout(0.5)
        self.lstm = nn.LSTM(3, 6, num_layers=2, batch_first=True)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.out(self.dropout(functional.relu(self.hidden(out[:, -1]))))


class Tagger(nn.Module):
    """Both directions, an output at every time step; modules in containers."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleDict({"rnn": nn.LSTM(3, 4, bidirectional=True, bias=False)})
        self.head = nn.Sequential(nn.LayerNorm(8), nn.Linear(8, 6), nn.GELU(), nn.Linear(6, 3), nn.LogSoftmax(-1))

    def forward(self, x):
        return self.head(self.encoder["rnn"](x)[0])


class TextClassifier(nn.Module):
    """Tokens, final states of both directions, softmax over dimension 1 of two."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 4)
        self.lstm = nn.LSTM(4, 5, bidirectional=True, batch_first=True)
        self.head = nn.Sequential(nn.Linear(10, 3), nn.Softmax(dim=1))

    def forward(self, x):
        _, (hn, _) = self.lstm(self.embed(x))
        return self.head(torch.cat((hn[0], hn[1]), dim=1))


class Cells(nn.Module):
    """Two cells stepped by hand over a batch-first input, the last state read."""

    def __init__(self):
        super().__init__()
        self.cell1 = nn.LSTMCell(3, 5)
        self.cell2 = nn.LSTMCell(5, 4)
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        state1 = state2 = None
        for t in range(x.shape[1]):
            state1 = self.cell1(x[:, t], state1)
            state2 = self.cell2(state1[0], state2)
        return torch.tanh(self.fc(state2[0]))


class Pooled(nn.Module):
    """A projection; the mean or maximum over time; the batch turned first inside."""

    def __init__(self, pool):
        super().__init__()
        self.lstm = nn.LSTM(3, 6, proj_size=4)
        self.fc = nn.Linear(4, 2)
        self.pool = pool

    def forward(self, x):
        out = self.lstm(x.transpose(0, 1))[0]
        return self.fc(out.mean(0) if self.pool == "mean" else out.max(0).values)


class Reader(nn.Module):
    """The output at the last time step, where the backward direction has seen one step."""

    def __init__(self, rnn):
        super().__init__()
        self.rnn = rnn

    def forward(self, x):
        return self.rnn(x)[0][-1]


class Stepper(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRUCell(3, 5)
        self.rnn = nn.RNNCell(5, 4, nonlinearity="tanh")

    def forward(self, x):
        h1 = h2 = None
        outputs = []
        for x_t in x:
            h1 = self.gru(x_t, h1)
            h2 = self.rnn(h1, h2)
            outputs.append(h2)
        return torch.stack(outputs)


class OneHotTokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(7, 5)

    def forward(self, x):
        return self.lstm(functional.one_hot(x, 7).to(self.lstm.weight_ih_l0.dtype))[0]


class Forecaster(nn.Module):
    """What a state dict shows too."""

    def __init__(self, outputs=2):
        super().__init__()
        self.lstm = nn.LSTM(2, 5)
        self.dense = nn.Linear(5, outputs)

    def forward(self, x):
        return self.dense(self.lstm(x)[0])


class ResidualStack(nn.Module):
    """Pre-norm residual connections, one inside another, and the output's own activation."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)
        self.norm = nn.LayerNorm(4, eps=1e-3)
        self.lstm = nn.LSTM(4, 4, batch_first=True)
        self.rnn = nn.GRU(4, 4, batch_first=True)
        self.head = nn.Linear(4, 4)

    def forward(self, x):
        x = self.fc(x)
        y = x + self.lstm(self.norm(x))[0]
        y = x + torch.tanh(self.head(y + self.rnn(y)[0]))
        return functional.elu(y)


class LearnedState(nn.Module):
    """Of an LSTM with projection, and of a cell."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 6, 2, proj_size=4, batch_first=True)
        self.cell = nn.RNNCell(4, 5)
        self.h = nn.Parameter(torch.randn(2, 1, 4))
        self.c = nn.Parameter(torch.randn(2, 1, 6))
        self.start = nn.Parameter(torch.randn(5))

    def forward(self, x):
        rows = x.shape[0]
        state = tuple(part.repeat(1, rows, 1) for part in (self.h, self.c))
        out = self.lstm(x, state)[0]
        h = self.start.expand(rows, -1)
        for t in range(out.shape[1]):
            h = self.cell(out[:, t], h)
        return h


class Attentive(nn.Module):
    """Attention pooling, by a Linear with one output or by a parameter, over a norm."""

    def __init__(self, additive, parameter):
        super().__init__()
        self.rnn = nn.GRU(3, 4, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(8)
        self.w = nn.Linear(8, 6) if additive else None
        features = 6 if additive else 8
        if parameter:
            self.u = nn.Parameter(torch.randn(features))
        else:
            self.v = nn.Linear(features, 1)
        self.fc = nn.Linear(8, 2)

    def forward(self, x):
        h = self.norm(self.rnn(x)[0])
        scored = h if self.w is None else torch.tanh(self.w(h))
        scores = self.v(scored).squeeze(-1) if hasattr(self, "v") else scored @ self.u
        pooled = torch.bmm(torch.softmax(scores, dim=1).unsqueeze(1), h).squeeze(1)
        return torch.relu(self.fc(torch.tanh(pooled)))


class GuitarModel(nn.Module):
    """As GuitarML's SimpleRNN: the input is added to the output."""

    def __init__(self, skip):
        super().__init__()
        self.rec = nn.LSTM(1, 5)
        self.lin = nn.Linear(5, 1)
        self.skip = skip

    def forward(self, x):
        out = self.lin(self.rec(x)[0])
        return out + x[:, :, 0 : self.skip] if self.skip else out


class HandWritten(nn.Module):
    """A matrix [in, hidden] for each gate and input, as textbooks have it."""

    def __init__(self, in_size=3, hidden=5, out=2, bias=True):
        super().__init__()
        for gate in "ifgo":
            setattr(self, "W_x" + gate, nn.Parameter(0.4 * torch.randn(in_size, hidden)))
            setattr(self, "W_h" + gate, nn.Parameter(0.4 * torch.randn(hidden, hidden)))
            if bias:
                setattr(self, "b_" + gate, nn.Parameter(0.4 * torch.randn(hidden)))
        self.W_hq = nn.Parameter(torch.randn(hidden, out))
        self.b_q = nn.Parameter(torch.randn(out))

    def gate(self, name, x, h):
        return x @ getattr(self, "W_x" + name) + h @ getattr(self, "W_h" + name) + self.bias(name)

    def bias(self, name):
        return getattr(self, "b_" + name, 0)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], self.W_hq.shape[0])
        outputs = []
        for x_t in x:
            i, f, o = (torch.sigmoid(self.gate(name, x_t, h)) for name in "ifo")
            c = f * c + i * torch.tanh(self.gate("g", x_t, h))
            h = o * torch.tanh(c)
            outputs.append(h @ self.W_hq + self.b_q)
        return torch.stack(outputs)


class Concatenated(nn.Module):
    """A matrix for each gate over [x, h], without bias, and a GRU behind it; batch first."""

    def __init__(self, in_size=3, hidden=4):
        super().__init__()
        for gate in "ifco":
            setattr(self, "W_" + gate, nn.Parameter(0.4 * torch.randn(hidden, in_size + hidden)))
        self.gru = nn.GRU(hidden, 5, batch_first=True)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[0], self.W_i.shape[0])
        outputs = []
        for x_t in x.unbind(1):
            both = torch.cat((x_t, h), dim=1)
            i, f, o = (torch.sigmoid(both @ w.T) for w in (self.W_i, self.W_f, self.W_o))
            c = f * c + i * torch.tanh(both @ self.W_c.T)
            h = o * torch.tanh(c)
            outputs.append(h)
        return self.gru(torch.stack(outputs, 1))[0]


class GateLinears(nn.Module):
    """A Linear for each gate over [h, x]."""

    def __init__(self, in_size=3, hidden=4, out=2):
        super().__init__()
        self.forget = nn.Linear(hidden + in_size, hidden)
        self.input = nn.Linear(hidden + in_size, hidden)
        self.candidate = nn.Linear(hidden + in_size, hidden)
        self.output = nn.Linear(hidden + in_size, hidden)
        self.fc = nn.Linear(hidden, out)

    def forward(self, x):
        h = c = x.new_zeros(x.shape[1], self.fc.in_features)
        outputs = []
        for x_t in x:
            both = torch.cat((h, x_t), dim=1)
            c = torch.sigmoid(self.forget(both)) * c + torch.sigmoid(self.input(both)) * torch.tanh(
                self.candidate(both)
            )
            h = torch.sigmoid(self.output(both)) * torch.tanh(c)
            outputs.append(self.fc(h))
        return torch.stack(outputs)


# Keras, as its documentation and that of RTNeural have it: matrices [in, out], gates i, f, c, o


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def keras_lstm(x, kernel, recurrent, bias):
    """x [B, T, F]; gives h at every time step."""
    hidden = recurrent.shape[0]
    h = c = np.zeros((x.shape[0], hidden), x.dtype)
    outputs = []
    for t in range(x.shape[1]):
        i, f, g, o = np.split(x[:, t] @ kernel + h @ recurrent + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def keras_gru(x, kernel, recurrent, bias):
    """reset_after by the shape of the bias: [2, 3h] with, [3h] without. Gates z, r, h."""
    hidden = recurrent.shape[0]
    h = np.zeros((x.shape[0], hidden), x.dtype)
    after = bias.ndim == 2
    input_bias, recurrent_bias = bias if after else (bias, np.zeros_like(bias))
    outputs = []
    for t in range(x.shape[1]):
        x_z, x_r, x_h = np.split(x[:, t] @ kernel + input_bias, 3, axis=1)
        h_z, h_r, h_h = np.split(h @ recurrent + recurrent_bias, 3, axis=1)
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        state = r * h_h if after else (r * h) @ recurrent[:, 2 * hidden :]
        h = z * h + (1 - z) * np.tanh(x_h + state)
        outputs.append(h)
    return np.stack(outputs, axis=1)


KERAS_RECURRENT = {"lstm": keras_lstm, "gru": keras_gru}

KERAS_FUNCTIONS = {
    "": lambda x: x,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": sigmoid,
}


class KerasNetwork:
    """Layers as (type, activation, output dimensions, weights in float32)."""

    def __init__(self, *layers):
        self.layers = layers

    def run(self, x, dtype):
        x = x.astype(dtype)
        for kind, activation, dimensions, weights in self.layers:
            weights = [weight.astype(dtype) for weight in weights]
            if kind in KERAS_RECURRENT:
                x = KERAS_RECURRENT[kind](x, *weights)
            elif weights:
                x = x @ weights[0] + (weights[1] if len(weights) > 1 else 0)
            if kind not in KERAS_RECURRENT:
                x = KERAS_FUNCTIONS[activation](x)
            if dimensions == 2 and x.ndim == 3:
                x = x[:, -1]
        return x

    def store(self, path):
        layers, features = [], None
        for kind, activation, dimensions, weights in self.layers:
            if kind in KERAS_RECURRENT:
                features = weights[1].shape[0]
            elif weights:
                features = weights[0].shape[1]
            layers.append(
                {
                    "type": kind,
                    "activation": activation,
                    "shape": [None] * (dimensions - 1) + [features],
                    "weights": [weight.tolist() for weight in weights],
                }
            )
        in_shape = [None, None, self.layers[0][3][0].shape[0]]
        path.write_text(json.dumps({"in_shape": in_shape, "layers": layers}), encoding="utf-8")


def uniform(*shape):
    return np.random.uniform(-0.8, 0.8, shape).astype(np.float32)


def keras_lstm_layer(in_size, hidden, dimensions=3):
    weights = [uniform(in_size, 4 * hidden), uniform(hidden, 4 * hidden), uniform(4 * hidden)]
    return "lstm", "tanh", dimensions, weights


def keras_gru_layer(in_size, hidden, *bias):
    weights = [uniform(in_size, 3 * hidden), uniform(hidden, 3 * hidden), uniform(*bias)]
    return "gru", "tanh", 3, weights


def keras_every_step():
    return KerasNetwork(
        ("time-distributed-dense", "relu", 3, [uniform(2, 3), uniform(3)]),
        keras_lstm_layer(3, 5),
        keras_lstm_layer(5, 4),
        ("dense", "", 3, [uniform(4, 3)]),
        ("activation", "sigmoid", 3, []),
    )


def keras_last_step():
    return KerasNetwork(
        keras_lstm_layer(2, 6, dimensions=2), ("dense", "tanh", 2, [uniform(6, 2), uniform(2)])
    )


# Ways to store


def exported(network, path, x):
    lstm4j_export.export(network, path, x)


def exported_as_defined(read):
    return lambda network, path, x: lstm4j_export.export(network, path, read=read)


def npz(network, path, x):
    np.savez(path, **{name: tensor.numpy() for name, tensor in network.state_dict().items()})


def npz_compressed(network, path, x):
    arrays = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    np.savez_compressed(path, **arrays)


def nested_lists(network, path, x):
    lists = {name: tensor.tolist() for name, tensor in network.state_dict().items()}
    path.write_text(json.dumps(lists), encoding="utf-8")


def nested_lists_below(network, path, x):
    """As training scripts for guitar amplifiers write it."""
    lists = {name: tensor.tolist() for name, tensor in network.state_dict().items()}
    facts = {"model": "SimpleRNN", "unit_type": "LSTM", "hidden_size": 5, "bias_fl": True}
    content = {"model_data": facts, "state_dict": lists}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def guitar_json(network, path, x):
    lists = {name: tensor.tolist() for name, tensor in network.state_dict().items()}
    facts = {"model": "SimpleRNN", "input_size": 1, "skip": 1, "output_size": 1}
    facts.update(unit_type="LSTM", num_layers=1, hidden_size=5, bias_fl=True)
    path.write_text(json.dumps({"model_data": facts, "state_dict": lists}), encoding="utf-8")


def whole(network, path, x):
    torch.save(network, path)


def shards(network, path, x):
    """Two files and the index, which is the checkpoint."""
    state = network.state_dict()
    names = list(state)
    stem = path.name[: -len(".safetensors.index.json")]
    weight_map = {}
    for number, part in enumerate((names[:3], names[3:]), 1):
        shard = f"{stem}-{number:05}-of-00002.safetensors"
        content = containers.pack_safetensors({name: state[name] for name in part})
        (path.parent / shard).write_bytes(content)
        weight_map.update({name: shard for name in part})
    size = sum(tensor.numel() * 4 for tensor in state.values())
    index = {"metadata": {"total_size": size}, "weight_map": weight_map}
    path.write_text(json.dumps(index, indent=2), encoding="utf-8")


def state_dict(network, path, x):
    torch.save(network.state_dict(), path)


# The goldens: name, suffix of the file, how it is stored, network, input, options, a sentence

MODULES = [
    ("exported-classifier", ".safetensors", exported, Classifier, vectors(3, 7, 3), (),
     "The last time step, ReLU, order and layout are seen in forward()."),
    ("exported-tagger", ".safetensors", exported, Tagger, vectors(7, 3, 3), (),
     "Both directions at every time step, without bias; a LayerNorm."),
    ("exported-text-classifier", ".safetensors", exported, TextClassifier, tokens(11, 3, 7), (),
     "The final states of both directions are seen."),
    ("exported-cells", ".safetensors", exported, Cells, vectors(3, 7, 3), (),
     "Cells in a loop are layers."),
    ("exported-mean", ".safetensors", exported, lambda: Pooled("mean"), vectors(3, 7, 3), (),
     "The mean over time; the input is turned on its way."),
    ("exported-max", ".safetensors", exported, lambda: Pooled("max"), vectors(3, 7, 3), (),
     "The maximum over time."),
    ("exported-one-hot", ".safetensors", exported, OneHotTokens, tokens(7, 6, 3), (),
     "One-hot tokens."),
    ("exported-gru", ".safetensors", exported, lambda: nn.Sequential(nn.Linear(3, 4), nn.Tanh(),
     nn.GRU(4, 5, 1)), vectors(7, 3, 3), (), "A GRU that is last, its state unused."),
    ("exported-rnn", ".safetensors", exported, lambda: Reader(nn.RNN(3, 5, 2, nonlinearity="relu",
     bidirectional=True)), vectors(7, 3, 3), (), "Two layers, both directions, ReLU, last step."),
    ("exported-gru-cell", ".safetensors", exported, Stepper, vectors(7, 3, 3), (),
     "A GRUCell and an RNNCell, an output at every time step."),
    ("exported-residual", ".safetensors", exported, ResidualStack, vectors(3, 7, 3), (),
     "Residual connections, one inside another, with norms and functions."),
    ("exported-initial-state", ".safetensors", exported, LearnedState, vectors(3, 7, 3), (),
     "Learned initial states."),
    *((f"exported-attention-{'additive' if additive else 'dot'}{'-parameter' if parameter else ''}",
       ".safetensors", exported, lambda additive=additive, parameter=parameter:
       Attentive(additive, parameter), vectors(3, 7, 3), (), "Attention pooling.")
      for additive in (False, True) for parameter in (False, True)),
    ("exported-as-defined", ".safetensors", exported_as_defined(None), Forecaster,
     vectors(7, 3, 2), (), "Without an example, the order of definition."),
    ("npz", ".npz", npz, Forecaster, vectors(7, 3, 2), (), "numpy.savez of a state dict."),
    ("npz-compressed", ".npz", npz_compressed, Forecaster, vectors(7, 3, 2), (),
     "numpy.savez_compressed of a state dict."),
    ("json", ".json", nested_lists, Forecaster, vectors(7, 3, 2), (),
     "Names with nested lists, as RTNeural reads PyTorch networks."),
    ("json-below", ".json", nested_lists_below, Forecaster, vectors(7, 3, 2), (),
     "The same below a key, beside plain values."),
    ("json-skip", ".json", guitar_json, lambda: GuitarModel(1), vectors(7, 3, 1), (),
     "A skip connection, as the arguments beside the state dict say."),
    ("json-skip-none", ".json", guitar_json, lambda: GuitarModel(0), vectors(7, 3, 1),
     ("--residual", "none"), "The same, where the user says that there is none."),
    ("shards", ".safetensors.index.json", shards, lambda: Forecaster(3), vectors(7, 3, 2), (),
     "Two safetensors files and their index."),
    ("mapped-matrices", ".npz", npz, HandWritten, vectors(7, 3, 3), ("--map", "1"),
     "A matrix [in, hidden] for each gate, of x and of h; the first example of mapping.md."),
    ("mapped-linears", ".pt", state_dict, GateLinears, vectors(7, 3, 3), ("--map", "2"),
     "A Linear for each gate over [h, x]; the second example of mapping.md."),
    ("mapped-linears-npz", ".npz", npz, GateLinears, vectors(7, 3, 3), ("--map", "2"),
     "The same from NumPy."),
    ("mapped-module", ".pt", whole, HandWritten, vectors(7, 3, 3), ("--map", "1"),
     "The first example's network, saved as a whole."),
    ("mapped-concatenated", ".npz", npz, Concatenated, vectors(3, 7, 3),
     ("--map", "3", "--batch-first"), "Over [x, h] without bias; the third example."),
    ("mapped-concatenated-module", ".pt", whole, Concatenated, vectors(3, 7, 3), ("--map", "3"),
     "The same, saved as a whole, whose GRU says that the batch comes first."),
    ("mapped-matrices-no-bias", ".pt", state_dict, lambda: HandWritten(bias=False),
     vectors(7, 3, 3), ("--map", "1 without b"), "The first example without its biases."),
]  # fmt: skip

KERAS = [
    ("keras-every-step", keras_every_step, (3, 7, 2), "Two LSTMs between dense layers."),
    ("keras-gru", lambda: KerasNetwork(keras_gru_layer(2, 5, 2, 15)), (3, 7, 2), "A GRU."),
    (
        "keras-gru-reset-before",
        lambda: KerasNetwork(keras_gru_layer(2, 5, 15)),
        (3, 7, 2),
        "A GRU with reset_after=False, as its one bias tells.",
    ),
    ("keras-last-step", keras_last_step, (3, 7, 2), "return_sequences=False."),
]


def evaluate(network, x, dtype):
    network = copy.deepcopy(network).to(dtype)
    with torch.no_grad():
        out = network(x.to(dtype) if x.is_floating_point() else x)
    return (out[0] if isinstance(out, tuple) else out).numpy()


def write_module(name, suffix, store, make, draw, options, about):
    seed(name)
    network, x = make().eval(), draw()
    store(network, FORMATS / (name + suffix), x)
    golden = {
        "x" if x.is_floating_point() else "tokens": x.numpy(),
        "out": evaluate(network, x, torch.float64),
        "out_f32": evaluate(network, x, torch.float32),
    }
    return entry(name, suffix, golden, options, about)


def write_keras(name, make, shape, about):
    seed(name)
    network, x = make(), uniform(*shape)
    network.store(FORMATS / (name + ".json"))
    golden = {
        "x": x,
        "out": network.run(x, np.float64),
        "out_f32": network.run(x, np.float32),
    }
    return entry(name, ".json", golden, (), about)


def entry(name, suffix, golden, options, about):
    np.savez(FORMATS / (name + ".golden.npz"), **golden)
    return {
        "name": name,
        "checkpoint": name + suffix,
        "golden": name + ".golden.npz",
        "options": list(options),
        "about": about,
    }


def main():
    torch.set_num_threads(1)
    FORMATS.mkdir(parents=True, exist_ok=True)
    for path in FORMATS.iterdir():
        path.unlink()
    entries = [write_module(*case) for case in MODULES] + [write_keras(*case) for case in KERAS]
    lines = ",\n".join(json.dumps(item) for item in entries)
    (FORMATS / "formats.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(entries)} goldens, {sum(p.stat().st_size for p in FORMATS.iterdir())} bytes")


if __name__ == "__main__":
    main()
