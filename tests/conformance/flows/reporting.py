"""What a flow read back, printed as one line of JSON. Runs with whatever Python and SDK the test chose."""

import base64
import dataclasses
import datetime as dt
import enum
import json
import logging
import os
import sys
import urllib.request

RUN = sys.argv[1]
"""Names of this run end in it, so that runs on one server do not see each other."""


def report(**facts):
    """Print the facts; objects of a client appear with the attributes that its users see."""
    print(json.dumps({name: plain(fact) for name, fact in facts.items()}))


def plain(value):
    """The value as JSON can hold it."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(entry) for entry in value]
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, dt.date):
        return (value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value).isoformat()
    fields = _fields_of(value)
    if fields is not None:
        return {name: plain(entry) for name, entry in fields.items()}
    assert value is None or isinstance(value, (str, int, float, bool)), type(value)
    return value


def _fields_of(value):
    """Attributes of a dataclass or of a model of either pydantic, with what the server sent beyond the model."""
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    declared = getattr(type(value), "model_fields", None) or getattr(type(value), "__fields__", None)
    if declared is None:
        return None
    return {**(getattr(value, "model_extra", None) or {}), **{name: getattr(value, name) for name in declared}}


def outcome(call):
    """What the call returned, or name, status code and body of what it raised; what the SDK logs of it is muted."""
    logging.disable()
    try:
        return plain(call())
    except Exception as error:  # noqa: BLE001 - which error it is, is what is asked
        status, body = getattr(error, "status_code", None), getattr(error, "body", None)
        return {"raised": type(error).__name__, "status": status, "body": body}
    finally:
        logging.disable(logging.NOTSET)


def rest(path):
    """What the public API itself says, for what a client cannot ask."""
    return _exchange(urllib.request.Request(f"{os.environ['LANGFUSE_BASE_URL']}/api/public/{path}"))


def send(path, body):
    """Post what a client has no call for."""
    request = urllib.request.Request(f"{os.environ['LANGFUSE_BASE_URL']}/api/public/{path}", json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    return _exchange(request)


def _exchange(request):
    pair = os.environ["LANGFUSE_PUBLIC_KEY"] + ":" + os.environ["LANGFUSE_SECRET_KEY"]
    request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return json.load(answer)
