# SPDX-License-Identifier: Apache-2.0
"""Writes the ONNX goldens, in ../resources/goldens/onnx: see README.md.

    NAME.onnx      what `lstm4j convert` imports
    NAME.npz       as make_goldens.py has it
    onnx.json      the manifest, as make_goldens.py has it
    bad/           models to be refused, and their manifest bad.json
"""

import copy
import logging
import warnings
import zlib

import numpy as np
import torch

from make_goldens import GOLDENS, default_dtype, seed, write_manifest
from onnx_models import bad, exported, opsets, written

FOLDER = GOLDENS / "onnx"
STEPS, BATCH = 6, 2


def draw(case, shape):
    if case.tokens:
        return torch.randint(case.tokens, shape)
    return 1.5 * torch.randn(*shape)


def flat(results):
    """All tensors of nested tuples, in order."""
    if torch.is_tensor(results):
        return [results]
    return [tensor for part in results for tensor in flat(part)]


def export(case, network):
    example = [draw(case, case.example or case.x).to(torch.float32 if not case.tokens else None)]
    example += [torch.zeros(case.state) for _ in range(2 if case.state else 0)]
    example = [x.to(case.dtype) if x.is_floating_point() else x for x in example]
    names = ["x", "h0", "c0"][: len(example)]
    axes = {axis: f"axis{axis}" for axis in case.dynamic}
    torch.onnx.export(
        network,
        tuple(example),
        FOLDER / (case.name + ".onnx"),
        opset_version=case.opset,
        input_names=names,
        output_names=["out", "hn", "cn"][: len(flat(network(*example)))],
        dynamic_axes={"x": axes} if axes else None,
        **case.export,
    )


def golden(case, network):
    seed(case.name + ".npz")
    x = draw(case, case.x)
    given = [0.5 * torch.randn(case.state) for _ in range(2 if case.state else 0)]
    arrays = {"tokens" if case.tokens else "x": x, **dict(zip(("h0", "c0"), given))}
    for suffix, dtype in (("", torch.float64), ("_f32", torch.float32)):
        evaluated = copy.deepcopy(network).to(torch.float32).to(dtype)
        arguments = [a.to(dtype) if a.is_floating_point() else a for a in (x, *given)]
        with torch.no_grad():
            results = flat(evaluated(*arguments))
        for key, value in zip(("out", "hn", "cn"), results):
            arrays[key + suffix] = value
    return {key: np.ascontiguousarray(value.numpy()) for key, value in arrays.items()}


def export_all():
    for case in exported.EXPORTED:
        seed(case.name)
        with default_dtype(case.dtype):
            network = case.network().eval()
        export(case, network)
        np.savez(FOLDER / (case.name + ".npz"), **golden(case, network))
        yield case


def write_all():
    cases = [(written, case) for case in written.WRITTEN]
    cases += [(opsets, case) for case in opsets.NEWER]
    for writer, case in cases:
        rng = np.random.default_rng(zlib.crc32(case.name.encode()))
        model, weights = writer.model(case, rng, STEPS, BATCH)
        (FOLDER / (case.name + ".onnx")).write_bytes(model.SerializeToString())
        arrays = writer.golden(case, rng, weights, STEPS, BATCH)
        np.savez(FOLDER / (case.name + ".npz"), **arrays)
        yield case


def write_bad():
    manifest = []
    for file, options, about, expect, content in bad.files():
        (FOLDER / "bad" / file).write_bytes(content)
        manifest.append({"file": file, "options": options, "about": about, "expect": expect})
    write_manifest(FOLDER / "bad" / "bad.json", manifest)
    return len(manifest)


def main():
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    (FOLDER / "bad").mkdir(parents=True, exist_ok=True)
    for path in FOLDER.rglob("*"):
        if path.is_file():
            path.unlink()
    manifest = [
        {
            "name": case.name,
            "checkpoint": case.name + ".onnx",
            "golden": case.name + ".npz",
            "options": list(getattr(case, "options", ())),
            "about": case.about,
        }
        for case in (*export_all(), *write_all())
    ]
    write_manifest(FOLDER / "onnx.json", manifest)
    refused = write_bad()
    size = sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file())
    print(f"{len(manifest)} goldens, {refused} models to be refused, {size} bytes")


if __name__ == "__main__":
    main()
