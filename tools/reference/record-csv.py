"""Records what pandas.read_csv makes of odd CSV texts: test/fixtures/csv/*.json.

Run with the Python of the reference environment, from the root of the project.
"""

import io
import json
import math
import pathlib
import random
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
OUT = pathlib.Path("test/fixtures/csv")

NUMPY_TYPES = {
    "integer": np.dtype("int32"),
    "long": np.dtype("int64"),
    "float": np.dtype("float32"),
    "double": np.dtype("float64"),
    "boolean": np.dtype("bool"),
    "string": np.dtype(object),
    "datetime": np.dtype("datetime64[ns]"),
}


def value(x):
    if isinstance(x, tuple):
        return ["list", [value(v) for v in x]]
    if isinstance(x, (bool, np.bool_)):
        return ["bool", bool(x)]
    if isinstance(x, (int, np.integer)):
        return ["int", str(int(x))]
    if isinstance(x, (float, np.floating)):
        return ["float", "nan" if math.isnan(x) else repr(float(x))]
    return ["str", x]


def record(text, types=None):
    """`types`: name or position -> type of a signature."""
    case = {"text": text}
    if types:
        case["types"] = [[k, v] for k, v in types.items()]
    dtype = {k: NUMPY_TYPES[v] for k, v in types.items()} if types else None
    try:
        frame = pd.read_csv(io.StringIO(text), dtype=dtype)
    except Exception as error:
        case["error"] = str(error)
        return case
    case["columns"] = [str(c) for c in frame.columns]
    case["dtypes"] = [str(t) for t in frame.dtypes]
    case["values"] = [[value(v) for v in frame.iloc[:, i].tolist()] for i in range(frame.shape[1])]
    default = frame.index.equals(pd.RangeIndex(len(frame)))
    case["index"] = None if default else [value(v) for v in frame.index.tolist()]
    case["rows"] = len(frame)
    return case


NA = ["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A",
      "NA", "NULL", "NaN", "None", "n/a", "nan", "null", " NA", "NAN", "na", "Na", "none", "+nan", "#n/a", "--"]
INTS = ["1", "0", "-3", "+5", "007", " 4", "4 ", "\t6", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775808",
        "-9223372036854775809", "-0", "9" * 40, "1_000", "0x10", "1 2", "١", "- 1", "+-1", "0" * 30 + "5"]
FLOATS = ["1.5", "-0.0", ".5", "5.", "1e3", "1E-3", "1e+05", "1.e5", "inf", "-Infinity", "+inf", "INF", "infinit",
          " inf", "1e400", "-1e400", "1e-400", "5e-324", "2.5e-8", "8.41e21", "1e23", "0.1234567890123456789",
          "123456789.12345678901234", "1.7976931348623157e308", "1e", "1e+", ".", "-.5", "+.", "1.2.3", "1 .5",
          "1e5.", "1d5", "0.3 ", " 0.3", "72057594037927945.0", "0." + "0" * 25 + "1", "9007199254740993.0"]
BOOLS = ["True", "False", "true", "FALSE", "tRuE", "yes", "T", " True", "true "]
TEXTS = ["x", "é", "😀", "2024-01-02", "a b", "#c", "it's", "\u00a01", "x\x00y", "\x1f1"]
TOKENS = NA + INTS + FLOATS + BOOLS + TEXTS

STRUCTURES = [
    "", "\n", "\r\n", " \n", "a", "a\n", "a,b", "a,b\n", "\ufeffa\n1", '\ufeff"a"\n1', ",\n", ",a\n0,1\n",
    "a,a,a.1\n1,2,3\n", "a,,\n1,2,3\n", "Unnamed: 1,,\n1,2,3", '"",a\n1,2', "a,a,a,a\n1,2,3,4", "a.1,a,a\n1,2,3",
    "a,b\n1,2,3\n", "a,b\n1,2,3,4\n", "a,b\n1,2,3\nx,5,6\n,7,8\n", "a,b\n1.5,2,3\n", "a,b\n1,2,3\n4,5\n6\n",
    "a,b\n1,2,\n3,4,\n", "a\n1,\n2,\n", "a,b\n1\n2,3\n", "a,b\n1\n2,3,4\n", "a\n1\n2,3\n", "a,b\n1,2\n3,4,5\n",
    'a\n"x"\n', 'a\n"x', '"a\n', 'a,b\n"x"y,2\n', 'a,b\nx"y",2\n', 'a\n"a""b"\n', 'a,b\n"1\n2",3\n', 'a\n"\r\n"\n',
    'a\n""\n"x"\n', 'a\n""""\n', 'a,b\n"1","2"\n', 'a\n"1" \n', 'a\n "1"\n', "a\n\t\n1\n", "  \na\n1", "a\n 1\n",
    "a\n1\n\n\n2\n\n", "a\r1\r2\r", "a\r\n1\r\n\r\n2\r\n", "a\r\r1\r", "a,b\r,1\r", "a,b\n1,2\r\r,3\n", "a\n\r1\n",
    "a\n1\r2\n3\r\n4", "a;b\n1;2\n", "a\tb\n1\t2\n", " a, b\n1,2\n", "# c\na,b\n", "a\n#c\n", "a,\x00b\n1,2\n",
    "a,b\n,\n", "a,b\n,\n1,2\n", "a\n1", "a\n1 ", "a\n1,", "a,b\n1,2\n ", "a,b\n1,2\n ,\n", " ,\n1,2", "\n\n\na\n1",
    "a,b\nTrue,1\nFalse,\n", "a,b\nx,1\n,2\n", "a,b,c\n1,x,True\n2,,\n", "1.5,1\n2.0,2\n", "a,b\n1,2\n\n3,4\n",
    "Unnamed: 0,\n1,2\n", ",,\n1,2,3\n", "a, a,a \n1,2,3\n", "é,ü\n1,2\n", '"a,b",c\n1,2\n', '"a\nb",c\n1,2\n',
    "a,b\n1,2\n3", "a,b\n1,2\n3,", 'a,b\n1,"2', 'a\n1\n"', "a\n,\n", "a\n,1\n,2\n", "a,b\nNA,1,2\nNA,3,4\n",
    "a\n1\n\x00\n", "a,b\n1,True,\n", "a,b\nx,y,z\n", "a,b\nTrue,1,2\n,3,4\n",
]


def structures():
    return [record(text) for text in STRUCTURES]


def columns():
    rng = random.Random(7)
    cases = [record(f'a,b\n"{t}",1\n') for t in TOKENS]
    groups = [NA[:6] + INTS, INTS + FLOATS, BOOLS + NA[:4], INTS[:7] + NA[:3], FLOATS[:12] + NA[:3], TOKENS,
              INTS[9:16], INTS[9:16] + NA[:2], ["1", "2.5", "x"], BOOLS[:5], INTS[:7] + FLOATS[:10]]
    for _ in range(400):
        group = rng.choice(groups)
        rows = [rng.choice(group) for _ in range(rng.randint(1, 5))]
        cases.append(record("a,b\n" + "".join(f'"{t}",{i}\n' for i, t in enumerate(rows))))
    return cases


def typed():
    rng = random.Random(8)
    cases = [record(f'a,b\n"{t}",1\n', {"a": kind}) for kind in NUMPY_TYPES for t in TOKENS if kind != "datetime"]
    mixes = [BOOLS[:5] + ["1", "0", "NA"], INTS, FLOATS + ["NA"], ["1", "0", "1.0", "0.0", "-0"], INTS[9:18],
             BOOLS[:5], ["1", "2.0", "3"], ["1", "NA"], ["true", "1.5"]]
    for _ in range(300):
        kind = rng.choice(["integer", "long", "float", "double", "boolean", "string"])
        rows = [rng.choice(rng.choice(mixes)) if rng.random() < 0.2 else None for _ in range(rng.randint(1, 4))]
        mix = rng.choice(mixes)
        rows = [t if t is not None else rng.choice(mix) for t in rows]
        cases.append(record("a,b\n" + "".join(f'"{t}",{i}\n' for i, t in enumerate(rows)), {"a": kind}))
    cases += [
        record("a,b\n1,x\n", {0: "double", 1: "string"}), record("a,b\n1,NA\n", {0: "double", 1: "string"}),
        record("a,b\n1,2,3\n", {0: "double"}), record("a,b\n1,2,3\n", {"a": "double"}), record("a\n", {5: "double"}),
        record("a,a\n1,2\n", {"a": "double"}), record("a,a\n1,2\n", {"a": "double", "a.1": "long"}),
        record("a,b\n", {"a": "double", "b": "datetime"}), record("a\n2020-01-01\n", {"a": "datetime"}),
        record("b,a\n1,2\n", {"a": "double", "z": "long"}),
    ]
    return cases


def chunks():
    """A column of 10 is inferred 65,536 rows at a time; only a description of the text is kept."""
    kinds = ["1", "1.5", "x", "", "True", "18446744073709551615", "18446744073709551616"]
    cases = []
    for first in kinds:
        for last in kinds:
            text = "a" + ",b" * 9 + "\n" + (first + ",1" * 9 + "\n") * 65536 + (last + ",1" * 9 + "\n") * 2
            column = pd.read_csv(io.StringIO(text)).iloc[:, 0]
            cases.append({"first": first, "last": last, "dtype": str(column.dtype),
                          "values": [value(column.iloc[0]), value(column.iloc[-1])]})
    return cases


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (structures, columns, typed, chunks):
        lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in make())
        (OUT / f"{make.__name__}.json").write_text(f"[\n{lines}\n]\n")


main()
