"""Downloads each URI that comes on stdin with MLflow's own client, and says so when it is there: what it asks is counted."""

import sys
import tempfile

import mlflow

for line in sys.stdin:
    mlflow.artifacts.download_artifacts(line.strip(), dst_path=tempfile.mkdtemp(dir="."))
    print("there", flush=True)
