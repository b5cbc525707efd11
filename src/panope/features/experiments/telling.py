"""What spans told of the experiment that they are in, besides its ids."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from panope.domain.ids import ProjectId
from panope.ports.telemetry import TelemetryReader
from panope.query.ast import Condition, ListQuery, Op, Sort


class Description(Struct, frozen=True, kw_only=True):
    """What an experiment is about."""

    description: str | None = None
    metadata: dict[str, Any] | None = None


async def read_descriptions(
    reader: TelemetryReader, project_id: ProjectId, observation_ids: Mapping[str, str]
) -> dict[str, Description]:
    """Descriptions by experiment, from one observation of each."""
    if not observation_ids:
        return {}
    ids = tuple(sorted(set(observation_ids.values())))
    query = ListQuery(where=Condition("id", Op.ANY_OF, ids), sort=Sort("id"), limit=len(ids), with_payload=True)
    page = await reader.list_observations(project_id, query)
    told = {found.row.id: found.payload.experiment for found in page.rows if found.payload is not None}
    return {
        experiment_id: describe(told[observation_id])
        for experiment_id, observation_id in observation_ids.items()
        if observation_id in told
    }


def describe(told: dict[str, Any]) -> Description:
    """Description out of the attributes of one observation."""
    description, metadata = told.get("description"), told.get("metadata")
    return Description(
        description=description if isinstance(description, str) else None,
        metadata=metadata if isinstance(metadata, dict) else None,
    )
