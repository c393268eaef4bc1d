# SPDX-License-Identifier: Apache-2.0
"""Writes what PyTorch says of optimizers, clipping, schedules and losses, for the engine's tests.

The engine reads no .npz, so a golden is text: a line `case;key;numbers`, the numbers separated by
blanks and written so that reading them gives the same bits. Keys that end in _f32 are PyTorch's own
float32 results, the others float64 ones, which are the reference. Inputs are float32 numbers.

    optimizers.txt   50 updates of each optimizer: all losses, and the weights after the last one
    clipping.txt     gradients before and after, and their norm
    schedules.txt    the learning rates of 50 epochs
    losses.txt       losses and their gradients
    tied.txt         5 updates of networks whose embedding and scores share a tensor
"""

import pathlib
import warnings

import torch
from torch import nn
from torch.optim import lr_scheduler

TARGET = (
    pathlib.Path(__file__).resolve().parents[4] / "engine/src/test/resources/org/lstm4j/engine/training"
)
UPDATES = 50
EPOCHS = 50

OPTIMIZERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd-weight-decay": (torch.optim.SGD, dict(lr=0.1, weight_decay=0.01)),
    "sgd-momentum": (torch.optim.SGD, dict(lr=0.03, momentum=0.9)),
    "sgd-dampening": (
        torch.optim.SGD,
        dict(lr=0.1, momentum=0.8, dampening=0.3, weight_decay=0.02),
    ),
    "sgd-nesterov": (torch.optim.SGD, dict(lr=0.03, momentum=0.9, nesterov=True)),
    "rmsprop": (torch.optim.RMSprop, dict()),
    "rmsprop-weight-decay": (torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, weight_decay=0.1)),
    "rmsprop-momentum": (torch.optim.RMSprop, dict(lr=0.005, momentum=0.7, eps=1e-4)),
    "rmsprop-centered": (torch.optim.RMSprop, dict(centered=True)),
    "rmsprop-centered-momentum": (
        torch.optim.RMSprop,
        dict(lr=0.002, centered=True, momentum=0.5, weight_decay=0.01),
    ),
    "adam": (torch.optim.Adam, dict()),
    "adam-weight-decay": (torch.optim.Adam, dict(lr=0.02, weight_decay=0.1)),
    "adam-betas": (torch.optim.Adam, dict(lr=0.02, betas=(0.8, 0.95), eps=1e-4)),
    "adam-amsgrad": (torch.optim.Adam, dict(lr=0.1, betas=(0.9, 0.9), amsgrad=True)),
    "adamw": (torch.optim.AdamW, dict()),
    "adamw-amsgrad": (
        torch.optim.AdamW,
        dict(lr=0.05, betas=(0.9, 0.9), weight_decay=0.3, amsgrad=True),
    ),
}


class Golden:
    def __init__(self, name):
        self.path = TARGET / name
        self.lines = []

    def add(self, case, key, numbers):
        if torch.is_tensor(numbers):
            numbers = numbers.detach().reshape(-1).numpy()
        # str, because that of a float32 has no more digits than it needs
        self.lines.append(f"{case};{key};{' '.join(map(str, numbers))}\n")

    def write(self):
        self.path.write_text("".join(self.lines))


# Optimizers: a linear layer with as many outputs as inputs give a condition number near 1.


def problem():
    torch.manual_seed(1)
    x = torch.randn(64, 7)
    y = torch.randn(64, 5)
    return x, y, torch.randn(7, 5), torch.randn(5)


def descend(optimizer, settings, dtype):
    x, y, weight, bias = (tensor.to(dtype) for tensor in problem())
    weight.requires_grad_()
    bias.requires_grad_()
    descent = optimizer([weight, bias], foreach=False, **{"lr": 1e-2, **settings})
    losses = []
    for _ in range(UPDATES):
        descent.zero_grad()
        loss = nn.functional.mse_loss(x @ weight + bias, y)
        loss.backward()
        losses.append(loss.item())
        descent.step()
    return losses, weight, bias


def optimizers():
    golden = Golden("optimizers.txt")
    for key, tensor in zip(("x", "y", "weight", "bias"), problem()):
        golden.add("problem", key, tensor)
    for case, (optimizer, settings) in OPTIMIZERS.items():
        if optimizer in (torch.optim.Adam, torch.optim.AdamW):
            settings = {"lr": 1e-3, **settings}
        for suffix, dtype in (("", torch.float64), ("_f32", torch.float32)):
            losses, weight, bias = descend(optimizer, settings, dtype)
            golden.add(case, "losses" + suffix, losses)
            golden.add(case, "weight" + suffix, weight)
            golden.add(case, "bias" + suffix, bias)
    golden.write()


# Clipping


def clipping():
    golden = Golden("clipping.txt")
    torch.manual_seed(2)
    gradients = torch.randn(37)
    gradients[3] = 20
    golden.add("gradients", "gradients", gradients)
    for limit in (0.5, 5.0, 100.0):
        for suffix, dtype in (("", torch.float64), ("_f32", torch.float32)):
            weight = nn.Parameter(torch.zeros(30, dtype=dtype))
            bias = nn.Parameter(torch.zeros(7, dtype=dtype))

            def start():
                weight.grad = gradients[:30].clone().to(dtype)
                bias.grad = gradients[30:].clone().to(dtype)

            start()
            norm = nn.utils.clip_grad_norm_([weight, bias], limit)
            golden.add(f"norm-{limit}", "norm" + suffix, norm)
            golden.add(f"norm-{limit}", "clipped" + suffix, torch.cat([weight.grad, bias.grad]))
            start()
            nn.utils.clip_grad_value_([weight, bias], limit)
            golden.add(f"value-{limit}", "clipped" + suffix, torch.cat([weight.grad, bias.grad]))
    golden.write()


# Schedules


SCHEDULES = {
    "step": lambda o: lr_scheduler.StepLR(o, 7, 0.5),
    "multi-step": lambda o: lr_scheduler.MultiStepLR(o, [5, 6, 30], 0.2),
    "exponential": lambda o: lr_scheduler.ExponentialLR(o, 0.9),
    "cosine": lambda o: lr_scheduler.CosineAnnealingLR(o, 20, 0.01),
    "linear": lambda o: lr_scheduler.LinearLR(o, 0.25, 1.0, 8),
    "linear-down": lambda o: lr_scheduler.LinearLR(o, 1.0, 0.1, 40),
    "warm-up-step": lambda o: warm_up(o, lr_scheduler.StepLR(o, 10, 0.5)),
    "warm-up-cosine": lambda o: warm_up(o, lr_scheduler.CosineAnnealingLR(o, 30)),
}


def warm_up(optimizer, then):
    linear = lr_scheduler.LinearLR(optimizer, 0.1, 1.0, 5)
    return lr_scheduler.SequentialLR(optimizer, [linear, then], [5])


PLATEAUS = {
    "plateau": dict(factor=0.5, patience=2),
    "plateau-cooldown": dict(factor=0.5, patience=1, cooldown=3, min_lr=0.02),
    "plateau-max": dict(mode="max", factor=0.3, patience=3, threshold=0.01),
    "plateau-absolute": dict(factor=0.7, patience=1, threshold=0.05, threshold_mode="abs"),
    "plateau-max-absolute": dict(
        mode="max", factor=0.7, patience=1, threshold=0.05, threshold_mode="abs", eps=0.02
    ),
}


def rates(make, metrics):
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
    schedule = make(optimizer)
    result = []
    for epoch in range(EPOCHS):
        result.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step(*metrics[epoch : epoch + 1])
    return result


def schedules():
    golden = Golden("schedules.txt")
    torch.manual_seed(3)
    noise = torch.randn(EPOCHS, dtype=torch.float64).tolist()
    metrics = [2 * 0.9**epoch + 0.5 + 0.1 * noise[epoch] for epoch in range(EPOCHS)]
    golden.add("metrics", "metrics", metrics)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case, make in SCHEDULES.items():
            golden.add(case, "rates", rates(make, []))
        for case, settings in PLATEAUS.items():
            golden.add(
                case,
                "rates",
                rates(lambda o: lr_scheduler.ReduceLROnPlateau(o, **settings), metrics),
            )
    golden.write()


# Losses


LOSSES = {
    "mse": lambda reduction, dtype: nn.MSELoss(reduction=reduction),
    "mae": lambda reduction, dtype: nn.L1Loss(reduction=reduction),
    "huber": lambda reduction, dtype: nn.HuberLoss(delta=0.7, reduction=reduction),
    "smooth-l1": lambda reduction, dtype: nn.SmoothL1Loss(beta=0.4, reduction=reduction),
    "smooth-l1-zero": lambda reduction, dtype: nn.SmoothL1Loss(beta=0.0, reduction=reduction),
    "bce": lambda reduction, dtype: nn.BCEWithLogitsLoss(reduction=reduction),
    "bce-one-weight": lambda reduction, dtype: nn.BCEWithLogitsLoss(
        reduction=reduction, pos_weight=torch.tensor(2.5, dtype=dtype)
    ),
    "bce-weights": lambda reduction, dtype: nn.BCEWithLogitsLoss(
        reduction=reduction, pos_weight=torch.linspace(0.5, 3, 19).to(dtype)
    ),
}
STEPS = 3
BATCH = 3
LENGTHS = [3, 0, 2]


def mask():
    """True where a step is within the length of its batch row: [step, batch]."""
    return torch.arange(STEPS)[:, None] < torch.tensor(LENGTHS)[None, :]


def loss_case(golden, case, output, evaluate, with_mask):
    """Evaluates in both types; `evaluate` gets the output, flattened to [row, feature]."""
    kept = mask().reshape(-1) if with_mask else torch.ones(STEPS * BATCH, dtype=torch.bool)
    for suffix, dtype in (("", torch.float64), ("_f32", torch.float32)):
        leaf = output.to(dtype).clone().requires_grad_()
        loss = evaluate(leaf.reshape(STEPS * BATCH, -1)[kept], kept, dtype)
        loss.backward()
        golden.add(case, "loss" + suffix, loss)
        golden.add(case, "gradient" + suffix, leaf.grad)


def losses():
    golden = Golden("losses.txt")
    torch.manual_seed(4)
    output = 2 * torch.randn(STEPS, BATCH, 19)
    target = 2 * torch.randn(STEPS, BATCH, 19)
    target[0, 0, :4] = output[0, 0, :4]
    chance = torch.rand(STEPS, BATCH, 19)
    chance[0] = chance[0].round()
    logits = 8 * torch.randn(STEPS, BATCH, 19)
    logits[0, 0, 0] = 95
    logits[0, 0, 1] = -95
    wide = 4 * torch.randn(STEPS, BATCH, 53)
    classes = torch.randint(0, 53, (STEPS, BATCH))
    classes[1, 0] = -100
    classes[0, 2] = 7
    for key in ("output", "target", "chance", "logits", "wide"):
        golden.add("inputs", key, locals()[key])
    golden.add("inputs", "classes", classes)
    golden.add("inputs", "lengths", LENGTHS)
    for reduction, with_mask in (("mean", False), ("sum", False), ("mean", True)):
        tail = f"-{reduction}" + ("-lengths" if with_mask else "")
        for name, make in LOSSES.items():
            inputs, targets = (logits, chance) if "bce" in name else (output, target)

            def evaluate(y, kept, dtype):
                wanted = targets.reshape(STEPS * BATCH, -1)[kept].to(dtype)
                return make(reduction, dtype)(y, wanted)

            loss_case(golden, name + tail, inputs, evaluate, with_mask)
        for ignored in (-100, 7):

            def evaluate(y, kept, dtype):
                wanted = classes.reshape(-1)[kept].clone()
                wanted[wanted == -100] = ignored
                return nn.CrossEntropyLoss(ignore_index=ignored, reduction=reduction)(y, wanted)

            loss_case(golden, f"cross-entropy{ignored}" + tail, wide, evaluate, with_mask)
    golden.write()


# Tied weights and padding


TOKENS = 11
UNITS = 6


class Language(nn.Module):
    def __init__(self, tied, padding):
        super().__init__()
        self.embedding = nn.Embedding(TOKENS, UNITS, padding_idx=padding)
        self.lstm = nn.LSTM(UNITS, UNITS)
        self.decoder = nn.Linear(UNITS, TOKENS)
        if tied:
            self.decoder.weight = self.embedding.weight

    def forward(self, tokens):
        return self.decoder(self.lstm(self.embedding(tokens))[0])


def learn(network, tokens, classes):
    settings = dict(lr=0.5, momentum=0.5, weight_decay=0.01)
    optimizer = torch.optim.SGD(network.parameters(), **settings)
    losses, norms = [], []
    for _ in range(5):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(tokens).flatten(0, 1), classes.flatten())
        loss.backward()
        norms.append(nn.utils.clip_grad_norm_(network.parameters(), 0.5).item())
        losses.append(loss.item())
        optimizer.step()
    return losses, norms


def tied():
    golden = Golden("tied.txt")
    torch.manual_seed(5)
    tokens = torch.randint(0, TOKENS, (7, 3))
    tokens[2] = 2
    classes = torch.randint(0, TOKENS, (7, 3))
    golden.add("inputs", "tokens", tokens)
    golden.add("inputs", "classes", classes)
    start = Language(False, 2).state_dict()
    start["embedding.weight"] = torch.randn(TOKENS, UNITS)
    start["decoder.weight"] = start["embedding.weight"].clone()
    for name, tensor in start.items():
        golden.add("start", name, tensor)
    for case, settings in {
        "tied": (True, None),
        "padding": (False, 2),
        "tied-padding": (True, 2),
    }.items():
        for suffix, dtype in (("", torch.float64), ("_f32", torch.float32)):
            network = Language(*settings).to(dtype)
            network.load_state_dict({name: tensor.to(dtype) for name, tensor in start.items()})
            losses, norms = learn(network, tokens, classes)
            golden.add(case, "losses" + suffix, losses)
            golden.add(case, "norms" + suffix, norms)
            for name, tensor in network.state_dict().items():
                golden.add(case, name + suffix, tensor)
    golden.write()


if __name__ == "__main__":
    torch.set_num_threads(1)
    TARGET.mkdir(parents=True, exist_ok=True)
    optimizers()
    clipping()
    schedules()
    losses()
    tied()
