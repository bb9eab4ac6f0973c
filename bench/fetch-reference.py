"""Seconds that MLflow's client (or boto3) takes to fetch a model, imports not counted. Arguments: artifacts URI | s3 ENDPOINT KEY; rounds."""

import json
import os
import shutil
import sys
import tempfile
import time

kind, address, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
seconds = []
if kind == "artifacts":
    import mlflow

    mlflow.artifacts.download_artifacts(address, dst_path=tempfile.mkdtemp())
    for _ in range(rounds):
        folder = tempfile.mkdtemp()
        start = time.perf_counter()
        mlflow.artifacts.download_artifacts(address, dst_path=folder)
        seconds.append(time.perf_counter() - start)
        shutil.rmtree(folder)
else:
    import boto3

    client = boto3.client("s3", endpoint_url=address, region_name="us-east-1")
    for _ in range(rounds):
        file = tempfile.mktemp()
        start = time.perf_counter()
        client.download_file("bucket", "m/big.bin", file)
        seconds.append(time.perf_counter() - start)
        os.remove(file)
print(json.dumps(seconds))
