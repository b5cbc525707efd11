"""Experiments of a project and their items, whichever way they were told."""

from typing import Final

from fastapi import APIRouter, Request, Response

from panope.features.experiments.reading import ExperimentReading
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.wire.langfuse.experiments import experiments as wire

_TIME: Final = {"type": "string", "format": "date-time"}
_TEXT: Final = {"type": "string"}


def _parameters(groups: tuple[str, ...], filters: dict[str, str]) -> list[dict[str, object]]:
    return [
        query_parameter("fromStartTime", _TIME, "Of items that started then or later; required"),
        query_parameter("toStartTime", _TIME, "and before this"),
        query_parameter("fields", _TEXT, f"Some of {', '.join(groups)}, separated by commas"),
        query_parameter("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}, "How many"),
        query_parameter("scoreLimit", {"type": "integer", "minimum": 0, "maximum": 50}, "Scores of each, at most"),
        query_parameter("cursor", _TEXT, "Where to go on: `meta.cursor` of the stretch before"),
        *(query_parameter(name, _TEXT, text) for name, text in filters.items()),
        query_parameter("filter", _TEXT, "JSON array of conditions on the same columns; replaces their parameters"),
    ]


_EXPERIMENTS: Final = _parameters(
    wire.EXPERIMENT_GROUPS,
    {"id": "Any of these ids", "name": "Any of these names", "datasetId": "Of any of these datasets"},
)
_ITEMS: Final = _parameters(
    wire.ITEM_GROUPS,
    {
        "experimentId": "Of any of these experiments",
        "experimentName": "Of experiments of any of these names",
        "experimentItemId": "Any of these items",
        "datasetId": "Of any of these datasets",
    },
)


def experiments_router(reading: ExperimentReading) -> APIRouter:
    """Make the routes over the use case."""
    router = APIRouter(prefix="/api/public", tags=["Experiments"])

    @router.get("/experiments", responses=answers(wire.ExperimentsBody), openapi_extra={"parameters": _EXPERIMENTS})
    async def list_experiments(request: Request, caller: ProjectCaller) -> Response:
        """List experiments, those with the latest activity first."""
        asked = wire.read_experiments_request(params_of(request))
        found = await reading.list_experiments(caller.project_id, asked.query, with_scores="scores" in asked.groups)
        return json_bytes(
            wire.encode_experiments(caller.project_id, found.listed, found.described, found.scores, asked)
        )

    @router.get("/experiment-items", responses=answers(wire.ExperimentItemsBody), openapi_extra={"parameters": _ITEMS})
    async def list_items(request: Request, caller: ProjectCaller) -> Response:
        """List items of experiments, latest first."""
        asked = wire.read_items_request(params_of(request))
        found = await reading.list_items(caller.project_id, asked.query, asked.groups)
        return json_bytes(
            wire.encode_items(caller.project_id, found.details, found.dataset_items, found.described, asked)
        )

    return router
