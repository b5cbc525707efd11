"""What a flow read back, printed as one line of JSON. Runs with whatever Python and SDK the test chose."""

import dataclasses
import datetime
import enum
import json
import logging
import sys

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
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat()
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    fields = getattr(type(value), "model_fields", None) or getattr(type(value), "__fields__", None)
    if fields:
        extra = getattr(value, "model_extra", None) or {}
        return {**plain(extra), **{name: plain(getattr(value, name)) for name in fields}}
    assert value is None or isinstance(value, (str, int, float, bool)), type(value)
    return value


def outcome(call):
    """What the call returned, or the name, status code and body of what it raised; what the SDK logs of it is not shown."""
    logging.disable()
    try:
        return plain(call())
    except Exception as error:  # noqa: BLE001 - which error it is, is what is asked
        status, body = getattr(error, "status_code", None), getattr(error, "body", None)
        return {"raised": type(error).__name__, "status": status, "body": body}
    finally:
        logging.disable(logging.NOTSET)
