"""Answers lines on stdin, each an inference as JSON, with tritonclient's answer over HTTP or gRPC: values by output."""

import base64
import functools
import json
import math
import sys

import numpy as np
import tritonclient.grpc
import tritonclient.http
from tritonclient.utils import deserialize_bytes_tensor, triton_to_np_dtype

LIBRARIES = {"http": tritonclient.http, "grpc": tritonclient.grpc}


@functools.lru_cache(maxsize=2)
def client(protocol, address):
    return LIBRARIES[protocol].InferenceServerClient(address)


def read_array(tensor):
    raw = base64.b64decode(tensor["raw"])
    if tensor["datatype"] == "BYTES":
        array = deserialize_bytes_tensor(raw) if raw else np.empty(0, np.object_)
    else:
        array = np.frombuffer(raw, triton_to_np_dtype(tensor["datatype"]))
    return array.reshape(tensor["shape"])


def value(element):
    if isinstance(element, bytes):
        return element.decode()
    if isinstance(element, float):
        return element if math.isfinite(element) else None
    return element


def content_type(output, protocol):
    if protocol == "grpc":
        return output.parameters["content_type"].string_param
    return output.get("parameters", {}).get("content_type")


def outputs_of(result, protocol):
    response = result.get_response()
    for output in response.outputs if protocol == "grpc" else response["outputs"]:
        name = output.name if protocol == "grpc" else output["name"]
        values = [value(element) for element in result.as_numpy(name).ravel().tolist()]
        if content_type(output, protocol) == "pd_json":
            values = [json.loads(text) for text in values]
        yield name, values


def answer(request):
    protocol = request["protocol"]
    library = LIBRARIES[protocol]
    inputs = []
    for tensor in request["inputs"]:
        one = library.InferInput(tensor["name"], tensor["shape"], tensor["datatype"])
        inputs.append(one.set_data_from_numpy(read_array(tensor)))
    result = client(protocol, request["address"]).infer(
        request["model"], inputs, parameters=request["params"] or None
    )
    return {"outputs": dict(outputs_of(result, protocol))}


for line in sys.stdin:
    try:
        answered = answer(json.loads(line))
    except Exception as error:
        answered = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answered), flush=True)
