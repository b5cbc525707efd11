"""Many annotators over two processes' views of one catalog: every item once, no completion and no score lost."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest
from msgspec import Struct, field

from panope.domain.accounts import Access, Principal, Role, User
from panope.domain.errors import ConflictError
from panope.domain.events import EntityKind, TelemetryEvent
from panope.domain.ids import ApiKeyId, ScoreConfigId, UserId
from panope.domain.ledger import Receipt
from panope.domain.pricing import ManagedModels, PriceBook
from panope.domain.review.queues import QueueItem, QueueProgress
from panope.domain.scoring.configs import ScoreConfig
from panope.features.review.completing import Completing, Judgement
from panope.features.review.datasets import AnnotatedItems
from panope.features.review.delivery import Delivery
from panope.features.review.filling import QueueFilling
from panope.features.review.line import ReviewLine
from panope.features.review.members import Members
from panope.features.review.objects import TelemetryObjects
from panope.features.review.queues import QueueService
from panope.kit.ids import new_id
from panope.ports.catalog import Catalog
from panope.ports.telemetry import IngestBatch
from panope.query.ast import ALWAYS, ListQuery, Sort
from tests.contract.catalog.test_catalog import ACME, CHAT
from tests.support.engines import Engine, open_engine

ITEMS, ANNOTATORS = 120, 12
QUALITY = ScoreConfigId("quality")
CALLER = Principal(project_id=CHAT, organization_id=ACME, key_id=ApiKeyId("k"), public_key="pk", access=Access.PROJECT)
LONG_S, SHORT_S = 3_600, 1
NOW_US = 1_800_000_000_000_000


class NoPrices:
    """Implements `PriceBooks`: scores cost nothing."""

    async def get_book(self, project_id: str) -> PriceBook:
        return PriceBook((), ManagedModels())


class Process(Struct):
    """The use cases as one process has them."""

    queues: QueueService
    line: ReviewLine
    completing: Completing
    filling: QueueFilling
    delivery: Delivery


def make_process(catalog: Catalog, engine: Engine, clock: Callable[[], int]) -> Process:
    items, objects = catalog.annotation_items, TelemetryObjects(engine.reader)
    queues = QueueService(catalog.annotation_queues, items, catalog.score_configs, clock, new_id)
    annotated = AnnotatedItems(catalog.datasets, catalog.dataset_items, clock)
    delivery = Delivery(items, engine.writer, NoPrices(), objects, annotated, clock)
    return Process(
        queues=queues,
        line=ReviewLine(queues, items, Members(catalog.users), objects, clock, new_id),
        completing=Completing(queues, items, catalog.score_configs, objects, delivery, lambda: None, clock),
        filling=QueueFilling(queues, items, engine.reader, clock, new_id),
        delivery=delivery,
    )


@pytest.fixture
async def engine(
    request: pytest.FixtureRequest, catalogs: tuple[Catalog, Catalog], tmp_path: Path
) -> AsyncIterator[Engine]:
    """Telemetry of the same technology as the catalog."""
    names = {"MemoryCatalog": "memory"}
    catalog_kind = request.node.callspec.params["catalogs"]
    kind = names.get(type(catalogs[0]).__name__) or (
        "sqlite" if catalog_kind == "sqlite" else f"postgres{catalog_kind}"
    )
    opened = await open_engine(kind, request, tmp_path)
    yield opened
    await opened.writer.close()
    await opened.reader.close()


async def furnish(catalog: Catalog, engine: Engine) -> None:
    """Traces, annotators and a score config."""
    for number in range(ANNOTATORS):
        user = User(id=UserId(f"user-{number}"), email=f"{number}@example.com", roles={ACME: Role.MEMBER})
        await catalog.users.create(user)
    await catalog.score_configs.create(CHAT, ScoreConfig(id=QUALITY, name="quality", data_type="NUMERIC"))
    events = [
        TelemetryEvent(
            kind=EntityKind.TRACE,
            entity_id=f"trace-{number}",
            event_id=f"event-{number}",
            at_us=number + 1,
            values={"timestamp": number + 1},
        )
        for number in range(ITEMS)
    ]
    receipt = Receipt(request_id="r", received_us=1, protocol="langfuse")
    prices = await NoPrices().get_book(CHAT)
    await engine.writer.apply(IngestBatch(project_id=CHAT, events=events, receipt=receipt, prices=prices))


async def scores_of(engine: Engine) -> dict[str, tuple[float, str | None]]:
    query = ListQuery(sort=Sort("timestamp"), limit=10 * ITEMS)
    rows = [scored.row for scored in (await engine.reader.list_scores(CHAT, query)).rows]
    assert len({row.trace_id for row in rows}) == len(rows)
    return {str(row.trace_id): (row.value, row.author_user_id) for row in rows}


async def test_every_item_is_handed_out_once_and_every_score_is_kept(
    furnished: Catalog, other: Catalog, engine: Engine
) -> None:
    ticks = count(NOW_US)
    await furnish(furnished, engine)
    processes = [make_process(catalog, engine, lambda: next(ticks)) for catalog in (furnished, other)]
    queue_id = (await processes[0].queues.create_queue(CHAT, "Review", None, [QUALITY])).id
    filled = await asyncio.gather(*(process.filling.add_traces(CHAT, queue_id, ALWAYS, ITEMS) for process in processes))
    assert sum(outcome.added for outcome in filled) == ITEMS
    handed: list[str] = []
    expected: dict[str, tuple[float, str | None]] = {}

    async def annotate(number: int) -> None:
        process, reviewer = processes[number % 2], f"user-{number}"
        while (item := await process.line.take_next(CALLER, queue_id, reviewer, LONG_S)) is not None:
            assert item.lock is not None
            handed.append(item.object_id)
            value = float(len(handed))
            said = [Judgement(config_id=QUALITY, number=value)]
            # Twice at once, as an impatient client would.
            await asyncio.gather(
                *(process.completing.complete(CHAT, queue_id, item.id, item.lock.token, said) for _ in range(2))
            )
            expected[item.object_id] = (value, reviewer)

    await asyncio.gather(*(annotate(number) for number in range(ANNOTATORS)))
    assert [object_id for object_id, times in Counter(handed).items() if times > 1] == []
    assert len(handed) == ITEMS
    assert await scores_of(engine) == expected
    progress = await processes[1].line.count(CHAT, queue_id)
    assert (progress.pending, progress.locked, progress.completed) == (0, 0, ITEMS)
    by_reviewer = Counter(reviewer for _, reviewer in expected.values())
    assert {reviewer.reviewer_id: reviewer.completed for reviewer in progress.reviewers} == by_reviewer


class Hurry(Struct):
    """Annotators whose locks last a moment: some dawdle beyond it, some release, some renew."""

    engine: Engine
    ticks: "count[int]"
    queue_id: str = ""
    late_us: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    accepted: dict[str, tuple[float, str | None]] = field(default_factory=dict)
    refused: int = 0

    def now_us(self) -> int:
        return next(self.ticks) + self.late_us

    async def dawdle(self, process: Process) -> None:
        """Let a second pass on the clock, and everybody else work for as long as a few requests take."""
        self.late_us += 1_100_000
        for _ in range(4):
            await asyncio.sleep(0)
            await process.line.count(CHAT, self.queue_id)

    async def annotate(self, process: Process, reviewer: str) -> None:
        while (await process.line.count(CHAT, self.queue_id)).completed < ITEMS:
            item = await process.line.take_next(CALLER, self.queue_id, reviewer, SHORT_S)
            if item is None:  # time stands still for who waits: else nobody who works would ever be in time
                await asyncio.sleep(0)
                continue
            try:
                await self.work_on(process, item, reviewer)
            except ConflictError:
                self.refused += 1

    async def work_on(self, process: Process, item: QueueItem, reviewer: str) -> None:
        assert item.lock is not None
        token, step = item.lock.token, self.chance.random()
        if step < 0.2:
            await self.dawdle(process)
        elif step < 0.3:
            await process.line.release(CHAT, self.queue_id, item.id, token)
            return
        elif step < 0.4:
            await process.line.renew(CHAT, self.queue_id, item.id, token, SHORT_S)
        said = [Judgement(config_id=QUALITY, number=step)]
        await process.completing.complete(CHAT, self.queue_id, item.id, token, said)
        assert item.object_id not in self.accepted, "two completions of one item were accepted"
        self.accepted[item.object_id] = (step, reviewer)


async def test_whoever_is_slow_loses_the_item_and_never_a_score(
    furnished: Catalog, other: Catalog, engine: Engine
) -> None:
    hurry = Hurry(engine, count(NOW_US))
    await furnish(furnished, engine)
    processes = [make_process(catalog, engine, hurry.now_us) for catalog in (furnished, other)]
    hurry.queue_id = (await processes[0].queues.create_queue(CHAT, "Review", None, [QUALITY])).id
    await processes[0].filling.add_traces(CHAT, hurry.queue_id, ALWAYS, ITEMS)
    async with asyncio.timeout(120):
        await asyncio.gather(*(hurry.annotate(processes[number % 2], f"user-{number}") for number in range(ANNOTATORS)))
    assert await scores_of(engine) == hurry.accepted
    assert len(hurry.accepted) == ITEMS
    assert hurry.refused > 0, "nobody was late: the test shows nothing"
    progress = await processes[0].line.count(CHAT, hurry.queue_id)
    assert progress == QueueProgress(completed=ITEMS, reviewers=progress.reviewers)
