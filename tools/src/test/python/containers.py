# SPDX-License-Identifier: Apache-2.0
"""The ways in which users store a network: functions (network, path) that write a checkpoint."""

import collections
import json
import struct
import zipfile

import torch
from torch import nn

# torch.save


def state_dict(network, path):
    torch.save(network.state_dict(), path)


def state_dict_protocol_4(network, path):
    torch.save(network.state_dict(), path, pickle_protocol=4)


def plain_dict(network, path):
    torch.save(dict(network.state_dict()), path)


def ordered_dict(network, path):
    """An OrderedDict without the _metadata attribute that state_dict() adds."""
    torch.save(collections.OrderedDict(network.state_dict().items()), path)


def parameters(network, path):
    """nn.Parameter objects instead of plain tensors."""
    torch.save(dict(network.named_parameters()), path)


def data_parallel(network, path):
    """Keys with the prefix module., as nn.DataParallel gives them."""
    torch.save(nn.DataParallel(network).state_dict(), path)


def nested_model(network, path):
    torch.save({"model": network.state_dict()}, path)


def training_state(network, path):
    """What training scripts save: the weights among an optimizer's tensors and plain values."""
    optimizer = torch.optim.Adam(network.parameters())
    for parameter in network.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()  # zero gradients: fills the optimizer's state and leaves the weights alone
    torch.save(
        {
            "epoch": 3,
            "state_dict": network.state_dict(),
            "optimizer": optimizer.state_dict(),
            "args": {
                "hidden": 8,
                "lr": 1e-3,
                "name": "d\u00e9mo",
                "tags": ("a", "b"),
                "seed": None,
            },
            "history": [0.5, 0.25, 0.125],
            "best": True,
        },
        path,
    )


def lightning(network, path):
    """A trainer's checkpoint whose keys all lie below `model.`."""
    weights = {"model." + name: tensor for name, tensor in network.state_dict().items()}
    torch.save({"epoch": 1, "global_step": 10, "state_dict": weights}, path)


# Strides and storages


def transposed(network, path):
    """Every matrix column-major (a .t() view), every vector each second element of a buffer."""
    torch.save({name: _strided(tensor) for name, tensor in network.state_dict().items()}, path)


def _strided(tensor):
    if tensor.dim() == 2:
        return tensor.t().contiguous().t()
    return torch.stack((tensor, torch.full_like(tensor, 99.0)), dim=1).flatten()[::2]


def expanded_bias(network, path):
    """A hidden bias of equal elements, stored as one number and expanded to 4H with stride 0."""
    weights = dict(network.state_dict())
    bias = weights["lstm.bias_hh_l0"]
    weights["lstm.bias_hh_l0"] = bias[:1].clone().expand_as(bias)
    torch.save(weights, path)


def flat_buffer(network, path):
    """All tensors are views into one storage, with gaps between them, in reverse order."""
    named = network.state_dict()
    gap = 3
    buffer = torch.full((sum(t.numel() + gap for t in named.values()),), 99.0)
    weights, end = {}, len(buffer)
    for name, tensor in named.items():
        end -= tensor.numel() + gap
        view = buffer[end : end + tensor.numel()].view(tensor.shape)
        view.copy_(tensor)
        weights[name] = view
    torch.save(weights, path)


def pytorch_2_archive(network, path):
    """The extra entries that PyTorch 2 puts beside those of 1.13: byte order, alignment, id."""
    state_dict(network, path)
    with zipfile.ZipFile(path) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    root = next(iter(entries)).split("/")[0]
    entries[root + "/.format_version"] = b"1"
    entries[root + "/.storage_alignment"] = b"64"
    entries[root + "/byteorder"] = b"little"
    entries[root + "/.data/serialization_id"] = b"0" * 40
    write_zip(path, entries)


def write_zip(path, entries):
    """Stored entries with a fixed date, so that the same entries give the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)


# safetensors, written from the public description of the format: the length of the header (8
# bytes, little-endian), the header (JSON, padded with spaces), the data

SAFETENSORS_DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
}


def safetensors(network, path):
    path.write_bytes(pack_safetensors(network.state_dict()))


def safetensors_with_metadata(network, path):
    path.write_bytes(pack_safetensors(network.state_dict(), {"format": "pt"}))


def pack_safetensors(tensors, metadata=None):
    """The file's bytes, the tensors sorted by name."""
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in sorted(tensors.items()):
        content = tensor_bytes(tensor)
        header[name] = {
            "dtype": SAFETENSORS_DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    return safetensors_bytes(json.dumps(header, separators=(",", ":")).encode(), data)


def safetensors_bytes(header, data):
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


def tensor_bytes(tensor):
    """The elements in row order; bfloat16, which NumPy lacks, goes through its bits."""
    tensor = tensor.contiguous()
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    return tensor.numpy().tobytes()
