# SPDX-License-Identifier: Apache-2.0
"""Writes the goldens: checkpoints by real PyTorch, inputs, and reference outputs.

For every case of cases.py:

    CHECKPOINT     what `lstm4j convert` imports (cases may share one)
    NAME.npz       x or tokens, h0 and c0 where given; out, hn, cn in float64; out_f32, hn_f32,
                   cn_f32 as PyTorch computes them in float32
    goldens.json   name, checkpoint, golden, options of `convert`, one sentence
    cells.json     the same for OTHER_CELLS, with the layer in place of options
    lengths.json   the same as goldens.json for packed.CASES, whose arrays have lengths too

The float64 results are the reference. They are computed from the weights rounded to float32, which
is what the engine stores; the rounding changes a float64 checkpoint only. The float32 results are
there because the project's error bound is relative to PyTorch's own error.

Every random number is drawn after seeding with the name of a case or a checkpoint, so a new case
changes no other, and a second run writes the same bytes.
"""

import contextlib
import copy
import json
import pathlib
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import cases
import files
import hostile
import modules
import packed

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"


def seed(name):
    torch.manual_seed(zlib.crc32(name.encode()))


@contextlib.contextmanager
def default_dtype(dtype):
    torch.set_default_dtype(dtype)
    yield
    torch.set_default_dtype(torch.float32)


def build(case):
    """The network as it is stored. One for float64 is drawn in float64, to have all its bits."""
    seed(case.file)
    wide = case.dtype == torch.float64
    with default_dtype(torch.float64 if wide else torch.float32):
        network = case.network()
    case.prepare(network)
    return network.to(case.dtype).eval()


def draw_inputs(case):
    seed(case.name)
    x = case.x()
    states = {
        part: tuple(scale * torch.randn(shape) for scale, shape in zip((0.5, 1), shapes))
        for part, shapes in case.states.items()
    }
    return x, states


def evaluate(network, x, states, dtype, run=lambda network, x, states: network(x, states)):
    """Runs the network in the given type, its weights rounded to float32 before."""
    network = copy.deepcopy(network).to(torch.float32).to(dtype)
    states = {part: tuple(s.to(dtype) for s in state) for part, state in states.items()}
    with torch.no_grad():
        return run(network, x.to(dtype) if x.is_floating_point() else x, states)


def run_packed(case):
    """How a network runs over sequences of different lengths: packed, in any order."""

    def run(network, x, states):
        given = pack_padded_sequence(
            x, torch.tensor(case.lengths), case.batch_first, enforce_sorted=False
        )
        out, final = network(given, states)
        if isinstance(out, nn.utils.rnn.PackedSequence):
            steps = x.shape[1 if case.batch_first else 0]
            out, _ = pad_packed_sequence(out, case.batch_first, total_length=steps)
        return out, final

    return run


def golden(case, network):
    """The arrays of one .npz."""
    x, initial = draw_inputs(case)
    arrays = {"x" if x.is_floating_point() else "tokens": x}
    run = {}
    if case.lengths:
        arrays["lengths"] = torch.tensor(case.lengths)
        run = {"run": run_packed(case)}
    results = {
        "": evaluate(network, x, initial, torch.float64, **run),
        "_f32": evaluate(network, x, initial, torch.float32, **run),
    }
    several = len(results[""][1]) > 1
    suffix = {part: "|" + part if several else "" for part in results[""][1]}
    for part, state in initial.items():
        for key, array in zip(("h0", "c0"), state):
            arrays[key + suffix[part]] = array
    for kind, (out, final) in results.items():
        arrays["out" + kind] = out
        for part, state in final.items():
            for key, array in zip(("hn", "cn"), state):
                arrays[key + kind + suffix[part]] = array
    return {key: np.ascontiguousarray(tensor.numpy()) for key, tensor in arrays.items()}


def store(case, network, written):
    """Writes the checkpoint, unless another case has: then the weights must be the same."""
    weights = network.state_dict()
    if case.file in written:
        shared = written[case.file]
        assert list(shared) == list(weights), case.name
        assert all(shared[key].equal(weights[key]) for key in weights), case.name
    else:
        written[case.file] = weights
        case.store(network, GOLDENS / case.file)


def write_golden(case, written):
    """Writes checkpoint and arrays; returns what all manifests say, and the network."""
    network = build(case)
    store(case, network, written)
    np.savez(GOLDENS / (case.name + ".npz"), **golden(case, network))
    entry = {"name": case.name, "checkpoint": case.file, "golden": case.name + ".npz"}
    return entry, network


def write_goldens(list_of_cases, written):
    """The entries of a manifest that says how `convert` is told."""
    manifest = []
    for case in list_of_cases:
        entry, _ = write_golden(case, written)
        manifest.append({**entry, "options": list(case.options), "about": case.about})
    return manifest


def layer(network):
    """What a recurrent layer at the root is, in the words of torch.nn."""
    cell = isinstance(network, nn.RNNCellBase)
    return {
        "kind": "gru" if isinstance(network, (nn.GRU, nn.GRUCell)) else "rnn",
        "input_size": network.input_size,
        "hidden_size": network.hidden_size,
        "num_layers": 1 if cell else network.num_layers,
        "bias": network.bias,
        "bidirectional": not cell and network.bidirectional,
        "cell": cell,
        "nonlinearity": getattr(network, "nonlinearity", None),
    }


def main():
    torch.set_num_threads(1)
    bad = GOLDENS / "bad"
    kinds = GOLDENS / "files"
    whole = GOLDENS / "modules"
    for folder in (GOLDENS, bad, kinds, whole):
        folder.mkdir(parents=True, exist_ok=True)
        remove_written_files(folder)
    written = {}
    manifest = write_goldens(cases.CASES, written)
    with_lengths = write_goldens(packed.CASES, written)
    other_cells = []
    for case in cases.OTHER_CELLS:
        entry, network = write_golden(case, written)
        other_cells.append({**entry, "layer": layer(network), "about": case.about})
    write_manifest(GOLDENS / "goldens.json", manifest)
    write_manifest(GOLDENS / "cells.json", other_cells)
    write_manifest(GOLDENS / "lengths.json", with_lengths)
    write_manifest(bad / "bad.json", hostile.write_all(bad))
    write_manifest(kinds / "files.json", files.write_all(kinds))
    write_manifest(whole / "modules.json", modules.write_all(whole))
    written_files = [path for path in GOLDENS.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in written_files)
    count = len(manifest) + len(other_cells) + len(with_lengths)
    print(f"{count} goldens, {len(written_files)} files, {size} bytes")


def remove_written_files(folder):
    """So that a case taken out of the list leaves nothing behind."""
    for suffix in (".pt", ".pkl", ".safetensors", ".npz", ".json"):
        for path in folder.glob("*" + suffix):
            path.unlink()


def write_manifest(path, entries):
    """A JSON array with one entry a line."""
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
