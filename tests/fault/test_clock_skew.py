"""Two servers on one Postgres whose clocks are hours apart: only when something arrived depends on them."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.fault.test_killed import stored
from tests.support.faults.preload import Faults, build_library
from tests.support.load import Load
from tests.support.mixed_load import Sending, deletion_of, langfuse_sending, otlp_sending
from tests.support.postgres import PostgresDatabase
from tests.support.server import RunningServer, running_server
from tests.support.tally import check_totals, read_rows, snapshot_of

HOUR_S = 3_600
SKEWS_S = (5 * HOUR_S, -7 * HOUR_S)
CLIENTS = 8


@contextmanager
def servers(folder: Path, url: str) -> Iterator[list[RunningServer]]:
    """One whose clock is ahead, one whose clock is behind."""
    faults = Faults(build_library(folder))
    ahead, behind = (faults.environment(clock_s=skew_s) for skew_s in SKEWS_S)
    try:
        with (
            running_server(folder / "ahead", database_url=url, more=ahead) as one,
            running_server(folder / "behind", database_url=url, more=behind) as two,
        ):
            yield [one, two]
    finally:
        faults.remove()


def send(server: RunningServer, sending: Sending) -> None:
    """Send it; it must be taken."""
    status, _, answer = server.send(sending.method, sending.path, sending.body, sending.content_type)
    assert (status in {200, 207}, b'"errors":[{' in answer, b"rejectedSpans" in answer) == (True, False, False), answer


async def test_rows_and_sums_do_not_depend_on_the_clocks_of_servers(
    tmp_path: Path, postgres_database: PostgresDatabase, load: Load
) -> None:
    count, chance = load.choose(small=40, bounded=100, full=400), random.Random("skew")
    sendings = [
        (langfuse_sending if number % 2 else otlp_sending)(f"{number}", number, chance) for number in range(count)
    ]
    deletions = [deletion_of(sending.trace) for sending in chance.sample(sendings, count // 8)]
    url = postgres_database()
    with servers(tmp_path, url) as both, ThreadPoolExecutor(CLIENTS) as clients:
        repeated = [(number % 2, sending) for number, sending in enumerate([*sendings, *reversed(sendings)])]
        chance.shuffle(repeated)
        list(clients.map(lambda told: send(both[told[0]], told[1]), repeated))
        for deletion in deletions:
            send(chance.choice(both), deletion)
        gone = {deletion.trace for deletion in deletions}
        late = [sending for sending in sendings if sending.trace in gone]
        list(clients.map(lambda sending: [send(server, sending) for server in both], late))
        rows = read_rows(both[0])
        assert rows == read_rows(both[1])
        check_totals(rows)
        assert [server.stop() for server in both] == [0, 0]
    assert await stored(tmp_path, url) == await snapshot_of([*sendings, *deletions])


def test_only_arrival_times_tell_which_server_took_it(tmp_path: Path, postgres_database: PostgresDatabase) -> None:
    chance = random.Random(0)
    with servers(tmp_path, postgres_database()) as both:
        for number, server in enumerate(both):
            send(server, langfuse_sending(f"{number}", number, chance))
        found = [both[0].request("GET", f"/api/public/traces/l-{number}")[1] for number in range(2)]
    for trace, skew_s in zip(found, SKEWS_S, strict=True):
        assert trace["timestamp"] == "2026-11-20T10:00:00.000Z"
        arrived = datetime.fromisoformat(trace["createdAt"]) - timedelta(seconds=skew_s)
        assert abs(datetime.now(UTC) - arrived) < timedelta(hours=1)
        assert trace["createdAt"] <= trace["updatedAt"]
