# SPDX-License-Identifier: Apache-2.0
"""Writes a PyTorch network for lstm4j: its weights and its architecture, in one safetensors file.

    from lstm4j_export import export

    export(model, "model.safetensors", example_input=torch.randn(2, 5, 40))

`lstm4j convert model.safetensors -o model.l4j` then has nothing to assume: the file says which
layers there are, in which order, what is read from the recurrent part over time, and whether the
batch comes first. Give an example_input (a batch of two or more rows, several time steps): the
network is run on it once, and every step from one layer to the next is recognised by its values, be
it in modules or written out in forward(). Without one, the modules are taken in the order in which
they are defined, and nothing is checked.

Needs nothing but PyTorch 1.8 or newer. The architecture lies in the file's metadata under the key
`lstm4j`, as JSON: {"version": 1, "batch_first": ..., "layers": [{"kind": ..., ...}, ...]}, with the
classes of torch.nn as kinds, their arguments, and the module's path as `name`; `OneHot` and `Read`
are kinds that torch.nn lacks.
"""

import json
import os
import re
import struct

import torch
from torch import nn
from torch.nn import functional

__all__ = ["ExportError", "export"]

READS = ("all", "last", "final", "max", "mean")


class ExportError(ValueError):
    """What lstm4j cannot have of a network, and what to do."""


def export(module, path, example_input=None, read=None):
    """Writes a network, or raises ExportError and writes nothing.

    Args:
        module: an nn.Module of LSTM, GRU, RNN, their cells, Linear, Embedding, LayerNorm, activation
            functions and Dropout, in any containers
        path: the file to write; replaced if it is there
        example_input: what the network is called with, on the device of its weights
        read: what is read from the last recurrent module over time, one of "all", "last" (the last
            time step), "final" (h_n of every direction), "max" and "mean"; only without
            example_input, which shows it. "all" if neither is given.
    """
    if read is not None and example_input is not None:
        raise ExportError("leave out read: example_input shows what is read over time")
    if read is not None and read not in READS:
        raise ExportError(f"read is one of {', '.join(READS)}, not {read!r}")
    parts = _parts(module, traced=example_input is not None)
    if not any(isinstance(part, RECURRENT + CELLS) for _, part in parts):
        raise ExportError("the network has no LSTM, GRU or RNN, so lstm4j has nothing to run")
    if example_input is None:
        layers, batch_first = _as_defined(parts, read or "all")
    else:
        layers, batch_first = _as_used(module, parts, example_input)
    description = {"version": 1, "batch_first": batch_first, "layers": layers}
    _write(path, _tensors(parts), {"lstm4j": json.dumps(description)})


# Modules


RECURRENT = (nn.LSTM, nn.GRU, nn.RNN)
CELLS = (nn.LSTMCell, nn.GRUCell, nn.RNNCell)

# In evaluation they give what they are given.
PASSING = (nn.Dropout, nn.AlphaDropout, nn.Identity)

SIZES = ("input_size", "hidden_size", "bias")
ARGUMENTS = {
    nn.LSTM: SIZES + ("num_layers", "bidirectional", "proj_size"),
    nn.GRU: SIZES + ("num_layers", "bidirectional"),
    nn.RNN: SIZES + ("num_layers", "bidirectional", "nonlinearity"),
    nn.LSTMCell: SIZES,
    nn.GRUCell: SIZES,
    nn.RNNCell: SIZES + ("nonlinearity",),
    nn.Linear: ("in_features", "out_features", "bias"),
    nn.Embedding: ("num_embeddings", "embedding_dim"),
    nn.LayerNorm: ("normalized_shape", "eps", "elementwise_affine", "bias"),
    nn.ReLU: (),
    nn.Tanh: (),
    nn.Sigmoid: (),
    nn.LeakyReLU: ("negative_slope",),
    nn.ELU: ("alpha",),
    nn.GELU: ("approximate",),
    nn.SiLU: (),
    nn.Softplus: ("beta", "threshold"),
    nn.Softmax: (),
    nn.LogSoftmax: (),
}
DEFAULTS = {"approximate": "none", "proj_size": 0, "bias": None}  # of an older PyTorch

PARAMETERS = re.compile(r"weight|bias|(weight|bias)_(ih|hh|hr)(_l\d+(_reverse)?)?")


def _parts(module, name="", seen=None, traced=False):
    """Path and module of everything that computes, containers opened, in order of definition."""
    seen = {} if seen is None else seen
    if id(module) in seen:
        raise ExportError(
            f"{_label(name)} and {_label(seen[id(module)])} are one module; lstm4j needs two"
        )
    seen[id(module)] = name
    if type(module) in ARGUMENTS:
        _check(name, module)
        return [(name, module)]
    if isinstance(module, PASSING):
        return []
    own = [key for key, _ in module.named_parameters(recurse=False)]
    own += [key for key, _ in module.named_buffers(recurse=False)]
    if own or not (traced or module._modules or _is_container(module)):
        raise ExportError(
            f"{_label(name)} is a {type(module).__name__}, which lstm4j does not have"
            + (f" (it holds {', '.join(own)})" if own else "")
            + "; export the part of the network without it, as a module of its own"
        )
    return [
        part
        for key, child in module._modules.items()
        if child is not None
        for part in _parts(child, f"{name}.{key}" if name else key, seen, traced)
    ]


def _is_container(module):
    return isinstance(module, (nn.Sequential, nn.ModuleList, nn.ModuleDict))


def _check(name, module):
    strange = [
        key for key, _ in module.named_parameters(recurse=False) if not PARAMETERS.fullmatch(key)
    ]
    if strange:
        raise ExportError(
            f"{_label(name)} holds {', '.join(strange)}; make it a plain {type(module).__name__}"
            " first, for example with torch.nn.utils.remove_weight_norm"
        )
    if isinstance(module, nn.Embedding) and module.max_norm is not None:
        raise ExportError(f"{_label(name)} has max_norm, which lstm4j does not have; set it to None")
    if isinstance(module, nn.LayerNorm) and len(module.normalized_shape) != 1:
        raise ExportError(f"{_label(name)} normalises several dimensions; lstm4j has one, the last")


def _label(name):
    return f"module '{name}'" if name else "the network itself"


def _describe(name, module):
    layer = {"kind": type(module).__name__}
    if any(True for _ in module.parameters()) or isinstance(module, nn.LayerNorm):
        layer["name"] = name
    for argument in ARGUMENTS[type(module)]:
        value = getattr(module, argument, DEFAULTS.get(argument))
        if argument == "bias":
            value = value is not None and value is not False
        layer[argument] = list(value) if isinstance(value, tuple) else value
    return layer


# The order of definition


def _as_defined(parts, read):
    last = max(i for i, (_, part) in enumerate(parts) if isinstance(part, RECURRENT + CELLS))
    layers = []
    for i, (name, part) in enumerate(parts):
        dimensions = 2 if i > last and read != "all" else 3
        _check_softmax(name, part, dimensions)
        layers.append(_describe(name, part))
        if i == last and read != "all":
            layers.append({"kind": "Read", "what": read})
    layouts = {part.batch_first for _, part in parts if isinstance(part, RECURRENT)}
    if len(layouts) > 1:
        raise ExportError(
            "some recurrent modules have batch_first and some have not; give an example_input, so"
            " that the layout of the network's own input is seen"
        )
    return layers, layouts == {True}


def _check_softmax(name, part, dimensions):
    if isinstance(part, (nn.Softmax, nn.LogSoftmax)) and part.dim not in (-1, dimensions - 1):
        raise ExportError(
            f"{_label(name)} is a {type(part).__name__} over dimension {part.dim}; lstm4j has it"
            " over features, dim=-1"
        )


# The order of use, recognised by values


class _Calls:
    """What a module was given and gave, each time that it was called."""

    def __init__(self, name, part):
        self.name, self.part = name, part
        self.inputs, self.outputs, self.state = [], [], ()
        self.memory = None  # of the first input

    def record(self, inputs, output):
        if not inputs or not isinstance(inputs[0], torch.Tensor):
            raise ExportError(
                f"{_label(self.name)} is called with something else than a tensor (a"
                " PackedSequence?); call it with plain tensors in evaluation"
            )
        first = output[0] if isinstance(output, tuple) else output
        if isinstance(self.part, RECURRENT + CELLS):
            self.check_state(_as_tuple(inputs[1] if len(inputs) > 1 else None))
            self.state = _as_tuple(output if isinstance(self.part, CELLS) else output[1])
        self.memory = self.memory or inputs[0].data_ptr()
        self.inputs.append(inputs[0].detach().clone())
        # Not a copy: the next input may be the same memory. A copy beside it shows changes.
        self.outputs.append((first.detach(), first.detach().clone()))

    def check_state(self, state):
        """lstm4j starts from zeros and keeps the state, as nothing else can be seen here."""
        if isinstance(self.part, RECURRENT) and self.outputs:
            raise ExportError(
                f"{_label(self.name)} is called several times; call it once with the whole sequence"
            )
        if not self.outputs and any(bool((part != 0).any()) for part in state):
            raise ExportError(
                f"{_label(self.name)} starts from a state of its own; lstm4j starts from zeros"
            )
        same = len(state) == len(self.state) and all(map(_close, state, self.state))
        if self.outputs and not same:
            raise ExportError(
                f"{_label(self.name)} is not given the state that its last call gave;"
                " lstm4j cannot express that"
            )

    def several(self):
        return len(self.outputs) > 1

    def input(self):
        return torch.stack(self.inputs) if self.several() else self.inputs[0]

    def output(self):
        copies = [copy for _, copy in self.outputs]
        return torch.stack(copies) if self.several() else copies[0]

    def holds(self, memory):
        """Whether memory is of the only output, unchanged since; then no function was applied."""
        if self.several():
            return False
        output, copy = self.outputs[0]
        offset = memory - output.data_ptr()
        return 0 <= offset < output.numel() * output.element_size() and torch.equal(output, copy)

    def final(self):
        """h_n of every direction of the last layer, or nothing for a cell."""
        if not isinstance(self.part, RECURRENT):
            return None
        directions = 2 if self.part.bidirectional else 1
        return torch.cat(tuple(self.state[0].detach()[-directions:]), dim=-1)


def _as_used(module, parts, example_input):
    calls, output = _run(module, parts, example_input)
    return _Flow(example_input, calls, output).layers()


def _run(module, parts, example_input):
    recorded = {id(part): _Calls(name, part) for name, part in parts}
    order, handles = [], []

    def hook(part, inputs, output):
        calls = recorded[id(part)]
        if not calls.outputs:
            order.append(calls)
        calls.record(inputs, output)

    training = [part for part in module.modules() if part.training]
    try:
        for _, part in parts:
            handles.append(part.register_forward_hook(hook))
        module.eval()
        with torch.no_grad():
            output = module(example_input)
    finally:
        for handle in handles:
            handle.remove()
        for part in training:
            part.training = True
    for name, part in parts:
        if not recorded[id(part)].outputs and any(True for _ in part.parameters()):
            raise ExportError(f"{_label(name)} is not used for example_input; delete it")
    while isinstance(output, (tuple, list)) and output:
        output = output[0]
    if not torch.is_tensor(output):
        raise ExportError("the network gives no tensor; export a module that gives one")
    return order, output


def _softmax(x):
    return functional.softmax(x, dim=-1)


def _log_softmax(x):
    return functional.log_softmax(x, dim=-1)


FUNCTIONS = (
    (None, lambda x: x),
    (nn.ReLU(), functional.relu),
    (nn.Tanh(), torch.tanh),
    (nn.Sigmoid(), torch.sigmoid),
    (nn.LeakyReLU(), functional.leaky_relu),
    (nn.ELU(), functional.elu),
    (nn.GELU(), functional.gelu),
    (nn.SiLU(), functional.silu),
    (nn.Softplus(), functional.softplus),
    (nn.Softmax(dim=-1), _softmax),
    (nn.LogSoftmax(dim=-1), _log_softmax),
)
SAME_IF_POSITIVE = (nn.ReLU, nn.LeakyReLU, nn.ELU)


class _Flow:
    """Follows the data from the input through every module to the output."""

    def __init__(self, example_input, calls, output):
        self.example_input, self.calls, self.result = example_input, calls, output
        self.found = []
        self.flipped = False  # time and batch, against example_input, on the way to a recurrent one
        self.time = None  # the axis of time behind a recurrent module, until it is read
        self.batch_first = None
        self.read = False

    def layers(self):
        self.begin(self.calls[0])
        for before, after in zip(self.calls, self.calls[1:]):
            self.enter(before)
            self.follow(before, _label(after.name), after.input(), after.memory)
        last = self.calls[-1]
        self.enter(last)
        self.follow(last, "the network's output", self.result, self.result.data_ptr())
        if self.time is not None and self.result.dim() == 3:
            if self.time != (1 if self.batch_first else 0):
                raise ExportError(
                    "the network's output has time and batch in another order than its input;"
                    " give both the same"
                )
        return self.found, self.batch_first

    def begin(self, first):
        x = first.input()
        if not self.moves(self.example_input, x, self.example_input.dim() != x.dim()):
            if not self.is_one_hot(x):
                raise ExportError(
                    f"example_input is changed before it reaches {_label(first.name)}, or it is not"
                    " what reaches it first; do that outside of the exported module"
                )
            self.found.append({"kind": "OneHot", "classes": x.shape[-1]})

    def moves(self, given, taken, only_flipped=False):
        """Whether they are the same but for the order of time and batch, which is noted."""
        if not only_flipped and given.shape == taken.shape and _close(given, taken):
            return True
        if _close(_flip(given), taken):
            self.flip()
            return True
        return False

    def flip(self):
        self.flipped = not self.flipped
        if self.time is not None:
            self.time = 1 - self.time

    def is_one_hot(self, x):
        tokens = self.example_input
        if tokens.is_floating_point() or x.dim() != tokens.dim() + 1:
            return False
        if int(tokens.max()) >= x.shape[-1] or int(tokens.min()) < 0:
            return False
        return self.moves(functional.one_hot(tokens.long(), x.shape[-1]).to(x.dtype), x)

    def enter(self, calls):
        _check_softmax(calls.name, calls.part, calls.inputs[0].dim())
        if isinstance(calls.part, RECURRENT + CELLS):
            if self.read:
                raise ExportError(
                    f"{_label(calls.name)} follows what is read over time; lstm4j reads once, from"
                    " the last recurrent module"
                )
            batch_first = isinstance(calls.part, RECURRENT) and calls.part.batch_first
            batched = calls.input().dim() == 3
            self.time = 1 if batch_first and batched else 0
            if self.batch_first is None:
                self.batch_first = batch_first != (self.flipped and batched)
        self.found.append(_describe(calls.name, calls.part))

    def follow(self, before, where, taken, memory):
        """Adds what lies between the output of a module and what is taken there."""
        functions = FUNCTIONS[:1] if before.holds(memory) else self.functions()
        matches = [
            (read, function, flipped)
            for read, value in self.readings(before)
            for function, apply in functions
            for flipped in (False, True)
            if _fits(apply(value), taken, flipped)
        ]
        if not matches:
            raise ExportError(
                f"between {_label(before.name)} and {where} lies something that lstm4j does not"
                " have, or the modules do not follow one another; lstm4j has chains of layers, an"
                " activation function after any of them, and one of "
                + ", ".join(READS)
                + " read over time"
            )
        if len(matches) > 1:
            kinds = {f"{read}/{type(f).__name__ if f else 'nothing'}" for read, f, _ in matches}
            raise ExportError(
                f"example_input does not show what lies between {_label(before.name)} and {where}"
                f" ({' or '.join(sorted(kinds))}); give another with several rows, several time"
                " steps and values of both signs"
            )
        read, function, flipped = matches[0]
        if flipped:
            self.flip()
        if read != "all":
            self.read, self.time = True, None
            self.found.append({"kind": "Read", "what": read})
        if function is not None:
            self.found.append(_describe("", function))

    def functions(self):
        """Those that change anything: ReLU and its like do nothing after some others."""
        if self.found[-1]["kind"] in ("ReLU", "Sigmoid", "Softmax", "Softplus"):
            return [item for item in FUNCTIONS if not isinstance(item[0], SAME_IF_POSITIVE)]
        return FUNCTIONS

    def readings(self, before):
        """What can be read of a module's output over time."""
        y = before.output()
        yield "all", y
        if self.time is None or y.dim() < 2:
            return
        yield "last", y.select(self.time, -1)
        if isinstance(before.part, RECURRENT) and before.part.bidirectional:
            yield "final", before.final()
        yield "max", y.max(dim=self.time).values
        yield "mean", y.mean(dim=self.time)


def _as_tuple(state):
    return () if state is None else state if isinstance(state, tuple) else (state,)


def _flip(x):
    """Time and batch exchanged, of vectors or tokens."""
    batched = x.dim() == 3 or (x.dim() == 2 and not x.is_floating_point())
    return x.transpose(0, 1) if batched else x


def _fits(given, taken, flipped):
    """Whether the values are the same, whatever axes of size one or of rows were joined."""
    if given.numel() != taken.numel() or given.shape[-1] != taken.shape[-1]:
        return False
    if flipped:
        if given.dim() != 3 or 1 in given.shape[:2]:
            return False
        given = given.transpose(0, 1)
    return _close(given.reshape(taken.shape), taken)


def _close(a, b):
    return a.shape == b.shape and torch.allclose(a.double(), b.double(), rtol=1e-5, atol=1e-6)


# The file: the length of the header (8 bytes, little-endian), the header (JSON), the data


DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
}


def _tensors(parts):
    """All parameters, by PyTorch's names."""
    tensors = {}
    for name, part in parts:
        for key, parameter in part.named_parameters(recurse=False):
            full = f"{name}.{key}" if name else key
            if parameter.dtype not in DTYPES:
                raise ExportError(f"{full} is of {parameter.dtype}; call module.float() first")
            tensors[full] = parameter.detach().cpu().contiguous()
    return tensors


def _bytes(tensor):
    # bfloat16 is unknown to NumPy, so it goes by its bits.
    bits = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
    array = bits.numpy()
    return array.astype(array.dtype.newbyteorder("<")).tobytes()


def _write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, []
    end = 0
    for name, tensor in tensors.items():
        data.append(_bytes(tensor))
        begin, end = end, end + len(data[-1])
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    part = f"{os.fspath(path)}.part"
    with open(part, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.writelines(data)
    os.replace(part, path)
