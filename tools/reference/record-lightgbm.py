"""Records LightGBM fixtures: small models as text, inputs, and what `Booster.predict` of LightGBM 4.7 answers.

    python record-lightgbm.py OUT_DIR                     the fixtures of test/fixtures/lightgbm
    python record-lightgbm.py OUT_DIR --random N SEED     N random models, for a differential run by hand
    python record-lightgbm.py --train-old OUT_DIR         with an older LightGBM: texts only
    python record-lightgbm.py OUT_DIR --old DIR...        records such texts, with LightGBM 4.7, besides the fixtures

Only numpy, pandas and LightGBM are needed. One `<name>.json` a model: the text in base64, and per call the input (bits
in base64), the options and the answer, or `"error": true`.
"""
import base64
import json
import os
import re
import sys
import tempfile

import lightgbm as lgb
import numpy as np
import pandas as pd

FEATURES = 5
TRAINING_ROWS = 240
ROWS = 32
ZERO = float(np.float32(1e-35))
EDGES = [0.0, -0.0, 5e-324, -5e-324, ZERO, -ZERO, np.nextafter(ZERO, 1), np.nextafter(-ZERO, -1), np.nextafter(ZERO, 0),
         1e-36, 1e300, -1e300, np.inf, -np.inf, np.nan, 1.0, -1.0]
CATEGORY_EDGES = [-0.5, -1.0, -0.999999, 0.9999, 2.7, 31.0, 32.0, 33.0, 63.9, 64.0, 2.0**24, 2.0**31 - 1, 2.0**31, 2.0**32 + 3,
                  -2.0**31, 1e300, np.nan, np.inf, -np.inf, 1e-40]


def training_data(rng, config):
    x = rng.normal(size=(TRAINING_ROWS, FEATURES)) * config.get("scale", 1)
    x[:, 1] = np.round(x[:, 1] * 3)
    x[rng.random(TRAINING_ROWS) < 0.3, 3] = 0.0
    if config.get("constant"):
        x[:, 4] = 7.0
    for column in config.get("categories", []):
        x[:, column] = rng.integers(0, config.get("category_count", 12), TRAINING_ROWS)
    y = np.nan_to_num(x[:, 0] / config.get("scale", 1)) * 1.5 + np.sin(x[:, 2]) - 0.4 * (x[:, 3] > 0)
    for column in config.get("categories", []):
        y = y + np.cos(x[:, column] * 2)
    y = y + rng.normal(size=TRAINING_ROWS) * 0.2
    if config.get("missing"):
        x[rng.random(x.shape) < 0.15] = np.nan
    return x, y


def labels_of(objective, y, classes):
    if objective in ("multiclass", "multiclassova"):
        return np.digitize(y, np.quantile(y, np.linspace(0, 1, classes + 1)[1:-1]))
    if objective == "binary":
        return (y > 0).astype(int)
    if objective in ("cross_entropy", "cross_entropy_lambda"):
        return 1 / (1 + np.exp(-y))
    if objective in ("gamma", "tweedie", "poisson"):
        return np.exp(y / 3) + 0.1
    if objective in ("lambdarank", "rank_xendcg"):
        return np.clip(np.round(y + 1), 0, 3).astype(int)
    return y


def own_objective(score, data):
    return score.reshape(-1, order="F") - data.get_label(), np.ones(score.size)


def train(rng, config):
    x, y = training_data(rng, config)
    params = {"objective": "regression", "num_leaves": 7, "min_data_in_leaf": 3, "verbosity": -1, "seed": 7, "num_threads": 1,
              "deterministic": True, "feature_pre_filter": False, "min_data_per_group": 5, "cat_smooth": 1, **config.get("params", {})}
    objective = params["objective"]
    if params.get("boosting") == "rf":
        params.update(bagging_freq=1, bagging_fraction=0.6)
    label = labels_of(objective, y, params.get("num_class", 1))
    if objective == "own":
        params["objective"] = own_objective
    extra = {"group": [TRAINING_ROWS // 4] * 4} if objective in ("lambdarank", "rank_xendcg") else {}
    data = x
    if config.get("pandas"):
        data = pd.DataFrame(x, columns=list("abcde"))
        data["c"] = pd.Categorical(np.where(x[:, 2] > 0, "yes", "no"))
        extra["categorical_feature"] = "auto"
    elif config.get("categories"):
        extra["categorical_feature"] = config["categories"]
    dataset = lgb.Dataset(data, label, free_raw_data=False, **extra)
    callbacks, valid = [], None
    if config.get("early"):
        callbacks, valid = [lgb.early_stopping(2, verbose=False)], [dataset.create_valid(data, -np.asarray(label))]
    booster = lgb.train(params, dataset, config.get("rounds", 5), valid_sets=valid, callbacks=callbacks)
    if config.get("rollback"):
        booster.rollback_one_iter()
    return booster


def thresholds_of(text):
    found = [[] for _ in range(FEATURES)]
    for features, values in re.findall(r"^split_feature=(.*)\n(?:.*\n)*?threshold=(.*)$", text, re.M):
        for feature, value in zip(features.split(), values.split()):
            found[int(feature)].append(float(value))
    return found


def rows_of(rng, text, config):
    x, _ = training_data(rng, {**config, "missing": True})
    x = x[:ROWS].copy()
    thresholds = thresholds_of(text)
    for row in range(4, ROWS):
        for feature in range(FEATURES) if row % 4 == 0 else rng.integers(0, FEATURES, 2):
            if feature in config.get("categories", []):
                if rng.random() < 0.5:
                    x[row, feature] = CATEGORY_EDGES[int(rng.integers(len(CATEGORY_EDGES)))]
            elif thresholds[feature] and rng.random() < 0.6:
                value = thresholds[feature][int(rng.integers(len(thresholds[feature])))]
                x[row, feature] = [value, np.nextafter(value, np.inf), np.nextafter(value, -np.inf)][int(rng.integers(3))]
            else:
                x[row, feature] = EDGES[int(rng.integers(len(EDGES)))]
    return x


def pack(values):
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def describe(data):
    if isinstance(data, pd.DataFrame):
        columns = [{"dtype": str(d.dtype), "values": list(d) if d.dtype == object else pack(d.to_numpy())} for _, d in data.items()]
        return {"rows": len(data), "columns": columns}
    if data.dtype == object:
        return {"dtype": "object", "shape": data.shape, "values": data.ravel().tolist()}
    return {"dtype": data.dtype.name, "shape": data.shape, "values": pack(data)}


def inputs_of(x, config):
    finite = np.clip(np.nan_to_num(x, posinf=9, neginf=-9), -1000, 1000)
    yield x, {}
    yield x, {"raw_score": True}
    yield x[:8], {"num_iteration": 2}
    yield x[:8], {"start_iteration": 1, "num_iteration": 2}
    yield x[:8], {"start_iteration": 2}
    yield x[:8], {"start_iteration": -3, "num_iteration": -1}
    yield x[:8], {"start_iteration": 99}
    yield x[:8], {"num_iteration": 99}
    yield x[:1], {}
    yield x.astype(np.float32), {}
    yield x[:0], {}
    yield finite.astype(np.int64), {}
    if not config.get("short"):
        yield np.array([[2**53 + 1, -(2**62) + 1, 16777217, 33554435, 1]] * 2), {}
        yield finite.astype(np.int8), {}
        yield finite > 0, {}
        yield np.array([[1.5, None, True, 3, -1]] * 2, dtype=object), {}
        yield np.array([["1.5", "nan", " 2 ", "1_0", "-inf"]] * 2, dtype=object), {}
        yield np.array([["1.5", "x", "2", "1", "0"]] * 2, dtype=object), {}
        yield x[0], {}
        yield x[None], {}
        yield x[:, :4], {}
        yield np.hstack([x, x]), {}
        yield pd.DataFrame(x[:0]), {}
        yield pd.DataFrame(x[:, :4]), {}
        yield pd.DataFrame({"a": ["1", "2"], "b": [1, 2], "c": [1, 2], "d": [1, 2], "e": [1, 2]}, dtype=object), {}
    yield pd.DataFrame(x), {}
    yield pd.DataFrame(x.astype(np.float32)), {}
    mixed = {"a": x[:, 0].astype(np.float32), "b": finite[:, 1].astype(np.int16), "c": finite[:, 2].astype(np.int32),
             "d": finite[:, 3] > 0, "e": (finite[:, 4] * 2**50).astype(np.int64)}
    yield pd.DataFrame(mixed), {}
    yield pd.DataFrame({name: mixed[name] for name in "abd"} | {"x": finite[:, 1].astype(np.int8), "y": x[:, 0].astype(np.float32)}), {}


def record(booster, rng, config, name, out):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "model.lgb")
        booster.save_model(file)
        record_file(file, rng, config, name, out)


def record_file(file, rng, config, name, out):
    with open(file) as f:
        text = f.read()
    # As MLflow loads it.
    loaded = lgb.Booster(model_file=file)
    x, calls = rows_of(rng, text, config), []
    for data, options in inputs_of(x, config):
        call = {"input": describe(data), "options": options}
        try:
            answer = np.asarray(loaded.predict(data, **options))
            calls.append({**call, "shape": answer.shape, "values": pack(answer)})
        except Exception:  # noqa: BLE001 - any refusal is a refusal
            calls.append({**call, "error": True})
    with open(os.path.join(out, name + ".json"), "w") as f:
        json.dump({"text": base64.b64encode(text.encode()).decode(), "calls": calls}, f)


OBJECTIVES = ["regression", "regression_l1", "huber", "fair", "quantile", "mape", "poisson", "gamma", "tweedie", "binary",
              "cross_entropy", "cross_entropy_lambda", "lambdarank", "rank_xendcg", "own"]


def fixtures():
    yield "l2", {}
    for objective in OBJECTIVES[1:]:
        yield objective.replace("_", "-"), {"short": True, "params": {"objective": objective}}
    for objective in ("multiclass", "multiclassova"):
        yield objective, {"short": True, "params": {"objective": objective, "num_class": 3, "sigmoid": 1.7}}
    for objective in ("regression", "fair", "huber", "quantile"):
        yield f"sqrt-{objective}", {"short": True, "params": {"objective": objective, "reg_sqrt": True}}
    yield "sigmoid", {"short": True, "params": {"objective": "binary", "sigmoid": 0.123456}}
    for boosting in ("dart", "goss", "rf"):
        yield boosting, {"short": True, "params": {"boosting": boosting, "learning_rate": 0.5, "drop_rate": 0.5}}
    yield "rf-binary", {"short": True, "params": {"boosting": "rf", "objective": "binary"}}
    yield "rf-multiclass", {"short": True, "params": {"boosting": "rf", "objective": "multiclass", "num_class": 3}}
    yield "missing", {"short": True, "missing": True}
    yield "no-missing", {"short": True, "params": {"use_missing": False}}
    yield "zero-as-missing", {"short": True, "missing": True, "params": {"zero_as_missing": True}}
    yield "tiny", {"short": True, "scale": 1e-35, "params": {"min_data_in_bin": 1, "zero_as_missing": True}}
    yield "huge", {"short": True, "scale": 1e300}
    yield "linear", {"short": True, "params": {"linear_tree": True}}
    yield "linear-missing", {"short": True, "missing": True, "params": {"linear_tree": True, "objective": "binary"}}
    yield "linear-rf", {"short": True, "params": {"linear_tree": True, "boosting": "rf"}}
    yield "categories", {"categories": [1, 2], "missing": True, "params": {"max_cat_to_onehot": 1, "num_leaves": 15}}
    yield "one-hot", {"short": True, "categories": [1, 2], "params": {"max_cat_to_onehot": 99}}
    yield "linear-categories", {"short": True, "categories": [1], "params": {"linear_tree": True}}
    yield "many-categories", {"short": True, "categories": [1, 2], "category_count": 100, "params": {"max_cat_to_onehot": 1}}
    yield "pandas-categories", {"pandas": True}
    yield "one-leaf", {"short": True, "params": {"min_data_in_leaf": 9999}}
    yield "no-rounds", {"short": True, "rounds": 1, "rollback": True}
    yield "early", {"short": True, "early": True, "rounds": 20}
    yield "constant", {"short": True, "constant": True, "params": {"extra_trees": True, "feature_fraction": 0.6}}


def random_config(rng):
    pick = lambda options: options[int(rng.integers(len(options)))]  # noqa: E731
    params = {"objective": pick(OBJECTIVES + ["multiclass", "multiclassova"] * 2 + ["binary", "regression"] * 2),
              "boosting": pick(["gbdt"] * 4 + ["dart", "goss", "rf"]), "num_leaves": int(rng.integers(2, 40)),
              "max_depth": pick([-1, -1, 3, 8]), "learning_rate": float(rng.uniform(0.02, 0.7)), "min_data_in_leaf": int(rng.integers(1, 12)),
              "max_bin": pick([255, 255, 7, 63, 1000]), "min_data_in_bin": pick([1, 3]), "use_missing": pick([True, True, False]),
              "zero_as_missing": pick([False, False, True]), "linear_tree": pick([False, False, False, True]),
              "max_cat_to_onehot": pick([1, 4, 99]), "reg_sqrt": pick([False, False, True]), "extra_trees": pick([False, True]),
              "path_smooth": pick([0.0, 0.0, 1.5]), "lambda_l1": pick([0.0, 0.1]), "boost_from_average": pick([True, False]),
              "sigmoid": pick([1.0, 0.7, 2.34567, 1e-3]), "bagging_fraction": 0.7, "bagging_freq": pick([0, 1])}
    if params["objective"].startswith("multiclass"):
        params["num_class"] = int(rng.integers(2, 6))
    return {"short": True, "params": params, "rounds": int(rng.integers(1, 15)), "missing": bool(rng.integers(2)),
            "categories": pick([[], [], [2], [1, 2]]), "category_count": pick([3, 12, 40, 200]), "constant": bool(rng.integers(2)),
            "scale": pick([1, 1, 1, 1e-3, 1e-35, 1e-37, 1e250])}


OLD = {"binary": {"missing": True, "params": {"objective": "binary"}},
       "multiclass": {"params": {"objective": "multiclass", "num_class": 3}},
       "categories": {"categories": [1, 2], "missing": True, "params": {"max_cat_to_onehot": 1, "num_leaves": 15}},
       "rf": {"params": {"boosting": "rf"}}, "dart": {"params": {"boosting": "dart", "drop_rate": 0.5}}}


def main(args):
    out = args[1] if args[0] == "--train-old" else args[0]
    os.makedirs(out, exist_ok=True)
    if args[0] == "--train-old":
        for i, (name, config) in enumerate(OLD.items()):
            train(np.random.default_rng(i), config).save_model(os.path.join(out, f"old-{lgb.__version__}-{name}"))
        return
    if "--random" in args:
        count, seed = int(args[2]), int(args[3])
        for i in range(count):
            rng = np.random.default_rng([seed, i])
            config = random_config(rng)
            try:
                record(train(rng, config), rng, config, f"random-{seed}-{i}", out)
            except lgb.basic.LightGBMError as error:  # LightGBM does not train every combination
                print("skipped", i, str(error).split("\n")[0][:160])
        return
    for i, (name, config) in enumerate(fixtures()):
        rng = np.random.default_rng(100 + i)
        record(train(rng, config), rng, config, name, out)
    for directory in args[args.index("--old") + 1:] if "--old" in args else []:
        for file in sorted(os.listdir(directory)):
            config = {"short": True, **OLD[file.rsplit("-", 1)[1]]}
            record_file(os.path.join(directory, file), np.random.default_rng(5), config, file, out)


if __name__ == "__main__":
    main(sys.argv[1:])
