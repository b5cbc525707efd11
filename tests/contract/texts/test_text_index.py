"""The index of texts: what is written is found at once and ever after, wherever the index stands."""

import asyncio
import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from panope.adapters.relational.text import building
from panope.adapters.relational.transaction import Procedure
from panope.domain.errors import UnavailableError
from panope.domain.events import TelemetryEvent
from panope.domain.ids import ProjectId
from panope.ports.operations import Holder
from panope.query.ast import Condition, Keyset, ListQuery, Node, Op, Or, Some, Sort
from panope.query.fields import View
from panope.query.text.lower import search
from tests.support.batches import NOW_US, batch
from tests.support.engines import Engine
from tests.support.told import minute, observation, trace

PROJECT = ProjectId("p")
ELSEWHERE = ProjectId("q")
HOLDER = Holder("me", 60)
_SORTS = {View.TRACES: "timestamp", View.OBSERVATIONS: "start_time", View.SESSIONS: "created_at"}


async def _write(engine: Engine, *events: TelemetryEvent, project_id: ProjectId = PROJECT) -> None:
    await engine.writer.apply(batch(project_id, events))


async def _index(engine: Engine, project_id: ProjectId = PROJECT) -> None:
    """As far as it goes."""
    assert await engine.texts.claim(project_id, HOLDER)
    while await engine.texts.advance(project_id, HOLDER):
        pass


async def _found(
    engine: Engine, where: Node | str, view: View = View.OBSERVATIONS, project_id: ProjectId = PROJECT
) -> list[str]:
    node = search(view, where) if isinstance(where, str) else where
    query = ListQuery(where=node, sort=Sort(_SORTS[view]), limit=100, with_total=True)
    page = await getattr(engine.reader, f"list_{view}")(project_id, query)
    ids = sorted(getattr(row, "row", row).id for row in page.rows)
    assert page.total == len(ids)
    return ids


async def test_what_is_written_is_found_at_once_and_when_it_is_indexed(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(engine, observation("o1", 1, trace_id="t1", input="Ask for a REFUND", output="no"))
    assert await _found(engine, "refund") == ["o1"]
    await _index(engine)
    assert await _found(engine, "refund") == ["o1"]
    assert await _found(engine, Condition("input", Op.MATCHES, "a reFUND")) == ["o1"]
    assert await _found(engine, Condition("output", Op.MATCHES, "refund")) == []
    assert await _found(engine, "efun") == ["o1"]
    assert await _found(engine, "re fund") == []


async def test_an_index_begins_with_all_that_was_there_before(engine: Engine) -> None:
    events = [observation(f"o{n}", n, trace_id="t", input=f"order {n} of coffee") for n in range(12)]
    await _write(engine, trace("t", 0, name="Old trace"), *events)
    await engine.texts.start(PROJECT)
    assert await _found(engine, "COFFEE") == sorted(f"o{n}" for n in range(12))
    await engine.texts.claim(PROJECT, HOLDER)
    await engine.texts.advance(PROJECT, HOLDER)
    assert await _found(engine, "order 7") == ["o7"]
    await _index(engine)
    assert await _found(engine, "order 7") == ["o7"]
    assert await _found(engine, "old", View.TRACES) == ["t"]


async def test_a_text_that_changed_is_found_by_what_it_is_now(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(engine, observation("o1", 1, trace_id="t", input="first words"))
    await _index(engine)
    await _write(engine, observation("o1", 2, trace_id="t", is_update=True, input="second thoughts"))
    for _ in range(2):
        assert await _found(engine, "first") == []
        assert await _found(engine, "second") == ["o1"]
        await _index(engine)


async def test_a_text_that_changes_again_and_again_is_found_however_segments_are_united(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    for number in range(12):
        told = observation(
            "o1", number, trace_id="t", is_update=number > 0, input=f"state{number}.", event_id=f"{number}"
        )
        await _write(engine, told)
        await _index(engine)
        assert await _found(engine, f"state{number}.") == ["o1"]
        assert await _found(engine, f"state{number - 1}.") == []
    if engine.name != "memory":
        (state,) = await engine.texts.describe()
        assert state.segments < 8


async def test_a_segment_ends_where_it_would_take_much_memory(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("panope.domain.text.building._CUT_AT_ONCE", 1)
    monkeypatch.setattr(building, "_SEGMENT_BYTES", 1)
    await _write(engine, *(observation(f"o{n}", n, trace_id="t", input=f"word {n} of many") for n in range(100)))
    await engine.texts.start(PROJECT)
    await _index(engine)
    assert await _found(engine, "word 77") == ["o77"]
    assert len(await _found(engine, "many")) == 100
    if engine.name != "memory":
        (state,) = await engine.texts.describe()
        assert (state.rows, state.waiting_rows, state.segments) == (101, 0, 5)  # of one trace, and of 32 rows each


async def test_segments_that_are_large_enough_stay_as_they_are(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_MAX_ROWS", 16)
    await engine.texts.start(PROJECT)
    for number in range(40):
        await _write(engine, observation(f"o{number}", number, trace_id=f"t{number}", input=f"state{number}."))
        await _index(engine)
    assert await _found(engine, "state7.") == ["o7"]
    if engine.name != "memory":
        (state,) = await engine.texts.describe()
        assert (state.rows, state.segments) == (80, 10)  # of eight traces or observations each


async def test_segments_stay_apart_that_would_take_much_memory_together(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_MAX_BYTES", 1)
    await engine.texts.start(PROJECT)
    for number in range(10):
        await _write(engine, observation(f"o{number}", number, trace_id="t", input=f"state{number}."))
        await _index(engine)
    assert await _found(engine, "state7.") == ["o7"]
    if engine.name != "memory":
        (state,) = await engine.texts.describe()
        assert state.segments >= 10


async def test_few_rows_that_take_much_memory_do_not_keep_others_apart(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_MAX_BYTES", 10_000)
    monkeypatch.setattr(building, "_MERGED", 4)
    await engine.texts.start(PROJECT)
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(676)]
    said = [[" ".join(words[:300])], *([f"state{n}.", *2 * [" ".join(words[400 + 60 * n :][:60])]] for n in range(4))]
    for number, texts in enumerate(said):
        told = [observation(f"o{number}-{n}", n, trace_id="t", input=text) for n, text in enumerate(texts)]
        await _write(engine, *told)
        await _index(engine)
    assert await _found(engine, "state3.") == ["o4-0"]
    if engine.name != "memory":
        (state,) = await engine.texts.describe()
        assert (state.rows, state.segments) == (14, 3)  # a trace, what takes much, and the other twelve observations


async def test_a_segment_that_would_take_much_memory_is_passed_over_and_the_others_are_united(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_MAX_BYTES", 10_000)
    await engine.texts.start(PROJECT)
    much = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600))
    for number in range(8):
        said = much if number == 0 else f"state{number}."
        await _write(engine, observation(f"o{number}", number, trace_id="t", input=said))
        await _index(engine)
    assert await _found(engine, "state7.") == ["o7"]
    assert await _found(engine, "ab bb cb") == ["o0"]
    if engine.name != "memory":
        (state,) = await engine.texts.describe()
        assert (state.rows, state.segments) == (9, 3)  # a trace, what is large, and the other seven observations


async def test_what_is_deleted_is_found_no_more_and_leaves_the_index(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    kept = [observation(f"k{n}", n, trace_id="keep", input=f"kept {n}") for n in range(6)]
    gone = [observation(f"g{n}", n, trace_id="go", input=f"secret{n}") for n in range(6)]
    await _write(engine, *kept, *gone, trace("keep", 1), trace("go", 2, input="secretive"))
    await _index(engine)
    await engine.writer.delete_traces(PROJECT, ["go"], at_us=NOW_US)
    assert await _found(engine, "secret") == []
    await _index(engine)
    assert await _found(engine, "secret") == []
    assert await _found(engine, "kept") == [f"k{n}" for n in range(6)]
    (state,) = await engine.texts.describe()
    assert state.waiting_rows == 0
    if engine.name != "memory":
        assert state.rows == 7  # observations that were kept, and their trace


async def test_of_much_that_is_deleted_a_few_rows_at_a_time_leave_the_index(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await engine.texts.start(PROJECT)
    told = [observation(f"o{n:02}", n, trace_id="keep" if n == 5 else "go", input=f"secret{n}") for n in range(12)]
    await _write(engine, *told)
    await _index(engine)
    await engine.writer.delete_traces(PROJECT, ["go"], at_us=NOW_US)
    monkeypatch.setattr(building, "_PURGED_AT_ONCE", 3)
    assert await engine.texts.claim(PROJECT, HOLDER)
    steps = [await engine.texts.advance(PROJECT, HOLDER) for _ in range(30)]
    assert steps[-1] == 0
    assert await _found(engine, "secret") == ["o05"]
    (state,) = await engine.texts.describe()
    if engine.name != "memory":
        assert steps.count(3) >= 3
        assert 11 not in steps
        assert state.rows == 2  # the observation that was kept, and its trace


async def test_words_of_a_trace_are_found_on_its_observations(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(
        engine,
        trace("t", 1, name="checkout", user_id="Alice@example.org", session_id="s"),
        observation("o1", 1, trace_id="t", input="nothing"),
        observation("o2", 2, trace_id="other", input="alice in wonderland"),
    )
    for _ in range(2):
        assert await _found(engine, "alice") == ["o1", "o2"]
        assert await _found(engine, "ALICE@", View.TRACES) == ["t"]
        assert await _found(engine, "alice", View.SESSIONS) == ["s"]
        assert await _found(engine, Some(Condition("input", Op.MATCHES, "wonder")), View.TRACES) == ["other"]
        assert await _found(engine, Condition("trace_name", Op.MATCHES, "CHECK")) == ["o1"]
        await _index(engine)


async def test_words_of_other_scripts_and_of_ids_are_found(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(
        engine,
        observation("4bf92f35-77b3_x", 1, trace_id="t", input="Straße ÉCOLE", output="Σίσυφος"),
        observation("o2", 2, trace_id="t", input="我们的退款政策", output='{"k": "\\"quotes\\""}'),
    )
    for _ in range(2):
        assert await _found(engine, "2f35-77b") == ["4bf92f35-77b3_x"]
        assert await _found(engine, "STRASSE") == []
        assert await _found(engine, "STRAẞE école") == ["4bf92f35-77b3_x"]
        assert await _found(engine, "ΣΊΣΥΦΟΣ") == ["4bf92f35-77b3_x"]
        assert await _found(engine, "退款") == ["o2"]
        assert await _found(engine, "款退") == []
        assert await _found(engine, "策") == ["o2"]
        assert await _found(engine, '\\"quotes') == ["o2"]
        await _index(engine)


async def test_an_index_that_is_switched_off_is_gone(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await engine.texts.start(ELSEWHERE)
    await _write(engine, observation("o1", 1, trace_id="t", input="here"))
    await _write(engine, observation("o2", 1, trace_id="t", input="here"), project_id=ELSEWHERE)
    await _index(engine)
    await _index(engine, ELSEWHERE)
    await engine.texts.drop(PROJECT)
    assert [state.project_id for state in await engine.texts.describe()] == [ELSEWHERE]
    await _write(engine, observation("o3", 3, trace_id="t", input="here too"))
    assert await _found(engine, "here") == ["o1", "o3"]
    assert not await engine.texts.claim(PROJECT, HOLDER)
    await engine.texts.start(PROJECT)
    await _index(engine)
    assert await _found(engine, "here") == ["o1", "o3"]
    assert await _found(engine, "here", project_id=ELSEWHERE) == ["o2"]


async def test_an_index_comes_to_rest_when_a_new_row_takes_the_place_of_one_that_went(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(engine, trace("t1", 1, name="first"), observation("o1", 1, trace_id="t1", input="first"))
    await _index(engine)
    await engine.writer.delete_traces(PROJECT, ["t1"], at_us=NOW_US)
    await _write(engine, trace("t2", 2, name="second"), observation("o2", 2, trace_id="t2", input="second"))
    assert await engine.texts.claim(PROJECT, HOLDER)
    steps = [await engine.texts.advance(PROJECT, HOLDER) for _ in range(30)]
    assert steps[-1] == 0
    assert await _found(engine, "first") == []
    assert await _found(engine, "second") == ["o2"]


async def test_what_was_deleted_leaves_the_index_though_a_row_of_another_project_takes_its_place(
    engine: Engine,
) -> None:
    await engine.texts.start(PROJECT)
    await _write(engine, trace("t1", 1, name="first"), observation("o1", 1, trace_id="t1", input="first"))
    await _index(engine)
    await engine.writer.delete_traces(PROJECT, ["t1"], at_us=NOW_US)
    told = [trace("t2", 2, name="second"), observation("o2", 2, trace_id="t2", input="second")]
    await _write(engine, *told, project_id=ELSEWHERE)
    await _index(engine)
    (state,) = await engine.texts.describe()
    assert (state.rows, state.segments) == (0, 0)
    assert await _found(engine, "second", project_id=ELSEWHERE) == ["o2"]


async def test_who_builds_an_index_leaves_one_alone_that_is_switched_off(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    ids = [f"o{n:02}" for n in range(60)]
    for number, name in enumerate(ids):
        await _write(engine, observation(name, number, trace_id="t", input="here"))
    await _index(engine)
    await _write(engine, *[observation(name, 100, trace_id="t", is_update=True, input="here still") for name in ids])
    assert await engine.texts.claim(PROJECT, HOLDER)

    async def go_on() -> None:
        for _ in range(30):
            await engine.texts.advance(PROJECT, HOLDER)

    await asyncio.gather(engine.texts.drop(PROJECT), go_on())
    assert await engine.texts.describe() == []
    assert await _found(engine, "here still") == ids
    await asyncio.gather(engine.texts.start(PROJECT), engine.texts.drop(PROJECT), engine.texts.start(PROJECT))
    await engine.texts.start(PROJECT)
    await _index(engine)
    assert await _found(engine, "here still") == ids


async def test_an_index_that_was_not_dropped_to_its_end_is_known_and_can_be_started(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine.name == "memory":
        pytest.skip("drops at once")
    await engine.texts.start(PROJECT)
    await _write(engine, observation("o1", 1, trace_id="t", input="here"))
    await _index(engine)
    run, asked = engine.writer.run, itertools.count()  # type: ignore[attr-defined]

    async def ask(procedure: Procedure) -> Any:
        if next(asked):
            raise UnavailableError("away")
        return await run(procedure)

    with monkeypatch.context() as interrupted:
        interrupted.setattr(engine.writer, "run", ask)
        with pytest.raises(UnavailableError):
            await engine.texts.drop(PROJECT)
    (state,) = await engine.texts.describe()
    assert state.is_going
    assert not await engine.texts.claim(PROJECT, HOLDER)
    await engine.texts.start(PROJECT)
    await _index(engine)
    (state,) = await engine.texts.describe()
    assert (state.is_going, state.waiting_rows) == (False, 0)
    assert await _found(engine, "here") == ["o1"]


async def test_one_of_several_builds_an_index(engine: Engine) -> None:
    if engine.name == "memory":
        pytest.skip("has nothing to build")
    await engine.texts.start(PROJECT)
    await _write(engine, observation("o1", 1, trace_id="t", input="here"))
    assert await engine.texts.claim(PROJECT, HOLDER)
    assert not await engine.texts.claim(PROJECT, Holder("other", 60))
    assert await engine.texts.advance(PROJECT, Holder("other", 60)) == 0
    assert await engine.texts.claim(PROJECT, Holder("me", -1))
    assert await engine.texts.claim(PROJECT, Holder("other", 60))
    assert await engine.texts.advance(PROJECT, Holder("other", 60)) > 0


async def test_one_index_is_told_of(engine: Engine) -> None:
    assert await engine.texts.find(PROJECT) is None
    await engine.texts.start(PROJECT)
    assert [await engine.texts.find(PROJECT)] == await engine.texts.describe()
    assert await engine.texts.find(ELSEWHERE) is None


async def test_how_far_it_has_come_is_told(engine: Engine) -> None:
    if engine.name == "memory":
        pytest.skip("has nothing to build")
    await engine.texts.start(PROJECT)
    await _write(engine, *[observation(f"o{n}", n, trace_id="t", input=f"text {n}") for n in range(10)])
    (state,) = await engine.texts.describe()
    assert state.waiting_rows >= 11
    assert state.lag_us > 0
    assert state.rows == state.bytes == 0
    await _index(engine)
    (state,) = await engine.texts.describe()
    assert (state.waiting_rows, state.lag_us, state.rows) == (0, 0, 11)
    assert state.bytes > 0


async def test_either_word_is_found(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(engine, *[observation(f"o{n}", n, trace_id="t", input=f"word{n}") for n in range(9)])
    await _index(engine)
    either = Or((Condition("input", Op.MATCHES, "word3"), Condition("input", Op.CONTAINS, "word5")))
    assert await _found(engine, either) == ["o3", "o5"]
    assert await _found(engine, Condition("input", Op.EQ, "word5")) == ["o5"]
    assert await _found(engine, Condition("input", Op.STARTS_WITH, "Word5")) == []
    assert await _found(engine, Condition("input", Op.NOT_MATCHES, "WORD")) == []


async def test_pages_of_a_common_word_are_those_that_a_walk_gives(engine: Engine) -> None:
    texts = {n: "common and rare" if n % 97 == 0 else "common" for n in range(2_600)}
    events = [observation(f"o{n:04}", n * 7 % 2_600, trace_id="t", input=text) for n, text in texts.items()]
    queries = [
        ListQuery(
            where=Condition("input", Op.MATCHES, word), sort=Sort(field, descending=down), limit=40, offset=offset
        )
        for word in ("COMMON", "and RARE", "common rare")
        for field, down in (("start_time", True), ("start_time", False), ("id", True), ("latency", True))
        for offset in (0, 5, 700)
    ]
    queries += [replace(queries[0], after=Keyset(minute(1_000), "o0600")), replace(queries[0], limit=5_000)]

    async def ask() -> list[list[str]]:
        return [[seen.row.id for seen in (await engine.reader.list_observations(PROJECT, q)).rows] for q in queries]

    await engine.writer.apply(batch(PROJECT, events))
    walked = await ask()
    await engine.texts.start(PROJECT)
    assert await ask() == walked
    assert len(walked[-1]) == 2_600


async def test_the_doctor_is_told_of_the_index_of_one_project(engine: Engine) -> None:
    await engine.texts.start(PROJECT)
    await _write(engine, observation("o1", 1, trace_id="t", input="here"))
    await _write(engine, observation("o1", 1, trace_id="t", input="here"), project_id=ELSEWHERE)
    assert await engine.reader.describe_texts(ELSEWHERE) is None
    if engine.name != "memory":
        state = await engine.reader.describe_texts(PROJECT)
        assert state is not None
        assert (state.project_id, state.rows) == (PROJECT, 0)
        assert state.waiting_rows > 0
