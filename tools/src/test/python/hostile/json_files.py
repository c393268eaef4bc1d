# SPDX-License-Identifier: Apache-2.0
"""JSON that is no network: state dicts of nested lists, Keras layers, indexes of shards."""

import copy
import json

import containers
from hostile.good import Bad, good_weights


def json_files():
    yield from state_dicts()
    yield from keras_layers()
    yield from shard_indexes()


def state_dicts():
    weights = {name: tensor.tolist() for name, tensor in good_weights().items()}
    good = json.dumps(weights)
    name = "fc.weight"

    def text(case, about, expect, content):
        return Bad(f"json-{case}.json", about, expect, content.encode())

    def with_weight(case, about, value, expect=name):
        return text(case, about, expect, json.dumps({**weights, name: value}))

    yield text("truncated", "Cut inside a list.", "JSON", good[:-40])
    yield text("flipped", "A bit flipped in a bracket.", "JSON", good.replace("[[", "[Z", 1))
    yield text("two-objects", "Two objects.", "goes on", good + good)
    latin = good.replace("fc.", "f\u00fc.").encode("latin-1")
    yield Bad("json-latin-1.json", "Text that is not UTF-8.", "UTF-8", latin)
    yield text("duplicate", "One name twice.", "JSON", good[:-1] + f', "{name}": [[1.0]]}}')
    yield text("deep-objects", "2 000 nested objects.", "nested", '{"a":' * 2_000)
    yield text("deep-lists", "10 000 nested lists.", "nested", '{"a":' + "[" * 10_000)
    yield with_weight("dimensions", "A list of ten dimensions.", nested(10), "8 dimensions")
    digits = good[:-1] + ', "bias": [' + "9" * 5000 + "]}"
    yield text("digits", "A number of 5 000 digits.", "number longer", digits)
    yield text("long-name", "A name of 5 000 characters.", "name", f'{{"{"n" * 5000}": [1]}}')
    yield with_weight("ragged", "Rows of different lengths.", [[1.0, 2.0], [3.0]])
    yield with_weight("text", "Text among numbers.", [[1.0, "2"], [3.0, 4.0]])
    yield with_weight("null", "Nothing among numbers.", [[1.0, None], [3.0, 4.0]])
    yield with_weight("huge-number", "A number beyond float32.", [[1.0, 1e39], [3.0, 4.0]])
    yield with_weight("rank", "A matrix of three dimensions.", [[[1.0, 2.0]], [[3.0, 4.0]]], "fc")
    yield with_weight("plain", "A number where a matrix belongs.", 3, "fc")
    yield text("no-tensors", "No tensors.", "no tensors", '{"units": 3, "name": "lstm"}')
    yield text("wide-name", "A name that controls terminals.", "control", '{"\\u001b[31m": [1]}')


def nested(depth):
    return 1.0 if depth == 0 else [nested(depth - 1)]


def keras_layers():
    def matrix(rows, columns):
        return [[0.25] * columns for _ in range(rows)]

    lstm = {
        "type": "lstm",
        "activation": "tanh",
        "shape": [None, None, 2],
        "weights": [matrix(3, 8), matrix(2, 8), [0.5] * 8],
    }
    dense = {
        "type": "dense",
        "activation": "",
        "shape": [None, None, 1],
        "weights": [matrix(2, 1), [0.5]],
    }

    def network(case, about, expect, *layers):
        content = json.dumps({"in_shape": [None, None, 3], "layers": layers}).encode()
        return Bad(f"keras-{case}.json", about, expect, content, options=())

    def changed(layer, **changes):
        return {**copy.deepcopy(layer), **changes}

    conv = changed(dense, type="conv1d")
    yield network("conv", "A layer that is not supported.", "conv1d", conv, lstm, dense)
    yield network("no-layers", "No layers.", "layers")
    yield network("many", "More layers than any network has.", "200 layers", lstm, *[dense] * 200)
    yield network("number", "A number for a layer.", "layers.1", lstm, 3)
    untyped = {key: value for key, value in dense.items() if key != "type"}
    yield network("no-type", "A layer without a type.", "layers", lstm, untyped)
    yield network("type", "A type that is a list.", "type of layers.0", changed(lstm, type=[1]))
    yield network("weights", "Weights that are text.", "layers.0", changed(lstm, weights="none"))
    flat = changed(lstm, weights=[[0.5] * 24, [0.5] * 16, [0.5] * 8])
    yield network("flat", "Vectors where matrices belong.", "matrix", flat, dense)
    few = changed(lstm, weights=[matrix(3, 8)])
    yield network("few", "One weight of an LSTM.", "1 weights", few, dense)
    gates = changed(lstm, weights=[matrix(3, 7), matrix(2, 8), [0.5] * 8])
    yield network("gates", "Seven columns for four gates of two units.", "layers.0", gates, dense)
    wide = changed(dense, weights=[matrix(5, 1), [0.5]])
    yield network("width", "A layer for more features than there are.", "layers.1", lstm, wide)
    empty = changed(lstm, weights=[[], [], []])
    yield network("empty", "Empty weights.", "layers.0", empty)
    relu = changed(lstm, activation="relu")
    yield network("activation", "An LSTM with ReLU inside.", "relu", relu, dense)
    swish = changed(dense, activation="swish")
    yield network("function", "A function that is not supported.", "swish", lstm, swish)


def shard_indexes():
    weights = dict(sorted(good_weights().items()))
    names = list(weights)
    halves = {"one": names[:3], "two": names[3:]}
    for half, held in halves.items():
        shard = containers.pack_safetensors({name: weights[name] for name in held})
        yield Bad(f"shard-{half}.safetensors", "Half of a network.", "", shard, refused=False)
    shard_of = {name: f"shard-{half}.safetensors" for half, held in halves.items() for name in held}

    def index(case, about, expect, **changes):
        weight_map = {**shard_of, **changes.get("places", {})}
        content = json.dumps({"weight_map": changes.get("weight_map", weight_map)}).encode()
        return Bad(f"{case}.safetensors.index.json", about, expect, content)

    first, last = names[0], names[-1]
    outside = {
        "parent": "../formats/shards-00001-of-00002.safetensors",
        "absolute": "/etc/passwd",
        "windows": "..\\formats\\shards-00001-of-00002.safetensors",
        "drive": "C:shard-one.safetensors",
        "folder": "..",
        "here": "./shard-one.safetensors",
        "null": "shard-one.safetensors\0.txt",
        "nameless": "",
    }
    for case, place in outside.items():
        about = f"A shard at {json.dumps(place)}."
        yield index("index-" + case, about, "beside the index", places={first: place})
    missing = {first: "shard-three.safetensors"}
    yield index("index-missing", "A shard that is not there.", "shard-three", places=missing)
    itself = {first: "index-itself.safetensors.index.json"}
    yield index("index-itself", "An index that is its own shard.", "has a shard", places=itself)
    damaged = {first: "truncated-data.safetensors"}
    yield index("index-truncated", "A truncated shard.", "truncated", places=damaged)
    absent = {"fc.scale": "shard-one.safetensors"}
    yield index("index-absent", "A tensor that its shard does not hold.", "fc.scale", places=absent)
    exchanged = {last: "shard-one.safetensors"}
    yield index("index-exchanged", "A tensor in another shard.", last, places=exchanged)
    fewer = {name: shard for name, shard in shard_of.items() if name != last}
    yield index("index-surplus", "A tensor that it does not name.", last, weight_map=fewer)
    yield index("index-number", "A number for a file.", first, places={first: 1})
    yield index("index-list", "A list for a file.", first, places={first: ["shard-one"]})
    yield index("index-empty", "No tensors.", "no tensors", weight_map={})
    many = {f"w{i}": f"shard-{i}" for i in range(1001)}
    yield index("index-many", "More shards than any network has.", "1000 shards", weight_map=many)
    cut = json.dumps({"weight_map": shard_of})[:-30].encode()
    yield Bad("index-cut.safetensors.index.json", "Cut inside a name.", "JSON", cut)
