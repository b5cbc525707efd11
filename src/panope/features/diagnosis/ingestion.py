"""The doctor of one project's ingestion, for its people: what arrives, what is refused and why, while they look."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from panope.domain.accounts import ApiKey, RevokedKey, UserPrincipal
from panope.domain.arrivals import (
    REVOKED,
    Arrivals,
    Explained,
    IngestionHealth,
    RefusedKey,
    SeenClient,
    SeenRequest,
    attribute_refusals,
    measure_lag,
)
from panope.domain.ids import ProjectId
from panope.domain.key_failures import KeyFailureReason
from panope.domain.ledger import Receipt
from panope.domain.rollups import HOUR_US
from panope.features.accounts.ownership import owns_everything
from panope.features.diagnosis.advice import REJECTED, REPAIRED, UNKNOWN
from panope.features.diagnosis.keys import WHY
from panope.kit.clock import Clock
from panope.ports.catalog import Catalog
from panope.ports.telemetry import TelemetryReader

PERIOD_US: Final = 24 * HOUR_US
"""So far back reach refused keys, senders and their delays."""
_MOST_RECEIPTS: Final = 20_000
_MOST_TIMES: Final = 500
_REVOKED_WORDS: Final = ("was revoked", "Whoever still sends by it needs another key: make one under API keys.")
_ADVICE: Final = {
    KeyFailureReason.UNKNOWN_KEY: "It was revoked, or belongs to another server or database.",
    KeyFailureReason.WRONG_SECRET: "Use the pair as it was made, or make another: a secret cannot be shown again.",
    KeyFailureReason.EXPIRED: "Make another key and give it to who sends.",
}
"""Where the doctor's own advice names commands: who reads this is in the web app."""


class RefusalLog(Protocol):
    """Refused keys that are counted and not written yet."""

    async def flush(self) -> None:
        """Write them."""


class IngestionWatch:
    """Reads the ledger and the memory of refused keys for the people of one project."""

    def __init__(
        self,
        catalog: Catalog,
        reader: TelemetryReader,
        clock: Clock,
        *,
        refusals: RefusalLog | None = None,
        queue_depth: Callable[[], float] | None = None,
    ) -> None:
        self._catalog = catalog
        self._reader = reader
        self._clock = clock
        self._refusals = refusals
        self._queue_depth = queue_depth

    async def read_arrivals(self, member: UserPrincipal, limit: int) -> Arrivals:
        """The newest requests of the member's project, at most so many, and the keys that were refused."""
        project_id, now_us = member.project_id, self._clock()
        if self._refusals is not None:
            await self._refusals.flush()
        keys = await self._catalog.keys.list(project_id)
        revoked = await self._catalog.keys.list_revoked(project_id)
        refused, strangers = await self._read_refused(member, now_us)
        receipts = await self._reader.list_receipts(project_id, limit)
        return Arrivals(now_us=now_us, requests=_seen(receipts, keys, revoked), refused=refused, strangers=strangers)

    async def read_health(self, project_id: ProjectId) -> IngestionHealth:
        """Who sent to the project within the period, and how late it came."""
        now_us = self._clock()
        since_us = now_us - PERIOD_US
        times = await self._reader.sample_client_times(project_id, _MOST_TIMES)
        summary = await self._reader.summarize_ledger(project_id, since_us, _MOST_RECEIPTS)
        return IngestionHealth(
            now_us=now_us,
            since_us=since_us,
            clients=[
                SeenClient(use=use, reasons=_explain(use.reasons, REJECTED), repairs=_explain(use.repairs, REPAIRED))
                for use in summary.uses
            ],
            is_cut=summary.is_cut,
            lag=measure_lag(time.arrived_us - time.start_us for time in times if time.arrived_us >= since_us),
            queue_depth=None if self._queue_depth is None else int(self._queue_depth()),
        )

    async def _read_refused(
        self, member: UserPrincipal, now_us: int
    ) -> tuple[list[RefusedKey], list[RefusedKey] | None]:
        """Refused keys of the project, and those of nobody where the member may see them."""
        failures = await self._catalog.key_failures.list((now_us - PERIOD_US) // HOUR_US * HOUR_US)
        is_owner = await owns_everything(self._catalog, member.user_id)
        if not failures:
            return [], [] if is_owner else None
        keys, revoked = await self._catalog.keys.list(), await self._catalog.keys.list_revoked()
        refused = attribute_refusals(member.project_id, failures, keys, revoked)
        strangers = attribute_refusals(None, failures, keys, revoked) if is_owner else None
        return _told(refused), None if strangers is None else _told(strangers)


def _told(refused: Sequence[RefusedKey]) -> list[RefusedKey]:
    told = []
    for one in refused:
        seen, advice = _words(one.reason)
        told.append(replace(one, seen=seen, advice=advice))
    return told


def _words(reason: str) -> tuple[str, str]:
    """What was wrong, and what to do."""
    if reason == REVOKED:
        return _REVOKED_WORDS
    known = KeyFailureReason(reason)
    seen, advice = WHY[known]
    return seen, _ADVICE.get(known, advice)


def _seen(receipts: Sequence[Receipt], keys: Sequence[ApiKey], revoked: Sequence[RevokedKey]) -> list[SeenRequest]:
    known: dict[str, ApiKey | RevokedKey] = {key.id: key for key in revoked}
    known.update({key.id: key for key in keys})
    return [_see(receipt, known.get(receipt.key_id or "")) for receipt in receipts]


def _see(receipt: Receipt, key: ApiKey | RevokedKey | None) -> SeenRequest:
    return SeenRequest(
        receipt=receipt,
        public_key=None if key is None else key.public_key,
        note=None if key is None else key.note,
        is_revoked=isinstance(key, RevokedKey),
        reasons=_explain(receipt.reasons, REJECTED),
        repairs=_explain(receipt.repairs, REPAIRED),
    )


def _explain(codes: Mapping[str, int], words: Mapping[str, str]) -> list[Explained]:
    """Each code with its advice, the most frequent first."""
    most_first = sorted(codes.items(), key=lambda code: (-code[1], code[0]))
    return [Explained(code=code, count=count, advice=words.get(code, UNKNOWN)) for code, count in most_first]
