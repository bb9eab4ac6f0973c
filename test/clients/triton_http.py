"""Asks a running server with tritonclient over HTTP and compares with /invocations. Arguments: URL, model name."""

import json
import sys
import urllib.request

import numpy as np
import tritonclient.http as triton

url, name = sys.argv[1], sys.argv[2]
client = triton.InferenceServerClient(url.removeprefix("http://"))

assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(name)
assert client.get_server_metadata()["name"] == "slipway"
metadata = client.get_model_metadata(name)
index = client.get_model_repository_index()
assert [one["name"] for one in index] == [name], index
client.load_model(name)

ROWS = 7
random = np.random.default_rng(0)
columns = {one["name"]: random.normal(size=(ROWS, 1)) / 10 for one in metadata["inputs"]}

split = {"columns": list(columns), "data": np.hstack(list(columns.values())).tolist()}
request = urllib.request.Request(
    f"{url}/invocations",
    json.dumps({"dataframe_split": split}).encode(),
    {"content-type": "application/json"},
)
wanted = json.load(urllib.request.urlopen(request))["predictions"]


def ask(binary_in, outputs):
    inputs = []
    for column, values in columns.items():
        one = triton.InferInput(column, list(values.shape), "FP64")
        one.set_data_from_numpy(values, binary_data=binary_in)
        inputs.append(one)
    return client.infer(name, inputs, outputs=outputs, request_id="42")


answers = 0
for binary_in in (False, True):
    for outputs in (
        None,
        [triton.InferRequestedOutput("output-1", binary_data=False)],
        [triton.InferRequestedOutput("output-1", binary_data=True)],
        [triton.InferRequestedOutput("output-0", binary_data=True)],
    ):
        result = ask(binary_in, outputs)
        output = outputs[0].name() if outputs else "output-1"
        values = result.as_numpy(output)
        assert values.dtype == np.float32 and values.shape == (ROWS, 1), (values.dtype, values.shape)
        assert values.ravel().astype("f8").tolist() == wanted, (values, wanted)
        assert result.get_response()["id"] == "42"
        answers += 1

try:
    client.infer("nobody", [triton.InferInput("x", [1], "FP64").set_data_from_numpy(np.zeros(1))])
    raise SystemExit("an unknown model was taken")
except triton.InferenceServerException as error:
    assert error.status() == "404" and "Model nobody not found" in error.message(), error

print(f"{answers} answers equal")
