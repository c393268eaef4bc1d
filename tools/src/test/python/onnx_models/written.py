# SPDX-License-Identifier: Apache-2.0
"""Recurrent operators with what PyTorch never exports, written by the onnx package."""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from onnx_models import reference

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
USUAL = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}
I, H = 3, 5


@dataclasses.dataclass(frozen=True)
class Written:
    """One golden.

    Attributes:
        name: of the files
        about: one sentence for the manifest
        operator: LSTM, GRU or RNN
        attributes: of the operator, but hidden_size
        opset: version of ONNX's operators
        bias, peepholes: whether these inputs are there
        store: how a tensor is stored: raw, typed (float_data) or node (a Constant)
        lengths: whether sequence_lens is there, all of them the whole sequence: "constant", or
            "input" of the graph
        state: whether the initial states are there, as constants that are equal for all batch rows
    """

    name: str
    about: str
    operator: str = "LSTM"
    attributes: dict = dataclasses.field(default_factory=dict)
    opset: int = 14
    bias: bool = True
    peepholes: bool = False
    store: str = "raw"
    lengths: str = ""
    state: bool = False
    dtype: type = np.float32

    @property
    def directions(self):
        return 2 if self.attributes.get("direction") == "bidirectional" else 1

    @property
    def layout(self):
        return self.attributes.get("layout", 0)


def weights(case, rng, batch):
    """W, R, B, P, h and c of the operator; the last four zero where the case has none."""
    d, rows = case.directions, GATES[case.operator] * H
    draw = lambda *shape: rng.uniform(-0.6, 0.6, shape).astype(np.float32).astype(case.dtype)
    w, r, b, p = draw(d, rows, I), draw(d, rows, H), draw(d, 2 * rows), draw(d, 3 * H)
    b, p = b if case.bias else 0 * b, p if case.peepholes else 0 * p
    if not case.state:
        return w, r, b, p, *(np.zeros((d, batch, H), case.dtype) for _ in "hc")
    return w, r, b, p, *(np.repeat(draw(d, 1, H), batch, axis=1) for _ in "hc")


def tensor(name, values, store):
    if store == "typed":
        kind = helper.np_dtype_to_tensor_dtype(values.dtype) if hasattr(
            helper, "np_dtype_to_tensor_dtype"
        ) else TensorProto.FLOAT
        return helper.make_tensor(name, kind, values.shape, values.flatten())
    return numpy_helper.from_array(values, name)


def model(case, rng, steps, batch):
    """The model, and what its weights are."""
    w, r, b, p, h, c = weights(case, rng, batch)
    given = {"W": w, "R": r}
    names = ["x", "W", "R"]
    names.append("B" if case.bias else "")
    if case.bias:
        given["B"] = b
    names.append("lengths" if case.lengths else "")
    if case.lengths == "constant":
        given["lengths"] = np.full(batch, steps, np.int32)
    names += ["h", "c"] if case.state else ["", ""]
    if case.state:
        # A state of layout 1 has the batch first.
        given["h"], given["c"] = (s.swapaxes(0, 1) if case.layout else s for s in (h, c))
    if case.operator != "LSTM":
        names[6:] = []
        given.pop("c", None)
    if case.peepholes:
        names.append("P")
        given["P"] = p
    while names[-1] == "":
        names.pop()
    outputs = ["Y", "hn", "cn"][: 3 if case.operator == "LSTM" else 2]
    # Weights of ONNX are [directions, ...] whatever the layout.
    node = helper.make_node(
        case.operator, names, outputs, name="cell", hidden_size=H, **case.attributes
    )
    constants, nodes = [], []
    for name, values in given.items():
        stored = tensor(name, values, case.store)
        if case.store == "node":
            nodes.append(helper.make_node("Constant", [], [name], value=stored))
        else:
            constants.append(stored)
    # Directions become features: [T, D, B, H] to [T, B, D * H], or with layout 1 they lie so.
    if case.layout == 0:
        nodes += [node, helper.make_node("Transpose", ["Y"], ["moved"], perm=[0, 2, 1, 3])]
    else:
        nodes += [node, helper.make_node("Identity", ["Y"], ["moved"])]
    shape = numpy_helper.from_array(np.array([0, 0, -1], np.int64), "shape")
    constants.append(shape)
    nodes.append(helper.make_node("Reshape", ["moved", "shape"], ["out"]))
    kind = TensorProto.FLOAT if case.dtype == np.float32 else TensorProto.FLOAT16
    axes = ["T", "B", I] if case.layout == 0 else ["B", "T", I]
    inputs = [helper.make_tensor_value_info("x", kind, axes)]
    if case.lengths == "input":
        inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, ["B"]))
    graph = helper.make_graph(
        nodes,
        case.name,
        inputs,
        [helper.make_tensor_value_info(name, kind, None) for name in ["out", *outputs[1:]]],
        constants,
    )
    made = helper.make_model(
        graph,
        producer_name="lstm4j goldens",
        opset_imports=[helper.make_opsetid("", case.opset)],
        ir_version=7,
    )
    return made, (w, r, b, p, h, c)


def functions(case):
    attributes = case.attributes
    usual = USUAL[case.operator]
    names = attributes.get("activations", usual)[: len(usual)]
    defaults = {"LeakyRelu": 0.01, "Elu": 1.0, "HardSigmoid": 0.2}
    alphas, betas = [], []
    given_alphas = list(attributes.get("activation_alpha", ()))
    given_betas = list(attributes.get("activation_beta", ()))
    for name in names:
        alpha = defaults.get(name)
        if alpha is not None and given_alphas:
            alpha = np.float32(given_alphas.pop(0))
        beta = 0.5 if name == "HardSigmoid" else None
        if beta is not None and given_betas:
            beta = np.float32(given_betas.pop(0))
        alphas.append(None if alpha is None else np.float32(alpha))
        betas.append(beta)
    return reference.functions(names, alphas, betas)


def golden(case, rng, given, steps, batch):
    """The arrays of the .npz, in PyTorch's shapes."""
    x = rng.standard_normal((steps, batch, I)).astype(case.dtype).astype(np.float32)
    arrays = {"x": x if case.layout == 0 else x.swapaxes(0, 1)}
    if case.lengths == "input":
        arrays["lengths"] = np.full(batch, steps, np.int32)
    for suffix, dtype in (("", np.float64), ("_f32", np.float32)):
        out, hn, cn = reference.run(
            case.operator,
            x.astype(dtype),
            *(values.astype(dtype) for values in given),
            functions(case),
            clip=dtype(np.float32(case.attributes.get("clip", 0))),
            linear_before_reset=case.attributes.get("linear_before_reset", 0),
            input_forget=case.attributes.get("input_forget", 0),
            reverse=case.attributes.get("direction") == "reverse",
        )
        arrays["out" + suffix] = out if case.layout == 0 else out.swapaxes(0, 1)
        arrays["hn" + suffix] = hn
        if case.operator == "LSTM":
            arrays["cn" + suffix] = cn
    return {key: np.ascontiguousarray(values) for key, values in arrays.items()}


BOTH = {"direction": "bidirectional"}

WRITTEN = [
    Written("written-lstm", "The plain operator.", opset=7),
    Written("written-lstm-float-data", "Tensors in float_data.", store="typed"),
    Written("written-lstm-constants", "Weights as Constant nodes.", store="node"),
    Written("written-lstm-float16", "Weights in float16.", dtype=np.float16),
    Written("written-lstm-layout-1", "The batch first.", attributes={"layout": 1}),
    Written(
        "written-lstm-layout-1-bidirectional",
        "The batch first, both directions.",
        attributes={"layout": 1, **BOTH},
    ),
    Written("written-lstm-lengths", "sequence_lens of whole sequences.", lengths="constant"),
    Written("written-lstm-lengths-given", "sequence_lens as an input.", lengths="input"),
    Written(
        "written-lstm-state",
        "Constant initial states, both directions.",
        state=True,
        attributes=BOTH,
    ),
    Written(
        "written-lstm-layout-1-state",
        "Constant initial states, the batch first.",
        state=True,
        attributes={"layout": 1},
    ),
    Written(
        "written-lstm-input-forget",
        "A forget gate that is 1 less the input gate, with peepholes and a clip.",
        peepholes=True,
        attributes={"input_forget": 1, "clip": 0.75},
    ),
    Written(
        "written-lstm-input-forget-hard-sigmoid",
        "A forget gate that is 1 less the input gate, both of HardSigmoid.",
        attributes={"input_forget": 1, "activations": ["HardSigmoid", "Tanh", "Tanh"]},
    ),
    Written("written-lstm-peepholes", "Peepholes.", peepholes=True),
    Written(
        "written-lstm-peepholes-bidirectional",
        "Peepholes in both directions.",
        peepholes=True,
        attributes=BOTH,
    ),
    Written("written-lstm-no-bias", "No bias, but peepholes.", peepholes=True, bias=False),
    Written("written-lstm-clip", "A clip.", attributes={"clip": 0.5}),
    Written(
        "written-lstm-activations",
        "Other activations, with their numbers.",
        attributes={
            "activations": ["HardSigmoid", "LeakyRelu", "Elu"],
            "activation_alpha": [0.25, 0.1, 0.75],
            "activation_beta": [0.4],
        },
    ),
    Written("written-lstm-reverse", "Backward alone.", attributes={"direction": "reverse"}),
    Written(
        "written-gru-reverse-layout-1",
        "Backward alone, the batch first.",
        "GRU",
        attributes={"direction": "reverse", "layout": 1},
    ),
    Written("written-gru", "Reset before the product, the operator's default.", "GRU"),
    Written(
        "written-gru-linear-before-reset",
        "Reset after the product, both directions.",
        "GRU",
        attributes={"linear_before_reset": 1, **BOTH},
    ),
    Written(
        "written-gru-clip",
        "Reset before the product, a clip, other activations.",
        "GRU",
        attributes={"clip": 0.75, "activations": ["HardSigmoid", "Softplus"]},
    ),
    Written(
        "written-gru-state", "A constant initial state, both directions.", "GRU", BOTH, state=True
    ),
    Written("written-rnn", "A plain RNN.", "RNN"),
    Written("written-rnn-state", "A constant initial state.", "RNN", state=True),
    Written(
        "written-rnn-leaky-relu",
        "A plain RNN with LeakyRelu in both directions.",
        "RNN",
        attributes={
            "activations": ["LeakyRelu", "LeakyRelu"],
            "activation_alpha": [0.1, 0.1],
            **BOTH,
        },
    ),
]
