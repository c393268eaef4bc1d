# SPDX-License-Identifier: Apache-2.0
"""One network in every kind of file that users have: whole modules, TorchScript, old formats.

What is read from each file must be, to the bit, what is read from `weights.pt`, the network's state
dict. They share two goldens: `module.npz` for files that say that the last function is a sigmoid,
or whose options do, and `weights.npz`, without it, for the others.
"""

import argparse
import collections
import copy
import dataclasses
import enum
import functools
import io
import pickle
import struct
import zipfile
from typing import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.utils import prune

import networks
from containers import write_zip


@dataclasses.dataclass(frozen=True)
class File:
    """A file.

    Attributes:
        name: of the file
        about: one sentence
        write: writes the network into a path
        options: what `lstm4j convert` has to be told
        modules: the class of each module by its path, where modules are stored
        renamed: the names of modules that are not those of the network
    """

    name: str
    about: str
    write: Callable
    options: tuple = ()
    modules: dict = dataclasses.field(default_factory=dict)
    renamed: dict = dataclasses.field(default_factory=dict)


def network():
    """Its fc has a largest singular value of 1 and a weight of 0, for spectral norm and pruning."""
    torch.manual_seed(11)
    made = networks.Forward(3, 5, 4)
    with torch.no_grad():
        made.fc.weight[0, 2] = 0
        made.fc.weight /= torch.linalg.matrix_norm(made.fc.weight, 2)
    return made.eval()


def write_all(folder):
    """Writes every file and returns the manifest."""
    made = network()
    torch.save(made.state_dict(), folder / "weights.pt")
    np.savez(folder / "module.npz", **golden(made))
    without = copy.deepcopy(made)
    without.act = nn.Identity()
    np.savez(folder / "weights.npz", **golden(without))
    for file in FILES:
        file.write(copy.deepcopy(made), folder / file.name)
    return [
        {
            "name": file.name,
            "checkpoint": file.name,
            "golden": "module.npz" if file.modules else "weights.npz",
            "options": list(file.options),
            "modules": file.modules,
            "renamed": file.renamed,
            "about": file.about,
        }
        for file in FILES
    ]


def golden(made):
    """One sequence without a batch axis, which is read alike wherever the batch would be."""
    torch.manual_seed(12)
    x = torch.randn(7, 3)
    arrays = {"x": x}
    for kind, dtype in (("", torch.float64), ("_f32", torch.float32)):
        exact = copy.deepcopy(made).to(dtype)
        with torch.no_grad():
            arrays["out" + kind] = exact(x.to(dtype))
            _, (arrays["hn" + kind], arrays["cn" + kind]) = exact.lstm(x.to(dtype))
    return {key: tensor.numpy() for key, tensor in arrays.items()}


# torch.save


def protocol(number):
    return lambda made, path: torch.save(made.state_dict(), path, pickle_protocol=number)


def legacy(number=2):
    return lambda made, path: save_legacy(made.state_dict(), path, number)


def save_legacy(value, path, number=2):
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False, pickle_protocol=number)
    path.write_bytes(buffer.getvalue())


def legacy_views(made, path):
    """As PyTorch 0.3 wrote: storages that are views of one storage, and _rebuild_tensor."""
    named = made.state_dict()
    whole = torch.cat([tensor.flatten() for tensor in named.values()])
    values, offset = collections.OrderedDict(), 0
    for name, tensor in named.items():
        values[name] = OldTensor(tensor, offset, whole.numel())
        offset += tensor.numel()
    sizes = {"short": 2, "int": 4, "long": 4}
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": sizes}
    buffer = io.BytesIO()
    for head in (0x1950A86A20F9469CFC6C, 1001, system):
        pickle.dump(head, buffer, protocol=2)
    OldPickler(buffer, protocol=2).dump(values)
    pickle.dump(["7"], buffer, protocol=2)
    buffer.write(struct.pack("<q", whole.numel()) + whole.numpy().tobytes())
    path.write_bytes(buffer.getvalue())
    loaded = torch.load(path)
    assert all(loaded[name].equal(tensor) for name, tensor in named.items())


@dataclasses.dataclass
class OldTensor:
    tensor: torch.Tensor
    offset: int
    whole: int

    def __reduce__(self):
        arguments = (OldStorage(self), 0, tuple(self.tensor.shape), self.tensor.stride())
        return torch._utils._rebuild_tensor, arguments


@dataclasses.dataclass
class OldStorage:
    of: OldTensor


class OldPickler(pickle.Pickler):
    def persistent_id(self, obj):
        if not isinstance(obj, OldStorage):
            return None
        of = obj.of
        view = (str(100 + of.offset), of.offset, of.tensor.numel())
        return ("storage", torch.FloatStorage, "7", "cpu", of.whole, view)


def whole(made, path):
    torch.save(made, path)


def whole_legacy(made, path):
    """The source of every class is saved beside it; its file's name is that of this machine."""
    source = torch.serialization.get_source_lines_and_file
    torch.serialization.get_source_lines_and_file = lambda _: (["class Forward: ...\n"], 1, "net.py")
    try:
        save_legacy(made, path)
    finally:
        torch.serialization.get_source_lines_and_file = source


def data_parallel(made, path):
    torch.save(nn.DataParallel(made), path)


def module_in_dict(made, path):
    """The module, its optimizer and its schedule, as objects."""
    optimizer = torch.optim.Adam(made.parameters(), lr=0.5)
    for parameter in made.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    torch.save({"epoch": 3, "net": made, "optimizer": optimizer}, path)


class Kind(enum.Enum):
    """Pickles as a call."""

    LAST = 1


class AttributeDict(dict):
    """A dict of another class, as Lightning has."""


def odd_objects(made, path):
    """What trainers put beside the weights: objects of many classes, and NumPy's."""
    parameters = AttributeDict(
        hidden=np.int64(5), kind=Kind.LAST, scale=np.float32(0.5), init=functools.partial(max, 0)
    )
    optimizer = torch.optim.SGD(made.parameters(), lr=0.1, momentum=0.9)
    torch.save(
        {
            "pytorch-lightning_version": "1.8.0",
            "hyper_parameters": parameters,
            "callbacks": {Kind.LAST: {"best": torch.tensor(0.5), "seen": {1, 2}}},
            "args": argparse.Namespace(size=3, shape=torch.Size([1, 2]), kind=torch.float16),
            "mean": np.arange(3.0),
            "loss": np.float64(0.25),
            "optimizer_states": [optimizer.state_dict()],
            "state_dict": made.state_dict(),
        },
        path,
    )


def big_endian(made, path):
    """As PyTorch 2.1 writes on a big-endian machine: every storage swapped, and an entry for it."""
    entries = saved_entries(made.state_dict())
    for name, content in entries.items():
        if "/data/" in name:
            entries[name] = np.frombuffer(content, "<f4").astype(">f4").tobytes()
    root = next(iter(entries)).split("/")[0]
    entries[root + "/byteorder"] = b"big"
    write_zip(path, entries)


def unaligned(made, path):
    """Another writer's zip: deflated, any name of the top folder, no alignment."""
    entries = saved_entries(made.state_dict())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            name = "my model (final)/" + name.split("/", 1)[1]
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def saved_entries(value):
    buffer = io.BytesIO()
    torch.save(value, buffer)
    with zipfile.ZipFile(buffer) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def dtypes(made, path):
    """Every type of elements, three of each, beside the network."""
    every = {
        str(dtype).split(".")[1]: torch.tensor([0, 1, 3]).to(dtype)
        for dtype in (
            *(torch.float64, torch.float32, torch.float16, torch.bfloat16),
            *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
        )
    }
    torch.save({"net": made.state_dict(), "every": every}, path)


# NumPy


def numpy_pickle(number):
    def write(made, path):
        arrays = {name: tensor.numpy() for name, tensor in made.state_dict().items()}
        arrays["fc.weight"] = np.asfortranarray(arrays["fc.weight"])
        arrays["fc.bias"] = arrays["fc.bias"].astype(">f4")
        path.write_bytes(pickle.dumps(arrays, protocol=number))

    return write


def device_tensors(made, path):
    """How tensors of devices without storages (xla, ort) are saved."""
    torch.save({name: DeviceTensor(t) for name, t in made.state_dict().items()}, path)


@dataclasses.dataclass
class DeviceTensor:
    tensor: torch.Tensor

    def __reduce__(self):
        arguments = (self.tensor.numpy(), self.tensor.dtype, "cpu", False)
        return torch._utils._rebuild_device_tensor_from_numpy, arguments


# Parametrizations


def weight_norm(made, path):
    nn.utils.weight_norm(made.lstm, "weight_hh_l0")
    nn.utils.weight_norm(made.fc, dim=None)
    with torch.no_grad():
        made.lstm.weight_hh_l0_v *= 3
        made.fc.weight_v *= 0.7
    torch.save(made.state_dict(), path)


def weight_norm_module(made, path):
    nn.utils.weight_norm(made.fc, dim=1)
    torch.save(made, path)


def weight_norm_parametrized(made, path):
    """torch.nn.utils.parametrizations.weight_norm of PyTorch 2: the same tensors by other names."""
    nn.utils.weight_norm(made.fc)
    weights = made.state_dict()
    for part, name in enumerate(("fc.weight_g", "fc.weight_v")):
        weights[f"fc.parametrizations.weight.original{part}"] = weights.pop(name)
    torch.save(weights, path)


def spectral_norm(made, path):
    with torch.no_grad():
        made.fc.weight *= 3
    nn.utils.spectral_norm(made.fc, n_power_iterations=500)
    made.train()
    made(torch.zeros(1, 1, 3))
    torch.save(made.state_dict(), path)


def spectral_norm_parametrized(made, path):
    nn.utils.parametrizations.spectral_norm(made.fc, n_power_iterations=500)
    torch.save(made.state_dict(), path)


def pruned(made, path):
    mask = (made.fc.weight != 0).float()
    with torch.no_grad():
        made.fc.weight[0, 2] = 99
    prune.custom_from_mask(made.fc, "weight", mask)
    torch.save(made.state_dict(), path)


# TorchScript. The debug files are left out, since they hold paths of the machine that wrote them.


def save_script(script, path):
    buffer = io.BytesIO()
    torch.jit.save(script, buffer)
    with zipfile.ZipFile(buffer) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    write_zip(path, {name: body for name, body in entries.items() if "debug" not in name})


def scripted(made, path):
    save_script(torch.jit.script(made), path)


def traced(made, path):
    save_script(torch.jit.trace(made, torch.zeros(2, 1, 3)), path)


def frozen(made, path):
    save_script(torch.jit.freeze(torch.jit.script(made)), path)


def frozen_trace(made, path):
    save_script(torch.jit.freeze(torch.jit.trace(made, torch.zeros(2, 1, 3))), path)


PARTS = {
    "lstm": "torch.nn.modules.rnn.LSTM",
    "fc": "torch.nn.modules.linear.Linear",
    "act": "torch.nn.modules.activation.Sigmoid",
}
MODULES = {"": "networks.Forward", **PARTS}
PARALLEL = {
    "": "torch.nn.parallel.data_parallel.DataParallel",
    **{("module." + path).rstrip("."): type for path, type in MODULES.items()},
}
FROZEN = {"": "networks.Forward", "lstm": PARTS["lstm"], "linear": PARTS["fc"]}

FILES = [
    *(
        File(f"protocol-{number}.pt", f"Pickle protocol {number}.", protocol(number))
        for number in (1, 3, 4, 5)
    ),
    *(
        File(f"legacy-{number}.pt", f"Legacy format, protocol {number}.", legacy(number))
        for number in (1, 2, 3, 4, 5)
    ),
    File("legacy-views.pt", "Legacy format of PyTorch 0.3, views of a storage.", legacy_views),
    File("module.pt", "A whole module.", whole, modules=MODULES),
    File("module-legacy.pt", "A whole module, legacy format.", whole_legacy, modules=MODULES),
    File(
        "module-data-parallel.pt", "A module in nn.DataParallel.", data_parallel, modules=PARALLEL
    ),
    File("module-in-dict.pt", "A module beside its optimizer.", module_in_dict, modules=MODULES),
    File("odd-objects.pt", "A state dict among objects of many classes.", odd_objects),
    File("big-endian.pt", "Written on a big-endian machine.", big_endian),
    File("deflated.pt", "A zip of another writer, deflated.", unaligned),
    File("dtypes.pt", "Tensors of all types beside it.", dtypes, options=("--select", "net")),
    File("numpy-2.pkl", "Pickled NumPy arrays, protocol 2.", numpy_pickle(2)),
    File("numpy-4.pkl", "Pickled NumPy arrays, protocol 4.", numpy_pickle(4)),
    File("numpy-5.pkl", "Pickled NumPy arrays, protocol 5.", numpy_pickle(5)),
    File("device-tensors.pt", "Tensors of a device without storages.", device_tensors),
    File("weight-norm.pt", "Weight norm of lstm and fc.", weight_norm),
    File("weight-norm-module.pt", "A module with weight norm.", weight_norm_module, modules=MODULES),
    File("weight-norm-2.pt", "Weight norm as PyTorch 2 names it.", weight_norm_parametrized),
    File("spectral-norm.pt", "Spectral norm of fc.", spectral_norm),
    File("spectral-norm-2.pt", "Spectral norm as a parametrization.", spectral_norm_parametrized),
    File("pruned.pt", "A pruned fc.", pruned),
    File("scripted.pt", "torch.jit.script.", scripted, modules=MODULES),
    File("traced.pt", "torch.jit.trace.", traced, modules=MODULES),
    *(
        File(
            file,
            about,
            write,
            options=("--activation", "linear=sigmoid"),
            modules=FROZEN,
            renamed={"fc": "linear"},
        )
        for file, about, write in (
            ("frozen.pt", "Scripted and frozen.", frozen),
            ("frozen-trace.pt", "Traced and frozen.", frozen_trace),
        )
    ),
]
