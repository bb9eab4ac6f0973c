"""Saves the models of the python bench below FOLDER: a linear model, and one that sleeps 50 ms and is not row-wise."""
import os
import sys
import time

import mlflow.pyfunc
import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

folder = sys.argv[1]
features, target = load_diabetes(return_X_y=True, as_frame=True)
model = LinearRegression().fit(features, target)
signature = infer_signature(features, model.predict(features))
mlflow.sklearn.save_model(model, os.path.join(folder, "linear"), signature=signature)


class Sleeper(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        time.sleep(0.05)
        return [float(len(model_input))] * len(model_input)


mlflow.pyfunc.save_model(os.path.join(folder, "sleeper"), python_model=Sleeper(), signature=signature)
