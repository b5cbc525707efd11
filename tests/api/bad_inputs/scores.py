"""Scores, as `POST /api/public/scores` takes them one by one and in arrays, and `score-create` events too."""

from typing import Any, Final

from tests.api.bad_inputs.shapes import (
    A_DAY_AHEAD,
    BEFORE_2000,
    LONG_ID,
    LONG_ID_OF_SHORT_TEXT,
    LONGEST_ID,
    OVER_A_DAY_AHEAD,
    RAW,
    Accepted,
    Refused,
    named_values,
    nested,
    values,
)

ID: Final = "bad-score"
GOOD: Final = {"name": "quality", "value": 0.5, "traceId": "t"}


def score(**body: Any) -> dict[str, Any]:
    """A good score but for what is said here."""
    return {"id": ID, **GOOD, **body}


def without(key: str) -> dict[str, Any]:
    """A good score that lacks a key."""
    return {name: value for name, value in score().items() if name != key}


REFUSED: Final = [
    *(
        Refused(name=f"{name} as score", sent=sent, code="wrong_type")
        for name, sent in named_values({"null": None, "text": "x", "a number": 7, "true": True})
    ),
    Refused(name="no name", sent=without("name"), code="bad_score", says="name"),
    Refused(name="empty name", sent=score(name=""), code="bad_score", says="name"),
    Refused(name="null name", sent=score(name=None), code="bad_score", says="name"),
    Refused(name="name of 1001 letters", sent=score(name="n" * 1001), code="name_too_long", says="name"),
    Refused(name="no value", sent=without("value"), code="bad_score", says="value"),
    Refused(name="null value", sent=score(value=None), code="bad_score", says="value"),
    Refused(name="NaN", sent=score(value=float("nan")), code="bad_score", says="value"),
    Refused(name="infinity", sent=score(value=float("inf")), code="bad_score", says="value"),
    Refused(name="1e999", sent=score(value=RAW), raw=b"1e999", code="wrong_type", says="value"),
    *(
        Refused(name=f"value {value!r}", sent=score(value=value), code="wrong_type", says="value")
        for value in values([True, [], {}, [1]])
    ),
    *(
        Refused(name=f"{key} {value!r}", sent=score(**{key: value}), code="wrong_type", says=key)
        for key in (
            "name",
            "traceId",
            "observationId",
            "sessionId",
            "comment",
            "configId",
            "dataType",
            "timestamp",
            "source",
        )
        for value in values([7, True, [], {}])
    ),
    Refused(name="text for a number", sent=score(dataType="NUMERIC", value="high"), code="bad_score", says="value"),
    Refused(name="number for a category", sent=score(dataType="CATEGORICAL"), code="bad_score", says="value"),
    Refused(name="half a boolean", sent=score(dataType="BOOLEAN"), code="bad_score", says="BOOLEAN"),
    Refused(name="unknown data type", sent=score(dataType="MOOD"), code="bad_score", says="dataType"),
    Refused(name="data type in lower case", sent=score(dataType="numeric"), code="bad_score", says="dataType"),
    Refused(name="text of 501 letters", sent=score(dataType="TEXT", value="x" * 501), code="bad_score", says="500"),
    Refused(name="empty text", sent=score(dataType="TEXT", value=""), code="bad_score", says="TEXT"),
    Refused(name="unknown source", sent=score(source="ORACLE"), code="bad_score", says="source"),
    Refused(name="annotation without config", sent=score(source="ANNOTATION"), code="bad_score", says="configId"),
    Refused(
        name="correction of a session",
        sent={**without("traceId"), "sessionId": "s", "dataType": "CORRECTION", "value": "x"},
        code="bad_score",
    ),
    Refused(name="no subject", sent=without("traceId"), code="bad_score", says="traceId"),
    Refused(name="two subjects", sent=score(sessionId="s"), code="bad_score", says="sessionId"),
    Refused(name="three subjects", sent=score(sessionId="s", datasetRunId="r"), code="bad_score", says="datasetRunId"),
    Refused(name="empty trace id", sent=score(traceId=""), code="bad_score", says="traceId"),
    Refused(
        name="observation without trace",
        sent={**without("traceId"), "sessionId": "s", "observationId": "o"},
        code="bad_score",
    ),
    *(
        Refused(name=f"{key} of {kind}", sent=score(**{key: value}), code="id_too_long", says=key)
        for key in ("id", "traceId", "observationId", "configId", "queueId")
        for kind, value in (("801 letters", LONG_ID), ("802 bytes", LONG_ID_OF_SHORT_TEXT))
    ),
    Refused(name="before 2000", sent=score(timestamp=BEFORE_2000), code="time_out_of_range", says="timestamp"),
    Refused(
        name="over a day ahead", sent=score(timestamp=OVER_A_DAY_AHEAD), code="time_out_of_range", says="timestamp"
    ),
    Refused(name="no time", sent=score(timestamp="soon"), code="bad_time", says="timestamp"),
    Refused(name="metadata of 201 levels", sent=score(metadata=RAW), raw=nested(201), code="too_deep", says="metadata"),
    Refused(name="metadata of 40000 levels", sent=score(metadata=RAW), raw=nested(40_000), code="too_deep"),
]

_TEXT: Final = frozenset({"repaired_text"})
ACCEPTED: Final = [
    Accepted(
        name="unknown keys", sent=score(colour="red", userId="u"), repairs=frozenset({"unknown_keys"}), shows={"id": ID}
    ),
    Accepted(name="what the 2.x SDK adds", sent=score(parent_observation_id="o"), shows={"id": ID}),
    Accepted(name="NUL in a comment", sent=score(comment="a\0"), repairs=_TEXT, shows={"comment": "a\ufffd"}),
    Accepted(name="NUL in the id", sent=score(id="s\0"), repairs=_TEXT, shows={"id": "s\ufffd"}),
    Accepted(
        name="surrogate in a category", sent=score(value="\ud800"), repairs=_TEXT, shows={"stringValue": "\ufffd"}
    ),
    Accepted(
        name="bytes that are no UTF-8",
        sent=score(comment=RAW),
        raw=b'"\xff"',
        repairs=_TEXT,
        shows={"comment": "\ufffd"},
    ),
    Accepted(
        name="NaN in metadata",
        sent=score(metadata={"a": float("nan")}),
        repairs=frozenset({"repaired_number"}),
        shows={"metadata": {"a": "NaN"}},
    ),
    Accepted(
        name="30 digits in metadata",
        sent=score(metadata={"a": 10**30}),
        repairs=frozenset({"repaired_number"}),
        shows={"metadata": {"a": str(10**30)}},
    ),
    Accepted(name="30 digits as value", sent=score(value=10**30), shows={"value": 1e30}),
    Accepted(name="smallest value", sent=score(value=5e-324), shows={"value": 5e-324}),
    Accepted(name="largest value", sent=score(value=1.7976931348623157e308), shows={"value": 1.7976931348623157e308}),
    Accepted(name="minus zero", sent=score(value=-0.0), shows={"value": 0}),
    Accepted(name="id of 800 bytes", sent=score(id=LONGEST_ID), shows={"id": LONGEST_ID}),
    Accepted(name="a day ahead", sent=score(timestamp=A_DAY_AHEAD), shows={"timestamp": A_DAY_AHEAD}),
    Accepted(name="trace that nobody sent", sent=score(traceId="nowhere"), shows={"traceId": "nowhere"}),
    Accepted(name="environment of another type", sent=score(environment=[]), shows={"environment": "default"}),
    Accepted(name="comment of a megabyte", sent=score(comment="c" * 1_000_000), shows={"comment": "c" * 1_000_000}),
    Accepted(name="empty category", sent=score(value=""), shows={"stringValue": ""}),
]
