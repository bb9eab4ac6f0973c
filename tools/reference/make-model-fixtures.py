"""Saves small models with the MLflow that runs it: make-model-fixtures.py FOLDER.

Runs under MLflow 1.30 to 3.x; a form of signature that a version does not know is left out. Of Python models only
the MLmodel file and its companions are kept, not the pickle: the fixtures are read, never executed.
"""

import os
import shutil
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING"] = "false"

import mlflow
import mlflow.pyfunc
import mlflow.xgboost
import numpy as np
import pandas as pd
import xgboost
from mlflow.models.signature import ModelSignature, infer_signature
from mlflow.types import ColSpec, DataType, Schema, TensorSpec
from mlflow.types import schema as types

root = Path(sys.argv[1])
version = tuple(int(part) for part in mlflow.__version__.split(".")[:2])
rng = np.random.RandomState(5)
frame = pd.DataFrame(rng.normal(size=(60, 3)).round(3), columns=["a", "b", "c"])
target = frame["a"] - frame["b"] * frame["c"]
pins = {"pip_requirements": ["xgboost"]}


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input


def save_python_model(name, signature=None, **more):
    folder = root / name
    mlflow.pyfunc.save_model(str(folder), python_model=more.pop("python_model", Echo()), signature=signature,
                             pip_requirements=["pandas"], **more)
    for pickle in folder.glob("python_model.pkl*"):
        pickle.unlink()


def save_xgboost_models():
    booster = xgboost.train({"max_depth": 2, "nthread": 1, "seed": 1}, xgboost.DMatrix(frame, target), 3)
    mlflow.xgboost.save_model(booster, str(root / "xgb_booster"), **pins)
    metadata = {"metadata": {"team": "risk", "y": [1, 2.5]}} if version >= (2, 0) else {}
    model = xgboost.XGBRegressor(n_estimators=3, max_depth=2, n_jobs=1, random_state=1).fit(frame, target)
    mlflow.xgboost.save_model(model, str(root / "xgb_sklearn"), signature=infer_signature(frame, model.predict(frame)),
                              input_example=frame.head(2), **metadata, **pins)
    if version >= (2, 1):
        mlflow.xgboost.save_model(booster, str(root / "xgb_booster_json"), model_format="json", **pins)


def save_columns():
    scalars = [ColSpec(kind, kind.name) for kind in DataType]
    last = optional_column("double", "maybe")
    save_python_model("columns", ModelSignature(Schema(scalars + [last]), Schema([ColSpec(DataType.string)])))
    save_python_model("columns_unnamed", ModelSignature(Schema([ColSpec(DataType.double), ColSpec(DataType.long)])))
    numbered = pd.DataFrame(np.zeros((2, 2)))
    save_python_model("columns_numbered", infer_signature(numbered))


def optional_column(kind, name):
    """MLflow 1 has no optional columns; `optional` became `required` in 2.10."""
    option = {"required": False} if version >= (2, 10) else {"optional": True} if version >= (2, 0) else {}
    return ColSpec(kind, name, **option)


def save_tensors():
    inputs = Schema([TensorSpec(np.dtype("float32"), (-1, 28, 28), "image"),
                     TensorSpec(np.dtype("datetime64[ns]"), (-1,), "time"),
                     TensorSpec(np.dtype("str"), (-1, 1), "text"), TensorSpec(np.dtype("complex64"), (), "z")])
    save_python_model("tensors", ModelSignature(inputs, Schema([TensorSpec(np.dtype("uint8"), (-1,))])))
    example = np.zeros((2, 3), "float32")
    save_python_model("tensor_unnamed", infer_signature(example, example), input_example=example)


def save_params():
    spec = types.ParamSpec
    params = [spec("flag", "boolean", True), spec("count", "integer", 3), spec("big", "long", 2**60),
              spec("whole", "double", 1.0), spec("ratio", "float", 0.5), spec("name", "string", "x"),
              spec("since", "datetime", "2024-02-29T12:30:00"), spec("list", "long", [1, 2], (-1,)),
              spec("none", "string", None)]
    if version >= (2, 22):
        from mlflow.types.schema import Object, Property
        params.append(spec("object", Object([Property("k", "string")]), {"k": "v"}))
    signature = ModelSignature(Schema([ColSpec("double", "x")]), None, types.ParamSchema(params))
    save_python_model("params", signature, input_example=({"x": [1.0]}, {"count": 4}))


def save_nested():
    array, thing, prop = types.Array, types.Object, types.Property
    columns = [ColSpec(array("double"), "array"), ColSpec(array(array("long")), "matrix", required=False),
               ColSpec(thing([prop("z", "string"), prop("a", array("double"), required=False)]), "object"),
               ColSpec(array(thing([prop("k", "boolean")])), "objects")]
    if version >= (2, 22):
        columns += [ColSpec(types.Map("double"), "map"), ColSpec(types.Map(array("string")), "map_of_arrays"),
                    ColSpec(types.AnyType(), "any"), ColSpec(types.SparkMLVector(), "vector")]
    save_python_model("nested", ModelSignature(Schema(columns)))


def save_type_hints():
    # Annotations are evaluated when the class is made, so older Pythons never see them.
    namespace = {"mlflow": mlflow}
    exec("class Hinted(mlflow.pyfunc.PythonModel):\n"
         "    def predict(self, model_input: list[str], params=None) -> list[str]:\n"
         "        return model_input\n", namespace)
    save_python_model("type_hint", python_model=namespace["Hinted"](), input_example=["a", "b"])


def main():
    shutil.rmtree(str(root), ignore_errors=True)
    root.mkdir(parents=True)
    save_xgboost_models()
    save_columns()
    save_tensors()
    if version >= (2, 6):
        save_params()
    if version >= (2, 10):
        save_nested()
    if version >= (2, 20):
        save_type_hints()
    for folder in sorted(root.iterdir()):
        print(folder.relative_to(root.parent), sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()))


if __name__ == "__main__":
    main()
