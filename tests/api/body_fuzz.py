"""Strategies for bodies of writes: good and odd ones of the tables, spoilt in their values or in their bytes."""

import json
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from tests.api.bad_inputs import events, legacy, models, score_configs, scores, spans
from tests.api.bad_inputs.shapes import AT, event, write
from tests.api.query_fuzz import JSON_VALUES

LARGEST_BYTES = 20_000
TYPES = """
trace-create score-create event-create span-create span-update generation-create generation-update agent-create
tool-create chain-create retriever-create evaluator-create embedding-create guardrail-create sdk-log
observation-create observation-update dataset-run-item-create
""".split()
BODY_KEYS = """
id timestamp name externalId input output sessionId userId environment metadata release version public tags traceId
startTime endTime level statusMessage parentObservationId completionStartTime model modelParameters usage usageDetails
costDetails promptName promptVersion type value comment dataType configId source observationId datasetRunId queueId
""".split()
PLAUSIBLE = st.one_of(
    JSON_VALUES,
    st.sampled_from(
        [AT, "a", "trace-1", "ERROR", "NUMERIC", 1, 0.5, True, {"input": 1, "output": 2}, ["a", "b"], {"a": [1]}]
    ),
)


class Write(Struct, frozen=True):
    """One request that writes."""

    method: str
    path: str
    content_type: str
    body: bytes


def _event(kind: Any, body: Any, frame: Any) -> Any:
    return {**event(kind, body), **frame}


EVENTS = st.builds(
    _event,
    st.one_of(st.sampled_from(TYPES), st.sampled_from(TYPES), JSON_VALUES),
    st.one_of(st.dictionaries(st.sampled_from(BODY_KEYS), PLAUSIBLE, max_size=6), JSON_VALUES),
    st.dictionaries(st.sampled_from(["id", "timestamp", "metadata", "x"]), PLAUSIBLE, max_size=1),
)


def _small(rows: list[Any]) -> list[bytes]:
    written = [write(row.sent, row.raw) for row in rows]
    return [body for body in written if len(body) < LARGEST_BYTES]


_BATCHES = [b'{"batch":[%s]}' % body for body in _small([*events.ACCEPTED, *events.REFUSED])]
_SCORES = _small([*scores.ACCEPTED, *scores.REFUSED])
_MODELS = _small([*models.ACCEPTED, *models.REFUSED])
_CONFIGS = _small([*score_configs.ACCEPTED, *score_configs.REFUSED])
_EXPORTS = [
    Write("POST", "/otel/v1/traces", encoding, row.body(encoding))
    for row in spans.ROWS
    for encoding in row.encodings
    if len(row.body(encoding)) < LARGEST_BYTES
]
_TABLE = [
    *(Write("POST", "/ingestion", spans.JSON, body) for body in _BATCHES),
    *(Write("POST", "/scores", spans.JSON, body) for body in _SCORES),
    *(Write("POST", "/score-configs", spans.JSON, body) for body in _CONFIGS),
    *_EXPORTS,
]


@st.composite
def writes(draw: st.DrawFn) -> Write:
    """Half from the tables with spoilt bytes, half made up value by value."""
    if draw(st.booleans()):
        found = draw(st.sampled_from(_EXPORTS if draw(st.booleans()) else _TABLE))
        return Write(found.method, found.path, found.content_type, draw(spoilt(found.body)))
    kind = draw(st.sampled_from(["ingestion", "ingestion", "ingestion", "scores", "legacy", "models", "score-configs"]))
    if kind == "ingestion":
        body: Any = {
            "batch": draw(st.lists(EVENTS, max_size=4)),
            **draw(st.fixed_dictionaries({}, optional={"metadata": JSON_VALUES})),
        }
        return Write("POST", "/ingestion", spans.JSON, json.dumps(body).encode())
    made_up = draw(st.dictionaries(st.sampled_from([*BODY_KEYS, "spanId", "generationId"]), PLAUSIBLE, max_size=6))
    if kind == "scores":
        one = draw(st.booleans())
        return Write(
            "POST", "/scores", spans.JSON, json.dumps({**scores.GOOD, **made_up} if one else [made_up]).encode()
        )
    if kind == "legacy":
        method, path = draw(st.sampled_from(legacy.ROUTES))
        return Write(method, path, spans.JSON, json.dumps({legacy.IDS[method, path]: "x", **made_up}).encode())
    if kind == "score-configs":
        keys = st.sampled_from([*score_configs.GOOD, "categories", "description", "direction"])
        changed = {**score_configs.GOOD, **draw(st.dictionaries(keys, JSON_VALUES, max_size=2))}
        return Write("POST", "/score-configs", spans.JSON, json.dumps(changed).encode())
    changes = draw(
        st.dictionaries(
            st.sampled_from([*models.GOOD, "startDate", "pricingTiers", "tokenizerConfig"]),
            JSON_VALUES,
            max_size=2,
        )
    )
    return Write("POST", "/models", spans.JSON, json.dumps({**models.GOOD, **changes}).encode())


@st.composite
def spoilt(draw: st.DrawFn, body: bytes) -> bytes:
    """The body with up to three cuts, each filled with something else."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(body)))
        length = draw(st.sampled_from([0, 0, 1, 1, 2, 8, 100]))
        filling = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from([b'"', b"\\", b"{", b"]", b"null", b"1e999", b"\x00", b",", b":"]),
            )
        )
        body = body[:at] + filling + body[at + length :]
    return body
