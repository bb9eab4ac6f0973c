"""Logs and registers models on a tracking server; prints their ids as JSON. Arguments: tracking URI, folder of a native model.

Each of the two models stands there three times: as a logged model, as MLflow 3 has them, as a folder of the run, as MLflow 2
had them, and below a registered version, which holds all folders of the run.
"""

import json
import sys
import tempfile
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


with mlflow.start_run(experiment_id=experiment) as run, tempfile.TemporaryDirectory() as work:
    run_id = run.info.run_id
    logged = mlflow.pyfunc.log_model(name="model", python_model=Echo(), registered_model_name="echo")
    native = client.create_logged_model(experiment, name="native", source_run_id=run_id)
    client.log_model_artifacts(native.model_id, folder)
    client.finalize_logged_model(native.model_id, "READY")
    mlflow.pyfunc.save_model(f"{work}/echo", python_model=Echo())
    client.log_artifacts(run_id, folder, "classic")
    client.log_artifacts(run_id, f"{work}/echo", "classic-echo")
root = client.get_run(run_id).info.artifact_uri
for name, source in (("diabetes", f"{root}/classic"), ("diabetes", f"{root}/classic"), ("nested", root)):
    if not client.search_registered_models(f"name = '{name}'"):
        client.create_registered_model(name)
    client.create_model_version(name, source, run_id)
for name in ("diabetes", "echo", "nested"):
    client.set_registered_model_alias(name, "champion", "1")
    client.transition_model_version_stage(name, "1", "Production")
client.create_registered_model("empty")
print(
    json.dumps(
        {
            "run": run_id,
            "model": logged.model_id,
            "native": native.model_id,
            "experiment": experiment,
            "root": root,
        }
    )
)
