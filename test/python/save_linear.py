"""Saves a linear model of ten columns with its signature: `save_linear.py FOLDER`."""

import sys

import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

rng = np.random.default_rng(3)
features = pd.DataFrame(rng.normal(size=(200, 10)), columns=["x%d" % number for number in range(10)])
target = 100 + features @ rng.normal(size=10) + rng.normal(size=200)
model = LinearRegression().fit(features, target)
mlflow.sklearn.save_model(model, sys.argv[1], signature=infer_signature(features, model.predict(features)))
