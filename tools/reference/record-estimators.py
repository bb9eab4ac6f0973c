"""Records fixtures of LightGBM's scikit-learn API: saved estimators, inputs, and what LightGBM 4.7 answers.

    python record-estimators.py OUT_DIR                     the fixtures of test/fixtures/lightgbm-estimators
    python record-estimators.py OUT_DIR --random N SEED     N random estimators, for a differential run by hand

One `<name>.json.gz` an estimator: its file in base64, how it was serialized, and per call the input and the answer
(`dtype`, `shape`, `values`: bits in base64, or a list for text and objects), or `"error": true`.
"""
import base64
import gzip
import io
import json
import os
import pickle
import sys
import warnings

import cloudpickle
import lightgbm as lgb
import numpy as np
import pandas as pd
import skops.io

warnings.filterwarnings("ignore")
FEATURES = 4
QUIET = {"n_estimators": 5, "num_leaves": 5, "min_child_samples": 3, "verbose": -1, "n_jobs": 1, "random_state": 1, "deterministic": True}


def data(rng, missing=True):
    x = rng.normal(size=(120, FEATURES)).round(3)
    x[:, 3] = rng.integers(0, 5, 120)
    score = x[:, 0] - 0.7 * x[:, 1] + np.sin(x[:, 2] * 3)
    if missing:
        x[rng.random(x.shape) < 0.1] = np.nan
    return x, score


def squared(y_true, y_pred):
    return y_pred - y_true, np.ones_like(y_pred)


LABELS = {"int": np.array([-3, 10, 7, 2]), "str": np.array(["no", "yes", "maybe", "ünïcode"]), "float": np.array([-1.0, 2.0, 3.0, 50.0]),
          "bool": np.array([False, True]), "uint8": np.array([0, 5, 9, 200], dtype="u1"), "object": np.array(["b", "a", "d", "c"], dtype=object),
          "float32": np.array([1, 2, 4], dtype="f4"), "int32": np.array([1, 2, 3], dtype="i4")}


def classes(score, count, kind):
    edges = np.quantile(score, np.linspace(0, 1, count + 1)[1:-1])
    return LABELS[kind][np.digitize(score, edges)]


def fixtures():
    for kind in LABELS:
        for count in (2, 3, 4):
            if count <= len(LABELS[kind]):
                yield f"classifier-{kind}-{count}", lgb.LGBMClassifier, {}, (count, kind)
    for objective in ("multiclassova", "cross_entropy", "binary"):
        yield f"classifier-{objective}", lgb.LGBMClassifier, {"objective": objective}, (3 if objective == "multiclassova" else 2, "str")
    for objective in ("softmax", "multiclass"):
        yield f"classifier-{objective}-2", lgb.LGBMClassifier, {"objective": objective, "num_class": 2}, (2, "int")
    yield "classifier-regression", lgb.LGBMClassifier, {"objective": "regression"}, (2, "int")
    yield "classifier-own", lgb.LGBMClassifier, {"objective": squared}, (2, "int")
    yield "classifier-one", lgb.LGBMClassifier, {}, (1, "str")
    yield "classifier-weighted", lgb.LGBMClassifier, {"class_weight": "balanced"}, (3, "str")
    yield "classifier-early", lgb.LGBMClassifier, {"n_estimators": 60, "learning_rate": 1.0, "early": True}, (3, "int")
    yield "regressor-early", lgb.LGBMRegressor, {"n_estimators": 60, "learning_rate": 1.5, "early": True}, None
    for objective in ("regression", "quantile", "poisson", "huber", squared):
        yield f"regressor-{getattr(objective, '__name__', objective)}", lgb.LGBMRegressor, {"objective": objective}, None
    yield "regressor-linear", lgb.LGBMRegressor, {"linear_tree": True}, None
    yield "regressor-forest", lgb.LGBMRegressor, {"boosting_type": "rf", "subsample": 0.7, "subsample_freq": 1}, None
    yield "regressor-plain", lgb.LGBMRegressor, {"importance_type": "gain", "missing": False}, None
    yield "ranker", lgb.LGBMRanker, {}, None
    yield "model", lgb.LGBMModel, {"objective": "binary"}, (2, "int")
    yield "categories", lgb.LGBMRegressor, {"categories": True}, None


def train(rng, kind, params, labels):
    params = {**QUIET, **params}
    early, categories = params.pop("early", False), params.pop("categories", False)
    x, score = data(rng, params.pop("missing", True))
    if kind is lgb.LGBMRanker:
        return kind(**params).fit(x, (score > 0).astype(int), group=[30, 50, 40])
    y = score if labels is None else classes(score, *labels)
    if params.get("objective") == "poisson":
        y = np.exp(y / 2)
    frame = pd.DataFrame(x, columns=[f"x {i}" if i % 2 else f"x{i}" for i in range(FEATURES)])
    if categories:
        frame["x 3"] = pd.Categorical(frame["x 3"].fillna(0).astype(int).map(lambda v: "abcde"[v]))
        return kind(**params).fit(frame, y)
    if early:
        return kind(**params).fit(frame[:80], y[:80], eval_set=[(frame[80:], y[80:])], callbacks=[lgb.early_stopping(3, verbose=False)])
    return kind(**params).fit(frame if rng.random() < 0.5 else x, y)


def inputs(rng):
    x, _ = data(rng)
    x = x[:9]
    names = [f"x {i}" if i % 2 else f"x{i}" for i in range(FEATURES)]
    frame = pd.DataFrame(x, columns=names)
    whole = pd.DataFrame(np.nan_to_num(x * 3).round().astype("i8"), columns=names)
    yield from (frame, frame[names[::-1]], frame[:1], frame[:0], frame[names[:3]], frame.astype("f4"), whole, whole > 0)
    yield frame.astype({names[0]: object})
    yield frame.assign(**{names[1]: "text"})
    yield pd.concat([frame, frame[["x0"]].rename(columns={"x0": "more"})], axis=1)
    yield from (x, x.astype("f4"), x.astype("f2"), whole.to_numpy(), whole.to_numpy() + 2**24, whole.to_numpy().astype("i4"), whole.to_numpy() > 0)
    yield from (x[:0], x[:, :3], x[0], x[None], np.zeros((3, 0)), np.where(np.isnan(x), np.inf, x), -np.where(np.isnan(x), np.inf, x))
    yield np.where(np.isnan(x), None, x.astype(object))
    yield np.array([[0.1, "0.2", True, 3], ["1_0.5", " nan ", "-inf", 2**60 + 1]], dtype=object)
    yield np.array([[0.1, "x", True, 3]], dtype=object)
    yield np.array([[0.1, 10**400, True, 3]], dtype=object)
    yield np.array([["0.1", "1", "2", "3"]])


def pack_item(value):
    if type(value) is int:
        return {"int": str(value)}
    return {"float": "NaN"} if value != value else value


def pack(array):
    array = np.ascontiguousarray(array)
    if array.dtype.kind in "OU" or not isinstance(array, np.ndarray):
        values = [pack_item(v) for v in array.ravel().tolist()]
        return {"dtype": "object" if array.dtype.kind == "O" else "str", "values": values}
    return {"dtype": array.dtype.name, "values": base64.b64encode(array.tobytes()).decode()}


def pack_input(value):
    if isinstance(value, pd.DataFrame):
        columns = [{"label": c, **pack(value[c].to_numpy() if value[c].dtype != object else value[c].to_numpy(dtype=object))} for c in value.columns]
        return {"rows": len(value), "columns": columns}
    return {"shape": list(value.shape), **pack(value)}


def answer(model, value):
    try:
        result = np.asarray(model.predict(value))
    except Exception:  # noqa: BLE001 - any refusal is a 400
        return {"error": True}
    return {"shape": list(result.shape), **pack(result)}


def serialize(model, index):
    if index % 3 == 0 and not callable(model.objective):
        return "skops", skops.io.dumps(model)
    return ("cloudpickle", cloudpickle.dumps(model)) if index % 3 == 1 or callable(model.objective) else ("pickle", pickle.dumps(model, protocol=index % 6))


def write(out, name, model, index, rng):
    form, file = serialize(model, index)
    calls = [{"input": pack_input(value), **answer(model, value)} for value in inputs(rng)]
    recorded = {"class": f"lightgbm.sklearn.{type(model).__name__}", "format": form, "file": base64.b64encode(file).decode(), "calls": calls}
    with open(os.path.join(out, f"{name}.json.gz"), "wb") as f:
        f.write(gzip.compress(json.dumps(recorded).encode(), mtime=0))


def random_fixtures(count, seed):
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        kind = [lgb.LGBMClassifier, lgb.LGBMRegressor, lgb.LGBMClassifier, lgb.LGBMRanker][i % 4]
        params = {"boosting_type": str(rng.choice(["gbdt", "dart"])), "learning_rate": float(rng.choice([0.1, 0.7, 2.0])),
                  "num_leaves": int(rng.integers(2, 31)), "n_estimators": int(rng.integers(1, 20))}
        name = str(rng.choice([k for k in LABELS]))
        yield f"random-{seed}-{i}", kind, params, (int(rng.integers(2, len(LABELS[name]) + 1)), name) if kind is lgb.LGBMClassifier else None


def main(args):
    out = args[0]
    os.makedirs(out, exist_ok=True)
    chosen = random_fixtures(int(args[2]), int(args[3])) if "--random" in args else fixtures()
    for index, (name, kind, params, labels) in enumerate(chosen):
        rng = np.random.default_rng([len(name), index])
        write(out, name, train(rng, kind, params, labels), index, rng)


if __name__ == "__main__":
    main(sys.argv[1:])
