# SPDX-License-Identifier: Apache-2.0
"""Whole modules, old formats and NumPy arrays that cannot be read, or exhaust whoever tries."""

import collections
import copy
import io
import pickle
import posix
import struct
import tarfile

import numpy as np
import torch
from torch import nn

import networks
from hostile.archives import content_offset, deflated, flipped
from hostile.good import (
    Bad,
    archive,
    good_network,
    good_weights,
    legacy_file,
    saved,
    unzipped,
    zipped,
)
from hostile.pickles import PROTO_2, PWN, Call, short_string


def modules():
    yield from endless_modules()
    yield from tensors_without_values()
    yield from legacy_files()
    yield from other_formats()
    yield from numpy_arrays()
    yield from oldest_protocols()
    yield from scripts()


def endless_modules():
    itself = good_network()
    itself.add_module("self", itself)
    yield Bad("module-cyclic.pt", "A module that contains itself.", "nested", saved(itself))
    deep = nn.Module()
    for _ in range(60):
        deep = nn.Sequential(deep)
    yield Bad("module-deep.pt", "60 nested modules.", "nested", saved(deep))
    laughs = nn.Module()
    for _ in range(30):
        laughs = nn.ModuleDict({"a": laughs, "b": laughs})
    yield Bad("module-laughs.pt", "2^30 modules by sharing.", "modules", saved(laughs))
    called = good_network()
    called.hook = Call(posix.system, (PWN,))
    yield Bad("module-call.pt", "A module with a call inside.", "posix.system", saved(called))
    for file, about, data_pkl in shared_state():
        content = deflated(unzipped(archive(data_pkl)))
        yield Bad(file, about, "no tensors", content)
    for attribute, value, expect in (
        ("parameters", "none", "--select"),
        ("modules", [1, 2], "no weights"),
    ):
        wrong = good_network()
        setattr(wrong, "_" + attribute, value)
        about = f"A module whose {attribute} are no dict."
        yield Bad(f"module-{attribute}.pt", about, expect, saved(wrong))
    loss = nn.CrossEntropyLoss()
    yield Bad("module-without-weights.pt", "A module without tensors.", "no tensors", saved(loss))


def shared_state():
    """Objects that share what is in them: whoever walks over it for each has no end."""
    shared = pickle.BINGET + b"\x01" + pickle.BINGET + b"\x02"
    call = pickle.GLOBAL + b"builtins\nset\n" + pickle.BINPUT + b"\x01" + pickle.POP
    items = pickle.MARK + pickle.NONE * 300_000 + pickle.TUPLE + pickle.BINPUT + b"\x02"
    sets = (shared + pickle.TUPLE1 + pickle.REDUCE) * 120_000
    parts = (PROTO_2, call, items, pickle.POP, pickle.MARK, sets, pickle.LIST, pickle.STOP)
    yield "shared-sets.pt", "120 000 sets of the same 300 000 items.", b"".join(parts)

    kind = pickle.GLOBAL + b"net\nNet\n" + pickle.BINPUT + b"\x01" + pickle.POP
    keys = b"".join(pickle.BININT2 + struct.pack("<H", i) + pickle.NONE for i in range(30_000))
    state = pickle.EMPTY_DICT + pickle.MARK + keys + pickle.SETITEMS + pickle.BINPUT + b"\x02"
    first, second = shared[:2], shared[2:]
    one = first + pickle.EMPTY_TUPLE + pickle.NEWOBJ + second + pickle.BUILD
    objects = pickle.MARK + one * 150_000 + pickle.LIST
    parts = (PROTO_2, kind, state, pickle.POP, objects, pickle.STOP)
    yield "shared-state.pt", "150 000 objects of the same 30 000 attributes.", b"".join(parts)


def tensors_without_values():
    name = "fc.weight"
    meta = {**good_weights(), name: torch.ones(2, 2, device="meta")}
    yield Bad("tensor-meta.pt", "A tensor without storage.", name, saved(meta))
    quantised = torch.quantize_per_tensor(torch.ones(2, 2), 0.5, 0, torch.qint8)
    quantised = {**good_weights(), name: quantised}
    yield Bad("tensor-quantised.pt", "A quantised tensor.", name + " is a quant", saved(quantised))
    lazy = nn.LazyLinear(2)
    yield Bad("module-lazy.pt", "A lazy module without input.", "weight has no", saved(lazy))
    square = copy.deepcopy(good_network())
    nn.utils.parametrizations.orthogonal(square.fc)
    yield Bad("orthogonal.pt", "A parametrization.", name + " param", saved(square.state_dict()))


def legacy_files():
    good = legacy_file()
    first = struct.pack("<q", good_weights()["lstm.weight_ih_l0"].numel())
    at = good.index(first, len(good) - 400)
    cuts = {"magic": 12, "pickle": 200, "count": at + 4, "storage": at + 12, "end": len(good) - 1}
    for name, length in cuts.items():
        yield Bad(f"legacy-cut-{name}.pt", "Legacy, truncated.", "damaged", good[:length])
    many = good[:at] + struct.pack("<q", 2**61) + good[at + 8 :]
    yield Bad("legacy-count.pt", "Legacy, 2^61 elements.", "truncated", many)
    fewer = good[:at] + struct.pack("<q", -1) + good[at + 8 :]
    yield Bad("legacy-negative.pt", "Legacy, -1 elements.", "truncated", fewer)
    call = saved(
        {"lstm.weight_ih_l0": Call(posix.system, (PWN,))}, _use_new_zipfile_serialization=False
    )
    yield Bad("legacy-call.pt", "Legacy, a call of posix.system.", "posix.system", call)


    itself = {}
    itself["state_dict"] = itself
    cyclic = saved(itself, _use_new_zipfile_serialization=False)
    yield Bad("legacy-cyclic.pt", "Legacy, a dict that contains itself.", "tensor", cyclic)

    head = good.index(pickle.PROTO + b"\x02", good.index(b"type_sizes"))

    def pickled_as(case, about, expect, *opcodes):
        content = good[:head] + PROTO_2 + b"".join(opcodes) + pickle.dumps([], 2)
        return Bad(f"legacy-{case}.pt", "Legacy, " + about, expect, content)

    lists = pickle.EMPTY_LIST * 15_000 + pickle.APPEND * 14_999 + pickle.STOP
    yield pickled_as("deep", "15 000 nested lists.", "nested", lists)
    number = pickle.LONG4 + struct.pack("<i", 2**31 - 1) + b"abc" + pickle.STOP
    yield pickled_as("bomb", "an integer of 2 GB.", "integer of", number)
    dict_and_number = pickle.EMPTY_DICT + pickle.STOP + PROTO_2 + pickle.BININT1 + b"\x07."
    yield pickled_as("keys", "a number for the list of storages.", "storages", dict_and_number)


def other_formats():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            archive.addfile(tarfile.TarInfo(name))
    yield Bad("tar.pt", "A tar archive.", "0.1.10", buffer.getvalue())
    program = {"archive/archive_format": b"pt2", "archive/models/model.json": b"{}"}
    yield Bad("export-2.pt2", "torch.export.", "torch.export", zipped(program.items()))
    program = {"serialized_exported_program.json": b"{}", "version": b"5.1"}
    yield Bad("export-1.pt2", "Older torch.export.", "torch.export", zipped(program.items()))
    old = {"net/model.json": b"{}", "net/tensors/0": bytes(16)}
    yield Bad("torchscript-1.0.pt", "Older TorchScript.", "1.4", zipped(old.items()))


def oldest_protocols():
    weights = good_weights()
    protocol = "protocol 0"
    yield Bad("protocol-0.pt", "Protocol 0 in a zip.", protocol, saved(weights, pickle_protocol=0))
    legacy = saved(weights, pickle_protocol=0, _use_new_zipfile_serialization=False)
    yield Bad("legacy-protocol-0.pt", "Protocol 0 in the legacy format.", protocol, legacy)
    arrays = {name: tensor.numpy() for name, tensor in weights.items()}
    for number in (0, 1):
        content = pickle.dumps(arrays, number)
        yield Bad(f"numpy-protocol-{number}.pkl", "Arrays, without header.", protocol, content)


def numpy_arrays():
    name = "lstm.weight_ih_l0"

    def array(file, about, *state, expect=name):
        return Bad(f"numpy-{file}.pkl", about, expect, pickle.dumps({name: Array(state)}, 2))

    f4 = np.dtype("f4")
    yield array("terabytes", "4 TB declared.", 1, (1 << 20, 1 << 20), f4, False, bytes(16))
    yield array("short", "Fewer bytes than declared.", 1, (2, 2), f4, False, bytes(15))
    yield array("negative", "A negative size.", 1, (-2, 2), f4, False, bytes(16))
    yield array("text", "Text for its elements.", 1, (2,), np.dtype("O"), False, ["a", "b"])
    yield array("no-type", "No type.", 1, (2, 2), None, False, bytes(16))
    content = bytes(1 << 15)
    repeated = {f"w{i}": Array((1, (1 << 13,), f4, False, content)) for i in range(800)}
    laughs = pickle.dumps(repeated, 4)
    yield Bad("numpy-laughs.pkl", "800 arrays of the same bytes.", "proportion", laughs)


class Array:
    """Pickles as a NumPy array with any state."""

    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        return np.core.multiarray._reconstruct, (np.ndarray, (0,), b"b"), self.state


class Loop(nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return self.network(x, {})[0]


def script(module):
    """The bytes of torch.jit.save, without what differs from one run to the next."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    return zipped((n, body) for n, body in unzipped(buffer.getvalue()) if "debug" not in n)


def scripts():
    """A frozen LSTM whose code names constants that it has not, and one without constants."""
    torch.manual_seed(7)
    module = torch.jit.freeze(torch.jit.script(networks.Forward(3, 2, 2).eval()))
    entries = collections.OrderedDict(unzipped(script(module)))
    code = next(name for name in entries if name.endswith(".py"))
    beyond = {**entries, code: entries[code].replace(b"CONSTANTS.c", b"CONSTANTS.c90")}
    yield Bad("frozen-beyond.pt", "Constants that are not there.", "c0", zipped(beyond.items()))
    none = {name: body for name, body in entries.items() if "constants" not in name}
    yield Bad("frozen-empty.pt", "No constants at all.", "no tensors", zipped(none.items()))
    missing = {name: body for name, body in entries.items() if not name.endswith("constants/1")}
    yield Bad("frozen-missing.pt", "A constant missing.", "constants/1", zipped(missing.items()))
    yield from damaged_scripts(entries, code)
    bracket = {**entries, code: b"class Forward(Module):\n    x = torch.lstm(" + b"(" * 10_000}
    loop = Loop(networks.CellLinear(3, 2, 2)).eval()
    traced = torch.jit.trace(loop, torch.zeros(2, 1, 3))
    yield Bad(
        "frozen-cell.pt",
        "A cell of which tracing and freezing leave products.",
        "before torch.jit.freeze",
        script(torch.jit.freeze(traced)),
    )
    yield Bad("frozen-brackets.pt", "Open brackets.", "c0", zipped(bracket.items()))


def damaged_scripts(entries, code):
    good = zipped(entries.items())
    yield Bad("script-cut.pt", "TorchScript, truncated.", "truncated", good[: len(good) // 2])
    at = content_offset(good, "archive/constants.pkl")
    yield Bad("script-flipped.pt", "A bit flipped in it.", "checksum", flipped(good, at + 2))
    outside = zipped([*entries.items(), ("archive/code/../../../evil.py", b"import os")])
    yield Bad("script-parent.pt", "Code outside the archive.", "outside", outside)

    def packed(case, about, expect, **changed):
        return Bad(f"script-{case}.pt", about, expect, deflated({**entries, **changed}.items()))

    spaces = {code: b" " * (24 << 20)}
    yield packed("bomb-code", "Code of 24 MB of spaces.", "c0", **spaces)
    pushing = PROTO_2 + pickle.NONE * (32 << 20) + pickle.STOP
    for name in ("archive/constants.pkl", "archive/data.pkl"):
        case = "bomb-" + name[8:-4]
        yield packed(case, f"{name[8:]} inflates to 32 MB.", name[8:], **{name: pushing})
    call = {"archive/data.pkl": pickle.dumps(Call(posix.system, (PWN,)), 2)}
    yield packed("call", "TorchScript, a call of posix.system.", "posix.system", **call)
    script = pickle.GLOBAL + b"__torch__\nNet\n" + pickle.EMPTY_TUPLE + pickle.NEWOBJ
    itself = pickle.BINPUT + b"\x01" + pickle.EMPTY_DICT + short_string("net")
    build = pickle.BINGET + b"\x01" + pickle.SETITEM + pickle.BUILD + pickle.STOP
    endless = {"archive/data.pkl": pickle.PROTO + b"\x04" + script + itself + build}
    yield packed("cyclic", "A script module that contains itself.", "nested", **endless)
