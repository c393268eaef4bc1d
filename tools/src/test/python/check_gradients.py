# SPDX-License-Identifier: Apache-2.0
"""Checks every golden of gradients by central differences of the NumPy evaluation.

Nothing here is PyTorch's autograd. The loss is computed in float64 by check_goldens.py, from the
checkpoint and the options alone; each array of gradients G is checked along one random direction d:

    (loss(p + eps d) - loss(p - eps d)) / (2 eps)  must be  sum(G * d)

which any wrong element of G breaks. Exits with 1 when something differs.
"""

import json
import sys
import zlib

import numpy as np

from check_goldens import GOLDENS, Network, results

# Small, so that no ReLU has its kink between the two.
EPS = 1e-6
TOLERANCE = 1e-7


def loss(network, golden):
    """sum(out * wo) + sum(hn * wh) + sum(cn * wc)."""
    if "lengths" in golden:
        return sum(loss(network, row) for row in rows(golden, network.batch_first()))
    found = results(network, golden)
    return sum(
        np.sum(found[{"wo": "out", "wh": "hn", "wc": "cn"}[key[:2]] + key[2:]] * golden[key])
        for key in golden
        if key[:2] in ("wo", "wh", "wc")
    )


def rows(golden, batch_first):
    """Each sequence of a batch as a golden of its own, cut off at its length."""
    batch = 0 if batch_first else 1
    for row, length in enumerate(golden["lengths"]):
        one = slice(row, row + 1)
        alone = {}
        for key, array in golden.items():
            in_time = key in ("x", "tokens") or (key == "wo" and array.ndim == 3)
            if in_time:
                alone[key] = array[one, :length] if batch == 0 else array[:length, one]
            elif key == "wo":
                alone[key] = array[one]
            elif key[:2] in ("h0", "c0", "wh", "wc"):
                alone[key] = array[..., one, :]
        yield alone


def with_states(golden):
    """Zeros where a golden gives no initial state."""
    states = {
        key[5:]: np.zeros_like(gradient)
        for key, gradient in golden.items()
        if key.startswith(("grad_h0", "grad_c0")) and "_f32" not in key
    }
    given = {
        key: array if key in ("tokens", "lengths") else array.astype(np.float64)
        for key, array in golden.items()
    }
    return {**states, **given}


def gradient_keys(golden):
    return [key for key in golden if key.startswith(("grad_", "grad.")) and "_f32" not in key]


def moved(network, golden, key, step):
    """The loss with one array moved."""
    if not key.startswith("grad."):
        name = key[len("grad_") :]
        return loss(network, {**golden, name: golden[name] + step})
    module, _, local = key[len("grad.") :].rpartition(".")
    tensors = network.modules[module]
    before = tensors[local]
    tensors[local] = before + step
    try:
        return loss(network, golden)
    finally:
        tensors[local] = before


def difference(network, golden, key):
    """How far the slope along a direction is from the gradient's, over the gradient's norm."""
    gradient = golden[key]
    random = np.random.default_rng(zlib.crc32(key.encode()))
    direction = random.standard_normal(gradient.shape)
    slope = (
        moved(network, golden, key, EPS * direction) - moved(network, golden, key, -EPS * direction)
    ) / (2 * EPS)
    return abs(slope - np.sum(gradient * direction)) / max(1, np.linalg.norm(gradient))


def main():
    folder = GOLDENS / "gradients"
    entries = json.loads((folder / "gradients.json").read_text(encoding="utf-8"))
    failures = arrays = 0
    for entry in entries:
        network = Network(folder, entry)
        golden = with_states(dict(np.load(folder / entry["golden"])))
        keys = gradient_keys(golden)
        worst = max(difference(network, golden, key) for key in keys)
        good = worst < TOLERANCE
        failures += not good
        arrays += len(keys)
        print(f"{entry['name']:40} {worst:8.1e} {'ok' if good else 'DIFFERS'}")
    print(f"{len(entries)} goldens of {arrays} gradients, {failures} differ")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
