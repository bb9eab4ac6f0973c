"""Trains the model of the benches: 500 trees (or TREES), depth 6, on the diabetes data; writes FOLDER/model and FOLDER/rows.csv."""
import os
import sys

import mlflow.xgboost
import numpy as np
import xgboost as xgb
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes

folder = sys.argv[1]
trees = int(sys.argv[2]) if len(sys.argv) > 2 else 500
features, target = load_diabetes(return_X_y=True, as_frame=True)
model = xgb.XGBRegressor(n_estimators=trees, max_depth=6, learning_rate=0.05, n_jobs=1, random_state=0)
model.fit(features, target)
signature = infer_signature(features, model.predict(features))
mlflow.xgboost.save_model(model, os.path.join(folder, "model"), signature=signature)
rows = features.sample(1000, replace=True, random_state=1)
rows = rows + np.random.default_rng(2).normal(0, 1e-3, rows.shape)
rows.to_csv(os.path.join(folder, "rows.csv"), index=False)
