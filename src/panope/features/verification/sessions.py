"""Sessions and the index of tags against the traces that they are made of."""

from collections.abc import Iterator
from itertools import groupby

from panope.domain.tracing import SessionRow
from panope.features.verification.findings import FindingKind, Findings
from panope.features.verification.streams import Key, side_by_side
from panope.ports.verification import Project, StoredSums, TagEntry, Unreadable


def check_sessions(store: StoredSums, within: Project, findings: Findings) -> Iterator[None]:
    """Every session counts the traces that name it and shows the first of them. Yields once per session."""
    stored = (((project, row.id), row) for project, row in store.sessions(within))
    for (project, session_id), row, expected in side_by_side(stored, _expected(store, within)):
        if row is None:
            findings.add(FindingKind.SESSION_MISSING, project, "session", session_id)
        elif expected is None:
            findings.add(FindingKind.SESSION_EMPTY, project, "session", session_id)
        else:
            expected.created_us = row.created_us
            if expected != row:
                names = [name for name in SessionRow.__struct_fields__ if getattr(row, name) != getattr(expected, name)]
                findings.add(FindingKind.SESSION_DIFFERS, project, "session", session_id, names)
        yield


def _expected(store: StoredSums, within: Project) -> Iterator[tuple[Key, SessionRow]]:
    traces = store.traces_by_session(within)
    for key, group in groupby(traces, lambda facts: (facts.project, facts.session_id or "")):
        row = SessionRow(id=key[1], created_us=0)
        for facts in group:
            if not row.trace_count:
                row.environment = facts.environment
                row.first_timestamp_us, row.first_trace_id = facts.timestamp_us, facts.id
            row.trace_count += 1
        yield key, row


def check_tags(store: StoredSums, within: Project, findings: Findings) -> Iterator[None]:
    """The index of tags has one entry for every tag of every trace, at the trace's time. Yields once per trace."""
    traces = (((facts.project, facts.id), facts) for facts in store.traces_by_id(within) if facts.tags)
    entries = groupby(store.tags(within), lambda entry: (entry.project, entry.trace_id))
    listed: Iterator[tuple[Key, list[TagEntry]]] = ((key, list(group)) for key, group in entries)
    for (project, trace_id), trace, found in side_by_side(traces, listed):
        tags = trace.tags if trace is not None else []
        if not isinstance(tags, Unreadable):
            timestamp_us = trace.timestamp_us if trace is not None else 0
            expected = sorted((tag, timestamp_us) for tag in tags)
            if expected != sorted((entry.tag, entry.timestamp_us) for entry in found or ()):
                findings.add(FindingKind.TAGS_DIFFER, project, "trace", trace_id, ("tags",))
        yield
