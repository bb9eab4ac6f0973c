"""Random ONNX models: converted scikit-learn estimators, tree ensembles with every setting, small networks."""
import numpy as np
import onnx
import pandas as pd
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper as nh

from .draw import NUMBER_KINDS, classes_of, names_of, numbers, probe, signal, views

ML = "ai.onnx.ml"
MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
POSTS = ["NONE", "NONE", "NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO", "PROBIT"]


def make(draw, settings):
    kind = draw.pick(["sklearn", "sklearn", "sklearn", "columns", "regressor", "classifier", "network", "elementwise", "mixed"])
    settings["kind"] = kind
    made = {"sklearn": estimator, "columns": pipeline, "regressor": tree_regressor, "classifier": tree_classifier, "network": network,
            "elementwise": elementwise, "mixed": mixed}[kind](draw, settings)
    return {"example": None, "options": {}, **made}


def clean(draw, kind, rows):
    """Values that stay finite in arithmetic of float32."""
    return np.clip(np.nan_to_num(numbers(draw, kind, rows)), -1e6, 1e6)


def value(name, kind, shape):
    return h.make_tensor_value_info(name, kind, shape)


def model(nodes, inputs, outputs, constants=None, opset=17, ml=3):
    graph = h.make_graph(nodes, "g", inputs, outputs, [nh.from_array(np.asarray(a), n) for n, a in (constants or {}).items()])
    return h.make_model(graph, opset_imports=[h.make_opsetid("", opset), h.make_opsetid(ML, ml)], ir_version=9)


def requests(draw, x, width, dtype=np.float32):
    names = names_of(draw, width)
    with np.errstate(all="ignore"):
        yield x.astype(dtype)
        for _ in range(2):
            mixed = np.stack([draw.rng.permutation(x[:, at]) for at in range(width)], 1) if width else x
            yield mixed.astype(dtype)
        yield from views(draw, x, names)
        yield pd.DataFrame(x.astype(np.float32), columns=names)
        yield {"x": x.astype(dtype)}
        yield {"x": x}


def estimator(draw, settings):
    from skl2onnx import to_onnx
    from sklearn import cluster, decomposition, ensemble, linear_model, naive_bayes, neighbors, neural_network, preprocessing, svm, tree
    from sklearn.pipeline import make_pipeline

    kinds = [draw.pick([k for k in NUMBER_KINDS if k not in ("huge", "tiny", "denormal", "wide")]) for _ in range(draw.integer(1, 6))]
    rows = draw.integer(40, 160)
    x = np.float32(np.stack([clean(draw, k, rows) for k in kinds], 1))
    y = signal(draw, list(x.T), rows)
    count = draw.integer(2, 4)
    classes = np.array(draw.pick([[0, 1, 2, 3], ["no", "yes", "maybe", "ünï"], [5, -3, 100, 7]]))[classes_of(y, count)]
    trees, depth = draw.integer(1, 25), draw.integer(1, 7)
    name, made, target = draw.pick([
        ("forest-classifier", lambda: ensemble.RandomForestClassifier(trees, max_depth=depth, random_state=1), classes),
        ("forest-regressor", lambda: ensemble.RandomForestRegressor(trees, max_depth=depth, random_state=1), y),
        ("extra-trees", lambda: ensemble.ExtraTreesClassifier(trees, max_depth=depth, random_state=1), classes),
        ("boosting-classifier", lambda: ensemble.GradientBoostingClassifier(n_estimators=trees, max_depth=3, random_state=1), classes),
        ("boosting-regressor", lambda: ensemble.GradientBoostingRegressor(n_estimators=trees, max_depth=3, random_state=1), y),
        ("histogram", lambda: ensemble.HistGradientBoostingRegressor(max_iter=trees, random_state=1), y),
        ("histogram-classifier", lambda: ensemble.HistGradientBoostingClassifier(max_iter=trees, random_state=1), classes),
        ("tree-classifier", lambda: tree.DecisionTreeClassifier(max_depth=depth), classes),
        ("tree-regressor", lambda: tree.DecisionTreeRegressor(max_depth=depth), y),
        ("logistic", lambda: linear_model.LogisticRegression(max_iter=50), classes),
        ("linear", lambda: make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge()), y),
        ("bayes", lambda: naive_bayes.GaussianNB(), classes),
        ("neighbours", lambda: neighbors.KNeighborsClassifier(3), classes),
        ("network", lambda: make_pipeline(preprocessing.MinMaxScaler(), neural_network.MLPClassifier((7,), max_iter=20, random_state=1)), classes),
        ("svc", lambda: svm.SVC(kernel=draw.pick(["rbf", "linear", "poly"]), probability=draw.chance(0.5)), classes),
        ("svr", lambda: svm.SVR(), y),
        ("lasso", lambda: make_pipeline(preprocessing.RobustScaler(), linear_model.Lasso(0.01)), y),
        ("sgd", lambda: linear_model.SGDClassifier(loss="log_loss", random_state=1), classes),
        ("ada", lambda: ensemble.AdaBoostClassifier(n_estimators=4, random_state=1), classes),
        ("bagging", lambda: ensemble.BaggingClassifier(n_estimators=3, random_state=1), classes),
        ("clusters", lambda: cluster.KMeans(3, random_state=1, n_init=2), None),
        ("components", lambda: make_pipeline(decomposition.PCA(1), linear_model.LinearRegression()), y),
        ("normal", lambda: make_pipeline(preprocessing.Normalizer(), linear_model.LogisticRegression(max_iter=50)), classes),
        ("isolation", lambda: ensemble.IsolationForest(n_estimators=trees, random_state=1), None),
    ])
    settings.update(estimator=name, kinds=kinds, rows=rows, trees=trees, depth=depth, labels=str(classes.dtype))
    fitted = made().fit(x, target)
    zipmap = draw.pick([True, True, False])
    options = {id(fitted): {"zipmap": zipmap}} if name not in ("isolation",) and target is classes else None
    settings["zipmap"] = zipmap if options else None
    proto = to_onnx(fitted, x[:1], target_opset={"": draw.pick([13, 15, 17]), ML: draw.pick([1, 2, 3])}, options=options)
    proto.graph.input[0].name  # noqa: B018 - fails early where the conversion has no input
    rows_of = probe(draw, kinds, thresholds_of(proto), fresh=clean, infinite=False)
    if draw.chance(0.7):
        rows_of = np.where(np.isnan(rows_of) | (np.abs(rows_of) > 1e30), np.float32(0.3), rows_of)
    return {"model": proto, "inputs": [rename(item, proto.graph.input[0].name) for item in requests(draw, rows_of, len(kinds))]}


def pipeline(draw, settings):
    """Columns of numbers and of text, each an input of its own."""
    from skl2onnx import to_onnx
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    rows, numeric, textual = 60, draw.integer(1, 3), draw.integer(1, 2)
    table = pd.DataFrame({f"n{i}": np.float32(clean(draw, draw.pick(["normal", "rounded", "flag"]), rows)) for i in range(numeric)})
    for i in range(textual):
        table[f"s{i}"] = np.array(["a", "b", "é", ""], dtype=object)[draw.rng.integers(0, 4, rows)]
    y = signal(draw, [table[f"n{i}"] for i in range(numeric)], rows)
    encoder = draw.pick([OneHotEncoder(handle_unknown="ignore"), OrdinalEncoder()])
    last, target = draw.pick([(LogisticRegression(max_iter=50), classes_of(y, 3)), (RandomForestClassifier(5, max_depth=4), classes_of(y, 2)), (Ridge(), y)])
    texts = [f"s{i}" for i in range(textual)]
    fitted = make_pipeline(ColumnTransformer([("n", StandardScaler(), [f"n{i}" for i in range(numeric)]), ("s", encoder, texts)]), last).fit(table, target)
    proto = to_onnx(fitted, table[:1], target_opset={"": 17, ML: 3})
    settings.update(numeric=numeric, textual=textual, encoder=type(encoder).__name__, last=type(last).__name__)
    unseen = table.assign(s0=np.array(["a", "new"] * (rows // 2), dtype=object))
    columns = {name: table[[name]].to_numpy() for name in table}
    wide = table.astype({f"n{i}": "f8" for i in range(numeric)})
    requested = [table, table[:1], unseen, wide, columns, {name: array[:2] for name, array in columns.items()}, table[table.columns[::-1]], table.drop(columns="n0"),
                 {name: array.reshape(-1) for name, array in columns.items()}, table.assign(more=1)]
    return {"model": proto, "inputs": requested}


def rename(data, name):
    return {name: data["x"]} if isinstance(data, dict) and "x" in data else data


def thresholds_of(proto):
    found = {}
    for node in proto.graph.node:
        if not node.op_type.startswith("TreeEnsemble"):
            continue
        attributes = {a.name: a for a in node.attribute}
        features = list(attributes["nodes_featureids"].ints)
        values = list(attributes["nodes_values"].floats) if "nodes_values" in attributes else nh.to_array(attributes["nodes_values_as_tensor"].t).tolist()
        for feature, threshold in zip(features, values):
            found.setdefault(int(feature), []).append(threshold)
    return found


def grow(draw, width, count, modes, double):
    """Random trees as the attributes of TreeEnsemble*: nodes only."""
    a = {k: [] for k in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids", "missing_value_tracks_true", "hitrates")}
    leaves = []
    for tree in range(count):
        splits = draw.integer(0, 12)
        total = 2 * splits + 1
        for node in range(total):
            is_leaf = node >= splits
            a["treeids"].append(tree)
            a["nodeids"].append(node)
            a["featureids"].append(0 if is_leaf else draw.integer(0, width - 1))
            threshold = draw.pick([draw.uniform(-2, 2), float(draw.integer(-3, 3)), 0.1])
            a["values"].append(0.0 if is_leaf else threshold if double else float(np.float32(threshold)))
            a["modes"].append("LEAF" if is_leaf else draw.pick(modes))
            a["truenodeids"].append(0 if is_leaf else 2 * node + 1)
            a["falsenodeids"].append(0 if is_leaf else 2 * node + 2)
            a["missing_value_tracks_true"].append(draw.integer(0, 1))
            a["hitrates"].append(1.0)
            if is_leaf:
                leaves.append((tree, node))
    return a, leaves


def ensemble_attributes(draw, a, double):
    made = {f"nodes_{k}": v for k, v in a.items()}
    if not draw.chance(0.6):
        made.pop("nodes_missing_value_tracks_true")
    if double:
        for key in ("nodes_values", "nodes_hitrates"):
            made[f"{key}_as_tensor"] = h.make_tensor(key, T.DOUBLE, [len(made[key])], made.pop(key))
    else:
        made.pop("nodes_hitrates")
    return made


def shared(draw, settings):
    width, trees = draw.integer(1, 5), draw.pick([1, 3, 10, 25])
    double = draw.chance(0.25)
    modes = draw.pick([MODES[:1], MODES[:1], MODES[1:2], MODES[2:3], MODES[3:4], MODES])
    kinds = [draw.pick(["normal", "rounded", "sparse", "integer", "flag"]) for _ in range(width)]
    a, leaves = grow(draw, width, trees, modes, double)
    outputs = draw.integer(1, 4)
    settings.update(width=width, trees=trees, double=double, modes=modes, outputs=outputs)
    found = {}
    for feature, threshold, mode in zip(a["featureids"], a["values"], a["modes"]):
        if mode != "LEAF":
            found.setdefault(feature, []).append(threshold)
    x = probe(draw, kinds, found, infinite=draw.chance(0.5), width=np.float64 if double else np.float32)
    return a, leaves, double, outputs, x, width


def tree_regressor(draw, settings):
    a, leaves, double, outputs, x, width = shared(draw, settings)
    post, aggregate = draw.pick(POSTS), draw.pick(["SUM", "SUM", "AVERAGE", "MIN", "MAX"])
    base = [draw.uniform(-1, 1) for _ in range(outputs)] if draw.chance(0.5) else None
    settings.update(post=post, aggregate=aggregate, base=base)
    entries = [(tree, node, out, draw.rng.normal()) for tree, node in leaves for out in range(outputs) if outputs == 1 or draw.chance(0.7) or out == 0]
    attributes = ensemble_attributes(draw, a, double)
    attributes.update(target_treeids=[e[0] for e in entries], target_nodeids=[e[1] for e in entries], target_ids=[e[2] for e in entries])
    weights(attributes, "target_weights", [e[3] for e in entries], double)
    if base is not None:
        weights(attributes, "base_values", base, double)
    node = h.make_node("TreeEnsembleRegressor", ["x"], ["y"], domain=ML, n_targets=outputs, post_transform=post, aggregate_function=aggregate, **attributes)
    kind = T.DOUBLE if double else T.FLOAT
    proto = model([node], [value("x", kind, ["n", width])], [value("y", T.FLOAT, ["n", outputs])])
    return {"model": proto, "inputs": list(requests(draw, x, width, np.float64 if double else np.float32))}


def weights(attributes, name, values, double):
    if double:
        attributes[f"{name}_as_tensor"] = h.make_tensor(name, T.DOUBLE, [len(values)], values)
    else:
        attributes[name] = [float(np.float32(v)) for v in values]


def tree_classifier(draw, settings):
    a, leaves, double, outputs, x, width = shared(draw, settings)
    post, binary = draw.pick(POSTS), draw.chance(0.3)
    labels = 2 if binary else max(outputs, 2)
    texts = draw.chance(0.4)
    settings.update(post=post, binary=binary, texts=texts)
    entries = [(tree, node, 1 if binary and draw.chance(1) else out, draw.rng.normal() if draw.chance(0.5) else abs(draw.rng.normal()))
               for tree, node in leaves for out in ([1] if binary else range(labels))]
    attributes = ensemble_attributes(draw, a, double)
    attributes.update(class_treeids=[e[0] for e in entries], class_nodeids=[e[1] for e in entries], class_ids=[e[2] for e in entries])
    weights(attributes, "class_weights", [e[3] for e in entries], double)
    if draw.chance(0.3):
        weights(attributes, "base_values", [draw.uniform(-1, 1) for _ in range(labels)], double)
    if texts:
        attributes["classlabels_strings"] = ["no", "yes", "maybe", "ünï"][:labels]
    else:
        attributes["classlabels_int64s"] = [3, -5, 0, 7][:labels]
    nodes = [h.make_node("TreeEnsembleClassifier", ["x"], ["label", "scores"], domain=ML, post_transform=post, **attributes)]
    kind = T.DOUBLE if double else T.FLOAT
    outs = [value("label", T.STRING if texts else T.INT64, ["n"])]
    if draw.chance(0.4):
        key = "classlabels_strings" if texts else "classlabels_int64s"
        nodes.append(h.make_node("ZipMap", ["scores"], ["maps"], domain=ML, **{key: attributes[key]}))
        maps = h.make_sequence_type_proto(h.make_map_type_proto(T.STRING if texts else T.INT64, h.make_tensor_type_proto(T.FLOAT, None)))
        outs.append(h.make_value_info("maps", maps))
    else:
        outs.append(value("scores", T.FLOAT, ["n", labels]))
    proto = model(nodes, [value("x", kind, ["n", width])], outs)
    return {"model": proto, "inputs": list(requests(draw, x, width, np.float64 if double else np.float32))}


def network(draw, settings):
    width, kind = draw.integer(1, 12), draw.pick([T.FLOAT, T.FLOAT, T.DOUBLE])
    dtype = np.float32 if kind == T.FLOAT else np.float64
    nodes, constants, last, size, layers = [], {}, "x", width, []
    for layer in range(draw.integer(1, 4)):
        hidden = draw.integer(1, 24)
        constants[f"w{layer}"] = (draw.rng.normal(size=(size, hidden)) / np.sqrt(size)).astype(dtype)
        constants[f"b{layer}"] = draw.rng.normal(size=hidden).astype(dtype)
        activation = draw.pick(["Relu", "Tanh", "Sigmoid", "Softmax", "LeakyRelu", "Identity"] + (["Elu", "Softplus", "Selu"] if kind == T.FLOAT else []))
        layers.append((hidden, activation))
        nodes += [h.make_node("Gemm", [last, f"w{layer}", f"b{layer}"], [f"g{layer}"]), h.make_node(activation, [f"g{layer}"], [f"a{layer}"])]
        last, size = f"a{layer}", hidden
    settings.update(width=width, layers=layers, element=kind)
    proto = model(nodes, [value("x", kind, ["n", width])], [value(last, kind, ["n", size])], constants)
    x = draw.rng.normal(size=(30, width)) * 10 ** draw.uniform(-2, 2)
    return {"model": proto, "inputs": list(requests(draw, x, width, dtype))}


def elementwise(draw, settings):
    width = draw.integer(1, 4)
    operations = [draw.pick(["Abs", "Neg", "Floor", "Ceil", "Round", "Relu", "Sign", "Exp", "Log", "Sqrt", "Erf", "Sigmoid", "Tanh", "Sin", "Cos", "Atan", "Reciprocal",
                             "Clip", "Softmax", "Gelu", "HardSigmoid", "IsNaN", "Cast"]) for _ in range(draw.integer(1, 4))]
    nodes, outputs = [], []
    for at, name in enumerate(operations):
        inputs, extra, kind = ["x"], {}, T.FLOAT
        if name == "Clip":
            inputs += ["low", "high"]
        if name == "Cast":
            kind = draw.pick([T.INT32, T.INT64, T.DOUBLE, T.BOOL])
            extra["to"] = kind
        if name == "IsNaN":
            kind = T.BOOL
        nodes.append(h.make_node(name, inputs, [f"y{at}"], **extra))
        outputs.append(value(f"y{at}", kind, ["n", width]))
    settings.update(width=width, operations=operations)
    proto = model(nodes, [value("x", T.FLOAT, ["n", width])], outputs, {"low": np.float32(-0.5), "high": np.float32(1.5)}, opset=20)
    x = np.float32(np.stack([clean(draw, draw.pick(["normal", "rounded", "wide", "skewed"]), 24) for _ in range(width)], 1))
    x = np.clip(x, -1e5, 1e5)
    return {"model": proto, "inputs": list(requests(draw, x, width))}


def mixed(draw, settings):
    """Several inputs of several types, several outputs."""
    kinds = [draw.pick(["float", "double", "int64", "int32", "bool", "string"]) for _ in range(draw.integer(2, 5))]
    types = {"float": T.FLOAT, "double": T.DOUBLE, "int64": T.INT64, "int32": T.INT32, "bool": T.BOOL, "string": T.STRING}
    shape = draw.pick([["n"], ["n", 1]])
    nodes, inputs, outputs, rows = [], [], [], 12
    columns = {}
    for at, kind in enumerate(kinds):
        operation = "Identity" if kind in ("bool", "string") else draw.pick(["Identity", "Neg", "Abs"])
        nodes.append(h.make_node(operation, [f"i{at}"], [f"o{at}"]))
        inputs.append(value(f"i{at}", types[kind], shape))
        outputs.append(value(f"o{at}", types[kind], shape))
        numbers_of = draw.rng.normal(size=rows) * 10
        columns[f"i{at}"] = {"float": lambda v=numbers_of: v.astype("f4"), "double": lambda v=numbers_of: v, "int64": lambda v=numbers_of: v.astype("i8"),
                             "int32": lambda v=numbers_of: v.astype("i4"), "bool": lambda v=numbers_of: v > 0,
                             "string": lambda: np.array(["a", "é", "", "😀"], dtype=object)[draw.rng.integers(0, 4, rows)]}[kind]()
    settings.update(kinds=kinds, shape=shape)
    proto = model(nodes, inputs, outputs)
    table = pd.DataFrame(columns)
    tensors = {name: array.reshape([-1, 1][: len(shape)]) for name, array in columns.items()}
    wide = {name: array.astype("f8") if array.dtype == np.float32 else array for name, array in tensors.items()}
    requested = [table, table[:1], table[list(reversed(columns))], tensors, wide, dict(list(tensors.items())[:-1]), table.assign(more=1), next(iter(tensors.values())),
                 table.astype({name: "f8" for name, array in columns.items() if array.dtype == np.float32})]
    onnx.checker.check_model(proto)
    return {"model": proto, "inputs": requested}
