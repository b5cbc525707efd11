"""The routes of single entities from before batches."""

from typing import Any, Final

from tests.api.bad_inputs.shapes import (
    AT,
    BEFORE_2000,
    LONG_ID,
    LONG_ID_OF_SHORT_TEXT,
    OVER_A_DAY_AHEAD,
    RAW,
    Accepted,
    Refused,
    named_values,
    nested,
    values,
)

ID: Final = "bad"
IDS: Final = {
    ("POST", "/traces"): "id",
    ("POST", "/spans"): "id",
    ("PATCH", "/spans"): "spanId",
    ("POST", "/generations"): "id",
    ("PATCH", "/generations"): "generationId",
    ("POST", "/events"): "id",
}
"""By which key each route names its entity."""
ROUTES: Final = [*IDS]
OBSERVATION_ROUTES: Final = ROUTES[1:]
UPDATES: Final = [route for route in ROUTES if route[0] == "PATCH"]
GENERATION_ROUTES: Final = [route for route in ROUTES if route[1] == "/generations"]
NOUNS: Final = {"/traces": "traces"}

ANY_REFUSED: Final = [
    *(
        Refused(name=f"{name} as body", sent=sent, code="wrong_type")
        for name, sent in named_values({"null": None, "a list": [], "text": "x", "a number": 7, "false": False})
    ),
    Refused(name="id of 801 letters", sent={RAW: LONG_ID}, code="id_too_long"),
    Refused(name="id of 802 bytes", sent={RAW: LONG_ID_OF_SHORT_TEXT}, code="id_too_long"),
    *(
        Refused(name=f"{key} {value!r}", sent={RAW: ID, key: value}, code="wrong_type", says=key)
        for key in ("name", "version")
        for value in values([7, True, [], {}])
    ),
    *(
        Refused(
            name=f"{key} of {levels} levels",
            sent={RAW: ID, key: "@value@"},
            raw=nested(levels),
            code="too_deep",
            says=key,
        )
        for key in ("input", "output", "metadata")
        for levels in (201, 20_000)
    ),
]
OBSERVATION_REFUSED: Final = [
    Refused(name="trace id of 801 letters", sent={RAW: ID, "traceId": LONG_ID}, code="id_too_long", says="traceId"),
    Refused(name="start before 2000", sent={RAW: ID, "startTime": BEFORE_2000}, code="time_out_of_range", says="start"),
    Refused(name="start over a day ahead", sent={RAW: ID, "startTime": OVER_A_DAY_AHEAD}, code="time_out_of_range"),
    Refused(name="start that is no time", sent={RAW: ID, "startTime": "now"}, code="bad_time", says="start"),
    Refused(name="level nobody knows", sent={RAW: ID, "level": "LOUD"}, code="bad_level", says="level"),
]
UPDATE_REFUSED: Final = [
    Refused(name="no id", sent={"name": "n"}, code="missing_id"),
    Refused(name="empty id", sent={RAW: ""}, code="missing_id"),
    Refused(name="null id", sent={RAW: None}, code="missing_id"),
    Refused(name="number as id", sent={RAW: 7}, code="wrong_type"),
    Refused(name="id under another key", sent={"id": ID, "name": "n"}, code="missing_id"),
]

_TEXT: Final = frozenset({"repaired_text"})
_NUMBER: Final = frozenset({"repaired_number"})
ANY_ACCEPTED: Final = [
    Accepted(name="unknown keys", sent={RAW: ID, "colour": "red"}, repairs=frozenset({"unknown_keys"})),
    Accepted(name="NUL in input", sent={RAW: ID, "input": "\0"}, repairs=_TEXT, shows={"input": "\ufffd"}),
    Accepted(
        name="surrogate in input", sent={RAW: ID, "input": ["\ud800"]}, repairs=_TEXT, shows={"input": ["\ufffd"]}
    ),
    Accepted(name="NaN in output", sent={RAW: ID, "output": float("nan")}, repairs=_NUMBER, shows={"output": "NaN"}),
    Accepted(
        name="30 digits in metadata",
        sent={RAW: ID, "metadata": {"a": 10**30}},
        repairs=_NUMBER,
        shows={"metadata": {"a": str(10**30)}},
    ),
]
SPAN_ACCEPTED: Final = [
    Accepted(
        name="end before start",
        sent={RAW: ID, "startTime": AT, "endTime": "2027-01-15T07:00:00Z"},
        repairs=frozenset({"end_before_start"}),
        shows={"endTime": AT, "latency": 0, "clockSkew": True},
    ),
]
GENERATION_ACCEPTED: Final = [
    Accepted(
        name="negative usage",
        sent={RAW: ID, "usage": {"input": 3, "output": -1}},
        repairs=frozenset({"dropped_usage"}),
        shows={"usageDetails": {"input": 3, "total": 3}},
    ),
    Accepted(name="prompt with NUL", sent={RAW: ID, "prompt": "\0"}, repairs=_TEXT, shows={"input": "\ufffd"}),
]


def placed(row: Any, route: tuple[str, str]) -> Any:
    """What the row sends, its entity named as the route wants it."""
    sent = row.sent
    if not isinstance(sent, dict):
        return sent
    named = {IDS[route] if key == RAW else key: value for key, value in sent.items()}
    return {key: RAW if value == "@value@" else value for key, value in named.items()}
