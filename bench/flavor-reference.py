"""The library's side of the flavors bench, on one thread, timed on request.

Usage: flavor-reference.py LIBRARY MODEL_FOLDER ROWS_FILE (float64, row-major). LIBRARY: lightgbm, lleaves, catboost or onnx.
Answers each line `ROWS REPEATS` on stdin with the seconds of each call, as JSON.
"""
import glob
import json
import os
import sys
import time

import numpy as np

library, folder, rows_file = sys.argv[1:]
file = [f for f in glob.glob(os.path.join(folder, "model.*"))][0]
rows = np.fromfile(rows_file, dtype=np.float64).reshape(-1, 10)

if library == "lightgbm":
    import lightgbm

    booster = lightgbm.Booster(model_file=file)
    predict = lambda part: booster.predict(part, num_threads=1)
elif library == "lleaves":
    import lleaves

    compiled = lleaves.Model(model_file=file)
    compiled.compile(cache=os.path.join(os.path.dirname(rows_file), "lleaves.bin"))
    predict = lambda part: compiled.predict(part, n_jobs=1)
elif library == "catboost":
    import catboost

    model = catboost.CatBoostRegressor().load_model(file)
    predict = lambda part: model.predict(part, thread_count=1)
else:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    rows = rows.astype(np.float32)
    predict = lambda part: session.run(None, {name: part})

print(json.dumps({"library": library}), flush=True)
for line in sys.stdin:
    count, repeats = map(int, line.split())
    part = rows[:count].copy()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        predict(part)
        seconds.append(time.perf_counter() - start)
    print(json.dumps(seconds), flush=True)
