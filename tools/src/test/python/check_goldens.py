# SPDX-License-Identifier: Apache-2.0
"""Computes every golden a second time, in NumPy, from the checkpoint and the options of `convert`.

PyTorch only opens the .pt files here; the formulas below are written out in float64, apart from
networks.py and modules.py. So a golden that passes has the right numbers, and its options, or the
classes and attributes of a whole module, say all that the checkpoint does not. Of files/, which
has one network in many files, the tensors are compared. Exits with 1 when something differs.
"""

import itertools
import json
import math
import pathlib
import pickle
import re
import struct
import sys

import numpy as np
import torch

import saved_modules

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"
TOLERANCE = 1e-13


# Checkpoints as {module path: {tensor name: float64 array}}


def read_weights(path, select):
    if path.suffix == ".safetensors":
        return group(read_safetensors(path), select)
    return group(find_state_dict(saved_modules.load(path)), select)


def group(weights, select):
    prefixes = [prefix + "." for prefix in ("module", select) if prefix]
    for prefix in prefixes:
        inside = {k[len(prefix) :]: v for k, v in weights.items() if k.startswith(prefix)}
        weights = inside or weights
    modules = {}
    for name, tensor in weights.items():
        module, _, local = name.rpartition(".")
        as_stored = tensor.detach().to(torch.float32).to(torch.float64)
        modules.setdefault(module, {})[local] = as_stored.numpy()
    return modules


def find_state_dict(loaded):
    """That of a module, or the first dict, from the outside in, that holds tensors."""
    if isinstance(loaded, torch.nn.Module):
        return loaded.state_dict()
    if any(isinstance(value, torch.Tensor) for value in loaded.values()):
        return loaded
    return next(find_state_dict(loaded[key]) for key in ("state_dict", "model", "net") if key in loaded)


def read_safetensors(path):
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    header.pop("__metadata__", None)
    dtypes = {
        "F64": torch.float64,
        "F32": torch.float32,
        "F16": torch.float16,
        "BF16": torch.bfloat16,
    }
    weights = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        raw = bytearray(content[8 + length + begin : 8 + length + end])
        weights[name] = torch.frombuffer(raw, dtype=dtypes[entry["dtype"]]).view(entry["shape"])
    return weights


def sizes(module):
    """Features in and out."""
    if "weight" in module:
        return module["weight"].shape[1], module["weight"].shape[0]
    suffix = "" if "weight_ih" in module else "_l0"
    directions = 2 if "weight_ih_l0_reverse" in module else 1
    return module["weight_ih" + suffix].shape[1], directions * module["weight_hh" + suffix].shape[1]


def is_state(name, module):
    """Parameters that a recurrent module starts from; those of attention score time steps."""
    return name != "attn" and not any(key.startswith("weight") for key in module)


def is_recurrent(module):
    return any(name.startswith("weight_ih") for name in module)


def chains(modules):
    """Every order in which the features out of one module are those into the next."""
    for order in itertools.permutations(modules):
        features = [sizes(modules[name]) for name in order]
        if all(before[1] == after[0] for before, after in zip(features, features[1:])):
            yield order


# Formulas


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis=-1):
    shifted = np.exp(x - x.max(axis, keepdims=True))
    return shifted / shifted.sum(axis, keepdims=True)


def softplus(x, beta=1.0, threshold=20.0):
    return np.where(beta * x > threshold, x, np.log1p(np.exp(np.minimum(beta * x, 700))) / beta)


ACTIVATIONS = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x, slope=0.01: np.where(x > 0, x, slope * x),
    "elu": lambda x, alpha=1.0: np.where(x > 0, x, alpha * np.expm1(x)),
    "gelu": lambda x: 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "gelu_tanh": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "silu": lambda x: x * sigmoid(x),
    "softplus": softplus,
    "softmax": softmax,
    "log_softmax": lambda x: np.log(softmax(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
}


def activate(option, x):
    name, *arguments = option.split(":")
    return ACTIVATIONS[name](x, *map(float, arguments))


def layer_norm(x, module, eps):
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + eps)
    return scaled * module.get("weight", 1) + module.get("bias", 0)


def lstm_step(from_x, from_h, state):
    """The gates lie in the order i, f, g, o."""
    i, f, g, o = np.split(from_x + from_h, 4, axis=-1)
    c = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(from_x, from_h, state):
    """The gates lie in the order r, z, n."""
    (x_r, x_z, x_n), (h_r, h_z, h_n) = (np.split(part, 3, axis=-1) for part in (from_x, from_h))
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    return ((1 - z) * np.tanh(x_n + r * h_n) + z * state[0],)


def step_function(weights, suffix, nonlinearity):
    rows, columns = weights["weight_hh" + suffix].shape
    blocks = 4 if "weight_hr" + suffix in weights else rows // columns
    if blocks == 1:
        return lambda from_x, from_h, _: (ACTIVATIONS[nonlinearity](from_x + from_h),)
    return {4: lstm_step, 3: gru_step}[blocks]


def run_direction(x, weights, suffix, state, nonlinearity):
    """x [T, B, I]; gives out and the final state."""
    step = step_function(weights, suffix, nonlinearity)
    outputs = []
    for x_t in x:
        from_x = x_t @ weights["weight_ih" + suffix].T + weights.get("bias_ih" + suffix, 0)
        from_h = state[0] @ weights["weight_hh" + suffix].T + weights.get("bias_hh" + suffix, 0)
        h, *c = step(from_x, from_h, state)
        if "weight_hr" + suffix in weights:
            h = h @ weights["weight_hr" + suffix].T
        state = (h, *c)
        outputs.append(h)
    return np.stack(outputs), state


def zero_state(weights, suffix, batch, nonlinearity):
    rows, recurrent = weights["weight_hh" + suffix].shape
    h = np.zeros((batch, recurrent))
    if step_function(weights, suffix, nonlinearity) is lstm_step:
        return h, np.zeros((batch, rows // 4))
    return (h,)


def recurrent(x, weights, state, nonlinearity):
    """x [T, B, I], state a tuple of [L*D, B, .] or None; gives out and the final state.

    A cell, whose tensors lack _l0, is treated as a module of one layer.
    """
    suffixes = [name[len("weight_ih") :] for name in weights if name.startswith("weight_ih")]
    suffixes.sort(key=lambda suffix: (suffix.split("_reverse")[0], "_reverse" in suffix))
    final = []
    for layer in sorted({suffix.split("_reverse")[0] for suffix in suffixes}):
        halves = []
        for suffix in (s for s in suffixes if s.split("_reverse")[0] == layer):
            backward = suffix.endswith("_reverse")
            if state is None:
                start = zero_state(weights, suffix, x.shape[1], nonlinearity)
            else:
                start = tuple(part[len(final)] for part in state)
            steps = x[::-1] if backward else x
            half, end = run_direction(steps, weights, suffix, start, nonlinearity)
            halves.append(half[::-1] if backward else half)
            final.append(end)
        x = np.concatenate(halves, axis=-1)
    return x, tuple(np.stack(parts) for parts in zip(*final))


def pool_by_attention(out, modules):
    """out [T, B, H]; the modules attn, or attn.W and attn.v, or attn.W and a parameter attn.v."""
    scored = out
    if "attn.W" in modules:
        scored = np.tanh(out @ modules["attn.W"]["weight"].T + modules["attn.W"]["bias"])
    scorer = modules["attn.v"] if "attn.v" in modules else modules["attn"]
    v = (scorer["weight"] if "weight" in scorer else scorer["v"]).reshape(-1, 1)
    return (softmax(scored @ v, axis=0) * out).sum(axis=0)


def read_out(read, out, hn, directions, modules):
    kind, _, arguments = read.partition(":")
    ages = np.arange(len(out))[::-1]
    if kind == "all":
        return out
    if kind == "last":
        return out[-1]
    if kind == "final":
        return np.concatenate(list(hn[-directions:]), axis=-1)
    if kind == "max":
        return out.max(axis=0)
    if kind == "mean":
        return out.mean(axis=0)
    if kind == "attention":
        return pool_by_attention(out, modules)
    if kind == "decay":
        weights = float(arguments) ** ages
        weights = weights / weights.sum()
    else:
        by_age = [float(weight) for weight in arguments.split(",")] + [0.0] * len(out)
        weights = np.array(by_age)[ages]
    return np.tensordot(weights, out, axes=1)


# A network from modules and options


class Network:
    REPEATED = ("--activation", "--residual", "--initial-state")

    def __init__(self, folder, entry):
        self.options = {name: [] for name in self.REPEATED}
        words = iter(entry.get("options", ()))
        for word in words:
            if word == "--batch-first":
                self.options[word] = True
            elif word in self.REPEATED:
                self.options[word].append(next(words))
            else:
                self.options[word] = next(words)
        # Freezing leaves no state dict; the file without it has the same weights.
        path = folder / entry["checkpoint"].replace("-frozen", "")
        select = self.options.get("--select")
        modules = read_weights(path, select)
        self.said = saved_modules.Said(None)
        if path.suffix == ".pt":
            self.said = saved_modules.Said(saved_modules.load(path), select)
        self.states = {name: part for name, part in modules.items() if is_state(name, part)}
        self.modules = {n: part for n, part in modules.items() if n not in self.states}
        self.order = self.said.with_norms(self.module_order(path))
        self.activations = dict(self.said.activations)
        self.activations.update(
            (name, [function])
            for name, function in (item.split("=") for item in self.options["--activation"])
        )
        self.spans = [(item.split(",") * 2)[:2] for item in self.options["--residual"]]
        self.spans = [[span[0], span[-1]] for span in self.spans]
        if self.said.skip and not self.spans:
            self.spans = [[self.order[0], self.order[-1]]]
        told = entry.get("layer", {}).get("nonlinearity") or self.options.get("--nonlinearity")
        self.nonlinearity = lambda name: told or self.said.nonlinearities.get(name, "tanh")
        self.recurrent = [n for n in self.order if is_recurrent(self.modules.get(n, {}))]
        self.given, self.final = {}, {}

    def module_order(self, path):
        if path.suffix != ".safetensors":
            return list(self.modules)
        possible = list(chains(self.modules))
        if "--order" in self.options:
            assert len(possible) > 1, "--order is not needed"
            return self.options["--order"].split(",")
        assert len(possible) == 1, "the shapes allow several chains"
        return possible[0]

    def batch_first(self):
        return "--batch-first" in self.options or self.said.batch_first

    def learned(self, name, batch):
        """The state of a recurrent module that is a parameter, for every row of a batch."""
        named = dict(item.split("=") for item in self.options["--initial-state"])
        parts = []
        if name in named:
            paths = [path.rpartition(".") for path in named[name].split(",")]
            parts = [self.states[module][key] for module, _, key in paths]
        elif not named:
            for module, states in self.states.items():
                if not module or name.startswith(module + "."):
                    parts = list(states.values())
        rows = [part.reshape(-1, 1, part.shape[-1]) for part in parts]
        return tuple(row.repeat(batch, axis=1) for row in rows) or None

    def run(self, inputs, states):
        """inputs [T, B, I] or tokens [T, B]."""
        self.given, self.final = dict(states), {}
        if "--one-to-many" in self.options:
            return self.run_one_to_many(inputs)
        return self.forward(inputs)

    def run_one_to_many(self, x):
        mode, _, steps = self.options["--one-to-many"].partition(":")
        outputs, step_input = [], x
        for _ in range(int(steps)):
            outputs.append(self.forward(step_input)[0])
            self.given = self.final
            feedback = outputs[-1][np.newaxis]
            step_input = {"repeat": x, "zeros": np.zeros_like(x), "feedback": feedback}[mode]
        return np.stack(outputs)

    def forward(self, x):
        if self.options.get("--input", "").startswith("one-hot:"):
            x = np.eye(int(self.options["--input"][8:]))[x]
        read_after = self.options.get("--read-after", self.recurrent[-1])
        added = []
        for name in self.order:
            if name.split(".")[0] == "attn":
                continue
            added += [(span, x) for span in self.spans if span[0] == name]
            x = self.run_module(name, x)
            for function in self.activations.get(name, ()):
                x = activate(function, x) if function != "none" else x
            x = x + sum(begin for span, begin in added if span[1] == name)
            if name == read_after:
                x = self.read(x)
        return x

    def run_module(self, name, x):
        module = self.modules.get(name, {})
        if name in self.recurrent:
            state = self.given.get(name) or self.learned(name, x.shape[1])
            out, self.final[name] = recurrent(x, module, state, self.nonlinearity(name))
            return out
        if np.issubdtype(x.dtype, np.integer):
            return module["weight"][x]
        if np.ndim(module.get("weight", [])) == 1:
            eps = self.options.get("--eps", self.said.eps.get(name, 1e-5))
            return layer_norm(x, module, float(eps))
        return x @ module["weight"].T + module.get("bias", 0)

    def read(self, out):
        directions = 2 if "weight_ih_l0_reverse" in self.modules[self.recurrent[-1]] else 1
        hn = self.final[self.recurrent[-1]][0]
        return read_out(self.options.get("--read", "all"), out, hn, directions, self.modules)


def evaluate(folder, entry, golden):
    """Gives {key: array} in PyTorch's shapes, as the golden has them."""
    return results(Network(folder, entry), golden)


def results(network, golden):
    batch_first = network.batch_first()
    every_step = network.options.get("--read", "all") == "all"
    inputs = golden["tokens"] if "tokens" in golden else golden["x"].astype(np.float64)
    if "--one-to-many" in network.options:
        inputs = inputs[np.newaxis]
    batched = inputs.ndim == (2 if "tokens" in golden else 3)
    if not batched:
        inputs = np.expand_dims(inputs, 1)
    elif batch_first:
        inputs = inputs.swapaxes(0, 1)

    out = network.run(inputs, dict(initial_states(network, golden, batched)))

    if not batched:
        out = out.squeeze(1 if every_step else 0)
    elif batch_first and every_step:
        out = out.swapaxes(0, 1)
    found = {"out": out}
    for name, state in network.final.items():
        axis = missing_state_axis(network, name, batched)
        for key, value in zip(("hn", "cn"), state):
            found[state_key(network, key, name)] = value if axis is None else value.squeeze(axis)
    return found


def state_key(network, key, name):
    return key + "|" + name if len(network.recurrent) > 1 else key


def missing_state_axis(network, name, batched):
    """Which axis of [L*D, B, .] PyTorch's state lacks: a cell has no layers."""
    if "weight_ih" in network.modules[name]:
        return 0
    return None if batched else 1


def initial_states(network, golden, batched):
    for name in network.recurrent:
        keys = [state_key(network, key, name) for key in ("h0", "c0")]
        if keys[0] in golden:
            axis = missing_state_axis(network, name, batched)
            state = (golden[key].astype(np.float64) for key in keys if key in golden)
            yield name, tuple(p if axis is None else np.expand_dims(p, axis) for p in state)


def worst_difference(expected, actual):
    assert expected.shape == actual.shape, (expected.shape, actual.shape)
    assert np.array_equal(np.isnan(expected), np.isnan(actual)), "NaN in other places"
    scale = max(1.0, np.nanmax(np.abs(expected)))
    return np.nanmax(np.abs(expected - actual)) / scale


def check_golden(folder, entry):
    """The error of the golden against NumPy, and that of PyTorch's float32 result."""
    golden = dict(np.load(folder / entry["golden"]))
    found = evaluate(folder, entry, golden)
    keys = {key for key in golden if key[:2] in ("ou", "hn", "cn") and "_f32" not in key}
    assert keys <= set(found), entry["name"]
    ours = max(worst_difference(golden[key], found[key]) for key in keys)
    return ours, worst_difference(golden["out"], golden["out_f32"])


# Files of one network


# PyTorch 1.13 takes the bytes for those of this machine.
NOT_OF_THIS_PYTORCH = ("big-endian.pt",)


def check_file(folder, entry, expected):
    """The largest difference from the weights."""
    found = read_file(folder / entry["checkpoint"])
    differences = []
    for name, tensor in expected.items():
        weight = tensor.double().numpy()
        # Freezing leaves constants without names.
        same = [found[name]] if name in found else found.values()
        close = [np.abs(other - weight).max() for other in same if other.shape == weight.shape]
        differences.append(min(close))
    return max(differences)


def read_file(path):
    if path.suffix == ".pkl":
        weights = pickle.loads(path.read_bytes())
        return {name: np.asarray(array, np.float64) for name, array in weights.items()}
    loaded = saved_modules.load(path)
    if isinstance(loaded, torch.jit.ScriptModule) and not loaded.state_dict():
        return saved_modules.constants(loaded)
    return saved_modules.computed(find_state_dict(saved_modules.unwrapped(loaded)))


def main():
    failures = 0
    count = 0
    for manifest in ("goldens.json", "cells.json", "modules/modules.json"):
        folder = (GOLDENS / manifest).parent
        for entry in json.loads((GOLDENS / manifest).read_text(encoding="utf-8")):
            ours, single = check_golden(folder, entry)
            good = ours < TOLERANCE and single < 1e-5
            failures += not good
            count += 1
            verdict = "ok" if good else "DIFFERS"
            print(f"{entry['name']:40} {ours:8.1e} {single:8.1e} {verdict}")
    folder = GOLDENS / "files"
    expected = torch.load(folder / "weights.pt")
    for entry in json.loads((folder / "files.json").read_text(encoding="utf-8")):
        if entry["checkpoint"] in NOT_OF_THIS_PYTORCH:
            continue
        difference = check_file(folder, entry, expected)
        if entry["checkpoint"] == "module.pt":  # All have its golden; it says all of the network.
            difference = max(difference, check_golden(folder, entry)[0] - TOLERANCE)
        computed = re.match("weight-norm|spectral|pruned", entry["checkpoint"])
        good = difference <= (2**-22 if computed else 0)
        failures += not good
        count += 1
        print(f"{entry['name']:40} {difference:8.1e} {'ok' if good else 'DIFFERS':>11}")
    print(f"{count} goldens, {failures} differ (columns: NumPy and PyTorch's float32)")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
