"""Records ONNX fixtures: small models, inputs, and what MLflow's wrapper of onnxruntime answers.

    python record-onnx.py OUT_DIR                  the fixtures of test/fixtures/onnx
    python record-onnx.py OUT_DIR --random N SEED  N random models, for a differential run by hand

One `<name>.json` a model: the model file and the files beside it, the flavor's configuration, how
close another build can be expected to come (`exact`, `libm`, `blas`), and per call the input (tagged
as record-enforcement.py does it) and the answer as MLflow prints it, or `"error": true`.
`"native": false` marks a model that only Python can score.
"""
import base64
import copy
import importlib.util
import io
import json
import logging
import pathlib
import sys
import tempfile
import warnings

import numpy as np
import onnx
import pandas as pd
import yaml
from mlflow.onnx import _load_pyfunc
from mlflow.pyfunc.scoring_server import predictions_to_json
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
spec = importlib.util.spec_from_file_location(
    "record_enforcement", pathlib.Path(__file__).with_name("record-enforcement.py"))
tagged = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tagged)

ML = "ai.onnx.ml"
OUT = pathlib.Path(sys.argv[1])
NUMPY = {"float": T.FLOAT, "uint8": T.UINT8, "int8": T.INT8, "uint16": T.UINT16, "int16": T.INT16,
         "int32": T.INT32, "int64": T.INT64, "bool": T.BOOL, "float16": T.FLOAT16, "double": T.DOUBLE,
         "uint32": T.UINT32, "uint64": T.UINT64, "string": T.STRING}


def value(name, kind, shape=None):
    return h.make_tensor_value_info(name, NUMPY[kind], shape)


def model(nodes, inputs, outputs, constants=(), opsets=((17, ""), (3, ML)), ir=9, functions=()):
    graph = h.make_graph(nodes, "g", inputs, outputs,
                         [nh.from_array(np.asarray(a), n) for n, a in dict(constants).items()])
    imports = [h.make_opsetid(domain, version) for version, domain in opsets]
    return h.make_model(graph, opset_imports=imports, ir_version=ir, functions=list(functions))


def record(name, proto, inputs, numeric="exact", native=True, external=False, never_empty=False, **config):
    """Saves the model as MLflow lays it out, asks its wrapper, writes one fixture."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        if external:
            onnx.save(copy.deepcopy(proto), path / "model.onnx", save_as_external_data=True, size_threshold=0,
                      location="weights.bin")
        else:
            onnx.save(proto, path / "model.onnx")
        flavor = {"data": "model.onnx", "providers": ["CPUExecutionProvider"], **config}
        (path / "MLmodel").write_text(yaml.safe_dump({"flavors": {"onnx": flavor}}))
        files = {file.name: base64.b64encode(file.read_bytes()).decode()
                 for file in sorted(path.iterdir()) if file.name != "MLmodel"}
        calls = [ask(path / "model.onnx", data) for data in inputs] if native else []
    fixture = {"numeric": numeric, "native": native, "config": flavor, "files": files, "calls": calls}
    for call, data in zip(calls, inputs):
        if never_empty and len(data) == 0:
            call["python"] = True  # onnxruntime-node may end the process
    (OUT / f"{name}.json").write_text(json.dumps(fixture, ensure_ascii=True) + "\n")


def ask(path, data):
    call = {"input": tagged.encode(data)}
    if "object" in str(call) and "\\x00" in str(call):
        call["python"] = True  # onnxruntime-node ends text at a NUL
    try:
        answer = _load_pyfunc(str(path)).predict(data)
        text = io.StringIO()
        predictions_to_json(answer, text)
        return {**call, "output": text.getvalue()}
    except Exception as error:
        return {**call, "error": True, "note": str(error).splitlines()[0][:120]}


def frame(**columns):
    return pd.DataFrame(columns)


def objects(*values):
    return np.array(values, dtype=object)


def element_types(rng):
    names = [k for k in NUMPY if k != "string"]
    nodes = [h.make_node("Identity", [k], [f"{k}_out"]) for k in names]
    proto = model(nodes, [value(k, k, ["n"]) for k in names], [value(f"{k}_out", k, ["n"]) for k in names])
    limits = {}
    for k in names:
        dtype = h.tensor_dtype_to_np_dtype(NUMPY[k])
        if k == "bool":
            limits[k] = np.array([True, False, True])
        elif dtype.kind == "f":
            limits[k] = np.array([np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal, np.nan], dtype)
        else:
            limits[k] = np.array([np.iinfo(dtype).max, np.iinfo(dtype).min, 1], dtype)
    wide = {**limits, "float": np.array([0.1, 1e300, -np.inf])}
    narrow = {**limits, "double": np.float32([1, 2, 3])}
    long = {**limits, "float": np.array([1, 2, 3])}
    halves = {**limits, "float16": np.float16([65504, 6.1e-5, -0.0])}
    missing = {k: v for k, v in limits.items() if k != "int8"}
    table = pd.DataFrame(limits)
    record("element-types", proto, [limits, wide, narrow, long, halves, missing, {**limits, "extra": limits["bool"]},
                                    table, table.iloc[:0], table[["float", "bool"]], np.float32([1, 2])])
    for kind in ("float", "double", "int64", "int32", "bool", "float16", "uint8", "string"):
        frames(kind)


def frames(kind):
    """`DataFrame.values` of every mixture, for a model with one input."""
    proto = model([h.make_node("Identity", ["x"], ["y"])], [value("x", kind, [None, None])], [value("y", kind)])
    def col(dtype):
        return np.array([1, 0, 3], dtype)
    mixtures = [("f8",), ("f4",), ("i8",), ("i4",), ("u1",), ("?",), ("f2",), ("f8", "i8"), ("f4", "i8"), ("f4", "i2"),
                ("f4", "u1"), ("f4", "i4"), ("i4", "u4"), ("i8", "u8"), ("i1", "u1"), ("f2", "i1"), ("f2", "u2"),
                ("f8", "f4"), ("?", "i8"), ("?", "f8"), ("?", "?"), ("u1", "u2"), ("i2", "i8"), ("f2", "i8", "u1"),
                ("i1", "u4"), ("u8", "f4")]
    inputs = [pd.DataFrame({f"c{i}": col(d) for i, d in enumerate(kinds)}) for kinds in mixtures]
    inputs += [frame(a=objects("x", "yé", "")), frame(a=["x", "y"], b=[1, 2]), frame(a=["x", None], b=["p", "q"]),
               frame(a=["x", "y"], b=[1.5, np.nan], c=[True, False]), frame(a=objects(None, 2, 2.5)),
               frame(a=objects(1, 2.5, True)), frame(a=pd.to_datetime(["2020-01-01"])),
               frame(a=np.array([2**53 + 1, -2**53 - 1]), b=[0.5, 1.5]), pd.DataFrame(),
               frame(a=np.array([2**62 + 1, 3]), b=np.float32([1, 2]))]
    record(f"frame-{kind}", proto, inputs)


def strings():
    nodes = [h.make_node("Identity", ["s"], ["echo"]),
             h.make_node("LabelEncoder", ["s"], ["code"], domain=ML, keys_strings=["a", "é", "", "None"],
                         values_int64s=[1, 2, 3, 4], default_int64=-1)]
    proto = model(nodes, [value("s", "string", ["n"])], [value("echo", "string", ["n"]), value("code", "int64", ["n"])])
    texts = [np.array(["a", "é", "", "😀"]), objects("a", None, 1, 2.5, True, False, np.nan), objects("None", "x" * 300),
             np.array(["a\0b", "c"]), objects("a\0b", "\0"), objects(b"bytes", "t"),
             objects(10**20, -0.0, 1e16, [1, "q"]), np.array([], dtype=object), objects("\ud800")[:1][:0],
             np.array([["a", "b"]]), np.array("a"), np.array([1, 2])]
    inputs = [{"s": t} for t in texts] + list(texts) + [frame(s=["a", "b"]), frame(s=objects("a", "b")),
                                                         frame(a=["a"], b=["b"]), "a", ["a"]]
    record("strings", proto, inputs)
    pair = model([h.make_node("Identity", ["s"], ["so"]), h.make_node("Identity", ["x"], ["xo"])],
                 [value("s", "string", [None]), value("x", "float", [None])],
                 [value("so", "string", [None]), value("xo", "float", [None])])
    table = pd.DataFrame({"x": [1.0, 2.0], "s": objects("p", None), "z": [1, 2]})
    twice = pd.DataFrame([[1.0, 2.0, "a"]], columns=["x", "x", "s"]).astype({"s": object})
    record("columns", pair, [table, frame(s=["a"], x=[1.0]), frame(s=objects("a"), x=[1]), frame(x=[1.0]),
                             frame(s=objects(1, 2.5), x=np.float32([1, 2])), twice,
                             {"s": objects("a"), "x": np.array([1.0, 2.0])}, pd.DataFrame({0: [1.0], "s": objects("a")}),
                             frame(s=objects("a"), x=pd.to_datetime(["2020-01-01"])), frame(s=objects("a"), x=objects(1.0))])


def maps(rng):
    probabilities = np.float32(rng.random((4, 3)))
    x = value("x", "float", [None, 3])
    def zipped(name, key, labels, **node):
        kind = T.STRING if key == "strings" else T.INT64
        type_ = h.make_sequence_type_proto(h.make_map_type_proto(kind, h.make_tensor_type_proto(T.FLOAT, None)))
        return (h.make_node("ZipMap", ["x"], [name], domain=ML, **{f"classlabels_{key}": labels}),
                h.make_value_info(name, type_))
    inputs = [probabilities, {"x": probabilities}, pd.DataFrame(probabilities), probabilities[:1], probabilities[:0],
              probabilities[:, :2], probabilities[0], np.float32([[np.nan, np.inf, -0.0]])]
    identity = (h.make_node("Identity", ["x"], ["t"]), value("t", "float", None))
    for name, parts in {
        "int": [zipped("m", "int64s", [10, -3, 2])], "str": [zipped("m", "strings", ["é", "b", "a"])],
        "twice": [zipped("m", "strings", ["b", "a", "b"])], "both": [zipped("m", "int64s", [2, 1, 0]), identity,
                                                                   zipped("k", "strings", ["x", "y", "z"])],
        "wrong": [zipped("m", "int64s", [1, 2])]}.items():
        record(f"zipmap-{name}", model([p[0] for p in parts], [x], [p[1] for p in parts]), inputs)
    free = model([zipped("m", "int64s", [1, 2, 3])[0]], [value("x", "float", None)], [zipped("m", "int64s", [1])[1]])
    record("zipmap-free", free, inputs)


def optional_inputs():
    nodes = [h.make_node("Mul", ["x", "scale"], ["a"]), h.make_node("Add", ["a", "shift"], ["y"])]
    inputs = [value("x", "float", [None]), value("scale", "float", [1]), value("shift", "float", [1])]
    constants = {"scale": np.float32([2]), "shift": np.float32([0.5])}
    x = np.float32([1, 2])
    calls = [{"x": x}, {"x": x, "scale": np.array([3.0])}, {"x": x, "shift": np.float32([1])}, x, frame(x=x),
             {"x": x, "scale": np.float32([1, 2])}, {"scale": np.float32([1])}, {"x": x, "scale": None}, {"x": None},
             {"x": x, "scale": np.float32([3]), "shift": np.float32([9])}, frame(x=x, scale=x)]
    for ir in (3, 4, 9):
        record(f"optional-ir{ir}", model(nodes, inputs, [value("y", "float", [None])], constants, ir=ir), calls)


def shapes(rng):
    image = np.uint8(rng.integers(0, 255, (2, 3, 6, 6)))
    conv = model([h.make_node("Cast", ["image"], ["f"], to=T.FLOAT), h.make_node("Conv", ["f", "w"], ["c"]),
                  h.make_node("Sigmoid", ["c"], ["s"]), h.make_node("GlobalAveragePool", ["s"], ["p"]),
                  h.make_node("Flatten", ["p"], ["y"])],
                 [value("image", "uint8", ["n", 3, None, None])], [value("y", "float", ["n", 4])],
                 {"w": np.float32(rng.normal(size=(4, 3, 3, 3)) / 100)})
    record("conv", conv, [image, image[:1, :, :4], image[:, :2], image.astype("i4"), image[0], {"image": image}, image[:0]], "libm",
           never_empty=True)
    scalar = model([h.make_node("Add", ["a", "b"], ["y"])], [value("a", "float", []), value("b", "float", ["n"])],
                   [value("y", "float", None)])
    record("scalars", scalar, [{"a": np.array(1.5), "b": np.array([1.0])}, {"a": np.array([1.5]), "b": np.array([1.0])},
                               {"a": np.array(2, dtype="f4"), "b": np.float32([])}, {"a": 1.5, "b": np.array([1.0])}])
    total = model([h.make_node("ReduceSum", ["x"], ["y"], keepdims=0)], [value("x", "int64")], [value("y", "int64")])
    record("free-rank", total, [np.array([[1, 2], [3, 4]]), np.array(5), np.array([1.5]), np.array([], dtype="i8"),
                                frame(a=[1, 2], b=[3, 4]), frame(a=[1.5])])
    sizes = model([h.make_node("Identity", ["x"], ["y"]), h.make_node("ReduceSum", ["x"], ["z"], keepdims=0)],
                  [value("x", "float", ["n", 2])], [value("y", "float"), value("z", "float")])
    record("sizes", sizes, [frame(a=[1.0, 2], b=[3.0, 4]), np.float32([[1, 2]]), np.float32([[[1, 2]]]), np.float32([1, 2]),
                            frame(a=[1.0], b=[2.0]), frame(a=[1.0])])


def graphs(rng):
    x = np.float32(rng.normal(size=(3, 4)))
    weights = np.float32(rng.normal(size=(4, 2)))
    dense = model([h.make_node("MatMul", ["x", "w"], ["m"]), h.make_node("Tanh", ["m"], ["y"])],
                  [value("x", "float", [None, 4])], [value("y", "float", [None, 2])], {"w": weights})
    calls = [x, pd.DataFrame(x), x.astype("f8"), x[:, :3], x.astype("i8")]
    record("external-data", dense, calls, "libm", external=True)
    record("session-options", dense, calls, "libm", providers=["CPUExecutionProvider", ["CPUExecutionProvider", {"arena_extend_strategy": "kSameAsRequested"}]],
           onnx_session_options={"intra_op_num_threads": 1, "inter_op_num_threads": 2, "execution_mode": "Parallel",
                                 "graph_optimization_level": 1, "extra_session_config": {"session.set_denormal_as_zero": "1"}})
    record("no-optimization", dense, calls, "libm", onnx_session_options={"graph_optimization_level": 0, "execution_mode": "nonsense"})
    branch = h.make_graph([h.make_node("Neg", ["x"], ["neg"])], "then", [], [value("neg", "float")])
    other = h.make_graph([h.make_node("Abs", ["x"], ["abs"])], "else", [], [value("abs", "float")])
    body = h.make_graph([h.make_node("Identity", ["ci"], ["co"]), h.make_node("Add", ["v", "one"], ["vo"])], "body",
                        [value("i", "int64", []), value("ci", "bool", []), value("v", "float")],
                        [value("co", "bool", []), value("vo", "float")])
    twice = h.make_function("own", "Twice", ["a"], ["b"], [h.make_node("Add", ["a", "a"], ["b"])], [h.make_opsetid("", 17)])
    control = model([h.make_node("ReduceMax", ["x"], ["max"], keepdims=0), h.make_node("Greater", ["max", "one"], ["big"]),
                     h.make_node("If", ["big"], ["i"], then_branch=branch, else_branch=other),
                     h.make_node("Loop", ["n", "", "i"], ["l"], body=body), h.make_node("Twice", ["l"], ["y"], domain="own"),
                     h.make_node("SequenceConstruct", ["y", "x"], ["seq"]), h.make_node("ConcatFromSequence", ["seq"], ["z"], axis=0),
                     h.make_node("FusedGemm", ["x", "w"], ["g"], domain="com.microsoft", activation="Relu")],
                    [value("x", "float", [None, 4])], [value("y", "float"), value("z", "float"), value("g", "float")],
                    {"one": np.float32(1), "n": np.int64(3), "w": weights},
                    opsets=((17, ""), (1, "own"), (1, "com.microsoft")), functions=[twice])
    record("control-flow", control, [x, np.zeros_like(x), pd.DataFrame(x)], "blas")
    elementwise(x)
    python_only(x)


def elementwise(x):
    names = ["Exp", "Log", "Sqrt", "Erf", "Sigmoid", "Tanh", "Softplus", "Sin", "Cos", "Atan", "Reciprocal", "Round", "Floor",
             "Softmax", "LogSoftmax", "Gelu", "Mish", "Elu", "Sinh", "Acos"]
    nodes = [h.make_node(k, ["x"], [k]) for k in names]
    proto = model(nodes, [value("x", "float", [None, 4])], [value(k, "float", [None, 4]) for k in names], opsets=((20, ""),))
    record("elementwise", proto, [x, x * 50, np.float32([[np.nan, np.inf, -np.inf, -0.0]])], "libm")


def python_only(x):
    sequence = h.make_tensor_sequence_value_info("y", T.FLOAT, None)
    record("python-sequence", model([h.make_node("SequenceConstruct", ["x", "x"], ["y"])], [value("x", "float")], [sequence]), [], native=False)
    record("python-custom", model([h.make_node("Odd", ["x"], ["y"], domain="odd")], [value("x", "float")], [value("y", "float")],
                                  opsets=((17, ""), (1, "odd"))), [], native=False)
    record("python-random", model([h.make_node("RandomNormalLike", ["x"], ["y"])], [value("x", "float")], [value("y", "float")]), [], native=False)
    optional = h.make_value_info("x", h.make_optional_type_proto(h.make_tensor_type_proto(T.FLOAT, None)))
    record("python-optional", model([h.make_node("OptionalGetElement", ["x"], ["y"])], [optional], [value("y", "float")], opsets=((18, ""),)), [], native=False)
    half = h.make_tensor_value_info("y", T.BFLOAT16, None)
    record("python-bfloat16", model([h.make_node("Cast", ["x"], ["y"], to=T.BFLOAT16)], [value("x", "float")], [half]), [], native=False)
    record("python-opset", model([h.make_node("Abs", ["x"], ["y"])], [value("x", "float")], [value("y", "float")], opsets=((28, ""),)), [], native=False)
    found = model([h.make_node("NonZero", ["x"], ["i"]), h.make_node("Cast", ["i"], ["f"], to=T.FLOAT),
                   h.make_node("Transpose", ["f"], ["t"]), h.make_node("TopK", ["t", "k"], ["y", "n"])],
                  [value("x", "float", [None, 4])], [value("y", "float")], {"k": np.int64([1])})
    record("python-empty", found, [], native=False)
    type_ = h.make_sequence_type_proto(h.make_map_type_proto(T.INT64, h.make_tensor_type_proto(T.FLOAT, None)))
    zipmap = h.make_node("ZipMap", ["x"], ["m"], domain=ML, classlabels_int64s=[0, 1])
    used = model([zipmap, h.make_node("SequenceLength", ["m"], ["y"])], [value("x", "float", [None, 2])],
                 [h.make_value_info("m", type_), value("y", "int64")])
    record("python-zipmap-used", used, [], native=False)


def estimators(rng):
    from skl2onnx import to_onnx
    from sklearn.cluster import KMeans
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import (AdaBoostClassifier, GradientBoostingRegressor, IsolationForest,
                                  RandomForestClassifier)
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
    from sklearn.svm import SVC
    from sklearn.tree import DecisionTreeClassifier

    x = np.float32(rng.normal(size=(150, 4)))
    y = np.float32(x[:, 0] * 2 - x[:, 1] ** 2)
    classes = np.digitize(y, [-1, 1])
    names = np.array(["b", "é", "a"])[classes]
    tests = [x[:5], pd.DataFrame(x[:5].astype("f8")), x[:1], x[:0], x[:40].astype("f8"), np.float32(np.nan) * x[:2]]
    for name, estimator, target, numeric in [
        ("forest", RandomForestClassifier(6, max_depth=4, random_state=1), names, "blas"),
        ("tree", DecisionTreeClassifier(max_depth=5, random_state=1), classes, "exact"),
        ("boosting", GradientBoostingRegressor(n_estimators=12, random_state=1), y, "blas"),
        ("logistic", LogisticRegression(), names, "libm"), ("svc", SVC(probability=True, random_state=1), classes, "libm"),
        ("bayes", GaussianNB(), classes, "libm"), ("neighbours", KNeighborsClassifier(), classes, "blas"),
        ("isolation", IsolationForest(n_estimators=5, random_state=1), None, "libm"), ("ada", AdaBoostClassifier(n_estimators=4), classes, "libm"),
        ("clusters", KMeans(3, random_state=1), None, "blas"),
        ("network", make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(8,), max_iter=50, random_state=1)), y, "libm"),
    ]:
        estimator.fit(x, target)
        proto = to_onnx(estimator, x[:1], target_opset={"": 17, ML: 3})
        record(f"sklearn-{name}", proto, tests, numeric, never_empty=name == "neighbours")
    table = pd.DataFrame({"n": x[:, 0], "s": names})
    pipe = make_pipeline(ColumnTransformer([("n", StandardScaler(), ["n"]), ("s", OneHotEncoder(), ["s"])]), LogisticRegression())
    pipe.fit(table, classes)
    proto = to_onnx(pipe, table[:1], target_opset={"": 17, ML: 3})
    columns = {"n": x[:4, :1], "s": names[:4].reshape(-1, 1)}
    record("sklearn-columns", proto, [columns, table[:4], {k: v.reshape(-1) for k, v in columns.items()}], "libm")


def random_models(count, seed):
    """Random dense networks and forests with random data."""
    from skl2onnx import to_onnx
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestRegressor
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        width, rows = int(rng.integers(1, 40)), int(rng.integers(1, 300))
        x = np.float32(rng.normal(size=(rows, width)) * 10 ** rng.uniform(-3, 3))
        if index % 2 == 0:
            nodes, constants, last, size = [], {}, "x", width
            for layer in range(int(rng.integers(1, 5))):
                hidden = int(rng.integers(1, 70))
                constants[f"w{layer}"] = np.float32(rng.normal(size=(size, hidden)) / np.sqrt(size))
                constants[f"b{layer}"] = np.float32(rng.normal(size=hidden))
                activation = str(rng.choice(["Relu", "Tanh", "Sigmoid", "Elu", "Softmax", "LeakyRelu", "Softplus"]))
                nodes += [h.make_node("Gemm", [last, f"w{layer}", f"b{layer}"], [f"g{layer}"]),
                          h.make_node(activation, [f"g{layer}"], [f"a{layer}"])]
                last, size = f"a{layer}", hidden
            proto = model(nodes, [value("x", "float", [None, width])], [value(last, "float", [None, size])], constants)
            record(f"random-{seed}-{index}", proto, [x, x[:1], pd.DataFrame(x)], "blas")
        else:
            kind = ExtraTreesClassifier if index % 4 == 1 else RandomForestRegressor
            estimator = kind(int(rng.integers(1, 60)), max_depth=int(rng.integers(1, 9)), random_state=index)
            estimator.fit(x, rng.integers(0, int(rng.integers(1, 5)) + 1, rows))
            proto = to_onnx(estimator, x[:1], target_opset={"": 17, ML: 3})
            record(f"random-{seed}-{index}", proto, [x, x[:1], pd.DataFrame(x)], "blas")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    if "--random" in sys.argv:
        count, seed = (int(text) for text in sys.argv[sys.argv.index("--random") + 1:][:2])
        random_models(count, seed)
        return
    rng = np.random.default_rng(20260101)
    element_types(rng)
    strings()
    maps(rng)
    optional_inputs()
    shapes(rng)
    graphs(rng)
    estimators(rng)


main()
