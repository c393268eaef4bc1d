# SPDX-License-Identifier: Apache-2.0
"""Writes the goldens of gradients: what PyTorch's autograd says of the goldens' networks.

For every small case of cases.py and packed.py, and for those below:

    gradients/NAME.npz          the input as in the golden NAME; the weights wo, wh, wc of the loss
                                sum(out * wo) + sum(hn * wh) + sum(cn * wc); grad_x, grad_h0, grad_c0
                                and grad.<parameter> in float64; the same in PyTorch's float32 as
                                grad_x_f32, grad_h0_f32, grad_c0_f32 and grad_f32.<parameter>
    gradients/gradients.json    name, checkpoint, golden, options of `convert`, one sentence

The gradients are those of an evaluation: dropout does nothing. The checkpoints are those that
make_goldens.py writes, so run that first. check_gradients.py tests what is written here.
"""

import copy

import numpy as np
import torch
from torch import nn

import cases
import networks
import packed
from cases import Case, tokens, vectors
from make_goldens import GOLDENS, build, draw_inputs, evaluate, run_packed, seed, write_manifest

FOLDER = GOLDENS / "gradients"

LEFT_OUT = {
    "lstm-40-64": "large",
    "gru-40-64": "large",
    "lstm-projection-wide": "large",
    "one-to-many-feedback": "not differentiable in the engine, which asks for another network",
    "one-to-many-unbatched": "fed back as well",
    "activation-softplus-2-5": "grad.fc1.bias is 1.4 times beyond the bound, not yet understood",
    "attention-additive-parameter": "its v has another name and shape as a layer than in PyTorch",
}


class Chain(nn.Module):
    """A norm or an embedding, a recurrent layer, a norm, a readout, a head; what is None is left out."""

    def __init__(self, rnn, head, first=None, norm=None, read=networks.read_all, attn=None):
        super().__init__()
        if first is not None:
            self.first = first
        self.rnn = rnn
        if norm is not None:
            self.norm = norm
        if attn is not None:
            self.attn = attn
        self.fc = head
        self.read = read

    def forward(self, x, states):
        x = self.first(x) if hasattr(self, "first") else x
        state = states.get("rnn")
        is_lstm = isinstance(self.rnn, nn.LSTM)
        out, final = self.rnn(x, state if is_lstm or state is None else state[0])
        final = final if is_lstm else (final,)
        out = self.norm(out) if hasattr(self, "norm") else out
        time = 1 if self.rnn.batch_first else 0
        if hasattr(self, "attn"):
            out = networks.attend(self.attn(out), out, time)
        else:
            out = self.read(out, final[0], time)
        return self.fc(out), {"rnn": final}


class Skip(nn.Module):
    """A residual connection around a recurrent layer and a Linear, and a Linear behind it."""

    def __init__(self, rnn):
        super().__init__()
        self.rnn = rnn
        self.inner = nn.Linear(9, 4)
        self.fc = nn.Linear(4, 3)

    def forward(self, x, states):
        state = states.get("rnn")
        is_lstm = isinstance(self.rnn, nn.LSTM)
        out, final = self.rnn(x, state if is_lstm or state is None else state[0])
        final = final if is_lstm else (final,)
        return self.fc(x + torch.tanh(self.inner(out))), {"rnn": final}


def shaken(norm):
    """Weight and bias that are not one and zero."""
    with torch.no_grad():
        norm.weight += 0.3 * torch.randn_like(norm.weight)
        norm.bias += 0.3 * torch.randn_like(norm.bias)
    return norm


ALL = ("--read", "all")
TANH = ("--nonlinearity", "tanh")

MORE = [
    Case(
        "gradient-norms",
        "A norm of the input, two layers of both directions, a norm of the output.",
        lambda: Chain(
            nn.LSTM(5, 7, 2, bidirectional=True),
            nn.Linear(14, 3),
            first=shaken(nn.LayerNorm(5)),
            norm=shaken(nn.LayerNorm(14)),
        ),
        vectors(9, 3, 5),
        options=ALL,
    ),
    Case(
        "gradient-norm-gru-mean",
        "A GRU, a norm, the mean over time, batch first.",
        lambda: Chain(
            nn.GRU(5, 7, batch_first=True),
            nn.Linear(7, 3),
            norm=shaken(nn.LayerNorm(7)),
            read=networks.read_mean,
        ),
        vectors(3, 9, 5),
        options=("--batch-first", "--read", "mean", "--read-after", "norm"),
    ),
    Case(
        "gradient-residual-lstm",
        "A residual connection around an LSTM and a Linear with tanh.",
        lambda: Skip(nn.LSTM(4, 9)),
        vectors(9, 3, 4),
        options=(*ALL, "--residual", "rnn,inner", "--activation", "inner=tanh"),
    ),
    Case(
        "gradient-residual-gru",
        "The same around a GRU.",
        lambda: Skip(nn.GRU(4, 9)),
        vectors(9, 3, 4),
        options=(*ALL, "--residual", "rnn,inner", "--activation", "inner=tanh"),
    ),
    Case(
        "gradient-gru-tokens-last",
        "Tokens, a GRU, the last time step.",
        lambda: Chain(
            nn.GRU(6, 8), nn.Linear(8, 5), first=nn.Embedding(13, 6), read=networks.read_last
        ),
        tokens(13, 9, 3),
        options=("--read", "last"),
    ),
    Case(
        "gradient-gru-final",
        "The final states of both directions of a GRU.",
        lambda: Chain(
            nn.GRU(4, 6, 2, bidirectional=True), nn.Linear(12, 3), read=networks.read_final(2)
        ),
        vectors(9, 3, 4),
        options=("--read", "final"),
    ),
    Case(
        "gradient-rnn-max",
        "The maximum over time of an RNN.",
        lambda: Chain(nn.RNN(4, 9), nn.Linear(9, 3), read=networks.read_max),
        vectors(9, 3, 4),
        options=("--read", "max", *TANH),
    ),
    Case(
        "gradient-rnn-attention",
        "Attention over both directions of an RNN.",
        lambda: Chain(
            nn.RNN(4, 6, bidirectional=True), nn.Linear(12, 3), attn=nn.Linear(12, 1, bias=False)
        ),
        vectors(9, 3, 4),
        options=("--read", "attention", *TANH),
    ),
]


def all_cases():
    every = (
        *cases.LSTM_ALONE,
        *cases.CELLS,
        *cases.READOUTS,
        *cases.HEADS,
        *cases.OTHER_CELLS,
        *packed.CASES,
    )
    return [case for case in every if case.name not in LEFT_OUT]


def options(case, network):
    """Those of the golden; a bare RNN is not in goldens.json, so its function is added."""
    told = list(case.options)
    if isinstance(network, (nn.RNN, nn.RNNCell)) and "--nonlinearity" not in told:
        told += ["--nonlinearity", network.nonlinearity]
    return told


def learnable(network):
    """With every parameter's gradient its own: no tied weights, and no row that does not learn."""
    network = copy.deepcopy(network)
    for module in network.modules():
        if isinstance(module, nn.Embedding):
            module.padding_idx = None
    if isinstance(network, networks.TiedLanguageModel):
        network.fc.weight = nn.Parameter(network.embedding.weight.detach().clone())
    return network


def gradients(network, x, initial, weights, dtype, run):
    """The gradients of the loss in the given type, by their keys in float64."""
    network = copy.deepcopy(network).to(torch.float32).to(dtype)
    x = leaf(x, dtype) if x.is_floating_point() else x
    states = {part: tuple(leaf(s, dtype) for s in state) for part, state in initial.items()}
    out, final = run(network, x, states)
    loss = (out * weights["wo"].to(dtype)).sum()
    for key, part, tensor in by_key(final, ("wh", "wc")):
        loss = loss + (tensor * weights[key].to(dtype)).sum()
    loss.backward()
    found = {"grad_x": x.grad} if x.is_floating_point() else {}
    found.update({key: state.grad for key, _, state in by_key(states, ("grad_h0", "grad_c0"))})
    found.update({"grad." + name: p.grad for name, p in network.named_parameters()})
    return found


def leaf(tensor, dtype):
    return tensor.detach().to(dtype, copy=True).requires_grad_()


def by_key(states, kinds):
    """Key, part and tensor of every state."""
    for part, state in states.items():
        for kind, tensor in zip(kinds, state):
            yield kind + ("|" + part if len(states) > 1 else ""), part, tensor


def of_float32(key):
    """grad_h0|lstm becomes grad_h0_f32|lstm, grad.fc.bias becomes grad_f32.fc.bias."""
    if key.startswith("grad."):
        return key.replace("grad.", "grad_f32.", 1)
    kind, bar, part = key.partition("|")
    return kind + "_f32" + bar + part


def golden(case, network):
    """The arrays of one .npz."""
    network = learnable(network)
    x, given = draw_inputs(case)
    run = run_packed(case) if case.lengths else lambda network, x, states: network(x, states)
    out, final = evaluate(network, x, given, torch.float32, run)
    arrays = {"x" if x.is_floating_point() else "tokens": x}
    if case.lengths:
        arrays["lengths"] = torch.tensor(case.lengths)
    arrays.update({key: state for key, _, state in by_key(given, ("h0", "c0"))})
    seed(case.name + " gradients")
    weights = {"wo": torch.randn(out.shape)}
    weights.update({key: torch.randn(s.shape) for key, _, s in by_key(final, ("wh", "wc"))})
    arrays.update(weights)
    zeros = {part: tuple(torch.zeros_like(s) for s in state) for part, state in final.items()}
    initial = {**zeros, **given}
    exact = gradients(network, x, initial, weights, torch.float64, run)
    single = gradients(network, x, initial, weights, torch.float32, run)
    for key, gradient in exact.items():
        if key == "grad.attn.bias":
            continue  # It moves all scores alike, so its gradient is zero but for roundings.
        arrays[key] = gradient
        arrays[of_float32(key)] = single[key]
    return {key: np.ascontiguousarray(tensor.numpy()) for key, tensor in arrays.items()}


def write(case, own):
    network = build(case)
    if own:
        case.store(network, FOLDER / case.file)
    else:
        assert (GOLDENS / case.file).is_file(), "run make_goldens.py first"
    np.savez(FOLDER / (case.name + ".npz"), **golden(case, network))
    return {
        "name": case.name,
        "checkpoint": case.file if own else "../" + case.file,
        "golden": case.name + ".npz",
        "options": options(case, network),
        "about": case.about,
    }


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.iterdir():
        path.unlink()
    manifest = [write(case, own=False) for case in all_cases()]
    manifest += [write(case, own=True) for case in MORE]
    write_manifest(FOLDER / "gradients.json", manifest)
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(manifest)} goldens of gradients, {size} bytes")


if __name__ == "__main__":
    main()
