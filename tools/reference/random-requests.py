"""Asks MLflow's own scoring server random requests to random models, and records its answers as a corpus.

    python random-requests.py SEED COUNT FOLDER [--kind KIND] [--first N] [--requests N]

COUNT models of each kind, numbered from N (default 0), and N requests (default 100) to each. KIND: `echo` (a model of
Python that answers what it was given, behind a random signature), `identity` (an ONNX model that does), `sklearn`, or a
library of random_models; may be given several times, default all. FOLDER becomes a corpus (README.md), or grows.
"""
import argparse
import itertools
import json
import logging
import os
import pathlib
import shutil
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import mlflow  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402
from mlflow.pyfunc import scoring_server  # noqa: E402

from random_models.draw import Draw  # noqa: E402
from random_requests.bodies import request  # noqa: E402
from random_requests.model_kinds import KINDS, make_model  # noqa: E402
from random_requests.recording import answer_of, cli_of  # noqa: E402

logging.disable(logging.CRITICAL)


def record(kind, seed, number, folder, requests):
    name = f"{kind}-{seed}-{number}"
    path = folder / "models" / name
    shutil.rmtree(path, ignore_errors=True)
    draw = Draw([KINDS.index(kind), seed, number, 77])
    made = make_model(kind, draw, path)
    client = TestClient(scoring_server.init(mlflow.pyfunc.load_model(str(path))), raise_server_exceptions=False, follow_redirects=False)
    lines, cli = [], []
    for at in range(requests):
        content_type, body = request(draw, made["table"], made["params"], made["tensor"])
        lines.append({"id": f"{name}/{at}", "model": name, **answer_of(client, content_type, body), "numeric": made["numeric"]})
        if at % 5 == 0 and content_type in ("application/json", "text/csv") and is_plain(body):
            cli.append({"id": f"{name}/cli-{at}", "model": name, **cli_of(path, content_type, body)})
    for room, text in (("cases", lines), ("cli", cli)):
        (folder / room).mkdir(exist_ok=True)
        (folder / room / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in text))
    return {"model": name, "family": kind, "numeric": made["numeric"], "needs_python": kind in ("echo", "sklearn"), "settings": made["settings"]}


def is_plain(body):
    """The command reads JSON as UTF-8 without a byte order mark, whatever the server reads."""
    try:
        return not body.decode().startswith("\ufeff") and b"\0" not in body[:4]
    except UnicodeDecodeError:
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--kind", choices=KINDS, action="append")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--requests", type=int, default=100)
    options = parser.parse_args()
    (options.folder / "models").mkdir(parents=True, exist_ok=True)
    index = options.folder / "index.json"
    entries = json.loads(index.read_text())["models"] if index.exists() else []
    started = time.time()
    numbers = range(options.first, options.first + options.count)
    for kind, number in itertools.product(options.kind or KINDS, numbers):
        try:
            entry = record(kind, options.seed, number, options.folder, options.requests)
        except Exception as error:  # noqa: BLE001 - not every combination can be made
            print(f"{kind}-{options.seed}-{number}: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
            continue
        entries = [*(other for other in entries if other["model"] != entry["model"]), entry]
    index.write_text(json.dumps({"models": entries}, indent=1, default=str))
    print(f"{len(entries)} models, {time.time() - started:.1f} s")


if __name__ == "__main__":
    main()
