# SPDX-License-Identifier: Apache-2.0
"""One graph in every version of the operators that is newer than PyTorch's exporter.

It has the operators whose inputs changed: Squeeze (axes as an input), ReduceMean (axes as an input
since version 18); and LayerNormalization (since 17). The onnx package need not know a version: it
is a number in the message.
"""

import dataclasses

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from onnx_models import reference
from onnx_models.written import GATES, USUAL

I, H, OUT = 3, 5, 2

# The version of the file format that came with each version of the operators (onnx, Versioning.md).
IR_VERSIONS = {18: 8, 19: 9, 20: 9, 21: 10, 22: 10, 23: 11, 24: 12, 25: 13, 26: 13}


@dataclasses.dataclass(frozen=True)
class Opset:
    """One golden."""

    opset: int

    @property
    def name(self):
        return f"opset-{self.opset}"

    @property
    def about(self):
        return f"LSTM, LayerNormalization, GRU and RNN in version {self.opset} of the operators."


NEWER = [Opset(opset) for opset in IR_VERSIONS]


def weights(rng):
    draw = lambda *shape: rng.uniform(-0.6, 0.6, shape).astype(np.float32)
    tensors = {}
    for operator, inputs in (("LSTM", I), ("GRU", H), ("RNN", H)):
        rows = GATES[operator] * H
        tensors["W" + operator] = draw(1, rows, inputs)
        tensors["R" + operator] = draw(1, rows, H)
        tensors["B" + operator] = draw(1, 2 * rows)
    return {**tensors, "scale": 1 + draw(H), "shift": draw(H), "M": draw(H, OUT), "b": draw(OUT)}


def recurrent(operator, x, y):
    return [
        helper.make_node(
            operator,
            [x, "W" + operator, "R" + operator, "B" + operator],
            [operator + "_all", operator + "_h"],
            name=operator.lower(),
            hidden_size=H,
            **({"linear_before_reset": 1} if operator == "GRU" else {}),
        ),
        helper.make_node("Squeeze", [operator + "_all", "direction"], [y]),
    ]


def model(case, rng, steps, batch):
    """The model, and what its weights are."""
    given = weights(rng)
    nodes = [
        *recurrent("LSTM", "x", "l"),
        helper.make_node("LayerNormalization", ["l", "scale", "shift"], ["n"], epsilon=1e-3),
        *recurrent("GRU", "n", "g"),
        *recurrent("RNN", "g", "r"),
        helper.make_node("ReduceMean", ["r", "time"], ["mean"], keepdims=0),
        helper.make_node("MatMul", ["mean", "M"], ["product"]),
        helper.make_node("Add", ["product", "b"], ["out"]),
    ]
    constants = {**given, "direction": np.array([1]), "time": np.array([0])}
    graph = helper.make_graph(
        nodes,
        case.name,
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["T", "B", I])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["B", OUT])],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    made = helper.make_model(
        graph,
        producer_name="lstm4j goldens",
        opset_imports=[helper.make_opsetid("", case.opset)],
        ir_version=IR_VERSIONS[case.opset],
    )
    return made, given


def run(x, given):
    def cell(operator, x):
        size = (1, x.shape[1], H)
        out, _, _ = reference.run(
            operator,
            x,
            *(given[name + operator] for name in "WRB"),
            np.zeros((1, 3 * H), x.dtype),
            np.zeros(size, x.dtype),
            np.zeros(size, x.dtype),
            reference.functions(USUAL[operator], [None] * 3, [None] * 3),
            linear_before_reset=1,
        )
        return out

    x = cell("LSTM", x)
    deviation = x - x.mean(-1, keepdims=True)
    eps = x.dtype.type(np.float32(1e-3))
    x = deviation / np.sqrt((deviation**2).mean(-1, keepdims=True) + eps)
    x = cell("GRU", x * given["scale"] + given["shift"])
    return cell("RNN", x).mean(0) @ given["M"] + given["b"]


def golden(case, rng, given, steps, batch):
    """The arrays of the .npz, in PyTorch's shapes."""
    x = rng.standard_normal((steps, batch, I)).astype(np.float32)
    arrays = {"x": x}
    for suffix, dtype in (("", np.float64), ("_f32", np.float32)):
        typed = {name: values.astype(dtype) for name, values in given.items()}
        arrays["out" + suffix] = run(x.astype(dtype), typed)
    return arrays
