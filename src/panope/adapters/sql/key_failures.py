"""Keys that were refused, in SQL."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.key_failures import KeyFailure, add_failures

_TABLE = tables.key_failure


class SqlKeyFailureStore:
    """Implements `KeyFailureStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def add(self, failures: Sequence[KeyFailure], *, keep_from_us: int, most_per_hour: int) -> None:
        """See `KeyFailureStore.add`."""

        def work(connection: Connection) -> None:
            connection.execute(delete(_TABLE).where(_TABLE.c.hour_us < keep_from_us))
            hours = {failure.hour_us for failure in failures}
            kept = {found.place: found for found in _rows(connection, _TABLE.c.hour_us.in_(hours))}
            changed = add_failures(kept, failures, most_per_hour)
            new = [_values(failure) for place, failure in changed.items() if place not in kept]
            old = [_values(failure) for place, failure in changed.items() if place in kept]
            if new:
                connection.execute(insert(_TABLE), new)
            if old:
                connection.execute(_UPDATE, [{f"the_{name}": value for name, value in row.items()} for row in old])

        await self._database.write(work)

    async def list(self, since_us: int) -> Sequence[KeyFailure]:
        """See `KeyFailureStore.list`."""
        return await self._database.read(lambda connection: _rows(connection, _TABLE.c.hour_us >= since_us))


_UPDATE = (
    update(_TABLE)
    .where(
        _TABLE.c.hour_us == bindparam("the_hour_us"),
        _TABLE.c.key_prefix == bindparam("the_key_prefix"),
        _TABLE.c.reason == bindparam("the_reason"),
    )
    .values(count=bindparam("the_count"), last_us=bindparam("the_last_us"))
)


def _values(failure: KeyFailure) -> dict[str, object]:
    return {name: getattr(failure, name) for name in KeyFailure.__struct_fields__}


def _rows(connection: Connection, condition: ColumnElement[bool]) -> list[KeyFailure]:
    query = select(_TABLE).where(condition).order_by(*_TABLE.primary_key.columns)
    return [KeyFailure(**row) for row in connection.execute(query).mappings()]
