"""Spans of `POST /api/public/otel/v1/traces`, in both encodings where both can say it."""

from collections.abc import Iterable
from typing import Any, Final

import pytest
from msgspec import Struct, field

from tests.api.bad_inputs.shapes import LONG_ID, LONG_ID_OF_SHORT_TEXT, LONGEST_ID
from tests.unit.wire.otlp.requests import END_NS, START_NS, Plain, as_json, as_protobuf, group
from tests.unit.wire.otlp.requests import span as plain_span

JSON: Final = "application/json"
PROTOBUF: Final = "application/x-protobuf"
BOTH: Final = (JSON, PROTOBUF)
ID: Final = f"{1:016x}"
NEIGHBOURS: Final = (f"{8:016x}", f"{9:016x}")
NOW_NS: Final = 1_800_000_000_000_000_000
DAY_NS: Final = 86_400_000_000_000
SECOND_NS: Final = 1_000_000_000
MARK: Final = "@mark@"


class SpanRow(Struct, frozen=True, kw_only=True):
    """One span between two good ones."""

    name: str
    span: dict[str, Any]
    encodings: tuple[str, ...] = BOTH
    changes: tuple[tuple[bytes, bytes], ...] = ()
    """What to replace in the encoded body; in protobuf by as many bytes."""
    code: str | None = None
    """Reason of the refusal; None: it is stored."""
    repairs: frozenset[str] = frozenset()
    trace: dict[str, Any] = field(default_factory=dict)
    """What reading the span's trace shows, among other things."""
    shows: dict[str, Any] = field(default_factory=dict)
    """What reading the observation shows, among other things."""
    attributes: dict[str, Any] | None = None
    """What its metadata keeps of attributes that nobody understood."""

    def body(self, encoding: str) -> bytes:
        """The whole request."""
        neighbours = [span(number=int(number, 16), parent_id="7" * 16) for number in NEIGHBOURS]
        encode = as_json if encoding == JSON else as_protobuf
        encoded = encode(group([neighbours[0], self.span, neighbours[1]]))
        for old, new in self.changes:
            assert encoded.count(old) == 1, f"{old!r} is not there once"
            encoded = encoded.replace(old, new)
        return encoded


def encoded_rows(rows: Iterable[SpanRow]) -> list[Any]:
    """Rows with each of their encodings, as parameters of a test."""
    return [
        pytest.param(row, encoding, id=f"{row.name.replace(' ', '-')}-{encoding.rpartition('-')[2].rpartition('/')[2]}")
        for row in rows
        for encoding in row.encodings
    ]


def span(name: str = "step", /, **fields: Any) -> Plain:
    """One good span but for what is said here."""
    return plain_span(name, **fields)


def nested(levels: int, value: Any = "x") -> Any:
    """A value within so many arrays."""
    for _ in range(levels):
        value = [value]
    return value


def nested_text(levels: int) -> str:
    """JSON text of so many levels."""
    return '{"a":' * levels + "1" + "}" * levels


def marked(**fields: Any) -> dict[str, Any]:
    """A span with an attribute to be replaced once it is encoded."""
    return span(attributes={"a": MARK}, **fields)


def json_change(old: str, new: str) -> tuple[tuple[bytes, bytes], ...]:
    """One replacement in JSON."""
    return ((old.encode(), new.encode("utf-8", "surrogatepass")),)


MARK_VALUE: Final = f'{{"stringValue": "{MARK}"}}'

IDS: Final = [
    SpanRow(name="no trace id", span=span(trace_id=""), code="missing_id"),
    SpanRow(name="no span id", span=span(span_id=""), code="missing_id"),
    SpanRow(name="trace id of zeros", span=span(trace_id="0" * 32), code="missing_id"),
    SpanRow(name="span id of zeros", span=span(span_id="0" * 16), code="missing_id"),
    *(
        SpanRow(name=f"{key} of {kind}", span=span(**{key: value}), encodings=(JSON,), code="id_too_long")
        for key in ("trace_id", "span_id", "parent_id")
        for kind, value in (("801 letters", LONG_ID), ("802 bytes", LONG_ID_OF_SHORT_TEXT))
    ),
    *(
        SpanRow(
            name=f"span id {value}",
            span=span(span_id=MARK),
            changes=json_change(f'"{MARK}"', value),
            encodings=(JSON,),
            code="malformed_span",
        )
        for value in ("7", "1.5", "true", "[256]", "[-1]", '["a"]', '{"data": "x"}', "{}")
    ),
    SpanRow(
        name="trace id as number",
        span=span(trace_id=MARK),
        changes=json_change(f'"{MARK}"', "123"),
        encodings=(JSON,),
        code="malformed_span",
    ),
    *(
        SpanRow(name=f"{key} of 801 bytes", span=span(attributes={key: LONG_ID}), code="id_too_long")
        for key in ("session.id", "user.id", "langfuse.user.id")
    ),
]

_SECONDS: Final = NOW_NS // SECOND_NS
TIMES: Final = [
    *(
        SpanRow(name=f"{key} in {unit}", span=span(**{key: _SECONDS * factor}), code="wrong_time_unit")
        for key in ("start_ns", "end_ns")
        for unit, factor in (("seconds", 1), ("milliseconds", 1_000), ("microseconds", 1_000_000))
    ),
    SpanRow(name="start in 1999", span=span(start_ns=946_684_799 * SECOND_NS), code="time_out_of_range"),
    SpanRow(name="end over a day ahead", span=span(end_ns=NOW_NS + DAY_NS + 1_000), code="time_out_of_range"),
    SpanRow(name="start beyond 64 bit signed", span=span(start_ns=2**64 - 1), code="time_out_of_range"),
    SpanRow(name="negative start", span=span(start_ns=-1), encodings=(JSON,), code="time_out_of_range"),
    *(
        SpanRow(
            name=f"start {text[:20]}",
            span=span(start_ns=MARK),
            changes=json_change(f'"{MARK}"', text),
            encodings=(JSON,),
            code="malformed_span",
        )
        for text in ('"yesterday"', '"2027-01-15T07:59:00Z"', "1.5", "true", "[]", '{"low": 1}', '"1e18"')
    ),
    SpanRow(name="start of 30 digits", span=span(start_ns=10**30), encodings=(JSON,), code="malformed_span"),
    SpanRow(
        name="start at 2000",
        span=span(start_ns=946_684_800 * SECOND_NS, end_ns=946_684_801 * SECOND_NS),
        shows={"startTime": "2000-01-01T00:00:00.000Z", "latency": 1},
    ),
    SpanRow(name="end a day ahead", span=span(end_ns=NOW_NS + DAY_NS), shows={"endTime": "2027-01-16T08:00:00.000Z"}),
    SpanRow(name="no times at all", span=span(start_ns=0, end_ns=0), shows={"startTime": "2027-01-15T08:00:00.000Z"}),
    SpanRow(
        name="end before start",
        span=span(start_ns=END_NS, end_ns=START_NS),
        repairs=frozenset({"end_before_start"}),
        shows={"latency": 0, "clockSkew": True},
    ),
    SpanRow(
        name="first token before start",
        repairs=frozenset({"end_before_start"}),
        span=span(attributes={"langfuse.observation.completion_start_time": "2020-01-01T00:00:00Z"}),
        shows={"timeToFirstToken": 0, "clockSkew": True},
    ),
    *(
        SpanRow(
            name=f"first token {text}",
            repairs=frozenset({"dropped_completion_start_time"}),
            span=span(attributes={"langfuse.observation.completion_start_time": text}),
            shows={"completionStartTime": None},
        )
        for text in ("never", "1999-01-01T00:00:00Z", "2028-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "")
    ),
]

SHAPES: Final = [
    *(
        SpanRow(
            name=f"{key} {value}",
            span=span(),
            encodings=(JSON,),
            code="malformed_span",
            changes=json_change(f'"spanId": "{ID}"', f'"spanId": "{ID}", "{key}": {value}'),
        )
        for key in ("attributes", "events", "links")
        for value in ('"text"', "7", "true", '{"a": 1}', "[7]", '["a"]', "[[]]")
    ),
    *(
        SpanRow(
            name=f"{key} {value}",
            span=span(),
            encodings=(JSON,),
            code="malformed_span",
            changes=json_change(f'"spanId": "{ID}"', f'"spanId": "{ID}", "{key}": {value}'),
        )
        for key, value in (
            ("name", "7"),
            ("status", '"ok"'),
            ("status", "2"),
            ("attributes", '[{"key": 7}]'),
            ("attributes", '[{"key": "a", "value": "x"}]'),
            ("attributes", '[{"key": "a", "value": {"stringValue": 7}}]'),
            ("attributes", '[{"key": "a", "value": {"boolValue": "x"}}]'),
            ("attributes", '[{"key": "a", "value": {"arrayValue": []}}]'),
        )
    ),
    *(
        SpanRow(
            name=f"bytes that are no span, {what}",
            span=marked(),
            encodings=(PROTOBUF,),
            code="malformed_span",
            changes=((b"\x0a\x06" + MARK.encode(), sent + MARK.encode()),),
        )
        for what, sent in (
            ("a length beyond its end", b"\x0a\x7f"),
            ("a group", b"\x0b\x06"),
            ("field zero", b"\x02\x06"),
        )
    ),
]

DEPTHS: Final = [
    *(
        SpanRow(
            name=f"attribute of {levels} levels",
            span=marked(),
            encodings=(JSON,),
            code=code,
            changes=json_change(MARK_VALUE, '{"arrayValue":{"values":[' * levels + "]}}" * levels),
        )
        for levels, code in ((201, "too_deeply_nested"), (20_000, "malformed_span"))
    ),
    *(
        SpanRow(
            name=f"{key} of {levels} levels as text",
            span=span(attributes={key: nested_text(levels)}),
            code="too_deeply_nested",
        )
        for key in ("langfuse.observation.metadata", "langfuse.observation.model.parameters", "langfuse.trace.metadata")
        for levels in (201, 5_000)
    ),
    SpanRow(name="attribute of 200 levels", span=span(attributes={"a": nested(200)}), encodings=(JSON,)),
    SpanRow(
        name="input of 5000 levels as text", span=span(attributes={"langfuse.observation.input": nested_text(5_000)})
    ),
]

_TEXT: Final = frozenset({"repaired_text"})
_NUMBER: Final = frozenset({"repaired_number"})
TEXTS: Final = [
    SpanRow(name="NUL in the name", span=span("a\0b"), repairs=_TEXT, shows={"name": "a\ufffdb"}),
    SpanRow(
        name="NUL in an attribute", span=span(attributes={"a\0": "\0"}), repairs=_TEXT, attributes={"a\ufffd": "\ufffd"}
    ),
    SpanRow(
        name="NUL deep in an attribute",
        span=span(attributes={"a": [{"b": ["\0"]}]}),
        repairs=_TEXT,
        attributes={"a": [{"b": ["\ufffd"]}]},
    ),
    SpanRow(name="NUL in an event", span=span(events=[{"name": "e\0", "attributes": {"\0": "\0"}}]), repairs=_TEXT),
    SpanRow(
        name="NUL in a link",
        repairs=_TEXT,
        span=span(links=[{"trace_id": "1" * 32, "span_id": "2" * 16, "attributes": {"a": "\0"}}]),
    ),
    SpanRow(
        name="NUL in the status",
        span=span(status={"code": 2, "message": "\0"}),
        repairs=_TEXT,
        shows={"statusMessage": "\ufffd"},
    ),
    SpanRow(
        name="NUL in the session id",
        span=span(attributes={"session.id": "s\0"}),
        repairs=_TEXT,
        trace={"sessionId": "s\ufffd"},
    ),
    *(
        SpanRow(
            name=f"{name} in JSON",
            span=marked(),
            changes=json_change(MARK, sent),
            encodings=(JSON,),
            repairs=repairs,
            attributes={"a": kept},
        )
        for name, sent, kept, repairs in (
            ("high surrogate", r"a\ud83d", "a\ufffd", _TEXT),
            ("low surrogate", r"\ude00b", "\ufffdb", _TEXT),
            ("surrogates in wrong order", r"\ude00\ud83d", "\ufffd\ufffd", _TEXT),
            ("a pair", r"\ud83d\ude00", "\U0001f600", frozenset[str]()),
            ("escaped backslash before u", r"\\ud83d", r"\ud83d", frozenset[str]()),
            ("bare NUL", "a\0b", "a\ufffdb", _TEXT),
        )
    ),
    *(
        SpanRow(
            name=f"{name} as bytes",
            span=marked(),
            changes=((MARK.encode(), sent),),
            repairs=_TEXT,
            attributes={"a": kept},
        )
        for name, sent, kept in (
            ("no UTF-8", b"ab\xff\xfecd", "ab\ufffd\ufffdcd"),
            ("half a letter", b"abcde\xc3", "abcde\ufffd"),
            ("a surrogate", b"abc\xed\xa0\x80", "abc\ufffd\ufffd\ufffd"),
        )
    ),
    SpanRow(
        name="surrogates in JSON within an attribute",
        span=span(attributes={"langfuse.observation.input": r'{"a": "\ud800"}'}),
        shows={"id": ID},
    ),
    SpanRow(
        name="name of 1001 letters", span=span("n" * 1001), repairs=frozenset({"text_cut"}), shows={"name": "n" * 1000}
    ),
    *(
        SpanRow(
            name=f"{key} of 1001 letters",
            span=span(attributes={key: "v" * 1001}),
            repairs=frozenset({"text_cut"}),
            shows={shown: "v" * 1000} if shown in {"version", "model"} else {},
            trace={shown: "v" * 1000} if shown in {"release", "name"} else {},
        )
        for key, shown in (
            ("langfuse.version", "version"),
            ("gen_ai.request.model", "model"),
            ("langfuse.release", "release"),
            ("langfuse.trace.name", "name"),
        )
    ),
]

NUMBERS: Final = [
    *(
        SpanRow(
            name=f"{text} as a real number", span=span(attributes={"a": value}), repairs=_NUMBER, attributes={"a": text}
        )
        for text, value in (("NaN", float("nan")), ("Infinity", float("inf")), ("-Infinity", -float("inf")))
    ),
    SpanRow(
        name="NaN deep inside",
        span=span(attributes={"a": [{"b": float("nan")}]}),
        repairs=_NUMBER,
        attributes={"a": [{"b": "NaN"}]},
    ),
    *(
        SpanRow(
            name=f"{sent} in JSON",
            span=marked(),
            changes=json_change(MARK_VALUE, f"{{{sent}}}"),
            encodings=(JSON,),
            repairs=repairs,
            attributes={"a": kept},
        )
        for sent, kept, repairs in (
            ('"doubleValue": NaN', "NaN", _NUMBER),
            ('"doubleValue": -Infinity', "-Infinity", _NUMBER),
            ('"intValue": 99999999999999999999', "99999999999999999999", _NUMBER),
            ('"intValue": "18446744073709551616"', "18446744073709551616", _NUMBER),
            ('"intValue": "many"', "many", _NUMBER),
            ('"intValue": "-9007199254740991"', -9007199254740991, frozenset[str]()),
            ('"intValue": {"low": 5, "high": 0}', 5, frozenset[str]()),
        )
    ),
]

_DETAILS: Final = "langfuse.observation.usage_details"
USAGE: Final = (
    [
        SpanRow(
            name=f"usage {value}",
            span=span(attributes={_DETAILS: f'{{"input": 7, "output": {value}}}'}),
            repairs=frozenset({"dropped_usage"}),
            shows={"usageDetails": {"input": 7, "total": 7}},
        )
        for value in ("-1", "1.5", '"many"', "true", "[1]", "1000000000000001", "99999999999999999999")
    ]
    + [
        SpanRow(
            name=f"token count {value}",
            span=span(attributes={"gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": value}),
            repairs=frozenset({"dropped_usage"}),
            shows={"usageDetails": {"input": 7, "total": 7}},
        )
        for value in (-1, 1.5, "many", 10**18)
    ]
    + [
        SpanRow(name="usage that is no JSON", span=span(attributes={_DETAILS: "{many"}), shows={"usageDetails": {}}),
        SpanRow(name="usage that is a list", span=span(attributes={_DETAILS: "[1]"}), shows={"usageDetails": {}}),
        SpanRow(
            name="cost below zero",
            repairs=frozenset({"dropped_cost"}),
            span=span(attributes={"langfuse.observation.cost_details": '{"input": 0.5, "output": -1}'}),
            shows={"costDetails": {"input": 0.5, "total": 0.5}},
        ),
    ]
)

TAGS: Final = [
    SpanRow(
        name="201 tags",
        span=span(attributes={"langfuse.trace.tags": [f"{number:03}" for number in range(201)]}),
        repairs=frozenset({"too_many_tags"}),
        trace={"tags": [f"{number:03}" for number in range(200)]},
    ),
    SpanRow(
        name="tags of any type",
        span=span(attributes={"langfuse.trace.tags": [1, True, ["a"], "b"]}),
        trace={"tags": ["1", '["a"]', "b", "true"]},
    ),
    SpanRow(
        name="tag of 1001 letters",
        span=span(attributes={"langfuse.trace.tags": ["t" * 1001]}),
        repairs=frozenset({"text_cut"}),
        trace={"tags": ["t" * 1000]},
    ),
]

ODDITIES: Final = [
    SpanRow(
        name="unknown keys of later OTLP",
        span=span(),
        encodings=(JSON,),
        shows={"id": ID},
        changes=json_change(
            f'"spanId": "{ID}"',
            f'"flags": 257, "traceState": "a=b", "droppedLinksCount": 3, "x": [{{}}], "spanId": "{ID}"',
        ),
    ),
    SpanRow(name="id of 800 bytes", span=span(span_id=LONGEST_ID), encodings=(JSON,), shows={"id": LONGEST_ID}),
    SpanRow(name="parent that is itself", span=span(parent_id=ID), shows={"parentObservationId": ID}),
    *(
        SpanRow(
            name=f"prompt version {version}",
            repairs=frozenset({"dropped_prompt_link"}),
            span=span(
                attributes={
                    "langfuse.observation.type": "generation",
                    "langfuse.observation.prompt.name": "p",
                    "langfuse.observation.prompt.version": version,
                }
            ),
            shows={"promptName": None, "promptVersion": None},
        )
        for version in (0, -1, 2**31, 2**62, "latest", 1.5)
    ),
    SpanRow(
        name="level nobody knows",
        span=span(attributes={"langfuse.observation.level": "LOUD"}),
        shows={"level": "DEFAULT"},
    ),
    SpanRow(name="retry number of 64 bit", span=span(attributes={"retry_count": 2**62}), shows={"id": ID}),
    SpanRow(
        name="status code of another world",
        span=span(status={"code": 77}),
        encodings=(JSON,),
        shows={"level": "DEFAULT"},
    ),
    SpanRow(name="attribute without value", span=span(attributes={"a": None, "b": 1}), attributes={"b": 1}),
    SpanRow(name="attribute with an empty name", span=span(attributes={"": "x"}), attributes={"": "x"}),
    SpanRow(
        name="event at the end of time",
        span=span(events=[{"name": "e", "attributes": {}}]),
        encodings=(JSON,),
        changes=json_change(f'"timeUnixNano": "{START_NS + 1}"', f'"timeUnixNano": "{2**64 - 1}"'),
        shows={"id": ID},
    ),
]

ROWS: Final = [*IDS, *TIMES, *SHAPES, *DEPTHS, *TEXTS, *NUMBERS, *USAGE, *TAGS, *ODDITIES]
REFUSED: Final = [row for row in ROWS if row.code is not None]
ACCEPTED: Final = [row for row in ROWS if row.code is None]
