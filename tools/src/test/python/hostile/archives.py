# SPDX-License-Identifier: Apache-2.0
"""Zip files that are no checkpoint, or no longer one, or that inflate without end."""

import io
import struct
import warnings
import zipfile

from hostile.good import (
    Bad,
    Storage,
    archive,
    described,
    good_weights,
    lie,
    pickled,
    saved,
    unzipped,
    zipped,
)


def archives():
    yield from not_archives()
    yield from damaged_archives()
    yield from odd_archives()
    yield from bombs()


def not_archives():
    yield Bad("empty.pt", "No bytes at all.", "empty", b"")
    yield Bad("text.pt", "A text file.", "PyTorch", b"These are not the weights.\n" * 9)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 8, 8, 8, 2, 0, 0, 0)
    yield Bad("png.pt", "The beginning of a PNG image.", "PyTorch", png + bytes(64))


def damaged_archives():
    good = saved(good_weights())
    pickle_at = content_offset(good, "archive/data.pkl") + 100
    data_at = content_offset(good, "archive/data/0") + 50
    directory = good.index(b"PK\x01\x02")
    cuts = {
        "start": (3, "inside the first signature"),
        "header": (20, "inside the first local header"),
        "pickle": (pickle_at, "inside data.pkl"),
        "data": (data_at, "inside a tensor"),
        "before-directory": (directory, "before the central directory"),
        "directory": (directory + 70, "inside the central directory"),
        "end": (len(good) - 1, "one byte before the end"),
    }
    for name, (length, where) in cuts.items():
        yield Bad(f"truncated-{name}.pt", f"Cut {where}.", "truncated", good[:length])

    yield Bad("flipped-data.pt", "A bit flipped in a tensor.", "checksum", flipped(good, data_at))
    yield Bad(
        "flipped-pickle.pt", "A bit flipped in data.pkl.", "checksum", flipped(good, pickle_at)
    )


def content_offset(content, name):
    """Where an entry's bytes begin, behind its local header, name and padding."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        header = file.getinfo(name).header_offset
    name_length, extra_length = struct.unpack_from("<HH", content, header + 26)
    return header + 30 + name_length + extra_length


def flipped(content, position):
    changed = bytearray(content)
    changed[position] ^= 0x10
    return bytes(changed)


def odd_archives():
    values, storages = described()
    data_pkl = pickled(values)
    entries = unzipped(archive(data_pkl, storages))

    no_pickle = [entry for entry in entries if not entry[0].endswith("data.pkl")]
    yield Bad("no-pickle.pt", "A zip without data.pkl.", "data.pkl", zipped(no_pickle))
    repeated = [("archive/data.pkl", pickled({})), *entries]
    twice = zipped_with_repeats(repeated)
    yield Bad("two-pickles.pt", "data.pkl twice.", "data.pkl", twice)
    two_roots = entries + [(name.replace("archive", "other"), body) for name, body in entries]
    yield Bad("two-roots.pt", "Two checkpoints in one zip.", "data.pkl", zipped(two_roots))
    missing = [entry for entry in entries if entry[0] != "archive/data/1"]
    yield Bad("missing-storage.pt", "A tensor's storage is not there.", "data/1", zipped(missing))
    middle = [*entries, ("archive/byteorder", b"middle")]
    yield Bad("byte-order.pt", "A byte order that is none.", "middle", zipped(middle))

    parent = archive(data_pkl, storages, root="../../evil")
    yield Bad("parent-entries.pt", "Entries outside the archive.", "../../evil", parent)
    extra = zipped([*entries, ("../../../evil.sh", b"touch PWNED\n")])
    yield Bad("parent-entry.pt", "One more entry, outside the archive.", "../evil.sh", extra)
    absolute = archive(data_pkl, storages, root="/absolute")
    yield Bad("absolute-entries.pt", "Entries with absolute paths.", "/absolute", absolute)
    backslash = zipped([*entries, ("..\\..\\evil.bat", b"")])
    yield Bad("backslash-entry.pt", "A parent path in Windows' spelling.", "evil.bat", backslash)
    outside = lie("fc.weight", storage=Storage("../../../../etc/passwd", 4))
    yield Bad("storage-outside.pt", "A storage key that is a path.", "etc/passwd", outside)


def zipped_with_repeats(entries):
    """zipfile warns about repeated names; here they are the point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return zipped(entries)


def bombs():
    values, storages = described()
    data_pkl = pickled(values)
    entries = unzipped(archive(data_pkl, storages))

    def swapped(name, content):
        return [(entry, content if entry == name else body) for entry, body in entries]

    huge = deflated(swapped("archive/data/0", bytes(200 << 20)))
    yield Bad("zip-bomb.pt", "A storage of 96 bytes inflates to 200 MB.", "data/0", huge)
    # 32 million opcodes NONE, each of which pushes one value on the unpickler's stack
    pushing = deflated(swapped("archive/data.pkl", b"\x80\x02" + b"N" * (32 << 20) + b"."))
    yield Bad("zip-bomb-pickle.pt", "A data.pkl that inflates to 32 MB.", "data.pkl", pushing)

    lying = with_lying_size(deflated(swapped("archive/data/0", bytes(1 << 20))), "archive/data/0")
    yield Bad("zip-lying-size.pt", "An entry says 96 bytes and inflates to 1 MB.", "data/0", lying)


def with_lying_size(content, name):
    """Replaces the inflated size of an entry by 96, in the local header and in the directory."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        info = file.getinfo(name)
    honest = struct.pack("<III", info.CRC, info.compress_size, info.file_size)
    assert content.count(honest) == 2
    return content.replace(honest, struct.pack("<III", info.CRC, info.compress_size, 96))


def deflated(entries):
    return zipped(entries, zipfile.ZIP_DEFLATED)
