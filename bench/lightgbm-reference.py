"""LightGBM's and lleaves' side of the LightGBM bench: one thread each, timed on request.

Usage: lightgbm-reference.py FOLDER. Trains 500 trees of 31 leaves on 10 features, writes FOLDER/lightgbm.txt and the rows
FOLDER/lightgbm-{full,missing}.f64 (float64, row-major, 100,000 x 10); then answers each line `PEER KIND ROWS REPEATS` on
stdin with the seconds of each call, as JSON, and leaves the answer of the last call in FOLDER/lightgbm-answer.f64. lleaves is
left out where it is not installed.
"""
import json
import os
import sys
import time

import lightgbm as lgb
import numpy as np

try:
    import lleaves
except ImportError:
    lleaves = None

(folder,) = sys.argv[1:]
file = os.path.join(folder, "lightgbm.txt")
random = np.random.default_rng(3)
features = np.round(random.normal(size=(4000, 10)), 3)
target = features[:, 0] * 3 + np.sin(features[:, 1] * 4) + features[:, 2] * features[:, 3] + random.normal(0, 0.3, 4000)
holes = np.where(random.random(features.shape) < 0.05, np.nan, features)
params = {"objective": "regression", "num_leaves": 31, "learning_rate": 0.05, "num_threads": 1, "verbosity": -1, "seed": 1}
lgb.train(params, lgb.Dataset(holes, target), 500).save_model(file)
booster = lgb.Booster(model_file=file)
full = np.ascontiguousarray(features[random.integers(0, len(features), 100_000)] + random.normal(0, 1e-3, (100_000, 10)))
rows = {"full": full, "missing": np.where(random.random(full.shape) < 0.1, np.nan, full)}
for kind, values in rows.items():
    values.tofile(os.path.join(folder, f"lightgbm-{kind}.f64"))
peers = {"lightgbm": lambda part: booster.predict(part, num_threads=1)}
if lleaves is not None:
    compiled = lleaves.Model(model_file=file)
    compiled.compile()
    peers["lleaves"] = lambda part: compiled.predict(part, n_jobs=1)
print(json.dumps({"version": lgb.__version__, "peers": list(peers)}), flush=True)
for line in sys.stdin:
    peer, kind, count, repeats = line.split()
    part = rows[kind][: int(count)]
    seconds = []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        answer = peers[peer](part)
        seconds.append(time.perf_counter() - start)
    answer.tofile(os.path.join(folder, "lightgbm-answer.f64"))
    print(json.dumps(seconds), flush=True)
