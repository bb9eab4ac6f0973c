"""Trains random small models with the real libraries, saves them with MLflow, and records MLflow's answers.

    python random-models.py SEED COUNT FOLDER [--library xgboost|lightgbm|catboost|onnx] [--first N]

Models of one seed are numbered from N (default 0); a number stands for the same model in every run. FOLDER gets
`<library>-<seed>-<n>/` (the saved model) and `<library>-<seed>-<n>.json`: `settings` by which it was trained, and
`calls`, each an `input` of `mlflow.pyfunc.load_model(...).predict` and its `answer`, or `error`. Models of which no
combination could be trained stand in `skipped.json`.
"""
import argparse
import importlib
import json
import logging
import os
import pathlib
import shutil
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from mlflow.models import ModelSignature, infer_signature  # noqa: E402
from mlflow.types import ColSpec, DataType, Schema, TensorSpec  # noqa: E402

from random_models.draw import Draw  # noqa: E402
from random_models.recording import item  # noqa: E402

logging.disable(logging.CRITICAL)
LIBRARIES = ["xgboost", "lightgbm", "catboost", "onnx"]
# A library does not train every combination; then others are drawn.
ATTEMPTS = 5


def record(library, seed, number, folder):
    """Returns why there is no such model; empty where there is one."""
    reasons = []
    while len(reasons) < ATTEMPTS and (reason := attempt(library, (seed, number, len(reasons)), folder)) is not None:
        reasons.append(reason)
    return reasons if len(reasons) == ATTEMPTS else []


def attempt(library, numbers, folder):
    """Returns None, or why the model could not be made."""
    name = f"{library}-{numbers[0]}-{numbers[1]}"
    path = folder / name
    shutil.rmtree(path, ignore_errors=True)
    draw = Draw([LIBRARIES.index(library), *numbers])
    settings = {}
    try:
        made = importlib.import_module(f"random_models.{library}_models").make(draw, settings)
        signature, kind = sign(draw, made["example"])
        settings["signature"] = kind
        flavor = importlib.import_module(f"mlflow.{library}")
        flavor.save_model(made["model"], str(path), signature=signature, pip_requirements=[library], **made["options"])
        loaded = mlflow.pyfunc.load_model(str(path))
    except Exception as error:  # noqa: BLE001 - not every combination can be trained
        shutil.rmtree(path, ignore_errors=True)
        return f"{type(error).__name__}: {str(error).strip().splitlines()[0][:160] if str(error) else ''} {json.dumps(settings, default=str)[:300]}"
    calls = [call for data in made["inputs"] if (call := ask(loaded, data)) is not None]
    recording = {"library": library, "settings": settings, "calls": calls}
    (folder / f"{name}.json").write_text(json.dumps(recording, default=str))
    return None


def ask(loaded, data):
    try:
        call = {"input": item(data)}
    except TypeError:
        return None
    try:
        answer = loaded.predict(data.copy() if hasattr(data, "copy") else data)
    except Exception as error:  # noqa: BLE001 - any refusal is a refusal
        return {**call, "error": f"{type(error).__name__}: {str(error)[:200]}"}
    return {**call, "answer": item(answer)}


def sign(draw, example):
    """A signature that an author may have written for such input, or none."""
    kind = draw.pick(["none", "none", "inferred", "names", "optional", "tensor", "nameless"])
    if kind == "none" or example is None:
        return None, "none"
    if isinstance(example, (dict, np.ndarray)) or kind == "inferred":
        return infer_signature(example), "inferred"
    if kind == "tensor":
        if not all(dtype.kind == "f" for dtype in example.dtypes):
            return None, "none"
        return ModelSignature(Schema([TensorSpec(np.dtype(draw.pick(["float64", "float32"])), (-1, example.shape[1]))])), kind
    types = [type_of(draw, example.iloc[:, i].dtype) for i in range(example.shape[1])]
    specs = [ColSpec(t, None if kind == "nameless" else str(n), required=not (kind == "optional" and draw.chance(0.4)))
             for t, n in zip(types, example.columns)]
    return ModelSignature(Schema(specs)), kind


def type_of(draw, dtype):
    if isinstance(dtype, (pd.StringDtype, pd.CategoricalDtype)) or dtype.kind == "O":
        return DataType.string
    if dtype.kind == "b":
        return DataType.boolean
    return draw.pick([DataType.double] * 4 + [DataType.float]) if dtype.kind == "f" else DataType.long


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--library", choices=LIBRARIES)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    started, skipped = time.time(), {}
    for library in [options.library] if options.library else LIBRARIES:
        for number in range(options.first, options.first + options.count):
            reasons = record(library, options.seed, number, options.folder)
            if reasons:
                skipped[f"{library}-{options.seed}-{number}"] = reasons
    (options.folder / "skipped.json").write_text(json.dumps(skipped, indent=1))
    print(f"{options.count} models a library, {len(skipped)} of them not trained, {time.time() - started:.1f} s")


if __name__ == "__main__":
    main()
