"""Records test/fixtures/python-corpus: a model of plain Python with few requirements, for images that install them.

Usage: "$(tools/reference/setup.sh)/bin/python" tools/reference/record-python-model.py
The form of the files, the requests and how answers are written down are those of record-corpus.py.
"""

import importlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import mlflow.pyfunc
import pandas as pd
from mlflow.models import infer_signature
from mlflow.pyfunc import scoring_server
from fastapi.testclient import TestClient

sys.path.insert(0, str(Path(__file__).resolve().parent))
corpus = importlib.import_module("record-corpus")

root = corpus.root.parent / "python-corpus"

# MLflow without what only tracking servers and projects need.
requirements = ["mlflow-skinny==3.17.2", "pandas==3.1.1"]

loader = '''"""Scores a frame of two numbers and a text."""


class Model:
    def __init__(self, factor):
        self.factor = factor

    def predict(self, frame):
        weight = frame["kind"].str.len()
        return frame.assign(score=frame["x"] * self.factor + frame["n"] * weight)[["kind", "score"]]


def _load_pyfunc(path):
    with open(path) as source:
        return Model(float(source.read()))
'''


def save(folder, frame):
    with tempfile.TemporaryDirectory() as scratch:
        code = Path(scratch, "frame_model.py")
        code.write_text(loader)
        data = Path(scratch, "factor.txt")
        data.write_text("2.5")
        mlflow.pyfunc.save_model(
            str(folder), loader_module="frame_model", code_paths=[str(code)], data_path=str(data),
            signature=infer_signature(frame), pip_requirements=requirements)
    for cache in folder.rglob("__pycache__"):
        shutil.rmtree(cache)


def main():
    shutil.rmtree(root, ignore_errors=True)
    corpus.watch_stages()
    frame = pd.DataFrame({"x": [1.5, -2.0, 0.25], "n": [3, -7, 0], "kind": ["a", "bcd", "é"]})
    folder = root / "models" / "frame"
    folder.parent.mkdir(parents=True)
    save(folder, frame)
    client = TestClient(scoring_server.init(mlflow.pyfunc.load_model(str(folder))),
                        base_url="http://127.0.0.1:5000", raise_server_exceptions=False, follow_redirects=False)
    lines = [corpus.record(client, "frame", "exact", request) for request in corpus.requests_for(frame)]
    corpus.write_lines(root / "cases" / "frame.jsonl", lines)
    index = {"model": "frame", "family": "pyfunc", "numeric": "exact", "needs_python": True,
             "has_signature": True, "cases": len(lines), "cli_cases": 0}
    versions = {"mlflow": mlflow.__version__, "pandas": pd.__version__}
    (root / "index.json").write_text(json.dumps({"versions": versions, "models": [index]}, indent=1) + "\n")
    print(len(lines), sum(line["response"]["status"] == 200 for line in lines))


if __name__ == "__main__":
    main()
