# SPDX-License-Identifier: Apache-2.0
"""safetensors files whose header is broken or lies."""

import json
import struct

import torch

import containers
import networks
from hostile.good import Bad, good_weights


def layout(shift=None, by=0):
    """Header and data of the good weights; from one tensor on, all lie `by` bytes further."""
    header, data, moved = {}, b"", 0
    for name, tensor in sorted(good_weights().items()):
        content = containers.tensor_bytes(tensor)
        if name == shift:
            moved = by
            data += b"\xee" * by if by > 0 else b""
        begin = len(data) if moved >= 0 else len(data) + moved
        header[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [begin, begin + len(content)],
        }
        data = data[:begin] + content
    return header, data


def safetensors():
    header, data = layout()
    text = json.dumps(header)
    name = "fc.weight"  # the second tensor: [2, 2], bytes 8 to 24

    def file(case, about, expect, content):
        return Bad(f"{case}.safetensors", about, expect, content)

    def raw(case, about, header_bytes, expect="header"):
        content = containers.safetensors_bytes(header_bytes, data)
        return file(case, about, expect, content)

    def entry(case, about, expect=name, **changes):
        changed = {**header, name: {**header[name], **changes}}
        changed[name] = {key: value for key, value in changed[name].items() if value is not None}
        return raw("entry-" + case, about, json.dumps(changed).encode(), expect)

    good = containers.safetensors_bytes(text.encode(), data)
    yield file("empty", "No bytes at all.", "empty", b"")
    yield file("short", "Five bytes.", "header", good[:5])
    yield file("truncated-header", "Cut inside the header.", "header", good[:100])
    yield file("truncated-data", "Cut inside the last tensor.", "lstm.weight_ih_l0", good[:-7])
    yield file("trailing-bytes", "Bytes that no tensor owns at the end.", "bytes", good + bytes(16))
    for power in (62, 63):
        length = struct.pack("<Q", 1 << power)
        yield file(
            f"header-2e{power}", f"A header of 2^{power} bytes.", "header", length + good[8:]
        )
    beyond = struct.pack("<Q", len(good)) + good[8:]
    yield file("header-beyond", "A header longer than the file.", "header", beyond)
    none = struct.pack("<Q", 0) + data
    yield file("header-none", "A header of no bytes.", "header", none)

    yield raw("not-json", "Text that is not JSON.", b"fc.weight: F32 [2, 2]", "JSON")
    yield raw("not-closed", "JSON that stops early.", text[:-1].encode(), "JSON")
    yield raw(
        "not-utf8", "Bytes that are not UTF-8.", text.replace("fc.", "f\u00fc.").encode("latin-1")
    )
    yield raw("array", "A JSON array.", b"[1, 2, 3]")
    yield raw("deep", "10 000 nested arrays.", b"[" * 10_000 + b"]" * 10_000)
    yield raw(
        "long-number", "An offset of 5 000 digits.", text.replace("24]", "9" * 5000 + "]").encode()
    )
    twice = text[:-1] + f', "{name}": {json.dumps(header[name])}}}'
    yield raw("duplicate", "One name twice.", twice.encode(), name)
    yield raw("no-tensors", "No tensors.", b'{"__metadata__": {"format": "pt"}}', "tensor")

    overlapping = layout(name, -8)
    hole = layout(name, 16)
    for case, about, (moved, content), expect in (
        ("overlap", "Two tensors share bytes.", overlapping, "overlap"),
        ("hole", "Bytes between two tensors.", hole, "bytes"),
    ):
        encoded = json.dumps(moved).encode()
        yield file(case, about, expect, containers.safetensors_bytes(encoded, content))

    yield entry("beyond", "Offsets beyond the file.", data_offsets=[1 << 40, (1 << 40) + 16])
    yield entry("reversed", "It ends before it begins.", data_offsets=[24, 8])
    yield entry("negative-offset", "A negative offset.", data_offsets=[-8, 8])
    yield entry("huge-offset", "Offsets beyond 64 bits.", data_offsets=[2**64, 2**64 + 16])
    yield entry("fraction", "A fractional offset.", data_offsets=[8.5, 24.5])
    yield entry("one-offset", "One offset instead of two.", data_offsets=[8])
    yield entry("length", "Its bytes do not fit shape and dtype.", shape=[2, 3])
    yield entry("dtype", "A dtype that does not exist.", "F31", dtype="F31")
    yield entry("no-dtype", "No dtype.", dtype=None)
    yield entry("integers", "Integers where floats belong.", dtype="I32")
    yield entry("no-shape", "No shape.", shape=None)
    yield entry("shape-text", "A shape that is text.", shape="2x2")
    yield entry("overflow", "A shape whose product leaves 64 bits.", shape=[2**33, 2**33])
    yield entry("overflow-to-length", "It wraps to 4 elements.", shape=[2**62 + 1, 4])
    yield entry("negative-shape", "A negative size.", shape=[-2, 2])
    yield entry("negative-shapes", "Two negative sizes, product 4.", shape=[-2, -2])

    torch.manual_seed(7)
    ambiguous = containers.pack_safetensors(networks.SquareLayers().state_dict())
    yield file("ambiguous", "Two Linears of one shape: which is first?", "--order", ambiguous)
