"""Scores summed up."""

from typing import Any

from fastapi import APIRouter, Request, Response

from panope.features.scores.aggregating import ScoreAggregation
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.wire import score_aggregates as wire
from panope.wire.langfuse.scores import FILTERS

_TEXT: dict[str, Any] = {"type": "string"}
_PARAMETERS = [
    query_parameter("groupBy", _TEXT, "Some of name, source, configId, environment, by commas; else name"),
    query_parameter("bucket", _TEXT, "Also by time, in UTC: hour, day, week or month"),
    query_parameter("percentiles", _TEXT, "Numbers from 0 to 100, by commas; else 50,90,95,99"),
    *(query_parameter(name, _TEXT, "As in the list of scores") for name in FILTERS),
]


def score_aggregates_router(aggregation: ScoreAggregation) -> APIRouter:
    """Make the route over the use case."""
    router = APIRouter(prefix="/api/panope/v1", tags=["Scores"])

    @router.get("/scores/aggregates", responses=answers(wire.AggregatesBody), openapi_extra={"parameters": _PARAMETERS})
    async def aggregate_scores(request: Request, caller: ProjectCaller) -> Response:
        """Sum scores up by name and data type, over any filter of their list: counts, measures, distributions."""
        asked = wire.read_request(params_of(request))
        groups = await aggregation.aggregate(caller.project_id, asked.where, asked.grouping, asked.shares)
        return json_bytes(wire.encode_aggregates(groups, asked))

    return router
