"""Events of `POST /api/public/ingestion`, apart from scores."""

from typing import Any, Final

from tests.api.bad_inputs.shapes import (
    A_DAY_AHEAD,
    AT,
    BAD_ID,
    BEFORE_2000,
    FIRST_OF_2000,
    LONG_ID,
    LONG_ID_OF_SHORT_TEXT,
    LONGEST_ID,
    OVER_A_DAY_AHEAD,
    RAW,
    Accepted,
    Refused,
    event,
    named_values,
    nested,
    values,
)

ID: Final = "bad"
"""Entity id of everything that is sent here unless a row is about ids."""


def trace(**body: Any) -> dict[str, Any]:
    """A trace event."""
    return event("trace-create", {"id": ID, **body})


def span(**body: Any) -> dict[str, Any]:
    """A span event."""
    return event("span-create", {"id": ID, **body})


def generation(**body: Any) -> dict[str, Any]:
    """A generation event."""
    return event("generation-create", {"id": ID, **body})


UNKNOWN_TYPES: Final = [
    Refused(name=f"type {kind or 'empty'}", sent=event(kind, {"id": ID}), code="unknown_type", says="type")
    for kind in (
        "nonsense",
        "trace-update",
        "TRACE-CREATE",
        "dataset-run-item-create",
        "event-update",
        "",
        "é\U0001f600",
    )
]

FRAMES: Final = [
    Refused(name="no type", sent={"id": BAD_ID, "timestamp": AT, "body": {}}, code="wrong_type", says="type"),
    Refused(name="null type", sent=event(None, {}), code="wrong_type", says="type"),
    Refused(name="number as type", sent=event(7, {}), code="wrong_type", says="type"),
    Refused(
        name="no body", sent={"id": BAD_ID, "timestamp": AT, "type": "trace-create"}, code="wrong_type", says="body"
    ),
    Refused(
        name="no time", sent={"id": BAD_ID, "type": "trace-create", "body": {}}, code="wrong_type", says="timestamp"
    ),
    Refused(
        name="no id", sent={"type": "trace-create", "timestamp": AT, "body": {}}, code="wrong_type", event_id="unknown"
    ),
    Refused(name="number as id", sent={**trace(), "id": 7}, code="wrong_type", event_id="unknown", says="id"),
    Refused(name="null as id", sent={**trace(), "id": None}, code="wrong_type", event_id="unknown", says="id"),
    Refused(name="empty id", sent={**trace(), "id": ""}, code="bad_event_id", event_id="unknown", says="id"),
    Refused(
        name="id with a carriage return", sent={**trace(), "id": "a\r"}, code="bad_event_id", event_id="a\r", says="id"
    ),
    Refused(name="number as event", sent=7, code="wrong_type", event_id="unknown"),
    Refused(name="text as event", sent="trace-create", code="wrong_type", event_id="unknown"),
    Refused(name="null as event", sent=None, code="wrong_type", event_id="unknown"),
    Refused(name="true as event", sent=True, code="wrong_type", event_id="unknown"),
    Refused(name="array as event", sent=[trace()], code="wrong_type", event_id="unknown"),
    Refused(name="empty event", sent={}, code="wrong_type", event_id="unknown"),
]

IDS: Final = [
    Refused(name="event id", sent={**trace(), "id": LONG_ID}, code="id_too_long", event_id="unknown", says="id"),
    Refused(
        name="event id of 401 letters in 802 bytes",
        sent={**trace(), "id": LONG_ID_OF_SHORT_TEXT},
        code="id_too_long",
        event_id=LONG_ID_OF_SHORT_TEXT,
        says="800 bytes",
    ),
    Refused(name="trace id", sent=trace(id=LONG_ID), code="id_too_long", says="body.id"),
    Refused(name="trace id in 802 bytes", sent=trace(id=LONG_ID_OF_SHORT_TEXT), code="id_too_long", says="body.id"),
    Refused(name="session id", sent=trace(sessionId=LONG_ID), code="id_too_long", says="body.sessionId"),
    Refused(name="user id", sent=trace(userId=LONG_ID), code="id_too_long", says="body.userId"),
    Refused(name="observation id", sent=span(id=LONG_ID), code="id_too_long", says="body.id"),
    Refused(name="trace id of an observation", sent=span(traceId=LONG_ID), code="id_too_long", says="body.traceId"),
    Refused(
        name="parent id", sent=span(parentObservationId=LONG_ID), code="id_too_long", says="body.parentObservationId"
    ),
    Refused(name="id of a megabyte", sent=trace(id="i" * 900_000), code="id_too_long", says="body.id"),
]

BAD_TIMES: Final = {
    "before 2000": (BEFORE_2000, "time_out_of_range"),
    "the epoch": ("1970-01-01T00:00:00.000Z", "time_out_of_range"),
    "year one": ("0001-01-01T00:00:00Z", "time_out_of_range"),
    "over a day ahead": (OVER_A_DAY_AHEAD, "time_out_of_range"),
    "year 9999": ("9999-12-31T23:59:59.999Z", "time_out_of_range"),
    "without offset": ("2027-01-15T07:59:00", "bad_time"),
    "month 13": ("2027-13-15T07:59:00Z", "bad_time"),
    "30 February": ("2026-02-30T07:59:00Z", "bad_time"),
    "seconds since 1970 as text": ("1800000000", "bad_time"),
    "a word": ("yesterday", "bad_time"),
    "empty": ("", "bad_time"),
    "a date alone": ("2027-01-15", "bad_time"),
    "NUL": ("2027-01-15T07:59:00Z\0", "bad_time"),
}
TIMES: Final = [
    Refused(name=f"{place} {name}", sent=sent, code=code, says=says)
    for name, (time, code) in BAD_TIMES.items()
    for place, sent, says in (
        ("event", {**trace(), "timestamp": time}, "timestamp"),
        ("trace", trace(timestamp=time), "timestamp"),
        ("start", span(startTime=time), "start"),
        ("end", span(endTime=time), "end"),
        ("first token", generation(completionStartTime=time), "completion"),
    )
] + [
    Refused(name="number as time", sent={**trace(), "timestamp": 1_800_000_000}, code="wrong_type", says="timestamp"),
    Refused(name="null as time", sent={**trace(), "timestamp": None}, code="wrong_type", says="timestamp"),
    Refused(name="number as start", sent=span(startTime=1_800_000_000.5), code="wrong_type", says="startTime"),
    Refused(name="object as end", sent=span(endTime={"$date": AT}), code="wrong_type", says="endTime"),
]

BODIES: Final = [
    Refused(name=f"{kind} with {name}", sent=event(kind, body), code="wrong_type")
    for kind in ("trace-create", "span-create", "generation-update", "tool-create", "observation-create")
    for name, body in named_values({"null": None, "a list": [], "text": "{}", "a number": 1, "false": False})
]

TYPES: Final = [
    *(
        Refused(name=f"trace {key} {value!r}", sent=trace(**{key: value}), code="wrong_type", says=key)
        for key in ("id", "name", "sessionId", "userId", "release", "version", "timestamp")
        for value in values([7, True, ["a"], {"a": 1}])
    ),
    *(
        Refused(name=f"generation {key} {value!r}", sent=generation(**{key: value}), code="wrong_type", says=key)
        for key in (
            "traceId",
            "parentObservationId",
            "name",
            "level",
            "statusMessage",
            "version",
            "model",
            "promptName",
        )
        for value in values([7, False, [], {}])
    ),
    *(
        Refused(name=f"{key} {value!r}", sent=generation(**{key: value}), code="wrong_type", says=key)
        for key in ("usage", "usageDetails", "costDetails", "modelParameters")
        for value in values([7, True, "text", [], [1]])
    ),
    *(
        Refused(name=f"tags {value!r}", sent=trace(tags=value), code="wrong_type", says="tags")
        for value in values(["a", "a,b", {"a": 1}, 7, True, [1], [None], [["a"]]])
    ),
    *(
        Refused(name=f"public {value!r}", sent=trace(public=value), code="wrong_type", says="public")
        for value in values(["true", 1, [], {}])
    ),
    Refused(name="level in lower case", sent=span(level="error"), code="bad_level", says="level"),
    Refused(name="level nobody knows", sent=span(level="FATAL"), code="bad_level", says="level"),
    Refused(
        name="prompt without version", sent=generation(promptName="p"), code="bad_prompt_link", says="promptVersion"
    ),
    Refused(name="prompt without name", sent=generation(promptVersion=1), code="bad_prompt_link", says="promptName"),
    Refused(name="half a version", sent=generation(promptName="p", promptVersion=1.5), code="bad_prompt_link"),
    Refused(name="version below one", sent=generation(promptName="p", promptVersion=-1), code="bad_prompt_link"),
    Refused(name="version beyond 32 bit", sent=generation(promptName="p", promptVersion=2**31), code="bad_prompt_link"),
    Refused(name="version NaN", sent=generation(promptName="p", promptVersion=float("nan")), code="wrong_type"),
    Refused(name="version as text", sent=generation(promptName="p", promptVersion="1"), code="wrong_type"),
    Refused(name="name of 1001 letters", sent=trace(name="n" * 1001), code="name_too_long", says="name"),
    Refused(
        name="legacy observation without type",
        sent=event("observation-create", {"id": ID}),
        code="wrong_type",
        says="type",
    ),
    Refused(
        name="legacy observation of type TOOL",
        sent=event("observation-update", {"id": ID, "type": "TOOL"}),
        code="wrong_type",
        says="type",
    ),
]

DEPTHS: Final = [
    Refused(name=f"{place} of {levels} levels", sent=sent, raw=nested(levels), code="too_deep", says=place.split()[-1])
    for levels in (201, 1_000, 40_000)
    for place, sent in (
        ("a trace's input", trace(input=RAW)),
        ("a trace's metadata", trace(metadata=RAW)),
        ("a span's output", span(output=RAW)),
        ("a generation's metadata", generation(metadata=RAW)),
    )
] + [
    Refused(
        name=f"modelParameters of {levels} levels",
        sent=generation(modelParameters=RAW),
        raw=b'{"a":' + nested(levels - 1) + b"}",
        code="too_deep",
        says="modelParameters",
    )
    for levels in (201, 1_000)
]

REFUSED: Final = [*UNKNOWN_TYPES, *FRAMES, *IDS, *TIMES, *BODIES, *TYPES, *DEPTHS]

UNKNOWN_KEYS: Final = [
    Accepted(name=f"unknown key in {name}", sent=sent, repairs=frozenset({"unknown_keys"}), shows={"id": ID})
    for name, sent in {
        "a trace": trace(userid="u", nonsense={"a": [1]}),
        "a span": span(model="gpt-4o"),
        "a generation": generation(tokens=5),
        "an event": event("event-create", {"id": ID, "endTime": AT}),
        "a legacy observation": event("observation-create", {"id": ID, "type": "SPAN", "kind": "x"}),
        "a frame": {**trace(), "version": 2},
        "a frame and its body": {**trace(nonsense=1), "version": 2},
    }.items()
] + [
    Accepted(
        name="what the 2.x SDK adds to traces",
        sent=trace(start_time=AT, end_time=None, externalId="x"),
        shows={"id": ID},
    ),
    Accepted(name="what the 2.x SDK adds to generations", sent=generation(trace={"a": [1]}), shows={"id": ID}),
    Accepted(name="keys that need no warning", sent={**trace(externalId="x"), "metadata": {"a": 1}}, shows={"id": ID}),
]

_NO_JSON: Final = frozenset({"beyond 64 bit", "NaN", "infinite"})
USAGE: Final = (
    [
        Accepted(
            name=f"usage {name}",
            sent=generation(usage={"input": 7, "output": value, "unit": "TOKENS"}),
            repairs=frozenset({"dropped_usage", "repaired_number"} if name in _NO_JSON else {"dropped_usage"}),
            shows={"usageDetails": {"input": 7, "total": 7}},
        )
        for name, value in {
            "negative": -1,
            "fractional": 1.5,
            "true": True,
            "a list": [1],
            "beyond 10^15": 10**15 + 1,
            "beyond 64 bit": 10**30,
            "NaN": float("nan"),
            "infinite": float("inf"),
            "a word": "many",
        }.items()
    ]
    + [
        Accepted(
            name=f"usageDetails {name}",
            sent=generation(usageDetails={"input": 7, "cached": value}),
            repairs=frozenset({"dropped_usage"}) | more,
            shows={"usageDetails": {"input": 7, "total": 7}},
        )
        for name, value, more in (
            ("negative", -1, frozenset[str]()),
            ("fractional", 0.25, frozenset[str]()),
            ("an object", {"a": 1}, frozenset[str]()),
            ("a negative text", "-5", frozenset[str]()),
            ("beyond 64 bit", 10**25, frozenset({"repaired_number"})),
        )
    ]
    + [
        Accepted(
            name="usage written as a float without a fraction",
            sent=generation(usageDetails={"input": 7.0}),
            shows={"usageDetails": {"input": 7, "total": 7}},
        ),
        Accepted(
            name="nothing but bad usage",
            sent=generation(usageDetails={"input": -1, "output": 0.5}),
            repairs=frozenset({"dropped_usage"}),
            shows={"usageDetails": {}},
        ),
        *(
            Accepted(
                name=f"cost {name}",
                sent=generation(costDetails={"input": 0.5, "output": value}),
                repairs=frozenset({"dropped_cost"}) | more,
                shows={"costDetails": {"input": 0.5, "total": 0.5}},
            )
            for name, value, more in (
                ("negative", -0.1, frozenset[str]()),
                ("as text", "0.1", frozenset[str]()),
                ("over a million", 1e6 + 1, frozenset[str]()),
                ("NaN", float("nan"), frozenset({"repaired_number"})),
                ("true", True, frozenset[str]()),
            )
        ),
    ]
)

CLOCKS: Final = [
    Accepted(
        name="end before start",
        sent=span(startTime=AT, endTime="2027-01-15T07:58:00.000Z"),
        repairs=frozenset({"end_before_start"}),
        shows={"startTime": AT, "endTime": AT, "latency": 0, "clockSkew": True},
    ),
    Accepted(
        name="first token before start",
        sent=generation(startTime=AT, completionStartTime="2027-01-15T07:58:00.000Z"),
        repairs=frozenset({"end_before_start"}),
        shows={"completionStartTime": AT, "timeToFirstToken": 0, "clockSkew": True},
    ),
    Accepted(name="end at start", sent=span(startTime=AT, endTime=AT), shows={"latency": 0, "clockSkew": False}),
    Accepted(name="first moment of 2000", sent=trace(timestamp=FIRST_OF_2000), shows={"timestamp": FIRST_OF_2000}),
    Accepted(name="a day ahead", sent=trace(timestamp=A_DAY_AHEAD), shows={"timestamp": A_DAY_AHEAD}),
    Accepted(
        name="leap day with an offset",
        sent=trace(timestamp="2024-02-29T23:30:00.5-01:00"),
        shows={"timestamp": "2024-03-01T00:30:00.500Z"},
    ),
]

_TEXT: Final = frozenset({"repaired_text"})
_NUMBER: Final = frozenset({"repaired_number"})

TEXTS: Final = [
    Accepted(name="NUL in input", sent=trace(input="a\0b"), repairs=_TEXT, shows={"input": "a\ufffdb"}),
    Accepted(
        name="NUL deep in input", sent=trace(input=[{"k": "\0"}]), repairs=_TEXT, shows={"input": [{"k": "\ufffd"}]}
    ),
    Accepted(name="NUL in a key of input", sent=trace(input={"\0": 1}), repairs=_TEXT, shows={"input": {"\ufffd": 1}}),
    Accepted(
        name="NUL in metadata",
        sent=trace(metadata={"a\0": "\0"}),
        repairs=_TEXT,
        shows={"metadata": {"a\ufffd": "\ufffd"}},
    ),
    Accepted(name="NUL in a tag", sent=trace(tags=["a\0"]), repairs=_TEXT, shows={"tags": ["a\ufffd"]}),
    Accepted(name="NUL in a name", sent=trace(name="\0"), repairs=_TEXT, shows={"name": "\ufffd"}),
    Accepted(name="NUL in a session id", sent=trace(sessionId="s\0"), repairs=_TEXT, shows={"sessionId": "s\ufffd"}),
    Accepted(name="NUL in the event id", sent={**trace(), "id": "e\0"}, repairs=_TEXT, shows={"id": ID}),
    Accepted(name="NUL unescaped", sent=trace(input=RAW), raw=b'"a\x00b"', repairs=_TEXT, shows={"input": "a\ufffdb"}),
    Accepted(name="high surrogate", sent=span(input="a\ud83d"), repairs=_TEXT, shows={"input": "a\ufffd"}),
    Accepted(name="low surrogate", sent=span(output="\ude00b"), repairs=_TEXT, shows={"output": "\ufffdb"}),
    Accepted(
        name="surrogates in wrong order", sent=trace(name="\ude00\ud83d"), repairs=_TEXT, shows={"name": "\ufffd\ufffd"}
    ),
    Accepted(name="surrogate in a model", sent=generation(model="\ud800"), repairs=_TEXT, shows={"model": "\ufffd"}),
    Accepted(
        name="surrogate in parameters",
        sent=generation(modelParameters={"stop": "\ud800"}),
        repairs=_TEXT,
        shows={"modelParameters": {"stop": "\ufffd"}},
    ),
    Accepted(name="a real pair", sent=trace(name="\U0001f600"), shows={"name": "\U0001f600"}),
    Accepted(
        name="bytes that are no UTF-8",
        sent=trace(input=RAW),
        raw=b'"a\xffb"',
        repairs=_TEXT,
        shows={"input": "a\ufffdb"},
    ),
    Accepted(name="half a letter", sent=trace(name=RAW), raw=b'"\xc3"', repairs=_TEXT, shows={"name": "\ufffd"}),
    Accepted(
        name="a surrogate as bytes",
        sent=trace(name=RAW),
        raw=b'"\xed\xa0\x80"',
        repairs=_TEXT,
        shows={"name": "\ufffd" * 3},
    ),
    Accepted(name="a bare line break", sent=trace(name=RAW), raw=b'"a\nb"', repairs=_TEXT, shows={"name": "a\nb"}),
    Accepted(
        name="version of 1001 letters",
        sent=trace(version="v" * 1001),
        repairs=frozenset({"text_cut"}),
        shows={"version": "v" * 1000},
    ),
    Accepted(
        name="name of an observation of 1001 letters",
        sent=span(name="n" * 1001),
        repairs=frozenset({"text_cut"}),
        shows={"name": "n" * 1000},
    ),
    Accepted(
        name="release of 1001 letters",
        sent=trace(release="r" * 1001),
        repairs=frozenset({"text_cut"}),
        shows={"release": "r" * 1000},
    ),
]

NUMBERS: Final = [
    Accepted(name="NaN", sent=trace(input=float("nan")), repairs=_NUMBER, shows={"input": "NaN"}),
    Accepted(
        name="NaN inside", sent=trace(input={"a": [float("nan")]}), repairs=_NUMBER, shows={"input": {"a": ["NaN"]}}
    ),
    Accepted(name="infinity", sent=span(output=[float("inf")]), repairs=_NUMBER, shows={"output": ["Infinity"]}),
    Accepted(name="minus infinity", sent=span(output=-float("inf")), repairs=_NUMBER, shows={"output": "-Infinity"}),
    Accepted(
        name="NaN in metadata",
        sent=trace(metadata={"a": float("nan")}),
        repairs=_NUMBER,
        shows={"metadata": {"a": "NaN"}},
    ),
    Accepted(name="1e999", sent=trace(input=RAW), raw=b"[1e999]", repairs=_NUMBER, shows={"input": ["1e999"]}),
    Accepted(name="30 digits", sent=trace(input=[10**30]), repairs=_NUMBER, shows={"input": [str(10**30)]}),
    Accepted(
        name="minus 30 digits",
        sent=trace(metadata={"a": -(10**30)}),
        repairs=_NUMBER,
        shows={"metadata": {"a": str(-(10**30))}},
    ),
    Accepted(name="a thousand digits", sent=trace(input=[10**1000]), repairs=_NUMBER, shows={"input": [str(10**1000)]}),
    Accepted(
        name="parameter beyond 64 bit",
        sent=generation(modelParameters={"seed": 2**64}),
        repairs=_NUMBER,
        shows={"modelParameters": {"seed": str(2**64)}},
    ),
    Accepted(name="largest of 64 bit", sent=trace(metadata={"a": 2**53 - 1}), shows={"metadata": {"a": 2**53 - 1}}),
]

TAGS: Final = [
    Accepted(
        name="201 tags",
        sent=trace(tags=[f"{number:03}" for number in range(201)]),
        repairs=frozenset({"too_many_tags"}),
        shows={"tags": [f"{number:03}" for number in range(200)]},
    ),
    Accepted(
        name="20000 tags",
        sent=trace(tags=[f"{number:05}" for number in range(20_000)]),
        repairs=frozenset({"too_many_tags"}),
        shows={"tags": [f"{number:05}" for number in range(200)]},
    ),
    Accepted(
        name="200 tags",
        sent=trace(tags=[f"{number:03}" for number in range(200)]),
        shows={"tags": [f"{number:03}" for number in range(200)]},
    ),
    Accepted(
        name="one tag 300 times",
        sent=trace(tags=["a"] * 300),
        repairs=frozenset({"too_many_tags"}),
        shows={"tags": ["a"]},
    ),
    Accepted(
        name="tag of 1001 letters",
        sent=trace(tags=["t" * 1001]),
        repairs=frozenset({"text_cut"}),
        shows={"tags": ["t" * 1000]},
    ),
]

ODDITIES: Final = [
    Accepted(name="id of 800 bytes", sent=trace(id=LONGEST_ID, name="n"), shows={"id": LONGEST_ID, "name": "n"}),
    Accepted(name="input of 200 levels", sent=trace(input=RAW), raw=nested(200), shows={"id": ID}),
    Accepted(name="metadata of 200 levels", sent=trace(metadata=RAW), raw=nested(200), shows={"id": ID}),
    Accepted(name="brackets in text", sent=trace(input="[{" * 5_000), shows={"input": "[{" * 5_000}),
    Accepted(name="environment of another type", sent=trace(environment=7), shows={"environment": "default"}),
    Accepted(name="environment with a reserved name", sent=trace(environment="langfuse-x"), shows={"environment": "x"}),
    Accepted(name="environment too long", sent=trace(environment="e" * 99), shows={"environment": "e" * 40}),
    Accepted(
        name="environment in letters it may not have",
        sent=trace(environment="Ünï code"),
        shows={"environment": "default"},
    ),
    Accepted(
        name="nulls everywhere",
        sent=trace(name=None, tags=None, metadata=None, input=None, public=None),
        shows={"id": ID},
    ),
    Accepted(
        name="a key twice",
        sent=event("trace-create", RAW),
        raw=b'{"id":"bad","name":"a","name":"b"}',
        shows={"name": "b"},
    ),
    Accepted(name="metadata that is text", sent=trace(metadata="note"), shows={"metadata": {"metadata": "note"}}),
    Accepted(name="metadata that is false", sent=trace(metadata=False), shows={"metadata": {"metadata": False}}),
    Accepted(name="empty key in metadata", sent=trace(metadata={"": 1}), shows={"metadata": {"": 1}}),
    Accepted(
        name="dots in a key of metadata",
        sent=trace(metadata={"a.b": 1, "a": {"b": 2}}),
        shows={"metadata": {"a.b": 1, "a": {"b": 2}}},
    ),
    Accepted(name="a parent that is itself", sent=span(parentObservationId=ID), shows={"parentObservationId": ID}),
    Accepted(
        name="markup and SQL in text",
        sent=trace(name="'; DROP TABLE trace; --<script>"),
        shows={"name": "'; DROP TABLE trace; --<script>"},
    ),
]

ACCEPTED: Final = [*UNKNOWN_KEYS, *USAGE, *CLOCKS, *TEXTS, *NUMBERS, *TAGS, *ODDITIES]
