"""Laws of the codec: both encodings agree, the patient reader agrees with the fast one, bad bytes harm nobody."""

import contextlib
import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from panope.domain.errors import InvalidError
from panope.domain.merge.lift import lift
from panope.wire.otlp import decode_otlp
from panope.wire.otlp.otlpjson import _mend, _read_loosely, read_json
from panope.wire.otlp.protobuf import read_protobuf
from panope.wire.otlp.salvage import salvage_protobuf
from panope.wire.semconv import precedence
from panope.wire.semconv.usage import _GENERIC, _VERCEL
from tests.support.load import Load
from tests.unit.wire.otlp.requests import (
    END_NS,
    START_NS,
    as_json,
    as_protobuf,
    decode_json,
    decode_protobuf,
    group,
    span,
)

_KEYS = sorted(
    {
        *(
            key
            for name in dir(precedence)
            if name.isupper() and isinstance(getattr(precedence, name), tuple)
            for key in getattr(precedence, name)
            if isinstance(key, str)
        ),
        *(key for rule in precedence.IO_RULES for key in (*rule.inputs, *rule.outputs)),
        *(rule.key for rule in precedence.TYPE_RULES if rule.key is not None),
        *(f"gen_ai.usage.{name}" for name in _GENERIC),
        *(f"ai.usage.{name}" for name in _VERCEL),
        "langfuse.observation.usage_details",
        "langfuse.observation.cost_details",
        "langfuse.observation.metadata",
        "langfuse.observation.metadata.k",
        "langfuse.trace.metadata",
        "langfuse.trace.metadata.k",
        "metadata",
        "llm.cost.total",
        "langfuse.observation.completion_start_time",
        "ai.response.msToFirstChunk",
        "llm.invocation_parameters",
        "langfuse.experiment.id",
        "langfuse.experiment.item",
        "langfuse.experiment.item.metadata.k",
        "gen_ai.prompt.0.role",
        "gen_ai.prompt.0",
        "gen_ai.completion.1.content",
        "llm.input_messages.0.message.role",
        "ai.response.providerMetadata",
        "langfuse.observation.model.parameters",
        "gen_ai.request.temperature",
        "http.route",
    }
)
_SCOPES = [
    "lib",
    "ai",
    "genkit-tracer",
    "langfuse-sdk",
    "livekit-agents",
    "pydantic-ai",
    "@flue/opentelemetry",
    "gcp.vertex.agent",
]
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "chat",
            "LLM",
            "true",
            '{"a": 1}',
            '[{"role": "user", "content": "hi"}]',
            "[]",
            '"q"',
            "null",
            '{"input": -3}',
            '{"usage_metadata": {"cached_content_token_count": 3}}',
            '{"openai": {"cachedPromptTokens": 4}, "anthropic": 5}',
            '{"a": "\\ud800"}',
            '[{"event.name": "gen_ai.choice"}, 4]',
            "2025-10-09T08:53:21Z",
            "generation",
            "a,b",
            "0.5",
        ]
    ),
)
_SCALARS = st.one_of(
    st.none(),
    _TEXTS,
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-3, 60),
    st.floats(width=64),
    st.just("é\0"),
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_ATTRIBUTES = st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=5), _VALUES, max_size=8)
_EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(
                [
                    "exception",
                    "gen_ai.user.message",
                    "gen_ai.choice",
                    "gen_ai.content.prompt",
                    "other",
                    "gen_ai.client.inference.operation.details",
                ]
            ),
            "attributes": st.dictionaries(
                st.sampled_from(
                    ["exception.type", "exception.message", "role", "content", "gen_ai.prompt", "gen_ai.input.messages"]
                ),
                _VALUES,
                max_size=3,
            ),
        }
    ),
    max_size=2,
)
_HEX = st.sampled_from(["", "00", "ab" * 8, "cd" * 16])
_TIMES = st.sampled_from([0, 1, START_NS, START_NS + 999, END_NS, START_NS // 1000, 2**63])
_SPANS = st.builds(
    span,
    name=st.text(max_size=6),
    trace_id=_HEX,
    span_id=_HEX,
    parent_id=_HEX,
    start_ns=_TIMES,
    end_ns=_TIMES,
    attributes=_ATTRIBUTES,
    events=_EVENTS,
    links=st.lists(st.fixed_dictionaries({"trace_id": _HEX, "span_id": _HEX, "attributes": _ATTRIBUTES}), max_size=1),
    status=st.sampled_from([{}, {"code": 1}, {"code": 2}, {"code": 2, "message": "ValueError: no"}]),
)
_GROUPS = st.builds(
    group,
    st.lists(_SPANS, max_size=3),
    resource=_ATTRIBUTES,
    scope=st.sampled_from(_SCOPES),
    version=st.sampled_from(["", "3.3", "x"]),
)
_REQUESTS = st.lists(_GROUPS, max_size=2)


def _outcome(decode: Any, body: bytes) -> Any:
    try:
        return decode(body)
    except InvalidError as error:
        return error.code, error.message


@given(_REQUESTS)
def test_both_encodings_give_equal_events(groups: list[dict[str, Any]]) -> None:
    assert _outcome(decode_json, as_json(*groups)) == _outcome(decode_protobuf, as_protobuf(*groups))


@given(_REQUESTS)
def test_every_event_can_be_lifted_and_stored(groups: list[dict[str, Any]]) -> None:
    with contextlib.suppress(InvalidError):
        for event in decode_protobuf(as_protobuf(*groups)).events:
            lift(event)
            encoded = msgspec.json.encode(event).decode()
            assert "\\u0000" not in encoded
            assert not any("\ud800" <= character <= "\udfff" for character in encoded)


@given(_REQUESTS)
def test_the_patient_readers_agree_with_the_fast_ones(groups: list[dict[str, Any]]) -> None:
    protobuf, text = as_protobuf(*groups), as_json(*groups)
    assert salvage_protobuf(protobuf) == read_protobuf(protobuf)
    assert _read_loosely(_mend(text)) == read_json(text)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_raise_nothing_but_a_refusal(body: bytes) -> None:
    _decode_both(body)


@given(
    _REQUESTS,
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=5),
)
def test_damaged_requests_raise_nothing_but_a_refusal(
    groups: list[dict[str, Any]], damages: list[tuple[int, bytes, int]]
) -> None:
    for body in (as_json(*groups), as_protobuf(*groups)):
        damaged = body
        for place, inserted, removed in damages:
            at = place % (len(damaged) + 1)
            damaged = damaged[:at] + inserted + damaged[at + removed :]
        _decode_both(damaged)


_JSON_TOKENS = st.sampled_from(
    [
        '"',
        "\\",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "null",
        "NaN",
        "-Infinity",
        "1e999",
        '"resourceSpans"',
        '"\\ud800"',
        '"spans"',
        "5",
    ]
)


@given(_REQUESTS, st.lists(st.tuples(st.integers(0, 10_000), _JSON_TOKENS), min_size=1, max_size=6))
def test_json_with_foreign_tokens_raises_nothing_but_a_refusal(
    groups: list[Any], tokens: list[tuple[int, str]]
) -> None:
    body = as_json(*groups).decode()
    for place, token in tokens:
        at = place % (len(body) + 1)
        body = body[:at] + token + body[at:]
    _decode_both(body.encode("utf-8", "surrogatepass"))


_MISSHAPEN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceSpans",
                    "resource",
                    "scopeSpans",
                    "scope",
                    "spans",
                    "attributes",
                    "key",
                    "value",
                    "stringValue",
                    "intValue",
                    "arrayValue",
                    "kvlistValue",
                    "values",
                    "traceId",
                    "spanId",
                    "events",
                    "links",
                    "status",
                    "code",
                    "low",
                    "high",
                    "data",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_MISSHAPEN)
def test_json_of_any_shape_raises_nothing_but_a_refusal(value: Any) -> None:
    _decode_both(json.dumps(value).encode())
    _decode_both(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [value]}]}]}).encode())


def _decode_both(body: bytes) -> None:
    for content_type in ("json", "protobuf"):
        with contextlib.suppress(InvalidError):
            decode_otlp(body, content_type=content_type, received_us=END_NS // 1000, project_id="p")  # type: ignore[arg-type]


def test_long_unfinished_text_takes_no_quadratic_time(load: Load) -> None:
    size = load.choose(small=200_000, bounded=1_000_000, full=4_000_000)
    for body in (b'{"a":"' + b'\\"' * size, b'"' * size, b"[" * size, b'{"a":NaN,"b":"' + b"\\\\" * size):
        _decode_both(body)
