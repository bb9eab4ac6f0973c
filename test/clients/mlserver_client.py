"""Asks a running server with MLServer's types, codecs and stubs and compares with /invocations. Arguments: URL, address of gRPC, model."""

import json
import sys
import urllib.request

import grpc
import numpy as np
import pandas as pd
from example_rows import columns, invocations
from mlserver.codecs import NumpyRequestCodec, PandasCodec
from mlserver.grpc import converters
from mlserver.grpc import dataplane_pb2 as messages
from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub
from mlserver.types import InferenceResponse, MetadataModelResponse, RepositoryIndexResponse

url, address, name = sys.argv[1:]
values = columns()
wanted = invocations(url, values)
frame = pd.DataFrame({column: data.ravel() for column, data in values.items()})
request = PandasCodec.encode_request(frame)


def http(method, path, body=None):
    sent = urllib.request.Request(f"{url}{path}", body, method=method)
    return json.load(urllib.request.urlopen(sent))


def check(response):
    given = NumpyRequestCodec.decode_response(response)
    assert given.ravel().astype("f8").tolist() == wanted, (given, wanted)


metadata = MetadataModelResponse.model_validate(http("GET", f"/v2/models/{name}"))
assert metadata.name == name and metadata.parameters.content_type == "pd"
RepositoryIndexResponse.model_validate(http("POST", "/v2/repository/index", b"{}"))
body = request.model_dump_json().encode()
check(InferenceResponse.model_validate(http("POST", f"/v2/models/{name}/infer", body)))

stub = GRPCInferenceServiceStub(grpc.insecure_channel(address))
described = stub.ModelMetadata(messages.ModelMetadataRequest(name=name))
described = converters.ModelMetadataResponseConverter.to_types(described)
assert [one.parameters.content_type for one in described.inputs] == ["np"] * len(values)
answers = 1
for use_raw in (False, True):
    sent = converters.ModelInferRequestConverter.from_types(
        PandasCodec.encode_request(frame), model_name=name, use_raw=use_raw
    )
    check(converters.ModelInferResponseConverter.to_types(stub.ModelInfer(sent)))
    answers += 1

print(f"{answers} answers equal")
