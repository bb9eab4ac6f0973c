"""Random signatures, and params that fit them or not."""
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType, Array, Map, Object, Property

from .values import fitting, odd

SCALARS = ["double", "double", "double", "float", "long", "long", "integer", "boolean", "string", "string", "datetime", "binary"]
NAMES = ["a", "b b", "c", "über", "f4", "x_5", "Z", "0", "1", "日", "n.1", "q-q", "a.1", "index", "data", "columns", "len", "T", "a\"b", "x,y", " lead", "line\nbreak", "predictions", "shape", "dtype", "values"]
DTYPES = ["float32", "float64", "int64", "int32", "bool", "uint8", "str", "float16", "int8", "object", "uint64", "datetime64[ns]"]


def signature(draw):
    """The signature, its columns (name -> type), its tensors (or None), and what draws params (or None)."""
    kind = draw.pick(["columns"] * 6 + ["unnamed"] * 2 + ["nested", "tensor", "tensor", "tensors", "none"])
    schema, kinds, tensor = {"columns": columns, "unnamed": unnamed, "nested": nested, "tensor": one_tensor, "tensors": tensors, "none": none}[kind](draw)
    params, draw_params = params_of(draw) if draw.chance(0.3) else (None, any_params if draw.chance(0.1) else None)
    if schema is None and params is None:
        return None, kinds, tensor, draw_params
    return ModelSignature(schema, None, params), kinds, tensor, draw_params


def columns(draw):
    kinds = {str(name): draw.pick(SCALARS) for name in draw.rng.permutation(NAMES)[: draw.integer(1, 6)]}
    optional = draw.pick([0, 0, 0.4, 1.0])
    return Schema([ColSpec(DataType[kind], name, required=not draw.chance(optional)) for name, kind in kinds.items()]), kinds, None


def unnamed(draw):
    kinds = {f"c{at}": draw.pick(SCALARS) for at in range(draw.pick([1, 1, 2, 3]))}
    if draw.chance(0.5):
        kinds = dict.fromkeys(kinds, draw.pick(SCALARS))
    return Schema([ColSpec(DataType[kind]) for kind in kinds.values()]), kinds, None


def nested(draw):
    kinds = {str(name): "any" if draw.chance(0.6) else draw.pick(SCALARS) for name in draw.rng.permutation(NAMES[:12])[: draw.integer(1, 3)]}
    return Schema([ColSpec(nested_type(draw, 2) if kind == "any" else DataType[kind], name, required=draw.chance(0.7)) for name, kind in kinds.items()]), kinds, None


def nested_type(draw, depth):
    scalar = DataType[draw.pick(SCALARS)]
    inner = nested_type(draw, depth - 1) if depth and draw.chance(0.5) else scalar
    return draw.pick([Array(inner), Array(inner), Map(inner), Object([Property("k", inner), Property("a", scalar, required=False)]), AnyType()])


def one_tensor(draw):
    spec = (draw.pick(DTYPES), draw.pick([(-1,), (-1, 3), (-1, 1), (-1, -1), (2, 2), (-1, 2, 2), (3,), (-1, 4)]))
    name = draw.pick([None, None, "x"])
    return Schema([TensorSpec(np.dtype(spec[0]), spec[1], name)]), {f"c{at}": "double" for at in range(spec[1][-1] if len(spec[1]) == 2 and spec[1][1] > 0 else 1)}, [(name, *spec)]


def tensors(draw):
    specs = [(name, draw.pick(DTYPES), draw.pick([(-1,), (-1, 3), (-1, 1), (-1, 2, 2), (2,)])) for name in ["x", "y z", "w"][: draw.integer(2, 3)]]
    return Schema([TensorSpec(np.dtype(dtype), shape, name) for name, dtype, shape in specs]), {name: "double" for name, *_ in specs}, specs


def none(draw):
    return None, {str(name): draw.pick(SCALARS) for name in draw.rng.permutation(NAMES)[: draw.integer(1, 5)]}, None


DEFAULTS = {"boolean": True, "integer": 3, "long": 5, "float": 0.5, "double": 1.5, "string": "s", "datetime": np.datetime64("2020-01-01T10:00:00")}


def params_of(draw):
    kinds = {name: draw.pick(list(DEFAULTS)) for name in ["temperature", "k", "über", "list", "output_margin"][: draw.integer(1, 5)]}
    lists = {name: draw.chance(0.35) for name in kinds}
    specs = [ParamSpec(name, DataType[kind], [DEFAULTS[kind]] * 2 if lists[name] else draw.pick([DEFAULTS[kind], DEFAULTS[kind], None]), (-1,) if lists[name] else None) for name, kind in kinds.items()]

    def draw_params(draw):
        if draw.chance(0.05):
            return odd(draw)
        chosen = {}
        for name, kind in kinds.items():
            if draw.chance(0.65):
                value = (lambda: odd(draw) if draw.chance(0.3) else fitting(draw, kind))
                is_list = lists[name] if draw.chance(0.9) else not lists[name]
                chosen[name] = [value() for _ in range(draw.integer(0, 3))] if is_list else value()
        if draw.chance(0.1):
            chosen["unknown"] = odd(draw)
        return chosen

    return ParamSchema(specs), draw_params


def any_params(draw):
    return draw.pick([{}, None, {"k": 1}, [1], "x", 5, {"output_margin": True}])
