# SPDX-License-Identifier: Apache-2.0
"""What `lstm4j program sine` trains, in PyTorch: the spread of its losses over seeds.

    /usr/bin/python3 train_sine.py [EPOCHS]    # 20,000 unless given
"""

import sys
import time

import numpy as np
import torch
from torch import nn

SEEDS = range(1, 11)
STEPS = 5
WINDOWS = 193
VALIDATION_WINDOWS = 39


class SineForecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 10)
        self.head = nn.Linear(10, 1)

    def forward(self, x):
        return self.head(self.lstm(x)[0][-1])


def windows():
    """All windows, [time step, window, 1], and the value after each, [window, 1]."""
    series = torch.from_numpy(np.sin(-10 + 0.1 * np.arange(200)).astype(np.float32))
    x = torch.stack([series[i : i + STEPS] for i in range(WINDOWS)], dim=1)
    return x.unsqueeze(2), series[STEPS : STEPS + WINDOWS].unsqueeze(1)


def train(seed, epochs):
    torch.manual_seed(seed)
    model = SineForecast()
    x, y = windows()
    order = torch.randperm(WINDOWS)
    validation, training = order[:VALIDATION_WINDOWS], order[VALIDATION_WINDOWS:]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    loss_of = nn.MSELoss()
    first = None
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = loss_of(model(x[:, training]), y[training])
        loss.backward()
        optimizer.step()
        first = loss.item() if first is None else first
        if loss.item() <= 1e-4:
            break
    with torch.no_grad():
        return first, loss.item(), loss_of(model(x[:, validation]), y[validation]).item()


def main():
    epochs = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    torch.set_num_threads(1)
    for seed in SEEDS:
        start = time.time()
        first, last, validation = train(seed, epochs)
        seconds = time.time() - start
        print(
            f"seed {seed}: loss {first:.3g} at first, {last:.3g} at last,"
            f" {validation:.3g} of the windows held back, {seconds:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
