"""A server's life as its disk and its clients saw it, and what must be there after the power went at a moment of it."""

import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from panope.bootstrap import open_engines
from panope.config.load import load_settings
from panope.domain.ids import ProjectId
from panope.kit.metrics import ServerMetrics
from tests.support.faults.image import Before, Disk
from tests.support.faults.journal import Record, answered_request, read_journal
from tests.support.faults.preload import Faults
from tests.support.mixed_load import MixedLoad, Sending
from tests.support.server import PROJECT_ID, PROVISIONING, RunningServer, start_server
from tests.support.tally import RecordProperty, check_totals, ids_of, judge, read_rows, snapshot_of

WAIT_S: Final = 120
SERVER_EVERY: Final = 6
"""Of so many images one is given to a real server as well; all are opened in process, by the server's own parts."""
_PROJECT: Final = ProjectId(PROJECT_ID)
_SENT_AGAIN: Final = 20


class Recording(Struct):
    """What a disk was told, and what clients sent."""

    before: Before
    entries: list[Record]
    sent: dict[str, Sending]
    acknowledged: list[tuple[int, Sending]]
    """With the moment at which the server decided to say so, ascending."""
    is_lenient: bool = False
    """See `Disk`."""

    def known(self, until: int) -> tuple[list[Sending], list[Sending]]:
        """What was acknowledged before a moment, and what else was ever sent."""
        acknowledged = [sending for moment, sending in self.acknowledged if moment <= until]
        names = {sending.name for sending in acknowledged}
        return acknowledged, [sending for name, sending in self.sent.items() if name not in names]

    def choose_moments(self, count: int, chance: random.Random) -> list[int]:
        """Half of them anywhere, half right after an answer, where the server has least time to make up for it."""
        anywhere = [chance.randrange(len(self.entries) + 1) for _ in range(count - count // 2)]
        return anywhere + [chance.choice(self.acknowledged)[0] for _ in range(count // 2)]

    def images(self, cuts: Sequence[int], place: Path, chance: random.Random) -> Iterator[int]:
        """For each moment put into `place` what a power cut would leave, every second time more than has to be."""
        disk, done = Disk(self.before, is_lenient=self.is_lenient), 0
        for number, cut in enumerate(sorted(cuts)):
            for entry in self.entries[done:cut]:
                disk.replay(entry)
            done = cut
            shutil.rmtree(place, ignore_errors=True)
            disk.survive(place, chance if number % 2 else None)
            yield cut


def make_recording(before: Before, faults: Faults, loads: Sequence[MixedLoad]) -> Recording:
    """Put together what the log and the clients say. Fails when an answer is not in the log."""
    entries = list(read_journal(faults.log))
    sent = {sending.name: sending for load in loads for sending in [*load.acknowledged, *load.unanswered]}
    acknowledged = []
    for moment, entry in enumerate(entries, start=1):
        name, status = answered_request(entry) or ("", 0)
        if status in {200, 207} and name in sent:
            acknowledged.append((moment, sent[name]))
    told = {sending.name for _, sending in acknowledged}
    assert all(sending.name in told for load in loads for sending in load.acknowledged), "an answer is not in the log"
    return Recording(before, entries, sent, acknowledged)


def run_load(server: RunningServer, name: str, enough: int) -> MixedLoad:
    """Let clients send until the server has acknowledged enough; then kill it."""
    clients = MixedLoad(server, name, enough=enough)
    try:
        clients.start()
        assert clients.has_enough.wait(WAIT_S), server.output()
    finally:
        server.kill()
    clients.finish()
    assert clients.refusals == []
    return clients


class PowerCuts(Struct):
    """Checks images of one engine and counts."""

    engine: str
    cuts: int = 0
    acknowledged: int = 0
    found: int = 0
    recoveries_s: list[float] = field(default_factory=list)

    async def check(
        self, recording: Recording, cut: int, storage: Mapping[str, Any], *, began_s: float | None = None
    ) -> None:
        """Open what is left as the server would, compare it with what clients know, and send the rest again.

        `began_s` is when the recovery began, where it did so before this call.
        """
        acknowledged, uncertain = recording.known(cut)
        settings = load_settings({f"storage.{name}": value for name, value in storage.items()}, environ={})
        began_s = began_s or time.monotonic()
        async with open_engines(settings, ServerMetrics("0")) as engines:
            found = await engines.reader.snapshot(_PROJECT)
            self.recoveries_s.append(time.monotonic() - began_s)
            verdict = judge(ids_of(found), acknowledged, uncertain)
            assert verdict.is_good, f"cut at {cut}: {verdict.lost, verdict.torn, verdict.strange}"
            assert found == await snapshot_of(verdict.applied), f"cut at {cut}"
            receipts = await engines.reader.list_receipts(_PROJECT, 1_000_000)
            writes = sum(not sending.is_deletion for sending in verdict.applied)
            assert len(receipts) == writes, f"cut at {cut}: {len(receipts)} receipts of {writes} requests"
            sent_again = [sending for sending in verdict.missing if not sending.is_deletion][:_SENT_AGAIN]
            for sending in sent_again:
                await engines.writer.apply(sending.batch())
            found = await engines.reader.snapshot(_PROJECT)
            assert found == await snapshot_of([*verdict.applied, *sent_again]), f"cut at {cut}, sent again"
        self.cuts += 1
        self.acknowledged += len(acknowledged)
        self.found += len(verdict.applied) - len(acknowledged)

    def check_server(self, recording: Recording, cut: int, data_dir: Path, database_url: str | None = None) -> None:
        """Start a server that is not told any keys: those that clients had used have to be there."""
        acknowledged, uncertain = recording.known(cut)
        environment = {} if acknowledged else PROVISIONING
        server = start_server(data_dir, database_url=database_url, environment=environment)
        try:
            self.recoveries_s.append(server.start_s)
            rows = read_rows(server)
            verdict = judge({entity_id for kind in rows.values() for entity_id in kind}, acknowledged, uncertain)
            assert verdict.is_good, f"cut at {cut}: {verdict.lost, verdict.torn, verdict.strange}"
            check_totals(rows)
        finally:
            server.kill()

    def report(self, record_property: RecordProperty) -> None:
        """Say in one line what happened."""
        text = f"{self.cuts} power cuts, {self.acknowledged} requests acknowledged before them, 0 lost, 0 duplicated; "
        text += f"{self.found} without an answer were there; recovered in {statistics.median(self.recoveries_s):.2f} s"
        text += f" (median), {max(self.recoveries_s):.2f} s (longest)"
        record_property(self.engine, text)
        sys.stdout.write(f"\n{self.engine}: {text}\n")
