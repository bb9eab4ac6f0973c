"""ONNX models that answer what they were given: an echo that is scored without Python."""
import mlflow
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from onnx import TensorProto as T
from onnx import helper as h

from . import signatures
from .bodies import Table

ELEMENTS = {"double": T.DOUBLE, "float": T.FLOAT, "long": T.INT64, "integer": T.INT32, "boolean": T.BOOL, "string": T.STRING}
DTYPES = {"float64": T.DOUBLE, "float32": T.FLOAT, "int64": T.INT64, "int32": T.INT32, "bool": T.BOOL, "float16": T.FLOAT16, "uint8": T.UINT8, "int8": T.INT8, "uint64": T.UINT64, "str": T.STRING}


def make_identity(draw, path):
    made = draw.pick([one_input, one_input, columns, tensors])(draw)
    proto, signature, kinds, tensor = made
    mlflow.onnx.save_model(proto, str(path), signature=signature, pip_requirements=["onnx"])
    return {"table": Table(kinds), "params": signatures.any_params if draw.chance(0.1) else None, "tensor": tensor, "numeric": "exact", "settings": {"signature": str(signature)}}


def identity(inputs):
    """`inputs`: name -> element type and shape."""
    nodes = [h.make_node("Identity", [name], [f"{name} out"]) for name in inputs]
    values = [h.make_tensor_value_info(name, *spec) for name, spec in inputs.items()]
    graph = h.make_graph(nodes, "g", values, [h.make_tensor_value_info(f"{name} out", *spec) for name, spec in inputs.items()])
    return h.make_model(graph, opset_imports=[h.make_opsetid("", draw_opset)], ir_version=9)


draw_opset = 17


def one_input(draw):
    """One matrix, fed by a frame of columns or an array."""
    kind = draw.pick(["double", "double", "double", "float", "long", "integer", "boolean"])
    width = draw.integer(1, 4)
    kinds = {str(name): kind if draw.chance(0.8) else draw.pick(list(ELEMENTS)) for name in draw.rng.permutation(signatures.NAMES[:12])[:width]}
    signature = draw.pick([
        None, ModelSignature(Schema([ColSpec(DataType[item], name) for name, item in kinds.items()])), ModelSignature(Schema([ColSpec(DataType[item], name, required=draw.chance(0.5)) for name, item in kinds.items()])),
        ModelSignature(Schema([ColSpec(DataType[item]) for item in kinds.values()])), ModelSignature(Schema([TensorSpec(np.dtype({"double": "f8", "float": "f4", "long": "i8", "integer": "i4", "boolean": "?"}[kind]), (-1, width))]))])
    tensor = [(None, signature.inputs.inputs[0].type, (-1, width))] if signature is not None and signature.inputs.is_tensor_spec() else None
    return identity({"x": (ELEMENTS[kind], [None, None if draw.chance(0.7) else width])}), signature, kinds, tensor


def columns(draw):
    """An input for each column of a frame."""
    kinds = {str(name): draw.pick(list(ELEMENTS)) for name in draw.rng.permutation(signatures.NAMES[:12])[: draw.integer(2, 4)]}
    signature = draw.pick([None, ModelSignature(Schema([ColSpec(DataType[kind], name) for name, kind in kinds.items()]))])
    return identity({name: (ELEMENTS[kind], [None]) for name, kind in kinds.items()}), signature, kinds, None


def tensors(draw):
    specs = [(name, draw.pick(list(DTYPES)), draw.pick([(-1,), (-1, 3), (-1, 1), (-1, 2, 2), (2,)])) for name in ["x", "y z", "w"][: draw.integer(1, 3)]]
    signature = ModelSignature(Schema([TensorSpec(np.dtype(dtype), shape, name) for name, dtype, shape in specs]))
    return identity({name: (DTYPES[dtype], [None if size < 0 else size for size in shape]) for name, dtype, shape in specs}), draw.pick([signature, signature, None]), {name: "double" for name, *_ in specs}, specs
