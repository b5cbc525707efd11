"""A whole export request: spans to events, refused spans to rejections, repeated facts said once."""

from typing import Any, Final, Literal

import msgspec

from panope.domain.errors import InvalidError
from panope.domain.events import DecodedBatch, EntityKind, Rejection, Repair, TelemetryEvent
from panope.domain.ids import MAX_ID_BYTES, ProjectId
from panope.wire.otlp.answer import summarise
from panope.wire.otlp.clock import read_times
from panope.wire.otlp.groups import group_facts, sdk_of
from panope.wire.otlp.otlpjson import read_json
from panope.wire.otlp.protobuf import read_protobuf
from panope.wire.semconv import precedence
from panope.wire.semconv.draft import Draft, GroupFacts, require_id
from panope.wire.semconv.fields import is_true
from panope.wire.semconv.observation import observe
from panope.wire.semconv.plan import Plan, plan_for
from panope.wire.semconv.span import Span, SpanRefusedError, UnreadableSpan
from panope.wire.semconv.trace_fields import TraceFacts, read_trace

_USUAL_ID_CHARS: Final = MAX_ID_BYTES // 4
"""So many characters cannot be more bytes than an id may have."""
_TRACE: Final = EntityKind.TRACE
DAY_US: Final = 86_400_000_000


class ExportRefusedError(InvalidError):
    """Every span of a request was refused; `rejections` says why, one by one."""

    def __init__(self, rejections: list[Rejection]) -> None:
        message = f"None of the {len(rejections)} spans could be stored: {summarise(rejections)}"
        super().__init__(message, code="all_spans_rejected")
        self.rejections = rejections


def decode_otlp(
    body: bytes,
    *,
    content_type: Literal["protobuf", "json"],
    received_us: int,
    project_id: ProjectId,  # noqa: ARG001 (codecs share one shape; ids of spans need no project)
) -> DecodedBatch:
    """Turn an uncompressed `ExportTraceServiceRequest` into events.

    One observation event per span, and a trace event where a span is a root or carries attributes of its trace. Times
    in µs. A span that cannot be stored is a rejection, its neighbours are stored. Raises `InvalidError`
    (`malformed_otlp`) when the body is no trace export, and its subclass `ExportRefusedError` (`all_spans_rejected`)
    when there are spans and all are refused.
    """
    groups = read_protobuf(body) if content_type == "protobuf" else read_json(body)
    export = _Export(received_us)
    for group in groups:
        facts = group_facts(group.resource, group.scope)
        export.begin(facts, group.repairs if group.spans else set())
        for span in group.spans:
            export.take(span, facts)
    return export.finish()


class _Export:
    """One request in the making."""

    def __init__(self, received_us: int) -> None:
        self._received_us = received_us
        self._latest_us = received_us + DAY_US
        self._batch = DecodedBatch()
        self._sets: dict[str, Any] = {}
        self._said: dict[Any, TelemetryEvent] = {}
        self._index = -1

    def begin(self, facts: GroupFacts, repairs: set[str]) -> None:
        self._sets[facts.resource_set.id] = facts.resource_set
        self._sets[facts.scope_set.id] = facts.scope_set
        if self._batch.sdk_name is None:
            self._batch.sdk_name, self._batch.sdk_version = sdk_of(facts.context)
        self._note(self._index + 1, repairs)

    def take(self, span: Span | UnreadableSpan, facts: GroupFacts) -> None:
        self._index += 1
        try:
            if type(span) is Span:  # `isinstance` of a Struct takes a microsecond
                self._store(span, facts)
            elif isinstance(span, UnreadableSpan):
                raise SpanRefusedError(span.code, span.message)  # noqa: TRY301 (one place makes rejections)
        except SpanRefusedError as error:
            self._batch.rejections.append(
                Rejection(
                    index=self._index,
                    event_id=span.span_id[:MAX_ID_BYTES] or "unknown",
                    code=error.code,
                    message=error.message,
                )
            )

    def finish(self) -> DecodedBatch:
        batch = self._batch
        if batch.rejections and not batch.events:
            raise ExportRefusedError(batch.rejections)
        batch.attribute_sets = list(self._sets.values())
        return batch

    def _store(self, span: Span, facts: GroupFacts) -> None:
        trace_id, parent_id, attributes, repairs = span.trace_id, span.parent_id, span.attributes, span.repairs
        if not trace_id or not span.span_id or len(trace_id) + len(span.span_id) + len(parent_id) > _USUAL_ID_CHARS:
            _check_ids(span)
        start_us, end_us, is_start_sent = read_times(span, self._received_us, self._latest_us)
        plan = plan_for(attributes, facts.context.scope.name)
        values = {"trace_id": trace_id, **facts.shared}
        if parent_id:
            values["parent_id"] = parent_id
        draft = Draft(span, attributes, facts, values, start_us, self._latest_us, repairs)
        if is_start_sent:
            values["start_time"] = start_us
        if end_us is not None:
            values["end_time"] = end_us
        observed = observe(draft, plan, start_us if end_us is None else end_us)
        if not is_start_sent:
            observed.derived = {"start_time": start_us}
        elif (end_us is not None and end_us < start_us) or values.get("completion_start_time", start_us) < start_us:
            repairs.add("end_before_start")
        is_root = not parent_id or (
            plan.may_stand_as_root and any(is_true(attributes.get(key)) for key in precedence.AS_ROOT)
        )
        told = self._tell(observed, draft, plan, is_root=is_root) if is_root or plan.trace.keys else None
        self._batch.events.append(observed)  # only now: what a span says of its trace may still have it refused
        if told is not None:
            self._batch.events.append(told)
        if repairs:
            self._note(self._index, repairs)

    def _note(self, index: int, repairs: set[str]) -> None:
        """Keep what was changed, each code once: the ledger counts spans."""
        if repairs:
            self._batch.repairs += [Repair(index=index, code=code) for code in sorted(repairs)]

    def _tell(self, observed: TelemetryEvent, draft: Draft, plan: Plan, *, is_root: bool) -> TelemetryEvent | None:
        """The trace event of a span that speaks of its trace; None when all of it was said in this request."""
        span = draft.span
        key = None if is_root else _content_key(span, draft.facts, plan)
        if key is not None:
            earlier = self._said.get(key)
            if earlier is not None:
                is_later = (observed.at_us, observed.event_id) > (earlier.at_us, earlier.event_id)
                if is_later:
                    earlier.at_us, earlier.event_id = observed.at_us, observed.event_id
                return None
        facts = read_trace(span.attributes, plan.trace, draft.repairs)
        told = _trace_event(span, observed, facts, draft, is_root=is_root)
        if key is not None:
            self._said[key] = told
        return told


def _check_ids(span: Span) -> None:
    if not span.trace_id or not span.span_id:
        message = "It has no trace id or no span id, or one of zeros only; logs and metrics do not belong here."
        raise SpanRefusedError("missing_id", message)
    require_id(span.trace_id, "trace id", MAX_ID_BYTES)
    require_id(span.span_id, "span id", MAX_ID_BYTES)
    require_id(span.parent_id, "parent span id", MAX_ID_BYTES)


def _content_key(span: Span, facts: GroupFacts, plan: Plan) -> Any:
    """What the span says about its trace, to be compared; no text holds NUL any more, so it can part them."""
    attributes = span.attributes
    keys = plan.trace.keys
    told: list[Any] = list(map(attributes.__getitem__, keys))
    try:
        content: Any = "\0".join(told)
    except TypeError:  # not all of it is text
        content = tuple([value if type(value) is str else (msgspec.json.encode(value),) for value in told])
    return span.trace_id, facts.release, keys, content


def _trace_event(
    span: Span, observed: TelemetryEvent, told: TraceFacts, draft: Draft, *, is_root: bool
) -> TelemetryEvent:
    facts = draft.facts
    if facts.release is not None:
        told.values.setdefault("release", facts.release)
    event = TelemetryEvent(
        kind=_TRACE,
        entity_id=span.trace_id,
        event_id=span.span_id,
        at_us=observed.at_us,
        values=told.values,
        metadata=told.metadata,
        tags=told.tags,
        derived=told.derived,
    )
    if is_root:
        event.derived = {**told.derived, **_root_facts(observed, told, facts)}
        event.derived_metadata = observed.metadata
    return event


def _root_facts(observed: TelemetryEvent, told: TraceFacts, facts: GroupFacts) -> dict[str, Any]:
    derived = {"resource": facts.resource_set.id, "scope": facts.scope_set.id}
    for name in ("name", "input", "output"):
        if name in observed.values and name not in told.values:
            derived[name] = observed.values[name]
    if facts.version is not None and "version" not in told.values:
        derived["version"] = facts.version
    return derived
