"""Random models of XGBoost: Booster and the scikit-learn API."""
import json
import re

import numpy as np
import pandas as pd
import xgboost as xgb

from .draw import NUMBER_KINDS, TEXTS, classes_of, groups_of, holes, names_of, numbers, probe, signal, views

xgb.set_config(verbosity=0)
REGRESSION = ["reg:squarederror", "reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror", "reg:absoluteerror", "reg:gamma",
              "reg:tweedie", "count:poisson", "reg:quantileerror", "survival:cox", "survival:aft"]
CLASSES = ["binary:logistic", "binary:logitraw", "binary:hinge", "multi:softprob", "multi:softmax"]
RANKING = ["rank:ndcg", "rank:map", "rank:pairwise"]
WRAPPERS = {"Booster": REGRESSION + CLASSES + RANKING + ["own"], "XGBRegressor": REGRESSION[:-2], "XGBClassifier": CLASSES + ["binary:logistic", "multi:softprob"],
            "XGBRanker": RANKING, "XGBRFRegressor": REGRESSION[:5], "XGBRFClassifier": CLASSES[:1] + CLASSES[3:]}


def make(draw, settings):
    wrapper = draw.pick(["Booster"] * 3 + ["XGBRegressor"] * 2 + ["XGBClassifier"] * 2 + ["XGBRanker", "XGBRFRegressor", "XGBRFClassifier"])
    objective = draw.pick(WRAPPERS[wrapper])
    rows, width = draw.integer(40, 160), draw.width()
    kinds = [draw.pick(NUMBER_KINDS) for _ in range(width)]
    params = booster_params(draw, wrapper)
    outputs = draw.integer(2, 5) if objective.startswith("multi:") or objective in ("reg:squarederror", "reg:quantileerror") and draw.chance(0.4) else 1
    params.update(objective_params(draw, objective, outputs))
    if objective in ("reg:squarederror",) and outputs > 1 and params["booster"] == "gbtree" and draw.chance(0.5):
        params.update(multi_strategy="multi_output_tree", tree_method="hist", num_parallel_tree=1)
    categories = wrapper != "XGBRanker" and params["booster"] == "gbtree" and params.get("tree_method") in (None, "hist", "approx") and draw.chance(0.3)
    settings.update(wrapper=wrapper, objective=objective, outputs=outputs, rows=rows, kinds=kinds, params=params)
    x, names = training_table(draw, kinds, rows), names_of(draw, width)
    y = target(draw, objective, x, outputs)
    if draw.chance(0.6):
        x = holes(draw, x, draw.pick([0.05, 0.3]))
    data, codes = x, {}
    if categories or draw.chance(0.6):
        data = pd.DataFrame(x, columns=names)
        codes = categorize(draw, data, settings) if categories else {}
        if not categories and draw.chance(0.3):
            data = data.astype({names[0]: np.float32})
    settings.update(names=names if isinstance(data, pd.DataFrame) else None)
    model = train(draw, wrapper, data, y, params, objective, draw.integer(1, 25), settings)
    return {"model": model, "example": example(data, names), "options": {"model_format": draw.pick(["ubj", "ubj", "json"])},
            "inputs": list(inputs(draw, model, kinds, names, codes, isinstance(data, pd.DataFrame)))}


def training_table(draw, kinds, rows):
    return np.stack([np.clip(numbers(draw, kind, rows), -3e38, 3e38) for kind in kinds], 1)


def booster_params(draw, wrapper):
    booster = draw.pick(["gbtree"] * 5 + ["dart", "dart", "gblinear"]) if not wrapper.startswith("XGBRF") else "gbtree"
    if booster == "gblinear":
        return {"booster": booster, **draw.some({"reg_lambda": [0.0, 1.0], "reg_alpha": [0.5], "learning_rate": [0.1, 0.9],
                                                 "updater": ["coord_descent", "shotgun"], "feature_selector": ["cyclic"]})}
    params = {"booster": booster, "max_depth": draw.integer(1, 7), **draw.some({
        "learning_rate": [0.03, 0.3, 1.0, 1.5], "min_child_weight": [0.0, 5.0], "gamma": [0.1, 1.0], "reg_lambda": [0.0, 3.0, 1e-6],
        "reg_alpha": [0.2], "subsample": [0.6], "colsample_bytree": [0.6], "colsample_bylevel": [0.7], "max_bin": [2, 7, 64, 512],
        "tree_method": ["hist", "approx", "exact"], "max_delta_step": [0.7], "monotone_constraints": [{}], "refresh_leaf": [0], "base_score": [0.3, 0.5, 0.75]})}
    if params.get("tree_method") in (None, "hist") and draw.chance(0.2):
        params.update(grow_policy="lossguide", max_leaves=draw.integer(2, 31), max_depth=0)
    if draw.chance(0.25):
        params.update(num_parallel_tree=draw.integer(2, 4), subsample=0.7)
    if booster == "dart":
        params.update(rate_drop=draw.uniform(0, 0.9), **draw.some({"skip_drop": [0.3], "one_drop": [1], "normalize_type": ["forest"], "sample_type": ["weighted"]}))
    return params


def objective_params(draw, objective, outputs):
    match objective:
        case "reg:quantileerror":
            return {"quantile_alpha": sorted(round(draw.uniform(0.05, 0.95), 2) for _ in range(outputs))}
        case "reg:tweedie":
            return {"tweedie_variance_power": draw.pick([1.1, 1.5, 1.9])}
        case "reg:pseudohubererror":
            return draw.some({"huber_slope": [0.5, 3.0]})
        case "survival:aft":
            return {"aft_loss_distribution": draw.pick(["normal", "logistic", "extreme"])}
        case _ if objective.startswith("binary:"):
            return draw.some({"scale_pos_weight": [0.4, 7.0]})
    return {}


def target(draw, objective, x, outputs):
    y = signal(draw, list(x.T), len(x))
    if objective.startswith("multi:"):
        return classes_of(y, outputs)
    if objective.startswith(("binary:", "rank:")):
        return classes_of(y, 2)
    if objective == "reg:logistic":
        return 1 / (1 + np.exp(-y))
    if objective in ("reg:gamma", "reg:tweedie", "survival:cox", "survival:aft", "reg:squaredlogerror"):
        return np.exp(np.clip(y, -5, 5) / 2) + 0.01
    if objective == "count:poisson":
        return np.floor(np.exp(np.clip(y, -5, 5) / 2))
    if objective == "reg:squarederror" and outputs > 1:
        return np.stack([y * (k + 1) + k for k in range(outputs)], 1)
    return y * draw.pick([1, 1, 1, 1e-6, 1e6])


def categorize(draw, table, settings):
    """Makes some columns pandas categories; returns the values that stand for them."""
    codes = {}
    for at, name in enumerate(list(table.columns)):
        if not draw.chance(0.6):
            continue
        count = draw.pick([2, 5, 9, 40])
        values = draw.pick([list(range(count)), [f"k{i}" for i in range(count)], TEXTS[:count], [3 * i - 4 for i in range(count)]])
        drawn = pd.Series([None if draw.chance(0.05) else draw.pick(values) for _ in range(len(table))], dtype=object)
        table[name] = pd.Categorical(drawn, categories=values[:len(set(values))])
        codes[at] = values
    settings["categories"] = {str(at): values[:12] for at, values in codes.items()}
    return codes


def own(predictions, data):
    y = data.get_label().reshape(predictions.shape)
    return predictions - y, np.ones_like(predictions)


def train(draw, wrapper, data, y, params, objective, rounds, settings):
    params = {**params, "seed": 7}
    has_categories = isinstance(data, pd.DataFrame) and any(isinstance(d, pd.CategoricalDtype) for d in data.dtypes)
    if has_categories:
        params.update(draw.some({"max_cat_to_onehot": [1, 4, 99], "max_cat_threshold": [3, 64]}, 0.6))
    missing = draw.pick([np.nan] * 5 + [0.0, -1.0, 7.0]) if not has_categories else np.nan
    settings.update(rounds=rounds, missing=repr(missing))
    if wrapper == "Booster":
        return train_booster(draw, data, y, params, objective, rounds, missing, has_categories)
    params.pop("seed")
    kind = getattr(xgb, wrapper)
    rf = wrapper.startswith("XGBRF")
    if rf:
        params.pop("learning_rate", None), params.pop("num_parallel_tree", None)
    early = draw.chance(0.2) and not rf and wrapper != "XGBRanker" and params["booster"] != "gblinear"
    model = kind(n_estimators=rounds, objective=objective, random_state=7, n_jobs=1, missing=missing, enable_categorical=has_categories,
                 **({"early_stopping_rounds": 2} if early else {}), **params)
    settings.update(early=early)
    extra = {"eval_set": [(data[:30], -np.asarray(y)[:30] if wrapper == "XGBRegressor" else np.asarray(y)[:30])], "verbose": False} if early else {}
    if wrapper == "XGBRanker":
        extra["qid"] = np.repeat(np.arange(3), groups_of(len(y)))
    return model.fit(data, y, **extra)


def train_booster(draw, data, y, params, objective, rounds, missing, has_categories):
    matrix = xgb.DMatrix(data, missing=missing, enable_categorical=has_categories)
    if objective == "survival:aft":
        matrix.set_float_info("label_lower_bound", y)
        matrix.set_float_info("label_upper_bound", y * 1.3)
    else:
        matrix.set_label(y)
    if objective.startswith("rank:"):
        matrix.set_group(groups_of(len(y)))
    if objective.startswith("multi:"):
        params["num_class"] = int(np.max(y)) + 1
    if objective == "own":
        return xgb.train(params, matrix, rounds, obj=own)
    booster = xgb.train({**params, "objective": objective}, matrix, rounds)
    if draw.chance(0.1):
        booster = xgb.train({**params, "objective": objective}, matrix, 3, xgb_model=booster)
    if params["booster"] == "gbtree" and draw.chance(0.1) and rounds > 2:
        return booster[draw.integer(0, rounds // 2) : rounds - 1]
    return booster


def example(data, names):
    if isinstance(data, pd.DataFrame):
        return data[:5].copy()
    return pd.DataFrame(data[:5], columns=names)


def thresholds_of(model, names):
    booster = model if isinstance(model, xgb.Booster) else model.get_booster()
    found, order = {}, {n: i for i, n in enumerate(booster.feature_names or [f"f{i}" for i in range(len(names))])}
    try:
        trees = booster.get_dump(dump_format="json")
    except (xgb.core.XGBoostError, ValueError):
        return found
    def walk(node):
        if "split_condition" in node and not isinstance(node["split_condition"], list):
            at = order.get(node["split"])
            if at is not None:
                found.setdefault(at, []).append(np.float32(node["split_condition"]))
        for child in node.get("children", []):
            walk(child)
    for tree in trees:
        try:
            walk(json.loads(re.sub(r"\b-?(?:nan|inf)\b", "0", tree)))
        except (ValueError, KeyError):
            continue
    return found


def inputs(draw, model, kinds, names, codes, is_table):
    thresholds = thresholds_of(model, names)
    for _ in range(3):
        x = np.clip(rows_of(draw, thresholds, kinds, codes, False), -3e38, 3e38)
        yield pd.DataFrame(x, columns=names) if is_table else x
        if is_table and codes:
            yield x
    x = rows_of(draw, thresholds, kinds, codes, draw.chance(0.2))
    if draw.chance(0.7):
        x = np.where(np.abs(x) > 3.4e38, np.nan, x)
    yield from views(draw, x, names)
    if codes:
        yield from tables_with_texts(draw, x, names, codes)


def rows_of(draw, thresholds, kinds, codes, infinite):
    x = probe(draw, kinds, thresholds, infinite=infinite, fresh=lambda d, k, n: np.clip(numbers(d, k, n), -3e38, 3e38))
    for at, values in codes.items():
        x[:, at] = [draw.pick([np.nan, 0.0, 1.0, 2.0, float(draw.integer(0, len(values) - 1)), float(len(values) - 1), 0.5, 2.7]) for _ in range(len(x))]
    return x


def tables_with_texts(draw, x, names, codes):
    table = pd.DataFrame(x, columns=names)
    for extra in ([], ["unseen"]):
        texts = {names[at]: [draw.pick([*values, *extra]) for _ in range(len(x))] for at, values in codes.items()}
        yield table.assign(**texts)
        if extra or draw.chance(0.5):
            yield table.assign(**{name: pd.Series([str(v) for v in column], dtype=object) for name, column in texts.items()})
