# SPDX-License-Identifier: Apache-2.0
"""What check_goldens.py has to know of saved modules: classes, attributes, tensors stored in parts.

A module of TorchScript that was traced has no attributes; there, its code is looked at.
"""

import re

import numpy as np
import torch
from torch import nn

ACTIVATIONS = {
    "ReLU": "relu",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
    "SiLU": "silu",
    "Hardsigmoid": "hard_sigmoid",
    "Softmax": "softmax",
    "LogSoftmax": "log_softmax",
}
RECURRENT = ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")
LAYERS = RECURRENT + ("Linear", "Embedding", "LayerNorm")


def load(path):
    try:
        return torch.jit.load(str(path), map_location="cpu")
    except RuntimeError:
        return torch.load(path, map_location="cpu")


def kind(module):
    name = getattr(module, "original_name", "")
    return name if isinstance(name, str) and name else type(module).__name__


def activation(module):
    """As an option of `convert` has it; nothing if the module is none."""
    name = kind(module)
    if name == "LeakyReLU":
        return f"leaky_relu:{module.negative_slope}"
    if name == "ELU":
        return f"elu:{module.alpha}"
    if name == "GELU":
        return "gelu_tanh" if module.approximate == "tanh" else "gelu"
    if name == "Softplus":
        return f"softplus:{module.beta}:{module.threshold}"
    return ACTIVATIONS.get(name)


class Said:
    """What a module says beyond its tensors; nothing, if it is no module.

    Attributes:
        activations: functions by the name of the layer that is defined before them
        norms: the names of layer norms, each with the layer before it
    """

    def __init__(self, module, select=None):
        self.activations, self.nonlinearities, self.eps, self.norms = {}, {}, {}, {}
        self.batch_first, self.skip = False, 0
        if not isinstance(module, nn.Module):
            return
        if select:
            for name in select.split("."):
                module = getattr(module, name) if hasattr(module, name) else module[name]
        self.skip = getattr(module, "skip", 0) if kind(module) == "SimpleRNN" else 0
        last = None
        for name, part in module.named_modules():
            if kind(part) in LAYERS:
                self.enter(name, part, last)
                last = name
            elif activation(part) and last is not None:
                self.activations.setdefault(last, []).append(activation(part))

    def enter(self, name, part, last):
        code = getattr(part, "code", "") or ""
        call = re.search(r"torch\.(?:lstm|gru|rnn_\w+)\(.*, (True|False)\)", code)
        self.batch_first |= getattr(part, "batch_first", bool(call and call.group(1) == "True"))
        if kind(part).startswith("RNN"):
            relu = "rnn_relu" in code or "torch.relu" in code
            self.nonlinearities[name] = getattr(part, "nonlinearity", "relu" if relu else "tanh")
        if kind(part) == "LayerNorm":
            self.eps[name], self.norms[name] = part.eps, last

    def with_norms(self, order):
        """The order with the layer norms that have no tensors."""
        order = list(order)
        for name, last in self.norms.items():
            if name not in order:
                order.insert(order.index(last) + 1 if last in order else 0, name)
        return order


# One network in many files


def unwrapped(loaded):
    """The module or dict that a wrapper, or a dict beside other things, holds."""
    if isinstance(loaded, nn.DataParallel):
        return loaded.module
    if isinstance(loaded, dict):
        for value in loaded.values():
            if isinstance(value, nn.Module):
                return value
    return loaded


def computed(weights):
    """A state dict as {name: float64 array}, weights that are stored in parts computed."""
    arrays = {name: tensor.detach().double().numpy() for name, tensor in weights.items()}
    for name in list(arrays):
        module, _, parameter = name.rpartition(".")
        if parameter.endswith("_g"):
            arrays[name[:-2]] = weight_norm(arrays[name], arrays[name[:-2] + "_v"])
        elif parameter == "original0":
            plain = module.replace("parametrizations.", "")
            arrays[plain] = weight_norm(arrays[name], arrays[module + ".original1"])
        elif parameter.endswith("_orig") and name[:-5] + "_mask" in arrays:
            arrays[name[:-5]] = arrays[name] * arrays[name[:-5] + "_mask"]
        elif parameter.endswith("_orig"):
            u, v = (arrays[name[:-5] + end] for end in ("_u", "_v"))
            arrays[name[:-5]] = arrays[name] / (u @ arrays[name] @ v)
        elif parameter == "original":
            u, v = (arrays[f"{module}.0._{end}"] for end in "uv")
            plain = module.replace("parametrizations.", "")
            arrays[plain] = arrays[name] / (u @ arrays[name] @ v)
    return arrays


def weight_norm(g, v):
    """The norm is over the dimensions that g lacks."""
    axes = tuple(i for i in range(v.ndim) if g.ndim == 0 or g.shape[i] == 1)
    return g * v / np.sqrt((v**2).sum(axis=axes, keepdims=True))


def constants(script):
    """The tensors that a frozen module has in place of parameters."""
    nodes = script.graph.findAllNodes("prim::Constant", recurse=True)
    return {
        node.output().debugName(): node.t("value").double().numpy()
        for node in nodes
        if node.hasAttribute("value") and node.kindOf("value") == "t"
    }
