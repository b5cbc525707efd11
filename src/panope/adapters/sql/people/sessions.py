"""Sessions of people, and attempts to sign in, in SQL."""

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, case, delete, insert, or_, select, update

from panope.adapters.sql import tables
from panope.adapters.sql.accounts import exists, rows
from panope.adapters.sql.database import CatalogDatabase
from panope.domain.accounts import UserSession
from panope.domain.attempts import AttemptCount, AttemptLimit, take_attempt
from panope.domain.errors import ConflictError
from panope.domain.ids import UserId, UserSessionId

_TABLE: Final = tables.user_session
_ROW: Final = tables.user_session.c
_ATTEMPTS: Final = tables.sign_in_attempt


class SqlUserSessionStore:
    """Implements `UserSessionStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def open(self, session: UserSession, *, password_hash: str | None, most: int) -> bool:
        """See `UserSessionStore.open`."""
        user = tables.user.c
        same_password = user.password_hash.is_not_distinct_from(password_hash)

        def work(connection: Connection) -> bool:
            if not exists(connection, (user.id == session.user_id) & same_password):
                return False
            connection.execute(delete(_TABLE).where(_ROW.expires_us <= session.created_us))
            if exists(connection, or_(_ROW.id == session.id, _ROW.token_hash == session.token_hash)):
                raise ConflictError("A session with this id or token exists already", code="session_taken")
            surplus = [row.id for row in _sessions(connection, _ROW.user_id == session.user_id)[most - 1 :]]
            connection.execute(delete(_TABLE).where(_ROW.id.in_(surplus)))
            connection.execute(insert(_TABLE).values(msgspec.structs.asdict(session)))
            return True

        return await self._database.write(work)

    async def find(self, token_hash: str, now_us: int) -> UserSession | None:
        """See `UserSessionStore.find`."""
        condition = (_ROW.token_hash == token_hash) & (_ROW.expires_us > now_us)
        found = await self._database.read(lambda c: rows(c, _TABLE, condition))
        return UserSession(**found[0]) if found else None

    async def touch(self, session_id: UserSessionId, *, seen_us: int, expires_us: int) -> None:
        """See `UserSessionStore.touch`."""
        statement = update(_TABLE).where(_ROW.id == session_id).values(seen_us=seen_us, expires_us=expires_us)
        await self._database.write(lambda c: c.execute(statement))

    async def list(self, user_id: UserId, now_us: int) -> Sequence[UserSession]:
        """See `UserSessionStore.list`."""
        condition = (_ROW.user_id == user_id) & (_ROW.expires_us > now_us)
        return await self._database.read(lambda c: _sessions(c, condition))

    async def end(self, user_id: UserId, session_id: UserSessionId) -> bool:
        """See `UserSessionStore.end`."""
        statement = delete(_TABLE).where(_ROW.user_id == user_id, _ROW.id == session_id)
        return await self._database.write(lambda c: c.execute(statement).rowcount > 0)

    async def end_all(self, user_id: UserId, *, but: UserSessionId | None = None) -> int:
        """See `UserSessionStore.end_all`."""
        return await self._database.write(lambda c: end_sessions(c, user_id, but))


def end_sessions(connection: Connection, user_id: UserId, but: UserSessionId | None) -> int:
    """End all sessions of a user but one; return how many."""
    statement = delete(_TABLE).where(_ROW.user_id == user_id)
    if but is not None:
        statement = statement.where(_ROW.id != but)
    return connection.execute(statement).rowcount


def _sessions(connection: Connection, condition: ColumnElement[bool]) -> list[UserSession]:
    statement = select(_TABLE).where(condition).order_by(_ROW.seen_us.desc(), _ROW.id)
    return [UserSession(**row) for row in connection.execute(statement).mappings()]


class SqlAttemptStore:
    """Implements `AttemptStore`."""

    def __init__(self, database: CatalogDatabase) -> None:
        self._database = database

    async def take(self, limits: Sequence[AttemptLimit], now_us: int) -> int | None:
        """See `AttemptStore.take`."""
        places = [limit.place for limit in limits]

        def work(connection: Connection) -> int | None:
            connection.execute(delete(_ATTEMPTS).where(_ATTEMPTS.c.until_us <= now_us))
            found = rows(connection, _ATTEMPTS, _ATTEMPTS.c.place.in_(places))
            kept = {row["place"]: AttemptCount(**row) for row in found}
            changed, blocked_until_us = take_attempt(kept, limits, now_us)
            connection.execute(delete(_ATTEMPTS).where(_ATTEMPTS.c.place.in_([row.place for row in changed])))
            if changed:
                connection.execute(insert(_ATTEMPTS), [msgspec.structs.asdict(row) for row in changed])
            return blocked_until_us

        return await self._database.write(work)

    async def give_back(self, places: Sequence[str]) -> None:
        """See `AttemptStore.give_back`."""
        count = _ATTEMPTS.c.count
        less = case((count > 0, count - 1), else_=0)
        statement = update(_ATTEMPTS).where(_ATTEMPTS.c.place.in_(places)).values(count=less)
        await self._database.write(lambda c: c.execute(statement))
