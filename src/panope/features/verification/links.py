"""Links to experiments against the states and the rows that they follow from."""

from collections.abc import Iterator

from panope.domain.experiments.links import ExperimentLink, link_observation, link_trace
from panope.domain.merge.state import State
from panope.domain.scores import ScoreRow
from panope.domain.tracing import ObservationRow, TraceRow
from panope.features.verification.findings import FindingKind, Findings
from panope.ports.verification import Project, StoredRow, StoredStates, Unreadable


def check_link(stored: StoredRow, row: TraceRow | ObservationRow | ScoreRow, state: State, findings: Findings) -> None:
    """A row has the link that its state tells of, and no other; `row` is what it ought to be."""
    expected, kept = _expected(row, state), stored.link
    fields: list[str] = []
    note = ""
    if kept is None:
        if expected is None:
            return
        note = "the link is missing"
    elif isinstance(kept.link, Unreadable):
        note = kept.link.reason
    elif expected is None:
        note = "nobody told of an experiment"
    else:
        fields = [name for name in expected.__struct_fields__ if getattr(kept.link, name) != getattr(expected, name)]
        fields += ["project"] if kept.project != stored.project else []
        if not fields:
            return
    findings.add(FindingKind.LINK_DIFFERS, stored.project, stored.kind.value, stored.id, fields, note)


def _expected(row: TraceRow | ObservationRow | ScoreRow, state: State) -> ExperimentLink | None:
    if isinstance(row, TraceRow):
        return link_trace(row, state)
    return link_observation(row, state) if isinstance(row, ObservationRow) else None


def check_orphaned_links(store: StoredStates, within: Project, findings: Findings) -> Iterator[None]:
    """No link is without its row. Yields once per link that is."""
    for orphan in store.orphaned_links(within):
        findings.add(FindingKind.LINK_ORPHANED, orphan.project, orphan.kind.value, orphan.id)
        yield
