# SPDX-License-Identifier: Apache-2.0
"""Prints how much memory PyTorch keeps between the way there and the way back.

For each shape that the benchmark's learning rows have (batch 32, 35 steps): the bytes of all
storages that autograd saved, each counted once, and without the parameters. What is live but not
saved, such as the output itself, does not count, nor do the gradients of the way back.

    benchmarks/run prints the same figure of lstm4j ("Memory for learning").
"""

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

STEPS = 35
BATCH = 32
SHAPES = [(28, 256, 28), (256, 256, 0), (512, 512, 0)]


class Saved:
    """Storages that autograd saved, by their address: all of them live as long as the graph."""

    def __init__(self, module):
        self.parameters = {p.storage().data_ptr() for p in module.parameters()}
        self.bytes = {}

    def pack(self, tensor):
        storage = tensor.storage()
        if storage.data_ptr() not in self.parameters:
            self.bytes[storage.data_ptr()] = storage.nbytes()
        return tensor


class Network(nn.Module):
    def __init__(self, cell, inputs, units, head):
        super().__init__()
        self.cell = cell(inputs, units)
        self.head = nn.Linear(units, head) if head else nn.Identity()

    def forward(self, x):
        return self.head(self.cell(x)[0])


def measure(cell, inputs, units, head):
    network = Network(cell, inputs, units, head)
    saved = Saved(network)
    x = torch.randn(STEPS, BATCH, inputs, requires_grad=True)
    with saved_tensors_hooks(saved.pack, lambda tensor: tensor):
        output = network(x)
    output.backward(torch.randn_like(output))
    return sum(saved.bytes.values())


def main():
    print(f"PyTorch {torch.__version__}, {STEPS} steps of {BATCH} batch rows")
    for cell in (nn.LSTM, nn.GRU, nn.RNN):
        for inputs, units, head in SHAPES:
            size = measure(cell, inputs, units, head)
            label = f"{inputs}x{units}" + (f"+{head}" if head else "")
            floats = size / 4 / STEPS / BATCH
            print(f"{cell.__name__:5}{label:12}{size / 2**20:8.2f} MiB {floats:8.0f} floats a row")


if __name__ == "__main__":
    main()
