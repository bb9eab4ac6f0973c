"""Random requests to a model of known columns: every format of the scoring protocol, and its breaches."""
import io
import json

import numpy as np
import pandas as pd

from .texts import Pairs, Raw, to_csv, to_json
from .values import FLOATS, INTEGERS, fitting, odd

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
FORMATS = ["split"] * 5 + ["records"] * 3 + ["inputs-dict"] * 2 + ["inputs-lists"] * 2 + ["inputs-records", "instances-records", "instances-records", "instances-lists"] + ["csv"] * 4 + ["parquet"]
OTHER_TYPES = ["application/json; charset=utf-8", "application/json;charset=UTF-8", "application/json ; charset=utf-8", "application/json; charset=utf8", "application/json; charset=latin-1", "application/json;", "Application/JSON",
               "text/csv; charset=utf-8", "text/csv; header=present", "text/plain", "", "application/json; format=pandas-split", "application/json, text/csv", "text/csv;charset = utf-8", "application/json; charset=", "*/*", "application/json; charset=utf-8; charset=latin-1",
               "application/json; charset", "application/json;;charset=utf-8", "application/x-parquet", " application/json", "application/json\t", "text/csv ", "application/json; CHARSET=utf-8"]


class Table:
    """Columns by name and type, and rows to draw from: real ones where there are any."""

    def __init__(self, kinds, rows=None):
        self.kinds, self.rows = kinds, rows or []

    def row(self, draw):
        if self.rows and draw.chance(0.85):
            return dict(draw.pick(self.rows))
        return {name: fitting(draw, kind) for name, kind in self.kinds.items()}


def request(draw, table, params, tensor=None):
    """Content type (None: without), and body as bytes."""
    form = draw.pick(FORMATS)
    if tensor is not None and draw.chance(0.8):
        return finish(draw, tensor_body(draw, tensor), params)
    rows = [table.row(draw) for _ in range(draw.pick([0, 1, 1, 1, 2, 3, 3, 5, 12]) if draw.chance(0.96) else draw.pick([70, 70, 700]))]
    names = list(table.kinds)
    if draw.chance(0.5):
        names = disturb(draw, names, rows)
    if form == "csv":
        return csv_request(draw, names, rows)
    if form == "parquet":
        return PARQUET, parquet_body(draw, names, rows)
    return finish(draw, body_of(draw, form, names, rows), params)


def disturb(draw, names, rows):
    """One or two things are other than the model's author meant."""
    for _ in range(draw.pick([1, 1, 2])):
        what = draw.pick(["cell", "cell", "cell", "cell", "column", "column", "null", "missing", "extra", "order", "twice", "name", "gone"])
        at = draw.pick(names) if names else "x"
        if what == "cell" and rows:
            draw.pick(rows)[at] = odd(draw)
        elif what == "column":
            value, pool = odd(draw), [odd(draw) for _ in range(2)]
            for row in rows:
                row[at] = value if draw.chance(0.6) else draw.pick(pool)
        elif what == "null":
            for row in rows:
                row[at] = None if draw.chance(0.7) else row.get(at)
        elif what == "missing":
            names = [name for name in names if name != at]
        elif what == "extra":
            extra = draw.pick(["extra", "", "0", "Unnamed: 0", "input_"])
            names = [*names, extra]
            for row in rows:
                row[extra] = odd(draw)
        elif what == "order":
            names = [str(name) for name in draw.rng.permutation(names)]
        elif what == "twice":
            names = [*names, at]
        elif what == "name":
            new = draw.pick([at.upper(), at + " ", " " + at, at + ".1", ""])
            names = [new if name == at else name for name in names]
            for row in rows:
                row[new] = row.get(at)
        elif what == "gone" and rows:
            draw.pick(rows).pop(at, None)
    return names


def body_of(draw, form, names, rows):
    lists = [[row.get(name) for name in names] for row in rows]
    records = [{name: row[name] for name in names if name in row} for row in rows]
    match form:
        case "split":
            return {"dataframe_split": split_body(draw, names, lists)}
        case "records":
            return {"dataframe_records": draw.pick([records, records, records, records, lists, [row[0] if row else 1 for row in lists]])}
        case "inputs-dict":
            columns = {name: [row.get(name) for row in rows] for name in names}
            if draw.chance(0.15) and rows:
                columns = {name: values[0] for name, values in columns.items()}
            elif draw.chance(0.15):
                columns = {name: [[value] for value in values] for name, values in columns.items()}
            return {draw.pick(["inputs"] * 4 + ["instances"]): columns}
        case "inputs-lists":
            return {"inputs": shapes(draw, lists)}
        case "inputs-records":
            return {"inputs": records if draw.chance(0.9) else draw.pick([records[:1], {}, records[0] if records else None])}
        case "instances-records":
            return {"instances": records}
    return {"instances": shapes(draw, lists)}


def shapes(draw, lists):
    flat = [value for row in lists for value in row]
    return draw.pick([lists] * 5 + [flat, flat[0] if flat else None, [lists], [row[:1] for row in lists], lists[:1], lists[0] if lists else []])


def split_body(draw, names, lists):
    body = {"columns": names, "data": lists}
    if draw.chance(0.12):
        body["index"] = draw.pick([list(range(len(lists))), [5] * len(lists), [f"r{i}" for i in range(len(lists))], None, [1], [i * 1.5 for i in range(len(lists))], [None] * len(lists), [True] * len(lists)])
    if draw.chance(0.08):
        body.pop("columns")
    if draw.chance(0.05):
        body["columns"] = draw.pick([None, list(range(len(names))), [*names, "more"], names[:-1], [], [1.5] * len(names), [None, *names[1:]], [[name] for name in names], dict.fromkeys(names), "ab", [True, *names[1:]]])
    if draw.chance(0.04):
        body["data"] = draw.pick([None, [], [[]], {}, "text", 5, [row[0] if row else 0 for row in lists], [row[:-1] for row in lists], [*lists, []], [*lists, None], [*lists, 3], {"0": lists[0]} if lists else {},
                                  [dict(zip(names, row)) for row in lists], [*lists, [1] * (len(names) + 1)], [*lists, "ab"]])
    if draw.chance(0.02):
        body[draw.pick(["more", "dtype", "Data"])] = 1
    return body


def finish(draw, body, params):
    """Params, other keys, and breaches of JSON."""
    if params is not None and draw.chance(0.6):
        body["params"] = params(draw)
    if draw.chance(0.03):
        body[draw.pick(["other", "signature_name", "inputs", "instances", "dataframe_split", "dataframe_records", "prompt", "messages", "input", "params", "id"])] = draw.pick([1, None, [], {}, [[1.0]], "x"])
    if draw.chance(0.02):
        key = next(iter(body))
        body = Pairs([*body.items(), (key, draw.pick([body[key], [], None, 5]))])
    text = to_json(body, draw.chance(0.7))
    if draw.chance(0.07):
        text = breach(draw, text)
    content_type = draw.pick(OTHER_TYPES) if draw.chance(0.03) else JSON
    return content_type, encode(draw, text)


def breach(draw, text):
    at = draw.integer(0, max(0, len(text) - 1))
    return draw.pick([
        lambda: text + draw.pick([" ", "\n", "x", "{}", ",", "\x00", "]", "//"]), lambda: text[:at], lambda: text[:at] + draw.pick([",", "}", "]", "\"", "\\", "\x01", "'", "NaN", "e", "-", "0", " "]) + text[at:],
        lambda: draw.pick(["\ufeff", "\ufeff\ufeff", "\u00a0", "\x0b", "\n\t\r "]) + text, lambda: text.replace(",", draw.pick([",,", " ,", ",\u2028", ",\n"]), 1), lambda: text.replace("]", ",]", 1), lambda: text.replace("\"", "'"),
        lambda: text.replace("null", draw.pick(["None", "Null", "nul", "undefined", "nan"])), lambda: text.replace("true", "True"), lambda: f"[{text}]", lambda: json.dumps(text), lambda: text[:at] + text[at + 1:],
        lambda: "", lambda: draw.pick(["null", "1", "[]", "{}", "\"a\"", "true"]), lambda: text.replace(".", draw.pick(["..", ".e", "e"]), 1), lambda: text.replace("\"", "\"\\u00e9", 1), lambda: text.replace("\"", "\"\\ud83d", 1), lambda: text.replace(": ", ":0", 1)])()


def encode(draw, text):
    if draw.chance(0.97):
        return text.encode("utf-8", "surrogatepass")
    return text.encode(draw.pick(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "latin-1", "utf-8-sig", "utf-7"]), "replace")


def csv_request(draw, names, rows):
    rows = [{key: Raw(str(value)) if isinstance(value, (list, dict)) and draw.chance(0.5) else value for key, value in row.items()} for row in rows]
    text = to_csv(draw, names, rows)
    if draw.chance(0.12):
        at = draw.integer(0, max(0, len(text) - 1))
        first, _, rest = text.partition("\n")
        text = draw.pick([lambda: text[:at] + draw.pick([",", "\n", '"', "\r", " ", "\x00", ";", "'"]) + text[at:], lambda: "\ufeff" + text, lambda: text.replace(",", ";"), lambda: text.replace(",", ", "), lambda: text.replace("\n", ",\n"), lambda: text + "\n\n \n" + text,
                          lambda: first + "\n" + "\n".join(f"{i},{line}" for i, line in enumerate(rest.splitlines())), lambda: "," + first + "\n" + "\n".join(f"{i},{line}" for i, line in enumerate(rest.splitlines())), lambda: "", lambda: rest, lambda: text[:at],
                          lambda: text.replace("\n", "\n\n"), lambda: "\n" + text, lambda: "# note\n" + text, lambda: text + "1", lambda: text.replace("1", "\t1")])()
    content_type = draw.pick(OTHER_TYPES) if draw.chance(0.03) else CSV
    return content_type, encode(draw, text)


def parquet_body(draw, names, rows):
    columns = {}
    for name in names:
        values = [None if isinstance(row.get(name), (Raw, list, dict)) else row.get(name) for row in rows]
        try:
            columns[name] = pd.Series(values)
            if draw.chance(0.2):
                columns[name] = columns[name].astype(draw.pick(["float32", "int32", "int64", "str", "bool", "Int64", "category", "float64", "uint8", "datetime64[ns]", "boolean", "object"]))
        except Exception:  # noqa: BLE001 - such values have no such dtype
            columns[name] = pd.Series([1.0] * len(rows))
    frame = pd.DataFrame(columns)
    if draw.chance(0.2):
        frame.index = draw.pick([pd.RangeIndex(5, 5 + len(frame)), pd.Index([f"r{i}" for i in range(len(frame))], name="key"), pd.Index([7] * len(frame))])
    sink = io.BytesIO()
    try:
        frame.to_parquet(sink, index=draw.pick([None, True, False]), compression=draw.pick(["snappy", None, "gzip"]))
    except Exception:  # noqa: BLE001 - mixed objects
        frame.map(lambda value: ascii(value)).to_parquet(sink)
    return sink.getvalue()


def tensor_body(draw, tensor):
    """Arrays for tensor specs: name (or None), dtype and shape."""
    arrays = {name: array_for(draw, dtype, shape) for name, dtype, shape in tensor}
    if list(arrays) == [None]:
        body = arrays[None]
        form = draw.pick(["inputs"] * 4 + ["instances"] * 2 + ["dataframe_split", "dataframe_records"])
        if form == "dataframe_split":
            rows = body if isinstance(body, list) else [[body]]
            return {form: {"data": rows, **({"columns": [f"c{i}" for i in range(len(rows[0]))]} if rows and isinstance(rows[0], list) and draw.chance(0.5) else {})}}
        return {form: body}
    if draw.chance(0.1):
        arrays.pop(draw.pick(list(arrays)))
    if draw.chance(0.1):
        arrays["more"] = [1]
    if draw.chance(0.3):
        length = min([len(item) for item in arrays.values() if isinstance(item, list)] or [0])
        return {"instances": [{name: item[i] for name, item in arrays.items() if isinstance(item, list)} for i in range(length)]}
    return {draw.pick(["inputs"] * 3 + ["instances"]): arrays if draw.chance(0.93) else draw.pick(list(arrays.values()) or [None])}


def array_for(draw, dtype, shape):
    sizes = [draw.pick([1, 1, 2, 3, 0]) if size < 0 else size for size in shape]
    if draw.chance(0.08) and sizes:
        sizes[draw.integer(0, len(sizes) - 1)] += draw.pick([1, -1])
    if draw.chance(0.05):
        sizes = draw.pick([sizes[1:], [1, *sizes], []])
    kind = {"f": "double", "i": "long", "u": "long", "b": "boolean", "M": "datetime"}.get(np.dtype(dtype).kind, "string")
    wild = draw.chance(0.15)

    def build(rest):
        if not rest:
            return odd(draw) if wild and draw.chance(0.3) else draw.pick([fitting(draw, kind), fitting(draw, draw.pick(["double", "long"])), draw.pick(FLOATS), draw.pick(INTEGERS[:9])]) if draw.chance(0.25) else fitting(draw, kind)
        return [build(rest[1:]) for _ in range(max(0, rest[0]))]

    array = build(sizes)
    if draw.chance(0.04) and isinstance(array, list) and array and isinstance(array[0], list) and array[0]:
        array[0] = array[0][:-1]
    return array
