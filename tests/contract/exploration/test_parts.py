"""`TelemetryExploration.list_parts`: which models and tools the observations of traces name."""

from panope.ports.exploration import TraceParts
from tests.contract.world import EVENTS, PROJECT, STRANGER
from tests.support.batches import batch
from tests.support.engines import Engine
from tests.support.told import observation


async def test_models_and_tools_are_named_once_and_sorted(engine: Engine) -> None:
    more = [
        observation("m1", 1, trace_id="t1", type="GENERATION", model="a-model"),
        observation("m2", 1, trace_id="t1", type="GENERATION", model="gpt-4o", tool=""),
        observation("m3", 1, trace_id="t1", type="TOOL", tool="browse"),
    ]
    await engine.writer.apply(batch(PROJECT, [*EVENTS, *more]))
    await engine.writer.apply(batch(STRANGER, [observation("x", 1, trace_id="t2", model="secret")]))
    found = await engine.reader.list_parts(PROJECT, ["t1", "t2", "t3", "none"])
    assert found == {
        "t1": TraceParts(models=["a-model", "gpt-4o"], tools=["browse", "lookup"]),
        "t3": TraceParts(models=["house-model"]),
    }
