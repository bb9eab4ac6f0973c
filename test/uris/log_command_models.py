"""Logs the models of MLflow's command-line tests (tests/models/test_cli.py) in the store `argv[1]`; prints what they need as JSON.

A nearest-neighbour classifier of scikit-learn, registered; and echoes with one part of a signature each.
"""

import json
import sys
import warnings

import mlflow
import pandas as pd
import sklearn.datasets
import sklearn.neighbors

warnings.simplefilter("ignore")
mlflow.set_tracking_uri(sys.argv[1])
iris = sklearn.datasets.load_iris()
rows = pd.DataFrame(iris.data[:, :2])
classifier = sklearn.neighbors.KNeighborsClassifier().fit(rows.values, iris.target)


class Test(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return ["test"]


with mlflow.start_run() as run:
    mlflow.sklearn.log_model(
        classifier, name="model", registered_model_name="impredicting", serialization_format="cloudpickle"
    )
signatures = []
for parts in ({"model_input": ["in"]}, {"model_output": ["out"]}, {"params": {"test": "test"}}):
    given = {"model_input": None, **parts}
    with mlflow.start_run():
        signature = mlflow.models.infer_signature(**given)
        signatures.append(mlflow.pyfunc.log_model(name="test", python_model=Test(), signature=signature).model_uri)
print(
    json.dumps(
        {
            "run": run.info.run_id,
            "signatures": signatures,
            "json": json.dumps({"dataframe_split": rows.to_dict(orient="split")}),
            "csv": rows.to_csv(index=False),
            "expected": classifier.predict(rows.values).tolist(),
        }
    )
)
