"""Random models of CatBoost: regressors, classifiers, rankers and the base class."""
import catboost
import numpy as np
import pandas as pd

from .draw import NUMBER_KINDS, TEXTS, classes_of, groups_of, holes, names_of, numbers, probe, signal, views

REGRESSION = ["RMSE", "RMSE", "MAE", "Quantile:alpha=0.3", "LogLinQuantile", "Poisson", "Tweedie:variance_power=1.4", "MAPE", "Huber:delta=1", "Expectile:alpha=0.3",
              "Lq:q=3", "LogCosh", "RMSEWithUncertainty", "MultiRMSE", "MultiQuantile:alpha=0.2,0.7", "SurvivalAft", "Cox"]
CLASSES = ["Logloss", "Logloss", "CrossEntropy", "MultiClass", "MultiClass", "MultiClassOneVsAll", "MultiLogloss", "MultiCrossEntropy", "Focal:focal_alpha=0.4;focal_gamma=2"]
RANKING = ["YetiRank", "QuerySoftMax", "QueryRMSE", "PairLogit"]
LOSSES = {"CatBoostRegressor": REGRESSION, "CatBoostClassifier": CLASSES, "CatBoostRanker": RANKING, "CatBoost": REGRESSION + CLASSES}
LABELS = [[0, 1, 2, 3, 4], ["no", "yes", "maybe", "ünï", "0"], [-3, 10, 7, 2, 5], [0.5, 1.5, 2.25, -1.0, 1e10], [1.0, 2.0, 3.0, 4.0, 5.0], [False, True],
          ["1", "2", "10", "-1", "1.5"], [2**31, -(2**40), 7, 8, 9]]
NUMERIC = [*NUMBER_KINDS, "float64 huge"]
CATEGORICAL = ["text", "text", "whole", "bool", "many"]


def column(draw, kind, rows):
    rng = draw.rng
    match kind:
        case "text":
            return np.array(TEXTS, dtype=object)[rng.integers(0, draw.pick([2, len(TEXTS)]), rows)]
        case "whole":
            return rng.integers(-4, draw.pick([1, 12]), rows)
        case "bool":
            return rng.integers(0, 2, rows).astype(bool)
        case "many":
            return np.array([f"k{i}" for i in rng.integers(0, 60, rows)], dtype=object)
        case "float64 huge":
            return rng.normal(size=rows) * 1e300
    return numbers(draw, kind, rows)


def make(draw, settings):
    wrapper = draw.pick(["CatBoostRegressor"] * 3 + ["CatBoostClassifier"] * 4 + ["CatBoostRanker", "CatBoost"])
    loss = draw.pick(LOSSES[wrapper])
    rows, width = draw.integer(40, 180), draw.width()
    share = draw.pick([0, 0, 0.3, 0.6])
    kinds = [draw.pick(CATEGORICAL) if draw.chance(share) else draw.pick(NUMERIC) for _ in range(width)]
    params = tree_params(draw, kinds)
    names, missing = names_of(draw, width), draw.pick([0, 0, 0.1, 0.4])
    settings.update(wrapper=wrapper, loss=loss, rows=rows, kinds=kinds, params=params, missing=missing, names=names)
    table = pd.DataFrame({name: column(draw, kind, rows) for name, kind in zip(names, kinds)})
    for name, kind in zip(names, kinds):
        if kind in NUMERIC and missing:
            table[name] = holes(draw, table[name], missing)
    y = target(draw, loss, table, kinds, settings)
    model = train(draw, wrapper, loss, table, y, kinds, params, settings)
    options = {"format": draw.pick(["cbm", "cbm", "json"])}
    settings.update(options)
    return {"model": model, "example": table[:5].copy(), "options": options, "inputs": list(inputs(draw, model, kinds, names))}


def tree_params(draw, kinds):
    params = {"iterations": draw.integer(1, 30), "depth": draw.integer(1, 8), "learning_rate": draw.uniform(0.03, 1), "random_seed": draw.integer(0, 999), **draw.some({
        "border_count": [1, 5, 32, 500], "nan_mode": ["Min", "Max"], "l2_leaf_reg": [0.01, 30.0], "bootstrap_type": ["Bernoulli", "MVS", "No"],
        "feature_border_type": ["Uniform", "Median", "MinEntropy", "GreedyLogSum"], "grow_policy": ["Depthwise", "Lossguide"], "min_data_in_leaf": [1, 10],
        "boosting_type": ["Ordered", "Plain"], "rsm": [0.6], "model_shrink_rate": [0.1], "leaf_estimation_method": ["Newton", "Gradient"],
        "boost_from_average": [True, False], "langevin": [True], "score_function": ["L2", "Cosine"], "random_strength": [0.0, 5.0], "leaf_estimation_iterations": [3], "approx_on_full_history": [True]}, 0.2)}
    if params.get("grow_policy") == "Lossguide":
        params["max_leaves"] = draw.integer(2, 40)
        params["depth"] = min(params["depth"], 6)
    if "grow_policy" in params:
        params.pop("boosting_type", None)
    if any(kind in CATEGORICAL for kind in kinds):
        params.update(category_params(draw))
    return params


def category_params(draw):
    params = draw.some({"one_hot_max_size": [1, 2, 4, 12, 100], "max_ctr_complexity": [1, 2, 3, 4], "store_all_simple_ctr": [True], "ctr_target_border_count": [1, 3],
                        "counter_calc_method": ["Full", "SkipTest"], "ctr_leaf_count_limit": [2, 10], "ctr_history_unit": ["Sample"]}, 0.4)
    if draw.chance(0.4):
        kind = draw.pick(["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"])
        count = f":TargetBorderCount={draw.integer(1, 4)}" if kind in ("Borders", "Buckets") else ""
        ctr = f"{kind}{count}:Prior={round(draw.uniform(0, 1), 2)}/1:CtrBorderCount={draw.integer(1, 30)}"
        params.update(simple_ctr=[ctr], combinations_ctr=[ctr])
    return params


def target(draw, loss, table, kinds, settings):
    columns = [table[name] if kind in NUMERIC else pd.factorize(table[name])[0] for name, kind in zip(table, kinds)]
    y = signal(draw, columns, len(table))
    name = loss.split(":")[0]
    if name in ("Poisson", "Tweedie"):
        return np.round(np.exp(np.clip(y, -3, 3) / 2), 3)
    if name == "CrossEntropy":
        return 1 / (1 + np.exp(-y))
    if name == "MultiRMSE":
        return np.stack([y, y * 2 + 1, -y], 1)
    if name == "SurvivalAft":
        return np.stack([np.abs(y) + 0.1, np.abs(y) + 1], 1)
    count = 2 if name in ("Logloss", "Focal", "PairLogit", "QuerySoftMax") else draw.integer(2, 5)
    if name in ("MultiLogloss", "MultiCrossEntropy"):
        return np.stack([(y > k / 2).astype(int) for k in range(count)], 1)
    if name in ("Logloss", "Focal", "MultiClass", "MultiClassOneVsAll"):
        labels = draw.pick([known for known in LABELS if len(known) >= count])
        settings["labels"] = labels[:count]
        return np.array(labels)[classes_of(y, count)]
    if name in RANKING:
        return classes_of(y, count)
    return y * draw.pick([1, 1, 1, 1e-6, 1e6])


def train(draw, wrapper, loss, table, y, kinds, params, settings):
    params = {"verbose": 0, "allow_writing_files": False, "thread_count": 1, "loss_function": loss, **params}
    categorical = [at for at, kind in enumerate(kinds) if kind in CATEGORICAL]
    if draw.chance(0.15) and categorical and wrapper != "CatBoostRanker":
        text = [at for at in categorical if kinds[at] in ("text", "many")][:1]
        params["text_features"], categorical = text, [at for at in categorical if at not in text]
        settings["text"] = text
    if categorical:
        params["cat_features"] = categorical
    if loss == "Logloss" and draw.chance(0.3):
        params.update(draw.pick([{"auto_class_weights": "Balanced"}, {"scale_pos_weight": 3.0}]))
    if loss == "MultiClass" and draw.chance(0.2) and settings["labels"] == list(range(len(settings["labels"]))):
        params["classes_count"] = len(settings["labels"]) + 2
    settings["more"] = {key: params[key] for key in ("classes_count", "scale_pos_weight", "auto_class_weights", "cat_features") if key in params}
    model = catboost.CatBoost(params) if wrapper == "CatBoost" else getattr(catboost, wrapper)(**params)
    data, extra = table, {}
    if draw.chance(0.2) and all(kind in NUMERIC for kind in kinds):
        data = table.to_numpy()
    settings["array"] = data is not table
    if wrapper == "CatBoostRanker":
        extra["group_id"] = np.repeat(np.arange(3), groups_of(len(table)))
    elif draw.chance(0.15) and wrapper != "CatBoost":
        extra.update(eval_set=(data[:20], np.asarray(y)[:20]), early_stopping_rounds=2)
    model.fit(data, y, **extra)
    if wrapper == "CatBoostClassifier" and loss == "Logloss" and draw.chance(0.2):
        settings["threshold"] = draw.pick([0.2, 0.3, 0.77])
        model.set_probability_threshold(settings["threshold"])
    if draw.chance(0.1) and model.tree_count_ > 1:
        settings["shrunk"] = draw.integer(1, model.tree_count_ - 1)
        model.shrink(ntree_end=settings["shrunk"], ntree_start=draw.pick([0, 0, settings["shrunk"] - 1]))
    if draw.chance(0.07):
        settings["sum"] = True
        return catboost.sum_models([model, model], draw.pick([[0.5, 0.25], [1.0, -0.3]]))
    if draw.chance(0.1) and wrapper != "CatBoostClassifier":
        model.set_scale_and_bias(draw.pick([1.0, 0.3, -2.0]), draw.pick([0.0, 0.7]))
    return model


def inputs(draw, model, kinds, names):
    numeric = [at for at, kind in enumerate(kinds) if kind in NUMERIC]
    borders = {position: np.asarray(values, np.float32) for position, (_, values) in enumerate(sorted(model.get_borders().items()))} if numeric else {}
    def fresh():
        return probe(draw, [kinds[at] for at in numeric], borders, infinite=draw.chance(0.4), fresh=column)

    x = fresh()
    if len(numeric) == len(kinds):
        for _ in range(3):
            yield pd.DataFrame(fresh(), columns=names)
        yield from views(draw, x, names)
        return
    for unseen in (False, True, True):
        x = fresh()
        table = pd.DataFrame({name: x[:, numeric.index(at)] if at in numeric else column(draw, kinds[at], len(x)) for at, name in enumerate(names)})
        if unseen:
            table = with_unseen(draw, table, kinds)
        yield table
        yield table[:1]
        yield table[names[::-1]]
        yield table[:0]
        yield table.assign(**{name: table[name].astype(object) for name in names})
        yield table.assign(extra=1.5)
        yield table.to_numpy()
        yield table.assign(**{name: table[name].map(str).astype(object) for at, name in enumerate(names) if at not in numeric})


def with_unseen(draw, table, kinds):
    table = table.copy()
    for name, kind in zip(list(table.columns), kinds):
        if kind in ("text", "many"):
            values = table[name].tolist()
            table[name] = pd.Series([draw.pick(["unseen", "RED", "k1 ", "\x00", "😀", "1"]) if draw.chance(0.3) else v for v in values], dtype=object)
        elif kind == "whole":
            table[name] = [draw.pick([99, -(2**62), 2**53 + 1, 0]) if draw.chance(0.3) else v for v in table[name].tolist()]
    return table
