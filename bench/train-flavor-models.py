"""Saves the models of the flavors bench below FOLDER: lightgbm, catboost (500 trees each) and of ONNX a forest of 100 trees and graphs that onnxruntime runs."""
import os
import sys

import catboost
import lightgbm as lgb
import mlflow
import numpy as np
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPRegressor

folder = sys.argv[1]
features, target = load_diabetes(return_X_y=True, as_frame=True)
random = np.random.default_rng(0)
many = features.sample(3000, replace=True, random_state=1)
goal = target.loc[many.index] + random.normal(0, 1, 3000)
many = many + random.normal(0, 1e-3, many.shape)
signature = infer_signature(features, target.to_numpy())

booster = lgb.train({"num_leaves": 31, "verbose": -1, "num_threads": 1}, lgb.Dataset(many, goal), 500)
mlflow.lightgbm.save_model(booster, os.path.join(folder, "lightgbm"), signature=signature)
model = catboost.CatBoostRegressor(iterations=500, depth=6, verbose=False, thread_count=1)
model.fit(many, goal)
mlflow.catboost.save_model(model, os.path.join(folder, "catboost"), signature=signature)
single = many.to_numpy(np.float32)
classes = np.digitize(goal, [100, 180])
models = {
    "onnx": RandomForestRegressor(100, max_depth=10, random_state=0).fit(single, goal),
    "onnx-linear": LinearRegression().fit(single, goal),
    "onnx-network": MLPRegressor(hidden_layer_sizes=(64, 32), max_iter=40, random_state=0).fit(single, goal),
    "onnx-logistic": LogisticRegression(max_iter=500).fit(single, classes),
    "onnx-forest-classifier": RandomForestClassifier(100, max_depth=10, random_state=0).fit(single, classes),
}
for name, fitted in models.items():
    graph = to_onnx(fitted, single[:1])
    tensor = infer_signature(single, fitted.predict(single[:2]).astype(np.float32))
    mlflow.onnx.save_model(graph, os.path.join(folder, name), signature=tensor, save_as_external_data=False)
