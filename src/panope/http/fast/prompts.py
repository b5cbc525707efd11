"""`/api/public/v2/prompts/{name}`: what agents read before every call, and the changes of one prompt."""

from starlette.requests import Request
from starlette.responses import Response

from panope.domain.accounts import Access
from panope.domain.ids import is_possible_id
from panope.domain.prompts.prompt import PromptLookup
from panope.domain.prompts.rules import not_found
from panope.features.prompts.reading import PromptReading
from panope.features.prompts.writing import PromptWriting
from panope.http.auth import VERSION
from panope.http.fast.reads.services import params_of, project_of
from panope.http.fast.routing import FastRoute, json_answer, path_ids, path_rests, read_small_body
from panope.wire.langfuse.prompts import requests as wire
from panope.wire.langfuse.prompts.answers import encode_prompt

PATH = "/api/public/v2/prompts/"
_VERSIONS = "/versions/"
_MAX_LABELS_BYTES = 256 * 1024
_DELETED = 204
_MAX_KNOWN = 4_096
_MAX_KNOWN_BYTES = 2_048


class Lookups:
    """What requests ask for. The same few addresses come again and again, so what they mean is remembered."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes], PromptLookup] = {}

    def read(self, request: Request) -> PromptLookup:
        """Read the address; raises `InvalidError`."""
        scope = request.scope
        address = (scope.get("raw_path") or b"", scope["query_string"])
        known = self._known.get(address)
        if known is not None:
            return known
        lookup = wire.read_lookup(path_ids(request, PATH), params_of(request))
        if address[0] and len(address[0]) + len(address[1]) <= _MAX_KNOWN_BYTES:
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[address] = lookup
        return lookup


class PromptEndpoints:
    """Shows, labels and deletes one prompt."""

    def __init__(self, reading: PromptReading, writing: PromptWriting) -> None:
        self._reading = reading
        self._writing = writing
        self._lookups = Lookups()

    def routes(self) -> list[FastRoute]:
        """Table of the routes."""
        one = PATH + "{name:path}"
        return [
            FastRoute(one + _VERSIONS + "{version}", "PATCH", self.add_labels, Access.PROJECT),
            FastRoute(one, "GET", self.get_prompt, Access.PROJECT),
            FastRoute(one, "DELETE", self.delete_prompt, Access.PROJECT),
        ]

    async def get_prompt(self, request: Request) -> Response:
        """Show a version of a prompt: by number, by label, or the one in production."""
        lookup = self._lookups.read(request)
        version = request.scope["state"].get(VERSION)
        return json_answer(await self._reading.get_encoded(project_of(request), lookup, version))

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
