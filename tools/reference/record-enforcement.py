"""Records what MLflow's schema and params enforcement answers to many combinations of data and type.

Run with the Python of the reference environment: python tools/reference/record-enforcement.py
It writes test/fixtures/enforce/inputs.json and params.json; the tests beside the source replay them.
"""

import json
import logging
import pathlib
import pickle
import random
import warnings

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models.utils import _enforce_params_schema
from mlflow.pyfunc import _validate_prediction_input
from mlflow.types.schema import ParamSchema, Schema

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
OUT = pathlib.Path(__file__).resolve().parents[2] / "test" / "fixtures" / "enforce"
SCALARS = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]


def encode(value):
    """A value with its Python type, as JSON."""
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, (bool, str)) and not isinstance(value, np.generic):
        return value
    if isinstance(value, np.bool_):
        return {"np": ["bool", bool(value)]}
    if isinstance(value, np.str_):
        return str(value)
    if isinstance(value, np.generic) and value.dtype.kind in "iuf":
        return {"np": [value.dtype.name, number(value.item())]}
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": number(value)}
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin1")}
    if isinstance(value, pd.Timestamp):
        return {"dt": [value.unit, str(value.as_unit("ns").value)]}
    if isinstance(value, list):
        return {"list": [encode(item) for item in value]}
    if isinstance(value, dict):
        return {"dict": [[key, encode(item)] for key, item in value.items()]}
    if isinstance(value, np.ndarray):
        return {"array": [*vector(value.reshape(-1)), list(value.shape)]}
    if isinstance(value, pd.DataFrame):
        columns = [[label, *vector(value.iloc[:, i])] for i, label in enumerate(value.columns)]
        index = None
        if not value.index.equals(pd.RangeIndex(len(value))):
            index = [encode(label) for label in value.index.tolist()]
        return {"frame": [columns, len(value), index]}
    return {"other": type(value).__name__}


def number(value):
    return repr(value)


def vector(values):
    """Dtype name and elements."""
    dtype = values.dtype
    if dtype.kind == "U" or isinstance(dtype, pd.StringDtype):
        return ["str", [None if pd.isna(v) else str(v) for v in values]]
    if dtype.kind == "S":
        return ["bytes", [v.decode("latin1") for v in values]]
    if dtype.kind == "M":
        array = np.asarray(values)
        return [array.dtype.name, [str(v) for v in array.astype("i8").tolist()]]
    if dtype.kind == "O":
        return ["object", [encode(v) for v in values]]
    return [dtype.name, [number(v) for v in values.tolist()]]


def column(name, type_, required=True):
    spec = {"type": type_} if isinstance(type_, str) else dict(type_)
    return {**spec, "name": name, "required": required}


def series_of_many_dtypes():
    """Columns: every dtype with harmless and with telling values."""
    for dtype in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
        yield pd.Series([0, 1], dtype=dtype)
        yield pd.Series([2, 100], dtype=dtype)
        yield pd.Series([], dtype=dtype)
    for dtype in ["float32", "float64"]:
        for values in ([1.0, 2.0], [1.5, -0.0], [np.nan, 1.0], [np.nan, 1.5], [np.inf, 1e30]):
            yield pd.Series(values, dtype=dtype)
    yield pd.Series([1.5], dtype="float16")
    yield pd.Series([True, False])
    yield pd.Series(["a", None])
    yield pd.Series(["1", "2"])
    for unit in ["s", "ms", "us", "ns"]:
        yield pd.Series(np.array([0, 86400], dtype=f"datetime64[{unit}]"))
    yield pd.Series(np.array([2**60], dtype="datetime64[s]"))
    for values in OBJECTS:
        yield pd.Series(values, dtype=object)


OBJECTS = [
    [None, None], ["a", None], ["a", "b"], [1, 2], [0, 1], [1, None], [1.5, None], [1, 2.5], [True, None],
    [True, False], [True, 1], ["a", 1], ["1", 2], ["1.5", 2], [" 7 ", True], ["nan", 1], ["", 1], ["inf", 1], [b"x", b"y"],
    [2**63, 1], [2**64, 1], [2**63, -1], [2**64, 1.5], [2**63, 1.5], [[1], [2]], [{"a": 1}, {}], [float("nan"), None],
    ["2020-01-01", None, 1], [], [2**64, 1, 1.5], [2**63, -1, 1.5], [2**63, -1, "2"], [str(2**64), 1], ["-5", 2**63],
    [-(2**63) - 1, 1], [-(2**63) - 1, 1.5], ["1_0", 1], ["1e3", 1], ["0x10", 1], ["Infinity", "-inf", 1], [b"5", 1], [2**63, None],
    [2**64, None], [2**64, True], [2**63, "a"], ["1", None], ["1", True], ["1", True, None], [[], {}], [True, 1.5], [True, 2, None], [None, "x", True], [[], 1], [{}, 1.5],
]  # fmt: skip

VALUES = [
    None, True, False, 0, 1, 2, -1, 2**31, 2**53 + 1, 2**63, 2**64, 1.5, 1.0, float("nan"), float("inf"), "a", "", "1", "é",
    [], {}, [1], [1, 2], [0, 1], [1.5, None], [1, None], [None], ["a"], ["a", None], ["abc", None], ["a", 1], [True, None],
    [True, False], [[1.5], [2.5]], [[1.5], []], [["a", "b"]], [[1]], {"p": "x"}, {"p": "x", "q": 1.5}, {"p": "x", "q": 1},
    {"p": 1}, {"q": 1.5}, {"p": "x", "z": 1}, {"p": "x", "q": None}, [{"p": "x"}], [{"p": "x", "q": 2}], {"a": 1}, {"a": None},
    {"a": [1.5]}, {"a": {"b": 1}}, ["a\0"], ["é"], [2**63], [2**64], 1e400, [{}], [[]], [True, 1],
]  # fmt: skip

ARRAYS = [
    np.array([1.0, 2.0]), np.array([1, 2]), np.array([0, 1]), np.array(["a", "b"]), np.array([[1.5, 2.5]]),
    np.array(1.5), np.array("x"), np.array([1, None], dtype=object), np.array(["a", None], dtype=object),
    np.array([True, False]), np.array([], dtype="float64"), np.array([[1, 2, 3]]), np.array([[1.0, 2.0, 3.0]], dtype="float32"),
    np.array([[[1.0]]]), np.array([b"a"]), np.array([["a", "b"], ["c", "d"]]), np.array([{"p": "x"}], dtype=object),
    np.array(["2020-01-01"], dtype="datetime64[ns]"), np.array([1, 2], dtype="int32"), np.array([1.0], dtype="float32"),
]  # fmt: skip

NESTED = [
    *[{"type": "array", "items": {"type": t}} for t in SCALARS],
    {"type": "array", "items": {"type": "array", "items": {"type": "double"}}},
    {"type": "array", "items": {"type": "any"}},
    {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "double", "required": False}}},
    {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "float", "required": False}}},
    {"type": "array", "items": {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "long", "required": False}}}},
    {"type": "map", "values": {"type": "long"}},
    {"type": "map", "values": {"type": "any"}},
    {"type": "map", "values": {"type": "array", "items": {"type": "double"}}},
    {"type": "any"},
]  # fmt: skip

TENSORS = [("float64", [-1]), ("float64", [-1, 1]), ("float64", [-1, 2]), ("float32", [-1, 3]), ("int64", [-1]), ("int64", [-1, 2]),
           ("str", [-1]), ("object", [-1]), ("float64", [-1, -1]), ("float64", [2]), ("bool", [-1])]  # fmt: skip


def tensor(name, dtype, shape):
    spec = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}}
    return spec if name is None else {**spec, "name": name}


def cases(rng):
    """Pairs of schema and data."""
    for series in series_of_many_dtypes():
        for type_ in SCALARS:
            yield [column("x", type_)], pd.DataFrame({"x": series})
    for value in VALUES:
        for type_ in [*SCALARS, *NESTED]:
            for required in (True, False):
                cell = pd.Series([value], dtype=object).infer_objects()
                yield [column("x", type_, required)], pd.DataFrame({"x": cell})
    yield from dict_cases()
    yield from frame_cases()
    for dtype, shape in TENSORS:
        for array in [*ARRAYS, *frames_for_tensors(), [], {"t": [1.0]}, 1.5, None]:
            yield [tensor(None, dtype, shape)], array
            yield [tensor("t", dtype, shape)], array
            if isinstance(array, np.ndarray):
                yield [tensor("t", dtype, shape)], {"t": array, "u": array}
    for _ in range(150):
        yield random_case(rng)


def dict_cases():
    """Dicts, lists, arrays and scalars for columns."""
    schemas = [
        [column("x", "double")], [column("x", "long"), column("y", "string", False)], [column("x", "string")],
        [column("x", {"type": "array", "items": {"type": "double"}})], [column("x", {"type": "map", "values": {"type": "long"}})],
        [column("x", "any") if False else {"type": "any", "name": "x", "required": True}],
        [{"type": "double", "required": True}], [{"type": "double", "required": True}, {"type": "string", "required": True}],
    ]  # fmt: skip
    datas = [
        *[{"x": value} for value in VALUES], *[{"x": value} for value in ARRAYS], *VALUES, *ARRAYS,
        {"x": np.array([1.0, 2.0]), "y": np.array(["a", "b"])}, {"x": np.array([1.0, 2.0]), "y": "s"}, {"x": [1.0, 2.0], "y": [1.0]},
        {"y": 1}, {}, {"x": {"a": 1, "b": 2}, "y": {"b": "s"}}, {"x": {"a": 1}, "y": [1]}, {"x": np.array(1), "y": np.array([1, 2])},
        [{"x": 1.5}, {"x": 2.5, "y": "a"}], [[1.5, "a"], [2.5, "b"]], [[1.5, "a"], [2.5]], [1.5, [1]], [[1.5], 1], [{"x": 1}, 1],
        {"x": ["a", "b"], "y": "s"}, {"x": [1, 2], "y": None},
    ]  # fmt: skip
    for schema in schemas:
        for data in datas:
            yield schema, data


def frame_cases():
    """Order, extras, gaps, duplicates and the index."""
    two = [column("a", "long"), column("b", "double", False)]
    frame = pd.DataFrame({"a": [1, 2], "b": [0.5, 1.5], "c": ["x", "y"]})
    for columns in (["a", "b"], ["b", "a"], ["c", "a"], ["b"], ["c"], ["a"], ["a", "b", "c"], ["a", "a"], ["a", "c", "c"]):
        picked = frame[columns]
        yield two, picked
        yield two, picked.set_axis(["r", "s"], axis=0)
        yield [column("b", "double", False)], picked
        yield [{"type": "long", "required": True}, {"type": "double", "required": True}], picked
        yield [{"type": "long", "required": True}], picked.set_axis([5, 7], axis=0)


def frames_for_tensors():
    yield pd.DataFrame({"t": [1.0, 2.0]})
    yield pd.DataFrame({"t": [1.0, 2.0]}, index=[3, 4])
    yield pd.DataFrame({"t": [[1.0, 2.0], [3.0, 4.0]]})
    yield pd.DataFrame({"t": [[1.0, 2.0], [3.0]]})
    yield pd.DataFrame({"t": [[1, 2, 3]]})
    yield pd.DataFrame({"t": [[[1.0]]]})
    yield pd.DataFrame({"t": [np.array([1.0, 2.0]), np.array([3.0, 4.0])]})
    yield pd.DataFrame({"t": [1.0, 2.0], "u": [3.0, 4.0]})
    yield pd.DataFrame({"t": [1, 2], "u": [3.0, 4.0]})
    yield pd.DataFrame({"t": [1, 2], "u": [3, 4]}, dtype="int64")
    yield pd.DataFrame({"t": []})
    yield pd.DataFrame({"v": [1.0]})
    yield pd.DataFrame({"t": ["a", "b"]})
    yield pd.DataFrame({"t": [None, 1.5]}, dtype=object)


def random_case(rng):
    """A frame of random values for random types."""
    count = rng.randint(1, 3)
    schema = [column(f"c{i}", rng.choice(SCALARS), rng.random() < 0.7) for i in range(count)]
    pool = [None, True, False, 0, 1, 2, -5, 2**62, 1.5, 0.0, float("nan"), "a", "1", "x y"]
    rows = rng.randint(1, 4)
    kinds = [rng.sample(pool, rng.randint(1, 3)) for _ in range(count)]
    data = {f"c{i}": pd.Series([rng.choice(kinds[i]) for _ in range(rows)], dtype=object) for i in range(count)}
    return schema, pd.DataFrame({key: data[key] for key in rng.sample(sorted(data), rng.randint(1, count))})


def answer(schema, data):
    try:
        result, _ = _validate_prediction_input(data, None, Schema.from_json(json.dumps(schema)), None)
        return {"result": encode(result)}
    except MlflowException as error:
        return {"error": error.error_code}


PARAM_TYPES = ["boolean", "integer", "long", "float", "double", "string", "datetime"]
DEFAULTS = {"boolean": True, "integer": 1, "long": 1, "float": 0.5, "double": 0.5, "string": "s", "datetime": "2020-01-01"}
PARAM_VALUES = [*VALUES, "2020-01-02", "2020-01-02T03:04:05", "2020-01-02T03:04:05.123456789", "NaT", "2020-13-01", 2**1100]


def param_cases():
    for type_ in PARAM_TYPES:
        for value in PARAM_VALUES:
            yield [{"name": "p", "type": type_, "default": DEFAULTS[type_], "shape": None}], {"p": value}
            yield [{"name": "p", "type": type_, "default": [DEFAULTS[type_]], "shape": [-1]}], {"p": value}
    two = [{"name": n, "type": "long", "default": i, "shape": None} for i, n in enumerate("ab")]
    for params in ({}, None, [], "x", 1, {"b": 5}, {"b": 5, "a": 6}, {"z": 1}, {"a": "x", "b": "y"}, {"b": None, "z": []}):
        yield two, params
    properties = {"p": {"type": "string", "required": True}, "q": {"type": "long", "required": False}}
    for value in PARAM_VALUES:
        yield [{"name": "o", "type": "object", "default": {"p": "d"}, "properties": properties, "shape": None}], {"o": value}


def param_answer(schema, params):
    try:
        result = _enforce_params_schema(params, ParamSchema.from_json(json.dumps(schema)))
        return {"result": encode_params(result)}
    except MlflowException as error:
        return {"error": error.error_code}
    except Exception:  # the scoring server says BAD_REQUEST of any other
        return {"error": "BAD_REQUEST"}


def encode_params(params):
    """Dates and datetimes as ISO text; they need no other form here."""
    def plain(value):
        if isinstance(value, list):
            return [plain(item) for item in value]
        return {"iso": value.isoformat()} if hasattr(value, "isoformat") else value
    def walk(value):
        if isinstance(value, dict) and "iso" in value and len(value) == 1:
            return value
        if isinstance(value, list):
            return {"list": [walk(item) for item in value]}
        return encode(value)
    return {"dict": [[key, walk(plain(value))] for key, value in params.items()]}


def record(name, pairs, ask):
    """Each schema and each datum once; a case is [schema, datum, answer] by position. MLflow changes objects in place: it gets copies."""
    schemas, data, lines, seen = {}, {}, [], set()
    for schema, datum in pairs:
        key = (json.dumps(schema, separators=(",", ":")), json.dumps(encode(datum), separators=(",", ":")))
        if key in seen or '"other"' in key[1]:
            continue
        seen.add(key)
        positions = (schemas.setdefault(key[0], len(schemas)), data.setdefault(key[1], len(data)))
        lines.append(json.dumps([*positions, ask(schema, pickle.loads(pickle.dumps(datum)))], separators=(",", ":")))
    parts = {"schemas": list(schemas), "data": list(data), "cases": lines}
    text = ",\n".join(f'"{part}": [\n' + ",\n".join(items) + "\n]" for part, items in parts.items())
    (OUT / name).write_text("{" + text + "}\n")
    print(name, len(lines))


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    record("inputs.json", cases(random.Random(20260101)), answer)
    record("params.json", param_cases(), param_answer)
