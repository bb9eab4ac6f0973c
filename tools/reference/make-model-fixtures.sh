#!/usr/bin/env bash
# Saves test/fixtures/models anew with four versions of MLflow, each under a Python of its time.
# Needs python3.8, 3.10 and 3.11 on PATH or under ${PYENV_ROOT:-~/.pyenv}/versions. Environments are kept beside the reference's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-reference
models=$(cd "$here/../.." && pwd)/test/fixtures/models

find_python() { # minor version, such as 3.8
  ls "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python 2>/dev/null | head -n 1 | grep . || command -v "python$1"
}

make_models() { # folder, Python, packages...
  local folder=$1 python=$2 env
  shift 2
  env=$cache/$folder
  if [ ! -e "$env/.installed" ]; then
    "$(find_python "$python")" -m venv --clear "$env"
    "$env/bin/python" -m pip install -q -U pip 'setuptools<70' wheel >&2
    "$env/bin/python" -m pip install -q "$@" >&2
    touch "$env/.installed"
  fi
  "$env/bin/python" -W ignore "$here/make-model-fixtures.py" "$models/$folder"
}

make_models mlflow-1.30 3.8 mlflow==1.30.1 xgboost==1.6.2 scikit-learn==1.1.3 pandas==1.5.3 numpy==1.23.5
make_models mlflow-2.9 3.10 mlflow==2.9.2 xgboost==2.0.3 scikit-learn==1.3.2 pandas==2.1.4 numpy==1.26.4
make_models mlflow-2.22 3.11 mlflow==2.22.0 xgboost==3.0.2 scikit-learn==1.6.1 pandas==2.2.3 numpy==2.2.6
"$("$here/setup.sh")/bin/python" -W ignore "$here/make-model-fixtures.py" "$models/mlflow-3.17"
