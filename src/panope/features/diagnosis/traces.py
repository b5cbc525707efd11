"""Traces whose root never came."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from panope.domain.ids import ProjectId
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, printable, share
from panope.ports.diagnosis import RootlessTrace, RootlessTraces

_MOST_SENDERS: Final = 3
_MOST_IDS: Final = 3
_MUCH: Final = 0.05
_ADVICE: Final = (
    "The root span ended after the process did, was filtered out, or went to another server. Flush before the process "
    "ends (langfuse.flush(), force_flush()), and send all spans of a trace to one place."
)


def check_traces(project_id: ProjectId, found: RootlessTraces) -> Iterator[Finding]:
    """How many there are, and who sent them."""
    among = f"the newest {counted(found.examined, 'trace')}" if found.is_cut else counted(found.examined, "trace")
    if not found.count:
        seen = f"{among} of this time: none without a root" if found.examined else "none in this time"
        yield _finding(project_id, "all_rooted", Severity.OK, "traces", seen)
        return
    senders = Counter(map(_sender, found.newest)).most_common(_MOST_SENDERS)
    stateless = sum(not trace.has_state for trace in found.newest)
    seen = f"{found.count:,} of {among} ({share(found.count, found.examined)}) have observations and no root"
    if senders:
        of = f" of the newest {len(found.newest)}" if len(found.newest) < found.count else ""
        seen += f"; by sender{of}: {', '.join(f'{name} {count}' for name, count in senders)}"
    if stateless:
        seen += f"; {stateless} of those are named by their observations alone"
    ids = ", ".join(printable(trace.id, 40) for trace in found.newest[:_MOST_IDS])
    severity = Severity.WARNING if found.count > found.examined * _MUCH else Severity.NOTE
    yield _finding(project_id, "rootless_traces", severity, "no root", seen, f"{_ADVICE}\nSuch as {ids}.")


def _sender(trace: RootlessTrace) -> str:
    """Scope and language of the earliest observation, as OpenTelemetry names them."""
    scope, resource = trace.scope or {}, trace.resource or {}
    name = scope.get("name") or resource.get("service.name")
    language = resource.get("telemetry.sdk.language")
    parts = [str(part) for part in (name, scope.get("version"), language and f"({language})") if part]
    return printable(" ".join(parts), 40) if parts else "no OpenTelemetry scope"


def _finding(
    project_id: ProjectId, code: str, severity: Severity, subject: str, seen: str, advice: str = ""
) -> Finding:
    return Finding(
        area=Area.TRACES,
        code=code,
        severity=severity,
        subject=subject,
        seen=seen,
        advice=advice,
        project=project_id,
    )
