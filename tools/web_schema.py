"""Writes `web/src/api/schema.d.ts`, what the web app knows of its lane, from the server's own OpenAPI: `make docs`."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import httpx2
from structlog.testing import capture_logs

from tools.api_page import make_app
from tools.build_web import ROOT, node_environment

PAGE: Final = ROOT / "web" / "src" / "api" / "schema.d.ts"
GENERATOR: Final = ROOT / "web" / "node_modules" / "openapi-typescript" / "bin" / "cli.js"
_LANE: Final = "/api/ui/"


def render() -> str:
    """The file as it ought to be; needs Node and the packages of `web/`."""
    with capture_logs():
        document = asyncio.run(_read_document())
    environment = node_environment()
    node = shutil.which("node", path=environment["PATH"]) or "node"
    made = subprocess.run(
        [node, GENERATOR, "--root-types", "--alphabetize"],
        input=json.dumps(narrowed(document)),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout


async def _read_document() -> dict[str, Any]:
    transport = httpx2.ASGITransport(app=await make_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://panope.example") as client:
        document: dict[str, Any] = (await client.get("/api/openapi.json")).json()
        return document


def narrowed(document: dict[str, Any]) -> dict[str, Any]:
    """The lane alone, each body that has a title under this name."""
    schemas: dict[str, Any] = {}
    paths = {path: _named(item, schemas) for path, item in document["paths"].items() if path.startswith(_LANE)}
    known = document.get("components", {}).get("schemas", {})
    return {
        "openapi": document["openapi"],
        "info": {"title": "panope's web app", "version": "0"},
        "paths": paths,
        "components": {"schemas": {**{name: _named(schema, schemas) for name, schema in known.items()}, **schemas}},
    }


def _named(node: Any, schemas: dict[str, Any]) -> Any:
    """The node with every object schema that has a title moved into `schemas`."""
    if isinstance(node, list):
        return [_named(item, schemas) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {key: _named(value, schemas) for key, value in node.items()}
    title = inner.get("title")
    if inner.get("type") != "object" or not isinstance(title, str) or not title.endswith("Body"):
        return inner
    schemas[title] = inner
    return {"$ref": f"#/components/schemas/{title}"}


def write(page: Path = PAGE) -> None:
    """Write the file where it belongs."""
    page.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    write()
