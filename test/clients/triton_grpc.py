"""Asks a running server with tritonclient over gRPC and compares with /invocations. Arguments: URL, address of gRPC, model."""

import sys

import numpy as np
import tritonclient.grpc as triton
from example_rows import COLUMNS, ROWS, columns, invocations

url, address, name = sys.argv[1:]
client = triton.InferenceServerClient(address)

assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(name)
assert client.get_server_metadata().name == "slipway"
assert [one.name for one in client.get_model_metadata(name).inputs] == COLUMNS
assert [one.name for one in client.get_model_repository_index().models] == [name]
client.load_model(name)

values = columns()
wanted = invocations(url, values)


def ask(outputs, **more):
    inputs = []
    for column, data in values.items():
        one = triton.InferInput(column, list(data.shape), "FP64")
        inputs.append(one.set_data_from_numpy(data))
    return client.infer(name, inputs, outputs=outputs, request_id="42", **more)


answers = 0
for outputs, more in (
    (None, {}),
    ([triton.InferRequestedOutput("output-1")], {"client_timeout": 30}),
    ([triton.InferRequestedOutput("output-0")], {"compression_algorithm": "gzip"}),
):
    result = ask(outputs, **more)
    given = result.as_numpy(outputs[0].name() if outputs else "output-1")
    assert given.dtype == np.float32 and given.shape == (ROWS, 1), (given.dtype, given.shape)
    assert given.ravel().astype("f8").tolist() == wanted, (given, wanted)
    assert result.get_response().id == "42"
    answers += 1

try:
    client.infer("nobody", [triton.InferInput("x", [1], "FP64").set_data_from_numpy(np.zeros(1))])
    raise SystemExit("an unknown model was taken")
except triton.InferenceServerException as error:
    assert error.status() == "StatusCode.NOT_FOUND", error
    assert error.message() == "Model nobody not found", error

print(f"{answers} answers equal")
