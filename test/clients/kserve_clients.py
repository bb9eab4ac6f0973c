"""Asks a running server with KServe's clients and compares with /invocations. Arguments: URL, address of gRPC, model."""

import asyncio
import sys

import numpy as np
from example_rows import columns, invocations
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest
from kserve.inference_client import RESTConfig

url, address, name = sys.argv[1:]
values = columns()
wanted = invocations(url, values)


def request(binary):
    inputs = []
    for column, data in values.items():
        one = InferInput(column, list(data.shape), "FP64")
        one.set_data_from_numpy(data, binary_data=binary)
        inputs.append(one)
    return InferRequest(name, inputs, request_id="42")


def check(response):
    assert response.id == "42" and response.model_name == name
    given = response.outputs[0].as_numpy()
    assert given.dtype == np.float32 and given.ravel().astype("f8").tolist() == wanted, given


async def main():
    answers = 0
    rest = InferenceRESTClient(RESTConfig(protocol="v2"))
    assert await rest.is_server_live(url) and await rest.is_server_ready(url)
    assert await rest.is_model_ready(url, name)
    grpc = InferenceGRPCClient(address)
    assert await grpc.is_server_live() and await grpc.is_server_ready()
    assert await grpc.is_model_ready(name)
    for binary in (False, True):
        check(await rest.infer(url, request(binary), model_name=name))
        check(await grpc.infer(request(binary)))
        answers += 2
    await rest.close()
    await grpc.close()
    print(f"{answers} answers equal")


asyncio.run(main())
