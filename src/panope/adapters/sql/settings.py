"""Values that panope keeps for itself, in SQL."""

from sqlalchemy import Connection, insert, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.database import CatalogDatabase


class SqlSettingStore:
    """Implements `SettingStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def get(self, name: str) -> str | None:
        """See `SettingStore.get`."""
        return await self._database.read(lambda c: _get(c, name))

    async def set_if_missing(self, name: str, value: str) -> str:
        """See `SettingStore.set_if_missing`."""

        def work(connection: Connection) -> str:
            kept = _get(connection, name)
            if kept is None:
                connection.execute(insert(tables.setting).values(name=name, value=value))
            return value if kept is None else kept

        return await self._database.write(work)

    async def set(self, name: str, value: str) -> None:
        """See `SettingStore.set`."""

        def work(connection: Connection) -> None:
            changed = connection.execute(
                update(tables.setting).where(tables.setting.c.name == name).values(value=value)
            )
            if changed.rowcount == 0:
                connection.execute(insert(tables.setting).values(name=name, value=value))

        await self._database.write(work)


def _get(connection: Connection, name: str) -> str | None:
    return connection.scalar(select(tables.setting.c.value).where(tables.setting.c.name == name))
