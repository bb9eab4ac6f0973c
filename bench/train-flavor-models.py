"""Saves the models of the flavors bench below FOLDER: lightgbm, catboost (500 trees each) and onnx (a forest of 100 trees)."""
import os
import sys

import catboost
import lightgbm as lgb
import mlflow
import numpy as np
from mlflow.models import infer_signature
from skl2onnx import to_onnx
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor

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
forest = RandomForestRegressor(100, max_depth=10, random_state=0).fit(many.to_numpy(np.float32), goal)
graph = to_onnx(forest, many.to_numpy(np.float32)[:1])
tensor = infer_signature(many.to_numpy(np.float32), forest.predict(many.to_numpy(np.float32)[:2]).astype(np.float32))
mlflow.onnx.save_model(graph, os.path.join(folder, "onnx"), signature=tensor, save_as_external_data=False)
