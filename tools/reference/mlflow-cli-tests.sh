#!/usr/bin/env bash
# Runs MLflow's own tests of its command line (tests/models/test_cli.py) with `slipway models` in place of `mlflow models`.
# Usage: mlflow-cli-tests.sh CHECKOUT [sqlite | file] [arguments of pytest]
# CHECKOUT: a source tree of MLflow (git clone --depth 1 -b v3.6.0 https://github.com/mlflow/mlflow), of which two files are
# read; nothing of it is run but these tests, against the MLflow of setup.sh.
set -euo pipefail
checkout=${1:?usage: mlflow-cli-tests.sh CHECKOUT [sqlite | file] [arguments of pytest]}
store=${2:-sqlite}
shift; shift || true
root=$(cd "$(dirname "$0")/../.." && pwd)
reference=$("$root/tools/reference/setup.sh" reference)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/tests/models"
touch "$work/tests/__init__.py" "$work/tests/models/__init__.py"
cp "$checkout/tests/models/test_cli.py" "$work/tests/models"
cp "$checkout/tests/helper_functions.py" "$work/tests"
cp "$root/tools/reference/mlflow_cli_tests/conftest.py" "$work/tests"
node "$root/tools/build.mjs" >&2
cd "$work"
PATH="$reference/bin:$PATH" \
SLIPWAY="node $root/dist/cli/main.js" SLIPWAY_TESTED_STORE="$store" SLIPWAY_CACHE="$work/cache" MLFLOW_ENV_ROOT="$work/envs" \
MLFLOW_DISABLE_TELEMETRY=true MLFLOW_ALLOW_FILE_STORE=true PYTHONDONTWRITEBYTECODE=1 \
  python -m pytest tests/models/test_cli.py -p no:cacheprovider --tb=short -rsx -q "$@"
