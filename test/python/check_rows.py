"""Checks which estimators may be merged, and that merging changes nothing: `check_rows.py path/to/worker.py`.

Prints one line for each estimator: its name, "yes" or the reason, and the largest relative difference between
scoring each row alone and all rows at once.
"""

import importlib.util
import json
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn import (cluster, compose, dummy, ensemble, feature_extraction, impute, linear_model, naive_bayes, neighbors,
                     pipeline, preprocessing, svm, tree)  # fmt: skip

warnings.filterwarnings("ignore")
spec = importlib.util.spec_from_file_location("slipway_worker", sys.argv[1])
worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worker)

rng = np.random.default_rng(7)
X = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd"))
X["city"] = rng.choice(["x", "y", "z"], 60)
X["text"] = rng.choice(["red fox", "blue bird", "red bird"], 60)
numbers = X[list("abcd")]
y = numbers.sum(axis=1) + rng.normal(size=60)
labels = (y > 0).astype(int)


def center(data):
    return data - data.mean(axis=0)


class Own(linear_model.LinearRegression):
    pass


def mixed(last):
    columns = compose.ColumnTransformer(
        [
            ("one-hot", preprocessing.OneHotEncoder(handle_unknown="ignore"), ["city"]),
            ("text", feature_extraction.text.TfidfVectorizer(), "text"),
            ("numbers", pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler()), ["a", "b"]),
        ],
        remainder="passthrough",
    )
    return pipeline.Pipeline([("columns", columns), ("last", last)])


models = {
    "linear": (linear_model.LinearRegression(), numbers, y),
    "mixed": (mixed(linear_model.LogisticRegression()), X, labels),
    "forest": (ensemble.RandomForestClassifier(20), numbers, labels),
    "stacking": (ensemble.StackingRegressor([("r", linear_model.Ridge()), ("t", tree.DecisionTreeRegressor())]), numbers, y),
    "boosting": (ensemble.HistGradientBoostingRegressor(max_iter=20), numbers, y),
    "log target": (
        compose.TransformedTargetRegressor(linear_model.Ridge(), func=np.exp, inverse_func=np.log, check_inverse=False),
        numbers,
        y / 10,
    ),
    "neighbors": (neighbors.KNeighborsRegressor(), numbers, y),
    "support vectors": (svm.SVC(), numbers, labels),
    "bayes": (naive_bayes.GaussianNB(), numbers, labels),
    "clusters": (cluster.KMeans(3), numbers, None),
    "constant": (dummy.DummyRegressor(), numbers, y),
    "random": (dummy.DummyClassifier(strategy="uniform"), numbers, labels),
    "function": (pipeline.make_pipeline(preprocessing.FunctionTransformer(center), linear_model.Ridge()), numbers, y),
    "inside": (mixed(pipeline.make_pipeline(preprocessing.FunctionTransformer(center, accept_sparse=True), Own())), X, y),
    "own class": (Own(), numbers, y),
    "own metric": (neighbors.KNeighborsRegressor(metric=lambda a, b: abs(a - b).sum()), numbers, y),
    "outliers": (neighbors.LocalOutlierFactor(novelty=True), numbers, None),
    "text alone": (pipeline.make_pipeline(feature_extraction.text.CountVectorizer(), naive_bayes.MultinomialNB()), X["text"], labels),
}

for name, (model, data, target) in models.items():
    model.fit(data, target)
    judge = worker._RowJudge()
    try:
        judge.check(model, "the model", False)
        verdict = "yes"
    except worker.NotRowWise as reason:
        verdict = str(reason)
    difference = None
    if verdict == "yes":
        whole = np.asarray(model.predict(data), dtype=float)
        rows = np.concatenate([np.atleast_1d(model.predict(data.iloc[[at]])) for at in range(len(data))]).astype(float)
        difference = float(np.max(np.abs(whole - rows) / np.maximum(np.abs(whole), 1e-300)))
    print(json.dumps({"name": name, "verdict": verdict, "difference": difference}))
