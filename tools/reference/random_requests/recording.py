"""One request and MLflow's answer, in the form of the corpus."""
import base64
import json
import tempfile
from pathlib import Path

from mlflow.pyfunc import scoring_server


def answer_of(client, content_type, body):
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = client.post("/invocations", headers=headers, content=body)
    compare, error_code = judge(answer.text)
    try:
        text, encoding = body.decode(), "utf-8"
    except UnicodeDecodeError:
        text, encoding = base64.b64encode(body).decode(), "base64"
    line = {"request": {"method": "POST", "path": "/invocations", "headers": headers, "body": text, "body_encoding": encoding},
            "response": {"status": answer.status_code, "content_type": answer.headers.get("content-type"), "body": shorten(answer.text)}, "compare": compare}
    return {**line, "error_code": error_code} if error_code else line


def shorten(text):
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return json.dumps({**value, "stack_trace": "<trace>"}) if isinstance(value, dict) and "stack_trace" in value else text


def judge(text):
    try:
        value = json.loads(text)
    except ValueError:
        return "text", None
    if isinstance(value, dict) and "error_code" in value:
        return "status+error_code", value["error_code"]
    return "json-numeric", None


def cli_of(folder, content_type, body):
    """What `mlflow models predict` makes of a file with this body."""
    kind = "csv" if content_type == "text/csv" else "json"
    with tempfile.TemporaryDirectory() as scratch:
        source, sink = Path(scratch, "in"), Path(scratch, "out")
        source.write_bytes(body)
        line = {"content_type": kind, "input": body.decode()}
        try:
            scoring_server._predict(str(folder), str(source), str(sink), kind)
        except Exception as error:  # noqa: BLE001 - whatever MLflow raises is the answer
            return {**line, "ok": False, "error_type": type(error).__name__, "error": str(error)[:300], "compare": "fails"}
        output = sink.read_text()
        return {**line, "ok": True, "output": output, "compare": "json-numeric"}
