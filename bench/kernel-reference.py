"""XGBoost's side of the kernel bench: one thread, `inplace_predict`, timed on request.

Usage: kernel-reference.py MODEL_FILE FOLDER. Writes FOLDER/kernel-model.json and the rows FOLDER/rows-{full,missing}.f32
(float32, row-major, 100,000 x features); then answers each line `KIND ROWS REPEATS` on stdin with the seconds of each call, as JSON,
and leaves the margins of the last call in FOLDER/margins.f32.
"""
import json
import os
import sys
import time

import numpy as np
import xgboost as xgb
from sklearn.datasets import load_diabetes

model_file, folder = sys.argv[1:]
booster = xgb.Booster(model_file=model_file)
booster.set_param({"nthread": 1})
booster.save_model(os.path.join(folder, "kernel-model.json"))
random = np.random.default_rng(3)
data = load_diabetes().data
full = data[random.integers(0, len(data), 100_000)] + random.normal(0, 1e-3, (100_000, data.shape[1]))
full = full.astype(np.float32)
missing = np.where(random.random(full.shape) < 0.1, np.float32("nan"), full)
rows = {"full": full, "missing": missing}
for kind, values in rows.items():
    values.tofile(os.path.join(folder, f"rows-{kind}.f32"))
print(json.dumps({"version": xgb.__version__, "features": data.shape[1]}), flush=True)
for line in sys.stdin:
    kind, count, repeats = line.split()
    part = rows[kind][: int(count)]
    seconds = []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        margins = booster.inplace_predict(part, predict_type="margin")
        seconds.append(time.perf_counter() - start)
    margins.astype(np.float32).tofile(os.path.join(folder, "margins.f32"))
    print(json.dumps(seconds), flush=True)
