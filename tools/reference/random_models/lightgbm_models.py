"""Random models of LightGBM: Booster and the scikit-learn API."""
import re

import lightgbm as lgb
import numpy as np
import pandas as pd

from .draw import NUMBER_KINDS, classes_of, groups_of, holes, names_of, numbers, probe, signal, views

lgb.register_logger(__import__("logging").getLogger("silent"))
OBJECTIVES = ["regression", "regression_l1", "huber", "fair", "quantile", "mape", "poisson", "gamma", "tweedie", "binary", "multiclass",
              "multiclassova", "cross_entropy", "cross_entropy_lambda", "lambdarank", "rank_xendcg", "own"]
ALIASES = {"regression": ["regression", "mse", "l2", "rmse"], "regression_l1": ["mae", "l1"], "cross_entropy": ["xentropy"], "cross_entropy_lambda": ["xentlambda"],
           "mape": ["mean_absolute_percentage_error"], "multiclass": ["softmax", "multiclass"], "multiclassova": ["ova", "multiclass_ova"], "rank_xendcg": ["xendcg"]}
WRAPPERS = {"Booster": OBJECTIVES, "LGBMRegressor": OBJECTIVES[:9] + ["own"], "LGBMClassifier": ["binary", "multiclass", "multiclass", "multiclassova", "binary", "cross_entropy"],
            "LGBMRanker": ["lambdarank", "rank_xendcg"], "LGBMModel": OBJECTIVES[:14]}
LABELS = [np.array([0, 1, 2, 3, 4]), np.array([-3, 10, 7, 2, 5]), np.array(["no", "yes", "maybe", "ünï", "0"]), np.array([-1.0, 2.0, 3.0, 50.0, 1e10]),
          np.array([False, True]), np.array([1, 2, 4, 9, 200], dtype="u1"), np.array(["b", "a", "d", "c", "e"], dtype=object), np.array([1, 2, 4, 5, 6], dtype="f4"),
          np.array([5, -7, 3, 1, 2], dtype="i4"), np.array([2, 1, 0, 3, 4], dtype="i1"), np.array([0.0, 1.0, 2.0, 3.0, 4.0])]
KINDS = [*NUMBER_KINDS, "categorical", "categorical", "float64 huge", "near zero"]


def column(draw, kind, rows):
    if kind == "categorical":
        return draw.rng.integers(0, draw.pick([2, 5, 12, 90]), rows).astype(float)
    if kind == "float64 huge":
        return draw.rng.normal(size=rows) * 1e300
    if kind == "near zero":
        return draw.rng.normal(size=rows) * 1e-35
    return numbers(draw, kind, rows)


def own(y_true, y_predicted):
    return y_predicted - y_true, np.ones_like(y_predicted)


def own_of_dataset(predictions, data):
    return predictions.reshape(-1, order="F") - data.get_label(), np.ones(predictions.size)


def make(draw, settings):
    wrapper = draw.pick(["Booster"] * 3 + ["LGBMRegressor"] * 2 + ["LGBMClassifier"] * 3 + ["LGBMRanker", "LGBMModel"])
    objective = draw.pick(WRAPPERS[wrapper])
    rows, width = draw.integer(40, 160), draw.width()
    kinds = [draw.pick(KINDS) for _ in range(width)]
    params = tree_params(draw)
    outputs = draw.integer(2, 5) if objective.startswith("multiclass") else 2
    settings.update(wrapper=wrapper, objective=objective, outputs=outputs, rows=rows, kinds=kinds, params=params)
    x, names = np.stack([column(draw, kind, rows) for kind in kinds], 1), names_of(draw, width)
    names = [name.replace(":", "_") for name in names]
    y = target(draw, objective, x, outputs)
    if draw.chance(0.6):
        x = holes(draw, x, draw.pick([0.05, 0.3]))
    data, categorical = x, [at for at, kind in enumerate(kinds) if kind == "categorical"]
    if draw.chance(0.5):
        data = pd.DataFrame(x, columns=names)
        if categorical and draw.chance(0.3):
            make_pandas_categories(draw, data, names, categorical, settings)
    model = train(draw, wrapper, data, y, params, objective, outputs, "auto" if settings.get("pandas") else categorical, settings)
    example = data[:5].copy() if isinstance(data, pd.DataFrame) else pd.DataFrame(x[:5], columns=names)
    options = {} if wrapper == "Booster" else {"serialization_format": draw.pick(["skops", "skops", "cloudpickle", "pickle"])}
    if options.get("serialization_format") == "skops":
        options["skops_trusted_types"] = ["random_models.lightgbm_models.own", "lightgbm.sklearn.LGBMModel"]
    settings.update(options)
    return {"model": model, "example": example, "options": options, "inputs": list(inputs(draw, kinds, thresholds_of(model), names, isinstance(data, pd.DataFrame)))}


def inputs(draw, kinds, thresholds, names, is_table):
    for _ in range(3):
        x = rows_of(draw, kinds, thresholds)
        yield x
        if is_table:
            yield pd.DataFrame(x, columns=names)
    yield from views(draw, rows_of(draw, kinds, thresholds), names)


def rows_of(draw, kinds, thresholds):
    x = probe(draw, kinds, thresholds, infinite=draw.chance(0.3), width=np.float64, fresh=column)
    edges = [-0.5, -1.0, 0.9999, 2.7, 31.0, 32.0, 63.9, 64.0, 2.0**24, 2.0**31 - 1, 2.0**31, -(2.0**31), 1e300, np.nan, 1e-40]
    for at, kind in enumerate(kinds):
        if kind == "categorical":
            x[5:, at] = [draw.pick(edges) if draw.chance(0.3) else value for value in column(draw, kind, len(x) - 5)]
    return x


def make_pandas_categories(draw, table, names, categorical, settings):
    settings["pandas"] = True
    for at in categorical:
        codes = np.nan_to_num(table[names[at]].to_numpy())
        table[names[at]] = pd.Categorical(codes.astype(int) if draw.chance(0.5) else [f"k{int(c)}" for c in codes])


def tree_params(draw):
    params = {"boosting": draw.pick(["gbdt"] * 4 + ["dart", "goss", "rf"]), "num_leaves": draw.integer(2, 31), **draw.some({
        "max_depth": [1, 3, 8], "learning_rate": [0.02, 0.3, 1.0], "min_data_in_leaf": [1, 2, 8], "max_bin": [2, 7, 63, 1000], "min_data_in_bin": [1],
        "use_missing": [False], "zero_as_missing": [True], "linear_tree": [True], "linear_lambda": [0.1], "max_cat_to_onehot": [1, 99], "cat_smooth": [1.0],
        "cat_l2": [0.1], "min_data_per_group": [2], "max_cat_threshold": [4], "extra_trees": [True], "path_smooth": [1.5], "lambda_l1": [0.1], "lambda_l2": [2.0],
        "boost_from_average": [False], "bagging_fraction": [0.7], "bagging_freq": [1], "feature_fraction": [0.6], "sigmoid": [0.7, 2.34567, 1e-3],
        "reg_sqrt": [True], "max_delta_step": [0.5], "drop_rate": [0.5], "uniform_drop": [True], "xgboost_dart_mode": [True], "quantized": [True], "interaction_constraints": [[[0]]], "force_col_wise": [True], "cegb_tradeoff": [0.5], "refit_decay_rate": [0.5], "num_grad_quant_bins": [8]}, 0.22)}
    if params.pop("quantized", False):
        params["use_quantized_grad"] = True
    if params["boosting"] == "rf":
        params.update(bagging_freq=1, bagging_fraction=0.6)
    if params.get("linear_tree"):
        params.pop("zero_as_missing", None)
    return params


def target(draw, objective, x, outputs):
    y = signal(draw, list(x.T), len(x))
    if objective.startswith("multiclass"):
        return classes_of(y, outputs)
    if objective in ("binary", "lambdarank", "rank_xendcg"):
        return classes_of(y, 2)
    if objective in ("cross_entropy", "cross_entropy_lambda"):
        return 1 / (1 + np.exp(-y))
    if objective in ("poisson", "gamma", "tweedie"):
        return np.exp(np.clip(y, -5, 5) / 2) + 0.01
    return y * draw.pick([1, 1, 1, 1e-6, 1e6])


def train(draw, wrapper, data, y, params, objective, outputs, categorical, settings):
    quiet = {"verbosity": -1, "seed": 7, "num_threads": 1, "deterministic": True, "feature_pre_filter": False, "min_data_in_leaf": 3, **params}
    rounds, early = draw.integer(1, 25), draw.chance(0.25) and params["boosting"] != "dart"
    settings.update(rounds=rounds, early=early)
    if wrapper == "Booster":
        return train_booster(draw, data, y, quiet, objective, outputs, categorical, rounds, early)
    settings["labels"] = None
    if wrapper == "LGBMClassifier":
        labels = draw.pick([known for known in LABELS if len(known) >= outputs])
        y, settings["labels"] = labels[y if objective != "cross_entropy" else (np.asarray(y) > np.median(y)).astype(int)], str(labels.dtype)
    arguments = {"boosting_type": quiet.pop("boosting"), "random_state": quiet.pop("seed"), "n_jobs": quiet.pop("num_threads"), **quiet}
    if not (wrapper == "LGBMClassifier" and draw.chance(0.5)):
        arguments["objective"] = own if objective == "own" else objective
    if wrapper == "LGBMClassifier" and draw.chance(0.2):
        arguments["class_weight"] = "balanced"
    if wrapper == "LGBMModel" and objective.startswith("multiclass"):
        arguments["num_class"] = outputs
    extra = {"group": groups_of(len(y))} if wrapper == "LGBMRanker" else {}
    if early and wrapper != "LGBMRanker":
        extra.update(eval_set=[(data[: len(y) // 3], y[: len(y) // 3])], callbacks=[lgb.early_stopping(2, verbose=False)])
    return getattr(lgb, wrapper)(n_estimators=rounds, **arguments).fit(data, y, categorical_feature=categorical or "auto", **extra)


def train_booster(draw, data, y, params, objective, outputs, categorical, rounds, early):
    params = {**params, "objective": own_of_dataset if objective == "own" else draw.pick(ALIASES.get(objective, [objective]))}
    if objective.startswith("multiclass"):
        params["num_class"] = outputs
    extra = {"group": groups_of(len(y))} if objective in ("lambdarank", "rank_xendcg") else {}
    dataset = lgb.Dataset(data, y, free_raw_data=False, categorical_feature=categorical or "auto", **extra)
    valid, callbacks = None, None
    if early and not extra:
        valid, callbacks = [dataset.create_valid(data, y[::-1])], [lgb.early_stopping(2, verbose=False)]
    booster = lgb.train(params, dataset, rounds, valid_sets=valid, callbacks=callbacks)
    if draw.chance(0.1):
        booster = lgb.train(params, lgb.Dataset(data, y, free_raw_data=False, categorical_feature=categorical or "auto", **extra), 3, init_model=booster)
    if draw.chance(0.07) and objective not in ("own", "lambdarank", "rank_xendcg"):
        booster = booster.refit(data, y, decay_rate=0.5)
    if draw.chance(0.1):
        booster.rollback_one_iter()
    if draw.chance(0.1):
        booster.shuffle_models()
    return booster


def thresholds_of(model):
    booster = model if isinstance(model, lgb.Booster) else model.booster_
    found = {}
    for features, values in re.findall(r"^split_feature=(.*)\n(?:.*\n)*?threshold=(.*)$", booster.model_to_string(), re.M):
        for feature, value in zip(features.split(), values.split()):
            found.setdefault(int(feature), []).append(float(value))
    return found
