"""A model of plain Python that answers what it was given, down to dtypes, labels and the types of cells."""
import mlflow.pyfunc
import numpy as np
import pandas as pd

ROWS = 60


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return {"input": describe(model_input), "params": describe(params)}


def describe(value):
    if isinstance(value, pd.DataFrame):
        return {"frame": [cell(label) for label in value.columns], "dtypes": [str(dtype) for dtype in value.dtypes], "shape": list(value.shape),
                "index": [cell(label) for label in value.index[:ROWS]],
                "rows": [[cell(value.iloc[row, at]) for at in range(value.shape[1])] for row in range(min(len(value), ROWS))]}
    if isinstance(value, np.ndarray):
        return {"array": str(value.dtype), "shape": list(value.shape), "values": [cell(item) for item in value.reshape(-1)[:ROWS]]}
    if isinstance(value, dict):
        return {"dict": {str(key): describe(item) for key, item in value.items()}}
    if isinstance(value, list):
        return {"list": [describe(item) for item in value[:ROWS]]}
    return cell(value)


def cell(value):
    return f"{type(value).__name__} {value!r}"
