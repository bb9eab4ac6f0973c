"""Trains the bundled example: disease progression from ten measurements, with XGBoost.

Data: scikit-learn's bundled copy of the diabetes data of Efron, Hastie, Johnstone and Tibshirani (2004).
Run it in the reference environment: "$(tools/reference/setup.sh)/bin/python" examples/diabetes/train.py
"""

import shutil
from pathlib import Path

import mlflow
from mlflow.models import infer_signature
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split
from xgboost import XGBRegressor

folder = Path(__file__).parent / "model"

features, target = load_diabetes(as_frame=True, return_X_y=True, scaled=False)
train_x, test_x, train_y, test_y = train_test_split(features, target, test_size=0.2, random_state=7)

model = XGBRegressor(n_estimators=100, max_depth=4, learning_rate=0.06, subsample=0.8, random_state=7, n_jobs=1)
model.fit(train_x, train_y)
print(f"R2 on the held-out fifth: {model.score(test_x, test_y):.2f}")

shutil.rmtree(folder, ignore_errors=True)
mlflow.xgboost.save_model(
    model,
    str(folder),
    signature=infer_signature(train_x, model.predict(train_x)),
    input_example=test_x.head(2),
)
print(folder)
