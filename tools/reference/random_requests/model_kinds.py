"""Random models of a kind, saved, with what requests to them are drawn from."""
import importlib

import cloudpickle
import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec

from . import echo_model, signatures
from .bodies import Table

KINDS = ["echo", "xgboost", "lightgbm", "catboost", "onnx", "sklearn", "identity"]


def make_model(kind, draw, path):
    if kind == "echo":
        return make_echo(draw, path)
    if kind == "sklearn":
        from .sklearn_models import make_sklearn
        return make_sklearn(draw, path)
    if kind == "identity":
        from .identity_models import make_identity
        return make_identity(draw, path)
    return make_library(kind, draw, path)


def make_echo(draw, path):
    cloudpickle.register_pickle_by_value(echo_model)
    signature, kinds, tensor, params = signatures.signature(draw)
    mlflow.pyfunc.save_model(str(path), python_model=echo_model.Echo(), signature=signature, pip_requirements=["mlflow"])
    return {"table": Table(kinds), "params": params, "tensor": tensor, "numeric": "exact", "settings": {"signature": str(signature)}}


def make_library(kind, draw, path):
    settings = {}
    made = importlib.import_module(f"random_models.{kind}_models").make(draw, settings)
    example = example_of(made)
    signature, tensor, params = sign(draw, made["example"] if made["example"] is not None else example, kind)
    flavor = importlib.import_module(f"mlflow.{kind}")
    more = {"input_example": example} if signature is None and draw.chance(0.2) and isinstance(example, pd.DataFrame) else {}
    flavor.save_model(made["model"], str(path), signature=signature, pip_requirements=[kind], **more, **made["options"])
    settings["signature"] = str(signature)
    table = table_of(example, draw)
    return {"table": table, "params": params, "tensor": tensor, "numeric": {"onnx": "blas", "xgboost": "libm"}.get(kind, "exact"), "settings": settings}


def example_of(made):
    frames = [data for data in made["inputs"] if isinstance(data, pd.DataFrame) and len(data) > 3]
    if frames:
        return frames[0]
    arrays = [data for data in made["inputs"] if isinstance(data, np.ndarray) and data.ndim == 2]
    return pd.DataFrame(arrays[0]) if arrays else made["inputs"][0]


def table_of(example, draw):
    if not isinstance(example, pd.DataFrame):
        return Table({"x": "double"})
    rows = [{str(name): plain(value) for name, value in zip(example.columns, row)} for row in example.itertuples(index=False, name=None)]
    return Table({str(name): kind_of(example.iloc[:, at].dtype) for at, name in enumerate(example.columns)}, rows)


def plain(value):
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value


def kind_of(dtype):
    if isinstance(dtype, (pd.StringDtype, pd.CategoricalDtype)) or dtype.kind == "O":
        return "string"
    return {"f": "double", "i": "long", "u": "long", "b": "boolean"}.get(dtype.kind, "string")


def sign(draw, example, kind):
    """A signature that an author may have written for such input, or none; its tensors; what draws params."""
    params = draw_params = None
    if kind == "xgboost" and draw.chance(0.3):
        params = ParamSchema([ParamSpec("output_margin", DataType.boolean, False), ParamSpec("pred_leaf", DataType.boolean, False), ParamSpec("iteration_range", DataType.long, [0, 0], (-1,)),
                              ParamSpec("strict_shape", DataType.boolean, False)])
        draw_params = lambda draw: draw.some({"output_margin": [True, False, 1, None], "pred_leaf": [True], "iteration_range": [[0, 1], [0, 2], [1, 3], [0, 0], [0, 100000]], "strict_shape": [True], "training": [True]}, 0.4)  # noqa: E731
    elif draw.chance(0.1):
        draw_params = signatures.any_params
    how = draw.pick(["none", "none", "inferred", "inferred", "types", "types", "types", "tensor", "nameless"])
    if isinstance(example, dict):
        return (infer_signature(example), [(name, item.dtype, (-1, *item.shape[1:])) for name, item in example.items()], None) if how != "none" else (None, None, None)
    if not isinstance(example, pd.DataFrame) or how == "none":
        return None, None, draw_params
    if how == "tensor":
        if all(dtype.kind in "fiub" for dtype in example.dtypes if not isinstance(dtype, pd.CategoricalDtype)):
            dtype, shape = draw.pick(["float64", "float32", "float64", "int64"]), draw.pick([(-1, example.shape[1]), (-1, -1)])
            return ModelSignature(Schema([TensorSpec(np.dtype(dtype), shape)]), None, params), [(None, dtype, (-1, example.shape[1]))], draw_params
        return None, None, draw_params
    if how == "inferred":
        plainer = example.assign(**{name: example[name].astype(object) for name in example if isinstance(example[name].dtype, pd.CategoricalDtype)})
        inferred = infer_signature(plainer)
        return ModelSignature(inferred.inputs, None, params), None, draw_params
    optional = draw.pick([0, 0, 0.3])
    specs = [ColSpec(type_for(draw, example.iloc[:, at].dtype), None if how == "nameless" else str(name), required=how == "nameless" or not draw.chance(optional)) for at, name in enumerate(example.columns)]
    return ModelSignature(Schema(specs), None, params), None, draw_params


def type_for(draw, dtype):
    kind = kind_of(dtype)
    if kind == "string":
        return DataType.string
    return DataType[draw.pick([kind] * 4 + ["double", "float", "long", "integer", "boolean", "string", "datetime", "binary"])]
