"""Whether clocks agree: this machine's, the database's, the senders'."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from panope.domain.ids import ProjectId
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, show_duration
from panope.ports.diagnosis import ClientTime, ServerFacts

_OFF_US: Final = 1_000_000
_FAR_OFF_US: Final = 30_000_000
_AHEAD_US: Final = 5_000_000
_BEHIND_US: Final = 3_600_000_000


def check_database_clock(facts: ServerFacts) -> Finding:
    """This machine's clock against the database's."""
    offset_us = abs(facts.clock_offset_us)
    if offset_us <= _OFF_US + facts.clock_error_us:
        seen = f"agrees with this machine's to within {show_duration(max(1_000, offset_us + facts.clock_error_us))}"
        return _finding("clock_agrees", Severity.OK, "database", seen)
    direction = "ahead of" if facts.clock_offset_us > 0 else "behind"
    return _finding(
        "clock_off",
        Severity.PROBLEM if offset_us > _FAR_OFF_US else Severity.WARNING,
        "database",
        f"{show_duration(offset_us)} {direction} this machine",
        "Set both by NTP. Times of arrival, deletions and expiry of keys depend on the machine that serves.",
    )


def check_client_clocks(project_id: ProjectId, times: Sequence[ClientTime], since_us: int) -> Iterator[Finding]:
    """The senders' clocks against the server's, by the observations with the latest starts."""
    recent = [time for time in times if time.arrived_us >= since_us]
    if not recent:
        return
    ahead = sorted(time.start_us - time.arrived_us for time in recent if time.start_us - time.arrived_us > _AHEAD_US)
    if ahead:
        yield _finding(
            "clients_ahead",
            Severity.WARNING,
            "senders",
            f"{counted(len(ahead), 'observation')} of the latest {len(recent):,} began after their arrival, by up to "
            f"{show_duration(ahead[-1])}",
            "The clock of a machine that sends is ahead: set it by NTP. A day ahead, its events are rejected.",
            project_id,
        )
    delays = [time.arrived_us - time.start_us for time in recent]
    if min(delays) > _BEHIND_US:
        yield _finding(
            "clients_behind",
            Severity.NOTE,
            "senders",
            f"nothing arrived within an hour of its start; half of it came {show_duration(int(median(delays)))} late "
            "or later",
            "History is being imported, exporters hold spans back, or the senders' clocks are behind.",
            project_id,
        )
    elif not ahead:
        seen = f"the latest {counted(len(recent), 'observation')} began before they arrived, as they should"
        yield _finding("clients_agree", Severity.OK, "senders", seen, project=project_id)


def _finding(
    code: str, severity: Severity, subject: str, seen: str, advice: str = "", project: str | None = None
) -> Finding:
    return Finding(
        area=Area.CLOCK, code=code, severity=severity, subject=subject, seen=seen, advice=advice, project=project
    )
