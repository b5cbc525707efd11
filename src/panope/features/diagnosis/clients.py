"""What SDKs and exporters send that is refused, or incomplete."""

from collections.abc import Iterator
from typing import Final

from panope.domain.ids import ProjectId
from panope.domain.ledger import LedgerSummary, SdkUse
from panope.features.diagnosis.advice import LOSSY_REPAIRS, REJECTED, REPAIRED, UNKNOWN
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, printable, share

_MOST_CLIENTS: Final = 8
_MOST_CODES: Final = 5
_MUCH: Final = 0.1
"""Share of rejected events from which on a client does not work."""


def check_clients(project_id: ProjectId, summary: LedgerSummary) -> Iterator[Finding]:
    """Every client of a project, the busiest first; those with rejections before the rest."""
    if not summary.uses:
        yield _finding(project_id, "nothing_received", Severity.NOTE, "requests", "none arrived in this time")
        return
    if summary.is_cut:
        read = sum(use.requests for use in summary.uses)
        seen = f"more arrived than were read; what follows is of the newest {read:,}"
        yield _finding(
            project_id, "ledger_cut", Severity.NOTE, "requests", seen, "A shorter --since reads all of them."
        )
    ranked = sorted(summary.uses, key=lambda use: -(use.rejected + use.refused))
    for use in ranked[:_MOST_CLIENTS]:
        yield from _check_client(project_id, use)
    rest = ranked[_MOST_CLIENTS:]
    if rest:
        seen = f"{counted(len(rest), 'client')} with {counted(sum(use.requests for use in rest), 'request')}"
        rejected = sum(use.rejected + use.refused for use in rest)
        seen += f", {rejected:,} events or requests rejected" if rejected else ", nothing rejected"
        yield _finding(project_id, "more_clients", Severity.WARNING if rejected else Severity.OK, "others", seen)


def _check_client(project_id: ProjectId, use: SdkUse) -> Iterator[Finding]:
    name = name_client(use)
    sent = use.accepted + use.rejected
    seen = f"{counted(use.requests, 'request')}, {counted(use.accepted, 'event')} stored"
    is_lossy = bool(LOSSY_REPAIRS & use.repairs.keys())
    if not use.rejected and not use.refused:
        repairs = f"; {counted(sum(use.repairs.values()), 'repair')}" if use.repairs else ""
        severity = Severity.NOTE if is_lossy else Severity.OK
        yield _finding(project_id, "client", severity, name, seen + repairs, _explain(use.repairs, REPAIRED))
        return
    parts = [seen]
    if use.rejected:
        parts.append(f"{use.rejected:,} rejected ({share(use.rejected, sent)})")
    if use.refused:
        parts.append(f"{counted(use.refused, 'request')} refused whole")
    is_broken = use.rejected > sent * _MUCH or use.refused > use.requests * _MUCH
    advice = _explain(use.reasons, REJECTED)
    severity = Severity.PROBLEM if is_broken else Severity.WARNING
    yield _finding(project_id, "client_rejected", severity, name, ", ".join(parts), advice)
    if is_lossy:
        seen = f"{counted(sum(use.repairs.values()), 'repair')} beside that"
        yield _finding(project_id, "client_repaired", Severity.NOTE, name, seen, _explain(use.repairs, REPAIRED))


def name_client(use: SdkUse) -> str:
    """SDK and version as they named themselves, else the protocol."""
    if use.sdk_name is None:
        return f"unnamed, {use.protocol}"
    return printable(f"{use.sdk_name} {use.sdk_version or 'without version'}", 40)


def _explain(codes: dict[str, int], words: dict[str, str]) -> str:
    """A line per code, the most frequent first."""
    most_first = sorted(codes.items(), key=lambda code: (-code[1], code[0]))
    lines = [f"{code} ({count:,}): {words.get(code, UNKNOWN)}" for code, count in most_first[:_MOST_CODES]]
    if len(most_first) > _MOST_CODES:
        lines.append(f"and {counted(len(most_first) - _MOST_CODES, 'code')} more")
    return "\n".join(lines)


def _finding(
    project_id: ProjectId, code: str, severity: Severity, subject: str, seen: str, advice: str = ""
) -> Finding:
    return Finding(
        area=Area.CLIENTS,
        code=code,
        severity=severity,
        subject=subject,
        seen=seen,
        advice=advice,
        project=project_id,
    )
