"""Asks a running server with MLflow's own scoring client and compares with a plain request. Arguments: URL, address of gRPC, model."""

import sys
import urllib.parse

import pandas as pd
from example_rows import columns, invocations
from mlflow.pyfunc.scoring_server.client import ScoringServerClient

url = urllib.parse.urlsplit(sys.argv[1])
values = columns()
wanted = invocations(sys.argv[1], values)
client = ScoringServerClient(url.hostname, url.port)
client.wait_server_ready(timeout=30)

frame = pd.DataFrame({column: data.ravel() for column, data in values.items()})
given = client.invoke(frame).get_predictions()
assert given.iloc[:, 0].tolist() == wanted, (given, wanted)
records = client.invoke(frame.to_dict(orient="records"))
assert records.get_predictions().iloc[:, 0].tolist() == wanted

print("2 answers equal")
