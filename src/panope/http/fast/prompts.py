"""`/api/public/v2/prompts/{name}`: what agents read before every call, and the changes of one prompt."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.ids import is_possible_id
from panope.domain.prompts.rules import not_found
from panope.features.prompts.reading import PromptReading
from panope.features.prompts.writing import PromptWriting
from panope.http.auth import ADMISSION, Admission
from panope.http.fast.reads.services import params_of, project_of
from panope.http.fast.routing import FastRoute, json_answer, path_ids, path_rests, read_small_body
from panope.http.fast.shortcut import PATH, Requests
from panope.wire.langfuse.prompts import requests as wire
from panope.wire.langfuse.prompts.answers import encode_prompt

_VERSIONS = "/versions/"
_MAX_LABELS_BYTES = 256 * 1024
_DELETED = 204


class PromptEndpoints:
    """Shows, labels and deletes one prompt."""

    def __init__(self, reading: PromptReading, writing: PromptWriting, requests: Requests) -> None:
        self._reading = reading
        self._writing = writing
        self._requests = requests

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        one = PATH + "{name:path}"
        return [
            FastRoute(one, "GET", self.get_prompt, Access.PROJECT),
            FastRoute(one, "DELETE", self.delete_prompt, Access.PROJECT),
            FastRoute(one + _VERSIONS + "{version}", "PATCH", self.add_labels, Access.PROJECT),
        ]

    async def get_prompt(self, request: Request) -> Response:
        """Show a version of a prompt: by number, by label, or the one in production."""
        lookup = wire.read_lookup(path_ids(request, PATH), params_of(request))
        admission: Admission = request.scope["state"][ADMISSION]
        answer = await self._reading.get_encoded(project_of(request), lookup, admission.version)
        self._requests.put(request, lookup)
        return json_answer(answer)

    async def add_labels(self, request: Request) -> Response:
        """Give labels to a version; other versions lose them."""
        rests = [rest.rpartition(_VERSIONS) for rest in path_rests(request, PATH)]
        names = [name for name, _, _ in rests if is_possible_id(name)]
        version = wire.read_path_version(rests[0][2])
        advice = "send fewer labels"
        asked = wire.read_labels(await read_small_body(request, _MAX_LABELS_BYTES, advice))
        project_id = project_of(request)
        labelled = await self._writing.add_labels(project_id, names, version, asked.labels, asked.confirmed)
        return json_answer(encode_prompt(project_id, labelled))

    async def delete_prompt(self, request: Request) -> Response:
        """Delete a version, the version of a label, or the whole prompt."""
        names = path_ids(request, PATH)
        if not names:
            raise not_found()
        asked = wire.read_deletion(params_of(request))
        await self._writing.delete(project_of(request), names, asked.version, asked.label, asked.confirmed)
        return Response(status_code=_DELETED)
