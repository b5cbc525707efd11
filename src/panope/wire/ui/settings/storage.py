"""How much a project keeps, on the wire of the web app. Sizes in bytes."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from panope.ports.diagnosis import ProjectSize, TableSize
from panope.wire.langfuse.jsonvalues import encode


class DayBody(Struct, kw_only=True, rename="camel"):
    """Observations that began on one day, UTC."""

    day_us: int
    observations: int


class TableBody(Struct, kw_only=True, rename="camel"):
    """A table of the store, its indexes and large values included. `rows` null: nobody has counted."""

    name: str
    rows: int | None
    bytes: int
    is_estimate: bool


class StorageBody(Struct, kw_only=True, rename="camel"):
    """What a project keeps; `tables` is of the whole store, null for whoever does not own all of it."""

    traces: int
    observations: int
    stored_bytes: int
    is_estimate: bool
    """Of `storedBytes`; counts are exact."""
    days: list[DayBody]
    tables: list[TableBody] | None


def encode_storage(project: ProjectSize, days: Iterable[tuple[int, int]], tables: Sequence[TableSize] | None) -> bytes:
    """Write sizes; `days` are pairs of a day and its observations."""
    return encode(
        StorageBody(
            traces=project.traces,
            observations=project.observations,
            stored_bytes=project.stored_bytes,
            is_estimate=project.is_estimate,
            days=[DayBody(day_us=day_us, observations=count) for day_us, count in days],
            tables=None if tables is None else [_show(table) for table in tables],
        )
    )


def _show(table: TableSize) -> TableBody:
    return TableBody(name=table.name, rows=table.rows, bytes=table.bytes, is_estimate=table.is_estimate)
