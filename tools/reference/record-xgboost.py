"""Records XGBoost fixtures: small models, inputs, and what MLflow's wrapper of XGBoost 3.2 answers.

    python record-xgboost.py OUT_DIR                     the fixtures of test/fixtures/xgboost
    python record-xgboost.py OUT_DIR --random N SEED     N random models, for a differential run by hand
    python record-xgboost.py --train-old OUT_DIR         with an older XGBoost: model files only
    python record-xgboost.py OUT_DIR --old DIR...        adds such files to the fixtures

Only numpy and XGBoost are needed for training; recording needs mlflow as well. One `<name>.json` a
model: the model file, its class, the input (float64 bits in base64), and per call the params and the
answer, or `"error": true`.
"""
import base64
import json
import os
import sys
import warnings

import numpy as np
import xgboost as xgb

warnings.filterwarnings("ignore")
xgb.set_config(verbosity=0) if hasattr(xgb, "set_config") else None
FEATURES = 4
ROWS = 12


def data(rng, missing=False, categories=False):
    x = rng.normal(size=(160, FEATURES))
    x[:, 1] = np.round(x[:, 1] * 3)
    if categories:
        x[:, 2] = rng.integers(0, 9, 160)
    y = 1.5 * x[:, 0] - 0.4 * x[:, 1] + np.sin(x[:, 2]) + rng.normal(size=160) * 0.2
    if missing:
        x[rng.random(x.shape) < 0.2] = np.nan
    return x, y


def labels(objective, y, outputs):
    if objective.startswith("multi:"):
        edges = np.quantile(y, np.linspace(0, 1, outputs + 1)[1:-1])
        return np.digitize(y, edges)
    if objective.startswith("binary:"):
        return (y > 0).astype(int)
    if objective in ("reg:logistic",):
        return 1 / (1 + np.exp(-y))
    if objective in ("reg:gamma", "reg:tweedie", "survival:cox", "survival:aft", "reg:squaredlogerror"):
        return np.exp(y / 3) + 0.1
    if objective == "count:poisson":
        return np.floor(np.exp(y / 2))
    if objective.startswith("rank:"):
        return (y > 0).astype(int)
    return np.stack([y * (k + 1) + k for k in range(outputs)], 1) if outputs > 1 else y


def train(rng, objective="reg:squarederror", booster="gbtree", outputs=1, rounds=4, missing=False,
          categories=False, wrapper="Booster", **params):
    x, y = data(rng, missing, categories)
    target = labels(objective, y, outputs)
    params = {"objective": objective, "booster": booster, "max_depth": 3, "seed": 7, "nthread": 1, **params}
    if booster == "gblinear":
        params.pop("max_depth")
    if objective.startswith("multi:") and wrapper == "Booster":
        params["num_class"] = outputs
    if wrapper == "Booster":
        kinds = {"feature_types": ["q", "q", "c", "q"], "enable_categorical": True} if categories else {}
        if objective == "survival:aft":
            matrix = xgb.DMatrix(x)
            matrix.set_float_info("label_lower_bound", target)
            matrix.set_float_info("label_upper_bound", target * 1.3)
        else:
            matrix = xgb.DMatrix(x, target, **kinds)
        if objective.startswith("rank:"):
            matrix.set_group([40] * 4)
        return xgb.train(params, matrix, rounds)
    early = params.pop("early", None)
    for name in ("seed", "nthread"):
        params.pop(name)
    names = params.pop("names", None)
    model = getattr(xgb, wrapper)(n_estimators=rounds, n_jobs=1, random_state=7, **params,
                                  **({"early_stopping_rounds": early} if early else {}))
    if names:
        import pandas as pd
        x = pd.DataFrame(x, columns=names)
    extra = {"eval_set": [(x[:60], -np.asarray(target)[:60])], "verbose": False} if early else {}
    if wrapper == "XGBRanker":
        extra["qid"] = np.repeat(np.arange(4), 40)
    return model.fit(x, target, **extra)


def rows_of(rng, missing, categories):
    x, _ = data(rng, True, categories)
    x = x[:ROWS]
    x[0] = [0.0, -0.0, 1e-40, -1e30]
    x[1] = [0.5, 3.0, -1.0, 1e20]
    x[2] = [np.nan] * FEATURES
    if categories:
        x[3:7, 2] = [2.7, -0.5, 40.0, 2.0**24]
    return x


CALLS = {
    "Booster": [{}, {"output_margin": True}, {"pred_leaf": True}, {"pred_leaf": True, "strict_shape": True},
                {"strict_shape": True}, {"iteration_range": [0, 2]}, {"iteration_range": [1, 3]},
                {"iteration_range": [2, 0]}, {"iteration_range": [2, 2]}, {"iteration_range": [0, 99]},
                {"iteration_range": [3, 1]}, {"strict_shape": 1}, {"training": True}, {"validate_features": False},
                {"unknown": 1}, {"output_margin": True, "pred_leaf": True},
                {"output_margin": True, "strict_shape": True}, {"iteration_range": [0, 2], "pred_leaf": True},
                {"iteration_range": [0, 2], "pred_leaf": True, "strict_shape": True}],
    "other": [{}, {"output_margin": True}, {"iteration_range": [0, 2]}, {"iteration_range": [1, 3]},
              {"iteration_range": [2, 0]}, {"iteration_range": [2, 2]}, {"iteration_range": [0, 99]},
              {"validate_features": False}, {"pred_leaf": True}],
}


def pack(values):
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def record(path, wrapper, x, calls, name, out):
    from mlflow.xgboost import _XGBModelWrapper

    model = getattr(xgb, wrapper)()
    model.load_model(path)
    wrapped, answers = _XGBModelWrapper(model), []
    for params in calls:
        # A range given to the wrapper is a list, as MLflow's params are.
        try:
            y = np.asarray(wrapped.predict(x, params=dict(params)))
            answers.append({"params": params, "dtype": y.dtype.name, "shape": y.shape, "values": pack(y)})
        except Exception:  # noqa: BLE001 - any refusal is a refusal
            answers.append({"params": params, "error": True})
    with open(path, "rb") as f:
        content = base64.b64encode(f.read()).decode()
    with open(os.path.join(out, name + ".json"), "w") as f:
        json.dump({"class": wrapper, "file": content, "shape": x.shape, "input": pack(x), "calls": answers}, f)


REGRESSION = ["reg:squarederror", "reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror", "reg:absoluteerror",
              "reg:gamma", "reg:tweedie", "count:poisson", "binary:logistic", "binary:logitraw", "binary:hinge",
              "rank:ndcg", "rank:map", "rank:pairwise", "survival:cox", "survival:aft"]


def fixtures():
    for objective in REGRESSION:
        yield objective.replace(":", "-"), {"objective": objective}
    yield "quantile", {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]}
    yield "softprob", {"objective": "multi:softprob", "outputs": 3}
    yield "softmax", {"objective": "multi:softmax", "outputs": 4}
    yield "base-score", {"objective": "binary:logistic", "base_score": 0.3}
    yield "no-rounds", {"rounds": 0}
    yield "missing", {"missing": True}
    yield "categories", {"categories": True, "missing": True, "max_cat_to_onehot": 1, "max_depth": 4}
    yield "one-hot", {"categories": True, "max_cat_to_onehot": 99, "max_depth": 4}
    yield "parallel-trees", {"num_parallel_tree": 3, "subsample": 0.6}
    yield "parallel-softprob", {"objective": "multi:softprob", "outputs": 3, "num_parallel_tree": 2, "subsample": 0.6}
    yield "targets", {"outputs": 3}
    yield "target-trees", {"outputs": 3, "multi_strategy": "multi_output_tree"}
    yield "dart", {"booster": "dart", "rate_drop": 0.5, "one_drop": 1, "rounds": 6}
    yield "dart-softprob", {"booster": "dart", "rate_drop": 0.5, "objective": "multi:softprob", "outputs": 3}
    yield "gblinear", {"booster": "gblinear", "missing": True}
    yield "gblinear-softprob", {"booster": "gblinear", "objective": "multi:softprob", "outputs": 3}
    yield "regressor", {"wrapper": "XGBRegressor"}
    yield "regressor-dart", {"wrapper": "XGBRegressor", "booster": "dart", "rate_drop": 0.5, "rounds": 6}
    yield "regressor-linear", {"wrapper": "XGBRegressor", "booster": "gblinear"}
    yield "regressor-early", {"wrapper": "XGBRegressor", "early": 3, "rounds": 20}
    yield "regressor-targets", {"wrapper": "XGBRegressor", "outputs": 2}
    yield "regressor-named", {"wrapper": "XGBRegressor", "names": list("abcd")}
    yield "classifier", {"wrapper": "XGBClassifier", "objective": "binary:logistic"}
    yield "classifier-multi", {"wrapper": "XGBClassifier", "objective": "multi:softprob", "outputs": 3}
    yield "classifier-softmax", {"wrapper": "XGBClassifier", "objective": "multi:softmax", "outputs": 3}
    yield "classifier-hinge", {"wrapper": "XGBClassifier", "objective": "binary:hinge"}
    yield "ranker", {"wrapper": "XGBRanker", "objective": "rank:ndcg"}
    yield "forest", {"wrapper": "XGBRFRegressor", "rounds": 6}
    yield "forest-classifier", {"wrapper": "XGBRFClassifier", "objective": "binary:logistic", "rounds": 6}


def random_config(rng):
    pick = lambda options: options[int(rng.integers(len(options)))]  # noqa: E731
    config = {"rounds": int(rng.integers(0 if rng.random() < 0.05 else 3, 9)), "max_depth": int(rng.integers(1, 7)),
              "booster": pick(["gbtree"] * 3 + ["dart", "gblinear"]), "missing": bool(rng.integers(2)),
              "wrapper": pick(["Booster", "Booster", "XGBRegressor", "XGBClassifier"]), "eta": float(rng.uniform(0.05, 1))}
    if config["booster"] != "gblinear":
        config["num_parallel_tree"] = pick([1, 1, 3])
        config["subsample"] = 0.7
    if config["booster"] == "dart":
        config["rate_drop"] = float(rng.uniform(0, 0.8))
        config["normalize_type"] = pick(["tree", "forest"])
    config["objective"] = pick(REGRESSION + ["multi:softprob", "multi:softmax"] * 2 + ["reg:squarederror"] * 3)
    if config["wrapper"] == "XGBRegressor":
        config["objective"] = pick(["reg:squarederror", "reg:gamma", "count:poisson", "reg:tweedie", "reg:logistic"])
    if config["wrapper"] == "XGBClassifier":
        config["objective"] = pick(["binary:logistic", "multi:softprob", "binary:hinge", "binary:logitraw", "multi:softmax"])
    if config["objective"].startswith("multi:"):
        config["outputs"] = int(rng.integers(3, 6))
    elif config["objective"] == "reg:squarederror" and rng.random() < 0.4:
        config["outputs"] = int(rng.integers(2, 5))
        if config["booster"] == "gbtree" and rng.random() < 0.5:
            config.update(multi_strategy="multi_output_tree", num_parallel_tree=1)
    if config["wrapper"] == "Booster" and config["booster"] == "gbtree" and rng.random() < 0.3:
        config["categories"] = True
        config["max_cat_to_onehot"] = pick([1, 4, 99])
    return config


def calls_for(config, wrapper):
    # Without rounds, XGBoost reads beyond its list of rounds for any range.
    calls = CALLS["Booster" if wrapper == "Booster" else "other"]
    if config.get("booster") == "dart" and wrapper != "Booster":
        # In place, dart answers a range without trees with whatever the call before it left in memory.
        calls = [c for c in calls if c.get("iteration_range") != [2, 2]]
    return calls if config.get("rounds", 1) else [c for c in calls if "iteration_range" not in c and "pred_leaf" not in c]


def write(name, config, rng, out, extension):
    config = dict(config)
    wrapper = config.get("wrapper", "Booster")
    path = os.path.join(out, "model." + extension)
    train(rng, **config).save_model(path)
    x = rows_of(rng, config.get("missing"), config.get("categories"))
    if config.get("names"):
        x = x.astype(np.float64)
    record(path, wrapper, x, calls_for(config, wrapper), name, out)
    os.remove(path)


OLD = {"squared": {}, "logistic": {"objective": "binary:logistic"}, "softprob": {"objective": "multi:softprob", "outputs": 3},
       "dart": {"booster": "dart", "rate_drop": 0.5}, "poisson": {"objective": "count:poisson"},
       "linear": {"booster": "gblinear"}, "forest": {"num_parallel_tree": 3, "subsample": 0.6}}


def main(args):
    out = args[1] if args[0] == "--train-old" else args[0]
    os.makedirs(out, exist_ok=True)
    if args[0] == "--train-old":
        for i, (name, config) in enumerate(OLD.items()):
            for extension in ("json", "ubj"):
                if extension == "ubj" and xgb.__version__ < "1.6":
                    continue
                model = train(np.random.default_rng(i), **config)
                model.save_model(os.path.join(out, f"old-{xgb.__version__}-{name}.{extension}"))
        return
    if "--random" in args:
        count, seed = int(args[2]), int(args[3])
        for i in range(count):
            rng = np.random.default_rng([seed, i])
            config = random_config(rng)
            try:
                write(f"random-{seed}-{i}", config, rng, out, "ubj" if i % 2 else "json")
            except Exception as error:  # noqa: BLE001 - XGBoost does not train every combination
                print("skipped", i, config, str(error).split("\n")[0][:160])
        return
    for i, (name, config) in enumerate(fixtures()):
        write(name, config, np.random.default_rng(100 + i), out, "json" if i % 3 == 0 else "ubj")
    for directory in args[args.index("--old") + 1:] if "--old" in args else []:
        for file in sorted(os.listdir(directory)):
            x = rows_of(np.random.default_rng(5), True, False)
            calls = [{}, {"output_margin": True}, {"iteration_range": [1, 3]}, {"pred_leaf": True}]
            record(os.path.join(directory, file), "Booster", x, calls, file, out)


if __name__ == "__main__":
    main(sys.argv[1:])
