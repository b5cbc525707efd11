"""Operations made and carried out by hand."""

from typing import Any

from panope.domain.ids import ProjectId
from panope.domain.operations import Cursor, Operation, OperationKind, OperationOrder
from panope.domain.pricing import PriceBook
from panope.domain.projection.replay import StateReader
from panope.ports.operations import Holder, OperationStore, ReplayStep
from tests.support.batches import NOW_US

ME = Holder("me", 60)
SOMEBODY = Holder("somebody", 60)
DEAD = Holder("dead", 0)
_FOREVER_US = 2**62


def operation(
    operation_id: str, project_id: ProjectId, *, created_us: int = NOW_US, kind: str = "reprice", **order: Any
) -> Operation:
    """An operation over all of the history unless the order says otherwise."""
    wanted = {"since_us": 0, "until_us": _FOREVER_US, **order}
    return Operation(
        id=operation_id,
        project_id=project_id,
        order=OperationOrder(kind=OperationKind(kind), **wanted),
        created_us=created_us,
    )


def step(
    *observation_ids: str,
    prices: PriceBook,
    reader: StateReader | None = None,
    cursor: Cursor | None = None,
    at_us: int = NOW_US,
) -> ReplayStep:
    """One step over some observations."""
    return ReplayStep(observation_ids=observation_ids, prices=prices, reader=reader, at_us=at_us, cursor=cursor)


async def replay_once(
    store: OperationStore,
    project_id: ProjectId,
    observation_ids: list[str],
    prices: PriceBook,
    *,
    reader: StateReader | None = None,
    name: str = "once",
    **order: Any,
) -> Operation:
    """A whole operation in one step; returns it as it stands before it is finished."""
    await store.add(operation(name, project_id, **order))
    assert await store.claim(project_id, name, ME) is not None
    done = await store.replay(project_id, name, step(*observation_ids, prices=prices, reader=reader), ME)
    assert done is not None
    assert await store.finish(project_id, name, ME)
    return done
