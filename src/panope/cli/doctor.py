"""`panope doctor`."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from panope.cli.options import AsJson, ConfigPath, DatabaseUrl, DataDir, run
from panope.cli.output import print_json

if TYPE_CHECKING:
    from panope.config.tolerant import Reading
    from panope.features.diagnosis.finding import Finding

_SPAN: Final = re.compile(r"(\d{1,4})\s*([mhd])")
_UNIT_US: Final = {"m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000}


def _read_span(text: str) -> int:
    found = _SPAN.fullmatch(text.strip().lower())
    if not found or not int(found[1]):
        raise typer.BadParameter("is no span of time: write 30m, 24h or 7d")
    return int(found[1]) * _UNIT_US[found[2]]


def doctor(
    project: Annotated[
        str | None, typer.Option("--project", metavar="ID", help="Look at this project only; at all unless given.")
    ] = None,
    since: Annotated[
        int,
        typer.Option(
            metavar="SPAN", parser=_read_span, help="How far back to look at what arrived, such as 30m, 24h or 7d."
        ),
    ] = "24h",  # type: ignore[assignment]  # the parser makes the number
    as_json: AsJson = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    config: ConfigPath = None,
) -> None:
    """Say what is wrong and what to do: settings, disk, database, keys, clients, prices, traces, sizes.

    Changes nothing, and works beside a running server as well as when none can start. Leaves with 1 when there is a
    problem, with 0 otherwise; warnings and notes are no problems.
    """
    from panope.config.tolerant import read_tolerantly  # brings Pydantic

    flags = {"storage.data_dir": data_dir, "storage.database_url": database_url}
    reading = read_tolerantly(flags, config_path=config)
    findings = run(_examine(reading, project, since))
    if as_json:
        print_json(_describe(findings))
    else:
        from panope.cli.diagnosis import print_findings

        print_findings(findings, _title(reading, since))
    if _count(findings, "problem"):
        raise typer.Exit(1)


async def _examine(reading: "Reading", project: str | None, span_us: int) -> "list[Finding]":
    from panope.checkup import compose_doctor  # brings SQLAlchemy
    from panope.domain.ids import ProjectId
    from panope.kit.clock import now_us

    return await compose_doctor(reading).examine(ProjectId(project) if project else None, now_us() - span_us)


def _title(reading: "Reading", span_us: int) -> str:
    from panope import __version__
    from panope.composition import describe_storage
    from panope.features.diagnosis.finding import show_duration

    where = describe_storage(reading.settings) if reading.is_storage_known else "storage unknown"
    return f"panope {__version__}, {where}, what arrived within {show_duration(span_us)}"


def _describe(findings: "list[Finding]") -> dict[str, Any]:
    from msgspec import to_builtins

    counts = {f"{severity}s": _count(findings, severity) for severity in ("problem", "warning", "note")}
    return {**counts, "findings": to_builtins(findings)}


def _count(findings: "list[Finding]", severity: str) -> int:
    return sum(finding.severity == severity for finding in findings)
