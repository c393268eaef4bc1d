# SPDX-License-Identifier: Apache-2.0
"""Goldens of batches whose sequences differ in length: PyTorch's packed sequences.

Recurrent layers alone take a PackedSequence as it is. What reads over time is read from each
sequence by itself, cut off at its length, since PyTorch has no readouts of packed sequences.
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pad_packed_sequence

import networks
from cases import Case, tokens, vectors
from networks import Gru, Lstm, Rnn

UNSORTED = (4, 11, 1, 7, 11)
SORTED = (11, 9, 9, 2, 1)
SHORTER = (2, 5, 3, 1, 4)


class Readout(nn.Module):
    """A recurrent layer, what is read from each sequence, a Linear: keys rnn.*, attn.*, fc.*.

    `read(out, hn)` gets one sequence alone: its own outputs [length, features], and its final hidden
    states [layers * directions, hidden].
    """

    def __init__(self, rnn, read, score=False):
        super().__init__()
        width = (getattr(rnn, "proj_size", 0) or rnn.hidden_size) * (1 + rnn.bidirectional)
        self.rnn = rnn
        if score:
            self.attn = nn.Linear(width, 1)
        self.fc = nn.Linear(width, 3)
        self.read = read

    def forward(self, x, states):
        state = states.get("rnn")
        is_lstm = isinstance(self.rnn, nn.LSTM)
        out, final = self.rnn(x, state if is_lstm or state is None else state[0])
        final = final if is_lstm else (final,)
        out, lengths = pad_packed_sequence(out)
        read = self.attend if hasattr(self, "attn") else self.read
        features = [read(out[:n, b], final[0][:, b]) for b, n in enumerate(lengths)]
        return self.fc(torch.stack(features)), {"rnn": final}

    def attend(self, out, hn):
        return networks.attend(self.attn(out), out, 0)


class EveryStep(nn.Module):
    """LSTM and Linear; the Linear sees no padding, and so leaves it at zero."""

    def __init__(self, **options):
        super().__init__()
        self.lstm = nn.LSTM(4, 9, **options)
        self.fc = nn.Linear(9 * (1 + self.lstm.bidirectional), 3)

    def forward(self, x, states):
        out, final = self.lstm(x, states.get("lstm"))
        return out._replace(data=self.fc(out.data)), {"lstm": final}


class Classifier(nn.Module):
    """Embedding, both directions of a GRU, its final states, Linear; batch first."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(19, 5, padding_idx=0)
        self.rnn = nn.GRU(5, 6, batch_first=True, bidirectional=True)
        self.out = nn.Linear(12, 4)

    def forward(self, tokens, states):
        _, hn = self.rnn(tokens._replace(data=self.embed(tokens.data)), *states.get("rnn", (None,)))
        return self.out(torch.cat((hn[-2], hn[-1]), dim=-1)), {"rnn": (hn,)}


def alone(name, about, kind, sizes, lengths, states=None, more=(), **options):
    """A recurrent layer alone over eleven time steps of five sequences."""
    batch_first = options.get("batch_first", False)
    return Case(
        "lengths-" + name,
        about,
        lambda: kind(*sizes, **options),
        vectors(*((5, 11) if batch_first else (11, 5)), sizes[0]),
        options=(("--batch-first",) if batch_first else ()) + tuple(more),
        states=states or {},
        lengths=lengths,
        batch_first=batch_first,
    )


def readout(name, about, read, word, rnn, score=False, more=()):
    return Case(
        "lengths-read-" + name,
        about,
        lambda: Readout(rnn(), read, score),
        vectors(11, 5, 4),
        options=("--read", word, *more),
        checkpoint=FILES.get(rnn),
        lengths=UNSORTED,
    )


def lstm():
    return nn.LSTM(4, 9)


def both_directions():
    return nn.LSTM(4, 9, 2, bidirectional=True)


# Readouts that a checkpoint cannot tell apart share one.
FILES = {lstm: "lengths-readouts.pt", both_directions: "lengths-readouts-bidirectional.pt"}

LAYERS = [
    alone("lstm", "An LSTM, lengths in any order.", Lstm, (5, 7), UNSORTED),
    alone("lstm-sorted", "The longest sequence first.", Lstm, (5, 7), SORTED),
    alone("lstm-shorter", "No sequence is as long as the input.", Lstm, (5, 7), SHORTER),
    alone(
        "lstm-two-layers-bidirectional",
        "Two layers, both directions: the backward one begins at each sequence's own end.",
        Lstm,
        (5, 17, 2),
        UNSORTED,
        bidirectional=True,
    ),
    alone(
        "lstm-everything",
        "Two layers, both directions, projection, batch first, given state, no bias.",
        Lstm,
        (5, 9, 2),
        UNSORTED,
        states={"": ((4, 5, 4), (4, 5, 9))},
        bidirectional=True,
        proj_size=4,
        batch_first=True,
        bias=False,
    ),
    alone("lstm-projection", "A projection.", Lstm, (5, 20), SHORTER, proj_size=6),
    alone("gru", "A GRU.", Gru, (5, 7), UNSORTED),
    alone(
        "gru-everything",
        "A GRU of three layers, both directions, batch first, given h0.",
        Gru,
        (5, 9, 3),
        UNSORTED,
        states={"": ((6, 5, 9),)},
        bidirectional=True,
        batch_first=True,
    ),
    alone("rnn", "An RNN of tanh.", Rnn, (5, 7), SORTED, more=("--nonlinearity", "tanh")),
    alone(
        "rnn-everything",
        "An RNN of relu, two layers, both directions, given h0.",
        Rnn,
        (5, 20, 2),
        UNSORTED,
        states={"": ((4, 5, 20),)},
        more=("--nonlinearity", "relu"),
        bidirectional=True,
        nonlinearity="relu",
    ),
]

READOUTS = [
    readout("last", "The last time step of each.", lambda out, hn: out[-1], "last", lstm),
    readout(
        "last-bidirectional",
        "The last time step of each: the backward half has seen one step.",
        lambda out, hn: out[-1],
        "last",
        both_directions,
    ),
    readout(
        "final-bidirectional",
        "The final hidden states of both directions.",
        lambda out, hn: torch.cat((hn[-2], hn[-1])),
        "final",
        both_directions,
    ),
    readout("mean", "The mean over each.", lambda out, hn: out.mean(0), "mean", lstm),
    readout("max", "The maximum over each.", lambda out, hn: out.max(0).values, "max", lstm),
    readout(
        "mean-gru", "The mean over a GRU.", lambda out, hn: out.mean(0), "mean", lambda: nn.GRU(4, 9)
    ),
    readout(
        "max-rnn",
        "The maximum over an RNN.",
        lambda out, hn: out.max(0).values,
        "max",
        lambda: nn.RNN(4, 9),
        more=("--nonlinearity", "tanh"),
    ),
    readout(
        "decay",
        "Weights 0.75^age; the newest is the last of each.",
        lambda out, hn: networks.read_decay(0.75)(out, hn, 0),
        "decay:0.75",
        lstm,
    ),
    readout(
        "weights",
        "Three fixed weights, newest first, also of sequences that are shorter.",
        lambda out, hn: networks.read_weights(0.5, -0.25, 1.5)(out, hn, 0),
        "weights:0.5,-0.25,1.5",
        lstm,
    ),
    readout("attention", "Attention over each.", None, "attention", lambda: nn.LSTM(4, 9), score=True),
]

OTHERS = [
    Case(
        "lengths-every-step",
        "A Linear at every time step, zeros beyond a length.",
        lambda: EveryStep(bidirectional=True, batch_first=True),
        vectors(5, 11, 4),
        options=("--batch-first", "--read", "all"),
        lengths=UNSORTED,
        batch_first=True,
    ),
    Case(
        "lengths-tokens",
        "Tokens, both directions of a GRU, final states, batch first.",
        Classifier,
        tokens(19, 5, 11),
        options=("--batch-first", "--read", "final"),
        lengths=UNSORTED,
        batch_first=True,
    ),
]

CASES = LAYERS + READOUTS + OTHERS
