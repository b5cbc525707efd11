"""How much of each list matches, with which values and when, in the web app."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from panope.domain.accounts import UserPrincipal
from panope.features.explore.counts import Counts
from panope.features.explore.facets import Facets, read_name
from panope.http.members import ViewerOf
from panope.http.routes.describing import answers, json_bytes, params_of, query_parameter
from panope.http.routes.ui.parameters import FILTERS
from panope.http.routes.ui.segments import WholeSegments
from panope.query.question import Listing
from panope.wire.langfuse.paging import Params, invalid
from panope.wire.ui.counts import (
    CountBody,
    HistogramBody,
    NumbersBody,
    ThresholdBody,
    ValuesBody,
    encode_count,
    encode_histogram,
    encode_numbers,
    encode_threshold,
    encode_values,
)
from panope.wire.ui.requests import read_question, read_zone

_BY_TIME: Final = (Listing.TRACES, Listing.OBSERVATIONS, Listing.SCORES)
_WITH_THRESHOLDS: Final = (*_BY_TIME, Listing.SESSIONS)
_TEXT: Final = {"type": "string"}
_FIELD: Final = {
    **query_parameter("field", _TEXT, "A field of the query language, such as env or meta.region"),
    "required": True,
}
_ZONE: Final = query_parameter(
    "tz", {**_TEXT, "default": "UTC"}, "Time zone by whose clock the steps of an hour or more begin, an IANA name"
)
_PERCENT: Final = query_parameter(
    "percent", {"type": "number", "minimum": 0, "maximum": 100, "default": 99}, "How many percent do not exceed it"
)
_DEFAULT_PERCENT: Final = 99.0
_WHOLE: Final = 100


def ui_counts_router(counts: Counts, facets: Facets) -> APIRouter:
    """Make the routes over the use cases, the same for each list."""
    router = APIRouter(prefix="/api/ui/projects/{project_id}", tags=["Web app"], route_class=WholeSegments)
    endpoints = _Endpoints(counts, facets)
    for listing in Listing:
        _add(router, listing, "count", CountBody, [], endpoints.count)
        _add(router, listing, "facets", ValuesBody | NumbersBody, [_FIELD], endpoints.open_facet)
    for listing in _BY_TIME:
        _add(router, listing, "histogram", HistogramBody, [_ZONE], endpoints.count_by_time)
    for listing in _WITH_THRESHOLDS:
        _add(router, listing, "thresholds", ThresholdBody, [_FIELD, _PERCENT], endpoints.find_threshold)
    return router


_Endpoint = Callable[[Listing, Params, UserPrincipal], Coroutine[Any, Any, bytes]]
_SUMMARIES: Final = {
    "count": "Count the {} that match",
    "facets": "Show the values of a field among the {} that match",
    "histogram": "Count the {} that match by time",
    "thresholds": "Find the value that so many percent of the {} that match do not exceed",
}


def _add(
    router: APIRouter, listing: Listing, what: str, body: Any, parameters: list[dict[str, Any]], endpoint: _Endpoint
) -> None:
    @router.get(
        f"/{listing}/{what}",
        name=f"{what}_of_{listing}",
        summary=_SUMMARIES[what].format(listing),
        description=endpoint.__doc__,
        responses=answers(body),
        openapi_extra={"parameters": [*FILTERS, *parameters]},
    )
    async def answer(request: Request, viewer: ViewerOf) -> Response:
        return json_bytes(await endpoint(listing, params_of(request), viewer))


class _Endpoints:
    """What is answered about any list."""

    def __init__(self, counts: Counts, facets: Facets) -> None:
        self._counts = counts
        self._facets = facets

    async def count(self, listing: Listing, params: Params, viewer: UserPrincipal) -> bytes:
        """Exact up to 100,000; beyond, `isExact` may be false."""
        return encode_count(await self._counts.count(viewer.project_id, read_question(listing, params)))

    async def open_facet(self, listing: Listing, params: Params, viewer: UserPrincipal) -> bytes:
        """The conditions on the field itself are left out, so that it shows what else could be chosen.

        Of users, it is their traces that are counted.
        """
        name = _field(params)
        found = await self._facets.open(viewer.project_id, read_question(listing, params, ("field",)), name)
        if found.bins is None:
            return encode_values(name, found.values or [], is_partial=found.is_partial)
        return encode_numbers(name, found.kind, found.bins, is_partial=found.is_partial)

    async def count_by_time(self, listing: Listing, params: Params, viewer: UserPrincipal) -> bytes:
        """Steps without gaps, of one width by the clock of a zone; errors are counted apart."""
        question = read_question(listing, params, ("tz",))
        found = await self._counts.count_by_time(viewer.project_id, question, read_zone(params))
        return encode_histogram(found.width_us, found.steps, found.until_us)

    async def find_threshold(self, listing: Listing, params: Params, viewer: UserPrincipal) -> bytes:
        """Of the newest 100,000 rows that match."""
        name, percent = _field(params), params.number("percent")
        percent = _DEFAULT_PERCENT if percent is None else percent
        if not 0 <= percent <= _WHOLE:
            raise invalid(("percent",), "must be between 0 and 100")
        question = read_question(listing, params, ("field", "percent"))
        value = await self._facets.threshold(viewer.project_id, question, name, percent)
        return encode_threshold(read_name(name)[0].kind, value)


def _field(params: Params) -> str:
    name = params.text("field")
    if name is None:
        raise invalid(("field",), "must name a field of the query language")
    return name
