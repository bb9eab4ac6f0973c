"""Logs and registers models on a tracking server; prints their ids as JSON. Arguments: tracking URI, folder of a model."""

import json
import sys
import warnings

import mlflow
from mlflow import MlflowClient

warnings.simplefilter("ignore")
uri, folder = sys.argv[1:3]
mlflow.set_tracking_uri(uri)
client = MlflowClient()
experiment = client.create_experiment("fleet")


class Echo(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input


with mlflow.start_run(experiment_id=experiment) as run:
    # A logged model, as MLflow 3 has them, and a folder of the run, as MLflow 2 had them.
    logged = mlflow.pyfunc.log_model(name="model", python_model=Echo(), registered_model_name="echo")
    client.log_artifacts(run.info.run_id, folder, "classic")
root = client.get_run(run.info.run_id).info.artifact_uri
client.create_registered_model("diabetes")
for _ in range(2):
    client.create_model_version("diabetes", f"{root}/classic", run.info.run_id)
client.set_registered_model_alias("diabetes", "champion", "1")
client.transition_model_version_stage("diabetes", "1", "Production")
client.create_registered_model("empty")
print(json.dumps({"run": run.info.run_id, "model": logged.model_id, "experiment": experiment, "root": root}))
