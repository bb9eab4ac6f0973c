"""Records CatBoost fixtures: small models, inputs, and what CatBoost 1.2 answers when MLflow's wrapper calls it.

    python record-catboost.py OUT_DIR                  the fixtures of test/fixtures/catboost
    python record-catboost.py OUT_DIR --random N SEED  N random models, for a differential run by hand

One `<name>.json` a model: the model file, its class and format, and inputs with their answers, or
`"error": true`. Floats are base64 of their bits; other columns are JSON lists, missing is null.
"""
import base64
import json
import os
import sys
import warnings

import numpy as np
import pandas as pd
from catboost import CatBoost, CatBoostClassifier, CatBoostRanker, CatBoostRegressor

warnings.filterwarnings("ignore")
CLASSES = {c.__name__: c for c in (CatBoost, CatBoostClassifier, CatBoostRanker, CatBoostRegressor)}
COLORS = ["red", "green", "blue", "été", "日本", "", "a b", "x" * 20, "y" * 40, "z" * 90, "w" * 200]
TRAIN_ROWS = 160
ROWS = 21


def table(rng, rows, kinds, missing=0.0):
    """One column a kind: n number, i small integer, w wide range, b bool, c text category, k integer category, l boolean category."""
    columns = {}
    for at, kind in enumerate(kinds):
        if kind == "n":
            values = rng.normal(size=rows)
        elif kind == "i":
            values = rng.integers(-3, 4, rows).astype(float)
        elif kind == "w":
            values = rng.normal(size=rows) * 10.0 ** rng.integers(-30, 30, rows)
        elif kind == "b":
            values = rng.integers(0, 2, rows).astype(bool)
        elif kind == "c":
            values = np.array(COLORS, dtype=object)[rng.integers(0, len(COLORS), rows)]
        elif kind == "k":
            values = rng.integers(-4, 9, rows)
        else:
            values = rng.integers(0, 2, rows).astype(bool)
        if missing and kind in "niw":
            values = np.where(rng.random(rows) < missing, np.nan, values)
        columns[f"f{at}"] = values
    return pd.DataFrame(columns)


def signal(rng, x):
    y = rng.normal(size=len(x)) * 0.2
    for name in x:
        column = x[name]
        if column.dtype == object or column.dtype == "str":
            y += column.map({c: (i * 7 % 5) - 2 for i, c in enumerate(COLORS)}).astype(float).to_numpy()
        else:
            values = np.nan_to_num(column.astype(float).to_numpy())
            y += np.sin(np.clip(values, -1e3, 1e3)) + 0.1 * np.clip(values, -3, 3)
    return y


def target(rng, loss, y, classes, labels):
    name = loss.split(":")[0]
    if name in ("Poisson", "Tweedie"):
        return np.round(np.exp(np.clip(y, -3, 3) / 2), 3)
    if name == "CrossEntropy":
        return 1 / (1 + np.exp(-y))
    if name in ("MultiRMSE", "MultiRMSEWithMissingValues"):
        return np.stack([y, y * 2 + 1, -y], 1)
    if name == "SurvivalAft":
        return np.stack([np.abs(y) + 0.1, np.abs(y) + 1], 1)
    if name in ("MultiLogloss", "MultiCrossEntropy"):
        return np.stack([(y > k).astype(int) for k in range(classes)], 1)
    if name in ("Logloss", "MultiClass", "MultiClassOneVsAll", "YetiRank", "PairLogit", "QuerySoftMax", "Focal"):
        codes = np.digitize(y, np.quantile(y, np.linspace(0, 1, classes + 1)[1:-1]))
        return np.array(labels)[codes] if labels is not None else codes
    return y


def train(rng, wrapper="CatBoostRegressor", loss="RMSE", kinds="nnn", missing=0.0, classes=2, labels=None,
          array=False, text_names=None, **params):
    x = table(rng, TRAIN_ROWS, kinds, missing)
    if text_names:
        x.columns = text_names
    y = target(rng, loss, signal(rng, x), classes, labels)
    cats = [x.columns[i] for i, k in enumerate(kinds) if k in "ckl"]
    if cats:
        params["cat_features"] = cats
    defaults = {"iterations": 6, "depth": 3, "learning_rate": 0.4, "random_seed": 7, "thread_count": 1}
    params = {"verbose": 0, "allow_writing_files": False, **defaults, **params}
    if wrapper in ("CatBoost", "CatBoostClassifier", "CatBoostRanker") or loss != "RMSE":
        params["loss_function"] = loss
    threshold = params.pop("threshold", None)
    early = params.pop("early", None)
    model = CatBoost(params) if wrapper == "CatBoost" else CLASSES[wrapper](**params)
    extra = {}
    if wrapper == "CatBoostRanker":
        extra["group_id"] = np.repeat(np.arange(TRAIN_ROWS // 8), 8)
    if early:
        extra.update(eval_set=(x[:40], -np.asarray(y)[:40]), early_stopping_rounds=early)
    model.fit(x.to_numpy() if array else x, y, **extra)
    if threshold is not None:
        model.set_probability_threshold(threshold)
    return model


def float_borders(model):
    return {i: np.asarray(b, np.float32) for i, b in model.get_borders().items() if len(b)}


def rows_of(rng, model, kinds, missing, text_names):
    """Random rows, rows on borders and one ulp beside, extremes, unseen categories."""
    x = table(rng, ROWS, kinds, max(missing, 0.1))
    extremes = [0.0, -0.0, 1e-45, -1e-40, 1e30, -1e38, 3.5e38, 1e308, -1e308, np.inf, -np.inf, np.nan]
    borders = float_borders(model)
    for at, kind in enumerate(kinds):
        name = f"f{at}"
        if kind in "niw":
            values = x[name].to_numpy().astype(float).copy()
            for row in range(4, 10):
                if at in borders:
                    border = borders[at][int(rng.integers(len(borders[at])))]
                    values[row] = [border, np.nextafter(border, np.float32(np.inf)), np.nextafter(border, np.float32(-np.inf)),
                                   np.nextafter(float(border), np.inf), np.nextafter(float(border), -np.inf), -border][row - 4]
            for row in range(10, 16):
                values[row] = extremes[int(rng.integers(len(extremes)))]
            x[name] = values
        elif kind == "c":
            x.loc[16:18, name] = ["unseen", "red ", "RED"]
        elif kind == "k":
            x.loc[16:18, name] = [99, -(2**62), 2**53 + 1]
    if text_names:
        x.columns = text_names
    return x


def pack_column(column):
    values = column.to_numpy()
    if values.dtype.kind == "f":
        return {"dtype": "float64", "values": pack(values.astype(np.float64))}
    if values.dtype.kind == "b":
        return {"dtype": "bool", "values": values.astype(int).tolist()}
    if values.dtype.kind in "iu":
        return {"dtype": "int64", "values": [str(v) for v in values]}
    return {"dtype": "str", "values": [v if isinstance(v, str) else None for v in values]}


def pack(values):
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode()


def pack_answer(answer):
    answer = np.asarray(answer)
    packed = {"dtype": answer.dtype.name, "shape": answer.shape}
    packed["values"] = pack(answer) if answer.dtype.kind == "f" else [str(v) for v in answer.ravel()]
    return packed


def pack_objects(values):
    """Values of an object column, each with its type."""
    return {"dtype": "object", "values": [[type(v).__name__, str(v)] for v in values]}


def ask(model, x):
    try:
        return pack_answer(model.predict(x))
    except Exception:  # noqa: BLE001 - any refusal is a refusal
        return {"error": True}


def record(path, wrapper, form, x, name, out):
    model = CLASSES[wrapper]().load_model(path, form)
    base = CatBoost().load_model(path, form)
    calls = []
    for part in (x, x[:1], x[:0], x[1:8]):
        columns = [{"name": str(n), **pack_column(part[n])} for n in part]
        calls.append({"rows": len(part), "columns": columns, "answer": ask(model, part), "raw": ask(base, part)})
    if x.dtypes.map(lambda d: d.kind == "f").all():
        array = x.to_numpy()
        for part in (array, array[:1], array[0]):
            calls.append({"shape": part.shape, "array": pack(part), "answer": ask(model, part), "raw": ask(base, part)})
    with open(path, "rb") as f:
        content = base64.b64encode(f.read()).decode()
    with open(os.path.join(out, name + ".json"), "w") as f:
        json.dump({"class": wrapper, "format": form, "file": content, "calls": calls}, f)


ODD_NUMBERS = ["1.5", " 1.5", "1.5 ", "1_0", "0x10", "-0X1f", "0x", "inf", "Infinity", "nan", "NaN", "Nan", "-nan", "na", "-", "",
               "  ", "null", "None", "#N/A", "1e1", "1e", ".5e1", "5.", ".", "+5", "++5", "- 5", "1,5", "12abc", "1e400", "1e-400",
               "true", "1.#IND", "1\n", "\t-2", "1d1", "0b1", None, True, False, 5, -7, 2**70, 10**400, 2**53 + 1, 0.1, float("inf")]
ODD_CATEGORIES = ["red", "", "nan", "été", "日本", None, True, False, 5, -3, 2**63 - 1, 2**63, -(2**63), 0.5, 2.0, float("nan"), "5", "1", "True"]


def odd_inputs(out):
    """Values of object columns one by one, and tables with other columns than the model's."""
    rng = np.random.default_rng(3)
    for name, kinds, target_at, values in [("odd-numbers", "nnn", "f1", ODD_NUMBERS), ("odd-categories", "nck", "f1", ODD_CATEGORIES),
                                           ("odd-integer-categories", "nkc", "f1", ODD_CATEGORIES)]:
        model = train(rng, kinds=kinds, iterations=20, one_hot_max_size=30)
        path = os.path.join(out, "model.cb")
        model.save_model(path)
        x = table(rng, 1, kinds)
        inputs = [x.assign(**{target_at: pd.Series([v], dtype=object)}) for v in values]
        names = list(x.columns)
        inputs += [x[names[::-1]], x.assign(extra=1.5), x.assign(extra="a"), x.assign(extra="7"), x[names[:2]], x[names[1:]],
                   x.assign(extra=1.0)[["extra", *names]], x.rename(columns={"f0": "g0"}), x.rename(columns={"f2": ""}),
                   x.set_axis([0, 1, 2], axis=1), x.set_axis(["f0", "f0", "f2"], axis=1), x.set_axis(["", "", ""], axis=1)]
        calls = []
        for part in inputs:
            columns = [{"name": n if isinstance(n, str) else int(n), **(pack_objects(part.iloc[:, i]) if part.dtypes.iloc[i] == object and n == target_at else pack_column(part.iloc[:, i]))}
                       for i, n in enumerate(part.columns)]
            answer = ask(model, part)
            calls.append({"rows": 1, "columns": columns, "answer": answer, "raw": answer})
        with open(path, "rb") as f:
            content = base64.b64encode(f.read()).decode()
        os.remove(path)
        with open(os.path.join(out, name + ".json"), "w") as f:
            json.dump({"class": "CatBoostRegressor", "format": "cbm", "file": content, "calls": calls}, f)


REGRESSION = ["RMSE", "MAE", "Quantile:alpha=0.3", "LogLinQuantile", "Poisson", "Tweedie:variance_power=1.4", "MAPE",
              "Huber:delta=1", "Expectile:alpha=0.3", "Lq:q=3", "LogCosh", "RMSEWithUncertainty", "MultiRMSE",
              "MultiQuantile:alpha=0.2,0.7", "SurvivalAft", "Cox"]


def fixtures():
    for loss in REGRESSION:
        yield "regressor-" + loss.split(":")[0], {"loss": loss}
    yield "poisson-wide", {"loss": "Poisson", "learning_rate": 30.0, "iterations": 4}
    yield "missing-min", {"missing": 0.2, "nan_mode": "Min"}
    yield "missing-max", {"missing": 0.2, "nan_mode": "Max"}
    yield "many-borders", {"border_count": 600, "iterations": 12, "kinds": "nw"}
    yield "deep", {"depth": 11, "iterations": 2, "min_data_in_leaf": 1}
    yield "wide-range", {"kinds": "wwn"}
    yield "bool-column", {"kinds": "bnb"}
    yield "array-trained", {"array": True}
    yield "early", {"early": 2, "iterations": 12}
    for policy in ("Depthwise", "Lossguide"):
        yield policy.lower(), {"grow_policy": policy, "iterations": 5}
        yield policy.lower() + "-multi", {"grow_policy": policy, "wrapper": "CatBoostClassifier", "loss": "MultiClass", "classes": 3}
        yield policy.lower() + "-one-hot", {"grow_policy": policy, "kinds": "ncl", "one_hot_max_size": 50}
    for name, loss, classes, labels in [("binary", "Logloss", 2, None), ("binary-text", "Logloss", 2, ["no", "yes"]),
                                        ("binary-float", "Logloss", 2, [0.5, 1.5]), ("binary-whole-float", "Logloss", 2, [1.0, 2.0]),
                                        ("binary-bool", "Logloss", 2, [False, True]), ("multi", "MultiClass", 4, None),
                                        ("multi-text", "MultiClass", 3, ["a", "é", "日"]), ("multi-mixed-float", "MultiClass", 3, [1.0, 2.5, 4.0]),
                                        ("one-vs-all", "MultiClassOneVsAll", 3, [-2, 5, 9]), ("labels", "MultiLogloss", 3, None),
                                        ("labels-entropy", "MultiCrossEntropy", 2, None), ("cross-entropy", "CrossEntropy", 2, None),
                                        ("focal", "Focal:focal_alpha=0.4;focal_gamma=2", 2, None)]:
        yield "classifier-" + name, {"wrapper": "CatBoostClassifier", "loss": loss, "classes": classes, "labels": labels}
    yield "classifier-threshold", {"wrapper": "CatBoostClassifier", "loss": "Logloss", "threshold": 0.3}
    yield "classes-count", {"wrapper": "CatBoostClassifier", "loss": "MultiClass", "classes": 3, "labels": [0, 2, 4], "classes_count": 6}
    yield "base-classes-count", {"wrapper": "CatBoost", "loss": "MultiClass", "classes": 3, "classes_count": 5}
    for loss in ("YetiRank", "QuerySoftMax"):
        yield "ranker-" + loss, {"wrapper": "CatBoostRanker", "loss": loss}
    yield "base-logloss", {"wrapper": "CatBoost", "loss": "Logloss"}
    yield "base-poisson", {"wrapper": "CatBoost", "loss": "Poisson"}
    yield "one-hot", {"kinds": "nclk", "one_hot_max_size": 50, "iterations": 10}
    yield "categories", {"kinds": "nck", "iterations": 12}
    yield "categories-only", {"kinds": "ck", "iterations": 8}
    yield "combinations", {"kinds": "nckcl", "max_ctr_complexity": 4, "iterations": 20, "depth": 5, "one_hot_max_size": 3}
    yield "categories-binary", {"kinds": "nck", "wrapper": "CatBoostClassifier", "loss": "Logloss", "iterations": 10}
    yield "categories-multi", {"kinds": "nck", "wrapper": "CatBoostClassifier", "loss": "MultiClass", "classes": 4, "iterations": 10}
    for kind in ("Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"):
        ctr = kind + (":TargetBorderCount=3" if kind in ("Borders", "Buckets") else "") + ":Prior=0.3/1:CtrBorderCount=9"
        yield "ctr-" + kind, {"kinds": "nck", "simple_ctr": [ctr], "combinations_ctr": [ctr], "iterations": 14, "max_ctr_complexity": 2}


def random_config(rng):
    pick = lambda options: options[int(rng.integers(len(options)))]  # noqa: E731
    kinds = "".join(pick("nnnniwbckl") for _ in range(int(rng.integers(1, 7))))
    wrapper = pick(["CatBoostRegressor", "CatBoostClassifier", "CatBoost", "CatBoostRanker"])
    config = {"kinds": kinds, "wrapper": wrapper, "iterations": int(rng.integers(1, 40)), "depth": int(rng.integers(1, 8)),
              "learning_rate": float(rng.uniform(0.03, 1)), "missing": pick([0, 0, 0.2]), "random_seed": int(rng.integers(1000)),
              "border_count": int(pick([1, 5, 32, 254, 500])), "nan_mode": pick(["Min", "Max"])}
    config["loss"] = {"CatBoostRegressor": pick(REGRESSION), "CatBoostClassifier": pick(["Logloss", "MultiClass", "MultiClassOneVsAll", "MultiLogloss", "CrossEntropy"]),
                      "CatBoost": pick(["RMSE", "Logloss", "MultiClass", "Poisson"]), "CatBoostRanker": pick(["YetiRank", "QuerySoftMax", "QueryRMSE"])}[wrapper]
    if config["loss"].startswith("MultiC") or config["loss"] == "MultiLogloss":
        config["classes"] = int(rng.integers(2, 6))
    if config["loss"] in ("Logloss", "MultiClass") and wrapper == "CatBoostClassifier" and rng.random() < 0.5:
        config["labels"] = [f"c{k}" for k in range(config.get("classes", 2))]
    if rng.random() < 0.35:
        config["grow_policy"] = pick(["Depthwise", "Lossguide"])
    if set(kinds) & set("ckl"):
        config["one_hot_max_size"] = int(pick([1, 2, 4, 12, 100]))
        config["max_ctr_complexity"] = int(rng.integers(1, 5))
        if rng.random() < 0.5:
            kind = pick(["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"])
            count = f":TargetBorderCount={int(rng.integers(1, 5))}" if kind in ("Borders", "Buckets") else ""
            ctr = f"{kind}{count}:Prior={round(float(rng.random()), 2)}/1:CtrBorderCount={int(rng.integers(1, 30))}"
            config.update(simple_ctr=[ctr], combinations_ctr=[ctr])
    return config


def write(name, config, rng, out, form):
    path = os.path.join(out, "model.cb")
    model = train(rng, **config)
    model.save_model(path, form)
    x = rows_of(rng, model, config.get("kinds", "nnn"), config.get("missing", 0.0), config.get("text_names"))
    record(path, config.get("wrapper", "CatBoostRegressor"), form, x, name, out)
    os.remove(path)


def main(args):
    out = args[0]
    os.makedirs(out, exist_ok=True)
    if "--random" in args:
        count, seed = int(args[2]), int(args[3])
        for i in range(count):
            rng = np.random.default_rng([seed, i])
            config = random_config(rng)
            try:
                write(f"random-{seed}-{i}", config, rng, out, "json" if i % 3 == 0 else "cbm")
            except Exception as error:  # noqa: BLE001 - CatBoost does not train every combination
                print("skipped", i, config, str(error).split("\n")[0][:160])
        return
    for i, (name, config) in enumerate(fixtures()):
        try:
            write(name, config, np.random.default_rng(100 + i), out, "json" if i % 5 == 3 else "cbm")
        except Exception as error:  # noqa: BLE001
            print("FAILED", name, str(error)[:200])
    odd_inputs(out)


if __name__ == "__main__":
    main(sys.argv[1:])
