# SPDX-License-Identifier: Apache-2.0
"""The list of goldens: which network, which input, how it is stored, how `convert` is told."""

import dataclasses
from typing import Callable, Optional

import torch
from torch import nn

import containers
import networks
from networks import Cell, CellLinear, Gru, GruCell, Lstm, LstmLinear, OneToMany, Rnn, RnnCell


@dataclasses.dataclass(frozen=True)
class Case:
    """One golden.

    Attributes:
        name: of the .npz, and of the checkpoint unless that is shared
        about: one sentence for the manifest
        network: makes the network; called after seeding with the checkpoint's name
        x: makes the input; called after seeding with the golden's name
        options: what `lstm4j convert` has to be told
        states: shapes of the initial (h0, c0), or (h0,), by recurrent part; empty where they are zero
        checkpoint: file name; cases that share one have equal weights
        dtype: of the stored weights
        store: writes the checkpoint
        prepare: a last change of the network's weights before it is stored
        lengths: time steps of each batch row, where they differ: the network gets packed sequences
        batch_first: whether packed sequences are
    """

    name: str
    about: str
    network: Callable[[], nn.Module]
    x: Callable[[], torch.Tensor]
    options: tuple = ()
    states: dict = dataclasses.field(default_factory=dict)
    checkpoint: Optional[str] = None
    dtype: torch.dtype = torch.float32
    store: Callable = containers.state_dict
    prepare: Callable = lambda network: None
    lengths: tuple = ()
    batch_first: bool = False

    @property
    def file(self):
        return self.checkpoint or self.name + ".pt"


def vectors(*shape):
    return lambda: 1.5 * torch.randn(*shape)


def tokens(count, *shape):
    return lambda: torch.randint(count, shape)


def lstm(name, about, sizes, x, states=None, kind=Lstm, more=(), prepare=None, **options):
    """nn.LSTM alone; the state's shapes follow from its options when `states` is given."""
    convert = ("--batch-first",) if options.get("batch_first") else ()
    extra = {} if prepare is None else {"prepare": prepare}
    return Case(
        name,
        about,
        lambda: kind(*sizes, **options),
        vectors(*x),
        options=convert + tuple(more),
        states=states or {},
        **extra,
    )


def saturate(network):
    """Far out on both sides of the gates; the recurrent weights stay, so nothing is chaotic."""
    with torch.no_grad():
        network.weight_ih_l0 *= 12


LSTM_ALONE = [
    lstm("lstm-1-3", "One layer, one input feature, three units.", (1, 3), (7, 1, 1)),
    lstm(
        "lstm-1-8", "One input feature, a hidden size of one vector register.", (1, 8), (13, 3, 1)
    ),
    lstm("lstm-5-7", "Odd sizes.", (5, 7), (11, 3, 5)),
    lstm("lstm-3-20", "A hidden size between two register widths.", (3, 20), (9, 3, 3)),
    lstm("lstm-40-64", "The largest: a hidden size of whole registers.", (40, 64), (7, 1, 40)),
    lstm("lstm-one-step", "A sequence of one time step.", (5, 7), (1, 3, 5)),
    lstm("lstm-two-layers", "Two layers.", (3, 12, 2), (9, 3, 3)),
    lstm("lstm-three-layers", "Three layers.", (5, 7, 3), (11, 3, 5)),
    lstm(
        "lstm-dropout",
        "Dropout between two layers, which does nothing in evaluation.",
        (5, 7, 2),
        (7, 3, 5),
        dropout=0.5,
    ),
    lstm("lstm-no-bias", "bias=False.", (5, 7), (11, 3, 5), bias=False),
    lstm("lstm-bidirectional", "Both directions.", (5, 7), (11, 3, 5), bidirectional=True),
    lstm("lstm-projection", "proj_size.", (5, 7), (11, 3, 5), proj_size=3),
    lstm(
        "lstm-projection-wide", "Projection of 33 units to 17.", (28, 33), (5, 3, 28), proj_size=17
    ),
    lstm("lstm-batch-first", "batch_first=True.", (13, 17), (3, 9, 13), batch_first=True),
    lstm("lstm-unbatched", "Input without a batch axis.", (5, 7), (11, 5)),
    lstm(
        "lstm-unbatched-bidirectional",
        "Input without a batch axis, two layers, both directions, given state.",
        (3, 5, 2),
        (9, 3),
        states={"": ((4, 5), (4, 5))},
        bidirectional=True,
    ),
    lstm(
        "lstm-unbatched-batch-first",
        "batch_first=True changes nothing for an input without a batch axis.",
        (5, 7),
        (11, 5),
        batch_first=True,
    ),
    lstm(
        "lstm-given-state",
        "Given h0 and c0.",
        (5, 7),
        (11, 3, 5),
        states={"": ((1, 3, 7), (1, 3, 7))},
    ),
    lstm(
        "lstm-batch-first-given-state",
        "batch_first=True leaves the layout of h0 and c0 alone.",
        (5, 7, 2),
        (3, 11, 5),
        states={"": ((2, 3, 7), (2, 3, 7))},
        batch_first=True,
    ),
    lstm(
        "lstm-projection-given-state",
        "With a projection h0 has proj_size features and c0 hidden_size.",
        (5, 7),
        (11, 3, 5),
        states={"": ((1, 3, 3), (1, 3, 7))},
        proj_size=3,
    ),
    lstm(
        "lstm-two-layers-bidirectional-no-bias",
        "Two layers, both directions, no bias.",
        (3, 8, 2),
        (7, 3, 3),
        bidirectional=True,
        bias=False,
    ),
    lstm(
        "lstm-two-layers-projection-no-bias",
        "Two layers, projection, no bias.",
        (3, 8, 2),
        (7, 3, 3),
        proj_size=5,
        bias=False,
    ),
    lstm(
        "lstm-everything",
        "Two layers, both directions, projection, no bias, batch first, given state.",
        (5, 9, 2),
        (3, 11, 5),
        states={"": ((4, 3, 4), (4, 3, 9))},
        bidirectional=True,
        proj_size=4,
        bias=False,
        batch_first=True,
    ),
    lstm(
        "lstm-everything-with-bias",
        "Three layers, both directions, projection, bias, given state.",
        (3, 7, 3),
        (9, 3, 3),
        states={"": ((6, 3, 2), (6, 3, 7))},
        bidirectional=True,
        proj_size=2,
    ),
    lstm(
        "lstm-prefixed",
        "nn.LSTM below the modules encoder.lstm.",
        (5, 7, 2),
        (11, 3, 5),
        states={"encoder.lstm": ((4, 3, 7), (4, 3, 7))},
        kind=networks.PrefixedLstm,
        bidirectional=True,
    ),
    lstm(
        "lstm-saturated",
        "Pre-activations far outside the gates' linear range.",
        (5, 7),
        (11, 3, 5),
        prepare=saturate,
    ),
]

CELLS = [
    Case("cell", "nn.LSTMCell over a sequence.", lambda: Cell(5, 7), vectors(11, 3, 5)),
    Case(
        "cell-no-bias-given-state",
        "nn.LSTMCell without bias, given state of shape [batch, hidden].",
        lambda: Cell(3, 20, bias=False),
        vectors(9, 3, 3),
        states={"": ((3, 20), (3, 20))},
    ),
    Case(
        "cells-stacked",
        "Two cells of different size, given states.",
        lambda: networks.StackedCells(5, 7, 4),
        vectors(11, 3, 5),
        states={"cell1": ((3, 7), (3, 7)), "cell2": ((3, 4), (3, 4))},
    ),
    Case(
        "cell-linear",
        "nn.LSTMCell and a Linear at every time step.",
        lambda: CellLinear(3, 8, 2),
        vectors(11, 3, 3),
        options=("--read", "all"),
    ),
    Case(
        "cell-linear-last",
        "nn.LSTMCell and a Linear after the last time step.",
        lambda: CellLinear(3, 8, 2, networks.read_last),
        vectors(11, 3, 3),
        options=("--read", "last"),
        checkpoint="cell-linear.pt",
    ),
]


def readout(name, about, read, *convert, x=(11, 3, 4), checkpoint="readouts.pt", **options):
    """A readout over LSTM(4, 9) and Linear(9, 4); one file, which cannot tell them apart."""
    batch_first = ("--batch-first",) if options.get("batch_first") else ()
    return Case(
        name,
        about,
        lambda: LstmLinear(4, 9, 4, read, **options),
        vectors(*x),
        options=batch_first + convert,
        checkpoint=checkpoint,
    )


def one_to_many(mode, steps):
    return Case(
        "one-to-many-" + mode,
        f"One input vector becomes {steps} time steps ({mode}); the file of many-to-one.",
        lambda: OneToMany(4, 9, 4, mode, steps),
        vectors(3, 4),
        options=("--read", "all", "--one-to-many", f"{mode}:{steps}"),
        checkpoint="readouts.pt",
    )


READOUTS = [
    readout("many-to-one", "The last time step.", networks.read_last, "--read", "last"),
    readout("many-to-many", "Every time step.", networks.read_all, "--read", "all"),
    one_to_many("repeat", 7),
    one_to_many("zeros", 7),
    one_to_many("feedback", 7),
    Case(
        "one-to-many-unbatched",
        "One input vector without a batch axis becomes 5 time steps.",
        lambda: OneToMany(4, 9, 4, "feedback", 5),
        vectors(4),
        options=("--read", "all", "--one-to-many", "feedback:5"),
        checkpoint="readouts.pt",
    ),
    readout("read-max", "The maximum over time.", networks.read_max, "--read", "max"),
    readout("read-mean", "The mean over time.", networks.read_mean, "--read", "mean"),
    readout(
        "read-final-one-direction",
        "Of one direction the final hidden state is the last output.",
        networks.read_final(1),
        "--read",
        "final",
    ),
    readout(
        "read-decay",
        "Weights 0.75^age, normalised.",
        networks.read_decay(0.75),
        "--read",
        "decay:0.75",
    ),
    readout(
        "read-weights",
        "Three fixed weights, newest first, over eleven time steps.",
        networks.read_weights(0.5, -0.25, 1.5),
        "--read",
        "weights:0.5,-0.25,1.5",
    ),
    readout(
        "read-weights-short-sequence",
        "Five fixed weights over three time steps.",
        networks.read_weights(0.5, 0.25, 0.125, 4.0, 8.0),
        "--read",
        "weights:0.5,0.25,0.125,4,8",
        x=(3, 3, 4),
    ),
    readout(
        "read-last-batch-first",
        "The last time step, batch first.",
        networks.read_last,
        "--read",
        "last",
        x=(3, 11, 4),
        batch_first=True,
    ),
    readout(
        "read-mean-unbatched",
        "The mean over time of an input without a batch axis.",
        networks.read_mean,
        "--read",
        "mean",
        x=(11, 4),
    ),
    readout(
        "read-last-bidirectional",
        "The last time step of both directions: the backward half has seen one step.",
        networks.read_last,
        "--read",
        "last",
        checkpoint="readouts-bidirectional.pt",
        num_layers=2,
        bidirectional=True,
    ),
    readout(
        "read-final-bidirectional",
        "The final hidden states of both directions of the last of two layers.",
        networks.read_final(2),
        "--read",
        "final",
        checkpoint="readouts-bidirectional.pt",
        num_layers=2,
        bidirectional=True,
    ),
    readout(
        "read-max-bidirectional-projection",
        "The maximum over time of both projected directions, batch first.",
        networks.read_max,
        "--read",
        "max",
        x=(3, 11, 4),
        checkpoint=None,
        bidirectional=True,
        proj_size=3,
        batch_first=True,
    ),
    Case(
        "attention-dot",
        "score_t = v . h_t.",
        lambda: networks.DotAttention(4, 9, 3, bias=False),
        vectors(11, 3, 4),
        options=("--read", "attention"),
    ),
    Case(
        "attention-dot-bias",
        "score_t = v . h_t + b over both directions, batch first.",
        lambda: networks.DotAttention(4, 5, 3, bias=True, batch_first=True, bidirectional=True),
        vectors(3, 11, 4),
        options=("--batch-first", "--read", "attention"),
    ),
    Case(
        "attention-additive",
        "score_t = v . tanh(W h_t + b), v a Linear.",
        lambda: networks.AdditiveAttention(4, 9, 3, networks.AdditiveScore(9, 6)),
        vectors(11, 3, 4),
        options=("--read", "attention"),
    ),
    Case(
        "attention-additive-parameter",
        "score_t = v . tanh(W h_t + b), v a parameter of shape [A], batch first.",
        lambda: networks.AdditiveAttention(
            4, 9, 3, networks.AdditiveScoreByParameter(9, 6), batch_first=True
        ),
        vectors(3, 11, 4),
        options=("--batch-first", "--read", "attention"),
    ),
]


def mlp_head(option, activation):
    """All share one checkpoint: the activation is not in the file."""
    return Case(
        "activation-" + option.replace(":", "-"),
        f"A head with the activation {option} between two Linears.",
        lambda: networks.MlpHead(4, 7, 6, 3, activation),
        vectors(9, 3, 4),
        options=("--read", "all", "--activation", "fc1=" + option),
        checkpoint="activations.pt",
    )


HEADS = [
    mlp_head("sigmoid", nn.Sigmoid()),
    mlp_head("tanh", nn.Tanh()),
    mlp_head("relu", nn.ReLU()),
    mlp_head("leaky_relu", nn.LeakyReLU()),
    mlp_head("leaky_relu:0.25", nn.LeakyReLU(0.25)),
    mlp_head("elu", nn.ELU()),
    mlp_head("elu:0.5", nn.ELU(0.5)),
    mlp_head("gelu", nn.GELU()),
    mlp_head("gelu_tanh", nn.GELU(approximate="tanh")),
    mlp_head("silu", nn.SiLU()),
    mlp_head("softplus", nn.Softplus()),
    mlp_head("softplus:2:5", nn.Softplus(beta=2, threshold=5)),
    mlp_head("softmax", nn.Softmax(dim=-1)),
    mlp_head("log_softmax", nn.LogSoftmax(dim=-1)),
    Case(
        "language-model",
        "Embedding, LSTM, Linear, log-softmax.",
        lambda: networks.LanguageModel(19, 6, 10),
        tokens(19, 11, 3),
        options=("--read", "all", "--activation", "fc=log_softmax"),
    ),
    Case(
        "language-model-two-layers",
        "Embedding, two layers, batch first, given state, the input named as an index.",
        lambda: networks.LanguageModel(13, 5, 8, num_layers=2, batch_first=True),
        tokens(13, 3, 9),
        options=(
            *("--batch-first", "--input", "index", "--read", "all"),
            *("--activation", "fc=log_softmax"),
        ),
        states={"lstm": ((2, 3, 8), (2, 3, 8))},
    ),
    Case(
        "language-model-tied",
        "The embedding's weights serve the output too: two keys, one storage.",
        lambda: networks.TiedLanguageModel(17, 8),
        tokens(17, 11),
        options=("--read", "all", "--activation", "fc=log_softmax"),
    ),
    Case(
        "text-classifier",
        "Embedding, both directions, final hidden states, softmax, batch first.",
        lambda: networks.TextClassifier(19, 5, 6, 4),
        tokens(19, 3, 11),
        options=("--batch-first", "--read", "final", "--activation", "out=softmax"),
    ),
    Case(
        "one-hot-classifier",
        "One-hot tokens, LSTM, Linear, softmax.",
        lambda: networks.OneHotClassifier(11, 8, 3),
        tokens(11, 9, 3),
        options=("--input", "one-hot:11", "--read", "all", "--activation", "fc=softmax"),
    ),
    Case(
        "two-lstms",
        "Two LSTMs of different sizes, a Linear with tanh between them, given states.",
        lambda: networks.TwoLstms(3, 5, 4, 7, 2),
        vectors(9, 3, 3),
        options=("--read", "all", "--activation", "bridge=tanh"),
        states={"lstm1": ((2, 3, 5), (2, 3, 5)), "lstm2": ((1, 3, 7), (1, 3, 7))},
    ),
]


def constant_hidden_bias(network):
    with torch.no_grad():
        network.lstm.bias_hh_l0.fill_(0.25)


def stored(name, about, store, dtype=torch.float32, suffix="pt", more=(), prepare=None):
    """LSTM(3, 8) and Linear(8, 2), stored in the given way."""
    extra = {} if prepare is None else {"prepare": prepare}
    return Case(
        "stored-" + name,
        about,
        lambda: LstmLinear(3, 8, 2),
        vectors(7, 3, 3),
        options=("--read", "all", *more),
        checkpoint=f"stored-{name}.{suffix}",
        dtype=dtype,
        store=store,
        **extra,
    )


def nan_row(network):
    """One NaN in the head: one output feature is NaN at every step, the other is not."""
    with torch.no_grad():
        network.fc.weight[0, 3] = float("nan")


CONTAINERS = [
    stored("float64", "Weights in float64.", containers.state_dict, torch.float64),
    stored("float16", "Weights in float16.", containers.state_dict, torch.float16),
    stored("bfloat16", "Weights in bfloat16.", containers.state_dict, torch.bfloat16),
    stored("transposed", "Column-major matrices, strided vectors.", containers.transposed),
    stored(
        "expanded",
        "A bias of stride 0: one stored number, 4H equal elements.",
        containers.expanded_bias,
        prepare=constant_hidden_bias,
    ),
    stored("flat-buffer", "Views into one storage, at offsets.", containers.flat_buffer),
    stored("data-parallel", "Keys with the prefix module.", containers.data_parallel),
    stored("training-state", "A state_dict beside an optimizer's.", containers.training_state),
    stored("nested-model", "A state_dict below the key model.", containers.nested_model),
    stored("ordered-dict", "An OrderedDict without metadata.", containers.ordered_dict),
    stored("plain-dict", "A plain dict.", containers.plain_dict),
    stored("parameters", "nn.Parameter objects.", containers.parameters),
    stored("protocol-4", "Pickle protocol 4.", containers.state_dict_protocol_4),
    stored("pytorch-2", "The archive entries of PyTorch 2.", containers.pytorch_2_archive),
    stored(
        "lightning",
        "Every key below model., which --select strips.",
        containers.lightning,
        more=("--select", "model"),
    ),
    Case(
        "stored-actor-critic",
        "Two networks in one checkpoint, one of them selected.",
        networks.ActorCritic,
        vectors(7, 3, 4),
        options=("--select", "actor", "--read", "last"),
    ),
    Case(
        "nan",
        "A NaN weight: accepted, and NaN in exactly one output feature.",
        lambda: LstmLinear(3, 8, 2),
        vectors(7, 3, 3),
        options=("--read", "all"),
        prepare=nan_row,
    ),
    Case(
        "safetensors-chain",
        "Sorted names, whose shapes allow one chain only.",
        networks.SortedNames,
        vectors(7, 3, 5),
        options=("--read", "all", "--activation", "hidden=relu"),
        checkpoint="safetensors-chain.safetensors",
        store=containers.safetensors,
    ),
    Case(
        "safetensors-order",
        "Sorted names and two Linears of one shape: --order decides.",
        networks.SquareLayers,
        vectors(7, 3, 4),
        options=("--order", "rnn,zeta,alpha", "--read", "all", "--activation", "zeta=tanh"),
        checkpoint="safetensors-order.safetensors",
        store=containers.safetensors,
    ),
    Case(
        "safetensors-lstm",
        "A bare nn.LSTM, two layers, both directions, with metadata in the header.",
        lambda: Lstm(5, 7, 2, bidirectional=True),
        vectors(7, 3, 5),
        checkpoint="safetensors-lstm.safetensors",
        store=containers.safetensors_with_metadata,
    ),
    stored("float32", "safetensors.", containers.safetensors, suffix="safetensors"),
    *(
        stored(
            str(dtype).split(".")[1] + "-safetensors",
            f"safetensors in {str(dtype).split('.')[1]}.",
            containers.safetensors,
            dtype,
            suffix="safetensors",
        )
        for dtype in (torch.float64, torch.float16, torch.bfloat16)
    ),
]

CASES = LSTM_ALONE + CELLS + READOUTS + HEADS + CONTAINERS

# Recurrent layers alone that are not LSTMs; in a list of their own, with their sizes told, because
# their tests build the layer rather than infer it.
OTHER_CELLS = [
    lstm("gru-1-3", "One input feature, three units.", (1, 3), (7, 1, 1), kind=Gru),
    lstm("gru-5-7", "Odd sizes.", (5, 7), (11, 3, 5), kind=Gru),
    lstm("gru-40-64", "A hidden size of whole registers.", (40, 64), (7, 1, 40), kind=Gru),
    lstm(
        "gru-everything",
        "Three layers, both directions, given h0.",
        (5, 9, 3),
        (11, 3, 5),
        states={"": ((6, 3, 9),)},
        kind=Gru,
        bidirectional=True,
    ),
    lstm("gru-no-bias", "bias=False.", (5, 20), (11, 3, 5), kind=Gru, bias=False),
    lstm(
        "gru-saturated",
        "Input weights so large that the gates saturate.",
        (5, 17),
        (31, 2, 5),
        kind=Gru,
        prepare=saturate,
    ),
    lstm("gru-cell", "nn.GRUCell.", (5, 7), (9, 3, 5), kind=GruCell),
    lstm(
        "gru-cell-given-state",
        "nn.GRUCell with given h0.",
        (5, 7),
        (9, 3, 5),
        states={"": ((3, 7),)},
        kind=GruCell,
    ),
    lstm("rnn-tanh-5-7", "nn.RNN with its default, tanh.", (5, 7), (11, 3, 5), kind=Rnn),
    lstm(
        "rnn-tanh-everything",
        "Two layers, both directions, given h0.",
        (5, 33, 2),
        (11, 3, 5),
        states={"": ((4, 3, 33),)},
        kind=Rnn,
        bidirectional=True,
    ),
    lstm(
        "rnn-relu-5-20",
        "nn.RNN with relu, two layers.",
        (5, 20, 2),
        (11, 3, 5),
        kind=Rnn,
        nonlinearity="relu",
    ),
    lstm("rnn-cell", "nn.RNNCell.", (5, 7), (9, 3, 5), kind=RnnCell),
    lstm(
        "rnn-cell-relu",
        "nn.RNNCell with relu, without bias.",
        (5, 7),
        (9, 3, 5),
        kind=RnnCell,
        bias=False,
        nonlinearity="relu",
    ),
]
