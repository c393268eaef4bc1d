# SPDX-License-Identifier: Apache-2.0
"""NumPy archives that are damaged, that lie, or that inflate without end."""

import io
import pickle
import posix
import struct

import numpy as np

from hostile.archives import content_offset, deflated, flipped, zipped_with_repeats
from hostile.good import Bad, good_weights, zipped
from hostile.pickles import PWN, Call


def arrays():
    entries = [(name + ".npy", npy(tensor.numpy())) for name, tensor in good_weights().items()]
    good = zipped(entries)
    name = "fc.weight"

    def file(case, about, expect, content):
        return Bad(f"npz-{case}.npz", about, expect, content)

    def entry(case, about, content, expect=name, pack=zipped):
        changed = [(key, content if key == name + ".npy" else body) for key, body in entries]
        return file(case, about, expect, pack(changed))

    def header(case, about, text, expect=name):
        return entry(case, about, with_header(text) + bytes(16), expect)

    data_at = content_offset(good, name + ".npy")
    yield file("truncated", "Cut inside an array.", "whole", good[: data_at + 140])
    yield file("cut-end", "Cut one byte before the end.", "whole", good[:-1])
    yield file("flipped", "A bit flipped in an element.", "checksum", flipped(good, data_at + 130))
    twice = zipped_with_repeats([*entries, (name + ".npy", npy(np.zeros((2, 2), "f4")))])
    yield file("duplicate", "One name twice.", name, twice)
    other = zipped([*entries, ("notes.txt", b"not an array")])
    yield file("no-array", "An entry that is no array.", "notes.txt", other)
    parent = zipped([*entries, ("../../evil.npy", npy(np.zeros(2, "f4")))])
    yield file("parent", "An array named like a file outside.", "evil", parent)
    nothing = npy(np.zeros((0,), "f4"))
    yield file("no-network", "Arrays that are no weights.", "x", zipped([("x.npy", nothing)]))

    yield entry("empty-entry", "An entry of no bytes.", b"")
    yield entry("version", "Version 9 of the format.", b"\x93NUMPY\x09\x00" + bytes(80))
    long = b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b"{"
    yield entry("header-4gb", "A header of 4 GB.", long)
    yield header("terabytes", "4 TB declared.", described("(1099511627776,)"))
    yield header("overflow", "A shape whose product leaves 64 bits.", described("(2**40, 2)"))
    yield header("negative", "A negative size.", described("(-2, -2)"))
    yield header("rank", "100 dimensions.", described("(" + "1, " * 100 + ")"))
    yield header("deep", "10 000 nested tuples.", described("(" * 10_000 + ")" * 10_000))
    yield header("no-shape", "No shape.", "{'descr': '<f4', 'fortran_order': False}")
    yield header("code", "A call in the header.", f"__import__('os').system('{PWN}')")
    yield header("text-type", "Elements that are text.", described("(2, 2)", "<U4"))
    yield header("complex", "Complex numbers.", described("(2, 2)", "<c8"))
    call = with_header(described("(1,)", "|O")) + pickle.dumps(Call(posix.system, (PWN,)), 2)
    yield entry("call", "A pickled object that calls posix.system.", call)
    yield entry("short", "Fewer bytes than declared.", npy(np.zeros((2, 2), "f4"))[:-1])
    yield entry("long", "More bytes than declared.", npy(np.zeros((2, 2), "f4")) + b"\0")
    yield entry("integers", "Integers where floats belong.", npy(np.zeros((2, 2), "i4")))
    huge = npy(np.zeros((20, 1 << 18), "f4"))
    yield entry("bomb", "20 MB of zeros, compressed.", huge, "proportion", pack=deflated)


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def described(shape, descr="<f4"):
    return f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}"


def with_header(text):
    """Version 2, whose headers may be long."""
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", len(text) + 1) + text.encode() + b"\n"
