"""Rows for the example model, and what /invocations answers to them."""

import json
import urllib.request

import numpy as np

COLUMNS = ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"]
ROWS = 7


def columns():
    random = np.random.default_rng(0)
    return {name: random.normal(size=(ROWS, 1)) / 10 for name in COLUMNS}


def invocations(url, values):
    split = {"columns": list(values), "data": np.hstack(list(values.values())).tolist()}
    request = urllib.request.Request(
        f"{url}/invocations",
        json.dumps({"dataframe_split": split}).encode(),
        {"content-type": "application/json"},
    )
    return json.load(urllib.request.urlopen(request))["predictions"]
