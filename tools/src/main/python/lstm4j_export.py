# SPDX-License-Identifier: Apache-2.0
"""Writes a PyTorch network for lstm4j: its weights and its architecture, in one safetensors file.

    from lstm4j_export import export

    export(model, "model.safetensors", example_input=torch.randn(2, 5, 40))

`lstm4j convert model.safetensors -o model.l4j` then has nothing to assume: the file says which
layers there are, in which order, what is read from the recurrent part over time, and whether the
batch comes first. Give an example_input (a batch of two or more rows, several time steps): the
network is run on it once, and every step from one layer to the next is recognised by its values, be
it in modules or written out in forward(): activation functions, residual connections, what is read
over time, also by attention, and learned initial states. Without one, the modules are taken in the
order in which they are defined, and nothing is checked.

Needs nothing but PyTorch 1.8 or newer. The architecture lies in the file's metadata under the key
`lstm4j`, as JSON: {"version": 1, "batch_first": ..., "layers": [{"kind": ..., ...}, ...]}, with the
classes of torch.nn as kinds, their arguments, and the module's path as `name`; `OneHot`, `Read`,
`Attention` and `Residual` are kinds that torch.nn lacks. A recurrent layer with `initial_state` has
the tensors `h0` and, if it is an LSTM, `c0` below its name, of one batch row.
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
            functions and Dropout, in any containers. What a class has of its own (parameters that
            are initial states or score time steps for attention) is seen with example_input only
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
    own = {} if example_input is not None else None
    parts = _parts(module, own)
    if not any(isinstance(part, RECURRENT + CELLS) for _, part in parts):
        raise ExportError("the network has no LSTM, GRU or RNN, so lstm4j has nothing to run")
    if example_input is None:
        (layers, batch_first), more = _as_defined(parts, read or "all"), {}
    else:
        layers, batch_first, more = _as_used(module, parts, own, example_input)
    description = {"version": 1, "batch_first": batch_first, "layers": layers}
    _write(path, {**_tensors(parts), **_stored(more)}, {"lstm4j": json.dumps(description)})


# Modules


RECURRENT = (nn.LSTM, nn.GRU, nn.RNN)
CELLS = (nn.LSTMCell, nn.GRUCell, nn.RNNCell)

# In evaluation they give what they are given, or are not called.
PASSING = ("torch.nn.modules.dropout", "torch.nn.modules.loss")

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


def _parts(module, own=None, name="", seen=None):
    """Path and module of everything that computes, containers opened, in order of definition.

    The parameters and buffers that classes of the user's have themselves go into the dict own, by
    name; without it, they are refused.
    """
    seen = {} if seen is None else seen
    if id(module) in seen:
        raise ExportError(
            f"{_label(name)} and {_label(seen[id(module)])} are one module; lstm4j needs two"
        )
    seen[id(module)] = name
    if type(module) in ARGUMENTS:
        _check(name, module)
        return [(name, module)]
    if isinstance(module, nn.Identity) or type(module).__module__ in PASSING:
        return []
    prefix = f"{name}." if name else ""
    holds = dict(module.named_parameters(recurse=False))
    holds.update(module.named_buffers(recurse=False))
    traced = own is not None and not type(module).__module__.startswith("torch.nn.")
    if (holds and not traced) or not (traced or module._modules or _is_container(module)):
        raise ExportError(
            f"{_label(name)} is a {type(module).__name__}, which lstm4j does not have"
            + (f" (it holds {', '.join(holds)})" if holds else "")
            + "; export the part of the network without it, as a module of its own"
            + ("" if own is not None else ", or give an example_input, which shows its use")
        )
    if holds:
        own.update({prefix + key: tensor.detach() for key, tensor in holds.items()})
    return [
        part
        for key, child in module._modules.items()
        if child is not None
        for part in _parts(child, own, prefix + key, seen)
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
    layers, before = [], None
    for i, (name, part) in enumerate(parts):
        before = _check_fit(before, name, part)
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


def _check_fit(before, name, part):
    """Gives the features that follow, None for what is not known, and the module's name."""
    takes, gives = _features(part)
    known, last = before or (None, "")
    if before and isinstance(part, nn.Embedding) or None not in (known, takes) and known != takes:
        raise ExportError(
            f"{_label(name)} does not follow {_label(last)}: it takes"
            f" {'tokens' if takes is None else f'{takes} features'}, not {known} features; export"
            " a part alone, or give an example_input, if they are used in another order"
        )
    return (known, last) if gives is None else (gives, name)


def _features(part):
    """Features that a module takes and gives; None where it takes any, or tokens."""
    if isinstance(part, RECURRENT):
        hidden = getattr(part, "proj_size", 0) or part.hidden_size
        return part.input_size, hidden * (2 if part.bidirectional else 1)
    if isinstance(part, CELLS):
        return part.input_size, part.hidden_size
    if isinstance(part, nn.Linear):
        return part.in_features, part.out_features
    if isinstance(part, nn.Embedding):
        return None, part.embedding_dim
    if isinstance(part, nn.LayerNorm):
        return part.normalized_shape[0], part.normalized_shape[0]
    return None, None


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
        self.initial = ()
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
        """lstm4j keeps the state, as nothing else can be seen here."""
        if isinstance(self.part, RECURRENT) and self.outputs:
            raise ExportError(
                f"{_label(self.name)} is called several times; call it once with the whole sequence"
            )
        if not self.outputs:
            self.initial = tuple(part.detach().clone() for part in state)
        same = len(state) == len(self.state) and all(map(_close, state, self.state))
        if self.outputs and not same:
            raise ExportError(
                f"{_label(self.name)} is not given the state that its last call gave;"
                " lstm4j cannot express that"
            )

    def check_again(self):
        """That a recurrent module has no input but those that were seen."""
        if isinstance(self.part, RECURRENT):
            state = self.initial if len(self.initial) != 1 else self.initial[0]
            again = self.part(self.inputs[0], *([state] if self.initial else []))[0]
            if not _close(again, self.outputs[0][1]):
                raise ExportError(
                    f"{_label(self.name)} gives something else when it is called again; give it its"
                    " state without a keyword, self.lstm(x, state)"
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


def _as_used(module, parts, own, example_input):
    calls, output = _run(module, parts, example_input)
    flow = _Flow(example_input, calls, own, output)
    layers, batch_first = flow.layers()
    return layers, batch_first, flow.more


def _run(module, parts, example_input):
    recorded = {id(part): _Calls(name, part) for name, part in parts}
    order = []

    def hook(part, inputs, output):
        calls = recorded[id(part)]
        if not calls.outputs:
            order.append(calls)
        calls.record(inputs, output)

    training = [part for part in module.modules() if part.training]
    handles = []
    try:
        for _, part in parts:
            handles.append(part.register_forward_hook(hook))
        module.eval()
        with torch.no_grad():
            output = module(example_input)
            while handles:
                handles.pop().remove()
            for calls in order:
                calls.check_again()
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

    def __init__(self, example_input, calls, own, output):
        self.example_input, self.calls, self.result = example_input, calls, output
        self.own = own  # parameters that are no module's of torch.nn, until their use is seen
        self.more = {}  # tensors to write that are no module's
        self.found = []
        self.begins = []  # what each module was given, with its place in found
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
        if self.own:
            raise ExportError(
                f"the network holds {', '.join(self.own)}, whose use lstm4j does not have, or which"
                " example_input does not show"
            )
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
        if not self.is_softmax_over_time(calls):
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
        self.begins.append((len(self.found), calls.input()))
        self.found.append(_describe(calls.name, calls.part))
        if any(bool((part != 0).any()) for part in calls.initial) or self.own:
            self.start(calls, self.found[-1])

    def is_softmax_over_time(self, calls):
        """That of attention, over scores of one feature."""
        x = calls.inputs[0]
        return (
            isinstance(calls.part, nn.Softmax)
            and self.time is not None
            and x.dim() == 3
            and x.shape[-1] == 1
            and calls.part.dim in (self.time, self.time - 3)
        )

    def start(self, calls, layer):
        """A learned initial state is a parameter, and the same for every batch row."""
        rows = []
        for part in calls.initial:
            batched = part.dim() == (2 if isinstance(calls.part, CELLS) else 3)
            row = part.select(-2, 0) if batched else part
            known = [
                name
                for name, tensor in self.own.items()
                if tensor.numel() == row.numel() and _close(tensor.reshape(row.shape), row)
            ]
            zeros = not bool((row != 0).any())
            same = not batched or _close(row.unsqueeze(-2).expand_as(part), part)
            if not (zeros and not known) and not (known and same):
                raise ExportError(
                    f"{_label(calls.name)} starts from a state that is no parameter of the network,"
                    " or not the same for all rows; lstm4j starts from zeros or such a parameter"
                )
            rows.append((row, known))
        for key, (row, known) in zip(("h0", "c0"), rows):
            for name in known[:1]:
                self.own.pop(name, None)
            self.more[f"{calls.name}.{key}" if calls.name else key] = row
        if rows:
            layer["initial_state"] = True

    def follow(self, before, where, taken, memory):
        """Adds what lies between the output of a module and what is taken there."""
        functions = FUNCTIONS[:1] if before.holds(memory) else self.functions()
        value = before.output()
        matches = list(self.matches(self.readings(value, before), functions, taken)) or [
            (join, *match)
            for join, values, more in self.joined(value, before)
            for match in self.matches(values, more, taken)
        ]
        if not matches:
            raise ExportError(
                f"between {_label(before.name)} and {where} lies something that lstm4j does not"
                " have, or the modules do not follow one another; lstm4j has chains of layers,"
                " residual connections, an activation function after any layer, and one of "
                + ", ".join(READS)
                + " or attention read over time"
            )
        if len(matches) > 1:
            kinds = {f"{match[-3]}/{_kind(match[-2])}" for match in matches}
            raise ExportError(
                f"example_input does not show what lies between {_label(before.name)} and {where}"
                f" ({' or '.join(sorted(kinds))}); give another with several rows, several time"
                " steps and values of both signs"
            )
        *join, read, function, flipped = matches[0]
        for put in join:
            put()
        if flipped:
            self.flip()
        if read != "all":
            self.found.append({"kind": "Read", "what": read})
            self.is_read()
        if function is not None:
            self.found.append(_describe("", function))

    def matches(self, values, functions, taken):
        """What has to be done with values to give what is taken: read, function, flip."""
        for read, value in values:
            for function, apply in functions:
                for flipped in (False, True):
                    if _fits(apply(value), taken, flipped):
                        yield read, function, flipped

    def is_read(self):
        self.read, self.time = True, None
        self.begins = []

    def joined(self, value, before):
        """What makes one layer of several, what it gives, and the functions that may follow it."""
        for place, begin in self.begins:
            if begin.shape == value.shape and self.can_be_residual(place):
                for function, apply in self.functions():
                    yield (
                        lambda place=place, function=function: self.put_residual(place, function),
                        self.readings(apply(value) + begin),
                        FUNCTIONS,
                    )
        if self.time is not None and value.dim() == 3:
            for place, pooled, hidden, score, name in self.pooled(value, before):
                yield (
                    lambda place=place, layers=(hidden, score), name=name: self.put_attention(
                        place, *layers, name
                    ),
                    [("all", pooled)],
                    FUNCTIONS,
                )

    def can_be_residual(self, place):
        kinds = {layer["kind"] for layer in self.found[place:]}
        return not kinds & {"OneHot", "Embedding", "Read", "Attention"}

    def put_residual(self, place, function):
        inside = self.found[place:] + ([_describe("", function)] if function else [])
        self.found[place:] = [{"kind": "Residual", "layers": inside}]
        self.begins = [item for item in self.begins if item[0] <= place]

    def pooled(self, value, before):
        """Sums over time weighted by attention: where it begins, the sum, W, v and its name."""
        kinds = [layer["kind"] for layer in self.found]
        weights = None
        if isinstance(before.part, nn.Softmax) and self.is_softmax_over_time(before):
            weights = value
            kinds.pop()
        count = len(kinds)
        begins = dict(self.begins)
        if kinds[-1:] == ["Linear"] and self.found[count - 1]["out_features"] == 1:
            weights = functional.softmax(value, dim=self.time) if weights is None else weights
            score = self.found[count - 1]
            yield count - 1, self.pool(weights, begins[count - 1]), None, score, None
            if kinds[-3:] == ["Linear", "Tanh", "Linear"]:
                begin = begins[count - 3]
                yield count - 3, self.pool(weights, begin), self.found[count - 3], score, None
        elif weights is None:
            yield from self.pooled_by_parameters(value, kinds, begins)

    def pooled_by_parameters(self, value, kinds, begins):
        for name, v in self.own.items():
            scored = [(len(kinds), value, value, None)]
            if kinds[-1:] == ["Linear"]:
                place = len(kinds) - 1
                scored.append((place, begins[place], torch.tanh(value), self.found[place]))
            if kinds[-2:] == ["Linear", "Tanh"]:
                place = len(kinds) - 2
                scored.append((place, begins[place], value, self.found[place]))
            for place, begin, features, hidden in scored:
                if v.numel() == features.shape[-1]:
                    weights = functional.softmax(features @ v.reshape(-1, 1), dim=self.time)
                    score = {"kind": "Linear", "name": name, "in_features": v.numel()}
                    score.update(out_features=1, bias=False)
                    yield place, self.pool(weights, begin), hidden, score, name

    def pool(self, weights, begin):
        return (weights * begin).sum(self.time)

    def put_attention(self, place, hidden, score, name):
        self.found[place:] = [{"kind": "Attention", "hidden": hidden, "score": score}]
        if name is not None:
            self.more[name + ".weight"] = self.own.pop(name).reshape(1, -1)
        self.is_read()

    def functions(self):
        """Those that change anything: ReLU and its like do nothing after some others."""
        if self.found[-1]["kind"] in ("ReLU", "Sigmoid", "Softmax", "Softplus"):
            return [item for item in FUNCTIONS if not isinstance(item[0], SAME_IF_POSITIVE)]
        return FUNCTIONS

    def readings(self, y, before=None):
        """What can be read over time of a value, the output of a module if that is given."""
        yield "all", y
        if self.time is None or y.dim() < 2:
            return
        yield "last", y.select(self.time, -1)
        if before and isinstance(before.part, RECURRENT) and before.part.bidirectional:
            yield "final", before.final()
        yield "max", y.max(dim=self.time).values
        yield "mean", y.mean(dim=self.time)


def _kind(function):
    return type(function).__name__ if function else "nothing"


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
    return _stored(
        {
            f"{name}.{key}" if name else key: parameter.detach()
            for name, part in parts
            for key, parameter in part.named_parameters(recurse=False)
        }
    )


def _stored(tensors):
    for name, tensor in tensors.items():
        if tensor.dtype not in DTYPES:
            raise ExportError(f"{name} is of {tensor.dtype}; call module.float() first")
    return {name: tensor.cpu().contiguous() for name, tensor in tensors.items()}


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
