#!/usr/bin/env python3
"""Makes a BERT of any size in the graph of a small TorchScript export: its first layer is repeated, its sizes are replaced.

    grow_bert.py --size large --output bert-large.onnx             random weights from a seed
    grow_bert.py --size minilm --weights model.safetensors ...     weights from a file that transformers saved

The weights are written one after the other and never held together. Needs onnx and numpy.
"""
import argparse
import dataclasses
import json
import math
import pathlib

import numpy
import onnx
from onnx import numpy_helper

SMALL = pathlib.Path(__file__).resolve().parent.parent / "models" / "bert-t21-legacy-eager-op13.onnx"
LAYER = "/encoder/layer.0/"


@dataclasses.dataclass
class Sizes:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int = 30522
    positions: int = 512


SIZES = {
    "base": Sizes(hidden=768, layers=12, heads=12, intermediate=3072),
    "large": Sizes(hidden=1024, layers=24, heads=16, intermediate=4096),
    "minilm": Sizes(hidden=384, layers=6, heads=12, intermediate=1536),
}


@dataclasses.dataclass
class Weight:
    """A weight of the new model: its name in the graph, in PyTorch, and whether the graph holds its transpose."""

    name: str
    parameter: str
    transposed: bool
    shape: list


def parameter_of(node, initializer):
    """The PyTorch name of an initializer; exporters keep it, except for the transposed weights of MatMul."""
    if not initializer.startswith("onnx::MatMul"):
        return initializer, False
    return node.name.rsplit("/", 1)[0].strip("/").replace("/", ".") + ".weight", True


def shape_of(parameter, transposed, sizes):
    wide = ".intermediate." in parameter
    narrowing = ".output.dense." in parameter and ".attention." not in parameter
    first = {
        "embeddings.word_embeddings.weight": sizes.vocabulary,
        "embeddings.position_embeddings.weight": sizes.positions,
        "embeddings.token_type_embeddings.weight": 2,
    }.get(parameter, sizes.intermediate if wide else sizes.hidden)
    if parameter.endswith(".bias") or "LayerNorm" in parameter:
        return [first]
    shape = [first, sizes.intermediate if narrowing else sizes.hidden]
    return shape[::-1] if transposed else shape


def resize_constant(node, small, sizes):
    """Heads, head size, hidden size and the square root of the head size are constants within attention."""
    if node.op_type != "Constant" or "/attention/self/" not in node.name:
        return
    value = numpy_helper.to_array(node.attribute[0].t)
    size = sizes.hidden // sizes.heads
    new = {
        small.heads: sizes.heads,
        small.hidden // small.heads: size,
        small.hidden: sizes.hidden,
    }
    if value.dtype == numpy.int64 and value.size == 1 and int(value.flat[0]) in new:
        value = numpy.full_like(value, new[int(value.flat[0])])
    elif value.dtype == numpy.float32 and math.isclose(value.flat[0], math.sqrt(small.hidden // small.heads), rel_tol=1e-6):
        value = numpy.full_like(value, math.sqrt(size))
    node.attribute[0].t.CopyFrom(numpy_helper.from_array(value))


def grow(model, small, sizes):
    """Repeats the first layer of `model` in place and returns the weights that it now needs."""
    graph = model.graph
    initializers = {tensor.name for tensor in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    users = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)

    def layer_of(node):
        if node.name.startswith("/encoder/layer."):
            return int(node.name.split("/")[2].split(".")[1])
        if node.op_type == "Constant" and not node.name.startswith("/"):
            return layer_of(users[node.output[0]][0])
        return None

    layer = [node for node in graph.node if layer_of(node) == 0]
    last = max(layer_of(node) for node in graph.node if layer_of(node) is not None)
    before = [node for node in graph.node if layer_of(node) is None and not node.name.startswith("/pooler/")]
    after = [node for node in graph.node if node.name.startswith("/pooler/")]
    made_in_layer = {name for node in layer for name in node.output}
    used_in_layer = {name for node in layer for name in node.input if name in initializers}
    source = makers[layer[0].input[0]].output[0]
    (result,) = [node.output[0] for node in layer if node.name == LAYER + "output/LayerNorm/Add_1"]
    final = [n.output[0] for n in graph.node if n.name == f"/encoder/layer.{last}/output/LayerNorm/Add_1"][0]

    def renamed(name, number):
        if name == source:
            return source if number == 0 else renamed(result, number - 1)
        if name == result and number == sizes.layers - 1:
            return final
        if name not in made_in_layer and name not in used_in_layer:
            return name
        return name.replace("layer.0", f"layer.{number}") if "layer.0" in name else f"{name}_{number}"

    weights = {}

    def note_weights(node, original):
        for name, small_name in zip(node.input, original.input):
            if small_name not in initializers or name in weights:
                continue
            parameter, transposed = parameter_of(original, small_name)
            if parameter.startswith("encoder."):
                parameter = parameter.replace("layer.0", node.name.split("/")[2])
            weights[name] = Weight(name, parameter, transposed, shape_of(parameter, transposed, sizes))

    nodes = []
    for node in before:
        note_weights(node, node)
        nodes.append(node)
    for number in range(sizes.layers):
        for original in layer:
            node = onnx.NodeProto()
            node.CopyFrom(original)
            node.name = original.name.replace("layer.0", f"layer.{number}") if "layer.0" in original.name else f"{original.name}_{number}"
            node.input[:] = [renamed(name, number) for name in original.input]
            node.output[:] = [renamed(name, number) for name in original.output]
            resize_constant(node, small, sizes)
            note_weights(node, original)
            nodes.append(node)
    for node in after:
        note_weights(node, node)
        nodes.append(node)
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(copies)
    for output in graph.output:
        dimension = output.type.tensor_type.shape.dim[-1]
        if dimension.dim_value:
            dimension.dim_value = sizes.hidden
    return list(weights.values())


class RandomWeights:
    """The spread that BERT is initialised with; norms and biases away from 1 and 0, as training leaves them."""

    def __init__(self, seed):
        self.generator = numpy.random.default_rng(seed)

    def array(self, weight):
        values = self.generator.standard_normal(weight.shape, dtype=numpy.float32) * numpy.float32(0.02)
        return values + numpy.float32(1) if "LayerNorm.weight" in weight.parameter else values


class SavedWeights:
    """The weights of a safetensors file: a length, a JSON header, the arrays."""

    def __init__(self, path):
        with open(path, "rb") as file:
            length = int.from_bytes(file.read(8), "little")
            self.header = json.loads(file.read(length))
        self.bytes = numpy.memmap(path, mode="r", offset=8 + length)

    def array(self, weight):
        entry = self.header[weight.parameter]
        if entry["dtype"] != "F32":
            raise SystemExit(f"'{weight.parameter}' is of type {entry['dtype']}; expected F32")
        begin, end = entry["data_offsets"]
        values = self.bytes[begin:end].view(numpy.float32).reshape(entry["shape"])
        values = values.T if weight.transposed else values
        if list(values.shape) != weight.shape:
            raise SystemExit(f"'{weight.parameter}' has shape {list(values.shape)}; expected {weight.shape}")
        return values


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


def field(number, length):
    return varint(number << 3 | 2) + varint(length)


def tensor_head(name, data_type, shape):
    """A TensorProto up to its bytes, and with the head of the bytes' field."""
    head = onnx.TensorProto(name=name, data_type=data_type, dims=shape).SerializeToString()
    size = math.prod(shape) * (8 if data_type == onnx.TensorProto.INT64 else 4)
    head += field(9, size)  # raw_data
    return field(5, len(head) + size) + head, size  # GraphProto.initializer


def save(model, weights, source, sizes, path):
    heads = []
    for weight in weights:
        is_positions = weight.name == "embeddings.position_ids"
        weight.shape = [1, sizes.positions] if is_positions else weight.shape
        heads.append(tensor_head(weight.name, onnx.TensorProto.INT64 if is_positions else onnx.TensorProto.FLOAT, weight.shape))
    graph = model.graph.SerializeToString()
    model.ClearField("graph")
    with open(path, "wb") as file:
        file.write(model.SerializeToString())
        file.write(field(7, len(graph) + sum(len(head) + size for head, size in heads)))  # ModelProto.graph
        file.write(graph)
        for weight, (head, _) in zip(weights, heads):
            file.write(head)
            if weight.name == "embeddings.position_ids":
                file.write(numpy.arange(sizes.positions, dtype=numpy.int64).tobytes())
            else:
                numpy.ascontiguousarray(source.array(weight)).tofile(file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(SIZES), default="base")
    parser.add_argument("--layers", type=int, help="another number of layers")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=pathlib.Path, help="a safetensors file in place of random weights")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    options = parser.parse_args()
    sizes = SIZES[options.size]
    if options.layers:
        sizes = dataclasses.replace(sizes, layers=options.layers)
    model = onnx.load(SMALL)
    weights = grow(model, Sizes(hidden=32, layers=2, heads=4, intermediate=64), sizes)
    source = SavedWeights(options.weights) if options.weights else RandomWeights(options.seed)
    partial = options.output.with_name(options.output.name + ".partial")
    save(model, weights, source, sizes, partial)
    partial.rename(options.output)


if __name__ == "__main__":
    main()
