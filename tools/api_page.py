"""Writes `docs/reference/api.md` from the app: its routes, its description and what they read; part of `make docs`."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import httpx2
import msgspec
from starlette.applications import Starlette
from structlog.testing import capture_logs

from panope.adapters.blobs.memory import MemoryBlobStore
from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.memory.telemetry import MemoryTelemetry
from panope.assembly import AccountParts, AppOptions, Engines, assemble
from panope.domain.accounts import Access, Organization, Principal, Project, Role
from panope.domain.ids import ApiKeyId, OrganizationId, ProjectId
from panope.features.accounts.authenticate import Admission
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.passwords import Argon2PasswordHasher
from panope.features.accounts.secrets import SecretHasher
from panope.http.app import RouteEntry
from panope.http.auth import Openness
from panope.kit.clock import now_us
from panope.kit.ids import new_id
from panope.ports.catalog import Version
from panope.query.fields import APART, FIELDS, Field, FieldType, View
from panope.wire.langfuse import observations_v2, scores, scores_v3, traces
from panope.wire.langfuse.columns import COLUMNS
from panope.wire.langfuse.events.bodies import EventBody, GenerationBody, SpanBody, TraceBody
from panope.wire.langfuse.events.scores import ScoreBody
from panope.wire.langfuse.filters import _ACCEPTED, _OPERATORS
from panope.wire.langfuse.ingestion import _OBSERVATIONS
from panope.wire.langfuse.paging import Params

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "api.md"

_INTRODUCTION: Final = """# API

Below the address of the server, and below its path if a proxy gives it one. `GET /api/openapi.json` describes the same
routes in OpenAPI 3.1.

A key pair is sent by HTTP Basic authentication, the public key as user, the secret as password; it reaches everything
in its project and nothing outside. The key pair of an organisation reaches
[its administration](../howto/administration.md) and nothing that a project holds. A public key alone, as
`Authorization: Bearer pk-lf-…`, may write scores. Anything else is answered with [an error](errors.md).

Lists answer `{"data": […], "meta": …}`. Where there is a `page`, `meta` counts the rows and pages; where there is a
`cursor`, `meta.cursor` is what to send for what follows, and is missing at the end. Times are ISO 8601 with a zone,
`from…` included, `to…` not. Names of parameters that a route does not know are ignored.

This page is made from the code: `make docs`.
"""
_WHO: Final = {
    Access.PROJECT: "For a key pair.",
    Access.ORGANIZATION: "For the key pair of an organisation.",
    Access.SCORES: "For a key pair, or a public key that sends scores.",
    Role.NONE: "For whoever is signed in.",
    Role.VIEWER: "For whoever is signed in and may read the project.",
    **{role: f"For {role}s of the project and above, signed in." for role in (Role.MEMBER, Role.ADMIN)},
    Role.OWNER: "For owners of the project, signed in.",
    Openness.SHARED: "For whoever may read the project, and for anybody what was made public.",
    None: "For anybody.",
}
_TITLES: Final = {
    "ingestion": "Sending: batches",
    "otel": "Sending: OpenTelemetry",
    "spans": "Sending: one at a time",
    "generations": "Sending: one at a time",
    "events": "Sending: one at a time",
    "traces": "Traces",
    "observations": "Observations",
    "sessions": "Sessions",
    "scores": "Scores",
    "score-configs": "Scores",
    "feedback": "Scores",
    "metrics": "Metrics",
    "prompts": "Prompts",
    "protected-prompt-labels": "Prompts",
    "datasets": "Datasets and runs",
    "dataset-items": "Datasets and runs",
    "dataset-run-items": "Datasets and runs",
    "experiments": "Experiments",
    "experiment-items": "Experiments",
    "comments": "Comments",
    "annotation-queues": "Annotation queues",
    "media": "Media",
    "media-content": "Media",
    "llm-connections": "LLM connections",
    "models": "Models and prices",
    "unpriced-models": "Models and prices",
    "operations": "Operations over history",
    "projects": "Projects",
    "organizations": "Organisations",
    "scim": "Users by SCIM",
    "health": "The server itself",
    "ready": "The server itself",
}
"""Heading by the noun of a path, in the order of the page; other nouns are of the server itself."""
_NOTES: Final = {
    "cursor": "`meta.cursor` of the page before",
    "expandMetadata": f"keys of metadata whose values are not cut after {observations_v2.METADATA_CHARS} characters",
    "filter": "conditions, see [Filters](#filters)",
    "operator": "how `value` compares, one of `<`, `>`, `<=`, `>=`, `!=`, `=`",
    "orderBy": "a column and a direction, such as `timestamp.desc`",
    "q": "text, see [Query language](query-language.md)",
    "query": "JSON, see [Metrics](metrics.md)",
    "parseIoAsJson": "`false`: input and output are text",
}
_GROUPS: Final = {
    "/api/public/traces": traces.GROUPS,
    "/api/public/traces/{trace_id}": traces.GROUPS,
    "/api/public/v2/observations": observations_v2.GROUPS,
    "/api/public/v2/scores": scores.GROUPS,
    "/api/public/v3/scores": scores_v3.GROUPS,
}
_LAST: Final = "The server itself"
_APP: Final = "The web app"
_APP_PATH: Final = "/api/ui/"
_APP_NOTE: Final = """The web app's own routes, for the session of somebody who [signed in](../howto/users.md), whose
cookie is worth nothing elsewhere. Unsafe methods need the header `X-Panope-Csrf` with `csrf` of the session. The routes
follow the app from version to version: programs use those above. Errors are `{"message", "error"}` with the code.
"""
_BATCHES: Final = """The body is `{"batch": [event, …]}`, each event `{"id", "type", "timestamp", "body"}`. The
answer, 207, lists the ids of `successes` and what was wrong with each of `errors`. An event that is sent again changes
nothing.

| Type | Keys of its body |
|---|---|
"""
_SPANS: Final = """Protobuf or JSON, packed with gzip or deflate or not. The path for the variable
`OTEL_EXPORTER_OTLP_ENDPOINT` is `/api/public/otel`. Refused spans are counted in `partialSuccess` of the answer.
"""
_FILTERS: Final = """## Filters

`filter` is a JSON array of conditions that all have to hold: `{"type", "column", "operator", "value"}`, for the types
that end in `Object` and for categories with a `key` too. A condition replaces the plain parameter for the same column.
Columns of numbers are in the units of the answers: seconds, US dollars.

| Type | Operators |
|---|---|
"""


class _AnyKey:
    """Lets every request in, as a key pair of one project."""

    async def admit(self, header: str | None) -> Admission:  # noqa: ARG002
        """Whatever was sent."""
        principal = Principal(
            project_id=ProjectId("project"),
            organization_id=OrganizationId("organisation"),
            key_id=ApiKeyId("key"),
            public_key="pk",
            access=Access.PROJECT,
        )
        return Admission(principal, Version(0, 0, 0, 0))


def render() -> str:
    """The page as it ought to be."""
    with capture_logs():
        return asyncio.run(_render())


async def _render() -> str:
    app = await make_app()
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://panope.example") as client:
        document = (await client.get("/api/openapi.json")).json()
        described, schemas = document["paths"], document.get("components", {}).get("schemas", {})
        sections: dict[str, list[str]] = {title: [] for title in [*_TITLES.values(), _LAST, _APP]}
        for entry in _ordered(app.state.route_table):
            operation = described.get(_plain(entry.path), {}).get(entry.method.lower(), {})
            parameters = await _read_parameters(client, entry) if entry.method == "GET" else {}
            _inline_body(operation, schemas)
            sections[_title(entry.path)].append(_route(entry, operation, parameters))
    sections[_APP].insert(0, _APP_NOTE)
    sections["Sending: batches"].append(_BATCHES + "".join(_event_rows()))
    sections["Sending: OpenTelemetry"].append(_SPANS)
    parts = [f"## {title}\n\n" + "\n".join(routes) for title, routes in sections.items()]
    return "\n".join([_INTRODUCTION, *parts, _FILTERS + "".join(_filter_rows()), *_column_tables()])


async def make_app() -> Starlette:
    """The app over empty memory engines, which lets everybody in."""
    catalog, telemetry = MemoryCatalog(), MemoryTelemetry()
    await catalog.organizations.add(Organization(id=OrganizationId("organisation"), name="Organisation"))
    await catalog.projects.add(
        Project(id=ProjectId("project"), organization_id=OrganizationId("organisation"), name="Project")
    )
    everybody: Any = _AnyKey()
    engines = Engines(
        blobs=MemoryBlobStore(),
        catalog=catalog,
        writer=telemetry,
        reader=telemetry,
        operations=telemetry,
        metrics=telemetry.metrics,
        texts=telemetry.texts,
    )
    keys = KeyRing(catalog, SecretHasher(""), clock=now_us, new_id=new_id)
    return assemble(engines, AccountParts(everybody, keys, Argon2PasswordHasher()), AppOptions())


def _inline_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Put the schema of a body in the place of a reference to it."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
    if name:
        content["schema"] = schemas[name]


def _ordered(table: Sequence[RouteEntry]) -> list[RouteEntry]:
    return sorted((entry for entry in table if entry.method != "HEAD"), key=lambda entry: (entry.path, entry.method))


def _plain(path: str) -> str:
    return re.sub(r"{(\w+)(:\w+)?}", r"{\1}", path)


def _title(path: str) -> str:
    if path.startswith(_APP_PATH):
        return _APP
    nouns = [part for part in path.split("/") if part in _TITLES] if path.startswith("/api/") else []
    return _TITLES[nouns[0]] if nouns else _LAST


def _route(entry: RouteEntry, operation: dict[str, Any], parameters: dict[str, str]) -> str:
    text = operation.get("description") or operation.get("summary") or "Describe this API in OpenAPI 3.1."
    lines = [f"### `{entry.method} {_plain(entry.path)}`", "", f"{' '.join(text.split())} *{_WHO[entry.access]}*", ""]
    known = {each["name"]: _described(each) for each in operation.get("parameters", []) if each["in"] == "query"}
    if parameters or known:
        lines += ["| Parameter | |", "|---|---|"]
        told = parameters | known | _notes(_plain(entry.path), parameters)
        lines += [f"| `{name}` | {what} |" for name, what in told.items()]
        lines.append("")
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if schema.get("properties"):
        required = schema.get("required", [])
        names = [f"`{name}`" + (" (required)" if name in required else "") for name in schema["properties"]]
        lines += [f"Keys of the body: {', '.join(names)}.", ""]
    return "\n".join(lines)


def _notes(path: str, parameters: Iterable[str]) -> dict[str, str]:
    """What a parameter takes, where its type does not say it."""
    notes = {name: _NOTES[name] for name in parameters if name in _NOTES}
    groups = _GROUPS.get(path)
    if groups:
        notes["fields"] = f"any of {', '.join(f'`{group}`' for group in sorted(groups))}, with commas between them"
    return notes


def _described(parameter: dict[str, Any]) -> str:
    schema = parameter["schema"]
    text = parameter.get("description") or {"boolean": "`true` or `false`"}.get(schema.get("type"), "text")
    return str(text)


async def _read_parameters(client: httpx2.AsyncClient, entry: RouteEntry) -> dict[str, str]:
    """Parameters that a route asks its query string for, by asking the route."""
    with _recorded() as asked:
        await client.get(re.sub(r"{[^}]+}", "x", entry.path))
    return asked


@contextmanager
def _recorded() -> Iterator[dict[str, str]]:
    """Note every parameter that is read during the block, with what it takes."""
    asked: dict[str, str] = {}
    depth = 0

    def record(kind: str) -> Any:
        original = getattr(Params, kind)

        def read(params: Params, name: str, *options: Any) -> Any:
            nonlocal depth
            if not depth:
                asked[name] = _KINDS[kind](*options)
            depth += 1
            try:
                return original(params, name, *options)
            finally:
                depth -= 1

        return patch.object(Params, kind, read)

    patches = [record(kind) for kind in _KINDS]
    for each in patches:
        each.start()
    try:
        yield asked
    finally:
        for each in patches:
            each.stop()


def _whole_number(default: int, low: int, high: int) -> str:
    bounds = f"{low} to {high}" if high < 1_000_000 else f"from {low}"
    return f"whole number, {bounds}; {default} unless sent"


_KINDS: Final[dict[str, Any]] = {
    "sent": lambda: "text; empty counts too",
    "text": lambda: "text",
    "words": lambda: "text; several by commas or by repeating the parameter",
    "choice": lambda allowed: "one of " + ", ".join(f"`{word}`" for word in allowed),
    "integer": _whole_number,
    "number": lambda: "number",
    "flag": lambda: "`true` or `false`",
    "time": lambda: "time",
}


def _event_rows() -> Iterator[str]:
    told: dict[str, type[msgspec.Struct]] = {"event": EventBody, "span": SpanBody, "generation": GenerationBody}
    yield f"| `trace-create` | {_keys(TraceBody)} |\n"
    alike = []
    for kind in _OBSERVATIONS:
        body = told.get(kind.rpartition("-")[0])
        if body is None:
            alike.append(f"`{kind}`")
        else:
            yield f"| `{kind}` | {_keys(body)} |\n"
    yield f"| {', '.join(alike)} | those of a generation |\n"
    yield f"| `score-create` | {_keys(ScoreBody)} |\n"


def _keys(body: type[msgspec.Struct]) -> str:
    return ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(body))


def _filter_rows() -> Iterator[str]:
    for kind, operators in _OPERATORS.items():
        if any(kind in accepted for accepted in _ACCEPTED.values()) or kind == "null":
            yield f"| `{kind}` | {', '.join(f'`{operator}`' for operator in operators)} |\n"


def _fields_of(view: View) -> dict[str, Field]:
    return FIELDS[view] | APART[view]


def _column_tables() -> Iterator[str]:
    for view in (View.TRACES, View.OBSERVATIONS, View.SCORES):
        first: dict[str, str] = {}
        for column, field in COLUMNS[view].items():
            if field in _fields_of(view):
                first.setdefault(field, column)
        yield f"Columns of {view.value}:\n\n| Column | Type |\n|---|---|"
        by_type: dict[FieldType, list[str]] = {}
        for field, column in first.items():
            by_type.setdefault(_fields_of(view)[field].type, []).append(f"`{column}`")
        for kind, columns in by_type.items():
            yield f"| {', '.join(columns)} | {' or '.join(f'`{each}`' for each in _ACCEPTED[kind])} |"
        yield ""


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
