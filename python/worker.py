"""Slipway's worker: loads one MLflow model and answers the messages of its parent over descriptor 3.

Standard library only until the model is imported; written for Python 3.6 and newer, MLflow 1 to 3.

A message is a frame: u32 (little endian) length of all that follows, u32 length of the header, the header
(UTF-8 JSON), then buffers whose lengths stand in the header's `buffers`. What the model prints goes to the
log (descriptors 1 and 2) and can never get between frames.

Requests are answered by threads that take turns at the socket: the kernel wakes one of those that wait, it
reads one message, lets the next one wait for more, and works on what it has. So a request is never handed
from thread to thread, and a cancellation is read while others compute.
"""

import inspect
import io
import json
import logging
import os
import select
import signal
import socket
import struct
import sys
import threading
import traceback

PROTOCOL = 1
MAX_FRAME_BYTES = 2**31
SMALL_BYTES = 64 * 1024
MESSAGE_LIMIT = 4000
TRACE_LIMIT = 4000

# What MLflow calls these in its MLmodel files and environment.
FORMATS = ("dataframe_records", "dataframe_split", "inputs", "instances")
NANOSECONDS = {"D": 86400 * 10**9, "s": 10**9, "ms": 10**6, "us": 1000, "ns": 1}
SERVING_VARIABLE = "_MLFLOW_IS_IN_SERVING_ENVIRONMENT"

log = logging.getLogger("slipway.worker")


# ---------------------------------------------------------------------------------------------------------
# Messages


class Channel:
    """The socket to the parent. `read` is called by one thread at a time, `send` by any."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.socket = socket.socket(fileno=descriptor)
        self.socket.setblocking(True)
        self.writing = threading.Lock()
        self.scratch = bytearray(SMALL_BYTES)
        self.view = memoryview(self.scratch)

    def read(self):
        """The next message as (header, buffers); buffers are writable and each has memory of its own."""
        view = self.view
        self._fill(view[:8])
        frame_bytes, header_bytes = struct.unpack_from("<II", self.scratch)
        rest = frame_bytes - 4
        if rest <= SMALL_BYTES:
            self._fill(view[:rest])
            header = json.loads(bytes(view[:header_bytes]).decode("utf-8"))
            return header, self._cut(header.get("buffers"), header_bytes)
        text = bytearray(header_bytes)
        self._fill(memoryview(text))
        header = json.loads(text.decode("utf-8"))
        buffers = [bytearray(length) for length in header.get("buffers", ())]
        for buffer in buffers:
            self._fill(memoryview(buffer))
        return header, buffers

    def _cut(self, lengths, start):
        if not lengths:
            return ()
        buffers = []
        for length in lengths:
            buffers.append(self.scratch[start : start + length])
            start += length
        return buffers

    def _fill(self, view):
        receive = self.socket.recv_into
        while view:
            count = receive(view)
            if count == 0:
                os._exit(0)
            view = view[count:]

    def send(self, header, buffers=()):
        """Writes one message. Ends the process when nobody listens any more."""
        if buffers:
            header["buffers"] = [memoryview(buffer).nbytes for buffer in buffers]
        text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode("ascii")
        size = sum(header["buffers"]) if buffers else 0
        frame = struct.pack("<II", 4 + len(text) + size, len(text)) + text
        if 4 + len(text) + size > MAX_FRAME_BYTES:
            raise ValueError("a message of %d bytes is too long" % (len(text) + size))
        try:
            with self.writing:
                if size <= SMALL_BYTES:
                    self.socket.sendall(b"".join([frame] + [bytes(b) for b in buffers]) if size else frame)
                else:
                    self.socket.sendall(frame)
                    for buffer in buffers:
                        self.socket.sendall(memoryview(buffer).cast("B"))
        except OSError:
            os._exit(1)


class Turns:
    """Lets one of the waiting threads know that a message has come. `done` lets the next one wait."""

    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.lock = threading.Lock()
        self.poll = None
        if hasattr(select, "epoll"):
            made = select.epoll()
            # Out of the model's way, which may close what it takes for its own descriptors.
            self.poll = select.epoll.fromfd(out_of_the_way(made.fileno()))
            made.close()
            self.mask = select.EPOLLIN | select.EPOLLONESHOT
            self.poll.register(descriptor, self.mask)

    def wait(self):
        if self.poll is None:
            self.lock.acquire()
            return
        while not self.poll.poll(-1, 1):
            pass

    def done(self):
        if self.poll is None:
            self.lock.release()
        else:
            self.poll.modify(self.descriptor, self.mask)


# ---------------------------------------------------------------------------------------------------------
# Data: what the parent sends, as the objects that MLflow would have made of it


class Reader:
    """Turns the nodes of a request into Python objects.

    JSON scalars and lists stand for themselves; everything else is an object with one key that says what it
    is. Numbers are laid over the memory of their buffer, which belongs to this request alone.
    """

    def __init__(self, layout=None, enforced=False):
        import numpy
        import pandas

        self.enforced = enforced
        self.np = numpy
        self.pd = pandas
        self.pandas_major = int(pandas.__version__.split(".")[0])
        # Made once, since pandas looks its name up each time.
        self.text = pandas.StringDtype(na_value=numpy.nan) if self.pandas_major >= 3 else None
        self.indexes = {}
        self.layout = None
        if layout is not None:
            self.layout = self._make_index(layout)
        self.tags = {
            "array": self.array,
            "bytes": lambda body, buffers: bytes(buffers[body]),
            "dict": lambda body, buffers: {key: self.read(value, buffers) for key, value in body},
            "float": lambda body, buffers: float(body),
            "frame": self.frame,
            "int": lambda body, buffers: int(body),
            "scalar": lambda body, buffers: self.np.dtype(body[0]).type(self.read(body[1], buffers)),
            "time": lambda body, buffers: self._time(body),
        }

    def read(self, node, buffers):
        kind = type(node)
        if kind is list:
            return [self.read(item, buffers) for item in node]
        if kind is not dict:
            return node
        ((tag, body),) = node.items()
        return self.tags[tag](body, buffers)

    def params(self, node, buffers):
        """Params, among which MLflow makes dates and datetimes of Python's own."""
        return {key: self._plain_time(value) for key, value in self.read(node, buffers).items()}

    def _plain_time(self, value):
        if isinstance(value, list):
            return [self._plain_time(item) for item in value]
        return value.item() if isinstance(value, self.np.datetime64) else value

    def _time(self, body):
        # Counted here: not every date of Python's fits into 64 bits of nanoseconds.
        nanoseconds, unit = body
        return self.np.datetime64(int(nanoseconds) // NANOSECONDS[unit], unit)

    def numbers(self, dtype, buffer, shape):
        if dtype == "float16":
            return self.np.frombuffer(buffer, "float32").astype("float16").reshape(shape)
        return self.np.frombuffer(buffer, dtype).reshape(shape)

    def array(self, body, buffers):
        dtype, shape, content = body
        if dtype in ("str", "bytes"):
            cells = self._cells(content, buffers, None)
            return self.np.array(cells, dtype="U" if dtype == "str" else "S").reshape(shape)
        if dtype == "object":
            return self._objects(self.read(content, buffers)).reshape(shape)
        return self.numbers(dtype, buffers[content], shape)

    def frame(self, body, buffers):
        rows = body["rows"]
        labels = body.get("labels")
        columns = self.layout if labels is None else self._index(labels)
        blocks = body["blocks"]
        if len(blocks) == 1 and blocks[0][1] is None:
            values = self.numbers(blocks[0][0], buffers[blocks[0][2]], (len(columns), rows))
            frame = self.pd.DataFrame(values.T, columns=columns, copy=False)
        else:
            frame = self._assemble(blocks, columns, rows, buffers)
        if "index" in body:
            frame.index = self.pd.Index([self._cell(cell) for cell in self.read(body["index"], buffers)])
        return frame

    def _assemble(self, blocks, columns, rows, buffers):
        if len(columns) == 0:
            return self.pd.DataFrame(index=self.pd.RangeIndex(rows))
        arrays = [None] * len(columns)
        for dtype, positions, content in blocks:
            if isinstance(content, int):
                values = self.numbers(dtype, buffers[content], (len(positions), rows))
                for place, position in enumerate(positions):
                    arrays[position] = values[place]
            else:
                arrays[positions[0]] = self._column(dtype, content, buffers)
        frame = self.pd.DataFrame(dict(enumerate(arrays)))
        frame.columns = columns
        return frame

    def _column(self, dtype, content, buffers):
        if dtype.startswith("datetime64"):
            ticks = self.np.frombuffer(buffers[content[0]], dtype)
            return self.pd.DatetimeIndex(ticks).tz_localize("UTC").tz_convert(content[1]).array
        if dtype == "str" and self.text is not None:
            return self.pd.array(self._cells(content, buffers, None), dtype=self.text)
        column = self._objects([self._cell(cell) for cell in self._cells(content, buffers, None)])
        # Told its dtype, or pandas 3 would make text of it.
        return self.pd.Series(column, dtype=object)

    def _objects(self, cells):
        # One by one, since NumPy would look into cells that are lists.
        column = self.np.empty(len(cells), dtype=object)
        for position, cell in enumerate(cells):
            column[position] = cell
        return column

    def _cell(self, cell):
        """In a cell of a frame a datetime is pandas' own."""
        return self.pd.Timestamp(cell) if isinstance(cell, self.np.datetime64) else cell

    def _cells(self, content, buffers, missing):
        """Packed texts or byte strings [offsets, data, missing or null, kind], or {"list": nodes}."""
        if isinstance(content, dict):
            return self.read(content["list"], buffers)
        offsets = self.np.frombuffer(buffers[content[0]], "<u4").tolist()
        data = bytes(buffers[content[1]])
        if content[3] == "ascii":
            data = data.decode("ascii")
        pairs = zip(offsets, offsets[1:])
        if content[3] == "utf-8":
            cells = [data[start:end].decode("utf-8") for start, end in pairs]
        else:
            cells = [data[start:end] for start, end in pairs]
        if content[2] is not None:
            for position in self.np.flatnonzero(self.np.frombuffer(buffers[content[2]], "u1")).tolist():
                cells[position] = missing
        return cells

    def _index(self, labels):
        if len(labels) > 2000:
            return self._make_index(labels)
        key = json.dumps(labels)
        found = self.indexes.get(key)
        if found is None:
            if len(self.indexes) > 100:
                self.indexes.clear()
            found = self.indexes[key] = self._make_index(labels)
        return found

    def _make_index(self, labels):
        if labels == list(range(len(labels))):
            return self.pd.RangeIndex(len(labels))
        if self.enforced and any(type(label) is int for label in labels):
            # MLflow's enforcement makes the frame of a dict, whose keys pandas may take for a range.
            return self.pd.DataFrame(dict.fromkeys(labels, ())).columns
        return self.pd.Index([_label(label) for label in labels])


def _label(label):
    return tuple(_label(part) for part in label) if isinstance(label, list) else label


# ---------------------------------------------------------------------------------------------------------
# Results: what the model returned, as nodes and buffers


class Writer:
    """Turns a result into a node: numbers as buffers; the rest as the JSON text that MLflow makes of it."""

    NUMBERS = frozenset(
        ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
         "float64"]
    )  # fmt: skip
    UNITS = frozenset("datetime64[%s]" % unit for unit in ("ns", "us", "ms", "s", "m", "h", "D"))

    def __init__(self):
        import numpy
        import pandas
        from mlflow.utils import proto_json_utils

        self.np = numpy
        self.pd = pandas
        self.jsonable = proto_json_utils._get_jsonable_obj
        self.encoder = proto_json_utils.NumpyEncoder
        # NumPy makes the name of a dtype anew each time.
        self.names = {}

    def write(self, value):
        """(node, buffers). Raises what json.dumps raises for a value that JSON cannot hold."""
        kind = type(value)
        if kind is self.np.ndarray:
            buffers = []
            node = self._array(value, buffers)
            if node is not None:
                return node, buffers
        elif isinstance(value, (self.pd.DataFrame, self.pd.Series)):
            frame = value if isinstance(value, self.pd.DataFrame) else self.pd.DataFrame(value)
            buffers = []
            node = self._frame(frame, buffers)
            if node is not None:
                return node, buffers
        elif kind is dict and value:
            buffers = []
            node = self._dict(value, buffers)
            if node is not None:
                return node, buffers
        return {"json": 0}, [self._text(value)]

    def _text(self, value):
        text = json.dumps(self.jsonable(value, pandas_orient="records"), cls=self.encoder)
        return text.encode("ascii")

    def _name(self, dtype):
        """Name of a dtype of plain numbers or datetimes; None for any other."""
        found = self.names.get(dtype, self)
        if found is self:
            found = dtype.name if dtype.name in self.NUMBERS or dtype.name in self.UNITS else None
            self.names[dtype] = found
        return found

    def _array(self, value, buffers):
        name = self._name(value.dtype)
        if name is not None:
            return {"array": [name, list(value.shape), self._numbers(value, buffers)]}
        if value.dtype.kind == "U":
            texts = self._strings(value.ravel().tolist(), buffers)
            return texts and {"array": ["str", list(value.shape), texts]}
        return None

    def _numbers(self, value, buffers):
        dtype = value.dtype
        if dtype.kind == "f" and dtype.itemsize == 2:
            value = value.astype("float32")
        elif not dtype.isnative:
            value = value.astype(dtype.newbyteorder("="))
        if value.nbytes <= SMALL_BYTES:
            buffers.append(value.tobytes())
        else:
            buffers.append(memoryview(self.np.ascontiguousarray(value).reshape(-1).view("u1")))
        return len(buffers) - 1

    def _strings(self, cells, buffers):
        """[offsets, data]; None where a text holds half a surrogate pair, which UTF-8 cannot."""
        try:
            parts = [cell.encode("utf-8") for cell in cells]
        except UnicodeEncodeError:
            return None
        offsets = self.np.zeros(len(parts) + 1, dtype="<u4")
        self.np.cumsum([len(part) for part in parts], out=offsets[1:])
        buffers.append(memoryview(offsets.view("u1")))
        buffers.append(b"".join(parts))
        return [len(buffers) - 2, len(buffers) - 1]

    def _frame(self, frame, buffers):
        labels = frame.columns.tolist()
        if any(type(label) is not str and type(label) is not int for label in labels):
            return None
        if len(set(labels)) < len(labels) or any(type(x) is int and abs(x) > 2**53 for x in labels):
            return None
        columns = []
        for position in range(len(labels)):
            column = self._column(frame.iloc[:, position], buffers)
            if column is None:
                return None
            columns.append(column)
        return {"frame": {"rows": len(frame), "labels": labels, "columns": columns}}

    def _column(self, series, buffers):
        """[dtype, buffer] of plain numbers, ["object", offsets, texts] of plain strings; None for the rest."""
        dtype = series.dtype
        name = self._name(dtype) if isinstance(dtype, self.np.dtype) else None
        if name is not None:
            return [name, self._numbers(series.to_numpy(), buffers)]
        if str(dtype) not in ("object", "str"):
            return None
        cells = series.tolist()
        if any(type(cell) is not str for cell in cells):
            return None
        texts = self._strings(cells, buffers)
        return texts and ["object"] + texts

    def _dict(self, value, buffers):
        """A dict of arrays, as models with several outputs return it; None where it holds anything else."""
        pairs = []
        for key, item in value.items():
            if type(key) is not str or type(item) is not self.np.ndarray:
                return None
            node = self._array(item, buffers) if item.dtype.kind in "biuf" else None
            if node is None:
                return None
            pairs.append([key, node])
        return {"dict": pairs}


# ---------------------------------------------------------------------------------------------------------
# The model


class Served:
    """The loaded model and the ways into it."""

    def __init__(self, model, start):
        from mlflow.exceptions import MlflowException

        self.model = model
        self.mlflow_exception = MlflowException
        self.metadata = model.metadata
        self.schema = _input_schema(self.metadata)
        self.takes_params = "params" in inspect.signature(model.predict).parameters
        self.plain = self._without_enforcement()
        self.reader = Reader(start.get("layout"), self.schema is not None)
        self.writer = Writer()
        self._server = False

    def _without_enforcement(self):
        """The model without MLflow's enforcement, for input that has been enforced; else the model itself.

        PyFuncModel.predict sets the context of tracing and calls `_predict`, which enforces and then calls
        the implementation: a copy whose `_predict` goes straight to the implementation keeps the former.
        """
        import copy

        kind = type(self.model)
        if kind.__name__ != "PyFuncModel" or not kind.__module__.startswith("mlflow.pyfunc"):
            return self.model
        function = getattr(self.model, "_predict_fn", None)
        if function is None or not hasattr(kind, "_predict") or not self.takes_params:
            return self.model
        accepts = inspect.signature(function).parameters.get("params")
        if accepts is not None and accepts.kind is not inspect.Parameter.VAR_KEYWORD:

            def predict(data, params=None):
                return function(data, params=params)

        else:

            def predict(data, params=None):
                if params:
                    log.warning("The model takes no params; those of the request are ignored.")
                return function(data)

        plain = copy.copy(self.model)
        plain._predict = predict
        return plain

    @property
    def server(self):
        """MLflow's own scoring server, for its parsers; None where its packages are missing."""
        if self._server is False:
            try:
                from mlflow.pyfunc import scoring_server

                self._server = scoring_server
            except ImportError:
                self._server = None
        return self._server

    def predict(self, model, data, params):
        return model.predict(data, params=params) if self.takes_params else model.predict(data)

    def parse(self, body, content_type):
        """A request body → (data, params, is it a unified LLM request), by MLflow's own code."""
        if content_type == "csv":
            return self._parse_csv(body), None, False
        if content_type == "parquet":
            return self._parse_parquet(body), None, False
        server = self.server
        if hasattr(server, "_parse_json_data"):
            return tuple(server._parse_json_data(body, self.metadata, self.schema))
        if hasattr(server, "_split_data_and_params"):
            data, params = server._split_data_and_params(body.decode("utf-8"))
            return server.infer_and_parse_data(data, self.schema), params, False
        return self._parse_json(body)

    def _parse_json(self, body):
        """The protocol of MLflow 2 for an MLflow that does not know it, or lacks the packages of its server."""
        from mlflow.utils import proto_json_utils

        document = self._decode(lambda: json.loads(body.decode("utf-8")))
        formats = [key for key in FORMATS if key in document] if isinstance(document, dict) else []
        if len(formats) != 1:
            raise self.invalid_input("The input must be a JSON dictionary with exactly one of %s." % (FORMATS,))
        (name,) = formats
        value = document[name]
        params = document.get("params")
        if name in ("inputs", "instances"):
            return proto_json_utils.parse_tf_serving_input({name: value}, schema=self.schema), params, False
        if hasattr(proto_json_utils, "dataframe_from_parsed_json"):
            orient = name[len("dataframe_") :]
            frame = proto_json_utils.dataframe_from_parsed_json(value, pandas_orient=orient, schema=self.schema)
            return frame, params, False
        options = value if name == "dataframe_split" else {"data": value}
        return self._decode(lambda: self.reader.pd.DataFrame(**options)), params, False

    def _decode(self, parse):
        try:
            return parse()
        except Exception as error:
            raise self.invalid_input("Invalid input. Error: '%r'" % error)

    def _parse_csv(self, body):
        text = self._decode(lambda: body.decode("utf-8"))
        if self.server is not None:
            return self.server.parse_csv_input(csv_input=io.StringIO(text), schema=self.schema)
        dtypes = None
        if self.schema is not None:
            dtypes = dict(zip(self.schema.input_names(), self.schema.pandas_types()))
        return self._decode(lambda: self.reader.pd.read_csv(io.StringIO(text), dtype=dtypes))

    def _parse_parquet(self, body):
        if hasattr(self.server, "parse_parquet_input"):
            return self.server.parse_parquet_input(io.BytesIO(body))
        return self._decode(lambda: self.reader.pd.read_parquet(io.BytesIO(body)))

    def invalid_input(self, message):
        from mlflow.protos.databricks_pb2 import BAD_REQUEST

        return self.mlflow_exception(message, error_code=BAD_REQUEST)


def _input_schema(metadata):
    return metadata.get_input_schema() if hasattr(metadata, "get_input_schema") else None


# ---------------------------------------------------------------------------------------------------------
# Requests


class Answers:
    """Answers requests of the parent, in whatever thread has read them."""

    def __init__(self, channel, served):
        self.channel = channel
        self.served = served
        self.running = {}

    def answer(self, header, buffers):
        """One message to its end. Nothing that the model raises leaves here."""
        kind = header["type"]
        if kind == "cancel":
            flag = self.running.get(header.get("id"))
            if flag is not None:
                flag.append(True)
            return
        if kind == "stop":
            self.stop()
        request_id = header["id"]
        flag = self.running[request_id] = []
        try:
            if header.get("stream"):
                self._stream(request_id, header, buffers, flag)
            else:
                self._predict(request_id, header, buffers)
        finally:
            self.running.pop(request_id, None)

    def stop(self):
        """Ends the process, with what it still has to print."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        os._exit(0)

    def _predict(self, request_id, header, buffers):
        served = self.served
        stage = "parse"
        try:
            model, data, params, unified = self._input(header, buffers)
            stage = "predict"
            result = served.predict(model, data, params)
            stage = "result"
            node, content = served.writer.write(result)
            reply = {"type": "result", "id": request_id, "value": node}
            if unified:
                reply["unified"] = True
            self.channel.send(reply, content)
        except BaseException as error:
            self._fail(request_id, stage, error)

    def _input(self, header, buffers):
        served = self.served
        if header["type"] == "raw":
            data, params, unified = served.parse(bytes(buffers[0]), header["content_type"])
            return served.model, data, params, unified
        if header["type"] != "predict":
            raise ValueError("unknown message %s" % header["type"])
        read = served.reader.read
        data = read(header["data"], buffers)
        params = header.get("params")
        if params is not None:
            params = served.reader.params(params, buffers)
        return served.plain if header.get("direct") else served.model, data, params, False

    def _stream(self, request_id, header, buffers, flag):
        stage = "parse"
        items = None
        try:
            _, data, params, _ = self._input(header, buffers)
            stage = "predict"
            items = iter(self._start_stream(data, params))
            while not flag:
                stage = "predict"
                try:
                    item = next(items)
                except StopIteration:
                    break
                stage = "result"
                node, content = self.served.writer.write(item)
                self.channel.send({"type": "item", "id": request_id, "value": node}, content)
            self._close(items)
            self.channel.send({"type": "end", "id": request_id})
        except BaseException as error:
            self._close(items)
            self._fail(request_id, stage, error)

    def _start_stream(self, data, params):
        stream = self.served.model.predict_stream
        if "params" in inspect.signature(stream).parameters:
            return stream(data, params=params)
        return stream(data)

    def _close(self, items):
        close = getattr(items, "close", None)
        if close is not None:
            try:
                close()
            except BaseException:
                log.warning("The model's stream failed to close.", exc_info=True)

    def _fail(self, request_id, stage, error):
        reply = {"type": "error", "id": request_id, "stage": stage}
        reply.update(describe_error(error))
        if isinstance(error, self.served.mlflow_exception):
            reply["mlflow"] = describe_mlflow_error(error)
        self.channel.send(reply)


def describe_error(error):
    """Type, message and the end of the traceback, each within bounds."""
    try:
        message = str(getattr(error, "message", None) or error)
    except Exception:
        message = ""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return {
        "error": type(error).__name__,
        "message": shorten(message, MESSAGE_LIMIT),
        "traceback": "".join(lines)[-TRACE_LIMIT:],
    }


def describe_mlflow_error(error):
    status = getattr(error, "get_http_status_code", None)
    return {
        "code": str(getattr(error, "error_code", "INTERNAL_ERROR")),
        "status": status() if status is not None else 500,
        "sqlstate": getattr(error, "sqlstate", None),
        "class": getattr(error, "error_class", None),
    }


def shorten(text, limit):
    """The beginning and the end of a long text: MLflow puts the data first and the reason last."""
    if len(text) <= limit:
        return text
    return text[: limit // 2] + " … " + text[-limit // 2 :]


class Threads:
    """As many threads as requests need, one of them always waiting for the next message."""

    def __init__(self, channel, handle, limit):
        self.channel = channel
        self.handle = handle
        # One more than requests, so that a cancellation is read while all of them compute.
        self.limit = limit + 1
        self.turns = Turns(channel.descriptor)
        self.lock = threading.Lock()
        self.idle = 0
        self.count = 0

    def add(self):
        with self.lock:
            if self.idle > 0 or self.count >= self.limit:
                return
            self.count += 1
            self.idle += 1
        threading.Thread(target=self._run, name="slipway-request", daemon=True).start()

    def _run(self):
        try:
            self._take_turns()
        except BaseException:
            # Without its threads this process would be silent for ever.
            traceback.print_exc()
            os._exit(1)

    def _take_turns(self):
        turns = self.turns
        while True:
            turns.wait()
            header, buffers = self.channel.read()
            with self.lock:
                self.idle -= 1
                short = self.idle == 0 and self.count < self.limit
            turns.done()
            if short:
                self.add()
            self.handle(header, buffers)
            header = buffers = None
            with self.lock:
                self.idle += 1


# ---------------------------------------------------------------------------------------------------------
# Are rows scored independently of each other? Then requests may be merged.

SKLEARN_ROW_WISE = frozenset(
    """
    ARDRegression AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor BayesianGaussianMixture
    BayesianRidge BernoulliNB Binarizer BisectingKMeans CCA CalibratedClassifierCV CategoricalNB ClassifierChain
    ColumnTransformer ComplementNB DecisionTreeClassifier DecisionTreeRegressor ElasticNet ElasticNetCV
    ExtraTreeClassifier ExtraTreeRegressor ExtraTreesClassifier ExtraTreesRegressor FeatureUnion
    FixedThresholdClassifier GammaRegressor GaussianMixture GaussianNB GenericUnivariateSelect
    GradientBoostingClassifier GradientBoostingRegressor GridSearchCV HalvingGridSearchCV HalvingRandomSearchCV
    HistGradientBoostingClassifier HistGradientBoostingRegressor HuberRegressor IncrementalPCA IsolationForest
    IsotonicRegression KBinsDiscretizer KMeans KNNImputer KNeighborsClassifier KNeighborsRegressor LabelBinarizer
    LabelEncoder Lars LarsCV Lasso LassoCV LassoLars LassoLarsCV LassoLarsIC LinearDiscriminantAnalysis
    LinearRegression LinearSVC LinearSVR LogisticRegression LogisticRegressionCV MLPClassifier MLPRegressor
    MaxAbsScaler MinMaxScaler MiniBatchKMeans MissingIndicator MultiOutputClassifier MultiOutputRegressor
    MultiTaskElasticNet MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV MultinomialNB NearestCentroid
    Normalizer NuSVC NuSVR Nystroem OneClassSVM OneHotEncoder OneVsOneClassifier OneVsRestClassifier OrdinalEncoder
    OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV OutputCodeClassifier PCA PLSCanonical PLSRegression
    PassiveAggressiveClassifier PassiveAggressiveRegressor Perceptron Pipeline PoissonRegressor PolynomialFeatures
    PowerTransformer QuadraticDiscriminantAnalysis QuantileRegressor QuantileTransformer RANSACRegressor RBFSampler
    RFE RFECV RadiusNeighborsRegressor RandomForestClassifier RandomForestRegressor RandomizedSearchCV
    RegressorChain Ridge RidgeCV RidgeClassifier RidgeClassifierCV RobustScaler SGDClassifier SGDOneClassSVM
    SGDRegressor SVC SVR SelectFdr SelectFpr SelectFromModel SelectFwe SelectKBest SelectPercentile SimpleImputer
    SplineTransformer StackingClassifier StackingRegressor StandardScaler TargetEncoder TheilSenRegressor
    TransformedTargetRegressor TruncatedSVD TunedThresholdClassifierCV TweedieRegressor VarianceThreshold
    VotingClassifier VotingRegressor
    """.split()
)
TEXT_READERS = frozenset(["CountVectorizer", "TfidfVectorizer", "HashingVectorizer", "TfidfTransformer"])
STEADY_DUMMIES = frozenset(["prior", "most_frequent", "constant", "mean", "median", "quantile"])
OTHER_LIBRARIES = frozenset(["xgboost", "lightgbm", "catboost"])
ROW_WISE_FUNCTIONS = frozenset(["predict", "predict_proba", "predict_log_proba"])
PLAIN_FORMULA = frozenset("~+:*- _.\n\tabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
STATSMODELS_ROW_WISE = frozenset(["OLS", "WLS", "GLM", "Logit", "Probit", "Poisson", "QuantReg", "RLM", "NegativeBinomial"])


class NotRowWise(Exception):
    """The reason why a model's rows may depend on each other."""


def judge_rows(model):
    """(are rows independent, why not). Only what is known to be so counts; user code never is."""
    try:
        flavor = model.metadata.flavors["python_function"]
        loader = flavor.get("loader_module", "")
        name = loader.split(".")[-1]
        if loader not in ("mlflow.sklearn", "mlflow.xgboost", "mlflow.lightgbm", "mlflow.catboost", "mlflow.statsmodels"):
            raise NotRowWise("models loaded by %s may look at all rows at once" % loader)
        if flavor.get("predict_fn", "predict") not in ROW_WISE_FUNCTIONS:
            raise NotRowWise("predict_fn %s" % flavor.get("predict_fn"))
        implementation = model._model_impl
        attribute = {"sklearn": "sklearn_model", "xgboost": "xgb_model", "lightgbm": "lgb_model", "catboost": "cb_model",
                     "statsmodels": "statsmodels_model"}[name]  # fmt: skip
        inner = getattr(implementation, attribute, implementation)
        if name == "statsmodels":
            _check_statsmodels(inner)
        else:
            _RowJudge().check(inner, "the model", False)
        return True, ""
    except NotRowWise as reason:
        return False, str(reason)
    except Exception as error:
        return False, "its class cannot be told: %r" % error


def _check_statsmodels(results):
    model = getattr(results, "model", None)
    name = type(model).__name__
    if name not in STATSMODELS_ROW_WISE:
        raise NotRowWise("statsmodels' %s" % name)
    formula = getattr(model, "formula", None)
    if formula is not None and not set(str(formula)) <= PLAIN_FORMULA:
        raise NotRowWise("the formula calls functions")


class _RowJudge:
    """Walks over an estimator and what it is made of."""

    def __init__(self):
        self.seen = set()
        self.left = 200000

    def check(self, value, place, reads_text):
        if id(value) in self.seen:
            return
        self.seen.add(id(value))
        self.left -= 1
        if self.left < 0:
            raise NotRowWise("it has too many parts to look at")
        kind = type(value)
        library = kind.__module__.split(".")[0]
        if library in OTHER_LIBRARIES:
            return
        name = kind.__name__
        if library != "sklearn":
            raise NotRowWise("%s is a %s.%s" % (place, kind.__module__, name))
        if name.startswith("Dummy"):
            if getattr(value, "strategy", None) in STEADY_DUMMIES:
                return
            raise NotRowWise("%s guesses at random" % place)
        if name == "FunctionTransformer" and self._is_elementwise(value):
            return
        if name not in SKLEARN_ROW_WISE and not (reads_text and name in TEXT_READERS):
            raise NotRowWise("%s is a %s" % (place, name))
        if name == "ColumnTransformer":
            self._columns(value, place)
            return
        self._parts(value, name, reads_text)

    def _is_elementwise(self, transformer):
        """Passing on what it gets, as ColumnTransformer does with the rest, or NumPy's log and the like."""
        import numpy

        functions = (transformer.func, transformer.inverse_func)
        return all(function is None or isinstance(function, numpy.ufunc) for function in functions)

    def _columns(self, value, place):
        # A text reader gets one column only where it is named by a string; else it iterates over labels.
        for name, part, columns in getattr(value, "transformers_", value.transformers):
            if not isinstance(part, str):
                self.check(part, "%s of %s" % (name, place), isinstance(columns, str))

    def _parts(self, value, place, reads_text):
        for key, part in vars(value).items():
            if key.startswith("_"):
                continue
            if key in ("cv_results_", "param_grid", "param_distributions", "scoring"):
                continue
            self._part(part, "%s of %s" % (key, place), reads_text, 0)

    def _part(self, part, place, reads_text, depth):
        if hasattr(part, "get_params") and not isinstance(part, type):
            self.check(part, place, reads_text)
        elif inspect.isroutine(part) or type(part).__name__ == "partial":
            if not str(getattr(part, "__module__", "")).startswith("sklearn."):
                raise NotRowWise("%s is a function" % place)
        elif depth < 3 and isinstance(part, (list, tuple)):
            for item in part:
                self._part(item, place, reads_text, depth + 1)
        elif depth < 3 and isinstance(part, dict):
            for item in part.values():
                self._part(item, place, reads_text, depth + 1)
        elif type(part).__name__ == "ndarray" and part.dtype == object:
            for item in part.ravel():
                self._part(item, place, reads_text, depth + 1)


# ---------------------------------------------------------------------------------------------------------
# Life of the process


def out_of_the_way(descriptor):
    """A copy of a descriptor, with a number that nobody else uses, which child processes don't inherit."""
    import fcntl

    return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100)


def move_descriptors():
    """Puts the socket and stdin where the model does not meet them; prints go to the log line by line."""
    channel = out_of_the_way(3)
    parent = out_of_the_way(0)
    os.close(3)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    sys.stdin = open(0, closefd=False)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = open(descriptor, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)
    return channel, parent


def watch_parent(descriptor):
    """Ends this process when the parent's end of stdin is closed, whatever the model is doing."""

    def wait():
        while True:
            try:
                if not os.read(descriptor, 4096):
                    os._exit(0)
            except InterruptedError:
                continue
            except OSError:
                os._exit(0)

    threading.Thread(target=wait, name="slipway-parent", daemon=True).start()


def keep_from_children(channel, parent):
    """A process that the model forks must not speak for this one."""

    def leave():
        for descriptor in (channel, parent):
            try:
                os.close(descriptor)
            except OSError:
                pass

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=leave)


def load(start, channel):
    """Imports MLflow and loads the model as its scoring server does."""
    channel.send({"type": "phase", "phase": "importing"})
    import mlflow.pyfunc

    channel.send({"type": "phase", "phase": "loading"})
    load_model = getattr(mlflow.pyfunc, "load_model", None) or mlflow.pyfunc.load_pyfunc
    options = {}
    config = start.get("model_config")
    if config:
        if "model_config" in inspect.signature(load_model).parameters:
            options["model_config"] = config
        else:
            log.warning("MLflow %s knows no model configuration; it is ignored.", mlflow.__version__)
    if start.get("early_serving"):
        os.environ[SERVING_VARIABLE] = "true"
    model = load_model(start["model"], **options)
    os.environ[SERVING_VARIABLE] = "true"
    return Served(model, start)


def describe_ready(served, start):
    import mlflow
    import numpy
    import pandas

    rows, reason = judge_rows(served.model)
    return {
        "type": "ready",
        "mlflow": mlflow.__version__,
        "pandas": pandas.__version__,
        "numpy": numpy.__version__,
        "streamable": can_stream(served.model),
        "row_wise": rows,
        "row_wise_reason": reason,
    }


def can_stream(model):
    """False too for chat models and agents that are marked as streamable, all of them, but don't implement it."""
    if getattr(model, "_predict_stream_fn", None) is None:
        return False
    implementation = getattr(model, "_model_impl", None)
    for name in ("python_model", "chat_model", "chat_agent", "responses_agent"):
        inner = getattr(implementation, name, None)
        function = getattr(type(inner), "predict_stream", None)
        if inner is not None and function is not None:
            return not str(function.__module__).startswith("mlflow.pyfunc.")
    return True


def freeze_memory():
    """What has been loaded stays: the collector need not look at it with every request."""
    import gc

    if hasattr(gc, "freeze"):
        gc.collect()
        gc.freeze()


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor, parent = move_descriptors()
    watch_parent(parent)
    channel = Channel(descriptor)
    keep_from_children(descriptor, parent)
    # As under uvicorn, modules of the working directory can be imported, and this file's folder cannot.
    sys.path[0] = ""
    version = ".".join(str(part) for part in sys.version_info[:3])
    channel.send({"type": "hello", "protocol": PROTOCOL, "pid": os.getpid(), "python": version})
    try:
        start, _ = channel.read()
        if start.get("type") != "start" or start.get("protocol") != PROTOCOL:
            raise ValueError("expected a start message of protocol %d" % PROTOCOL)
        served = load(start, channel)
        ready = describe_ready(served, start)
    except BaseException as error:
        traceback.print_exc()
        fatal = {"type": "fatal"}
        fatal.update(describe_error(error))
        channel.send(fatal)
        os._exit(1)
    freeze_memory()
    threads = Threads(channel, Answers(channel, served).answer, int(start.get("threads") or 1))
    channel.send(ready)
    threads.add()
    # The main thread is left to signal handlers of the model.
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
