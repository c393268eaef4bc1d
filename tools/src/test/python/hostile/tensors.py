# SPDX-License-Identifier: Apache-2.0
"""Tensors whose description does not fit their bytes."""

import torch

from hostile.good import Bad, Storage, good_weights, lie, saved


def tensors():
    name = "fc.weight"  # [2, 2], storage key 4

    def tensor(file, about, expect=name, **lies):
        return Bad(f"tensor-{file}.pt", about, expect, lie(name, **lies))

    side = 1 << 20
    yield tensor(
        "terabytes",
        "4 TB declared, 16 bytes stored.",
        storage=Storage("4", side * side),
        size=(side, side),
        stride=(side, 1),
    )
    yield tensor(
        "terabytes-view", "A shape far beyond its storage.", size=(side, side), stride=(side, 1)
    )
    yield tensor(
        "expanded", "4 TB of one stored number, by stride 0.", size=(side, side), stride=(0, 0)
    )
    yield tensor("overflow", "A shape whose product leaves 64 bits.", size=(1 << 33, 1 << 33))
    yield tensor(
        "overflow-to-zero", "Its product wraps to 0.", size=(1 << 32, 1 << 32), stride=(0, 0)
    )
    yield tensor("negative-size", "A negative size.", size=(-2, 2))
    yield tensor("negative-sizes", "Two negative sizes, product 4.", size=(-2, -2))
    yield tensor("negative-stride", "A negative stride.", stride=(-2, 1))
    yield tensor("negative-offset", "A negative offset.", offset=-1)
    yield tensor("offset-beyond", "An offset beyond the storage.", offset=1)
    yield tensor("offset-overflow", "An offset near 2^63.", offset=2**63 - 1)
    yield tensor("stride-beyond", "A stride beyond the storage.", stride=(3, 1))
    yield tensor("stride-overflow", "Strides near 2^63.", stride=(2**62, 2**62))
    yield tensor("stride-rank", "One stride for two sizes.", stride=(1,))
    yield tensor("size-text", "A size that is text.", size=("2", 2))
    yield tensor("empty", "A tensor of no elements.", size=(0, 2))
    yield tensor(
        "storage-short", "A storage with fewer bytes than it says.", "data/4", entry=bytes(12)
    )
    yield tensor(
        "storage-long", "A storage with more bytes than it says.", "data/4", entry=bytes(20)
    )
    yield tensor("storage-count", "A negative element count.", "storage 4", storage=Storage("4", -4))
    yield tensor(
        "storage-type",
        "A storage class that does not exist.",
        "MissingClass",
        storage=Storage("4", 4, MissingClass),
    )
    integers = {**good_weights(), name: torch.ones(2, 2, dtype=torch.int64)}
    yield Bad("tensor-integers.pt", "Integers where floats belong.", name, saved(integers))
    complex_ = {**good_weights(), name: torch.ones(2, 2, dtype=torch.complex64)}
    yield Bad("tensor-complex.pt", "Complex numbers.", "ComplexFloatStorage", saved(complex_))
    sparse = {**good_weights(), name: torch.eye(2).to_sparse()}
    yield Bad("tensor-sparse.pt", "A sparse tensor.", "sparse", saved(sparse))


class MissingClass:
    """Pickles by a name that no module has."""
