"""`panope reprice`, `remap` and `operations` in the place of a server: history in a directory, prices in a catalog."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import partialmethod
from pathlib import Path

import pytest
import structlog
import typer

from panope.adapters.sqlite.catalog import open_catalog
from panope.adapters.sqlite.directory import DataDirectory
from panope.adapters.sqlite.telemetry import SqliteTelemetry
from panope.cli.moments import parse_moment
from panope.domain.ids import ProjectId
from panope.domain.operations import Operation
from panope.domain.pricing import PriceBook, PriceModel, PriceTier
from panope.features.replay.service import ReplayService
from panope.kit.clock import now_us
from panope.ports.bounds import too_broad
from panope.ports.operations import Holder
from tests.support.batches import batch
from tests.support.told import minute, observation
from tests.unit.cli.conftest import Run

PROJECT = ProjectId("default")
SINCE = ("--since", "2025-10-01")
_TIER = PriceTier(id="t", name="Standard", is_default=True, priority=0, prices={"input": Decimal("0.5")})
_HOUSE = PriceModel(id="m", name="house-7b", match_pattern="^house-7b$", tiers=(_TIER,))


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def directory(run: Run, tmp_path: Path) -> DataDirectory:
    """Two generations of a model that has had no price so far, and has one now."""
    assert run("keys", "create").status == 0
    assert run("db", "upgrade").status == 0
    found = DataDirectory(tmp_path / "panope-data")
    asyncio.run(_fill(found))
    return found


async def _fill(directory: DataDirectory) -> None:
    telemetry = SqliteTelemetry(directory.telemetry_path)
    usage = {"input": 3, "total": 3}
    told = [
        observation(f"o{number}", number, trace_id="t", model="house-7b", usage=usage, start_time=minute(number))
        for number in range(2)
    ]
    await telemetry.writer.apply(batch(PROJECT, told, prices=PriceBook(())))
    await telemetry.close()
    catalog = open_catalog(directory.catalog_path)
    await catalog.models.create(PROJECT, _HOUSE)
    await catalog.close()


def _total(directory: DataDirectory) -> int:
    async def read() -> int:
        telemetry = SqliteTelemetry(directory.telemetry_path)
        detail = await telemetry.reader.get_trace(PROJECT, "t")
        await telemetry.close()
        assert detail is not None
        return detail.trace.row.totals.total_cost

    return asyncio.run(read())


def test_a_dry_run_shows_the_difference_by_day_and_model_and_changes_nothing(
    run: Run, directory: DataDirectory
) -> None:
    shown = run("reprice", *SINCE, "--dry-run")
    assert shown.status == 0
    assert shown.out.splitlines() == [
        "reprice: 2 of 2 observations would change.",
        "2025-10-09\thouse-7b\t2/2\t$0.000000\t$3.000000\t2→0",
        "Together $0.000000 before, $3.000000 after, +$3.000000.",
    ]
    assert _total(directory) == 0


def test_a_repricing_is_applied_and_done_again_changes_nothing(run: Run, directory: DataDirectory) -> None:
    applied = run("reprice", *SINCE, "--yes")
    assert applied.status == 0
    assert applied.out.splitlines()[-1] == "reprice: 2 observations changed."
    assert _total(directory) == 3 * 10**12
    again = run("reprice", *SINCE, "--yes")
    assert again.out == "reprice: 0 of 2 observations would change.\n"


def test_only_the_named_model_and_period_are_touched(run: Run, directory: DataDirectory) -> None:
    assert run("reprice", *SINCE, "--yes", "--model", "other").out == "reprice: 0 of 0 observations would change.\n"
    until = datetime.fromtimestamp(minute(1) / 10**6, UTC).isoformat()
    assert "1 of 1 observations" in run("reprice", *SINCE, "--until", until, "--dry-run").out
    assert _total(directory) == 0


def test_json_holds_the_exact_amounts(run: Run, directory: DataDirectory) -> None:
    [shown] = json.loads(run("reprice", *SINCE, "--dry-run", "--json").out)
    assert (shown["project"], shown["state"], shown["changed"]) == ("default", "done", 2)
    assert (shown["costs"][0]["costBefore"], shown["costs"][0]["costAfter"]) == ("0", "3")
    assert _total(directory) == 0


def test_a_remap_shows_the_fields_that_change(run: Run, directory: DataDirectory) -> None:
    shown = run("remap", *SINCE, "--dry-run").out.splitlines()
    assert shown[0] == "remap: 2 of 2 observations would change."
    assert "total_cost\t2\to0 o1" in shown


End = Callable[[ReplayService, Operation], Awaitable[Operation]]


def _end_early(monkeypatch: pytest.MonkeyPatch, end: End, *, dry: bool) -> None:
    """Let operations over one observation at a time end after the first, dry runs or the others."""
    step, init = ReplayService.advance, ReplayService.__init__

    async def advance(self: ReplayService, operation: Operation, holder: Holder) -> Operation | None:
        if operation.cursor is not None and operation.order.is_dry_run is dry:
            return await end(self, operation)
        return await step(self, operation, holder)

    monkeypatch.setattr(ReplayService, "advance", advance)
    monkeypatch.setattr(ReplayService, "__init__", partialmethod(init, step_rows=1))


async def _cancel(replays: ReplayService, operation: Operation) -> Operation:
    return await replays.cancel(operation.project_id, operation.id)


async def _fail(_replays: ReplayService, _operation: Operation) -> Operation:
    raise too_broad()


def test_what_was_cancelled_is_not_called_done(
    run: Run, directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    _end_early(monkeypatch, _cancel, dry=False)
    ended = run("reprice", *SINCE, "--yes")
    assert ended.status == 1
    assert ended.out.splitlines()[-1] == "reprice: 1 observations changed; not all were looked at."
    assert ended.err == (
        "reprice default: cancelled after 1 of 2 observations; what is done stays done, give the same order again "
        "for the rest\n"
    )
    assert _total(directory) == 15 * 10**11


def test_what_failed_says_why_and_what_to_do(
    run: Run, directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert directory.telemetry_path.exists()
    _end_early(monkeypatch, _fail, dry=False)
    ended = run("reprice", *SINCE, "--yes")
    assert ended.status == 1
    assert ended.out.splitlines()[-1] == "reprice: 1 observations changed; not all were looked at."
    assert ended.err.splitlines()[-1] == (
        "reprice default: failed after 1 of 2 observations (query_too_broad); give shorter periods by --since and "
        "--until, or raise limits.read_max_rows and limits.read_timeout_s in the settings"
    )


def test_a_dry_run_that_ended_early_says_so(
    run: Run, directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    _end_early(monkeypatch, _cancel, dry=True)
    for words in (("--dry-run",), ("--yes",)):
        ended = run("reprice", *SINCE, *words)
        assert ended.status == 1
        assert ended.out.splitlines()[0] == "reprice: 1 of 1 observations would change; not all were looked at."
        assert ended.err == ("reprice default (dry run): cancelled after 1 observations; give the same order again\n")
    assert _total(directory) == 0


def test_json_holds_the_state_of_what_failed(
    run: Run, directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert directory.telemetry_path.exists()
    _end_early(monkeypatch, _fail, dry=True)
    ended = run("reprice", *SINCE, "--dry-run", "--json")
    [shown] = json.loads(ended.out)
    assert (ended.status, shown["state"], shown["error"]) == (1, "failed", "query_too_broad")
    assert "failed after 1 observations (query_too_broad)" in ended.err


def test_operations_are_listed_and_those_that_are_over_stay_as_they_are(run: Run, directory: DataDirectory) -> None:
    assert directory.telemetry_path.exists()
    run("reprice", *SINCE, "--dry-run")
    run("reprice", *SINCE, "--yes")
    listed = json.loads(run("operations", "list", "--json").out)
    assert sorted((found["dryRun"], found["changed"]) for found in listed) == [(False, 2), (True, 2), (True, 2)]
    assert "reprice (dry run)\tdone\t2025-10-01T00:00:00Z\t2\t2" in run("operations", "list").out
    ended = run("operations", "cancel", listed[0]["id"])
    assert (ended.status, ended.out) == (0, f"reprice {listed[0]['id']}: done, 2 observations changed.\n")


def test_a_question_that_is_answered_with_no_changes_nothing(
    run: Run, directory: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr(typer, "confirm", lambda _question: False)
    assert "would change" in run("reprice", *SINCE).out
    assert _total(directory) == 0


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T10:00:00Z", datetime(2026, 11, 1, 10, tzinfo=UTC)),
        ("2026-11-01T10:00:00.000001+02:00", datetime(2026, 11, 1, 8, microsecond=1, tzinfo=UTC)),
        (" 2026-11-01T10:00 ", datetime(2026, 11, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_date_or_a_time(text: str, moment: datetime) -> None:
    assert parse_moment(text) == round(moment.timestamp() * 10**6)


def test_help_says_from_when_ago_counts(run: Run) -> None:
    shown = " ".join(run("reprice", "--help").out.replace("│", " ").split())
    assert "7d counts from midnight UTC and 12h from the full hour" in shown
    assert "before then, said likewise" in shown


def test_ago_counts_from_the_beginning_of_the_day_the_hour_or_the_minute() -> None:
    day_us = 86_400 * 10**6
    assert parse_moment("0d") % day_us == 0
    assert parse_moment("0d") - parse_moment("7d") == 7 * day_us
    assert 0 <= now_us() - parse_moment("0m") < 2 * 60 * 10**6
