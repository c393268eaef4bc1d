# SPDX-License-Identifier: Apache-2.0
"""Computes every golden a second time, in NumPy, from the checkpoint and the options of `convert`.

PyTorch only opens the .pt files here; the formulas below are written out in float64, apart from
networks.py. So a golden that passes has the right numbers, and its options say all that the
checkpoint does not. Exits with 1 when a golden differs.
"""

import itertools
import json
import math
import pathlib
import struct
import sys

import numpy as np
import torch

GOLDENS = pathlib.Path(__file__).resolve().parent.parent / "resources" / "goldens"
TOLERANCE = 1e-13


# Checkpoints as {module path: {tensor name: float64 array}}


def read_weights(path, select):
    if path.suffix == ".safetensors":
        weights = read_safetensors(path)
    else:
        weights = find_state_dict(torch.load(path, map_location="cpu"))
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
    """The first dict, from the outside in, that holds tensors."""
    if any(isinstance(value, torch.Tensor) for value in loaded.values()):
        return loaded
    return next(find_state_dict(loaded[key]) for key in ("state_dict", "model") if key in loaded)


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
}


def activate(option, x):
    name, *arguments = option.split(":")
    return ACTIVATIONS[name](x, *map(float, arguments))


def lstm_direction(x, weights, suffix, h, c):
    """x [T, B, I]; the gates lie in the order i, f, g, o."""
    outputs = []
    for x_t in x:
        gates = x_t @ weights["weight_ih" + suffix].T + h @ weights["weight_hh" + suffix].T
        if "bias_ih" + suffix in weights:
            gates = gates + weights["bias_ih" + suffix] + weights["bias_hh" + suffix]
        i, f, g, o = np.split(gates, 4, axis=-1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        if "weight_hr" + suffix in weights:
            h = h @ weights["weight_hr" + suffix].T
        outputs.append(h)
    return np.stack(outputs), h, c


def lstm(x, weights, state):
    """x [T, B, I], state a pair of [L*D, B, .] or None; gives out, hn, cn.

    An LSTMCell, whose tensors lack _l0, is treated as an nn.LSTM of one layer.
    """
    suffixes = [name[len("weight_ih") :] for name in weights if name.startswith("weight_ih")]
    suffixes.sort(key=lambda suffix: (suffix.split("_reverse")[0], "_reverse" in suffix))
    hn, cn = [], []
    for layer in sorted({suffix.split("_reverse")[0] for suffix in suffixes}):
        halves = []
        for suffix in (s for s in suffixes if s.split("_reverse")[0] == layer):
            backward = suffix.endswith("_reverse")
            rows, recurrent = weights["weight_hh" + suffix].shape
            if state is None:
                h, c = np.zeros((x.shape[1], recurrent)), np.zeros((x.shape[1], rows // 4))
            else:
                h, c = (part[len(hn)] for part in state)
            half, h, c = lstm_direction(x[::-1] if backward else x, weights, suffix, h, c)
            halves.append(half[::-1] if backward else half)
            hn.append(h)
            cn.append(c)
        x = np.concatenate(halves, axis=-1)
    return x, np.stack(hn), np.stack(cn)


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
    def __init__(self, entry):
        self.options = {"--activation": []}
        words = iter(entry["options"])
        for word in words:
            if word == "--batch-first":
                self.options[word] = True
            elif word == "--activation":
                self.options[word].append(next(words))
            else:
                self.options[word] = next(words)
        path = GOLDENS / entry["checkpoint"]
        self.modules = read_weights(path, self.options.get("--select"))
        self.order = self.module_order(path)
        self.activations = dict(item.split("=") for item in self.options["--activation"])
        self.recurrent = [name for name in self.order if is_recurrent(self.modules[name])]
        self.states, self.final = {}, {}

    def module_order(self, path):
        if path.suffix != ".safetensors":
            return list(self.modules)
        possible = list(chains(self.modules))
        if "--order" in self.options:
            assert len(possible) > 1, "--order is not needed"
            return self.options["--order"].split(",")
        assert len(possible) == 1, "the shapes allow several chains"
        return possible[0]

    def run(self, inputs, states):
        """inputs [T, B, I] or tokens [T, B]."""
        self.states, self.final = dict(states), {}
        if "--one-to-many" in self.options:
            return self.run_one_to_many(inputs)
        return self.forward(inputs)

    def run_one_to_many(self, x):
        mode, _, steps = self.options["--one-to-many"].partition(":")
        outputs, step_input = [], x
        for _ in range(int(steps)):
            outputs.append(self.forward(step_input)[0])
            self.states = self.final
            feedback = outputs[-1][np.newaxis]
            step_input = {"repeat": x, "zeros": np.zeros_like(x), "feedback": feedback}[mode]
        return np.stack(outputs)

    def forward(self, x):
        if self.options.get("--input", "").startswith("one-hot:"):
            x = np.eye(int(self.options["--input"][8:]))[x]
        for name in self.order:
            if name.split(".")[0] == "attn":
                continue
            module = self.modules[name]
            if name in self.recurrent:
                x = self.run_recurrent(name, x)
            elif np.issubdtype(x.dtype, np.integer):
                x = module["weight"][x]
            else:
                x = x @ module["weight"].T + module.get("bias", 0)
            if name in self.activations:
                x = activate(self.activations[name], x)
        return x

    def run_recurrent(self, name, x):
        """The last recurrent part is the one that is read over time."""
        module = self.modules[name]
        out, hn, cn = lstm(x, module, self.states.get(name))
        self.final[name] = (hn, cn)
        if name != self.recurrent[-1]:
            return out
        directions = 2 if "weight_ih_l0_reverse" in module else 1
        return read_out(self.options.get("--read", "all"), out, hn, directions, self.modules)


def evaluate(entry, golden):
    """Gives {key: array} in PyTorch's shapes, as the golden has them."""
    network = Network(entry)
    batch_first = "--batch-first" in network.options
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
    results = {"out": out}
    for name, pair in network.final.items():
        axis = missing_state_axis(network, name, batched)
        for key, value in zip(("hn", "cn"), pair):
            results[state_key(network, key, name)] = value if axis is None else value.squeeze(axis)
    return results


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
            pair = (golden[key].astype(np.float64) for key in keys)
            yield name, tuple(p if axis is None else np.expand_dims(p, axis) for p in pair)


def worst_difference(expected, actual):
    assert expected.shape == actual.shape, (expected.shape, actual.shape)
    assert np.array_equal(np.isnan(expected), np.isnan(actual)), "NaN in other places"
    scale = max(1.0, np.nanmax(np.abs(expected)))
    return np.nanmax(np.abs(expected - actual)) / scale


def main():
    failures = 0
    entries = json.loads((GOLDENS / "goldens.json").read_text(encoding="utf-8"))
    for entry in entries:
        golden = dict(np.load(GOLDENS / entry["golden"]))
        results = evaluate(entry, golden)
        keys = {key for key in golden if key[:2] in ("ou", "hn", "cn") and "_f32" not in key}
        assert keys == set(results), entry["name"]
        ours = max(worst_difference(golden[key], results[key]) for key in keys)
        single = worst_difference(golden["out"], golden["out_f32"])
        good = ours < TOLERANCE and single < 1e-5
        failures += not good
        verdict = "ok" if good else "DIFFERS"
        print(f"{entry['name']:40} {ours:8.1e} {single:8.1e} {verdict}")
    print(f"{len(entries)} goldens, {failures} differ (columns: NumPy and PyTorch's float32)")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
