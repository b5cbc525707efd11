"""What routers of the catalog lane share: reading the query, answering with bytes, describing both in OpenAPI."""

from typing import Any

import msgspec
from fastapi import Request, Response

from panope.wire.langfuse.paging import DEFAULT_LIMIT, MAX_LIMIT, Params


def params_of(request: Request) -> Params:
    """The query of a request."""
    return Params(request.query_params.multi_items())


def json_bytes(body: bytes, status: int = 200) -> Response:
    """Answer with JSON that is encoded already."""
    return Response(body, status, media_type="application/json")


def query_parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """Describe an optional parameter of a query."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def page_parameters(noun: str, default_limit: int = DEFAULT_LIMIT) -> list[dict[str, Any]]:
    """Describe `page` and `limit` of a list of `noun`."""
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": default_limit}
    return [
        query_parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "Which page, from 1"),
        query_parameter("limit", limit, f"{noun} per page"),
    ]


def takes(body: Any, media_type: str = "application/json") -> dict[str, Any]:
    """Describe the body of a request, for `openapi_extra`."""
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema_of(body)}}}}


def answers(body: Any | None, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Describe what a route answers, for `responses`; None: a message."""
    schema = {"type": "object", "properties": {"message": {"type": "string"}}} if body is None else schema_of(body)
    return {status: {"description": "Success", "content": {"application/json": {"schema": schema}}}}


def schema_of(body: Any) -> dict[str, Any]:
    """JSON schema of a body, complete in itself. `body` is a `Struct` type or a type made of them."""
    root, components = msgspec.json.schema_components([body], ref_template="{name}")
    inlined = _inline(root[0], components)
    assert isinstance(inlined, dict)
    return inlined


def _inline(node: Any, components: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inline(part, components) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inline(components[node["$ref"]], components)
    if node.get("format") == "decimal":
        return {"type": "number", "minimum": 0}  # prices are read exactly, and yet are numbers on the wire
    # A discriminator names components, which are not there any more; the alternatives tell themselves apart.
    return {key: _inline(part, components) for key, part in node.items() if key != "discriminator"}
