"""Walking any list of the web app by cursors: every row once, in order, whatever arrives meanwhile."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panope.domain.ids import ProjectId
from panope.features.explore.asking import Asking
from panope.features.explore.counts import Counts
from panope.features.explore.lists import Listed, Lists
from panope.kit.zones import find_zone
from panope.query.ast import Sort
from panope.query.cursor import decode_cursor, encode_cursor
from panope.query.question import Listing, Question
from panope.wire.ui.requests import SORTS
from tests.property.test_engines import _SHARED, Loop
from tests.support.batches import batch
from tests.support.engines import ENGINES, open_engine
from tests.support.histories.made import histories
from tests.support.remarks import no_remarks
from tests.support.told import minute, observation, score, trace

_numbers = itertools.count()


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """One engine for all examples: each example is a project of its own."""
    loop = Loop()
    loop.engine = loop.run(open_engine(request.param, request, Path(tmp_path_factory.mktemp("engine"))))
    yield loop
    loop.run(loop.engine.writer.close())
    loop.run(loop.engine.reader.close())
    loop.runner.close()


@st.composite
def orders(draw: st.DrawFn) -> tuple[Listing, Sort]:
    """A list and one of its orders."""
    listing = draw(st.sampled_from(list(Listing)))
    return listing, Sort(draw(st.sampled_from(sorted(SORTS[listing].values()))), draw(st.booleans()))


def _late(number: int) -> list[Any]:
    """A trace that nobody knew of, with all that a list can show, somewhere in time."""
    at = number * 7 % 11 - 5
    told = {"name": f"late {number}", "user_id": f"late user {number}", "session_id": f"late session {number}"}
    name = f"late-{number}"
    return [
        trace(name, at, timestamp=minute(at), **told),
        observation(f"{name}-o", at, trace_id=name, end_time=minute(at + number)),
        score(f"{name}-s", at, trace_id=name, name="late", number=1),
    ]


def _id(found: Any) -> str:
    row = getattr(getattr(found, "observed", found), "row", found)
    return str(row.id)


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None)
def test_a_walk_meets_every_row_once_in_order_while_others_arrive(engine: Loop, data: st.DataObject) -> None:
    history = data.draw(histories)
    listing, sort = data.draw(orders())
    limit = data.draw(st.integers(1, 4))
    arriving = data.draw(st.sets(st.integers(0, 20), max_size=4))
    project = ProjectId(f"walk-{next(_numbers)}")

    async def walk() -> None:
        reader, writer = engine.engine.reader, engine.engine.writer
        asking = Asking(reader, no_remarks(), lambda: minute(0))
        lists = Lists(reader, asking, lambda: minute(0))
        turn = getattr(lists, f"list_{listing}")
        await writer.apply(batch(project, history))
        question = Question(listing=listing, sort=sort, limit=500)
        whole: Listed[Any] = await turn(project, question)
        expected = [_id(found) for found in whole.rows]
        counted = await Counts(reader, asking).count(project, question)
        assert (counted.count, whole.next) == (len(expected), None)

        walked: list[str] = []
        after = None
        for page_number in itertools.count():
            page = await turn(project, Question(listing=listing, sort=sort, limit=limit, after=after))
            walked += [_id(found) for found in page.rows]
            assert len(page.rows) == limit or page.next is None
            if page.next is None:
                break
            after = decode_cursor(encode_cursor(page.next))
            if page_number in arriving:
                await writer.apply(batch(project, _late(page_number)))
        assert len(set(walked)) == len(walked)
        assert [name for name in walked if not name.startswith("late")] == expected

    engine.run(walk())


@given(data=st.data())
@settings(suppress_health_check=_SHARED, deadline=None)
def test_steps_of_time_hold_every_row_once(engine: Loop, data: st.DataObject) -> None:
    history = data.draw(histories)
    listing = data.draw(st.sampled_from([Listing.TRACES, Listing.OBSERVATIONS, Listing.SESSIONS, Listing.SCORES]))
    zone = find_zone(data.draw(st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia"])))
    project = ProjectId(f"steps-{next(_numbers)}")

    async def count() -> None:
        reader = engine.engine.reader
        await engine.engine.writer.apply(batch(project, history))
        counts = Counts(reader, Asking(reader, no_remarks(), lambda: minute(0)))
        question = Question(listing=listing, sort=Sort("id"))
        found = await counts.count_by_time(project, question, zone)
        assert sum(step.count for step in found.steps) == (await counts.count(project, question)).count
        assert len(found.steps) <= 121
        assert [step.start_us for step in found.steps] == sorted({step.start_us for step in found.steps})
        assert all(step.start_us < found.until_us for step in found.steps)
        assert all(step.error_count <= step.count for step in found.steps)

    engine.run(count())
