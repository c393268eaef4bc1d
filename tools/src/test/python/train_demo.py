# SPDX-License-Identifier: Apache-2.0
"""Trains the network of `lstm4j demo`: a forecaster of the Mackey-Glass series.

Writes, beside the demo's other resources, mackey-glass.pt (a checkpoint as training scripts save
it) and mackey-glass.npz: `x` [1000, 1, 1], a stretch of the series that was not trained on, `out`
and `out_f32`, PyTorch's forecasts for it in float64 and float32, and `truth` [1000], the values
that were to be forecast. Takes about a minute on two cores.
"""

import copy
import pathlib

import numpy as np
import torch

from networks import LstmLinear

DEMO = pathlib.Path(__file__).resolve().parents[2] / "main/resources/org/lstm4j/tools/demo"

TAU = 17.0  # chaotic from about 16.8 on
INTEGRATION_STEP = 0.1
SAMPLING_INTERVAL = 2.0  # about 25 samples in one swing of the series
HORIZON = 6  # samples ahead
TRAINING_SAMPLES = 8000
HELD_OUT_SAMPLES = 1000
WARM_UP = 40  # time steps of a window that the loss leaves out: the state is still filling

WINDOW = 240
BATCH = 32
EPOCHS = 60
STEPS_PER_EPOCH = 25


def mackey_glass(samples):
    """dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x(t) (Mackey and Glass, Science 1977).

    Fourth-order Runge-Kutta; the delayed value in the middle of a step is the mean of its ends.
    The first 1000 units of time, which still remember the constant beginning, are left out.
    """
    dt = INTEGRATION_STEP
    delay = round(TAU / dt)
    stride = round(SAMPLING_INTERVAL / dt)
    settling = round(1000 / dt)
    values = [1.2] * (delay + 1)

    def slope(x, delayed):
        return 0.2 * delayed / (1 + delayed**10) - 0.1 * x

    for _ in range(settling + samples * stride):
        x = values[-1]
        begin, end = values[-1 - delay], values[-delay]
        middle = (begin + end) / 2
        k1 = slope(x, begin)
        k2 = slope(x + dt / 2 * k1, middle)
        k3 = slope(x + dt / 2 * k2, middle)
        k4 = slope(x + dt * k3, end)
        values.append(x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return np.array(values[-samples * stride :: stride], dtype=np.float32)


def windows(series):
    """Random windows of the series and their values HORIZON samples later, [T, B, 1] each."""
    starts = torch.randint(len(series) - WINDOW - HORIZON, (BATCH,))
    inputs = torch.stack([series[start : start + WINDOW] for start in starts], dim=1)
    targets = torch.stack([series[start + HORIZON :][:WINDOW] for start in starts], dim=1)
    return inputs.unsqueeze(-1), targets.unsqueeze(-1)


def train(network, series):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS * STEPS_PER_EPOCH)
    for epoch in range(EPOCHS):
        total = 0.0
        for _ in range(STEPS_PER_EPOCH):
            x, target = windows(series)
            out, _ = network(x, {})
            loss = torch.nn.functional.mse_loss(out[WARM_UP:], target[WARM_UP:])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1:3}: mean squared error {total / STEPS_PER_EPOCH:.2e}")
    return total / STEPS_PER_EPOCH


def forecast(network, x, dtype):
    with torch.no_grad():
        out, _ = copy.deepcopy(network).to(dtype)(x.to(dtype), {})
    return out.numpy()


def report(forecasts, x, truth):
    """Root mean squared errors over the spread of the series; 1 is what its mean would give."""
    scale = truth[WARM_UP:].std()

    def error(prediction):
        return np.sqrt(np.mean((prediction[WARM_UP:] - truth[WARM_UP:]) ** 2)) / scale

    print(f"held out: {error(forecasts):.4f} of the spread; the last value {error(x):.4f}")


def main():
    torch.manual_seed(0)
    series = mackey_glass(TRAINING_SAMPLES + HELD_OUT_SAMPLES + HORIZON)
    network = LstmLinear(1, 32, 1)
    loss = train(network, torch.from_numpy(series[:TRAINING_SAMPLES]))
    network.eval()

    held_out = series[TRAINING_SAMPLES:]
    x = torch.from_numpy(held_out[:HELD_OUT_SAMPLES].reshape(-1, 1, 1))
    truth = held_out[HORIZON:]
    out = forecast(network, x, torch.float64)
    report(out.ravel(), x.numpy().ravel(), truth)

    DEMO.mkdir(parents=True, exist_ok=True)
    torch.save(
        {"epoch": EPOCHS, "model_state_dict": network.state_dict(), "loss": loss},
        DEMO / "mackey-glass.pt",
    )
    out_f32 = forecast(network, x, torch.float32)
    np.savez(DEMO / "mackey-glass.npz", x=x.numpy(), out=out, out_f32=out_f32, truth=truth)


if __name__ == "__main__":
    main()
