"""How far the index of a project's texts has come."""

from collections.abc import Iterator
from typing import Final

from panope.domain.ids import ProjectId
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, printable, show_bytes, show_duration
from panope.ports.texts.index import TextIndexState

_LATE_US: Final = 10 * 60_000_000


def check_text_index(project_id: ProjectId, state: TextIndexState | None) -> Iterator[Finding]:
    """One finding where there is an index: a project may be without."""
    if state is None:
        return
    held = f"{counted(state.rows, 'row')} in {counted(state.segments, 'segment')}, {show_bytes(state.bytes)}"
    waiting = f"; {counted(state.waiting_rows, 'row')} at most wait, for {show_duration(state.lag_us)} at most"
    is_late = state.lag_us > _LATE_US
    yield Finding(
        area=Area.STORAGE,
        code="text_index_late" if is_late else "text_index",
        severity=Severity.WARNING if is_late else Severity.OK,
        subject=f"index of texts, project {printable(project_id, 40)}",
        seen=held + (waiting if state.waiting_rows else ""),
        advice="Searches miss nothing, but look at the texts themselves meanwhile. A server that runs catches up."
        if is_late
        else "",
        project=project_id,
    )
