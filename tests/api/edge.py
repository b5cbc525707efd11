"""The app in this process over an engine of choice, as clients at the HTTP edge see it."""

import io
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
import structlog
from msgspec import Struct, field
from starlette.applications import Starlette

from panope.adapters.blobs.memory import MemoryBlobStore
from panope.adapters.memory.catalog.whole import MemoryCatalog
from panope.adapters.postgres.catalog import open_catalog as open_postgres_catalog
from panope.adapters.postgres.migration import PostgresMigrationTarget
from panope.adapters.sql.migrations.runner import Plane, upgrade
from panope.adapters.sqlite.catalog import open_catalog as open_sqlite_catalog
from panope.adapters.sqlite.migration import SqliteMigrationTarget
from panope.assembly import AccountParts, AppOptions, Engines, assemble
from panope.domain.accounts import Organization, Project
from panope.domain.ids import OrganizationId, ProjectId
from panope.domain.ledger import Receipt
from panope.features.accounts.authenticate import Authenticator
from panope.features.accounts.keys import KeyRing
from panope.features.accounts.secrets import KeyPair, SecretHasher
from panope.http.limits import BodyLimits
from panope.kit.clock import Clock
from panope.kit.ids import new_id
from panope.kit.logging import configure_logging
from panope.ports.catalog import Catalog
from tests.api.conftest import NOW_US, basic
from tests.support.engines import Engine, open_engine
from tests.support.passwords import PlainPasswords
from tests.support.postgres import Clusters

MAX_BODY_BYTES = 2_000_000
LIMITS = BodyLimits(max_body_bytes=MAX_BODY_BYTES, max_in_flight_bytes=8_000_000)
API = "/api/public"
ORGANIZATION = OrganizationId("organization")
_JSON = {"Content-Type": "application/json"}


class Edge(Struct):
    """A client with the keys of one project."""

    client: httpx2.AsyncClient
    engine: Engine
    project_id: ProjectId
    auth: dict[str, str]

    async def send(
        self, path: str, body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST"
    ) -> httpx2.Response:
        """Send a body, as JSON unless the headers say otherwise."""
        sent = {**self.auth, **_JSON, **(headers or {})}
        return await self.client.request(method, API + path, content=body, headers=sent)

    async def get(self, path: str) -> tuple[int, Any]:
        """Read a path; status and JSON."""
        response = await self.client.get(API + path, headers=self.auth)
        return response.status_code, response.json()

    async def show(self, noun: str, entity_id: str) -> tuple[int, Any]:
        """Read one entity by an id of any letters."""
        return await self.get(f"/{noun}/{quote(entity_id, safe='')}")

    async def receipts(self) -> list[Receipt]:
        """The ledger, newest first."""
        return await self.engine.reader.list_receipts(self.project_id, 1_000)

    async def newest_receipt(self) -> Receipt:
        """What the ledger says of the last request."""
        return (await self.receipts())[0]

    async def stored(self, kind: str) -> list[str]:
        """Ids of all `traces`, `observations` or `scores`."""
        return [row["id"] for row in (await self.engine.reader.snapshot(self.project_id))[kind]]


class Scene(Struct):
    """One app whose clients each get a project of their own."""

    app: Starlette
    client: httpx2.AsyncClient
    engine: Engine
    catalog: Catalog
    keys: KeyRing
    log: io.StringIO
    """Everything that was logged."""
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def new_project(self) -> Edge:
        """A client of a project that nobody used before."""
        number = next(self.numbers)
        project_id = ProjectId(f"project-{number}")
        await self.catalog.projects.add(Project(id=project_id, organization_id=ORGANIZATION, name=f"Project {number}"))
        pair = KeyPair(f"pk-lf-{number}", f"sk-lf-{number}")
        await self.keys.create(project_id, pair=pair)
        return Edge(self.client, self.engine, project_id, basic(pair.public_key, pair.secret_key))


def _open_catalog(name: str, request: pytest.FixtureRequest, folder: Path) -> Catalog:
    """An empty catalog of the same technology as the named engine."""
    if name == "memory":
        return MemoryCatalog()
    if name == "sqlite":
        path = folder / "catalog.db"
        upgrade(SqliteMigrationTarget(path), Plane.CATALOG)
        return open_sqlite_catalog(path)
    clusters: Clusters = request.getfixturevalue("postgres_clusters")
    databases = clusters.databases(name.removeprefix("postgres") or None)
    url = databases.create(_migrate_catalog)
    request.addfinalizer(lambda: databases.drop(url))
    return open_postgres_catalog(url)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Logs as the server writes them; the default would print local variables, which are megabytes here."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure_logging(stream, as_json=True)
    try:
        yield stream
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def _migrate_catalog(url: str) -> None:
    upgrade(PostgresMigrationTarget(url), Plane.CATALOG)


@asynccontextmanager
async def opened_scene(
    name: str,
    request: pytest.FixtureRequest,
    folder: Path,
    limits: BodyLimits = LIMITS,
    clock: Clock = lambda: NOW_US,
) -> AsyncIterator[Scene]:
    """An app over a fresh store of the named engine, for the time of the block."""
    hasher = SecretHasher("salt")
    catalog = _open_catalog(name, request, folder)
    await catalog.organizations.add(Organization(id=ORGANIZATION, name="Organisation"))
    engine = await open_engine(name, request, folder)
    engines = Engines(
        catalog=catalog,
        writer=engine.writer,
        reader=engine.reader,
        operations=engine.operations,
        blobs=MemoryBlobStore(),
        metrics=engine.metrics,
        texts=engine.texts,
    )
    keys = KeyRing(catalog, hasher, clock=lambda: NOW_US, new_id=new_id)
    accounts = AccountParts(Authenticator(catalog, hasher, lambda: NOW_US), keys, PlainPasswords())
    app = assemble(engines, accounts, AppOptions(limits=limits), clock=clock)
    transport = httpx2.ASGITransport(app=app)
    try:
        with logged() as log:
            async with httpx2.AsyncClient(transport=transport, base_url="http://panope.test") as client:
                yield Scene(app, client, engine, catalog, keys, log)
    finally:
        await engine.writer.close()
        await engine.reader.close()
        await engine.metrics.close()
        await engine.row_metrics.close()
        await catalog.close()
