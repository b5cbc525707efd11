"""Prompts: lists, new versions, the first version of the API, and what panope adds to it."""

from fastapi import APIRouter, Request, Response

from panope.features.prompts.figures import PromptFigures
from panope.features.prompts.reading import PromptReading
from panope.features.prompts.writing import PromptWriting
from panope.http.auth import ProjectCaller
from panope.http.routes.describing import answers, json_bytes, page_parameters, params_of, query_parameter, takes
from panope.wire.langfuse.names import possible_names
from panope.wire.langfuse.prompts import answers as shown
from panope.wire.langfuse.prompts import requests as wire
from panope.wire.langfuse.prompts.figures import FiguresBody, encode_figures, read_figures_request

_CREATED = 201
_TEXT = {"type": "string"}
_INTEGER = {"type": "integer", "minimum": 1}
_TIME = {"type": "string", "format": "date-time"}
_FILTERS = [
    query_parameter("name", _TEXT, "Only the prompt of exactly this name"),
    query_parameter("label", _TEXT, "Only versions that have this label"),
    query_parameter("tag", _TEXT, "Only prompts that have this tag"),
    query_parameter("version", _INTEGER, "Only versions of this number"),
    query_parameter("fromUpdatedAt", _TIME, "Only versions that changed then or later"),
    query_parameter("toUpdatedAt", _TIME, "Only versions that changed before then"),
    query_parameter("filter", _TEXT, "JSON array of conditions on versions; stands for all of the others"),
]
_CONFIRM = query_parameter("confirmLabels", _TEXT, "Protected labels that may go, separated by commas")
_LEGACY = [
    query_parameter("name", _TEXT, "Name of the prompt; required"),
    query_parameter("version", _INTEGER, "Number of the version; else the one in production"),
]
_STRETCH = [
    query_parameter("limit", {**_INTEGER, "maximum": 100, "default": wire.DEFAULT_LIMIT}, "Versions at once"),
    query_parameter("before", _INTEGER, "Only versions with a number below this one"),
]
_WINDOW = [
    query_parameter("fromTimestamp", _TIME, "Only uses that began, and scores given, then or later"),
    query_parameter("toTimestamp", _TIME, "Only uses that began, and scores given, before then"),
    query_parameter("environment", _TEXT, "Only uses and scores of these environments, by commas"),
]


def prompts_router(reading: PromptReading, writing: PromptWriting) -> APIRouter:
    """Make the routes of the public API over the use cases."""
    router = APIRouter(prefix="/api/public", tags=["Prompts"])
    created = answers(shown.PromptBody, _CREATED)

    @router.get(
        "/v2/prompts",
        responses=answers(shown.PromptsBody),
        openapi_extra={"parameters": [*_FILTERS, *page_parameters("Prompts", wire.DEFAULT_LIMIT)]},
    )
    async def list_prompts(request: Request, caller: ProjectCaller) -> Response:
        """List prompts by name, with the versions that match."""
        asked = wire.read_list_request(params_of(request))
        return json_bytes(shown.encode_list(await reading.list(caller.project_id, asked.query), asked.page))

    @router.post("/v2/prompts", status_code=_CREATED, responses=created, openapi_extra=takes(wire.PromptRequest))
    async def create_prompt(request: Request, caller: ProjectCaller) -> Response:
        """Write a new version of a prompt; it becomes `latest` and takes the labels that it is given."""
        asked = wire.read_creation(await request.body())
        version = await writing.create(caller.project_id, asked.draft, asked.confirmed)
        return json_bytes(shown.encode_prompt(caller.project_id, version), _CREATED)

    @router.get("/prompts", responses=answers(shown.PromptBody), openapi_extra={"parameters": _LEGACY})
    async def get_prompt_v1(request: Request, caller: ProjectCaller) -> Response:
        """Show a version of a prompt, as the first version of the API does."""
        lookup = wire.read_legacy_lookup(params_of(request))
        return json_bytes(await reading.get_encoded(caller.project_id, lookup))

    @router.post("/prompts", status_code=_CREATED, responses=created, openapi_extra=takes(wire.LegacyPromptRequest))
    async def create_prompt_v1(request: Request, caller: ProjectCaller) -> Response:
        """Write a new version of a prompt, as the first version of the API does."""
        asked = wire.read_legacy_creation(await request.body())
        version = await writing.create(caller.project_id, asked.draft, asked.confirmed)
        return json_bytes(shown.encode_prompt(caller.project_id, version), _CREATED)

    return router


def prompt_labels_router(reading: PromptReading, writing: PromptWriting) -> APIRouter:
    """Make the routes that only panope has."""
    router = APIRouter(prefix="/api/panope/v1", tags=["Prompts"])
    protected = answers(shown.ProtectedLabelsBody)

    @router.get(
        "/prompts/{name:path}/versions", responses=answers(shown.VersionsBody), openapi_extra={"parameters": _STRETCH}
    )
    async def list_prompt_versions(name: str, request: Request, caller: ProjectCaller) -> Response:
        """List versions of a prompt as they were written, newest first, with what changed in each."""
        asked = wire.read_versions_request(params_of(request))
        versions = await reading.list_versions(
            caller.project_id, possible_names(name), limit=asked.limit + 1, before=asked.before
        )
        return json_bytes(shown.encode_versions(caller.project_id, versions, asked.limit))

    @router.post(
        "/prompts/{name:path}/promotions",
        responses=answers(shown.PromptBody),
        openapi_extra=takes(wire.PromotionRequest),
    )
    async def promote_prompt(name: str, request: Request, caller: ProjectCaller) -> Response:
        """Give a label to the version that has another, in one step: `{"from": "staging", "to": "production"}`."""
        asked = wire.read_promotion(await request.body())
        version = await writing.promote(
            caller.project_id, possible_names(name), asked.from_label, asked.to_label, asked.confirmed
        )
        return json_bytes(shown.encode_prompt(caller.project_id, version))

    @router.delete(
        "/prompts/{name:path}/labels/{label}",
        responses=answers(shown.PromptBody),
        openapi_extra={"parameters": [_CONFIRM]},
    )
    async def remove_prompt_label(name: str, label: str, request: Request, caller: ProjectCaller) -> Response:
        """Take a label away from the version that has it."""
        label = wire.require_own_label(label)
        confirmed = wire.read_confirmed(params_of(request))
        version = await writing.remove_label(caller.project_id, possible_names(name), label, confirmed)
        return json_bytes(shown.encode_prompt(caller.project_id, version))

    @router.get("/protected-prompt-labels", responses=protected)
    async def list_protected_prompt_labels(caller: ProjectCaller) -> Response:
        """List the project's protected labels."""
        return json_bytes(shown.encode_protected(await writing.list_protected(caller.project_id)))

    @router.put("/protected-prompt-labels/{label}", responses=protected)
    async def protect_prompt_label(label: str, caller: ProjectCaller) -> Response:
        """Protect a label: it then moves or goes only when a change confirms it."""
        label = wire.require_own_label(label)
        return json_bytes(shown.encode_protected(await writing.protect(caller.project_id, label)))

    @router.delete("/protected-prompt-labels/{label}", responses=protected)
    async def unprotect_prompt_label(label: str, caller: ProjectCaller) -> Response:
        """Lift the protection of a label."""
        return json_bytes(shown.encode_protected(await writing.unprotect(caller.project_id, label)))

    return router


def prompt_figures_router(figures: PromptFigures) -> APIRouter:
    """Make the route that compares versions in use."""
    router = APIRouter(prefix="/api/panope/v1", tags=["Prompts"])

    @router.get("/prompts/{name:path}/figures", responses=answers(FiguresBody), openapi_extra={"parameters": _WINDOW})
    async def show_prompt_figures(name: str, request: Request, caller: ProjectCaller) -> Response:
        """Compare the versions of a prompt in use: how often, how fast, at what cost, and how it was scored."""
        asked = read_figures_request(params_of(request))
        return json_bytes(encode_figures(await figures.compare(caller.project_id, possible_names(name), asked)))

    return router
