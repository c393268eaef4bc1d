# SPDX-License-Identifier: Apache-2.0
"""ONNX models that are refused: damaged, hostile, or sound and of another kind of network.

Most are the small good graph of `graph` with one thing wrong.
"""

import io

import numpy as np
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from onnx_models.exported import Convolved

T, B, I, H = "T", "B", 2, 3
RNG = np.random.default_rng(1)


def weight(name, *shape):
    return numpy_helper.from_array(RNG.uniform(-1, 1, shape).astype(np.float32), name)


def integers(name, *values):
    return numpy_helper.from_array(np.array(values, np.int64), name)


def lstm_weights(suffix="", inputs=I):
    return [weight("W" + suffix, 1, 4 * H, inputs), weight("R" + suffix, 1, 4 * H, H)]


def lstm(inputs=("X", "W", "R"), outputs=("Y",), name="lstm", **attributes):
    return helper.make_node(
        "LSTM", list(inputs), list(outputs), name=name, hidden_size=H, **attributes
    )


def graph(nodes, constants, outputs, inputs=("X",), opset=13, shape=(T, B, I)):
    made = helper.make_graph(
        nodes,
        "bad",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in inputs],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        constants,
    )
    return helper.make_model(
        made,
        producer_name="lstm4j goldens",
        opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)],
        ir_version=7,
    )


def good():
    return graph([lstm()], lstm_weights(), ["Y"])


def after(*nodes, constants=(), outputs=("Z",), bidirectional=False):
    """The good graph with more nodes behind it."""
    if bidirectional:
        weights = [weight("W", 2, 4 * H, I), weight("R", 2, 4 * H, H)]
        return graph(
            [lstm(direction="bidirectional"), *nodes], [*weights, *constants], outputs
        )
    return graph([lstm(), *nodes], [*lstm_weights(), *constants], outputs)


def node(operator, *names, **attributes):
    """The last name is the output's."""
    return helper.make_node(operator, list(names[:-1]), [names[-1]], name=operator, **attributes)


def exported(module, *shape):
    torch.manual_seed(5)
    file = io.BytesIO()
    torch.onnx.export(module.eval(), torch.randn(shape), file, opset_version=13)
    return file.getvalue()


def changed(change):
    """The good model after a change of its message."""
    model = good()
    change(model)
    return model


def external(model):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../etc/passwd"


def claims(*dims):
    def change(model):
        tensor = model.graph.initializer[0]
        tensor.ClearField("dims")
        tensor.dims.extend(dims)

    return change


def truncated(model):
    tensor = model.graph.initializer[0]
    tensor.raw_data = tensor.raw_data[:-4]


def of_type(data_type):
    def change(model):
        model.graph.initializer[0].data_type = data_type

    return change


def duplicate(model):
    model.graph.initializer.append(model.graph.initializer[0])


def unknown_input(model):
    model.graph.node[0].input[1] = "nowhere"


def cycle(model):
    model.graph.node.extend([node("Tanh", "b", "a"), node("Tanh", "a", "b")])


def without_graph(model):
    model.ClearField("graph")


def of_opset(version):
    def change(model):
        model.opset_import[0].version = version

    return change


def wrong_attribute(model):
    model.graph.node[0].attribute.append(helper.make_attribute("direction", 3))


def encoder_decoder():
    return graph(
        [
            lstm(outputs=("Y", "h", "c")),
            lstm(("X", "W", "R", "", "", "h", "c"), ("Z",), name="decoder"),
        ],
        lstm_weights(),
        ["Z"],
    )


def two_branches():
    return graph(
        [
            lstm(outputs=("A",), name="left"),
            lstm(outputs=("B",), name="right"),
            node("Concat", "A", "B", "Z", axis=-1),
        ],
        lstm_weights(),
        ["Z"],
    )


def linear_only():
    return graph(
        [node("MatMul", "X", "M", "Z")], [weight("M", I, H)], ["Z"]
    )


def groups():
    """A field that no schema has, nested a hundred thousand times."""
    return good().SerializeToString() + b"\xa3\x06" * 100_000


def files():
    """(file, options, about, expect, content)"""

    def bad(name, about, expect, content, *options):
        if not isinstance(content, bytes):
            content = content.SerializeToString()
        return name + ".onnx", list(options), about, expect, content

    yield bad("conv", "A convolution before the LSTM.", "Conv", exported(Convolved(), 3, 2, 6))
    yield bad("no-recurrence", "A linear layer alone.", "no recurrent layer", linear_only())
    yield bad(
        "custom",
        "An operator of somebody's own.",
        "com.microsoft.Attention",
        after(node("Attention", "Y", "Z", domain="com.microsoft")),
    )
    yield bad("truncated", "Its last bytes are missing.", "truncated", good().SerializeToString()[:-9])
    yield bad("groups", "Deeply nested.", "damaged", groups())
    yield bad("no-graph", "No graph.", "graph", changed(without_graph))
    yield bad("external", "A tensor in another file.", "file of its own", changed(external))
    yield bad("huge", "A tensor of 2^80 elements.", "bytes", changed(claims(1 << 40, 1 << 40)))
    yield bad("large", "A tensor of 2^32 elements that are not there.", "W", changed(claims(1 << 32)))
    yield bad("negative", "A negative dimension.", "negative", changed(claims(-1, 12, 2)))
    yield bad("short", "A tensor of too few bytes.", "W", changed(truncated))
    yield bad("strings", "A tensor of strings.", "data type 8", changed(of_type(8)))
    yield bad("integers", "Weights of whole numbers.", "int32", changed(of_type(6)))
    yield bad("duplicate", "Two tensors of one name.", "two tensors", changed(duplicate))
    yield bad("nowhere", "A tensor that nobody gives.", "nowhere", changed(unknown_input))
    yield bad("cycle", "Two nodes that wait for each other.", "nothing before it", changed(cycle))
    yield bad("opset-6", "Operators of version 6.", "export it again", changed(of_opset(6)))
    yield bad("attribute", "A number for a direction.", "direction", changed(wrong_attribute))
    yield bad(
        "direction",
        "A direction that is none.",
        "sideways",
        graph([lstm(direction="sideways")], lstm_weights(), ["Y"]),
    )
    yield bad(
        "input-forget",
        "Input and forget gate in one, with a function where that is no gate of its own.",
        "input_forget",
        graph(
            [lstm(input_forget=1, activations=["Relu", "Tanh", "Tanh"])], lstm_weights(), ["Y"]
        ),
    )
    yield bad(
        "scaled-tanh",
        "An activation that no layer has.",
        "ScaledTanh",
        graph([lstm(activations=["Sigmoid", "ScaledTanh", "Tanh"])], lstm_weights(), ["Y"]),
    )
    yield bad(
        "initial-state",
        "A constant initial state for each batch row.",
        "differs between batch rows",
        graph(
            [lstm(("X", "W", "R", "", "", "h"))],
            [*lstm_weights(), weight("h", 1, 2, H)],
            ["Y"],
            shape=(T, 2, I),
        ),
    )
    yield bad(
        "initial-state-size",
        "An initial state of another size.",
        "initial state",
        graph(
            [lstm(("X", "W", "R", "", "", "h"))],
            [*lstm_weights(), weight("h", 1, 1, H + 1)],
            ["Y"],
        ),
    )
    yield bad(
        "lengths",
        "sequence_lens shorter than the sequence.",
        "sequence_lens",
        graph(
            [lstm(("X", "W", "R", "", "lengths"))],
            [*lstm_weights(), numpy_helper.from_array(np.array([2, 4], np.int32), "lengths")],
            ["Y"],
            shape=(4, 2, I),
        ),
    )
    yield bad(
        "weights-given",
        "Weights that are an input.",
        "constant",
        graph([lstm()], lstm_weights()[1:], ["Y"], inputs=("X", "W")),
    )
    yield bad(
        "hidden-size",
        "hidden_size that the weights do not have.",
        "hidden_size",
        graph(
            [helper.make_node("LSTM", ["X", "W", "R"], ["Y"], hidden_size=4)],
            lstm_weights(),
            ["Y"],
        ),
    )
    yield bad(
        "wrong-rows",
        "R of another size than W.",
        "weights",
        graph([lstm()], [weight("W", 1, 4 * H + 1, I), lstm_weights()[1]], ["Y"]),
    )
    yield bad("encoder-decoder", "A state that another layer computes.", "state", encoder_decoder())
    yield bad("branches", "Two layers side by side.", "branches", two_branches())
    yield bad(
        "outputs",
        "Two outputs.",
        "several outputs",
        after(node("Tanh", "Y", "Z"), node("Relu", "Y", "A"), outputs=("Z", "A")),
    )
    yield bad(
        "every-other-step",
        "Every other time step.",
        "time steps",
        after(
            node("Slice", "Y", "start", "end", "axis", "step", "Z"),
            constants=[
                integers("start", 0),
                integers("end", 1 << 31),
                integers("axis", 0),
                integers("step", 2),
            ],
        ),
    )
    yield bad(
        "second-step",
        "The second time step.",
        "time steps",
        after(node("Gather", "Y", "second", "Z", axis=0), constants=[integers("second", 1)]),
    )
    yield bad(
        "one-direction",
        "One of two directions.",
        "features",
        after(
            node("Gather", "Y", "first", "Z", axis=1),
            constants=[integers("first", 0)],
            bidirectional=True,
        ),
    )
    yield bad(
        "mixed-axes",
        "A reshape that mixes features and batch.",
        "mixes axes",
        after(node("Reshape", "Y", "shape", "Z"), constants=[integers("shape", 0, -1, 2)]),
    )
    yield bad(
        "scaled",
        "A product with a constant.",
        "Mul",
        after(node("Mul", "Y", "M", "Z"), constants=[weight("M", H)]),
    )
    yield bad(
        "sum-of-steps",
        "The last time step of what a layer takes and gives.",
        "sum",
        after(
            node("Tanh", "Y", "V"),
            node("Gather", "V", "last", "A", axis=0),
            node("Add", "A", "Y", "Z"),
            constants=[integers("last", -1)],
        ),
    )
    yield bad(
        "norm-over-time",
        "A normalisation over time steps and features.",
        "normalisation",
        after(
            node("LayerNormalization", "Y", "M", "Z", axis=0),
            constants=[weight("M", H)],
        ),
    )
    yield bad(
        "mean",
        "The mean of the features.",
        "Mean(x)",
        after(node("ReduceMean", "Y", "Z", axes=[-1])),
    )
    yield bad("option", "An option for what the file says.", "--read", good(), "--read", "last")
    yield bad("selection", "A node that is not there.", "encoder", good(), "--select", "encoder")
