# SPDX-License-Identifier: Apache-2.0
"""Checks that PyTorch loads what `lstm4j export` writes, and computes the goldens with it.

Exports the checkpoint of each case of cases.py and packed.py by the launcher tools/lstm4j, loads the
file into a new network of the case by load_state_dict (strict: every name and shape must be right),
runs it in float32, and compares with the golden. Some two minutes. Exits with 1 when something
differs.

    /usr/bin/python3 check_export.py [NAME ...]
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch

import cases
import packed
from check_goldens import read_safetensors
from make_gradient_goldens import options
from make_goldens import GOLDENS, draw_inputs, evaluate, run_packed, seed

LAUNCHER = pathlib.Path(__file__).resolve().parents[3] / "lstm4j"
TOLERANCE = 2e-6

LEFT_OUT = {
    "attention-additive-parameter": "its v is a parameter there and a Linear here",
}


def is_checked(case):
    return case.name not in LEFT_OUT and "--select" not in case.options


def export(case, network, path):
    checkpoint = GOLDENS / case.file
    words = [LAUNCHER, "export", checkpoint, "-o", path, *options(case, network)]
    run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if run.returncode != 0:
        raise AssertionError(run.stderr)


def difference(case, path):
    """The largest, relative to what is larger than one."""
    seed("another " + case.name)
    network = case.network().float().eval()
    export(case, network, path)
    network.load_state_dict(read_safetensors(path))
    x, states = draw_inputs(case)
    run = {"run": run_packed(case)} if case.lengths else {}
    out, _ = evaluate(network, x, states, torch.float32, **run)
    golden = np.load(GOLDENS / (case.name + ".npz"))["out"]
    assert np.array_equal(np.isnan(golden), np.isnan(out.numpy())), "NaN in other places"
    return np.nanmax(np.abs(out.numpy() - golden)) / max(1, np.nanmax(np.abs(golden)))


def main():
    torch.set_num_threads(1)
    wanted = sys.argv[1:]
    every = (*cases.CASES, *cases.OTHER_CELLS, *packed.CASES)
    chosen = [case for case in every if is_checked(case) and (not wanted or case.name in wanted)]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen:
            worst = difference(case, pathlib.Path(folder) / "state.safetensors")
            failures += not worst < TOLERANCE
            print(f"{case.name:40} {worst:8.1e} {'ok' if worst < TOLERANCE else 'DIFFERS'}", flush=True)
    print(f"{len(chosen)} exports, {failures} differ")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
