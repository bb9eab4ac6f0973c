"""Records the project's own conformance set, test/fixtures/corpus, with the real MLflow.

Usage: "$(tools/reference/setup.sh)/bin/python" tools/reference/record-corpus.py
Saves small XGBoost models and asks MLflow's own scoring server, in process, what it answers. The form of the files
is described in tools/reference/README.md.
"""

import base64
import io
import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
import mlflow.pyfunc
import numpy as np
import pandas as pd
import xgboost
from fastapi.testclient import TestClient
from mlflow.models import infer_signature
from mlflow.pyfunc import scoring_server
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.models.signature import ModelSignature

root = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "corpus"
rng = np.random.default_rng(11)

# --- the models: name -> (what save_model is given, frame of rows to ask about, numeric label) ---

names = ["x0", "x1", "x2", "x3"]


def make_frame(rows=400, columns=tuple(names)):
    return pd.DataFrame(rng.normal(0, 2, (rows, len(columns))).round(3), columns=list(columns))


def make_target(frame):
    values = frame.to_numpy(dtype=float, na_value=0.0)
    return values[:, 0] * 2 - np.abs(values[:, 1]) + values[:, 2] * values[:, -1]


def regressor(**options):
    return xgboost.XGBRegressor(n_estimators=12, max_depth=3, n_jobs=1, random_state=1, **options)


def build_regressor():
    frame = make_frame()
    model = regressor().fit(frame, make_target(frame))
    return model, frame, infer_signature(frame, model.predict(frame)), "exact"


def build_missing():
    frame = make_frame().mask(rng.random((400, 4)) < 0.2)
    target = make_target(frame.fillna(0))
    model = regressor().fit(frame, target)
    return model, frame, infer_signature(frame, model.predict(frame)), "exact"


def build_typed():
    frame = pd.DataFrame({
        "long": rng.integers(-9, 9, 400),
        "integer": rng.integers(-9, 9, 400).astype("int32"),
        "float": rng.normal(0, 2, 400).astype("float32").round(2),
        "flag": rng.random(400) < 0.5,
        "double": rng.normal(0, 2, 400).round(3),
    })
    model = regressor().fit(frame, make_target(frame.astype(float)))
    return model, frame, infer_signature(frame, model.predict(frame)), "exact"


def build_integer_names():
    frame = make_frame()
    frame.columns = range(4)
    model = regressor().fit(frame, make_target(frame))
    return model, frame, infer_signature(frame, model.predict(frame)), "exact"


def build_tensor():
    frame = make_frame()
    model = regressor().fit(frame.to_numpy("float32"), make_target(frame))
    inputs = Schema([TensorSpec(np.dtype("float32"), (-1, 4))])
    return model, frame, ModelSignature(inputs, Schema([TensorSpec(np.dtype("float32"), (-1,))])), "exact"


def build_classifier():
    frame = make_frame()
    target = np.digitize(make_target(frame), [-2, 2])
    model = xgboost.XGBClassifier(n_estimators=8, max_depth=3, n_jobs=1, random_state=1).fit(frame, target)
    return model, frame, infer_signature(frame, model.predict(frame)), "labels"


def train_booster(objective, target, frame):
    matrix = xgboost.DMatrix(frame, target)
    return xgboost.train({"objective": objective, "max_depth": 3, "nthread": 1, "seed": 1}, matrix, 10)


def build_booster_params():
    frame = make_frame()
    model = train_booster("binary:logistic", (make_target(frame) > 0).astype(int), frame)
    inputs = Schema([ColSpec(DataType.double, name) for name in names])
    params = ParamSchema([
        ParamSpec("output_margin", DataType.boolean, False),
        ParamSpec("pred_leaf", DataType.boolean, False),
        ParamSpec("iteration_range", DataType.long, [0, 0], (-1,)),
    ])
    return model, frame, ModelSignature(inputs, None, params), "libm"


def build_booster_nosig():
    frame = make_frame()
    return train_booster("reg:squarederror", make_target(frame), frame), frame, None, "exact"


models = {
    "regressor": build_regressor,
    "regressor_missing": build_missing,
    "regressor_typed": build_typed,
    "regressor_integer_names": build_integer_names,
    "regressor_tensor": build_tensor,
    "classifier_multi": build_classifier,
    "booster_params": build_booster_params,
    "booster_nosig": build_booster_nosig,
}

# --- the requests ---

JSON = "application/json"


def split(frame, **more):
    return {"dataframe_split": json.loads(frame.to_json(orient="split", index=False, double_precision=15)), **more}


def records(frame):
    return json.loads(frame.to_json(orient="records", double_precision=15))


def as_columns(frame):
    return {str(name): json.loads(frame[name].to_json(orient="values", double_precision=15)) for name in frame}


def nested(frame):
    return json.loads(frame.to_json(orient="values", double_precision=15))


def replaced(frame, value):
    """The first cell holds `value`, whatever its type."""
    body = split(frame)
    body["dataframe_split"]["data"][0][0] = value
    return body


def json_requests(frame):
    first = frame.columns[0]
    yield "split", split(frame)
    yield "split-1row", split(frame.head(1))
    yield "split-shuffled", split(frame[frame.columns[::-1]])
    yield "split-missing-column", split(frame.drop(columns=first))
    yield "split-extra-column", split(frame.assign(extra=1))
    yield "split-no-columns", {"dataframe_split": {"data": nested(frame)}}
    yield "split-0-rows", split(frame.head(0))
    yield "records", {"dataframe_records": records(frame)}
    yield "records-missing-key", {"dataframe_records": [records(frame)[0], {}]}
    yield "inputs-columns", {"inputs": as_columns(frame)}
    yield "inputs-records", {"inputs": records(frame)}
    yield "inputs-lists", {"inputs": nested(frame)}
    yield "instances-records", {"instances": records(frame)}
    yield "instances-lists", {"instances": nested(frame)}
    for name, value in {"null": None, "text": "x", "number-text": "1.5", "true": True, "int": 3, "float": 2.5,
                        "big": 2**53 + 1, "tiny": 5e-324, "infinity": float("inf"), "list": [1]}.items():
        yield f"cell-{name}", replaced(frame, value)
    yield "ragged", {"dataframe_split": {"columns": [str(c) for c in frame.columns], "data": [[1], [1, 2]]}}
    yield "two-formats", {"inputs": nested(frame), "instances": nested(frame)}
    yield "no-format", {"rows": nested(frame)}
    yield "llm-input", {"input": nested(frame)}
    yield "params-margin", split(frame, params={"output_margin": True})
    yield "params-leaf", split(frame, params={"pred_leaf": True})
    yield "params-range", split(frame, params={"iteration_range": [0, 4]})
    yield "params-int-for-bool", split(frame, params={"output_margin": 1})
    yield "params-unknown", split(frame, params={"colour": "red"})
    yield "params-list", split(frame, params=[1])
    yield "params-null", split(frame, params=None)


def text_requests(frame):
    csv = frame.to_csv(index=False)
    yield "csv", "text/csv", csv
    yield "csv-charset", "text/csv; charset=utf-8", csv
    yield "csv-crlf", "text/csv", csv.replace("\n", "\r\n")
    header, _first, *rest = csv.split("\n")
    yield "csv-empty-cells", "text/csv", "\n".join([header, "," * (frame.shape[1] - 1), *rest])
    yield "csv-no-rows", "text/csv", frame.head(0).to_csv(index=False)
    yield "csv-empty", "text/csv", ""
    yield "not-json", JSON, "{'inputs': 1}"
    yield "json-list", JSON, "[1, 2]"
    yield "json-empty", JSON, ""
    yield "json-charset", "application/json; charset=utf-8", json.dumps(split(frame))
    yield "json-latin1", "application/json; charset=latin-1", json.dumps(split(frame))
    yield "unknown-type", "text/plain", json.dumps(split(frame))


def requests_for(frame):
    """Name, method, path, content type, body (text or bytes)."""
    for name, body in json_requests(frame):
        yield name, "POST", "/invocations", JSON, json.dumps(body)
    for name, content_type, body in text_requests(frame):
        yield name, "POST", "/invocations", content_type, body
    sink = io.BytesIO()
    frame.rename(columns=str).to_parquet(sink, index=False)
    yield "parquet", "POST", "/invocations", "application/vnd.apache.parquet", sink.getvalue()
    yield "ping", "GET", "/ping", None, ""
    yield "version", "GET", "/version", None, ""
    yield "get-invocations", "GET", "/invocations", None, ""
    yield "not-found", "GET", "/nothing", None, ""


# --- asking, and writing down ---

reached = {"stage": "parse"}


def watch_stages():
    """Notes how far a request came: enforcement begins and ends in one function of pyfunc."""
    original = mlflow.pyfunc._validate_prediction_input

    def watched(*args, **kwargs):
        reached["stage"] = "enforce"
        result = original(*args, **kwargs)
        reached["stage"] = "model"
        return result

    mlflow.pyfunc._validate_prediction_input = watched
    params = mlflow.pyfunc._enforce_params_schema

    def watched_params(*args, **kwargs):
        reached["stage"] = "params"
        return params(*args, **kwargs)

    mlflow.pyfunc._enforce_params_schema = watched_params


def has_float(value):
    if isinstance(value, dict):
        value = list(value.values())
    return any(map(has_float, value)) if isinstance(value, list) else isinstance(value, float)


def judge(status, body):
    """How another implementation is to be compared, and MLflow's error code."""
    try:
        value = json.loads(body)
    except ValueError:
        return "text", None
    if isinstance(value, dict) and "error_code" in value:
        return "status+error_code", value["error_code"]
    return ("json-numeric" if has_float(value) else "exact-json"), None


def record(client, model, numeric, request):
    name, method, path, content_type, body = request
    reached["stage"] = "parse"
    headers = {"Content-Type": content_type} if content_type else {}
    data = body.encode() if isinstance(body, str) else body
    answer = client.request(method, path, headers=headers, content=data)
    is_text = isinstance(body, str)
    compare, error_code = judge(answer.status_code, answer.text)
    if path == "/version":
        compare = "text"
    line = {
        "id": f"{model}/{name}",
        "model": model,
        "request": {"method": method, "path": path, "headers": headers,
                    "body": body if is_text else base64.b64encode(body).decode(),
                    "body_encoding": "utf-8" if is_text else "base64"},
        "response": {"status": answer.status_code, "content_type": answer.headers.get("content-type"),
                     "body": shorten(answer.text)},
        "compare": compare,
    }
    if "allow" in answer.headers:
        line["response"]["allow"] = answer.headers["allow"]
    if compare == "json-numeric":
        line["numeric"] = numeric
    if error_code:
        line["error_code"] = error_code
    if answer.status_code >= 400:
        line["stage"] = "protocol" if answer.status_code in (404, 405, 415) else reached["stage"]
    return line


def shorten(body):
    """Stack traces hold paths of the machine that recorded them, and say nothing more."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    if isinstance(value, dict) and "stack_trace" in value:
        return json.dumps({**value, "stack_trace": "<trace>"})
    return body


def record_cli(folder, model, frame):
    csv = frame.to_csv(index=False)
    inputs = {
        "cli-json": ("json", json.dumps(split(frame))),
        "cli-csv": ("csv", csv),
        "cli-csv-ints": ("csv", frame.astype(float).round().astype("Int64").to_csv(index=False)),
        "cli-csv-missing-column": ("csv", frame.drop(columns=frame.columns[0]).to_csv(index=False)),
        "cli-json-bad": ("json", "{"),
    }
    for name, (content_type, text) in inputs.items():
        yield {"id": f"{model}/{name}", "model": model, "content_type": content_type, "input": text,
               **run_cli(folder, content_type, text)}


def run_cli(folder, content_type, text):
    with tempfile.TemporaryDirectory() as scratch:
        source, sink = Path(scratch, "in"), Path(scratch, "out")
        source.write_text(text, newline="")
        try:
            scoring_server._predict(str(folder), str(source), str(sink), content_type)
        except Exception as error:  # whatever MLflow raises is the answer
            return {"ok": False, "error_type": type(error).__name__, "compare": "fails"}
        output = sink.read_text()
        return {"ok": True, "output": output, "compare": judge(200, output)[0]}


def write_lines(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="\n") as sink:
        sink.writelines(json.dumps(line) + "\n" for line in lines)


def save(model, folder, signature):
    mlflow.xgboost.save_model(model, str(folder), signature=signature)
    for name in ["conda.yaml", "python_env.yaml"]:
        (folder / name).unlink()


def main():
    shutil.rmtree(root, ignore_errors=True)
    watch_stages()
    index = []
    for name, build in models.items():
        model, frame, signature, numeric = build()
        folder = root / "models" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        save(model, folder, signature)
        client = TestClient(scoring_server.init(mlflow.pyfunc.load_model(str(folder))),
                            base_url="http://127.0.0.1:5000", raise_server_exceptions=False, follow_redirects=False)
        asked = frame.head(3).reset_index(drop=True)
        lines = [record(client, name, numeric, request) for request in requests_for(asked)]
        cli_lines = list(record_cli(folder, name, asked))
        write_lines(root / "cases" / f"{name}.jsonl", lines)
        write_lines(root / "cli" / f"{name}.jsonl", cli_lines)
        index.append({"model": name, "family": "xgboost", "numeric": numeric, "needs_python": False,
                      "has_signature": signature is not None, "cases": len(lines), "cli_cases": len(cli_lines)})
        print(name, len(lines), sum(line["response"]["status"] == 200 for line in lines))
    versions = {"mlflow": mlflow.__version__, "xgboost": xgboost.__version__, "pandas": pd.__version__,
                "numpy": np.__version__}
    (root / "index.json").write_text(json.dumps({"versions": versions, "models": index}, indent=1) + "\n")


if __name__ == "__main__":
    main()
