"""A small store with some of everything: projects, environments, updates, deletions, sessions, tags, scores, links."""

from hashlib import blake2b
from typing import Final

from panope.domain.events import AttributeSet
from panope.domain.ids import ProjectId
from panope.domain.ledger import Receipt
from panope.domain.pricing import PriceModel
from panope.ports.telemetry import TelemetryWriter
from tests.support.batches import NOW_US, batch
from tests.support.prices import GPT
from tests.support.told import minute, observation, score, trace

ONE: Final = ProjectId("project-one")
TWO: Final = ProjectId("project-two")


def attribute_set(json: str) -> AttributeSet:
    """A set under the id that its content has."""
    return AttributeSet(blake2b(json.encode()).hexdigest()[:16], json)


RESOURCE: Final = attribute_set('{"service.name":"agents"}')
SCOPE: Final = attribute_set('{"attributes":{},"name":"my.app","version":"1.0"}')

_GENERATION: Final = {
    "trace_id": "t1",
    "type": "GENERATION",
    "start_time": minute(0),
    "model": "gpt-4o",
    "environment": "production",
    "input": "what is up? " * 400,
    "resource": RESOURCE.id,
    "scope": SCOPE.id,
}
_EXPERIMENT: Final = {"id": "run-1", "name": "v1", "dataset": {"id": "set-1"}, "item": {"id": "item-1"}}
_BEGUN = [
    trace(
        "t1",
        0,
        timestamp=minute(0),
        name="answer",
        user_id="ann",
        session_id="s-a",
        tags=["red", "blue"],
        environment="production",
        input='{"q":1}',
        metadata={"team": "zeus", "deep": {"x": 1}},
    ),
    trace("t2", 1, timestamp=minute(1), name="answer", session_id="s-a", tags=["red"], environment="staging"),
    trace(
        "t3",
        2,
        timestamp=minute(2),
        name="plain",
        user_id="bob",
        metadata={"experiment": "v0", "dataset_item_id": "item-1"},
    ),
    trace("t4", 70, timestamp=minute(70), name="later", session_id="s-b", tags=["green"], environment="production"),
    observation("o1", 0, name="llm", metadata={"k": [1, 2], "n": {"a": 1}}, prompt=["greeting", 2], **_GENERATION),
    observation("o2", 0.2, trace_id="t1", type="TOOL", name="lookup", parent_id="o1", start_time=minute(0.2)),
    observation("o3", 1, trace_id="t2", name="step", start_time=minute(1), level="WARNING", environment="staging"),
    observation("o4", 2, trace_id="t3", type="GENERATION", model="house-model", usage={"input": 7, "total": 7}),
    observation("o5", 70, trace_id="t4", type="AGENT", name="root", start_time=minute(70), end_time=minute(71)),
    observation("o6", 71, trace_id="t4", parent_id="o5", start_time=minute(70.5), end_time=minute(70.6), level="DEBUG"),
    observation("alone", 6, type="EVENT", name="alone", start_time=minute(6), experiment=_EXPERIMENT),
    observation("orphan", 7, trace_id="stateless", parent_id="missing", start_time=minute(7), environment="staging"),
]
_ENDED = [
    trace("t1", 1.5, output="fine", release="r1", public=True, is_update=True, metadata={"deep": {"y": 2}}),
    observation(
        "o1",
        1,
        trace_id="t1",
        end_time=minute(1),
        completion_start_time=minute(0.5),
        usage={"input": 40, "output": 10, "total": 50},
        output='{"role":"assistant","content":"nothing"}',
        is_update=True,
    ),
    observation(
        "o2",
        0.3,
        trace_id="t1",
        end_time=minute(0.3),
        level="ERROR",
        status_message="no such row",
        cost={"total": 5_000},
        is_update=True,
    ),
]
_JUDGED = [
    score("c1", 1, name="quality", number=0.5, trace_id="t1", comment="good", metadata={"by": "me"}),
    score("c2", 2, name="quality", number=0.9, trace_id="t1", observation_id="o1", data_type="NUMERIC"),
    score("c3", 3, name="tone", text="friendly", trace_id="t2", environment="staging"),
    score("c4", 4, name="ok", number=1, data_type="BOOLEAN", trace_id="t3", source="EVAL"),
    score("c5", 5, name="quality", number=1, session_id="s-a"),
]
_DOOMED = [
    trace("gone", 3, timestamp=minute(3), name="answer", session_id="s-a", tags=["red"]),
    observation("gone-o", 3, trace_id="gone", model="gpt-4o", usage={"input": 5, "total": 5}),
    score("gone-c", 3, name="quality", number=0, trace_id="gone"),
]


async def fill(writer: TelemetryWriter) -> None:
    """Write it, in several requests of rising times, with prices that know `gpt-4o` alone."""
    sets = [RESOURCE, SCOPE]
    for project in (ONE, TWO):
        await writer.apply(batch(project, [*_BEGUN, *_DOOMED], now_us=NOW_US, attribute_sets=sets))
        await writer.apply(batch(project, _ENDED, now_us=NOW_US + 1_000_000))
        await writer.apply(batch(project, _JUDGED, now_us=NOW_US + 2_000_000))
        await writer.delete_traces(project, ["gone", "never-there"], at_us=NOW_US + 3_000_000)
        await writer.apply(batch(project, [*_ENDED, *_DOOMED], now_us=NOW_US + 4_000_000))
        await writer.record(
            project,
            Receipt(
                request_id="refused",
                received_us=NOW_US + 5_000_000,
                protocol="langfuse",
                rejected=2,
                reasons={"missing_id": 2},
                repairs={"dropped_usage": 1},
                status=400,
            ),
        )
    await writer.apply(batch(TWO, [trace("after", 9, timestamp=minute(9), name="after")], now_us=NOW_US + 6_000_000))


def find_model(_project: ProjectId, model_id: str) -> PriceModel | None:
    """The one model that the prices of this store know."""
    return GPT if model_id == GPT.id else None
