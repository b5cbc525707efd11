"""What clients sent to one store, and whether the store holds exactly that."""

import statistics
import sys
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, field

from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.domain.ids import ProjectId
from panope.domain.pricing import PriceBook
from panope.features.pricing.managed import load_managed
from tests.support.batches import batch
from tests.support.mixed_load import RECEIVED_US, MixedLoad, Sending, is_shared
from tests.support.server import PROJECT_ID, RunningServer

RecordProperty = Callable[[str, object], None]
Rows = dict[str, dict[str, dict[str, Any]]]
Snapshot = dict[str, list[dict[str, Any]]]
KINDS = ("traces", "observations", "scores")
_PROJECT = ProjectId(PROJECT_ID)


class Verdict(Struct):
    """What a store made of what it was sent."""

    applied: list[Sending] = field(default_factory=list)
    """Requests that are there, whole."""
    missing: list[Sending] = field(default_factory=list)
    """Requests without an acknowledgement of which nothing is there."""
    lost: list[str] = field(default_factory=list)
    """Names of acknowledged requests that are not there, or in part."""
    torn: list[str] = field(default_factory=list)
    """Names of other requests that are there in part."""
    strange: set[str] = field(default_factory=set)
    """Ids that nobody sent, or that were deleted."""

    @property
    def is_good(self) -> bool:
        """Whether nothing is lost and nothing is there that should not be."""
        return not (self.lost or self.torn or self.strange)


def judge(found: set[str], acknowledged: Iterable[Sending], uncertain: Iterable[Sending]) -> Verdict:
    """Compare the ids in a store with what it acknowledged, and with what nobody got an answer to."""
    verdict, listed = Verdict(), [*((sending, True) for sending in acknowledged), *((one, False) for one in uncertain)]
    deletions = {sending.trace: is_known for sending, is_known in listed if sending.is_deletion}
    gone, expected = set(), set()
    for sending, is_known in listed:
        if sending.is_deletion:
            continue
        missing = sending.entities - found
        is_deleted = sending.trace in deletions and missing == sending.entities - sending.lasting
        if is_deleted:
            gone.add(sending.trace)
            expected |= sending.lasting
        elif not missing and deletions.get(sending.trace) is not True:
            expected |= sending.entities
        elif is_known:
            verdict.lost.append(sending.name)
            continue
        elif missing == sending.entities:
            verdict.missing.append(sending)
            continue
        else:
            verdict.torn.append(sending.name)
            continue
        verdict.applied.append(sending)
    for sending, is_known in listed:
        if sending.is_deletion:
            (verdict.applied if is_known or sending.trace in gone else verdict.missing).append(sending)
    verdict.strange = {entity_id for entity_id in found - expected if not is_shared(entity_id)}
    return verdict


async def snapshot_of(sendings: Iterable[Sending]) -> Snapshot:
    """What a store holds that was told all this once: every event in one batch, then the deletions."""
    listed = list(sendings)
    decoded = [sending.decode() for sending in listed if not sending.is_deletion]
    memory = MemoryTelemetry()
    told = batch(
        _PROJECT,
        [event for one in decoded for event in one.events],
        prices=PriceBook((), load_managed()),
        attribute_sets=[found for one in decoded for found in one.attribute_sets],
    )
    await memory.apply(told)
    deleted = [sending.trace for sending in listed if sending.is_deletion]
    await memory.delete_traces(_PROJECT, deleted, at_us=RECEIVED_US)
    return await memory.snapshot(_PROJECT)


def ids_of(snapshot: Snapshot) -> set[str]:
    """Ids of all entities of a snapshot; fails when a row is there twice."""
    for kind in KINDS:
        assert len({row["id"] for row in snapshot[kind]}) == len(snapshot[kind]), f"{kind}: a row is there twice"
    return {row["id"] for kind in KINDS for row in snapshot[kind]}


def read_all(server: RunningServer, path: str) -> list[dict[str, Any]]:
    """All rows of a list, page by page."""
    rows: list[dict[str, Any]] = []
    page = 1
    while True:
        status, answer = server.request("GET", f"{path}?limit=100&page={page}")
        assert status == 200, answer
        rows += answer["data"]
        if page >= answer["meta"]["totalPages"]:
            assert len(rows) == answer["meta"]["totalItems"]
            return rows
        page += 1


def read_rows(server: RunningServer) -> Rows:
    """All traces, observations and scores over the API, by id; fails when one is there twice."""
    found: Rows = {}
    for kind in KINDS:
        listed = read_all(server, f"/api/public/{kind}")
        found[kind] = {row["id"]: row for row in listed}
        assert len(found[kind]) == len(listed), f"{kind}: a row is there twice"
    return found


def check_totals(rows: Rows) -> None:
    """What each trace says of its observations is what they add up to."""
    held: dict[str, list[dict[str, Any]]] = {}
    for observation in rows["observations"].values():
        held.setdefault(observation["traceId"], []).append(observation)
    assert held.keys() <= rows["traces"].keys()
    for trace_id, trace in rows["traces"].items():
        own = held.get(trace_id, [])
        assert sorted(trace["observations"]) == sorted(observation["id"] for observation in own), trace_id
        cost = sum(observation["calculatedTotalCost"] or 0 for observation in own)
        assert abs(trace["totalCost"] - cost) < 1e-9, trace_id


class Tally:
    """What was sent to a store over many rounds, and what became of it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.rounds = 0
        self.acknowledged: list[Sending] = []
        """Of the present store; what got no answer is among them once it was sent again."""
        self._requests = 0
        self._unanswered = 0
        self._found = 0
        self._recoveries_s: list[float] = []

    def begin_store(self) -> None:
        """Go on with a store that is empty."""
        self.acknowledged = []

    def check(self, server: RunningServer, load: MixedLoad, recovery_s: float | None = None) -> Rows:
        """Compare what the server shows with what clients know, then send again what nobody knows about."""
        self.rounds += 1
        assert load.refusals == []
        self._requests += len(load.acknowledged)
        self._unanswered += len(load.unanswered)
        if recovery_s is not None:
            self._recoveries_s.append(recovery_s)
        rows = read_rows(server)
        found = {entity_id for kind in KINDS for entity_id in rows[kind]}
        verdict = judge(found, [*self.acknowledged, *load.acknowledged], load.unanswered)
        assert verdict.is_good, f"{self.what}, round {self.rounds}: {verdict.lost, verdict.torn, verdict.strange}"
        self._found += len(load.unanswered) - len(verdict.missing)
        check_totals(rows)
        self._send_again([*load.unanswered, *load.acknowledged[-3:]], server)
        self.acknowledged += [*load.acknowledged, *load.unanswered]
        return rows

    def _send_again(self, sendings: list[Sending], server: RunningServer) -> None:
        """Clients repeat what they got no answer to, and sometimes what they did."""
        for sending in sendings:
            status, _, _ = server.send(sending.method, sending.path, sending.body, sending.content_type)
            assert status in {200, 207}

    def report(self, record: RecordProperty) -> None:
        """Say in one line what happened."""
        text = (
            f"{self.rounds} rounds, {self._requests} requests acknowledged, 0 lost, 0 duplicated; "
            f"{self._unanswered} without an answer, {self._found} of them there"
        )
        if self._recoveries_s:
            text += f"; recovered in {statistics.median(self._recoveries_s):.2f} s (median), "
            text += f"{max(self._recoveries_s):.2f} s (longest)"
        record(self.what, text)
        sys.stdout.write(f"\n{self.what}: {text}\n")
