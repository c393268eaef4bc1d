#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the .npy and .npz files that the tests of org.lstm4j.tools.data read.

NumPy alone is needed. Run it anywhere; it writes into ../resources/npy beside this folder:

    /usr/bin/python3 make_npy_samples.py

Element i of every array, counted in C order, is i - 3: the tests know the values from the shape.
"""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "npy"


def counting(dtype, *shape):
    return (np.arange(np.prod(shape, dtype=int)) - 3).astype(dtype).reshape(shape)


def save(name, array):
    np.save(FOLDER / name, array, allow_pickle=True)


def save_version(name, version, array):
    with open(FOLDER / name, "wb") as file:
        np.lib.format.write_array(file, array, version=version)


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)

    for dtype in ("<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8"):
        save(f"{np.dtype(dtype).name}.npy", counting(dtype, 3, 4))
    for dtype in (">f2", ">f4", ">f8", ">i2", ">i4", ">i8"):
        save(f"{np.dtype(dtype).name}-big-endian.npy", counting(dtype, 3, 4))
    save("uint8.npy", np.array([0, 1, 127, 128, 255], np.uint8))
    save("bool.npy", np.array([[True, False], [False, True]]))

    save("fortran.npy", np.asfortranarray(counting("<f4", 2, 3, 4)))
    save("fortran-big-endian.npy", np.asfortranarray(counting(">f8", 2, 3, 4)))
    save("no-dimensions.npy", counting("<f8")[()])
    save("empty.npy", counting("<f4", 0, 5))
    save("five-dimensions.npy", counting("<i2", 2, 1, 3, 1, 2))
    save_version("version-2.npy", (2, 0), counting("<f4", 3, 4))
    save_version("version-3.npy", (3, 0), counting("<f4", 3, 4))
    save("special-values.npy", np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], np.float32))

    save("refused-object.npy", np.array([{"a": 1}, None], dtype=object))
    save("refused-structured.npy", np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]))
    save("refused-complex.npy", counting("<c8", 2))
    save("refused-text.npy", np.array(["one", "two"]))

    arrays = {
        "x": counting("<f4", 2, 3),
        "h0|encoder.lstm": counting("<f8", 1, 2),
        "tokens": counting("<i8", 4),
    }
    np.savez(FOLDER / "savez.npz", **arrays)
    np.savez_compressed(FOLDER / "savez-compressed.npz", **arrays)


if __name__ == "__main__":
    main()
