"""Runs of datasets: linked, listed, summed up, compared and deleted."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Final, TypeVar
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response

from panope.domain.errors import NotFoundError
from panope.domain.experiments.reading import FoundRun
from panope.domain.ids import ProjectId
from panope.features.experiments.results import RunResultsService
from panope.features.experiments.runs import RunService
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, query_parameter, takes
from panope.wire import run_results as results_wire
from panope.wire.langfuse.experiments import runs as wire
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.paging import read_page

_RUNS: Final = "runs"
_ITEM_PARAMETERS: Final = [
    *page_parameters("Items"),
    query_parameter("datasetId", {"type": "string"}, "Of which dataset; required"),
    query_parameter("runName", {"type": "string"}, "Of which run; required"),
]
_COMPARED: Final = [
    *page_parameters("Items"),
    query_parameter("run", {"type": "array", "items": {"type": "string"}}, "Runs to compare, each with the first"),
]
_Found = TypeVar("_Found")


def dataset_runs_router(runs: RunService, results: RunResultsService) -> APIRouter:
    """Make the routes over the use cases."""
    router = APIRouter(tags=["Dataset runs"])
    _add_items(router, runs)
    _add_results(router, runs, results)
    _add_runs(router, runs)
    return router


def _add_items(router: APIRouter, runs: RunService) -> None:
    @router.post(
        "/api/public/dataset-run-items",
        responses=answers(wire.RunItemBody),
        openapi_extra=takes(wire.RunItemRequest),
    )
    async def link_item(request: Request, caller: ProjectCaller) -> Response:
        """Link an item of a dataset to what came of it; the first link of a run makes the run."""
        asked = wire.read_run_item(await request.body())
        return json_bytes(wire.encode_linked(await runs.link(caller.project_id, asked)))

    @router.get(
        "/api/public/dataset-run-items",
        responses=answers(wire.RunItemsBody),
        openapi_extra={"parameters": _ITEM_PARAMETERS},
    )
    async def list_items(request: Request, caller: ProjectCaller) -> Response:
        """List the items of a run by page, latest first."""
        asked = wire.read_items_request(params_of(request))
        dataset = await runs.get_dataset(caller.project_id, asked.dataset_id)
        found = await runs.find_run(caller.project_id, dataset, asked.run_names)
        return json_bytes(wire.encode_items(found, asked.page))


def _add_runs(router: APIRouter, runs: RunService) -> None:
    async def show_run(project_id: ProjectId, request: Request) -> Response:
        return json_bytes(wire.encode_run(await _find_run(runs, project_id, request)))

    @router.get(
        "/api/public/datasets/{dataset_name:path}/runs",
        responses=answers(wire.RunsBody),
        openapi_extra={"parameters": page_parameters("Runs")},
    )
    async def list_runs(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """List the runs of a dataset by page, newest first."""
        if not _raw_path(request).endswith(f"/{_RUNS}"):
            return await show_run(caller.project_id, request)  # of a run whose name ends so, percent-encoded
        page = read_page(params_of(request))
        dataset = await runs.find_dataset(caller.project_id, possible_names(dataset_name))
        found = await runs.list_runs(caller.project_id, dataset)
        shown = await runs.describe(caller.project_id, found[page.offset : page.offset + page.limit])
        return json_bytes(wire.encode_runs(dataset, shown, page, len(found)))

    @router.get(
        "/api/public/datasets/{dataset_name:path}/runs/{run_name:path}", responses=answers(wire.RunWithItemsBody)
    )
    async def get_run(dataset_name: str, run_name: str, request: Request, caller: ProjectCaller) -> Response:  # noqa: ARG001 - read as they were sent
        """Show a run with all of its items, latest first."""
        return await show_run(caller.project_id, request)

    @router.delete("/api/public/datasets/{dataset_name:path}/runs/{run_name:path}", responses=answers(None))
    async def delete_run(dataset_name: str, run_name: str, request: Request, caller: ProjectCaller) -> Response:  # noqa: ARG001 - read as they were sent
        """Delete a run and its links; its traces and scores stay."""
        await runs.delete(caller.project_id, await _find_run(runs, caller.project_id, request))
        return json_bytes(wire.DELETED)


def _add_results(router: APIRouter, runs: RunService, results: RunResultsService) -> None:
    @router.get(
        "/api/panope/v1/datasets/{dataset_name:path}/runs/compare",
        responses=answers(results_wire.ComparisonBody),
        openapi_extra={"parameters": _COMPARED},
    )
    async def compare_runs(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """Compare runs of a dataset item by item, each with the first."""
        page = read_page(params_of(request))
        dataset = await runs.find_dataset(caller.project_id, possible_names(dataset_name))
        names = [possible_names(name) for name in request.query_params.getlist("run")]
        found = await results.compare(caller.project_id, dataset, names, offset=page.offset, limit=page.limit)
        return json_bytes(results_wire.encode_comparison(dataset, found, page))

    @router.get(
        "/api/panope/v1/datasets/{dataset_name:path}/runs",
        responses=answers(results_wire.SummedRunsBody),
        openapi_extra={"parameters": page_parameters("Runs")},
    )
    async def sum_runs(dataset_name: str, request: Request, caller: ProjectCaller) -> Response:
        """List the runs of a dataset by page, newest first, with what came of each: scores, cost, latency, errors."""
        page = read_page(params_of(request))
        dataset = await runs.find_dataset(caller.project_id, possible_names(dataset_name))
        found = await runs.list_runs(caller.project_id, dataset)
        shown = await results.sum_runs(caller.project_id, found[page.offset : page.offset + page.limit])
        return json_bytes(results_wire.encode_summed_runs(dataset, shown, page, len(found)))


async def _find_run(runs: RunService, project_id: ProjectId, request: Request) -> FoundRun:
    async def find(dataset_name: str, run_name: str) -> FoundRun:
        dataset = await runs.find_dataset(project_id, possible_names(dataset_name))
        return await runs.find_run(project_id, dataset, possible_names(run_name))

    return await _first(find, _places(_raw_path(request)))


async def _first(find: Callable[[str, str], Awaitable[_Found]], places: Iterator[tuple[str, str]]) -> _Found:
    """What the first place that holds something holds; else the first error."""
    refused: NotFoundError | None = None
    for place in places:
        try:
            return await find(*place)
        except NotFoundError as error:
            refused = refused or error
    raise refused or NotFoundError("Dataset run not found", code="dataset_run_not_found")


def _places(path: str) -> Iterator[tuple[str, str]]:
    """Names of a dataset and a run that a path may hold; there is one unless slashes were sent as they are."""
    _, _, rest = path.partition("/datasets/")
    segments = rest.split("/")
    for at, segment in enumerate(segments):
        if segment == _RUNS and 0 < at < len(segments) - 1:
            yield unquote("/".join(segments[:at])), unquote("/".join(segments[at + 1 :]))


def _raw_path(request: Request) -> str:
    """The path as it was sent, percent-encoded."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.decode("latin-1").partition("?")[0]
