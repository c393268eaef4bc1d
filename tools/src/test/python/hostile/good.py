# SPDX-License-Identifier: Apache-2.0
"""The good checkpoint that the hostile files differ from, and the means to describe it falsely."""

import collections
import dataclasses
import io
import pickle
import struct
import zipfile

import torch
from torch import nn

import networks


@dataclasses.dataclass(frozen=True)
class Bad:
    """A file, what is wrong with it, and a word or two that a good error message contains.

    Of those that are not refused themselves, others speak.
    """

    file: str
    about: str
    expect: str
    content: bytes
    options: tuple = ("--read", "all")
    refused: bool = True


def good_network():
    torch.manual_seed(7)
    return networks.LstmLinear(3, 2, 2)


def good_weights():
    return good_network().state_dict()


def saved(value, **options):
    """The bytes of torch.save."""
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def zipped(entries, compression=zipfile.ZIP_STORED):
    """A zip of (name, content) pairs with a fixed date; names may repeat."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            archive.writestr(info, content)
    return buffer.getvalue()


def unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(info.filename, archive.read(info)) for info in archive.infolist()]


def archive(data_pkl, storages=(), root="archive"):
    """A checkpoint's zip around the given pickle; storages are (key, content) pairs."""
    return zipped(
        [
            (root + "/data.pkl", data_pkl),
            *((f"{root}/data/{key}", content) for key, content in storages),
            (root + "/version", b"3\n"),
        ]
    )


@dataclasses.dataclass
class Storage:
    """A storage as the pickle refers to it; any field may be a lie."""

    key: str
    numel: int
    type: object = torch.FloatStorage

    def persistent_id(self):
        return ("storage", self.type, self.key, "cpu", self.numel)


@dataclasses.dataclass
class StoredTensor:
    """A tensor as torch.save pickles it; any field may be a lie."""

    storage: Storage
    size: tuple
    stride: tuple
    offset: int = 0

    def __reduce__(self):
        hooks = collections.OrderedDict()
        arguments = (self.storage, self.offset, self.size, self.stride, False, hooks)
        return torch._utils._rebuild_tensor_v2, arguments


class CheckpointPickler(pickle.Pickler):
    """Pickles as torch.save does: storages by persistent id, protocol 2."""

    def __init__(self, file, protocol=2):
        super().__init__(file, protocol=protocol, fix_imports=False)

    def persistent_id(self, obj):
        return obj.persistent_id() if isinstance(obj, Storage) else None


def pickled(value, protocol=2):
    buffer = io.BytesIO()
    CheckpointPickler(buffer, protocol).dump(value)
    return buffer.getvalue()


def contiguous_stride(size):
    stride, product = [], 1
    for length in reversed(size):
        stride.insert(0, product)
        product *= length
    return tuple(stride)


def described():
    """The good weights as (dict of StoredTensor, storages): what torch.save would write."""
    values, storages = {}, []
    for key, (name, tensor) in enumerate(good_weights().items()):
        storage = Storage(str(key), tensor.numel())
        size = tuple(tensor.shape)
        values[name] = StoredTensor(storage, size, contiguous_stride(size))
        storages.append((str(key), tensor.numpy().tobytes()))
    return values, storages


def legacy_file():
    """The format before PyTorch 1.6: pickles one after the other, then the storages."""
    values, storages = described()

    class LegacyPickler(CheckpointPickler):
        def persistent_id(self, obj):
            view = (None,)
            return obj.persistent_id() + view if isinstance(obj, Storage) else None

    buffer = io.BytesIO()
    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}
    for head in (0x1950A86A20F9469CFC6C, 1001, system):
        pickle.dump(head, buffer, protocol=2)
    LegacyPickler(buffer).dump(values)
    pickle.dump([key for key, _ in storages], buffer, protocol=2)
    for _, content in storages:
        buffer.write(struct.pack("<q", len(content) // 4) + content)
    return buffer.getvalue()


def check():
    expected = good_weights()
    values, storages = described()
    for content in (archive(pickled(values), storages), legacy_file()):
        loaded = torch.load(io.BytesIO(content))
        assert all(loaded[name].equal(tensor) for name, tensor in expected.items())


def lie(name, storage=None, entry=None, **fields):
    """The good checkpoint with one tensor described falsely, or its storage's bytes replaced."""
    values, storages = described()
    tensor = values[name]
    key = tensor.storage.key
    if storage is not None:
        tensor.storage = storage
    values[name] = dataclasses.replace(tensor, **fields)
    if entry is not None:
        storages = [(k, entry if k == key else content) for k, content in storages]
    return archive(pickled(values), storages)


def good_lstm(layers):
    torch.manual_seed(7)
    return nn.LSTM(3, 2, layers).state_dict()
