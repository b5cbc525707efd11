"""Where the bytes are: by table, by project."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from panope.domain.ids import ProjectId
from panope.features.diagnosis.finding import Area, Finding, Severity, counted, printable, share, show_bytes
from panope.ports.diagnosis import ProjectSize, TableSize

_MOST_TABLES: Final = 8
_MOST_PROJECTS: Final = 10
_LEAST_SHARE: Final = 0.01
"""Of all bytes; a table with less is among the others."""


def check_tables(tables: Sequence[TableSize]) -> Iterator[Finding]:
    """The tables that matter, largest first, the others together."""
    if not tables:
        return
    total = sum(table.bytes for table in tables)
    is_estimate = any(table.is_estimate for table in tables)
    how = "estimated from a sample" if is_estimate else "as the server says"
    yield _finding("total_size", "all tables", f"{show_bytes(total)}; by table with its indexes, {how}")
    shown = [table for table in tables[:_MOST_TABLES] if table.bytes >= total * _LEAST_SHARE]
    for table in shown:
        rows = "" if table.rows is None else f" in about {counted(table.rows, 'row')}"
        seen = f"{_about(table.bytes, is_estimate=table.is_estimate)} ({share(table.bytes, total)}){rows}"
        yield _finding("table_size", f"table {table.name}", seen)
    rest = tables[len(shown) :]
    if rest:
        size = _about(sum(table.bytes for table in rest), is_estimate=is_estimate)
        yield _finding("other_tables", "other tables", f"{size} in {counted(len(rest), 'table')}")


def _about(size: int, *, is_estimate: bool) -> str:
    return f"about {show_bytes(size)}" if is_estimate else show_bytes(size)


def check_projects(sizes: Mapping[ProjectId, ProjectSize], unmeasured: int) -> Iterator[Finding]:
    """The largest projects, the others together."""
    most_first = sorted(sizes.items(), key=lambda size: (-size[1].stored_bytes, size[0]))
    for project_id, size in most_first[:_MOST_PROJECTS]:
        stored = _about(size.stored_bytes, is_estimate=size.is_estimate)
        kept = f"{counted(size.traces, 'trace')}, {counted(size.observations, 'observation')}"
        seen = f"{stored} without indexes, {kept}"
        yield _finding("project_size", f"project {printable(project_id, 40)}", seen, project_id)
    rest = most_first[_MOST_PROJECTS:]
    if rest:
        seen = f"about {show_bytes(sum(size.stored_bytes for _, size in rest))} in {counted(len(rest), 'project')}"
        yield _finding("other_projects", "other projects", seen)
    if unmeasured:
        seen = f"{counted(unmeasured, 'project')} not looked at: there are too many"
        yield Finding(
            area=Area.STORAGE,
            code="projects_cut",
            severity=Severity.NOTE,
            subject="more projects",
            seen=seen,
            advice="--project ID looks at one.",
        )


def _finding(code: str, subject: str, seen: str, project: str | None = None) -> Finding:
    return Finding(area=Area.STORAGE, code=code, severity=Severity.OK, subject=subject, seen=seen, project=project)
