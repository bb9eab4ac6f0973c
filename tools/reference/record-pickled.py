"""Records skops and pickle files and what is in them, for the readers of src/pickled.

    python record-pickled.py OUT_DIR                     the fixtures of test/fixtures/pickled
    python record-pickled.py OUT_DIR --models FOLDER...  instead: of each saved model, its file and what is in it

One `<name>.json.gz` an object: its files in base64 by writer (`pickle0` to `pickle5`, `cloudpickle`, `skops`, `joblib`)
and a description of the object, made by walking it with Python's own `__reduce_ex__`.
"""
import base64
import collections
import copyreg
import datetime
import decimal
import functools
import gzip
import io
import json
import operator
import os
import pathlib
import pickle
import sys
import types
import warnings

import cloudpickle
import joblib
import numpy as np
import skops.io

warnings.filterwarnings("ignore")


def name_of(obj):
    module = getattr(obj, "__module__", None) or pickle.whichmodule(obj, obj.__qualname__)
    return f"{module}.{getattr(obj, '__qualname__', obj.__name__)}"


def describe(obj, above=()):
    """What the readers should find, as JSON."""
    if obj is None or type(obj) in (bool, str, np.str_):
        return str(obj) if isinstance(obj, str) else obj
    if type(obj) is int:
        return {"int": str(obj)}
    if type(obj) is float:
        return {"float": bits(obj)}
    if type(obj) in (bytes, bytearray, np.bytes_):
        return {"bytes": bytes(obj).hex()}
    if isinstance(obj, np.generic):
        return describe_scalar(obj)
    if any(obj is other for other in above):
        return "(cycle)"
    return describe_compound(obj, (*above, obj))


def bits(value):
    return np.float64(value).tobytes().hex() if value == value else "nan"


def describe_scalar(obj):
    if obj.dtype.kind == "M" and not np.isnat(obj) and np.datetime_data(obj.dtype)[1] == 1:
        return {"datetime": str(obj.astype("M8[ns]").astype("i8")), "unit": np.datetime_data(obj.dtype)[0]}
    if obj.dtype.kind in "cmMV" or obj.dtype.itemsize > 8 and obj.dtype.kind == "f":
        return describe_array(np.asarray(obj), ())
    return {"scalar": obj.dtype.name, "value": describe(obj.item())}


def describe_compound(obj, above):
    inner = functools.partial(describe, above=above)
    if isinstance(obj, np.ma.MaskedArray):
        return {"instance": "numpy.ma.MaskedArray", "args": [],
                "attributes": [["data", describe_array(obj.data, above)], ["mask", describe_array(np.ma.getmaskarray(obj), above)]]}
    if isinstance(obj, np.ndarray):
        return describe_array(obj, above)
    if isinstance(obj, np.dtype):
        return describe_dtype(obj)
    if type(obj) in (list, tuple) or type(obj) is collections.deque:
        return {"tuple" if type(obj) is tuple else "list": [inner(x) for x in obj]}
    if type(obj) in (set, frozenset):
        return {type(obj).__name__: sorted((inner(x) for x in obj), key=json.dumps)}
    if type(obj) in (dict, collections.OrderedDict, collections.defaultdict, collections.Counter) or type(obj).__name__ == "Bunch":
        return {"dict": name_of(type(obj)), "entries": [[inner(k), inner(v)] for k, v in obj.items()]}
    if isinstance(obj, (type, types.FunctionType, types.BuiltinFunctionType, np.ufunc)):
        return {"global": name_of(obj)}
    if type(obj).__module__.startswith("numpy.random"):
        return "(random numbers)"
    if type(obj).__module__.startswith("scipy.sparse"):
        return {"sparse": name_of(type(obj)), "parts": sorted([k, inner(v)] for k, v in obj.__dict__.items() if k != "maxprint")}
    return describe_instance(obj, inner)


def describe_instance(obj, inner):
    func, args, state, items, entries = (*obj.__reduce_ex__(2), None, None, None)[:5]
    if func in (copyreg.__newobj__, getattr(copyreg, "__newobj_ex__", None)):
        func, args = args[0], args[1] if func is copyreg.__newobj_ex__ else args[1:]
    if getattr(func, "__name__", "").startswith("__pyx_unpickle"):
        func, args = args[0], args[2] or ()
    if func.__name__ == "newObj":
        func, args = args[0], ()
    found = {"instance": name_of(func), "args": [inner(x) for x in args]}
    if isinstance(state, dict):
        found["attributes"] = [[k, inner(v)] for k, v in state.items()]
    elif state is not None:
        found["state"] = inner(state)
    items, entries = list(items or ()), list(entries or ())
    if items:
        found["items"] = [inner(x) for x in items]
    if entries:
        found["entries"] = [[inner(k), inner(v)] for k, v in entries]
    return found


def describe_array(array, above):
    array = np.asarray(array)
    shape = list(array.shape)
    if array.dtype.names is not None:
        return {"records": shape, "fields": [[n, describe_array(array[n], above)] for n in array.dtype.names]}
    if array.dtype.kind == "O":
        return {"objects": shape, "items": [describe(x, above) for x in array.ravel(order="C").tolist()]}
    plain = array.dtype.kind in "biuSU" or array.dtype.kind == "f" and array.dtype.itemsize <= 8
    plain |= array.dtype.kind == "M" and np.datetime_data(array.dtype) in [(u, 1) for u in ("ns", "us", "ms", "s", "m", "h", "D")]
    native = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("="), copy=False)
    if not plain:
        return {"raw": array.dtype.kind, "shape": shape, "bytes": np.ascontiguousarray(array).tobytes().hex()}
    if array.dtype.kind == "M":
        return {"array": array.dtype.newbyteorder("=").name, "shape": shape, "values": [str(x) for x in native.astype("i8").ravel().tolist()]}
    if array.dtype.kind in "SU":
        return {"array": "str" if array.dtype.kind == "U" else "bytes", "shape": shape,
                "values": [x.hex() if isinstance(x, bytes) else x for x in native.ravel().tolist()]}
    convert = bits if array.dtype.kind == "f" else lambda x: str(int(x))
    return {"array": array.dtype.name, "shape": shape, "values": [convert(x) for x in native.ravel().tolist()]}


def describe_dtype(dtype):
    if dtype.subdtype is not None:
        return {"dtype": "V", "size": dtype.itemsize, "of": describe_dtype(dtype.subdtype[0]), "shape": list(dtype.subdtype[1])}
    found = {"dtype": dtype.kind, "size": dtype.itemsize}
    if dtype.names is not None:
        found["fields"] = [[n, dtype.fields[n][1], describe_dtype(dtype.fields[n][0])] for n in dtype.names]
    elif dtype.kind in "mM" and np.datetime_data(dtype)[0] != "generic":
        unit, count = np.datetime_data(dtype)
        found["unit"] = unit if count == 1 else f"{count}{unit}"
    return found


def values():
    shared = [1, 2]
    yield "scalars", [None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, -2**31, 2**31, 2**63, -2**64, 10**40, -(10**40),
                      0.0, -0.0, 1.5, -1e-300, 5e-324, 1e308, float("inf"), float("-inf"), float("nan"), "", "text", "ünïcode \u20ac \U0001f600",
                      "line\nfeed \\ back\\u0041slash '\"", "x" * 300, "\ufeffbom", b"", b"bytes\x00\xff", b"y" * 300]
    yield "surrogate", ["a\ud800b", "\udfff"]
    yield "containers", [[], (), {}, set(), frozenset(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [[[]]], {1, "b", (2, 3)}, frozenset([1, frozenset()]),
                         {"a": 1, 2: "b", (3, 4): [5], None: 6, 1.5: 7, "10": 8, "9": 9}, list(range(1002)), {str(i): i for i in range(1002)},
                         shared, shared, (shared, {"again": shared}), bytearray(b"array"), bytearray()]
    yield "keys", [{"10": 1, "9": 2, "b": 3}, {3: "c", 1: "a", 2: "b"}, {1.5: 0, float("inf"): 1, float("nan"): 2, -2.0: 3}, {2**70: 1}, {True: 1},
                   {"": {"": {}}}, ("tuple", ["list", {"set"}, frozenset([1])]), slice(None, 3, None), functools.partial(np.add, 1), b"bytes"]
    yield "collections", [collections.OrderedDict([("z", 1), ("a", 2)]), collections.defaultdict(list, {"k": [1]}), collections.Counter("hello"),
                          collections.deque([1, 2, 3], maxlen=5), collections.deque()]
    yield "builtins", [slice(1, None, 2), range(1, 10, 3), complex(1, -2), functools.partial(np.add, 1), len, dict, np.float64, np.log1p, os.path.join,
                       datetime.datetime(2026, 1, 2, 3, 4, 5, 6), datetime.date(2026, 1, 2), datetime.timedelta(1, 2, 3), decimal.Decimal("1.25"),
                       pathlib.PurePosixPath("/a/b"), operator.itemgetter(1), operator.attrgetter("a.b"), Ellipsis is None]
    yield "cycles", cycles()
    yield "numpy-arrays", arrays()
    yield "numpy-scalars", [np.float64(1.5), np.float32(0.1), np.float16(0.1), np.int64(-5), np.uint8(200), np.uint64(2**64 - 1), np.bool_(True),
                            np.str_("text"), np.bytes_(b"bytes"), np.datetime64("2026-01-02T03:04:05", "s"), np.datetime64("2026-01-02", "D"),
                            np.datetime64("NaT", "ns"), np.timedelta64(5, "s"), np.complex64(1 + 2j), np.float64("nan"), np.int8(-1)]
    yield "numpy-dtypes", [np.dtype(t) for t in ("?", "i1", ">i8", "<f4", "f2", "c16", "S5", "U7", "O", "M8[ns]", "m8[25s]", "V3", "M8")] + [
        np.dtype([("a", "<f8"), ("b", ">i2", (2, 3)), ("c", [("d", "U2"), ("e", "?")])]), np.dtype({"names": ["x", "y"], "formats": ["i1", "f8"],
                                                                                                   "offsets": [3, 8], "itemsize": 24})]
    yield "numpy-masked", [np.ma.array([1.5, 2.5, 3.5], mask=[0, 1, 0]), np.ma.array([[1, 2]], mask=False)]


def cycles():
    own = [1]
    own.append(own)
    ring = {"name": "ring"}
    ring["self"] = [ring]
    node = Node()
    node.me = node
    return [own, ring, node]


class Node:
    pass


Node.__module__ = "some.module"


def arrays():
    rng = np.random.default_rng(0)
    floats = np.array([0.0, -0.0, 1.5, np.nan, np.inf, -np.inf, 5e-324, 1e308])
    records = np.array([(1, 2.5, "ab", [1, 2]), (-3, np.nan, "", [3, 4])], dtype=[("i", ">i2"), ("f", "<f8"), ("s", "U3"), ("sub", "u1", (2,))])
    found = [np.array([1, -2, 3], dtype=t) for t in ("i1", "i2", "i4", "i8", ">i4", ">i8")]
    found += [np.array([1, 2, 200], dtype=t) for t in ("u1", "u2", ">u2", "u4", "u8")] + [floats, floats.astype("f4"), floats.astype("f2"), floats.astype(">f8"),
                                                                                         floats.astype(">f2"), np.array([True, False]), np.array(3.5), np.array([]),
                                                                                         np.zeros((0, 3)), np.zeros((2, 0), dtype="i4"), rng.normal(size=(3, 4)),
                                                                                         np.asfortranarray(rng.normal(size=(3, 4))), np.asfortranarray(rng.integers(0, 9, (2, 3, 4))),
                                                                                         rng.normal(size=(4, 4))[::2, ::2], np.arange(24, dtype="f4").reshape(2, 3, 4),
                                                                                         np.array(["a", "bcd", "", "\U0001f600x"]), np.array(["be"], dtype=">U4"), np.array([b"x", b"yz\x00q"]),
                                                                                         np.array(["2026-01-02", "NaT"], dtype="M8[ns]"), np.array(["2026-01-02"], dtype=">M8[D]"),
                                                                                         np.array([5, 6], dtype="m8[ms]"), np.array([1 + 2j]), records, np.asfortranarray(np.stack([records, records])),
                                                                                         np.array([1, "a", None, [1, 2], np.float32(2)], dtype=object),
                                                                                         np.array([[1, "a", None], ["b", 2.5, ()]], dtype=object), np.asfortranarray(np.array([[1, 2, 3], [4, 5, 6]], dtype=object)),
                                                                                         np.array(["2026-01"], dtype="M8[M]"), np.array([b"", b""], dtype="S0"), np.zeros(2, dtype="V3")]
    return found


def estimators():
    import lightgbm as lgb
    import scipy.sparse as sp
    from sklearn import ensemble, feature_extraction, impute, linear_model, neighbors, pipeline, preprocessing, svm, tree
    from sklearn.compose import ColumnTransformer
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 3)).round(2)
    y = (x[:, 0] + x[:, 1] > 0).astype(int)
    text = np.array(["no", "yes"])[y]
    quiet = {"n_estimators": 2, "num_leaves": 3, "min_child_samples": 3, "verbose": -1}
    yield "lightgbm-classifier", lgb.LGBMClassifier(**quiet).fit(x, text)
    yield "lightgbm-regressor", lgb.LGBMRegressor(**quiet).fit(x, x[:, 0])
    yield "tree", tree.DecisionTreeClassifier(max_depth=2).fit(x, text)
    yield "forest", ensemble.RandomForestRegressor(n_estimators=2, max_depth=2).fit(x, x[:, 0])
    yield "boosting", ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=2).fit(x, y)
    yield "hist-boosting", ensemble.HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=3, min_samples_leaf=4, max_bins=8).fit(x, text)
    yield "linear", pipeline.make_pipeline(impute.SimpleImputer(), preprocessing.StandardScaler(), linear_model.LogisticRegression()).fit(x, text)
    yield "columns", ColumnTransformer([("a", preprocessing.OneHotEncoder(handle_unknown="ignore"), [0]), ("b", preprocessing.MinMaxScaler(), slice(1, 3)),
                                        ("f", preprocessing.FunctionTransformer(np.log1p), [1])]).fit(np.abs(x.round(0)))
    yield "svc", svm.SVC(random_state=1).fit(x[:12], y[:12])
    yield "sgd", linear_model.SGDClassifier(max_iter=5, random_state=2, loss="modified_huber").fit(x, y)
    yield "text", feature_extraction.text.TfidfVectorizer(token_pattern=r"\w+").fit(["a b c", "b d", "10 9 a"])
    yield "neighbors", neighbors.KNeighborsClassifier(2, algorithm="kd_tree").fit(x[:9], y[:9])
    yield "sparse", [sp.csr_matrix(np.eye(3)), sp.csc_matrix((2, 3)), sp.csr_array(np.diag([1.0, 0, 2]))]


def write(out, name, obj, is_estimator):
    files = {}
    for protocol in ((2, 5) if is_estimator else range(6)):
        files[f"pickle{protocol}"] = pickle_bytes(lambda: pickle.dumps(obj, protocol=protocol))
    files["cloudpickle"] = pickle_bytes(lambda: cloudpickle.dumps(obj))
    files["skops"] = pickle_bytes(lambda: skops.io.dumps(obj)) if is_estimator or name in ("keys", "numpy-arrays", "numpy-scalars", "scalars") else None
    if name in ("numpy-arrays", "forest"):
        buffer = io.BytesIO()
        joblib.dump(obj, buffer)
        files["joblib"] = buffer.getvalue()
        files["skops-deflated"] = pickle_bytes(lambda: skops.io.dumps(obj, compression=8))
    found = {key: base64.b64encode(data).decode() for key, data in files.items() if data is not None}
    dump(out, name, found, obj)


def dump(out, name, files, obj):
    recorded = json.dumps({"files": files, "expected": describe(obj)}).encode()
    with open(os.path.join(out, f"{name}.json.gz"), "wb") as f:
        f.write(gzip.compress(recorded, mtime=0))


def pickle_bytes(make):
    try:
        return make()
    except Exception as error:  # noqa: BLE001 - not every writer takes every object
        print("skipped", str(error).split("\n")[0][:120])
        return None


def models(out, folders):
    for folder in folders:
        for file in ("model.pkl", "model.skops"):
            path = os.path.join(folder, file)
            if not os.path.exists(path):
                continue
            with open(path, "rb") as f:
                data = f.read()
            try:
                obj = skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data)) if file.endswith("skops") else pickle.loads(data)
                dump(out, os.path.basename(folder), {file.split(".")[1].replace("pkl", "cloudpickle"): base64.b64encode(data).decode()}, obj)
            except Exception as error:  # noqa: BLE001
                print("skipped", folder, str(error).split("\n")[0][:160])


def main(args):
    out = args[0]
    os.makedirs(out, exist_ok=True)
    sys.setrecursionlimit(10_000)
    module = types.ModuleType("some.module")
    module.Node = Node
    sys.modules["some"], sys.modules["some.module"] = types.ModuleType("some"), module
    if "--models" in args:
        return models(out, args[2:])
    for name, obj in values():
        write(out, name, obj, False)
    for name, obj in estimators():
        write(out, name, obj, True)


if __name__ == "__main__":
    main(sys.argv[1:])
