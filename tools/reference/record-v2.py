"""Records how MLServer's MLflow runtime spoke the Open Inference Protocol: test/fixtures/v2/*.json.

Run with a Python that has mlserver, mlserver-mlflow and MLflow (the runtime still imports beside MLflow 3):
    python tools/reference/record-v2.py
`metadata.json`: signatures and the tensors of their metadata. `decoding.json`: requests, and the input that the model got, after
MLflow's enforcement. `encoding.json`: what a model returned, and the response.
"""

import importlib.util
import json
import logging
import pathlib
import random
import warnings

import mlflow
import mlserver
import numpy as np
import orjson
import pandas as pd
from mlflow.models.signature import ModelSignature
from mlflow.models.utils import _enforce_schema
from mlflow.types.schema import Schema
from mlserver.codecs.json import encode_to_json_bytes
from mlserver.settings import ModelSettings
from mlserver.types import InferenceRequest
from mlserver_mlflow import MLflowRuntime
from mlserver_mlflow.codecs import TensorDictCodec

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parents[1] / "test" / "fixtures" / "v2"
RANDOM = random.Random(20)

warnings.filterwarnings("ignore")


def load_tags():
    """The tagged form of values is that of record-enforcement.py."""
    spec = importlib.util.spec_from_file_location("enforcement", HERE / "record-enforcement.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.encode


encode = load_tags()
logging.disable(logging.CRITICAL)


class Recorder(MLflowRuntime):
    """The runtime over a signature instead of a model; predict returns what the model would get."""

    def __init__(self, signature):
        settings = ModelSettings(name="m", implementation=MLflowRuntime)
        super().__init__(settings)
        self._signature = signature
        self._sync_metadata()


OUTPUTS = [{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1]}}]


def signature_of(inputs):
    """The runtime does not load a model that says nothing of its outputs."""
    return ModelSignature(
        inputs=Schema.from_json(json.dumps(inputs)), outputs=Schema.from_json(json.dumps(OUTPUTS))
    )


def column(kind, name=None, required=True):
    spec = {"type": kind, "required": required}
    if name is not None:
        spec["name"] = name
    return spec


def tensor(dtype, shape, name=None):
    spec = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}}
    if name is not None:
        spec["name"] = name
    return spec


SCALARS = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]
DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]
DATATYPES = ["BOOL", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "FP16", "FP32", "FP64"]
ARRAY = {"type": "array", "items": {"type": "double"}, "name": "a", "required": True}
OBJECT = {
    "type": "object",
    "properties": {"k": {"type": "string", "required": True}},
    "name": "o",
    "required": True,
}
SIGNATURES = [
    [column(kind, kind) for kind in SCALARS],
    [column(kind) for kind in SCALARS],
    [column("double", "a"), column("long", "b", False)],
    [ARRAY, OBJECT],
    *[[tensor(dtype, [-1, 3])] for dtype in [*DTYPES, "object", "str"]],
    [tensor("float32", [-1, 2], "x"), tensor("int64", [-1], "y")],
    [tensor("float64", [2, -1, 3], "only")],
]


def metadata(inputs):
    runtime = Recorder(signature_of(inputs))
    dump = lambda tensors: [t.model_dump(mode="json", exclude_none=True) for t in tensors]
    return {
        "inputs": inputs,
        "outputs": OUTPUTS,
        "metadata": {
            "inputs": dump(runtime.inputs),
            "outputs": dump(runtime.outputs),
            "content_type": runtime._settings.parameters.content_type,
        },
    }


def decode(inputs, request):
    """What the model gets, or the class of the refusal."""
    text = json.dumps(request, ensure_ascii=False)
    case = {"inputs": inputs, "request": text}
    try:
        runtime = Recorder(signature_of(inputs))
        parsed = InferenceRequest.model_validate(orjson.loads(text))
        decoded = runtime.decode_request(parsed)
        params = parsed.parameters.model_extra if parsed.parameters else None
        if params:
            case["params"] = encode(params)
        case["decoded"] = encode(_enforce_schema(decoded, runtime._signature.inputs))
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {str(error)[:200]}"
    return case


def tensor_input(name, shape, datatype, data, content_type=None):
    one = {"name": name, "shape": shape, "datatype": datatype, "data": data}
    if content_type:
        one["parameters"] = {"content_type": content_type}
    return one


VALUES = {
    "BOOL": [True, False, True],
    "FP16": [0.5, -1.25, 65504.0],
    "FP32": [0.1, -2.5, 3.0e38],
    "FP64": [0.1, 1e300, -0.0],
    "BYTES": ["a", "", "é€\U0001f600"],
}
SAMPLES = {
    "boolean": ("BOOL", VALUES["BOOL"]),
    "integer": ("INT32", [1, -2, 2147483647]),
    "long": ("INT64", [1, -9007199254740993, 9223372036854775807]),
    "float": ("FP32", VALUES["FP32"]),
    "double": ("FP64", VALUES["FP64"]),
    "string": ("BYTES", VALUES["BYTES"]),
    "binary": ("BYTES", ["aGVsbG8=", "", "not base64!"]),
    "datetime": ("BYTES", ["2024-01-02T03:04:05", "1999-12-31T00:00:00", "2030-06-07T08:09:10"]),
}


def sample(datatype):
    if datatype in VALUES:
        return VALUES[datatype]
    bits = int(datatype.strip("UINT"))
    low, high = (0, 2**bits - 1) if datatype.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return [low, 1, high]


def column_requests():
    for kind in SCALARS:
        schema = [column(kind, "x")]
        datatype, data = SAMPLES[kind]
        for shape in ([3, 1], [3]):
            yield schema, {"inputs": [tensor_input("x", shape, datatype, data)]}
        for other in [*DATATYPES, "BYTES"]:
            yield schema, {"inputs": [tensor_input("x", [3, 1], other, sample(other))]}
        yield schema, {"inputs": [tensor_input("x", [2, 1], datatype, data)]}
        yield schema, {"inputs": [tensor_input("x", [0, 1], datatype, [])]}
        yield schema, {"inputs": [tensor_input("x", [1, 1], datatype, [None])]}
        yield schema, {"inputs": [tensor_input("x", [1, 1], datatype, data[:1])], "id": "7"}
    full = [column(kind, kind) for kind in SCALARS]
    inputs = [tensor_input(kind, [3, 1], *SAMPLES[kind]) for kind in SCALARS]
    yield full, {"inputs": inputs}
    yield full, {"inputs": inputs[::-1]}
    yield full, {"inputs": inputs[1:]}
    yield full, {"inputs": inputs, "parameters": {"content_type": "pd", "k": 1, "t": 0.5}}
    nested = [tensor_input("x", [3, 1], "FP64", [[0.5], [1.5], [2.5]])]
    yield [column("double", "x")], {"inputs": nested}
    yield [column("double", "x")], {"inputs": [tensor_input("x", [3, 2], "FP64", [1, 2, 3, 4, 5, 6])]}
    yield [column("double", "x")], {"inputs": [tensor_input("x", [2, 1], "FP64", [1, 2], "np")]}
    yield [column("string", "x")], {"inputs": [tensor_input("x", [2, 1], "BYTES", ["a", "b"], "str")]}
    yield [column("string", "x")], {"inputs": [tensor_input("x", [2, 1], "BYTES", ['"a"', '"b"'], "pd_json")]}
    yield [column("long", "x")], {"inputs": [tensor_input("x", [2, 1], "BYTES", ["1", "2"], "pd_json")]}
    objects = [
        tensor_input("a", [2, 1], "BYTES", ["[1.5, 2.5]", "[3.5]"]),
        tensor_input("o", [2, 1], "BYTES", ['{"k": "x"}', '{"k": "y"}']),
    ]
    typed = [{**one, "parameters": {"content_type": "pd_json"}} for one in objects]
    yield [ARRAY, OBJECT], {"inputs": typed}


def tensor_requests():
    for dtype, datatype in zip(DTYPES, DATATYPES):
        data = sample(datatype)
        schema = [tensor(dtype, [-1, 3])]
        yield schema, {"inputs": [tensor_input("input-0", [1, 3], datatype, data)]}
        yield schema, {"inputs": [tensor_input("anything", [2, 3], datatype, [data, data])]}
        yield schema, {"inputs": [tensor_input("input-0", [3, 1], datatype, data)]}
        yield schema, {"inputs": [tensor_input("input-0", [1, 3], "FP64", [0, 1, 2])]}
    pair = [tensor("float32", [-1, 2], "x"), tensor("int64", [-1], "y")]
    x = tensor_input("x", [2, 2], "FP32", [1, 2, 3, 4])
    y = tensor_input("y", [2], "INT64", [1, 2])
    yield pair, {"inputs": [x, y]}
    yield pair, {"inputs": [y, x]}
    yield pair, {"inputs": [x]}
    yield pair, {"inputs": [x, y], "parameters": {"content_type": "dict"}}
    yield pair, {"inputs": [x, y], "parameters": {"content_type": "np"}}
    yield [tensor("float64", [-1, 2])], {"inputs": [x], "parameters": {"content_type": "np"}}
    yield [tensor("float64", [-1])], {"inputs": [y], "parameters": {"content_type": "pd"}}


def random_requests(count):
    """Columns of any type with any datatype that may go there."""
    for _ in range(count):
        kinds = [RANDOM.choice(SCALARS) for _ in range(RANDOM.randint(1, 4))]
        rows = RANDOM.randint(1, 3)
        schema = [column(kind, f"c{i}") for i, kind in enumerate(kinds)]
        inputs = []
        for i, kind in enumerate(kinds):
            datatype, data = SAMPLES[kind]
            if RANDOM.random() < 0.3:
                datatype = RANDOM.choice([*DATATYPES, "BYTES"])
                data = sample(datatype)
            shape = [rows, 1] if RANDOM.random() < 0.7 else [rows]
            inputs.append(tensor_input(f"c{i}", shape, datatype, data[:rows]))
        RANDOM.shuffle(inputs)
        yield schema, {"inputs": inputs}


# The str dtype of pandas 3 is not known to the runtime.
TEXTS = pd.Series(["x", "y"], dtype=object)


def results():
    """Names in the fixture → what a model may return."""
    for dtype in DTYPES:
        yield np.array([0, 1, 1]).astype(dtype)
        yield np.array([[0, 1], [1, 0]]).astype(dtype)
    yield np.array([0.1, np.nan, np.inf, -np.inf])
    yield np.array([0.1, 1e-7, 1e22, 3.4e38], dtype="float32")
    yield np.array([2**53 + 1, -(2**63)])
    yield np.array(["a", "bé"])
    yield np.array(["a", "bé"], dtype=object)
    yield np.zeros((0, 2))
    yield np.zeros((2, 1, 3))
    yield pd.DataFrame({"a": [0.5, 1.5], "b": [1, 2], "c": TEXTS, "d": [True, False]})
    yield pd.DataFrame({"a": [0.5, np.nan], "b": np.array([1, 2], dtype="int32")})
    yield pd.DataFrame({"a": [[1.5], [2.5]], "b": [{"k": 1}, {"k": 2}]})
    yield pd.DataFrame({"a": np.array([0.1, 0.2], dtype="float32")})
    yield {"p": np.array([0.1, 0.2]), "q": np.array([[1], [2]])}
    yield ["a", "b"]


def respond(result):
    runtime = Recorder(signature_of([column("double", "x")]))
    response = runtime.encode_response(result, default_codec=TensorDictCodec)
    return {
        "result": encode(result),
        "response": json.loads(encode_to_json_bytes(response.model_dump(exclude_none=True))),
    }


def write(name, cases):
    OUT.mkdir(parents=True, exist_ok=True)
    versions = {
        "mlserver": mlserver.__version__,
        "mlflow": mlflow.__version__,
        "pandas": pd.__version__,
        "numpy": np.__version__,
    }
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    text = f'{{"versions": {json.dumps(versions)}, "cases": [\n{lines}\n]}}\n'
    (OUT / f"{name}.json").write_text(text)
    print(name, len(cases), sum("error" in case for case in cases), "refused")


def main():
    write("metadata", [metadata(inputs) for inputs in SIGNATURES])
    requests = [*column_requests(), *tensor_requests(), *random_requests(150)]
    write("decoding", [decode(*one) for one in requests])
    write("encoding", [respond(result) for result in results()])


if __name__ == "__main__":
    main()
