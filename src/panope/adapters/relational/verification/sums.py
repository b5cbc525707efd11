"""Streaming rollups and what they sum, in matching orders."""

from collections.abc import Iterator
from typing import Final

from panope.adapters.relational.session import Record
from panope.adapters.relational.tables import SESSIONS, TOTALS, read_detail, read_session, read_tags
from panope.adapters.relational.verification.session import StreamSession, attempt, scope
from panope.domain.events import EntityKind
from panope.domain.rollups import BucketKey, BucketTotals
from panope.domain.tracing import ObservationDetail, SessionRow, TraceTotals
from panope.ports.verification import ObservationFacts, Project, TagEntry, TraceFacts, Unreadable

_TRACE: Final = tuple("project id timestamp_us name session_id environment has_state tags".split())
_TRACE_SELECT: Final = ", ".join(f"t.{column}" for column in (*_TRACE, *TOTALS))
_OBSERVATION: Final = tuple("project id trace_id type start_us end_us level environment model".split())
_SUMMED: Final = tuple("input_tokens output_tokens total_tokens input_cost output_cost total_cost".split())
_OBSERVATION_SELECT: Final = (
    ", ".join(f"o.{column}" for column in (*_OBSERVATION, *_SUMMED))
    + ", CASE WHEN o.parent_id IS NULL OR o.is_app_root = 1 THEN 1 ELSE 0 END, o.detail"
)
_SUMS_AT: Final = len(_OBSERVATION)
_BUCKET_KEY: Final = tuple(name for name in BucketKey.__struct_fields__ if name != "kind")
_BUCKET_TOTALS: Final = BucketTotals.__struct_fields__


class RelationalSums:
    """Implements `StoredSums`."""

    _session: StreamSession

    def traces_by_id(self, within: Project) -> Iterator[TraceFacts]:
        """See the port."""
        return self._traces("t.project, t.id", within)

    def traces_by_session(self, within: Project) -> Iterator[TraceFacts]:
        """See the port."""
        order = "t.project, t.session_id, t.timestamp_us, t.id"
        return self._traces(order, within, "t.session_id IS NOT NULL AND t.session_id <> ''")

    def traces_by_time(self, within: Project) -> Iterator[TraceFacts]:
        """See the port."""
        return self._traces("t.project, t.timestamp_us", within)

    def observations_by_trace(self, within: Project) -> Iterator[ObservationFacts]:
        """See the port."""
        return self._observations("o.project, o.trace_id", within)

    def observations_by_time(self, within: Project) -> Iterator[ObservationFacts]:
        """See the port."""
        return self._observations("o.project, o.start_us", within)

    def sessions(self, within: Project) -> Iterator[tuple[int, SessionRow]]:
        """See the port."""
        where, params = scope("n", within)
        sql = f"SELECT n.project, {SESSIONS.select()} FROM session n{where} ORDER BY n.project, n.id"  # noqa: S608
        for record in self._session.stream(sql, params):
            yield record[0], read_session(record[1:])

    def tags(self, within: Project) -> Iterator[TagEntry]:
        """See the port."""
        where, params = scope("g", within)
        sql = f"SELECT g.project, g.trace_id, g.tag, g.timestamp_us FROM trace_tag g{where}"  # noqa: S608
        for project, trace_id, tag, timestamp_us in self._session.stream(
            f"{sql} ORDER BY g.project, g.trace_id", params
        ):
            yield TagEntry(project=project, trace_id=trace_id, tag=tag, timestamp_us=timestamp_us)

    def buckets(self, kind: EntityKind, within: Project) -> Iterator[tuple[int, BucketKey, BucketTotals]]:
        """See the port."""
        where, params = scope("b", within, and_where=f"b.kind = '{kind.value}'")
        columns = ", ".join(f"b.{name}" for name in ("project", *_BUCKET_KEY, *_BUCKET_TOTALS))
        order = ", ".join(f"b.{name}" for name in ("project", *_BUCKET_KEY))
        width = 1 + len(_BUCKET_KEY)
        sql = f"SELECT {columns} FROM bucket b{where} ORDER BY {order}"  # noqa: S608
        for record in self._session.stream(sql, params):
            key = BucketKey(kind=kind.value, **dict(zip(_BUCKET_KEY, record[1:width], strict=True)))
            totals = BucketTotals(**dict(zip(_BUCKET_TOTALS, record[width:], strict=True)))
            if not totals.is_zero():  # where differences are appended, what they have cancelled out stays for a while
                yield record[0], key, totals

    def _traces(self, order: str, within: Project, and_where: str = "") -> Iterator[TraceFacts]:
        where, params = scope("t", within, and_where=and_where)
        sql = f"SELECT {_TRACE_SELECT} FROM trace t{where} ORDER BY {order}"  # noqa: S608
        return map(_trace_facts, self._session.stream(sql, params))

    def _observations(self, order: str, within: Project) -> Iterator[ObservationFacts]:
        where, params = scope("o", within)
        sql = f"SELECT {_OBSERVATION_SELECT} FROM observation o{where} ORDER BY {order}"  # noqa: S608
        return map(_observation_facts, self._session.stream(sql, params))


def _trace_facts(record: Record) -> TraceFacts:
    project, trace_id, timestamp_us, name, session_id, environment, has_state, tags = record[: len(_TRACE)]
    return TraceFacts(
        project=project,
        id=trace_id,
        timestamp_us=timestamp_us,
        name=name,
        session_id=session_id,
        environment=environment,
        has_state=bool(has_state),
        tags=attempt(_read_tags, (tags,)),
        totals=TraceTotals(**dict(zip(TOTALS, record[len(_TRACE) :], strict=True))),
    )


def _read_tags(record: Record) -> list[str]:
    return read_tags(record[0])


def _observation_facts(record: Record) -> ObservationFacts:
    project, entity_id, trace_id, kind, start_us, end_us, level, environment, model = record[:_SUMS_AT]
    input_tokens, output_tokens, total_tokens, input_cost, output_cost, total_cost, is_root, detail = record[_SUMS_AT:]
    # That a detail cannot be read is another check's to say.
    told = attempt(_read_detail, (detail,)) if total_cost is None else ObservationDetail()
    return ObservationFacts(
        project=project,
        id=entity_id,
        trace_id=trace_id,
        type=kind,
        start_us=start_us,
        end_us=end_us,
        level=level,
        environment=environment,
        model=model,
        is_root=is_root == 1,
        lacks_price=not isinstance(told, Unreadable) and bool(told.usage),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        total_tokens=total_tokens,
        input_cost=input_cost,
        output_cost=output_cost,
        total_cost=total_cost,
    )


def _read_detail(record: Record) -> ObservationDetail:
    return read_detail(record[0])
