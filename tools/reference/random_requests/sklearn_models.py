"""Random estimators of scikit-learn, and statsmodels' results: they are scored by their own Python."""
import mlflow
import numpy as np
import pandas as pd

from random_models.draw import classes_of, names_of, signal

from . import model_kinds

LABELS = [[0, 1, 2], ["no", "yes", "maybe"], [-3, 10, 7], [False, True, True], [0.5, 1.5, -1.0]]


def make_sklearn(draw, path):
    from sklearn import cluster, decomposition, ensemble, linear_model, naive_bayes, neighbors, preprocessing, svm, tree
    from sklearn.pipeline import make_pipeline

    rows, width = 80, draw.integer(1, 5)
    x = np.round(draw.rng.normal(size=(rows, width)), 2)
    y = signal(draw, list(x.T), rows)
    labels = np.array(draw.pick(LABELS))[classes_of(y, draw.pick([2, 3]))]
    frame = pd.DataFrame(x, columns=names_of(draw, width))
    if draw.chance(0.4):
        frame[frame.columns[0]] = draw.rng.integers(0, 5, rows)
    made, target = draw.pick([
        (ensemble.RandomForestClassifier(5, random_state=1), labels), (ensemble.RandomForestRegressor(5, random_state=1), y), (tree.DecisionTreeRegressor(max_depth=4), y),
        (ensemble.HistGradientBoostingRegressor(max_iter=5), y), (ensemble.GradientBoostingClassifier(n_estimators=4), labels), (linear_model.LinearRegression(), y),
        (linear_model.LogisticRegression(), labels), (svm.SVC(), labels), (neighbors.KNeighborsClassifier(3), labels), (naive_bayes.GaussianNB(), labels),
        (make_pipeline(preprocessing.StandardScaler(), linear_model.Ridge()), y), (cluster.KMeans(3, n_init=2, random_state=1), None), (linear_model.LinearRegression(), np.stack([y, -y], 1)),
        (make_pipeline(preprocessing.OneHotEncoder(handle_unknown="ignore"), tree.DecisionTreeClassifier()), labels), (ensemble.IsolationForest(random_state=1, n_estimators=5), None)])
    data = frame if draw.chance(0.7) else frame.to_numpy()
    fitted = made.fit(data, target)
    signature, tensor, params = model_kinds.sign(draw, frame, "sklearn")
    function = "predict_proba" if hasattr(fitted, "predict_proba") and draw.chance(0.4) else "predict"
    mlflow.sklearn.save_model(fitted, str(path), signature=signature, pip_requirements=["scikit-learn"], pyfunc_predict_fn=function, serialization_format=draw.pick(["skops", "cloudpickle", "pickle"]))
    return {"table": model_kinds.table_of(frame, draw), "params": params, "tensor": tensor, "numeric": "blas", "settings": {"estimator": str(made), "signature": str(signature)}}
