# SPDX-License-Identifier: Apache-2.0
"""Sound containers whose tensors are not a network that can be run."""

import functools

import torch
from torch import nn

from hostile.good import Bad, good_lstm, good_network, good_weights, saved


def normalised():
    return nn.ModuleDict({"lstm": nn.LSTM(3, 2), "bn": nn.BatchNorm1d(2), "fc": nn.Linear(2, 1)})


def convolved():
    return nn.ModuleDict({"conv": nn.Conv1d(1, 3, 5), "lstm": nn.LSTM(3, 2)})


def networks_that_do_not_fit():
    def changed(file, about, expect, **changes):
        """The good weights with some replaced, added, or (None) left out; __ stands for a dot."""
        weights = dict(good_weights())
        for name, tensor in changes.items():
            weights[name.replace("__", ".")] = tensor
        weights = {name: tensor for name, tensor in weights.items() if tensor is not None}
        return Bad(file + ".pt", about, expect, saved(weights))

    def of(file, about, expect, module):
        torch.manual_seed(7)
        return Bad(file + ".pt", about, expect, saved(module().state_dict()))

    def without(file, about, missing, module):
        torch.manual_seed(7)
        weights = {key: value for key, value in module().state_dict().items() if key != missing}
        return Bad(file + ".pt", about, missing, saved(weights))

    hh = "weight_hh_l0"
    yield changed(
        "rows-not-4h", "7 rows of gates, not 4H = 8.", hh, lstm__weight_hh_l0=torch.ones(7, 2)
    )
    yield changed(
        "rows-of-other-h",
        "weight_ih has 4H = 12 rows.",
        "weight_ih_l0",
        lstm__weight_ih_l0=torch.ones(12, 3),
    )
    yield changed(
        "hh-columns",
        "weight_hh takes 3 features, not H = 2.",
        hh,
        lstm__weight_hh_l0=torch.ones(8, 3),
    )
    yield changed(
        "bias-size", "A bias of 7 elements.", "bias_ih_l0", lstm__bias_ih_l0=torch.ones(7)
    )
    yield changed(
        "bias-rank", "A bias of two axes.", "bias_ih_l0", lstm__bias_ih_l0=torch.ones(8, 1)
    )
    yield changed("missing-bias", "bias_ih without bias_hh.", "bias_hh_l0", lstm__bias_hh_l0=None)
    yield changed("missing-hh", "No weight_hh.", hh, lstm__weight_hh_l0=None)
    yield changed(
        "linear-width", "A Linear for 5 features after H = 2.", "fc", fc__weight=torch.ones(2, 5)
    )
    yield changed(
        "linear-bias", "A Linear with a bias of 3 for 2 outputs.", "fc.bias", fc__bias=torch.ones(3)
    )
    yield changed(
        "linear-no-weight", "A Linear of which only the bias is left.", "fc", fc__weight=None
    )
    yield changed(
        "surplus-key", "One key more than the network needs.", "scale", scale=torch.ones(1)
    )
    yield changed(
        "surplus-lstm-key",
        "An LSTM tensor that does not exist.",
        "weight_xx_l0",
        lstm__weight_xx_l0=torch.ones(8, 2),
    )

    stacked = functools.partial(nn.LSTM, 3, 2, 3)
    without_layer = {k: v for k, v in good_lstm(3).items() if not k.endswith("_l1")}
    yield Bad("layer-gap.pt", "Layers 0 and 2, not 1.", "_l1", saved(without_layer))
    yield without("missing-layer-hh", "Layer 1 without weight_hh.", "weight_hh_l1", stacked)
    both = functools.partial(nn.LSTM, 3, 2, bidirectional=True)
    yield without(
        "missing-reverse", "One tensor of the backward half.", "weight_hh_l0_reverse", both
    )
    projected = functools.partial(nn.LSTM, 3, 4, 2, proj_size=2)
    yield without("missing-projection", "A projection in layer 0 only.", "weight_hr_l1", projected)
    torch.manual_seed(7)
    wrong = {**projected().state_dict(), "weight_hr_l0": torch.ones(3, 4)}
    yield Bad("projection-size.pt", "weight_hr gives 3 features, not 2.", "weight_h", saved(wrong))

    yield of("batch-norm", "A layer that is not supported.", "bn", normalised)
    yield of("convolution", "A layer that is not supported.", "conv.weight", convolved)

    yield Bad("bare-tensor.pt", "A tensor without a name.", "state_dict", saved(torch.zeros(3)))
    yield Bad(
        "no-weights.pt", "A dict without tensors.", "tensor", saved({"epoch": 3, "loss": 0.5})
    )
    yield Bad("empty-dict.pt", "An empty dict.", "tensor", saved({}))
    two = {"generator": good_weights(), "discriminator": good_lstm(1)}
    yield Bad("two-networks.pt", "Two state_dicts: which one?", "--select", saved(two))
