"""Stands in for MLflow's tests/conftest.py: sends every `mlflow models …` of a test to Slipway, and records in a store of its own.

SLIPWAY: the command. SLIPWAY_TESTED_STORE: sqlite or file.
"""

import functools
import os
import re
import shlex
import subprocess
import sys
import warnings

import mlflow
import mlflow.sklearn
import pytest
from click.testing import CliRunner
from mlflow.exceptions import MlflowException
from mlflow.models import cli as models_cli
from mlflow.utils.process import ShellCommandException

slipway = shlex.split(os.environ["SLIPWAY"])

# What no command line can do, with the reason.
impossible = {
    "test_env_manager_warning_for_use_of_conda": "counts the calls of a Python function that it replaces",
    "test_change_conda_env_root_location": "calls a Python function, not the command line",
    "test_update_model_requirements_add": "calls a Python function, not the command line",
    "test_update_model_requirements_remove": "calls a Python function, not the command line",
}
# What they look for at the end, when the answers have been compared.
different = {"test_serve_uvicorn_opts": "looks for the command line of uvicorn in the log"}
# What needs a tool that is not here.
needed = {"test_mlflow_is_not_installed_unless_specified": "conda"}


class Refused(MlflowException, ShellCommandException):
    """What the tests expect of a command that fails, be it refused or ended."""


def pytest_configure(config):
    config.addinivalue_line("markers", "allow_infer_pip_requirements_fallback")


def pytest_collection_modifyitems(items):
    for item in items:
        name = item.originalname
        if name in impossible:
            item.add_marker(pytest.mark.skip(reason=impossible[name]))
        if name in different:
            item.add_marker(pytest.mark.xfail(reason=different[name], raises=AssertionError, strict=True))
        if name in needed and not _is_there(needed[name]):
            item.add_marker(pytest.mark.skip(reason=f"needs {needed[name]}"))
        if name.startswith("test_build_docker"):
            item.add_marker(pytest.mark.skip(reason="needs Docker, Docker Hub and a source tree of MLflow"))


def _is_there(program):
    return subprocess.run(["which", program], stdout=subprocess.DEVNULL, check=False).returncode == 0


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kind = os.environ.get("SLIPWAY_TESTED_STORE", "sqlite")
    uri = f"sqlite:///{tmp_path}/mlflow.db" if kind == "sqlite" else str(tmp_path / "mlruns")
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    yield
    while mlflow.active_run() is not None:
        mlflow.end_run()


def _replaced(args):
    """`mlflow models …`, however it is started, with Slipway in its place."""
    if isinstance(args, (str, bytes)):
        return args
    given = [os.fspath(arg) for arg in args]
    for start in (["mlflow", "models"], [sys.executable, "-m", "mlflow", "models"]):
        if given[: len(start)] == start:
            return [*slipway, "models", *given[len(start) :]]
    return args


# Since 3.7 models of nearest neighbours can be saved only so.
for save in ("log_model", "save_model"):
    setattr(
        mlflow.sklearn,
        save,
        functools.partial(getattr(mlflow.sklearn, save), serialization_format="cloudpickle"),
    )

start_process = subprocess.Popen.__init__
start_command = CliRunner.invoke


def _start_process(self, args, *more, **options):
    start_process(self, _replaced(args), *more, **options)


def _start_command(self, cli, args=None, **options):
    if models_cli.commands.commands.get(cli.name) is not cli:
        return start_command(self, cli, args, **options)
    ended = subprocess.run([*slipway, "models", cli.name, *args], capture_output=True, text=True, check=False)
    for line in re.findall(r"(?im)^.*discouraged.*$", ended.stderr):
        warnings.warn(line, UserWarning, stacklevel=2)
    if ended.returncode != 0:
        raise Refused(f"Non-zero exit code: {ended.returncode}\n{ended.stderr}")
    return ended


subprocess.Popen.__init__ = _start_process
CliRunner.invoke = _start_command
