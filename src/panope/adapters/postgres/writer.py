"""The telemetry writer of one database."""

from typing import Final

from panope.adapters.postgres.committer import PostgresCommitter
from panope.adapters.relational.writer import RelationalWriter
from panope.kit.batching import Limits, OnCommit

_LIMITS: Final = Limits(group_jobs=64)
"""A larger group would lock more traces than other processes can do without."""


class PostgresTelemetryWriter(RelationalWriter):
    """Implements `TelemetryWriter`; other processes may write to the database meanwhile."""

    def __init__(
        self,
        url: str,
        *,
        limits: Limits | None = None,
        on_commit: OnCommit | None = None,
        must_be_durable: bool = False,
    ) -> None:
        committer = PostgresCommitter(url, must_be_durable=must_be_durable)
        super().__init__(committer, limits=limits or _LIMITS, on_commit=on_commit)
