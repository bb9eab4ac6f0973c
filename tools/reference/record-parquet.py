"""Writes small Parquet files and what pandas.read_parquet makes of them: test/fixtures/parquet.

Run with the Python of the reference environment, from the root of the project.
"""

import base64
import datetime
import io
import json
import math
import pathlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

OUT = pathlib.Path("test/fixtures/parquet/cases.json")


def value(x):
    if x is None or x is pd.NaT or x is pd.NA:
        return ["none", None]
    if isinstance(x, tuple):
        return ["list", [value(v) for v in x]]
    if isinstance(x, (np.ndarray, list)):
        return ["array", [value(v) for v in x]]
    if isinstance(x, dict):
        return ["dict", [[k, value(v)] for k, v in x.items()]]
    if isinstance(x, (bool, np.bool_)):
        return ["bool", bool(x)]
    if isinstance(x, (int, np.integer)):
        return ["int", str(int(x))]
    if isinstance(x, (float, np.floating)):
        return ["float", "nan" if math.isnan(x) else repr(float(x))]
    if isinstance(x, pd.Timestamp):
        return ["time", str(x.as_unit("ns").value)]
    if isinstance(x, datetime.date):
        return ["date", x.isoformat()]
    if isinstance(x, bytes):
        return ["bytes", x.hex()]
    return ["str", x]


def case(name, body):
    record = {"name": name, "body": base64.b64encode(body).decode()}
    frame = pd.read_parquet(io.BytesIO(body))
    record["columns"] = [c if isinstance(c, str) else int(c) for c in frame.columns]
    record["dtypes"] = [str(t) for t in frame.dtypes]
    record["values"] = [[value(v) for v in frame.iloc[:, i].tolist()] for i in range(frame.shape[1])]
    default = frame.index.equals(pd.RangeIndex(len(frame)))
    record["index"] = None if default else [value(v) for v in frame.index.tolist()]
    record["rows"] = len(frame)
    return record


def of_pandas(name, data, **options):
    body = io.BytesIO()
    (data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)).to_parquet(body, **options)
    return case(name, body.getvalue())


def of_arrow(name, table, **options):
    body = io.BytesIO()
    pq.write_table(table, body, **options)
    return case(name, body.getvalue())


def write_bombs():
    """Small files that take much memory to read: cells in many structs, and many cells in one run."""
    deep = pa.array(np.ones(100_000, dtype="int64"))
    for _ in range(60):
        deep = pa.StructArray.from_arrays([deep], ["x"])
    for name, column in (("deep", deep), ("long", pa.nulls(2_000_000, pa.int64()))):
        pq.write_table(pa.table({"a": column}), OUT.parent / f"{name}.parquet")


def main():
    ints = {f"{kind}{bits}": np.array([0, 1, 2**(bits - 1) - 1], dtype=f"{kind}{bits}")
            for kind in ("int", "uint") for bits in (8, 16, 32, 64)}
    ints["uint64"] = np.array([0, 1, 2**64 - 1], dtype="uint64")
    ints["int64"] = np.array([0, -1, 2**63 - 1], dtype="int64")
    floats = {"f16": np.array([0.5, np.nan, 1], dtype="float16"), "f32": np.array([0.1, np.nan, -0.0], dtype="float32"),
              "f64": np.array([0.1, np.inf, -0.0])}
    times = {u: np.array(["2020-01-01T10:00:00.123", "NaT"], dtype=f"datetime64[{u}]") for u in ("s", "ms", "us", "ns")}
    cases = [
        of_pandas("integers", ints), of_pandas("floats", floats),
        of_pandas("strings", {"s": ["a", None, "é😀"], "b": [b"\x00\xff", None, b""]}),
        of_pandas("booleans", {"b": [True, False], "n": [True, None]}),
        of_pandas("datetimes", times),
        of_pandas("zones", {"u": pd.to_datetime(["2020-01-01", None]).tz_localize("UTC"),
                            "b": pd.to_datetime(["2020-01-01", "2020-06-01"]).tz_localize("Europe/Berlin")}),
        of_pandas("dates", {"d": [datetime.date(2020, 1, 1), None]}),
        of_pandas("lists", {"i": [[1, 2], [3]], "f": [[1.5], []], "s": [["a"], ["b", "c"]]}),
        of_pandas("dicts", {"d": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]}),
        of_pandas("extension dtypes", {"i": pd.array([1, 2], "Int64"), "u": pd.array([1, 2], "UInt8"), "f": pd.array([0.5, 1.5], "Float32"),
                                       "b": pd.array([True, None], "boolean"), "s": pd.array(["a", "b"], "string"),
                                       "c": pd.Categorical(["x", "y"]), "n": pd.Categorical([1, 2])}),
        of_pandas("nothing", {"n": [None, None]}), of_pandas("no rows", {"a": pd.Series([], dtype="float64"), "s": pd.Series([], dtype="str")}),
        of_pandas("named index", pd.DataFrame({"a": [1, 2]}, index=pd.Index(["p", "q"], name="k"))),
        of_pandas("unnamed index", pd.DataFrame({"a": [1, 2]}, index=["p", "q"])),
        of_pandas("two indices", pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([(1, "x"), (2, "y")]))),
        of_pandas("shifted range", pd.DataFrame({"a": [1, 2]}, index=pd.RangeIndex(5, 9, 2))),
        of_pandas("position labels", pd.DataFrame([[1, 2.5], [3, 4.5]])),
        of_pandas("no index kept", pd.DataFrame({"a": [1, 2]}, index=[7, 8]), index=False),
        *[of_pandas(f"codec {c}", {"a": [1.5] * 50, "s": ["x", "y"] * 25}, compression=c)
          for c in ("snappy", "gzip", "brotli", "zstd", "lz4", None)],
        of_arrow("integers with nulls", pa.table({"i": pa.array([1, None, 3], pa.int64()), "j": pa.array([1, None, 3], pa.int8()),
                                                  "u": pa.array([2**63, None, 3], pa.uint64())})),
        of_arrow("required", pa.table([pa.array([1, 2], pa.int32()), pa.array(["a", "b"])],
                                      schema=pa.schema([pa.field("i", pa.int32(), nullable=False), pa.field("s", pa.string(), nullable=False)]))),
        of_arrow("row groups", pa.table({"i": pa.array(range(10), pa.int32()), "s": [str(i) for i in range(10)]}), row_group_size=3),
        of_arrow("plain pages", pa.table({"i": list(range(10)), "s": ["x"] * 10}), use_dictionary=False, data_page_version="2.0"),
        of_arrow("delta", pa.table({"i": list(range(10)), "s": [f"k{i}" for i in range(10)]}), use_dictionary=False,
                 column_encoding={"i": "DELTA_BINARY_PACKED", "s": "DELTA_BYTE_ARRAY"}),
        of_arrow("split bytes", pa.table({"f": [0.5, 1.5, None]}), use_dictionary=False, column_encoding={"f": "BYTE_STREAM_SPLIT"}),
        of_arrow("int96", pa.table({"t": pa.array([0, 10**18 + 1], pa.timestamp("ns"))}), use_deprecated_int96_timestamps=True),
        of_arrow("large string", pa.table({"s": pa.array(["a", None], pa.large_string()), "b": pa.array([b"a", None], pa.large_binary())})),
        of_arrow("fixed bytes", pa.table({"b": pa.array([b"ab", b"cd"], pa.binary(2))})),
    ]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    write_bombs()
    OUT.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


main()
