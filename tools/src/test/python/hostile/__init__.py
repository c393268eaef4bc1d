# SPDX-License-Identifier: Apache-2.0
"""Broken and hostile files: each must give one clear error, quickly, with nothing executed.

The files that claim to run a command would create a file named PWNED in the working directory of
whoever unpickled them carelessly; a test looks for it.

Most files are a good checkpoint with exactly one thing wrong. `good.check` shows with PyTorch
itself that they are good without it.
"""

from hostile import (
    archives,
    arrays,
    good,
    json_files,
    modules,
    pickles,
    safetensors,
    tensors,
    unfit,
)


def write_all(folder):
    """Writes every file and returns the manifest."""
    good.check()
    groups = (
        archives.archives(),
        pickles.pickles(),
        tensors.tensors(),
        safetensors.safetensors(),
        unfit.networks_that_do_not_fit(),
        modules.modules(),
        arrays.arrays(),
        json_files.json_files(),
    )
    bad = [entry for group in groups for entry in group]
    assert len({entry.file for entry in bad}) == len(bad), "two files of one name"
    for entry in bad:
        (folder / entry.file).write_bytes(entry.content)
    return [
        {
            "file": entry.file,
            "options": list(entry.options),
            "about": entry.about,
            "expect": entry.expect,
        }
        for entry in bad
        if entry.refused
    ]
