# SPDX-License-Identifier: Apache-2.0
"""Networks as people write them, exported by torch.onnx.export."""

import dataclasses
from typing import Callable

import torch
from torch import nn


@dataclasses.dataclass(frozen=True)
class Exported:
    """One golden.

    Attributes:
        name: of the files
        about: one sentence for the manifest
        network: makes the module, whose forward returns out or (out, h_n[, c_n]); called seeded
        x: shape of the golden's input; for tokens the shape and, first, their number
        example: shape of the input that the network is exported with; the golden's by default
        opset: version of ONNX's operators
        state: shape of each given initial state; none if the network starts from zeros
        dynamic: which axes of x have no fixed size
        options: of `lstm4j convert`
        dtype: of the exported weights
        export: further arguments of torch.onnx.export
    """

    name: str
    about: str
    network: Callable[[], nn.Module]
    x: tuple
    example: tuple = ()
    opset: int = 13
    state: tuple = ()
    tokens: int = 0
    dynamic: tuple = (0, 1)
    options: tuple = ()
    dtype: torch.dtype = torch.float32
    export: dict = dataclasses.field(default_factory=dict)


class Reading(nn.Module):
    """A recurrent module, what is read from it, and what follows."""

    def __init__(self, rnn, read, *after):
        super().__init__()
        self.rnn = rnn
        self.read = read
        self.after = nn.Sequential(*after)

    def forward(self, x):
        out, state = self.rnn(x)
        hn = state[0] if isinstance(self.rnn, nn.LSTM) else state
        return self.after(self.read(out, hn))


class Stated(nn.Module):
    """An LSTM with its state as inputs and outputs, and a linear layer, for streaming."""

    def __init__(self, **options):
        super().__init__()
        self.lstm = nn.LSTM(4, 5, **options)
        self.fc = nn.Linear(5, 3)

    def forward(self, x, h0, c0):
        out, (hn, cn) = self.lstm(x, (h0, c0))
        return self.fc(out), hn, cn


class Language(nn.Module):
    """Tokens to log-probabilities of tokens."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(9, 4)
        self.lstm = nn.LSTM(4, 6, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(6, 9)

    def forward(self, x):
        out, _ = self.lstm(self.embedding(x))
        return torch.log_softmax(self.fc(self.dropout(out)), dim=-1)


class AllCells(nn.Module):
    """Every recurrent module, one after the other."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, 2)
        self.gru = nn.GRU(5, 4)
        self.rnn = nn.RNN(4, 4)
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        for module in (self.lstm, self.gru, self.rnn):
            x, _ = module(x)
        return self.fc(x)


class Learned(nn.Module):
    """Modules with learned initial states, for any number of batch rows."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, 2, bidirectional=True)
        self.gru = nn.GRU(8, 4)
        self.h = nn.Parameter(torch.rand(4, 1, 4) - 0.5)
        self.c = nn.Parameter(torch.rand(4, 1, 4) - 0.5)
        self.g = nn.Parameter(torch.rand(4) - 0.5)

    def forward(self, x):
        rows = x.shape[1]
        state = (self.h.expand(-1, rows, -1).contiguous(), self.c.repeat(1, rows, 1))
        out, _ = self.lstm(x, state)
        out, _ = self.gru(out, self.g.expand(1, rows, 4).contiguous())
        return out


class Ones(nn.Module):
    """An LSTM that starts from ones."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4)

    def forward(self, x):
        ones = torch.ones(1, x.shape[1], 4, dtype=x.dtype)
        return self.lstm(x, (ones, 0.5 * ones))[0]


class Skipping(nn.Module):
    """Residual connections around one layer, around several, and inside one another."""

    def __init__(self):
        super().__init__()
        self.lower = nn.LSTM(4, 4, 2)
        self.upper = nn.GRU(4, 4)
        self.wide = nn.Linear(4, 6)
        self.narrow = nn.Linear(6, 4)
        self.fc = nn.Linear(4, 2)

    def forward(self, x):
        x = x + self.lower(x)[0]
        y = self.upper(x)[0]
        y = self.narrow(torch.relu(self.wide(y))) + y
        return self.fc(x + y)


class Normed(nn.Module):
    """Layer normalisation before, between and behind recurrent modules, and in a residual."""

    def __init__(self, **options):
        super().__init__()
        self.before = nn.LayerNorm(4)
        self.lower = nn.LSTM(4, 4, batch_first=True)
        self.between = nn.LayerNorm(4, **options)
        self.upper = nn.LSTM(4, 4, batch_first=True)
        self.fc = nn.Sequential(nn.Linear(4, 3), nn.LayerNorm(3, eps=0.0123))
        for norm in (self.before, self.between, self.fc[1]):
            for parameter in norm.parameters():
                nn.init.uniform_(parameter, 0.5, 1.5)
        if self.between.elementwise_affine:
            # The exporter stores equal weights once, and writes an Identity.
            self.between.weight.data.copy_(self.before.weight)

    def forward(self, x):
        x = self.lower(self.before(x))[0]
        x = x + self.upper(self.between(x))[0]
        return self.fc(x)


class Encoded(nn.Module):
    """Layers before two recurrent modules of names of their own."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(4, 6), nn.ReLU())
        self.lower = nn.LSTM(6, 5)
        self.upper = nn.LSTM(5, 5)
        self.head = nn.ModuleDict({"fc": nn.Linear(5, 2, bias=False)})

    def forward(self, x):
        out, _ = self.lower(self.encoder(x))
        out, _ = self.upper(out)
        return self.head["fc"](out)


class Flat(nn.Module):
    """A linear layer over time steps and batch rows merged into one axis."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 5, batch_first=True)
        self.fc = nn.Linear(5, 3)

    def forward(self, x):
        out, _ = self.lstm(x)
        batch, steps, features = out.size()
        flat = self.fc(out.contiguous().view(batch * steps, features))
        return flat.view(batch, steps, 3)


class Pooled(nn.Module):
    """Max pooling by a module for convolutions: features and time are exchanged."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 5, batch_first=True, bidirectional=True)
        self.pool = nn.AdaptiveMaxPool1d(1)
        self.fc = nn.Linear(10, 2)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.fc(self.pool(out.transpose(1, 2)).squeeze(2))


class Convolved(nn.Module):
    """A convolution before the recurrent part, which lstm4j has not."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 3, padding=1)
        self.lstm = nn.LSTM(4, 5)
        self.fc = nn.Linear(5, 3)

    def forward(self, x):
        features = self.conv(x).permute(2, 0, 1)
        out, _ = self.lstm(features)
        return torch.sigmoid(self.fc(out))


def all_steps(out, hn):
    return out


def last_step(out, hn):
    return out[-1]


def last_step_of_batch(out, hn):
    return out[:, -1, :]


def last_hidden(out, hn):
    return hn[-1]


def both_hidden(out, hn):
    return torch.cat((hn[-2], hn[-1]), dim=1)


def both_hidden_by_reshape(out, hn):
    return hn.transpose(0, 1).reshape(hn.shape[1], -1)


def both_ends(out, hn):
    """The forward half of the last time step and the backward half of the first."""
    half = out.shape[2] // 2
    return torch.cat((out[:, -1, :half], out[:, 0, half:]), dim=1)


def reading(rnn, read, *after):
    return lambda: Reading(rnn(), read, *[layer() for layer in after])


def lstm(*sizes, **options):
    return lambda: nn.LSTM(*sizes, **options)


def linear(*sizes):
    return lambda: nn.Linear(*sizes)


def every_opset():
    for opset in range(7, 18):
        yield Exported(
            f"opset-{opset}",
            f"LSTM, GRU and RNN, exported with operators of version {opset}.",
            AllCells,
            (6, 2, 3),
            opset=opset,
            # Before version 9 there is no operator for a tensor of zeros of a varying shape.
            dynamic=(0, 1) if opset >= 9 else (),
        )


ACTIVATIONS = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(0.2),
    "elu": lambda: nn.ELU(0.5),
    "softplus": nn.Softplus,
    "silu": nn.SiLU,
    "hardsigmoid": nn.Hardsigmoid,
    "gelu": nn.GELU,
    "softmax": lambda: nn.Softmax(dim=-1),
    "log-softmax": lambda: nn.LogSoftmax(dim=2),
}


def activations():
    for name, function in ACTIVATIONS.items():
        yield Exported(
            "activation-" + name,
            f"{name} after the recurrent part.",
            reading(lstm(3, 4), all_steps, linear(4, 3), function),
            (4, 2, 3),
            opset=14,
        )


def recurrent():
    gru, rnn = nn.GRU, nn.RNN
    yield Exported("lstm", "nn.LSTM alone, with all its outputs.", lstm(3, 5), (6, 2, 3))
    yield Exported(
        "lstm-fixed-sizes",
        "Exported for one size of sequence and run with another.",
        lstm(3, 5, 2),
        (6, 2, 3),
        example=(4, 3, 3),
        dynamic=(),
    )
    yield Exported("lstm-no-bias", "bias=False.", lstm(3, 5, 2, bias=False), (6, 2, 3))
    yield Exported(
        "lstm-batch-first",
        "batch_first=True, three layers.",
        lstm(3, 5, 3, batch_first=True),
        (2, 6, 3),
        opset=11,
    )
    yield Exported(
        "lstm-bidirectional",
        "Both directions, two layers.",
        lstm(3, 5, 2, bidirectional=True),
        (6, 2, 3),
    )
    yield Exported(
        "lstm-bidirectional-batch-first",
        "Both directions, two layers, batch_first=True.",
        lstm(3, 5, 2, bidirectional=True, batch_first=True),
        (2, 6, 3),
        opset=9,
    )
    yield Exported(
        "lstm-float64", "Weights in float64.", lstm(3, 5), (6, 2, 3), dtype=torch.float64
    )
    yield Exported(
        "lstm-not-folded",
        "Weights moved about by operators, as exported without constant folding.",
        lstm(3, 5, 2, bidirectional=True),
        (6, 2, 3),
        export={"do_constant_folding": False},
    )
    yield Exported("gru", "nn.GRU alone.", lambda: gru(3, 5, 2), (6, 2, 3))
    yield Exported(
        "gru-bidirectional",
        "nn.GRU in both directions, batch_first=True.",
        lambda: gru(3, 5, bidirectional=True, batch_first=True),
        (2, 6, 3),
    )
    yield Exported("rnn-tanh", "nn.RNN alone.", lambda: rnn(3, 5, 2), (6, 2, 3))
    yield Exported(
        "rnn-relu",
        "nn.RNN with ReLU in both directions.",
        lambda: rnn(3, 5, nonlinearity="relu", bidirectional=True),
        (6, 2, 3),
    )


def networks():
    yield Exported(
        "given-state",
        "The state as inputs and outputs, two layers, one time step exported.",
        lambda: Stated(num_layers=2),
        (6, 2, 4),
        example=(1, 2, 4),
        state=(2, 2, 5),
        dynamic=(),
    )
    yield Exported(
        "read-last", "The last time step.", reading(lstm(3, 5), last_step, linear(5, 2)), (6, 2, 3)
    )
    yield Exported(
        "read-last-batch-first",
        "The last time step with the batch first, a perceptron after it.",
        reading(
            lstm(3, 5, 2, batch_first=True),
            last_step_of_batch,
            linear(5, 6),
            nn.ReLU,
            linear(6, 2),
        ),
        (2, 6, 3),
        opset=10,
    )
    yield Exported(
        "read-hidden",
        "The final hidden state of the upper layer.",
        reading(lstm(3, 5, 2), last_hidden, linear(5, 2)),
        (6, 2, 3),
    )
    yield Exported(
        "read-hidden-fixed-sizes",
        "The final hidden state of a GRU, exported for one size.",
        reading(lambda: nn.GRU(3, 5), last_hidden, linear(5, 2)),
        (6, 2, 3),
        example=(4, 1, 3),
        dynamic=(),
    )
    yield Exported(
        "read-both-hidden",
        "The final hidden states of both directions of the upper layer.",
        reading(lstm(3, 5, 2, bidirectional=True), both_hidden, linear(10, 2)),
        (6, 2, 3),
    )
    yield Exported(
        "read-both-hidden-by-reshape",
        "The final hidden states of both directions, by a transposition and a reshape.",
        reading(lstm(3, 5, bidirectional=True), both_hidden_by_reshape, linear(10, 2)),
        (6, 2, 3),
    )
    yield Exported(
        "read-both-ends",
        "Last time step of the forward half, first of the backward half.",
        reading(
            lstm(3, 5, bidirectional=True, batch_first=True), both_ends, linear(10, 2)
        ),
        (2, 6, 3),
    )
    yield Exported(
        "read-first",
        "The first time step of both directions.",
        reading(
            lstm(3, 5, bidirectional=True, batch_first=True),
            lambda out, hn: out[:, 0],
            linear(10, 2),
        ),
        (2, 6, 3),
    )
    yield Exported(
        "read-mean",
        "The mean over time.",
        reading(lstm(3, 5), lambda out, hn: out.mean(0), linear(5, 2)),
        (6, 2, 3),
    )
    yield Exported(
        "read-max",
        "The maximum over time.",
        reading(lstm(3, 5, batch_first=True), lambda out, hn: out.max(1).values, linear(5, 2)),
        (2, 6, 3),
    )
    yield Exported("read-pooled", "The maximum over time by AdaptiveMaxPool1d.", Pooled, (2, 6, 3 + 1))
    yield Exported("language", "Tokens, dropout, log-softmax.", Language, (2, 6), tokens=9)
    yield Exported("learned-state", "Learned initial states.", Learned, (6, 2, 3), opset=14)
    yield Exported("ones-state", "An initial state of ones.", Ones, (6, 2, 3))
    yield Exported(
        "learned-state-fixed-sizes",
        "Learned initial states, exported for one number of batch rows.",
        Learned,
        (6, 2, 3),
        example=(4, 3, 3),
        dynamic=(),
        opset=12,
    )
    yield Exported("residual", "Residual connections.", Skipping, (6, 2, 4), opset=15)
    yield Exported(
        "residual-fixed-sizes",
        "Residual connections, exported for one time step.",
        Skipping,
        (6, 1, 4),
        example=(1, 1, 4),
        dynamic=(),
        opset=9,
    )
    yield Exported("norm", "LayerNormalization.", Normed, (2, 6, 4), opset=17)
    yield Exported(
        "norm-before-17",
        "Layer normalisation by operators on means, one of them without weight and bias.",
        lambda: Normed(elementwise_affine=False),
        (2, 6, 4),
    )
    yield Exported("encoded", "Layers before two recurrent modules.", Encoded, (6, 2, 4), opset=15)
    yield Exported("flat", "A view that merges time and batch.", Flat, (2, 6, 4), opset=12)
    yield Exported(
        "sequential-bias-apart",
        "A linear layer on three axes: MatMul and Add.",
        reading(lstm(3, 5), all_steps, linear(5, 4), nn.Tanh, linear(4, 2), nn.Sigmoid),
        (6, 2, 3),
        opset=17,
    )


EXPORTED = [*every_opset(), *activations(), *recurrent(), *networks()]
