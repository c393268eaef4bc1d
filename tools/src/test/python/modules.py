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
