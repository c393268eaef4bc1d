# SPDX-License-Identifier: Apache-2.0
"""The networks of the goldens, written as a PyTorch user would write them.

Every network is called as ``network(x, states)`` and returns ``(out, states)``. ``states`` maps the
module path of a recurrent part ("" at the root) to its pair (h, c), or to (h,) where there is no c; a
part that is not in the map starts from zeros. That is the one thing added to ordinary PyTorch code:
it lets one script hand initial states to any of these networks and collect their final states.
"""

import torch
from torch import nn

# Recurrent parts alone


class Lstm(nn.LSTM):
    """nn.LSTM at the root: its state_dict has the keys weight_ih_l0, weight_hh_l0, ..."""

    def forward(self, x, states):
        out, final = super().forward(x, states.get(""))
        return out, {"": final}


class PrefixedLstm(nn.Module):
    """nn.LSTM below a module: keys encoder.lstm.weight_ih_l0, ..."""

    def __init__(self, *sizes, **options):
        super().__init__()
        self.encoder = nn.ModuleDict({"lstm": nn.LSTM(*sizes, **options)})

    def forward(self, x, states):
        out, final = self.encoder["lstm"](x, states.get("encoder.lstm"))
        return out, {"encoder.lstm": final}


def run_cell(cell, x, state):
    """Steps an nn.LSTMCell over the first axis of x; its state is [batch, hidden] as PyTorch's."""
    outputs = []
    for x_t in x:
        state = cell(x_t, state)
        outputs.append(state[0])
    return torch.stack(outputs), state


class Cell(nn.LSTMCell):
    """nn.LSTMCell at the root: keys weight_ih, weight_hh, bias_ih, bias_hh."""

    def forward(self, x, states):
        out, final = run_cell(super().forward, x, states.get(""))
        return out, {"": final}


class Gru(nn.GRU):
    """nn.GRU at the root. Its state, and that of all below, is a tuple of h alone."""

    def forward(self, x, states):
        out, hn = super().forward(x, *states.get("", (None,)))
        return out, {"": (hn,)}


class Rnn(nn.RNN):
    """nn.RNN at the root."""

    def forward(self, x, states):
        out, hn = super().forward(x, *states.get("", (None,)))
        return out, {"": (hn,)}


def run_cell_without_c(cell, x, state):
    """As run_cell, for a cell whose state is h alone."""
    outputs = []
    (h,) = state or (None,)
    for x_t in x:
        h = cell(x_t, h)
        outputs.append(h)
    return torch.stack(outputs), (h,)


class GruCell(nn.GRUCell):
    """nn.GRUCell at the root."""

    def forward(self, x, states):
        out, final = run_cell_without_c(super().forward, x, states.get(""))
        return out, {"": final}


class RnnCell(nn.RNNCell):
    """nn.RNNCell at the root."""

    def forward(self, x, states):
        out, final = run_cell_without_c(super().forward, x, states.get(""))
        return out, {"": final}


class StackedCells(nn.Module):
    """Two nn.LSTMCells, the second on the outputs of the first."""

    def __init__(self, input_size, hidden1, hidden2):
        super().__init__()
        self.cell1 = nn.LSTMCell(input_size, hidden1)
        self.cell2 = nn.LSTMCell(hidden1, hidden2)

    def forward(self, x, states):
        out, final1 = run_cell(self.cell1, x, states.get("cell1"))
        out, final2 = run_cell(self.cell2, out, states.get("cell2"))
        return out, {"cell1": final1, "cell2": final2}


# What is read from a sequence: functions of (out, h_n, time axis of out)


def read_all(out, hn, time):
    return out


def read_last(out, hn, time):
    return out.select(time, -1)


def read_max(out, hn, time):
    return out.max(dim=time).values


def read_mean(out, hn, time):
    return out.mean(dim=time)


def read_final(directions):
    """h_n of every direction of the last layer, concatenated."""

    def read(out, hn, time):
        return torch.cat(tuple(hn[-directions:]), dim=-1)

    return read


def weigh_by_age(out, time, weights_by_age):
    """The sum over time of weight[age] * out_t; the newest step has age 0."""
    newest_first = out.flip(time).movedim(time, 0)
    steps = min(len(weights_by_age), len(newest_first))
    weights = torch.tensor(weights_by_age[:steps], dtype=out.dtype)
    return torch.tensordot(weights, newest_first[:steps], dims=1)


def read_weights(*weights_by_age):
    """Fixed weights by age, not normalised; steps older than the list count nothing."""
    return lambda out, hn, time: weigh_by_age(out, time, weights_by_age)


def read_decay(factor):
    """Weights factor^age, normalised to the sum 1."""

    def read(out, hn, time):
        weights = [factor**age for age in range(out.shape[time])]
        return weigh_by_age(out, time, [weight / sum(weights) for weight in weights])

    return read


# Readouts and heads


class LstmLinear(nn.Module):
    """LSTM, a readout, a Linear. Whatever the readout, the keys are lstm.* and fc.*."""

    def __init__(self, input_size, hidden_size, output_size, read=read_all, **options):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, **options)
        width = (options.get("proj_size") or hidden_size) * (2 if self.lstm.bidirectional else 1)
        self.fc = nn.Linear(width, output_size)
        self.read = read

    def forward(self, x, states):
        out, final = self.lstm(x, states.get("lstm"))
        time = 1 if self.lstm.batch_first and x.dim() == 3 else 0
        return self.fc(self.read(out, final[0], time)), {"lstm": final}


class Forward(nn.Module):
    """LSTM and Linear with an activation, and a forward of tensors alone, as TorchScript wants."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, 2, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
        self.act = nn.Sigmoid()
        self.window = (2, 0.5, "hann")

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.act(self.fc(out))


class CellLinear(nn.Module):
    """nn.LSTMCell, a readout, a Linear."""

    def __init__(self, input_size, hidden_size, output_size, read=read_all):
        super().__init__()
        self.cell = nn.LSTMCell(input_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)
        self.read = read

    def forward(self, x, states):
        out, final = run_cell(self.cell, x, states.get("cell"))
        return self.fc(self.read(out, final[0], 0)), {"cell": final}


class OneToMany(nn.Module):
    """One input vector [batch, feature] becomes `steps` time steps; keys lstm.* and fc.*."""

    def __init__(self, input_size, hidden_size, output_size, mode, steps):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size)
        self.fc = nn.Linear(hidden_size, output_size)
        self.mode = mode
        self.steps = steps

    def forward(self, x, states):
        state = states.get("lstm")
        outputs = []
        step_input = x
        for _ in range(self.steps):
            hidden, state = self.lstm(step_input.unsqueeze(0), state)
            outputs.append(self.fc(hidden.squeeze(0)))
            step_input = self.next_input(x, outputs[-1])
        return torch.stack(outputs), {"lstm": state}

    def next_input(self, x, output):
        if self.mode == "repeat":
            return x
        return torch.zeros_like(x) if self.mode == "zeros" else output


def attend(scores, out, time):
    """softmax over time of the scores [.., 1], then the weighted sum of out over time."""
    return (torch.softmax(scores, dim=time) * out).sum(dim=time)


class DotAttention(nn.Module):
    """score_t = v . h_t, with v the weight of a Linear(H, 1) named attn."""

    def __init__(self, input_size, hidden_size, output_size, bias, **options):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, **options)
        width = hidden_size * (2 if self.lstm.bidirectional else 1)
        self.attn = nn.Linear(width, 1, bias=bias)
        self.fc = nn.Linear(width, output_size)

    def forward(self, x, states):
        out, final = self.lstm(x, states.get("lstm"))
        time = 1 if self.lstm.batch_first else 0
        return self.fc(attend(self.attn(out), out, time)), {"lstm": final}


class AdditiveScore(nn.Module):
    """score_t = v . tanh(W h_t + b), with v a Linear without bias."""

    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.W = nn.Linear(hidden_size, attention_size)
        self.v = nn.Linear(attention_size, 1, bias=False)

    def forward(self, out):
        return self.v(torch.tanh(self.W(out)))


class AdditiveScoreByParameter(nn.Module):
    """The same score with v a plain parameter of shape [A]."""

    def __init__(self, hidden_size, attention_size):
        super().__init__()
        self.W = nn.Linear(hidden_size, attention_size)
        self.v = nn.Parameter(torch.randn(attention_size))

    def forward(self, out):
        return (torch.tanh(self.W(out)) @ self.v).unsqueeze(-1)


class AdditiveAttention(nn.Module):
    """LSTM, attention pooling with the given score module, Linear."""

    def __init__(self, input_size, hidden_size, output_size, score, **options):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size, **options)
        self.attn = score
        self.fc = nn.Linear(hidden_size, output_size)

    def forward(self, x, states):
        out, final = self.lstm(x, states.get("lstm"))
        time = 1 if self.lstm.batch_first else 0
        return self.fc(attend(self.attn(out), out, time)), {"lstm": final}


class MlpHead(nn.Module):
    """LSTM, Linear, a nonlinearity without parameters, Linear."""

    def __init__(self, input_size, hidden_size, width, output_size, activation):
        super().__init__()
        self.lstm = nn.LSTM(input_size, hidden_size)
        self.fc1 = nn.Linear(hidden_size, width)
        self.activation = activation
        self.fc2 = nn.Linear(width, output_size)
        with torch.no_grad():
            self.fc1.weight *= 12  # so that the activation is seen far from zero on both sides

    def forward(self, x, states):
        out, final = self.lstm(x, states.get("lstm"))
        return self.fc2(self.activation(self.fc1(out))), {"lstm": final}


class TwoLstms(nn.Module):
    """Two LSTMs of different sizes, a Linear with tanh between them, a Linear at the end."""

    def __init__(self, input_size, hidden1, bridge, hidden2, output_size):
        super().__init__()
        self.lstm1 = nn.LSTM(input_size, hidden1, bidirectional=True)
        self.bridge = nn.Linear(2 * hidden1, bridge)
        self.lstm2 = nn.LSTM(bridge, hidden2)
        self.fc = nn.Linear(hidden2, output_size)

    def forward(self, x, states):
        out, final1 = self.lstm1(x, states.get("lstm1"))
        out, final2 = self.lstm2(torch.tanh(self.bridge(out)), states.get("lstm2"))
        return self.fc(out), {"lstm1": final1, "lstm2": final2}


# Networks on tokens


class LanguageModel(nn.Module):
    """Embedding, LSTM, Linear, log-softmax; the next token at every time step."""

    def __init__(self, tokens, embedding_dim, hidden_size, **options):
        super().__init__()
        self.embedding = nn.Embedding(tokens, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_size, **options)
        self.fc = nn.Linear(hidden_size, tokens)

    def forward(self, tokens, states):
        out, final = self.lstm(self.embedding(tokens), states.get("lstm"))
        return torch.log_softmax(self.fc(out), dim=-1), {"lstm": final}


class TiedLanguageModel(LanguageModel):
    """A language model whose output weights are those of the embedding: one storage, two keys."""

    def __init__(self, tokens, size):
        super().__init__(tokens, size, size)
        self.fc.weight = self.embedding.weight


class TextClassifier(nn.Module):
    """Embedding, bidirectional LSTM, final hidden states, Linear, softmax; batch first."""

    def __init__(self, tokens, embedding_dim, hidden_size, classes):
        super().__init__()
        self.embed = nn.Embedding(tokens, embedding_dim, padding_idx=0)
        self.rnn = nn.LSTM(embedding_dim, hidden_size, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden_size, classes)

    def forward(self, tokens, states):
        _, (hn, cn) = self.rnn(self.embed(tokens), states.get("rnn"))
        features = torch.cat((hn[-2], hn[-1]), dim=-1)
        return torch.softmax(self.out(features), dim=-1), {"rnn": (hn, cn)}


class OneHotClassifier(nn.Module):
    """One-hot tokens, LSTM, Linear, softmax at every time step."""

    def __init__(self, tokens, hidden_size, classes):
        super().__init__()
        self.lstm = nn.LSTM(tokens, hidden_size)
        self.fc = nn.Linear(hidden_size, classes)

    def forward(self, tokens, states):
        one_hot = nn.functional.one_hot(tokens, self.lstm.input_size).to(self.fc.weight.dtype)
        out, final = self.lstm(one_hot, states.get("lstm"))
        return torch.softmax(self.fc(out), dim=-1), {"lstm": final}


# Networks whose names matter to containers


class SortedNames(nn.Module):
    """Names whose alphabetical order is not the data's; the shapes allow one chain only."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(5, 9)
        self.hidden = nn.Linear(9, 7)
        self.decoder = nn.Linear(7, 3)

    def forward(self, x, states):
        out, final = self.rnn(x, states.get("rnn"))
        return self.decoder(torch.relu(self.hidden(out))), {"rnn": final}


class SquareLayers(nn.Module):
    """Two Linears of one shape: sorted by name, nothing tells which comes first."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 6)
        self.zeta = nn.Linear(6, 6)
        self.alpha = nn.Linear(6, 6)

    def forward(self, x, states):
        out, final = self.rnn(x, states.get("rnn"))
        return self.alpha(torch.tanh(self.zeta(out))), {"rnn": final}


class ActorCritic(nn.Module):
    """Two networks in one checkpoint; the golden is the actor's alone."""

    def __init__(self):
        super().__init__()
        self.actor = LstmLinear(4, 6, 2, read_last)
        self.critic = LstmLinear(4, 5, 1, read_last)

    def forward(self, x, states):
        return self.actor(x, states)
