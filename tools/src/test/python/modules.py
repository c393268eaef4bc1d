# SPDX-License-Identifier: Apache-2.0
"""Networks of every kind of cell, saved as whole modules, and what PyTorch computes with them.

Each is stored as an object (`torch.save(module)`) or by TorchScript, so that classes and attributes
say what names and shapes cannot; some are stored by their state dict too, where options say it.
"""

import copy
import dataclasses
import zlib
from typing import Callable, Optional

import numpy as np
import torch
from torch import nn

from files import save_script


class Stacked(nn.Module):
    """A recurrent module, a readout, a head."""

    def __init__(self, rnn, head, last=False):
        super().__init__()
        self.rnn = rnn
        self.head = head
        self.last = last

    def forward(self, x):
        out = self.rnn(x)[0]
        if self.last:
            out = out[:, -1] if self.rnn.batch_first else out[-1]
        return self.head(out)


class Cells(nn.Module):
    """A GRUCell, and an RNNCell on its output, stepped by hand."""

    def __init__(self):
        super().__init__()
        self.first = nn.GRUCell(5, 7)
        self.second = nn.RNNCell(7, 4, bias=False, nonlinearity="relu")

    def forward(self, x):
        h1, h2 = x.new_zeros(x.shape[1], 7), x.new_zeros(x.shape[1], 4)
        outputs = []
        for x_t in x:
            h1 = self.first(x_t, h1)
            h2 = self.second(h1, h2)
            outputs.append(h2)
        return torch.stack(outputs)


class Tokens(nn.Module):
    """A language model with tied weights: one storage under two names."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 6)
        self.gru = nn.GRU(6, 6, batch_first=True)
        self.drop = nn.Dropout(0.5)
        self.out = nn.Linear(6, 11)
        self.out.weight = self.embed.weight
        self.softmax = nn.LogSoftmax(dim=-1)

    def forward(self, tokens):
        return self.softmax(self.out(self.drop(self.gru(self.embed(tokens))[0])))


class UsedElsewhere(nn.Module):
    """An activation that is not applied where it is defined."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(3, 6)
        self.fc1 = nn.Linear(6, 5)
        self.fc2 = nn.Linear(5, 2)
        self.relu = nn.ReLU()

    def forward(self, x):
        return self.fc2(self.relu(self.fc1(self.rnn(x)[0])))


class Normed(nn.Module):
    """A norm of the input and one of the output, applied where they are defined."""

    def __init__(self, first, last, **options):
        super().__init__()
        self.norm_in = nn.LayerNorm(5, **first)
        self.gru = nn.GRU(5, 7)
        self.drop = nn.Dropout(0.5)
        self.norm = nn.LayerNorm(7, **last)
        self.fc = nn.Linear(7, 3)
        self.pool = options.get("pool")

    def forward(self, x):
        out = self.norm(self.drop(self.gru(self.norm_in(x))[0]))
        return self.fc(out if self.pool is None else out.mean(0))


class LearnedState(nn.Module):
    """An encoder with a state of its own, and a cell without one."""

    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.cell = nn.GRUCell(4, 5)

    def forward(self, x):
        h = x.new_zeros(x.shape[0], 5)
        outputs = []
        for x_t in self.encoder(x).unbind(1):
            h = self.cell(x_t, h)
            outputs.append(h)
        return torch.stack(outputs, 1)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.h0 = nn.Parameter(torch.randn(2, 1, 4))
        self.c_0 = nn.Parameter(torch.randn(2, 6))
        self.lstm = nn.LSTM(3, 6, 2, proj_size=4, batch_first=True)

    def forward(self, x):
        h = self.h0.expand(-1, x.shape[0], -1).contiguous()
        c = self.c_0.unsqueeze(1).expand(-1, x.shape[0], -1).contiguous()
        return self.lstm(x, (h, c))[0]


class NamedState(nn.Module):
    """Learned states under names that say nothing, of two layers of one shape."""

    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.randn(6))
        self.first = nn.GRU(4, 6)
        self.second = nn.GRU(6, 6)

    def forward(self, x):
        h = self.start.expand(1, x.shape[1], -1).contiguous()
        return self.second(self.first(x)[0], h)[0]


class Skip(nn.Module):
    """Residual connections that forward() alone shows."""

    def __init__(self):
        super().__init__()
        self.rnn1 = nn.LSTM(4, 4)
        self.rnn2 = nn.LSTM(4, 6)
        self.fc = nn.Linear(6, 4)

    def forward(self, x):
        out = x + self.rnn1(x)[0]
        return x + torch.tanh(self.fc(self.rnn2(out)[0]))


class SimpleRNN(nn.Module):
    """As GuitarML's class of that name has it: the input's first features are added."""

    def __init__(self, skip=1, features=1):
        super().__init__()
        self.rec = nn.LSTM(features, 8)
        self.lin = nn.Linear(8, 1)
        self.skip = skip

    def forward(self, x):
        out = self.lin(self.rec(x)[0])
        return out + x[:, :, 0 : self.skip] if self.skip else out


class Scale(nn.Module):
    """A class with a parameter of its own."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(4))

    def forward(self, x):
        return x * self.gain


class Mixed(nn.Module):
    """A recurrent part among others that are none."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 4, 3)
        self.norm = nn.BatchNorm1d(4)
        self.encoder = nn.ModuleDict({"gru": nn.GRU(4, 6, bidirectional=True)})
        self.attn = nn.MultiheadAttention(12, 2)
        self.scale = Scale()

    def forward(self, x):
        return self.encoder["gru"](x)[0]


@dataclasses.dataclass(frozen=True)
class Case:
    """One file, and one golden of the same name.

    Attributes:
        name: of the golden
        about: one sentence
        module: makes the network
        x: makes the input
        options: what `lstm4j convert` has to be told
        refused: what the sentence names that refuses the file without the options
        store: writes the network into a path
    """

    name: str
    about: str
    module: Callable
    x: Callable
    options: tuple = ()
    refused: tuple = ()
    store: Callable = torch.save


def vectors(*shape):
    return lambda: 1.5 * torch.randn(*shape)


def state_dict(module, path):
    torch.save(module.state_dict(), path)


def scripted(module, path):
    save_script(torch.jit.script(module), path)


def traced(x):
    return lambda module, path: save_script(torch.jit.trace(module, x), path)


def frozen(module, path):
    save_script(torch.jit.freeze(torch.jit.script(module)), path)


def with_skip(module):
    """What is stored adds something that the golden does not have."""
    changed = copy.deepcopy(module)
    changed.skip = 1
    return changed


def gru():
    head = nn.Sequential(
        nn.Linear(14, 6), nn.LeakyReLU(0.2), nn.Dropout(0.5), nn.Linear(6, 3), nn.Sigmoid()
    )
    rnn = nn.GRU(5, 7, 2, batch_first=True, bidirectional=True, dropout=0.3)
    return Stacked(rnn, head)


def rnn():
    rnn = nn.RNN(3, 8, 2, nonlinearity="relu", bias=False)
    return Stacked(rnn, nn.Sequential(nn.Linear(8, 2), nn.Softmax(dim=1)), last=True)


def lstm():
    head = nn.Sequential(nn.Identity(), nn.ELU(0.5), nn.Linear(5, 5), nn.SiLU(), nn.Linear(5, 5))
    return Stacked(nn.LSTM(4, 9, proj_size=5), head)


def functions():
    head = nn.Sequential(
        *(nn.Linear(6, 6), nn.GELU(), nn.Linear(6, 6), nn.GELU("tanh"), nn.Linear(6, 6)),
        *(nn.Softplus(2, 5), nn.Linear(6, 6), nn.Hardsigmoid(), nn.Linear(6, 6), nn.Tanh()),
    )
    return Stacked(nn.GRU(4, 6), head)


def no_affine():
    return Normed({"elementwise_affine": False}, {"eps": 1e-3})


LEAKY = ("--activation", "head.0=leaky_relu:0.2", "--activation", "head.3=sigmoid")

CASES = [
    Case("gru", "GRU and a head.", gru, vectors(3, 9, 5)),
    Case("gru-scripted", "The same, scripted.", gru, vectors(3, 9, 5), store=scripted),
    Case(
        "gru-weights",
        "Its state dict.",
        gru,
        vectors(3, 9, 5),
        ("--batch-first", *LEAKY),
        store=state_dict,
    ),
    Case("rnn", "RNN with ReLU, last step.", rnn, vectors(7, 3, 3), ("--read", "last")),
    Case(
        "rnn-traced",
        "The same, traced: what a trace does not keep is told.",
        rnn,
        vectors(7, 3, 3),
        ("--read", "last", "--activation", "head.0=softmax"),
        ("head.1 (Softmax)",),
        store=traced(torch.zeros(7, 3, 3)),
    ),
    Case(
        "rnn-weights",
        "Its state dict.",
        rnn,
        vectors(7, 3, 3),
        ("--read", "last", "--nonlinearity", "relu", "--activation", "head.0=softmax"),
        store=state_dict,
    ),
    Case("lstm-projection", "LSTM with projection, and a head.", lstm, vectors(7, 3, 4)),
    Case("functions", "Functions of every kind.", functions, vectors(7, 3, 4)),
    Case("cells", "GRUCell and RNNCell.", Cells, vectors(7, 3, 5)),
    Case(
        "cells-traced",
        "The same, traced.",
        Cells,
        vectors(4, 3, 5),
        store=traced(torch.zeros(4, 3, 5)),
    ),
    Case("tokens", "Embedding and tied weights.", Tokens, lambda: torch.randint(11, (3, 8))),
    Case(
        "used-elsewhere",
        "An activation is not applied where it is defined.",
        UsedElsewhere,
        vectors(7, 3, 3),
        ("--activation", "fc1=relu", "--activation", "fc2=none"),
    ),
    Case(
        "norms",
        "Layer norms, one without weights, one with an eps of its own.",
        no_affine,
        vectors(7, 3, 5),
    ),
    Case(
        "norms-weights",
        "A state dict does not have eps; a norm without weights is not in it.",
        lambda: Normed({"eps": 1e-3}, {"eps": 1e-3}),
        vectors(7, 3, 5),
        ("--eps", "1e-3"),
        store=state_dict,
    ),
    Case(
        "norms-pooled",
        "The mean over time is taken behind a norm.",
        lambda: Normed({}, {}, pool="mean"),
        vectors(7, 3, 5),
        ("--read", "mean", "--read-after", "norm"),
        store=state_dict,
    ),
    Case("states", "A learned initial state.", LearnedState, vectors(3, 9, 3)),
    Case(
        "states-weights",
        "Its state dict.",
        LearnedState,
        vectors(3, 9, 3),
        ("--batch-first",),
        store=state_dict,
    ),
    Case(
        "named-states",
        "A learned initial state that has to be named.",
        NamedState,
        vectors(7, 3, 4),
        ("--initial-state", "second=start"),
        ("start [6]", "--initial-state"),
        store=state_dict,
    ),
    Case(
        "skip",
        "Residual connections, one inside another, and a function.",
        Skip,
        vectors(7, 3, 4),
        ("--residual", "rnn1", "--residual", "rnn1,fc", "--activation", "fc=tanh"),
        store=state_dict,
    ),
    Case("guitar", "The attribute skip of a known class.", SimpleRNN, vectors(9, 2, 1)),
    Case(
        "guitar-conditioned",
        "A skip of some features is left out only if the user says so.",
        lambda: SimpleRNN(0, 2),
        vectors(9, 2, 2),
        ("--residual", "none"),
        ("skip", "--residual none"),
        store=lambda module, path: torch.save(with_skip(module), path),
    ),
    Case(
        "tied-weights",
        "The state dict of tied weights: two keys, one storage.",
        Tokens,
        lambda: torch.randint(11, (3, 8)),
        ("--batch-first", "--activation", "out=log_softmax"),
        store=state_dict,
    ),
    Case(
        "cells-frozen",
        "The same, scripted and frozen.",
        Cells,
        vectors(4, 3, 5),
        store=frozen,
    ),
    Case(
        "mixed",
        "The recurrent part alone.",
        Mixed,
        vectors(7, 3, 4),
        ("--select", "encoder.gru"),
        (
            *("conv (Conv1d)", "norm (BatchNorm1d)", "attn (MultiheadAttention)"),
            *("scale (Scale)", "--select encoder.gru"),
        ),
    ),
]


def evaluate(network, x, dtype):
    with torch.no_grad():
        wide = x.to(dtype) if x.is_floating_point() else x
        return copy.deepcopy(network).to(dtype)(wide).numpy()


def write_all(folder):
    """Writes every file and golden, and returns the manifest."""
    for case in CASES:
        # Files of one network share its weights.
        torch.manual_seed(zlib.crc32(case.name.split("-")[0].encode()))
        network = case.module().eval()
        case.store(network, folder / (case.name + ".pt"))
        x = case.x()
        np.savez(
            folder / (case.name + ".npz"),
            **{"x" if x.is_floating_point() else "tokens": x.numpy()},
            out=evaluate(network, x, torch.float64),
            out_f32=evaluate(network, x, torch.float32),
        )
    return [
        {
            "name": case.name,
            "checkpoint": case.name + ".pt",
            "golden": case.name + ".npz",
            "options": list(case.options),
            "refused": list(case.refused),
            "about": case.about,
        }
        for case in CASES
    ]
